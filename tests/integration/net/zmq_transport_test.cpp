#include "node/net/zmq_transport.h"

#include <catch2/catch.hpp>

#include "tests/integration/net/support.h"

using namespace knoop;
using namespace knoop::test;
using knoop::net::TransportStats;

TEST_CASE("Two transports exchange frames both ways when only one side dials") {
  End hub;
  End leaf;
  REQUIRE(hub.listen());
  REQUIRE(leaf.dial_only());
  hub.transport->set_links({leaf.as_link(false)});
  leaf.transport->set_links({hub.as_link(true)});

  REQUIRE(leaf.sink.wait_up(hub.id));
  leaf.transport->send(hub.id, to_bytes("up"));
  const auto up = hub.sink.next();
  REQUIRE(up);
  CHECK(up->first == leaf.id);
  CHECK(to_text(up->second) == "up");

  REQUIRE(hub.sink.wait_up(leaf.id));
  hub.transport->send(leaf.id, to_bytes("down"));
  const auto down = leaf.sink.next();
  REQUIRE(down);
  CHECK(down->first == hub.id);
  CHECK(to_text(down->second) == "down");

  CHECK(hub.sink.quiet());
  CHECK(hub.stats().gate_tests_passed == 1);
  CHECK(hub.sink.fatal().empty());
}

TEST_CASE("Two transports that both dial exchange frames of every size class in order") {
  End a;
  End b;
  REQUIRE(a.listen());
  REQUIRE(b.listen());
  a.transport->set_links({b.as_link(true)});
  b.transport->set_links({a.as_link(true)});
  REQUIRE(a.sink.wait_up(b.id));
  REQUIRE(b.sink.wait_up(a.id));

  for (const std::size_t size : {1UL, 512UL, 2048UL, 16384UL, 262144UL, 1048576UL + 4000UL}) {
    INFO(size);
    a.transport->send(b.id, Bytes(size, 0x5a));
    const auto got = b.sink.next();
    REQUIRE(got);
    CHECK(got->second == Bytes(size, 0x5a));
  }
  for (int i = 0; i < 500; ++i) {
    b.transport->send(a.id, to_bytes(std::to_string(i)));
    if (i % 50 == 49) {  // within the limits of what may wait
      for (int j = i - 49; j <= i; ++j) {
        const auto got = a.sink.next();
        REQUIRE(got);
        REQUIRE(to_text(got->second) == std::to_string(j));
      }
    }
  }
}

TEST_CASE("A frame for a member without a link is dropped and counted") {
  End a;
  End b;
  REQUIRE(a.listen());
  a.transport->set_links({b.as_link(false)});
  a.transport->send(b.id, to_bytes("x"));
  CHECK(a.wait_stats([](const TransportStats& s) { return s.dropped_without_link == 1; }));
  a.transport->send(a.id, to_bytes("x"));
  CHECK(a.wait_stats([](const TransportStats& s) { return s.dropped_without_link == 2; }));
}

TEST_CASE("A peer that restarts is dialled again, and each connection is announced at both ends") {
  End hub;
  End leaf;
  REQUIRE(hub.listen());
  REQUIRE(leaf.dial_only());
  const std::string endpoint = hub.transport->endpoint();
  hub.transport->set_links({leaf.as_link(false)});
  leaf.transport->set_links({hub.as_link(true)});
  REQUIRE(leaf.sink.wait_up(hub.id));

  hub.transport.reset();
  REQUIRE(leaf.sink.wait_down(hub.id));
  leaf.transport->send(hub.id, to_bytes("lost: nothing may wait for the next connection"));
  REQUIRE(leaf.wait_stats([](const TransportStats& s) { return s.dropped_without_link == 1; }));

  REQUIRE(hub.start({.listen = endpoint}));
  hub.transport->set_links({leaf.as_link(false)});
  REQUIRE(leaf.sink.wait_ups(hub.id, 2));
  leaf.transport->send(hub.id, to_bytes("again"));
  const auto again = hub.sink.next();
  REQUIRE(again);
  CHECK(to_text(again->second) == "again");
}

TEST_CASE("A peer that dialled us and vanished is noticed") {
  End hub;
  End leaf;
  REQUIRE(hub.start({.listen = "tcp://127.0.0.1:0", .route_probe = std::chrono::milliseconds(50)}));
  REQUIRE(leaf.dial_only());
  hub.transport->set_links({leaf.as_link(false)});
  leaf.transport->set_links({hub.as_link(true)});
  REQUIRE(leaf.sink.wait_up(hub.id));
  leaf.transport->send(hub.id, to_bytes("here"));
  REQUIRE(hub.sink.wait_up(leaf.id));
  leaf.transport.reset();
  CHECK(hub.sink.wait_down(leaf.id));  // a probe finds the route gone
}

TEST_CASE("A member's next transport key is tried when the first is refused") {
  End hub;
  End leaf;
  REQUIRE(hub.listen());
  REQUIRE(leaf.dial_only());
  hub.transport->set_links({leaf.as_link(false)});
  Link link = hub.as_link(true);
  link.accepted.insert(link.accepted.begin(), public_key(leaf.entropy.draw<TransportSecretKey>()));
  leaf.transport->set_links({link});
  CHECK(leaf.sink.wait_up(hub.id));
  CHECK(leaf.stats().dials >= 2);
}

TEST_CASE("A listener on a taken address is an error that names it") {
  End a;
  End b;
  REQUIRE(a.listen());
  const auto refused = b.start({.listen = a.transport->endpoint()});
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == ErrorCode::io_failed);
  CHECK_THAT(refused.error().sentence, Catch::Contains(a.transport->endpoint()));
  CHECK_FALSE(b.start({.listen = "nonsense"}));
}
