#include "protocol/channel/frame.h"

#include <rapidcheck.h>

#include <catch2/catch.hpp>

#include "crypto/ed25519.h"
#include "crypto/seal.h"
#include "crypto/x25519.h"
#include "protocol/channel/padding.h"
#include "tests/support/test_entropy.h"

using namespace knoop;

namespace {

struct Pair {
  TestEntropy entropy{7};
  NetworkId network = entropy.draw<NetworkId>();
  MemberId alice = entropy.draw<MemberId>();
  MemberId bob = entropy.draw<MemberId>();
  SigningKeyPair signing = new_signing_key(entropy);
  SealingKeyPair sealing = new_sealing_key(entropy);
  PresharedKey preshared = entropy.draw<PresharedKey>();
  StreamId stream = entropy.draw<StreamId>();
  bool with_preshared = false;

  [[nodiscard]] const PresharedKey* psk() const { return with_preshared ? &preshared : nullptr; }

  [[nodiscard]] FrameHeader header(MessageType type = MessageType::handover_event) {
    FrameHeader out;
    out.network = network;
    out.type = type;
    out.sender = alice;
    out.sender_card = 3;
    out.recipient = bob;
    out.recipient_card = 5;
    if (stream_of(type) != StreamKind::control) out.position = StreamPosition{stream, 17};
    out.sent_at = Timestamp::parse("2026-11-21T09:30:00Z").value();
    out.subject = entropy.draw<SubjectId>();
    return out;
  }
  [[nodiscard]] Bytes make(ByteView body, MessageType type = MessageType::handover_event) {
    return make_frame(header(type), body, {signing.secret_key, sealing.public_key, psk()}, entropy).value();
  }
  [[nodiscard]] FrameExpectations expectations() const {
    FrameExpectations out;
    out.network = network;
    out.self = bob;
    out.peer = alice;
    if (with_preshared) out.preshared = preshared_key_id(preshared, network, alice, bob);
    out.signing_key = [this](std::uint32_t card) -> Result<SigningPublicKey> {
      if (card != 3) return fail(ErrorCode::not_found, Side::peer, "no card {}", card);
      return signing.public_key;
    };
    return out;
  }
};

// Signs again after a change: what a member with its own keys, but its own program, can send.
Bytes sign_again(const Pair& pair, Bytes transmitted) {
  const std::size_t size = transmitted.size() - Signature::size;
  const Signature signature =
      sign(pair.signing.secret_key, "knoop/v1/frame", ByteView(transmitted).first(size));
  std::ranges::copy(signature.view(), transmitted.begin() + static_cast<std::ptrdiff_t>(size));
  return transmitted;
}

ErrorCode refusal(const Bytes& bytes, const FrameExpectations& expectations) {
  const auto result = check_frame(bytes, expectations);
  REQUIRE_FALSE(result.has_value());
  return result.error().code;
}

}  // namespace

TEST_CASE("a frame opens at its recipient") {
  Pair pair;
  for (const bool with_preshared : {false, true}) {
    pair.with_preshared = with_preshared;
    const Bytes body = to_bytes("the body");
    const FrameHeader sent = pair.header();
    const Bytes bytes =
        make_frame(sent, body, {pair.signing.secret_key, pair.sealing.public_key, pair.psk()}, pair.entropy)
            .value();
    const auto frame = check_frame(bytes, pair.expectations()).value();
    CHECK(frame.header.position == sent.position);
    CHECK(frame.header.subject == sent.subject);
    CHECK(frame.header.sent_at == sent.sent_at);
    CHECK(frame.header.type == MessageType::handover_event);
    CHECK(open_frame(frame, pair.sealing, pair.psk()).value() == body);
  }
}

TEST_CASE("control frames carry no position") {
  Pair pair;
  const auto frame = check_frame(pair.make({}, MessageType::hello), pair.expectations()).value();
  CHECK_FALSE(frame.header.position.has_value());
  CHECK(open_frame(frame, pair.sealing, nullptr).value().empty());
}

