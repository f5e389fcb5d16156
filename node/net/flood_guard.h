// Cuts connections that put bytes into our memory without ever finishing a message.
//
// ZMQ_MAXMSGSIZE bounds one part of a message and the high-water mark bounds finished messages, but nothing in libzmq
// bounds the parts of a message that is not finished: one member's connection pushed 400 MiB past a high-water mark of
// four messages (tried). A frame is one part, so such a message is never ours; but libzmq shows it to us only when it
// is complete. What can be seen before is how many bytes the kernel received on the connection (TCP_INFO) since it
// last delivered a message.
//
// The guard finds libzmq's connections among this process's descriptors by their ports: those accepted at our
// listener's port, and those dialled to a port of a member's endpoint. A peer can lose its own connection here and
// nothing else. What it can still do is send, between two looks, as much as its line carries.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>

namespace knoop::net {

class FloodGuard {
 public:
  struct Ports {
    std::set<std::uint16_t> listening;
    std::set<std::uint16_t> dialled;
  };

  /// `limit`: bytes that a connection may have received since it last delivered something.
  explicit FloodGuard(std::uint64_t limit) : limit_(limit) {}

  /// A whole message came over this descriptor (ZMQ_SRCFD), so nothing before it waits for its end.
  void delivered(int fd) { delivered_.insert(fd); }
  /// Looks at every connection; returns how many were cut.
  std::size_t look(const Ports& ports);

  /// The port at the end of "tcp://host:port"; 0 when there is none.
  [[nodiscard]] static std::uint16_t port_of(std::string_view endpoint);

 private:
  struct Connection {
    std::string between;  ///< Both addresses: a descriptor's number is used again.
    std::uint64_t counted_from = 0;
  };

  const std::uint64_t limit_;
  std::set<int> delivered_;
  std::map<int, Connection> connections_;
};

}  // namespace knoop::net
