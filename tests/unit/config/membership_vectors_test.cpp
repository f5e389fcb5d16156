// The examples of docs/spec/membership.md: made here, kept in tests/vectors, shown in the document, read back.
#include <catch2/catch.hpp>
#include <fstream>
#include <sstream>

#include "config/card.h"
#include "config/convenant.h"
#include "crypto/x25519.h"

using namespace knoop;

namespace {

template <typename Value>
Value filled(Byte byte) {
  return Value::from(Bytes(Value::size, byte)).value();
}

SigningKeyPair signing(Byte byte) {
  return signing_key_from_seed(filled<SigningSeed>(byte));
}
Timestamp at(std::string_view text) {
  return Timestamp::parse(text).value();
}

std::string file(const std::string& path) {
  std::ifstream in(KNOOP_TEST_DIR "/" + path, std::ios::binary);
  REQUIRE(in);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

Card example_card() {
  Card card;
  card.id = "smw-voorbeeld";
  card.name = "School-maatschappelijk werk Voorbeeld";
  card.kind = "smw";
  card.number = 2;
  card.member = member_id(signing(0x11).public_key);
  card.oin = "00000004000000000000";
  card.area = {"0392", "0453"};
  card.capabilities = {"schoolmaatschappelijk werk"};
  card.contact = {"Bureaudienst", "aanmelding", "023-5550100", "bureaudienst@voorbeeld.example"};
  card.endpoints = {"tcp://knoop.voorbeeld.example:7410"};
  card.valid_from = at("2026-01-01T00:00:00Z");
  card.valid_until = at("2027-01-01T00:00:00Z");
  card.signing_key = signing(0x12).public_key;
  card.witness_key = signing(0x13).public_key;
  card.sealing_key = public_key(filled<SealingSecretKey>(0x14));
  card.transport_key = public_key(filled<TransportSecretKey>(0x15));
  card.next_transport_key = public_key(filled<TransportSecretKey>(0x16));
  return card;
}

std::string example_convenant() {
  const SigningKeyPair managers[] = {signing(0x21), signing(0x22), signing(0x23)};
  Convenant c;
  c.name = "Voorbeeldstreek";
  c.valid_from = at("2026-01-01T00:00:00Z");
  c.expires = at("2027-01-01T00:00:00Z");
  c.threshold = 2;
  for (std::size_t i = 0; i < 3; ++i)
    c.managers.push_back({fmt::format("Beheerder {}", i + 1), managers[i].public_key});
  const auto member = [&](std::string id, Byte byte, std::string kind) {
    c.members.push_back(
        {std::move(id), member_id(signing(byte).public_key), std::move(kind), 20'000, std::nullopt});
  };
  member("smw-voorbeeld", 0x11, "smw");
  member("bjz-voorbeeld", 0x31, "bjz");
  member("cjg-voorbeeld", 0x32, "cjg");
  c.may_ask["bjz"] = {Category::person, Category::reason};
  c.levels = {{"licht", 1}, {"midden", 3}, {"zwaar", 4}};
  c.escalation = {{"teamleider", 0}, {"ketenregisseur", 5}};
  c.coordinator_order = {"cjg", "smw"};
  c.coordinator_under_measure = "bjz";
  c.backstop = "cjg-voorbeeld";
  c.auditor = ConvenantAuditor{"Toezicht Voorbeeld", signing(0x41).public_key,
                               public_key(filled<SealingSecretKey>(0x42)), 32};
  c.witness_sets = {{"smw-voorbeeld", {"bjz-voorbeeld", "cjg-voorbeeld"}, 0}};
  std::string note = draft_convenant(c).value();
  for (const std::size_t i : {0U, 2U}) note = countersign_convenant(note, managers[i].secret_key).value();
  return note;
}

}  // namespace

TEST_CASE("the card of docs/spec/membership.md is made and read as written there") {
  const Card card = example_card();
  const std::string note = file("../docs/spec/vectors/card.note");
  CHECK(sign_card(card, signing(0x11).secret_key).value() == note);
  CHECK(read_card(note).value() == card);
  CHECK(file("../docs/spec/membership.md").find(note) != std::string::npos);
}

TEST_CASE("the convenant of docs/spec/membership.md is made and read as written there") {
  const std::string note = file("../docs/spec/vectors/convenant.note");
  CHECK(example_convenant() == note);
  CHECK(check_first_convenant(note).has_value());
  const std::string document = file("../docs/spec/membership.md");
  CHECK(document.find(note) != std::string::npos);
  CHECK(document.find(network_id(note).value().hex()) != std::string::npos);
}
