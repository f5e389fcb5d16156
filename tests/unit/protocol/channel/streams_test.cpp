#include "protocol/channel/streams.h"

#include <rapidcheck.h>

#include <catch2/catch.hpp>
#include <deque>
#include <set>

#include "tests/support/test_entropy.h"

using namespace knoop;

namespace {

const Timestamp start = Timestamp::parse("2026-11-21T09:30:00Z").value();

StreamId some_id(std::uint64_t seed = 1) {
  return TestEntropy(seed).draw<StreamId>();
}

}  // namespace

TEST_CASE("a window of 16 is sent once and then waited for") {
  TestEntropy entropy;
  SendStream stream(some_id(), 0, 0);
  CHECK_FALSE(stream.next_look().has_value());
  CHECK(stream.take(start, entropy).empty());
  while (stream.room() > 0) (void)stream.assign();
  CHECK(stream.assigned() == 16);
  CHECK(stream.next_look() <= start);
  CHECK(stream.take(start, entropy) == SendStream::Range{1, 16});
  CHECK(stream.take(start + Milliseconds{999}, entropy).empty());
  CHECK(stream.next_look() >= start + Milliseconds{1'000});
  CHECK(stream.next_look() <= start + first_retry);
  CHECK(stream.acknowledged({some_id(), 10}, start, entropy) == SendStream::AckResult::progress);
  CHECK(stream.room() == 10);
  CHECK(stream.take(start, entropy).empty());
  CHECK(stream.assign() == 17);
  CHECK(stream.take(start, entropy) == SendStream::Range{17, 17});
}

TEST_CASE("a window may be taken in parts: what is left is due at once, and nothing is taken twice") {
  TestEntropy entropy;
  SendStream stream(some_id(), 0, 0);
  while (stream.room() > 0) (void)stream.assign();
  CHECK(stream.take(start, entropy, 5) == SendStream::Range{1, 5});
  CHECK(stream.next_look() <= start);
  CHECK(stream.take(start, entropy, 0).empty());
  CHECK(stream.take(start, entropy, 5) == SendStream::Range{6, 10});
  CHECK(stream.take(start, entropy) == SendStream::Range{11, 16});
  CHECK(stream.next_look() > start);
  // Sent again in parts too, each once.
  const Timestamp later = start + longest_retry;
  CHECK(stream.take(later, entropy, 9) == SendStream::Range{1, 9});
  CHECK(stream.take(later, entropy, 9) == SendStream::Range{10, 16});
  CHECK(stream.take(later, entropy, 9).empty());
}

TEST_CASE("unacknowledged frames are sent again, ever more slowly up to a minute") {
  TestEntropy entropy;
  SendStream stream(some_id(), 0, 0);
  (void)stream.assign();
  Timestamp now = start;
  CHECK(stream.take(now, entropy) == SendStream::Range{1, 1});
  Milliseconds longest{0};
  for (int i = 0; i < 12; ++i) {
    const Timestamp next = stream.next_look().value();
    const Milliseconds wait = next - now;
    CHECK(wait >= std::min(longest_retry, first_retry * (1 << std::min(i, 5))) / 2);
    CHECK(wait <= longest_retry);
    longest = std::max(longest, wait);
    CHECK(stream.take(next - Milliseconds{1}, entropy).empty());
    CHECK(stream.take(next, entropy) == SendStream::Range{1, 1});
    now = next;
  }
  CHECK(longest >= longest_retry / 2);
  stream.life(now, false);
  CHECK(stream.next_look().value() <= now + first_retry);
  stream.life(now, true);
  CHECK(stream.take(now, entropy) == SendStream::Range{1, 1});
}

TEST_CASE("an acknowledgement of what was never sent says that we were restored") {
  TestEntropy entropy;
  SendStream stream(some_id(), 5, 3);
  CHECK(stream.acknowledged({some_id(), 6}, start, entropy) == SendStream::AckResult::beyond);
  CHECK(stream.acknowledged() == 3);
  CHECK(stream.acknowledged({some_id(2), 4}, start, entropy) == SendStream::AckResult::other_id);
  CHECK(stream.acknowledged({std::nullopt, 0}, start, entropy) == SendStream::AckResult::old);
  CHECK(stream.acknowledged({some_id(), 3}, start, entropy) == SendStream::AckResult::old);
  CHECK(stream.acknowledged({some_id(), 5}, start, entropy) == SendStream::AckResult::progress);
  CHECK_FALSE(stream.next_look().has_value());
}

TEST_CASE("a Reseal makes us send again, but not without end") {
  TestEntropy entropy;
  SendStream stream(some_id(), 5, 2);
  CHECK(stream.take(start, entropy) == SendStream::Range{3, 5});
  stream.reseal(4, start);
  CHECK(stream.take(start, entropy) == SendStream::Range{4, 5});
  stream.reseal(4, start + Milliseconds{100});
  CHECK(stream.take(start + Milliseconds{100}, entropy).empty());
  stream.reseal(2, start + Milliseconds{5'000});  // acknowledged
  stream.reseal(6, start + Milliseconds{5'000});  // never given out
  CHECK(stream.take(start + Milliseconds{500}, entropy).empty());
}

TEST_CASE("arrivals are applied strictly in order") {
  const StreamId id = some_id();
  CHECK(arrival({id, 4}, id, 5) == Arrival::apply);
  CHECK(arrival({id, 4}, id, 4) == Arrival::duplicate);
  CHECK(arrival({id, 4}, id, 1) == Arrival::duplicate);
  CHECK(arrival({id, 4}, id, 6) == Arrival::gap);
  CHECK(arrival({id, 4}, some_id(2), 5) == Arrival::other_stream);
  CHECK(arrival({std::nullopt, 0}, id, 1) == Arrival::other_stream);
}

TEST_CASE("a Hello shows who was restored") {
  const StreamId mine_id = some_id(1);
  const StreamId theirs = some_id(2);
  const SendStream mine(mine_id, 10, 8);
  const auto verdict = [&](StreamReport report, Committed received) {
    return compare(report, mine, received);
  };

  auto same = verdict({theirs, 5, {mine_id, 9}}, {theirs, 5});
  CHECK_FALSE(same.i_am_behind);
  CHECK_FALSE(same.peer_is_behind);
  CHECK_FALSE(same.new_stream);
  CHECK(verdict({theirs, 5, {mine_id, 11}}, {theirs, 5}).i_am_behind);
  CHECK(verdict({theirs, 5, {some_id(3), 2}}, {theirs, 5}).i_am_behind);
  CHECK(verdict({theirs, 5, {mine_id, 7}}, {theirs, 5}).peer_is_behind);
  CHECK(verdict({theirs, 4, {mine_id, 9}}, {theirs, 5}).peer_is_behind);
  CHECK(verdict({theirs, 5, {}}, {theirs, 5}).peer_is_behind);
  auto replaced = verdict({some_id(4), 0, {mine_id, 9}}, {theirs, 5});
  CHECK(replaced.new_stream);
  CHECK(replaced.peer_is_behind);

  const SendStream fresh(mine_id, 0, 0);
  auto first = compare({theirs, 0, {}}, fresh, {});
  CHECK(first.new_stream);
  CHECK_FALSE(first.i_am_behind);
  CHECK_FALSE(first.peer_is_behind);
}

// Two ends of one stream over a network that loses, repeats, delays and reorders, with restarts of either side that
// keep only what is durable.
TEST_CASE("over a network that loses, repeats and reorders every body is applied once and in order (R9.4)") {
  CHECK(rc::check("lossy network", [](std::uint64_t seed) {
    TestEntropy entropy(seed);
    const auto chance = [&](unsigned in_256) {
      Byte byte = 0;
      entropy.fill({&byte, 1});
      return byte < in_256;
    };
    const StreamId id = some_id(seed);
    constexpr std::uint64_t bodies = 60;
    SendStream sender(id, 0, 0);
    Committed committed{id, 0};
    std::vector<std::uint64_t> applied;
    std::uint64_t waiting = bodies;  // bodies in the outbox without a number
    std::multimap<std::int64_t, std::uint64_t> to_receiver;
    std::multimap<std::int64_t, Committed> to_sender;
    Timestamp now = start;
    const auto delay = [&] {
      Byte byte = 0;
      entropy.fill({&byte, 1});
      return now.ms + byte * 8;
    };

    for (int step = 0; step < 20'000 && sender.acknowledged() < bodies; ++step) {
      now = now + Milliseconds{50};
      while (waiting > 0 && sender.room() > 0) {
        (void)sender.assign();
        --waiting;
      }
      const auto range = sender.take(now, entropy);
      RC_ASSERT(range.empty() || range.last <= sender.acknowledged() + stream_window);
      for (std::uint64_t number = range.first; number <= range.last; ++number) {
        if (!chance(80)) to_receiver.emplace(delay(), number);
        if (chance(40)) to_receiver.emplace(delay(), number);
      }
      while (!to_receiver.empty() && to_receiver.begin()->first <= now.ms) {
        const std::uint64_t number = to_receiver.begin()->second;
        to_receiver.erase(to_receiver.begin());
        const Arrival what = arrival(committed, id, number);
        if (what == Arrival::apply) {
          applied.push_back(number);
          committed.number = number;
        }
        if (what != Arrival::gap && !chance(80)) to_sender.emplace(delay(), committed);
        if (chance(40)) to_sender.emplace(delay(), committed);
      }
      while (!to_sender.empty() && to_sender.begin()->first <= now.ms) {
        const auto result = sender.acknowledged(to_sender.begin()->second, now, entropy);
        RC_ASSERT(result == SendStream::AckResult::progress || result == SendStream::AckResult::old);
        to_sender.erase(to_sender.begin());
      }
      if (chance(2)) sender = SendStream(id, sender.assigned(), sender.acknowledged());  // a restart
      if (chance(2)) to_receiver.clear();                                                // a cut connection
    }
    RC_ASSERT(sender.acknowledged() == bodies);
    RC_ASSERT(applied.size() == bodies);
    for (std::uint64_t i = 0; i < bodies; ++i) RC_ASSERT(applied[i] == i + 1);
  }));
}

TEST_CASE("streams that begin anew after a restore: who does not follow yet is behind in nothing") {
  const StreamId old = some_id(1), renewed = some_id(2), theirs = some_id(3), theirs_next = some_id(4);
  const SendStream mine(renewed, 0, 0, true);
  CHECK_FALSE(compare({theirs, 7, {old, 20}}, mine, {theirs, 7}).i_am_behind);
  // Only while it was not followed, and never beyond what was given out in it.
  CHECK(compare({theirs, 7, {old, 20}}, SendStream(renewed, 0, 0), {theirs, 7}).i_am_behind);
  CHECK(compare({theirs, 7, {renewed, 1}}, mine, {theirs, 7}).i_am_behind);
  SendStream followed = mine;
  followed.followed();
  CHECK(compare({theirs, 7, {old, 20}}, followed, {theirs, 7}).i_am_behind);
  // The restored node takes the peer's next stream; nobody else does, once numbers were committed.
  const auto awaited = compare({theirs_next, 0, {renewed, 0}}, mine, {theirs, 7}, true);
  CHECK(awaited.new_stream);
  CHECK_FALSE(awaited.peer_is_behind);
  CHECK(compare({theirs_next, 0, {renewed, 0}}, mine, {theirs, 7}).peer_is_behind);
}
