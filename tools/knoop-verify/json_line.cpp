#include "tools/knoop-verify/json_line.h"

#include <set>
#include <vector>

#include "tools/knoop-verify/export_file.h"

namespace knoop::verifier {

tl::unexpected<Error> malformed(std::string_view why) {
  return fail(ErrorCode::bad_format, Side::peer, "this is no line of an exported log: {}", why);
}

Result<Json> parse_line(std::string_view line) {
  if (line.size() > max_line) return malformed("it is too long");
  std::vector<std::set<std::string>> keys;
  bool repeated = false;
  bool deep = false;
  const auto watch = [&](int depth, Json::parse_event_t event, Json& parsed) {
    deep = deep || depth > 4;
    if (event == Json::parse_event_t::object_start) keys.emplace_back();
    if (event == Json::parse_event_t::object_end && !keys.empty()) keys.pop_back();
    if (event == Json::parse_event_t::key && !keys.empty())
      repeated = !keys.back().insert(parsed.get<std::string>()).second || repeated;
    return !deep;
  };
  Json json = Json::parse(line, watch, false);
  if (deep) return malformed("it is nested too deeply");
  if (json.is_discarded() || !json.is_object()) return malformed("it is no JSON object");
  if (repeated) return malformed("a key stands twice");
  return json;
}

Result<void> expect_keys(const Json& object, std::initializer_list<std::string_view> keys) {
  for (const std::string_view key : keys)
    if (!object.contains(key)) return malformed(fmt::format("the key \"{}\" is missing", key));
  if (object.size() != keys.size()) return malformed("it has a key that does not belong there");
  return {};
}

Result<std::string> text_of(const Json& object, std::string_view key) {
  const auto found = object.find(key);
  if (found == object.end() || !found->is_string())
    return malformed(fmt::format("\"{}\" must be a text", key));
  return found->get<std::string>();
}

}  // namespace knoop::verifier
