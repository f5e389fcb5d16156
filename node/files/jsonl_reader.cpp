#include "node/files/jsonl_reader.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "crypto/base/utf8.h"

namespace knoop {
namespace {

using records::Problem;

using Kind = JsonField::Kind;

constexpr std::size_t deepest_object = 16;

/// The parser's events. Each returns false to stop; the problem says why.
class FieldSink final : public nlohmann::json_sax<nlohmann::json> {
 public:
  FieldSink(std::span<const JsonField> table, bool ignore_others)
      : table_(table), values_(table.size()), ignore_others_(ignore_others) {}

  bool start_object(std::size_t) override {
    if (passing_) return ++passed_depth_, true;
    if (!open_.empty()) return nest('{');
    if (!in_line_) return in_line_ = true;
    if (in_list_ || table_[current_].kind != Kind::object) return other();
    values_[current_] = std::string();
    return nest('{');
  }
  bool end_object() override {
    if (passing_) return passed_one(1);
    return open_.empty() || unnest('}');
  }

  bool key(std::string& name) override {
    if (passing_) return true;
    if (!open_.empty()) {
      separate();
      *values_[current_] += nlohmann::json(name).dump() + ":";
      after_name_ = true;
      return true;
    }
    const auto found = std::ranges::find(table_, name, &JsonField::name);
    // The name comes from the file, and may be anything: it is not repeated.
    if (found == table_.end() && ignore_others_) return passing_ = true;
    if (found == table_.end()) return stop("-", "has a field that does not belong here");
    current_ = static_cast<std::size_t>(found - table_.begin());
    if (values_[current_]) return stop(name_of(current_), "is there twice");
    return true;
  }

  bool string(std::string& text) override {
    if (passing_) return passed_one(0);
    if (!in_line_) return stop("-", "is not a JSON object");
    if (!open_.empty()) return nested(nlohmann::json(text).dump());
    if (!in_list_) return take(Kind::text, std::move(text));
    if (text.find(',') != std::string::npos)
      return stop(name_of(current_), "has a comma within one of its texts");
    std::string& list = *values_[current_];
    if (!first_in_list_) list += ',';
    first_in_list_ = false;
    list += text;
    return true;
  }

  bool start_array(std::size_t) override {
    if (passing_) return ++passed_depth_, true;
    if (!in_line_) return stop("-", "is not a JSON object");
    if (!open_.empty()) return nest('[');
    if (in_list_ || table_[current_].kind != Kind::list) return other();
    in_list_ = true;
    first_in_list_ = true;
    values_[current_] = std::string();
    return true;
  }
  bool end_array() override {
    if (passing_) return passed_one(1);
    if (!open_.empty()) return unnest(']');
    in_list_ = false;
    return true;
  }

  bool null() override {
    if (passing_) return passed_one(0);
    if (!open_.empty()) return nested("null");
    return in_line_ && table_[current_].kind == Kind::value ? take(Kind::value, "") : other();
  }
  bool boolean(bool value) override {
    if (in_line_ && open_.empty() && !passing_ && table_[current_].kind == Kind::value)
      return take(Kind::value, value ? "ja" : "nee");
    return simple(Kind::truth, value ? "true" : "false");
  }
  bool number_integer(number_integer_t value) override { return simple(Kind::number, std::to_string(value)); }
  bool number_unsigned(number_unsigned_t value) override {
    return simple(Kind::number, std::to_string(value));
  }
  bool number_float(number_float_t, const string_t&) override {
    if (passing_) return passed_one(0);
    if (!in_line_) return other();
    return open_.empty() ? other() : stop(name_of(current_), "holds a number that is not whole");
  }
  bool binary(binary_t&) override { return other(); }
  bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception&) override {
    return stop("-", "is not a JSON object");
  }

  /// The parser gave up, with or without telling why.
  void refuse() { stop("-", "is not a JSON object"); }

  void mark_seen(std::vector<bool>& seen) const {
    seen.resize(table_.size());
    for (std::size_t i = 0; i < table_.size(); ++i)
      if (values_[i]) seen[i] = true;
  }

  [[nodiscard]] tl::expected<std::vector<std::string>, Problem> finish() {
    if (problem_) return tl::unexpected(std::move(*problem_));
    std::vector<std::string> out;
    for (std::size_t i = 0; i < table_.size(); ++i) {
      if (!values_[i] && table_[i].required) return tl::unexpected(Problem{name_of(i), "is missing"});
      out.push_back(std::move(values_[i]).value_or(std::string()));
    }
    return out;
  }

