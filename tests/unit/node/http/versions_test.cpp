#include "node/http/versions.h"

#include <catch2/catch.hpp>

#include "tests/unit/node/http/plain_request.h"

namespace knoop::http {
namespace {

/// The state of a thing is how many rows there are; thing 9 does not exist.
Result<std::optional<std::string>> state(Context& context, const Params& params) {
  if (params.at("id") == "9") return std::optional<std::string>{};
  KNOOP_LET(row, context.tx.one("SELECT count(*) FROM blob"));
  return std::optional(std::to_string(row->get<std::int64_t>(0)));
}

Router routes() {
  Router router;
  const std::vector<Role> who{Role::administrator};
  const auto missing = [](const Request& request) { return request.param("id") == "9"; };
  const auto change = [missing](Node&, Context& context, const Request& request) -> Result<Reply> {
    if (missing(request)) return fail(ErrorCode::not_found, Side::user, "there is none");
    KNOOP_TRY(context.tx.exec("INSERT INTO blob(bytes) VALUES (x'00')"));
    return Reply{200, {{"done", true}}};
  };
  router
      .get("/api/v1/things/{id}", who, {},
           [missing](Node&, Context& context, const Request& request) -> Result<Reply> {
             if (missing(request)) return fail(ErrorCode::not_found, Side::user, "there is none");
             KNOOP_TRY(context.audit({.event = audit::Event::client_read}));
             return Reply{200, {{"name", "a child"}}};
           })
      .versioned(state);
  router.post("/api/v1/things/{id}/change", who, change).versioned(state);
  router
      .post("/api/v1/things/{id}/slow", who,
            [](Node&, Context& context, const Request& request) -> Result<Reply> {
              // Somebody else changes it while the work is done.
              if (request.body.contains("overtaken"))
                KNOOP_TRY(context.tx.exec("INSERT INTO blob(bytes) VALUES (x'00')"));
              Reply reply;
              reply.slow = std::make_shared<Slow>();
              reply.slow->work = [] {};
              reply.slow->then = [](Node&, Context& later) -> Result<Reply> {
                KNOOP_TRY(later.tx.exec("INSERT INTO blob(bytes) VALUES (x'00')"));
                return Reply{200, {{"done", true}}};
              };
              return reply;
            })
      .versioned(state);
  router.post("/api/v1/plain/{id}", who, change);
  return router;
}

class Desk {
 public:
  WebAnswer send(const std::string& method, const std::string& target, const std::string& lines = "",
                 const std::string& body = "{}") {
    return plain_request(served_, method, target, method == "GET" ? "" : body, lines);
  }
  WebAnswer change(const std::string& if_match) {
    return send("POST", "/api/v1/things/1/change", "If-Match: " + if_match + "\r\n");
  }
  std::string etag() { return send("GET", "/api/v1/things/1").header("ETag"); }
  ServedNode& served() { return served_; }

 private:
  ServedNode served_{routes()};
};

TEST_CASE("an ETag is the same while nothing changed, and another after a change") {
  Desk desk;
  const std::string first = desk.etag();
  CHECK(first.size() == 34);
  CHECK(first.front() == '"');
  CHECK(desk.etag() == first);
  const WebAnswer changed = desk.send("POST", "/api/v1/things/1/change");
  CHECK(changed.status == 200);
  CHECK(changed.header("ETag") != first);
  CHECK(desk.etag() == changed.header("ETag"));
}

TEST_CASE("a change that is meant for another state changes nothing") {
  Desk desk;
  const std::string first = desk.etag();
  CHECK(desk.change(first).status == 200);
  const WebAnswer stale = desk.change(first);
  CHECK(stale.status == 412);
  CHECK(stale.code() == "changed-meanwhile");
  const std::string now = desk.etag();
  CHECK(desk.change("\"" + std::string(32, '0') + "\"").status == 412);
  CHECK(desk.change("W/" + now).status == 412);
  CHECK(desk.change(now.substr(1, 32)).status == 412);
  CHECK(desk.change("").status == 412);
  CHECK(desk.change(now + "\r\nIf-Match: " + now).status == 412);  // two of them
  CHECK(desk.etag() == now);
  CHECK(desk.change(first + " , " + now).status == 200);
  CHECK(desk.change("*").status == 200);
  // Of what does not exist the route says so, as without the condition.
  CHECK(desk.send("POST", "/api/v1/things/9/change", "If-Match: *\r\n").status == 404);
  CHECK(desk.send("GET", "/api/v1/things/9").header("ETag").empty());
}

TEST_CASE("where there are no versions If-Match is refused, not ignored") {
  Desk desk;
  CHECK(desk.send("POST", "/api/v1/plain/1", "If-Match: *\r\n").status == 400);
  CHECK(desk.send("POST", "/api/v1/plain/1").status == 200);
  CHECK(desk.send("POST", "/api/v1/plain/1").header("ETag").empty());
}

TEST_CASE("a change with slow work is judged when it happens") {
  Desk desk;
  const std::string first = desk.etag();
  CHECK(desk.send("POST", "/api/v1/things/1/slow", "If-Match: " + first + "\r\n", R"({"overtaken":1})")
            .status == 412);
  const std::string now = desk.etag();
  CHECK(now != first);
  CHECK(desk.send("POST", "/api/v1/things/1/slow", "If-Match: " + now + "\r\n").status == 200);
}

TEST_CASE("what was not changed is not sent again, and the look is logged all the same (R8.1)") {
  Desk desk;
  const std::string etag = desk.etag();
  const WebAnswer same = desk.send("GET", "/api/v1/things/1", "If-None-Match: " + etag + "\r\n");
  CHECK(same.status == 304);
  CHECK(same.body.empty());
  CHECK(same.header("ETag") == etag);
  CHECK(same.header("Content-Length").empty());
  CHECK(desk.send("GET", "/api/v1/things/1", "If-None-Match: \"x\"\r\n").status == 200);
  desk.served().stop();
  CHECK(std::ranges::count_if(desk.served().events(),
                              [](const std::string& one) { return one.starts_with("client.read"); }) == 3);
}

TEST_CASE("lists of ETags") {
  CHECK(names_etag("*", "\"a\""));
  CHECK(names_etag("\"a\"", "\"a\""));
  CHECK(names_etag("\"b\",\t\"a\" ", "\"a\""));
  for (const char* const no :
       {"", "a", "\"a", "\"A\"", "W/\"a\"", "\"b\"", ",", "**", "\"a\"\"a\"", "\"aa\""})
    CHECK_FALSE(names_etag(no, "\"a\""));
}

}  // namespace
}  // namespace knoop::http
