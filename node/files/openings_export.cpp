#include "node/files/openings_export.h"

#include <nlohmann/json.hpp>

namespace knoop {
namespace {

// Ordered, so that every file has its columns in one order for whoever reads it by eye.
using Json = nlohmann::ordered_json;

}  // namespace

std::string openings_head_line(const OpeningsExport& exported) {
  return Json{{"format", "knoop/openings/v1"},
              {"network", exported.network.hex()},
              {"registrant", exported.registrant.hex()},
              {"peer", exported.peer.hex()},
              {"sample", exported.sample},
              {"card", exported.card},
              {"peer_card", exported.peer_card},
              {"statement", to_hex(exported.statement)},
              {"peer_statement", to_hex(exported.peer_statement)},
              {"context", to_hex(exported.context)}}
             .dump() +
         "\n";
}

std::string opening_line(const storage::StoredOpening& stored) {
  Json hashes = Json::array();
  for (const Hash256& hash : stored.path) hashes.push_back(hash.hex());
  return Json{{"handle", stored.opening.handle},
              {"sealed", to_hex(stored.opening.sealed)},
              {"path", std::move(hashes)}}
             .dump() +
         "\n";
}

}  // namespace knoop
