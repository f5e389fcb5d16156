#include "node/files/openings_export.h"

#include <nlohmann/json.hpp>

namespace knoop {
namespace {

// Ordered, so that every file has its columns in one order for whoever reads it by eye.
using Json = nlohmann::ordered_json;

}  // namespace

std::string openings_head_line(const OpeningsHead& head) {
  return Json{{"format", "knoop/openings/v1"},
              {"network", head.network.hex()},
              {"registrant", head.registrant.hex()},
              {"peer", head.peer.hex()},
              {"sample", head.sample},
              {"card", head.card},
              {"peer_card", head.peer_card},
              {"statement", to_hex(head.statement)},
              {"peer_statement", to_hex(head.peer_statement)},
              {"context", to_hex(head.context)}}
             .dump() +
         "\n";
}

std::string opening_line(const matching::SealedOpening& opening, const MerkleProof& path) {
  Json hashes = Json::array();
  for (const Hash256& hash : path) hashes.push_back(hash.hex());
  return Json{{"handle", opening.handle}, {"sealed", to_hex(opening.sealed)}, {"path", std::move(hashes)}}
             .dump() +
         "\n";
}

}  // namespace knoop
