// A node's log, exported and checked as a stranger would (R8.2).
#include <catch2/catch.hpp>
#include <fstream>

#include "node/files/audit_export.h"
#include "tests/sim/region.h"
#include "tools/knoop-verify/verify.h"

using namespace knoop;
using namespace knoop::sim;

namespace {

const Actor officer{Role::privacy_officer, "fg", "", std::nullopt, "command line"};

std::filesystem::path write_export(Region& region, SimNode& node, const std::string& name, bool redacted) {
  const auto begun = node.command<AuditExport>(
      [&](Context& context) { return begin_export(context, node.node().audit_log(), redacted); }, officer);
  REQUIRE(begun.has_value());
  const auto path = region.directory.path() / name;
  std::ofstream out(path, std::ios::binary);
  out << export_header_line(*begun);
  for (std::uint64_t from = 0; from < begun->size;) {
    const auto slice = node.command<std::vector<audit::ExportedEntry>>(
        [&](Context& context) { return export_slice(context, *begun, from); }, officer);
    REQUIRE(slice.has_value());
    REQUIRE_FALSE(slice->empty());
    for (const audit::ExportedEntry& entry : *slice) out << export_entry_line(entry);
    from += slice->size();
  }
  out << export_head_line(*begun);
  return path;
}

void log_reads(SimNode& node, int count) {
  REQUIRE(node.command<int>([&](Context& context) -> Result<int> {
                for (int i = 0; i < count; ++i)
                  KNOOP_TRY(context.audit({.event = audit::Event::client_read,
                                           .action = audit::Action::read,
                                           .user = "Zoë \"de\" Vries",
                                           .client = "SMW-1"}));
                return 0;
              })
              .has_value());
}

}  // namespace

TEST_CASE("R8.2: an export at night holds the hint that it raises itself, as its head does") {
  Region region(2, {{"smw-een", "smw"}, {"bjz-twee", "bjz"}});
  region.run_for(std::chrono::hours{14});  // from nine in the morning until eleven at night
  const auto path = write_export(region, region[0], "night.audit.jsonl", true);
  verifier::Request request;
  request.exports = {path};
  request.member = region[0].member();
  const auto reports = verifier::verify_exports(request);
  REQUIRE(reports.has_value());
  REQUIRE(reports->size() == 1);
  for (const audit::Finding& finding : reports->front().findings) UNSCOPED_INFO(finding.sentence);
  CHECK(reports->front().accepted());
}

TEST_CASE(
    "R8.2: what a node exports, knoop-verify accepts: redacted and open, and later exports contain earlier "
    "ones") {
  Region region(1, {{"smw-een", "smw"}, {"bjz-twee", "bjz"}});
  SimNode& node = region[0];
  log_reads(node, 700);  // more than one slice
  const auto first = write_export(region, node, "first.audit.jsonl", true);
  log_reads(node, 5);
  const auto second = write_export(region, node, "second.audit.jsonl", false);
  const auto convenant = region.directory.path() / "convenant.txt";
  std::ofstream(convenant, std::ios::binary) << region.convenant_note;

  verifier::Request request;
  request.exports = {first, second};
  request.convenants = {convenant};
  request.member = node.member();
  const auto reports = verifier::verify_exports(request);
  REQUIRE(reports.has_value());
  REQUIRE(reports->size() == 2);
  for (const verifier::Report& report : *reports) {
    INFO((report.unreadable ? report.unreadable->sentence : ""));
    for (const audit::Finding& finding : report.findings) UNSCOPED_INFO(finding.sentence);
    CHECK(report.accepted());
    CHECK(report.member_confirmed);
  }
  // The second export covers the head of the first. The first cannot reach the head of the second, and is not asked to.
  CHECK((*reports)[1].heads == 2);

  std::ifstream in(first);
  const std::string text{std::istreambuf_iterator<char>(in), {}};
  CHECK(text.find("Vries") == std::string::npos);
  CHECK(text.find("SMW-1") == std::string::npos);
}

TEST_CASE("R8.1: looking into the log is logged") {
  Region region(2, {{"smw-een", "smw"}});
  SimNode& node = region[0];
  log_reads(node, 3);
  const auto shown = node.command<LogPage>(
      [&](Context& context) { return read_log_of_client(context, "SMW-1", {}, 2); }, officer);
  REQUIRE(shown.has_value());
  CHECK(shown->entries.size() == 2);
  REQUIRE(shown->next);
  const auto rest = node.command<LogPage>(
      [&](Context& context) { return read_log_of_client(context, "SMW-1", shown->next, 2); }, officer);
  REQUIRE(rest.has_value());
  CHECK(rest->entries.size() == 1 + 1);  // and the first look
  const auto newest =
      node.command<LogPage>([&](Context& context) { return read_log(context, {}, 1); }, officer);
  REQUIRE(newest.has_value());
  REQUIRE(newest->entries.size() == 1);
  REQUIRE(newest->next);
  const auto before =
      node.command<LogPage>([&](Context& context) { return read_log(context, newest->next, 1); }, officer);
  REQUIRE(before.has_value());
  CHECK(before->entries.at(0).index + 1 == newest->entries[0].index);
  const auto& fields = newest->entries.front().fields;
  CHECK(std::get<audit::Opening>(fields[slot(audit::Field::event)]).value == "log.read");
  CHECK(std::get<audit::Opening>(fields[slot(audit::Field::user)]).value == "fg");
}
