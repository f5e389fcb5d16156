#include "tools/knoop-verify/openings_file.h"

#include "tools/knoop-verify/json_line.h"

namespace knoop::verifier {
namespace {

Result<Bytes> bytes_of(const Json& object, std::string_view key) {
  KNOOP_LET(digits, text_of(object, key));
  return from_hex(digits);
}

}  // namespace

Result<OpeningsHead> parse_openings_head(std::string_view line) {
  KNOOP_LET(json, parse_line(line));
  KNOOP_TRY(expect_keys(json, {"format", "network", "registrant", "peer", "sample", "card", "peer_card",
                               "statement", "peer_statement", "context"}));
  KNOOP_LET(format, text_of(json, "format"));
  if (format != "knoop/openings/v1")
    return fail(ErrorCode::unknown_version, Side::peer, "this is no file of openings of a known version");
  OpeningsHead out;
  KNOOP_LET(network, hex_of<NetworkId>(json, "network"));
  KNOOP_LET(registrant, hex_of<MemberId>(json, "registrant"));
  KNOOP_LET(peer, hex_of<MemberId>(json, "peer"));
  KNOOP_LET(own_bytes, bytes_of(json, "statement"));
  KNOOP_LET(own, decode<matching::EpochStatement>(own_bytes));
  KNOOP_LET(peers_bytes, bytes_of(json, "peer_statement"));
  KNOOP_LET(peers, decode<matching::EpochStatement>(peers_bytes));
  if (!json.at("sample").is_number_unsigned() || json.at("sample").get<std::uint64_t>() > UINT32_MAX)
    return malformed("\"sample\" must be a number from 0");
  out.audit = {network, registrant, peer, own, peers, json.at("sample").get<std::uint32_t>()};
  KNOOP_LET(context, bytes_of(json, "context"));
  KNOOP_LET(card, text_of(json, "card"));
  KNOOP_LET(peer_card, text_of(json, "peer_card"));
  out.context = std::move(context);
  out.card = std::move(card);
  out.peer_card = std::move(peer_card);
  return out;
}

Result<OpeningLine> parse_opening_line(std::string_view text) {
  KNOOP_LET(json, parse_line(text));
  KNOOP_TRY(expect_keys(json, {"handle", "sealed", "path"}));
  if (!json.at("handle").is_number_unsigned()) return malformed("\"handle\" must be a number from 1");
  OpeningLine out;
  out.handle = json.at("handle").get<matching::Handle>();
  KNOOP_LET(sealed, bytes_of(json, "sealed"));
  out.sealed = std::move(sealed);
  const Json& path = json.at("path");
  if (!path.is_array() || path.size() > 64) return malformed("\"path\" must be a list of at most 64 hashes");
  for (const Json& each : path) {
    if (!each.is_string()) return malformed("\"path\" must be a list of hashes");
    KNOOP_LET(hash, Hash256::from_hex(each.get<std::string>()));
    out.path.push_back(hash);
  }
  return out;
}

}  // namespace knoop::verifier
