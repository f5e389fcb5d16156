#include "config/document.h"

#include <toml++/toml.h>

#include <algorithm>
#include <numeric>

#include "crypto/base/utf8.h"

namespace knoop {
namespace {

constexpr int max_depth = 8;
constexpr std::size_t max_key_bytes = 64;
constexpr std::size_t max_mistakes_told = 20;  // the text may be a stranger's: an error stays readable

bool has_control(std::string_view text) {
  return std::ranges::any_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}

// Brackets and dotted names outside strings and comments. What this scan takes for the end of a string is what the
// parser does; a text that leaves a string open is refused here already. A deep document would exhaust the stack when
// the library destroys it, so this happens before the library sees the text.
Result<void> check_shape(std::string_view text, Side side) {
  int depth = 0;
  int dots = 0;
  unsigned line = 1;
  const auto bad = [&](std::string_view what) {
    return fail(ErrorCode::over_limit, side, "line {}: {}", line, what);
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\n') {
      ++line;
      dots = 0;
    } else if (c == '#') {
      while (i + 1 < text.size() && text[i + 1] != '\n') ++i;
    } else if (c == '"' || c == '\'') {
      const bool triple = text.substr(i, 3) == std::string(3, c);
      std::size_t at = i + (triple ? 3 : 1);
      bool closed = false;
      while (at < text.size() && !closed) {
        if (c == '"' && text[at] == '\\') {
          if (at + 1 < text.size() && text[at + 1] == '\n') ++line;
          at += 2;
        } else if (triple && text.substr(at, 3) == std::string(3, c)) {
          at += 3;
          while (at < text.size() && text[at] == c)
            ++at;  // up to two quotes may stand before the closing ones
          closed = true;
        } else if (!triple && text[at] == c) {
          ++at;
          closed = true;
        } else {
          if (text[at] == '\n' && !triple) break;
          if (text[at] == '\n') ++line;
          ++at;
        }
      }
      if (!closed) return bad("a string without its end");
      i = at - 1;
    } else if (c == '[' || c == '{') {
      if (++depth > max_depth) return bad("brackets lie too deep");
    } else if (c == ']' || c == '}') {
      --depth;
    } else if (c == '.') {
      if (++dots > 2 * max_depth) return bad("a name with too many parts");
    }
  }
  return {};
}

bool plain_key(std::string_view key) {
  return !key.empty() && key.size() <= max_key_bytes && std::ranges::all_of(key, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-';
  });
}

struct Converter {
  Side side;

  [[nodiscard]] tl::unexpected<Error> refuse(const toml::node& node, std::string_view why) const {
    return fail(ErrorCode::bad_format, side, "line {}: {}", node.source().begin.line, why);
  }

  [[nodiscard]] Result<DocumentTable> table(const toml::table& from, int depth) const {
    DocumentTable to;
    for (const auto& [key, node] : from) {
      if (!plain_key(key.str())) return refuse(node, "a key must be 1 to 64 of a-z, 0-9, '_' and '-'");
      KNOOP_LET(converted, value(node, depth));
      to.emplace(std::string(key.str()), std::move(converted));
    }
    return to;
  }

  [[nodiscard]] Result<DocumentValue> value(const toml::node& node, int depth) const {
    if (depth > max_depth) return refuse(node, "tables and lists are nested too deeply");
    DocumentValue to;
    to.line = node.source().begin.line;
    if (const auto* text = node.as_string()) {
      to.data = text->get();
    } else if (const auto* number = node.as_integer()) {
      to.data = number->get();
    } else if (const auto* truth = node.as_boolean()) {
      to.data = truth->get();
    } else if (const auto* list = node.as_array()) {
      DocumentList items;
      for (const toml::node& item : *list) {
        KNOOP_LET(converted, value(item, depth + 1));
        items.push_back(std::move(converted));
      }
      to.data = std::move(items);
    } else if (const auto* inner = node.as_table()) {
      KNOOP_LET(converted, table(*inner, depth + 1));
      to.data = std::move(converted);
    } else {
      return refuse(node,
                    "only texts, whole numbers, true, false, lists and tables are used; dates are texts");
    }
    return to;
  }
};

