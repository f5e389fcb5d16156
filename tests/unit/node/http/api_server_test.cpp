#include "node/http/api_server.h"

#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <fstream>

#include "storage/audit_repository.h"
#include "tests/unit/node/http/served_node.h"

namespace knoop::http {
namespace {

/// What a handler did is what the test looks at: it echoes, it fails, it writes.
Router sample_routes() {
  Router router;
  router.get("/api/v1/things/{id}", {Role::administrator}, {"color"},
             [](Node&, Context&, const Request& request) -> Result<Reply> {
               return Reply{
                   200, {{"id", request.param("id")}, {"color", request.query_value("color").value_or("")}}};
             });
  router.post("/api/v1/things", {Role::administrator},
              [](Node&, Context&, const Request& request) -> Result<Reply> {
                return Reply{201, {{"got", request.body.at("name").get<std::string>()}}};
              });
  router.get("/api/v1/secrets", {Role::privacy_officer}, {},
             [](Node&, Context&, const Request&) -> Result<Reply> {
               return Reply{200, {{"secret", true}}};
             });
  router.get("/api/v1/mine", {Role::administrator}, {},
             [](Node&, Context& context, const Request&) -> Result<Reply> {
               audit::AuditEntry entry;
               entry.event = audit::Event::client_read;
               KNOOP_TRY(context.audit(std::move(entry)));
               return fail(ErrorCode::forbidden, Side::user, "this client is not yours");
             });
  router.get("/api/v1/read", {Role::administrator}, {},
             [](Node&, Context& context, const Request&) -> Result<Reply> {
               audit::AuditEntry entry;
               entry.event = audit::Event::client_read;
               KNOOP_TRY(context.audit(std::move(entry)));
               return Reply{200, {{"name", "a child"}}};
             });
  router.add({"PUT",
              "/api/v1/blob",
              {Role::administrator},
              {},
              BodyKind::bytes,
              [](Node&, Context& context, const Request& request) -> Result<Reply> {
                KNOOP_TRY(context.tx.exec("INSERT INTO blob(bytes) VALUES (?)", request.raw));
                return Reply{200, {{"size", request.raw.size()}}};
              }});
  return router;
}

TEST_CASE("a request is routed, its names and query are given, and answers are never cached") {
  ServedNode served(sample_routes());
  const Answer found = served.call("GET", "/api/v1/things/a%20b?color=red%26blue");
  CHECK(found.status == 200);
  CHECK(found.type == "application/json");
  CHECK(Json::parse(found.body) == Json{{"id", "a b"}, {"color", "red&blue"}});
  CHECK(served.call("POST", "/api/v1/things", R"({"name":"x"})").status == 201);

  RawConnection raw(served.socket());
  REQUIRE(raw.send("GET /api/v1/things/1 HTTP/1.1\r\nHost: knoop\r\nConnection: close\r\n\r\n"));
  const std::string text = raw.read_to_end();
  CHECK(text.find("Cache-Control: no-store") != std::string::npos);
  CHECK(text.find("API-Version: 1.0.0") != std::string::npos);
}

TEST_CASE("several requests on one connection are answered in order") {
  ServedNode served(sample_routes());
  RawConnection raw(served.socket());
  REQUIRE(
      raw.send("GET /api/v1/things/1 HTTP/1.1\r\nHost: k\r\n\r\nGET /api/v1/things/2 HTTP/1.1\r\nHost: k\r\n"
               "Connection: close\r\n\r\n"));
  const std::string text = raw.read_to_end();
  const auto first = text.find(R"("id":"1")");
  const auto second = text.find(R"("id":"2")");
  CHECK(first != std::string::npos);
  CHECK((second != std::string::npos && second > first));
}

TEST_CASE("what does not exist, and what is asked wrongly, is a problem with a stable code") {
  ServedNode served(sample_routes());
  const auto refused = [&](const Answer& answer, unsigned status, std::string_view code) {
    CHECK(answer.status == status);
    const Json problem = served.problem(answer);
    CHECK(problem.at("status") == status);
    CHECK(problem.at("code") == code);
    CHECK(problem.at("side") == "user");
    CHECK_FALSE(problem.at("detail").get<std::string>().empty());
  };
  refused(served.call("GET", "/api/v1/nothing"), 404, "not-found");
  refused(served.call("DELETE", "/api/v1/things/1"), 405, "bad-value");
  refused(served.call("GET", "/api/v1/things/1?size=1"), 400, "bad-value");
  refused(served.call("GET", "/api/v1/things/%zz"), 400, "bad-format");
  refused(served.call("GET", "/api/v1/things/.."), 400, "bad-format");
  refused(served.call("POST", "/api/v1/things", "{"), 400, "bad-format");
  refused(served.call("POST", "/api/v1/things", "[]"), 400, "bad-format");
  refused(served.call("POST", "/api/v1/things", R"({"name":1})"), 400, "bad-value");
  refused(served.call("POST", "/api/v1/things", R"({"other":1})"), 400, "bad-value");
  refused(served.call("POST", "/api/v1/things", R"({"name":"x"})", "text/plain"), 400, "bad-value");
  refused(served.call("GET", "/api/v1/things/1", "{}"), 400, "bad-value");
  refused(served.call("POST", "/api/v1/things",
                      "{\"a\":" + std::string(5000, '[') + std::string(5000, ']') + "}"),
          413, "over-limit");
  CHECK(served.call("GET", "/api/v1/things/1").status == 200);
}

TEST_CASE("hostile requests end with a problem or a closed connection, and others are served on") {
  ApiOptions options;
  options.request_time = std::chrono::milliseconds(200);
  options.idle_time = std::chrono::milliseconds(200);
  options.max_connections = 8;
  ServedNode served(sample_routes(), options);
  const auto said = [&](const std::string& request) {
    RawConnection raw(served.socket());
    (void)raw.send(request);
    return raw.read_to_end();
  };
  CHECK(said("hello\r\n\r\n").starts_with("HTTP/1.1 400"));
  CHECK(said(std::string(2, '\0') + "\r\n\r\n").starts_with("HTTP/1.1 400"));
  CHECK(said("GET /x HTTP/1.1\r\nA: " + std::string(40'000, 'a') + "\r\n\r\n").starts_with("HTTP/1.1 431"));
  CHECK(said("POST /api/v1/things HTTP/1.1\r\nContent-Length: 99999999999\r\n\r\n{}")
            .starts_with("HTTP/1.1 413"));
  CHECK(said("POST /api/v1/things HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n")
            .starts_with("HTTP/1.1 400"));
  // Cut off in the middle, or so slow that it never ends: closed without an answer.
  CHECK(said("POST /api/v1/things HTTP/1.1\r\nContent-Length: 10\r\n\r\n{").empty());
  CHECK(said("GET /api/v1/thi").empty());
  CHECK(said("").empty());
  CHECK(served.call("PUT", "/api/v1/blob", std::string(max_body_bytes, 'x'), "application/octet-stream")
            .status == 200);
  const ApiClient client(served.socket(), "");
  const auto larger =
      client.call("PUT", "/api/v1/blob", "application/octet-stream", std::string(max_body_bytes + 1, 'x'));
  CHECK((!larger || larger->status == 413));
  CHECK(served.call("GET", "/api/v1/things/1").status == 200);
}

TEST_CASE("a role that a route does not name is refused, and the refusal is logged (R8.1)") {
  ServedNode served(sample_routes());
  const Answer answer = served.call("GET", "/api/v1/secrets");
  CHECK(answer.status == 403);
  CHECK(served.problem(answer).at("code") == "forbidden");
  served.stop();
  const auto events = served.events();
  REQUIRE(events.size() == 3);
  CHECK(events[1] == "user.logged-in tester ");
  CHECK(events[2] == "command.refused tester GET /api/v1/secrets");
}

TEST_CASE(
    "R8.1: the first request of an account on a day is a log-in, and who has no account is one refused") {
  ApiOptions options;
  options.allow_as = true;
  ServedNode served(sample_routes(), options);
  const auto get = [&](const std::string& as) {
    return served.call("GET", "/api/v1/things/1", "", "", as).status;
  };
  CHECK(get("administrator:anja") == 200);
  CHECK(get("administrator:anja") == 200);
  CHECK(get("administrator:bob") == 200);
  served.clock().advance(std::chrono::hours(24));
  CHECK(get("administrator:anja") == 200);
  CHECK(get("peer:x") == 403);
  CHECK(get("peer:x") == 403);
  served.stop();
  auto events = served.events();
  const auto count = [&](const std::string& event) {
    return std::ranges::count_if(events, [&](const std::string& one) { return one.starts_with(event); });
  };
  CHECK(count("user.logged-in anja") == 2);
  CHECK(count("user.logged-in bob") == 1);
  CHECK(count("user.logged-in") == 3);
  CHECK(count("user.log-in-refused uid ") == 2);
}

TEST_CASE("a handler that refuses for lack of rights leaves the refusal in the log and nothing else (R8.1)") {
  ServedNode served(sample_routes());
  CHECK(served.call("GET", "/api/v1/mine").status == 403);
  served.stop();
  const auto events = served.events();
  REQUIRE(events.size() == 3);
  CHECK(events[2] == "command.refused tester GET /api/v1/mine");
}

TEST_CASE("a Unix user without an account may do nothing") {
  ApiOptions options;
  options.account_of = [](uid_t) -> std::optional<Account> { return std::nullopt; };
  ServedNode served(sample_routes(), options);
  CHECK(served.call("GET", "/api/v1/things/1").status == 403);
  CHECK(served.call("GET", "/api/v1/nothing").status == 403);
  served.stop();
  CHECK(served.events().size() == 3);
}

TEST_CASE("speaking as another account needs the option, the node's own user, and a role of people") {
  ApiOptions options;
  options.allow_as = true;
  ServedNode served(sample_routes(), options);
  const auto as = [&](const std::string& who) {
    return served.call("GET", "/api/v1/secrets", "", "", who).status;
  };
  CHECK(as("privacy-officer:fg") == 200);
  CHECK(as("professional:anja") == 403);
  CHECK(as("node:knoop") == 403);
  CHECK(as("peer:x") == 403);
  CHECK(as("privacy-officer") == 403);
  CHECK(as("privacy-officer:<b>") == 403);
  served.stop();

  ServedNode strict(sample_routes());
  CHECK(strict.call("GET", "/api/v1/secrets", "", "", "privacy-officer:fg").status == 403);
}

TEST_CASE("no durable log entry, no disclosure: when the commit fails the answer says so (R8.1)") {
  storage::OpenOptions small;
  small.max_pages = 400;
  ServedNode served(sample_routes(), {}, small);
  unsigned status = 200;
  std::string body;
  for (int i = 0; i < 64 && status == 200; ++i) {
    const Answer answer =
        served.call("PUT", "/api/v1/blob", std::string(200'000, 'x'), "application/octet-stream");
    status = answer.status;
    body = answer.body;
  }
  CHECK(status == 503);
  CHECK(Json::parse(body).at("code") == "disk-full");
  CHECK(Json::parse(body).at("side") == "ours");
}

TEST_CASE(
    "the socket is the group's at most, lies where nobody else can write, and replaces only a dead one of "
    "ours") {
  testing::TempDir directory;
  const TestClock clock;
  Loop loop(clock);
  ApiOptions options;
  options.account_of = [](uid_t) -> std::optional<Account> { return std::nullopt; };
  options.socket = directory / "api.sock";
  struct stat status {};
  {
    const auto server = ApiServer::start(options, loop, sample_routes());
    REQUIRE(server);
    REQUIRE(::stat(options.socket.c_str(), &status) == 0);
    CHECK((status.st_mode & 0777U) == 0660U);
    const auto second = ApiServer::start(options, loop, sample_routes());
    REQUIRE_FALSE(second);
    CHECK(second.error().code == ErrorCode::conflict);
  }
  CHECK_FALSE(std::filesystem::exists(options.socket));

  {  // As a killed process leaves it: bound, and nobody listens.
    const int fd = ::socket(AF_UNIX, SOCK_STREAM, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    options.socket.native().copy(address.sun_path, sizeof address.sun_path - 1);
    REQUIRE(::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
    ::close(fd);
  }
  CHECK(ApiServer::start(options, loop, sample_routes()));

  std::ofstream(options.socket) << "a file";
  const auto on_file = ApiServer::start(options, loop, sample_routes());
  REQUIRE_FALSE(on_file);
  CHECK(on_file.error().code == ErrorCode::conflict);
  CHECK(std::filesystem::exists(options.socket));

  std::filesystem::remove(options.socket);
  std::filesystem::permissions(directory.path(), std::filesystem::perms::all);
  const auto open_directory = ApiServer::start(options, loop, sample_routes());
  REQUIRE_FALSE(open_directory);
  CHECK(open_directory.error().code == ErrorCode::forbidden);

  options.socket = "/" + std::string(200, 'a');
  CHECK(ApiServer::start(options, loop, sample_routes()).error().code == ErrorCode::over_limit);
  options.socket = "/nowhere/at/all/api.sock";
  CHECK(ApiServer::start(options, loop, sample_routes()).error().code == ErrorCode::not_found);
}

TEST_CASE("more connections than allowed are closed at once, and room comes back") {
  ApiOptions options;
  options.max_connections = 2;
  ServedNode served(sample_routes(), options);
  {
    const RawConnection one(served.socket());
    const RawConnection two(served.socket());
    const RawConnection three(served.socket());
    CHECK(three.read_to_end().empty());
    CHECK(one.send("GET /api/v1/things/1 HTTP/1.1\r\nHost: k\r\nConnection: close\r\n\r\n"));
    CHECK(one.read_to_end().starts_with("HTTP/1.1 200"));
  }
}

TEST_CASE("the client says when nobody answers") {
  testing::TempDir directory;
  const ApiClient client(directory / "none.sock", "");
  const auto answer = client.call("GET", "/api/v1/status", "", "");
  REQUIRE_FALSE(answer);
  CHECK(answer.error().code == ErrorCode::io_failed);
}

}  // namespace
}  // namespace knoop::http
