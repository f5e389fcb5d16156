#include "node/core/matching_bulk.h"

#include <algorithm>

#include "node/core/matching_registration.h"
#include "node/core/matching_watch.h"
#include "node/core/parts.h"
#include "protocol/matching/evaluate.h"

namespace knoop {

using matching::BulkCheck;
using matching::BulkStep;
using matching::Evaluated;
using matching::ProofSeed;
using matching::Range;
using matching::RegisterBatch;
using matching::Token;
using storage::MatchingPair;
using storage::OwnBatch;
using storage::PairId;
using storage::PeerBatch;

namespace {

// About 10 µs a handle on the reference machine. Each slice is a commit, which writes every page that it touched.
constexpr std::size_t handles_a_slice = 2000;
constexpr Milliseconds lost_job{600'000};

template <typename T>
std::span<const T> part_of(const std::vector<T>& all, std::size_t part) {
  const std::size_t from = part * handles_a_part;
  return std::span(all).subspan(from, std::min(handles_a_part, all.size() - from));
}

// M or Z over a range, in parts; the parts add up.
Result<PointSum> add_up(const std::vector<Result<PointSum>>& parts) {
  PointSum out;
  for (const auto& part : parts) {
    if (!part) return part;
    out = add_sums(out, *part);
  }
  return out;
}

// One part of it. Points that nobody has looked at yet are looked at now.
Result<PointSum> sum_part(const std::vector<PointBytes>& points, const Range& range, std::size_t part,
                          std::span<const Byte> weights) {
  const std::size_t from = range.from + part * handles_a_part;
  return weighted_sum_of_bytes(std::span<const PointBytes>(points).subspan(from, weights.size()), weights,
                               from);
}

Bytes encode_closed(const MatchingPair& pair, matching::Handle first, bool proven) {
  return encode(matching::BatchClosed{pair.epoch, first, proven});
}

}  // namespace

// The sums of one draw.
struct Draw {
  Range range;
  ProofSeed seed;
  PointSum inputs;
  PointSum outputs;
};

struct MatchingBulk::Own {
  PairId pair = 0;
  matching::Pair view;
  matching::PairContext context;
  RegisterBatch batch;
  Bytes answer_bytes;  // until parsed
  Evaluated answer;
  Hash256 hash;
  std::vector<Token> tokens;
  std::optional<Draw> draw;
  bool ready = false;
  std::optional<Timestamp> busy;  // since

  [[nodiscard]] bool works(Timestamp now) const { return busy && now - *busy < lost_job; }
};

struct MatchingBulk::Peers {
  PairId pair = 0;
  matching::Pair view;
  matching::PairSecrets secrets;
  Bytes body;  // until parsed
  RegisterBatch batch{};
  bool evaluate = false;
  Hash256 hash{};
  std::vector<PointBytes> outputs{};
  std::vector<Token> tokens{};
  std::vector<std::size_t> order{};
  bool ready = false;
  std::optional<Timestamp> busy{};

