#include "crypto/merkle.h"

#include <rapidcheck.h>

#include <catch2/catch.hpp>
#include <map>

#include "crypto/hash.h"

using namespace knoop;

namespace {

using Leaves = std::vector<Hash256>;

Leaves some_leaves(std::size_t size) {
  Leaves out;
  for (std::size_t i = 0; i < size; ++i) out.push_back(leaf_hash(view(fmt::format("entry {}", i))));
  return out;
}

// RFC 6962 section 2.1 word for word.
std::size_t split(std::size_t n) {
  std::size_t k = 1;
  while (k * 2 < n) k *= 2;
  return k;
}
Hash256 naive_root(std::span<const Hash256> d) {
  if (d.empty()) return sha256({});
  if (d.size() == 1) return d[0];
  const std::size_t k = split(d.size());
  return node_hash(naive_root(d.first(k)), naive_root(d.subspan(k)));
}
MerkleProof naive_path(std::size_t m, std::span<const Hash256> d) {
  if (d.size() == 1) return {};
  const std::size_t k = split(d.size());
  MerkleProof out = m < k ? naive_path(m, d.first(k)) : naive_path(m - k, d.subspan(k));
  out.push_back(m < k ? naive_root(d.subspan(k)) : naive_root(d.first(k)));
  return out;
}
MerkleProof naive_subproof(std::size_t m, std::span<const Hash256> d, bool b) {
  if (m == d.size()) return b ? MerkleProof{} : MerkleProof{naive_root(d)};
  const std::size_t k = split(d.size());
  MerkleProof out = m <= k ? naive_subproof(m, d.first(k), b) : naive_subproof(m - k, d.subspan(k), false);
  out.push_back(m <= k ? naive_root(d.subspan(k)) : naive_root(d.first(k)));
  return out;
}

std::span<const Hash256> first(const Leaves& leaves, std::size_t size) {
  return std::span(leaves).first(size);
}

}  // namespace

