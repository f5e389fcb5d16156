#include "node/core/client_views.h"

#include <algorithm>

#include "node/core/handover_service.h"
#include "protocol/records/calendar.h"
#include "storage/consent_repository.h"
#include "storage/match_repository.h"
#include "storage/records_repository.h"
#include "storage/responsible_repository.h"

namespace knoop {
namespace {

using handover::Party;
using storage::StoredHandover;
using storage::StoredMatch;

std::string_view how(matching::Verdict verdict) {
  switch (verdict) {
    case matching::Verdict::certain:
      return "match";
    case matching::Verdict::possible:
      return "mogelijke match";
    case matching::Verdict::family:
      return "gezinsmatch";
    default:
      return "";
  }
}

bool said_somebody_else(const StoredMatch& match) {
  return match.outcome == matching::Outcome::someone_else;
}

/// Members to whom a consent or ground of this client speaks for today.
Result<std::vector<MemberId>> permitted(Context& context, const std::string& ref) {
  const Date today = dutch_day(context.now);
  std::vector<MemberId> out;
  KNOOP_LET(consents, storage::consents_of(context.tx, ref));
  for (const consent::Consent& one : consents) {
    const bool opens = one.kind == consent::Kind::sharing &&
                       (one.answer == consent::Answer::yes || one.answer == consent::Answer::partly);
    const bool holds = !one.withdrawn_at && !(one.once && one.used_at) && one.from <= today &&
                       (!one.until || *one.until >= today);
    const bool replaced = std::ranges::any_of(consents, [&](const consent::Consent& later) {
      return std::ranges::find(later.replaces, one.id) != later.replaces.end();
    });
    if (opens && holds && !replaced && !one.releaser && one.recipient) out.push_back(*one.recipient);
  }
  KNOOP_LET(grounds, storage::grounds_of(context.tx, ref));
  for (const consent::Ground& one : grounds)
    if (!one.ended_at && one.until >= today) out.push_back(one.recipient);
  return out;
}

/// Refused, taken back or never sent: nobody else knows of it, or it came to nothing.
bool tells_of_other(const StoredHandover& one) {
  return one.version > 0 && one.state != handover::State::withdrawn && one.state != handover::State::refused;
}

Result<std::optional<Coordinates>> coordinator(Context& context,
                                               const std::vector<StoredHandover>& handovers) {
  for (const StoredHandover& one : handovers) {  // last changed first
    if (!tells_of_other(one) || handover::flow_of(one.ask.kind) != handover::Flow::transfer) continue;
    const Party bears = bearer(one);
    Coordinates out{std::nullopt, "", one.id, std::string(handover::to_string(one.state))};
    if (bears == one.party) {
      KNOOP_LET(responsible, storage::find_responsible(context.tx, storage::Duty::handover,
                                                       *storage::DutyId::from(one.id.view())));
      if (responsible) out.professional = responsible->professional;
      return std::optional(std::move(out));
    }
    out.peer = one.peer;
    KNOOP_LET(happenings, storage::happenings_of(context.tx, one.id));
    for (const storage::StoredHappening& each : happenings)
      if (each.happening.by == bears) out.professional = each.happening.who;
    return std::optional(std::move(out));
  }
  return std::optional<Coordinates>{};
}

}  // namespace

Result<ClientViews> client_views(Context& context, const std::string& ref, std::string_view purpose) {
  KNOOP_LET(client, storage::find_client(context.tx, ref));
  if (!client) return fail(ErrorCode::not_found, Side::user, "there is no client with this reference");
  const Date today = dutch_day(context.now);
  KNOOP_LET(sharing, permitted(context, ref));
  const auto may = [&](const MemberId& peer) { return std::ranges::find(sharing, peer) != sharing.end(); };

  ClientViews out;
  KNOOP_LET(involvements, storage::involvements_of(context.tx, client->id));
  for (const storage::StoredInvolvement& stored : involvements) {
    const records::Involvement& one = stored.involvement;
    if (one.active(today))
      out.signalled.push_back({std::nullopt, one.kind, one.professional, one.from, one.until});
  }
  KNOOP_LET(matches, storage::matches_of_client(context.tx, client->id));
  for (const StoredMatch& match : matches) {
    if (match.ended || said_somebody_else(match) || how(match.verdict).empty()) continue;
    const bool family = match.outcome == matching::Outcome::family;
    out.where.push_back({match.peer, std::string(how(family ? matching::Verdict::family : match.verdict)),
                         match.id.hex(), dutch_day(match.found), match.peer_notice.has_value(),
                         may(match.peer), ""});
    if (!match.peer_notice) continue;
    for (const matching::Contact& contact : match.peer_notice->contacts)
      out.signalled.push_back({match.peer,
                               std::nullopt,
                               {contact.name, contact.function, contact.phone, contact.email},
                               contact.since,
                               std::nullopt});
  }
  KNOOP_LET(handovers, storage::list_handovers(context.tx, {.client_ref = ref}));
  for (const StoredHandover& one : handovers)
    if (tells_of_other(one))
      out.where.push_back({one.peer, std::string(handover::to_string(one.ask.kind)), one.id.hex(),
                           dutch_day(one.created), true, may(one.peer),
                           std::string(handover::to_string(one.state))});
  KNOOP_LET(coordinates, coordinator(context, handovers));
  out.coordinates = std::move(coordinates);
  KNOOP_TRY(context.audit(
      {.event = audit::Event::views_read,
       .action = audit::Action::read,
       .client = ref,
       .purpose = std::string(purpose),
       .detail = fmt::format("{} places, {} involved", out.where.size(), out.signalled.size())}));
  return out;
}

}  // namespace knoop
