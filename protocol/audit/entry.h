// One entry of the audit log and the leaf of the Merkle tree that binds it (protocol.md section 6, R8.1).
//
// An event becomes an entry in three steps: a service fills an AuditEntry (what happened, in types); seal() turns it
// into one text value and one fresh salt a field; the leaf hash is the RFC 6962 leaf hash of
//
//   "knoop/v1/audit-entry" ‖ 0x00 ‖ for every field in order of number: number (2 bytes) ‖ commitment (32 bytes)
//
// with commitment = commit("knoop/v1/audit-field", number, salt, value). A field that does not apply has an empty
// value and still its own salt, so that nobody can see which fields were filled.
//
// Who calls: node/core/audit_log (one entry a call, inside the transaction of what it tells), knoop-verify (leaf_hash).
// Values are ours: user names, references, codes. Never a BSN, never fragment text, never a secret. A value that is
// too long or not UTF-8 is refused, and with it the event: no log entry, no disclosure.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "crypto/base/entropy.h"
#include "crypto/base/time.h"
#include "protocol/audit/commitment.h"
#include "protocol/audit/events.h"
#include "protocol/audit/fields.h"
#include "protocol/ids.h"

namespace knoop::audit {

/// Longest value of one field, in bytes: a purpose of a few paragraphs, or some sixty ids of consents.
inline constexpr std::size_t max_value = 2048;

struct AuditEntry {
  Event event{};
  Outcome outcome = Outcome::success;
  std::optional<DecisionId> decision{};
  std::vector<BasisId> bases{};      ///< Consents and grounds; order does not matter.
  std::optional<Hash256> receipt{};  ///< Hash of the signed receipt's bytes.
  std::optional<MemberId> peer{};    ///< The other organisation.
  std::string reference{};           ///< See docs/spec/audit.md: what an erasure or a new log refers to.

  Action action = Action::execute;
  std::string user{};
  std::string responsible{};
  std::string role{};
  std::string client{};  ///< Own client reference, never a name or BSN.
  std::string object{};  ///< "<kind> <id>", such as "fragment 0a1b…".
  std::string purpose{};
  std::string authorisation{};
  std::string consent_profile{};
  bool emergency = false;
  std::string source{};
  std::string detail{};
};

/// A value with the salt of its commitment: what opens it.
struct Opening {
  Salt salt;
  std::string value;
  friend bool operator==(const Opening&, const Opening&) = default;
};

/// An entry as the database keeps it: every field open.
struct SealedEntry {
  std::uint64_t index = 0;
  Timestamp time;
  Event event{};
  std::array<Opening, field_count> fields;  ///< In the order of all_fields.
  Hash256 leaf;

  [[nodiscard]] const std::string& value(Field field) const { return fields[slot(field)].value; }
};

[[nodiscard]] Hash256 commitment_of(Field field, const Opening& opening);
/// The RFC 6962 leaf hash over the commitments, in the order of all_fields.
[[nodiscard]] Hash256 leaf_hash_of(const std::array<Hash256, field_count>& commitments);

/// Draws the salts and computes the leaf. Fails (ours) when a value is over max_value or not UTF-8.
[[nodiscard]] Result<SealedEntry> seal(std::uint64_t index, Timestamp time, const AuditEntry& entry,
                                       Entropy& entropy);

/// Ids as the `basis` field holds them: sorted, without repeats, joined by commas.
[[nodiscard]] std::string join_bases(std::vector<BasisId> bases);
/// The reverse; an error when the text is not exactly what join_bases writes.
[[nodiscard]] Result<std::vector<BasisId>> split_bases(std::string_view text);

}  // namespace knoop::audit
