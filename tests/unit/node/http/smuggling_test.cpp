// Requests that two programs could read in two ways, and addresses that could mean another: as a proxy before the node, or somebody who
// hopes for one, would send them. What must never happen: a second request out of the body of a first, or a way around a route.
#include <catch2/catch.hpp>

#include "tests/unit/node/http/served_node.h"
#include "tests/unit/node/http/web_client.h"

namespace knoop::http {
namespace {

struct Handled {
  std::atomic<int> outer = 0;
  std::atomic<int> inner = 0;
};

Router routes(Handled& handled) {
  Router router;
  const auto add = [&](const std::string& method, const std::string& path, std::atomic<int>& count) {
    Route route{method,
                path,
                {Role::monitor},
                {},
                method == "GET" ? BodyKind::none : BodyKind::json,
                [&count](Node&, Context&, const Request&) -> Result<Reply> {
                  ++count;
                  return Reply{200, {{"done", true}}};
                }};
    route.open = true;
    router.add(std::move(route));
  };
  add("POST", "/api/v1/outer", handled.outer);
  add("GET", "/api/v1/outer", handled.outer);
  add("GET", "/api/v1/inner", handled.inner);
  add("GET", "/api/v1/secrets/inner", handled.inner);
  return router;
}

/// Waits for half a request no longer than a test should, and long enough for a busy machine.
ApiOptions with_web() {
  ApiOptions options;
  options.web = WebOptions{"127.0.0.1:0", {}, {}, {}};
  options.request_time = options.idle_time = std::chrono::milliseconds(500);
  return options;
}

std::size_t answers_in(const std::string& said) {
  std::size_t count = 0;
  for (std::size_t at = 0; (at = said.find("HTTP/1.1 ", at)) != std::string::npos; ++at) ++count;
  return count;
}

struct Desk {
  Handled handled;
  ServedNode served{routes(handled), with_web()};
  WebClient client{served.web_port()};

