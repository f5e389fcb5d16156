// The card of an organisation: who it is, where its node is reached, and which keys the node uses now
// (protocol.md section 1; docs/spec/membership.md has the format with an example).
//
// A card is a C2SP signed note by the organisation key over TOML whose first line is "# knoop/card/v1". The
// organisation key lives off line, so a stolen node cannot write itself a new card. The number grows with each card;
// the highest valid one counts.
//
// The name of the signer is the organisation key in hexadecimal digits, so that the signature line alone tells which
// key must have signed, and the signature is checked before a byte of the TOML is parsed, also of a stranger's card.
// Read that with read_card (the key is learnt from it: compare the fingerprint by voice), the card of a known member
// with check_card. A hostile member can put any text in its own card; it cannot write another's.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "config/document.h"
#include "crypto/ed25519.h"
#include "crypto/keys.h"

namespace knoop {

inline constexpr std::size_t max_card_bytes = 64UL * 1024;
inline constexpr std::string_view card_first_line = "# knoop/card/v1\n";

struct Contact {
  std::string name;
  std::string function;
  std::string phone;
  std::string email;
  friend bool operator==(const Contact&, const Contact&) = default;
};

struct Card {
  std::string id;  ///< Short name for people who type: a-z, 0-9 and '-', 2 to 40 long.
  std::string name;
  std::string kind;  ///< "bjz", "jgz", "smw", "cjg", …: the convenant decides which may ask what.
  std::uint32_t number = 1;
  MemberId member;                 ///< The organisation key, which is the identity.
  std::optional<std::string> oin;  ///< Organisatie-identificatienummer.
  std::optional<std::string> kvk;  ///< Number in the trade register.
  std::vector<std::string> area;   ///< Gemeente codes, four digits.
  std::vector<std::string> capabilities;
  Contact contact;                     ///< The fixed contact of the organisation.
  std::vector<std::string> endpoints;  ///< "tcp://host:port"; empty: dials out only.
  Timestamp valid_from;
  Timestamp valid_until;
  std::optional<Timestamp> compromised_since;

  SigningPublicKey signing_key;
  SigningPublicKey witness_key;
  SealingPublicKey sealing_key;
  TransportPublicKey transport_key;
  std::optional<TransportPublicKey> next_transport_key;

  [[nodiscard]] bool valid_at(Timestamp now) const { return now >= valid_from && now < valid_until; }
  friend bool operator==(const Card&, const Card&) = default;
};

/// The TOML of a card. Fails (ours) when a field could not be read back.
[[nodiscard]] Result<std::string> card_text(const Card& card);
/// The signed note, ready to hand out. Fails when `key` is not the member's.
[[nodiscard]] Result<std::string> sign_card(const Card& card, const SigningSecretKey& organisation_key);

/// The name with which an organisation key signs its cards.
[[nodiscard]] std::string card_signer(const MemberId& member);

/// The card of a known member: signature first.
[[nodiscard]] Result<Card> check_card(std::string_view note, const MemberId& member);
/// A card of somebody not known yet: the signature of the key that the signature line names, then the card.
[[nodiscard]] Result<Card> read_card(std::string_view note);

}  // namespace knoop
