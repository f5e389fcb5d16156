// The Merkle tree of RFC 6962 section 2.1 over the leaves of an audit log, with its two proofs:
//
//   inclusion    this leaf is in the log of which that is the root;
//   consistency  the log with the later root begins with the log with the earlier root: nothing was rewritten.
//
// A tree of n leaves splits at the largest power of two below n, so a *complete* subtree (2^level leaves that begin at
// a multiple of 2^level) never changes again. CompactTree keeps the roots of the complete subtrees that make up the
// whole, at most 64, and gives each new one to whoever stores nodes; provers read such nodes through a NodeReader.
//
// Verifiers take proofs of strangers: sizes, indices and paths of any form end as bad_proof, within 64 hashes of work.
#pragma once

#include <functional>
#include <vector>

#include "crypto/keys.h"

namespace knoop {

/// SHA-256(0x00 ‖ entry).
[[nodiscard]] Hash256 leaf_hash(ByteView entry);
/// SHA-256(0x01 ‖ left ‖ right).
[[nodiscard]] Hash256 node_hash(const Hash256& left, const Hash256& right);
/// Of the empty tree: SHA-256 of nothing.
[[nodiscard]] Hash256 empty_root();

/// The root of a complete subtree: leaves index·2^level up to (index + 1)·2^level. Level 0 holds leaf hashes.
struct TreeNode {
  unsigned level = 0;
  std::uint64_t index = 0;
  Hash256 hash;

  friend bool operator==(const TreeNode&, const TreeNode&) = default;
};

/// The end of a growing log: everything that appending and the root need.
class CompactTree {
 public:
  CompactTree() = default;

  /// Appends a leaf hash and returns the nodes that became complete by it, the leaf first, then upwards.
  std::vector<TreeNode> append(const Hash256& leaf);
  [[nodiscard]] std::uint64_t size() const { return size_; }
  [[nodiscard]] Hash256 root() const;

  /// u64 size, then the roots of its complete subtrees from the left: 8 + 32 × (number of one bits in size) bytes.
  [[nodiscard]] Bytes encode() const;
  [[nodiscard]] static Result<CompactTree> parse(ByteView bytes);

  friend bool operator==(const CompactTree&, const CompactTree&) = default;

 private:
  std::uint64_t size_ = 0;
  std::vector<Hash256>
      peaks_;  // roots of the complete subtrees, one for each one bit of size_, largest first
};

using MerkleProof = std::vector<Hash256>;
/// Reads the root of a complete subtree within the tree's size, from storage or memory; errors pass through.
using NodeReader = std::function<Result<Hash256>(unsigned level, std::uint64_t index)>;
/// A NodeReader for who keeps leaf hashes only: computes each node from its 2^level leaves.
[[nodiscard]] NodeReader node_reader(std::function<Result<Hash256>(std::uint64_t index)> read_leaf);
/// Over leaf hashes in memory, which must outlive the reader.
[[nodiscard]] NodeReader node_reader(std::span<const Hash256> leaves);

/// The root of the first `size` leaves.
[[nodiscard]] Result<Hash256> root_of(std::uint64_t size, const NodeReader& read);
[[nodiscard]] Hash256 root_of(std::span<const Hash256> leaves);

/// Fails (bad_value) unless index < size.
[[nodiscard]] Result<MerkleProof> inclusion_proof(std::uint64_t index, std::uint64_t size,
                                                  const NodeReader& read);
/// From the tree of `old_size` to that of `size`. Fails (bad_value) unless old_size ≤ size. Empty when the two are
/// equal or the old one is empty.
[[nodiscard]] Result<MerkleProof> consistency_proof(std::uint64_t old_size, std::uint64_t size,
                                                    const NodeReader& read);

[[nodiscard]] Result<void> verify_inclusion(const Hash256& leaf, std::uint64_t index, std::uint64_t size,
                                            std::span<const Hash256> proof, const Hash256& root);
[[nodiscard]] Result<void> verify_consistency(std::uint64_t old_size, const Hash256& old_root,
                                              std::uint64_t size, const Hash256& root,
                                              std::span<const Hash256> proof);

}  // namespace knoop
