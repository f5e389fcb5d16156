#include "config/endpoint.h"

#include <algorithm>

namespace knoop {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool is_hex(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

bool is_port(std::string_view text) {
  if (text.empty() || text.size() > 5 || !std::ranges::all_of(text, is_digit) || text.front() == '0')
    return false;
  int number = 0;
  for (const char c : text) number = number * 10 + (c - '0');
  return number <= 65'535;
}

}  // namespace

bool is_endpoint(std::string_view text) {
  constexpr std::string_view scheme = "tcp://";
  if (!text.starts_with(scheme) || text.size() > max_endpoint_bytes) return false;
  text.remove_prefix(scheme.size());
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0 || !is_port(text.substr(colon + 1))) return false;
  const std::string_view host = text.substr(0, colon);
  if (host.front() == '[')
    return host.size() > 4 && host.back() == ']' &&
           std::ranges::all_of(host.substr(1, host.size() - 2),
                               [](char c) { return is_hex(c) || c == ':' || c == '.'; });
  return host.front() != '-' && host.front() != '.' && host.find("..") == std::string_view::npos &&
         std::ranges::all_of(host,
                             [](char c) { return is_digit(c) || is_letter(c) || c == '-' || c == '.'; });
}

}  // namespace knoop