TEST_CASE("roots of the reference data of Certificate Transparency") {
  // The eight leaves and roots used by the tests of several RFC 6962 implementations.
  const char* entries[] = {
      "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"};
  const char* roots[] = {"6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
                         "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
                         "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
                         "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
                         "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
                         "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
                         "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
                         "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"};
  CompactTree tree;
  CHECK(tree.root() == empty_root());
  CHECK(empty_root().hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  for (std::size_t i = 0; i < 8; ++i) {
    tree.append(leaf_hash(*from_hex(entries[i])));
    CHECK(tree.root().hex() == roots[i]);
  }
}

TEST_CASE("roots and proofs equal the recursive definition, for every size and index up to 40") {
  const Leaves leaves = some_leaves(40);
  CompactTree tree;
  for (std::size_t n = 0; n <= leaves.size(); ++n) {
    const auto d = first(leaves, n);
    const NodeReader read = node_reader(d);
    const Hash256 root = naive_root(d);
    CHECK(tree.size() == n);
    CHECK(tree.root() == root);
    CHECK(root_of(d) == root);
    CHECK(root_of(n, read) == root);
    for (std::size_t i = 0; i < n; ++i) {
      const auto proof = inclusion_proof(i, n, read);
      REQUIRE(proof);
      CHECK(*proof == naive_path(i, d));
      CHECK(verify_inclusion(leaves[i], i, n, *proof, root));
    }
    for (std::size_t old = 0; old <= n; ++old) {
      const auto proof = consistency_proof(old, n, read);
      REQUIRE(proof);
      if (old > 0) CHECK(*proof == naive_subproof(old, d, true));
      CHECK(verify_consistency(old, naive_root(first(leaves, old)), n, root, *proof));
    }
    if (n < leaves.size()) tree.append(leaves[n]);
  }
}

TEST_CASE("a stored tree of nodes gives the same proofs as the leaves") {
  const Leaves leaves = some_leaves(70);
  std::map<std::pair<unsigned, std::uint64_t>, Hash256> stored;
  CompactTree tree;
  for (const Hash256& leaf : leaves)
    for (const TreeNode& node : tree.append(leaf))
      CHECK(stored.emplace(std::pair{node.level, node.index}, node.hash).second);
  const NodeReader read = [&stored](unsigned level, std::uint64_t index) -> Result<Hash256> {
    return stored.at({level, index});
  };
  CHECK(root_of(70, read) == tree.root());
  for (std::uint64_t i = 0; i < 70; ++i)
    CHECK(inclusion_proof(i, 70, read) == inclusion_proof(i, 70, node_reader(leaves)));
  for (std::uint64_t i = 0; i <= 70; ++i)
    CHECK(consistency_proof(i, 70, read) == consistency_proof(i, 70, node_reader(leaves)));
}

TEST_CASE("a compact tree survives storage and goes on from there") {
  const Leaves leaves = some_leaves(40);
  CompactTree tree;
  for (std::size_t n = 0; n < leaves.size(); ++n) {
    const auto restored = CompactTree::parse(tree.encode());
    REQUIRE(restored);
    CHECK(*restored == tree);
    tree = *restored;
    tree.append(leaves[n]);
  }
  CHECK(tree.root() == naive_root(leaves));
  const Bytes stored = tree.encode();
  CHECK_FALSE(CompactTree::parse({}));
  CHECK_FALSE(CompactTree::parse(ByteView(stored).first(7)));
  CHECK_FALSE(CompactTree::parse(ByteView(stored).first(stored.size() - 1)));
  Bytes longer = stored;
  longer.push_back(0);
  CHECK_FALSE(CompactTree::parse(longer));
}

TEST_CASE("random false proofs are refused: another leaf, index, size, root, or a changed path") {
  const Leaves leaves = some_leaves(64);
  CHECK(rc::check([&leaves] {
    const auto n = *rc::gen::inRange<std::size_t>(1, 65);
    const auto i = *rc::gen::inRange<std::size_t>(0, n);
    const auto d = first(leaves, n);
    const Hash256 root = naive_root(d);
    const MerkleProof proof = *inclusion_proof(i, n, node_reader(d));
    const Hash256 wrong = leaf_hash(view("wrong"));

    RC_ASSERT_FALSE(verify_inclusion(wrong, i, n, proof, root).has_value());
    RC_ASSERT_FALSE(verify_inclusion(leaves[i], i, n, proof, wrong).has_value());
    RC_ASSERT_FALSE(verify_inclusion(leaves[i], n, n, proof, root).has_value());
    for (std::size_t other = 0; other < n; ++other)
      RC_ASSERT(verify_inclusion(leaves[i], other, n, proof, root).has_value() == (other == i));
    for (std::size_t at = 0; at < proof.size(); ++at) {
      MerkleProof changed = proof;
      changed[at] = wrong;
      RC_ASSERT_FALSE(verify_inclusion(leaves[i], i, n, changed, root).has_value());
      changed = proof;
      changed.resize(at);
      RC_ASSERT_FALSE(verify_inclusion(leaves[i], i, n, changed, root).has_value());
    }
    MerkleProof longer = proof;
    longer.push_back(wrong);
    RC_ASSERT_FALSE(verify_inclusion(leaves[i], i, n, longer, root).has_value());
  }));
}

TEST_CASE("a log that was rewritten, cut or forked is not consistent") {
  const Leaves leaves = some_leaves(64);
  CHECK(rc::check([&leaves] {
    const auto n = *rc::gen::inRange<std::size_t>(1, 65);
    const auto old = *rc::gen::inRange<std::size_t>(1, n + 1);
    const auto changed_at = *rc::gen::inRange<std::size_t>(0, old);
    const Hash256 old_root = naive_root(first(leaves, old));
    const Hash256 root = naive_root(first(leaves, n));
    const MerkleProof proof = *consistency_proof(old, n, node_reader(first(leaves, n)));
    const Hash256 wrong = leaf_hash(view("wrong"));

    Leaves forked = leaves;
    forked[changed_at] = wrong;
    const Hash256 forked_root = naive_root(first(forked, n));
    const MerkleProof forked_proof = *consistency_proof(old, n, node_reader(first(forked, n)));
    RC_ASSERT_FALSE(verify_consistency(old, old_root, n, forked_root, forked_proof).has_value());
    RC_ASSERT_FALSE(verify_consistency(old, old_root, n, forked_root, proof).has_value());
    RC_ASSERT_FALSE(verify_consistency(old, wrong, n, root, proof).has_value());
    if (old < n) {
      RC_ASSERT_FALSE(verify_consistency(n, root, old, old_root, proof).has_value());
      for (std::size_t at = 0; at < proof.size(); ++at) {
        MerkleProof changed = proof;
        changed[at] = wrong;
        RC_ASSERT_FALSE(verify_consistency(old, old_root, n, root, changed).has_value());
        changed = proof;
        changed.resize(at);
        RC_ASSERT_FALSE(verify_consistency(old, old_root, n, root, changed).has_value());
      }
    }
    MerkleProof longer = proof;
    longer.push_back(wrong);
    RC_ASSERT_FALSE(verify_consistency(old, old_root, n, root, longer).has_value());
  }));
}

TEST_CASE("the edges of consistency: empty logs, equal sizes, huge sizes") {
  const Hash256 one = leaf_hash(view("one")), two = leaf_hash(view("two"));
  CHECK(verify_consistency(0, empty_root(), 0, empty_root(), {}));
  CHECK(verify_consistency(0, empty_root(), 5, one, {}));
  CHECK_FALSE(verify_consistency(0, one, 5, one, {}));
  CHECK_FALSE(verify_consistency(0, empty_root(), 0, one, {}));
  CHECK_FALSE(verify_consistency(0, empty_root(), 5, one, MerkleProof{two}));
  CHECK(verify_consistency(1, one, 1, one, {}));
  CHECK_FALSE(verify_consistency(1, one, 1, two, {}));
  CHECK_FALSE(verify_consistency(1, one, 1, one, MerkleProof{two}));
  CHECK_FALSE(verify_consistency(UINT64_MAX, one, UINT64_MAX - 1, one, {}));
  CHECK_FALSE(verify_consistency(1, one, UINT64_MAX, two, MerkleProof(64, one)));
  CHECK_FALSE(verify_consistency(UINT64_MAX - 1, one, UINT64_MAX, two, MerkleProof(1000, one)));
  CHECK_FALSE(verify_inclusion(one, UINT64_MAX - 1, UINT64_MAX, MerkleProof(64, one), two));
  CHECK_FALSE(verify_inclusion(one, 0, 0, {}, empty_root()));
}

TEST_CASE("provers refuse what is not there and pass a reader's error on") {
  const Leaves leaves = some_leaves(4);
  CHECK(inclusion_proof(4, 4, node_reader(leaves)).error().code == ErrorCode::bad_value);
  CHECK(consistency_proof(5, 4, node_reader(leaves)).error().code == ErrorCode::bad_value);
  CHECK(inclusion_proof(0, 5, node_reader(leaves)).error().code == ErrorCode::not_found);
  CHECK(consistency_proof(3, 5, node_reader(leaves)).error().code == ErrorCode::not_found);
  CHECK(root_of(5, node_reader(leaves)).error().code == ErrorCode::not_found);
}

TEST_CASE("a leaf cannot pass for a node") {
  const Hash256 a = leaf_hash(view("a")), b = leaf_hash(view("b"));
  Bytes joined = to_bytes(a.view());
  append(joined, b.view());
  CHECK(leaf_hash(joined) != node_hash(a, b));
}
