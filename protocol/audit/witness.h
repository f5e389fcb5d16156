// When a head of a log is *witnessed* (R8.2, protocol.md section 6): more than (w + f) / 2 of the log's w witnesses, of whom
// f may be faulty, cosigned it. Two such majorities share more than f witnesses, so at least one honest one, who never
// cosigns two heads that contradict each other: no log has two witnessed histories.
//
// Pure, and all that an auditor needs besides the head itself: who the witnesses are, config/witnesses.h reads from
// convenant and cards. The writer of the log is the suspect; so is whoever hands its heads on. What counts is what is signed.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "crypto/base/time.h"
#include "crypto/checkpoint.h"
#include "crypto/cosignature.h"
#include "protocol/audit/origin.h"

namespace knoop::audit {

/// The name with which a member's witness key cosigns: its id in hexadecimal digits.
[[nodiscard]] std::string witness_name(const MemberId& member);

struct Witness {
  MemberId member;
  SigningPublicKey key;  ///< The witness key of its card, which signs nothing else.
  [[nodiscard]] CosignatureKey cosignature_key() const { return {witness_name(member), key}; }
  friend bool operator==(const Witness&, const Witness&) = default;
};

/// Who watches one log. No witnesses: the convenant names none for it, and no head of it is ever witnessed.
struct WitnessRule {
  /// With a key that is known here; who checks old heads may know several of one member, which counts once.
  std::vector<Witness> witnesses;
  std::size_t named = 0;      ///< w: all that the convenant names, also those whose key is not known here.
  std::size_t tolerated = 0;  ///< f

  [[nodiscard]] bool exists() const { return named > 0; }
  /// The least number that is more than (w + f) / 2.
  [[nodiscard]] std::size_t quorum() const { return (named + tolerated) / 2 + 1; }
  [[nodiscard]] const Witness* find(const MemberId& member) const;
};

/// A head whose owner's signature was checked.
struct SignedHead {
  LogOrigin origin;
  Checkpoint checkpoint;
  Note note;
};
/// A note with a checkpoint of a log, signed by the log's owner with this key (the signing key of its card). Errors:
/// those of form, bad_signature.
[[nodiscard]] Result<SignedHead> read_head(std::string_view note, const SigningPublicKey& owner);
/// The same, for who must look into the note to know whose key it is: not trusted until read_head says so.
[[nodiscard]] Result<LogOrigin> claimed_origin(std::string_view note);

struct WitnessedBy {
  MemberId member;
  Timestamp at;
  Cosignature cosignature;
};
struct Witnessed {
  std::vector<WitnessedBy> by;  ///< Valid cosignatures of distinct witnesses of the rule.
  bool enough = false;          ///< More than (w + f) / 2.
  /// When it was: the moment since which `enough` of them had cosigned. Absent when they are not enough.
  std::optional<Timestamp> at;
};
[[nodiscard]] Witnessed witnessed(const Note& head, const WitnessRule& rule);
/// The head with its owner's signature and these cosignatures and nothing else: what is kept of a stranger's note.
[[nodiscard]] Note cosigned_note(const SignedHead& head, std::span<const WitnessedBy> by,
                                 const WitnessRule& rule);

/// More would not fit Hello beside the rest, and no set needs them: a checkpoint with its owner's signature and 16
/// cosignatures takes less than 4,096 bytes.
inline constexpr std::size_t max_cosignatures = 16;
inline constexpr std::size_t max_head_bytes = 4096;

}  // namespace knoop::audit
