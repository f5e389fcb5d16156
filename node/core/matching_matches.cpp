#include "node/core/matching_matches.h"

#include <algorithm>

#include "crypto/hash.h"
#include "node/core/log_standing.h"
#include "node/core/match_tasks.h"
#include "node/core/membership.h"
#include "storage/records_repository.h"

namespace knoop {

using matching::AnswerState;
using matching::ClaimId;
using matching::ClaimState;
using matching::MatchClaim;
using matching::MatchNotice;
using matching::MatchView;
using matching::Verdict;
using storage::MatchingPair;
using storage::StoredMatch;

namespace {

constexpr std::int64_t slice = 40;
// Of one peer. More than any honest node has clients in common with us; each costs the peer an answer, not us.
constexpr std::int64_t most_answers = 200'000;

std::string describe(const MatchView& view) {
  std::string kinds;
  for (const auto kind : matching::all_kinds())
    if (view.kinds.has(kind))
      kinds += fmt::format("{}{}", kinds.empty() ? "" : ",", matching::to_string(kind));
  return fmt::format("{} ({})", matching::to_string(view.verdict), kinds);
}

bool shown(Verdict verdict) {
  return verdict == Verdict::family || verdict == Verdict::possible || verdict == Verdict::certain;
}

// The kinds of our handles in these groups, read once.
Result<matching::KindOf> kinds_of(Context& context, const MatchingPair& pair,
                                  const std::vector<matching::KnownGroup>& groups,
                                  matching::Handle matching::HandlePair::*own) {
  std::map<matching::Handle, matching::Kind> kinds;
  for (const auto& group : groups) {
    for (const auto& handles : group.pairs) {
      if (kinds.contains(handles.*own)) continue;
      KNOOP_LET(kind, storage::kind_of_handle(context.tx, pair.id, handles.*own));
      if (kind) kinds[handles.*own] = *kind;
    }
  }
  return [kinds = std::move(kinds)](matching::Handle handle) -> std::optional<matching::Kind> {
    const auto found = kinds.find(handle);
    return found == kinds.end() ? std::nullopt : std::optional(found->second);
  };
}

// The matches of one claim over the epochs of these states, oldest first.
template <typename State>
Result<std::vector<MatchView>> views_of(Context& context, const MemberId& peer,
                                        const std::vector<State>& states,
                                        matching::Handle matching::HandlePair::*own) {
  std::vector<std::vector<MatchView>> epochs;
  for (const State& state : states) {
    KNOOP_LET(pair, require_pair(context, peer, state.epoch));
    KNOOP_LET(kinds, kinds_of(context, pair, state.groups, own));
    epochs.push_back(matching::matches_of(state, kinds));
  }
  return matching::merged(epochs);
}

std::string limited(const std::string& text) {
  if (text.size() <= matching::longest_contact_text) return text;
  std::size_t size = matching::longest_contact_text;
  while (size > 0 && (static_cast<unsigned char>(text[size]) & 0xc0U) == 0x80U)
    --size;  // not within a character
  return text.substr(0, size);
}

Result<std::vector<matching::Contact>> contacts_of(Context& context, records::ClientId client) {
  KNOOP_LET(involvements, storage::involvements_of(context.tx, client));
  std::vector<matching::Contact> out;
  for (const auto& stored : involvements) {
    const auto& involvement = stored.involvement;
    if (!involvement.active(Date::of(context.now)) || out.size() == matching::most_contacts) continue;
    const auto& who = involvement.professional;
    out.push_back(
        {limited(who.name), limited(who.function), limited(who.phone), limited(who.email), involvement.from});
  }
  return out;
}

}  // namespace

SubjectId subject_of(const ClaimId& claim) {
  return *SubjectId::from(claim.view());
}

std::string object_of(const matching::MatchId& id) {
  return "match " + id.hex();
}

void MatchingMatches::register_handlers(Dispatcher& dispatcher) {
  const auto on = [&](MessageType type, auto handler) {
    dispatcher.on(type, Audience::members, [this, handler](Context& context, const Received& message) {
      return (this->*handler)(context, message);
    });
  };
  on(MessageType::match_claim, &MatchingMatches::on_claim);
  on(MessageType::match_answer, &MatchingMatches::on_answer);
  on(MessageType::match_choice, &MatchingMatches::on_choice);
  on(MessageType::match_notice, &MatchingMatches::on_notice);
  on(MessageType::match_receipt, &MatchingMatches::on_receipt);
  on(MessageType::match_outcome, &MatchingMatches::on_outcome);
}

// ---- claims and answers

Result<bool> MatchingMatches::settle(Context& context, storage::Take which) {
  KNOOP_LET(clients, storage::take_touched_clients(context.tx, slice, which));
  for (const auto& touched : clients)
    KNOOP_TRY(one_of_many(context, [&](Context& part) { return settle_client(part, touched); }));
  KNOOP_LET(claims, storage::take_touched_claims(context.tx, slice, which));
  for (const auto& touched : claims)
    KNOOP_TRY(one_of_many(context, [&](Context& part) { return settle_claim(part, touched); }));
  return static_cast<std::int64_t>(std::max(clients.size(), claims.size())) == slice;
}

Result<void> MatchingMatches::settle_client(Context& context, const storage::TouchedClient& touched) {
  if (!is_claimant(context, touched.peer) || context.membership().card(touched.peer) == nullptr) return {};
  KNOOP_LET(pairs, storage::used_pairs(context.tx, touched.peer));
  KNOOP_LET(states, storage::claims_of(context.tx, touched.peer, touched.client));
  KNOOP_LET(name, storage::claim_name(context.tx, touched.peer, touched.client));
  for (const MatchingPair& pair : pairs) {
    KNOOP_LET(handles, storage::matched_pairs(context.tx, pair.id, touched.client));
    const auto known = std::ranges::find(states, pair.epoch, &ClaimState::epoch);
    // An ended epoch makes no new claims.
    if (known == states.end() && (handles.empty() || pair.ended)) continue;
    if (!name) {
      name = context.entropy.draw<ClaimId>();
      KNOOP_TRY(storage::put_claim_name(context.tx, touched.peer, touched.client, *name));
    }
    ClaimState state = known == states.end() ? ClaimState{} : *known;
    state.claim = *name;
    KNOOP_LET(bsn, storage::bsn_status(context.tx, pair.id, touched.client));
    const auto message = matching::claim(state, pair.epoch, bsn, std::move(handles));
    if (!message) continue;
    KNOOP_TRY(storage::put_claim(context.tx, touched.peer, touched.client, state));
    KNOOP_TRY(
        context.send(touched.peer, MessageType::match_claim, subject_of(state.claim), encode(*message)));
  }
  if (!name) return {};
  return refresh_claimed(context, touched.peer, touched.client, *name);
}

Result<void> MatchingMatches::on_claim(Context& context, const Received& message) {
  KNOOP_LET(claim, decode<MatchClaim>(message.body));
  KNOOP_LET(pair, require_pair(context, message.from, claim.epoch));
  if (is_claimant(context, message.from))
    return fail(ErrorCode::wrong_state, Side::peer,
                "the peer claims a match, which is this node's part in this pair");
  if (pair.moved) return {};
  KNOOP_LET(stored, storage::find_answer(context.tx, message.from, claim.claim, claim.epoch));
  if (!stored) {
    KNOOP_LET(count, storage::count_answers(context.tx, message.from));
    if (count >= most_answers)
      return fail(ErrorCode::over_limit, Side::peer, "the peer made more match claims than this node keeps");
  }
  AnswerState state = stored ? std::move(*stored) : AnswerState{};
  KNOOP_LET(news, matching::take_claim(state, claim));
  if (!news) return {};
  KNOOP_TRY(storage::put_answer(context.tx, pair, state));
  return settle_claim(context, {message.from, claim.claim});
}

Result<void> MatchingMatches::settle_claim(Context& context, const storage::TouchedClaim& touched) {
  if (context.membership().card(touched.peer) == nullptr) return {};
  KNOOP_LET(states, storage::answers_of(context.tx, touched.peer, touched.claim));
  for (AnswerState& state : states) {
    KNOOP_LET(pair, require_pair(context, touched.peer, state.epoch));
    KNOOP_LET(seen, storage::recognised(context.tx, pair.id, state.pairs));
    KNOOP_LET(named, storage::named_groups(context.tx, touched.peer, touched.claim));
    matching::adopt_groups(state, named);
    const auto message = matching::answer(state, seen, context.entropy);
    if (!message) continue;
    KNOOP_TRY(storage::put_answer(context.tx, pair, state));
    KNOOP_TRY(
        context.send(touched.peer, MessageType::match_answer, subject_of(touched.claim), encode(*message)));
  }
  return refresh_answered(context, touched.peer, touched.claim);
}

Result<void> MatchingMatches::on_answer(Context& context, const Received& message) {
  KNOOP_LET(answer, decode<matching::MatchAnswer>(message.body));
  KNOOP_LET(pair, require_pair(context, message.from, answer.epoch));
  KNOOP_LET(stored, storage::find_claim(context.tx, message.from, answer.claim, answer.epoch));
  if (!stored && pair.ended) return {};  // it moved to the newer epoch while the answer was on its way
  if (!stored)
    return fail(ErrorCode::not_found, Side::peer, "the peer answers a match claim that was never made");
  KNOOP_LET(news, matching::take_answer(stored->state, answer));
  if (!news) return {};
  KNOOP_TRY(storage::put_claim(context.tx, message.from, stored->client, stored->state));
  context.wake();
  return refresh_claimed(context, message.from, stored->client, answer.claim);
}

Result<void> MatchingMatches::refresh_claimed(Context& context, const MemberId& peer,
                                              records::ClientId client, const ClaimId& claim) {
  KNOOP_LET(states, storage::claims_of(context.tx, peer, client));
  KNOOP_LET(views, views_of(context, peer, states, &matching::HandlePair::claimant));
  for (auto& view : views) view.client = static_cast<std::int64_t>(client);
  return refresh_matches(context, peer, claim, views);
}

Result<void> MatchingMatches::refresh_answered(Context& context, const MemberId& peer, const ClaimId& claim) {
  KNOOP_LET(states, storage::answers_of(context.tx, peer, claim));
  KNOOP_LET(views, views_of(context, peer, states, &matching::HandlePair::answerer));
  return refresh_matches(context, peer, claim, views);
}

Result<void> MatchingMatches::end_vanished(Context& context) {
  // On copies: the claims and answers that go out later are made from what both sides knew before.
  KNOOP_LET(clients, storage::touched_clients(context.tx));
  for (const auto& touched : clients) {
    KNOOP_LET(states, storage::claims_of(context.tx, touched.peer, touched.client));
    if (states.empty()) continue;
    for (ClaimState& state : states) {
      KNOOP_LET(pair, require_pair(context, touched.peer, state.epoch));
      KNOOP_LET(handles, storage::matched_pairs(context.tx, pair.id, touched.client));
      static_cast<void>(matching::claim(state, state.epoch, state.bsn, std::move(handles)));
    }
    KNOOP_LET(views, views_of(context, touched.peer, states, &matching::HandlePair::claimant));
    KNOOP_TRY(end_missing(context, touched.peer, states.front().claim, views));
  }
  KNOOP_LET(claims, storage::touched_claims(context.tx));
  for (const auto& touched : claims) {
    KNOOP_LET(states, storage::answers_of(context.tx, touched.peer, touched.claim));
    for (AnswerState& state : states) {
      KNOOP_LET(pair, require_pair(context, touched.peer, state.epoch));
      KNOOP_LET(seen, storage::recognised(context.tx, pair.id, state.pairs));
      KNOOP_LET(named, storage::named_groups(context.tx, touched.peer, touched.claim));
      matching::adopt_groups(state, named);
      static_cast<void>(matching::answer(state, seen, context.entropy));
    }
    KNOOP_LET(views, views_of(context, touched.peer, states, &matching::HandlePair::answerer));
    KNOOP_TRY(end_missing(context, touched.peer, touched.claim, views));
  }
  return {};
}

// ---- from one epoch to the next

Result<bool> MatchingMatches::move_claims(Context& context, const MatchingPair& pair) {
  constexpr std::int64_t looked_at_once = 20;  // about 1 ms each
  auto& last = moving_[pair.id];
  KNOOP_LET(claims, storage::claims_in(context.tx, pair.peer, pair.epoch, last, looked_at_once));
  for (const auto& stored : claims) {
    KNOOP_LET(held, held_later(context, pair, stored));
    if (!held) return false;
    last = stored.client;
  }
  if (static_cast<std::int64_t>(claims.size()) == looked_at_once) {
    context.wake();
    return false;
  }
  moving_.erase(pair.id);
  return true;
}

Result<bool> MatchingMatches::held_later(Context& context, const MatchingPair& pair,
                                         const storage::StoredClaim& stored) {
  for (const auto& handles : stored.state.pairs) {
    KNOOP_LET(later, storage::matched_later(context.tx, pair, handles.claimant));
    if (!later) return false;
  }
  KNOOP_LET(states, storage::claims_of(context.tx, pair.peer, stored.client));
  KNOOP_LET(all, views_of(context, pair.peer, states, &matching::HandlePair::claimant));
  std::erase_if(states, [&](const ClaimState& state) { return state.epoch <= pair.epoch; });
  for (const ClaimState& state : states)
    if (state.answered_claim != state.version) return false;
  KNOOP_LET(newer, views_of(context, pair.peer, states, &matching::HandlePair::claimant));
  return std::ranges::all_of(all, [&](const MatchView& view) {
    const auto same = std::ranges::find(newer, view.match, &MatchView::match);
    return same != newer.end() && same->kinds == view.kinds && same->verdict == view.verdict;
  });
}

// ---- rows

Result<void> MatchingMatches::end_missing(Context& context, const MemberId& peer, const ClaimId& claim,
                                          const std::vector<MatchView>& views) {
  KNOOP_LET(rows, storage::matches_of_claim(context.tx, peer, claim));
  for (StoredMatch& row : rows) {
    const auto view = std::ranges::find(views, row.id, &MatchView::match);
    if (!row.ended && (view == views.end() || !shown(view->verdict)))
      KNOOP_TRY(end(context, row, storage::MatchEnd::withdrawn));
  }
  return {};
}

Result<void> MatchingMatches::refresh_matches(Context& context, const MemberId& peer, const ClaimId& claim,
                                              const std::vector<MatchView>& views) {
  KNOOP_LET(rows, storage::matches_of_claim(context.tx, peer, claim));
  for (const MatchView& view : views) {
    if (!shown(view.verdict)) continue;
    auto row = std::ranges::find(rows, view.match, &StoredMatch::id);
    StoredMatch match;
    if (row != rows.end()) {
      match = std::move(*row);
      rows.erase(row);
    } else {
      match.id = view.match;
      match.peer = peer;
      match.claim = claim;
      match.client = records::ClientId{view.client};
      match.found = context.now;
      match.contact_before = contact_term(context);
      KNOOP_LET(stored, storage::find_client(context.tx, match.client));
      if (stored) match.client_ref = stored->client.ref;
    }
    KNOOP_TRY(show(context, match, view));
    KNOOP_TRY(pursue(context, match));
    KNOOP_TRY(keep_match(context, match));
  }
  for (StoredMatch& gone : rows)
    if (!gone.ended) KNOOP_TRY(end(context, gone, storage::MatchEnd::withdrawn));
  return {};
}

Result<void> MatchingMatches::show(Context& context, StoredMatch& match, const MatchView& view) {
  const bool news = match.verdict != view.verdict || match.ended;
  match.verdict = view.verdict;
  match.kinds = view.kinds;
  if (match.ended) KNOOP_TRY(come_back(context, match));
  if (!news) return {};
  return context
      .audit({.event = audit::Event::match_found,
              .peer = match.peer,
              .action = audit::Action::create,
              .client = match.client_ref,
              .object = object_of(match.id),
              .detail = describe(view)})
      .map([](std::uint64_t) {});
}

Result<void> MatchingMatches::come_back(Context& context, StoredMatch& match) {
  const bool anew = *match.ended + same_task_within < context.now;
  match.ended.reset();
  match.ended_why.reset();
  if (anew) {
    match.contact_before = contact_term(context);
    return begin_task_anew(context, match.id);
  }
  // The peer may have lost it, as it may have lost our choice and notice.
  return match.outcome ? send_outcome(context, match) : Result<void>{};
}

Result<void> MatchingMatches::leave(Context& context, const MemberId& peer, std::string_view why) {
  // The list is read in parts; what ended is not in the next.
  for (;;) {
    KNOOP_LET(matches, storage::list_matches(context.tx, {.peer = peer}));
    if (matches.empty()) return storage::forget_touched(context.tx, peer);
    for (StoredMatch& match : matches) KNOOP_TRY(end(context, match, storage::MatchEnd::left, why));
  }
}

Result<void> MatchingMatches::end(Context& context, StoredMatch& match, storage::MatchEnd why,
                                  std::string_view words) {
  match.ended = context.now;
  match.ended_why = why;
  match.receipt_at.reset();  // should it come back, the peer may need our notice again
  KNOOP_TRY(context.audit({.event = audit::Event::match_withdrawn,
                           .peer = match.peer,
                           .action = audit::Action::erase,
                           .client = match.client_ref,
                           .object = object_of(match.id),
                           .detail = std::string(words)}));
  return keep_match(context, match);
}

Result<void> MatchingMatches::pursue(Context& context, StoredMatch& match) {
  const bool own = match.own_choice == storage::Choice::contact;
  if (match.verdict == Verdict::certain || (own && match.peer_choice_at)) return send_notice(context, match);
  if (own)
    return context.send(match.peer, MessageType::match_choice, subject_of(match.claim),
                        encode(matching::MatchChoice{match.id}));
  return {};
}

Result<void> MatchingMatches::send_notice(Context& context, StoredMatch& match) {
  // Sent when the clock is believed again, or the log is witnessed again: MatchingService::new_day().
  if (!context.clock_sure()) return {};
  KNOOP_LET(standing, log_standing(context.tx, context.membership(), context.now));
  if (!standing.discloses()) return {};
  KNOOP_LET(contacts, contacts_of(context, match.client));
  if (contacts.empty()) return {};  // its involvements ended: the withdrawal is on its way
  MatchNotice notice{match.id, match.notice_version, std::move(contacts)};
  const bool changed = !match.notice_hash || sha256(encode(notice)) != *match.notice_hash;
  if (!changed && match.receipt_at) return {};
  if (changed) ++notice.version;
  const Bytes body = encode(notice);
  match.notice_version = notice.version;
  match.notice_hash = sha256(body);
  match.notice_at = context.now;
  match.receipt_at.reset();
  KNOOP_TRY(context.audit({.event = audit::Event::match_notice_sent,
                           .peer = match.peer,
                           .action = audit::Action::execute,
                           .client = match.client_ref,
                           .object = object_of(match.id),
                           .detail = fmt::format("version {}", notice.version)}));
  return context.send(match.peer, MessageType::match_notice, subject_of(match.claim), body);
}

Result<void> MatchingMatches::client_changed(Context& context, records::ClientId client) {
  KNOOP_LET(matches, storage::matches_of_client(context.tx, client));
  for (StoredMatch& match : matches) {
    if (match.ended || match.notice_version == 0 || context.membership().card(match.peer) == nullptr)
      continue;
    KNOOP_TRY(send_notice(context, match));
    KNOOP_TRY(keep_match(context, match));
  }
  return {};
}

}  // namespace knoop
