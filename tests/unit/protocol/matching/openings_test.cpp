#include "protocol/matching/openings.h"

#include <rapidcheck.h>

#include <catch2/catch.hpp>

#include "crypto/hash.h"
#include "crypto/x25519.h"
#include "tests/unit/protocol/matching/two_nodes.h"

namespace knoop::matching {
namespace {

// An epoch that ended: A registered three identifiers and seven dummies, B nothing.
struct Ended {
  TestEntropy entropy{5};
  TwoNodes nodes;
  SealingKeyPair auditor = new_sealing_key(entropy);
  SigningKeyPair sign_a = signing_key_from_seed(entropy.draw<SigningSeed>());
  SigningKeyPair sign_b = signing_key_from_seed(entropy.draw<SigningSeed>());
  std::vector<std::optional<Identifier>> slots;
  std::vector<PointBytes> points;
  Hash256 draw_a = draw_commitment(nodes.secrets_a.draw);
  Hash256 draw_b = draw_commitment(nodes.secrets_b.draw);

  Ended() {
    slots = {bsn("999999011"), std::nullopt, bsn("999999023"), std::nullopt, std::nullopt,
             std::nullopt,     std::nullopt, std::nullopt,     std::nullopt, bsn("999999035")};
    points = blind_batch({nodes.secrets_a.copy(), nodes.a.epoch, 1, 700, slots}).points;
  }

