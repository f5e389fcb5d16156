// `knoop work`: what is due, soonest first (R2.7, R5.6).
#include "tools/knoop/verbs.h"

namespace knoop::cli {

void add_work_verbs(CLI::App& app, Program& program) {
  CLI::App* noun = app.add_subcommand("work", "What is due (werklijst)");
  noun->require_subcommand(1);
  program.verb(*noun, "list", "Open hand-overs and matches that ask for something, soonest due first",
               [&program]() -> Result<int> {
                 KNOOP_LET(answer, program.get("/api/v1/work"));
                 program.print(answer["work"], [&]() -> std::string {
                   if (answer["work"].empty()) return "Nothing is due.\n";
                   Table table({"DUE", "TERM", "TASK", "BY", "CLIENT", "WITH", "WHAT", "ID"});
                   for (const Json& row : answer["work"])
                     table.add({cell(row, "due"), cell(row, "stage"), cell(row, "task"),
                                row.value("ours", true) ? "us" : "them", cell(row, "clientRef"),
                                cell(row, "peer"), cell(row, "kind"), cell(row, "id")});
                   return table.text();
                 });
                 return ExitCode::done;
               });
}

}  // namespace knoop::cli