  [[nodiscard]] bool works(Timestamp now) const { return busy && now - *busy < lost_job; }
};

// ---- our batches

Result<std::optional<OwnBatch>> MatchingBulk::current(Context& context, const std::shared_ptr<Own>& own) {
  KNOOP_LET(batch, storage::own_batch(context.tx, own->pair));
  if (!batch || batch->first != own->batch.first || !batch->answered || batch->failed) return std::nullopt;
  return std::move(*batch);
}

Result<bool> MatchingBulk::advance_own(Context& context, const MatchingPair& pair, const OwnBatch& batch) {
  const auto found = own_.find(pair.id);
  const std::shared_ptr<Own> own = found == own_.end() ? nullptr : found->second;
  if (!own || own->batch.first != batch.first || (!own->ready && !own->works(context.now))) {
    const auto fresh = std::make_shared<Own>();
    fresh->pair = pair.id;
    fresh->view = matching_pair(context, pair);
    KNOOP_LET(secrets, secrets_of(context, pair));
    fresh->context = std::move(secrets.context);
    fresh->batch = {pair.epoch, batch.first, batch.expires, {}};
    KNOOP_TRY(start_loading_own(context, pair, fresh));
    own_[pair.id] = fresh;
    return false;
  }
  if (own->works(context.now)) return false;
  if (batch.proven) return keep_own(context, pair, batch, own);

  BulkCheck check = matching::begin_bulk_check(batch.size);
  if (batch.search) {
    KNOOP_LET(stored, decode<BulkCheck>(*batch.search));
    check = std::move(stored);
  }
  switch (matching::next_step(check)) {
    case BulkStep::draw:
      sum_own(context, own, check.open.back(), context.entropy.draw<ProofSeed>());
      break;
    case BulkStep::verify: {
      const bool summed = own->draw && own->draw->range == *check.asked && own->draw->seed == *check.seed;
      if (!summed) {  // this node started anew since it asked
        sum_own(context, own, *check.asked, *check.seed);
        break;
      }
      KNOOP_LET(commitment, Point::parse(pair.commitment->view()));
      verify(context, pair, own, commitment, check);
      break;
    }
    case BulkStep::await:
      break;
    case BulkStep::proven:
    case BulkStep::refuted:
      KNOOP_ASSERT(false, "an outcome is acted upon in the event that finds it");
  }
  return false;
}

Result<void> MatchingBulk::start_loading_own(Context& context, const MatchingPair& pair,
                                             std::shared_ptr<Own> own) {
  KNOOP_LET(points, storage::batch_points(context.tx, pair.id));
  KNOOP_LET(answer, storage::batch_answer(context.tx, pair.id));
  own->batch.points = std::move(points);
  own->answer_bytes = std::move(answer);
  own->busy = context.now;
  context.submit([this, own]() -> Completion {
    // What the core may look into meanwhile is not touched here: it is put there in the completion.
    struct Loaded {
      Result<void> checked;
      Evaluated answer;
      Hash256 hash;
    };
    const auto loaded = std::make_shared<Loaded>();
    auto decoded = decode<Evaluated>(own->answer_bytes);
    if (!decoded) {
      loaded->checked = fail(decoded.error());
    } else {
      loaded->answer = std::move(*decoded);
      loaded->checked = matching::check_answer(own->batch, loaded->answer);
      loaded->hash = matching::batch_hash(own->batch, loaded->answer.points);
    }
    return [this, own, loaded](Context& after) -> Result<void> {
      own->answer_bytes.clear();
      if (!loaded->checked) return refute(after, own, loaded->checked.error());
      own->answer = std::move(loaded->answer);
      own->hash = loaded->hash;
      compute_tokens(after, own);
      return {};
    };
  });
  return {};
}

// Of bytes that nobody has looked at yet: the first draw, which sums all of them, refuses what is no point, and no token
// is kept before it was proven.
void MatchingBulk::compute_tokens(Context& context, const std::shared_ptr<Own>& own) {
  const std::size_t count = count_parts(own->answer.points.size());
  const auto parts = std::make_shared<std::vector<std::vector<Token>>>(count);
  submit_parts(
      context, count,
      [own, parts](std::size_t part) {
        (*parts)[part] =
            matching::tokens_of(own->context, own->batch.epoch, part_of(own->answer.points, part));
      },
      [own, parts](Context& after) -> Result<void> {
        own->busy.reset();
        for (const auto& part : *parts) std::ranges::copy(part, std::back_inserter(own->tokens));
        own->ready = true;
        after.wake();
        return {};
      });
}

void MatchingBulk::sum_own(Context& context, const std::shared_ptr<Own>& own, const Range& range,
                           const ProofSeed& seed) {
  own->busy = context.now;
  const std::size_t count = count_parts(range.count);
  struct Sums {
    Bytes weights;
    std::vector<Result<PointSum>> inputs;
    std::vector<Result<PointSum>> outputs;
  };
  const auto sums = std::make_shared<Sums>(Sums{matching::coefficients(seed, own->hash, range),
                                                std::vector<Result<PointSum>>(count),
                                                std::vector<Result<PointSum>>(count)});
  submit_parts(
      context, count,
      [own, sums, range](std::size_t part) {
        const auto weights = part_of(sums->weights, part);
        sums->inputs[part] = sum_part(own->batch.points, range, part, weights);
        sums->outputs[part] = sum_part(own->answer.points, range, part, weights);
      },
      [this, own, sums, range, seed](Context& after) -> Result<void> {
        own->busy.reset();
        after.wake();
        KNOOP_LET(batch, current(after, own));
        if (!batch) return {};
        const auto inputs = add_up(sums->inputs);
        const auto outputs = add_up(sums->outputs);
        if (!inputs || !outputs) return refute(after, own, inputs ? outputs.error() : inputs.error());
        own->draw = Draw{range, seed, *inputs, *outputs};
        BulkCheck check = matching::begin_bulk_check(batch->size);
        if (batch->search) {
          KNOOP_LET(stored, decode<BulkCheck>(*batch->search));
          check = std::move(stored);
        }
        if (check.asked) return {};         // summed again after a restart
        if (!own->draw->inputs) return {};  // a sum of nothing: another seed
        if (!own->draw->outputs)
          return judged(after, own, std::move(check), false);  // k times something is something
        matching::bulk_asked(check, seed);
        KNOOP_TRY(storage::set_batch_search(after.tx, own->pair, encode(check), true));
        KNOOP_LET(pair, storage::find_pair(after.tx, own->pair));
        if (!pair) return {};
        return after.send(pair->peer, MessageType::proof_request, std::nullopt,
                          encode(matching::ProofRequest{pair->epoch, batch->first, range, seed}));
      });
}

void MatchingBulk::verify(Context& context, const MatchingPair&, const std::shared_ptr<Own>& own,
                          const Point& commitment, const BulkCheck& check) {
  own->busy = context.now;
  context.submit([this, own, commitment, check]() -> Completion {
    const matching::BulkStatement statement{own->view.turned(), own->hash, *check.asked, *check.seed};
    const bool holds =
        own->draw->inputs && own->draw->outputs &&
        matching::verify_bulk(statement, commitment, *own->draw->inputs, *own->draw->outputs, *check.came)
            .has_value();
    return [this, own, check, holds](Context& after) -> Result<void> {
      own->busy.reset();
      KNOOP_LET(batch, current(after, own));
      if (!batch || batch->search != encode(check)) return {};
      return judged(after, own, check, holds);
    };
  });
}

Result<void> MatchingBulk::judged(Context& context, const std::shared_ptr<Own>& own, BulkCheck check,
                                  bool holds) {
  matching::bulk_judged(check, holds);
  context.wake();
  KNOOP_LET(pair, storage::find_pair(context.tx, own->pair));
  if (!pair) return {};
  const matching::Handle first = own->batch.first;
  const std::size_t size = own->batch.points.size();
  switch (matching::next_step(check)) {
    case BulkStep::proven:
      KNOOP_TRY(storage::set_batch_search(context.tx, own->pair, std::nullopt, false));
      KNOOP_TRY(storage::set_batch_stored(context.tx, own->pair, 0));
      return context.send(pair->peer, MessageType::batch_closed, std::nullopt,
                          encode_closed(*pair, first, true));
    case BulkStep::refuted:
      KNOOP_TRY(storage::set_batch_search(context.tx, own->pair, encode(check), false));
      return refute(
          context, own,
          {ErrorCode::bad_proof, Side::peer,
           fmt::format("the peer's evaluation of this node's {} of matching epoch {} was not computed with "
                       "the key that it committed to",
                       matching::name_wrong(check, first, size), pair->epoch)});
    default:
      return storage::set_batch_search(context.tx, own->pair, encode(check), false);
  }
}

Result<void> MatchingBulk::refute(Context& context, const std::shared_ptr<Own>& own, const Error& error) {
  own_.erase(own->pair);
  KNOOP_LET(pair, storage::find_pair(context.tx, own->pair));
  KNOOP_LET(batch, current(context, own));
  if (!pair || !batch) return {};
  KNOOP_TRY(storage::fail_batch(context.tx, own->pair));
  KNOOP_TRY(matching_trouble(context, *pair, error));
  return context.send(pair->peer, MessageType::batch_closed, std::nullopt,
                      encode_closed(*pair, batch->first, false));
}

Result<bool> MatchingBulk::keep_own(Context& context, const MatchingPair& pair, const OwnBatch& batch,
                                    const std::shared_ptr<Own>& own) {
  const std::size_t size = std::min(handles_a_slice, own->tokens.size() - batch.stored);
  KNOOP_TRY(storage::keep_tokens(context.tx, pair, batch.first + batch.stored,
                                 std::span<const Token>(own->tokens).subspan(batch.stored, size),
                                 is_claimant(context, pair.peer)));
  if (batch.stored + size < own->tokens.size()) {
    KNOOP_TRY(storage::set_batch_stored(context.tx, pair.id, batch.stored + size));
    return true;
  }
  KNOOP_TRY(storage::end_batch(context.tx, pair.id));
  own_.erase(pair.id);
  context.wake();
  return true;
}

Result<void> MatchingBulk::on_proof(Context& context, const Received& message) {
  KNOOP_LET(proof, decode<matching::Proof>(message.body));
  KNOOP_LET(pair, require_pair(context, message.from, proof.epoch));
  if (pair.ended) return {};
  KNOOP_LET(batch, storage::own_batch(context.tx, pair.id));
  const auto unasked =
      fail(ErrorCode::wrong_state, Side::peer,
           "the peer proves something about matching handles from {} that nobody asked", proof.first);
  if (!batch || batch->first != proof.first || !batch->search || batch->failed) return unasked;
  KNOOP_LET(check, decode<BulkCheck>(*batch->search));
  if (matching::next_step(check) != BulkStep::await || *check.asked != proof.range) return unasked;
  check.came = proof.proof;
  KNOOP_TRY(storage::set_batch_search(context.tx, pair.id, encode(check), false));
  context.wake();
  return owed_thing_came(context, pair);
}

// ---- batches of peers

Result<bool> MatchingBulk::advance_peers(Context& context, const MatchingPair& pair, const PeerBatch& batch) {
  const auto found = peers_.find(pair.id);
  const std::shared_ptr<Peers> peers = found == peers_.end() ? nullptr : found->second;
  if (batch.answered && !batch.request) return false;
  if (!peers || peers->batch.first != batch.first || (!peers->ready && !peers->works(context.now))) {
    KNOOP_TRY(start_loading_peers(context, pair, batch));
    return false;
  }
  if (peers->works(context.now)) return false;
  if (!batch.answered) return keep_peers(context, pair, batch, peers);
  KNOOP_TRY(start_proving(context, batch, peers));
  return false;
}

Result<void> MatchingBulk::start_loading_peers(Context& context, const MatchingPair& pair,
                                               const PeerBatch& batch) {
  KNOOP_LET(body, storage::peer_batch_body(context.tx, pair.id));
  KNOOP_LET(secrets, secrets_of(context, pair));
  const auto peers = std::make_shared<Peers>(Peers{pair.id,
                                                   matching_pair(context, pair),
                                                   std::move(secrets),
                                                   std::move(body),
                                                   {pair.epoch, batch.first, 0, {}},
                                                   !batch.answered});
  if (batch.answered) peers->hash = *batch.answered;
  peers->busy = context.now;
  peers_[pair.id] = peers;
  context.submit([this, peers]() -> Completion {
    // The core looks into peers->batch meanwhile, so it is put there in the completion.
    const auto decoded = std::make_shared<Result<RegisterBatch>>(decode<RegisterBatch>(peers->body));
    return [this, peers, decoded](Context& after) -> Result<void> {
      if (!*decoded) return fail(decoded->error());  // it was decoded when it came
      peers->body.clear();
      peers->batch = std::move(**decoded);
      if (peers->evaluate) {
        evaluate_peers(after, peers);
        return {};
      }
      peers->busy.reset();
      peers->ready = true;
      after.wake();
      return {};
    };
  });
  return {};
}

void MatchingBulk::evaluate_peers(Context& context, const std::shared_ptr<Peers>& peers) {
  struct Part {
    std::optional<Error> error;
    matching::EvaluatedPart out;
  };
  const std::size_t count = count_parts(peers->batch.points.size());
  const auto parts = std::make_shared<std::vector<Part>>(count);
  submit_parts(
      context, count,
      [peers, parts](std::size_t part) {
        Part& out = (*parts)[part];
        auto evaluated = matching::evaluate_part(peers->secrets, peers->batch.epoch,
                                                 part_of(peers->batch.points, part), part * handles_a_part);
        if (evaluated)
          out.out = std::move(*evaluated);
        else
          out.error = evaluated.error();
      },
      [this, peers, parts](Context& after) -> Result<void> {
        peers->busy.reset();
        after.wake();
        KNOOP_LET(pair, storage::find_pair(after.tx, peers->pair));
        KNOOP_LET(batch, storage::peer_batch(after.tx, peers->pair));
        if (!pair || !batch || batch->first != peers->batch.first) return {};
        for (Part& part : *parts) {
          if (part.error) {
            peers_.erase(peers->pair);
            KNOOP_TRY(storage::drop_peer_batch(after.tx, peers->pair, batch->first));
            KNOOP_TRY(matching_trouble(after, *pair, *part.error));
            return after.send(
                pair->peer, MessageType::register_refused, std::nullopt,
                encode(matching::RegisterRefused{pair->epoch, batch->first, matching::Refusal::malformed,
                                                 Date::of(after.now)}));
          }
          std::ranges::copy(part.out.points, std::back_inserter(peers->outputs));
          std::ranges::copy(part.out.tokens, std::back_inserter(peers->tokens));
        }
        peers->order = storage::in_order(peers->tokens);
        peers->ready = true;
        return {};
      });
}

Result<bool> MatchingBulk::keep_peers(Context& context, const MatchingPair& pair, const PeerBatch& batch,
                                      const std::shared_ptr<Peers>& peers) {
  if (batch.stored < batch.size) {
    const std::size_t size = std::min(handles_a_slice, batch.size - batch.stored);
    KNOOP_LET(known, storage::keep_peer_tokens(
                         context.tx, pair, batch.first, peers->batch.expires, peers->tokens,
                         std::span<const std::size_t>(peers->order).subspan(batch.stored, size),
                         is_claimant(context, pair.peer)));
    if (known > 0)
      KNOOP_TRY(storage::count_quota(context.tx, pair.peer, storage::QuotaSide::peers, Date::of(context.now),
                                     -static_cast<std::int64_t>(known)));
    KNOOP_TRY(storage::set_peer_batch_stored(context.tx, pair.id, batch.stored + size));
    if (batch.stored + size == batch.size) KNOOP_TRY(watch_counts(context, pair));
    context.wake();
    return true;
  }
  peers->hash = matching::batch_hash(peers->batch, peers->outputs);
  KNOOP_TRY(storage::set_peer_batch_answered(context.tx, pair.id, peers->hash));
  KNOOP_TRY(
      context.send(pair.peer, MessageType::evaluated, std::nullopt,
                   encode(Evaluated{pair.epoch, batch.first, std::move(peers->outputs), std::nullopt})));
  peers->outputs.clear();
  peers->tokens.clear();
  peers->order.clear();
  context.wake();
  return true;
}

Result<void> MatchingBulk::start_proving(Context& context, const PeerBatch& batch,
                                         const std::shared_ptr<Peers>& peers) {
  KNOOP_LET(request, decode<matching::ProofRequest>(*batch.request));
  peers->busy = context.now;
  struct Proving {
    Bytes weights;
    std::vector<Result<PointSum>> sums;
    SymmetricKey nonce;
  };
  const Range range = request.range;
  const std::size_t count = count_parts(range.count);
  const auto proving = std::make_shared<Proving>(
      Proving{matching::coefficients(request.seed, peers->hash, range), std::vector<Result<PointSum>>(count),
              context.entropy.draw<SymmetricKey>()});
  submit_parts(
      context, count,
      [peers, proving, range](std::size_t part) {
        proving->sums[part] = sum_part(peers->batch.points, range, part, part_of(proving->weights, part));
      },
      [peers, proving, request](Context& after) -> Result<void> {
        const auto sum = add_up(proving->sums);
        peers->busy.reset();
        after.wake();
        KNOOP_LET(pair, storage::find_pair(after.tx, peers->pair));
        KNOOP_LET(current, storage::peer_batch(after.tx, peers->pair));
        if (!pair || !current || current->request != encode(request)) return {};
        if (!sum) return fail(sum.error());  // each was multiplied before
        const PointSum& inputs = *sum;
        if (!inputs) {
          KNOOP_TRY(storage::end_proof_request(after.tx, peers->pair));
          return matching_trouble(after, *pair,
                                  {ErrorCode::bad_value, Side::peer,
                                   "the peer asks a proof about points that add up to nothing"});
        }
        const matching::BulkStatement statement{peers->view, peers->hash, request.range, request.seed};
        const auto proof = matching::prove_bulk(statement, peers->secrets, *inputs, proving->nonce);
        if (!proof) return fail(proof.error());
        KNOOP_TRY(storage::end_proof_request(after.tx, peers->pair));
        return after.send(pair->peer, MessageType::proof, std::nullopt,
                          encode(matching::Proof{request.epoch, request.first, request.range, *proof}));
      });
  return {};
}

Result<void> MatchingBulk::on_proof_request(Context& context, const Received& message) {
  KNOOP_LET(request, decode<matching::ProofRequest>(message.body));
  KNOOP_LET(pair, require_pair(context, message.from, request.epoch));
  if (pair.ended) return {};
  KNOOP_LET(batch, storage::peer_batch(context.tx, pair.id));
  if (!batch || batch->first != request.first || !batch->answered)
    return fail(
        ErrorCode::wrong_state, Side::peer,
        "the peer asks a proof about matching handles from {}, which this node has not answered or keeps no "
        "more",
        request.first);
  if (batch->request)
    return fail(ErrorCode::wrong_state, Side::peer, "the peer asks a second proof before it has the first");
  if (const auto checked = matching::check_request(request, batch->size, {batch->requests, batch->summed});
      !checked)
    return matching_trouble(context, pair, checked.error());
  KNOOP_TRY(storage::add_proof_request(context.tx, pair.id, message.body, request.range.count));
  context.wake();
  return {};
}

}  // namespace knoop
