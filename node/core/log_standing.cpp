#include "node/core/log_standing.h"

#include "config/witnesses.h"
#include "node/core/membership.h"
#include "storage/audit_repository.h"
#include "storage/witness_repository.h"

namespace knoop {

audit::WitnessRule witnesses_of(const Membership& membership, const MemberId& log) {
  if (!membership.convenant() || !membership.own_card()) return {};
  return witness_rule(*membership.convenant(), log, [&](const MemberId& member) {
    return member == membership.self() ? &*membership.own_card() : membership.card(member);
  });
}

Result<LogStanding> log_standing(storage::Transaction& tx, const Membership& membership, Timestamp now) {
  LogStanding out;
  KNOOP_LET(state, storage::audit_state(tx));
  out.incarnation = state.incarnation;
  out.size = state.tree.size();
  if (!membership.convenant() || !membership.own_card()) return out;
  out.bound = std::chrono::hours(membership.convenant()->terms.unwitnessed_hours);
  out.rule = witnesses_of(membership, membership.self());
  out.watched = out.rule.exists();
  KNOOP_LET(lost, storage::lost_head(tx, state.incarnation));
  out.lost = std::move(lost);
  KNOOP_LET(newest, storage::newest_witnessed_head(tx, out.incarnation));
  if (newest) {
    out.witnessed_size = newest->size;
    out.witnessed_at = newest->at;
  }
  out.fresh = !out.watched && !out.lost;
  if (!out.watched) return out;
  KNOOP_LET(since, storage::entry_time(tx, out.incarnation, out.witnessed_size));
  out.unwitnessed_since = since;
  out.late = audit::lateness(since, out.bound, now);
  std::vector<std::optional<Timestamp>> answers;
  for (const audit::Witness& witness : out.rule.witnesses) {
    KNOOP_LET(row, storage::own_witness(tx, witness.member, out.incarnation));
    answers.push_back(row.answered);
    if (row.answered && now - *row.answered <= out.bound) ++out.answers;
  }
  out.fresh = !out.lost && audit::is_fresh(std::move(answers), out.rule.quorum(), out.bound, now);
  return out;
}

Result<void> require_witnessed(Context& context) {
  KNOOP_LET(standing, log_standing(context.tx, context.membership(), context.now));
  if (standing.lost)
    return fail(
        ErrorCode::unwitnessed, Side::ours,
        "others hold a head of this node's log that it does not have itself: its database was set back to "
        "a copy; nothing is disclosed until the privacy officer has opened its next log (knoop audit "
        "incarnation)");
  if (!standing.discloses())
    return fail(
        ErrorCode::unwitnessed, Side::ours,
        "no witness has confirmed this node's log since {}; nothing is disclosed until enough of them have "
        "({} of {}); look whether they can be reached",
        standing.unwitnessed_since->iso(), standing.rule.quorum(), standing.rule.named);
  return {};
}

Result<bool> own_log_is_fresh(Context& context) {
  KNOOP_LET(standing, log_standing(context.tx, context.membership(), context.now));
  return standing.fresh;
}

}  // namespace knoop