  [[nodiscard]] EpochStatement by_a() const {
    return make_statement(nodes.a, nodes.secrets_a, nodes.secrets_b.commitment.bytes(), tree_of(points),
                          tree_of(std::vector<PointBytes>()), sign_a.secret_key);
  }
  [[nodiscard]] EpochStatement by_b() const {
    return make_statement(nodes.b, nodes.secrets_b, nodes.secrets_a.commitment.bytes(),
                          tree_of(std::vector<PointBytes>()), tree_of(points), sign_b.secret_key);
  }
  [[nodiscard]] Audit audit() const {
    return {nodes.a.network, nodes.a.self, nodes.a.peer, by_a(), by_b(), 4};
  }
  [[nodiscard]] AuditorKey key() const { return {auditor.public_key, auditor.secret_key}; }
  [[nodiscard]] std::vector<ToOpen> to_open() const {
    std::vector<ToOpen> out;
    for (Handle handle = 1; handle <= slots.size(); ++handle)
      out.push_back({handle, slots[handle - 1], slots[handle - 1] ? "client " + std::to_string(handle) : "",
                     points[handle - 1]});
    return out;
  }
  [[nodiscard]] std::vector<SealedOpening> opened(const std::vector<ToOpen>& handles) const {
    const auto done =
        open_handles({nodes.a, nodes.secrets_a.copy(), auditor.public_key, handles, filled<SymmetricKey>(3)});
    REQUIRE(done.has_value());
    return *done;
  }
  /// What a modified node makes up: an opening that is good in itself, of whatever it likes.
  [[nodiscard]] Bytes forged(Handle handle, const std::optional<Identifier>& identifier) const {
    const Identifier real = identifier ? *identifier : dummy(nodes.secrets_a.dummies, handle);
    const auto made = opened({{handle, identifier, "client", blind(nodes.secrets_a, real).bytes()}});
    REQUIRE(made.size() == 1);
    return made[0].sealed;
  }
  [[nodiscard]] MerkleProof path(Handle handle) const {
    const auto paths = paths_of(points, std::vector<Handle>{handle});
    REQUIRE(paths.has_value());
    return paths->front();
  }
  [[nodiscard]] Result<Opening> check(Handle handle, ByteView sealed) const {
    return check_opening(audit(), nodes.secrets_a.context, key(), handle, sealed, path(handle));
  }
};

TEST_CASE("R2.6: the auditor opens every kind of handle, and sees what it stands for") {
  const Ended ended;
  REQUIRE(check_agreement(ended.audit()).has_value());
  for (const auto& opening : ended.opened(ended.to_open())) {
    const auto seen = ended.check(opening.handle, opening.sealed);
    REQUIRE(seen.has_value());
    CHECK(seen->handle == opening.handle);
    CHECK(seen->point == ended.points[opening.handle - 1]);
    const auto& slot = ended.slots[opening.handle - 1];
    CHECK(seen->kind == (slot ? static_cast<int>(slot->kind) : 0));
    if (slot) CHECK(seen->value == slot->value);
    CHECK(seen->reference.empty() == !slot);
  }
}

TEST_CASE("R2.6: the pair context reaches the auditor and nobody else") {
  Ended ended;
  const auto sealed =
      seal_context(ended.nodes.a, ended.nodes.secrets_a, ended.auditor.public_key, ended.entropy);
  REQUIRE(sealed.has_value());
  const auto seen = open_context(ended.audit(), ended.key(), *sealed);
  REQUIRE(seen.has_value());
  CHECK(context_name(*seen) == ended.audit().peers.context);
  const auto other = new_sealing_key(ended.entropy);
  CHECK(open_context(ended.audit(), {other.public_key, other.secret_key}, *sealed).error().code ==
        ErrorCode::cannot_open);
}

TEST_CASE("R2.6 hostile: what was not registered cannot be opened") {
  Ended ended;
  SECTION("a probe under another exponent than the commitment's") {
    const auto probe = TwoNodes(1, nullptr, 2).secrets_b.scalar.copy();
    const auto hashed = hash_identifier(ended.nodes.secrets_a.context, bsn("999999047"));
    const auto masked = multiply(probe, hashed);
    REQUIRE(masked.has_value());
    ended.points[0] = masked->bytes();
    // The product does not open it …
    CHECK(ended.opened({{1, bsn("999999047"), "client 1", ended.points[0]}}).empty());
    // … and a modified node can open it neither as what it is, nor as a client that there is, nor as a dummy.
    for (const auto& lie :
         {std::optional(bsn("999999047")), std::optional(bsn("999999011")), std::optional<Identifier>()})
      CHECK(ended.check(1, ended.forged(1, lie)).error().code == ErrorCode::bad_proof);
  }
  SECTION("another identifier than the registered one") {
    CHECK(ended.check(1, ended.forged(1, bsn("999999023"))).error().code == ErrorCode::bad_proof);
  }
  SECTION("the opening of another handle, moved") {
    CHECK(ended.check(1, ended.forged(3, bsn("999999023"))).error().code == ErrorCode::cannot_open);
  }
  SECTION("another path, or a box cut short") {
    const auto first = ended.forged(1, bsn("999999011"));
    REQUIRE(ended.check(1, first).has_value());
    const auto wrong =
        check_opening(ended.audit(), ended.nodes.secrets_a.context, ended.key(), 1, first, ended.path(2));
    CHECK(wrong.error().code == ErrorCode::bad_proof);
    const auto cut = ByteView(first).first(first.size() - 1);
    CHECK(ended.check(1, cut).error().code == ErrorCode::cannot_open);
  }
}

TEST_CASE("a handle whose identifier ended before its point was computed is opened as the dummy that it is") {
  const Ended ended;
  const auto made = ended.opened({{2, bsn("999999011"), "client 2", ended.points[1]}});
  REQUIRE(made.size() == 1);
  const auto seen = ended.check(2, made[0].sealed);
  REQUIRE(seen.has_value());
  CHECK(seen->kind == 0);
  CHECK(seen->reference.empty());
}

TEST_CASE("paths lead to the tree's root, whatever its size") {
  TestEntropy entropy(9);
  for (const std::size_t size : {1UL, 2UL, 3UL, 7UL, 8UL, 13UL, 64UL, 100UL}) {
    std::vector<PointBytes> points;
    std::vector<Handle> handles;
    for (std::size_t i = 0; i < size; ++i) {
      points.push_back(entropy.draw<PointBytes>());
      handles.push_back(i + 1);
    }
    const auto paths = paths_of(points, handles);
    REQUIRE(paths.has_value());
    const RegisteredTree tree = tree_of(points);
    CHECK(tree.handles == size);
    for (std::size_t i = 0; i < size; ++i)
      CHECK(verify_inclusion(leaf_hash(points[i].view()), i, size, (*paths)[i], tree.root).has_value());
    CHECK_FALSE(paths_of(points, std::vector<Handle>{size + 1}).has_value());
  }
}

TEST_CASE("a statement is checked against what this side knows") {
  Ended ended;
  const auto check = [&](const EpochStatement& statement, const Hash256& draw) {
    return check_statement(ended.nodes.a.network, ended.nodes.b.self, ended.nodes.a.self, ended.by_a(), draw,
                           ended.sign_b.public_key, statement);
  };
  const EpochStatement honest = ended.by_b();
  REQUIRE(check(honest, ended.draw_b).has_value());
  CHECK(decode<EpochStatement>(encode(honest)) == honest);

  SECTION("another number than committed to, with a good signature") {
    CHECK(check(honest, ended.draw_a).error().code == ErrorCode::bad_value);
  }
  SECTION("another epoch, key or tree without a new signature") {
    auto changed = honest;
    changed.received.handles += 1;
    CHECK(check(changed, ended.draw_b).error().code == ErrorCode::bad_signature);
    changed = honest;
    changed.epoch = 2;
    CHECK(check(changed, ended.draw_b).error().code == ErrorCode::wrong_state);
  }
  SECTION("our own statement sent back") {
    CHECK(check(ended.by_a(), ended.draw_b).error().code == ErrorCode::bad_signature);
  }
  SECTION("another pair context") {
    const PresharedKey psk = filled<PresharedKey>(8);
    const TwoNodes other(1, &psk);
    const auto statement = make_statement(
        ended.nodes.b, other.secrets_b, ended.nodes.secrets_a.commitment.bytes(),
        tree_of(std::vector<PointBytes>()), tree_of(std::vector<PointBytes>()), ended.sign_b.secret_key);
    CHECK(check(statement, ended.draw_b).error().code == ErrorCode::bad_value);
  }
}

TEST_CASE("the auditor sees when two organisations contradict each other") {
  const Ended ended;
  const auto code = [](const Audit& audit) { return check_agreement(audit).error().code; };
  SECTION("one point more than was registered") {
    auto audit = ended.audit();
    audit.peers.received.handles += 1;
    CHECK(code(audit) == ErrorCode::conflict);
  }
  SECTION("more handles than there can be, by both") {
    auto audit = ended.audit();
    audit.own.registered.handles = most_handles_of_an_epoch + 1;
    audit.peers.received.handles = most_handles_of_an_epoch + 1;
    CHECK(code(audit) == ErrorCode::over_limit);
  }
  SECTION("as many points, others") {
    auto audit = ended.audit();
    audit.peers.received.root = sha256({});
    CHECK(code(audit) == ErrorCode::conflict);
  }
  SECTION("other keys") {
    auto audit = ended.audit();
    audit.peers.peer_commitment = audit.own.peer_commitment;
    CHECK(code(audit) == ErrorCode::conflict);
  }
  SECTION("a last batch that did not arrive is no contradiction") {
    auto audit = ended.audit();
    audit.own.registered.handles += 10;
    audit.own.registered.root = sha256({});
    CHECK(check_agreement(audit).has_value());
  }
}

TEST_CASE("the draw takes the lowest, as many as there are at most") {
  CHECK(challenged(filled<DrawNumber>(1), 0, 5).empty());
  CHECK(challenged(filled<DrawNumber>(1), 5, 0).empty());
  CHECK(challenged(filled<DrawNumber>(1), 3, 5) == std::vector<Handle>{1, 2, 3});
  CHECK(challenged(filled<DrawNumber>(1), 1000, 5) != challenged(filled<DrawNumber>(2), 1000, 5));

  CHECK(rc::check("a larger sample contains the smaller, and handles that come later only push out", [] {
    DrawNumber draw;
    draw.data()[0] = *rc::gen::arbitrary<Byte>();
    const auto handles = *rc::gen::inRange<std::uint64_t>(1, 200);
    const auto sample = *rc::gen::inRange<std::uint32_t>(1, 20);
    const auto small = challenged(draw, handles, sample);
    const auto large = challenged(draw, handles, sample + 5);
    RC_ASSERT(small.size() == std::min<std::size_t>(handles, sample));
    RC_ASSERT(std::ranges::includes(large, small));
    const auto later = challenged(draw, handles + 50, sample);
    for (const Handle handle : later)
      if (handle <= handles) RC_ASSERT(std::ranges::find(small, handle) != small.end());
  }));
}

}  // namespace
}  // namespace knoop::matching
