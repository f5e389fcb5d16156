#include "node/http/problem.h"

#include <nlohmann/json.hpp>

#include "node/http/problem_words.h"

namespace knoop::http {
namespace {

/// "wrong-state" → "Wrong state".
std::string title_of(std::string_view code) {
  std::string title(code);
  for (char& c : title)
    if (c == '-') c = ' ';
  if (!title.empty() && title.front() >= 'a' && title.front() <= 'z')
    title.front() = static_cast<char>(title.front() - 'a' + 'A');
  return title;
}

nlohmann::json mistakes_in(std::string_view sentence) {
  nlohmann::json out = nlohmann::json::array();
  if (!sentence.starts_with(not_understood)) return out;
  sentence.remove_prefix(not_understood.size());
  while (!sentence.empty()) {
    const std::size_t end = sentence.find("; ");
    const std::string_view one = sentence.substr(0, end);
    const std::size_t space = one.find(' ');
    // "2 fields that this request does not have" is about no field that has a name.
    const bool named = space != std::string_view::npos && (one.front() < '0' || one.front() > '9');
    out.push_back({{"field", named ? nlohmann::json(one.substr(0, space)) : nlohmann::json()},
                   {"reason", named ? one.substr(space + 1) : one}});
    sentence = end == std::string_view::npos ? std::string_view() : sentence.substr(end + 2);
  }
  return out;
}

}  // namespace

unsigned status_of(const Error& error) {
  switch (error.code) {
    case ErrorCode::not_found:
    case ErrorCode::not_a_member:
      return 404;
    case ErrorCode::forbidden:
    case ErrorCode::no_consent:
      return 403;
    case ErrorCode::conflict:
    case ErrorCode::wrong_state:
    case ErrorCode::expired:
    case ErrorCode::not_fresh:
    case ErrorCode::clock_unsure:
    case ErrorCode::answer_gone:
      return 409;
    case ErrorCode::over_limit:
      return 413;
    case ErrorCode::not_signed_in:
    case ErrorCode::second_factor_needed:
    case ErrorCode::sign_in_refused:
      return 401;
    case ErrorCode::changed_meanwhile:
      return 412;
    case ErrorCode::key_used_again:
      return 422;
    case ErrorCode::quota:
    case ErrorCode::too_many_requests:
      return 429;
    case ErrorCode::io_failed:
    case ErrorCode::disk_full:
    case ErrorCode::damaged_database:
    case ErrorCode::database_busy:
    case ErrorCode::newer_schema:
      return 503;
    default:
      return error.side == Side::ours ? 500 : 400;
  }
}

std::string problem_text(const Error& error, unsigned status) {
  const std::string_view code = to_string(error.code);
  const ProblemWords words = words_of(error.code);
  nlohmann::json problem{{"type", "urn:knoop:problem:" + std::string(code)},
                         {"title", title_of(code)},
                         {"status", status},
                         {"code", code},
                         {"message", {{"nl", words.nl}, {"en", words.en}}},
                         {"detail", error.sentence},
                         {"side", to_string(error.side)}};
  if (nlohmann::json mistakes = mistakes_in(error.sentence); !mistakes.empty())
    problem["errors"] = std::move(mistakes);
  return problem.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace knoop::http
