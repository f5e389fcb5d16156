#include "node/files/jsonl_reader.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "crypto/base/utf8.h"

namespace knoop {
namespace {

using records::Problem;

/// The parser's events. Each returns false to stop; the problem says why.
class FieldSink final : public nlohmann::json_sax<nlohmann::json> {
 public:
  FieldSink(std::span<const std::string_view> names, std::string_view list_name)
      : names_(names), list_name_(list_name), values_(names.size()) {}

  bool start_object(std::size_t) override {
    if (depth_++ > 0) return other();
    return true;
  }
  bool end_object() override { return true; }

  bool key(std::string& name) override {
    const auto found = std::ranges::find(names_, name);
    // The name comes from the file, and may be anything: it is not repeated.
    if (found == names_.end()) return stop("-", "has a field that does not belong here");
    current_ = static_cast<std::size_t>(found - names_.begin());
    if (values_[current_]) return stop(names_[current_], "is there twice");
    return true;
  }

  bool string(std::string& text) override {
    if (depth_ == 0) return stop("-", "is not a JSON object");
    if (!in_list_) {
      if (names_[current_] == list_name_) return stop(list_name_, "is not a list of texts");
      values_[current_] = std::move(text);
      return true;
    }
    if (text.find(',') != std::string::npos) return stop(list_name_, "has a comma within one of its texts");
    std::string& list = *values_[current_];
    if (!first_in_list_) list += ',';
    first_in_list_ = false;
    list += text;
    return true;
  }

  bool start_array(std::size_t) override {
    if (depth_ == 0) return stop("-", "is not a JSON object");
    if (in_list_ || names_[current_] != list_name_) return other();
    in_list_ = true;
    first_in_list_ = true;
    values_[current_] = std::string();
    return true;
  }
  bool end_array() override {
    in_list_ = false;
    return true;
  }

  bool null() override { return other(); }
  bool boolean(bool) override { return other(); }
  bool number_integer(number_integer_t) override { return other(); }
  bool number_unsigned(number_unsigned_t) override { return other(); }
  bool number_float(number_float_t, const string_t&) override { return other(); }
  bool binary(binary_t&) override { return other(); }
  bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception&) override {
    return stop("-", "is not a JSON object");
  }

  /// The parser gave up, with or without telling why.
  void refuse() { stop("-", "is not a JSON object"); }

  [[nodiscard]] tl::expected<std::vector<std::string>, Problem> finish() {
    if (problem_) return tl::unexpected(std::move(*problem_));
    std::vector<std::string> out;
    for (std::size_t i = 0; i < names_.size(); ++i) {
      if (!values_[i]) return tl::unexpected(Problem{names_[i], "is missing"});
      out.push_back(std::move(*values_[i]));
    }
    return out;
  }

 private:
  bool other() {
    if (depth_ == 0) return stop("-", "is not a JSON object");
    return stop(names_[current_],
                names_[current_] == list_name_ ? "is not a list of texts" : "is not a text");
  }
  bool stop(std::string_view field, std::string reason) {
    if (!problem_) problem_ = Problem{field, std::move(reason)};
    return false;
  }

  std::span<const std::string_view> names_;
  std::string_view list_name_;
  std::vector<std::optional<std::string>> values_;
  std::size_t current_ = 0;
  int depth_ = 0;
  bool in_list_ = false;
  bool first_in_list_ = false;
  std::optional<Problem> problem_;
};

}  // namespace

tl::expected<std::vector<std::string>, Problem> parse_json_fields(std::string_view line,
                                                                  std::span<const std::string_view> names,
                                                                  std::string_view list_name) {
  FieldSink sink(names, list_name);
  const bool parsed = nlohmann::json::sax_parse(line.begin(), line.end(), &sink);
  if (!parsed) sink.refuse();
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
