#include "node/core/context.h"

#include "node/core/audit_log.h"
#include "node/core/channel.h"
#include "node/core/clock_watch.h"
#include "node/core/hints.h"

namespace knoop {

Result<std::uint64_t> Context::audit(audit::AuditEntry entry) {
  if (!is_look(entry, actor)) return world_.audit_log.append(tx, now, entropy, actor, std::move(entry));
  const audit::Event event = entry.event;
  const std::string client = entry.client;
  KNOOP_LET(index, world_.audit_log.append(tx, now, entropy, actor, std::move(entry)));
  KNOOP_TRY(watch_look(*this, event, client));
  return index;
}

Result<void> Context::send(const MemberId& to, MessageType type, const std::optional<SubjectId>& subject,
                           Bytes body) {
  return world_.channel.enqueue(*this, to, type, subject, std::move(body));
}

Result<void> Context::take_back(const MemberId& to, MessageType type, const SubjectId& subject,
                                const std::function<Result<std::optional<Bytes>>(ByteView)>& look) {
  return world_.channel.take_back(*this, to, type, subject, look);
}

Result<std::optional<AgreedVersions>> Context::agreed_versions(const MemberId& peer) const {
  return world_.channel.agreed_versions(tx, peer);
}

std::optional<ConvenantMark> Context::convenant_of(const MemberId& member) const {
  return world_.channel.convenant_of(member);
}

Result<std::uint64_t> Context::member_left(const MemberId& member) {
  KNOOP_TRY(world_.member_left(*this, member));
  return world_.channel.leave(*this, member);
}

Result<void> Context::streams_renewed(const MemberId& member, Restored who) {
  return world_.restored(*this, member, who);
}

Result<std::uint64_t> Context::renew_streams() {
  return world_.channel.renew_all(*this);
}

Result<void> Context::reload_streams() {
  return world_.channel.reload(tx, clock);
}

void Context::distrust(const MemberId& member) {
  world_.channel.distrust(member);
}

bool Context::told_heads(const MemberId& member) const {
  return world_.channel.told_heads(member);
}

bool Context::streams_set_back() const {
  return world_.channel.set_back();
}

bool Context::reachable(const MemberId& member) const {
  return world_.channel.reachable(member);
}

const PresharedKey* Context::preshared(const MemberId& peer) const {
  return world_.channel.preshared(peer);
}

std::optional<PresharedKeyId> Context::preshared_id(const MemberId& peer) const {
  return world_.channel.preshared_id(peer);
}

Result<void> Context::set_preshared(const MemberId& peer, std::optional<PresharedKey> key) {
  return world_.channel.set_preshared(*this, peer, std::move(key));
}

bool Context::clock_sure() const {
  return !world_.clock_watch.doubt();
}

Result<void> Context::require_clock() const {
  const auto& doubt = world_.clock_watch.doubt();
  if (!doubt) return {};
  return fail(
      ErrorCode::clock_unsure, Side::ours,
      "this node's clock went {} from {} to {}: nothing is disclosed until an administrator has set it right "
      "and confirmed it with `knoop clock confirm`",
      to_string(doubt->step), doubt->before.iso(), doubt->after.iso());
}

Result<void> Context::member_clock(const MemberId& member, Timestamp theirs) {
  if (!world_.clock_watch.agrees(member, theirs, clock)) return {};
  KNOOP_TRY(
      this->audit({.event = audit::Event::clock_confirmed,
                   .action = audit::Action::update,
                   .detail = fmt::format("{} members have the same time", ClockWatch::members_needed)}));
  wake();
  return world_.clock_watch.end(tx, clock);
}

Result<void> Context::confirm_clock() {
  const auto& doubt = world_.clock_watch.doubt();
  if (!doubt)
    return fail(ErrorCode::wrong_state, Side::user, "the clock is not in doubt; there is nothing to confirm");
  KNOOP_TRY(this->audit({.event = audit::Event::clock_confirmed,
                         .action = audit::Action::update,
                         .detail = fmt::format("{}; it had gone {} from {}", clock.iso(),
                                               to_string(doubt->step), doubt->before.iso())}));
  wake();
  return world_.clock_watch.end(tx, clock);
}

Result<void> Context::attempt(const std::function<Result<void>(Context&)>& part) {
  KNOOP_LET(savepoint, tx.nested());
  Context inner(savepoint, world_, actor, {clock, now});
  KNOOP_TRY(part(inner));
  KNOOP_TRY(savepoint.commit());
  for (Work& work : inner.take_submitted()) submitted_.push_back(std::move(work));
  woken_ = woken_ || inner.woken_;
  return {};
}

}  // namespace knoop
