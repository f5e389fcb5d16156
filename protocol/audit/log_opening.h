// How a log that is not its member's first one begins, as others are shown it (docs/spec/audit.md "Incarnations"): its first
// entry, and that this entry stands under the newest head. Of the entry what is structural is shown, and the role in which
// it was approved; everything else stays a commitment.
//
// A member that was restored from a backup says with it: my log before ended no earlier than at this head, which I signed; I
// know that I lost what is behind my copy; and my privacy officer approved going on. Whoever knows a larger head of the log
// before, one that was witnessed, knows that entries are being hidden (node/core/incarnations.h).
//
// Pure. A hostile peer can send anything: what is not signed by the log's own member, or not under the head, is an Error.
#pragma once

#include "crypto/merkle.h"
#include "protocol/audit/exported.h"
#include "protocol/audit/incarnation.h"
#include "protocol/audit/witness.h"
#include "protocol/codec/codec.h"

namespace knoop::audit {

/// A field with value and salt, or its commitment alone.
struct ShownField {
  std::optional<Salt> salt;
  std::string value;
  std::optional<Hash256> commitment;

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    archive(self.salt, bounded(self.value, max_value), self.commitment);
  }
  friend bool operator==(const ShownField&, const ShownField&) = default;
};

struct LogOpening {
  std::vector<ShownField> entry;  ///< In the order of all_fields.
  MerkleProof path;               ///< From the first leaf to the root of the head it is shown with.

  static constexpr std::size_t max_path = 64;

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    archive(bounded(self.entry, field_count), bounded(self.path, max_path));
  }
  friend bool operator==(const LogOpening&, const LogOpening&) = default;
};
inline constexpr std::size_t max_opening_bytes = 8192;

/// Of the first entry of an own log.
[[nodiscard]] LogOpening opening_of(const ExportedEntry& first, MerkleProof path);

struct OpenedLog {
  HeadBefore before;  ///< Signed by the log's member.
  std::string role;   ///< In which the opening was approved.
};
/// `newest`: a head of the log that `opening` belongs to, its owner's signature checked (read_head). Errors: those of form,
/// bad_value (not the first entry of a later log), bad_proof (not under this head), bad_signature.
[[nodiscard]] Result<OpenedLog> check_opening(const LogOpening& opening, const SignedHead& newest,
                                              const SigningPublicKey& owner);

}  // namespace knoop::audit
