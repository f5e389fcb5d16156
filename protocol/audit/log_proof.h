// The proof that an entry stands in a log, as a text of its own (C2SP tlog-proof):
//
//   c2sp.org/tlog-proof@v1
//   extra <leaf hash of the entry, base64>
//   index <decimal>
//   <hash, base64>                          the inclusion proof of RFC 6962, from the leaf to the root; none or more
//   <empty line>
//   <signed checkpoint>                     with the cosignatures of witnesses
//
// Whoever holds it can show, without the node, that the log had this entry at this place before that head was witnessed,
// and that it can never be taken out unseen. It shows nothing of the entry: what a leaf says, its openings say
// (commitment.h). The text may come from anybody; the log's owner is the suspect.
#pragma once

#include <string>

#include "crypto/merkle.h"
#include "protocol/audit/witness.h"

namespace knoop::audit {

struct LogProof {
  Hash256 leaf;
  std::uint64_t index = 0;
  MerkleProof path;
  std::string head;  ///< The note.

  [[nodiscard]] std::string text() const;
  /// Exactly what text() writes. Nothing is trusted yet.
  [[nodiscard]] static Result<LogProof> parse(std::string_view text);
  friend bool operator==(const LogProof&, const LogProof&) = default;
};

inline constexpr std::size_t max_log_proof_bytes = 8192;
inline constexpr std::string_view log_proof_first_line = "c2sp.org/tlog-proof@v1\n";

struct ProvenEntry {
  SignedHead head;
  Witnessed witnessed;  ///< May be too few: whoever asks decides what that means.
};
/// The head is signed with the owner's key and its tree has this leaf at this index. Errors: those of form,
/// bad_signature, bad_proof.
[[nodiscard]] Result<ProvenEntry> check_log_proof(const LogProof& proof, const SigningPublicKey& owner,
                                                  const WitnessRule& rule);

}  // namespace knoop::audit
