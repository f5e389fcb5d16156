// The channel under faults: what was sent is applied exactly once and in order, whatever the network and the nodes do
// (R9.4, issue of the channel: lost, delayed, duplicated, reordered and corrupted frames, restarts, crashes).
#include <catch2/catch.hpp>

#include "protocol/channel/padding.h"
#include "tests/sim/region.h"
#include "tests/sim/seeds.h"

using namespace knoop;
using namespace knoop::sim;

namespace {

/// Writes down every message it gets, in the transaction of the message.
class Scribe final : public Service {
 public:
  void register_handlers(Dispatcher& dispatcher) override {
    for (const MessageType type :
         {MessageType::consent_withdrawn, MessageType::handover_event, MessageType::match_claim})
      dispatcher.on(type, Audience::members, [](Context& context, const Received& message) -> Result<void> {
        if (text_view(message.body) == "poison")
          return fail(ErrorCode::bad_value, Side::peer, "this message cannot be applied");
        return context.tx.exec("INSERT INTO heard(peer, type, body) VALUES (?, ?, ?)", message.from,
                               message.type, message.body);
      });
  }
  Result<void> on_start(Context& context) override {
    return context.tx.exec(
        "CREATE TABLE IF NOT EXISTS heard(id INTEGER PRIMARY KEY, peer BLOB, type INTEGER, body BLOB)");
  }
};

std::vector<std::unique_ptr<Service>> scribe() {
  std::vector<std::unique_ptr<Service>> out;
  out.push_back(std::make_unique<Scribe>());
  return out;
}

constexpr std::array types{MessageType::consent_withdrawn, MessageType::handover_event,
                           MessageType::match_claim};

Result<void> send(SimNode& from, SimNode& to, MessageType type, const std::string& body,
                  std::optional<SubjectId> subject = std::nullopt) {
  return from
      .command<int>([&](Context& context) -> Result<int> {
        KNOOP_TRY(context.send(to.member(), type, subject, to_bytes(body)));
        return 0;
      })
      .map([](int) {});
}

/// What `at` wrote down of `from` in one stream, in order.
std::vector<std::string> heard(SimNode& at, SimNode& from, MessageType type) {
  std::vector<std::string> out;
  const auto read = at.command<int>([&](Context& context) -> Result<int> {
    KNOOP_TRY(context.tx.each("SELECT body FROM heard WHERE peer = ? AND type = ? ORDER BY id", from.member(),
                              type, [&](const storage::Row& row) -> Result<void> {
                                out.push_back(to_text(row.get<ByteView>(0)));
                                return {};
                              }));
    return 0;
  });
  REQUIRE(read.has_value());
  return out;
}

PeerState state(SimNode& at, SimNode& of) {
  return at
      .command<PeerState>(
          [&](Context& context) { return at.node().channel().state(context.tx, of.member()); })
      .value();
}

bool all_acknowledged(Region& region) {
  for (const auto& a : region.nodes())
    for (const auto& b : region.nodes())
      if (a != b && state(*a, *b).queued > 0) return false;
  return true;
}

const std::vector<Region::Organisation> three{{"smw-een", "smw"}, {"bjz-twee", "bjz"}, {"cjg-drie", "cjg"}};

}  // namespace

