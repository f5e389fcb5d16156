// `knoop-verify proof`: whether an entry stands in a log (docs/spec/audit.md, C2SP tlog-proof; `knoop audit proof` writes it),
// without a node and without a network. It shows that the entry cannot be taken out unseen, not what it says: for that an
// export with this entry may be given, whose fields must have the leaf that was proven.
#pragma once

#include "protocol/audit/exported.h"
#include "protocol/audit/log_proof.h"
#include "tools/knoop-verify/trust.h"

namespace knoop::verifier {

struct ProofRequest {
  std::filesystem::path file;
  std::vector<std::filesystem::path> cards;       ///< Of the log's member, and of its witnesses.
  std::vector<std::filesystem::path> convenants;  ///< Every version in order.
  std::filesystem::path exported;                 ///< Empty: the entry is not shown.
};

struct ProofReport {
  audit::LogProof proof;
  audit::SignedHead head;
  HeadWitnesses witnesses;
  std::string member;
  bool confirmed = false;  ///< By a convenant.
  std::optional<audit::ExportedEntry> entry;

  [[nodiscard]] bool accepted() const { return witnesses.accepted(); }
};

/// An Error names what does not hold. Too few witnesses are no Error: the report says how many there were.
[[nodiscard]] Result<ProofReport> verify_proof(const ProofRequest& request);

/// The entry of this number in an exported log of this origin, whose fields give this leaf.
[[nodiscard]] Result<audit::ExportedEntry> entry_in_export(const std::filesystem::path& path,
                                                           const audit::LogOrigin& log, std::uint64_t index,
                                                           const Hash256& leaf);

}  // namespace knoop::verifier
