#include "crypto/dleq.h"

#include <rapidcheck.h>

#include <catch2/catch.hpp>

#include "tests/support/test_entropy.h"

using namespace knoop;

namespace {

const Bytes context = to_bytes("knoop/test/context");

struct Batch {
  Scalar k;
  Point key;
  std::vector<Point> inputs;
  std::vector<Point> outputs;

  explicit Batch(std::size_t size, std::uint64_t seed = 0) : k(scalar("key", seed)), key(multiply_base(k)) {
    for (std::size_t i = 0; i < size; ++i) {
      inputs.push_back(multiply_base(scalar("input", seed * 1000 + i)));
      outputs.push_back(*multiply(k, inputs.back()));
    }
  }
  [[nodiscard]] DleqStatement statement(ByteView in = context) const { return {key, inputs, outputs, in}; }

  static Scalar scalar(std::string_view what, std::uint64_t number) {
    return hash_to_scalar(view(fmt::format("{} {}", what, number)), "knoop/test");
  }
};

ErrorCode code_of(const Result<>& result) {
  REQUIRE_FALSE(result);
  return result.error().code;
}

}  // namespace

TEST_CASE("a true statement is proven and verified, whatever the batch") {
  TestEntropy entropy;
  for (const std::size_t size : {1U, 2U, 3U, 17U, 256U}) {
    const Batch batch(size);
    const auto proof = prove_dleq(batch.k, batch.statement(), entropy);
    REQUIRE(proof);
    CHECK(verify_dleq(batch.statement(), *proof));
  }
}

TEST_CASE("one wrong answer in a batch is found, wherever it stands") {
  TestEntropy entropy;
  for (std::size_t wrong = 0; wrong < 5; ++wrong) {
    Batch batch(5);
    batch.outputs[wrong] = multiply_base(Batch::scalar("noise", wrong));
    const auto proof = prove_dleq(batch.k, batch.statement(), entropy);
    REQUIRE(proof);
    CHECK(code_of(verify_dleq(batch.statement(), *proof)) == ErrorCode::bad_proof);
  }
}

TEST_CASE("answers that are wrong by a common factor, exchanged, or reordered are found") {
  TestEntropy entropy;
  Batch batch(4);
  const auto proof = prove_dleq(batch.k, batch.statement(), entropy);
  SECTION("another key for all") {
    const Scalar other = Batch::scalar("other key", 1);
    for (std::size_t i = 0; i < 4; ++i) batch.outputs[i] = *multiply(other, batch.inputs[i]);
    CHECK_FALSE(verify_dleq(batch.statement(), *proof));
    CHECK_FALSE(verify_dleq(batch.statement(), *prove_dleq(other, batch.statement(), entropy)));
    CHECK_FALSE(verify_dleq(batch.statement(), *prove_dleq(batch.k, batch.statement(), entropy)));
  }
  SECTION("two outputs exchanged") {
    std::swap(batch.outputs[0], batch.outputs[1]);
    CHECK_FALSE(verify_dleq(batch.statement(), *proof));
    CHECK_FALSE(verify_dleq(batch.statement(), *prove_dleq(batch.k, batch.statement(), entropy)));
  }
  SECTION("the whole batch reordered under the old proof") {
    std::swap(batch.inputs[0], batch.inputs[1]);
    std::swap(batch.outputs[0], batch.outputs[1]);
    CHECK_FALSE(verify_dleq(batch.statement(), *proof));
  }
  SECTION("errors that cancel in a plain sum") {
    batch.outputs[0] = *add(batch.outputs[0], generator());
    batch.outputs[1] = *subtract(batch.outputs[1], generator());
    CHECK_FALSE(verify_dleq(batch.statement(), *prove_dleq(batch.k, batch.statement(), entropy)));
  }
  SECTION("another public key") {
    batch.key = multiply_base(Batch::scalar("other key", 1));
    CHECK_FALSE(verify_dleq(batch.statement(), *proof));
    CHECK_FALSE(verify_dleq(batch.statement(), *prove_dleq(batch.k, batch.statement(), entropy)));
  }
}

TEST_CASE("a proof does not move between networks, directions, epochs or batches") {
  TestEntropy entropy;
  const auto network = entropy.draw<NetworkId>(), other_network = entropy.draw<NetworkId>();
  const auto a = entropy.draw<MemberId>(), b = entropy.draw<MemberId>();
  const auto hash = entropy.draw<Hash256>(), other_hash = entropy.draw<Hash256>();
  const Bytes own = dleq_context(network, a, b, 7, hash);
  CHECK(own.size() == 13 + 32);
  const Batch batch(2);
  const auto proof = prove_dleq(batch.k, batch.statement(own), entropy);
  CHECK(verify_dleq(batch.statement(own), *proof));
  for (const Bytes& other :
       {dleq_context(other_network, a, b, 7, hash), dleq_context(network, b, a, 7, hash),
        dleq_context(network, a, b, 8, hash), dleq_context(network, a, b, 7, other_hash)})
    CHECK(code_of(verify_dleq(batch.statement(other), *proof)) == ErrorCode::bad_proof);
}

