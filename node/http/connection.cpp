#include "node/http/connection.h"

#include <algorithm>

namespace knoop::http {
namespace {

constexpr std::size_t longest_secret = 4096;

Result<void> take_secrets(const Route& route, Request& request) {
  for (const std::string& name : route.secrets) {
    if (const auto asked = request.query.find(name); asked != request.query.end()) {
      if (asked->second.size() > longest_secret)
        return fail(ErrorCode::bad_value, Side::user, "{} must be a text of at most {} bytes", name,
                    longest_secret);
      request.secrets.emplace(name, SecretText(asked->second));
      request.query.erase(asked);
      continue;
    }
    const auto field = request.body.find(name);
    if (field == request.body.end()) continue;
    if (!field->is_string() || field->get_ref<const std::string&>().size() > longest_secret)
      return fail(ErrorCode::bad_value, Side::user, "{} must be a text of at most {} bytes", name,
                  longest_secret);
    request.secrets.emplace(name, SecretText(field->get_ref<std::string&>()));
    request.body.erase(field);
  }
  return {};
}

std::optional<std::string> only_field(const Message& message, std::string_view name) {
  const auto [begin, end] = message.equal_range(beast::string_view(name.data(), name.size()));
  if (begin == end) return std::nullopt;
  if (std::next(begin) != end) return std::string();
  return std::string(begin->value().data(), begin->value().size());
}

}  // namespace

bool takes_gzip(const Message& message) {
  for (const auto& one : bhttp::ext_list{message[bhttp::field::accept_encoding]}) {
    if (!beast::iequals(one.first, "gzip")) continue;
    for (const auto& [name, value] : one.second)
      if (beast::iequals(name, "q") && value.find_first_not_of("0.") == beast::string_view::npos)
        return false;
    return true;
  }
  return false;
}

bool has_one_length(const Message& message) {
  const auto coding = only_field(message, "Transfer-Encoding");
  if (coding && !beast::iequals(*coding, "chunked")) return false;
  return !coding || message.find(bhttp::field::content_length) == message.end();
}

Conditions read_conditions(const Message& message) {
  return {only_field(message, "Idempotency-Key"), only_field(message, "If-Match"),
          only_field(message, "If-None-Match"), only_field(message, "Last-Event-ID")};
}

Result<void> take_body(const Route& route, Message& message, Request& request) {
  for (const auto& [name, value] : request.query)
    if (!route.more_query && std::ranges::find(route.query, name) == route.query.end())
      return fail(ErrorCode::bad_value, Side::user, "the address has a query that it does not know");
  const auto type = message[bhttp::field::content_type];
  const auto wrong_type = [&](std::string_view wanted) {
    return fail(ErrorCode::bad_value, Side::user, "the body of this request must be {}", wanted);
  };
  switch (route.body) {
    case BodyKind::none:
      if (!message.body().empty()) return fail(ErrorCode::bad_value, Side::user, "this request has no body");
      return take_secrets(route, request);
    case BodyKind::json: {
      if (!type.starts_with("application/json")) return wrong_type("application/json");
      auto body = parse_body(message.body());
      if (!route.secrets.empty()) wipe(message.body().data(), message.body().size());
      if (!body) return fail(body.error());
      request.body = std::move(*body);
      return take_secrets(route, request);
    }
    case BodyKind::bytes:
      if (type != "application/octet-stream") return wrong_type("application/octet-stream");
      request.raw = to_bytes(std::string_view(message.body()));
      return {};
  }
  return {};
}

}  // namespace knoop::http
