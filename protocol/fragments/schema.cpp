#include "protocol/fragments/schema.h"

#include <algorithm>
#include <array>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validator.hpp>

#include "crypto/base/assert.h"
#include "crypto/base/time.h"
#include "crypto/base/utf8.h"
#include "protocol/codec/json_depth.h"

namespace knoop::fragments {
namespace {

using Json = nlohmann::json;
using Found = std::optional<Misfit>;

struct Known {
  Json document;
  valijson::Schema schema;
  std::string_view text;
};
using Book = std::map<std::pair<Category, std::uint16_t>, std::unique_ptr<Known>>;

/// Our own files: what does not parse is a bug, which the first unit test finds.
Book read_book() {
  Book book;
  for (const SchemaFile& file : schema_files()) {
    const auto category = category_from(file.name.substr(0, 3));
    KNOOP_ASSERT(category && file.name.substr(3, 2) == ".v" && file.name.size() == 6,
                 "a schema is named after its category and version");
    const auto version = static_cast<std::uint16_t>(file.name[5] - '0');
    auto known = std::make_unique<Known>();
    known->document = Json::parse(file.text);
    known->text = file.text;
    valijson::SchemaParser parser;
    parser.populateSchema(valijson::adapters::NlohmannJsonAdapter(known->document), known->schema);
    book.emplace(std::pair(*category, version), std::move(known));
  }
  for (const CategoryFacts& category : all_categories)
    KNOOP_ASSERT(book.contains({category.category, 1}), "every category has a first version");
  return book;
}

const Book& book() {
  static const Book all = read_book();
  return all;
}
const Known* find(Category category, std::uint16_t version) {
  const auto found = book().find({category, version});
  return found == book().end() ? nullptr : found->second.get();
}

tl::unexpected<Misfit> misfit(std::string path, std::string reason) {
  return tl::unexpected(Misfit{std::move(path), std::move(reason)});
}

tl::expected<Json, Misfit> parse(std::string_view text) {
  if (text.size() > max_fields) return misfit("fields", fmt::format("is longer than {} bytes", max_fields));
  if (!is_utf8(text)) return misfit("fields", "is not UTF-8");
  if (json_depth(text) > max_fields_depth)
    return misfit("fields", fmt::format("nests deeper than {} levels", max_fields_depth));
  std::vector<std::set<std::string>> names;
  bool twice = false;
  const auto watch = [&](int, Json::parse_event_t event, Json& value) {
    if (event == Json::parse_event_t::object_start) names.emplace_back();
    if (event == Json::parse_event_t::object_end) names.pop_back();
    if (event == Json::parse_event_t::key) twice |= !names.back().insert(value.get<std::string>()).second;
    return true;
  };
  Json value = Json::parse(text.begin(), text.end(), watch, false);
  if (value.is_discarded() || !value.is_object()) return misfit("fields", "is not a JSON object");
  if (twice) return misfit("fields", "names a field twice in one object");
  return value;
}

/// Names come from outside as well: only one that could be ours is repeated.
std::string step(std::string_view name) {
  const bool ours = !name.empty() && name.size() <= 40 && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  });
  return ours ? fmt::format(".{}", name) : ".?";
}

bool is_control(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return (byte < 0x20 && c != '\n' && c != '\t') || byte == 0x7f;
}

Found check_values(const Json& value, const std::string& path) {
  if (value.is_string()) {
    if (std::ranges::any_of(value.get_ref<const std::string&>(), is_control))
      return Misfit{path, "holds a control character"};
  } else if (value.is_number_float()) {
    return Misfit{path, "is no whole number"};
  } else if (value.is_object()) {
    for (const auto& [name, each] : value.items()) {
      if (std::ranges::any_of(name, is_control)) return Misfit{path, "has a name with a control character"};
      if (Found found = check_values(each, path + step(name))) return found;
    }
  } else if (value.is_array()) {
    for (std::size_t i = 0; i < value.size(); ++i)
      if (Found found = check_values(value[i], fmt::format("{}[{}]", path, i))) return found;
  }
  return std::nullopt;
}

