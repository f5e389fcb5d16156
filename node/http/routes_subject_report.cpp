// A client's report (R8.3): GET gives everything and the first lines of the log, `next` names where the next GET goes on.
#include "node/core/subject_report.h"
#include "node/files/subject_page.h"
#include "node/http/api_routes.h"
#include "node/http/fields.h"

namespace knoop::http {
namespace {

/// "2:1500": log and entry, as `next` said it.
Result<storage::AuditPlace> place_from(std::string_view text) {
  const std::size_t colon = text.find(':');
  const auto log = number_from<std::int64_t>(text.substr(0, colon));
  const auto entry = number_from<std::int64_t>(colon == std::string_view::npos ? "" : text.substr(colon + 1));
  if (!log || !entry || *log < 1 || *log > UINT32_MAX)
    return fail(ErrorCode::bad_value, Side::user, "from must be what \"next\" said, such as 1:500");
  return storage::AuditPlace{static_cast<std::uint32_t>(*log), static_cast<std::uint64_t>(*entry)};
}

Result<Reply> report(Node&, Context& context, const Request& request) {
  const std::string& client = request.param("ref");
  const auto from = request.query_value("from");
  if (!from) {
    KNOOP_LET(whole, subject_report(context, client));
    return Reply{200, Json::parse(subject_report_json(whole))};
  }
  KNOOP_LET(place, place_from(*from));
  KNOOP_LET(lines, subject_report_lines(context, client, place));
  return Reply{200, Json::parse(subject_report_json(lines))};
}

}  // namespace

void add_subject_report_routes(Router& router) {
  router.get("/api/v1/clients/{ref}/subject-report", {Role::privacy_officer}, {"from"}, report);
}

}  // namespace knoop::http
