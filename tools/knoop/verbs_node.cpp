// `knoop serve`, `knoop status`, `knoop config`: the node itself.
#include "tools/knoop/serve.h"
#include "tools/knoop/verbs.h"

namespace knoop::cli {
namespace {

std::string matching_lines(const Json& matching) {
  const Json& found = matching["matches"];
  std::string out = fmt::format(
      "matching    {} registered, {} evaluated, {} outstanding; {} certain, {} possible, {} family{}\n",
      cell(matching, "registered"), cell(matching, "evaluated"), cell(matching, "outstanding"),
      cell(found, "certain"), cell(found, "possible"), cell(found, "family"),
      matching.value("idle", false) ? "" : " (at work)");
  for (const Json& peer : matching["peers"]) {
    const std::string who = cell(peer, "id");
    if (peer.contains("trouble"))
      out += fmt::format("            stopped with {}: {}\n", who, printable(cell(peer, "trouble")));
    if (peer.contains("hints"))
      for (const Json& hint : peer["hints"])
        out += fmt::format("            look at {}: {} on {} (`knoop audit show`)\n", who, cell(hint, "hint"),
                           cell(hint, "day"));
    if (peer.contains("notBefore"))
      out += fmt::format("            the quota with {} is used; registering goes on at {}\n", who,
                         cell(peer, "notBefore"));
    if (peer.contains("ending") && peer["ending"].value("incomplete", false))
      out += fmt::format(
          "            epoch {} with {} ended before both had registered everything anew; its matches "
          "are kept until they have\n",
          cell(peer["ending"], "epoch"), who);
    if (peer.contains("overdueSince"))
      out += fmt::format("            {} owes an answer or proof past its term since {}\n", who,
                         cell(peer, "overdueSince"));
    if (peer.contains("disputedSince"))
      out += fmt::format("            {} found an answer of this node false on {}\n", who,
                         cell(peer, "disputedSince"));
    if (peer.contains("owingSince"))
      out += fmt::format("            this node owes {} an answer or proof past its term since {}\n", who,
                         cell(peer, "owingSince"));
  }
  return out;
}

std::string log_lines(const Json& log) {
  std::string out =
      fmt::format("log         {} entries, newest {}\n", cell(log, "size"), cell(log, "headAt"));
  if (!log.value("watched", false))
    out += "            nobody watches it: the convenant names no witnesses for this member\n";
  else
    out += fmt::format(
        "            {} of them witnessed ({} of {} witnesses needed){}\n", cell(log, "witnessedSize"),
        cell(log, "quorum"), cell(log, "witnesses"),
        log.contains("unwitnessedSince") ? ", the rest waits since " + cell(log, "unwitnessedSince") : "");
  if (log.value("setBack", false))
    out += "            SET BACK: others hold later heads of this log; nothing is disclosed\n";
  else if (!log.value("discloses", true))
    out += "            NOT WITNESSED for too long: nothing is disclosed but in an emergency\n";
  else if (cell(log, "state") != "in-time")
    out += fmt::format("            not witnessed for long: nothing will be disclosed from {}\n",
                       cell(log, "stopsAt"));
  for (const Json& member : log["suspects"])
    out += fmt::format("            the log of {} contradicts itself: see knoop audit heads\n",
                       printable(member.get<std::string>()));
  if (const auto missing = log.value("missingProofs", 0); missing > 0)
    out += fmt::format(
        "            {} releases came without a proof of the sender's log: see knoop audit heads\n", missing);
  return out + "\n";
}

std::string status_lines(const Json& status) {
  std::string out;
  if (status.contains("member"))
    out += fmt::format("node        {} ({})\n", cell(status["member"], "id"),
                       printable(cell(status["member"], "name")));
  if (status.contains("convenant") && status["convenant"].is_object()) {
    const Json& convenant = status["convenant"];
    out += fmt::format("convenant   {}, number {}, expires {}{}\n", printable(cell(convenant, "name")),
                       cell(convenant, "number"), cell(convenant, "expires"),
                       convenant.value("inForce", false) ? "" : " (not in force)");
    if (convenant.contains("expiresInDays"))
      out += fmt::format("            EXPIRES IN {} DAYS: the managers must sign its next version in time.\n",
                         cell(convenant, "expiresInDays"));
    if (convenant.value("twoTexts", false))
      out +=
          "            TWO TEXTS of this number were signed. No organisation is added until a next version "
          "names "
          "one of them.\n";
    out += fmt::format("network     {}\n", cell(status, "network"));
  } else {
    out += "convenant   none installed\n";
  }
  if (const Json& clock = status["clock"]; !clock.value("sure", true))
    out += fmt::format(
        "clock       IN DOUBT: it went {} from {} to {} and shows {} now. Nothing is disclosed and nothing "
        "expires.\n"
        "            Set it right if it is wrong, then `knoop clock confirm`.\n",
        cell(clock, "step"), cell(clock, "before"), cell(clock, "after"), cell(clock, "clock"));
  if (status.contains("matching")) out += matching_lines(status["matching"]);
  out += log_lines(status["log"]);
  out += peer_table(status["peers"]);
  const Json& grounds = status["grounds"];
  if (grounds.value("reviews", 0) + grounds.value("toTell", 0) > 0)
    out += fmt::format(
        "\nShared without consent: {} to be reviewed, {} of them LATE; {} clients to be told, {} of them "
        "LATE.\n",
        cell(grounds, "reviews"), cell(grounds, "lateReviews"), cell(grounds, "toTell"),
        cell(grounds, "lateToTell"));
  const Json& destructions = status["destructions"];
  if (destructions.value("toApprove", 0) + destructions.value("running", 0) +
          destructions.value("unproven", 0) >
      0)
    out += fmt::format(
        "\nDestructions: {} to approve, {} running; {} orders to receivers unanswered, {} of them LATE: "
        "`knoop "
        "subject destructions`\n",
        cell(destructions, "toApprove"), cell(destructions, "running"), cell(destructions, "unproven"),
        cell(destructions, "overdue"));
  const Json& requests = status["subjectRequests"];
  if (requests.value("open", 0) > 0)
    out += fmt::format(
        "\nRequests of data subjects: {} open, {} due within a week, {} LATE: `knoop subject request list`\n",
        cell(requests, "open"), cell(requests, "dueSoon"), cell(requests, "overdue"));
  const Json& withdrawals = status["withdrawals"];
  if (withdrawals.value("open", 0) > 0)
    out += fmt::format(
        "\nWithdrawals not yet acknowledged: {}, {} of them LATE: `knoop consent withdrawals --open`\n",
        cell(withdrawals, "open"), cell(withdrawals, "overdue"));
  if (!status["troubles"].empty()) {
    out += "\nRecent troubles:\n";
    for (const Json& trouble : status["troubles"])
      out += fmt::format("  {} ({}): {}\n", cell(trouble, "code"), cell(trouble, "side"),
                         printable(cell(trouble, "detail")));
  }
  return out;
}

Result<int> status(Program& program) {
  KNOOP_LET(answer, program.get("/api/v1/status"));
  program.print(answer, [&] { return status_lines(answer); });
  return ExitCode::done;
}

Result<int> confirm_clock(Program& program) {
  KNOOP_LET(answer, program.post("/api/v1/clock/confirm", Json::object()));
  program.print(answer, [&] {
    return fmt::format("Confirmed: it is {} (UTC). The node goes on.\n", cell(answer, "clock"));
  });
  return ExitCode::done;
}

Result<int> config(Program& program) {
  const auto settings = program.settings();
  if (!settings) {
    (void)program.report(settings.error());
    return ExitCode::wrong_use;
  }
  Json answer = Json::object();
  Table table({"SETTING", "VALUE", "FROM"});
  for (const EffectiveSetting& each : effective_settings(*settings)) {
    answer[each.key] = {{"value", each.value}, {"source", to_string(each.source)}, {"where", each.where}};
    table.add({each.key, each.value, each.where.empty() ? std::string(to_string(each.source)) : each.where});
  }
  program.print(answer, [&] { return table.text(); });
  return ExitCode::done;
}

}  // namespace

void add_node_verbs(CLI::App& app, Program& program) {
  auto key_file = std::make_shared<std::string>();
  CLI::App* verb =
      program.verb(app, "serve", "Run the node in the foreground until SIGTERM", [&program, key_file] {
        if (!key_file->empty())
          program.set.push_back("database.key_file=" + std::filesystem::absolute(*key_file).string());
        return serve(program);
      });
  verb->add_option("--key-file", *key_file,
                   "File that opens the database (default: the setting database.key_file)");
  program.verb(app, "status", "Whether the node can exchange with the peers it should",
               [&program] { return status(program); });
  CLI::App* clock = app.add_subcommand("clock", "The node's clock");
  clock->require_subcommand(1);
  program.verb(*clock, "confirm", "The clock is right now: end the doubt about a step that `status` shows",
               [&program] { return confirm_clock(program); });
  program.verb(app, "config", "The settings in force and where each came from",
               [&program] { return config(program); });
}

}  // namespace knoop::cli
