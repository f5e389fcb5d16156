// Why the protocol is as it is: each attack succeeds against a protocol that lacks one rule, and fails against the real
// one. The weakened protocols exist in this file only, as values of `Rules` that no product code knows; the real
// protocol is the product's own functions. The same attacks against real nodes are in tests/sim.
#include <catch2/catch.hpp>

#include "crypto/hash.h"
#include "protocol/matching/bulk_proof.h"
#include "tests/unit/protocol/matching/two_nodes.h"

namespace knoop::matching {
namespace {

/// What a protocol has. The real one has everything.
struct Rules {
  bool hash_of_pair = true;       ///< H(x) depends on the pair, not on the network only.
  bool scalar_of_pair = true;     ///< A member masks with another scalar for each peer.
  bool all_proven = true;         ///< Else only handles that turn out to match are.
  bool own_refused = true;        ///< Our own commitment is not taken from a peer.
  bool direction_bound = true;    ///< A proof names its prover and verifier.
  bool seed_after_answer = true;  ///< Of the proof of a large batch, and chosen by the verifier.

  [[nodiscard]] bool real() const {
    return hash_of_pair && scalar_of_pair && all_proven && own_refused && direction_bound &&
           seed_after_answer;
  }
};

/// One member of a network under some rules.
class Member {
 public:
  Member(Byte name, const Rules& rules) : name_(name), rules_(rules) {}

  [[nodiscard]] Pair pair(const Member& peer) const {
    return {
        filled<NetworkId>(9), filled<MemberId>(name_), filled<MemberId>(peer.name_), 1, 1, rule_version, {}};
  }
  [[nodiscard]] PairSecrets secrets(const Member& peer) const {
    auto out = derive_secrets(filled<MatchingKey>(name_), pair(peer), nullptr);
    if (!rules_.hash_of_pair) out.context = PairContext{};
    if (!rules_.scalar_of_pair) {
      out.scalar = hash_to_scalar(Bytes{name_}, "one for all");
      out.commitment = multiply_base(out.scalar);
    }
    return out;
  }
  [[nodiscard]] RegisterBatch registers(const Member& peer,
                                        const std::vector<Identifier>& identifiers) const {
    BlindJob job{secrets(peer), 1, 1, 700, {}};
    for (const auto& identifier : identifiers) job.slots.emplace_back(identifier);
    return blind_batch(job);
  }
  [[nodiscard]] Evaluation evaluates(const Member& peer, const RegisterBatch& batch) const {
    return *evaluate({pair(peer), secrets(peer), batch, filled<SymmetricKey>(1)});
  }

