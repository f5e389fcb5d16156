#include "node/files/csv_reader.h"

#include <algorithm>

#include "crypto/base/utf8.h"

namespace knoop {
namespace {

constexpr std::string_view byte_order_mark = "\xEF\xBB\xBF";

}  // namespace

Result<void> CsvReader::feed(ByteView chunk, const Visit& visit) {
  bytes_ += chunk.size();
  if (bytes_ > limits_.file_bytes)
    return fail(ErrorCode::over_limit, Side::user, "the file is longer than {} bytes, the configured limit",
                limits_.file_bytes);
  for (const Byte byte : chunk) KNOOP_TRY(take(static_cast<char>(byte), visit));
  return {};
}

Result<void> CsvReader::finish(const Visit& visit) {
  if (state_ == State::quoted)
    return fail(ErrorCode::bad_format, Side::user,
                "the quote opened in the record of line {} is never closed", record_.line);
  if (state_ == State::carriage_return)
    return fail(ErrorCode::bad_format, Side::user, "line {} ends in a carriage return without a line feed",
                line_);
  return end_record(visit);
}

Result<void> CsvReader::take(char c, const Visit& visit) {
  if (c == '\0')
    return fail(ErrorCode::bad_encoding, Side::user, "line {} holds a NUL: this is no CSV file", line_);
  if (++record_bytes_ > limits_.record_bytes)
    return fail(ErrorCode::over_limit, Side::user,
                "the record of line {} is longer than {} bytes; is a quote left open there?", record_.line,
                limits_.record_bytes);
  switch (state_) {
    case State::quoted:
      if (c == '"') {
        state_ = State::quote_in_quoted;
        return {};
      }
      if (c == '\n') next_line();
      field_.push_back(c);
      return {};
    case State::carriage_return:
      if (c != '\n')
        return fail(ErrorCode::bad_format, Side::user, "line {} holds a carriage return without a line feed",
                    line_);
      return end_record(visit);
    case State::quote_in_quoted:
      if (c == '"') {
        field_.push_back(c);
        state_ = State::quoted;
        return {};
      }
      break;
    case State::field_start:
      if (c == '"') {
        // The byte order mark, if any, stands before the first quote.
        if (record_.line == 1 && record_.fields.empty() && field_ == byte_order_mark) field_.clear();
        if (field_.empty()) {
          state_ = State::quoted;
          quoted_field_ = true;
          return {};
        }
      }
      break;
    case State::unquoted:
      break;
  }
  switch (c) {
    case ';':
      return end_field();
    case '\n':
      return end_record(visit);
    case '\r':
      state_ = State::carriage_return;
      return {};
    case '"':
      return fail(ErrorCode::bad_format, Side::user,
                  "line {} has a quote inside a field; put the whole field in quotes and double the quote",
                  line_);
    default:
      if (state_ == State::quote_in_quoted)
        return fail(ErrorCode::bad_format, Side::user, "line {} has text after a closing quote", line_);
      field_.push_back(c);
      // A byte order mark is not yet text: a quote may follow it.
      if (!(record_.line == 1 && record_.fields.empty() && byte_order_mark.starts_with(field_)))
        state_ = State::unquoted;
      return {};
  }
}

Result<void> CsvReader::end_field() {
  if (record_.line == 1 && record_.fields.empty() && field_.starts_with(byte_order_mark) && !quoted_field_)
    field_.erase(0, byte_order_mark.size());
  if (!is_utf8(field_))
    return fail(ErrorCode::bad_encoding, Side::user,
                "the record of line {} is not UTF-8; save the file as UTF-8", record_.line);
  if (record_.fields.size() == limits_.fields)
    return fail(ErrorCode::over_limit, Side::user, "the record of line {} has more than {} fields",
                record_.line, limits_.fields);
  record_.fields.push_back(std::move(field_));
  field_.clear();
  quoted_field_ = false;
  state_ = State::field_start;
  return {};
}

Result<void> CsvReader::end_record(const Visit& visit) {
  const bool nothing =
      record_.fields.empty() && !quoted_field_ && (field_.empty() || field_ == byte_order_mark);
  if (nothing) {
    field_.clear();
  } else {
    KNOOP_TRY(end_field());
    KNOOP_TRY(visit(std::move(record_)));
  }
  next_line();
  record_ = CsvRecord{line_, {}};
  record_bytes_ = 0;
  state_ = State::field_start;
  return {};
}

CsvPlace CsvReader::place() const {
  return {static_cast<std::uint8_t>(state_),
          bytes_,
          line_,
          record_bytes_,
          quoted_field_,
          record_.line,
          record_.fields,
          to_bytes(field_)};
}

void CsvReader::go_on(const CsvPlace& place) {
  state_ = static_cast<State>(
      std::min<std::uint8_t>(place.state, static_cast<std::uint8_t>(State::carriage_return)));
  bytes_ = place.bytes;
  line_ = place.line;
  record_bytes_ = place.record_bytes;
  quoted_field_ = place.quoted_field;
  record_ = {place.record_line, place.cells};
  field_ = to_text(place.cell);
}

void CsvReader::next_line() {
  ++line_;
}

}  // namespace knoop
