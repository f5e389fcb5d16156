// After a restore (node/core/incarnations.h): the privacy officer sees what was lost and opens the next log; professionals look
// at the consents that are in doubt since.
#include "node/core/consent_service.h"
#include "node/core/incarnations.h"
#include "node/http/api_routes.h"
#include "node/http/roles.h"

namespace knoop::http {
namespace {

/// Printed with every loss: what nobody asks back yet (docs/spec/audit.md).
constexpr std::string_view stays_lost =
    "What was recorded here or told by others behind the copy stays lost: records, consents, withdrawals, "
    "answers, steps "
    "of hand-overs, messages that others know to have arrived. Ask people and other organisations, and "
    "record it anew.";

Result<Reply> loss(Node&, Context& context, const Request&) {
  KNOOP_LET(lost, what_was_lost(context));
  Json out{{"setBack", lost.set_back}, {"incarnation", lost.incarnation},
           {"size", lost.size},        {"witnesses", lost.witnesses},
           {"quorum", lost.quorum},    {"heard", lost.heard},
           {"clients", lost.clients},  {"loans", lost.loans},
           {"waiting", lost.waiting},  {"staysLost", stays_lost}};
  if (lost.head)
    out["head"] = {{"incarnation", lost.head->incarnation},
                   {"size", lost.head->size},
                   {"root", to_base64(lost.head->root.view())},
                   {"note", lost.head->note}};
  return Reply{200, std::move(out)};
}

Result<Reply> open(Node&, Context& context, const Request& request) {
  constexpr std::uint64_t most = 1'000'000'000'000;
  BodyReader body(request.body);
  const std::uint64_t size = body.number_or("size", most, most);
  const std::string named = body.text("root", 100);
  const std::string reason = body.text("reason", 300);
  KNOOP_TRY(body.finish());
  const auto bytes = from_base64(named);
  const auto root = bytes ? Hash256::from(*bytes) : Result<Hash256>(fail(bytes.error()));
  if (!root) return fail(ErrorCode::bad_value, Side::user, "root must be the root of the head, in base64");
  KNOOP_LET(origin, open_incarnation(context, size, *root, reason));
  return Reply{201, {{"origin", origin.text()}, {"incarnation", origin.incarnation}}};
}

Result<Reply> others(Node&, Context& context, const Request&) {
  KNOOP_LET(all, storage::newest_incarnations(context.tx));
  Json out = Json::array();
  for (const storage::MemberIncarnation& one : all) {
    out.push_back({{"id", context.membership().slug(one.member)},
                   {"incarnation", one.incarnation},
                   {"goesOnFrom", one.size},
                   {"seen", one.seen.iso()},
                   {"state", one.state == storage::IncarnationState::refused    ? "refused"
                             : one.state == storage::IncarnationState::accepted ? "accepted"
                                                                                : "allowed"}});
    if (one.larger) out.back()["hides"] = *one.larger;
  }
  return Reply{200, {{"incarnations", std::move(out)}}};
}

Result<Reply> allow(Node&, Context& context, const Request& request) {
  BodyReader body(request.body);
  const std::string reason = body.text("reason", 300);
  KNOOP_TRY(body.finish());
  const auto member = context.membership().by_slug(request.param("member"));
  if (!member) return fail(ErrorCode::not_found, Side::user, "there is no such member");
  KNOOP_TRY(allow_incarnation(context, *member, reason));
  return Reply{200, {{"id", request.param("member")}, {"state", "allowed"}}};
}

Result<Reply> doubts(Node& node, Context& context, const Request&) {
  KNOOP_LET(clients, node.service<ConsentService>().doubted(context));
  KNOOP_LET(count, storage::count_doubted_clients(context.tx));
  return Reply{200, {{"clients", clients}, {"count", count}}};
}

Result<Reply> confirm(Node& node, Context& context, const Request& request) {
  BodyReader body(request.body);
  const std::string client = body.text("client", 100);
  const std::string how = body.text("how", 300);
  KNOOP_TRY(body.finish());
  KNOOP_LET(count, node.service<ConsentService>().confirm(context, client, how));
  return Reply{200, {{"client", client}, {"confirmed", count}}};
}

}  // namespace

void add_incarnation_routes(Router& router) {
  router.get("/api/v1/audit-incarnation", {Role::privacy_officer}, {}, loss);
  router.post("/api/v1/audit-incarnations", {Role::privacy_officer}, open);
  router.get("/api/v1/member-incarnations", {Role::privacy_officer, Role::administrator, Role::monitor}, {},
             others);
  router.post("/api/v1/member-incarnations/{member}/allowance", {Role::privacy_officer}, allow);
  router.get("/api/v1/consent-doubts", care_and_privacy(), {}, doubts);
  router.post("/api/v1/consent-doubts", care(), confirm);
}

}  // namespace knoop::http
