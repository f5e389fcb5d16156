// The messages of a hand-over, as a peer can send them, and the table that answers them.
#include "protocol/handover/messages.h"

using namespace knoop;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteView body{data, size};
  if (const auto event = decode<handover::HandoverEvent>(body)) {
    for (const auto responsible : {handover::Party::afzender, handover::Party::ontvanger}) {
      const handover::Step step =
          handover::step(event->decided_in, responsible, event->happening.event, event->happening.by);
      // Whatever a peer names, the table answers, and it never leaves its own list of states.
      if (step.answer == handover::Answer::moves && !is_valid(step.next)) __builtin_trap();
    }
  }
  if (const auto state = decode<handover::HandoverState>(body)) {
    static_cast<void>(handover::is_final(state->state));
    static_cast<void>(handover::to_string(state->state));
  }
  return 0;
}
