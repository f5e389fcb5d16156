// Destroying a client, or one fragment (R8.4, docs/spec/erasure.md).
//
//   asked ──(a second person approves what was asked)──> approved ──(in slices)──> done
//      └──────────────(taken back)──> cancelled
//
// Asking says at once what forbids it (something under way, a term that is not over). Four eyes: who approves is not who
// asked, and approves what there was when it was asked: when the dossier changed since, it is asked anew.
//
// Carrying out, each step in an event of its own, so that a crash at any instruction goes on where it was:
//   1. the client's involvements are closed; matching withdraws its identifiers and ends its matches, and seals the openings
//      that an auditor may ask for;
//   2. whoever received something is ordered to destroy it; each answers with a signed statement, overdue after a day;
//   3. the personal fields of each log entry about the client are destroyed, each by an entry of its own;
//   4. all rows go, and with the commit the erasure key. That entry and the two names are what stays; proof() signs it.
//
// As receiver: what is on loan is destroyed, what was taken over is flagged and kept: our own retention decides.
//
// Errors, all the user's: not_found, wrong_state (what forbids it), forbidden (the same person twice), conflict (changed since it
// was asked).
#pragma once

#include "node/core/exchange_service.h"
#include "node/core/service.h"
#include "storage/audit_repository.h"
#include "storage/destruction_repository.h"

namespace knoop {

class DestructionService final : public Service {
 public:
  void register_handlers(Dispatcher& dispatcher) override;
  /// Deletes what came back with an older copy of the database.
  Result<void> on_start(Context& context) override;
  Result<std::optional<Timestamp>> on_tick(Context& context) override;

  struct Question {
    std::string client;
    std::optional<FragmentId> fragment{};
    storage::DestructionGround ground{};
    std::string reason;
  };
  Result<storage::Destruction> ask(Context& context, const Question& question);
  /// What forbids it now, a sentence each.
  Result<std::vector<std::string>> obstacles(Context& context, const Question& question);
  /// `fingerprint` is that of the destruction as the approver saw it.
  Result<storage::Destruction> approve(Context& context, const DestructionId& id, const Hash256& fingerprint);
  Result<void> cancel(Context& context, const DestructionId& id, const std::string& why);

  struct Listed {
    storage::Destruction destruction;
    std::vector<storage::DestructionOrderOut> orders;
  };
  /// A logged read.
  Result<std::vector<Listed>> list(Context& context, const storage::DestructionsAfter& page = {});
  Result<storage::DestructionCounts> counts(Context& context);
  /// What was destroyed when, in which entry of the log, and what receivers answered and signed, as a file for somebody
  /// outside (protocol/erasure/proof_file.h), with the proof of that entry. It names nobody.
  Result<std::string> proof(Context& context, const DestructionId& id);

  /// A receiver answers within this time.
  static constexpr Milliseconds order_term = std::chrono::hours{24};

 private:
  Result<Hash256> fingerprint(Context& context, const Question& question);
  Result<void> on_order(Context& context, const Received& message);
  Result<void> on_proof(Context& context, const Received& message);
  Result<void> end_involvements(Context& context, const std::string& client);
  Result<void> send_orders(Context& context, storage::Destruction& destruction);
  /// Does one step; true when the next can be done at once.
  /// What came back with an older copy was erased at the start; the entries that told of it may be lost. True when some are
  /// left.
  Result<bool> tell_swept(Context& context);
  static Result<std::string> personal_fields_of(Context& context, const storage::ErasedEntry& entry);
  Result<bool> advance(Context& context, storage::Destruction& destruction);
  Result<void> finish(Context& context, storage::Destruction& destruction);
};

}  // namespace knoop
