// TOML documents as a small tree of our own, and a reader that finds all mistakes at once.
//
// Cards, convenants and settings are TOML, but a small part of it: texts, whole numbers, truth values, lists and
// tables. Dates are texts in ISO 8601, so that there is one form. Floats, TOML's own dates, and keys that are not
// lower-case ASCII are refused. The library that parses (toml++) is known to document.cpp alone.
//
// A hostile peer can hand us any text up to the caller's limit: memory stays linear in it and nesting is bounded.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "crypto/base/fixed.h"
#include "crypto/base/time.h"

namespace knoop {

struct DocumentValue;
using DocumentList = std::vector<DocumentValue>;
using DocumentTable = std::map<std::string, DocumentValue>;

struct DocumentValue {
  std::variant<std::string, std::int64_t, bool, DocumentList, DocumentTable> data;
  std::uint32_t line = 0;  ///< Where it stands, from 1.
};

/// Parses `text` of at most `max_bytes`. Errors are at `side` and name the line, never the content.
[[nodiscard]] Result<DocumentTable> parse_document(std::string_view text, std::size_t max_bytes, Side side);

/// A text as TOML writes it, between quotes.
[[nodiscard]] std::string toml_text(std::string_view text);
/// A list of texts as TOML writes it.
[[nodiscard]] std::string toml_texts(const std::vector<std::string>& texts);

/// The known word nearest to what somebody typed, when it is near enough to be meant.
[[nodiscard]] std::optional<std::string> nearest(std::string_view typed, const std::set<std::string>& known);

/// Reads a table field by field. A mistake is noted and reading goes on with an empty value, so that people see every
/// mistake at once; finish() says whether all was well and refuses keys that nobody asked for.
class DocumentReader {
 public:
  /// `what` names the document in errors ("card"); `side` is who wrote it.
  DocumentReader(const DocumentTable& table, std::string what, Side side);

  [[nodiscard]] std::string text(const std::string& key, std::size_t max_bytes);
  [[nodiscard]] std::optional<std::string> optional_text(const std::string& key, std::size_t max_bytes);
  [[nodiscard]] std::int64_t number(const std::string& key, std::int64_t least, std::int64_t most);
  [[nodiscard]] std::int64_t number_or(const std::string& key, std::int64_t otherwise, std::int64_t least,
                                       std::int64_t most);
  [[nodiscard]] bool truth_or(const std::string& key, bool otherwise);
  [[nodiscard]] Timestamp time(const std::string& key);
  [[nodiscard]] std::optional<Timestamp> optional_time(const std::string& key);
  [[nodiscard]] std::vector<std::string> texts(const std::string& key, std::size_t max_count,
                                               std::size_t max_bytes);
  /// A fixed-length value in hexadecimal.
  template <typename Value>
  [[nodiscard]] Value hex(const std::string& key) {
    const auto found = optional_hex<Value>(key);
    if (!found) missing(key);
    return found.value_or(Value{});
  }
  template <typename Value>
  [[nodiscard]] std::optional<Value> optional_hex(const std::string& key) {
    const auto found = optional_text(key, 2 * Value::size);
    if (!found) return std::nullopt;
    const auto value = Value::from_hex(*found);
    if (!value) complain(key, fmt::format("must be {} bytes in hexadecimal", Value::size));
    return value.value_or(Value{});
  }
  /// The table below `key`; empty when absent.
  [[nodiscard]] const DocumentTable& table(const std::string& key);
  /// The tables of the list below `key`; none when absent.
  [[nodiscard]] std::vector<const DocumentTable*> tables(const std::string& key, std::size_t max_count);

  /// A mistake that only the caller can see.
  void complain(const std::string& key, std::string_view why);
  /// Takes over the mistakes of a reader of a table inside this one.
  void absorb(DocumentReader& inner);

  /// One Error with all mistakes, or nothing. Inner readers are absorbed before.
  [[nodiscard]] Result<void> finish();

 private:
  [[nodiscard]] const DocumentValue* find(const std::string& key);
  void missing(const std::string& key) { complain(key, "is missing"); }
  void refuse_unknown_keys();

  const DocumentTable& table_;
  std::string what_;
  Side side_;
  std::set<std::string> known_;
  std::vector<std::string> mistakes_;
};

}  // namespace knoop
