#include "node/files/object_reader.h"

#include <algorithm>

#include "crypto/base/utf8.h"

namespace knoop {
namespace {

constexpr std::string_view mark = "\xEF\xBB\xBF";

bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

}  // namespace

Result<void> ObjectReader::feed(ByteView chunk, const Visit& visit) {
  bytes_ += chunk.size();
  if (bytes_ > limits_.file_bytes)
    return fail(ErrorCode::over_limit, Side::user, "the file is longer than {} bytes, the configured limit",
                limits_.file_bytes);
  std::string_view text = text_view(chunk);
  if (state_ == State::undecided) {
    KNOOP_LET(rest, decide(text, visit));
    text = rest;
  }
  if (state_ == State::lines) return lines_.feed(view(text), visit);
  for (const char c : text) KNOOP_TRY(take(c, visit));
  return {};
}

/// What is left of `text` once it is known what the file is; nothing while it is not.
Result<std::string_view> ObjectReader::decide(std::string_view text, const Visit& visit) {
  while (!text.empty()) {
    const char c = text.front();
    const bool in_mark = begin_.size() < mark.size() && mark.starts_with(begin_) && c == mark[begin_.size()];
    if (!is_space(c) && !in_mark) {
      state_ = c == '[' ? State::before_first : State::lines;
      if (state_ == State::before_first) return text.substr(1);
      KNOOP_TRY(lines_.feed(view(begin_), visit));
      return text;
    }
    begin_ += c;
    if (begin_.size() > limits_.record_bytes)
      return fail(ErrorCode::over_limit, Side::user, "the file begins with more than {} bytes of nothing",
                  limits_.record_bytes);
    text.remove_prefix(1);
  }
  return text;
}

Result<void> ObjectReader::take(char c, const Visit& visit) {
  switch (state_) {
    case State::before_first:
    case State::before_value:
      if (is_space(c)) return {};
      if (c == ']' && state_ == State::before_first) {
        state_ = State::behind;
        return {};
      }
      ++place_;
      state_ = State::in_value;
      return take_in_value(c, visit);
    case State::in_value:
      return take_in_value(c, visit);
    case State::behind:
      if (is_space(c)) return {};
      return fail(ErrorCode::bad_format, Side::user, "something stands behind the end of the array");
    case State::undecided:
    case State::lines:
      break;
  }
  return {};
}

Result<void> ObjectReader::take_in_value(char c, const Visit& visit) {
  if (!in_string_ && depth_ == 0 && (c == ',' || c == ']')) {
    KNOOP_TRY(end_value(visit));
    state_ = c == ',' ? State::before_value : State::behind;
    return {};
  }
  if (in_string_) {
    if (!escaped_ && c == '"') in_string_ = false;
    escaped_ = !escaped_ && c == '\\';
  } else if (c == '"') {
    in_string_ = true;
  } else if (c == '{' || c == '[') {
    ++depth_;
  } else if ((c == '}' || c == ']') && depth_ > 0) {
    --depth_;
  }
  if (text_.size() == limits_.record_bytes)
    return fail(ErrorCode::over_limit, Side::user, "object {} is longer than {} bytes", place_,
                limits_.record_bytes);
  text_ += c;
  return {};
}

Result<void> ObjectReader::end_value(const Visit& visit) {
  if (text_.empty()) return fail(ErrorCode::bad_format, Side::user, "a comma in the array has no object");
  if (!is_utf8(text_) || text_.find('\0') != std::string::npos)
    return fail(ErrorCode::bad_encoding, Side::user, "object {} is not UTF-8; save the file as UTF-8",
                place_);
  KNOOP_TRY(visit(place_, text_));
  text_.clear();
  return {};
}

ObjectPlace ObjectReader::place() const {
  return {static_cast<std::uint8_t>(state_),
          lines_.place(),
          to_bytes(begin_),
          bytes_,
          place_,
          to_bytes(text_),
          depth_,
          in_string_,
          escaped_};
}

void ObjectReader::go_on(const ObjectPlace& place) {
  state_ = static_cast<State>(std::min<std::uint8_t>(place.state, static_cast<std::uint8_t>(State::behind)));
  lines_.go_on(place.lines);
  begin_ = to_text(place.begin);
  bytes_ = place.bytes;
  place_ = place.place;
  text_ = to_text(place.text);
  depth_ = place.depth;
  in_string_ = place.in_string;
  escaped_ = place.escaped;
}

Result<void> ObjectReader::finish(const Visit& visit) {
  switch (state_) {
    case State::lines:
      return lines_.finish(visit);
    case State::behind:
      return {};
    case State::undecided:
      // Nothing but spaces, or the beginning of a mark that never came.
      KNOOP_TRY(lines_.feed(view(begin_), visit));
      return lines_.finish(visit);
    case State::before_first:
    case State::before_value:
    case State::in_value:
      break;
  }
  return fail(ErrorCode::bad_format, Side::user, "the array is never closed; the file may have been cut");
}

}  // namespace knoop
