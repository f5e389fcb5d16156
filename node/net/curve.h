// Socket options that every CURVE socket of ours shares.
#pragma once

#include <zmq.hpp>

#include "crypto/keys.h"
#include "node/net/limits.h"

namespace knoop::net {

inline zmq::const_buffer buffer_of(ByteView bytes) {
  return zmq::buffer(bytes.data(), bytes.size());
}

/// Limits and heartbeats (limits.h), and no lingering: what is not sent when a socket closes is lost, and the
/// channel sends it again.
void set_common_options(zmq::socket_t& socket, milliseconds heartbeat, milliseconds heartbeat_timeout);

/// IPv6 for "tcp://[2001:db8::1]:7410" and, beside IPv4, for "tcp://*:7410"; IPv4 for other addresses and for names.
/// Not always IPv6: libzmq then writes and reads IPv4 addresses in a mapped form that it cannot connect to.
void choose_address_family(zmq::socket_t& socket, std::string_view endpoint);

/// libzmq copies the key into the socket and does not wipe that copy when the socket closes: a key that must
/// vanish from memory needs a new process.
void become_curve_server(zmq::socket_t& socket, const TransportSecretKey& secret);
void become_curve_client(zmq::socket_t& socket, const TransportSecretKey& secret,
                         const TransportPublicKey& own, const TransportPublicKey& server);

}  // namespace knoop::net
