#include "config/card.h"

#include <catch2/catch.hpp>

#include "crypto/note.h"
#include "tests/support/membership_samples.h"
#include "tests/support/test_entropy.h"

using namespace knoop;

namespace {

test::Organisation sample() {
  TestEntropy entropy(1);
  return test::organisation(entropy, "smw-voorbeeld", "smw");
}

// The card's text with one line exchanged, signed again by the same key.
std::string resigned(const test::Organisation& org, const std::string& from, const std::string& to) {
  std::string text = card_text(org.card).value();
  const auto at = text.find(from);
  REQUIRE(at != std::string::npos);
  text.replace(at, from.size(), to);
  Note note{text, {}};
  REQUIRE(sign_note(note, card_signer(org.card.member), org.key.secret_key));
  return note.encode();
}

}  // namespace

TEST_CASE("R9.2: a card that was signed is read back as it was") {
  auto org = sample();
  CHECK(read_card(sign_card(org.card, org.key.secret_key).value()).value() == org.card);
  org.card.endpoints.clear();
  org.card.oin = "00000001234567890000";
  org.card.kvk = "12345678";
  org.card.compromised_since = test::at("2026-06-01T00:00:00Z");
  TestEntropy entropy(9);
  org.card.next_transport_key = new_transport_key(entropy).public_key;
  org.card.name = "Één \"huis\" \\ twee";
  CHECK(check_card(sign_card(org.card, org.key.secret_key).value(), org.card.member).value() == org.card);
}

TEST_CASE("a card with another signature than its organisation's is refused") {
  const auto org = sample();
  TestEntropy entropy(2);
  const auto stranger = new_signing_key(entropy);
  CHECK(sign_card(org.card, stranger.secret_key).error().code == ErrorCode::bad_key);
  Note note{card_text(org.card).value(), {}};
  REQUIRE(sign_note(note, card_signer(org.card.member), stranger.secret_key));
  CHECK(read_card(note.encode()).error().code == ErrorCode::bad_signature);
  std::string tampered = sign_card(org.card, org.key.secret_key).value();
  tampered.replace(tampered.find("number = 1"), 10, "number = 9");
  CHECK(read_card(tampered).error().code == ErrorCode::bad_signature);
  CHECK(check_card(tampered, org.card.member).error().code == ErrorCode::bad_signature);
  CHECK(check_card(sign_card(org.card, org.key.secret_key).value(), member_id(stranger.public_key))
            .error()
            .code == ErrorCode::bad_signature);
}

TEST_CASE("a card with a field that is wrong, missing or unknown is refused and the field named") {
  const auto org = sample();
  const auto refused = [&](const std::string& from, const std::string& to, const std::string& named) {
    const auto card = read_card(resigned(org, from, to));
    REQUIRE_FALSE(card.has_value());
    INFO(card.error().sentence);
    CHECK(card.error().sentence.find(named) != std::string::npos);
  };
  refused("# knoop/card/v1", "# knoop/card/v2", "first line");
  refused("number = 1", "number = 0", "number");
  refused("number = 1\n", "", "number is missing");
  refused("kind = \"smw\"", "kind = \"S M W\"", "kind");
  refused("kind = \"smw\"", "kind = 7", "kind");
  refused("area = [\"0392\"", "area = [\"392\"", "area");
  refused("tcp://127.0.0.1:7410", "udp://127.0.0.1:7410", "endpoints");
  refused("tcp://127.0.0.1:7410", "tcp://127.0.0.1:99999", "endpoints");
  refused("valid_until = \"2028", "valid_until = \"2025", "valid_until");
  refused("number = 1", "number = 1\nnumbr = 2", "did you mean number");
  refused("signing = ", "singing = ", "did you mean signing");
}

TEST_CASE("a card whose keys nobody can use safely is refused") {
  const auto org = sample();
  const std::string zero(64, '0');
  CHECK(read_card(resigned(org, org.card.sealing_key.hex(), zero)).error().code == ErrorCode::bad_key);
  CHECK(read_card(resigned(org, org.card.transport_key.hex(), zero)).error().code == ErrorCode::bad_key);
  CHECK(read_card(resigned(org, org.card.signing_key.hex(), zero)).error().code == ErrorCode::bad_key);
  CHECK(read_card(resigned(org, org.card.witness_key.hex(), org.card.signing_key.hex())).error().code ==
        ErrorCode::bad_key);
}

TEST_CASE("a card of more than 64 KiB is refused before it is read") {
  const auto org = sample();
  std::string note = sign_card(org.card, org.key.secret_key).value();
  note.insert(card_first_line.size(), "# " + std::string(max_card_bytes, 'x') + "\n");
  CHECK(read_card(note).error().code == ErrorCode::over_limit);
}
