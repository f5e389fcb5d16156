#include "node/http/problem.h"

#include <catch2/catch.hpp>
#include <set>

#include "node/http/body.h"
#include "node/http/problem_words.h"

namespace knoop::http {
namespace {

Json problem_of(const Error& error) {
  return Json::parse(problem_text(error, status_of(error)));
}

TEST_CASE("every error code has a sentence of its own in Dutch and in English") {
  std::set<std::string_view> seen;
#define KNOOP_CODE(name, text)                                                      \
  {                                                                                 \
    const ProblemWords words = words_of(ErrorCode::name);                           \
    INFO(text);                                                                     \
    for (const std::string_view sentence : {words.nl, words.en}) {                  \
      CHECK(sentence.ends_with('.'));                                               \
      CHECK(seen.insert(sentence).second);                                          \
    }                                                                               \
    const Json problem = problem_of({ErrorCode::name, Side::user, "what exactly"}); \
    CHECK(problem.at("code") == text);                                              \
    CHECK(problem.at("message").at("nl") == words.nl);                              \
    CHECK(problem.at("message").at("en") == words.en);                              \
    CHECK(problem.at("detail") == "what exactly");                                  \
    CHECK(problem.at("status").get<int>() >= 400);                                  \
    CHECK_FALSE(problem.contains("errors"));                                        \
  }
  KNOOP_ERROR_CODES(KNOOP_CODE)
#undef KNOOP_CODE
}

TEST_CASE("a problem names each field that is wrong, and never what stood in it") {
  const Json body{{"until", "binnenkort"}, {"kleur", "rood"}, {"name", 7}};
  BodyReader reader(body);
  (void)reader.date("until");
  (void)reader.text("name", 10);
  (void)reader.text("client", 10);
  const auto read = reader.finish();
  REQUIRE_FALSE(read);
  const Json problem = problem_of(read.error());
  const Json& errors = problem.at("errors");
  REQUIRE(errors.size() == 4);
  CHECK(errors[0] == Json{{"field", "until"}, {"reason", "must be a day as YYYY-MM-DD"}});
  CHECK(errors[1] == Json{{"field", "name"}, {"reason", "must be a text"}});
  CHECK(errors[2] == Json{{"field", "client"}, {"reason", "is missing"}});
  CHECK(errors[3].at("field").is_null());
  CHECK(problem.dump().find("rood") == std::string::npos);
  CHECK(problem.dump().find("binnenkort") == std::string::npos);
}

TEST_CASE("what a program can act on is in the status") {
  const auto status = [](ErrorCode code) { return status_of({code, Side::user, ""}); };
  CHECK(status(ErrorCode::not_signed_in) == 401);
  CHECK(status(ErrorCode::second_factor_needed) == 401);
  CHECK(status(ErrorCode::sign_in_refused) == 401);
  CHECK(status(ErrorCode::changed_meanwhile) == 412);
  CHECK(status(ErrorCode::key_used_again) == 422);
  CHECK(status(ErrorCode::too_many_requests) == 429);
}

}  // namespace
}  // namespace knoop::http
