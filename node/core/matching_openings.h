// The opening audit at the registrant (protocol.md section 3, docs/spec/openings.md; protocol/matching/openings.h has the
// rules). Part of MatchingService.
//
// Driven by rows like the rest of matching: advance() looks at each audit and does what it calls for, so a crash at any
// instruction is made good by looking again. When an epoch has ended:
//
//   1. our statement is made (the tree over our points on the executor) and sent
//   2. the peer's statement is awaited and checked against ours and against what it committed to
//   3. the handles are drawn, opened and sealed to the auditor, with their paths
//   4. the epoch's key and everything that was not drawn are deleted
//
// Without an auditor in the convenant there is no audit, and nothing is kept for one. A peer that never states anything, or
// states what was not, is named in the log; its own key goes when the epoch's time is up (matching_epochs.h).
//
// What a hostile peer can do: state another tree than was registered. Then nothing is opened to it or anybody; both
// statements, signed, are kept and contradict each other, and the log says so.
#pragma once

#include <map>

#include "node/core/service.h"
#include "storage/openings_repository.h"

namespace knoop {

/// One audit for the privacy officer; no personal data.
struct OpeningAuditView {
  MemberId peer;
  matching::Epoch epoch = 0;
  Timestamp started;
  bool stated = false;  ///< The peer's statement came and holds.
  std::uint64_t handles = 0;
  std::size_t opened = 0;
  std::optional<Timestamp> done;
  std::string trouble;
};

/// Everything that the file for the auditor says.
struct OpeningsExport {
  NetworkId network;
  MemberId registrant;
  MemberId peer;
  std::uint32_t sample = 0;
  std::string card;
  std::string peer_card;
  Bytes statement;
  Bytes peer_statement;
  Bytes context;
  std::vector<storage::StoredOpening> openings;
};

class MatchingOpenings {
 public:
  void register_handlers(Dispatcher& dispatcher);
  /// For MatchingEpochs::on_ended.
  Result<void> on_epoch_ended(Context& context, const storage::MatchingPair& pair);
  Result<void> advance(Context& context);

  Result<std::vector<OpeningAuditView>> list(Context& context);
  /// Logged. not_found without such an audit, wrong_state before it is done.
  Result<OpeningsExport> export_openings(Context& context, const MemberId& peer, matching::Epoch epoch);

 private:
  Result<void> advance_audit(Context& context, const storage::OpeningAudit& audit);
  Result<void> start_statement(Context& context, const storage::OpeningAudit& audit);
  Result<void> take_statement(Context& context, storage::OpeningAudit audit);
  Result<void> start_draw(Context& context, const storage::OpeningAudit& audit);
  Result<void> start_opening(Context& context, const storage::OpeningAudit& audit);
  Result<void> finish(Context& context, storage::OpeningAudit audit, std::string trouble);
  Result<void> seal_ended(Context& context);

  Result<void> on_statement(Context& context, const Received& message);

  /// One job a pair at a time. False: it runs, and did not start so long ago that it must have been lost.
  bool begin(storage::PairId pair, Timestamp now);
  void end(storage::PairId pair) { running_.erase(pair); }

  std::map<storage::PairId, Timestamp> running_;
};

}  // namespace knoop
