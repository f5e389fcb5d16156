// The messages of a hand-over, as a peer can send them, and the table that answers them.
#include "protocol/handover/guards.h"
#include "protocol/handover/machine.h"
#include "protocol/handover/messages.h"

using namespace knoop;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteView body{data, size};
  if (const auto event = decode<handover::HandoverEvent>(body)) {
    const handover::Happening& happening = event->happening;
    for (const auto flow : {handover::Flow::transfer, handover::Flow::advice})
      for (const auto responsible : {handover::Party::afzender, handover::Party::ontvanger}) {
        const handover::Step step =
            handover::step(flow, event->decided_in, responsible, happening.event, happening.by);
        // Whatever a peer names, the table answers, and it never leaves its own list of states.
        if (step.answer == handover::Answer::moves && !is_valid(step.next)) __builtin_trap();
      }
    // What passes the guards can be put on the clock.
    const Date today = Date::of(happening.at);
    if (handover::check(event->decided_in, happening, today)) {
      const std::array path{
          handover::Moved{event->decided_in, happening.event, today, happening.date, happening.feedback}};
      static_cast<void>(handover::deadline_of(handover::Flow::transfer, event->decided_in,
                                              handover::Urgency::normal, today, path, {}));
    }
  }
  if (const auto state = decode<handover::HandoverState>(body)) {
    static_cast<void>(handover::is_final(state->state));
    static_cast<void>(handover::to_string(state->state));
  }
  if (const auto told = decode<handover::HandoverTold>(body))
    if (encode(*told) != Bytes(body.begin(), body.end())) __builtin_trap();
  return 0;
}
