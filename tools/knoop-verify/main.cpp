// knoop-verify: checks exported audit logs, and opens drawn handles of matching, without a node and without a network.
// Small enough to be read whole.
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>

#include "config/sealed_key.h"
#include "crypto/note.h"
#include "tools/knoop-verify/export_file.h"
#include "tools/knoop-verify/openings.h"
#include "tools/knoop-verify/page.h"
#include "tools/knoop-verify/verbs.h"
#include "tools/knoop-verify/verify.h"
#include "tools/terminal/passphrase.h"

namespace {

using namespace knoop;

using verifier::exit_accepted;
using verifier::exit_rejected;
using verifier::exit_unreadable;
using verifier::exit_usage;

constexpr const char* explanation =
    "Checks that an exported log is whole and unchanged up to its signed head, and that every disclosure in "
    "it was\n"
    "decided, rested on a consent or ground, and was receipted before. Names the first bad entry and why.\n"
    "\n"
    "Give --convenant or --member: without them the export itself says whose log it is.\n"
    "A convenant also names who must have witnessed the log: their cards come with their exports, or by "
    "--witness-card.\n"
    "Exit status: 0 accepted, 1 not accepted, 2 an export cannot be read or trusted, 3 wrong use.";

nlohmann::json as_json(const verifier::Report& report) {
  nlohmann::json out{{"file", report.file},
                     {"accepted", report.accepted()},
                     {"entries", report.entries},
                     {"disclosures", report.disclosures},
                     {"erasures", report.erasures},
                     {"redacted", report.redacted},
                     {"name", report.member_name},
                     {"heads", report.heads},
                     {"memberConfirmed", report.member_confirmed},
                     {"findings", nlohmann::json::array()}};
  if (report.origin) {
    out["origin"] = report.origin->text();
    out["member"] = report.origin->member.hex();
  }
  if (report.unreadable)
    out["error"] = {{"code", to_string(report.unreadable->code)}, {"sentence", report.unreadable->sentence}};
  if (report.witnesses.asked) {
    const verifier::Witnesses& by = report.witnesses;
    nlohmann::json too_few = nlohmann::json::array();
    for (const auto& head : by.too_few) too_few.push_back({{"size", head.size}, {"by", head.by}});
    out["witnesses"] = {{"named", by.named},        {"needed", by.quorum},
                        {"known", by.known},        {"judged", by.can_be_judged()},
                        {"witnessedSize", by.size}, {"by", by.by},
                        {"headsByTooFew", too_few}, {"disclosuresWaiting", by.waiting}};
    if (by.size > 0) out["witnesses"]["at"] = by.at.iso();
  }
  if (report.before) {
    const verifier::Before& before = *report.before;
    out["before"] = {{"incarnation", before.incarnation},
                     {"goesOnFrom", before.goes_on_from},
                     {"known", before.known},
                     {"leftOut", before.left_out()}};
    if (before.exported) out["before"]["lost"] = *before.lost();
  }
  if (const auto* first = report.first_bad()) {
    out["firstBad"] = {{"code", audit::to_string(first->code)}, {"sentence", first->sentence}};
    if (first->entry) out["firstBad"]["entry"] = *first->entry;
  }
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
  for (const std::string& sentence : verifier::sentences(report.witnesses)) fmt::print("  {}\n", sentence);
  if (report.before) fmt::print("  {}\n", verifier::sentence(*report.before));
  for (const audit::Finding& finding : report.findings)
    fmt::print("  {}: {}\n", audit::to_string(finding.code), finding.sentence);
}

Result<verifier::Request> request_from(const std::vector<std::string>& files,
                                       const std::vector<std::string>& heads,
                                       const std::vector<std::string>& cards,
                                       const std::vector<std::string>& keys,
                                       const std::vector<std::string>& convenants,
                                       const std::vector<std::string>& witness_cards,
                                       const std::string& member) {
  verifier::Request request;
  request.exports.assign(files.begin(), files.end());
  request.heads.assign(heads.begin(), heads.end());
  request.cards.assign(cards.begin(), cards.end());
  request.convenants.assign(convenants.begin(), convenants.end());
  request.witness_cards.assign(witness_cards.begin(), witness_cards.end());
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

struct OpeningsOptions {
  std::string file;
  std::vector<std::string> convenants;
  std::vector<std::string> keys;
  std::string list;
  std::string result;
  std::uint64_t not_found = 0;
  int passphrase_fd = -1;
};

Result<void> write_new(const std::string& path, std::string_view text) {
  // For its owner alone: the list names clients.
  const auto before = std::filesystem::status(path);
  if (std::filesystem::exists(before))
    return fail(ErrorCode::conflict, Side::user, "{} is there already; name another file", path);
  std::ofstream out(path, std::ios::binary);
  std::error_code error;
  std::filesystem::permissions(path, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write,
                               error);
  out << text;
  out.close();
  if (!out || error) return fail(ErrorCode::io_failed, Side::user, "{} cannot be written", path);
  return {};
}

Result<void> write_page(const std::string& path, const std::vector<verifier::Report>& reports) {
  const auto since = std::chrono::system_clock::now().time_since_epoch();
  const Timestamp now{std::chrono::duration_cast<Milliseconds>(since).count()};
  if (path == "-") {
    fmt::print("{}", verifier::page_text(reports, now));
    return {};
  }
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out << (path.ends_with(".html") ? verifier::page_html(reports, now) : verifier::page_text(reports, now));
  out.close();
  if (!out) return fail(ErrorCode::io_failed, Side::user, "{} cannot be written", path);
  return {};
}

Result<int> check_openings(const OpeningsOptions& options, bool json) {
  verifier::OpeningsRequest request;
  request.file = options.file;
  request.convenants.assign(options.convenants.begin(), options.convenants.end());
  cli::PassphraseSource passphrases(options.passphrase_fd);
  std::optional<SigningKeyPair> signing;
  for (const std::string& path : options.keys) {
    KNOOP_LET(text, verifier::read_text(path, max_sealed_key_bytes));
    KNOOP_LET(sealed, parse_sealed_key(text));
    if (sealed.use != KeyUse::auditor)
      return fail(ErrorCode::bad_key, Side::user, "{} is no key of an auditor", path);
    KNOOP_LET(passphrase, passphrases.ask("the key of " + sealed.name));
    KNOOP_LET(pair, open_sealed_key(sealed, passphrase.view()));
    request.keys.push_back(auditor_sealing_key(pair));
    if (!signing) signing = std::move(pair);
  }
  KNOOP_LET(report, verifier::verify_openings(request));
  if (!options.list.empty()) KNOOP_TRY(write_new(options.list, verifier::opened_as_csv(report)));
  const std::string text = verifier::result_text(report, options.not_found);
  if (!options.result.empty()) {
    if (signing->public_key != report.auditor.signing_key)
      return fail(ErrorCode::bad_key, Side::user,
                  "the first key is not that of the convenant's auditor, who alone signs the result");
    Note note{text, {}};
    KNOOP_TRY(sign_note(note, convenant_signer(signing->public_key), signing->secret_key));
    KNOOP_TRY(write_new(options.result, note.encode()));
  }
  if (json) {
    nlohmann::json out{
        {"accepted", report.accepted()}, {"result", text}, {"findings", nlohmann::json::array()}};
    for (const auto& finding : report.findings) {
      nlohmann::json item{{"code", to_string(finding.error.code)}, {"sentence", finding.error.sentence}};
      if (finding.handle) item["handle"] = *finding.handle;
      out["findings"].push_back(std::move(item));
    }
    fmt::print("{}\n", out.dump(2));
  } else {
    fmt::print("{}  {}\n{}", report.accepted() ? "ACCEPTED" : "REJECTED", options.file, text);
    for (const auto& finding : report.findings)
      fmt::print("  {}{}\n", finding.handle ? fmt::format("handle {}: ", *finding.handle) : "",
                 finding.error.sentence);
  }
  return report.accepted() && options.not_found == 0 ? exit_accepted : exit_rejected;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{explanation, "knoop-verify"};
  std::vector<std::string> files;
  std::vector<std::string> heads;
  std::vector<std::string> cards;
  std::vector<std::string> keys;
  std::vector<std::string> convenants;
  std::vector<std::string> witness_cards;
  std::string member;
  bool json = false;
  app.add_option("export", files, "Exported logs (*.audit.jsonl)");
  app.add_option("--head", heads,
                 "A signed head of one of these logs that was kept elsewhere; may be repeated");
  app.add_option("--card", cards, "A card of the member, instead of the one in the export; may be repeated");
  app.add_option("--key", keys, "A verifier key for the heads (name+hash+key), instead of any card");
  app.add_option("--convenant", convenants,
                 "Each version of the network's convenant, the first one first; repeated")
      ->allow_extra_args(false);
  app.add_option(
      "--witness-card", witness_cards,
      "A card of a witness, to judge who cosigned the heads; those of the exports count without it; "
      "may be repeated");
  app.add_option("--member", member, "Member id (hex) whose log it must be");
  app.add_flag("--json", json, "Write the result as JSON");
  std::string page;
  app.add_option(
      "--report,--rapport", page,
      "Also write one page in Dutch for the file: HTML when the name ends in .html, else text; - is stdout");

  OpeningsOptions openings;
  CLI::App* opening = app.add_subcommand(
      "openings",
      "Open the handles that were drawn after an epoch of matching (the auditor, at the registrant's)");
  opening->add_option("file", openings.file, "Openings, from 'knoop match openings'")->required();
  opening
      ->add_option("--convenant", openings.convenants,
                   "Each version of the convenant, the first one first; repeated")
      ->required();
  opening->add_option("--key", openings.keys, "The auditor's sealed key; older ones after it")->required();
  opening->add_option("--list", openings.list,
                      "Where to write what was opened, to be compared with the register of cases");
  opening->add_option("--not-in-register", openings.not_found,
                      "How many of the listed records the register of cases does not have");
  opening->add_option("--result", openings.result, "Where to write the signed counts, to be published");
  opening->add_option("--passphrase-fd", openings.passphrase_fd,
                      "Read the passphrases from this descriptor, a line for each key");
  opening->add_flag("--json", json, "Write the result as JSON");

  verifier::ReceiptRequest receipt;
  CLI::App* receipts = app.add_subcommand(
      "receipt", "Check a double-signed receipt of a release: what was given to whom, and that both signed");
  receipts->add_option("file", receipt.file, "A receipt, from 'knoop receipt export'")->required();
  receipts->add_option("--convenant", receipt.convenants,
                       "Each version of the convenant, the first one first; repeated");
  receipts->add_option("--card", receipt.cards, "A card of the time of the release; may be repeated");
  receipts->add_flag("--json", json, "Write the result as JSON");

  verifier::ProofRequest proof;
  CLI::App* proofs = app.add_subcommand(
      "proof",
      "Check that an entry stands in a log, under a head that its owner signed and witnesses cosigned");
  proofs->add_option("file", proof.file, "A proof, from 'knoop audit proof'")->required();
  proofs->add_option("--card", proof.cards, "Cards of the log's member and of its witnesses; repeated")
      ->required();
  proofs->add_option("--convenant", proof.convenants,
                     "Each version of the convenant, the first one first; repeated");
  proofs->add_option("--export", proof.exported, "An exported log that shows the entry");
  proofs->add_flag("--json", json, "Write the result as JSON");

  verifier::DestructionRequest destruction;
  CLI::App* destructions = app.add_subcommand(
      "destruction",
      "Check the proof of a destruction (bewijs van vernietiging): who signed what, and its log entry");
  destructions->add_option("file", destruction.file, "A proof, from 'knoop subject proof'")->required();
  destructions
      ->add_option("--card", destruction.cards,
                   "Cards of the owner, the receivers and the witnesses; repeated")
      ->required();
  destructions->add_option("--convenant", destruction.convenants,
                           "Each version of the convenant, the first one first; repeated");
  destructions->add_option("--export", destruction.exported,
                           "An export of the owner's log, which shows the entry");
  destructions->add_flag("--json", json, "Write the result as JSON");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? exit_accepted : exit_usage;
  }

  if (opening->parsed()) {
    const auto status = check_openings(openings, json);
    if (status) return *status;
    fmt::print(stderr, "knoop-verify: {}\n", status.error().sentence);
    return exit_unreadable;
  }
  if (receipts->parsed()) return verifier::check_receipt(receipt, json);
  if (proofs->parsed()) return verifier::check_proof(proof, json);
  if (destructions->parsed()) return verifier::check_destruction(destruction, json);
  if (files.empty()) {
    fmt::print(stderr, "knoop-verify: name at least one exported log, or see --help\n");
    return exit_usage;
  }

  const auto request = request_from(files, heads, cards, keys, convenants, witness_cards, member);
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
  if (!page.empty())
    if (const auto written = write_page(page, *reports); !written) {
      fmt::print(stderr, "knoop-verify: {}\n", written.error().sentence);
      return exit_usage;
    }
  return status;
}
