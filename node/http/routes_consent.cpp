// Consents (R3): recorded, withdrawn, listed. Professionals record what the family said; the privacy officer looks.
#include "node/core/consent_service.h"
#include "node/http/api_routes.h"
#include "node/http/case_views.h"

namespace knoop::http {
namespace {

const std::vector<Role> recorders{Role::professional, Role::team_lead};
const std::vector<Role> readers{Role::professional, Role::team_lead, Role::privacy_officer};

template <typename Table>
auto named(BodyReader& body, const std::string& field, const Table& table, const std::string& otherwise) {
  const auto value = value_in(table, body.text_or(field, otherwise, 60));
  if (!value) body.complain(field, fmt::format("must be one of {}", names_of(table)));
  return value.value_or(table.front().first);
}

consent::Giver read_giver(BodyReader& body, const std::string& capacity) {
  consent::Giver giver;
  if (const auto known = value_in(consent::capacities, capacity))
    giver.capacity = *known;
  else
    body.complain("givers", fmt::format("must hold some of {}", names_of(consent::capacities)));
  giver.who = capacity;
  return giver;
}

Result<Reply> record(Node& node, Context& context, const Request& request) {
  BodyReader body(request.body);
  consent::Consent draft;
  draft.client = body.text("client", 100);
  draft.kind = named(body, "kind", consent::kinds, "sharing");
  draft.answer = named(body, "answer", consent::answers, "yes");
  if (const auto slug = body.optional_text("recipient", 40)) {
    draft.recipient = context.membership().by_slug(*slug);
    if (!draft.recipient) body.complain("recipient", "must be the short name of a member of the convenant");
  }
  if (const auto purpose = body.optional_text("purpose", 60)) {
    draft.purpose = value_in(consent::purposes, *purpose);
    if (!draft.purpose)
      body.complain("purpose", fmt::format("must be one of {}", names_of(consent::purposes)));
  }
  draft.everything = body.truth_or("everything", false);
  draft.categories = read_categories(body, "categories");
  draft.exclusions = read_categories(body, "exclusions");
  draft.once = body.truth_or("once", false);
  draft.from = body.optional_date("from").value_or(Date::of(context.now));
  draft.until = body.optional_date("until");
  draft.way = named(body, "way", consent::ways, "oral");
  draft.text_version = body.text_or("textVersion", "", 50);
  draft.told_withdrawable = body.truth_or("toldWithdrawable", false);
  draft.exception = body.text_or("exception", "", 1000);
  const std::string identity = body.text_or("identity", "", 200);
  const std::string authority = body.text_or("authority", "", 200);
  const Date checked = body.optional_date("checked").value_or(Date::of(context.now));
  for (const std::string& capacity : body.texts("givers", 8, 40)) {
    consent::Giver giver = read_giver(body, capacity);
    giver.identity = identity;
    giver.authority = giver.capacity == consent::Capacity::youth ? "" : authority;
    giver.checked = checked;
    draft.givers.push_back(std::move(giver));
  }
  if (const auto evidence = body.optional_text("evidence", 2 * Hash256::size)) {
    const auto hash = Hash256::from_hex(*evidence);
    if (hash)
      draft.evidence = *hash;
    else
      body.complain("evidence", "must be a SHA-256 hash in hexadecimal");
  }
  KNOOP_TRY(body.finish());
  KNOOP_LET(id, node.service<ConsentService>().record(context, std::move(draft)));
  return Reply{201, {{"id", id.hex()}}};
}

Result<Reply> withdraw(Node& node, Context& context, const Request& request) {
  KNOOP_LET(id, BasisId::from_hex(request.param("id")));
  KNOOP_LET(effect, node.service<ConsentService>().withdraw(context, id));
  return Reply{200, {{"id", id.hex()}, {"cancelled", effect.cancelled}, {"followed", effect.followed}}};
}

Result<Reply> list(Node& node, Context& context, const Request& request) {
  const auto client = request.query_value("client");
  if (!client) return fail(ErrorCode::bad_value, Side::user, "consents are listed of one client: say which");
  KNOOP_LET(consents, node.service<ConsentService>().list(context, *client));
  Json out = Json::array();
  for (const consent::Consent& one : consents) out.push_back(consent_json(context.membership(), one));
  return Reply{200, {{"consents", std::move(out)}}};
}

}  // namespace

void add_consent_routes(Router& router) {
  router.post("/api/v1/consents", recorders, record);
  router.post("/api/v1/consents/{id}/withdrawal", recorders, withdraw);
  router.get("/api/v1/consents", readers, {"client"}, list);
}

}  // namespace knoop::http
