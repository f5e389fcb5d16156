// A client's report (R8.3): GET gives everything and the first lines of the log, `next` names where the next GET goes on.
#include "node/core/subject_report.h"
#include "node/files/subject_page.h"
#include "node/http/api_routes.h"
#include "node/http/fields.h"
#include "node/http/page.h"

namespace knoop::http {
namespace {

/// The report as its own file has it; where it goes on is a cursor here ("2:1500": log and entry).
Json as_json(const std::string& text) {
  Json out = Json::parse(text);
  const auto next = out.find("next");
  if (next == out.end()) return out;
  auto place = next->get<std::string>();
  std::ranges::replace(place, ':', '.');
  *next = next_page("subject-report", place);
  return out;
}

Result<Reply> report(Node&, Context& context, const Request& request) {
  const std::string& client = request.param("ref");
  KNOOP_LET(page, page_of(request, "subject-report", longest_page));
  if (page.after.empty()) {
    KNOOP_LET(whole, subject_report(context, client));
    return Reply{200, as_json(subject_report_json(whole))};
  }
  KNOOP_LET(place, place_from(page.after));
  KNOOP_LET(entry, number_from<std::int64_t>(place.second));
  if (place.first < 1 || place.first > UINT32_MAX)
    return fail(ErrorCode::bad_value, Side::user, "cursor names no log");
  KNOOP_LET(lines, subject_report_lines(
                       context, client,
                       {static_cast<std::uint32_t>(place.first), static_cast<std::uint64_t>(entry)}));
  return Reply{200, as_json(subject_report_json(lines))};
}

}  // namespace

void add_subject_report_routes(Router& router) {
  router.get("/api/v1/clients/{ref}/subject-report", {Role::privacy_officer}, {"cursor"}, report);
}

}  // namespace knoop::http
