#include "node/http/repeats.h"

#include <catch2/catch.hpp>

#include "node/core/request_keys.h"
#include "tests/unit/node/http/plain_request.h"

namespace knoop::http {
namespace {

/// Each handler adds a row, and answers how many there are: what is done twice shows.
Result<Reply> count(Context& context) {
  KNOOP_TRY(context.tx.exec("INSERT INTO blob(bytes) VALUES (x'00')"));
  KNOOP_TRY(context.audit({.event = audit::Event::client_changed}));
  KNOOP_LET(row, context.tx.one("SELECT count(*) FROM blob"));
  return Reply{201, {{"count", row->get<std::int64_t>(0)}}};
}

Router routes() {
  Router router;
  const auto done = [](Node&, Context& context, const Request&) { return count(context); };
  const std::vector<Role> who{Role::administrator};
  router.post("/api/v1/things", who, done);
  router.post("/api/v1/others", who, done);
  router.post("/api/v1/keys", who, done).repeats(Repeat::refusal);
  router.post("/api/v1/looks", who, done).repeats(Repeat::anew);
  router.add({"POST", "/api/v1/passwords", who, {}, BodyKind::json, done, {"password"}});
  router.get("/api/v1/things", who, {}, done);
  router.post("/api/v1/refused", who, [](Node&, Context& context, const Request& request) -> Result<Reply> {
    KNOOP_LET(reply, count(context));
    if (request.body.contains("fails")) return fail(ErrorCode::wrong_state, Side::user, "not now");
    return reply;
  });
  router.post("/api/v1/half", who, [](Node&, Context& context, const Request&) -> Result<Reply> {
    KNOOP_LET(reply, count(context));
    reply.refusal = Error{ErrorCode::bad_format, Side::user, fmt::format("failed {}", reply.body.dump())};
    reply.status = 200;
    return reply;
  });
  router.post("/api/v1/slow", who, [](Node&, Context&, const Request&) -> Result<Reply> {
    Reply reply;
    reply.slow = std::make_shared<Slow>();
    reply.slow->work = [] {};
    reply.slow->then = [](Node&, Context& context) { return count(context); };
    return reply;
  });
  router.post("/api/v1/large", who, [](Node&, Context& context, const Request&) -> Result<Reply> {
    KNOOP_LET(reply, count(context));
    reply.body["text"] = std::string(storage::longest_answer, 'x');
    return reply;
  });
  router.post("/api/v1/destroyed", who, [](Node&, Context& context, const Request&) -> Result<Reply> {
    KNOOP_TRY(storage::forget_answers(context.tx, context.now));
    return Reply{};
  });
  return router;
}

class Desk {
 public:
  Desk() : served_(routes(), options()) {}
  static ApiOptions options() {
    ApiOptions out;
    out.allow_as = true;
    return out;
  }
  WebAnswer send(const std::string& method, const std::string& target, const std::string& body,
                 const std::string& lines) {
    return plain_request(served_, method, target, body, lines);
  }
  WebAnswer post(const std::string& noun, const std::string& key, const std::string& body = "{}",
                 const std::string& as = "ada") {
    return send("POST", "/api/v1/" + noun, body,
                "Idempotency-Key: " + key + "\r\nX-Knoop-As: administrator:" + as + "\r\n");
  }
  ServedNode& served() { return served_; }

