#include "node/http/problem.h"

#include <nlohmann/json.hpp>

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
      return 409;
    case ErrorCode::over_limit:
      return 413;
    case ErrorCode::quota:
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
  const nlohmann::json problem{{"type", "urn:knoop:problem:" + std::string(code)},
                               {"title", title_of(code)},
                               {"status", status},
                               {"code", code},
                               {"detail", error.sentence},
                               {"side", to_string(error.side)}};
  return problem.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace knoop::http
