#include "protocol/matching/bulk_proof.h"

#include <rapidcheck.h>
#include <catch2/catch.hpp>

#include "tests/unit/protocol/matching/two_nodes.h"

namespace knoop::matching {
namespace {

/// A batch of A evaluated by B, small enough for a test; the size makes no difference to the proof.
struct Evaluated20 {
  static constexpr std::size_t size = 20;

  Evaluated20() {
    std::vector<Identifier> identifiers;
    for (std::size_t i = 0; i < size; ++i) identifiers.push_back(bsn(std::to_string(900 + i)));
    batch = nodes.registered_by_a(identifiers);
    inputs = *parse_points(batch.points);
    answers = evaluate_part(nodes.secrets_b, 1, batch.points)->points;
  }
  [[nodiscard]] BulkStatement statement(const Range& range, const ProofSeed& seed) const {
    return {nodes.b, batch_hash(batch, answers), range, seed};
  }
  /// What A finds; nothing: this seed cannot be asked.
  [[nodiscard]] std::optional<bool> holds(const Range& range, const ProofSeed& seed) const {
    const auto outputs = *parse_points(answers);
    const auto weights = coefficients(seed, batch_hash(batch, answers), range);
    const auto m = weighted_sum(std::span(inputs).subspan(range.from, range.count), weights);
    const auto z = weighted_sum(std::span(outputs).subspan(range.from, range.count), weights);
    if (!m) return std::nullopt;
    if (!z) return false;
    const auto proof = prove_bulk(statement(range, seed), nodes.secrets_b, *m, filled<SymmetricKey>(3));
    return verify_bulk(statement(range, seed), nodes.secrets_b.commitment, *m, *z, *proof).has_value();
  }
  [[nodiscard]] Byte coefficient(std::size_t position, const ProofSeed& seed) const {
    return coefficients(seed, batch_hash(batch, answers), {0, size})[position];
  }

