#include "node/core/incarnations.h"

#include "node/core/audit_log.h"
#include "node/core/hints.h"
#include "node/core/keys.h"
#include "node/core/log_standing.h"
#include "node/core/membership.h"
#include "protocol/audit/log_opening.h"
#include "protocol/audit/messages.h"
#include "storage/audit_repository.h"
#include "storage/witness_repository.h"

namespace knoop {
namespace {

using storage::IncarnationState;
using storage::MemberHead;
using storage::MemberIncarnation;

constexpr std::size_t max_reason = 300;

Result<std::int64_t> count(storage::Transaction& tx, std::string_view sql) {
  KNOOP_LET(row, tx.one(sql));
  return row->get<std::int64_t>(0);
}

Result<void> check_reason(const std::string& reason) {
  if (reason.empty() || reason.size() > max_reason)
    return fail(ErrorCode::bad_value, Side::user, "say why, in at most {} bytes", max_reason);
  return {};
}

/// As a log entry can hold it: the owner's signature, and as many cosignatures as fit.
std::string short_note(const std::string& text) {
  auto note = parse_note(text, audit::max_head_bytes);
  if (!note) return text;
  while (note->encode().size() > audit::max_value && note->signatures.size() > 1) note->signatures.pop_back();
  return note->encode();
}

/// Our own newest head, when nobody knows of a larger one.
Result<std::optional<MemberHead>> own_newest(Context& context, std::uint32_t incarnation) {
  KNOOP_LET(newest, storage::newest_own_head(context.tx, incarnation));
  if (!newest) return std::optional<MemberHead>();
  KNOOP_LET(note, own_cosigned_head(context.tx, context.membership(), incarnation, newest->size));
  KNOOP_LET(root, own_root(context.tx, incarnation, newest->size));
  return std::optional(
      MemberHead{context.membership().self(), incarnation, newest->size, root, note.value_or(newest->note)});
}

bool hides(const MemberIncarnation& later, std::uint64_t size, const std::optional<Hash256>& root) {
  return size > later.size || (size == later.size && root && *root != later.root);
}

/// What we cosigned of this log, with that cosignature: who gets as many of one head as make it witnessed can judge without us.
Result<std::string> with_own_cosignature(Context& context, const std::string& text) {
  const auto origin = audit::claimed_origin(text);
  KNOOP_LET(held, storage::cosigned_log(context.tx, origin ? origin->member : MemberId{}));
  if (!held || held->note != text) return text;
  KNOOP_LET(note, parse_note(text, audit::max_head_bytes));
  const Membership& membership = context.membership();
  add_cosignature(note, {audit::witness_name(membership.self()), membership.own_card()->witness_key},
                  cosign(context.keys().witness.secret_key, note.text, held->time));
  return note.encode();
}

/// The head of the log before that this later log hides, if one is known that binds.
Result<std::optional<std::string>> hidden_by(Context& context, const MemberIncarnation& later) {
  KNOOP_LET(known, storage::known_heads(context.tx, later.member, later.incarnation - 1));
  // Others can judge that one alone.
  if (known.witnessed && hides(later, *known.witnessed, std::nullopt))
    return std::optional(known.witnessed_note);
  if (known.cosigned && hides(later, known.cosigned->size, known.cosigned->root)) {
    KNOOP_LET(note, with_own_cosignature(context, known.cosigned->note));
    return std::optional(std::move(note));
  }
  if (!known.newest || !hides(later, known.newest->size, known.newest->root))
    return std::optional<std::string>();
  // An unwatched log has no other heads. Of a watched one a head that no witness saw may be lost with nobody to blame.
  if (witnesses_of(context.membership(), later.member).exists()) return std::optional<std::string>();
  return std::optional(known.newest->note);
}

audit::AuditEntry about(audit::Event event, const Membership& membership, const MemberIncarnation& later) {
  return {
      .event = event,
      .peer = later.member,
      .action = audit::Action::read,
      .object = fmt::format("log of {}, incarnation {}", membership.slug(later.member), later.incarnation)};
}

/// Whoever gets the head can check it alone, and look at the later log that it was shown itself.
Result<void> refuse(Context& context, MemberIncarnation& later, std::string larger) {
  later.state = IncarnationState::refused;
  later.larger = std::move(larger);
  audit::AuditEntry entry = about(audit::Event::incarnation_refused, context.membership(), later);
  entry.outcome = audit::Outcome::failed;
  entry.detail = fmt::format("it goes on from {} entries; a larger head is known here", later.size);
  KNOOP_TRY(context.audit(std::move(entry)));
  KNOOP_TRY(raise_hint(
      context,
      {.kind = HintKind::log_contradiction,
       .subject = context.membership().slug(later.member),
       .cause = fmt::format("incarnation {}", later.incarnation),
       .detail = fmt::format(
           "Na een herstel gaat dit logboek verder na {} regels; hier is bekend dat het er meer had.",
           later.size),
       .logged = true}));
  for (const MemberId& member : context.membership().peers())
    KNOOP_TRY(context.send(member, MessageType::log_head, std::nullopt,
                           encode(audit::LogHead{*later.larger, 0, {}, false})));
  return {};
}

}  // namespace

// ---- as the restored

Result<Loss> what_was_lost(Context& context) {
  Loss out;
  KNOOP_LET(standing, log_standing(context.tx, context.membership(), context.now));
  out.set_back = standing.lost || context.streams_set_back();
  out.incarnation = standing.incarnation;
  out.size = standing.size;
  out.head = standing.lost;
  if (!out.head) {
    KNOOP_LET(own, own_newest(context, standing.incarnation));
    out.head = std::move(own);
  }
  out.witnesses = standing.rule.named;
  out.quorum = standing.watched ? standing.rule.quorum() : 0;
  for (const audit::Witness& witness : standing.rule.witnesses)
    if (context.told_heads(witness.member)) ++out.heard;
  KNOOP_LET(clients, count(context.tx,
                           "SELECT count(*) FROM (SELECT client FROM consents UNION SELECT client FROM "
                           "grounds UNION SELECT client FROM consents_elsewhere)"));
  out.clients = clients;
  KNOOP_LET(loans, count(context.tx, "SELECT count(*) FROM received_fragments WHERE status = 1"));
  out.loans = loans;
  KNOOP_LET(waiting, count(context.tx, "SELECT count(*) FROM outbox"));
  out.waiting = waiting;
  return out;
}

Result<audit::LogOrigin> open_incarnation(Context& context, std::uint64_t size, const Hash256& root,
                                          const std::string& reason) {
  if (context.actor.role != Role::privacy_officer)
    return fail(ErrorCode::forbidden, Side::user, "only the privacy officer opens the next log");
  KNOOP_TRY(check_reason(reason));
  KNOOP_TRY(context.require_clock());
  KNOOP_LET(loss, what_was_lost(context));
  if (!loss.set_back)
    return fail(ErrorCode::wrong_state, Side::user,
                "nobody knows more of this node's log than it does itself; the log goes on as it is");
  if (!loss.head)
    return fail(ErrorCode::wrong_state, Side::user,
                "no head of this node's log is known yet; wait until a member was heard from");
  if (loss.heard < loss.quorum)
    return fail(ErrorCode::unwitnessed, Side::ours,
                "{} of at least {} witnesses have told what they hold of this log; wait for the others, or "
                "entries that they know of would seem to be hidden",
                loss.heard, loss.quorum);
  if (loss.head->size != size || loss.head->root != root)
    return fail(ErrorCode::conflict, Side::user,
                "the newest head that is known has {} entries and the root {}; look again, and name that one",
                loss.head->size, to_base64(loss.head->root.view()));

  KNOOP_LET(own, own_root(context.tx, loss.incarnation, loss.size));
  const std::uint32_t next = std::max(loss.head->incarnation, loss.incarnation) + 1;
  KNOOP_TRY(context.audit_log().open_next(
      context.tx, context.now, context.entropy, context.actor, next,
      {.event = audit::Event::log_opened,
       .reference = short_note(loss.head->note),
       .action = audit::Action::create,
       .detail = fmt::format("{}; log {} as it was here: {} entries, root {}", reason, loss.incarnation,
                             loss.size, to_base64(own.view()))}));

  KNOOP_LET(clients, storage::doubt_clients(context.tx, context.now));
  std::int64_t loans = 0;
  std::vector<MemberId> members = context.membership().peers();
  for (const FormerMember& former : context.membership().former()) members.push_back(former.member);
  for (const MemberId& member : members) {
    KNOOP_TRY(context.streams_renewed(member, Restored::this_node));
    KNOOP_LET(lent, storage::doubt_loans(context.tx, member, context.now));
    loans += lent;
  }
  KNOOP_LET(voided, context.renew_streams());
  KNOOP_TRY(
      context.audit({.event = audit::Event::fragment_locked,
                     .action = audit::Action::update,
                     .detail = fmt::format("after a restore: {} clients whose consents are in doubt, {} "
                                           "fragments on loan, {} messages not sent",
                                           clients, loans, voided)}));
  KNOOP_TRY(context.audit_log().head(context.tx, context.now));
  KNOOP_LET(origin, context.audit_log().origin(context.tx));
  context.wake();
  KNOOP_TRY(context.reload_streams());
  return origin;
}

Result<std::optional<Bytes>> own_opening(storage::Transaction& tx, std::uint32_t incarnation,
                                         std::uint64_t size) {
  if (incarnation == 1 || size == 0) return std::optional<Bytes>();
  std::optional<audit::ExportedEntry> first;
  KNOOP_TRY(storage::each_audit_entry(tx, incarnation, 0, 1,
                                      [&](const audit::ExportedEntry& entry) -> Result<void> {
                                        first = entry;
                                        return {};
                                      }));
  KNOOP_ASSERT(first.has_value(), "a log with a head has a first entry");
  KNOOP_LET(path, inclusion_proof(0, size, storage::audit_nodes(tx, incarnation)));
  return std::optional(encode(audit::opening_of(*first, std::move(path))));
}

// ---- as the others

Result<LaterLog> take_incarnation(Context& context, const MemberId& from, const Hello& hello) {
  const Membership& membership = context.membership();
  if (!hello.own_head || !membership.convenant()) return LaterLog::none;
  const auto origin = audit::claimed_origin(*hello.own_head);
  if (!origin || origin->network != membership.network() || origin->member != from ||
      origin->incarnation == 1)
    return LaterLog::none;
  KNOOP_LET(known, storage::member_incarnation(context.tx, from, origin->incarnation));
  if (known) {
    if (known->state == IncarnationState::refused) return LaterLog::refused;
    return known->renewed ? LaterLog::none : LaterLog::renew;
  }
  const Card* const card = membership.card_of_former(from);
  const auto shown = [&]() -> Result<std::pair<audit::SignedHead, audit::OpenedLog>> {
    if (card == nullptr || !hello.opening)
      return fail(ErrorCode::bad_format, Side::peer, "a later log is not shown from its first entry");
    KNOOP_LET(head, audit::read_head(*hello.own_head, card->signing_key));
    KNOOP_LET(opening, decode<audit::LogOpening>(*hello.opening));
    KNOOP_LET(opened, audit::check_opening(opening, head, card->signing_key));
    if (role_from(opened.role) != Role::privacy_officer)
      return fail(ErrorCode::bad_value, Side::peer, "a later log that no privacy officer approved");
    return std::pair{std::move(head), std::move(opened)};
  }();
  if (!shown) return LaterLog::refused;  // no evidence of anything: nobody but its sender is concerned
  const auto& [head, opened] = *shown;

  MemberIncarnation later{from,
                          origin->incarnation,
                          opened.before.head.size,
                          opened.before.head.root,
                          head.note.encode(),
                          *hello.opening,
                          IncarnationState::accepted,
                          std::nullopt,
                          false,
                          context.now};
  KNOOP_LET(hidden, hidden_by(context, later));
  if (hidden) {
    KNOOP_TRY(refuse(context, later, std::move(*hidden)));
    KNOOP_TRY(storage::put_member_incarnation(context.tx, later));
    return LaterLog::refused;
  }
  KNOOP_TRY(storage::put_member_incarnation(context.tx, later));
  audit::AuditEntry entry = about(audit::Event::incarnation_seen, membership, later);
  entry.detail = fmt::format("it was restored, and goes on from {} entries", later.size);
  KNOOP_TRY(context.audit(std::move(entry)));
  KNOOP_TRY(storage::doubt_loans(context.tx, from, context.now));
  return LaterLog::renew;
}

Result<void> incarnation_renewed(Context& context, const MemberId& from, const Hello& hello) {
  const auto origin = audit::claimed_origin(*hello.own_head);
  KNOOP_LET(later, storage::member_incarnation(context.tx, from, origin ? origin->incarnation : 0));
  KNOOP_ASSERT(later.has_value(), "take_incarnation() stored what it believed");
  later->renewed = true;
  return storage::put_member_incarnation(context.tx, *later);
}

Result<void> look_back(Context& context, const MemberHead& head, bool witnessed) {
  KNOOP_LET(later, storage::member_incarnation(context.tx, head.member, head.incarnation + 1));
  if (!later || later->state != IncarnationState::accepted || !hides(*later, head.size, head.root)) return {};
  if (!witnessed && witnesses_of(context.membership(), head.member).exists()) return {};
  KNOOP_TRY(refuse(context, *later, head.note));
  context.distrust(head.member);
  return storage::put_member_incarnation(context.tx, *later);
}

Result<bool> is_believed(Context& context, const MemberId& member, std::uint32_t incarnation) {
  if (incarnation == 1) return true;
  KNOOP_LET(later, storage::member_incarnation(context.tx, member, incarnation));
  return later && later->state != IncarnationState::refused;
}

Result<void> allow_incarnation(Context& context, const MemberId& member, const std::string& reason) {
  if (context.actor.role != Role::privacy_officer)
    return fail(ErrorCode::forbidden, Side::user, "only the privacy officer lets a refused log through");
  KNOOP_TRY(check_reason(reason));
  KNOOP_LET(all, storage::newest_incarnations(context.tx));
  const auto found = std::ranges::find(all, member, &MemberIncarnation::member);
  if (found == all.end())
    return fail(ErrorCode::not_found, Side::user, "this member did not show a later log");
  if (found->state != IncarnationState::refused)
    return fail(ErrorCode::wrong_state, Side::user, "the later log of this member is not refused");
  found->state = IncarnationState::allowed;
  KNOOP_TRY(storage::put_member_incarnation(context.tx, *found));
  KNOOP_TRY(storage::doubt_loans(context.tx, member, context.now));
  audit::AuditEntry entry = about(audit::Event::incarnation_allowed, context.membership(), *found);
  entry.action = audit::Action::update;
  entry.detail = reason;
  KNOOP_TRY(context.audit(std::move(entry)));
  return context.reload_streams();
}

}  // namespace knoop
