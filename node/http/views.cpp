#include "node/http/views.h"

#include <algorithm>

#include "protocol/channel/fingerprint.h"

namespace knoop::http {

Json card_json(const Card& card) {
  const Fingerprint spoken = fingerprint(FingerprintOf::organisation, card.member.view());
  Json out{{"id", card.id},
           {"name", card.name},
           {"kind", card.kind},
           {"number", card.number},
           {"organisationKey", card.member.hex()},
           {"fingerprint", {{"words", spoken.words}, {"digits", spoken.digits}}},
           {"area", card.area},
           {"capabilities", card.capabilities},
           {"contact",
            {{"name", card.contact.name},
             {"function", card.contact.function},
             {"phone", card.contact.phone},
             {"email", card.contact.email}}},
           {"endpoints", card.endpoints},
           {"dialsOutOnly", card.endpoints.empty()},
           {"validFrom", card.valid_from.iso()},
           {"validUntil", card.valid_until.iso()},
           {"keys",
            {{"signing", card.signing_key.hex()},
             {"witness", card.witness_key.hex()},
             {"sealing", card.sealing_key.hex()},
             {"transport", card.transport_key.hex()}}}};
  if (card.oin) out["oin"] = *card.oin;
  if (card.kvk) out["kvk"] = *card.kvk;
  if (card.compromised_since) out["compromisedSince"] = card.compromised_since->iso();
  return out;
}

Json convenant_json(const Convenant& convenant, const Membership& membership) {
  Json members = Json::array();
  for (const ConvenantMember& member : convenant.members)
    members.push_back({{"id", member.id},
                       {"kind", member.kind},
                       {"organisationKey", member.member.hex()},
                       {"cardInstalled", (membership.own_card() && membership.self() == member.member) ||
                                             membership.card(member.member) != nullptr}});
  Json managers = Json::array();
  for (const ConvenantManager& manager : convenant.managers)
    managers.push_back({{"name", manager.name}, {"key", manager.key.hex()}});
  return {{"network", membership.network().hex()},
          {"number", convenant.number},
          {"name", convenant.name},
          {"validFrom", convenant.valid_from.iso()},
          {"expires", convenant.expires.iso()},
          {"threshold", convenant.threshold},
          {"managers", managers},
          {"members", members},
          {"familyMatching", convenant.family_matching},
          {"addressAlone", convenant.address_alone},
          {"minimumProtocol", convenant.minimum_protocol},
          {"twoTexts", membership.frozen()}};
}

Json standing_json(const LogStanding& standing) {
  Json out{{"watched", standing.watched},
           {"witnesses", standing.rule.named},
           {"quorum", standing.watched ? standing.rule.quorum() : 0},
           {"witnessedSize", standing.witnessed_size},
           {"witnessedAt", standing.witnessed_at ? Json(standing.witnessed_at->iso()) : Json()},
           {"state", to_string(standing.late)},
           {"discloses", standing.discloses()},
           {"fresh", standing.fresh},
           {"setBack", standing.lost.has_value()}};
  if (standing.unwitnessed_since) {
    out["unwitnessedSince"] = standing.unwitnessed_since->iso();
    if (standing.watched) out["stopsAt"] = (*standing.unwitnessed_since + standing.bound).iso();
  }
  return out;
}

Json peer_json(const Membership& membership, const MemberId& id, const PeerState& state) {
  Json out{{"id", membership.slug(id)}, {"connected", state.connected},      {"ready", state.ready},
           {"queued", state.queued},    {"deadLetters", state.dead_letters}, {"voided", state.voided}};
  if (state.former) {
    const auto former = std::ranges::find(membership.former(), id, &FormerMember::member);
    if (former != membership.former().end())
      out["former"] = {{"since", former->since.iso()}, {"by", former->number}};
  }
  if (state.convenant) out["convenant"] = *state.convenant;
  if (const Card* card = membership.card_of_former(id)) {
    out["name"] = card->name;
    out["kind"] = card->kind;
  }
  if (state.last_heard) out["lastHeard"] = state.last_heard->iso();
  if (state.preshared) out["presharedKey"] = state.preshared->hex();
  if (state.clock_ahead) out["clockAheadSeconds"] = state.clock_ahead->count() / 1000;
  if (state.trouble)
    out["trouble"] = {{"code", to_string(state.trouble->code)},
                      {"side", to_string(state.trouble->side)},
                      {"detail", state.trouble->sentence}};
  return out;
}

}  // namespace knoop::http
