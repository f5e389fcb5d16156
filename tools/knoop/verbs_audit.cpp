// `knoop audit …`: the tamper-evident log (R8), read, exported and checked.
#include <sys/stat.h>

#include <algorithm>
#include <fstream>

#include "node/core/log_on_disk.h"
#include "tools/knoop-verify/verify.h"
#include "tools/knoop/node_files.h"
#include "tools/knoop/verbs.h"
#include "tools/terminal/on_thread.h"

namespace knoop::cli {
namespace {

Result<int> show(Program& program, const std::string& client, unsigned limit) {
  Json entries = Json::array();
  std::string next;
  do {
    KNOOP_LET(
        page,
        program.get(with_query(
            "/api/v1/audit-entries",
            {{"client", client}, {"limit", client.empty() ? std::to_string(limit) : ""}, {"cursor", next}})));
    for (Json& one : page["entries"]) entries.push_back(std::move(one));
    next = cell(page, "next");
  } while (!client.empty() && !next.empty());
  program.print(entries, [&] {
    Table table({"INDEX", "TIME", "EVENT", "OUTCOME", "USER", "ROLE", "PEER", "CLIENT", "OBJECT", "DETAIL"});
    for (const Json& one : entries)
      table.add({cell(one, "index"), cell(one, "time"), cell(one, "event"), cell(one, "outcome"),
                 cell(one, "user"), cell(one, "role"), cell(one, "peerName"), cell(one, "client"),
                 cell(one, "object"), cell(one, "detail")});
    return table.text();
  });
  return ExitCode::done;
}

Result<int> head(Program& program) {
  KNOOP_LET(answer, program.get("/api/v1/audit-head"));
  program.print(answer, [&] { return cell(answer, "note"); });
  return ExitCode::done;
}

std::string witnessed_by(const Json& log) {
  std::string out;
  for (const Json& one : log["witnessedBy"]) {
    if (!one.contains("at")) continue;
    out += fmt::format("{}{} {}", out.empty() ? "" : ", ", cell(one, "id"), cell(one, "at").substr(0, 16));
  }
  return out;
}

std::string findings_of(const Json& log) {
  if (log.value("own", false)) {
    if (log.value("setBack", false)) return "set back";
    return cell(log, "state") == "in-time" ? "" : cell(log, "state");
  }
  std::string out;
  for (const auto& [name, count] : log["evidence"].items())
    if (count != 0) out += fmt::format("{}{} {}", out.empty() ? "" : ", ", count.dump(), name);
  return out;
}

Result<int> heads(Program& program) {
  KNOOP_LET(answer, program.get("/api/v1/audit-heads"));
  program.print(answer, [&] {
    Table table({"LOG OF", "INCARNATION", "SIZE", "WITNESSED", "AT", "BY", "FINDINGS"});
    for (const Json& log : answer["logs"])
      table.add({cell(log, "id"), cell(log, "incarnation"), cell(log, "size"),
                 log.value("watched", false) ? cell(log, "witnessedSize") : "no witnesses",
                 cell(log, "witnessedAt").substr(0, 19), witnessed_by(log), findings_of(log)});
    std::string out = table.text();
    if (answer["proofs"].empty()) return out;
    Table proofs({"RELEASE FROM", "EXCHANGE", "ENTRY", "SINCE", "PROOF"});
    for (const Json& one : answer["proofs"])
      proofs.add({cell(one, "peer"), cell(one, "exchange"), cell(one, "index"), cell(one, "since"),
                  cell(one, "state")});
    return out + "\n" + proofs.text();
  });
  return ExitCode::done;
}

Result<int> proof(Program& program, std::uint64_t index, std::uint32_t log, const std::string& path) {
  KNOOP_LET(answer, program.get(fmt::format("/api/v1/audit-proof?index={}&incarnation={}", index, log)));
  if (!path.empty()) {
    std::ofstream file(path, std::ios::binary | std::ios::trunc);
    file << cell(answer, "proof");
    if (!file.flush())
      return fail(ErrorCode::io_failed, Side::user,
                  "{} cannot be written; name a file in a folder that exists", path);
  }
  program.print(answer, [&] {
    return path.empty() ? cell(answer, "proof")
                        : fmt::format("The proof of entry {} is in {}\n", index, path);
  });
  return ExitCode::done;
}

/// Slices are written as they come: a log of a million entries must not pass through memory whole.
Result<int> export_log(Program& program, const std::string& path, bool open, const std::string& form,
                       std::uint32_t log, const std::string& reason) {
  KNOOP_LET(begun,
            program.post("/api/v1/audit-exports",
                         {{"open", open}, {"format", form}, {"incarnation", log}, {"reason", reason}}));
  const auto cannot_write = [&] {
    return fail(ErrorCode::io_failed, Side::user, "{} cannot be written; name a file in a folder that exists",
                path);
  };
  // With openings the file names people: for its owner alone.
  const mode_t before = ::umask(open ? 0077 : 0027);
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  ::umask(before);
  if (!file) return cannot_write();
  file << cell(begun, "header");
  const auto size = begun.value("size", std::uint64_t{0});
  for (std::uint64_t from = 0; from < size;) {
    KNOOP_LET(slice, program.get(fmt::format(
                         "/api/v1/audit-export-lines?from={}&size={}&open={}&format={}&incarnation={}", from,
                         size, open, form, cell(begun, "incarnation"))));
    const auto count = slice.value("count", std::uint64_t{0});
    if (count == 0)
      return fail(ErrorCode::bad_format, Side::ours, "the node gave {} of {} entries of its log", from, size);
    file << cell(slice, "lines");
    from += count;
  }
  file << cell(begun, "footer");
  if (!file.flush()) return cannot_write();
  program.print({{"file", path}, {"entries", size}, {"redacted", !open}}, [&] {
    return form == "jsonl"
               ? fmt::format("{} entries written to {}. Check them with: knoop-verify {}\n", size, path, path)
               : fmt::format("{} entries written to {}\n", size, path);
  });
  return ExitCode::done;
}

struct Verify {
  std::vector<std::string> files;
  std::vector<std::string> heads;
  std::vector<std::string> convenants;
  std::vector<std::string> witness_cards;
  std::string member;
};

std::string report_lines(const verifier::Report& report) {
  if (report.unreadable)
    return fmt::format("UNREADABLE  {}\n  {}\n", report.file, report.unreadable->sentence);
  std::string out = fmt::format("{}  {}\n  {} entries, {} disclosures, compared with {} signed heads\n",
                                report.accepted() ? "ACCEPTED" : "REJECTED", report.file, report.entries,
                                report.disclosures, report.heads);
  for (const std::string& sentence : verifier::sentences(report.witnesses)) out += "  " + sentence + "\n";
  if (report.before) out += "  " + verifier::sentence(*report.before) + "\n";
  for (const audit::Finding& finding : report.findings)
    out += fmt::format("  {}: {}\n", audit::to_string(finding.code), finding.sentence);
  return out;
}

/// On the node's own files, which a stopped node leaves free.
Result<int> verify_own(Program& program, const Verify& options) {
  std::vector<std::string> heads;
  for (const std::string& path : options.heads) {
    KNOOP_LET(note, read_file(path, 64UL * 1024));
    heads.push_back(std::move(note));
  }
  KNOOP_LET(settings, program.settings());
  KNOOP_LET(database, open_database(settings, program.passphrases()));
  KNOOP_LET(tx, database->begin());
  Membership membership;
  KNOOP_TRY(membership.load(tx));
  KNOOP_LET(logs, check_log_on_disk(tx, membership, heads, on_threads()));
  Json answer = Json::array();
  std::string lines;
  bool accepted = true;
  for (const DiskLog& log : logs) {
    Json findings = Json::array();
    std::string sentences;
    for (const audit::Finding& finding : log.findings) {
      findings.push_back({{"code", audit::to_string(finding.code)}, {"detail", finding.sentence}});
      if (finding.entry) findings.back()["entry"] = *finding.entry;
      sentences += fmt::format("  {}: {}\n", audit::to_string(finding.code), finding.sentence);
    }
    accepted = accepted && log.findings.empty();
    answer.push_back({{"origin", log.origin.text()},
                      {"accepted", log.findings.empty()},
                      {"entries", log.entries},
                      {"disclosures", log.disclosures},
                      {"heads", log.heads},
                      {"uncovered", log.uncovered},
                      {"findings", std::move(findings)}});
    lines += fmt::format(
        "{}  log {}\n  {} entries, {} disclosures, compared with {} signed heads; {} entries newer than "
        "these\n{}",
        log.findings.empty() ? "ACCEPTED" : "REJECTED", log.origin.incarnation, log.entries, log.disclosures,
        log.heads, log.uncovered, sentences);
  }
  program.print(answer, [&] { return lines; });
  return accepted ? ExitCode::done : ExitCode::findings;
}

Result<int> verify(Program& program, const Verify& options) {
  if (options.files.empty()) return verify_own(program, options);
  verifier::Request request;
  request.exports.assign(options.files.begin(), options.files.end());
  request.heads.assign(options.heads.begin(), options.heads.end());
  request.convenants.assign(options.convenants.begin(), options.convenants.end());
  request.witness_cards.assign(options.witness_cards.begin(), options.witness_cards.end());
  if (!options.member.empty()) {
    KNOOP_LET(member, MemberId::from_hex(options.member));
    request.member = member;
  }
  KNOOP_LET(reports, verifier::verify_exports(request));
  Json answer = Json::array();
  std::string lines;
  for (const verifier::Report& report : reports) {
    Json findings = Json::array();
    for (const audit::Finding& finding : report.findings)
      findings.push_back({{"code", audit::to_string(finding.code)}, {"detail", finding.sentence}});
    answer.push_back({{"file", report.file},
                      {"accepted", report.accepted()},
                      {"entries", report.entries},
                      {"disclosures", report.disclosures},
                      {"heads", report.heads},
                      {"memberConfirmed", report.member_confirmed},
                      {"findings", findings}});
    if (report.before && report.before->exported) answer.back()["lostBefore"] = *report.before->lost();
    if (report.unreadable) answer.back()["error"] = report.unreadable->sentence;
    lines += report_lines(report);
  }
  program.print(answer, [&] { return lines; });
  return std::ranges::all_of(reports, &verifier::Report::accepted) ? ExitCode::done : ExitCode::findings;
}

Result<int> loss(Program& program) {
  KNOOP_LET(answer, program.get("/api/v1/audit-incarnation"));
  program.print(answer, [&] {
    if (!answer.value("setBack", false))
      return fmt::format("Nobody knows more of this log than this node does: {} entries in log {}.\n",
                         cell(answer, "size"), cell(answer, "incarnation"));
    std::string out = fmt::format(
        "This node was set back to a copy: log {} has {} entries here.\n{} of {} witnesses were heard; {} "
        "are "
        "needed.\n{} clients whose consents will be in doubt, {} fragments of others that will open in an "
        "emergency only, {} messages that wait.\n{}\n",
        cell(answer, "incarnation"), cell(answer, "size"), cell(answer, "heard"), cell(answer, "witnesses"),
        cell(answer, "quorum"), cell(answer, "clients"), cell(answer, "loans"), cell(answer, "waiting"),
        cell(answer, "staysLost"));
    if (!answer.contains("head")) return out + "No head of this log is known yet.\n";
    const Json& head = answer["head"];
    return out + fmt::format(
                     "The newest head that is known is of log {}, with {} entries. To go on from there:\n"
                     "  knoop audit incarnation open --size {} --root {} --reason '...'\n",
                     cell(head, "incarnation"), cell(head, "size"), cell(head, "size"), cell(head, "root"));
  });
  return ExitCode::done;
}

Result<int> open_next(Program& program, std::uint64_t size, const std::string& root,
                      const std::string& reason) {
  KNOOP_LET(answer,
            program.post("/api/v1/audit-incarnations", {{"size", size}, {"root", root}, {"reason", reason}}));
  program.print(answer, [&] {
    return fmt::format(
        "Log {} is open. Consents and grounds count again when a professional has looked at them: knoop "
        "consent "
        "doubts\n",
        cell(answer, "incarnation"));
  });
  return ExitCode::done;
}

Result<int> later_logs(Program& program) {
  KNOOP_LET(answer, program.get("/api/v1/member-incarnations"));
  program.print(answer, [&] {
    Table table({"LOG OF", "INCARNATION", "GOES ON FROM", "SEEN", "STATE"});
    for (const Json& one : answer["incarnations"])
      table.add({cell(one, "id"), cell(one, "incarnation"), cell(one, "goesOnFrom"),
                 cell(one, "seen").substr(0, 19), cell(one, "state")});
    return table.text();
  });
  return ExitCode::done;
}

Result<int> allow_later_log(Program& program, const std::string& member, const std::string& reason) {
  KNOOP_LET(answer,
            program.post("/api/v1/member-incarnations/" + member + "/allowance", {{"reason", reason}}));
  program.print(answer, [&] { return fmt::format("The later log of {} is allowed.\n", member); });
  return ExitCode::done;
}

void add_incarnation_verbs(CLI::App& audit, Program& program) {
  CLI::App* noun = audit.add_subcommand("incarnation", "Logs that go on after a restore from a backup");
  noun->require_subcommand(1);
  program.verb(*noun, "show", "What this node lost, if it was set back to a copy",
               [&program] { return loss(program); });
  auto size = std::make_shared<std::uint64_t>(0);
  auto root = std::make_shared<std::string>();
  auto reason = std::make_shared<std::string>();
  CLI::App* verb =
      program.verb(*noun, "open", "Go on in a next log, from the head that show names",
                   [&program, size, root, reason] { return open_next(program, *size, *root, *reason); });
  verb->add_option("--size", *size, "Entries of that head")->required();
  verb->add_option("--root", *root, "Its root")->required();
  verb->add_option("--reason", *reason, "Why the node was restored")->required();
  program.verb(*noun, "list", "Later logs of other members", [&program] { return later_logs(program); });
  auto member = std::make_shared<std::string>();
  auto because = std::make_shared<std::string>();
  verb = program.verb(*noun, "allow", "Let a later log through that hides a head known here",
                      [&program, member, because] { return allow_later_log(program, *member, *because); });
  verb->add_option("member", *member, "Whose log")->required();
  verb->add_option("--reason", *because, "Why it is allowed")->required();
}

}  // namespace

void add_audit_verbs(CLI::App& app, Program& program) {
  CLI::App* noun = app.add_subcommand("audit", "The log of who did what, which cannot be rewritten unseen");
  noun->require_subcommand(1);
  auto client = std::make_shared<std::string>();
  auto limit = std::make_shared<unsigned>(50);
  CLI::App* verb = program.verb(*noun, "show", "The newest entries, or all about one client",
                                [&program, client, limit] { return show(program, *client, *limit); });
  verb->add_option("--client", *client, "Own client reference");
  verb->add_option("--limit", *limit, "How many")->capture_default_str()->check(CLI::Range(1, 500));
  program.verb(*noun, "head", "The signed head of the log", [&program] { return head(program); });
  program.verb(*noun, "heads", "All logs that are known here: how large, and how far witnessed by whom",
               [&program] { return heads(program); });
  auto index = std::make_shared<std::uint64_t>(0);
  auto proof_path = std::make_shared<std::string>();
  auto log = std::make_shared<std::uint32_t>(0);
  const auto add_log = [log](CLI::App& of) {
    of.add_option("--incarnation", *log, "Of an earlier log, from before a restore");
  };
  verb =
      program.verb(*noun, "proof", "Prove that an entry stands in the log, under a witnessed head",
                   [&program, index, log, proof_path] { return proof(program, *index, *log, *proof_path); });
  add_log(*verb);
  verb->add_option("index", *index, "Number of the entry")->required();
  verb->add_option("--out", *proof_path, "File to write");
  auto path = std::make_shared<std::string>();
  auto open = std::make_shared<bool>(false);
  auto form = std::make_shared<std::string>("jsonl");
  auto why = std::make_shared<std::string>();
  verb = program.verb(*noun, "export", "Write the log to a file that knoop-verify checks off line",
                      [&program, path, open, form, log, why] {
                        return export_log(program, *path, *open, *form, *log, *why);
                      });
  add_log(*verb);
  verb->add_option("--reason", *why, "Why it leaves the node; stands in the log")->required();
  verb->add_option("--out", *path, "File to write")->required();
  verb->add_option("--format", *form,
                   "jsonl, which can be checked off line; csv, a table; fhir, AuditEvents of FHIR R4")
      ->capture_default_str()
      ->check(CLI::IsMember({"jsonl", "csv", "fhir"}));
  verb->add_flag("--open", *open, "With the fields that name people; who got them is logged");
  auto options = std::make_shared<Verify>();
  verb = program.verb(*noun, "verify",
                      "Check exported logs, or without any the node's own database while it is stopped (exit "
                      "status 4: something was found)",
                      [&program, options] { return verify(program, *options); });
  verb->add_option("file", options->files, "Exported logs; none: the node's own database");
  verb->add_option("--head", options->heads, "A signed head that was kept elsewhere; once for each");
  verb->add_option("--convenant", options->convenants,
                   "Each version of the network's convenant, the first one first; repeated")
      ->allow_extra_args(false);
  verb->add_option("--witness-card", options->witness_cards,
                   "A card of a witness of these logs; may be repeated");
  verb->add_option("--member", options->member, "Member id whose log it must be");
  add_incarnation_verbs(*noun, program);
}

}  // namespace knoop::cli
