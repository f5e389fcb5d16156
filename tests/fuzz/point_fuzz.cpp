// Points, scalars, proofs and sealed boxes of strangers: what parses is canonical, and no made-up proof or box is accepted.
#include <cstdlib>

#include "crypto/dleq.h"
#include "crypto/seal.h"
#include "crypto/x25519.h"

namespace {

void must(bool holds) {
  if (!holds) std::abort();
}

void parsed(knoop::ByteView input) {
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
  box(input);
  return 0;
}
