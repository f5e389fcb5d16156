// The lines of a file of sealed openings (docs/spec/openings.md), as `knoop-verify openings` reads them. Each ends in a
// newline. Nothing in it can be read without the auditor's key but numbers, keys and signatures.
#pragma once

#include <string>

#include "crypto/merkle.h"
#include "protocol/matching/openings.h"

namespace knoop {

struct OpeningsHead {
  NetworkId network;
  MemberId registrant;
  MemberId peer;
  std::uint32_t sample = 0;
  std::string card;       ///< The registrant's, a signed note.
  std::string peer_card;  ///< Of the time of the peer's statement.
  Bytes statement;        ///< The registrant's EpochStatement.
  Bytes peer_statement;
  Bytes context;  ///< The pair context, sealed to the auditor.
};

[[nodiscard]] std::string openings_head_line(const OpeningsHead& head);
[[nodiscard]] std::string opening_line(const matching::SealedOpening& opening, const MerkleProof& path);

}  // namespace knoop
