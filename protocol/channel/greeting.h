// When a Hello is believed: the challenge and answer that make an old Hello, sent again, harmless.
//
// A Hello says how far the peer is in each stream. An old one says less than is true, and a node that believed it would
// take its peer, or itself, for one restored from a backup, and stop disclosing. CurveZMQ and the frame's signature
// prove who wrote a Hello, not when. So each Hello carries a random challenge while its writer does not yet believe
// the peer, and is believed only when it answers the reader's own outstanding challenge, once.
//
//   A -> B  Hello(challenge a)                  B answers, with a challenge of its own
//   B -> A  Hello(challenge b, answer a)        A believes, answers
//   A -> B  Hello(answer b)                     B believes
//
// Lost: the side that still has a challenge outstanding sends again after its retry interval. Repeated: an answer that
// was used counts no more. A Hello without a challenge is never answered, so two nodes cannot greet each other for
// ever. Held in memory for one connection; a new link begins a new greeting.
#pragma once

#include <optional>

#include "crypto/base/entropy.h"
#include "protocol/channel/messages.h"

namespace knoop {

class Greeting {
 public:
  /// A link came up (or up again): forget what was believed and draw a challenge. Send a Hello with fill().
  void begin(Entropy& entropy);

  /// Puts challenge and answer into a Hello that is about to be sent.
  void fill(Hello& hello) const;

  struct Outcome {
    bool believed = false;  ///< This Hello is fresh: act on what it says.
    bool answer = false;    ///< Send a Hello back.
  };
  /// A Hello came, in a frame with the peer's signature.
  [[nodiscard]] Outcome received(const Hello& hello, Entropy& entropy);

  /// Whether the peer's Hello was believed on this link: only then other frames may be sent.
  [[nodiscard]] bool complete() const { return complete_; }
  /// Whether a Hello has to be sent again when no answer came.
  [[nodiscard]] bool waiting() const { return outstanding_.has_value(); }

 private:
  std::optional<Challenge> outstanding_;  ///< Ours, unanswered.
  std::optional<Challenge> theirs_;       ///< The last we were given.
  bool complete_ = false;
};

}  // namespace knoop
