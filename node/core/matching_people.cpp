// What professionals do about a match, and the messages about one match (docs/spec/matching.md section 5).
#include "crypto/hash.h"
#include "node/core/keys.h"
#include "node/core/match_tasks.h"
#include "node/core/matching_matches.h"
#include "node/core/membership.h"

namespace knoop {

using matching::MatchNotice;
using matching::MatchReceipt;
using matching::Verdict;
using storage::StoredMatch;

namespace {

constexpr std::string_view receipt_label = "knoop/v1/match-receipt";

Bytes receipt_statement(const MatchReceipt& receipt) {
  Bytes out = to_bytes(receipt.match.view());
  append_u64(out, receipt.version);
  append(out, receipt.notice.view());
  return out;
}

// Our own row of a live match that a message of its peer names; nothing when we do not hold it now.
Result<std::optional<StoredMatch>> live_match(Context& context, const Received& message,
                                              const matching::MatchId& id) {
  KNOOP_LET(match, storage::find_match(context.tx, id));
  if (!match || match->peer != message.from || match->ended) return std::nullopt;
  return match;
}

Result<StoredMatch> own_match(Context& context, const matching::MatchId& id) {
  KNOOP_LET(match, storage::find_match(context.tx, id));
  if (!match) return fail(ErrorCode::not_found, Side::user, "there is no match {}", id.hex());
  if (match->ended) return fail(ErrorCode::wrong_state, Side::user, "match {} has ended", id.hex());
  return std::move(*match);
}

}  // namespace

// ---- what professionals do

Result<void> MatchingMatches::choose(Context& context, const matching::MatchId& id, storage::Choice choice,
                                     followup::Reason reason) {
  KNOOP_LET(match, own_match(context, id));
  KNOOP_LET(task, match_task(context, match));
  const bool contact = choice == storage::Choice::contact;
  KNOOP_TRY(check_step(context, match, task, contact ? followup::Event::choose : followup::Event::decline));
  // Whoever told the peer that contact is wanted, or need not say so, does not take it back but stops waiting.
  const bool wanted = match.verdict == Verdict::certain || match.own_choice == storage::Choice::contact;
  if (contact ? match.own_choice != choice || task.given_up : !wanted) {
    match.own_choice = choice;
    match.own_choice_at = context.now;
  }
  task.declined = contact ? std::nullopt : std::optional(reason);
  task.given_up = !contact && wanted ? std::optional(context.now) : std::nullopt;
  KNOOP_TRY(context.audit(
      {.event = audit::Event::match_contact_chosen,
       .peer = match.peer,
       .action = audit::Action::update,
       .client = match.client_ref,
       .object = object_of(id),
       .detail = contact ? "contact" : fmt::format("no contact: {}", followup::to_string(reason))}));
  if (contact) {
    // The peer needs our choice also when it made its own: only then does it send its notice.
    KNOOP_TRY(context.send(match.peer, MessageType::match_choice, subject_of(match.claim),
                           encode(matching::MatchChoice{match.id})));
    if (match.peer_choice_at) KNOOP_TRY(send_notice(context, match));
  }
  return keep_match(context, match, std::move(task));
}

Result<void> MatchingMatches::record_outcome(Context& context, const matching::MatchId& id,
                                             matching::Outcome outcome) {
  KNOOP_LET(match, own_match(context, id));
  // Before contact data crossed nobody can know: the table says so.
  KNOOP_LET(task, match_task(context, match));
  KNOOP_TRY(check_step(context, match, task, followup::Event::conclude, outcome));
  match.outcome = outcome;
  match.outcome_at = context.now;
  KNOOP_TRY(context.audit({.event = audit::Event::match_handled,
                           .peer = match.peer,
                           .action = audit::Action::update,
                           .client = match.client_ref,
                           .object = object_of(id),
                           .detail = std::string(matching::to_string(outcome))}));
  KNOOP_TRY(send_outcome(context, match));
  return keep_match(context, match, std::move(task));
}

Result<void> MatchingMatches::send_outcome(Context& context, const StoredMatch& match) {
  return context.send(match.peer, MessageType::match_outcome, subject_of(match.claim),
                      encode(matching::MatchOutcome{match.id, *match.outcome}));
}

// ---- messages about one match

Result<void> MatchingMatches::on_choice(Context& context, const Received& message) {
  KNOOP_LET(choice, decode<matching::MatchChoice>(message.body));
  KNOOP_LET(match, live_match(context, message, choice.match));
  if (!match) return {};
  const bool first = !match->peer_choice_at;
  if (first) match->peer_choice_at = context.now;
  if (match->own_choice == storage::Choice::contact) {
    // They may have lost ours: a match that ended and came back at their side only.
    if (first)
      KNOOP_TRY(context.send(match->peer, MessageType::match_choice, subject_of(match->claim),
                             encode(matching::MatchChoice{match->id})));
    KNOOP_TRY(send_notice(context, *match));
  }
  return keep_match(context, *match);
}

Result<void> MatchingMatches::on_notice(Context& context, const Received& message) {
  KNOOP_LET(notice, decode<MatchNotice>(message.body));
  KNOOP_LET(match, live_match(context, message, notice.match));
  if (!match) return {};
  if (!match->peer_notice || notice.version >= match->peer_notice->version) {
    match->peer_notice = notice;
    match->peer_notice_at = context.now;
    KNOOP_TRY(context.audit({.event = audit::Event::match_notice_received,
                             .peer = match->peer,
                             .action = audit::Action::create,
                             .client = match->client_ref,
                             .object = object_of(match->id),
                             .detail = fmt::format("version {}", notice.version)}));
    KNOOP_TRY(keep_match(context, *match));
  }
  MatchReceipt receipt{notice.match, notice.version, sha256(message.body), {}};
  receipt.signature = sign(context.keys().signing.secret_key, receipt_label, receipt_statement(receipt));
  return context.send(match->peer, MessageType::match_receipt, subject_of(match->claim), encode(receipt));
}

Result<void> MatchingMatches::on_receipt(Context& context, const Received& message) {
  KNOOP_LET(receipt, decode<MatchReceipt>(message.body));
  KNOOP_LET(match, live_match(context, message, receipt.match));
  if (!match || receipt.version != match->notice_version) return {};
  const Card* card = context.membership().card(message.from);
  if (card == nullptr || receipt.notice != match->notice_hash ||
      !verify(card->signing_key, receipt_label, receipt_statement(receipt), receipt.signature))
    return fail(ErrorCode::bad_signature, Side::peer,
                "the peer's receipt of a match notice is not for that notice");
  match->receipt_at = context.now;
  match->receipt = message.body;
  return keep_match(context, *match);
}

Result<void> MatchingMatches::on_outcome(Context& context, const Received& message) {
  KNOOP_LET(told, decode<matching::MatchOutcome>(message.body));
  // Also of a match that ended here a moment ago: what was recorded is kept, and the peer does not say it twice.
  KNOOP_LET(match, storage::find_match(context.tx, told.match));
  if (!match || match->peer != message.from) return {};
  if (match->peer_outcome != told.outcome)
    KNOOP_TRY(context.audit({.event = audit::Event::match_task_changed,
                             .peer = match->peer,
                             .action = audit::Action::update,
                             .client = match->client_ref,
                             .object = object_of(match->id),
                             .detail = "the other organisation recorded an outcome"}));
  match->peer_outcome = told.outcome;
  match->peer_outcome_at = context.now;
  return keep_match(context, *match);
}

}  // namespace knoop
