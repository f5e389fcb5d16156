#include "node/files/audit_csv.h"

#include <algorithm>
#include <catch2/catch.hpp>

#include "tests/support/test_entropy.h"

using namespace knoop;

namespace {

audit::ExportedEntry entry(const std::string& user, bool redacted) {
  TestEntropy entropy;
  const auto sealed = audit::seal(
      7, Timestamp{1'800'000'000'000},
      {.event = audit::Event::client_read, .user = user, .client = "C-1", .detail = "=1+1"}, entropy);
  return audit::export_entry(sealed.value(), redacted);
}

}  // namespace

TEST_CASE("the log as a table: a column a field, in one line, quoted") {
  const std::string header = audit_csv_header();
  CHECK(header.starts_with("index;time;event;outcome;"));
  CHECK(header.ends_with(";leaf\r\n"));
  const std::string line = audit_csv_line(entry("Zoë \"de\" Vries; jr", false));
  CHECK(line.starts_with("\"7\";\"2027-01-15T08:00:00.000Z\";\"client.read\";\"success\";"));
  CHECK(line.find("\"Zoë \"\"de\"\" Vries; jr\"") != std::string::npos);
  CHECK(line.ends_with("\r\n"));
  CHECK(std::ranges::count(header, ';') == static_cast<std::ptrdiff_t>(audit::field_count));
}

TEST_CASE("hostile: what a spreadsheet would run as a formula is text in the table") {
  CHECK(audit_csv_line(entry("a", false)).find("\"'=1+1\"") != std::string::npos);
  for (const char* user : {"=cmd()", "+1", "-1", "@sum", "\t=1", "\r=1"})
    CHECK(audit_csv_line(entry(user, false)).find(std::string(";\"'") + user) != std::string::npos);
}

TEST_CASE("a redacted table names nobody") {
  const std::string line = audit_csv_line(entry("c.jansen", true));
  CHECK(line.find("jansen") == std::string::npos);
  CHECK(line.find("C-1") == std::string::npos);
  CHECK(line.find("client.read") != std::string::npos);
  CHECK(std::ranges::count(line, ';') == static_cast<std::ptrdiff_t>(audit::field_count));
}
