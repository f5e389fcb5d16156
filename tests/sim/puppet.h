// A member that lies in matching: a real node on the network, with its own keys and card, whose matching messages are
// written by the test.
#pragma once

#include "node/core/matching_registration.h"
#include "tests/sim/region.h"

namespace knoop::sim {

/// Keeps what comes and answers nothing.
class Puppet final : public Service {
 public:
  void register_handlers(Dispatcher& dispatcher) override {
    for (const auto type :
         {MessageType::epoch_open, MessageType::epoch_complete, MessageType::epoch_ended,
          MessageType::register_batch, MessageType::evaluated, MessageType::register_refused,
          MessageType::answer_overdue, MessageType::batch_closed, MessageType::proof_request,
          MessageType::proof, MessageType::withdraw, MessageType::withdraw_applied, MessageType::match_claim,
          MessageType::match_answer, MessageType::match_choice, MessageType::match_notice,
          MessageType::match_receipt, MessageType::match_outcome})
      dispatcher.on(type, Audience::members_and_former,
                    [this](Context&, const Received& message) -> Result<void> {
                      heard.push_back(message);
                      return {};
                    });
  }
  std::vector<Received> heard;
};

/// The first epoch with `peer` as the puppet sees it.
inline matching::Pair first_pair(SimNode& puppet, const MemberId& peer) {
  return *puppet.command<matching::Pair>([&](Context& context) -> Result<matching::Pair> {
    storage::MatchingPair row;
    row.peer = peer;
    row.epoch = 1;
    row.versions = context.agreed_versions(peer).value().value();
    return matching_pair(context, row);
  });
}

}  // namespace knoop::sim