/// The part of the schema that describes a value, going down as the value does.
const Json* child(const Json* schema, const std::string& name) {
  if (schema == nullptr || !schema->contains("properties")) return nullptr;
  const Json& properties = (*schema)["properties"];
  const auto found = properties.find(name);
  return found == properties.end() ? nullptr : &*found;
}
const Json* items(const Json* schema) {
  return schema != nullptr && schema->contains("items") ? &(*schema)["items"] : nullptr;
}
bool says(const Json* schema, const char* keyword) {
  return schema != nullptr && schema->value(keyword, false);
}

/// What our own keywords ask.
Found check_own(const Json& value, const Json* schema, const std::string& path) {
  if (value.is_string()) {
    const std::string& text = value.get_ref<const std::string&>();
    if (says(schema, "x-date") && !Date::parse(text))
      return Misfit{path, "is not a day of the calendar in the form YYYY-MM-DD, 1900 to 2199"};
    if (says(schema, "x-hex") &&
        !std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); }))
      return Misfit{path, "is not lower-case hexadecimal"};
    if (!says(schema, "x-lines") && text.find_first_of("\n\t") != std::string::npos)
      return Misfit{path, "may not hold line breaks"};
  } else if (value.is_object()) {
    for (const auto& [name, each] : value.items())
      if (Found found = check_own(each, child(schema, name), path + step(name))) return found;
  } else if (value.is_array()) {
    for (std::size_t i = 0; i < value.size(); ++i)
      if (Found found = check_own(value[i], items(schema), fmt::format("{}[{}]", path, i))) return found;
  }
  return std::nullopt;
}

/// The library's place in our words: {"<root>", "[hulp]", "[0]"} is "fields.hulp[0]". No field of ours is a number.
std::string path_of(const std::vector<std::string>& context) {
  std::string path = "fields";
  for (std::size_t i = 1; i < context.size(); ++i) {
    std::string_view part = context[i];
    if (part.size() < 3) continue;
    part = part.substr(1, part.size() - 2);
    const bool index = std::ranges::all_of(part, [](char c) { return c >= '0' && c <= '9'; });
    path += index ? fmt::format("[{}]", part) : step(part);
  }
  return path;
}

/// The library's sentence in ours, which name no value.
std::string reason_of(std::string_view sentence) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 10> words{{
      {"Value type not permitted", "is another kind of value than belongs here"},
      {"Object contains a property", "has a field that does not belong here"},
      {"Missing required property", "lacks a field that it must have"},
      {"Missing dependency", "lacks a field that another of its fields asks for"},
      {"Failed to match against any enum", "is none of the values that are allowed here"},
      {"String should be no more", "is too long"},
      {"String should be no fewer", "is too short"},
      {"Array should contain no more", "has too many elements"},
      {"Expected number greater", "is too small"},
      {"Expected number less", "is too large"},
  }};
  for (const auto& [beginning, ours] : words)
    if (sentence.starts_with(beginning)) return std::string(ours);
  return "does not fit the schema";
}

/// The value as a person reads it, one line for each that is not a list or object.
void append_lines(std::string& out, const Json& value, const Json* schema, std::string_view name,
                  std::string_view indent) {
  std::string label(name);
  if (schema != nullptr && schema->contains("title")) label = (*schema)["title"].get<std::string>();
  const std::string deeper = fmt::format("{}  ", indent);
  if (value.is_object()) {
    if (!label.empty()) out += fmt::format("{}{}:\n", indent, label);
    for (const auto& [key, each] : value.items()) append_lines(out, each, child(schema, key), key, deeper);
  } else if (value.is_array()) {
    out += fmt::format("{}{}:\n", indent, label);
    for (const Json& each : value) append_lines(out, each, items(schema), "-", deeper);
  } else {
    const std::string text = value.is_string()    ? value.get<std::string>()
                             : value.is_boolean() ? (value.get<bool>() ? "ja" : "nee")
                             : value.is_null()    ? "-"
                                                  : value.dump();
    out += fmt::format("{}{}: {}\n", indent, label, text);
  }
}

