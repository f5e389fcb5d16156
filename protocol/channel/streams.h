// The rules of a stream: what to send, when to send it again, what to take, and what an acknowledgement proves.
// State in, decision out. The database keeps the durable half of the state, the node's timer asks when to look again.
//
// Numbers. A body gets its number, counting from 1, in a transaction *after* the peer's Hello was believed and before
// it is handed to the transport for the first time; until then it waits in the outbox without one. So a number that
// the peer acknowledges and we never gave out proves that we forgot something: we were restored from a backup. Were
// bodies numbered while the peer is away, a restored node would give old numbers to new bodies, and the peer would
// drop them as duplicates.
//
// Sending. At most `window` frames are unacknowledged. The receiver takes numbers strictly in order, so after a loss
// everything unacknowledged is sent again (go back n); frames travel over an ordered connection, and gaps come from
// cut connections, not from single losses. Retries wait 2, 4, 8 … seconds up to a minute, each with jitter, so that
// forty nodes whose power came back do not knock in step. Any life sign of the peer resets the wait.
//
// Receiving. The number is stored with the effects in one transaction (R9.4: nothing is applied twice). An
// acknowledgement says "committed", never "received".
//
// A hostile peer can acknowledge what it did not apply (its loss, and its signature says so), repeat, leave gaps or
// stall (it gets nothing further on that stream), and claim numbers we never gave: that only raises an alarm here,
// believing it takes proof (operations, restored nodes).
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>

#include "crypto/base/entropy.h"
#include "crypto/base/time.h"
#include "protocol/channel/messages.h"

namespace knoop {

inline constexpr std::uint64_t stream_window = 16;
inline constexpr Milliseconds first_retry{2'000};
inline constexpr Milliseconds longest_retry{60'000};

/// A random wait between half of min(first_retry · 2^attempt, longest_retry) and the whole of it.
[[nodiscard]] Milliseconds retry_wait(unsigned attempt, Entropy& entropy);

/// The sending side of one stream. Durable: id, assigned, acknowledged. The rest begins anew with the process.
class SendStream {
 public:
  /// `renewed`: it was opened anew after a restore at either end, and the peer does not follow it yet.
  SendStream(const StreamId& id, std::uint64_t assigned, std::uint64_t acknowledged, bool renewed = false)
      : id_(id), assigned_(assigned), acknowledged_(acknowledged), sent_(acknowledged), renewed_(renewed) {}

  /// How many more bodies may be numbered now. Zero until the peer acknowledges.
  [[nodiscard]] std::uint64_t room() const {
    return stream_window - std::min(stream_window, assigned_ - acknowledged_);
  }
  /// Numbers the next body. Store it with the body, in one transaction, before take().
  [[nodiscard]] std::uint64_t assign();

  /// Numbers to hand to the transport now: first to last, empty when first > last. They count as sent.
  struct Range {
    std::uint64_t first = 1;
    std::uint64_t last = 0;
    [[nodiscard]] bool empty() const { return first > last; }
    friend bool operator==(const Range&, const Range&) = default;
  };
  /// At most `most` of them: next_look() then says "at once" for the rest.
  [[nodiscard]] Range take(Timestamp now, Entropy& entropy, std::uint64_t most = stream_window);

  enum class AckResult {
    progress,  ///< Frames up to the number are done with.
    old,       ///< Nothing new.
    other_id,  ///< For a stream that is not this one: the peer has not heard of it yet, or one of us was restored.
    beyond,  ///< A number that was never given out: we were restored, or the peer lies.
  };
  [[nodiscard]] AckResult acknowledged(const Committed& committed, Timestamp now, Entropy& entropy);

  /// The peer is there again (link up, Hello believed, a frame of it): send what is unacknowledged now rather than
  /// after the long wait. `link_is_new`: what was under way on the old connection may be lost.
  void life(Timestamp now, bool link_is_new);
  /// The peer could not open this number: send again from there at the next take().
  void reseal(std::uint64_t number, Timestamp now);

  /// When take() may have something again: a time in the past means at once, none that all is acknowledged.
  [[nodiscard]] std::optional<Timestamp> next_look() const;

  [[nodiscard]] const StreamId& id() const { return id_; }
  [[nodiscard]] std::uint64_t assigned() const { return assigned_; }
  [[nodiscard]] std::uint64_t acknowledged() const { return acknowledged_; }
  [[nodiscard]] bool renewed() const { return renewed_; }
  /// The peer's Hello names this stream.
  void followed() { renewed_ = false; }

 private:
  StreamId id_;
  std::uint64_t assigned_;
  std::uint64_t acknowledged_;
  std::uint64_t sent_;  ///< Highest number handed over in this attempt.
  unsigned attempt_ = 0;
  std::optional<Timestamp> retry_at_;
  std::optional<Timestamp> resealed_at_;
  bool renewed_ = false;
};

/// What to do with a number that came in a stream of which `committed` is done.
enum class Arrival {
  apply,         ///< The next one: apply it and store the number with the effects.
  duplicate,     ///< Done already: acknowledge again, nothing else.
  gap,           ///< Something before it is missing: drop it, the sender comes back to it.
  other_stream,  ///< Not the stream we know of this peer: only a believed Hello introduces another.
};
[[nodiscard]] Arrival arrival(const Committed& committed, const StreamId& id, std::uint64_t number);

/// What a believed Hello says about one kind of stream, against what we know.
struct StreamComparison {
  bool i_am_behind = false;  ///< The peer follows another stream of mine, or committed numbers that I never
      ///< gave: I was restored. Not while it may not have heard of the one that I opened anew.
  bool peer_is_behind =
      false;  ///< I committed numbers the peer never gave, or it forgot some: it was restored.
  bool new_stream =
      false;  ///< The peer's outgoing stream is one that we do not know: take over its id, from 0.
};
/// `mine`: my outgoing stream; `received`: how far I am in the peer's. `awaited`: I was restored, and the peer opens a new
/// stream because of it.
[[nodiscard]] StreamComparison compare(const StreamReport& report, const SendStream& mine,
                                       const Committed& received, bool awaited = false);

}  // namespace knoop
