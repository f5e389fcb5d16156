#include "node/core/context.h"

#include "node/core/audit_log.h"
#include "node/core/channel.h"

namespace knoop {

Result<std::uint64_t> Context::audit(audit::AuditEntry entry) {
  return world_.audit_log.append(tx, now, entropy, actor, std::move(entry));
}

Result<void> Context::send(const MemberId& to, MessageType type, const std::optional<SubjectId>& subject,
                           Bytes body) {
  return world_.channel.enqueue(*this, to, type, subject, std::move(body));
}

Result<std::optional<AgreedVersions>> Context::agreed_versions(const MemberId& peer) const {
  return world_.channel.agreed_versions(tx, peer);
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

Result<void> Context::attempt(const std::function<Result<void>(Context&)>& part) {
  KNOOP_LET(savepoint, tx.nested());
  Context inner(savepoint, world_, actor, now);
  KNOOP_TRY(part(inner));
  KNOOP_TRY(savepoint.commit());
  for (Work& work : inner.take_submitted()) submitted_.push_back(std::move(work));
  woken_ = woken_ || inner.woken_;
  return {};
}

}  // namespace knoop
