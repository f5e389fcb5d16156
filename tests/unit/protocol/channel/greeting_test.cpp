#include "protocol/channel/greeting.h"

#include <rapidcheck.h>

#include <catch2/catch.hpp>

#include "protocol/channel/versions.h"
#include "tests/support/test_entropy.h"

using namespace knoop;

namespace {

Hello from(const Greeting& greeting) {
  Hello hello;
  greeting.fill(hello);
  return hello;
}

}  // namespace

TEST_CASE("three Hellos and both believe") {
  TestEntropy entropy;
  Greeting a;
  Greeting b;
  a.begin(entropy);
  const Hello first = from(a);
  auto at_b = b.received(first, entropy);
  CHECK_FALSE(at_b.believed);
  CHECK(at_b.answer);
  const Hello second = from(b);
  auto at_a = a.received(second, entropy);
  CHECK(at_a.believed);
  CHECK(at_a.answer);
  const Hello third = from(a);
  at_b = b.received(third, entropy);
  CHECK(at_b.believed);
  CHECK_FALSE(at_b.answer);
  CHECK(a.complete());
  CHECK(b.complete());
  CHECK_FALSE(a.waiting());
}

TEST_CASE("a replayed Hello is answered and not believed") {
  TestEntropy entropy;
  Greeting a;
  Greeting b;
  a.begin(entropy);
  b.begin(entropy);
  const Hello old = from(a);
  (void)b.received(old, entropy);
  (void)a.received(from(b), entropy);
  const Hello old_answer = from(a);
  CHECK(b.received(old_answer, entropy).believed);
  CHECK_FALSE(b.received(old_answer, entropy).believed);
  CHECK_FALSE(b.received(old, entropy).believed);
  // On the next connection the Hellos of the last one count for nothing.
  b.begin(entropy);
  CHECK_FALSE(b.received(old_answer, entropy).believed);
  CHECK_FALSE(b.received(old, entropy).believed);
  CHECK_FALSE(b.complete());
}

TEST_CASE("a peer that restarts is asked afresh how far it is") {
  TestEntropy entropy;
  Greeting a;
  Greeting b;
  a.begin(entropy);
  (void)b.received(from(a), entropy);
  (void)a.received(from(b), entropy);
  CHECK(b.received(from(a), entropy).believed);
  Greeting restarted;
  restarted.begin(entropy);
  const auto outcome = b.received(from(restarted), entropy);
  CHECK_FALSE(outcome.believed);
  CHECK(outcome.answer);
  CHECK(b.waiting());
  CHECK(restarted.received(from(b), entropy).believed);
  CHECK(b.received(from(restarted), entropy).believed);
}

TEST_CASE("greetings end, whatever is lost, repeated or replayed") {
  CHECK(rc::check("lossy greeting", [](std::uint64_t seed) {
    TestEntropy entropy(seed);
    const auto chance = [&](unsigned in_256) {
      Byte byte = 0;
      entropy.fill({&byte, 1});
      return byte < in_256;
    };
    Greeting ends[2];
    std::vector<Hello> wire[2];  // to each end
    std::vector<Hello> seen[2];
    const auto send = [&](int by) {
      const Hello hello = from(ends[by]);
      seen[1 - by].push_back(hello);
      if (!chance(60)) wire[1 - by].push_back(hello);
      if (chance(30)) wire[1 - by].push_back(hello);
    };
    for (int end : {0, 1}) {
      ends[end].begin(entropy);
      send(end);
    }
    int sent = 0;
    for (int round = 0; round < 200; ++round) {
      for (int end : {0, 1}) {
        if (round < 20 && !seen[end].empty() && chance(60))
          wire[end].push_back(seen[end].front());  // a replay
        const auto arrived = std::exchange(wire[end], {});
        for (const Hello& hello : arrived) {
          if (ends[end].received(hello, entropy).answer) {
            send(end);
            ++sent;
          }
        }
        if (arrived.empty() && ends[end].waiting()) send(end);
      }
    }
    RC_ASSERT(ends[0].complete());
    RC_ASSERT(ends[1].complete());
    RC_ASSERT(wire[0].empty() && wire[1].empty());
    RC_ASSERT(sent < 2'000);
  }));
}

TEST_CASE("the highest common version counts, and never one below the convenant's minimum") {
  const std::vector<std::uint16_t> one{1};
  const std::vector<std::uint16_t> two{1, 2, 4};
  const std::vector<std::uint16_t> three{2, 3};
  CHECK(agree_version(one, two, 1).value() == 1);
  CHECK(agree_version(two, three, 1).value() == 2);
  CHECK(agree_version(two, three, 3).error().code == ErrorCode::unknown_version);
  CHECK(agree_version(one, three, 1).error().side == Side::ours);
  CHECK(agree_version(three, one, 1).error().side == Side::peer);
  CHECK(agree_version(one, {}, 1).error().code == ErrorCode::unknown_version);
  const std::vector<std::uint16_t> descending{2, 1};
  CHECK(agree_version(one, descending, 1).error().code == ErrorCode::bad_value);
}

TEST_CASE("the binding of versions is the same at both sides and changes with any offer") {
  TestEntropy entropy;
  const auto network = entropy.draw<NetworkId>();
  const OfferedVersions a{entropy.draw<MemberId>(), {1, 2}, {1}};
  const OfferedVersions b{entropy.draw<MemberId>(), {1}, {1}};
  const Hash256 binding = version_binding(network, a, b);
  CHECK(binding == version_binding(network, b, a));
  OfferedVersions downgraded = a;
  downgraded.protocol = {1};
  CHECK(binding != version_binding(network, downgraded, b));
  CHECK(binding != version_binding(entropy.draw<NetworkId>(), a, b));
}

TEST_CASE("a full Hello fits a frame and comes back") {
  TestEntropy entropy;
  Hello hello;
  hello.challenge = entropy.draw<Challenge>();
  hello.protocol_versions = {1};
  hello.identifier_rule_versions = {1};
  hello.convenant = {3, entropy.draw<Hash256>()};
  hello.streams.bulk = {entropy.draw<StreamId>(), 7, {entropy.draw<StreamId>(), 9}};
  hello.own_head = std::string(max_head_size, 'h');
  hello.heads.assign(max_heads_in_hello, std::string(max_head_size, 'h'));
  hello.clock = Timestamp::parse("2026-11-21T09:30:00Z").value();
  const Bytes bytes = encode(hello);
  CHECK(bytes.size() < (1U << 20U) - 1024);
  CHECK(decode<Hello>(bytes).value() == hello);
  hello.heads.emplace_back("one more");
  CHECK(encode_checked(hello).error().code == ErrorCode::over_limit);
}
