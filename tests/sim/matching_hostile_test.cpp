// Members that lie in matching (protocol.md section 7). The liar is a puppet: a real node on the network, with its own
// keys and card, whose matching messages are written by the test.
#include <catch2/catch.hpp>

#include "crypto/hash.h"
#include "node/core/matching_service.h"
#include "protocol/matching/blind.h"
#include "protocol/matching/bulk_proof.h"
#include "protocol/matching/evaluate.h"
#include "storage/audit_repository.h"
#include "storage/matching_batches.h"
#include "storage/records_repository.h"
#include "tests/sim/puppet.h"
#include "tests/sim/region.h"

namespace knoop {
namespace {

using namespace knoop::matching;
using sim::Puppet;
using sim::Region;
using sim::SimNode;

/// An honest node and a puppet. `puppet_claims`: the puppet has the lower id.
struct Stage {
  explicit Stage(std::optional<bool> puppet_claims = std::nullopt) {
    for (std::uint64_t seed = 1; !region; ++seed) {
      auto made = std::make_unique<Region>(
          seed, std::vector<Region::Organisation>{{"eerlijk", "smw"}, {"pop", "bjz"}}, [count = 0]() mutable {
            std::vector<std::unique_ptr<Service>> services;
            if (count++ == 0)
              services.push_back(std::make_unique<MatchingService>());
            else
              services.push_back(std::make_unique<Puppet>());
            return services;
          });
      if (!puppet_claims || *puppet_claims == ((*made)[1].member() < (*made)[0].member()))
        region = std::move(made);
    }
    REQUIRE(region->run_until([&] { return region->all_ready(); }, Milliseconds{60'000}));
  }

  SimNode& honest() { return (*region)[0]; }
  SimNode& liar() { return (*region)[1]; }
  Puppet& puppet() { return liar().node().service<Puppet>(); }

  Pair pair(Epoch epoch = 1) {
    Pair out = sim::first_pair(liar(), honest().member());
    out.epoch = epoch;
    return out;
  }
  PairSecrets secrets(Epoch epoch = 1, const MatchingKey& key = {}) {
    return derive_secrets(key, pair(epoch), nullptr);
  }
  template <typename Message>
  void say(MessageType type, const Message& message, Milliseconds then = Milliseconds{10'000}) {
    REQUIRE(liar().command<bool>([&](Context& context) {
      return context.send(honest().member(), type, std::nullopt, encode(message)).map([] { return true; });
    }));
    region->run_for(then);
  }
  void open(Epoch epoch = 1, const MatchingKey& key = {}) {
    TestEntropy entropy(5);
    say(MessageType::epoch_open, make_epoch_open(pair(epoch), secrets(epoch, key), nullptr, entropy));
  }
  /// Real ones first.
  RegisterBatch batch(const std::vector<Identifier>& identifiers, Handle first = 1,
                      std::size_t size = batch_sizes.front(), Epoch epoch = 1) {
    BlindJob job{secrets(epoch), epoch, first, 700, {}};
    for (const auto& identifier : identifiers) job.slots.emplace_back(identifier);
    job.slots.resize(size);
    return blind_batch(job);
  }
  std::size_t live() {
    return honest()
        .command<std::size_t>([&](Context& context) -> Result<std::size_t> {
          KNOOP_LET(all, storage::list_matches(context.tx, {}));
          return all.size();
        })
        .value();
  }
  std::vector<Hint> hints() {
    std::vector<Hint> out;
    for (const auto& row : status().hints) out.push_back(row.hint);
    return out;
  }
  std::uint64_t dead_letters() {
    return honest()
        .command<PeerState>(
            [&](Context& context) { return honest().node().channel().state(context.tx, liar().member()); })
        ->dead_letters;
  }
  template <typename Message>
  std::vector<Message> heard(MessageType type) {
    std::vector<Message> out;
    for (const auto& message : puppet().heard)
      if (message.type == type) out.push_back(*decode<Message>(message.body));
    return out;
  }
  MatchingStatus status() {
    return honest()
        .command<std::vector<MatchingStatus>>(
            [&](Context& context) { return honest().node().service<MatchingService>().status(context); })
        ->at(0);
  }
  Result<bool> resume() {
    return honest().command<bool>([&](Context& context) {
      return honest().node().service<MatchingService>().clear_trouble(context, liar().member()).map([] {
        return true;
      });
    });
  }
  /// The puppet answers as it should.
  void answer(const RegisterBatch& asked) {
    say(MessageType::evaluated, evaluate({pair(), secrets(), asked, SymmetricKey{}})->answer);
  }
  /// The honest node registers so many identifiers at once; the batch that comes of it.
  RegisterBatch large(std::size_t count, std::size_t size) {
    REQUIRE(honest().command<bool>([&](Context& context) -> Result<bool> {
      std::vector<Identifier> identifiers;
      for (std::size_t i = 0; i < count; ++i)
        identifiers.push_back({Kind::exact, to_bytes(std::to_string(i))});
      records::Client client;
      client.ref = "T-1";
      client.birth_date = {2015, 6, 1};
      KNOOP_LET(written, storage::put_client(context.tx, client, context.now));
      KNOOP_LET(ended, storage::set_identifiers(context.tx, written.id, identifiers, 700));
      context.wake();
      return ended.empty();
    }));
    region->run_for(Milliseconds{10'000});
    auto asked = heard<RegisterBatch>(MessageType::register_batch);
    REQUIRE(!asked.empty());
    REQUIRE(asked.back().points.size() == size);
    return asked.back();
  }
  Evaluated evaluated(const RegisterBatch& asked) {
    return {asked.epoch, asked.first, evaluate_part(secrets(), asked.epoch, asked.points)->points,
            std::nullopt};
  }
  /// Answers every request about the batch as well as it can, until none comes; `change` may spoil a proof.
  std::size_t prove(
      const RegisterBatch& asked, const Evaluated& answer,
      const std::function<void(const ProofRequest&, Proof&)>& change = [](const ProofRequest&, Proof&) {}) {
    const auto inputs = *parse_points(asked.points);
    for (std::size_t answered = 0;; ++answered) {
      const auto requests = heard<ProofRequest>(MessageType::proof_request);
      if (requests.size() == proven_) return answered;
      const ProofRequest request = requests.at(proven_++);
      const auto hash = batch_hash(asked, answer.points);
      const auto sum = weighted_sum(std::span(inputs).subspan(request.range.from, request.range.count),
                                    coefficients(request.seed, hash, request.range));
      Proof proof{1, asked.first, request.range,
                  *prove_bulk({pair(), hash, request.range, request.seed}, secrets(), *sum, SymmetricKey{})};
      change(request, proof);
      say(MessageType::proof, proof, Milliseconds{6'000});
    }
  }
  void cut() { region->network.cut(honest().member(), liar().member()); }
  void heal() { region->network.heal(honest().member(), liar().member()); }
  std::size_t matches() {
    return honest()
        .command<std::size_t>([&](Context& context) -> Result<std::size_t> {
          KNOOP_LET(all, storage::list_matches(context.tx, {.with_ended = true}));
          return all.size();
        })
        .value();
  }
  void client() {
    REQUIRE(honest().command<bool>([&](Context& context) -> Result<bool> {
      records::Client client;
      client.ref = "S1";
      client.bsn = *records::Bsn::parse("999999011");
      client.given_names = "Sanne";
      client.surname = "Lubbers";
      client.birth_date = {2015, 2, 6};
      KNOOP_LET(written, storage::put_client(context.tx, client, context.now));
      records::Involvement involvement;
      involvement.from = {2026, 1, 15};
      involvement.until = {2027, 1, 15};
      involvement.professional = {"P. Rofessional", "jeugdarts", "023-5550100", "p@eerlijk.example"};
      KNOOP_LET(id, storage::add_involvement(context.tx, written.id, involvement, context.now));
      static_cast<void>(id);
      context.wake();
      return true;
    }));
    region->run_for(Milliseconds{30'000});
  }

  std::unique_ptr<Region> region;
  std::size_t proven_ = 0;  ///< Of the requests heard.
};

const Identifier shared{Kind::bsn, to_bytes("999999011")};

}  // namespace

TEST_CASE("a member that answers noise for one handle is caught, and nothing more is computed for it") {
  Stage stage;
  stage.open();
  stage.client();
  const auto asked = stage.heard<RegisterBatch>(MessageType::register_batch);
  REQUIRE(asked.size() == 1);
  auto answer = evaluate({stage.pair(), stage.secrets(), asked[0], SymmetricKey{}})->answer;
  answer.points[3] = generator().bytes();
  stage.say(MessageType::evaluated, answer);
  CHECK(stage.status().trouble.has_value());
  CHECK(stage.heard<RegisterBatch>(MessageType::register_batch).size() == 1);
  stage.say(MessageType::register_batch, stage.batch({shared}));
  CHECK(stage.heard<Evaluated>(MessageType::evaluated).empty());
  CHECK(stage.matches() == 0);
}

TEST_CASE("after a false proof and a look by somebody, the batch is registered again under new handles") {
  Stage stage;
  stage.open();
  stage.client();
  auto asked = stage.heard<RegisterBatch>(MessageType::register_batch);
  REQUIRE(asked.size() == 1);
  auto answer = evaluate({stage.pair(), stage.secrets(), asked[0], SymmetricKey{}})->answer;
  answer.points[3] = generator().bytes();
  stage.say(MessageType::evaluated, answer);
  const auto closed = stage.heard<BatchClosed>(MessageType::batch_closed);
  REQUIRE(closed.size() == 1);
  CHECK((closed[0].first == 1 && !closed[0].proven));
  stage.region->run_for(std::chrono::hours{2});
  CHECK_FALSE(stage.status().overdue_since.has_value());  // it answered, falsely: that is another trouble
  stage.answer(asked[0]);                                 // no second chance without a look
  CHECK(stage.heard<RegisterBatch>(MessageType::register_batch).size() == 1);

  REQUIRE(stage.resume());
  CHECK_FALSE(stage.status().trouble.has_value());
  stage.region->run_for(Milliseconds{10'000});
  asked = stage.heard<RegisterBatch>(MessageType::register_batch);
  REQUIRE(asked.size() == 2);
  CHECK(asked[1].first == asked[0].first + asked[0].points.size());
  stage.answer(asked[1]);
  stage.say(MessageType::register_batch, stage.batch({shared}));
  CHECK(stage.heard<Evaluated>(MessageType::evaluated).size() == 1);
  const auto again = stage.resume();
  REQUIRE_FALSE(again);
  CHECK(again.error().code == ErrorCode::wrong_state);
}

TEST_CASE("a member that holds its answer back past its term gets no evaluation until the answer comes") {
  Stage stage;
  stage.open();
  stage.client();
  const auto asked = stage.heard<RegisterBatch>(MessageType::register_batch);
  REQUIRE(asked.size() == 1);
  CHECK_FALSE(stage.status().overdue_since.has_value());
  stage.say(MessageType::register_batch, stage.batch({}));  // within the term
  CHECK(stage.heard<Evaluated>(MessageType::evaluated).size() == 1);

  stage.region->run_for(Milliseconds{60'000});
  CHECK(stage.status().overdue_since.has_value());
  const auto complaints = stage.heard<AnswerOverdue>(MessageType::answer_overdue);
  REQUIRE(complaints.size() == 1);
  CHECK(complaints[0] == AnswerOverdue{1, 1});
  stage.say(MessageType::register_batch, stage.batch({shared}, 11));
  CHECK(stage.heard<Evaluated>(MessageType::evaluated).size() == 1);
  auto refused = stage.heard<RegisterRefused>(MessageType::register_refused);
  REQUIRE(refused.size() == 1);
  CHECK(refused[0].why == Refusal::owing);
  CHECK_FALSE(stage.status().trouble.has_value());

  stage.answer(asked[0]);
  CHECK_FALSE(stage.status().overdue_since.has_value());
  stage.say(MessageType::register_batch, stage.batch({shared}, 11));
  CHECK(stage.heard<Evaluated>(MessageType::evaluated).size() == 2);
}

TEST_CASE("a member that cannot be reached owes no time, hanging up again and again wins none") {
  Stage stage;
  stage.open();
  stage.client();
  stage.cut();
  stage.region->run_for(std::chrono::hours{48});
  CHECK_FALSE(stage.status().overdue_since.has_value());
  for (int i = 0; i < 12; ++i) {
    stage.heal();
    stage.region->run_for(Milliseconds{12'000});
    stage.cut();
    stage.region->run_for(Milliseconds{600'000});
  }
  CHECK(stage.status().overdue_since.has_value());
}

TEST_CASE("a member that says that we owe it something, when we do not, owes as before") {
  Stage stage;
  stage.open();
  stage.client();
  for (int i = 0; i < 10; ++i) {
    stage.say(MessageType::register_refused, RegisterRefused{1, 1, Refusal::owing, Date{2026, 1, 1}});
    stage.region->run_for(Milliseconds{10'000});
  }
  CHECK(stage.status().overdue_since.has_value());
  CHECK_FALSE(stage.status().trouble.has_value());
  CHECK(stage.heard<RegisterBatch>(MessageType::register_batch).size() > 3);
  stage.say(MessageType::register_batch, stage.batch({shared}));
  CHECK(stage.heard<Evaluated>(MessageType::evaluated).empty());
}

TEST_CASE("a member that pleads a quota that is not used up has taken the points, and owes as before") {
  Stage stage;
  stage.open();
  stage.client();
  const auto asked = stage.heard<RegisterBatch>(MessageType::register_batch);
  REQUIRE(asked.size() == 1);
  stage.say(MessageType::register_refused, RegisterRefused{1, 1, Refusal::quota, Date{2026, 11, 30}});
  stage.region->run_for(Milliseconds{60'000});
  CHECK(stage.status().overdue_since.has_value());
  CHECK_FALSE(stage.status().not_before.has_value());
  stage.say(MessageType::register_batch, stage.batch({shared}));
  CHECK(stage.heard<Evaluated>(MessageType::evaluated).empty());
  stage.region->run_for(Milliseconds{900'000});
  REQUIRE(stage.heard<RegisterBatch>(MessageType::register_batch).size() == 2);  // asked again
  stage.answer(asked[0]);
  CHECK_FALSE(stage.status().overdue_since.has_value());
  stage.say(MessageType::register_batch, stage.batch({shared}));
  CHECK(stage.heard<Evaluated>(MessageType::evaluated).size() == 1);
}

TEST_CASE("a quota that is used up by our own count as well is waited for, and nobody owes") {
  Stage stage;
  stage.open();
  stage.client();
  REQUIRE(stage.honest().command<bool>([&](Context& context) {
    // As if the batch had been planned when the convenant gave us more.
    return storage::count_quota(context.tx, stage.liar().member(), storage::QuotaSide::ours,
                                Date::of(context.now), 100'000)
        .map([] { return true; });
  }));
  stage.say(MessageType::register_refused, RegisterRefused{1, 1, Refusal::quota, Date{2026, 11, 3}});
  stage.region->run_for(Milliseconds{120'000});
  CHECK_FALSE(stage.status().overdue_since.has_value());
  CHECK(stage.status().not_before == Date{2026, 11, 3});
  stage.region->run_for(std::chrono::hours{24});
  CHECK(stage.heard<RegisterBatch>(MessageType::register_batch).size() == 2);
}

TEST_CASE("who owes an answer sees it itself, a complaint about nothing is none") {
  Stage stage;
  stage.open();
  stage.say(MessageType::answer_overdue, AnswerOverdue{1, 1});
  CHECK_FALSE(stage.status().owing_since.has_value());
  REQUIRE(stage.honest().command<bool>([&](Context& context) -> Result<bool> {
    // A batch that this node cannot evaluate now.
    KNOOP_LET(pair, storage::newest_pair(context.tx, stage.liar().member()));
    KNOOP_TRY(storage::set_trouble(context.tx, pair->id, Error{ErrorCode::io_failed, Side::ours, "busy"}));
    KNOOP_TRY(storage::add_peer_batch(context.tx, *pair, 10, encode(stage.batch({shared}))));
    return true;
  }));
  stage.say(MessageType::answer_overdue, AnswerOverdue{1, 11});
  CHECK_FALSE(stage.status().owing_since.has_value());
  stage.say(MessageType::answer_overdue, AnswerOverdue{1, 1});
  CHECK(stage.status().owing_since.has_value());
  REQUIRE(stage.resume());
  stage.region->run_for(Milliseconds{10'000});
  CHECK_FALSE(stage.status().owing_since.has_value());
  CHECK(stage.heard<Evaluated>(MessageType::evaluated).size() == 1);
}

TEST_CASE("a large batch that is answered and proven is taken, the points are then forgotten") {
  Stage stage;
  stage.open();
  const auto asked = stage.large(470, 477);
  const auto answer = stage.evaluated(asked);
  CHECK(stage.heard<ProofRequest>(MessageType::proof_request).empty());  // no seed before D
  stage.say(MessageType::evaluated, answer);
  CHECK(stage.prove(asked, answer) == 1);
  CHECK_FALSE(stage.status().trouble.has_value());
  CHECK_FALSE(stage.status().outstanding);
  const auto closed = stage.heard<BatchClosed>(MessageType::batch_closed);
  REQUIRE(closed.size() == 1);
  CHECK(closed[0] == BatchClosed{1, 1, true});
}

TEST_CASE("noise for exactly the handles that match is found, and the handles are named") {
  Stage stage;
  stage.open();
  const auto asked = stage.large(1900, 1923);
  // The liar has four of these identifiers, too. Its own are evaluated first, so it knows which of the handles match
  // before it answers.
  std::vector<Identifier> own;
  for (const auto* value : {"7", "8", "700", "1899"}) own.push_back({Kind::exact, to_bytes(value)});
  stage.say(MessageType::register_batch, stage.batch(own));
  const auto mine = stage.heard<Evaluated>(MessageType::evaluated).at(0);
  auto answer = stage.evaluated(asked);
  std::vector<std::size_t> hidden;
  for (std::size_t i = 0; i < own.size(); ++i) {
    const auto found = std::ranges::find(answer.points, mine.points[i]);
    REQUIRE(found != answer.points.end());
    hidden.push_back(static_cast<std::size_t>(found - answer.points.begin()));
  }
  for (const std::size_t position : hidden)
    answer.points[position] = multiply_base(stage.secrets().scalar).bytes();
  stage.say(MessageType::evaluated, answer);
  CHECK(stage.prove(asked, answer) > 1);
  const auto trouble = stage.status().trouble;
  REQUIRE(trouble.has_value());
  // Each is found unless a coefficient was zero on its way down: one in 256 a level.
  std::size_t named = 0;
  for (const std::size_t position : hidden)
    if (trouble->find(" " + std::to_string(position + 1)) != std::string::npos) ++named;
  CHECK(named >= 3);
  CHECK_FALSE(stage.heard<BatchClosed>(MessageType::batch_closed).back().proven);
  CHECK(stage.matches() == 0);
  stage.say(MessageType::register_batch, stage.batch({shared}, 11));
  CHECK(stage.heard<Evaluated>(MessageType::evaluated).size() == 1);
}

TEST_CASE("a proof of another draw, batch or direction, or none, fails a large batch") {
  const auto refuted = [](const std::function<void(Stage&, const ProofRequest&, Proof&)>& change) {
    Stage stage;
    stage.open();
    const auto asked = stage.large(470, 477);
    const auto answer = stage.evaluated(asked);
    stage.say(MessageType::evaluated, answer);
    std::size_t proofs = 0;
    stage.prove(asked, answer, [&](const ProofRequest& request, Proof& proof) {
      if (proofs++ == 0) change(stage, request, proof);  // the others are true: one is enough
    });
    CHECK(stage.status().trouble.has_value());
    CHECK_FALSE(stage.heard<BatchClosed>(MessageType::batch_closed).back().proven);
  };
  const auto proven = [](Stage& stage, const ProofRequest& request, const Pair& pair, const ProofSeed& seed,
                         const Hash256& hash) {
    const auto asked = stage.heard<RegisterBatch>(MessageType::register_batch).back();
    const auto sum = weighted_sum(*parse_points(asked.points), coefficients(seed, hash, request.range));
    return *prove_bulk({pair, hash, request.range, seed}, stage.secrets(), *sum, SymmetricKey{});
  };
  const auto hash_of = [](Stage& stage) {
    const auto asked = stage.heard<RegisterBatch>(MessageType::register_batch).back();
    return batch_hash(asked, stage.evaluated(asked).points);
  };
  refuted([](Stage&, const ProofRequest&, Proof& proof) { proof.proof = DleqProof{}; });
  refuted([&](Stage& stage, const ProofRequest& request, Proof& proof) {  // replayed from an earlier draw
    proof.proof = proven(stage, request, stage.pair(), ProofSeed{}, hash_of(stage));
  });
  refuted([&](Stage& stage, const ProofRequest& request, Proof& proof) {  // of another batch
    proof.proof = proven(stage, request, stage.pair(), request.seed, Hash256{});
  });
  refuted([&](Stage& stage, const ProofRequest& request, Proof& proof) {  // of the other direction
    proof.proof = proven(stage, request, stage.pair().turned(), request.seed, hash_of(stage));
  });
  refuted([&](Stage& stage, const ProofRequest& request, Proof& proof) {  // of another epoch
    auto pair = stage.pair();
    pair.epoch = 2;
    proof.proof = proven(stage, request, pair, request.seed, hash_of(stage));
  });
}

TEST_CASE("a peer that found our evaluation false is seen here until somebody looked, and goes on") {
  Stage stage;
  stage.open();
  stage.say(MessageType::register_batch, stage.batch({shared}));
  stage.say(MessageType::batch_closed, BatchClosed{1, 1, false});
  CHECK(stage.status().disputed_since.has_value());
  CHECK_FALSE(stage.status().trouble.has_value());  // its word alone stops nothing
  stage.say(MessageType::register_batch, stage.batch({}, 11));
  CHECK(stage.heard<Evaluated>(MessageType::evaluated).size() == 2);
  REQUIRE(stage.resume());
  CHECK_FALSE(stage.status().disputed_since.has_value());
  CHECK_FALSE(stage.resume());
}

TEST_CASE("a proof that nobody asked for, or of another range, is not taken") {
  Stage stage;
  stage.open();
  const auto asked = stage.large(470, 477);
  stage.say(MessageType::proof, Proof{1, 1, {0, 477}, {}});
  const auto answer = stage.evaluated(asked);
  stage.say(MessageType::evaluated, answer);
  stage.say(MessageType::proof, Proof{1, 1, {0, 476}, {}});
  stage.say(MessageType::proof, Proof{1, 2, {0, 477}, {}});
  CHECK_FALSE(stage.status().trouble.has_value());
  CHECK(stage.prove(asked, answer) == 1);
  CHECK_FALSE(stage.status().trouble.has_value());
}

TEST_CASE("a member that holds a proof back past its term gets no evaluation until the proof comes") {
  Stage stage;
  stage.open();
  const auto asked = stage.large(470, 477);
  const auto answer = stage.evaluated(asked);
  stage.say(MessageType::evaluated, answer);
  stage.region->run_for(std::chrono::hours{23});
  CHECK_FALSE(stage.status().overdue_since.has_value());
  stage.region->run_for(std::chrono::hours{2});
  CHECK(stage.status().overdue_since.has_value());
  stage.say(MessageType::register_batch, stage.batch({shared}));
  CHECK(stage.heard<RegisterRefused>(MessageType::register_refused).back().why == Refusal::owing);
  CHECK(stage.prove(asked, answer) == 1);
  CHECK_FALSE(stage.status().overdue_since.has_value());
  stage.say(MessageType::register_batch, stage.batch({shared}));
  CHECK(stage.heard<Evaluated>(MessageType::evaluated).size() == 1);
}

TEST_CASE(
    "a proof may be asked only after the answers, of the batch that was answered, one at a time, until it is "
    "closed") {
  Stage stage;
  stage.open();
  BlindJob job{stage.secrets(), 1, 1, 700, {}};
  job.slots.resize(477);
  const auto batch = blind_batch(job);
  const auto request = [&](Handle first, Range range) {
    stage.say(MessageType::proof_request, ProofRequest{1, first, range, {}});
    return stage.heard<Proof>(MessageType::proof).size();
  };
  CHECK(request(1, {0, 477}) == 0);  // before anything
  REQUIRE(stage.liar().command<bool>([&](Context& context) -> Result<bool> {
    // The seed before D: both frames arrive before the batch is evaluated.
    KNOOP_TRY(
        context.send(stage.honest().member(), MessageType::register_batch, std::nullopt, encode(batch)));
    KNOOP_TRY(context.send(stage.honest().member(), MessageType::proof_request, std::nullopt,
                           encode(ProofRequest{1, 478, {0, 477}, {}})));
    return true;
  }));
  stage.region->run_for(Milliseconds{10'000});
  REQUIRE(stage.heard<Evaluated>(MessageType::evaluated).size() == 1);
  const auto answer = stage.heard<Evaluated>(MessageType::evaluated)[0];
  CHECK_FALSE(answer.proof.has_value());
  CHECK(stage.heard<Proof>(MessageType::proof).empty());
  CHECK(request(2, {0, 477}) == 0);
  CHECK(request(1, {0, 477}) == 1);
  CHECK(request(1, {476, 1}) == 2);
  // Nothing else is evaluated while the batch is open.
  stage.say(MessageType::register_batch, stage.batch({shared}, 478));
  CHECK(stage.heard<RegisterRefused>(MessageType::register_refused).back().why == Refusal::outstanding);
  stage.say(MessageType::batch_closed, BatchClosed{1, 1, true});
  CHECK(request(1, {0, 477}) == 2);
  stage.say(MessageType::register_batch, stage.batch({shared}, 478));
  CHECK(stage.heard<Evaluated>(MessageType::evaluated).size() == 2);
  CHECK_FALSE(stage.status().trouble.has_value());
}

TEST_CASE("who asks for proofs without end, or of points that cancel, is served no more") {
  const auto stopped = [](const std::function<void(Stage&, RegisterBatch&)>& change, const Range& range,
                          int times) {
    Stage stage;
    stage.open();
    BlindJob job{stage.secrets(), 1, 1, 700, {}};
    job.slots.resize(477);
    auto batch = blind_batch(job);
    change(stage, batch);
    stage.say(MessageType::register_batch, batch);
    REQUIRE(stage.heard<Evaluated>(MessageType::evaluated).size() == 1);
    for (int i = 0; i < times; ++i)
      stage.say(MessageType::proof_request, ProofRequest{1, 1, range, {}}, Milliseconds{200});
    stage.region->run_for(Milliseconds{60'000});
    CHECK(stage.status().trouble.has_value());
    return stage.heard<Proof>(MessageType::proof).size();
  };
  const auto as_it_is = [](Stage&, RegisterBatch&) {};
  CHECK(stopped(as_it_is, {0, 477}, 18) <= 17);
  CHECK(stopped(as_it_is, {470, 8}, 1) == 0);
  // One point, and for a range of one handle a seed whose coefficient is zero.
  Stage stage;
  stage.open();
  BlindJob job{stage.secrets(), 1, 1, 700, {}};
  job.slots.resize(477);
  const auto batch = blind_batch(job);
  stage.say(MessageType::register_batch, batch);
  const auto answer = stage.heard<Evaluated>(MessageType::evaluated).at(0);
  ProofSeed seed;
  while (coefficients(seed, batch_hash(batch, answer.points), {3, 1})[0] != 0)
    if (++seed.data()[0] == 0) ++seed.data()[1];
  stage.say(MessageType::proof_request, ProofRequest{1, 1, {3, 1}, seed});
  CHECK(stage.heard<Proof>(MessageType::proof).empty());
  CHECK(stage.status().trouble.has_value());
}

TEST_CASE(
    "a large batch with a point that is none is refused whole, one that repeats a point is answered alike") {
  Stage stage;
  stage.open();
  BlindJob job{stage.secrets(), 1, 1, 700, {}};
  job.slots.resize(477);
  auto batch = blind_batch(job);
  batch.points[100] = batch.points[5];
  batch.points[476] = batch.points[5];
  stage.say(MessageType::register_batch, batch);
  const auto answers = stage.heard<Evaluated>(MessageType::evaluated);
  REQUIRE(answers.size() == 1);
  CHECK(answers[0].points[100] == answers[0].points[5]);
  CHECK(answers[0].points[476] == answers[0].points[5]);
  CHECK(stage.status().received == 477);
  stage.say(MessageType::batch_closed, BatchClosed{1, 1, true});

  job.first = 478;
  batch = blind_batch(job);
  batch.points[470] = PointBytes{};
  stage.say(MessageType::register_batch, batch);
  CHECK(stage.heard<Evaluated>(MessageType::evaluated).size() == 1);
  CHECK(stage.heard<RegisterRefused>(MessageType::register_refused).back().why == Refusal::malformed);
  CHECK(stage.status().trouble.has_value());
  CHECK(stage.status().received == 477);
}

TEST_CASE("an answer that nobody asked for changes nothing") {
  Stage stage;
  stage.open();
  stage.say(MessageType::evaluated, Evaluated{1, 1, std::vector<PointBytes>(10), DleqProof{}});
  CHECK_FALSE(stage.status().trouble.has_value());
}

TEST_CASE("points that are none, other handles and other sizes are refused whole") {
  const auto refused = [](const std::function<void(RegisterBatch&)>& change) {
    Stage stage;
    stage.open();
    auto batch = stage.batch({shared});
    change(batch);
    stage.say(MessageType::register_batch, batch);
    CHECK(stage.heard<Evaluated>(MessageType::evaluated).empty());
    const auto answers = stage.heard<RegisterRefused>(MessageType::register_refused);
    REQUIRE(answers.size() == 1);
    CHECK(answers[0].why == Refusal::malformed);
    CHECK(stage.status().trouble.has_value());
  };
  refused([](RegisterBatch& batch) { batch.points[9] = PointBytes{}; });
  refused([](RegisterBatch& batch) { batch.first = 2; });
  refused([](RegisterBatch& batch) { batch.points.pop_back(); });
}

TEST_CASE("points with a second spelling, or that are none, are refused in small batches and in answers") {
  const auto spelled = [](const PointBytes& point, int how) {
    PointBytes out = point;
    if (how == 0) out = {};                                // the identity: times any secret it is itself
    if (how == 1) out.data()[31] |= 0x80U;                 // libsodium 1.0.18 takes the unused top bit
    if (how == 2) std::fill_n(out.data(), 32, Byte{255});  // above the field
    if (how == 3) out.data()[0] ^= 1U;                     // negative: no canonical form
    return out;
  };
  for (int how = 0; how < 4; ++how) {
    CAPTURE(how);
    {
      Stage stage;
      stage.open();
      auto batch = stage.batch({shared});
      batch.points[4] = spelled(batch.points[4], how);
      stage.say(MessageType::register_batch, batch);
      CHECK(stage.heard<Evaluated>(MessageType::evaluated).empty());
      CHECK(stage.heard<RegisterRefused>(MessageType::register_refused).at(0).why == Refusal::malformed);
    }
    {
      Stage stage;
      stage.open();
      const auto asked = stage.large(470, 477);
      auto answer = stage.evaluated(asked);
      answer.points[300] = spelled(answer.points[300], how);
      stage.say(MessageType::evaluated, answer);
      CHECK(stage.status().trouble.has_value());
      CHECK(stage.heard<ProofRequest>(MessageType::proof_request).empty());
    }
  }
}

TEST_CASE(
    "a batch larger than any, and a large answer with the wrong size or an early proof, are not taken") {
  Stage stage;
  stage.open();
  Bytes body{0x94, 1, 1, 0xcd, 0x02, 0xbc, 0xdc, 0x78, 0x75};  // 30,837 points
  for (std::size_t i = 0; i < most_in_batch + 1; ++i) {
    append(body, Bytes{0xc4, 0x20});
    append(body, generator().view());
  }
  REQUIRE(stage.liar().command<bool>([&](Context& context) {
    return context.send(stage.honest().member(), MessageType::register_batch, std::nullopt, body).map([] {
      return true;
    });
  }));
  stage.region->run_for(Milliseconds{10'000});
  CHECK(stage.heard<Evaluated>(MessageType::evaluated).empty());
  CHECK(stage.status().received == 0);

  const auto asked = stage.large(470, 477);
  auto answer = stage.evaluated(asked);
  answer.proof = DleqProof{};
  stage.say(MessageType::evaluated, answer);
  CHECK(stage.status().trouble.has_value());
}

TEST_CASE("reflection: our own commitment, our own points and our own answers sent back match nobody") {
  {
    Stage stage;
    stage.region->run_for(Milliseconds{10'000});
    const auto opened = stage.heard<EpochOpen>(MessageType::epoch_open);
    REQUIRE_FALSE(opened.empty());
    stage.say(MessageType::epoch_open, opened.back());
    CHECK(stage.status().trouble.has_value());
    CHECK_FALSE(stage.status().open);
  }
  Stage stage;
  stage.open();
  stage.client();
  const auto asked = stage.heard<RegisterBatch>(MessageType::register_batch);
  REQUIRE(asked.size() == 1);
  stage.say(MessageType::register_batch, asked[0]);
  const auto reflected = stage.heard<Evaluated>(MessageType::evaluated);
  REQUIRE(reflected.size() == 1);                   // points are points
  stage.say(MessageType::evaluated, reflected[0]);  // … but this proof is ours
  CHECK(stage.status().trouble.has_value());
  CHECK(stage.matches() == 0);
}

TEST_CASE("one batch is outstanding: a second is not computed") {
  Stage stage;
  stage.open();
  const auto first = stage.batch({shared});
  const auto second = stage.batch({}, 11);
  REQUIRE(stage.liar().command<bool>([&](Context& context) -> Result<bool> {
    for (const auto& batch : {first, second})
      KNOOP_TRY(
          context.send(stage.honest().member(), MessageType::register_batch, std::nullopt, encode(batch)));
    return true;
  }));
  stage.region->run_for(Milliseconds{10'000});
  const auto evaluated = stage.heard<Evaluated>(MessageType::evaluated).size();
  const auto refused = stage.heard<RegisterRefused>(MessageType::register_refused).size();
  CHECK(evaluated + refused == 2);
  CHECK(evaluated >= 1);
}

TEST_CASE("R2.6: past its quota a member is told when to come back, and learns nothing") {
  Stage stage;
  stage.open();
  REQUIRE(stage.honest().command<bool>([&](Context& context) {
    return storage::count_quota(context.tx, stage.liar().member(), storage::QuotaSide::peers,
                                Date::of(context.now), 99'995)
        .map([] { return true; });
  }));
  stage.say(MessageType::register_batch, stage.batch({shared}));
  CHECK(stage.heard<Evaluated>(MessageType::evaluated).empty());
  const auto answers = stage.heard<RegisterRefused>(MessageType::register_refused);
  REQUIRE(answers.size() == 1);
  CHECK(answers[0].why == Refusal::quota);
  CHECK(answers[0].again == Date{2026, 11, 3});
  CHECK_FALSE(stage.status().trouble.has_value());

  stage.region->run_for(std::chrono::hours{24});  // the same batch passes then
  stage.say(MessageType::register_batch, stage.batch({shared}));
  CHECK(stage.heard<Evaluated>(MessageType::evaluated).size() == 1);
}

TEST_CASE("R2.6: registering a withdrawn identifier again costs no quota, a new one does") {
  Stage stage;
  stage.open();
  const auto used = [&] {
    return stage.honest()
        .command<std::uint64_t>([&](Context& context) -> Result<std::uint64_t> {
          KNOOP_LET(counts, storage::quota_counts(context.tx, stage.liar().member(),
                                                  storage::QuotaSide::peers, Date::of(context.now)));
          return counts.empty() ? 0 : counts[0].handles;
        })
        .value();
  };
  stage.say(MessageType::register_batch, stage.batch({shared}));
  CHECK(used() == 10);
  stage.say(MessageType::withdraw, Withdraw{1, 1, {1, 2}});
  CHECK(stage.heard<WithdrawApplied>(MessageType::withdraw_applied).size() == 1);
  CHECK(used() == 10);
  stage.say(MessageType::register_batch, stage.batch({shared}, 11));  // nine new dummies
  CHECK(used() == 19);
}

TEST_CASE("R2.6: trying a block of BSNs is stopped at the quota, hinted, and no other way round it") {
  Stage stage;
  stage.open();
  const auto count = [&](std::int64_t handles) {
    REQUIRE(stage.honest().command<bool>([&](Context& context) {
      return storage::count_quota(context.tx, stage.liar().member(), storage::QuotaSide::peers,
                                  Date::of(context.now), handles)
          .map([] { return true; });
    }));
  };
  // The block: nine digits that follow each other. Most of the day's quota is used already.
  Handle next = 1;
  unsigned bsn = 999'990'000;
  const auto guess = [&] {
    std::vector<Identifier> block;
    while (block.size() < 255) block.push_back({Kind::bsn, to_bytes(std::to_string(bsn++))});
    auto batch = stage.batch(block, next, 255);
    stage.say(MessageType::register_batch, batch);
    next += batch.points.size();
  };
  count(99'000);
  stage.say(MessageType::epoch_complete, EpochComplete{1});
  stage.region->run_for(std::chrono::hours{24});
  count(99'000);
  for (int i = 0; i < 3; ++i) guess();
  CHECK(stage.heard<Evaluated>(MessageType::evaluated).size() == 3);
  CHECK(stage.hints() == std::vector<Hint>{Hint::burst});  // no epoch is being filled
  guess();
  CHECK(stage.heard<Evaluated>(MessageType::evaluated).size() == 3);
  auto refused = stage.heard<RegisterRefused>(MessageType::register_refused);
  REQUIRE(refused.size() == 1);
  CHECK(refused[0].why == Refusal::quota);
  CHECK(stage.hints() == std::vector<Hint>{Hint::quota, Hint::burst});
  next -= 255;

  // Withdrawing gives nothing back, and a lot of it is a hint of its own.
  for (Handle from = 1; from + 255 <= next; from += 255) {
    Withdraw withdraw{1, from, {}};
    for (Handle handle = from; handle < from + 255; ++handle) withdraw.handles.push_back(handle);
    for (int again = 0; again < 8; ++again) stage.say(MessageType::withdraw, withdraw);
  }
  CHECK(stage.hints() == std::vector<Hint>{Hint::quota, Hint::burst, Hint::churn});
  guess();
  next -= 255;
  CHECK(stage.heard<Evaluated>(MessageType::evaluated).size() == 3);

  // Nor does a new epoch.
  stage.open(2);
  stage.say(MessageType::register_batch, stage.batch({shared}, 1, 255, 2));
  CHECK(stage.heard<Evaluated>(MessageType::evaluated).size() == 3);

  // The third day half a day's quota is left of the window; past it there is none for three months.
  stage.region->run_for(std::chrono::hours{24});
  count(52'000);
  guess();
  refused = stage.heard<RegisterRefused>(MessageType::register_refused);
  CHECK(refused.back().why == Refusal::quota);
  CHECK(refused.back().again >= Date{2027, 1, 30});
  CHECK(stage.matches() == 0);
}

TEST_CASE("a flood over the quota is stopped, and needs somebody to look") {
  Stage stage;
  stage.open();
  REQUIRE(stage.honest().command<bool>([&](Context& context) {
    return storage::count_quota(context.tx, stage.liar().member(), storage::QuotaSide::peers,
                                Date::of(context.now), 99'995, 4'123)
        .map([] { return true; });
  }));
  stage.say(MessageType::register_batch, stage.batch({shared}));
  stage.say(MessageType::register_batch, stage.batch({shared}));
  CHECK(stage.status().trouble.has_value());
  CHECK(stage.heard<Evaluated>(MessageType::evaluated).empty());
}

TEST_CASE("R2.6: a known point under new handles costs frames, and those are limited too") {
  Stage stage;
  stage.open();
  stage.say(MessageType::register_batch, stage.batch({shared}));
  REQUIRE(stage.honest().command<bool>([&](Context& context) {
    return storage::count_quota(context.tx, stage.liar().member(), storage::QuotaSide::peers,
                                Date::of(context.now), 0, 2'061)
        .map([] { return true; });
  }));
  // The same point in all ten elements: known, and the last handle is the one that stays.
  auto again = stage.batch({shared}, 11);
  for (auto& point : again.points) point = again.points[0];
  stage.say(MessageType::register_batch, again);
  CHECK(stage.heard<Evaluated>(MessageType::evaluated).size() == 1);
  const auto refused = stage.heard<RegisterRefused>(MessageType::register_refused);
  REQUIRE(refused.size() == 1);
  CHECK(refused[0].why == Refusal::quota);
}

TEST_CASE("a stale epoch, one too far ahead and too many of them are refused") {
  Stage stage;
  stage.open();
  stage.open(2);
  CHECK(stage.status().epoch == 2);
  stage.say(MessageType::epoch_complete, EpochComplete{2});
  stage.region->run_for(Milliseconds{20'000});
  REQUIRE_FALSE(
      stage.heard<EpochEnded>(MessageType::epoch_ended).empty());  // nobody has anything to register
  stage.say(MessageType::register_batch, stage.batch({shared}));
  const auto refused = stage.heard<RegisterRefused>(MessageType::register_refused);
  REQUIRE(refused.size() == 1);
  CHECK(refused[0].why == Refusal::ended);
  stage.open(1, *MatchingKey::from(Bytes(32, 9)));
  stage.open(5'000);
  CHECK(stage.status().epoch == 2);
  CHECK(stage.dead_letters() == 2);
  stage.say(MessageType::epoch_complete, EpochComplete{7});
  stage.say(MessageType::epoch_ended, EpochEnded{7, false});
  stage.say(MessageType::epoch_ended, EpochEnded{2, false});  // nothing newer is open
  CHECK(stage.dead_letters() == 5);
  for (Epoch epoch = 3; epoch <= 9; ++epoch) stage.open(epoch);
  CHECK(stage.status().epoch == 6);  // six in ninety days
  CHECK_FALSE(stage.status().trouble.has_value());
}

TEST_CASE("notices that stay without receipt are hinted after a day, and sent again") {
  Stage stage(true);
  stage.open();
  stage.client();
  const auto asked = stage.heard<RegisterBatch>(MessageType::register_batch);
  REQUIRE(asked.size() == 1);
  stage.answer(asked[0]);
  stage.say(MessageType::register_batch, stage.batch({shared}));
  MatchClaim claim{ClaimId{std::array<Byte, 16>{1}}, 1, 1, BsnStatus::registered, {}};
  REQUIRE(stage.honest().command<bool>([&](Context& context) -> Result<bool> {
    KNOOP_TRY(context.tx.each("SELECT peer_handle, own_handle FROM matched_handles",
                              [&](const storage::Row& row) -> Result<void> {
                                claim.pairs.push_back({row.get<Handle>(0), row.get<Handle>(1)});
                                return {};
                              }));
    return true;
  }));
  REQUIRE(claim.pairs.size() == 1);
  stage.say(MessageType::match_claim, claim);
  const auto sent = [&] { return stage.heard<MatchNotice>(MessageType::match_notice).size(); };
  CHECK(sent() == 1);
  CHECK(stage.hints().empty());
  stage.region->run_for(std::chrono::hours{26});
  CHECK(stage.hints() == std::vector<Hint>{Hint::receipts});
  CHECK(sent() == 2);
}

TEST_CASE("a claim of handles that do not match finds nobody") {
  Stage stage(true);
  stage.open();
  stage.client();
  stage.say(MessageType::register_batch, stage.batch({{Kind::bsn, to_bytes("999999023")}}));
  MatchClaim claim{ClaimId{std::array<Byte, 16>{1}}, 1, 1, BsnStatus::registered, {}};
  for (Handle own = 1; own <= 10; ++own)
    for (Handle theirs = 1; theirs <= 20; ++theirs) claim.pairs.push_back({own, theirs});
  stage.say(MessageType::match_claim, claim);
  const auto answers = stage.heard<MatchAnswer>(MessageType::match_answer);
  REQUIRE(answers.size() == 1);
  CHECK(answers[0].groups.empty());
  CHECK(stage.matches() == 0);
}

TEST_CASE("a match that only the liar's exponent makes is no match here") {
  // It masks with another exponent than it committed to: a guess that it can check by itself, one handle of quota each.
  // Here nothing equals, so nothing is shown and no contact data go out.
  Stage stage(true);
  stage.open();
  stage.client();
  auto secrets = stage.secrets();
  secrets.scalar = hash_to_scalar(view("another"), "test");
  BlindJob job{std::move(secrets), 1, 1, 700, {shared}};
  job.slots.resize(10);
  stage.say(MessageType::register_batch, blind_batch(job));
  stage.region->run_for(Milliseconds{30'000});
  CHECK(stage.matches() == 0);
  CHECK(stage.heard<MatchNotice>(MessageType::match_notice).empty());
}

TEST_CASE(
    "the member that answers claims cannot claim, the one that claims cannot answer what it did not ask") {
  {
    Stage stage(false);
    stage.open();
    stage.say(MessageType::match_claim, MatchClaim{{}, 1, 1, BsnStatus::none, {{1, 1}}});
    CHECK(stage.heard<MatchAnswer>(MessageType::match_answer).empty());
    stage.say(MessageType::match_answer, MatchAnswer{{}, 1, 1, 1, {}});
    CHECK(stage.matches() == 0);
  }
  {
    Stage stage(true);
    stage.open();
    stage.say(MessageType::match_answer, MatchAnswer{{}, 1, 1, 1, {}});
    CHECK(stage.matches() == 0);
  }
}

TEST_CASE("notices, choices, receipts and outcomes of no match are dropped") {
  Stage stage;
  stage.open();
  stage.client();
  const MatchId id{std::array<Byte, 16>{9}};
  stage.say(MessageType::match_notice, MatchNotice{id, 1, {{"N", "f", "t", "e", Date{2026, 1, 1}}}});
  stage.say(MessageType::match_choice, MatchChoice{id});
  stage.say(MessageType::match_receipt, MatchReceipt{id, 1, {}, {}});
  stage.say(MessageType::match_outcome, MatchOutcome{id, Outcome::same_youth});
  CHECK(stage.matches() == 0);
  CHECK(stage.heard<MatchReceipt>(MessageType::match_receipt).empty());
}

TEST_CASE("a second commitment in one epoch stops matching with that member") {
  Stage stage;
  stage.open();
  auto secrets = stage.secrets();
  secrets.scalar = hash_to_scalar(view("another"), "test");
  secrets.commitment = multiply_base(secrets.scalar);
  TestEntropy entropy;
  stage.say(MessageType::epoch_open, make_epoch_open(stage.pair(), secrets, nullptr, entropy));
  CHECK(stage.status().trouble.has_value());
}

TEST_CASE("after a second commitment the next epoch mends the pair, when somebody here opens it") {
  Stage stage;
  stage.open();
  stage.client();
  stage.open(1, *MatchingKey::from(Bytes(32, 9)));
  REQUIRE(stage.status().trouble.has_value());
  stage.say(MessageType::register_batch, stage.batch({shared}));
  CHECK(stage.heard<Evaluated>(MessageType::evaluated).empty());
  // The liar opens the next one: that alone trusts it again in nothing.
  stage.open(2);
  stage.say(MessageType::register_batch, stage.batch({shared}, 1, 10, 2));
  CHECK(stage.status().trouble.has_value());
  CHECK(stage.heard<Evaluated>(MessageType::evaluated).empty());

  REQUIRE(stage.resume());
  stage.region->run_for(Milliseconds{20'000});
  CHECK_FALSE(stage.status().trouble.has_value());
  stage.say(MessageType::register_batch, stage.batch({shared}, 1, 10, 2));
  CHECK(stage.heard<Evaluated>(MessageType::evaluated).size() == 1);
  stage.say(MessageType::register_batch, stage.batch({shared}));  // the first one is over
  CHECK(stage.heard<RegisterRefused>(MessageType::register_refused).back().why == Refusal::ended);
  CHECK(stage.heard<Evaluated>(MessageType::evaluated).size() == 1);
}

TEST_CASE("an epoch in trouble is given up by opening the next") {
  Stage stage;
  stage.open();
  stage.open(1, *MatchingKey::from(Bytes(32, 9)));
  REQUIRE(stage.status().trouble.has_value());
  REQUIRE(stage.honest().command<Epoch>([&](Context& context) {
    return stage.honest().node().service<MatchingService>().open_epoch(context, stage.liar().member());
  }));
  CHECK_FALSE(stage.status().trouble.has_value());
  CHECK(stage.status().epoch == 2);
  stage.region->run_for(Milliseconds{5'000});
  stage.open(2);
  stage.say(MessageType::register_batch, stage.batch({shared}, 1, 10, 2));
  CHECK(stage.heard<Evaluated>(MessageType::evaluated).size() == 1);
}

TEST_CASE("only the side that claims says when matches have moved, who says it too early ends its own") {
  for (const bool claims : {true, false}) {
    Stage stage(claims);
    stage.open();
    stage.client();
    stage.answer(stage.heard<RegisterBatch>(MessageType::register_batch).at(0));
    stage.say(MessageType::register_batch, stage.batch({shared}));
    if (claims) {
      MatchClaim claim{ClaimId{std::array<Byte, 16>{1}}, 1, 1, BsnStatus::registered, {}};
      REQUIRE(stage.honest().command<bool>([&](Context& context) -> Result<bool> {
        KNOOP_TRY(context.tx.each("SELECT peer_handle, own_handle FROM matched_handles",
                                  [&](const storage::Row& row) -> Result<void> {
                                    claim.pairs.push_back({row.get<Handle>(0), row.get<Handle>(1)});
                                    return {};
                                  }));
        return true;
      }));
      stage.say(MessageType::match_claim, claim);
      CHECK(stage.live() == 1);
    }
    const auto before = stage.dead_letters();
    stage.say(MessageType::epoch_ended, EpochEnded{1, true});
    CHECK(stage.dead_letters() == before + 1);  // nothing newer is open
    stage.open(2);
    stage.say(MessageType::epoch_ended, EpochEnded{1, true});
    CHECK(stage.dead_letters() == before + (claims ? 1 : 2));
    CHECK(stage.live() == 0);
    CHECK_FALSE(stage.status().trouble.has_value());
  }
}

TEST_CASE("a false acknowledgement of a withdrawal is not believed") {
  Stage stage;
  stage.open();
  stage.client();
  const auto asked = stage.heard<RegisterBatch>(MessageType::register_batch);
  REQUIRE(asked.size() == 1);
  stage.say(MessageType::evaluated,
            evaluate({stage.pair(), stage.secrets(), asked[0], SymmetricKey{}})->answer);
  REQUIRE(stage.honest().command<bool>([&](Context& context) -> Result<bool> {
    KNOOP_LET(client, storage::find_client(context.tx, "S1"));
    KNOOP_TRY(
        storage::set_marks(context.tx, client->id, {.secret = true, .institutional = false}, context.now));
    context.wake();
    return true;
  }));
  stage.region->run_for(Milliseconds{10'000});
  const auto withdrawn = stage.heard<Withdraw>(MessageType::withdraw);
  REQUIRE(withdrawn.size() == 1);
  CHECK(stage.status().withdrawals == 1);
  stage.say(MessageType::withdraw_applied, WithdrawApplied{1, 1, sha256(encode(withdrawn[0])), {}});
  CHECK(stage.status().withdrawals == 1);
}

}  // namespace knoop
