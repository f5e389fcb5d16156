#include "node/core/sessions.h"

#include <catch2/catch.hpp>

#include "tests/support/membership_samples.h"
#include "tests/support/test_entropy.h"

namespace knoop {
namespace {

const Timestamp start = test::at("2026-11-02T08:00:00Z");

Session session_of(const std::string& account, Timestamp now) {
  Session session;
  session.account = account;
  session.role = Role::professional;
  session.began = session.used = now;
  session.complete = true;
  return session;
}

TEST_CASE("a session is found by its token alone, and each has a token and a CSRF token of its own") {
  TestEntropy entropy;
  Sessions sessions;
  const SessionToken one = sessions.begin(session_of("anna", start), entropy);
  const SessionToken two = sessions.begin(session_of("anna", start), entropy);
  CHECK_FALSE(one == two);
  REQUIRE(sessions.find(one.expose(), start) != nullptr);
  REQUIRE(sessions.find(two.expose(), start) != nullptr);
  CHECK(sessions.find(one.expose(), start)->csrf != sessions.find(two.expose(), start)->csrf);
  CHECK(sessions.find(SessionToken{}.expose(), start) == nullptr);
  CHECK(sessions.find({}, start) == nullptr);
  sessions.end(one.expose());
  CHECK(sessions.find(one.expose(), start) == nullptr);
  CHECK(sessions.find(two.expose(), start) != nullptr);
}

TEST_CASE("a session ends when nobody uses it for half an hour, and after ten hours whatever happens") {
  TestEntropy entropy;
  Sessions sessions;
  const SessionToken idle = sessions.begin(session_of("anna", start), entropy);
  CHECK(sessions.find(idle.expose(), start + Sessions::idle) != nullptr);  // which is a use
  CHECK(sessions.find(idle.expose(), start + Sessions::idle * 2) != nullptr);
  CHECK(sessions.find(idle.expose(), start + Sessions::idle * 3 + Milliseconds{1}) == nullptr);
  CHECK(sessions.size() == 0);

  const SessionToken busy = sessions.begin(session_of("anna", start), entropy);
  Timestamp now = start;
  for (; now <= start + Sessions::longest; now = now + Sessions::idle)
    CHECK(sessions.find(busy.expose(), now) != nullptr);
  CHECK(sessions.find(busy.expose(), start + Sessions::longest + Milliseconds{1}) == nullptr);
}

TEST_CASE("an account has few sessions: the one that was used longest ago makes room") {
  TestEntropy entropy;
  Sessions sessions;
  std::vector<SessionToken> tokens;
  for (std::size_t i = 0; i < Sessions::most_of_one; ++i)
    tokens.push_back(sessions.begin(session_of("anna", start + Milliseconds{1000} * i), entropy));
  const SessionToken other = sessions.begin(session_of("bram", start), entropy);
  CHECK(sessions.find(tokens[0].expose(), start + Milliseconds{60'000}) != nullptr);  // used now
  const SessionToken fresh = sessions.begin(session_of("anna", start + Milliseconds{61'000}), entropy);
  CHECK(sessions.find(tokens[0].expose(), start + Milliseconds{61'000}) != nullptr);
  CHECK(sessions.find(tokens[1].expose(), start + Milliseconds{61'000}) == nullptr);
  CHECK(sessions.find(other.expose(), start + Milliseconds{61'000}) != nullptr);
  CHECK(sessions.end_all("anna", fresh.expose()) == Sessions::most_of_one - 1);
  CHECK(sessions.find(fresh.expose(), start + Milliseconds{61'000}) != nullptr);
  CHECK(sessions.end_all("anna", {}) == 1);
  CHECK(sessions.size() == 1);
}

}  // namespace
}  // namespace knoop
