// `knoop-verify destruction`: whether a proof of destruction (docs/spec/erasure.md; `knoop subject proof` writes it) holds,
// without a node and without a network: the owner's node signed it, its log has the entry, and each receiver whose card is
// here signed the answer that is told of it. With an export of the log also that the entry tells of this destruction.
//
// What no check shows is that the bytes are gone: who destroyed signed that they are.
#pragma once

#include "protocol/erasure/proof_file.h"
#include "tools/knoop-verify/trust.h"

namespace knoop::verifier {

struct DestructionRequest {
  std::filesystem::path file;
  std::vector<std::filesystem::path> cards;       ///< Of the owner, the receivers and the witnesses.
  std::vector<std::filesystem::path> convenants;  ///< Every version in order.
  std::filesystem::path exported;  ///< Of the owner's log; empty: the entry is not looked into.
};

struct DestructionReport {
  erasure::DestructionRecord record;
  audit::SignedHead head;
  HeadWitnesses witnesses;
  std::string member;
  bool confirmed = false;  ///< By a convenant.
  bool shown = false;      ///< An export has the entry, and it says so.
  struct Recipient {
    std::string name;
    bool checked = false;         ///< Its card is here.
    std::optional<Error> broken;  ///< It did not sign what is told of it.
  };
  std::vector<Recipient> recipients;  ///< In the order of the record.

  /// Receivers that did not answer are told of, and are no reason to refuse.
  [[nodiscard]] bool accepted() const;
};

/// An Error names what does not hold of the owner's own word.
[[nodiscard]] Result<DestructionReport> verify_destruction(const DestructionRequest& request);

}  // namespace knoop::verifier
