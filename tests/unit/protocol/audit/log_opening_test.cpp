// docs/spec/audit.md "Incarnations": how a later log is shown from its first entry.
#include "protocol/audit/log_opening.h"

#include <catch2/catch.hpp>

#include "tests/unit/protocol/audit/log_fixture.h"

using namespace knoop;
using namespace knoop::audit;
using namespace knoop::audit::testing;

namespace {

SigningKeyPair key_of(Byte each) {
  std::array<Byte, 32> seed{};
  seed.fill(each);
  return signing_key_from_seed(SigningSeed::from(seed).value());
}

/// A log of five entries that goes on from one of forty.
struct Scene {
  explicit Scene(AuditEntry first = {.event = Event::log_opened,
                                     .user = "p.visser",
                                     .role = "privacy-officer"},
                 std::uint32_t incarnation = 2) {
    const LogOrigin before{test_origin().network, test_origin().member, 1};
    origin = before;
    origin.incarnation = incarnation;
    Note note{Checkpoint{before.text(), 40, id<Hash256>(7), {}}.text(), {}};
    REQUIRE(sign_note(note, before.text(), owner.secret_key).has_value());
    if (first.reference.empty()) first.reference = note.encode();
    TestEntropy entropy(3);
    std::vector<Hash256> leaves;
    for (std::uint64_t i = 0; i < 5; ++i) {
      const auto sealed = seal(i, Timestamp{1'000 * static_cast<std::int64_t>(i + 1)},
                               i == 0 ? first : AuditEntry{.event = Event::client_read}, entropy);
      REQUIRE(sealed.has_value());
      if (i == 0) entry = export_entry(*sealed, false);
      leaves.push_back(sealed->leaf);
    }
    newest = {origin, Checkpoint{origin.text(), 5, root_of(leaves), {}}, {}};
    opening = opening_of(entry, inclusion_proof(0, 5, node_reader(leaves)).value());
  }
  [[nodiscard]] Result<OpenedLog> check(const LogOpening& shown) const {
    return check_opening(shown, newest, owner.public_key);
  }

  SigningKeyPair owner = key_of(1);
  LogOrigin origin;
  ExportedEntry entry;
  SignedHead newest;
  LogOpening opening;
};

}  // namespace

TEST_CASE(
    "R8.2: a later log is shown by its first entry: what it goes on from, and in which role that was "
    "approved") {
  const Scene scene;
  const auto opened = scene.check(scene.opening);
  REQUIRE(opened.has_value());
  CHECK(opened->before.head.size == 40);
  CHECK(opened->role == "privacy-officer");
  const Bytes bytes = encode(scene.opening);
  CHECK(bytes.size() < max_opening_bytes);
  CHECK(decode<LogOpening>(bytes).value() == scene.opening);
  // Who approved it, and why, is not shown.
  CHECK(text_view(bytes).find("visser") == std::string_view::npos);
}

TEST_CASE("R8.2 hostile: an opening that hides, changes or invents something is refused") {
  const Scene scene;
  for (std::size_t i = 0; i < field_count; ++i) {
    CAPTURE(i);
    LogOpening shown = scene.opening;
    ShownField& field = shown.entry[i];
    if (field.salt) {
      field.value += "x";
      CHECK_FALSE(scene.check(shown).has_value());
      field = {{}, "", commitment_of(all_fields[i].field, std::get<Opening>(scene.entry.fields[i]))};
      CHECK_FALSE(scene.check(shown).has_value());
    } else {
      field.commitment = id<Hash256>(1);
      CHECK_FALSE(scene.check(shown).has_value());
      field.commitment.reset();
      CHECK_FALSE(scene.check(shown).has_value());
    }
  }
  LogOpening shown = scene.opening;
  shown.path.pop_back();
  CHECK(scene.check(shown).error().code == ErrorCode::bad_proof);
  shown = scene.opening;
  shown.entry.pop_back();
  CHECK(scene.check(shown).error().code == ErrorCode::bad_format);
  // Signed by somebody else; of another member; a first log; no opening at all.
  CHECK_FALSE(check_opening(scene.opening, scene.newest, key_of(2).public_key).has_value());
  CHECK_FALSE(
      Scene({.event = Event::log_opened, .reference = "nothing", .role = "privacy-officer"})
          .check(
              Scene({.event = Event::log_opened, .reference = "nothing", .role = "privacy-officer"}).opening)
          .has_value());
  const Scene third({.event = Event::log_opened, .role = "privacy-officer"}, 3);
  CHECK_FALSE(third.check(third.opening).has_value());
  const Scene read({.event = Event::log_read, .role = "privacy-officer"});
  CHECK(read.check(read.opening).error().code == ErrorCode::bad_value);
}
