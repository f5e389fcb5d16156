// The files of the console, as the server gives them to a browser.
#include "node/http/console.h"

#include <catch2/catch.hpp>

#include "node/core/services.h"
#include "node/http/api_routes.h"
#include "tests/unit/node/http/served_node.h"

namespace knoop::http {
namespace {

std::string asked(const ServedNode& served, const std::string& line, const std::string& more = "") {
  const RawConnection raw(served.socket());
  REQUIRE(raw.send(line + " HTTP/1.1\r\nHost: knoop\r\nConnection: close\r\n" + more + "\r\n"));
  return raw.read_to_end();
}

std::string body_of(const std::string& answer) {
  return answer.substr(answer.find("\r\n\r\n") + 4);
}

bool says(const std::string& answer, std::string_view header) {
  return answer.substr(0, answer.find("\r\n\r\n")).find(header) != std::string::npos;
}

}  // namespace

TEST_CASE("the page of the console is never kept, and its policy lets nothing run but its own files") {
  const ServedNode served(make_routes({}), {}, {}, make_services());
  const std::string page = asked(served, "GET /");
  CHECK(page.starts_with("HTTP/1.1 200"));
  CHECK(says(page, "Content-Type: text/html; charset=utf-8"));
  CHECK(says(page, "Cache-Control: no-store"));
  for (const char* const rule : {"default-src 'none'", "script-src 'self'", "connect-src 'self'",
                                 "frame-ancestors 'none'", "require-trusted-types-for 'script'"})
    CHECK(says(page, rule));
  CHECK_FALSE(says(page, "unsafe-"));
  CHECK(body_of(page).find("<html lang=\"nl\">") != std::string::npos);
}

TEST_CASE("files of the console are kept for ever, compressed for who takes that, and no others are given") {
  const ServedNode served(make_routes({}), {}, {}, make_services());
  for (const char* const line : {"GET /console/index.html", "GET /console/other.js", "GET /console/..%2fx"})
    CHECK(asked(served, line).starts_with("HTTP/1.1 404"));
  CHECK(asked(served, "POST /", "Content-Length: 0\r\n").starts_with("HTTP/1.1 405"));
  for (const ConsoleFile& file : console_files()) {
    if (file.name == "index.html") continue;
    const std::string line = " /console/" + std::string(file.name);
    const std::string plain = asked(served, "GET" + line);
    CHECK(plain.starts_with("HTTP/1.1 200"));
    CHECK(says(plain, "immutable"));
    CHECK(says(plain, "Vary: Accept-Encoding"));
    CHECK_FALSE(says(plain, "Content-Encoding"));
    CHECK(body_of(plain) == file.text);
    CHECK(body_of(asked(served, "GET" + line, "Accept-Encoding: gzip;q=0, br\r\n")) == file.text);
    const std::string packed = asked(served, "GET" + line, "Accept-Encoding: br, gzip;q=0.5\r\n");
    CHECK(says(packed, "Content-Encoding: gzip"));
    CHECK(body_of(packed) == file.gzip);
    const std::string head = asked(served, "HEAD" + line);
    CHECK(head.starts_with("HTTP/1.1 200"));
    CHECK(says(head, "Content-Length: " + std::to_string(file.text.size())));
    CHECK(body_of(head).empty());
  }
}

TEST_CASE("a HEAD of what is not open to everybody is refused, without a body") {
  const ServedNode served(make_routes({}), {}, {}, make_services());
  const std::string head = asked(served, "HEAD /api/v1/work");
  CHECK_FALSE(head.starts_with("HTTP/1.1 200"));
  CHECK(body_of(head).empty());
}

}  // namespace knoop::http
