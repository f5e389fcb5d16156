// GET /api/v1/status: whether the node can exchange with the peers it should, without any personal data.
#include <algorithm>

#include "node/core/consent_service.h"
#include "node/core/destruction_service.h"
#include "node/core/exchange_service.h"
#include "node/core/hints.h"
#include "node/core/incarnations.h"
#include "node/core/matching_service.h"
#include "node/core/membership_service.h"
#include "node/core/subject_requests.h"
#include "node/core/witnessing.h"
#include "node/http/api_routes.h"
#include "node/http/roles.h"
#include "node/http/views.h"

namespace knoop::http {
namespace {

/// Counts only. `idle`: nothing to register, evaluate, prove, claim or answer, with any member; and every member was
/// heard since start, because one that was not may still have work for us.
Result<Json> matching(Node& node, Context& context, bool all_heard) {
  auto& service = node.service<MatchingService>();
  KNOOP_LET(pairs, service.status(context));
  KNOOP_LET(counts, service.counts(context));
  KNOOP_LET(idle, service.idle(context));
  std::uint64_t registered = 0;
  std::uint64_t evaluated = 0;
  std::int64_t outstanding = 0;
  Json peers = Json::array();
  for (const MatchingStatus& pair : pairs) {
    registered += pair.registered;
    evaluated += pair.received;
    outstanding += pair.queued + (pair.outstanding ? 1 : 0) + pair.withdrawals;
    Json peer{{"id", context.membership().slug(pair.peer)},
              {"epoch", pair.epoch},
              {"open", pair.open},
              {"registered", pair.registered},
              {"evaluated", pair.received},
              {"queued", pair.queued},
              {"withdrawals", pair.withdrawals}};
    if (pair.not_before) peer["notBefore"] = pair.not_before->iso();
    if (pair.overdue_since) peer["overdueSince"] = pair.overdue_since->iso();
    if (pair.owing_since) peer["owingSince"] = pair.owing_since->iso();
    if (!pair.hints.empty()) {
      Json hints = Json::array();
      for (const auto& [day, hint] : pair.hints)
        hints.push_back({{"day", day.iso()}, {"hint", matching::to_string(hint)}});
      peer["hints"] = std::move(hints);
    }
    if (pair.ending) peer["ending"] = {{"epoch", *pair.ending}, {"incomplete", pair.incomplete}};
    if (pair.disputed_since) peer["disputedSince"] = pair.disputed_since->iso();
    if (pair.trouble) peer["trouble"] = *pair.trouble;
    peers.push_back(std::move(peer));
  }
  return Json{
      {"registered", registered},
      {"evaluated", evaluated},
      {"outstanding", outstanding},
      {"matches", {{"certain", counts.certain}, {"possible", counts.possible}, {"family", counts.family}}},
      {"idle", idle && all_heard},
      {"peers", std::move(peers)}};
}

Result<Reply> status(Node& node, Context& context, const Request&) {
  const Membership& membership = context.membership();
  Json out{{"now", context.now.iso()}};
  if (const auto& card = membership.own_card())
    out["member"] = {{"id", card->id}, {"name", card->name}, {"organisationKey", card->member.hex()}};
  if (const auto& convenant = membership.convenant()) {
    out["network"] = membership.network().hex();
    out["convenant"] = {{"number", convenant->number},
                        {"name", convenant->name},
                        {"expires", convenant->expires.iso()},
                        {"inForce", membership.in_force(context.now)},
                        {"twoTexts", membership.frozen()}};
    if (const auto days = days_to_expiry(membership, context.now)) out["convenant"]["expiresInDays"] = *days;
  } else {
    out["network"] = nullptr;
    out["convenant"] = nullptr;
  }
  out["clock"] = {{"sure", context.clock_sure()}};
  if (const auto& doubt = node.clock_watch().doubt())
    out["clock"].update({{"step", to_string(doubt->step)},
                         {"before", doubt->before.iso()},
                         {"after", doubt->after.iso()},
                         {"clock", context.clock.iso()}});
  Json peers = Json::array();
  bool all_heard = true;
  for (const MemberId& id : membership.peers()) {
    KNOOP_LET(state, node.channel().state(context.tx, id));
    all_heard = all_heard && state.last_heard.has_value();
    peers.push_back(peer_json(membership, id, state));
  }
  for (const FormerMember& former : membership.former())
    if (const auto state = node.channel().state(context.tx, former.member))
      peers.push_back(peer_json(membership, former.member, *state));
  out["peers"] = std::move(peers);
  KNOOP_LET(matching_state, matching(node, context, all_heard));
  out["matching"] = std::move(matching_state);

  KNOOP_LET(tasks, node.service<ConsentService>().tasks(context));
  out["grounds"] = {{"reviews", tasks.reviews},
                    {"lateReviews", tasks.late_reviews},
                    {"toTell", tasks.tellings},
                    {"lateToTell", tasks.late_tellings}};

  KNOOP_LET(doubted, storage::count_doubted_clients(context.tx));
  out["consentDoubts"] = {{"open", doubted}};

  KNOOP_LET(emergencies, node.service<ExchangeService>().emergency_tasks(context));
  out["emergencyReads"] = {{"reviews", emergencies.reviews}, {"lateReviews", emergencies.late_reviews}};

  KNOOP_LET(withdrawals, node.service<ExchangeService>().withdrawals(context, true));
  out["withdrawals"] = {{"open", withdrawals.size()},
                        {"overdue", std::ranges::count(withdrawals, true, &storage::WithdrawalOut::overdue)}};

  KNOOP_LET(destroying, node.service<DestructionService>().counts(context));
  out["destructions"] = {{"toApprove", destroying.asked},
                         {"running", destroying.running},
                         {"unproven", destroying.unproven},
                         {"overdue", destroying.overdue}};
  KNOOP_LET(asked, node.service<SubjectRequestService>().counts(context));
  out["subjectRequests"] = {{"open", asked.open}, {"dueSoon", asked.soon}, {"overdue", asked.overdue}};

  KNOOP_LET(log, node.audit_log().state(context.tx));
  out["log"] = {{"size", log.size}, {"headAt", log.size == 0 ? Json() : Json(log.last_time.iso())}};
  KNOOP_LET(standing, log_standing(context.tx, membership, context.now));
  out["log"].update(standing_json(standing));
  KNOOP_LET(logs, storage::known_logs(context.tx));
  Json suspects = Json::array();
  for (const storage::KnownLog& one : logs)
    if (one.forks + one.rollbacks + one.unproven > 0) suspects.push_back(membership.slug(one.member));
  out["log"]["suspects"] = std::move(suspects);
  constexpr std::size_t many = 1000;
  KNOOP_LET(missing, storage::missing_proofs(context.tx, many));
  out["log"]["missingProofs"] = missing.size();
  KNOOP_LET(hints, storage::count_open_hints(context.tx));
  out["hints"] = {{"open", hints}};
  Json troubles = Json::array();
  for (const Error& error : node.troubles())
    troubles.push_back(
        {{"code", to_string(error.code)}, {"side", to_string(error.side)}, {"detail", error.sentence}});
  out["troubles"] = std::move(troubles);
  return Reply{200, std::move(out)};
}

Result<Reply> confirm_clock(Node&, Context& context, const Request& request) {
  BodyReader body(request.body);
  KNOOP_TRY(body.finish());
  KNOOP_TRY(context.confirm_clock());
  return Reply{200, {{"clock", context.clock.iso()}}};
}

}  // namespace

void add_status_routes(Router& router) {
  router.get("/api/v1/status", everybody(), {}, status);
  router.post("/api/v1/clock/confirm", {Role::administrator}, confirm_clock);
}

}  // namespace knoop::http
