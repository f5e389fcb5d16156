// Recording and withdrawing consent (R3). The rules stand in protocol/consent; this service keeps records, logs each
// step, and sees to it that a withdrawal takes effect everywhere at once (R3.5): offers that are under way are
// cancelled, and every organisation that received something on it is told, in the transaction of the withdrawal.
#pragma once

#include "node/core/exchange_service.h"
#include "protocol/consent/record.h"

namespace knoop {

class ConsentService final : public Service {
 public:
  explicit ConsentService(ExchangeService& exchange) : exchange_(exchange) {}

  void register_handlers(Dispatcher&) override {}

  /// Checks and stores. Id, recorder and time are ours to fill: what `draft` says of them is not used.
  Result<BasisId> record(Context& context, consent::Consent draft);
  /// Withdraws a yes. Fails (wrong_state) when it is withdrawn already, (bad_value) when it is a refusal: that is
  /// replaced by a new record of the same givers.
  Result<ExchangeService::WithdrawalEffect> withdraw(Context& context, const BasisId& id);
  /// A logged read.
  Result<std::vector<consent::Consent>> list(Context& context, const std::string& client);

  /// A decision to share without consent (R3.6).
  Result<BasisId> record_ground(Context& context, consent::Ground draft);

 private:
  ExchangeService& exchange_;
};

}  // namespace knoop