TEST_CASE("a frame with any flipped bit is refused") {
  Pair pair;
  Bytes bytes = pair.make(to_bytes("content"));
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    const auto bit = static_cast<Byte>(1U << (at % 8));
    bytes[at] ^= bit;
    CHECK_FALSE(check_frame(bytes, pair.expectations()).has_value());
    bytes[at] ^= bit;
  }
  CHECK(check_frame(bytes, pair.expectations()).has_value());
}

TEST_CASE("a frame for another network, recipient or from another member is refused") {
  Pair pair;
  const Bytes bytes = pair.make({});
  auto expected = pair.expectations();
  expected.network = pair.entropy.draw<NetworkId>();
  CHECK(refusal(bytes, expected) == ErrorCode::wrong_network);
  expected = pair.expectations();
  expected.self = pair.entropy.draw<MemberId>();
  CHECK(refusal(bytes, expected) == ErrorCode::wrong_recipient);
  // Reflected: our own frame comes back to us.
  expected = pair.expectations();
  std::swap(expected.self, expected.peer);
  CHECK(refusal(bytes, expected) == ErrorCode::wrong_recipient);
  // Relayed: a frame of alice comes over the connection of a third member.
  expected = pair.expectations();
  expected.peer = pair.entropy.draw<MemberId>();
  CHECK(refusal(bytes, expected) == ErrorCode::not_a_member);
}

TEST_CASE("a frame signed by another key or under an unknown card is refused") {
  Pair pair;
  const Bytes bytes = pair.make({});
  auto expected = pair.expectations();
  const SigningKeyPair stranger = new_signing_key(pair.entropy);
  expected.signing_key = [&](std::uint32_t) -> Result<SigningPublicKey> { return stranger.public_key; };
  CHECK(refusal(bytes, expected) == ErrorCode::bad_signature);
  expected.signing_key = [](std::uint32_t) -> Result<SigningPublicKey> {
    return fail(ErrorCode::not_found, Side::peer, "no card");
  };
  CHECK(refusal(bytes, expected) == ErrorCode::not_found);
}

TEST_CASE("unequal preshared keys are psk-differs at both sides") {
  Pair pair;
  const Bytes without = pair.make({});
  pair.with_preshared = true;
  const Bytes with = pair.make({});
  CHECK(refusal(without, pair.expectations()) == ErrorCode::psk_differs);
  auto expected = pair.expectations();
  expected.preshared.reset();
  CHECK(refusal(with, expected) == ErrorCode::psk_differs);
  expected.preshared =
      preshared_key_id(pair.entropy.draw<PresharedKey>(), pair.network, pair.alice, pair.bob);
  CHECK(refusal(with, expected) == ErrorCode::psk_differs);
}

TEST_CASE("the name of a preshared key is the same at both ends and another in another network") {
  Pair pair;
  const auto id = preshared_key_id(pair.preshared, pair.network, pair.alice, pair.bob);
  CHECK(id == preshared_key_id(pair.preshared, pair.network, pair.bob, pair.alice));
  CHECK(id != preshared_key_id(pair.preshared, pair.entropy.draw<NetworkId>(), pair.alice, pair.bob));
}

TEST_CASE("a frame sealed to an old key cannot be opened, and says so") {
  Pair pair;
  const auto frame = check_frame(pair.make(to_bytes("x")), pair.expectations()).value();
  const SealingKeyPair newer = new_sealing_key(pair.entropy);
  CHECK(open_frame(frame, newer, nullptr).error().code == ErrorCode::cannot_open);
  CHECK(open_frame(frame, pair.sealing, &pair.preshared).error().code == ErrorCode::cannot_open);
}

TEST_CASE("a body moved under another header does not open, also when its sender signs it") {
  Pair pair;
  const Bytes bytes = pair.make(to_bytes("x"));
  // The sequence number 17 stands behind the stream id; a member changes it and signs again.
  const auto id = std::ranges::search(bytes, pair.stream.view());
  Bytes moved = bytes;
  const auto at = static_cast<std::size_t>(id.end() - bytes.begin());
  REQUIRE(moved[at] == 17);
  moved[at] = 18;
  const auto frame = check_frame(sign_again(pair, moved), pair.expectations()).value();
  CHECK(frame.header.position->number == 18);
  CHECK(open_frame(frame, pair.sealing, nullptr).error().code == ErrorCode::cannot_open);
}

