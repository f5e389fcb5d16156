// Own records as lines of the files that an import takes (docs/spec/import.md): what is written here, import_reader.h reads
// back to the same record. Values stand as they are, also those that a spreadsheet would run (a name beginning with "="): an
// import must find what was exported. These files are for programs.
#pragma once

#include "protocol/records/rows.h"

namespace knoop {

/// The line that names the columns; empty where there is none (JSON).
[[nodiscard]] std::string record_header(records::ImportFile file, records::ImportForm form);
[[nodiscard]] std::string client_line(const records::Client& client, const records::ClientExtras& extras,
                                      records::ImportForm form);
[[nodiscard]] std::string involvement_line(std::string_view client_ref,
                                           const records::Involvement& involvement, records::ImportForm form);
/// JSON, whatever the form of the others.
[[nodiscard]] std::string fragment_line(std::string_view client_ref, const records::Fragment& fragment);

}  // namespace knoop
