#include "node/core/handover_service.h"

#include <algorithm>

#include "node/core/hints.h"
#include "node/core/match_directory.h"
#include "node/core/membership.h"
#include "protocol/fragments/forms.h"

namespace knoop {
namespace {

using handover::Event;
using handover::Party;
using storage::StoredHandover;

SubjectId subject(const HandoverId& id) {
  SubjectId out;
  std::ranges::copy(id.view(), out.data());
  return out;
}

/// What an event cannot do without.
Result<void> needs(Event event, const ActWords& words) {
  const auto bad = [&](std::string_view what) {
    return fail(ErrorCode::bad_value, Side::user, "'{}' needs {}", handover::to_string(event), what);
  };
  if (words.who.empty() || words.who.size() > handover::max_person)
    return bad("the name of the professional, at most 200 bytes long");
  if (words.words.size() > handover::max_words) return bad("words of at most 1,000 bytes");
  const bool reason = event == Event::refuse || event == Event::miss || event == Event::escalate ||
                      event == Event::withdraw || event == Event::feed_back;
  if (reason && words.words.empty()) return bad("a reason or report in words");
  if ((event == Event::propose || event == Event::plan) && !words.date) return bad("a date");
  if ((event == Event::feed_back) != words.feedback.has_value())
    return bad(words.feedback ? "no kind of feedback" : "the kind of feedback");
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

void HandoverService::register_handlers(Dispatcher& dispatcher) {
  dispatcher.on(MessageType::handover_event, Audience::members,
                [this](Context& context, const Received& message) { return on_event(context, message); });
  dispatcher.on(MessageType::handover_state, Audience::members,
                [this](Context& context, const Received& message) { return on_state(context, message); });
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

Result<HandoverId> HandoverService::request(Context& context, const handover::Ask& ask,
                                            const std::string& who) {
  const ActWords words{who, "", std::nullopt, std::nullopt};
  KNOOP_TRY(needs(Event::request, words));
  if (ask.occasion.empty() || ask.goal.empty() || ask.occasion.size() > handover::max_words ||
      ask.goal.size() > handover::max_words)
    return fail(ErrorCode::bad_value, Side::user,
                "a hand-over needs an occasion and a goal of 1 to 1,000 bytes (R4.2)");
  if (ask.categories.empty())
    return fail(ErrorCode::bad_value, Side::user, "a hand-over names at least one category");
  KNOOP_LET(match, usable_match(context, ask.match));

  StoredHandover handover;
  handover.id = context.entropy.draw<HandoverId>();
  handover.party = Party::afzender;
  handover.peer = match.peer;
  handover.client_ref = match.client_ref;
  handover.ask = ask;
  handover.state = handover::State::draft;
  handover.responsible = Party::afzender;
  handover.created = context.now;
  handover.changed = context.now;
  KNOOP_TRY(storage::put_handover(context.tx, handover));
  const handover::Happening happening{Event::request, Party::afzender, who,        "",
                                      std::nullopt,   std::nullopt,    context.now};
  const handover::Step step =
      handover::step(handover.state, handover.responsible, Event::request, Party::afzender);
  KNOOP_ASSERT(step.answer == handover::Answer::moves, "a draft can be asked for");
  KNOOP_TRY(log(context, handover, audit::Event::handover_requested, audit::Action::create,
                fmt::format("urgency {}", handover::to_string(ask.urgency))));
  KNOOP_TRY(move(context, handover, step, happening));
  return handover.id;
}

Result<void> HandoverService::act(Context& context, const HandoverId& id, Event event,
                                  const ActWords& words) {
  KNOOP_LET(handover, existing(context, id));
  KNOOP_TRY(needs(event, words));
  if (handover.pending)
    return fail(
        ErrorCode::wrong_state, Side::peer,
        "'{}' has not been taken by the other organisation's node yet; it will be when that node is there",
        handover::to_string(handover.pending->event));
  const handover::Step step = handover::step(handover.state, handover.responsible, event, handover.party);
  if (step.answer != handover::Answer::moves) return fail(does_not_fit(handover, step, event));
  const handover::Happening happening{event,      handover.party, words.who,  words.words,
                                      words.date, words.feedback, context.now};
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

/// Afzender: the hand-over moves, and the ontvanger is told.
Result<void> HandoverService::move(Context& context, StoredHandover& handover, const handover::Step& step,
                                   const handover::Happening& happening) {
  handover.state = step.next;
  handover.responsible = step.responsible;
  handover.version += 1;
  handover.changed = context.now;
  KNOOP_TRY(storage::put_handover(context.tx, handover));
  KNOOP_TRY(storage::add_happening(context.tx, handover.id, {handover.version, handover.state, happening}));
  const bool theirs = happening.by == Party::ontvanger;
  audit::Event event = theirs ? audit::Event::handover_change_received : audit::Event::handover_changed;
  if (happening.event == Event::feed_back) event = audit::Event::handover_feedback_received;
  if (handover.state == handover::State::closed) event = audit::Event::handover_closed;
  KNOOP_TRY(
      log(context, handover, event, audit::Action::update, std::string(handover::to_string(handover.state))));
  return send_state(context, handover, happening);
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
  if (!found || found->party != Party::afzender || found->peer != message.from)
    return fail(ErrorCode::not_found, Side::peer,
                "an event of a hand-over that this node did not ask the peer for");
  const ActWords words{event.happening.who, event.happening.words, event.happening.date,
                       event.happening.feedback};
  const handover::Step step =
      handover::step(found->state, found->responsible, event.happening.event, Party::ontvanger);
  const bool fits = event.happening.by == Party::ontvanger && event.decided_in == found->state &&
                    event.version == found->version && step.answer == handover::Answer::moves &&
                    needs(event.happening.event, words).has_value();
  if (fits) return move(context, *found, step, event.happening);
  KNOOP_TRY(log(context, *found, audit::Event::handover_change_refused, audit::Action::update,
                fmt::format("{} was decided in {}", handover::to_string(event.happening.event),
                            handover::to_string(event.decided_in)),
                audit::Outcome::refused));
  return send_state(context, *found, std::nullopt);
}

Result<void> HandoverService::begin_as_ontvanger(Context& context, const Received& message,
                                                 const handover::HandoverState& state) {
  if (state.version != 1 || !state.ask || !state.happening || state.state != handover::State::requested ||
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
  if (!match || match->peer != message.from) {
    // The match may just have ended here. The afzender must hear it: a request into the void is what R5 forbids.
    KNOOP_TRY(log(context, handover, audit::Event::handover_request_received, audit::Action::create,
                  "no such match", audit::Outcome::refused));
    const handover::Happening refusal{
        Event::refuse, Party::ontvanger, "knooppunt", "Deze match is hier niet (meer) bekend.",
        std::nullopt,  std::nullopt,     context.now};
    return context.send(
        handover.peer, MessageType::handover_event, subject(handover.id),
        encode(handover::HandoverEvent{handover.id, handover.state, handover.version, refusal}));
  }
  handover.client_ref = match->client_ref;
  KNOOP_TRY(storage::put_handover(context.tx, handover));
  KNOOP_TRY(
      storage::add_happening(context.tx, handover.id, {handover.version, handover.state, *state.happening}));
  return log(context, handover, audit::Event::handover_request_received, audit::Action::create,
             fmt::format("urgency {}", handover::to_string(handover.ask.urgency)));
}

Result<void> HandoverService::on_state(Context& context, const Received& message) {
  KNOOP_LET(state, decode<handover::HandoverState>(message.body));
  KNOOP_LET(found, storage::find_handover(context.tx, state.handover));
  if (!found) {
    // The answer to our refusal of a request whose match we do not know.
    if (state.version > 1 && !state.ask) return {};
    return begin_as_ontvanger(context, message, state);
  }
  StoredHandover& handover = *found;
  if (handover.party != Party::ontvanger || handover.peer != message.from)
    return fail(ErrorCode::forbidden, Side::peer, "the state of a hand-over that is not the peer's to tell");
  if (state.version < handover.version || (state.version == handover.version && state.happening))
    return fail(ErrorCode::conflict, Side::peer, "a hand-over does not go back to an earlier version");
  if (state.version == handover.version) {
    // Our event did not fit: it was decided in a state that had passed.
    if (handover.pending)
      handover.not_taken = fmt::format("'{}' came too late", handover::to_string(handover.pending->event));
    handover.pending.reset();
    handover.changed = context.now;
    KNOOP_TRY(storage::put_handover(context.tx, handover));
    return log(context, handover, audit::Event::handover_change_refused, audit::Action::update,
               handover.not_taken, audit::Outcome::refused);
  }
  if (!state.happening)
    return fail(ErrorCode::bad_format, Side::peer, "a state that moved says what moved it");
  const bool ours = handover.pending && state.happening->by == Party::ontvanger;
  if (handover.pending && !ours)
    handover.not_taken = fmt::format("'{}' crossed '{}' of the other organisation",
                                     handover::to_string(handover.pending->event),
                                     handover::to_string(state.happening->event));
  handover.pending.reset();
  handover.state = state.state;
  handover.version = state.version;
  handover.responsible = state.responsible;
  handover.changed = context.now;
  KNOOP_TRY(storage::put_handover(context.tx, handover));
  KNOOP_TRY(
      storage::add_happening(context.tx, handover.id, {handover.version, handover.state, *state.happening}));
  return log(context, handover,
             handover.state == handover::State::closed ? audit::Event::handover_closed
                                                       : audit::Event::handover_change_received,
             audit::Action::update, std::string(handover::to_string(handover.state)));
}

Result<ExchangeService::Answered> HandoverService::transfer(Context& context, const HandoverId& id,
                                                            const ExchangeService::Selection& selection) {
  KNOOP_LET(handover, existing(context, id));
  if (handover.party != Party::afzender)
    return fail(ErrorCode::forbidden, Side::user, "only the organisation that hands over releases fragments");
  if (handover.state != handover::State::conversation_held)
    return fail(ErrorCode::wrong_state, Side::user,
                "fragments are released when the conversation was held; the hand-over is '{}'",
                handover::to_string(handover.state));
  const ConvenantMember* peer = context.membership().member(handover.peer);
  const forms::Form* form =
      peer == nullptr ? nullptr : forms::for_handover(context.membership().own_card()->kind, peer->kind);
  return exchange_.offer(
      context,
      {handover.peer,
       {std::nullopt, handover.id},
       consent::Purpose::handover,
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
  if (found->party == Party::ontvanger &&
      (found->state == handover::State::conversation_held || found->state == handover::State::transferred ||
       found->state == handover::State::arrived || found->state == handover::State::fed_back))
    out.awaited = exchange::Expected{about, consent::Purpose::handover, found->ask.categories};
  return std::optional(std::move(out));
}

Result<void> HandoverService::on_release(Context& context, const ReleaseNews& news) {
  if (news.step != ReleaseStep::received || news.correction || !news.about.handover) return {};
  KNOOP_LET(found, storage::find_handover(context.tx, *news.about.handover));
  if (!found || found->party != Party::ontvanger || found->peer != news.peer || found->pending) return {};
  const handover::Step step =
      handover::step(found->state, found->responsible, Event::confirm, Party::ontvanger);
  // Fragments may also come later, when the transfer was confirmed before.
  if (step.answer != handover::Answer::moves) return {};
  return send_event(
      context, *found,
      {Event::confirm, Party::ontvanger, "knooppunt", fmt::format("{} fragmenten ontvangen", news.fragments),
       std::nullopt, std::nullopt, context.now});
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
  return HandoverDetail{std::move(handover), std::move(happenings)};
}

}  // namespace knoop