TEST_CASE("nodes find each other and greet") {
  Region region(1, three, scribe);
  REQUIRE(region.run_until([&] { return region.all_ready(); }, Milliseconds{10'000}));
}

TEST_CASE("R9.4: what was sent is applied once and in order under every fault") {
  for (std::size_t seed = 1; seed <= seeds(12); ++seed) {
    CAPTURE(seed);
    Region region(seed, three, scribe);
    region.network.faults = {150, 100, 20, Milliseconds{1}, Milliseconds{400}};
    std::map<std::tuple<std::size_t, std::size_t, MessageType>, std::vector<std::string>> sent;
    for (int step = 0; step < 150; ++step) {
      const std::size_t from = region.dice() % 3;
      const std::size_t to = (from + 1 + region.dice() % 2) % 3;
      SimNode& node = region[from];
      switch (region.dice() % 12) {
        case 0:
          node.crash();
          region.run_for(Milliseconds{static_cast<std::int64_t>(region.dice() % 5000)});
          node.start();
          break;
        case 1:
          node.stop();
          region.run_for(Milliseconds{static_cast<std::int64_t>(region.dice() % 90'000)});
          node.start();
          break;
        case 2:
          region.network.cut(node.member(), region[to].member());
          break;
        case 3:
          region.network.heal(node.member(), region[to].member());
          break;
        default: {
          const MessageType type = types.at(region.dice() % 3);
          const std::string body = fmt::format("{}-{}", step, std::string(region.dice() % 3000, 'x'));
          REQUIRE(send(node, region[to], type, body).has_value());
          sent[{from, to, type}].push_back(body);
        }
      }
      region.run_for(Milliseconds{static_cast<std::int64_t>(region.dice() % 500)});
    }
    for (const auto& a : region.nodes())
      for (const auto& b : region.nodes())
        if (a != b) region.network.heal(a->member(), b->member());
    region.network.faults = {};
    REQUIRE(region.run_until([&] { return all_acknowledged(region); }, Milliseconds{600'000}));
    for (const auto& [key, bodies] : sent) {
      const auto& [from, to, type] = key;
      CHECK(heard(region[to], region[from], type) == bodies);
      CHECK(state(region[to], region[from]).dead_letters == 0);
    }
  }
}

TEST_CASE("R9.4: a peer that is away for days loses nothing") {
  Region region(5, three, scribe);
  REQUIRE(region.run_until([&] { return region.all_ready(); }, Milliseconds{10'000}));
  region[1].stop();
  for (int i = 0; i < 100; ++i) REQUIRE(send(region[0], region[1], types[0], std::to_string(i)).has_value());
  region.run_for(std::chrono::hours{24 * 5});
  region[1].start();
  REQUIRE(region.run_until([&] { return all_acknowledged(region); }, Milliseconds{900'000}));
  CHECK(heard(region[1], region[0], types[0]).size() == 100);
}

TEST_CASE("a message that cannot be applied is kept, shown, and blocks only its own subject") {
  Region region(6, three, scribe);
  TestEntropy entropy(9);
  const auto sick = entropy.draw<SubjectId>();
  const auto healthy = entropy.draw<SubjectId>();
  REQUIRE(send(region[0], region[1], types[1], "poison", sick).has_value());
  REQUIRE(send(region[0], region[1], types[1], "waits behind it", sick).has_value());
  REQUIRE(send(region[0], region[1], types[1], "goes on", healthy).has_value());
  REQUIRE(send(region[0], region[1], types[1], "goes on too").has_value());
  REQUIRE(region.run_until([&] { return all_acknowledged(region); }, Milliseconds{60'000}));
  CHECK(heard(region[1], region[0], types[1]) == std::vector<std::string>{"goes on", "goes on too"});
  CHECK(state(region[1], region[0]).dead_letters == 2);
}

TEST_CASE("a captured frame that comes again, or from somebody else, changes nothing") {
  Region region(7, three, scribe);
  std::vector<std::pair<MemberId, Bytes>> captured;
  region.network.tap = [&](const MemberId& from, const MemberId& to, ByteView frame) {
    if (to == region[1].member()) captured.emplace_back(from, to_bytes(frame));
  };
  REQUIRE(send(region[0], region[1], types[1], "once").has_value());
  REQUIRE(region.run_until([&] { return all_acknowledged(region); }, Milliseconds{60'000}));
  const auto before = captured;
  for (const auto& [from, frame] : before) {
    region[1].received(from, frame);                // replayed on its own connection
    region[1].received(region[2].member(), frame);  // replayed by another member
    region[1].received(
        member_id(test::organisation(*std::make_unique<TestEntropy>(3), "vreemd", "bjz").key.public_key),
        frame);
    Bytes flipped = frame;
    flipped[region.dice() % flipped.size()] ^= 1;
    region[1].received(from, flipped);
    region[2].received(from, frame);  // delivered to another recipient
  }
  region.run_for(Milliseconds{120'000});
  CHECK(heard(region[1], region[0], types[1]) == std::vector<std::string>{"once"});
  CHECK(heard(region[2], region[0], types[1]).empty());
  CHECK(region.all_ready());
  const auto& refused = region[1].node().channel().counters().refused;
  CHECK(refused.contains(ErrorCode::not_a_member));
  CHECK(region[2].node().channel().counters().refused.contains(ErrorCode::wrong_recipient));
}

TEST_CASE("frames of another network are refused") {
  Region region(8, three, scribe);
  Region other(9, three, scribe);
  Bytes foreign;
  other.network.tap = [&](const MemberId&, const MemberId&, ByteView frame) { foreign = to_bytes(frame); };
  REQUIRE(other.run_until([&] { return other.all_ready(); }, Milliseconds{10'000}));
  REQUIRE(region.run_until([&] { return region.all_ready(); }, Milliseconds{10'000}));
  region[1].received(region[0].member(), foreign);
  CHECK(region[1].node().channel().counters().refused.contains(ErrorCode::wrong_network));
}

TEST_CASE(
    "when the convenant expires what waits is not sent, nodes sleep, and withdrawals still pass (R9.1)") {
  Region region(10, three, scribe);
  REQUIRE(region.run_until([&] { return region.all_ready(); }, Milliseconds{10'000}));
  region.agenda.run_until(test::at("2026-12-31T23:58:00Z"));
  region.network.faults = {1000, 0, 0, Milliseconds{1}, Milliseconds{2}};
  REQUIRE(send(region[0], region[1], types[1], "too late").has_value());
  region.agenda.run_until(test::at("2027-01-01T00:05:00Z"));
  region.network.faults = {};
  CHECK(send(region[0], region[1], types[1], "refused").error().code == ErrorCode::expired);
  REQUIRE(send(region[0], region[1], types[0], "withdrawn").has_value());
  region.run_for(Milliseconds{120'000});
  CHECK(heard(region[1], region[0], types[1]).empty());
  // The Scribe takes its messages from members only; a withdrawal that it cannot take now is kept, not lost.
  CHECK(state(region[1], region[0]).dead_letters == 1);
  CHECK(state(region[0], region[1]).queued == 1);
}

TEST_CASE("a body that fits no frame is refused where it is made") {
  Region region(11, three, scribe);
  REQUIRE(region.run_until([&] { return region.all_ready(); }, Milliseconds{10'000}));
  const std::size_t largest = max_body_size();
  CHECK(send(region[0], region[1], types[1], std::string(largest + 1, 'x')).error().code ==
        ErrorCode::over_limit);
  REQUIRE(send(region[0], region[1], types[1], std::string(largest, 'x')).has_value());
  REQUIRE(region.run_until([&] { return all_acknowledged(region); }, Milliseconds{60'000}));
  CHECK(heard(region[1], region[0], types[1]) == std::vector<std::string>{std::string(largest, 'x')});
}
