#include "tools/knoop-verify/openings.h"

#include <catch2/catch.hpp>
#include <fstream>
#include <functional>

#include "node/files/openings_export.h"
#include "tests/support/membership_samples.h"
#include "tests/support/temp_dir.h"
#include "tests/unit/protocol/matching/two_nodes.h"

namespace knoop::verifier {
namespace {

using matching::Handle;
using matching::Identifier;

constexpr std::uint32_t sample = 6;

/// An epoch that ended between two members of a convenant with an auditor: twelve handles, five of them of clients.
struct Region {
  TestEntropy entropy{7};
  testing::TempDir dir;
  SigningKeyPair signing_a = new_signing_key(entropy);
  SigningKeyPair signing_b = new_signing_key(entropy);
  test::Organisation a = with(test::organisation(entropy, "smw-een", "smw"), signing_a);
  test::Organisation b = with(test::organisation(entropy, "bjz-een", "bjz"), signing_b);
  SigningKeyPair auditor = new_signing_key(entropy);
  SealingKeyPair sealing = new_sealing_key(entropy);
  std::string convenant = agreed();
  matching::Pair pair{
      network_id(convenant).value(), a.card.member, b.card.member, 3, 1, matching::rule_version,
      matching::filled<Hash256>(7)};
  matching::PairSecrets secrets_a = matching::derive_secrets(matching::filled<MatchingKey>(1), pair, nullptr);
  matching::PairSecrets secrets_b =
      matching::derive_secrets(matching::filled<MatchingKey>(2), pair.turned(), nullptr);
  std::vector<std::optional<Identifier>> slots = std::vector<std::optional<Identifier>>(12);
  std::vector<PointBytes> points;

  Region() {
    int digit = 0;
    for (const std::size_t at : {0UL, 3UL, 4UL, 8UL, 11UL})
      slots[at] = matching::bsn("99999900" + std::to_string(digit++));
    points = matching::blind_batch({secrets_a.copy(), pair.epoch, 1, 700, slots}).points;
  }

  static test::Organisation with(test::Organisation organisation, const SigningKeyPair& key) {
    organisation.card.signing_key = key.public_key;
    return organisation;
  }
  std::string agreed() {
    std::vector<SigningKeyPair> managers;
    managers.push_back(new_signing_key(entropy));
    Convenant out = test::convenant({a.card, b.card}, managers);
    out.auditor = ConvenantAuditor{"Auditor", auditor.public_key, sealing.public_key, sample};
    return test::signed_convenant(out, managers);
  }

  [[nodiscard]] std::vector<Hash256> leaves() const {
    std::vector<Hash256> out;
    for (const auto& point : points) out.push_back(leaf_hash(point.view()));
    return out;
  }
  [[nodiscard]] matching::RegisteredTree tree() const {
    const auto hashes = leaves();
    return {hashes.size(), root_of(hashes)};
  }
  [[nodiscard]] OpeningsExport head() {
    const matching::RegisteredTree nothing{0, empty_root()};
    const auto own = matching::make_statement(pair, secrets_a, secrets_b.commitment.bytes(), tree(), nothing,
                                              signing_a.secret_key);
    const auto peers = matching::make_statement(pair.turned(), secrets_b, secrets_a.commitment.bytes(),
                                                nothing, tree(), signing_b.secret_key);
    return {pair.network,
            pair.self,
            pair.peer,
            sample,
            sign_card(a.card, a.key.secret_key).value(),
            sign_card(b.card, b.key.secret_key).value(),
            encode(own),
            encode(peers),
            matching::seal_context(pair, secrets_a, sealing.public_key, entropy).value(),
            {}};
  }
  [[nodiscard]] std::vector<Handle> drawn() const {
    matching::DrawNumber draw;
    std::ranges::copy(secrets_b.draw.expose(), draw.data());
    return matching::challenged(draw, points.size(), sample);
  }
  [[nodiscard]] std::string line(Handle handle,
                                 const std::optional<PointBytes>& pretended = std::nullopt) const {
    matching::OpenJob job{pair, secrets_a.copy(), sealing.public_key, {}, matching::filled<SymmetricKey>(4)};
    job.handles.push_back({handle, slots[handle - 1],
                           slots[handle - 1] ? fmt::format("C-\"{}\"", handle) : "",
                           pretended.value_or(points[handle - 1])});
    const auto hashes = leaves();
    return opening_line({matching::open_handles(job).value().front(),
                         inclusion_proof(handle - 1, hashes.size(), node_reader(hashes)).value()});
  }
  [[nodiscard]] std::string honest() {
    std::string out = openings_head_line(head());
    for (const Handle handle : drawn()) out += line(handle);
    return out;
  }

