// The web listener: where it listens, under which names browsers may know it, and what it says with every answer.
//
// The Host of a request must be one of ours: else a page of a stranger whose name leads to 127.0.0.1 could talk to the node
// as if it were its own (DNS rebinding). Sec-Fetch-Site and Origin, which pages cannot forge, must not be another site's.
#pragma once

#include <boost/asio/ip/address.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/beast/http.hpp>
#include <filesystem>
#include <set>

#include "node/http/connection.h"

namespace knoop::http {

struct WebAddress {
  boost::asio::ip::address address;
  std::uint16_t port = 0;
};
/// "127.0.0.1:7411", "[::1]:7411".
[[nodiscard]] Result<WebAddress> parse_web_address(std::string_view text);

/// What the Host header may say, in lower case.
[[nodiscard]] std::set<std::string> host_names(const WebAddress& place, std::uint16_t port,
                                               const std::vector<std::string>& more);

/// TLS 1.2 and 1.3 with this chain and key. The key file must not be readable by others.
[[nodiscard]] Result<boost::asio::ssl::context> tls_context(const std::filesystem::path& certificate,
                                                            const std::filesystem::path& key);

/// What the headers say; believes nothing. `tls`: whether this listener speaks it.
[[nodiscard]] Caller read_caller(const Message& message, const std::string& cookie,
                                 const std::set<std::string>& hosts, bool allow_as, bool tls);

/// No frame around us, nothing told to others.
void add_web_headers(bhttp::response<bhttp::string_body>& message, bool tls);

}  // namespace knoop::http
