#include "protocol/audit/sentences.h"

#include <catch2/catch.hpp>
#include <set>
#include <string>

#include "crypto/base/utf8.h"

using namespace knoop::audit;

TEST_CASE("R8.3: every event has its own plain sentence for the client, with nothing left to fill in") {
  std::set<std::string_view> seen;
#define KNOOP_LOOK(name, number, text)                                                            \
  {                                                                                               \
    INFO(text);                                                                                   \
    const std::string_view plain = dutch(Event::name);                                            \
    CHECK(seen.insert(plain).second);                                                             \
    CHECK(plain.size() > 10);                                                                     \
    CHECK(plain.size() < 160);                                                                    \
    CHECK(plain.back() == '.');                                                                   \
    CHECK(knoop::is_utf8(plain));                                                                 \
    const std::string filled = sentence(Event::name, Outcome::success, "Medewerker a", "Bureau"); \
    CHECK(filled.find_first_of("{}") == std::string::npos);                                       \
  }
  KNOOP_AUDIT_EVENTS(KNOOP_LOOK)
#undef KNOOP_LOOK
}

TEST_CASE("a sentence says who, to whom, and that it was refused") {
  CHECK(sentence(Event::release_disclosed, Outcome::success, "Het systeem", "Bureau Twee") ==
        "Wij hebben gegevens over u gegeven aan Bureau Twee.");
  CHECK(sentence(Event::client_read, Outcome::refused, "Medewerker c.jansen", "") ==
        "Medewerker c.jansen heeft uw gegevens bekeken. Dit is geweigerd.");
  CHECK(sentence(Event::release_disclosed, Outcome::failed, "", "") ==
        "Wij hebben gegevens over u gegeven aan een andere organisatie. Dit is niet gelukt.");
}

TEST_CASE("hostile: a name that looks like a placeholder is filled in as text and nothing more") {
  CHECK(sentence(Event::ground_recorded, Outcome::success, "{ander}{wie}", "{wie}") ==
        "|ander||wie| heeft een wettelijke reden vastgelegd om zonder toestemming te delen met |wie|.");
}
