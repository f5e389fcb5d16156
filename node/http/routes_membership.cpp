// Cards, the convenant and the peers: who takes part, and what they are like. No personal data of clients.
#include "node/core/membership_service.h"
#include "node/core/preshared.h"
#include "node/http/api_routes.h"
#include "node/http/fields.h"
#include "node/http/roles.h"
#include "node/http/versions.h"
#include "node/http/views.h"

namespace knoop::http {
namespace {

Result<Reply> import_card(Node&, Context& context, const Request& request) {
  BodyReader body(request.body);
  const std::string note = body.text("note", max_card_bytes);
  KNOOP_TRY(body.finish());
  KNOOP_LET(card, read_card(note));
  // The log first: the membership changes in memory too, so nothing may fail after it.
  audit::AuditEntry entry;
  entry.event = audit::Event::card_installed;
  entry.action = audit::Action::create;
  entry.peer = card.member;
  entry.object = fmt::format("card {} {}", card.id, card.number);
  KNOOP_TRY(context.audit(std::move(entry)));
  KNOOP_LET(installed, context.membership().install_card(context.tx, note, context.now));
  return Reply{201, card_json(installed)};
}

Result<Reply> list_cards(Node&, Context& context, const Request&) {
  Json cards = Json::array();
  if (const auto& own = context.membership().own_card()) cards.push_back(card_json(*own));
  for (const MemberId& id : context.membership().peers())
    cards.push_back(card_json(*context.membership().card(id)));
  return Reply{200, {{"cards", std::move(cards)}}};
}

Result<Reply> show_card(Node&, Context& context, const Request& request) {
  const Membership& membership = context.membership();
  const std::string& id = request.param("id");
  const auto& own = membership.own_card();
  const Card* card = own && (id == "own" || id == own->id) ? &*own : nullptr;
  if (const auto member = membership.by_slug(id); card == nullptr && member) card = membership.card(*member);
  if (card == nullptr)
    return fail(ErrorCode::not_found, Side::user, "no card of a member with that short name is installed");
  KNOOP_LET(note, membership.card_note(context.tx, card->member));
  Json out = card_json(*card);
  out["note"] = note;
  return Reply{200, std::move(out)};
}

Result<Reply> install_convenant(Node&, Context& context, const Request& request) {
  BodyReader body(request.body);
  const std::string note = body.text("note", max_convenant_bytes);
  const bool followed = body.truth_or("followed", false);
  KNOOP_TRY(body.finish());
  KNOOP_LET(judged,
            take_convenant(context, note, std::nullopt, followed ? Expired::taken : Expired::refused));
  Reply reply{201, convenant_json(*context.membership().convenant(), context.membership())};
  // Kept as evidence, and refused all the same.
  if (judged.news == ConvenantNews::second_text)
    reply.refusal =
        Error{ErrorCode::conflict, Side::peer,
              fmt::format("version {} of the convenant is installed already, and with another text: the "
                          "managers signed two. This one is kept as evidence; ask them which one counts",
                          judged.convenant.number)};
  return reply;
}

Result<Reply> show_convenant(Node&, Context& context, const Request&) {
  const auto& convenant = context.membership().convenant();
  if (!convenant)
    return fail(ErrorCode::not_found, Side::user,
                "no convenant is installed yet; `knoop convenant install FILE` does that");
  return Reply{200, convenant_json(*convenant, context.membership())};
}

Result<Reply> list_peers(Node& node, Context& context, const Request&) {
  Json peers = Json::array();
  for (const MemberId& id : context.membership().peers()) {
    KNOOP_LET(state, node.channel().state(context.tx, id));
    peers.push_back(peer_json(context.membership(), id, state));
  }
  for (const FormerMember& former : context.membership().former())
    if (const auto state = node.channel().state(context.tx, former.member))
      peers.push_back(peer_json(context.membership(), former.member, *state));
  return Reply{200, {{"peers", std::move(peers)}}};
}

Result<Reply> show_peer(Node& node, Context& context, const Request& request) {
  KNOOP_LET(id, member_from(context.membership(), request.param("id")));
  const Card* card = context.membership().card_of_former(id);
  if (card == nullptr)
    return fail(ErrorCode::not_found, Side::user,
                "no card of this member is installed; `knoop card import FILE` does that");
  KNOOP_LET(state, node.channel().state(context.tx, id));
  Json out = peer_json(context.membership(), id, state);
  if (state.preshared) out["presharedKeyEtag"] = etag_over(state.preshared->hex());
  out["card"] = card_json(*card);
  Json voided = Json::array();
  KNOOP_TRY(context.tx.each(
      "SELECT type, queued_at, voided_at FROM void_messages WHERE peer = ? ORDER BY id DESC LIMIT 100", id,
      [&](const storage::Row& row) -> Result<void> {
        voided.push_back({{"type", to_string(static_cast<MessageType>(row.get<std::uint16_t>(0)))},
                          {"queuedAt", row.get<Timestamp>(1).iso()},
                          {"voidedAt", row.get<Timestamp>(2).iso()}});
        return {};
      }));
  out["void"] = std::move(voided);
  return Reply{200, std::move(out)};
}

/// The name of the key that there is.
Result<std::optional<std::string>> version_of_preshared(Context& context, const Params& params) {
  KNOOP_LET(id, member_from(context.membership(), params.at("id")));
  const auto key = context.preshared_id(id);
  return key ? std::optional(key->hex()) : std::nullopt;
}

Result<Reply> put_preshared(Node&, Context& context, const Request& request) {
  KNOOP_LET(id, member_from(context.membership(), request.param("id")));
  KNOOP_LET(name, install_preshared(context, id, request.raw));
  return Reply{200, {{"id", context.membership().slug(id)}, {"presharedKey", name.hex()}}};
}

Result<Reply> delete_preshared(Node&, Context& context, const Request& request) {
  KNOOP_LET(id, member_from(context.membership(), request.param("id")));
  KNOOP_TRY(remove_preshared(context, id));
  return Reply{200, {{"id", context.membership().slug(id)}}};
}

}  // namespace

void add_membership_routes(Router& router) {
  router.post("/api/v1/cards", {Role::administrator}, import_card);
  router.get("/api/v1/cards", everybody(), {}, list_cards);
  router.get("/api/v1/cards/{id}", everybody(), {}, show_card);
  router.post("/api/v1/convenants", {Role::administrator}, install_convenant);
  router.get("/api/v1/convenants/current", everybody(), {}, show_convenant);
  router.get("/api/v1/peers", everybody(), {}, list_peers);
  router.get("/api/v1/peers/{id}", everybody(), {}, show_peer);
  router
      .add({"PUT",
            "/api/v1/peers/{id}/preshared-key",
            {Role::administrator},
            {},
            BodyKind::bytes,
            put_preshared})
      .versioned(version_of_preshared);
  router
      .add({"DELETE",
            "/api/v1/peers/{id}/preshared-key",
            {Role::administrator},
            {},
            BodyKind::none,
            delete_preshared})
      .versioned(version_of_preshared);
}

}  // namespace knoop::http