  [[nodiscard]] std::string post(const std::string& lines, const std::string& rest) const {
    return client.raw("POST /api/v1/outer HTTP/1.1\r\n" + client.host_line() +
                      "Content-Type: application/json\r\n" + lines + "\r\n" + rest);
  }
  [[nodiscard]] std::string inner() const {
    return "GET /api/v1/inner HTTP/1.1\r\n" + client.host_line() + "\r\n";
  }
};

TEST_CASE("the length of a body is said in one way, or the request is refused and the connection ends") {
  Desk desk;
  const std::string inner = desk.inner();
  const std::string all = std::to_string(2 + inner.size());
  struct Form {
    std::string lines;
    std::string rest;
  };
  const std::vector<Form> forms{
      {"Content-Length: 2\r\nContent-Length: " + all + "\r\n", "{}" + inner},
      {"Content-Length: " + all + "\r\nContent-Length: 2\r\n", "{}" + inner},
      {"Content-Length: 2, " + all + "\r\n", "{}" + inner},
      {"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n", "{}" + inner},
      {"Content-Length: " + all + "\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n" + inner},
      {"Transfer-Encoding: chunked\r\nContent-Length: 2\r\n", "0\r\n\r\n" + inner},
      {"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n", "0\r\n\r\n" + inner},
      {"Transfer-Encoding: identity, chunked, x\r\n", "0\r\n\r\n" + inner},
      {"Transfer-Encoding: xchunked\r\nContent-Length: 2\r\n", "{}" + inner},
      {"Transfer-Encoding : chunked\r\n", "0\r\n\r\n" + inner},
      {"Transfer-Encoding:\x0b"
       "chunked\r\n",
       "0\r\n\r\n" + inner},
      {"Content-Length: +2\r\n", "{}" + inner},
      {"Content-Length: -2\r\n", "{}" + inner},
      {"Content-Length: 0x2\r\n", "{}" + inner},
      {"Content-Length: 2 2\r\n", "{}" + inner},
      {"Content-Length: 18446744073709551618\r\n", "{}" + inner},
      {"Content-Length:\r\n", "{}" + inner},
      {"Transfer-Encoding: chunked\r\n", "-2\r\n{}\r\n0\r\n\r\n" + inner},
      {"Transfer-Encoding: chunked\r\n", "0x2\r\n{}\r\n0\r\n\r\n" + inner},
      {"Transfer-Encoding: chunked\r\n", "2\n{}\n0\n\n" + inner},
      {"Transfer-Encoding: chunked\r\n", "2\r\n{}" + inner},
      {"Transfer-Encoding: chunked\r\n", "10000000000000002\r\n{}\r\n0\r\n\r\n" + inner},
  };
  for (const Form& form : forms) {
    const std::string said = desk.post(form.lines, form.rest);
    INFO(form.lines << "\n" << said.substr(0, 200));
    CHECK(answers_in(said) <= 1);
    CHECK(desk.handled.inner == 0);
  }
  // A folded line is one line: no header of its own, so this has no body.
  CHECK(desk.post("X: a\r\n Transfer-Encoding: chunked\r\n", "0\r\n\r\n" + inner).find("HTTP/1.1 200") ==
        std::string::npos);
  CHECK(desk.handled.inner == 0);
  CHECK(desk.handled.outer == 0);
}

TEST_CASE("what is said in one way is one request, however it is cut, and the next is the next") {
  Desk desk;
  const std::string inner =
      desk.inner() + "GET /api/v1/outer HTTP/1.1\r\n" + desk.client.host_line() + "Connection: close\r\n\r\n";
  for (const std::string& rest :
       {std::string("2\r\n{}\r\n0\r\n\r\n"), std::string("1;a=b\r\n{\r\n1\r\n}\r\n0\r\n\r\n"),
        std::string("2;x=\"GET /api/v1/inner HTTP/1.1\"\r\n{}\r\n0\r\nTrailer: 1\r\n\r\n")}) {
    desk.handled.outer = desk.handled.inner = 0;
    CHECK(answers_in(desk.post("Transfer-Encoding: chunked\r\n", rest + inner)) == 3);
    CHECK(desk.handled.inner == 1);
    CHECK(desk.handled.outer == 2);
  }
  // What looks like a request in a body is a body.
  desk.handled.outer = desk.handled.inner = 0;
  const std::string body = Json{{"a", desk.inner()}}.dump();
  CHECK(answers_in(desk.post("Connection: close\r\nContent-Length: " + std::to_string(body.size()) + "\r\n",
                             body)) == 1);
  CHECK(desk.handled.inner == 0);
}

TEST_CASE("lines end as they must, names hold no space, and a request line is one line") {
  Desk desk;
  const std::string host = desk.client.host_line();
  const std::string plain = "Host: 127.0.0.1:" + std::to_string(desk.served.web_port());
  for (const std::string& request :
       {"GET /api/v1/outer HTTP/1.1\n" + plain + "\n\n", "GET /api/v1/outer HTTP/1.1\r" + plain + "\r\r",
        "GET /api/v1/outer HTTP/1.1\r\n" + host + "X: a\rY: b\r\n\r\n",
        "GET /api/v1/outer HTTP/1.1\r\n" + host + "X: a\nTransfer-Encoding: chunked\r\n\r\n",
        "GET /api/v1/outer HTTP/1.1\r\n" + host + "X : a\r\n\r\n",
        "GET /api/v1/outer HTTP/1.1\r\n " + host + "\r\n", "GET  /api/v1/outer HTTP/1.1\r\n" + host + "\r\n",
        "GET /api/v1/outer HTTP/1.1 x\r\n" + host + "\r\n", "GET /api/v1/outer HTTP/9.9\r\n" + host + "\r\n",
        std::string("GET /api/v1/outer\r\n\r\n"), "G@T /api/v1/outer HTTP/1.1\r\n" + host + "\r\n",
        "GET /api/v1/outer\tHTTP/1.1\r\n" + host + "\r\n",
        "GET /api/v1/outer HTTP/1.1\r\n" + host + std::string("X: a\0b\r\n\r\n", 10)}) {
    INFO(request);
    const std::string said = desk.client.raw(request);
    CHECK(said.find("HTTP/1.1 200") == std::string::npos);
    CHECK(answers_in(said) <= 1);
  }
  CHECK(desk.handled.outer == 0);
}

TEST_CASE("an address is what it says, in one way of writing, at this host") {
  Desk desk;
  for (const char* const target : {"/api/v1/secrets/../inner",
                                   "/api/v1/secrets/%2e%2e/inner",
                                   "/api/v1/secrets/.%2E/inner",
                                   "/api/v1/./inner",
                                   "/api/v1//inner",
                                   "//api/v1/inner",
                                   "/api/v1/inner/",
                                   "/api/v1/inner//",
                                   "/api/v1%2Finner",
                                   "/api/v1/inner%00",
                                   "/api/v1/inner%00.html",
                                   "/api/v1/inner;x=1",
                                   "/api/v1\\inner",
                                   "/api/v1/%c0%ae%c0%ae/inner",
                                   "/api/v1/%c1%a9nner",
                                   "/api/v1/%e0%80%afinner",
                                   "/api/v1/%f0%80%80%afinner",
                                   "/api/v1/%ed%a0%80",
                                   "/api/v1/%ffinner",
                                   "/api/v1/%69%6e%6e%65%72%",
                                   "/api/v1/%6",
                                   "/api/v1/inner#x",
                                   "/API/v1/inner",
                                   "/api/v1/Inner",
                                   "/api/v1/inner?x",
                                   "/api/v1/inner?x=1",
                                   "/api/v1/inner%3Fx",
                                   "/api/v1/inner%20",
                                   "/api/v1/inner%0d%0aX:1",
                                   "http://evil.example/api/v1/inner",
                                   "http://127.0.0.1/api/v1/inner",
                                   "https://127.0.0.1/api/v1/inner",
                                   "evil.example:80",
                                   "*",
                                   "",
                                   "api/v1/inner"}) {
    INFO(target);
    const WebAnswer answer = desk.client.send("GET", target);
    CHECK(answer.status != 200);
    CHECK(answer.status != 500);
  }
  CHECK(desk.client.send("CONNECT", "127.0.0.1:80").status != 200);
  CHECK(desk.client.send("TRACE", "/api/v1/inner").status != 200);
  CHECK(desk.client.send("OPTIONS", "*").status != 200);
  CHECK(desk.handled.inner == 0);
  CHECK(desk.client.send("GET", "/api/v1/%69nner").status ==
        200);  // one way to write it is as good as another
}

TEST_CASE("who sends a byte now and then is not waited for") {
  Desk desk;
  const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(desk.served.web_port());
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  REQUIRE(::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  // Between two bytes it is looked whether the other side has closed: that is all the waiting there is.
  const timeval pause{0, 20'000};
  ::setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &pause, sizeof pause);
  const std::string begin = "GET /api/v1/outer HTTP/1.1\r\n" + desk.client.host_line() + "X: ";
  ::send(fd, begin.data(), begin.size(), MSG_NOSIGNAL);
  int bytes = 0;
  bool closed = false;
  while (!closed && ++bytes < 3000) {
    char answer = 0;
    closed = ::send(fd, "a", 1, MSG_NOSIGNAL) != 1 || ::recv(fd, &answer, 1, 0) == 0;
  }
  ::close(fd);
  CHECK(closed);
  CHECK(desk.client.send("GET", "/api/v1/outer").status == 200);
}

TEST_CASE("a body that nests deep, or is wide, is read within its bounds") {
  Desk desk;
  const auto sent = [&](const std::string& body) {
    return desk.client.send("POST", "/api/v1/outer", body).status;
  };
  const auto nested = [](std::size_t levels) {
    return "{\"a\":" + std::string(levels - 1, '[') + std::string(levels - 1, ']') + "}";
  };
  CHECK(sent(nested(16)) == 200);
  CHECK(sent(nested(17)) == 413);
  CHECK(sent(nested(400'000)) == 413);
  CHECK(sent("{\"a\":" + std::string(400'000, '[')) == 413);
  std::string objects;
  for (int i = 0; i < 100'000; ++i) objects += "{\"a\":";
  CHECK(sent(objects) == 413);
  CHECK(sent("{\"a\":\"" + std::string(900'000, '[') + "\"}") == 200);  // a text is no depth
  CHECK(sent(R"({"a":1,"a":2})") == 400);
  CHECK(sent("{\"a\":\"\xff\"}") == 400);
  CHECK(sent("{\"a\":1e999999}") == 400);
  CHECK(sent("{}{}") == 400);
  CHECK(sent("{\"a\":" + std::string(10'000, '9') + "}") < 500);
}

}  // namespace
}  // namespace knoop::http
