// docs/spec/vectors/hello.json
#include <catch2/catch.hpp>

#include "protocol/channel/messages.h"
#include "protocol/channel/versions.h"
#include "tests/support/spec_vectors.h"

using namespace knoop;
using test::bytes_of;
using test::value_of;

TEST_CASE("vectors: Hello, Ack and Reseal are read and written as the other implementation wrote them") {
  const auto vectors = test::spec_vectors("hello");
  const auto& printed = vectors.at("hello");
  const auto hello = decode<Hello>(bytes_of(printed.at("bytes")));
  REQUIRE(hello.has_value());
  CHECK(encode(*hello) == bytes_of(printed.at("bytes")));
  CHECK(hello->challenge == value_of<Challenge>(printed.at("challenge")));
  CHECK_FALSE(hello->answer.has_value());
  CHECK(hello->identifier_rule_versions == printed.at("rules").get<std::vector<std::uint16_t>>());
  CHECK(hello->convenant.number == printed.at("convenant").at("number"));
  CHECK(hello->card_number == printed.at("card_number"));
  CHECK(hello->known_cards == value_of<Hash256>(printed.at("known_cards")));
  CHECK(hello->streams.bulk.last_sent == printed.at("streams").at(3).at("last"));
  CHECK(hello->streams.case_work.received.number == printed.at("streams").at(1).at("peer").at("number"));
  CHECK_FALSE(hello->streams.protective.received.id.has_value());
  CHECK(hello->heads == printed.at("heads").get<std::vector<std::string>>());
  CHECK_FALSE(hello->opening.has_value());
  CHECK(hello->clock == Timestamp{printed.at("clock").get<std::int64_t>()});

  const auto ack = decode<Ack>(bytes_of(vectors.at("ack").at("bytes")));
  REQUIRE(ack.has_value());
  CHECK(ack->received.case_work.number == 17);
  CHECK(ack->received.case_work == hello->streams.case_work.received);
  const auto reseal = decode<Reseal>(bytes_of(vectors.at("reseal").at("bytes")));
  REQUIRE(reseal.has_value());
  CHECK(reseal->stream == StreamKind::case_work);
  CHECK(reseal->number == vectors.at("reseal").at("number"));
  CHECK(reseal->card_number == vectors.at("reseal").at("card"));
  for (const auto& refused : vectors.at("refused")) {
    INFO(refused.at("name"));
    CHECK_FALSE(decode<Hello>(bytes_of(refused.at("bytes"))).has_value());
  }
}

TEST_CASE("vectors: what both offered is bound in one hash, whoever computes it") {
  const auto vectors = test::spec_vectors("hello").at("versions");
  const auto offer = [&](std::size_t i) {
    const auto& printed = vectors.at("offers").at(i);
    return OfferedVersions{value_of<MemberId>(printed.at("member")),
                           printed.at("protocols").get<std::vector<std::uint16_t>>(),
                           printed.at("rules").get<std::vector<std::uint16_t>>()};
  };
  const auto network = value_of<NetworkId>(vectors.at("network"));
  CHECK(version_binding(network, offer(0), offer(1)) == value_of<Hash256>(vectors.at("binding")));
  CHECK(version_binding(network, offer(1), offer(0)) == value_of<Hash256>(vectors.at("binding")));
}
