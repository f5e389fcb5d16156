#include "node/core/audit_log.h"

#include <algorithm>

#include "crypto/checkpoint.h"
#include "crypto/note.h"
#include "storage/witness_repository.h"

namespace knoop {
namespace {

void fill(audit::AuditEntry& entry, const Actor& actor) {
  if (entry.user.empty()) entry.user = actor.user;
  if (entry.responsible.empty()) entry.responsible = actor.responsible;
  if (entry.role.empty()) entry.role = to_string(actor.role);
  if (entry.source.empty()) entry.source = actor.source;
  if (!entry.peer) entry.peer = actor.peer;
}

Result<AuditPosition> append_one(storage::Transaction& tx, storage::AuditState& state, Timestamp now,
                                 Entropy& entropy, const audit::AuditEntry& entry) {
  const std::uint64_t index = state.tree.size();
  const Timestamp time = index == 0 ? now : std::max(now, state.last_time);
  KNOOP_LET(sealed, audit::seal(index, time, entry, entropy));
  const std::vector<TreeNode> completed = state.tree.append(sealed.leaf);
  state.last_time = time;
  KNOOP_TRY(storage::append_audit_entry(tx, sealed, state, completed));
  return AuditPosition{sealed.index, sealed.leaf};
}

}  // namespace

Result<AuditPosition> AuditLog::append_at(storage::Transaction& tx, Timestamp now, Entropy& entropy,
                                          const Actor& actor, audit::AuditEntry entry) const {
  fill(entry, actor);
  KNOOP_LET(state, storage::audit_state(tx));
  if (state.tree.size() == 0) {
    const Actor node = Actor::node();
    KNOOP_TRY(append_one(tx, state, now, entropy,
                         {.event = audit::Event::log_opened,
                          .action = audit::Action::create,
                          .user = node.user,
                          .role = std::string(to_string(node.role)),
                          .source = node.source}));
  }
  return append_one(tx, state, now, entropy, entry);
}

Result<std::uint64_t> AuditLog::append(storage::Transaction& tx, Timestamp now, Entropy& entropy,
                                       const Actor& actor, audit::AuditEntry entry) const {
  KNOOP_LET(position, append_at(tx, now, entropy, actor, std::move(entry)));
  return position.index;
}

Result<void> AuditLog::open_next(storage::Transaction& tx, Timestamp now, Entropy& entropy,
                                 const Actor& actor, std::uint32_t incarnation,
                                 audit::AuditEntry entry) const {
  KNOOP_LET(before, storage::audit_state(tx));
  KNOOP_ASSERT(incarnation > before.incarnation, "logs follow each other");
  fill(entry, actor);
  storage::AuditState next;
  next.incarnation = incarnation;
  return append_one(tx, next, std::max(now, before.last_time), entropy, entry).map([](const AuditPosition&) {
  });
}

Result<AuditLog::State> AuditLog::state(storage::Transaction& tx) const {
  KNOOP_LET(state, storage::audit_state(tx));
  return State{state.tree.size(), state.last_time};
}

Result<storage::LogPosition> AuditLog::newest(storage::Transaction& tx) const {
  return storage::newest_audit_position(tx);
}

Result<audit::LogOrigin> AuditLog::origin(storage::Transaction& tx) const {
  if (!membership_.convenant() || !membership_.own_card())
    return fail(ErrorCode::wrong_state, Side::ours,
                "the log has no name before this node has a card and a convenant; install both");
  KNOOP_LET(state, storage::audit_state(tx));
  return audit::LogOrigin{membership_.network(), membership_.self(), state.incarnation};
}

Result<std::string> AuditLog::head(storage::Transaction& tx, Timestamp now) const {
  KNOOP_LET(log, origin(tx));
  KNOOP_LET(state, storage::audit_state(tx));
  KNOOP_LET(known, storage::audit_head(tx, state.incarnation, state.tree.size()));
  if (known) return *known;
  KNOOP_LET(lost, storage::lost_head(tx, state.incarnation));
  if (lost)
    return fail(ErrorCode::unwitnessed, Side::ours,
                "others hold a head of this node's log that it does not have itself: nothing is signed until "
                "the privacy officer has opened its next log");

  const std::string name = log.text();
  Note note{Checkpoint{name, state.tree.size(), state.tree.root(), {}}.text(), {}};
  KNOOP_TRY(sign_note(note, name, keys_.signing.secret_key));
  const std::string text = note.encode();
  KNOOP_TRY(storage::keep_audit_head(tx, state.incarnation, state.tree.size(), now, text));
  return text;
}

}  // namespace knoop