std::size_t distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), std::size_t{0});
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t corner = std::exchange(row[0], i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t above = row[j];
      row[j] = std::min({above + 1, row[j - 1] + 1, corner + (a[i - 1] == b[j - 1] ? 0U : 1U)});
      corner = above;
    }
  }
  return row[b.size()];
}

const DocumentTable no_table;

}  // namespace

Result<DocumentTable> parse_document(std::string_view text, std::size_t max_bytes, Side side) {
  if (text.size() > max_bytes)
    return fail(ErrorCode::over_limit, side, "the document has {} bytes, at most {} are allowed", text.size(),
                max_bytes);
  if (!is_utf8(text)) return fail(ErrorCode::bad_encoding, side, "the document is no well-formed UTF-8");
  KNOOP_TRY(check_shape(text, side));
  try {
    const toml::table parsed = toml::parse(text);
    return Converter{side}.table(parsed, 1);
  } catch (const toml::parse_error& error) {
    // The library's description quotes the text, which may be anything; the place is enough to mend it.
    return fail(ErrorCode::bad_format, side, "line {}, column {}: this is no TOML", error.source().begin.line,
                error.source().begin.column);
  }
}

std::string toml_text(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      out += fmt::format("\\u{:04X}", static_cast<unsigned>(c));
    } else {
      out += c;
    }
  }
  return out + '"';
}

std::string toml_texts(const std::vector<std::string>& texts) {
  std::string out = "[";
  for (const std::string& text : texts) {
    if (out.size() > 1) out += ", ";
    out += toml_text(text);
  }
  return out + "]";
}

std::optional<std::string> nearest(std::string_view typed, const std::set<std::string>& known) {
  std::optional<std::string> best;
  std::size_t best_distance = typed.size() / 3 + 1;
  for (const std::string& word : known)
    if (const std::size_t d = distance(typed, word); d < best_distance) {
      best = word;
      best_distance = d;
    }
  return best;
}

DocumentReader::DocumentReader(const DocumentTable& table, std::string what, Side side)
    : table_(table), what_(std::move(what)), side_(side) {}

const DocumentValue* DocumentReader::find(const std::string& key) {
  known_.insert(key);
  const auto found = table_.find(key);
  return found == table_.end() ? nullptr : &found->second;
}

void DocumentReader::complain(const std::string& key, std::string_view why) {
  const auto found = table_.find(key);
  mistakes_.push_back(found == table_.end()
                          ? fmt::format("{}: {} {}", what_, key, why)
                          : fmt::format("{} line {}: {} {}", what_, found->second.line, key, why));
}

std::optional<std::string> DocumentReader::optional_text(const std::string& key, std::size_t max_bytes) {
  const DocumentValue* value = find(key);
  if (value == nullptr) return std::nullopt;
  const auto* text = std::get_if<std::string>(&value->data);
  if (text != nullptr && !text->empty() && text->size() <= max_bytes && !has_control(*text)) return *text;
  complain(key, fmt::format("must be a text of 1 to {} bytes between quotes, without control characters",
                            max_bytes));
  return "";
}

std::string DocumentReader::text(const std::string& key, std::size_t max_bytes) {
  const auto found = optional_text(key, max_bytes);
  if (!found) missing(key);
  return found.value_or("");
}

std::int64_t DocumentReader::number(const std::string& key, std::int64_t least, std::int64_t most) {
  if (find(key) == nullptr) missing(key);
  return number_or(key, least, least, most);
}

std::int64_t DocumentReader::number_or(const std::string& key, std::int64_t otherwise, std::int64_t least,
                                       std::int64_t most) {
  const DocumentValue* value = find(key);
  if (value == nullptr) return otherwise;
  const auto* number = std::get_if<std::int64_t>(&value->data);
  if (number != nullptr && *number >= least && *number <= most) return *number;
  complain(key, fmt::format("must be a whole number from {} to {}", least, most));
  return otherwise;
}

