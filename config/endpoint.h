// Where a node listens or is dialled: "tcp://host:port".
#pragma once

#include <string_view>

namespace knoop {

inline constexpr std::size_t max_endpoint_bytes = 255;

/// A name, an IPv4 address or an IPv6 address in brackets, and a port: nothing that a transport could understand as
/// more (wildcards, interface names and source addresses before a ';', other protocols). Endpoints come from cards,
/// and a hostile member writes its own card.
[[nodiscard]] bool is_endpoint(std::string_view text);

}  // namespace knoop
