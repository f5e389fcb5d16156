// docs/spec/vectors/handover.json
#include <catch2/catch.hpp>

#include "protocol/handover/messages.h"
#include "tests/support/spec_vectors.h"

using namespace knoop;
using namespace knoop::handover;
using test::bytes_of;
using test::value_of;

TEST_CASE("vectors: states and events of a hand-over") {
  const auto vectors = test::spec_vectors("handover");
  for (const auto& printed : vectors.at("states")) {
    const auto state = decode<HandoverState>(bytes_of(printed.at("bytes")));
    REQUIRE(state.has_value());
    CHECK(encode(*state) == bytes_of(printed.at("bytes")));
    CHECK(state->version == printed.at("version"));
    CHECK(static_cast<int>(state->state) == printed.at("state"));
    CHECK(state->ask.has_value() != printed.at("ask").is_null());
    CHECK(state->happening.has_value() != printed.at("happening").is_null());
    if (state->ask) CHECK(state->ask->goal == printed.at("ask").at("goal").get<std::string>());
  }
  const auto& printed = vectors.at("event");
  const auto event = decode<HandoverEvent>(bytes_of(printed.at("bytes")));
  REQUIRE(event.has_value());
  CHECK(encode(*event) == bytes_of(printed.at("bytes")));
  CHECK(event->happening.event == Event::feed_back);
  CHECK(static_cast<int>(event->decided_in) == printed.at("decided_in"));
  CHECK(event->happening.words == printed.at("happening").at("words").get<std::string>());
  for (const auto& refused : vectors.at("refused_states")) {
    INFO(refused.at("name"));
    CHECK_FALSE(decode<HandoverState>(bytes_of(refused.at("bytes"))).has_value());
  }
}
