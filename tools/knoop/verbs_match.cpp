// `knoop match …`: who else is involved, what to do about it, and what came of it.
#include "tools/knoop/verbs.h"

namespace knoop::cli {
namespace {

std::string class_of(const Json& match) {
  const std::string code = cell(match, "class");
  return code == "certain"    ? "match"
         : code == "possible" ? "mogelijke match"
         : code == "family"   ? "gezinsmatch"
                              : code;
}

/// Nobody's is everybody's.
std::string owner_of(const Json& match) {
  const std::string owner = cell(match["work"], "owner");
  return owner.empty() ? "iedereen" : owner;
}

std::string match_lines(const Json& match) {
  Table table({"match", cell(match, "id")});
  table.add({"soort", class_of(match)});
  table.add({"client", cell(match, "clientRef")});
  table.add({"organisatie", cell(match, "peer")});
  table.add({"gebaseerd op", cell(match, "evidence")});
  table.add({"status", cell(match, "stateText")});
  table.add({"contact voor", cell(match, "contactBefore")});
  const Json& work = match["work"];
  table.add({"eigenaar", owner_of(match)});
  if (!work["due"].is_null())
    table.add({"te doen", cell(work, "task") + " (" + (work.value("ours", true) ? "wij" : "zij") + ") voor " +
                              cell(work, "due") + ", " + cell(work, "stage")});
  if (work.contains("contacted"))
    table.add({"contact geweest", cell(work["contacted"], "on") + ", " + cell(work["contacted"], "how")});
  if (work.contains("declined")) table.add({"geen contact omdat", cell(work, "declined")});
  if (work.contains("escalated"))
    table.add({"opgeschaald", cell(work["escalated"], "at") + ", " + cell(work["escalated"], "why")});
  if (match.contains("contacts"))
    for (const Json& contact : match["contacts"])
      table.add({"contactpersoon", cell(contact, "name") + ", " + cell(contact, "function") + ", " +
                                       cell(contact, "phone") + ", " + cell(contact, "email") + ", sinds " +
                                       cell(contact, "from")});
  const Json& outcome = match["outcome"];
  if (!outcome["own"].is_null()) table.add({"uitkomst hier", cell(outcome, "own")});
  if (!outcome["peer"].is_null()) table.add({"uitkomst daar", cell(outcome, "peer")});
  return table.text();
}

Result<int> list(Program& program, const std::string& client, const std::string& peer, bool ended) {
  Json matches = Json::array();
  Json cursor;
  do {
    KNOOP_LET(page, program.get(with_query("/api/v1/matches",
                                           {{"client", client},
                                            {"peer", peer},
                                            {"ended", ended ? "true" : ""},
                                            {"cursor", cursor.is_null() ? "" : cursor.get<std::string>()}})));
    for (Json& match : page["matches"]) matches.push_back(std::move(match));
    cursor = page["next"];
  } while (!cursor.is_null());
  program.print(matches, [&] {
    if (matches.empty()) return std::string("No matches.\n");
    Table table({"ID", "SOORT", "CLIENT", "ORGANISATIE", "GEBASEERD OP", "STATUS", "EIGENAAR", "VOOR"});
    for (const Json& match : matches)
      table.add({cell(match, "id"), class_of(match), cell(match, "clientRef"), cell(match, "peer"),
                 cell(match, "evidence"), cell(match, "stateText"), owner_of(match),
                 cell(match["work"], "due")});
    return table.text();
  });
  return ExitCode::done;
}

Result<int> show(Program& program, const std::string& id) {
  KNOOP_LET(match, program.get("/api/v1/matches/" + query_text(id)));
  program.print(match, [&] { return match_lines(match); });
  return ExitCode::done;
}

/// Something is done about one match; what it is now is the answer.
Result<int> act(Program& program, const std::string& id, std::string_view what, const Json& body) {
  KNOOP_LET(match, program.post(fmt::format("/api/v1/matches/{}/{}", query_text(id), what), body));
  program.print(match, [&] { return match_lines(match); });
  return ExitCode::done;
}

Result<int> resume(Program& program, const std::string& peer) {
  KNOOP_LET(answer, program.post("/api/v1/matching/" + query_text(peer) + "/resume", Json::object()));
  program.print(answer, [&] { return fmt::format("Matching with {} goes on.\n", cell(answer, "peer")); });
  return ExitCode::done;
}

Result<int> open_epoch(Program& program, const std::string& peer) {
  KNOOP_LET(answer, program.post("/api/v1/matching/" + query_text(peer) + "/epoch", Json::object()));
  program.print(answer, [&] {
    return fmt::format("Matching epoch {} with {} is being opened; both nodes register everything anew.\n",
                       cell(answer, "epoch"), cell(answer, "peer"));
  });
  return ExitCode::done;
}

Result<int> list_openings(Program& program) {
  KNOOP_LET(answer, program.get("/api/v1/matching-openings"));
  program.print(answer["openings"], [&] {
    if (answer["openings"].empty()) return std::string("No epoch has been audited yet.\n");
    Table table({"ORGANISATIE", "PERIODE", "BEGONNEN", "KLAAR", "REGISTRATIES", "GEOPEND", "WAAROM NIET"});
    for (const Json& each : answer["openings"])
      table.add({cell(each, "peer"), cell(each, "epoch"), cell(each, "started"), cell(each, "done"),
                 cell(each, "handles"), cell(each, "opened"), cell(each, "trouble")});
    return table.text();
  });
  return ExitCode::done;
}

Result<int> export_openings(Program& program, const std::string& peer, const std::string& epoch,
                            const std::string& out) {
  KNOOP_LET(answer, program.post(fmt::format("/api/v1/matching-openings/{}/{}/export", query_text(peer),
                                             query_text(epoch)),
                                 Json::object()));
  KNOOP_TRY(write_file(out, cell(answer, "file")));
  program.print({{"file", out}, {"count", answer["count"]}}, [&] {
    return fmt::format("{} openings written to {}, sealed to the auditor: knoop-verify openings --help\n",
                       cell(answer, "count"), out);
  });
  return ExitCode::done;
}

void add_task_verbs(CLI::App& noun, Program& program, const std::shared_ptr<std::string>& id) {
  const auto with_id = [&id](CLI::App* verb) {
    verb->add_option("id", *id, "Id of the match")->required();
    return verb;
  };
  auto word = std::make_shared<std::string>();
  auto reason = std::make_shared<std::string>("not-needed");
  with_id(program.verb(noun, "decline", "Choose not to, or stop waiting; the other side is not told",
                       [&program, id, reason] {
                         return act(program, *id, "choice", {{"choice", "no-contact"}, {"reason", *reason}});
                       }))
      ->add_option("--reason", *reason, "not-needed, client-objects, known or no-answer")
      ->check(CLI::IsMember({"not-needed", "client-objects", "known", "no-answer"}));
  auto day = std::make_shared<std::string>();
  CLI::App* verb = with_id(program.verb(noun, "contacted", "Contact was made", [&program, id, word, day] {
    Json body{{"how", *word}};
    if (!day->empty()) body["on"] = *day;
    return act(program, *id, "contacted", body);
  }));
  verb->add_option("--how", *word, "phone, meeting, message, or already: there was contact before")
      ->required()
      ->check(CLI::IsMember({"phone", "meeting", "message", "already"}));
  verb->add_option("--on", *day, "The day; today unless told");
  with_id(program.verb(noun, "outcome", "What came of the contact",
                       [&program, id, word] {
                         return act(program, *id, "outcome", {{"outcome", *word}});
                       }))
      ->add_option("outcome", *word, "same, family or other")
      ->required()
      ->check(CLI::IsMember({"same", "family", "other"}));
  with_id(program.verb(noun, "take", "Take the task upon yourself",
                       [&program, id] { return act(program, *id, "owner", Json::object()); }));
  auto release = std::make_shared<bool>(false);
  verb = with_id(program.verb(noun, "assign", "Give the task to a colleague", [&program, id, word, release] {
    return act(program, *id, "owner", *release ? Json{{"release", true}} : Json{{"owner", *word}});
  }));
  CLI::Option* to = verb->add_option("--to", *word, "Name of the professional");
  verb->add_flag("--release", *release, "Give it back to whose involvement it is")->excludes(to);
  with_id(program.verb(noun, "escalate", "Say that its owner cannot get further: everybody sees it",
                       [&program, id, word] {
                         return act(program, *id, "escalation", {{"why", *word}});
                       }))
      ->add_option("--why", *word, "unreachable, disagree, agreement-broken, no-capacity or safety")
      ->required()
      ->check(CLI::IsMember({"unreachable", "disagree", "agreement-broken", "no-capacity", "safety"}));
}

}  // namespace

void add_match_verbs(CLI::App& app, Program& program) {
  CLI::App* noun =
      app.add_subcommand("match", "Matches: youths with whom another organisation is involved too");
  noun->require_subcommand(1);
  auto client = std::make_shared<std::string>();
  auto peer = std::make_shared<std::string>();
  auto ended = std::make_shared<bool>(false);
  CLI::App* verb = program.verb(*noun, "list", "Matches of own clients", [&program, client, peer, ended] {
    return list(program, *client, *peer, *ended);
  });
  verb->add_option("--client", *client, "Client reference");
  verb->add_option("--peer", *peer, "Short name of a member");
  verb->add_flag("--ended", *ended, "Also matches that are no more");

  auto id = std::make_shared<std::string>();
  program.verb(*noun, "show", "One match", [&program, id] { return show(program, *id); })
      ->add_option("id", *id, "Id of the match")
      ->required();
  program
      .verb(*noun, "contact", "Choose to make contact about a possible or family match",
            [&program, id] {
              return act(program, *id, "choice", {{"choice", "contact"}});
            })
      ->add_option("id", *id, "Id of the match")
      ->required();
  add_task_verbs(*noun, program, id);
  program
      .verb(*noun, "resume", "Go on with a member with whom matching stopped, after looking into why",
            [&program, peer] { return resume(program, *peer); })
      ->add_option("peer", *peer, "Short name of the member")
      ->required();
  CLI::App* epoch = noun->add_subcommand("epoch", "The keys that matching with a member works under");
  epoch->require_subcommand(1);
  program
      .verb(*epoch, "open", "Open the next epoch now: after a theft, a restore, or another preshared key",
            [&program, peer] { return open_epoch(program, *peer); })
      ->add_option("peer", *peer, "Short name of the member")
      ->required();

  auto number = std::make_shared<std::string>();
  auto out = std::make_shared<std::string>();
  verb = program.verb(*noun, "openings", "Opening audits, or (with --out) the sealed openings of one",
                      [&program, peer, number, out] {
                        return out->empty() ? list_openings(program)
                                            : export_openings(program, *peer, *number, *out);
                      });
  CLI::Option* of_peer =
      verb->add_option("--peer", *peer, "Short name of the member they were registered with");
  CLI::Option* of_epoch = verb->add_option("--epoch", *number, "The epoch that ended");
  verb->add_option("--out", *out, "The file for the auditor")->needs(of_peer)->needs(of_epoch);
}

}  // namespace knoop::cli
