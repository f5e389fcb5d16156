// A CurveZMQ client written by hand (ZeroMQ RFC 26, ZMTP 3.0 framing of RFC 23): what libzmq's own client will not do,
// a hostile member can. It blocks, and fails the test when the other side does not keep to the protocol.
#pragma once

#include <arpa/inet.h>
#include <sodium.h>
#include <sys/socket.h>
#include <unistd.h>

#include <catch2/catch.hpp>
#include <string>
#include <utility>
#include <vector>

#include "crypto/x25519.h"

namespace knoop::test {

/// A TCP connection to the port of `endpoint` on this machine.
class RawTcp {
 public:
  explicit RawTcp(const std::string& endpoint) : fd_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(std::stoi(endpoint.substr(endpoint.rfind(':') + 1))));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    REQUIRE(connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
    const timeval patience{60, 0};
    setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  }
  ~RawTcp() { close(fd_); }
  RawTcp(const RawTcp&) = delete;
  RawTcp& operator=(const RawTcp&) = delete;

  /// False when the other side no longer takes bytes.
  bool write(ByteView bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes = bytes.subspan(static_cast<std::size_t>(sent));
    }
    return true;
  }
  /// Exactly so many bytes, or nothing when the other side closed before.
  std::optional<Bytes> read(std::size_t count) {
    Bytes out(count, 0);
    for (std::size_t got = 0; got < count;) {
      const ssize_t more = recv(fd_, out.data() + got, count - got, 0);
      if (more <= 0) return std::nullopt;
      got += static_cast<std::size_t>(more);
    }
    return out;
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

class CurveClient {
 public:
  using Property = std::pair<std::string, Bytes>;

  CurveClient(const std::string& endpoint, const TransportSecretKey& secret, const TransportPublicKey& server)
      : tcp(endpoint), secret_(secret.copy()), own_(public_key(secret)), server_(server) {}

  /// The whole handshake with these metadata properties; false when the server hangs up.
  bool handshake(const std::vector<Property>& properties) {
    if (!tcp.write(RawTcp::greeting("CURVE")) || !tcp.read(64)) return false;
    if (!tcp.write(frame(0x04, hello()))) return false;
    const auto welcome = read_frame();
    if (!welcome || !take_welcome(*welcome)) return false;
    if (!tcp.write(frame(0x04, initiate(properties)))) return false;
    const auto ready = read_frame();
    return ready && text_view(*ready).starts_with("\x05READY");
  }
  /// One part of a message; `more` announces another.
  bool send(ByteView part, bool more) {
    Bytes plain{static_cast<Byte>(more ? 1 : 0)};
    append(plain, part);
    Bytes body = to_bytes("\x07MESSAGE");
    const std::uint64_t number = ++nonce_;
    append_u64(body, number);
    append(body, box(plain, short_nonce("CurveZMQMESSAGEC", number), short_server_, short_secret_));
    return tcp.write(frame(0x00, body));
  }
  /// The next message of the server, opened; heartbeats are skipped.
  std::optional<Bytes> receive() {
    for (;;) {
      const auto body = read_frame();
      if (!body || !text_view(*body).starts_with("\x07MESSAGE")) return std::nullopt;
      Nonce nonce = short_nonce("CurveZMQMESSAGES", 0);
      std::copy_n(body->begin() + 8, 8, nonce.begin() + 16);
      Bytes plain(body->size() - 16 - crypto_box_MACBYTES, 0);
      if (crypto_box_open_easy(plain.data(), body->data() + 16, body->size() - 16, nonce.data(),
                               short_server_.data(), short_secret_.expose().data()) != 0)
        return std::nullopt;
      if ((plain.at(0) & 2) == 0) return Bytes(plain.begin() + 1, plain.end());
    }
  }

  RawTcp tcp;

 private:
  using Nonce = std::array<Byte, crypto_box_NONCEBYTES>;

  static Nonce short_nonce(std::string_view prefix, std::uint64_t number) {
    Nonce nonce{};
    std::ranges::copy(prefix, nonce.begin());
    for (std::size_t i = 0; i < 8; ++i) nonce[23 - i] = static_cast<Byte>(number >> (8 * i));
    return nonce;
  }
  static Nonce long_nonce(std::string_view prefix, ByteView rest) {
    Nonce nonce{};
    std::ranges::copy(prefix, nonce.begin());
    std::ranges::copy(rest, nonce.begin() + 8);
    return nonce;
  }
  static Bytes box(ByteView plain, const Nonce& nonce, const TransportPublicKey& to,
                   const TransportSecretKey& from) {
    Bytes out(plain.size() + crypto_box_MACBYTES, 0);
    REQUIRE(crypto_box_easy(out.data(), plain.data(), plain.size(), nonce.data(), to.data(),
                            from.expose().data()) == 0);
    return out;
  }
  static Bytes frame(Byte flags, ByteView body) {
    Bytes out{static_cast<Byte>(flags | (body.size() > 255 ? 0x02 : 0))};
    if (body.size() > 255)
      append_u64(out, body.size());
    else
      append_u8(out, static_cast<Byte>(body.size()));
    append(out, body);
    return out;
  }
  std::optional<Bytes> read_frame() {
    const auto flags = tcp.read(1);
    if (!flags) return std::nullopt;
    const auto length = tcp.read((flags->at(0) & 2) != 0 ? 8 : 1);
    if (!length) return std::nullopt;
    std::size_t size = 0;
    for (const Byte byte : *length) size = size << 8U | byte;
    return tcp.read(size);
  }

  Bytes hello() {
    randombytes_buf(short_secret_.data(), TransportSecretKey::size);
    short_own_ = public_key(short_secret_);
    Bytes body = to_bytes("\x05HELLO");
    append(body, Bytes{1, 0});
    append(body, Bytes(72, 0));
    append(body, short_own_.view());
    const std::uint64_t number = ++nonce_;
    append_u64(body, number);
    append(body, box(Bytes(64, 0), short_nonce("CurveZMQHELLO---", number), server_, short_secret_));
    return body;
  }
  bool take_welcome(ByteView body) {
    if (body.size() != 168) return false;
    const Nonce nonce = long_nonce("WELCOME-", body.subspan(8, 16));
    Bytes plain(128, 0);
    if (crypto_box_open_easy(plain.data(), body.data() + 24, 144, nonce.data(), server_.data(),
                             short_secret_.expose().data()) != 0)
      return false;
    short_server_ = *TransportPublicKey::from(ByteView(plain).first(32));
    cookie_ = Bytes(plain.begin() + 32, plain.end());
    return true;
  }
  Bytes initiate(const std::vector<Property>& properties) {
    Bytes vouched = to_bytes(short_own_.view());
    append(vouched, server_.view());
    Bytes vouch_nonce(16, 7);
    Bytes plain = to_bytes(own_.view());
    append(plain, vouch_nonce);
    append(plain, box(vouched, long_nonce("VOUCH---", vouch_nonce), short_server_, secret_));
    for (const auto& [name, value] : properties) {
      append_u8(plain, static_cast<Byte>(name.size()));
      append(plain, name);
      append_u32(plain, static_cast<std::uint32_t>(value.size()));
      append(plain, value);
    }
    Bytes body = to_bytes("\x08INITIATE");
    append(body, cookie_);
    const std::uint64_t number = ++nonce_;
    append_u64(body, number);
    append(body, box(plain, short_nonce("CurveZMQINITIATE", number), short_server_, short_secret_));
    return body;
  }

  TransportSecretKey secret_;
  TransportPublicKey own_;
  TransportPublicKey server_;
  TransportSecretKey short_secret_;
  TransportPublicKey short_own_;
  TransportPublicKey short_server_;
  Bytes cookie_;
  std::uint64_t nonce_ = 0;
};

}  // namespace knoop::test
