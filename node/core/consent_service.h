// Recording and withdrawing consent (R3), and deciding without it (R3.6). The rules stand in protocol/consent; this service
// keeps records, logs each step, and sees to it that a withdrawal, or the end of a ground, takes effect everywhere at once
// (R3.5): offers that are under way are cancelled, and every organisation that received something on it is told, in the
// transaction of the withdrawal.
//
// Who may call what is decided where its route is registered: professionals record and withdraw, the privacy officer reviews,
// and nobody reviews what they recorded themselves.
//
// Errors, all the user's: not_found (no such client, consent, ground, text), bad_value (something is missing or not
// allowed; the sentence says what), wrong_state (it was done already), forbidden (one's own ground), conflict (a version of a
// text that exists).
#pragma once

#include "node/core/exchange_service.h"
#include "protocol/consent/policy.h"
#include "protocol/consent/record.h"
#include "protocol/consent/text.h"
#include "storage/consent_repository.h"

namespace knoop {

class ConsentService final : public Service {
 public:
  explicit ConsentService(ExchangeService& exchange) : exchange_(exchange) {}

  void register_handlers(Dispatcher&) override {}
  /// Logs, once, each review and each telling whose day is past.
  Result<std::optional<Timestamp>> on_tick(Context& context) override;

  // Consent.

  /// Checks and stores. Id, recorder, time and the hash of the text are ours to fill: what `draft` says of them is not used.
  /// `about`: when another member is to release on it (draft.releaser): by what both know the child. It is told at once. A no in the
  /// place of a yes takes that yes back, as withdraw() does.
  Result<BasisId> record(Context& context, consent::Consent draft, const exchange::About& about = {});
  /// Withdraws a yes. Fails (wrong_state) when it is withdrawn already, (bad_value) when it is a refusal: that is
  /// replaced by a new record of the same givers.
  Result<ExchangeService::WithdrawalEffect> withdraw(Context& context, const BasisId& id);
  struct Listed {
    consent::Consent consent;
    consent::Standing standing{};
    std::uint32_t version = 1;
  };
  /// All of a client, every version, oldest first; a logged read.
  Result<std::vector<Listed>> list(Context& context, const std::string& client);

  // After a restore, of which nobody knows which withdrawals it lost (incarnations.h).

  /// Clients of whom nothing counts until somebody looked, at most 200; a logged read.
  Result<std::vector<std::string>> doubted(Context& context);
  /// A professional looked at what is recorded of this client, withdrew what does not hold, and says how it is known that the
  /// rest holds: it counts again. Gives how many consents and grounds. wrong_state when nothing is in doubt.
  Result<std::size_t> confirm(Context& context, const std::string& client, const std::string& how);

  // The text that is shown.

  Result<std::vector<consent::ConsentText>> texts(Context& context);
  /// For a conversation in which this is what will be asked: shows no client.
  Result<std::string> print_text(Context& context, const std::string& version, const consent::Consent& about);
  /// The text of a consent as its givers saw it, with what it was about; a logged read.
  Result<std::string> print_consent(Context& context, const BasisId& id);
  Result<Hash256> add_text(Context& context, consent::ConsentText text);

  // What the organisation chose.

  Result<consent::ConsentPolicy> policy(Context& context);
  Result<std::int64_t> set_policy(Context& context, const consent::ConsentPolicy& policy);

  // Without consent.

  /// Items must be fragments of this client. What follows from the ground (review, telling the client) is ours to fill.
  Result<consent::Ground> record_ground(Context& context, consent::Ground draft);
  /// Of one client, oldest first; a logged read.
  Result<std::vector<consent::Ground>> grounds(Context& context, const std::string& client);
  /// What is to be done, in numbers: shows nobody, and is no entry in the log.
  Result<storage::GroundTasks> tasks(Context& context);
  /// What waits for the privacy officer, the most overdue first; each shown is a logged read.
  Result<std::vector<consent::Ground>> reviews(Context& context, const storage::GroundsAfter& page = {});
  struct Reviewed {
    consent::Ground ground;
    ExchangeService::WithdrawalEffect effect;  ///< Of a rejection.
  };
  Result<Reviewed> review(Context& context, const BasisId& id, consent::Verdict verdict,
                          const std::string& words);
  /// A professional takes it back. It is reviewed, and the client told, all the same.
  Result<ExchangeService::WithdrawalEffect> end_ground(Context& context, const BasisId& id);
  /// Clients who are to be told, the most overdue first; each shown is a logged read.
  Result<std::vector<consent::Ground>> clients_to_tell(Context& context,
                                                       const storage::GroundsAfter& page = {});
  Result<void> client_told(Context& context, const BasisId& id, const std::string& how);
  Result<void> postpone_telling(Context& context, const BasisId& id, const Date& due,
                                const std::string& because);

 private:
  Result<ExchangeService::WithdrawalEffect> ended(Context& context, const consent::Ground& ground);

  ExchangeService& exchange_;
};

}  // namespace knoop
