// How long a peer may take over what it owes in matching: the answer to a batch, and a proof that was asked. Without a
// term a node could take our registrations, look at the matches, and never let us see ours.
//
// The clock of a term runs only while the channel with the peer is open in both directions: a node that is down for
// maintenance, or behind a broken line, is no cheat. It gets no evaluation meanwhile because nothing reaches it. The
// time is summed over connections, so hanging up before the term ends wins nothing.
//
// Past the term: no batch of that peer is evaluated any more (Refusal::owing; what it registered before stays), and the
// log and the status of both nodes say so. It heals by itself when the answer comes: nobody need do anything.
#pragma once

#include "crypto/base/time.h"
#include "protocol/matching/messages.h"

namespace knoop::matching {

/// Small batches are everyday changes; larger ones are a first load or a new epoch.
inline constexpr Milliseconds small_batch_term{60'000};
inline constexpr Milliseconds large_batch_term{24 * 3'600'000};

[[nodiscard]] constexpr Milliseconds term_of(std::size_t batch_size) {
  return batch_size <= most_in_small_batch ? small_batch_term : large_batch_term;
}

}  // namespace knoop::matching
