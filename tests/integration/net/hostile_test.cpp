// What a stranger or a hostile member can do to the transport (protocol.md section 7), and what comes of it.
#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <fstream>

#include "tests/integration/net/support.h"

using namespace knoop;
using namespace knoop::test;
using knoop::net::TransportStats;

namespace {

/// A TCP connection that speaks whatever the test writes.
class RawTcp {
 public:
  explicit RawTcp(const std::string& endpoint) : fd_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(std::stoi(endpoint.substr(endpoint.rfind(':') + 1))));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    REQUIRE(connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
    timeval patience{60, 0};
    setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  }
  ~RawTcp() { close(fd_); }
  RawTcp(const RawTcp&) = delete;
  RawTcp& operator=(const RawTcp&) = delete;

  bool write(ByteView bytes) {
    return send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL) == ssize_t(bytes.size());
  }
  /// Reads until the other side closes; true when it did.
  bool closed_by_peer() {
    std::array<Byte, 4096> buffer{};
    for (;;) {
      const ssize_t got = recv(fd_, buffer.data(), buffer.size(), 0);
      if (got == 0) return true;
      if (got < 0) return errno == ECONNRESET;
    }
  }

  static Bytes greeting(std::string_view mechanism) {
    Bytes out(64, 0);
    out[0] = 0xff;
    out[9] = 0x7f;
    out[10] = 3;
    std::ranges::copy(mechanism, out.begin() + 12);
    return out;
  }

 private:
  int fd_;
};

std::size_t resident_kib() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);)
    if (line.starts_with("VmRSS:")) return std::stoul(line.substr(6));
  return 0;
}

}  // namespace

TEST_CASE("An outsider's key is refused, counted, and delivers nothing") {
  End hub;
  End outsider;
  REQUIRE(hub.listen());
  hub.transport->set_links({});
  RawDealer dealer;
  dealer.use_curve(outsider.secret, hub.key);
  dealer.connect(hub.transport->endpoint());
  REQUIRE(hub.wait_stats([](const TransportStats& s) { return s.unknown_keys == 1; }));
  CHECK((dealer.socket.get(zmq::sockopt::events) & ZMQ_POLLOUT) == 0);
  CHECK(hub.sink.quiet());
  CHECK(hub.stats().admitted == 0);
}

TEST_CASE("An outsider that becomes a member gets in without being restarted") {
  End hub;
  End leaf;
  REQUIRE(hub.listen());
  REQUIRE(leaf.dial_only());
  leaf.transport->set_links({hub.as_link(true)});
  REQUIRE(hub.wait_stats([](const TransportStats& s) { return s.unknown_keys >= 1; }));
  hub.transport->set_links({leaf.as_link(false)});
  CHECK(leaf.sink.wait_up(hub.id));
}

TEST_CASE("A client of the NULL mechanism is refused and counted") {
  End hub;
  REQUIRE(hub.listen());
  const auto before = hub.stats().failed_handshakes;  // the gate test knocks like this too
  RawDealer dealer;
  dealer.connect(hub.transport->endpoint());
  REQUIRE(hub.wait_stats([&](const TransportStats& s) { return s.failed_handshakes > before; }));
  CHECK((dealer.socket.get(zmq::sockopt::events) & ZMQ_POLLOUT) == 0);
  CHECK(hub.sink.quiet());

  RawTcp raw(hub.transport->endpoint());
  REQUIRE(raw.write(RawTcp::greeting("NULL")));
  CHECK(raw.closed_by_peer());
}

TEST_CASE("The death of the ZAP handler is fatal, and lets nobody in meanwhile") {
  End hub;
  End leaf;
  std::atomic<bool> armed = false;
  REQUIRE(hub.start({.listen = "tcp://127.0.0.1:0", .before_zap_answer = [&armed] {
                       if (armed) throw std::runtime_error("the test kills the handler");
                     }}));
  armed = true;
  hub.transport->set_links({leaf.as_link(false)});
  RawDealer first;
  first.use_curve(leaf.secret, hub.key);
  first.connect(hub.transport->endpoint());
  REQUIRE(hub.sink.wait_fatal());
  CHECK_THAT(hub.sink.fatal(), Catch::Contains("ZAP handler"));

  // libzmq would accept anyone now, were it not for ZMQ_ZAP_ENFORCE_DOMAIN.
  const auto before = hub.stats().failed_handshakes;
  RawDealer stranger;
  stranger.use_curve(hub.entropy.draw<TransportSecretKey>(), hub.key);
  stranger.connect(hub.transport->endpoint());
  CHECK(hub.wait_stats([&](const TransportStats& s) { return s.failed_handshakes > before; }));
  CHECK((stranger.socket.get(zmq::sockopt::events) & ZMQ_POLLOUT) == 0);
  CHECK(hub.sink.quiet());
}

