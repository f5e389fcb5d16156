// Witnesses (R8.2, protocol.md section 6, docs/spec/audit.md "Witnesses"; C2SP tlog-witness and tlog-cosignature): the node asks
// the witnesses that the convenant names for its log to cosign its heads, and cosigns those of others as one of theirs.
//
// As owner. All witnesses are asked for one head at a time, the *target*, so that they meet at one size: the next one follows
// when the target is witnessed, or after five minutes. One question a witness is open at once, so witnesses that are away
// cost one waiting message each. A witness is asked again, also without a new head, after this node started, when its channel
// opened, and a third of the convenant's bound after its last answer: its answer says that it holds nothing larger, which is
// what makes the log *fresh* (log_standing.h).
//
// As witness. A head is cosigned only when its owner's own key signed it, it comes from its owner, its owner says which head
// we hold and proves that this one contains it; and only in the transaction that stores it as the one we hold. So no crash,
// repetition or order of messages makes us sign two heads that contradict each other. What does not fit is answered with the
// head that we hold. Whose log forked gets nothing cosigned any more in that incarnation.
//
// Proofs. Whoever received a release is owed the proof that the entry named in the offer stands in the sender's log, under a
// witnessed head; the sender sends it as soon as there is one. Overdue after the bound, wrong at once: both are logged and
// shown. So it is when its sender was restored and says that it cannot prove that entry any more.
//
// What a hostile peer can do: as owner, sign two histories (evidence, heads.h), or stall (its own log is late); as witness,
// refuse or be silent (f of them change nothing), say that it holds less than it does (one honest witness of a quorum does
// not), or show a head that we never signed (dropped). Nothing here makes log entries but alarms, each once.
#pragma once

#include "node/core/heads.h"
#include "node/core/log_standing.h"
#include "node/core/service.h"
#include "protocol/audit/log_proof.h"
#include "protocol/audit/messages.h"
#include "protocol/exchange/messages.h"
#include "storage/witness_repository.h"

namespace knoop {

class WitnessService final : public Service {
 public:
  void register_handlers(Dispatcher& dispatcher) override;
  Result<void> on_start(Context& context) override;
  Result<void> on_peer_ready(Context& context, const MemberId& peer) override;
  Result<std::optional<Timestamp>> on_tick(Context& context) override;

 private:
  Result<void> on_head(Context& context, const Received& message);
  Result<void> cosign_or_refuse(Context& context, const MemberId& from, const audit::LogHead& asked);
  Result<void> on_answer(Context& context, const Received& message);
  Result<void> on_proof(Context& context, const Received& message);

  Result<void> ask_witnesses(Context& context, const LogStanding& standing);
  Result<void> judge(Context& context, const LogStanding& standing, std::uint64_t size);
  Result<void> tell_lateness(Context& context, const LogStanding& standing);
  Result<void> send_proofs(Context& context, const LogStanding& standing);
  Result<void> send_earlier_proofs(Context& context, const LogStanding& standing);
  Result<void> watch_proofs(Context& context);

  std::optional<Timestamp> due_;
};

/// As sender of a release: its receiver is owed the proof of this entry. Nothing when nobody watches our log.
Result<void> owe_proof(Context& context, const MemberId& peer, const ExchangeId& exchange,
                       const exchange::LogReference& log);
/// As receiver: the proof is waited for. Nothing when nobody watches the sender's log.
Result<void> await_proof(Context& context, const MemberId& peer, const ExchangeId& exchange,
                         const exchange::LogReference& log);

/// The proof of an entry of the own log under its newest witnessed head, or under its newest head when nobody watches it.
/// not_found when there is no such entry, wrong_state when no such head covers it yet.
/// `incarnation`: of an earlier log; 0: the one that is written to.
Result<audit::LogProof> prove_entry(Context& context, std::uint64_t index, std::uint32_t incarnation = 0);

}  // namespace knoop