void redact(Json& value, const Json* schema, const std::string& path, std::vector<std::string>& withheld) {
  if (value.is_object()) {
    for (auto it = value.begin(); it != value.end();) {
      const Json* below = child(schema, it.key());
      const std::string here = path + step(it.key());
      if (says(below, "x-third-persons")) {
        withheld.push_back(here);
        it = value.erase(it);
      } else {
        redact(*it, below, here, withheld);
        ++it;
      }
    }
  } else if (value.is_array()) {
    for (std::size_t i = 0; i < value.size(); ++i)
      redact(value[i], items(schema), fmt::format("{}[{}]", path, i), withheld);
  }
}

}  // namespace

std::uint16_t newest_version(Category category) {
  std::uint16_t newest = 1;
  while (find(category, static_cast<std::uint16_t>(newest + 1)) != nullptr) ++newest;
  return newest;
}

bool knows(Category category, std::uint16_t version) {
  return find(category, version) != nullptr;
}

std::string_view schema_text(Category category, std::uint16_t version) {
  const Known* known = find(category, version);
  return known == nullptr ? std::string_view() : known->text;
}

tl::expected<std::string, Misfit> canonical(std::string_view json) {
  auto value = parse(json);
  if (!value) return tl::unexpected(std::move(value.error()));
  if (Found found = check_values(*value, "fields")) return tl::unexpected(std::move(*found));
  std::string text = value->dump();
  if (text.size() > max_fields) return misfit("fields", fmt::format("is longer than {} bytes", max_fields));
  return text;
}

std::optional<Misfit> check_form(std::string_view fields) {
  const auto text = canonical(fields);
  if (!text) return text.error();
  if (*text != fields) return Misfit{"fields", "is not written in canonical form"};
  return std::nullopt;
}

std::optional<Misfit> check(Category category, std::uint16_t version, std::string_view fields) {
  if (Found found = check_form(fields)) return found;
  const Known* known = find(category, version);
  KNOOP_ASSERT(known != nullptr, "the caller asked knows()");
  const Json value = Json::parse(fields);
  if (value.empty()) return std::nullopt;
  try {
    valijson::Validator validator;
    valijson::ValidationResults results;
    if (!validator.validate(known->schema, valijson::adapters::NlohmannJsonAdapter(value), &results)) {
      const valijson::ValidationResults::Error* deepest = nullptr;
      for (const auto& error : results)
        if (deepest == nullptr || error.context.size() > deepest->context.size()) deepest = &error;
      if (deepest == nullptr) return Misfit{"fields", "does not fit the schema"};
      return Misfit{path_of(deepest->context), reason_of(deepest->description)};
    }
  } catch (const std::exception&) {
    return Misfit{"fields", "does not fit the schema"};
  }
  return check_own(value, &known->document, "fields");
}

std::string plain_text(Category category, std::uint16_t version, std::string_view fields) {
  const auto value = parse(fields);
  if (!value) return {};
  const Known* known = find(category, version);
  const Json* schema = known == nullptr ? nullptr : &known->document;
  std::string out;
  for (const auto& [name, each] : value->items()) append_lines(out, each, child(schema, name), name, "");
  return out;
}

Redacted without_third_persons(Category category, std::uint16_t version, std::string_view fields) {
  auto value = parse(fields);
  KNOOP_ASSERT(value.has_value(), "own fragments were checked when they were written");
  Redacted out;
  const Known* known = find(category, version);
  if (known == nullptr) {
    // What cannot be told apart is withheld as a whole.
    if (!value->empty()) out.withheld.emplace_back("fields");
    out.fields = no_fields;
    return out;
  }
  redact(*value, &known->document, "fields", out.withheld);
  out.fields = value->dump();
  return out;
}

std::string object_of(const std::vector<std::pair<std::string, std::string>>& texts,
                      const std::vector<std::pair<std::string, std::int64_t>>& numbers) {
  Json out = Json::object();
  for (const auto& [name, text] : texts)
    if (!text.empty()) out[name] = text;
  for (const auto& [name, number] : numbers) out[name] = number;
  return out.dump();
}

std::optional<std::string> value_at(std::string_view fields, std::string_view name) {
  const auto value = parse(fields);
  if (!value) return std::nullopt;
  const auto found = value->find(std::string(name));
  if (found == value->end() || found->is_null()) return std::nullopt;
  if ((found->is_array() || found->is_object()) && found->empty()) return std::nullopt;
  return found->is_string() ? found->get<std::string>() : found->dump();
}

}  // namespace knoop::fragments
