#include "tools/knoop-verify/export_file.h"

#include <nlohmann/json.hpp>
#include <set>
#include <vector>

namespace knoop::verifier {
namespace {

using Json = nlohmann::json;

tl::unexpected<Error> malformed(std::string_view why) {
  return fail(ErrorCode::bad_format, Side::peer, "this is no line of an exported log: {}", why);
}

Result<Json> parse(std::string_view line) {
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

/// Exactly these keys.
Result<void> expect_keys(const Json& object, std::initializer_list<std::string_view> keys) {
  for (const std::string_view key : keys)
    if (!object.contains(key)) return malformed(fmt::format("the key \"{}\" is missing", key));
  if (object.size() != keys.size()) return malformed("it has a key that does not belong there");
  return {};
}

Result<std::string> text(const Json& object, std::string_view key) {
  const auto found = object.find(key);
  if (found == object.end() || !found->is_string())
    return malformed(fmt::format("\"{}\" must be a text", key));
  return found->get<std::string>();
}

template <typename Value>
Result<Value> hex(const Json& object, std::string_view key) {
  KNOOP_LET(digits, text(object, key));
  auto value = Value::from_hex(digits);
  if (!value || value->hex() != digits)
    return malformed(fmt::format("\"{}\" must be {} bytes in lower-case hex", key, Value::size));
  return *value;
}

Result<audit::ExportedField> parse_field(const Json& field) {
  if (!field.is_object()) return malformed("a field is no object");
  if (field.contains("value")) {
    KNOOP_TRY(expect_keys(field, {"value", "salt"}));
    KNOOP_LET(value, text(field, "value"));
    KNOOP_LET(salt, hex<Salt>(field, "salt"));
    if (value.size() > audit::max_value) return malformed("a value is too long");
    return audit::Opening{salt, std::move(value)};
  }
  const bool erased = field.contains("erased");
  if (erased) {
    KNOOP_TRY(expect_keys(field, {"commitment", "erased"}));
    if (field.at("erased") != true) return malformed("\"erased\" can only be true");
  } else {
    KNOOP_TRY(expect_keys(field, {"commitment"}));
  }
  KNOOP_LET(commitment, hex<Hash256>(field, "commitment"));
  return audit::Closed{commitment, erased};
}

}  // namespace

Result<Header> parse_header(std::string_view line) {
  KNOOP_LET(json, parse(line));
  KNOOP_TRY(expect_keys(json, {"format", "origin", "card", "redacted"}));
  KNOOP_LET(format, text(json, "format"));
  if (format != "knoop/audit-export/v1")
    return fail(ErrorCode::unknown_version, Side::peer, "this is not an exported log of a known version");
  KNOOP_LET(origin_text, text(json, "origin"));
  KNOOP_LET(origin, audit::LogOrigin::parse(origin_text));
  KNOOP_LET(card, text(json, "card"));
  if (!json.at("redacted").is_boolean()) return malformed("\"redacted\" must be true or false");
  return Header{origin, std::move(card), json.at("redacted").get<bool>()};
}

Result<audit::ExportedEntry> parse_entry(std::string_view line) {
  KNOOP_LET(json, parse(line));
  KNOOP_TRY(expect_keys(json, {"index", "leaf", "fields"}));
  if (!json.at("index").is_number_unsigned()) return malformed("\"index\" must be a number from 0");
  audit::ExportedEntry entry;
  entry.index = json.at("index").get<std::uint64_t>();
  KNOOP_LET(leaf, hex<Hash256>(json, "leaf"));
  entry.leaf = leaf;
  const Json& fields = json.at("fields");
  if (!fields.is_object() || fields.size() != audit::field_count)
    return malformed(fmt::format("\"fields\" must name all {} fields", audit::field_count));
  for (std::size_t i = 0; i < audit::field_count; ++i) {
    const auto found = fields.find(audit::all_fields[i].name);
    if (found == fields.end())
      return malformed(fmt::format("the field \"{}\" is missing", audit::all_fields[i].name));
    KNOOP_LET(field, parse_field(*found));
    entry.fields[i] = std::move(field);
  }
  return entry;
}

Result<std::string> parse_checkpoint(std::string_view line) {
  KNOOP_LET(json, parse(line));
  KNOOP_TRY(expect_keys(json, {"checkpoint"}));
  return text(json, "checkpoint");
}

bool is_checkpoint(std::string_view line) {
  return line.starts_with("{\"checkpoint\"");
}

Result<LineReader> LineReader::open(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in)
    return fail(ErrorCode::io_failed, Side::user, "{} cannot be read; check name and permissions",
                path.string());
  return LineReader(std::move(in));
}

Result<bool> LineReader::next(std::string& line) {
  line.clear();
  auto* const buffer = in_.rdbuf();
  for (int c = buffer->sbumpc(); c != std::char_traits<char>::eof(); c = buffer->sbumpc()) {
    if (c == '\n') {
      ++number_;
      return true;
    }
    if (line.size() == max_line)
      return fail(ErrorCode::over_limit, Side::peer, "line {} is too long", number_ + 1);
    line.push_back(static_cast<char>(c));
  }
  if (line.empty()) return false;
  ++number_;
  return true;
}

}  // namespace knoop::verifier
