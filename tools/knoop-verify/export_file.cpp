#include "tools/knoop-verify/export_file.h"

#include "tools/knoop-verify/json_line.h"
#include "tools/knoop-verify/plain_line.h"

namespace knoop::verifier {
namespace {

Result<audit::ExportedField> parse_field(const Json& field) {
  if (!field.is_object()) return malformed("a field is no object");
  if (field.contains("value")) {
    KNOOP_TRY(expect_keys(field, {"value", "salt"}));
    KNOOP_LET(value, text_of(field, "value"));
    KNOOP_LET(salt, hex_of<Salt>(field, "salt"));
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
  KNOOP_LET(commitment, hex_of<Hash256>(field, "commitment"));
  return audit::Closed{commitment, erased};
}

}  // namespace

Result<Header> parse_header(std::string_view line) {
  KNOOP_LET(json, parse_line(line));
  KNOOP_TRY(expect_keys(json, {"format", "origin", "card", "redacted"}));
  KNOOP_LET(format, text_of(json, "format"));
  if (format != "knoop/audit-export/v1")
    return fail(ErrorCode::unknown_version, Side::peer, "this is not an exported log of a known version");
  KNOOP_LET(origin_text, text_of(json, "origin"));
  KNOOP_LET(origin, audit::LogOrigin::parse(origin_text));
  KNOOP_LET(card, text_of(json, "card"));
  if (!json.at("redacted").is_boolean()) return malformed("\"redacted\" must be true or false");
  return Header{origin, std::move(card), json.at("redacted").get<bool>()};
}

Result<audit::ExportedEntry> parse_entry(std::string_view line) {
  if (line.size() > max_line) return malformed("it is too long");
  if (auto entry = read_plain_entry(line)) return std::move(*entry);
  return parse_any_entry(line);
}

Result<audit::ExportedEntry> parse_any_entry(std::string_view line) {
  KNOOP_LET(json, parse_line(line));
  KNOOP_TRY(expect_keys(json, {"index", "leaf", "fields"}));
  if (!json.at("index").is_number_unsigned()) return malformed("\"index\" must be a number from 0");
  audit::ExportedEntry entry;
  entry.index = json.at("index").get<std::uint64_t>();
  KNOOP_LET(leaf, hex_of<Hash256>(json, "leaf"));
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

Result<Footer> parse_footer(std::string_view line) {
  KNOOP_LET(json, parse_line(line));
  Footer out;
  if (json.contains("witnessed")) {
    KNOOP_TRY(expect_keys(json, {"checkpoint", "witnessed"}));
    KNOOP_LET(witnessed, text_of(json, "witnessed"));
    out.witnessed = std::move(witnessed);
  } else {
    KNOOP_TRY(expect_keys(json, {"checkpoint"}));
  }
  KNOOP_LET(head, text_of(json, "checkpoint"));
  out.head = std::move(head);
  return out;
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

Result<std::string> last_line(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary | std::ios::ate);
  const auto size = static_cast<std::int64_t>(in.tellg());
  if (!in || size < 0)
    return fail(ErrorCode::io_failed, Side::user, "{} cannot be read; check name and permissions",
                path.string());
  const auto wanted = std::min<std::int64_t>(size, max_line + 2);
  std::string end(static_cast<std::size_t>(wanted), '\0');
  in.seekg(size - wanted);
  in.read(end.data(), wanted);
  if (!in) return fail(ErrorCode::io_failed, Side::user, "{} cannot be read to its end", path.string());
  if (end.ends_with('\n')) end.pop_back();
  const std::size_t before = end.rfind('\n');
  return before == std::string::npos ? end : end.substr(before + 1);
}

Result<std::string> read_text(const std::filesystem::path& path, std::size_t limit) {
  std::ifstream in(path, std::ios::binary);
  if (!in)
    return fail(ErrorCode::io_failed, Side::user, "{} cannot be read; check name and permissions",
                path.string());
  std::string text(limit + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(in.gcount()));
  if (text.size() > limit) return fail(ErrorCode::over_limit, Side::user, "{} is too large", path.string());
  return text;
}

}  // namespace knoop::verifier