 private:
  ServedNode served_;
};

TEST_CASE(
    "a request that comes again with its key gets the answer of the first time, and is not done again") {
  Desk desk;
  const WebAnswer first = desk.post("things", "k-1", R"({"a":1,"b":[2]})");
  CHECK(first.status == 201);
  CHECK(first.header("Idempotency-Replayed").empty());
  for (const char* const same : {R"({"a":1,"b":[2]})", R"({ "b": [2], "a": 1 })"}) {
    const WebAnswer again = desk.post("things", "k-1", same);
    CHECK(again.status == 201);
    CHECK(again.body == first.body);
    CHECK(again.header("Content-Type") == "application/json");
    CHECK(again.header("Idempotency-Replayed") == "true");
    CHECK(again.header("Content-Security-Policy") == "default-src 'none'; frame-ancestors 'none'");
  }
  CHECK(desk.post("things", "k-2", R"({"a":1,"b":[2]})").json().at("count") == 2);
  CHECK(desk.send("POST", "/api/v1/things", "{}", "X-Knoop-As: administrator:ada\r\n").json().at("count") ==
        3);
  desk.served().stop();
  CHECK(std::ranges::count_if(desk.served().events(),
                              [](const std::string& one) { return one.starts_with("client.changed"); }) == 3);
}

TEST_CASE("a key belongs to one request of one account, for a day") {
  Desk desk;
  CHECK(desk.post("things", "k", R"({"a":1})").status == 201);
  CHECK(desk.post("things", "k", R"({"a":2})").code() == "key-used-again");
  CHECK(desk.post("things", "k", R"({"a":2})").status == 422);
  CHECK(desk.post("others", "k", R"({"a":1})").status == 422);
  CHECK(desk.post("keys", "k", R"({"a":1})").status == 422);
  CHECK(desk.post("things", "k", R"({"a":2})", "bob").json().at("count") == 2);
  desk.served().clock().advance(storage::answers_kept);
  CHECK(desk.post("things", "k", R"({"a":2})").json().at("count") == 3);
}

TEST_CASE("what is no key is refused, and other methods have none") {
  Desk desk;
  for (const std::string& key : {std::string(), std::string("a b"), std::string(65, 'a'), std::string("é"),
                                 std::string("a\r\nIdempotency-Key: a"), std::string("\"a\"")})
    CHECK(desk.post("things", key).status == 400);
  CHECK(desk.post("things", std::string(64, 'a')).status == 201);
  const std::string lines = "Idempotency-Key: g\r\nX-Knoop-As: administrator:ada\r\n";
  CHECK(desk.send("GET", "/api/v1/things", "", lines).json().at("count") == 2);
  CHECK(desk.send("GET", "/api/v1/things", "", lines).json().at("count") == 3);
}

TEST_CASE(
    "what was refused and changed nothing may be tried again, what changed something is answered as it was") {
  Desk desk;
  CHECK(desk.post("refused", "k", R"({"fails":1})").status == 409);
  CHECK(desk.post("refused", "k", "{}").json().at("count") == 1);
  CHECK(desk.post("refused", "k", R"({"fails":1})").status == 422);
  const WebAnswer half = desk.post("half", "h");
  CHECK(half.status == 400);
  const WebAnswer again = desk.post("half", "h");
  CHECK(again.status == 400);
  CHECK(again.body == half.body);
  CHECK(again.header("Content-Type") == "application/problem+json");
  CHECK(desk.post("things", "t").json().at("count") == 3);
}

TEST_CASE("an answer that is not kept is refused the second time, and its request is not done again") {
  Desk desk;
  std::int64_t done = 0;
  for (const std::string noun : {"keys", "large"}) {
    CHECK(desk.post(noun, noun).json().at("count") == ++done);
    const WebAnswer again = desk.post(noun, noun);
    CHECK(again.status == 409);
    CHECK(again.code() == "answer-gone");
  }
  CHECK(desk.post("passwords", "p", R"({"password":"een"})").json().at("count") == ++done);
  CHECK(desk.post("passwords", "p", R"({"password":"twee"})").code() == "answer-gone");
  // A look is a look, and is logged each time.
  CHECK(desk.post("looks", "l").json().at("count") == ++done);
  CHECK(desk.post("looks", "l").json().at("count") == ++done);
}

TEST_CASE("what takes slow work is done once too") {
  Desk desk;
  const WebAnswer first = desk.post("slow", "s");
  CHECK(first.json().at("count") == 1);
  CHECK(desk.post("slow", "s").body == first.body);
  CHECK(desk.post("slow", "s", R"({"a":1})").status == 422);
}

TEST_CASE("R8.4: with a client that is destroyed the answers go, and nothing is done twice for it") {
  Desk desk;
  CHECK(desk.post("things", "k").json().at("count") == 1);
  CHECK(desk.post("destroyed", "d").status == 200);
  CHECK(desk.post("things", "k").code() == "answer-gone");
  CHECK(desk.post("things", "k", R"({"a":1})").code() == "answer-gone");
  CHECK(desk.post("things", "n").json().at("count") == 2);
  CHECK(desk.post("things", "n").header("Idempotency-Replayed") == "true");
  desk.served().clock().advance(storage::answers_kept);
  CHECK(desk.post("things", "k").json().at("count") == 3);
}

}  // namespace
}  // namespace knoop::http
