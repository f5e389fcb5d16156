#include "node/core/node.h"

#include <catch2/catch.hpp>

#include "tests/support/core_node.h"

using namespace knoop;

namespace {

/// Writes, logs, queues and submits in one event, and fails when it is told to.
Result<int> everything_at_once(Context& context, const MemberId& to, bool fails) {
  KNOOP_TRY(context.tx.exec("INSERT INTO meta(key, value) VALUES ('test', ?)", view("written")));
  audit::AuditEntry entry;
  entry.event = audit::Event::config_changed;
  KNOOP_TRY(context.audit(entry));
  KNOOP_TRY(context.send(to, MessageType::handover_event, std::nullopt, to_bytes("body")));
  context.submit([] { return [](Context&) -> Result<void> { return {}; }; });
  if (fails) return fail(ErrorCode::bad_value, Side::user, "on purpose");
  return 1;
}

struct Traces {
  std::int64_t written = 0;
  std::int64_t logged = 0;
  std::int64_t queued = 0;
  friend bool operator==(const Traces&, const Traces&) = default;
};

Traces traces(Node& node, Timestamp now) {
  return node
      .command<Traces>(Actor::node(), now,
                       [](Context& context) -> Result<Traces> {
                         const auto count = [&](std::string_view sql) {
                           return context.tx.one(sql).value()->get<std::int64_t>(0);
                         };
                         return Traces{count("SELECT count(*) FROM meta WHERE key = 'test'"),
                                       count("SELECT count(*) FROM audit_entries"),
                                       count("SELECT count(*) FROM outbox")};
                       })
      .value();
}

}  // namespace

TEST_CASE("R8.1: state, log and messages of an event happen together or not at all") {
  test::CoreNode core;
  const auto node = core.start().value();
  REQUIRE(node->flush(core.now));
  const Traces before = traces(*node, core.now);
  const auto run = [&](bool fails) {
    return node->command<int>(Actor::node(), core.now, [&](Context& context) {
      return everything_at_once(context, core.peer.card.member, fails);
    });
  };

  CHECK(run(true).error().sentence == "on purpose");
  REQUIRE(node->flush(core.now));
  CHECK(traces(*node, core.now) == before);
  CHECK(core.executor.works.empty());

  CHECK(run(false).value() == 1);
  CHECK(core.executor.works.empty());  // nothing starts before the commit
  REQUIRE(node->flush(core.now));
  const Traces after = traces(*node, core.now);
  CHECK(after.written == 1);
  CHECK(after.logged > before.logged);
  CHECK(after.queued == 1);
  CHECK(core.executor.works.size() == 1);
}

TEST_CASE("R8.1: what was not committed never happened, and no frame left for it") {
  test::CoreNode core;
  {
    const auto node = core.start().value();
    REQUIRE(node->command<int>(Actor::node(), core.now, [&](Context& context) {
      return everything_at_once(context, core.peer.card.member, false);
    }));
    CHECK(core.transport.sent.empty());
  }
  const auto node = core.start().value();
  CHECK(traces(*node, core.now).written == 0);
  CHECK(traces(*node, core.now).queued == 0);
}

TEST_CASE("R8.1: a full disk stops the node before anything leaves it, and the disk holds the state before") {
  test::CoreNode core;
  storage::OpenOptions options;
  {
    const auto node = core.start().value();
    REQUIRE(node->flush(core.now));
  }
  const auto pages = static_cast<std::int64_t>(std::filesystem::file_size(core.path()) / 4096);
  options.max_pages = pages + 8;
  core.transport.sent.clear();
  {
    const auto node = core.start({}, options).value();
    Result<void> last;
    for (int i = 0; i < 200 && last; ++i) {
      last = node->command<int>(Actor::node(), core.now,
                                [&](Context& context) -> Result<int> {
                                  KNOOP_TRY(context.send(core.peer.card.member, MessageType::handover_event,
                                                         std::nullopt, Bytes(8000, 1)));
                                  return 0;
                                })
                 .map([](int) {});
      if (last) last = node->flush(core.now);
    }
    REQUIRE_FALSE(last.has_value());
    CHECK(last.error().code == ErrorCode::disk_full);
  }
  CHECK(core.start().has_value());
}

TEST_CASE("only members are sent to, and past the convenant's expiry only protective messages") {
  test::CoreNode core;
  const auto node = core.start().value();
  const auto send = [&](const MemberId& to, MessageType type, Timestamp when) {
    return node->command<int>(Actor::node(), when, [&](Context& context) -> Result<int> {
      KNOOP_TRY(context.send(to, type, std::nullopt, to_bytes("x")));
      return 0;
    });
  };
  const auto stranger = test::organisation(core.entropy, "vreemd", "bjz").card.member;
  CHECK(send(stranger, MessageType::handover_event, core.now).error().code == ErrorCode::not_a_member);
  const Timestamp late = test::at("2027-06-01T00:00:00Z");
  REQUIRE(node->command<int>(Actor::node(), late, [](Context& context) -> Result<int> {
    KNOOP_TRY(context.confirm_clock());
    return 0;
  }));
  CHECK(send(core.peer.card.member, MessageType::handover_event, late).error().code == ErrorCode::expired);
  CHECK(send(core.peer.card.member, MessageType::consent_withdrawn, late).has_value());
}

TEST_CASE("the transport is told who may connect, and again when that changes") {
  test::CoreNode core;
  const auto node = core.start().value();
  REQUIRE(core.transport.links.size() == 2);
  Card newer = core.peer.card;
  newer.number = 2;
  newer.compromised_since = core.now;
  REQUIRE(node->command<Card>(Actor::node(), core.now, [&](Context& context) {
    return context.membership().install_card(context.tx, sign_card(newer, core.peer.key.secret_key).value(),
                                             context.now);
  }));
  REQUIRE(node->flush(core.now));
  REQUIRE(core.transport.links.size() == 1);
  CHECK(core.transport.links[0].member == core.other.card.member);
}
