// Invented organisations with real keys, for every test that needs cards and a convenant.
#pragma once

#include <string>
#include <vector>

#include "config/card.h"
#include "config/convenant.h"
#include "crypto/x25519.h"

namespace knoop::test {

inline Timestamp at(std::string_view text) {
  return Timestamp::parse(text).value();
}

struct Organisation {
  SigningKeyPair key;
  Card card;
};

inline Organisation organisation(Entropy& entropy, const std::string& id, const std::string& kind) {
  Organisation out{new_signing_key(entropy), {}};
  out.card.id = id;
  out.card.name = "Organisatie " + id;
  out.card.kind = kind;
  out.card.member = member_id(out.key.public_key);
  out.card.area = {"0392", "0453"};
  out.card.contact = {"A. Voorbeeld", "coördinator", "023-5550100", "contact@" + id + ".example"};
  out.card.endpoints = {"tcp://127.0.0.1:7410"};
  out.card.valid_from = at("2026-01-01T00:00:00Z");
  out.card.valid_until = at("2028-01-01T00:00:00Z");
  out.card.signing_key = new_signing_key(entropy).public_key;
  out.card.witness_key = new_signing_key(entropy).public_key;
  out.card.sealing_key = public_key(entropy.draw<SealingSecretKey>());
  out.card.transport_key = public_key(entropy.draw<TransportSecretKey>());
  return out;
}

inline Convenant convenant(const std::vector<Card>& cards, const std::vector<SigningKeyPair>& managers) {
  Convenant out;
  out.name = "Regio Voorbeeld";
  out.valid_from = at("2026-01-01T00:00:00Z");
  out.expires = at("2027-01-01T00:00:00Z");
  out.threshold = static_cast<std::uint32_t>(managers.size() / 2 + 1);
  for (std::size_t i = 0; i < managers.size(); ++i)
    out.managers.push_back({"Beheerder " + std::to_string(i + 1), managers[i].public_key});
  for (const Card& card : cards)
    out.members.push_back({card.id, card.member, card.kind, 100'000, std::nullopt});
  out.may_ask["bjz"] = {Category::person, Category::reason, Category::help, Category::safety, Category::plan};
  out.levels = {{"licht", 1}, {"midden", 3}, {"zwaar", 4}};
  out.escalation = {{"teamleider", 0}, {"ketenregisseur", 5}};
  out.coordinator_order = {"cjg", "smw"};
  out.coordinator_under_measure = "bjz";
  return out;
}

/// Signed by as many managers as the threshold asks for.
inline std::string signed_convenant(const Convenant& draft, const std::vector<SigningKeyPair>& managers) {
  std::string note = draft_convenant(draft).value();
  for (std::size_t i = 0; i < draft.threshold; ++i)
    note = countersign_convenant(note, managers[i].secret_key).value();
  return note;
}

}  // namespace knoop::test
