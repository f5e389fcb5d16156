// Streams of events over real sockets: the command line's, and the web listener's with a session.
#include <catch2/catch.hpp>

#include "node/http/api_routes.h"
#include "tests/unit/node/http/served_node.h"
#include "tests/unit/node/http/web_client.h"
#include "tests/unit/node/http/web_stream.h"

namespace knoop::http {
namespace {

Router routes() {
  Router router;
  add_event_routes(router);
  const auto happens = [&](const std::string& name, audit::Event event, bool fails) {
    router.post("/api/v1/" + name, {Role::professional, Role::administrator},
                [event, fails](Node&, Context& context, const Request&) -> Result<Reply> {
                  KNOOP_TRY(context.audit({.event = event, .client = "", .object = "match 1"}));
                  if (fails) return fail(ErrorCode::wrong_state, Side::user, "not now");
                  return Reply{201, {{"done", true}}};
                });
  };
  happens("matched", audit::Event::match_found, false);
  happens("undone", audit::Event::match_found, true);
  happens("imported", audit::Event::import_started, false);
  return router;
}

ApiOptions options_for_tests() {
  ApiOptions options;
  options.allow_as = true;
  return options;
}

std::string as(const std::string& who) {
  return "Host: knoop\r\nX-Knoop-As: " + who + "\r\n";
}

TEST_CASE("a stream tells what was committed, by topic, and nothing about whom") {
  ServedNode served(routes(), options_for_tests());
  EventStream anna(served.socket(), as("professional:anna"));
  REQUIRE(anna.read_until("\r\n\r\n"));
  CHECK(anna.last().starts_with("HTTP/1.1 200"));
  CHECK(anna.last().find("Content-Type: text/event-stream") != std::string::npos);
  CHECK(anna.last().find("Cache-Control: no-store") != std::string::npos);
  CHECK(anna.last().find("Content-Length") == std::string::npos);
  REQUIRE(anna.read_until("\n\n"));
  CHECK(anna.last().starts_with("retry: 3000\nid: 1-"));

  CHECK(served.call("POST", "/api/v1/undone", "{}", "application/json", "professional:bob").status == 409);
  CHECK(served.call("POST", "/api/v1/imported", "{}", "application/json", "administrator:ada").status == 201);
  CHECK(served.call("POST", "/api/v1/matched", "{}", "application/json", "professional:bob").status == 201);
  std::set<std::string> topics;
  std::string id;
  while (!topics.contains("matches")) {
    REQUIRE(anna.read_until("\n\n"));
    std::string text = anna.last();
    CHECK(text.find("bob") == std::string::npos);
    CHECK(text.find("match 1") == std::string::npos);
    id = text.substr(4, text.find('\n') - 4);
    text = text.substr(text.find("event: ") + 7);
    topics.insert(text.substr(0, text.find('\n')));
  }
  CHECK(topics == std::set<std::string>{"records", "work", "matches"});  // an import brings records

  EventStream again(served.socket(), as("professional:anna") + "Last-Event-ID: " + id + "\r\n");
  EventStream before(served.socket(), as("professional:anna") + "Last-Event-ID: 1-0\r\n");
  REQUIRE(before.read_until("event: matches"));
  REQUIRE(again.read_until("\r\n\r\nretry: 3000\nid: " + id + "\n\n"));
  CHECK(served.call("POST", "/api/v1/matched", "{}", "application/json", "professional:bob").status == 201);
  REQUIRE(again.read_until("\n\n"));
  CHECK(again.last() != "id: " + id);
  EventStream wrong(served.socket(), as("professional:anna") + "Last-Event-ID: x\r\n");
  REQUIRE(wrong.read_until("\r\n\r\n"));
  CHECK(wrong.last().starts_with("HTTP/1.1 400"));
}

TEST_CASE("a sign of life comes when nothing happens, and what the listener says ends it") {
  ApiOptions options = options_for_tests();
  options.heartbeat = std::chrono::milliseconds(10);
  ServedNode served(routes(), options);
  EventStream monitor(served.socket(), as("monitor:m"));
  REQUIRE(monitor.read_until("\n\n:\n\n"));
  REQUIRE(monitor.read_until(":\n\n:\n\n"));
  RawConnection chatty(served.socket());
  REQUIRE(chatty.send("GET /api/v1/events HTTP/1.1\r\n" + as("monitor:m") + "\r\n"));
  REQUIRE(chatty.send("GET /api/v1/events HTTP/1.1\r\n" + as("monitor:m") + "\r\n"));
  const std::string said = chatty.read_to_end();
  CHECK(said.starts_with("HTTP/1.1 200"));
  CHECK(said.find("HTTP/1.1", 10) == std::string::npos);
}

TEST_CASE("200 streams are open at once, everybody is served meanwhile, and all hear of one change") {
  ApiOptions options = options_for_tests();
  options.max_connections = 8;
  ServedNode served(routes(), options);
  std::vector<EventStream> streams;
  for (int i = 0; i < 200; ++i) {
    streams.emplace_back(served.socket(), as("professional:p" + std::to_string(i / 8)));
    REQUIRE(streams.back().read_until("id: 1-"));
  }
  EventStream ninth(served.socket(), as("professional:p0"));
  REQUIRE(ninth.read_until("\r\n\r\n"));
  CHECK(ninth.last().starts_with("HTTP/1.1 429"));
  CHECK(served.call("POST", "/api/v1/matched", "{}", "application/json", "professional:bob").status == 201);
  for (EventStream& stream : streams) REQUIRE(stream.read_until("event: matches"));
  served.stop();
  for (EventStream& stream : streams) CHECK(stream.ends());
}

TEST_CASE("a full pool of streams leaves room for requests, and a stream that ends makes room for another") {
  ServedNode served(routes(), options_for_tests());
  {
    std::vector<EventStream> eight;
    for (int i = 0; i < 8; ++i) {
      eight.emplace_back(served.socket(), as("service:s"));
      REQUIRE(eight.back().read_until("id: 1-"));
    }
    EventStream ninth(served.socket(), as("service:s"));
    REQUIRE(ninth.read_until("HTTP/1.1 429"));
  }
  // The server sees the ends in its own time: asked until it has.
  bool room = false;
  for (int i = 0; i < 1000 && !room; ++i) {
    EventStream next(served.socket(), as("service:s"));
    room = next.read_until("\r\n") && next.last().starts_with("HTTP/1.1 200");
  }
  CHECK(room);
}

}  // namespace
}  // namespace knoop::http
