// A client's report (node/core/subject_report.h) as JSON for programs, and as a page of HTML in plain Dutch for the client: no scripts, nothing
// fetched, prints on A4. The page is made from the JSON, so both say the same, and a report that came in slices is one
// page. Every text in it is escaped, whoever typed it.
#pragma once

#include <string>

#include "node/core/subject_report.h"

namespace knoop {

/// docs/spec/exports.md, "Subject report".
[[nodiscard]] std::string subject_report_json(const SubjectReport& report);
/// Of a document in that form that holds all lines; what is missing in it is left out.
[[nodiscard]] std::string subject_report_html(std::string_view json);

}  // namespace knoop
