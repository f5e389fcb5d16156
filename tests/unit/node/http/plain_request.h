// One request at the unix socket with header lines of the test's own.
#pragma once

#include "tests/unit/node/http/served_node.h"
#include "tests/unit/node/http/web_client.h"

namespace knoop::http {

/// `lines`: whole header lines, each with its line end.
inline WebAnswer plain_request(const ServedNode& served, const std::string& method, const std::string& target,
                               const std::string& body = "", const std::string& lines = "",
                               const std::string& type = "application/json") {
  const RawConnection raw(served.socket());
  std::string text = method + " " + target + " HTTP/1.1\r\nHost: knoop\r\nConnection: close\r\n" + lines;
  if (!body.empty())
    text += "Content-Type: " + type + "\r\nContent-Length: " + std::to_string(body.size()) + "\r\n";
  REQUIRE(raw.send(text + "\r\n" + body));
  return WebClient::parse(raw.read_to_end());
}

}  // namespace knoop::http
