// `knoop hint …`: what is odd and somebody should look at (R8.5).
#include <iostream>

#include "tools/knoop/verbs.h"

namespace knoop::cli {
namespace {

Result<int> list(Program& program, bool all) {
  KNOOP_LET(answer, program.get(all ? "/api/v1/hints?all=true" : "/api/v1/hints"));
  program.print(answer["hints"], [&] {
    if (answer["hints"].empty()) return std::string("Geen hints.\n");
    std::string out;
    for (const Json& hint : answer["hints"]) {
      out +=
          fmt::format("{}  {}  {}  {}\n    {}\n    {}\n", cell(hint, "id"),
                      cell(hint, "raised").substr(0, 16), cell(hint, "kind"), printable(cell(hint, "about")),
                      cell(hint, "meaning"), printable(cell(hint, "detail")));
      if (hint["closed"].is_object())
        out += fmt::format("    gesloten {} door {}: {}\n", cell(hint["closed"], "at").substr(0, 16),
                           printable(cell(hint["closed"], "by")), printable(cell(hint["closed"], "reason")));
    }
    return out;
  });
  return ExitCode::done;
}

Result<int> close(Program& program, std::int64_t id, const std::string& reason) {
  KNOOP_LET(answer, program.post(fmt::format("/api/v1/hints/{}/close", id), {{"reason", reason}}));
  program.print(answer, [&] { return fmt::format("Hint {} gesloten.\n", id); });
  return ExitCode::done;
}

/// From standard input: what stands in a command is seen by everybody on the machine.
Result<int> name_family(Program& program) {
  std::string bsn;
  std::getline(std::cin, bsn);
  KNOOP_LET(answer, program.post("/api/v1/own-family", {{"bsn", bsn}}));
  program.print(answer, [] { return std::string("Vastgelegd. Niemand kan dit teruglezen.\n"); });
  return ExitCode::done;
}

Result<int> take_back(Program& program) {
  KNOOP_LET(answer, program.cancel("/api/v1/own-family"));
  program.print(answer, [&] { return fmt::format("{} weggehaald.\n", cell(answer, "count")); });
  return ExitCode::done;
}

}  // namespace

void add_hint_verbs(CLI::App& app, Program& program) {
  CLI::App* noun = app.add_subcommand("hint", "What is odd and somebody should look at");
  noun->require_subcommand(1);
  auto all = std::make_shared<bool>(false);
  CLI::App* verb = program.verb(*noun, "list", "Open hints, newest first",
                                [&program, all] { return list(program, *all); });
  verb->add_flag("--all", *all, "Those that were closed too");
  auto id = std::make_shared<std::int64_t>(0);
  auto reason = std::make_shared<std::string>();
  verb = program.verb(*noun, "close", "Close a hint, with what was found",
                      [&program, id, reason] { return close(program, *id, *reason); });
  verb->add_option("id", *id, "Its number")->required();
  verb->add_option("--reason", *reason, "What was found")->required();
  program.verb(*noun, "family", "Name somebody as your own family: the BSN comes from standard input",
               [&program] { return name_family(program); });
  program.verb(*noun, "forget-family", "Take back whom you named", [&program] { return take_back(program); });
}

}  // namespace knoop::cli
