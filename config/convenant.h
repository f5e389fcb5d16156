// The convenant: who takes part in the network and which rules they agreed (R9.1, protocol.md section 1;
// docs/spec/membership.md has the format with an example).
//
// A convenant is a C2SP signed note over TOML whose first line is "# knoop/convenant/v1", signed by at least
// `threshold` of its managers (k of n, k > n/2, counted over distinct keys). Versions are numbered from 1 without a
// gap and each names the SHA-256 of the text of the one before. The network id is the SHA-256 of the text of version
// 1: whoever compares it by voice once, knows which network he joins. Version n+1 needs the signatures that version n
// asks for *and* those that it asks for itself, as TUF roots do, so that no minority takes the network over.
//
// A hostile member can write any text; without the managers' signatures it changes nothing. Two valid texts of one
// number are the managers' doing: the second is refused with `conflict` and shown.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "crypto/base/time.h"
#include "crypto/ed25519.h"
#include "crypto/keys.h"
#include "protocol/category.h"
#include "protocol/terms/agreed.h"

namespace knoop {

inline constexpr std::size_t max_convenant_bytes = 768UL * 1024;
inline constexpr std::string_view convenant_first_line = "# knoop/convenant/v1\n";
/// The name with which a manager signs: its key in hexadecimal digits, so that a note shows who signed.
[[nodiscard]] std::string convenant_signer(const SigningPublicKey& manager);

struct ConvenantMember {
  std::string id;  ///< Short name; the same as on the card.
  MemberId member;
  std::string kind;
  std::uint64_t quota_handles =
      0;  ///< Declared handles, with filling: what it may register a day (protocol.md §3).
  std::optional<MemberId> succeeds;  ///< The organisation key that this one replaces after its loss.
  friend bool operator==(const ConvenantMember&, const ConvenantMember&) = default;
};

struct ConvenantManager {
  std::string name;
  SigningPublicKey key;
  friend bool operator==(const ConvenantManager&, const ConvenantManager&) = default;
};

/// Agreed terms (R5.2, R2.7).
using ConvenantTerms = terms::AgreedTerms;

/// A level of scaling up (R6.5), reached with so many professionals or by hand.
struct ConvenantLevel {
  std::string name;
  std::uint32_t from_professionals = 1;
  friend bool operator==(const ConvenantLevel&, const ConvenantLevel&) = default;
};

/// A step of the escalation ladder (R6.4).
struct EscalationStep {
  std::string role;
  std::uint32_t after_days = 0;  ///< Working days after the step before.
  friend bool operator==(const EscalationStep&, const EscalationStep&) = default;
};

/// Who carries out the opening audit: openings are sealed to one key, signed counts are checked with the other.
struct ConvenantAuditor {
  std::string name;
  SigningPublicKey signing_key;
  SealingPublicKey sealing_key;
  std::uint32_t sample_size = 0;  ///< Handles challenged in one opening audit.
  friend bool operator==(const ConvenantAuditor&, const ConvenantAuditor&) = default;
};

struct WitnessSet {
  std::string member;                  ///< Whose log.
  std::vector<std::string> witnesses;  ///< Short names of the members that cosign its heads.
  std::uint32_t tolerated = 0;         ///< How many of them may be faulty: less than a third.
  friend bool operator==(const WitnessSet&, const WitnessSet&) = default;
};

struct Convenant {
  std::uint32_t number = 1;
  std::optional<Hash256> previous;  ///< SHA-256 of the text of number - 1; absent exactly in number 1.
  std::string name;
  Timestamp valid_from;
  Timestamp expires;  ///< At most 13 months later.
  std::uint32_t threshold = 1;
  std::uint16_t minimum_protocol = 1;
  bool family_matching = true;  ///< R2.5 can be switched off.
  bool address_alone = false;   ///< An address key without a part of the surname.
  std::vector<ConvenantManager> managers;
  std::vector<ConvenantMember> members;
  ConvenantTerms terms;
  std::map<std::string, std::vector<Category>>
      may_ask;                             ///< Kind of organisation → categories; absent kind: none.
  std::vector<ConvenantLevel> levels;      ///< By rising numbers of professionals.
  std::vector<EscalationStep> escalation;  ///< Lowest step first.
  /// Who coordinates when a match arises (R6.1): the first kind of this list among those involved.
  std::vector<std::string> coordinator_order;
  std::optional<std::string>
      coordinator_under_measure;        ///< The kind that must, under an indication or measure.
  std::optional<std::string> backstop;  ///< Short name of the member that takes over for a while (R6.6).
  std::vector<WitnessSet> witness_sets;
  std::optional<ConvenantAuditor> auditor;

  [[nodiscard]] const ConvenantMember* find(const MemberId& member) const;
  [[nodiscard]] bool in_force(Timestamp now) const { return now >= valid_from && now < expires; }
  friend bool operator==(const Convenant&, const Convenant&) = default;
};

/// SHA-256 of the signed text (not of the note: signatures may be added later).
[[nodiscard]] Result<Hash256> convenant_hash(std::string_view note);
[[nodiscard]] Result<NetworkId> network_id(std::string_view first_version);

/// The TOML of a draft, checked; and the note without signatures, for the managers to sign.
[[nodiscard]] Result<std::string> convenant_text(const Convenant& convenant);
[[nodiscard]] Result<std::string> draft_convenant(const Convenant& convenant);
/// Adds one manager's signature to a draft or a partly signed convenant.
[[nodiscard]] Result<std::string> countersign_convenant(std::string_view note,
                                                        const SigningSecretKey& manager);

/// Version 1: checked against the managers that it names itself; trust comes from comparing the network id.
[[nodiscard]] Result<Convenant> check_first_convenant(std::string_view note);
/// Version n+1, against the note of version n that is installed; signatures of the old managers come first.
[[nodiscard]] Result<Convenant> check_next_convenant(std::string_view note, std::string_view installed);

}  // namespace knoop