TEST_CASE("The gate is tested again and again") {
  End hub;
  REQUIRE(hub.start({.listen = "tcp://127.0.0.1:0", .gate_test_every = std::chrono::milliseconds(1)}));
  CHECK(hub.wait_stats([](const TransportStats& s) { return s.gate_tests_passed >= 5; }));
  CHECK(hub.sink.fatal().empty());
}

TEST_CASE("A connection that chose its own routing id is cut and delivers nothing") {
  End hub;
  End victim;
  End thief;
  REQUIRE(hub.listen());
  REQUIRE(victim.dial_only());
  hub.transport->set_links({victim.as_link(false), thief.as_link(false)});
  victim.transport->set_links({hub.as_link(true)});
  REQUIRE(victim.sink.wait_up(hub.id));
  victim.transport->send(hub.id, to_bytes("hello"));
  REQUIRE(hub.sink.next());

  RawDealer dealer;
  dealer.socket.set(zmq::sockopt::routing_id, "the victim's");
  dealer.use_curve(thief.secret, hub.key);
  dealer.connect(hub.transport->endpoint());
  REQUIRE(dealer.connected());
  dealer.send("frames for the victim, please");
  REQUIRE(hub.wait_stats([](const TransportStats& s) { return s.own_routing_id == 1; }));
  CHECK(dealer.gone());
  CHECK(hub.sink.quiet());

  hub.transport->send(victim.id, to_bytes("still yours"));
  const auto got = victim.sink.next();
  REQUIRE(got);
  CHECK(to_text(got->second) == "still yours");
}

TEST_CASE("A huge command before the handshake ends the connection and takes no memory") {
  End hub;
  REQUIRE(hub.listen());
  const std::size_t before = resident_kib();
  for (int i = 0; i < 20; ++i) {
    RawTcp raw(hub.transport->endpoint());
    Bytes bytes = RawTcp::greeting("CURVE");
    append_u8(bytes, 0x06);  // a long command
    append_u64(bytes, std::uint64_t{1} << 30U);
    REQUIRE(raw.write(bytes));
    const Bytes filler(1 << 16, 'x');
    for (int j = 0; j < 32 && raw.write(filler); ++j) {
    }
    CHECK(raw.closed_by_peer());
  }
  CHECK(resident_kib() < before + 16 * 1024);
  CHECK(hub.sink.quiet());
}

TEST_CASE("A member's oversized message ends the connection and is not delivered") {
  End hub;
  End leaf;
  REQUIRE(hub.listen());
  hub.transport->set_links({leaf.as_link(false)});
  RawDealer dealer;
  dealer.use_curve(leaf.secret, hub.key);
  dealer.connect(hub.transport->endpoint());
  REQUIRE(dealer.connected());
  dealer.send(std::string(2 << 20, 'x'));
  CHECK(dealer.gone());
  CHECK(hub.sink.quiet());
}

TEST_CASE("A message in parts is dropped and its connection cut") {
  End hub;
  End leaf;
  REQUIRE(hub.listen());
  hub.transport->set_links({leaf.as_link(false)});
  RawDealer dealer;
  dealer.use_curve(leaf.secret, hub.key);
  dealer.connect(hub.transport->endpoint());
  REQUIRE(dealer.connected());
  dealer.send("one", zmq::send_flags::sndmore);
  dealer.send("two");
  REQUIRE(hub.wait_stats([](const TransportStats& s) { return s.malformed == 1; }));
  CHECK(dealer.gone());
  CHECK(hub.sink.quiet());
}

