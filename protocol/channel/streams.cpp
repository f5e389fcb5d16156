#include "protocol/channel/streams.h"

namespace knoop {

Milliseconds retry_wait(unsigned attempt, Entropy& entropy) {
  Milliseconds longest = first_retry;
  for (unsigned i = 0; i < attempt && longest < longest_retry; ++i) longest *= 2;
  longest = std::min(longest, longest_retry);
  std::array<Byte, 4> drawn{};
  entropy.fill(drawn);
  std::int64_t value = 0;
  for (const Byte byte : drawn) value = value * 256 + byte;
  const std::int64_t half = longest.count() / 2;
  return Milliseconds{half + value % (half + 1)};  // the bias of the remainder is below one in a million
}

std::uint64_t SendStream::assign() {
  KNOOP_ASSERT(room() > 0, "a body was numbered beyond the window");
  return ++assigned_;
}

SendStream::Range SendStream::take(Timestamp now, Entropy& entropy, std::uint64_t most) {
  if (sent_ > acknowledged_ && retry_at_ && now >= *retry_at_) {
    sent_ = acknowledged_;
    ++attempt_;
  }
  const Range range{sent_ + 1, std::min({assigned_, acknowledged_ + stream_window, sent_ + most})};
  if (!range.empty()) {
    sent_ = range.last;
    retry_at_ = now + retry_wait(attempt_, entropy);
  }
  return range;
}

SendStream::AckResult SendStream::acknowledged(const Committed& committed, Timestamp now, Entropy& entropy) {
  if (!committed.id) return AckResult::old;
  if (*committed.id != id_) return AckResult::other_id;
  if (committed.number > assigned_) return AckResult::beyond;
  if (committed.number <= acknowledged_) return AckResult::old;
  acknowledged_ = committed.number;
  sent_ = std::max(sent_, acknowledged_);
  attempt_ = 0;
  retry_at_.reset();
  if (sent_ > acknowledged_) retry_at_ = now + retry_wait(attempt_, entropy);
  return AckResult::progress;
}

void SendStream::life(Timestamp now, bool link_is_new) {
  if (link_is_new) {
    sent_ = acknowledged_;
    retry_at_.reset();
  } else if (attempt_ > 0 && retry_at_) {
    retry_at_ = std::min(*retry_at_, now + first_retry);
  }
  attempt_ = 0;
}

void SendStream::reseal(std::uint64_t number, Timestamp now) {
  // A replayed Reseal must not make us send without end.
  if (resealed_at_ && now < *resealed_at_ + first_retry) return;
  if (number <= acknowledged_ || number > sent_) return;
  resealed_at_ = now;
  sent_ = number - 1;
}

std::optional<Timestamp> SendStream::next_look() const {
  if (sent_ < std::min(assigned_, acknowledged_ + stream_window)) return Timestamp{};
  return sent_ > acknowledged_ ? retry_at_ : std::nullopt;
}

Arrival arrival(const Committed& committed, const StreamId& id, std::uint64_t number) {
  if (committed.id != id) return Arrival::other_stream;
  if (number <= committed.number) return Arrival::duplicate;
  return number == committed.number + 1 ? Arrival::apply : Arrival::gap;
}

StreamComparison compare(const StreamReport& report, const SendStream& mine, const Committed& received,
                         bool awaited) {
  StreamComparison out;
  if (!report.received.id)
    out.peer_is_behind = mine.acknowledged() > 0;
  else if (*report.received.id != mine.id())
    out.i_am_behind = !mine.renewed();
  else if (report.received.number > mine.assigned())
    out.i_am_behind = true;
  else
    out.peer_is_behind = report.received.number < mine.acknowledged();
  if (received.id != report.id) {
    out.new_stream = true;
    if (received.number > 0 && !awaited) out.peer_is_behind = true;
  } else if (received.number > report.last_sent) {
    out.peer_is_behind = true;
  }
  return out;
}

}  // namespace knoop
