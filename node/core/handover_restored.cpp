// Hand-overs after a restore of one of the two (docs/spec/handover.md "After a restore", docs/decisions/0017): a restored node's copy may be
// older than what both agreed to, and then no step fits any more. Both copies hold everything that happened, so the side that
// was not restored tells all of it, and the restored node goes on from there; then the restored node tells what it holds as
// afzender, which may never have arrived. Until a hand-over was told no step is taken in it.
//
// What is told to a restored node counts although it says what we did ourselves: we forgot it, and the child must not be without
// anybody. It must still follow the table, is logged, and stands in the hand-over for people to look at. Only who was restored, and only
// until the other side has told all, is told anything: a hostile peer cannot choose the time.
#include <algorithm>

#include "node/core/handover_service.h"
#include "node/core/membership.h"
#include "protocol/handover/guards.h"
#include "protocol/records/calendar.h"
#include "storage/handover_telling_repository.h"
#include "storage/match_repository.h"
#include "storage/records_repository.h"

namespace knoop {
namespace {

using handover::Answer;
using handover::Event;
using handover::HandoverState;
using handover::HandoverTold;
using handover::Party;
using handover::State;
using storage::StoredHandover;
using storage::StoredHappening;

constexpr std::int64_t told_at_once = 20;
constexpr Milliseconds look_again = std::chrono::minutes{1};
/// What ended longer ago nobody acts on any more, also not on an older copy of it.
constexpr std::chrono::days told_for{400};

constexpr std::string_view peer_was_restored =
    "De andere organisatie is hersteld uit een reservekopie. Wat hier staat, is haar opnieuw verteld.";
constexpr std::string_view we_were_restored =
    "Dit knooppunt is hersteld uit een reservekopie. Wat hier ontbrak, is aangevuld door de andere "
    "organisatie; kijk het na.";
constexpr std::string_view look_at_pending =
    "Dit knooppunt is hersteld uit een reservekopie, en van de laatste stap is niet zeker of de andere "
    "organisatie hem kent. Doe "
    "hem zo nodig opnieuw.";
constexpr std::string_view not_known_there =
    "Na een herstel uit een reservekopie kent de andere organisatie deze overdracht niet (meer). Neem "
    "contact op, en doe zo nodig "
    "een nieuwe aanvraag.";

SubjectId subject(const HandoverId& id) {
  SubjectId out;
  std::ranges::copy(id.view(), out.data());
  return out;
}

handover::Flow flow(const StoredHandover& handover) {
  return handover::flow_of(handover.ask.kind);
}

/// Everything that happened, as the afzender told it at the time.
std::vector<HandoverState> told_states(const StoredHandover& handover,
                                       const std::vector<StoredHappening>& happenings) {
  std::vector<HandoverState> out;
  State before = State::draft;
  Party responsible = Party::afzender;
  for (const StoredHappening& one : happenings) {
    const handover::Step step =
        handover::step(flow(handover), before, responsible, one.happening.event, one.happening.by);
    if (step.answer == Answer::moves) responsible = step.responsible;
    out.push_back({handover.id, one.version, one.state, responsible,
                   one.version == 1 ? std::optional(handover.ask) : std::nullopt, one.happening});
    before = one.state;
  }
  return out;
}

/// The copy as it was after this version.
void cut_back(StoredHandover& handover, const std::vector<StoredHappening>& happenings, std::uint32_t to) {
  handover.version = 0;
  handover.state = State::draft;
  handover.responsible = Party::afzender;
  for (const HandoverState& state : told_states(handover, happenings)) {
    if (state.version > to) break;
    handover.version = state.version;
    handover.state = state.state;
    handover.responsible = state.responsible;
  }
}

/// Our client in a hand-over that we do not know any more, or not yet. A match that ended with the restore counts still; a
/// client who was destroyed since does not come back.
Result<std::optional<std::string>> client_of(Context& context, const MemberId& peer,
                                             const handover::Ask& ask) {
  KNOOP_LET(match, storage::find_match(context.tx, ask.match));
  if (!match || match->peer != peer || match->ended_why == storage::MatchEnd::withdrawn)
    return std::optional<std::string>();
  KNOOP_LET(client, storage::find_client(context.tx, match->client_ref));
  if (!client) return std::optional<std::string>();
  return std::optional(match->client_ref);
}

}  // namespace

Result<void> HandoverService::on_restored(Context& context, const MemberId& peer, Restored who) {
  KNOOP_LET(restore, storage::handover_restore(context.tx, peer));
  if (who == Restored::this_node) {
    restore.awaits = true;
  } else {
    restore.owes_end = true;
    KNOOP_TRY(storage::tell_handovers(context.tx, peer));
  }
  context.wake();
  return storage::put_handover_restore(context.tx, peer, restore);
}

Result<void> HandoverService::require_told(Context& context, const StoredHandover& handover) {
  KNOOP_LET(restore, storage::handover_restore(context.tx, handover.peer));
  KNOOP_LET(waits, storage::is_to_be_told(context.tx, handover.id));
  if (!restore.awaits && !waits) return {};
  return fail(ErrorCode::wrong_state, restore.awaits ? Side::ours : Side::peer,
              "{} was restored from a backup, and the two copies of this hand-over are not equal again yet; "
              "they will be "
              "when both nodes are there",
              restore.awaits ? "this node" : "the other organisation's node");
}

/// Some of what is to be told; when to go on.
Result<std::optional<Timestamp>> HandoverService::tell(Context& context) {
  KNOOP_LET(peers, storage::peers_to_tell_handovers(context.tx));
  std::optional<Timestamp> next;
  for (const MemberId& peer : peers) {
    if (!context.reachable(peer)) {
      next = next.value_or(context.now + look_again);
      continue;
    }
    KNOOP_LET(ids, storage::handovers_to_tell(context.tx, peer, told_at_once));
    KNOOP_LET(restore, storage::handover_restore(context.tx, peer));
    for (const HandoverId& id : ids) {
      KNOOP_TRY(storage::handover_is_told(context.tx, id));
      KNOOP_LET(handover, storage::find_handover(context.tx, id));
      if (handover && handover->peer == peer)
        KNOOP_TRY(tell_one(context, *handover, restore.owes_end ? Restored::peer : Restored::this_node));
    }
    if (ids.size() == static_cast<std::size_t>(told_at_once)) {
      next = context.now;
    } else if (restore.owes_end) {
      restore.owes_end = false;
      KNOOP_TRY(storage::put_handover_restore(context.tx, peer, restore));
      KNOOP_TRY(context.send(peer, MessageType::handover_told, std::nullopt,
                             encode(HandoverTold{Party::afzender, std::nullopt, std::nullopt})));
    }
  }
  return next;
}

Result<void> HandoverService::tell_one(Context& context, StoredHandover& handover, Restored who) {
  const bool open = !handover::is_final(handover.state);
  if (!open && handover.changed < context.now - told_for) return {};
  if (handover.party == Party::afzender || who == Restored::peer) {
    KNOOP_LET(happenings, storage::happenings_of(context.tx, handover.id));
    for (HandoverState& state : told_states(handover, happenings))
      KNOOP_TRY(context.send(handover.peer, MessageType::handover_told, subject(handover.id),
                             encode(HandoverTold{handover.party, std::move(state), std::nullopt})));
  }
  if (!open) return {};
  // Answers that were under way are lost with the streams.
  handover.overtaken = 0;
  if (who == Restored::peer) {
    handover.not_taken = peer_was_restored;
    if (handover.pending)
      KNOOP_TRY(context.send(
          handover.peer, MessageType::handover_event, subject(handover.id),
          encode(handover::HandoverEvent{handover.id, handover.state, handover.version, *handover.pending})));
  } else if (handover.pending) {
    handover.pending.reset();
    handover.not_taken = look_at_pending;
  }
  KNOOP_TRY(storage::put_handover(context.tx, handover));
  return log(context, handover, audit::Event::handover_restored, audit::Action::update,
             fmt::format("{} was restored; told {} as {}",
                         who == Restored::peer ? "the other organisation" : "this node",
                         handover::to_string(handover.state), handover::to_string(handover.party)));
}

Result<void> HandoverService::on_told(Context& context, const Received& message) {
  KNOOP_LET(told, decode<HandoverTold>(message.body));
  KNOOP_LET(restore, storage::handover_restore(context.tx, message.from));
  if (told.state && told.unknown)
    return fail(ErrorCode::bad_format, Side::peer, "a hand-over is told, or not known, not both");
  if (told.unknown) return forget(context, message.from, *told.unknown);
  if (!told.state) {
    if (!restore.awaits) return {};
    restore.awaits = false;
    KNOOP_TRY(storage::put_handover_restore(context.tx, message.from, restore));
    context.wake();
    return storage::tell_handovers(context.tx, message.from);
  }
  const HandoverState& state = *told.state;
  if (!state.happening || state.version == 0)
    return fail(ErrorCode::bad_format, Side::peer, "what is told of a hand-over is what happened");
  KNOOP_LET(found, storage::find_handover(context.tx, state.handover));
  if (!found) {
    if (state.version != 1) return {};  // answered when it was told first
    return begin_told(context, message, told, restore.awaits);
  }
  if (found->peer != message.from || found->party == told.teller)
    return fail(ErrorCode::forbidden, Side::peer, "a hand-over that is not the peer's to tell");
  if (restore.awaits) return take_told(context, *found, state, restore.owes_end);
  // It was restored, and as afzender it may hold what never arrived here.
  if (found->party != Party::ontvanger)
    return fail(ErrorCode::forbidden, Side::peer, "an ontvanger told the afzender how the hand-over stands");
  return state.version <= found->version ? Result<void>{} : take_state(context, *found, state);
}

Result<void> HandoverService::begin_told(Context& context, const Received& message, const HandoverTold& told,
                                         bool we_forgot) {
  const HandoverState& state = *told.state;
  if (!state.ask || state.state != State::requested || state.happening->event != Event::request ||
      state.happening->by != Party::afzender)
    return fail(ErrorCode::bad_format, Side::peer, "a hand-over begins with its request");
  if (!we_forgot) {
    if (told.teller != Party::afzender)
      return fail(ErrorCode::forbidden, Side::peer,
                  "an ontvanger told of a hand-over that was never asked for");
    KNOOP_LET(match, storage::find_match(context.tx, state.ask->match));
    // As if it came now; but the match ended with the restore.
    if (match && !match->ended) return begin_as_ontvanger(context, message, state);
  }
  KNOOP_LET(client, client_of(context, message.from, *state.ask));
  if (!client || !we_forgot)
    return context.send(message.from, MessageType::handover_told, subject(state.handover),
                        encode(HandoverTold{handover::other(told.teller), std::nullopt, state.handover}));
  StoredHandover handover;
  handover.id = state.handover;
  handover.party = handover::other(told.teller);
  handover.peer = message.from;
  handover.client_ref = *client;
  handover.ask = *state.ask;
  handover.state = State::draft;
  handover.responsible = Party::afzender;
  handover.created = std::min(state.happening->at, context.now);
  handover.changed = context.now;
  return take_told(context, handover, state, false);
}

/// We were restored: their copy says what both knew.
Result<void> HandoverService::take_told(Context& context, StoredHandover& handover,
                                        const HandoverState& state, bool they_too) {
  if (state.version <= handover.version) {
    KNOOP_LET(happenings, storage::happenings_of(context.tx, handover.id));
    const auto same = std::ranges::find(happenings, state.version, &StoredHappening::version);
    if (same == happenings.end())
      return fail(ErrorCode::conflict, Side::ours, "what happened in a hand-over is not kept here");
    if (same->state == state.state && same->happening == *state.happening) return {};
    // Both forgot: as always the afzender's copy decides.
    if (they_too && handover.party == Party::afzender) return {};
    // Done between the copy and the moment at which we found out; it never reached the other side.
    cut_back(handover, happenings, state.version - 1);
    KNOOP_TRY(storage::forget_happenings(context.tx, handover.id, state.version));
  }
  const auto wrong = [](std::string_view what) {
    return fail(ErrorCode::conflict, Side::peer,
                "what is told of a hand-over {}; the organisations must talk", what);
  };
  if (state.version != handover.version + 1) return wrong("skips what led to it");
  const handover::Happening& happening = *state.happening;
  const handover::Step step =
      handover::step(flow(handover), handover.state, handover.responsible, happening.event, happening.by);
  if (step.answer != Answer::moves || step.next != state.state || step.responsible != state.responsible)
    return wrong("does not follow from the one before");
  if (!handover::check(handover.state, happening, std::min(dutch_day(happening.at), dutch_day(context.now))))
    return wrong("was led to without what that needs");
  if (handover.pending == happening) handover.pending.reset();
  handover.state = state.state;
  handover.version = state.version;
  handover.responsible = state.responsible;
  handover.not_taken = we_were_restored;
  handover.changed = context.now;
  KNOOP_TRY(storage::put_handover(context.tx, handover));
  KNOOP_TRY(storage::add_happening(context.tx, handover.id, {handover.version, handover.state, happening}));
  KNOOP_TRY(put_term(context, handover));
  return log(context, handover, audit::Event::handover_restored, audit::Action::update,
             fmt::format("told by the other organisation: {}, by {}", handover::to_string(handover.state),
                         handover::to_string(happening.by)));
}

/// The other side was restored and does not know this hand-over any more. It ends here, and who still knows bears the
/// responsibility: never nobody.
Result<void> HandoverService::forget(Context& context, const MemberId& from, const HandoverId& id) {
  KNOOP_LET(found, storage::find_handover(context.tx, id));
  KNOOP_LET(asked, storage::was_told(context.tx, from, id));
  if (!found || found->peer != from || !asked)
    return fail(ErrorCode::forbidden, Side::peer, "a hand-over of which this node did not tell the peer");
  if (handover::is_final(found->state)) return {};
  found->state = State::withdrawn;
  if (flow(*found) == handover::Flow::transfer && found->responsible != found->party)
    found->responsible = found->party;
  found->pending.reset();
  found->not_taken = not_known_there;
  found->changed = context.now;
  KNOOP_TRY(storage::put_handover(context.tx, *found));
  KNOOP_TRY(put_term(context, *found));
  return log(context, *found, audit::Event::handover_restored, audit::Action::update,
             "the other organisation was restored and does not know it any more");
}

}  // namespace knoop