TEST_CASE("An expelled member's open connection is cut, and others come back") {
  End hub;
  End stays;
  End goes;
  REQUIRE(hub.listen());
  REQUIRE(stays.dial_only());
  REQUIRE(goes.dial_only());
  hub.transport->set_links({stays.as_link(false), goes.as_link(false)});
  stays.transport->set_links({hub.as_link(true)});
  goes.transport->set_links({hub.as_link(true)});
  REQUIRE(stays.sink.wait_up(hub.id));
  REQUIRE(goes.sink.wait_up(hub.id));
  goes.transport->send(hub.id, to_bytes("still a member"));
  REQUIRE(hub.sink.next());

  const std::string endpoint = hub.transport->endpoint();
  hub.transport->set_links({stays.as_link(false)});
  REQUIRE(hub.sink.wait_down(goes.id));
  REQUIRE(goes.sink.wait_down(hub.id));
  REQUIRE(stays.sink.wait_ups(hub.id, 2));
  CHECK(hub.transport->endpoint() == endpoint);
  CHECK(hub.stats().listener_rebuilds == 1);
  REQUIRE(hub.wait_stats([](const TransportStats& s) { return s.unknown_keys >= 1; }));

  stays.transport->send(hub.id, to_bytes("back"));
  const auto got = hub.sink.next();
  REQUIRE(got);
  CHECK(got->first == stays.id);
  CHECK(hub.sink.quiet());
}

TEST_CASE("A key that is taken away cuts the connection that uses it, though the member stays") {
  End hub;
  End leaf;
  REQUIRE(hub.listen());
  REQUIRE(leaf.dial_only());
  hub.transport->set_links({leaf.as_link(false)});
  leaf.transport->set_links({hub.as_link(true)});
  REQUIRE(leaf.sink.wait_up(hub.id));
  Link rotated = leaf.as_link(false);
  rotated.accepted = {public_key(leaf.entropy.draw<TransportSecretKey>())};
  hub.transport->set_links({rotated});
  CHECK(leaf.sink.wait_down(hub.id));
}

TEST_CASE("An impostor that listens at a member's address is never taken for that member") {
  End leaf;
  End member;
  End impostor;
  REQUIRE(leaf.dial_only());
  REQUIRE(impostor.listen());
  impostor.transport->set_links({leaf.as_link(false)});
  leaf.transport->set_links({Link{member.id, {member.key}, {impostor.transport->endpoint()}}});
  REQUIRE(leaf.wait_stats([](const TransportStats& s) { return s.failed_dials >= 1; }));
  CHECK(leaf.sink.ups(member.id) == 0);
}

TEST_CASE("A key that two members name stays with the one that had it") {
  End hub;
  End honest;
  End copier;
  REQUIRE(hub.listen());
  hub.transport->set_links({honest.as_link(false)});
  RawDealer early;
  early.use_curve(honest.secret, hub.key);
  early.connect(hub.transport->endpoint());
  REQUIRE(early.connected());
  hub.transport->set_links({honest.as_link(false), Link{copier.id, {honest.key}, {}}});
  REQUIRE(hub.wait_stats([](const TransportStats& s) { return s.disputed_keys == 1; }));
  RawDealer dealer;
  dealer.use_curve(honest.secret, hub.key);
  dealer.connect(hub.transport->endpoint());
  REQUIRE(dealer.connected());
  dealer.send("mine");
  const auto got = hub.sink.next();
  REQUIRE(got);
  CHECK(got->first == honest.id);
}

TEST_CASE("A transport key of small order is counted and never used") {
  End hub;
  End odd;
  REQUIRE(hub.listen());
  hub.transport->set_links({Link{odd.id, {TransportPublicKey{}}, {hub.transport->endpoint()}}});
  CHECK(hub.wait_stats([](const TransportStats& s) { return s.unusable_keys == 1; }));
  CHECK(hub.stats().dials == 0);
}

TEST_CASE("A member that keeps opening connections is refused for a while") {
  End hub;
  End leaf;
  REQUIRE(hub.listen());
  hub.transport->set_links({leaf.as_link(false)});
  std::vector<std::unique_ptr<RawDealer>> dealers;
  while (hub.stats().connect_floods == 0) {
    REQUIRE(dealers.size() < 200);
    const auto judged = hub.stats().admitted + hub.stats().connect_floods;
    dealers.push_back(std::make_unique<RawDealer>());
    dealers.back()->use_curve(leaf.secret, hub.key);
    dealers.back()->connect(hub.transport->endpoint());
    REQUIRE(hub.wait_stats([&](const TransportStats& s) { return s.admitted + s.connect_floods > judged; }));
  }
  CHECK(hub.stats().admitted >= 40);
}