TEST_CASE("a frame in the stream of another type, or a number without stream, is refused") {
  Pair pair;
  const Bytes bytes = pair.make({});
  const auto id = std::ranges::search(bytes, pair.stream.view());
  const auto stream_at = static_cast<std::size_t>(id.begin() - bytes.begin()) - 3;
  REQUIRE(bytes[stream_at] == static_cast<Byte>(StreamKind::case_work));
  Bytes other = bytes;
  other[stream_at] = static_cast<Byte>(StreamKind::bulk);
  CHECK(refusal(sign_again(pair, other), pair.expectations()) == ErrorCode::bad_value);
  other[stream_at] = 9;
  CHECK(refusal(sign_again(pair, other), pair.expectations()) == ErrorCode::bad_value);
  Bytes zero = bytes;
  zero[static_cast<std::size_t>(id.end() - bytes.begin())] = 0;
  CHECK(refusal(sign_again(pair, zero), pair.expectations()) == ErrorCode::bad_value);
}

TEST_CASE("a frame of another version is named as such") {
  Pair pair;
  Bytes bytes = pair.make({});
  bytes[1] = 2;
  CHECK(refusal(bytes, pair.expectations()) == ErrorCode::unknown_version);
  bytes[1] = 0;
  CHECK(refusal(bytes, pair.expectations()) == ErrorCode::unknown_version);
  CHECK(refusal(Bytes(64, 0), pair.expectations()) == ErrorCode::bad_length);
  CHECK(refusal(Bytes(65, 0), pair.expectations()) == ErrorCode::bad_encoding);
  Bytes huge(size_classes.back() + 5000);
  huge[0] = 0x9E;
  huge[1] = 1;
  CHECK(refusal(huge, pair.expectations()) == ErrorCode::over_limit);
}

TEST_CASE("bytes that are no frame are refused") {
  Pair pair;
  const auto expected = pair.expectations();
  CHECK(rc::check("any bytes",
                  [&](const Bytes& bytes) { RC_ASSERT_FALSE(check_frame(bytes, expected).has_value()); }));
  const Bytes bytes = pair.make({});
  for (std::size_t size = 0; size < bytes.size(); ++size)
    CHECK_FALSE(check_frame(ByteView(bytes).first(size), expected).has_value());
}

TEST_CASE("bodies are padded to the smallest class that holds them") {
  Pair pair;
  for (std::size_t i = 0; i < size_classes.size(); ++i) {
    const std::size_t room = body_room(size_classes[i]);
    CHECK(pad_body(Bytes(room, 1)).value().size() + seal_overhead == size_classes[i]);
    if (i + 1 < size_classes.size())
      CHECK(pad_body(Bytes(room + 1, 1)).value().size() + seal_overhead == size_classes[i + 1]);
  }
  CHECK(pad_body({}).value().size() + seal_overhead == 512);
  CHECK(pad_body(Bytes(max_body_size() + 1)).error().code == ErrorCode::over_limit);
  const Bytes largest = pair.make(Bytes(max_body_size(), 9));
  CHECK(largest.size() <= (1U << 20U) + 4096);
  const auto frame = check_frame(largest, pair.expectations()).value();
  CHECK(open_frame(frame, pair.sealing, nullptr).value() == Bytes(max_body_size(), 9));
}

TEST_CASE("padding that carries something or has the wrong length is refused") {
  const Bytes good = pad_body(to_bytes("abc")).value();
  CHECK(unpad_body(good).value() == to_bytes("abc"));
  Bytes bad = good;
  bad.back() = 1;
  CHECK(unpad_body(bad).error().code == ErrorCode::bad_format);
  bad = good;
  bad[0] = 0xFF;  // longer than any body
  CHECK(unpad_body(bad).error().code == ErrorCode::bad_format);
  CHECK(unpad_body(ByteView(good).first(good.size() - 1)).error().code == ErrorCode::bad_format);
  CHECK(unpad_body({}).error().code == ErrorCode::bad_format);
  Bytes wasteful = good;
  wasteful.resize(2048 - seal_overhead);  // a larger class than the body needs
  CHECK(unpad_body(wasteful).error().code == ErrorCode::bad_format);
}