  TwoNodes nodes;
  RegisterBatch batch;
  std::vector<Point> inputs;
  std::vector<PointBytes> answers;
};

ProofSeed seed(std::uint64_t number) {
  ProofSeed out;
  for (std::size_t i = 0; i < 8; ++i) out.data()[i] = static_cast<Byte>(number >> (8 * i));
  return out;
}

}  // namespace

TEST_CASE("a true evaluation is proven, for every range and seed") {
  const Evaluated20 made;
  rc::check([&] {
    const auto from = *rc::gen::inRange<std::uint32_t>(0, Evaluated20::size);
    const auto count = *rc::gen::inRange<std::uint32_t>(1, Evaluated20::size - from + 1);
    const auto holds = made.holds({from, count}, seed(*rc::gen::arbitrary<std::uint64_t>()));
    RC_ASSERT(holds.value_or(count == 1));  // a single handle with coefficient 0 cannot be asked
  });
}

TEST_CASE("one wrong answer, wherever it stands, fails every draw in which its coefficient is not zero") {
  Evaluated20 made;
  const auto right = made.answers;
  std::size_t missed = 0;
  std::size_t draws = 0;
  for (std::size_t wrong = 0; wrong < Evaluated20::size; ++wrong) {
    made.answers = right;
    made.answers[wrong] = hash_to_group(view("noise"), "test").bytes();
    for (std::uint64_t draw = 0; draw < 40; ++draw, ++draws) {
      const auto holds = made.holds({0, Evaluated20::size}, seed(draw));
      REQUIRE(holds.has_value());
      REQUIRE(*holds == (made.coefficient(wrong, seed(draw)) == 0));
      if (*holds) ++missed;
    }
  }
  CHECK(missed <= 15);  // of 800, expected are 3.1; more than 15 would be a chance of 10^-6
  CHECK(draws == 800);
}

TEST_CASE("errors that cancel each other in one draw are found by another") {
  // The evaluator errs by E and −E in two answers: it survives a draw that gives both the same coefficient.
  Evaluated20 made;
  const auto outputs = *parse_points(made.answers);
  const Point error = hash_to_group(view("error"), "test");
  made.answers[3] = add(outputs[3], error)->bytes();
  made.answers[4] = subtract(outputs[4], error)->bytes();
  for (std::uint64_t draw = 0; draw < 200; ++draw) {
    const auto holds = made.holds({0, Evaluated20::size}, seed(draw));
    REQUIRE(holds == (made.coefficient(3, seed(draw)) == made.coefficient(4, seed(draw))));
  }
}

TEST_CASE("a proof holds for its network, direction, epoch, batch, range and seed only") {
  const Evaluated20 made;
  const Range range{2, 8};
  const auto hash = batch_hash(made.batch, made.answers);
  const auto weights = coefficients(seed(1), hash, range);
  const auto outputs = *parse_points(made.answers);
  const Point m = *weighted_sum(std::span(made.inputs).subspan(2, 8), weights);
  const Point z = *weighted_sum(std::span<const Point>(outputs).subspan(2, 8), weights);
  const auto original = made.statement(range, seed(1));
  const auto proof = *prove_bulk(original, made.nodes.secrets_b, m, filled<SymmetricKey>(3));
  const Point& commitment = made.nodes.secrets_b.commitment;
  CHECK(verify_bulk(original, commitment, m, z, proof));

  const auto moved = [&](const std::function<void(BulkStatement&)>& change) {
    auto statement = original;
    change(statement);
    CHECK_FALSE(verify_bulk(statement, commitment, m, z, proof));
  };
  moved([](auto& s) { s.evaluator.network = filled<NetworkId>(8); });
  moved([](auto& s) { s.evaluator = s.evaluator.turned(); });
  moved([](auto& s) { s.evaluator.epoch = 2; });
  moved([](auto& s) { s.evaluator.peer = filled<MemberId>(3); });
  moved([](auto& s) { s.batch_hash = filled<Hash256>(1); });
  moved([](auto& s) { s.range = {2, 9}; });
  moved([](auto& s) { s.range = {3, 8}; });
  moved([](auto& s) { s.seed = seed(2); });
  CHECK_FALSE(verify_bulk(original, made.nodes.secrets_a.commitment, m, z, proof));
  CHECK_FALSE(verify_bulk(original, commitment, z, m, proof));
  auto changed = proof;
  changed.data()[40] ^= 1U;
  CHECK_FALSE(verify_bulk(original, commitment, m, z, changed));
  CHECK_FALSE(verify_bulk(original, commitment, m, z, DleqProof{}));
}

TEST_CASE("coefficients belong to their seed, batch and range, all values occur about equally") {
  const auto hash = filled<Hash256>(1);
  CHECK(coefficients(seed(1), hash, {0, 100}).size() == 100);
  CHECK(coefficients(seed(1), hash, {0, 1}).size() == 1);
  CHECK(coefficients(seed(1), hash, {0, 100}) != coefficients(seed(2), hash, {0, 100}));
  CHECK(coefficients(seed(1), hash, {0, 100}) != coefficients(seed(1), hash, {1, 100}));
  CHECK(coefficients(seed(1), hash, {0, 100}) != coefficients(seed(1), filled<Hash256>(2), {0, 100}));
  std::array<int, 256> counts{};
  for (const Byte value : coefficients(seed(7), hash, {0, most_in_batch})) ++counts.at(value);
  for (const int count : counts) CHECK((count > 60 && count < 200));  // 120 expected
}

TEST_CASE("halving names every wrong handle, and no other") {
  rc::check([] {
    const auto size = *rc::gen::inRange<std::uint32_t>(256, most_in_batch);
    const auto wrong = *rc::gen::unique<std::vector<std::uint32_t>>(rc::gen::inRange<std::uint32_t>(0, size));
    RC_PRE(wrong.size() <= most_named);
    BulkCheck check = begin_bulk_check(size);
    ProofsAsked asked;
    for (;;) {
      const auto step = next_step(check);
      if (step != BulkStep::draw) {
        RC_ASSERT(step == (wrong.empty() ? BulkStep::proven : BulkStep::refuted));
        break;
      }
      const Range range = check.open.back();
      // The evaluator allows what an honest registrant asks.
      RC_ASSERT(check_request({1, 1, range, {}}, size, asked).has_value());
      ++asked.requests;
      asked.summed += range.count;
      bulk_asked(check, seed(asked.requests));
      RC_ASSERT(next_step(check) == BulkStep::await);
      check.came = DleqProof{};
      RC_ASSERT(next_step(check) == BulkStep::verify);
      RC_ASSERT(decode<BulkCheck>(encode(check)).value() == check);
      bulk_judged(check, std::ranges::none_of(wrong, [&](std::uint32_t position) {
                    return position >= range.from && position < range.from + range.count;
                  }));
    }
    auto expected = wrong;
    std::ranges::sort(expected);
    RC_ASSERT(check.wrong == expected);
  });
}

TEST_CASE("one wrong answer in 4,096 is found and named") {
  const TwoNodes nodes;
  constexpr std::size_t size = 4096;
  constexpr std::uint32_t wrong = 2311;
  BlindJob job{nodes.secrets_a.copy(), 1, 1, 700, {}};
  job.slots.resize(size);
  const auto batch = blind_batch(job);
  const auto inputs = *parse_points(batch.points);
  auto answers = evaluate_part(nodes.secrets_b, 1, batch.points)->points;
  answers[wrong] = multiply(nodes.secrets_a.scalar, inputs[wrong])->bytes();
  const auto outputs = *parse_points(answers);
  const auto hash = batch_hash(batch, answers);

  BulkCheck check = begin_bulk_check(size);
  for (std::uint64_t draw = 1; next_step(check) == BulkStep::draw; ++draw) {
    const Range range = check.open.back();
    const auto weights = coefficients(seed(draw), hash, range);
    const auto m = weighted_sum(std::span(inputs).subspan(range.from, range.count), weights);
    const auto z = weighted_sum(std::span(outputs).subspan(range.from, range.count), weights);
    if (!m) continue;
    const BulkStatement statement{nodes.b, hash, range, seed(draw)};
    const auto proof = prove_bulk(statement, nodes.secrets_b, *m, filled<SymmetricKey>(3));
    bulk_judged(check, z && verify_bulk(statement, nodes.secrets_b.commitment, *m, *z, *proof).has_value());
  }
  CHECK(next_step(check) == BulkStep::refuted);
  CHECK(check.wrong == std::vector<std::uint32_t>{wrong});
  CHECK(name_wrong(check, 1, size) == "handle 2312");
}

TEST_CASE("many wrong handles end the search early, a proof of the whole that fails is enough") {
  BulkCheck check = begin_bulk_check(1923);
  std::uint32_t requests = 0;
  while (next_step(check) == BulkStep::draw) {
    bulk_asked(check, seed(++requests));
    bulk_judged(check, false);
  }
  CHECK(next_step(check) == BulkStep::refuted);
  CHECK(check.wrong.size() == most_named);
  CHECK(requests < most_proof_requests);
  CHECK(name_wrong(check, 100, 1923).starts_with("handles 100, 101,"));
  CHECK(name_wrong(check, 100, 1923).ends_with("perhaps others"));

  check = begin_bulk_check(1923);
  bulk_judged(check, false);  // without asking: the sum of the answers was nothing
  while (next_step(check) == BulkStep::draw) {
    bulk_asked(check, seed(1));
    bulk_judged(check, true);
  }
  CHECK(next_step(check) == BulkStep::refuted);
  CHECK(name_wrong(check, 1, 1923) == "some of handles 1 to 1923");
}

TEST_CASE("an evaluator proves parts of the batch only, and no more than finding every wrong answer needs") {
  const auto code = [](const Range& range, const ProofsAsked& before) {
    const auto checked = check_request({1, 1, range, {}}, 1923, before);
    return checked ? std::nullopt : std::optional(checked.error().code);
  };
  CHECK(code({0, 1923}, {}) == std::nullopt);
  CHECK(code({1922, 1}, {}) == std::nullopt);
  CHECK(code({0, 0}, {}) == ErrorCode::bad_value);
  CHECK(code({0, 1924}, {}) == ErrorCode::bad_value);
  CHECK(code({1923, 1}, {}) == ErrorCode::bad_value);
  CHECK(code({UINT32_MAX, UINT32_MAX}, {}) == ErrorCode::bad_value);
  CHECK(code({UINT32_MAX, 2}, {}) == ErrorCode::bad_value);
  CHECK(code({0, 1}, {most_proof_requests, 0}) == ErrorCode::over_limit);
  CHECK(code({0, 1923}, {16, 16 * 1923}) == std::nullopt);
  CHECK(code({0, 1923}, {16, 16 * 1923 + 1}) == ErrorCode::over_limit);
}

}  // namespace knoop::matching
