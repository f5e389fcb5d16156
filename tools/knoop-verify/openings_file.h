// The lines of a file of sealed openings (docs/spec/openings.md, "The file"), as they come from whoever is to be checked.
// Nothing here judges: that is verify_openings's.
#pragma once

#include <string>

#include "protocol/matching/openings.h"

namespace knoop::verifier {

struct OpeningsHead {
  matching::Audit audit;
  Bytes context;
  std::string card;
  std::string peer_card;
};

struct OpeningLine {
  matching::Handle handle = 0;
  Bytes sealed;
  MerkleProof path;
};

/// The statements in it are decoded, their signatures not checked.
[[nodiscard]] Result<OpeningsHead> parse_openings_head(std::string_view line);
[[nodiscard]] Result<OpeningLine> parse_opening_line(std::string_view line);

}  // namespace knoop::verifier
