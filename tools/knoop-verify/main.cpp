// knoop-verify: checks exported audit logs without a node and without a network. Small enough to be read whole.
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <iostream>
#include <nlohmann/json.hpp>

#include "tools/knoop-verify/verify.h"

namespace {

using namespace knoop;

constexpr int exit_accepted = 0;
constexpr int exit_rejected = 1;
constexpr int exit_unreadable = 2;
constexpr int exit_usage = 3;

constexpr const char* explanation =
    "Checks that an exported log is whole and unchanged up to its signed head, and that every disclosure in "
    "it was\n"
    "decided, rested on a consent or ground, and was receipted before. Names the first bad entry and why.\n"
    "\n"
    "Give --convenant or --member: without them the export itself says whose log it is.\n"
    "Exit status: 0 accepted, 1 not accepted, 2 an export cannot be read or trusted, 3 wrong use.";

nlohmann::json as_json(const verifier::Report& report) {
  nlohmann::json out{{"file", report.file},
                     {"accepted", report.accepted()},
                     {"entries", report.entries},
                     {"disclosures", report.disclosures},
                     {"heads", report.heads},
                     {"memberConfirmed", report.member_confirmed},
                     {"findings", nlohmann::json::array()}};
  if (report.origin) {
    out["origin"] = report.origin->text();
    out["member"] = report.origin->member.hex();
  }
  if (report.unreadable)
    out["error"] = {{"code", to_string(report.unreadable->code)}, {"sentence", report.unreadable->sentence}};
  for (const audit::Finding& finding : report.findings) {
    nlohmann::json item{{"code", audit::to_string(finding.code)}, {"sentence", finding.sentence}};
    if (finding.entry) item["entry"] = *finding.entry;
    out["findings"].push_back(std::move(item));
  }
  return out;
}

void say(const verifier::Report& report) {
  if (report.unreadable) {
    fmt::print("UNREADABLE  {}\n  {}\n", report.file, report.unreadable->sentence);
    return;
  }
  fmt::print("{}  {}\n  {} entries, {} disclosures, compared with {} signed head{}\n",
             report.accepted() ? "ACCEPTED" : "REJECTED", report.file, report.entries, report.disclosures,
             report.heads, report.heads == 1 ? "" : "s");
  if (!report.member_confirmed && report.origin)
    fmt::print("  member {} by the export's own word: compare it with the convenant\n",
               report.origin->member.hex());
  for (const audit::Finding& finding : report.findings)
    fmt::print("  {}: {}\n", audit::to_string(finding.code), finding.sentence);
}

Result<verifier::Request> request_from(const std::vector<std::string>& files,
                                       const std::vector<std::string>& heads,
                                       const std::vector<std::string>& cards,
                                       const std::vector<std::string>& keys, const std::string& convenant,
                                       const std::string& member) {
  verifier::Request request;
  request.exports.assign(files.begin(), files.end());
  request.heads.assign(heads.begin(), heads.end());
  request.cards.assign(cards.begin(), cards.end());
  if (!convenant.empty()) request.convenant = convenant;
  if (!member.empty()) {
    KNOOP_LET(id, MemberId::from_hex(member));
    request.member = id;
  }
  for (const std::string& key : keys) {
    KNOOP_LET(verifier, NoteVerifier::parse(key));
    request.keys.push_back(std::move(verifier));
  }
  return request;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{explanation, "knoop-verify"};
  std::vector<std::string> files;
  std::vector<std::string> heads;
  std::vector<std::string> cards;
  std::vector<std::string> keys;
  std::string convenant;
  std::string member;
  bool json = false;
  app.add_option("export", files, "Exported logs (*.audit.jsonl)")->required();
  app.add_option("--head", heads,
                 "A signed head of one of these logs that was kept elsewhere; may be repeated");
  app.add_option("--card", cards, "A card of the member, instead of the one in the export; may be repeated");
  app.add_option("--key", keys, "A verifier key for the heads (name+hash+key), instead of any card");
  app.add_option("--convenant", convenant, "The first version of the network's convenant");
  app.add_option("--member", member, "Member id (hex) whose log it must be");
  app.add_flag("--json", json, "Write the result as JSON");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? exit_accepted : exit_usage;
  }

  const auto request = request_from(files, heads, cards, keys, convenant, member);
  const auto reports = request
                           ? verifier::verify_exports(*request)
                           : Result<std::vector<verifier::Report>>(tl::unexpected<Error>(request.error()));
  if (!reports) {
    fmt::print(stderr, "knoop-verify: {}\n", reports.error().sentence);
    return exit_usage;
  }

  int status = exit_accepted;
  auto all = nlohmann::json::array();
  for (const verifier::Report& report : *reports) {
    if (json)
      all.push_back(as_json(report));
    else
      say(report);
    const int own = report.unreadable ? exit_unreadable : report.accepted() ? exit_accepted : exit_rejected;
    status = std::max(status, own);
  }
  if (json) fmt::print("{}\n", all.dump(2, ' ', false, nlohmann::json::error_handler_t::replace));
  return status;
}
