// `knoop work`: what is due, soonest first (R2.7, R5.6).
#include "tools/knoop/verbs.h"

namespace knoop::cli {
namespace {

std::string list_text(const Json& work) {
  if (work.empty()) return "Nothing is due.\n";
  Table table({"DUE", "TERM", "TASK", "BY", "OWNER", "CLIENT", "WITH", "WHAT", "ID"});
  for (const Json& row : work) {
    const std::string why = cell(row, "escalated");
    const std::string owner = cell(row, "owner");
    table.add({cell(row, "due"), cell(row, "stage") + (why.empty() ? "" : ", " + why), cell(row, "task"),
               row.value("ours", true) ? "us" : "them", owner.empty() ? "everybody" : owner,
               cell(row, "clientRef"), cell(row, "peer"), cell(row, "kind"), cell(row, "id")});
  }
  return table.text();
}

std::string status_text(const Json& statuses) {
  if (statuses.empty()) return "Nothing is due.\n";
  Table table({"WHAT", "TERM", "BY", "WITH", "HOW MANY", "OLDEST DUE"});
  for (const Json& row : statuses)
    table.add({cell(row, "kind"), cell(row, "stage"), row.value("ours", true) ? "us" : "them",
               cell(row, "peer"), cell(row, "count"), cell(row, "oldestDue")});
  return table.text();
}

}  // namespace

void add_work_verbs(CLI::App& app, Program& program) {
  CLI::App* noun = app.add_subcommand("work", "What is due (werklijst)");
  noun->require_subcommand(1);
  auto owner = std::make_shared<std::string>();
  CLI::App* verb =
      program.verb(*noun, "list", "Everything that asks for something, soonest due first",
                   [&program, owner]() -> Result<int> {
                     KNOOP_LET(answer, program.get(with_query("/api/v1/work", {{"owner", *owner}})));
                     program.print(answer["work"], [&] { return list_text(answer["work"]); });
                     return ExitCode::done;
                   });
  verb->add_option("--owner", *owner, "Of this professional, with what is nobody's and what was escalated");
  program.verb(*noun, "status", "How much is due and how late, without clients: for who monitors",
               [&program]() -> Result<int> {
                 KNOOP_LET(answer, program.get("/api/v1/work-status"));
                 program.print(answer["statuses"], [&] { return status_text(answer["statuses"]); });
                 return ExitCode::done;
               });
}

}  // namespace knoop::cli
