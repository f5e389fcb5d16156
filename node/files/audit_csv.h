// The log as a table (docs/spec/exports.md): a line an entry, every field a column, separated by semicolons, UTF-8, lines ending
// in CR LF, quoted as RFC 4180 has it. What is not shown is an empty cell.
//
// A table is opened in spreadsheets, which run what begins like a formula: such a cell gets an apostrophe before it.
#pragma once

#include <string>

#include "protocol/audit/exported.h"

namespace knoop {

[[nodiscard]] std::string audit_csv_header();
[[nodiscard]] std::string audit_csv_line(const audit::ExportedEntry& entry);

}  // namespace knoop