TEST_CASE("a proof changed in any bit is refused") {
  TestEntropy entropy;
  const Batch batch(1);
  const auto proof = prove_dleq(batch.k, batch.statement(), entropy);
  for (std::size_t bit = 0; bit < 512; ++bit) {
    DleqProof changed = *proof;
    changed.data()[bit / 8] = static_cast<Byte>(changed.data()[bit / 8] ^ 1U << bit % 8);
    CHECK_FALSE(verify_dleq(batch.statement(), changed));
  }
}

TEST_CASE("proofs with zero scalars or scalars from the order up are refused") {
  TestEntropy entropy;
  const Batch batch(1);
  const auto proof = prove_dleq(batch.k, batch.statement(), entropy);
  const Bytes order = *from_hex("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
  for (const std::size_t half : {0U, 32U}) {
    DleqProof zero = *proof;
    std::fill_n(zero.data() + half, 32, Byte{0});
    CHECK(code_of(verify_dleq(batch.statement(), zero)) == ErrorCode::bad_scalar);
    DleqProof second_form = *proof;
    int carry = 0;
    for (std::size_t i = 0; i < 32; ++i) {
      carry += second_form.data()[half + i] + order[i];
      second_form.data()[half + i] = static_cast<Byte>(carry);
      carry >>= 8;
    }
    CHECK(code_of(verify_dleq(batch.statement(), second_form)) == ErrorCode::bad_scalar);
  }
  CHECK_FALSE(verify_dleq(batch.statement(), DleqProof{}));
}

TEST_CASE("empty and uneven batches and long contexts are refused") {
  TestEntropy entropy;
  const Batch batch(2);
  const DleqProof proof;
  const std::span<const Point> none;
  const std::span<const Point> all(batch.inputs);
  CHECK(code_of(verify_dleq({batch.key, none, none, context}, proof)) == ErrorCode::bad_length);
  CHECK(code_of(verify_dleq({batch.key, all, all.first(1), context}, proof)) == ErrorCode::bad_length);
  CHECK(prove_dleq(batch.k, {batch.key, none, none, context}, entropy).error().code == ErrorCode::bad_length);
  const std::vector<Point> many(max_dleq_batch + 1, batch.key);
  CHECK(code_of(verify_dleq({batch.key, many, many, context}, proof)) == ErrorCode::bad_length);
  const Bytes longest(max_dleq_context, 'x'), longer(max_dleq_context + 1, 'x');
  const auto at_limit = prove_dleq(batch.k, batch.statement(longest), entropy);
  REQUIRE(at_limit);
  CHECK(verify_dleq(batch.statement(longest), *at_limit));
  CHECK(prove_dleq(batch.k, batch.statement(longer), entropy).error().code == ErrorCode::bad_length);
}

TEST_CASE("the nonce depends on fresh bytes and on the statement, also with a broken random source") {
  TestEntropy one(1), two(2);
  const Batch batch(1), other(1, 5);
  CHECK(*prove_dleq(batch.k, batch.statement(), one) != *prove_dleq(batch.k, batch.statement(), two));
  // The same "random" bytes for two statements: with equal nonces s − s' would give k away.
  const auto prove_with_zeros = [&batch](const std::vector<Point>& inputs) {
    ScriptedEntropy zeros(Bytes(32, 0));
    std::vector<Point> outputs;
    for (const Point& input : inputs) outputs.push_back(*multiply(batch.k, input));
    return *prove_dleq(batch.k, {batch.key, inputs, outputs, context}, zeros);
  };
  const auto nonce_point = [&batch](const DleqProof& proof) {  // s·G + c·K = r·G
    const auto c = Scalar::parse(proof.view().first(32)), s = Scalar::parse(proof.view().subspan(32));
    return *add(multiply_base(*s), *multiply(*c, batch.key));
  };
  CHECK(nonce_point(prove_with_zeros(batch.inputs)) != nonce_point(prove_with_zeros(other.inputs)));
  CHECK(nonce_point(prove_with_zeros(batch.inputs)) == nonce_point(prove_with_zeros(batch.inputs)));
}

TEST_CASE("knowledge of a committed scalar is proven to its context") {
  TestEntropy entropy;
  const Scalar k = Batch::scalar("key", 1);
  const Point key = multiply_base(k);
  const auto proof = prove_knowledge(k, view("pair A, B, epoch 1"), entropy);
  REQUIRE(proof);
  CHECK(verify_knowledge(key, view("pair A, B, epoch 1"), *proof));
  CHECK(code_of(verify_knowledge(key, view("pair B, A, epoch 1"), *proof)) == ErrorCode::bad_proof);
  CHECK(code_of(verify_knowledge(key, {}, *proof)) == ErrorCode::bad_proof);
  CHECK(code_of(verify_knowledge(generator(), view("pair A, B, epoch 1"), *proof)) == ErrorCode::bad_proof);
  CHECK(code_of(verify_knowledge(key, view("pair A, B, epoch 1"), KnowledgeProof{})) ==
        ErrorCode::bad_scalar);
  for (std::size_t bit = 0; bit < 512; ++bit) {
    KnowledgeProof changed = *proof;
    changed.data()[bit / 8] = static_cast<Byte>(changed.data()[bit / 8] ^ 1U << bit % 8);
    CHECK_FALSE(verify_knowledge(key, view("pair A, B, epoch 1"), changed));
  }
}
