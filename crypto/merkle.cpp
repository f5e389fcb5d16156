#include "crypto/merkle.h"

#include <bit>

#include "crypto/base/assert.h"
#include "crypto/hash.h"

namespace knoop {
namespace {

tl::unexpected<Error> refused(std::string_view what) {
  return fail(
      ErrorCode::bad_proof, Side::peer,
      "the proof that a log {} does not verify; ask for it again, and keep both heads if it fails twice",
      what);
}

// The leaves [begin, begin + size) of a tree. In every tree that we walk, begin is a multiple of the size's largest
// power of two: the range is a complete subtree exactly when its size is a power of two.
struct Range {
  std::uint64_t begin;
  std::uint64_t size;

  [[nodiscard]] std::uint64_t split() const { return std::bit_floor(size - 1); }
  [[nodiscard]] Range left() const { return {begin, split()}; }
  [[nodiscard]] Range right() const { return {begin + split(), size - split()}; }
  [[nodiscard]] bool is_complete() const { return std::has_single_bit(size); }
};

Result<Hash256> range_root(const Range& range, const NodeReader& read) {
  if (range.is_complete()) {
    const auto level = static_cast<unsigned>(std::countr_zero(range.size));
    return read(level, range.begin >> level);
  }
  KNOOP_LET(left, range_root(range.left(), read));
  KNOOP_LET(right, range_root(range.right(), read));
  return node_hash(left, right);
}

// PATH of RFC 6962 section 2.1.1.
Result<void> append_path(MerkleProof& to, std::uint64_t index, const Range& range, const NodeReader& read) {
  if (range.size == 1) return {};
  const bool goes_left = index < range.split();
  const Range own = goes_left ? range.left() : range.right();
  KNOOP_TRY(append_path(to, goes_left ? index : index - range.split(), own, read));
  KNOOP_LET(sibling, range_root(goes_left ? range.right() : range.left(), read));
  to.push_back(sibling);
  return {};
}

// SUBPROOF of RFC 6962 section 2.1.2; `known` says that the verifier has the root of the old part of this range.
Result<void> append_subproof(MerkleProof& to, std::uint64_t old_size, const Range& range, bool known,
                             const NodeReader& read) {
  if (old_size == range.size) {
    if (known) return {};
    KNOOP_LET(root, range_root(range, read));
    to.push_back(root);
    return {};
  }
  const bool goes_left = old_size <= range.split();
  KNOOP_TRY(goes_left ? append_subproof(to, old_size, range.left(), known, read)
                      : append_subproof(to, old_size - range.split(), range.right(), false, read));
  KNOOP_LET(sibling, range_root(goes_left ? range.right() : range.left(), read));
  to.push_back(sibling);
  return {};
}

}  // namespace

Hash256 leaf_hash(ByteView entry) {
  constexpr Byte prefix = 0;
  return Sha256().update({&prefix, 1}).update(entry).finish();
}

Hash256 node_hash(const Hash256& left, const Hash256& right) {
  constexpr Byte prefix = 1;
  return Sha256().update({&prefix, 1}).update(left.view()).update(right.view()).finish();
}

Hash256 empty_root() {
  return sha256({});
}

std::vector<TreeNode> CompactTree::append(const Hash256& leaf) {
  KNOOP_ASSERT(size_ < UINT64_MAX, "a log never has 2^64 entries");
  std::vector<TreeNode> completed{{0, size_, leaf}};
  // Each one bit at the end of the old size is a subtree as large as the one that just became complete.
  for (std::uint64_t left = size_; (left & 1U) == 1; left >>= 1U) {
    const TreeNode& below = completed.back();
    completed.push_back({below.level + 1, below.index >> 1U, node_hash(peaks_.back(), below.hash)});
    peaks_.pop_back();
  }
  peaks_.push_back(completed.back().hash);
  ++size_;
  return completed;
}

Hash256 CompactTree::root() const {
  if (peaks_.empty()) return empty_root();
  Hash256 root = peaks_.back();
  for (std::size_t i = peaks_.size() - 1; i-- > 0;) root = node_hash(peaks_[i], root);
  return root;
}

Bytes CompactTree::encode() const {
  Bytes out;
  append_u64(out, size_);
  for (const Hash256& peak : peaks_) knoop::append(out, peak.view());
  return out;
}

Result<CompactTree> CompactTree::parse(ByteView bytes) {
  CompactTree tree;
  if (bytes.size() < 8)
    return fail(ErrorCode::bad_length, Side::ours, "a stored Merkle tree begins with its size");
  for (const Byte byte : bytes.first(8)) tree.size_ = tree.size_ << 8U | byte;
  const auto peaks = static_cast<std::size_t>(std::popcount(tree.size_));
  if (bytes.size() != 8 + peaks * Hash256::size)
    return fail(ErrorCode::bad_length, Side::ours,
                "a stored Merkle tree of {} leaves has {} subtrees, not {} bytes", tree.size_, peaks,
                bytes.size() - 8);
  for (std::size_t i = 0; i < peaks; ++i) {
    KNOOP_LET(peak, Hash256::from(bytes.subspan(8 + i * Hash256::size, Hash256::size)));
    tree.peaks_.push_back(peak);
  }
  return tree;
}

NodeReader node_reader(std::function<Result<Hash256>(std::uint64_t)> read_leaf) {
  return [read_leaf = std::move(read_leaf)](unsigned level, std::uint64_t index) -> Result<Hash256> {
    // Leaf by leaf over a frontier: flat memory, and no recursion of std::functions.
    CompactTree tree;
    const std::uint64_t count = std::uint64_t{1} << level;
    for (std::uint64_t i = 0; i < count; ++i) {
      KNOOP_LET(leaf, read_leaf(index * count + i));
      tree.append(leaf);
    }
    return tree.root();
  };
}

NodeReader node_reader(std::span<const Hash256> leaves) {
  return node_reader([leaves](std::uint64_t index) -> Result<Hash256> {
    if (index >= leaves.size())
      return fail(ErrorCode::not_found, Side::ours, "a log of {} entries has no entry {}", leaves.size(),
                  index);
    return leaves[index];
  });
}

Result<Hash256> root_of(std::uint64_t size, const NodeReader& read) {
  if (size == 0) return empty_root();
  return range_root({0, size}, read);
}

Hash256 root_of(std::span<const Hash256> leaves) {
  CompactTree tree;
  for (const Hash256& leaf : leaves) tree.append(leaf);
  return tree.root();
}

Result<MerkleProof> inclusion_proof(std::uint64_t index, std::uint64_t size, const NodeReader& read) {
  if (index >= size)
    return fail(ErrorCode::bad_value, Side::user, "a log of {} entries has no entry {}", size, index);
  MerkleProof proof;
  KNOOP_TRY(append_path(proof, index, {0, size}, read));
  return proof;
}

Result<MerkleProof> consistency_proof(std::uint64_t old_size, std::uint64_t size, const NodeReader& read) {
  if (old_size > size)
    return fail(ErrorCode::bad_value, Side::user, "a log of {} entries never had {}", size, old_size);
  MerkleProof proof;
  if (old_size > 0) KNOOP_TRY(append_subproof(proof, old_size, {0, size}, true, read));
  return proof;
}

Result<void> verify_inclusion(const Hash256& leaf, std::uint64_t index, std::uint64_t size,
                              std::span<const Hash256> proof, const Hash256& root) {
  if (index >= size) return refused("has an entry");
  // From the leaf to the root: `last` is the last node of the same level; a node that is last and even has no sibling.
  Hash256 hash = leaf;
  std::uint64_t last = size - 1;
  for (; last > 0; index >>= 1U, last >>= 1U) {
    if (index == last && (index & 1U) == 0) continue;
    if (proof.empty()) return refused("has an entry");
    hash = (index & 1U) == 1 ? node_hash(proof.front(), hash) : node_hash(hash, proof.front());
    proof = proof.subspan(1);
  }
  if (!proof.empty() || hash != root) return refused("has an entry");
  return {};
}

Result<void> verify_consistency(std::uint64_t old_size, const Hash256& old_root, std::uint64_t size,
                                const Hash256& root, std::span<const Hash256> proof) {
  constexpr std::string_view what = "only grew";
  if (old_size > size) return refused(what);
  if (old_size == 0 || old_size == size) {
    const bool agrees =
        old_size == 0 ? old_root == empty_root() && (size > 0 || root == old_root) : old_root == root;
    if (!proof.empty() || !agrees) return refused(what);
    return {};
  }
  // Climb to the largest complete subtree at the end of the old tree. If it is the whole old tree, the verifier has
  // its root already, otherwise the proof begins with it.
  std::uint64_t index = old_size - 1;
  std::uint64_t last = size - 1;
  for (; (index & 1U) == 1; index >>= 1U) last >>= 1U;
  Hash256 old_hash = old_root;
  if (index > 0) {
    if (proof.empty()) return refused(what);
    old_hash = proof.front();
    proof = proof.subspan(1);
  }
  // From there both roots are computed: left siblings belong to both trees, right siblings to the later one only.
  Hash256 new_hash = old_hash;
  for (; last > 0; index >>= 1U, last >>= 1U) {
    if (index == last && (index & 1U) == 0) continue;
    if (proof.empty()) return refused(what);
    if ((index & 1U) == 1) {
      old_hash = node_hash(proof.front(), old_hash);
      new_hash = node_hash(proof.front(), new_hash);
    } else {
      new_hash = node_hash(new_hash, proof.front());
    }
    proof = proof.subspan(1);
  }
  if (!proof.empty() || old_hash != old_root || new_hash != root) return refused(what);
  return {};
}

}  // namespace knoop
