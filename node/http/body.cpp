#include "node/http/body.h"

#include <algorithm>

#include "node/http/problem.h"
#include "protocol/codec/json_depth.h"

namespace knoop::http {

Result<Json> parse_body(std::string_view text) {
  if (json_depth(text) > max_json_depth)
    return fail(ErrorCode::over_limit, Side::user, "the request's JSON nests deeper than {} levels",
                max_json_depth);
  // A name that stands twice could mean one thing to us and another to whoever checked it before us.
  std::vector<std::set<std::string>> names;
  bool twice = false;
  const auto watch = [&](int, Json::parse_event_t event, Json& value) {
    if (event == Json::parse_event_t::object_start) names.emplace_back();
    if (event == Json::parse_event_t::object_end) names.pop_back();
    if (event == Json::parse_event_t::key) twice |= !names.back().insert(value.get<std::string>()).second;
    return true;
  };
  Json body = Json::parse(text, watch, false);
  if (body.is_discarded() || !body.is_object())
    return fail(ErrorCode::bad_format, Side::user, "the request's body must be one JSON object in UTF-8");
  if (twice)
    return fail(ErrorCode::bad_format, Side::user, "the request's JSON names a field twice in one object");
  return body;
}

const Json* BodyReader::find(const std::string& name) {
  known_.insert(name);
  const auto found = body_.find(name);
  return found == body_.end() || found->is_null() ? nullptr : &*found;
}

std::optional<std::string> BodyReader::checked(const std::string& name, const Json& value,
                                               std::size_t max_bytes) {
  if (!value.is_string()) {
    complain(name, "must be a text");
    return std::nullopt;
  }
  auto text = value.get<std::string>();
  if (text.empty()) complain(name, "is empty");
  if (text.size() > max_bytes) complain(name, fmt::format("is longer than {} bytes", max_bytes));
  if (std::ranges::any_of(text, [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return (byte < 0x20 && c != '\n' && c != '\t') || byte == 0x7f;
      }))
    complain(name, "holds control characters");
  return text;
}

std::string BodyReader::text(const std::string& name, std::size_t max_bytes) {
  const Json* value = find(name);
  if (value == nullptr) {
    complain(name, "is missing");
    return {};
  }
  return checked(name, *value, max_bytes).value_or("");
}

std::string BodyReader::text_or(const std::string& name, std::string otherwise, std::size_t max_bytes) {
  return optional_text(name, max_bytes).value_or(std::move(otherwise));
}

std::optional<std::string> BodyReader::optional_text(const std::string& name, std::size_t max_bytes) {
  const Json* value = find(name);
  if (value == nullptr) return std::nullopt;
  return checked(name, *value, max_bytes);
}

Date BodyReader::date(const std::string& name) {
  const auto found = optional_date(name);
  if (!found && !body_.contains(name)) complain(name, "is missing");
  return found.value_or(Date{});
}

std::optional<Date> BodyReader::optional_date(const std::string& name) {
  const Json* value = find(name);
  if (value == nullptr) return std::nullopt;
  if (value->is_string())
    if (const auto date = Date::parse(value->get<std::string>())) return *date;
  complain(name, "must be a day as YYYY-MM-DD");
  return std::nullopt;
}

bool BodyReader::truth_or(const std::string& name, bool otherwise) {
  const Json* value = find(name);
  if (value == nullptr) return otherwise;
  if (value->is_boolean()) return value->get<bool>();
  complain(name, "must be true or false");
  return otherwise;
}

std::uint64_t BodyReader::number_or(const std::string& name, std::uint64_t otherwise, std::uint64_t most) {
  const Json* value = find(name);
  if (value == nullptr) return otherwise;
  if (value->is_number_unsigned() && value->get<std::uint64_t>() <= most) return value->get<std::uint64_t>();
  complain(name, fmt::format("must be a whole number from 0 to {}", most));
  return otherwise;
}

std::vector<std::string> BodyReader::texts(const std::string& name, std::size_t max_count,
                                           std::size_t max_bytes) {
  std::vector<std::string> out;
  const Json* value = find(name);
  if (value == nullptr) return out;
  if (!value->is_array() || value->size() > max_count) {
    complain(name, fmt::format("must be a list of at most {} texts", max_count));
    return out;
  }
  for (const Json& element : *value)
    if (auto text = checked(name, element, max_bytes)) out.push_back(std::move(*text));
  return out;
}

std::vector<Json> BodyReader::list(const std::string& name, std::size_t max_count) {
  const Json* value = find(name);
  if (value == nullptr) return {};
  if (value->is_array() && value->size() <= max_count) return {value->begin(), value->end()};
  complain(name, fmt::format("must be a list of at most {}", max_count));
  return {};
}

void BodyReader::complain(const std::string& name, std::string_view why) {
  mistakes_.push_back(fmt::format("{} {}", name, why));
}

Result<void> BodyReader::finish() {
  // The names of unknown fields are the caller's own words and may be anything: they are counted, not repeated.
  std::size_t unknown = 0;
  for (const auto& [name, value] : body_.items())
    if (!known_.contains(name)) ++unknown;
  if (unknown > 0) mistakes_.push_back(fmt::format("{} fields that this request does not have", unknown));
  if (mistakes_.empty()) return {};
  return fail(ErrorCode::bad_value, Side::user, "{}{}", not_understood, fmt::join(mistakes_, "; "));
}

std::string reason_of_export(BodyReader& body) {
  std::string reason = body.text("reason", 400);
  if (!reason.empty() && reason.find_first_not_of(" \n\t") == std::string::npos)
    body.complain("reason", "says nothing");
  return reason;
}

}  // namespace knoop::http
