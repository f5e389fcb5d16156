// An exported log as knoop-verify reads it: one line of the input is the header or the head, the others are entries.
#include <cstdlib>

#include "protocol/audit/check.h"
#include "tools/knoop-verify/export_file.h"
#include "tools/knoop-verify/plain_line.h"

using namespace knoop;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view rest = text_view({data, size});
  audit::LogOrigin origin;
  audit::LogChecker checker(origin, {Checkpoint{origin.text(), 2, {}, {}}});
  while (!rest.empty()) {
    const std::size_t end = rest.find('\n');
    const std::string_view line = rest.substr(0, end);
    rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
    if (const auto header = verifier::parse_header(line)) static_cast<void>(header->origin.text());
    if (verifier::is_checkpoint(line)) static_cast<void>(verifier::parse_footer(line));
    if (const auto plain = verifier::read_plain_entry(line)) {
      const auto any = verifier::parse_any_entry(line);
      if (!any || any->index != plain->index || any->leaf != plain->leaf || any->fields != plain->fields)
        std::abort();  // two readers saw two meanings
    }
    if (const auto entry = verifier::parse_entry(line)) checker.add(*entry);
  }
  return checker.finish().size() > audit::max_findings ? 1 : 0;
}
