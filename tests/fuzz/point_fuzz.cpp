// Points, scalars, proofs and sealed boxes of strangers: what parses is canonical, and no made-up proof or box is accepted.
#include <cstdlib>

#include "crypto/dleq.h"
#include "crypto/point_sums.h"
#include "crypto/public_points.h"
#include "crypto/seal.h"
#include "crypto/x25519.h"

namespace {

void must(bool holds) {
  if (!holds) std::abort();
}

void parsed(knoop::ByteView input) {
  must(knoop::public_math::decode(input).has_value() == knoop::Point::parse(input).has_value());
  if (const auto point = knoop::Point::parse(input)) {
    must(knoop::equal(point->view(), input));
    const auto doubled = knoop::add(*point, *point);  // a prime order has no point of order two
    must(doubled && knoop::subtract(*doubled, *point) == *point);
  }
  if (const auto scalar = knoop::Scalar::parse(input)) {
    must(knoop::equal(scalar->expose(), input));
    const auto product = knoop::multiply(*scalar, knoop::invert(*scalar));
    must(knoop::multiply_base(product) == knoop::generator());
  }
}

// Encodings, each with a weight behind it. Half of them are made points: bytes that are one are rare.
void sums(knoop::ByteView input) {
  std::vector<knoop::PointBytes> points;
  knoop::Bytes weights;
  for (std::size_t at = 0; at + 33 <= input.size(); at += 33) {
    const auto bytes = input.subspan(at, 32);
    points.push_back(at % 66 == 0 ? knoop::hash_to_group(bytes, "knoop/fuzz").bytes()
                                  : *knoop::PointBytes::from(bytes));
    weights.push_back(input[at + 32]);
  }
  const auto own = knoop::weighted_sum_of_bytes(points, weights, 0, knoop::SumsBy::own);
  const auto theirs = knoop::weighted_sum_of_bytes(points, weights, 0, knoop::SumsBy::libsodium);
  must(own.has_value() == theirs.has_value());
  must(!own || *own == *theirs);
}

void proof(knoop::ByteView input) {
  const auto proof = knoop::DleqProof::from(input.first(knoop::DleqProof::size));
  const auto output = knoop::Point::parse(input.subspan(knoop::DleqProof::size));
  if (!proof || !output) return;
  const auto key = knoop::hash_to_group(knoop::view("a key whose secret nobody knows"), "knoop/fuzz");
  const auto base = knoop::generator();
  must(!knoop::verify_dleq({key, {&base, 1}, {&*output, 1}, knoop::view("context")}, *proof).has_value());
  must(!knoop::verify_knowledge(key, {}, *knoop::KnowledgeProof::from(proof->view())).has_value());
}

void box(knoop::ByteView input) {
  knoop::SealingSecretKey secret;
  *secret.data() = 1;
  const knoop::SealContext context{"knoop/fuzz", knoop::public_key(secret)};
  must(!knoop::open(context, secret, input, {}).has_value());
  must(!knoop::decrypt(knoop::SymmetricKey(), input, {}).has_value());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const knoop::ByteView input(data, size);
  if (size == 32) parsed(input);
  if (size == 96) proof(input);
  if (size % 33 == 0 && size <= 33 * 16) sums(input);
  box(input);
  return 0;
}
