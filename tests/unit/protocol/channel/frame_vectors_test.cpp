#include <catch2/catch.hpp>
#include <fstream>
#include <nlohmann/json.hpp>

#include "crypto/ed25519.h"
#include "crypto/x25519.h"
#include "protocol/channel/frame.h"
#include "tests/support/test_entropy.h"

using namespace knoop;

namespace {

const nlohmann::json& vectors() {
  static const auto loaded =
      nlohmann::json::parse(std::ifstream(KNOOP_TEST_DIR "/../docs/spec/vectors/frame.json"));
  return loaded;
}

template <typename Value>
Value value(const char* name) {
  return Value::from(from_hex(vectors().at(name).get<std::string>()).value()).value();
}

std::string outcome(ByteView frame, bool with_preshared, std::string& body) {
  const auto preshared = value<PresharedKey>("preshared_key");
  const SealingKeyPair sealing{value<SealingPublicKey>("sealing_public_key"),
                               value<SealingSecretKey>("sealing_secret_key")};
  FrameExpectations expected;
  expected.network = value<NetworkId>("network");
  expected.self = value<MemberId>("recipient");
  expected.peer = value<MemberId>("sender");
  if (with_preshared)
    expected.preshared = preshared_key_id(preshared, expected.network, expected.self, expected.peer);
  expected.signing_key = [](std::uint32_t) -> Result<SigningPublicKey> {
    return value<SigningPublicKey>("signing_public_key");
  };
  const auto checked = check_frame(frame, expected);
  if (!checked) return std::string(to_string(checked.error().code));
  const auto opened = open_frame(*checked, sealing, with_preshared ? &preshared : nullptr);
  if (!opened) return std::string(to_string(opened.error().code));
  body = to_hex(*opened);
  return "opened";
}

}  // namespace

TEST_CASE("frames of the vectors have the outcome they name") {
  for (const auto& entry : vectors().at("cases")) {
    INFO(entry.at("name"));
    std::string body;
    CHECK(outcome(from_hex(entry.at("frame").get<std::string>()).value(), entry.at("preshared").get<bool>(),
                  body) == entry.at("outcome").get<std::string>());
    if (entry.contains("body")) CHECK(body == entry.at("body").get<std::string>());
  }
}

TEST_CASE("making the first frames of the vectors gives the same bytes") {
  const auto signing = signing_key_from_seed(value<SigningSeed>("signing_seed"));
  CHECK(signing.public_key == value<SigningPublicKey>("signing_public_key"));
  const auto preshared = value<PresharedKey>("preshared_key");
  FrameHeader header;
  header.network = value<NetworkId>("network");
  header.sender = value<MemberId>("sender");
  header.sender_card = 3;
  header.recipient = value<MemberId>("recipient");
  header.recipient_card = 5;
  header.sent_at = Timestamp::parse("2026-11-21T09:30:00Z").value();
  CHECK(preshared_key_id(preshared, header.network, header.sender, header.recipient) ==
        value<PresharedKeyId>("preshared_key_id"));
  const auto make = [&](std::size_t index, const PresharedKey* key) {
    const auto& entry = vectors().at("cases").at(index);
    ScriptedEntropy entropy(from_hex(vectors().at("ephemeral_secret_key").get<std::string>()).value());
    const auto body = from_hex(entry.at("body").get<std::string>()).value();
    const auto frame = make_frame(
        header, body, {signing.secret_key, value<SealingPublicKey>("sealing_public_key"), key}, entropy);
    CHECK(to_hex(frame.value()) == entry.at("frame").get<std::string>());
  };
  header.type = MessageType::ack;
  make(0, nullptr);
  header.type = MessageType::handover_event;
  header.position = StreamPosition{StreamId::from(Bytes(16, 0xB2)).value(), 18};
  header.subject = SubjectId::from(Bytes(16, 0xC1)).value();
  make(1, &preshared);
}

TEST_CASE("the example of docs/spec/frames.md is the second frame of the vectors") {
  std::ifstream file(KNOOP_TEST_DIR "/../docs/spec/frames.md");
  std::string line;
  std::string hex;
  bool inside = false;
  while (std::getline(file, line)) {
    if (line.starts_with("```frame")) {
      inside = true;
    } else if (inside && line.starts_with("```")) {
      break;
    } else if (inside) {
      for (const char c : line.substr(0, line.find("  "))) {
        if (c != ' ') hex += c;
      }
    }
  }
  const auto frame = vectors().at("cases").at(1).at("frame").get<std::string>();
  REQUIRE(hex.size() > 300);
  CHECK(frame.substr(0, hex.size()) == hex);
}