bool DocumentReader::truth_or(const std::string& key, bool otherwise) {
  const DocumentValue* value = find(key);
  if (value == nullptr) return otherwise;
  if (const auto* truth = std::get_if<bool>(&value->data)) return *truth;
  complain(key, "must be true or false");
  return otherwise;
}

std::optional<Timestamp> DocumentReader::optional_time(const std::string& key) {
  const auto found = optional_text(key, 32);
  if (!found) return std::nullopt;
  const auto time = Timestamp::parse(*found);
  if (!time) complain(key, "must be a time such as \"2026-11-21T00:00:00Z\"");
  return time.value_or(Timestamp{});
}

Timestamp DocumentReader::time(const std::string& key) {
  const auto found = optional_time(key);
  if (!found) missing(key);
  return found.value_or(Timestamp{});
}

std::vector<std::string> DocumentReader::texts(const std::string& key, std::size_t max_count,
                                               std::size_t max_bytes) {
  const DocumentValue* value = find(key);
  std::vector<std::string> out;
  if (value == nullptr) return out;
  const auto* list = std::get_if<DocumentList>(&value->data);
  const bool good =
      list != nullptr && list->size() <= max_count && std::ranges::all_of(*list, [&](const auto& item) {
        const auto* text = std::get_if<std::string>(&item.data);
        return text != nullptr && !text->empty() && text->size() <= max_bytes && !has_control(*text);
      });
  if (!good) {
    complain(key, fmt::format("must be a list of at most {} texts of 1 to {} bytes", max_count, max_bytes));
    return out;
  }
  for (const DocumentValue& item : *list) out.push_back(std::get<std::string>(item.data));
  return out;
}

const DocumentTable& DocumentReader::table(const std::string& key) {
  const DocumentValue* value = find(key);
  if (value == nullptr) return no_table;
  if (const auto* inner = std::get_if<DocumentTable>(&value->data)) return *inner;
  complain(key, "must be a table");
  return no_table;
}

std::vector<const DocumentTable*> DocumentReader::tables(const std::string& key, std::size_t max_count) {
  const DocumentValue* value = find(key);
  std::vector<const DocumentTable*> out;
  if (value == nullptr) return out;
  const auto* list = std::get_if<DocumentList>(&value->data);
  if (list == nullptr || list->size() > max_count || !std::ranges::all_of(*list, [](const auto& item) {
        return std::holds_alternative<DocumentTable>(item.data);
      })) {
    complain(key, fmt::format("must be a list of at most {} tables", max_count));
    return out;
  }
  for (const DocumentValue& item : *list) out.push_back(&std::get<DocumentTable>(item.data));
  return out;
}

void DocumentReader::refuse_unknown_keys() {
  for (const auto& [key, value] : table_) {
    if (known_.contains(key)) continue;
    const auto near = nearest(key, known_);
    complain(key, near ? fmt::format("is not known here; did you mean {}?", *near) : "is not known here");
  }
}

void DocumentReader::absorb(DocumentReader& inner) {
  inner.refuse_unknown_keys();
  mistakes_.insert(mistakes_.end(), inner.mistakes_.begin(), inner.mistakes_.end());
  inner.mistakes_.clear();
}

Result<void> DocumentReader::finish() {
  refuse_unknown_keys();
  if (mistakes_.empty()) return {};
  const std::size_t told = std::min(mistakes_.size(), max_mistakes_told);
  std::string sentence = fmt::format(
      "{}", fmt::join(mistakes_.begin(), mistakes_.begin() + static_cast<std::ptrdiff_t>(told), "; "));
  if (told < mistakes_.size()) sentence += fmt::format("; and {} more", mistakes_.size() - told);
  return fail(ErrorCode::bad_format, side_, "{}", sentence);
}

}  // namespace knoop