 private:
  Byte name_;
  Rules rules_;
};

std::vector<Identifier> clients(const std::vector<int>& numbers) {
  std::vector<Identifier> out;
  for (const int number : numbers) out.push_back(bsn(std::to_string(number)));
  return out;
}

const Rules real{};

// ---- relay: B learns which clients A and C share, though it has none of them

std::size_t relay_finds(const Rules& rules) {
  const Member a(1, rules);
  const Member b(2, rules);
  const Member c(3, rules);
  // B re-randomises what A registered with it, registers that with C, and takes its random factor off the answers:
  // a·c·H(x). The same the other way round. Equal points are shared clients.
  const auto random = hash_to_scalar(view("B's"), "test");
  const auto relayed = [&](const Member& from, const Member& to, const std::vector<int>& numbers) {
    auto batch = from.registers(b, clients(numbers));
    for (auto& point : batch.points) point = multiply(random, *Point::parse(point.view()))->bytes();
    auto points = to.evaluates(b, batch).answer.points;
    for (auto& point : points) point = multiply(invert(random), *Point::parse(point.view()))->bytes();
    return points;
  };
  const auto of_a = relayed(a, c, {100, 101, 102, 103});
  const auto of_c = relayed(c, a, {102, 103, 104, 105});
  return static_cast<std::size_t>(
      std::ranges::count_if(of_a, [&](const auto& point) { return std::ranges::count(of_c, point) > 0; }));
}

// ---- comparing: B and C find out together which clients A registered with both

std::size_t comparing_finds(const Rules& rules) {
  const Member a(1, rules);
  const Member b(2, rules);
  const Member c(3, rules);
  const auto with_b = a.registers(b, clients({100, 101, 102})).points;
  const auto with_c = a.registers(c, clients({101, 102, 103})).points;
  return static_cast<std::size_t>(std::ranges::count_if(
      with_b, [&](const auto& point) { return std::ranges::count(with_c, point) > 0; }));
}

// ---- hidden match: B sees the matches, and answers noise for exactly those

bool hiding_stays_unseen(const Rules& rules) {
  const Member a(1, rules);
  const Member b(2, rules);
  const auto batch = a.registers(b, clients({100, 101, 102, 103}));
  auto answer = b.evaluates(a, batch).answer;
  // B evaluates its own registration in advance: the tokens that A's points will have.
  const auto own = a.evaluates(b, b.registers(a, clients({102, 103})));
  std::size_t hidden = 0;
  for (auto& point : answer.points)
    if (std::ranges::count(own.answer.points, point) > 0) {
      point = hash_to_group(view("noise"), "test").bytes();
      ++hidden;
    }
  REQUIRE(hidden == 2);
  if (rules.all_proven)
    return check_evaluation({a.pair(b), a.secrets(b).context.copy(), b.secrets(a).commitment, batch, answer})
        .has_value();
  // Proofs of visible matches only: none is visible, so none is asked.
  for (const auto& point : answer.points) CHECK(std::ranges::count(own.answer.points, point) == 0);
  return true;
}

// ---- reflection: B knows nobody, sends back what A sends, and matches every client of A

std::size_t reflection_matches(const Rules& rules) {
  const Member a(1, rules);
  const Member b(2, rules);
  const auto secrets = a.secrets(b);
  TestEntropy entropy;
  // B opens the epoch with A's own commitment. It cannot prove that it knows the exponent, but it can send A's proof.
  const auto opened = make_epoch_open(a.pair(b), secrets, nullptr, entropy);
  if (rules.own_refused) {
    const auto taken = check_epoch_open(a.pair(b), secrets, nullptr, opened);
    if (!taken) return 0;
  }
  // A registers; B registers the same points with A, and hands A's answers and proof back as its own.
  const auto batch = a.registers(b, clients({100, 101, 102}));
  const auto own = a.evaluates(b, batch);
  std::vector<Token> tokens;
  if (rules.direction_bound) {
    const auto checked =
        check_evaluation({a.pair(b), secrets.context.copy(), secrets.commitment, batch, own.answer});
    if (!checked) return 0;
    tokens = *checked;
  } else {
    // The same check, with a context that does not name who proves: it is A's own proof.
    const auto checked =
        check_evaluation({a.pair(b).turned(), secrets.context.copy(), secrets.commitment, batch, own.answer});
    REQUIRE(checked.has_value());
    tokens = *checked;
  }
  return static_cast<std::size_t>(std::ranges::count_if(
      tokens, [&](const auto& token) { return std::ranges::count(own.tokens, token) > 0; }));
}

// ---- known seed: B hides two matches of a large batch with errors that cancel in the draw that it knows

bool cancelling_stays_unseen(const Rules& rules) {
  const Member a(1, rules);
  const Member b(2, rules);
  const auto batch = a.registers(b, clients({100, 101, 102, 103}));
  const auto inputs = *parse_points(batch.points);
  auto answer = b.evaluates(a, batch).answer.points;
  const auto right = *parse_points(answer);
  const Range whole{0, 4};
  const auto secrets = b.secrets(a);
  // In the weak protocol the seed is fixed before the answers, so the coefficients are known (here also without the batch
  // hash in them, which would change with the answers).
  const auto known = filled<ProofSeed>(7);
  const auto weights_of = [&](const ProofSeed& seed) {
    return coefficients(seed, rules.seed_after_answer ? batch_hash(batch, answer) : Hash256{}, whole);
  };
  const Bytes expected = coefficients(known, Hash256{}, whole);
  const Point error = hash_to_group(view("error"), "test");
  const auto times = [](Byte factor, const Point& point) {
    return *weighted_sum({&point, 1}, Bytes{factor});
  };
  REQUIRE((expected[1] != 0 && expected[2] != 0));
  answer[1] = add(right[1], times(expected[2], error))->bytes();       // c1·(c2·E) …
  answer[2] = subtract(right[2], times(expected[1], error))->bytes();  // … − c2·(c1·E) = 0

  const ProofSeed seed = rules.seed_after_answer ? filled<ProofSeed>(8) : known;
  const auto weights = weights_of(seed);
  const auto outputs = *parse_points(answer);
  const auto m = weighted_sum(inputs, weights);
  const auto z = weighted_sum(outputs, weights);
  const BulkStatement statement{b.pair(a), batch_hash(batch, answer), whole, seed};
  const auto proof = prove_bulk(statement, secrets, *m, filled<SymmetricKey>(2));
  return verify_bulk(statement, secrets.commitment, *m, *z, *proof).has_value();
}

}  // namespace

TEST_CASE("relay: with one hash for the network a member between two learns their shared clients") {
  CHECK(relay_finds({.hash_of_pair = false}) == 2);
  CHECK(relay_finds(real) == 0);
}

TEST_CASE("shared hash: two peers that compare what one member registered find nothing in common") {
  CHECK(comparing_finds({.hash_of_pair = false, .scalar_of_pair = false}) == 2);
  CHECK(comparing_finds({.hash_of_pair = false}) == 0);
  CHECK(comparing_finds(real) == 0);
}

TEST_CASE("hidden match: with proofs of visible matches only, noise for the matches is never seen") {
  CHECK(hiding_stays_unseen({.all_proven = false}));
  CHECK_FALSE(hiding_stays_unseen(real));
}

TEST_CASE(
    "reflection: sending back what came matches everybody, unless commitments and proofs name their maker") {
  CHECK(reflection_matches({.own_refused = false, .direction_bound = false}) == 3);
  CHECK(reflection_matches({.own_refused = false}) == 0);  // either rule is enough
  CHECK(reflection_matches({.direction_bound = false}) == 0);
  CHECK(reflection_matches(real) == 0);
}

TEST_CASE("known seed: errors that cancel in a draw are unseen when the seed is known before the answers") {
  CHECK(cancelling_stays_unseen({.seed_after_answer = false}));
  CHECK_FALSE(cancelling_stays_unseen(real));
}

TEST_CASE("a commitment that is made of another's is refused: nobody can prove to know its exponent") {
  const Member a(1, real);
  const Member b(2, real);
  const auto secrets = a.secrets(b);
  TestEntropy entropy;
  auto opened = make_epoch_open(b.pair(a), b.secrets(a), nullptr, entropy);
  const auto factor = hash_to_scalar(view("B's"), "test");
  opened.commitment = multiply(factor, secrets.commitment)->bytes();
  const auto taken = check_epoch_open(a.pair(b), secrets, nullptr, opened);
  REQUIRE_FALSE(taken);
  CHECK(taken.error().code == ErrorCode::bad_proof);
}

}  // namespace knoop::matching