  [[nodiscard]] Result<OpeningsReport> verify(const std::string& file) {
    OpeningsRequest request{dir.path() / "openings", {dir.path() / "convenant"}, {}};
    std::ofstream(request.file, std::ios::binary) << file;
    std::ofstream(request.convenants.front(), std::ios::binary) << convenant;
    request.keys.push_back({sealing.public_key, sealing.secret_key.copy()});
    return verify_openings(request);
  }
};

TEST_CASE("R2.6: the auditor accepts honest openings and publishes counts without a word about anybody") {
  Region region;
  const auto report = region.verify(region.honest());
  REQUIRE(report.has_value());
  for (const auto& finding : report->findings) UNSCOPED_INFO(finding.error.sentence);
  CHECK(report->accepted());
  CHECK(report->registrant == "smw-een");
  CHECK(report->peer == "bjz-een");
  CHECK(report->handles == 12);
  CHECK(report->drawn == sample);
  CHECK(report->opened.size() == sample);
  std::size_t clients = 0;
  for (const Handle handle : region.drawn()) clients += region.slots[handle - 1] ? 1U : 0U;
  CHECK(report->opened.size() - report->dummies() == clients);
  REQUIRE(clients > 0);

  const std::string csv = opened_as_csv(*report);
  CHECK(std::ranges::count(csv, '\n') == static_cast<std::ptrdiff_t>(clients + 1));
  CHECK(csv.find("bsn;\"C-\"\"") != std::string::npos);
  const std::string text = result_text(*report, 1);
  CHECK(text.find("opened: 6\n") != std::string::npos);
  CHECK(text.find("not in the register: 1\n") != std::string::npos);
  CHECK(text.find("99999900") == std::string::npos);
}

TEST_CASE("R2.6 hostile: what a registrant can do to a file of openings is found") {
  Region region;
  const auto drawn = region.drawn();
  const auto with_lines = [&](const std::function<std::string(Handle)>& line) {
    std::string out = openings_head_line(region.head());
    for (const Handle handle : drawn) out += line(handle);
    return out;
  };
  SECTION("a probe under another exponent, among the drawn handles") {
    const auto hashed = matching::hash_identifier(region.secrets_a.context, matching::bsn("999999047"));
    const PointBytes honest = region.points[drawn[2] - 1];
    region.points[drawn[2] - 1] = multiply(region.secrets_b.scalar, hashed)->bytes();
    const auto report = region.verify(
        with_lines([&](Handle h) { return h == drawn[2] ? region.line(h, honest) : region.line(h); }));
    REQUIRE(report.has_value());
    REQUIRE(report->findings.size() == 1);
    CHECK(report->findings[0].handle == drawn[2]);
    CHECK(result_text(*report, 0).find("not opened or false: 1\n") != std::string::npos);
  }
  SECTION("a drawn handle left out") {
    const auto report =
        region.verify(with_lines([&](Handle h) { return h == drawn[1] ? std::string() : region.line(h); }));
    REQUIRE(report.has_value());
    REQUIRE(report->findings.size() == 1);
    CHECK(report->findings[0].handle == drawn[1]);
    CHECK(report->findings[0].error.code == ErrorCode::not_found);
  }
  SECTION("others opened than were drawn") {
    const auto report = region.verify(with_lines([&](Handle h) { return region.line(h % 12 + 1); }));
    REQUIRE(report.has_value());
    CHECK_FALSE(report->accepted());
  }
  SECTION("a statement of the peer that the registrant changed") {
    OpeningsExport head = region.head();
    auto statement = decode<matching::EpochStatement>(head.peer_statement).value();
    statement.received.handles = 0;
    head.peer_statement = encode(statement);
    const auto report = region.verify(openings_head_line(head));
    REQUIRE(report.has_value());
    REQUIRE(report->findings.size() == 1);
    CHECK(report->findings[0].error.code == ErrorCode::bad_signature);
    CHECK(report->opened.empty());
  }
  SECTION("a smaller sample than agreed") {
    OpeningsExport head = region.head();
    head.sample = 1;
    const auto report = region.verify(openings_head_line(head) + region.line(drawn[0]));
    REQUIRE(report.has_value());
    CHECK(report->drawn == sample);
    CHECK(report->findings.size() == sample - 1);
  }
  SECTION("a card of somebody else") {
    OpeningsExport head = region.head();
    head.peer_card = head.card;
    const auto report = region.verify(openings_head_line(head));
    REQUIRE(report.has_value());
    CHECK_FALSE(report->accepted());
  }
}

TEST_CASE("what is no file of openings is refused") {
  Region region;
  const std::string good = region.honest();
  CHECK(region.verify("").error().code == ErrorCode::bad_format);
  CHECK(region.verify("{}\n").error().code == ErrorCode::bad_format);
  CHECK(region.verify(good + region.line(region.drawn()[0])).error().code == ErrorCode::bad_format);
  CHECK(region.verify(good + "{\"handle\":0,\"sealed\":\"\"}\n").error().code == ErrorCode::bad_format);
  OpeningsExport other = region.head();
  other.network = matching::filled<NetworkId>(1);
  CHECK(region.verify(openings_head_line(other)).error().code == ErrorCode::bad_value);
  other = region.head();
  other.peer = matching::filled<MemberId>(1);
  CHECK(region.verify(openings_head_line(other)).error().code == ErrorCode::bad_value);
}

}  // namespace
}  // namespace knoop::verifier
