// `knoop-verify openings`: the auditor's work on one file of sealed openings (protocol/matching/openings.h has the rules,
// docs/spec/openings.md the format), at the registrant's, without a node and without a network.
//
// The file comes from the organisation that is checked. Trust begins with the convenant: it names the two members (whose
// cards check the statements), the auditor's key and the size of the sample. Everything that does not fit is a finding, and
// a handle that is drawn and not opened is one too. What no program can check is whether the record exists in the register
// of cases: the auditor looks each reference up there, and says which were not found.
//
// What is opened is personal data: it goes to the file that the auditor names, to nothing else.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "config/convenant.h"
#include "crypto/x25519.h"
#include "protocol/matching/openings.h"

namespace knoop::verifier {

struct OpeningsRequest {
  std::filesystem::path file;
  std::vector<std::filesystem::path> convenants;  ///< Every version in order; the last is in force.
  std::vector<SealingKeyPair> keys;  ///< The auditor's; an older one opens what was sealed to it.
};

struct OpeningFinding {
  std::optional<matching::Handle> handle;
  Error error;
};

struct OpeningsReport {
  NetworkId network;
  std::string registrant;  ///< Short names, as the convenant has them.
  std::string peer;
  ConvenantAuditor auditor;
  matching::Epoch epoch = 0;
  std::uint64_t handles = 0;  ///< That the registrant registered with the peer in this epoch.
  std::uint64_t drawn = 0;
  std::vector<matching::Opening> opened;  ///< By handle.
  std::vector<OpeningFinding> findings;

  [[nodiscard]] std::size_t dummies() const;
  [[nodiscard]] bool accepted() const { return findings.empty(); }
};

/// Fails when there is nothing to judge: an unreadable file or convenant, no auditor named.
[[nodiscard]] Result<OpeningsReport> verify_openings(const OpeningsRequest& request);

/// What the auditor publishes: counts and nothing personal, ready to be signed as a note. `not_found`: opened records that
/// the register of cases does not have.
[[nodiscard]] std::string result_text(const OpeningsReport& report, std::uint64_t not_found);

/// "handle;kind;reference;value", for the comparison with the register; dummies are left out.
[[nodiscard]] std::string opened_as_csv(const OpeningsReport& report);

}  // namespace knoop::verifier
