// Every limit of the transport with its reason. Times are real time: the transport is outside the simulation.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace knoop::net {

using Steady = std::chrono::steady_clock;
using std::chrono::milliseconds;
using std::chrono::seconds;

/// The largest frame class (1 MiB) with its header and signature. libzmq allocates what a ZMTP header
/// announces, also before the handshake: without this limit one stranger's connection pushes hundreds of MiB
/// into memory.
inline constexpr std::int64_t kMaxMessage = (std::int64_t{1} << 20) + 4096;

/// Messages that libzmq may hold of one connection that we have not read yet: 16 MiB at most.
inline constexpr int kReceiveHighWaterMark = 16;
/// Messages waiting for one connection that the peer opened to us. The channel has at most 64 unacknowledged.
inline constexpr int kRouteHighWaterMark = 64;
/// Bytes waiting for one connection that we opened. A frame beyond it is dropped; the channel sends it again.
inline constexpr std::size_t kDialBacklog = std::size_t{8} << 20;
/// Bytes that the core thread handed over and our thread has not taken yet.
inline constexpr std::size_t kOutboxBacklog = std::size_t{64} << 20;

/// Bytes that a connection may have sent without finishing a message (flood_guard.h): twice what libzmq may hold of
/// finished ones.
inline constexpr std::uint64_t kUnfinished =
    2 * std::uint64_t{kReceiveHighWaterMark} * std::uint64_t{kMaxMessage};

/// libzmq ends a connection whose handshake takes longer.
inline constexpr milliseconds kHandshake{5'000};
/// ZMTP heartbeats: a silent connection is noticed dead after interval and timeout together.
inline constexpr milliseconds kHeartbeat{10'000};
inline constexpr milliseconds kHeartbeatTimeout{15'000};

/// 340 members and their mailboxes, with room (libzmq's own default is 1023).
inline constexpr int kMaxSockets = 8192;

/// How long a dial may take before its socket is thrown away: short at first, because a refused TCP
/// connection is silent without a monitor, then long enough for a slow handshake.
inline constexpr milliseconds kDialWindow{1'000};
inline constexpr milliseconds kDialWindowMax{10'000};
/// Pause between dials: doubles from the first to the second, with jitter, so that a region that comes back
/// after a power cut does not knock in step.
inline constexpr milliseconds kDialPause{100};
inline constexpr milliseconds kDialPauseMax{30'000};

/// A connection that lived this long was a success: the next dial after it starts without a long pause.
inline constexpr milliseconds kDialProven{10'000};

/// Connections that one member may open to us: a burst, then one every two seconds. A member that knows
/// libzmq could otherwise keep opening connections to guess routing ids (docs/spec/transport.md "What a
/// member could try").
inline constexpr double kConnectBurst = 40;
inline constexpr double kConnectsPerSecond = 0.5;

/// How often the gate is tested, how long one test may take, and how many inconclusive ones in a row are one
/// failure.
inline constexpr milliseconds kGateTestEvery{60'000};
inline constexpr milliseconds kGateTestTime{10'000};
inline constexpr unsigned kGateTestAttempts = 3;

/// A silent route to a peer that dialled us is tried with an empty message this often.
inline constexpr milliseconds kRouteProbe{10'000};

/// The I/O thread looks at everything at least this often: a lost connection shows only in a socket's state.
inline constexpr milliseconds kTick{200};

}  // namespace knoop::net
