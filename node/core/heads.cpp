#include "node/core/heads.h"

#include "crypto/checkpoint.h"
#include "crypto/note.h"
#include "node/core/audit_log.h"
#include "node/core/membership.h"
#include "storage/audit_repository.h"
#include "storage/head_repository.h"

namespace knoop {
namespace {

constexpr Milliseconds interval{30'000};
constexpr std::chrono::days kept_for{30};
// With max_head_size far within one frame; the others come with the next Hello.
constexpr std::size_t heads_in_hello = 64;

// A head by the member whose log it is of; nothing when it is not, or nobody's that we know.
std::optional<storage::MemberHead> checked(const Membership& membership, const std::string& text) {
  const auto note = parse_note(text, max_head_size);
  if (!note) return std::nullopt;
  const auto checkpoint = Checkpoint::parse(note->text);
  if (!checkpoint) return std::nullopt;
  const auto origin = audit::LogOrigin::parse(checkpoint->origin);
  if (!origin || origin->network != membership.network()) return std::nullopt;
  const Card* const card = membership.card_of_former(origin->member);
  if (card == nullptr || !verify_note(*note, NoteVerifier{checkpoint->origin, card->signing_key}))
    return std::nullopt;
  return storage::MemberHead{origin->member, origin->incarnation, checkpoint->size, checkpoint->root, text};
}

Result<void> take_head(Context& context, const MemberId& from, const std::string& text) {
  const auto head = checked(context.membership(), text);
  if (!head || head->member == context.membership().self()) return {};
  KNOOP_LET(news, storage::keep_member_head(context.tx, *head, head->member == from, context.now));
  if (news != storage::HeadNews::fork && news != storage::HeadNews::rollback) return {};
  return context
      .audit({.event = news == storage::HeadNews::fork ? audit::Event::log_fork_seen
                                                       : audit::Event::log_rollback_seen,
              .outcome = audit::Outcome::failed,
              .peer = head->member,
              .action = audit::Action::read,
              .object = fmt::format("log of {}, incarnation {}", context.membership().slug(head->member),
                                    head->incarnation),
              .detail = fmt::format("heard from {}: size {}", context.membership().slug(from), head->size)})
      .map([](std::uint64_t) {});
}

}  // namespace

Result<std::optional<Timestamp>> HeadService::on_tick(Context& context) {
  if (due_ && context.now < *due_) return due_;
  due_ = context.now + interval;
  const AuditLog& log = context.audit_log();
  if (!context.membership().convenant() || !context.membership().own_card()) return due_;
  KNOOP_LET(origin, log.origin(context.tx));
  KNOOP_LET(state, log.state(context.tx));
  KNOOP_LET(newest, storage::newest_own_head(context.tx, origin.incarnation));
  if (state.size == 0 || (newest && newest->size == state.size)) return due_;
  KNOOP_TRY(log.head(context.tx, context.now));
  KNOOP_TRY(storage::forget_own_heads(context.tx, origin.incarnation, context.now - kept_for));
  return due_;
}

Result<void> add_heads(storage::Transaction& tx, const Membership& membership, const MemberId& to,
                       Hello& hello) {
  KNOOP_LET(state, storage::audit_state(tx));
  KNOOP_LET(own, storage::newest_own_head(tx, state.incarnation));
  if (own && membership.convenant()) hello.own_head = own->note;
  KNOOP_LET(others, storage::newest_member_heads(tx, to, heads_in_hello));
  hello.heads = std::move(others);
  return {};
}

Result<void> take_heads(Context& context, const MemberId& from, const Hello& hello) {
  if (hello.own_head) KNOOP_TRY(take_head(context, from, *hello.own_head));
  for (const std::string& head : hello.heads) KNOOP_TRY(take_head(context, from, head));
  return {};
}

}  // namespace knoop
