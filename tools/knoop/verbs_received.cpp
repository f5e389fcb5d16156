// `knoop fragment received|preview`: what came from others, and what would leave (R4.2, R4.3).
#include "tools/knoop/verbs_dossier.h"

namespace knoop::cli {
namespace {

Result<int> received(Program& program, const std::string& client, const std::string& handover,
                     const std::string& emergency) {
  const std::string path = "/api/v1/received-fragments";
  const std::string query =
      handover.empty() ? "client=" + query_text(client) : "handover=" + query_text(handover);
  KNOOP_LET(answer, emergency.empty()
                        ? program.get(path + "?" + query)
                        : program.post(path + "/emergency", {{"client", client}, {"reason", emergency}}));
  const Json fragments = answer["fragments"];
  program.print(fragments, [&] {
    if (fragments.empty()) return std::string("Nothing was received.\n");
    Table table({"CATEGORY", "TITLE", "NATURE", "FROM", "AUTHOR", "DATE", "UNTIL", "STATE", "TEXT"});
    for (const Json& one : fragments)
      table.add({cell(one, "category"), cell(one, "title"), cell(one, "nature"), cell(one, "from"),
                 cell(one, "author"), cell(one, "date"), cell(one, "until"), cell(one, "state"),
                 cell(one, "text")});
    return table.text();
  });
  return ExitCode::done;
}

Result<int> preview(Program& program, const std::string& client, const std::string& recipient,
                    const std::string& categories, bool without_third) {
  KNOOP_LET(answer, program.post("/api/v1/release-previews", {{"client", client},
                                                              {"recipient", recipient},
                                                              {"categories", split_list(categories, ',')},
                                                              {"withoutThirdPersons", without_third}}));
  program.print(answer, [&] { return release_text(answer); });
  return ExitCode::done;
}

Result<int> emergencies(Program& program) {
  KNOOP_LET(answer, program.get("/api/v1/emergency-reads"));
  const Json reads = answer["emergencyReads"];
  program.print(reads, [&] {
    if (reads.empty()) return std::string("None.\n");
    Table table({"READING", "CLIENT", "BY", "AT", "FRAGMENTS", "REVIEW", "REASON"});
    for (const Json& one : reads) {
      const Json& review = one["review"];
      table.add({cell(one, "id"), cell(one, "client"), cell(one, "by"), cell(one, "at"),
                 cell(one, "fragments"),
                 fmt::format("{} {}", review["overdue"].get<bool>() ? "TE LAAT, was voor" : "voor",
                             cell(review, "due")),
                 cell(one, "reason")});
    }
    return table.text();
  });
  return ExitCode::done;
}

Result<int> review_emergency(Program& program, const std::string& id, const std::string& verdict,
                             const std::string& words) {
  KNOOP_LET(answer, program.post("/api/v1/emergency-reads/" + query_text(id) + "/review",
                                 {{"verdict", verdict}, {"words", words}}));
  program.print(answer, [&] { return fmt::format("Reviewed: {}.\n", verdict); });
  return ExitCode::done;
}

void add_emergency_verbs(CLI::App& fragment, Program& program) {
  program.verb(fragment, "emergencies",
               "Readings in an emergency that wait for review, the most overdue first",
               [&program] { return emergencies(program); });
  auto id = std::make_shared<std::string>();
  auto verdict = std::make_shared<std::string>();
  auto words = std::make_shared<std::string>();
  CLI::App* verb = program.verb(
      fragment, "review-emergency", "Judge a reading in an emergency",
      [&program, id, verdict, words] { return review_emergency(program, *id, *verdict, *words); });
  verb->add_option("id", *id, "Number of the reading")->required();
  verb->add_option("--verdict", *verdict, "terecht or onterecht")->required();
  verb->add_option("--words", *words, "Why")->required();
}

}  // namespace

void add_received_verbs(CLI::App& fragment, Program& program) {
  auto client = std::make_shared<std::string>();
  auto handover = std::make_shared<std::string>();
  auto emergency = std::make_shared<std::string>();
  CLI::App* verb = program.verb(
      fragment, "received", "What came from other organisations; locked ones without text",
      [&program, client, handover, emergency] { return received(program, *client, *handover, *emergency); });
  auto* group = verb->add_option_group("of");
  CLI::Option* by_client = group->add_option("--client", *client, "Own client reference");
  verb->add_option("--emergency", *emergency,
                   "Read what is closed because its owner is silent too; the reason, which is logged")
      ->needs(by_client);
  group->add_option("--handover", *handover, "Id of a hand-over");
  group->require_option(1);
  add_emergency_verbs(fragment, program);

  auto of = std::make_shared<std::string>();
  auto recipient = std::make_shared<std::string>();
  auto categories = std::make_shared<std::string>();
  auto without_third = std::make_shared<bool>(false);
  verb =
      program.verb(fragment, "preview", "Exactly what would be released to an organisation now, and why not",
                   [&program, of, recipient, categories, without_third] {
                     return preview(program, *of, *recipient, *categories, *without_third);
                   });
  verb->add_flag("--without-third-persons", *without_third, "Withhold what is on third persons");
  verb->add_option("--client", *of, "Own client reference")->required();
  verb->add_option("--recipient", *recipient, "Short name of a member")->required();
  verb->add_option("--categories", *categories, "Categories, such as F01,F05")->required();
}

}  // namespace knoop::cli
