#include "node/core/heads.h"

#include "config/witnesses.h"
#include "crypto/checkpoint.h"
#include "crypto/note.h"
#include "node/core/audit_log.h"
#include "node/core/hints.h"
#include "node/core/incarnations.h"
#include "node/core/log_standing.h"
#include "node/core/membership.h"
#include "protocol/audit/messages.h"
#include "storage/audit_repository.h"
#include "storage/witness_repository.h"

namespace knoop {
namespace {

constexpr Milliseconds interval{30'000};
constexpr std::chrono::days kept_for{30};
// With max_head_size far within one frame; when there are more, the next Hello begins behind these.
constexpr std::size_t heads_in_hello = 64;
constexpr std::size_t evidence_in_hello = 32;

struct Checked {
  storage::MemberHead head;  ///< Its note holds valid signatures only.
  audit::Witnessed witnessed;
};

/// What stands below a head that is kept already counts with what came now: witnesses send theirs one by one.
Result<void> add_known_signatures(storage::Transaction& tx, audit::SignedHead& head) {
  const audit::LogOrigin& origin = head.origin;
  KNOOP_LET(text, storage::member_head_note(tx, {origin.member, origin.incarnation, head.checkpoint.size,
                                                 head.checkpoint.root, ""}));
  const auto known = text ? parse_note(*text, audit::max_head_bytes) : Result<Note>(Note{});
  if (!known) return {};
  for (const NoteSignature& one : known->signatures)
    if (std::ranges::find(head.note.signatures, one) == head.note.signatures.end())
      head.note.signatures.push_back(one);
  return {};
}

/// A head by the member whose log it is of; nothing when it is not, or nobody's that we know.
Result<std::optional<Checked>> checked(storage::Transaction& tx, const Membership& membership,
                                       const std::string& text) {
  const auto origin = audit::claimed_origin(text);
  if (!origin || origin->network != membership.network()) return std::nullopt;
  const Card* const card = origin->member == membership.self() ? &*membership.own_card()
                                                               : membership.card_of_former(origin->member);
  if (card == nullptr) return std::nullopt;
  auto head = audit::read_head(text, card->signing_key);
  if (!head || head->checkpoint.size > max_log_size) return std::nullopt;
  KNOOP_TRY(add_known_signatures(tx, *head));
  const audit::WitnessRule rule = witnesses_of(membership, origin->member);
  audit::Witnessed by = audit::witnessed(head->note, rule);
  return std::optional(Checked{{origin->member, origin->incarnation, head->checkpoint.size,
                                head->checkpoint.root, audit::cosigned_note(*head, by.by, rule).encode()},
                               std::move(by)});
}

Result<void> log_evidence(Context& context, audit::Event event, const MemberId& from,
                          const storage::MemberHead& head, std::string_view what) {
  const Membership& membership = context.membership();
  const bool own = head.member == membership.self();
  KNOOP_TRY(raise_hint(
      context,
      {.kind = HintKind::log_contradiction,
       .subject = membership.slug(head.member),
       .cause = fmt::format("{} {}:{}", audit::to_string(event), head.incarnation, head.size),
       .detail = fmt::format("Gezien bij {} regels; gehoord van {}.", head.size, membership.slug(from)),
       .logged = true}));
  return context
      .audit({.event = event,
              .outcome = audit::Outcome::failed,
              .peer = own ? from : head.member,
              .action = audit::Action::read,
              .object = own ? fmt::format("own log, incarnation {}", head.incarnation)
                            : fmt::format("log of {}, incarnation {}", membership.slug(head.member),
                                          head.incarnation),
              .detail = fmt::format("heard from {}: size {}{}", membership.slug(from), head.size, what)})
      .map([](std::uint64_t) {});
}

/// Both heads to everybody: whoever gets them can check them alone.
Result<void> pass_on(Context& context, const storage::MemberHead& head) {
  KNOOP_LET(notes, storage::fork_evidence_of(context.tx, head.member, head.incarnation, head.size));
  for (const MemberId& member : context.membership().peers())
    for (const std::string& note : notes)
      KNOOP_TRY(context.send(member, MessageType::log_head, std::nullopt,
                             encode(audit::LogHead{note, 0, {}, false})));
  return {};
}

/// A head with our own signature: is it of our log?
Result<void> take_own(Context& context, const MemberId& from, const storage::MemberHead& head) {
  KNOOP_LET(state, storage::audit_state(context.tx));
  // Of an incarnation that ended, the entry that opened the next one says how it ended.
  if (head.incarnation < state.incarnation) return {};
  if (head.incarnation == state.incarnation && head.size <= state.tree.size()) {
    KNOOP_LET(root, own_root(context.tx, state.incarnation, head.size));
    if (root == head.root) return {};
  }
  KNOOP_LET(news, storage::put_lost_head(context.tx, head, from, context.now));
  if (!news) return {};
  return log_evidence(context, audit::Event::log_rollback_seen, from, head,
                      "; it is signed by this node, whose log does not have it");
}

}  // namespace

Result<Hash256> own_root(storage::Transaction& tx, std::uint32_t incarnation, std::uint64_t size) {
  return root_of(size, storage::audit_nodes(tx, incarnation));
}

Result<std::optional<std::uint64_t>> last_certain_head(storage::Transaction& tx, std::uint32_t incarnation) {
  KNOOP_LET(witnessed, storage::newest_witnessed_head(tx, incarnation));
  if (witnessed) return std::optional(witnessed->size);
  KNOOP_LET(newest, storage::newest_own_head(tx, incarnation));
  return newest ? std::optional(newest->size) : std::nullopt;
}

Result<std::optional<std::string>> own_cosigned_head(storage::Transaction& tx, const Membership& membership,
                                                     std::uint32_t incarnation, std::uint64_t size) {
  KNOOP_LET(text, storage::own_head(tx, incarnation, size));
  if (!text) return text;
  KNOOP_LET(note, parse_note(*text, audit::max_head_bytes));
  const audit::WitnessRule rule = witnesses_of(membership, membership.self());
  KNOOP_LET(cosignatures, storage::own_cosignatures(tx, incarnation, size));
  for (const storage::OwnCosignature& one : cosignatures)
    if (const audit::Witness* const witness = rule.find(one.witness))
      add_cosignature(note, witness->cosignature_key(), one.cosignature);
  return std::optional(note.encode());
}

Result<std::optional<Timestamp>> HeadService::on_tick(Context& context) {
  if (due_ && context.now < *due_) return due_;
  due_ = context.now + interval;
  const AuditLog& log = context.audit_log();
  if (!context.membership().convenant() || !context.membership().own_card()) return due_;
  KNOOP_LET(origin, log.origin(context.tx));
  KNOOP_LET(state, log.state(context.tx));
  KNOOP_LET(newest, storage::newest_own_head(context.tx, origin.incarnation));
  if (state.size == 0 || (newest && newest->size == state.size)) return due_;
  KNOOP_LET(lost, storage::lost_head(context.tx, origin.incarnation));
  if (lost) return due_;
  KNOOP_TRY(log.head(context.tx, context.now));
  KNOOP_TRY(storage::forget_own_heads(context.tx, origin.incarnation, context.now - kept_for));
  context.wake();  // for those who cosign it
  return due_;
}

Result<void> add_heads(storage::Transaction& tx, const Membership& membership, const MemberId& to,
                       Hello& hello) {
  KNOOP_LET(state, storage::audit_state(tx));
  KNOOP_LET(own, storage::newest_own_head(tx, state.incarnation));
  if (own && membership.convenant() && membership.own_card()) {
    KNOOP_LET(note, own_cosigned_head(tx, membership, state.incarnation, own->size));
    hello.own_head = std::move(note);
    KNOOP_LET(opening, own_opening(tx, state.incarnation, own->size));
    hello.opening = std::move(opening);
    KNOOP_LET(confirmed, storage::newest_witnessed_head(tx, state.incarnation));
    if (confirmed && confirmed->size != own->size) {
      KNOOP_LET(text, own_cosigned_head(tx, membership, state.incarnation, confirmed->size));
      if (text) hello.heads.push_back(std::move(*text));
    }
  }
  KNOOP_LET(theirs, storage::newest_member_head(tx, to));
  if (theirs) hello.heads.push_back(std::move(theirs->note));
  KNOOP_LET(evidence, storage::fork_evidence(tx, to, evidence_in_hello));
  for (std::string& note : evidence) hello.heads.push_back(std::move(note));
  // Hello is written while nothing may be: the clock moves the window.
  const auto turn = static_cast<std::uint64_t>(std::max<std::int64_t>(0, hello.clock.ms) / 60'000);
  KNOOP_LET(others, storage::newest_member_heads(tx, to, turn * heads_in_hello, heads_in_hello));
  for (std::string& note : others)
    if (std::ranges::find(hello.heads, note) == hello.heads.end()) hello.heads.push_back(std::move(note));
  return {};
}

Result<std::optional<storage::HeadNews>> take_head(Context& context, const MemberId& from,
                                                   const std::string& note, HeadSource source) {
  const Membership& membership = context.membership();
  if (!membership.convenant() || !membership.own_card()) return std::nullopt;
  const auto origin = audit::claimed_origin(note);
  if (!origin) return std::nullopt;
  KNOOP_LET(known, storage::knows_head(context.tx, origin->member, note));
  if (known && source != HeadSource::itself) return std::optional(storage::HeadNews::known);
  KNOOP_LET(taken, checked(context.tx, membership, note));
  if (!taken) return std::nullopt;
  const storage::MemberHead& head = taken->head;
  if (head.member == membership.self()) {
    KNOOP_TRY(take_own(context, from, head));
    return std::optional(storage::HeadNews::known);
  }
  if (taken->witnessed.enough)
    KNOOP_TRY(storage::keep_witnessed_head(context.tx, head, *taken->witnessed.at));
  KNOOP_TRY(look_back(context, head, taken->witnessed.enough));
  const bool by_itself = source == HeadSource::itself && head.member == from;
  KNOOP_LET(news, storage::keep_member_head(context.tx, head, by_itself, context.now));
  if (news == storage::HeadNews::fork) {
    KNOOP_TRY(log_evidence(context, audit::Event::log_fork_seen, from, head, ""));
    if (source != HeadSource::passed) KNOOP_TRY(pass_on(context, head));
  }
  if (news == storage::HeadNews::rollback)
    KNOOP_TRY(log_evidence(context, audit::Event::log_rollback_seen, from, head, ""));
  return std::optional(news);
}

Result<void> take_contradiction(Context& context, const MemberId& from, const storage::MemberHead& held,
                                const storage::MemberHead& head) {
  KNOOP_LET(news, storage::keep_contradiction(context.tx, held, head, context.now));
  if (!news) return {};
  const bool fork = held.size == head.size;
  KNOOP_TRY(log_evidence(
      context, audit::Event::log_fork_seen, from, head,
      fork ? "" : fmt::format("; it did not show that this contains the head of size {}", held.size)));
  return fork ? pass_on(context, head) : Result<void>{};
}

Result<void> take_heads(Context& context, const MemberId& from, const Hello& hello) {
  if (hello.own_head) KNOOP_TRY(take_head(context, from, *hello.own_head, HeadSource::itself));
  for (const std::string& head : hello.heads) KNOOP_TRY(take_head(context, from, head, HeadSource::told));
  return {};
}

}  // namespace knoop
