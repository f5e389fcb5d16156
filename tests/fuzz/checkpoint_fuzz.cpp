// Log heads and Merkle proofs of strangers: a head that parses writes back to the same bytes; the stored form of a tree
// likewise; no proof makes a verifier accept a root that it does not lead to, or work without bound.
#include <cstdlib>

#include "crypto/checkpoint.h"
#include "crypto/merkle.h"

namespace {

void must(bool holds) {
  if (!holds) std::abort();
}

std::uint64_t take_u64(knoop::ByteView& from) {
  std::uint64_t out = 0;
  for (const knoop::Byte byte : from.first(8)) out = out << 8U | byte;
  from = from.subspan(8);
  return out;
}

void proofs(knoop::ByteView input) {
  if (input.size() < 16) return;
  const std::uint64_t first = take_u64(input);
  const std::uint64_t second = take_u64(input);
  knoop::MerkleProof path;
  for (; input.size() >= knoop::Hash256::size; input = input.subspan(knoop::Hash256::size))
    path.push_back(*knoop::Hash256::from(input.first(knoop::Hash256::size)));
  const knoop::Hash256 leaf = knoop::leaf_hash({});
  const knoop::Hash256 root = knoop::leaf_hash(knoop::view("root"));
  must(!knoop::verify_inclusion(leaf, first, second, path, root).has_value());
  const bool says_nothing = first == 0 || first == second;
  must(!knoop::verify_consistency(first, leaf, second, root, path).has_value() || says_nothing);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const knoop::ByteView input(data, size);
  if (const auto head = knoop::Checkpoint::parse(knoop::text_view(input)))
    must(head->text() == knoop::text_view(input));
  if (auto tree = knoop::CompactTree::parse(input)) {
    must(knoop::equal(tree->encode(), input));
    if (tree->size() < UINT64_MAX) tree->append(tree->root());
  }
  proofs(input);
  return 0;
}
