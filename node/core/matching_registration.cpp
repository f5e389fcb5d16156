#include "node/core/matching_registration.h"

#include <algorithm>
#include <memory>
#include <set>

#include "crypto/hash.h"
#include "node/core/keys.h"
#include "node/core/matching_watch.h"
#include "node/core/membership.h"
#include "node/core/parts.h"
#include "protocol/channel/versions.h"
#include "protocol/matching/blind.h"
#include "protocol/matching/claims.h"
#include "protocol/matching/evaluate.h"
#include "protocol/matching/openings.h"
#include "protocol/matching/person.h"
#include "protocol/matching/quota.h"
#include "storage/openings_repository.h"
#include "storage/records_repository.h"

namespace knoop {

using matching::Evaluated;
using matching::RegisterBatch;
using storage::MatchingPair;
using storage::OwnBatch;

namespace {

constexpr Milliseconds lost_job{300'000};
// Rows of about 10 µs each: a slice keeps well below the 50 ms that an event may take.
constexpr std::size_t handles_a_slice = 2000;
// After a refusal that says that we owe something.
constexpr Milliseconds hold_refused{15'000};
// After a refusal for a quota that by our own count is not used up.
constexpr Milliseconds hold_false_quota{900'000};

matching::Person person_of(const storage::StoredClient& stored, const storage::AtAddress& there) {
  matching::Person out = matching::person_of(stored.client);
  out.secret = stored.marks.secret;
  out.secret_address = there.marks.secret;
  out.institutional = stored.marks.institutional || there.marks.institutional;
  out.clients_at_address = static_cast<unsigned>(std::min<std::int64_t>(there.clients, 1'000'000));
  return out;
}

}  // namespace

matching::Pair matching_pair(const Context& context, const MatchingPair& pair) {
  const Membership& membership = context.membership();
  return {membership.network(),           membership.self(),    pair.peer, pair.epoch, pair.versions.protocol,
          pair.versions.identifier_rules, pair.versions.binding};
}

bool is_claimant(const Context& context, const MemberId& peer) {
  return matching::is_claimant(context.membership().self(), peer);
}

Result<MatchingPair> require_pair(Context& context, const MemberId& peer, matching::Epoch epoch) {
  KNOOP_LET(pair, storage::find_pair(context.tx, peer, epoch));
  if (!pair)
    return fail(ErrorCode::wrong_state, Side::peer,
                "the peer speaks of matching epoch {}, which was never opened", epoch);
  return std::move(*pair);
}

Result<void> one_of_many(Context& context, const std::function<Result<void>(Context&)>& part) {
  const Result<void> done = context.attempt(part);
  if (done) return {};
  switch (done.error().code) {
    case ErrorCode::damaged_database:
    case ErrorCode::database_busy:
    case ErrorCode::disk_full:
    case ErrorCode::io_failed:
      return done;
    default:
      return context
          .audit({.event = audit::Event::match_evaluation_refused,
                  .outcome = audit::Outcome::failed,
                  .detail = std::string(to_string(done.error().code)) + ": " + done.error().sentence})
          .map([](std::uint64_t) {});
  }
}

matching::Month month_of(const Date& date) {
  const int months = (date.year - 1970) * 12 + static_cast<int>(date.month) - 1;
  return static_cast<matching::Month>(std::clamp(months, 0, 65535));
}

void MatchingRegistration::register_handlers(Dispatcher& dispatcher) {
  const auto on = [&](MessageType type, Audience audience, auto handler) {
    dispatcher.on(type, audience, [this, handler](Context& context, const Received& message) {
      return (this->*handler)(context, message);
    });
  };
  on(MessageType::register_batch, Audience::members, &MatchingRegistration::on_register);
  on(MessageType::evaluated, Audience::members, &MatchingRegistration::on_evaluated);
  on(MessageType::register_refused, Audience::members, &MatchingRegistration::on_refused);
  dispatcher.on(
      MessageType::proof_request, Audience::members,
      [this](Context& context, const Received& message) { return bulk_.on_proof_request(context, message); });
  dispatcher.on(MessageType::proof, Audience::members, [this](Context& context, const Received& message) {
    return bulk_.on_proof(context, message);
  });
  on(MessageType::answer_overdue, Audience::members, &MatchingRegistration::on_overdue);
  on(MessageType::batch_closed, Audience::members, &MatchingRegistration::on_closed);
  on(MessageType::withdraw, Audience::members_and_former, &MatchingRegistration::on_withdraw);
  on(MessageType::withdraw_applied, Audience::members_and_former, &MatchingRegistration::on_withdraw_applied);
}

bool MatchingRegistration::begin(storage::PairId pair, Job job, Timestamp now) {
  const auto [at, fresh] = running_.try_emplace({pair, job}, now);
  if (!fresh && now - at->second < lost_job) return false;
  at->second = now;
  return true;
}

Result<void> MatchingRegistration::resume(Context& context, const MatchingPair& pair) {
  KNOOP_LET(batch, storage::own_batch(context.tx, pair.id));
  if (batch && batch->failed) KNOOP_TRY(storage::requeue_batch(context.tx, pair.id, *batch));
  return {};
}

// ---- own clients

Result<void> MatchingRegistration::refresh_client(Context& context, records::ClientId client) {
  const Date today = Date::of(context.now);
  KNOOP_LET(stored, storage::find_client(context.tx, client));
  KNOOP_LET(involvements, storage::involvements_of(context.tx, client));
  bool active = false;
  Date last = today;
  for (const auto& stored_involvement : involvements) {
    const auto& involvement = stored_involvement.involvement;
    if (!involvement.active(today)) continue;
    active = true;
    last = std::max(last, involvement.until);
  }
  std::vector<matching::Identifier> identifiers;
  if (stored && active) {
    KNOOP_LET(there, storage::address_of_client(context.tx, client));
    const auto& convenant = context.membership().convenant();
    identifiers = matching::identifiers_of(person_of(*stored, there),
                                           {.matching = convenant && convenant->family_matching,
                                            .address_alone = convenant && convenant->address_alone});
  }
  KNOOP_LET(pairs, storage::used_pairs(context.tx));
  const auto touch = [&]() -> Result<void> {
    for (const MatchingPair& pair : pairs)
      KNOOP_TRY(storage::touch_client(context.tx, pair, client, is_claimant(context, pair.peer)));
    return {};
  };
  KNOOP_TRY(touch());  // through the handles it has
  KNOOP_LET(ended, storage::set_identifiers(context.tx, client, identifiers, month_of(last)));
  KNOOP_TRY(touch());  // and through those it got
  return withdraw(context, ended);
}

// ---- what each pair's rows ask for

Result<bool> MatchingRegistration::advance(Context& context, bool settled) {
  KNOOP_LET(pairs, storage::live_pairs(context.tx));
  std::size_t handled = 0;
  for (const MatchingPair& pair : pairs) {
    if (!pair.commitment || context.membership().card(pair.peer) == nullptr) continue;
    KNOOP_LET(stopped, storage::peer_trouble(context.tx, pair.peer));
    if (stopped) continue;
    KNOOP_LET(more, advance_pair(context, pair, settled));
    handled += more;
    if (handled >= handles_a_slice) return true;
  }
  return handled > 0;
}

Result<std::size_t> MatchingRegistration::advance_pair(Context& context, const MatchingPair& pair,
                                                       bool settled) {
  KNOOP_LET(evaluating, storage::peer_batch(context.tx, pair.id));
  if (evaluating) {
    if (evaluating->size > matching::most_in_small_batch) {
      KNOOP_LET(more, bulk_.advance_peers(context, pair, *evaluating));
      if (more) return handles_a_slice;
    } else if (begin(pair.id, Job::evaluate, context.now)) {
      KNOOP_TRY(start_evaluating(context, pair));
    }
  }
  KNOOP_LET(batch, storage::own_batch(context.tx, pair.id));
  KNOOP_TRY(terms_.look(context, pair, batch));
  if (!batch) return plan_batch(context, pair, settled);
  if (batch->failed) return 0;
  if (batch->waiting > 0) return give_handles(context, pair, *batch);
  if (!batch->computed) return blind(context, pair, *batch);
  if (batch->answered) {
    if (batch->size > matching::most_in_small_batch) {
      KNOOP_LET(more, bulk_.advance_own(context, pair, *batch));
      return more ? handles_a_slice : 0;
    }
    if (begin(pair.id, Job::check, context.now)) KNOOP_TRY(start_checking(context, pair, *batch));
  } else if (!batch->sent && (!pair.not_before || *pair.not_before <= Date::of(context.now)) &&
             (!batch->hold || *batch->hold <= context.now)) {
    KNOOP_TRY(send_batch(context, pair, *batch));
  }
  return 0;
}

Result<std::size_t> MatchingRegistration::plan_batch(Context& context, const MatchingPair& pair,
                                                     bool settled) {
  if (pair.not_before && *pair.not_before > Date::of(context.now)) return 0;
  KNOOP_LET(queued, storage::count_queued(context.tx, pair.id));
  const auto waiting = static_cast<std::size_t>(queued);
  if (waiting == 0 || (!settled && waiting < matching::most_in_batch)) return 0;

  // The largest for which there is room today: near the end of the quota batches become small.
  const MemberId self = context.membership().self();
  std::optional<matching::BatchSize> chosen;
  Date again;
  for (auto largest = matching::batch_sizes.rbegin(); largest != matching::batch_sizes.rend() && !chosen;
       ++largest) {
    const auto size = matching::next_batch(waiting, *largest);
    KNOOP_LET(quota, quota_room(context, pair.peer, self, storage::QuotaSide::ours, size.size));
    if (quota.allowed) chosen = size;
    again = quota.again;
  }
  if (!chosen) {
    KNOOP_TRY(storage::set_not_before(context.tx, pair.id, again));
    return 0;
  }
  KNOOP_TRY(storage::count_quota(context.tx, pair.peer, storage::QuotaSide::ours, Date::of(context.now),
                                 static_cast<std::int64_t>(chosen->size), 1));
  KNOOP_TRY(storage::begin_batch(context.tx, pair, chosen->size, chosen->elements));
  KNOOP_LET(batch, storage::own_batch(context.tx, pair.id));
  return give_handles(context, pair, *batch);
}

Result<std::size_t> MatchingRegistration::give_handles(Context& context, const MatchingPair& pair,
                                                       const OwnBatch& batch) {
  auto& plan = plans_[pair.id];
  if (plan.first != batch.first) {
    KNOOP_LET(handles, storage::free_handles(context.tx, pair.id, batch));
    plan = {batch.first, std::move(handles)};
    matching::shuffle(plan.handles, context.entropy);
  }
  const std::size_t most = std::min({handles_a_slice, batch.waiting, plan.handles.size()});
  KNOOP_LET(identifiers, storage::queued(context.tx, pair.id, static_cast<std::int64_t>(most)));
  std::vector<storage::Assigned> assigned;
  for (const auto identifier : identifiers) {
    assigned.push_back({plan.handles.back(), identifier});
    plan.handles.pop_back();
  }
  const bool last = identifiers.size() < handles_a_slice || identifiers.size() == batch.waiting;
  KNOOP_TRY(storage::assign_handles(context.tx, pair, assigned, last));
  if (last) plans_.erase(pair.id);
  return std::max<std::size_t>(identifiers.size(), 1);
}

Result<std::size_t> MatchingRegistration::blind(Context& context, const MatchingPair& pair,
                                                const OwnBatch& batch) {
  auto& blinding = blinding_[pair.id];
  if (!blinding || blinding->first != batch.first || context.now - blinding->started > lost_job) {
    KNOOP_LET(secrets, secrets_of(context, pair));
    blinding = std::make_shared<Blinding>(
        Blinding{batch.first, context.now, std::move(secrets), 0, 0, std::vector<PointBytes>(batch.size)});
  }
  const std::size_t from = blinding->loaded;
  const std::size_t size = std::min(handles_a_part, batch.size - from);
  if (size == 0) return 0;
  KNOOP_LET(slots, storage::batch_slots(context.tx, pair.id, batch.first + from, size));
  blinding->loaded += size;
  auto job = std::make_shared<matching::BlindJob>(matching::BlindJob{
      blinding->secrets.copy(), pair.epoch, batch.first + from, batch.expires, std::move(slots)});
  context.submit([this, id = pair.id, blinding = blinding, job, from, size]() -> Completion {
    std::ranges::copy(matching::blind_batch(*job).points,
                      blinding->points.begin() + static_cast<std::ptrdiff_t>(from));
    return [this, id, blinding, size](Context& after) -> Result<void> {
      blinding->done += size;
      if (blinding->done < blinding->points.size()) return {};
      if (const auto now = blinding_.find(id); now != blinding_.end() && now->second == blinding)
        blinding_.erase(now);
      KNOOP_LET(current, storage::own_batch(after.tx, id));
      if (!current || current->first != blinding->first || current->computed) return {};
      KNOOP_TRY(storage::set_batch_points(after.tx, id, blinding->points));
      KNOOP_TRY(storage::keep_points(after.tx, id, blinding->first, blinding->points));
      after.wake();
      return {};
    };
  });
  return blinding->loaded < batch.size ? size : 0;
}

Result<void> MatchingRegistration::send_batch(Context& context, const MatchingPair& pair,
                                              const OwnBatch& batch) {
  KNOOP_TRY(storage::set_batch_sent(context.tx, pair.id, context.now));
  if (pair.not_before) KNOOP_TRY(storage::set_not_before(context.tx, pair.id, std::nullopt));
  KNOOP_TRY(context.audit({.event = audit::Event::match_registered,
                           .peer = pair.peer,
                           .action = audit::Action::execute,
                           .detail = fmt::format("epoch {} handles {} to {}", pair.epoch, batch.first,
                                                 batch.first + batch.size - 1)}));
  KNOOP_LET(points, storage::batch_points(context.tx, pair.id));
  return context.send(pair.peer, MessageType::register_batch, std::nullopt,
                      encode(RegisterBatch{pair.epoch, batch.first, batch.expires, std::move(points)}));
}

Result<void> MatchingRegistration::start_checking(Context& context, const MatchingPair& pair,
                                                  const OwnBatch& batch) {
  KNOOP_LET(answer_bytes, storage::batch_answer(context.tx, pair.id));
  KNOOP_LET(answer, decode<Evaluated>(answer_bytes));
  KNOOP_LET(points, storage::batch_points(context.tx, pair.id));
  KNOOP_LET(commitment, Point::parse(pair.commitment->view()));
  KNOOP_LET(secrets, secrets_of(context, pair));
  auto job = std::make_shared<matching::CheckJob>(matching::CheckJob{
      matching_pair(context, pair), std::move(secrets.context), commitment,
      RegisterBatch{pair.epoch, batch.first, batch.expires, std::move(points)}, std::move(answer)});
  context.submit([this, id = pair.id, first = batch.first, job]() -> Completion {
    auto tokens = std::make_shared<Result<std::vector<matching::Token>>>(matching::check_evaluation(*job));
    return [this, id, first, tokens](Context& after) -> Result<void> {
      end(id, Job::check);
      KNOOP_LET(now, storage::find_pair(after.tx, id));
      KNOOP_LET(current, storage::own_batch(after.tx, id));
      if (!now || !current || current->first != first || !current->answered || current->failed) return {};
      if (!*tokens) {
        KNOOP_TRY(storage::fail_batch(after.tx, id));
        KNOOP_TRY(matching_trouble(after, *now, tokens->error()));
        return after.send(now->peer, MessageType::batch_closed, std::nullopt,
                          encode(matching::BatchClosed{now->epoch, first, false}));
      }
      KNOOP_TRY(storage::finish_batch(after.tx, *now, first, **tokens, is_claimant(after, now->peer)));
      after.wake();
      return {};
    };
  });
  return {};
}

Result<void> MatchingRegistration::start_evaluating(Context& context, const MatchingPair& pair) {
  KNOOP_LET(body, storage::peer_batch_body(context.tx, pair.id));
  KNOOP_LET(batch, decode<RegisterBatch>(body));
  KNOOP_LET(secrets, secrets_of(context, pair));
  KNOOP_LET(tree, storage::received_tree(context.tx, pair.id));
  auto job = std::make_shared<matching::EvaluateJob>(
      matching::EvaluateJob{matching_pair(context, pair), std::move(secrets), std::move(batch),
                            context.entropy.draw<SymmetricKey>()});
  context.submit([this, id = pair.id, job, received = std::move(tree)]() -> Completion {
    auto done = std::make_shared<Result<matching::Evaluation>>(matching::evaluate(*job));
    CompactTree grown = received;
    matching::append_points(grown, job->batch.points);
    return [this, id, job, done, grown = std::move(grown)](Context& after) -> Result<void> {
      end(id, Job::evaluate);
      const RegisterBatch& asked = job->batch;
      KNOOP_LET(now, storage::find_pair(after.tx, id));
      KNOOP_LET(current, storage::peer_batch(after.tx, id));
      if (!now || !current || current->first != asked.first) return {};
      const Date today = Date::of(after.now);
      if (!*done) {
        KNOOP_TRY(storage::drop_peer_batch(after.tx, id, asked.first));
        KNOOP_TRY(matching_trouble(after, *now, done->error()));
        return after.send(
            now->peer, MessageType::register_refused, std::nullopt,
            encode(matching::RegisterRefused{asked.epoch, asked.first, matching::Refusal::malformed, today}));
      }
      KNOOP_LET(known, storage::finish_peer_batch(after.tx, *now, asked, (*done)->tokens,
                                                  is_claimant(after, now->peer)));
      KNOOP_TRY(storage::put_received_tree(after.tx, id, grown));
      if (known > 0)
        KNOOP_TRY(storage::count_quota(after.tx, now->peer, storage::QuotaSide::peers, today,
                                       -static_cast<std::int64_t>(known)));
      KNOOP_TRY(watch_counts(after, *now));
      after.wake();
      return after.send(now->peer, MessageType::evaluated, std::nullopt, encode((*done)->answer));
    };
  });
  return {};
}

Result<void> MatchingRegistration::expire(Context& context) {
  KNOOP_LET(pairs, storage::used_pairs(context.tx));
  for (const MatchingPair& pair : pairs)
    KNOOP_TRY(storage::expire_tokens(context.tx, pair, month_of(Date::of(context.now)),
                                     is_claimant(context, pair.peer)));
  return {};
}

// ---- messages

Result<void> MatchingRegistration::on_register(Context& context, const Received& message) {
  KNOOP_LET(batch, decode<RegisterBatch>(message.body));
  KNOOP_LET(pair, require_pair(context, message.from, batch.epoch));
  const Date today = Date::of(context.now);
  const auto refuse = [&](matching::Refusal why, const Date& again) {
    return context.send(message.from, MessageType::register_refused, std::nullopt,
                        encode(matching::RegisterRefused{batch.epoch, batch.first, why, again}));
  };
  // It was on its way when the epoch ended, or before the epoch opens anew under another preshared key.
  if (pair.ended || !pair.commitment) return refuse(matching::Refusal::ended, today);
  KNOOP_LET(evaluating, storage::peer_batch(context.tx, pair.id));
  if (evaluating) return refuse(matching::Refusal::outstanding, today);
  KNOOP_LET(stopped, storage::peer_trouble(context.tx, pair.peer));
  if (stopped) return refuse(matching::Refusal::malformed, today);
  if (const auto checked = matching::check_batch(batch, pair.epoch, pair.next_peer_handle); !checked) {
    KNOOP_TRY(matching_trouble(context, pair, checked.error()));
    return refuse(matching::Refusal::malformed, today);
  }
  KNOOP_LET(owing, storage::is_owing(context.tx, message.from));
  if (owing) return refuse(matching::Refusal::owing, today);
  KNOOP_LET(quota,
            quota_room(context, message.from, message.from, storage::QuotaSide::peers, batch.points.size()));
  if (!quota.allowed) return over_quota(context, pair, batch, quota.again);
  KNOOP_TRY(storage::count_quota(context.tx, message.from, storage::QuotaSide::peers, today,
                                 static_cast<std::int64_t>(batch.points.size()), 1));
  KNOOP_TRY(storage::add_peer_batch(context.tx, pair, batch.points.size(), message.body));
  context.wake();
  return {};
}

Result<void> MatchingRegistration::on_evaluated(Context& context, const Received& message) {
  KNOOP_LET(answer, decode<Evaluated>(message.body));
  KNOOP_LET(pair, require_pair(context, message.from, answer.epoch));
  if (pair.ended) return {};
  KNOOP_LET(batch, storage::own_batch(context.tx, pair.id));
  if (!batch || !batch->sent || batch->answered || batch->failed || batch->first != answer.first)
    return fail(ErrorCode::wrong_state, Side::peer,
                "the peer answers matching handles from {}, which nobody asked", answer.first);
  KNOOP_TRY(storage::set_batch_answer(context.tx, pair.id, message.body));
  KNOOP_TRY(owed_thing_came(context, pair));
  context.wake();
  return {};
}

Result<void> MatchingRegistration::on_refused(Context& context, const Received& message) {
  KNOOP_LET(refused, decode<matching::RegisterRefused>(message.body));
  KNOOP_LET(pair, require_pair(context, message.from, refused.epoch));
  KNOOP_LET(batch, storage::own_batch(context.tx, pair.id));
  if (!batch || !batch->sent || batch->answered || batch->first != refused.first) return {};
  // Word that the epoch ended is on its way, or the peer opens it anew. Until then it owes the answer.
  if (refused.why == matching::Refusal::ended)
    return storage::hold_batch(context.tx, pair.id, context.now + hold_refused);
  if (refused.why == matching::Refusal::owing) {
    // True when we have a batch of theirs that we did not answer. Else they owe as before, whatever they say.
    KNOOP_LET(evaluating, storage::peer_batch(context.tx, pair.id));
    if (evaluating) KNOOP_TRY(owed_thing_came(context, pair));
    return storage::hold_batch(context.tx, pair.id, context.now + hold_refused);
  }
  if (refused.why == matching::Refusal::quota) {
    // Both sides count alike, and we send only what there is room for. Who refuses nevertheless may have taken the
    // points and looked at the matches: it owes the answer as before. Around midnight the two may differ honestly.
    KNOOP_LET(ours,
              quota_room(context, message.from, context.membership().self(), storage::QuotaSide::ours, 0));
    if (ours.allowed) {
      const bool midnight = refused.again <= Date::of(context.now);
      return storage::hold_batch(context.tx, pair.id,
                                 context.now + (midnight ? hold_refused : hold_false_quota));
    }
  }
  KNOOP_TRY(owed_thing_came(context, pair));
  KNOOP_TRY(storage::set_batch_sent(context.tx, pair.id, std::nullopt));
  if (refused.why != matching::Refusal::quota)
    return matching_trouble(context, pair,
                            {ErrorCode::wrong_state, Side::peer,
                             "the peer refuses to evaluate this node's matching batch; compare both logs"});
  // Never sooner than tomorrow, whatever it says, and never later than a whole window.
  const Date today = Date::of(context.now);
  const std::int64_t again =
      std::clamp(refused.again.days(), today.days() + 1, today.days() + std::int64_t{matching::quota_days});
  return storage::set_not_before(context.tx, pair.id, Date::from_days(again));
}

}  // namespace knoop
