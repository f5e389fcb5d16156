// The JSON of a request, read as strictly as everything else that comes from outside: bounded in size and depth, one
// object, no field that nobody asked for, and all mistakes told at once.
#pragma once

#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/base/time.h"

namespace knoop::http {

using Json = nlohmann::json;

/// Deeper than any body of ours; a parser's stack and a printer's recursion stay small.
inline constexpr unsigned max_json_depth = 16;

/// One JSON object, or an Error that says where it stops being one.
[[nodiscard]] Result<Json> parse_body(std::string_view text);

/// Reads an object field by field and notes mistakes; finish() tells them all and refuses fields not asked for.
class BodyReader {
 public:
  explicit BodyReader(const Json& body) : body_(body) {}

  /// Present, not empty, at most `max_bytes`, without control characters other than newline and tab.
  [[nodiscard]] std::string text(const std::string& name, std::size_t max_bytes);
  [[nodiscard]] std::string text_or(const std::string& name, std::string otherwise, std::size_t max_bytes);
  [[nodiscard]] std::optional<std::string> optional_text(const std::string& name, std::size_t max_bytes);
  [[nodiscard]] Date date(const std::string& name);
  [[nodiscard]] std::optional<Date> optional_date(const std::string& name);
  [[nodiscard]] bool truth_or(const std::string& name, bool otherwise);
  /// A whole number from 0 to `most`.
  [[nodiscard]] std::uint64_t number_or(const std::string& name, std::uint64_t otherwise, std::uint64_t most);
  [[nodiscard]] std::vector<std::string> texts(const std::string& name, std::size_t max_count,
                                               std::size_t max_bytes);
  /// A list of values for readers of their own.
  [[nodiscard]] std::vector<Json> list(const std::string& name, std::size_t max_count);
  /// A mistake that only the caller can see.
  void complain(const std::string& name, std::string_view why);

  [[nodiscard]] Result<void> finish();
  /// Those so far; all of them after finish().
  [[nodiscard]] const std::vector<std::string>& mistakes() const { return mistakes_; }

 private:
  [[nodiscard]] const Json* find(const std::string& name);
  [[nodiscard]] std::optional<std::string> checked(const std::string& name, const Json& value,
                                                   std::size_t max_bytes);

  const Json& body_;
  std::set<std::string> known_;
  std::vector<std::string> mistakes_;
};

/// Why something leaves the node as a file: it stands in the log, and says something.
[[nodiscard]] std::string reason_of_export(BodyReader& body);

}  // namespace knoop::http