 private:
  [[nodiscard]] std::string_view name_of(std::size_t i) const {
    return table_[i].as.empty() ? table_[i].name : table_[i].as;
  }
  /// A value, or the end of one, of a name that is passed over.
  bool passed_one(std::size_t ended) {
    passed_depth_ -= ended;
    passing_ = passed_depth_ > 0;
    return true;
  }
  bool simple(Kind kind, std::string text) {
    if (passing_) return passed_one(0);
    if (!in_line_) return stop("-", "is not a JSON object");
    return open_.empty() ? take(kind, std::move(text)) : nested(text);
  }
  bool take(Kind kind, std::string text) {
    const Kind wanted = table_[current_].kind;
    const bool fits = wanted == kind || (wanted == Kind::value && kind != Kind::truth);
    if (in_list_ || !fits) return other();
    values_[current_] = std::move(text);
    return true;
  }

  // Within a field of kind object: JSON text again, as it came.
  void separate() {
    if (open_.empty()) return;
    if (!open_.back() && !after_name_) *values_[current_] += ',';
    open_.back() = false;
  }
  bool nest(char bracket) {
    if (open_.size() == deepest_object) return stop(name_of(current_), "nests too deep");
    separate();
    after_name_ = false;
    *values_[current_] += bracket;
    open_.push_back(true);
    return true;
  }
  bool unnest(char bracket) {
    *values_[current_] += bracket;
    open_.pop_back();
    after_name_ = false;
    return true;
  }
  bool nested(std::string_view value) {
    separate();
    after_name_ = false;
    *values_[current_] += value;
    return true;
  }

  bool other() {
    if (!in_line_) return stop("-", "is not a JSON object");
    constexpr auto wanted = [](Kind kind) {
      switch (kind) {
        case Kind::text:
          return "is not a text";
        case Kind::list:
          return "is not a list of texts";
        case Kind::truth:
          return "is neither true nor false";
        case Kind::number:
          return "is not a whole number";
        case Kind::object:
          return "is not an object";
        case Kind::value:
          return "is neither a text nor a whole number";
      }
      return "";
    };
    return stop(name_of(current_), wanted(table_[current_].kind));
  }
  bool stop(std::string_view field, std::string reason) {
    if (!problem_) problem_ = Problem{field, std::move(reason)};
    return false;
  }

  std::span<const JsonField> table_;
  std::vector<std::optional<std::string>> values_;
  bool ignore_others_;
  bool passing_ = false;
  std::size_t passed_depth_ = 0;
  std::size_t current_ = 0;
  bool in_line_ = false;
  bool in_list_ = false;
  bool first_in_list_ = false;
  std::vector<bool>
      open_;  ///< Brackets within an object field; true while nothing stands behind the bracket.
  bool after_name_ = false;
  std::optional<Problem> problem_;
};

}  // namespace

tl::expected<std::vector<std::string>, Problem> parse_json_fields(std::string_view line,
                                                                  std::span<const JsonField> table,
                                                                  const JsonOptions& options) {
  FieldSink sink(table, options.ignore_others);
  const bool parsed = nlohmann::json::sax_parse(line.begin(), line.end(), &sink);
  if (!parsed) sink.refuse();
  if (options.seen != nullptr) sink.mark_seen(*options.seen);
  return sink.finish();
}

Result<void> LineReader::feed(ByteView chunk, const Visit& visit) {
  bytes_ += chunk.size();
  if (bytes_ > limits_.file_bytes)
    return fail(ErrorCode::over_limit, Side::user, "the file is longer than {} bytes, the configured limit",
                limits_.file_bytes);
  std::string_view rest = text_view(chunk);
  while (!rest.empty()) {
    const std::size_t end = rest.find('\n');
    text_ += rest.substr(0, end);
    if (text_.size() > limits_.record_bytes)
      return fail(ErrorCode::over_limit, Side::user, "line {} is longer than {} bytes", line_,
                  limits_.record_bytes);
    if (end == std::string_view::npos) return {};
    KNOOP_TRY(end_line(visit));
    rest.remove_prefix(end + 1);
  }
  return {};
}

Result<void> LineReader::finish(const Visit& visit) {
  if (text_.empty()) return {};
  return end_line(visit);
}

void LineReader::go_on(const LinePlace& place) {
  bytes_ = place.bytes;
  line_ = place.line;
  text_ = to_text(place.text);
}

Result<void> LineReader::end_line(const Visit& visit) {
  std::string_view text = text_;
  if (line_ == 1 && text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  if (text.ends_with('\r')) text.remove_suffix(1);
  if (!is_utf8(text) || text.find('\0') != std::string_view::npos)
    return fail(ErrorCode::bad_encoding, Side::user, "line {} is not UTF-8; save the file as UTF-8", line_);
  if (!text.empty()) KNOOP_TRY(visit(line_, text));
  ++line_;
  text_.clear();
  return {};
}

}  // namespace knoop
