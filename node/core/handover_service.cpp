#include "node/core/handover_service.h"

#include <algorithm>

#include "node/core/aftercare_service.h"
#include "node/core/hints.h"
#include "node/core/leaving.h"
#include "node/core/match_directory.h"
#include "node/core/membership.h"
#include "protocol/fragments/forms.h"
#include "protocol/handover/guards.h"
#include "protocol/records/calendar.h"
#include "storage/handover_telling_repository.h"

namespace knoop {
namespace {

using handover::Event;
using handover::Party;
using handover::State;
using storage::StoredHandover;

constexpr Milliseconds look_again = std::chrono::hours{1};
constexpr Milliseconds look_soon = std::chrono::minutes{1};

SubjectId subject(const HandoverId& id) {
  SubjectId out;
  std::ranges::copy(id.view(), out.data());
  return out;
}

handover::Flow flow(const StoredHandover& handover) {
  return handover::flow_of(handover.ask.kind);
}

ActWords words_of(std::string who, std::string words) {
  ActWords out;
  out.who = std::move(who);
  out.words = std::move(words);
  return out;
}

handover::Happening happening_of(const Context& context, Event event, Party by, const ActWords& words) {
  return {event,        by,          words.who,         words.words,    words.date,
          words.minute, words.place, words.alternative, words.feedback, context.now};
}

/// Whether the asker took the child over before, by the hand-over that the request follows (guards.h).
Result<bool> took_over(Context& context, const handover::Ask& ask, const MemberId& peer,
                       const std::string& client, Party our_party_then) {
  if (!ask.earlier) return false;
  KNOOP_LET(earlier, storage::find_handover(context.tx, *ask.earlier));
  return earlier && earlier->peer == peer && earlier->client_ref == client &&
         earlier->party == our_party_then;
}

std::string kind_of(const Context& context, const MemberId& member) {
  const ConvenantMember* found = context.membership().member(member);
  return found == nullptr ? "" : found->kind;
}

consent::Purpose purpose_of(handover::Kind kind) {
  switch (kind) {
    case handover::Kind::consult:
    case handover::Kind::bringing_in:
      return consent::Purpose::consult;
    case handover::Kind::aftercare:
      return consent::Purpose::aftercare;
    case handover::Kind::handover:
    case handover::Kind::back_referral:
      break;
  }
  return consent::Purpose::handover;
}

/// From when on fragments may go: once both met, or, for advice, once the other side agreed to give it.
bool may_release(const StoredHandover& handover) {
  if (handover.state == State::conversation_held) return true;
  return flow(handover) == handover::Flow::advice &&
         (handover.state == State::accepted || handover.state == State::conversation_planned);
}

/// The afzender's copy decides, within the table: nobody makes us responsible but we ourselves, and nothing is said to have been
/// done by us that we did not do.
Result<void> check_move(const StoredHandover& ours, const handover::HandoverState& told, Timestamp now) {
  const auto wrong = [](std::string_view what) {
    return fail(ErrorCode::conflict, Side::peer, "the state of a hand-over {}; the organisations must talk",
                what);
  };
  if (told.version != ours.version + 1 || !told.happening) return wrong("skips what led to it");
  const handover::Happening& happening = *told.happening;
  if (happening.by == Party::ontvanger && ours.pending != happening)
    return wrong("rests on something that was not done here");
  const handover::Step step =
      handover::step(flow(ours), ours.state, ours.responsible, happening.event, happening.by);
  if (step.answer != handover::Answer::moves || step.next != told.state ||
      step.responsible != told.responsible)
    return wrong("does not follow from the one before");
  if (!handover::check(ours.state, happening, std::min(dutch_day(happening.at), dutch_day(now))))
    return wrong("was led to without what that needs");
  return {};
}

Error does_not_fit(const StoredHandover& handover, const handover::Step& step, Event event) {
  if (step.answer == handover::Answer::not_by_them)
    return {ErrorCode::forbidden, Side::user,
            fmt::format("'{}' is for the other organisation to do", handover::to_string(event))};
  return {ErrorCode::wrong_state, Side::user,
          fmt::format("'{}' is not possible now: the hand-over is '{}'", handover::to_string(event),
                      handover::to_string(handover.state))};
}

Result<StoredHandover> existing(Context& context, const HandoverId& id) {
  KNOOP_LET(found, storage::find_handover(context.tx, id));
  if (!found) return fail(ErrorCode::not_found, Side::user, "there is no hand-over with this id");
  return std::move(*found);
}

}  // namespace

Party bearer(const StoredHandover& handover) {
  if (!handover.pending) return handover.responsible;
  const handover::Step step = handover::step(flow(handover), handover.state, handover.responsible,
                                             handover.pending->event, Party::ontvanger);
  return step.responsible == Party::ontvanger ? Party::ontvanger : handover.responsible;
}

void HandoverService::register_handlers(Dispatcher& dispatcher) {
  dispatcher.on(MessageType::handover_event, Audience::members,
                [this](Context& context, const Received& message) { return on_event(context, message); });
  dispatcher.on(MessageType::handover_state, Audience::members,
                [this](Context& context, const Received& message) { return on_state(context, message); });
  dispatcher.on(MessageType::handover_told, Audience::members,
                [this](Context& context, const Received& message) { return on_told(context, message); });
}

Result<void> HandoverService::log(Context& context, const StoredHandover& handover, audit::Event event,
                                  audit::Action action, std::string detail, audit::Outcome outcome) {
  audit::AuditEntry entry;
  entry.event = event;
  entry.outcome = outcome;
  entry.action = action;
  entry.peer = handover.peer;
  entry.client = handover.client_ref;
  entry.object = "handover " + handover.id.hex();
  entry.detail = std::move(detail);
  return context.audit(std::move(entry)).map([](std::uint64_t) {});
}

Result<HandoverId> HandoverService::prepare(Context& context, const handover::Ask& ask,
                                            const std::string& who) {
  if (ask.occasion.empty() || ask.goal.empty() || ask.occasion.size() > handover::max_words ||
      ask.goal.size() > handover::max_words)
    return fail(ErrorCode::bad_value, Side::user,
                "a hand-over needs an occasion and a goal of 1 to 1,000 bytes (R4.2)");
  if (ask.categories.empty())
    return fail(ErrorCode::bad_value, Side::user, "a hand-over names at least one category");
  KNOOP_LET(match, usable_match(context, ask.match));
  if (ask.earlier) {
    KNOOP_LET(earlier, storage::find_handover(context.tx, *ask.earlier));
    if (!earlier || earlier->peer != match.peer || earlier->client_ref != match.client_ref)
      return fail(ErrorCode::not_found, Side::user,
                  "earlier: is no hand-over of this client with this organisation");
  }
  KNOOP_LET(before, took_over(context, ask, match.peer, match.client_ref, Party::ontvanger));
  KNOOP_TRY(handover::check_kind(ask.kind, context.membership().own_card()->kind, before));

  StoredHandover handover;
  handover.id = context.entropy.draw<HandoverId>();
  handover.party = Party::afzender;
  handover.peer = match.peer;
  handover.client_ref = match.client_ref;
  handover.ask = ask;
  handover.state = State::draft;
  handover.responsible = Party::afzender;
  handover.created = context.now;
  handover.changed = context.now;
  KNOOP_TRY(storage::put_handover(context.tx, handover));
  KNOOP_TRY(put_term(context, handover));
  KNOOP_TRY(name_responsible(context, storage::Duty::handover, handover.id.view(), handover.client_ref, who));
  KNOOP_TRY(
      log(context, handover, audit::Event::handover_requested, audit::Action::create,
          fmt::format("{}, urgency {}", handover::to_string(ask.kind), handover::to_string(ask.urgency))));
  return handover.id;
}

Result<HandoverId> HandoverService::request(Context& context, const handover::Ask& ask,
                                            const std::string& who) {
  KNOOP_LET(id, prepare(context, ask, who));
  KNOOP_TRY(act(context, id, Event::request, words_of(who, "")));
  return id;
}

Result<void> HandoverService::act(Context& context, const HandoverId& id, Event event,
                                  const ActWords& words) {
  KNOOP_LET(handover, existing(context, id));
  KNOOP_TRY(require_told(context, handover));
  if (handover.pending)
    return fail(
        ErrorCode::wrong_state, Side::peer,
        "'{}' has not been taken by the other organisation's node yet; it will be when that node is there",
        handover::to_string(handover.pending->event));
  const handover::Step step =
      handover::step(flow(handover), handover.state, handover.responsible, event, handover.party);
  if (step.answer != handover::Answer::moves) return fail(does_not_fit(handover, step, event));
  const handover::Happening happening = happening_of(context, event, handover.party, words);
  KNOOP_TRY(handover::check(handover.state, happening, dutch_day(context.now)));
  if (event == Event::pause && handover.deadline)
    KNOOP_TRY(handover::check_pause(*handover.deadline, handover.party));
  KNOOP_TRY(
      name_responsible(context, storage::Duty::handover, handover.id.view(), handover.client_ref, words.who));
  if (handover.party == Party::afzender) return move(context, handover, step, happening);
  return send_event(context, handover, happening);
}

Result<void> HandoverService::send_event(Context& context, StoredHandover& handover,
                                         const handover::Happening& happening) {
  handover.pending = happening;
  handover.not_taken.clear();
  handover.changed = context.now;
  KNOOP_TRY(storage::put_handover(context.tx, handover));
  KNOOP_TRY(log(context, handover,
                happening.event == Event::feed_back ? audit::Event::handover_feedback_sent
                                                    : audit::Event::handover_changed,
                audit::Action::update, std::string(handover::to_string(happening.event))));
  return context.send(
      handover.peer, MessageType::handover_event, subject(handover.id),
      encode(handover::HandoverEvent{handover.id, handover.state, handover.version, happening}));
}

Result<void> HandoverService::put_term(Context& context, const StoredHandover& handover) {
  KNOOP_LET(happenings, storage::happenings_of(context.tx, handover.id));
  std::vector<handover::Moved> path;
  path.reserve(happenings.size());
  // The other side dates what it did; a date that lies ahead, or before what came before, would put a term off or end it.
  const Date today = dutch_day(context.now);
  Date day =
      std::min(today, dutch_day(happenings.empty() ? handover.created : happenings.front().happening.at));
  for (const storage::StoredHappening& stored : happenings) {
    day = std::clamp(dutch_day(stored.happening.at), day, today);
    path.push_back(
        {stored.state, stored.happening.event, day, stored.happening.date, stored.happening.feedback});
  }
  const auto& convenant = context.membership().convenant();
  const auto deadline =
      handover::deadline_of(flow(handover), handover.state, handover.ask.urgency, dutch_day(handover.created),
                            path, convenant ? convenant->terms : terms::AgreedTerms{});
  context.wake();  // on_tick() may have to look earlier than it said
  return storage::put_deadline(context.tx, handover.id, deadline, terms::Stage::running);
}

/// Afzender: the hand-over moves, and the ontvanger is told, unless nothing was asked of it yet.
Result<void> HandoverService::move(Context& context, StoredHandover& handover, const handover::Step& step,
                                   const handover::Happening& happening) {
  const bool known = handover.version > 0 || happening.event == Event::request;
  handover.state = step.next;
  handover.responsible = step.responsible;
  handover.changed = context.now;
  handover.not_taken.clear();
  if (known) handover.version += 1;
  KNOOP_TRY(storage::put_handover(context.tx, handover));
  if (known)
    KNOOP_TRY(storage::add_happening(context.tx, handover.id, {handover.version, handover.state, happening}));
  KNOOP_TRY(put_term(context, handover));
  KNOOP_TRY(aftercare_followed(context, handover));
  const bool theirs = happening.by == Party::ontvanger;
  audit::Event event = theirs ? audit::Event::handover_change_received : audit::Event::handover_changed;
  if (happening.event == Event::feed_back) event = audit::Event::handover_feedback_received;
  if (handover.state == State::closed) event = audit::Event::handover_closed;
  KNOOP_TRY(
      log(context, handover, event, audit::Action::update, std::string(handover::to_string(handover.state))));
  return known ? send_state(context, handover, happening) : Result<void>{};
}

Result<void> HandoverService::send_state(Context& context, const StoredHandover& handover,
                                         const std::optional<handover::Happening>& happening) {
  handover::HandoverState state{handover.id,          handover.version, handover.state,
                                handover.responsible, std::nullopt,     happening};
  if (handover.version == 1 && happening) state.ask = handover.ask;
  return context.send(handover.peer, MessageType::handover_state, subject(handover.id), encode(state));
}

Result<void> HandoverService::on_event(Context& context, const Received& message) {
  KNOOP_LET(event, decode<handover::HandoverEvent>(message.body));
  KNOOP_LET(found, storage::find_handover(context.tx, event.handover));
  if (!found) {
    // Said when it was told, which came before this.
    KNOOP_LET(restore, storage::handover_restore(context.tx, message.from));
    if (restore.awaits) return {};
  }
  if (!found || found->party != Party::afzender || found->peer != message.from || found->version == 0)
    return fail(ErrorCode::not_found, Side::peer,
                "an event of a hand-over that this node did not ask the peer for");
  const handover::Happening& happening = event.happening;
  const handover::Step step =
      handover::step(flow(*found), found->state, found->responsible, happening.event, Party::ontvanger);
  // Days ahead are counted from the day on which the ontvanger decided, which cannot lie ahead itself.
  const Date decided = std::min(dutch_day(happening.at), dutch_day(context.now));
  const bool fits = happening.by == Party::ontvanger && event.decided_in == found->state &&
                    event.version == found->version && step.answer == handover::Answer::moves &&
                    handover::check(found->state, happening, decided).has_value() &&
                    (happening.event != Event::pause || !found->deadline ||
                     handover::check_pause(*found->deadline, Party::ontvanger).has_value());
  if (fits) return move(context, *found, step, happening);
  found->not_taken = fmt::format("'{}' of the other organisation was decided in '{}' and came too late",
                                 handover::to_string(happening.event), handover::to_string(event.decided_in));
  KNOOP_TRY(storage::put_handover(context.tx, *found));
  KNOOP_TRY(log(context, *found, audit::Event::handover_change_refused, audit::Action::update,
                fmt::format("{} was decided in {}", handover::to_string(happening.event),
                            handover::to_string(event.decided_in)),
                audit::Outcome::refused));
  return send_state(context, *found, std::nullopt);
}

/// A request that cannot be taken here goes back refused: a request into the void is what R5.6 forbids.
Result<void> HandoverService::send_back(Context& context, const StoredHandover& handover,
                                        std::string_view why) {
  KNOOP_TRY(log(context, handover, audit::Event::handover_request_received, audit::Action::create,
                "sent back", audit::Outcome::refused));
  const handover::Happening refusal =
      happening_of(context, Event::refuse, Party::ontvanger, words_of("knooppunt", std::string(why)));
  return context.send(
      handover.peer, MessageType::handover_event, subject(handover.id),
      encode(handover::HandoverEvent{handover.id, handover.state, handover.version, refusal}));
}

Result<void> HandoverService::begin_as_ontvanger(Context& context, const Received& message,
                                                 const handover::HandoverState& state) {
  if (state.version != 1 || !state.ask || !state.happening || state.state != State::requested ||
      state.happening->event != Event::request)
    return fail(ErrorCode::bad_format, Side::peer, "a hand-over begins with its request");
  StoredHandover handover;
  handover.id = state.handover;
  handover.party = Party::ontvanger;
  handover.peer = message.from;
  handover.ask = *state.ask;
  handover.state = state.state;
  handover.version = state.version;
  handover.responsible = Party::afzender;
  handover.created = context.now;
  handover.changed = context.now;
  const auto match = usable_match(context, state.ask->match);
  // The match may just have ended here.
  if (!match || match->peer != message.from)
    return send_back(context, handover, "Deze match is hier niet (meer) bekend.");
  KNOOP_LET(before, took_over(context, *state.ask, message.from, match->client_ref, Party::afzender));
  if (!handover::check_kind(state.ask->kind, kind_of(context, message.from), before))
    return send_back(context, handover, "Deze organisatie kan dit hier niet vragen.");
  handover.client_ref = match->client_ref;
  KNOOP_TRY(storage::put_handover(context.tx, handover));
  KNOOP_TRY(
      storage::add_happening(context.tx, handover.id, {handover.version, handover.state, *state.happening}));
  KNOOP_TRY(put_term(context, handover));
  return log(context, handover, audit::Event::handover_request_received, audit::Action::create,
             fmt::format("{}, urgency {}", handover::to_string(handover.ask.kind),
                         handover::to_string(handover.ask.urgency)));
}

Result<void> HandoverService::on_state(Context& context, const Received& message) {
  KNOOP_LET(state, decode<handover::HandoverState>(message.body));
  KNOOP_LET(found, storage::find_handover(context.tx, state.handover));
  if (!found) {
    if (state.version == 1) return begin_as_ontvanger(context, message, state);
    // What follows our refusal of a request that could not be taken here; asked again, it is refused again.
    if (state.state != State::requested) return {};
    StoredHandover unknown;
    unknown.id = state.handover;
    unknown.peer = message.from;
    unknown.state = state.state;
    unknown.version = state.version;
    return send_back(context, unknown, "Deze aanvraag is hier niet (meer) bekend; doe een nieuwe.");
  }
  StoredHandover& handover = *found;
  if (handover.party != Party::ontvanger || handover.peer != message.from)
    return fail(ErrorCode::forbidden, Side::peer, "the state of a hand-over that is not the peer's to tell");
  if (state.version < handover.version || (state.version == handover.version && state.happening))
    return fail(ErrorCode::conflict, Side::peer, "a hand-over does not go back to an earlier version");
  if (state.version == handover.version) {
    // An event of ours did not fit: it was decided in a state that had passed. Answers come in the order of the events.
    if (handover.overtaken > 0) {
      handover.overtaken -= 1;
      return storage::put_handover(context.tx, handover);
    }
    if (handover.pending)
      handover.not_taken = fmt::format("'{}' came too late", handover::to_string(handover.pending->event));
    handover.pending.reset();
    handover.changed = context.now;
    KNOOP_TRY(storage::put_handover(context.tx, handover));
    return log(context, handover, audit::Event::handover_change_refused, audit::Action::update,
               handover.not_taken, audit::Outcome::refused);
  }
  return take_state(context, handover, state);
}

Result<void> HandoverService::take_state(Context& context, StoredHandover& handover,
                                         const handover::HandoverState& state) {
  KNOOP_TRY(check_move(handover, state, context.now));
  handover.not_taken.clear();
  if (handover.pending && state.happening->by == Party::afzender) {
    handover.not_taken = fmt::format("'{}' crossed '{}' of the other organisation",
                                     handover::to_string(handover.pending->event),
                                     handover::to_string(state.happening->event));
    handover.overtaken += 1;
  }
  handover.pending.reset();
  handover.state = state.state;
  handover.version = state.version;
  handover.responsible = state.responsible;
  handover.changed = context.now;
  KNOOP_TRY(storage::put_handover(context.tx, handover));
  KNOOP_TRY(
      storage::add_happening(context.tx, handover.id, {handover.version, handover.state, *state.happening}));
  KNOOP_TRY(put_term(context, handover));
  return log(context, handover,
             handover.state == State::closed ? audit::Event::handover_closed
                                             : audit::Event::handover_change_received,
             audit::Action::update, std::string(handover::to_string(handover.state)));
}

Result<ExchangeService::Answered> HandoverService::transfer(Context& context, const HandoverId& id,
                                                            const ExchangeService::Selection& selection) {
  KNOOP_LET(handover, existing(context, id));
  KNOOP_TRY(require_told(context, handover));
  if (handover.party != Party::afzender)
    return fail(ErrorCode::forbidden, Side::user, "only the organisation that hands over releases fragments");
  if (!may_release(handover))
    return fail(ErrorCode::wrong_state, Side::user,
                "fragments are released when the conversation was held, for advice when it was accepted; the "
                "hand-over is '{}'",
                handover::to_string(handover.state));
  const ConvenantMember* peer = context.membership().member(handover.peer);
  const forms::Form* form =
      peer == nullptr ? nullptr : forms::for_handover(context.membership().own_card()->kind, peer->kind);
  return exchange_.offer(
      context,
      {handover.peer,
       {std::nullopt, handover.id},
       purpose_of(handover.ask.kind),
       handover.ask.occasion,
       handover.ask.goal,
       handover.ask.categories,
       form == nullptr ? std::nullopt : std::optional(exchange::FormVersion{form->id, form->version})},
      handover.client_ref, selection);
}

Result<std::optional<Case>> HandoverService::find_case(Context& context, const MemberId& peer,
                                                       const exchange::About& about) {
  if (!about.handover) return std::optional<Case>();
  KNOOP_LET(found, storage::find_handover(context.tx, *about.handover));
  if (!found || found->peer != peer) return std::optional<Case>();
  Case out{found->client_ref, std::nullopt};
  // Unasked offers are taken from the afzender alone, and only once we agreed to the hand-over and met.
  if (found->party == Party::ontvanger && (may_release(*found) || found->state == State::transferred ||
                                           found->state == State::arrived || found->state == State::fed_back))
    out.awaited = exchange::Expected{about, purpose_of(found->ask.kind), found->ask.categories};
  return std::optional(std::move(out));
}

Result<void> HandoverService::on_release(Context& context, const ReleaseNews& news) {
  if (news.step != ReleaseStep::received || news.correction || !news.about.handover) return {};
  KNOOP_LET(found, storage::find_handover(context.tx, *news.about.handover));
  if (!found || found->party != Party::ontvanger || found->peer != news.peer || found->pending) return {};
  const handover::Step step =
      handover::step(flow(*found), found->state, found->responsible, Event::confirm, Party::ontvanger);
  // Fragments may also come later, when the transfer was confirmed before.
  if (step.answer != handover::Answer::moves) return {};
  return send_event(
      context, *found,
      happening_of(context, Event::confirm, Party::ontvanger,
                   words_of("knooppunt", fmt::format("{} fragmenten ontvangen", news.fragments))));
}

Result<std::optional<Timestamp>> HandoverService::on_tick(Context& context) {
  constexpr std::int64_t slice = 50;
  const Date today = dutch_day(context.now);
  KNOOP_LET(handovers, storage::handovers_to_look_at(context.tx, today, slice));
  for (const StoredHandover& handover : handovers) {
    KNOOP_ASSERT(handover.deadline.has_value(), "what is looked at has a term");
    const terms::Stage stage = terms::stage_on(handover.deadline->span, today);
    KNOOP_TRY(storage::put_deadline(context.tx, handover.id, handover.deadline, stage));
    audit::Event event = audit::Event::handover_reminded;
    if (stage == terms::Stage::overdue) event = audit::Event::handover_overdue;
    if (stage == terms::Stage::escalated) event = audit::Event::handover_term_escalated;
    KNOOP_TRY(
        log(context, handover, event, audit::Action::update,
            fmt::format("{} by {}, due {}", handover::to_string(handover.deadline->task),
                        handover::to_string(handover.deadline->owner), handover.deadline->span.due.iso())));
  }
  KNOOP_LET(tell_again, tell(context));
  if (handovers.size() == static_cast<std::size_t>(slice)) return std::optional(context.now);
  KNOOP_LET(next, storage::next_handover_look(context.tx));
  if (!next) return tell_again;
  // Not only at midnight: a clock that was in doubt may be believed again at any time. And not at once: what cannot be read, since
  // its client was destroyed, is there until it is swept.
  const Timestamp look =
      std::clamp(start_of_dutch_day(*next), context.now + look_soon, context.now + look_again);
  return std::optional(std::min(look, tell_again.value_or(look)));
}

Result<std::vector<storage::StoredHandover>> HandoverService::list(Context& context,
                                                                   const storage::HandoverFilter& filter) {
  KNOOP_LET(handovers, storage::list_handovers(context.tx, filter));
  audit::AuditEntry entry;
  entry.event = audit::Event::handover_read;
  entry.action = audit::Action::read;
  entry.client = filter.client_ref.value_or("");
  entry.object = "handovers";
  entry.detail = fmt::format("{} listed", handovers.size());
  KNOOP_TRY(context.audit(std::move(entry)));
  std::vector<std::string> refs;
  for (const storage::StoredHandover& handover : handovers) refs.push_back(handover.client_ref);
  KNOOP_TRY(watch_shown(context, refs));
  return handovers;
}

Result<HandoverDetail> HandoverService::show(Context& context, const HandoverId& id) {
  KNOOP_LET(handover, existing(context, id));
  KNOOP_LET(happenings, storage::happenings_of(context.tx, id));
  KNOOP_TRY(log(context, handover, audit::Event::handover_read, audit::Action::read, ""));
  KNOOP_LET(responsible, storage::find_responsible(context.tx, storage::Duty::handover,
                                                   *storage::DutyId::from(id.view())));
  return HandoverDetail{std::move(handover), std::move(happenings),
                        responsible ? std::move(responsible->professional) : std::string()};
}

}  // namespace knoop
