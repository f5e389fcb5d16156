// `knoop professional …` and `knoop aftercare …`: what a colleague who leaves had (R2.2, R5.6), and the plan for after indicated care
// (R5.5).
#include "tools/knoop/verbs.h"

namespace knoop::cli {
namespace {

std::string held_table(const Json& things) {
  Table table({"WHAT", "ID", "CLIENT", "PROFESSIONAL"});
  for (const Json& row : things)
    table.add({cell(row, "kind"), cell(row, "id"), cell(row, "clientRef"), cell(row, "professional")});
  return table.text();
}

struct Leaving {
  std::string name, account, to, function, phone, email;
  std::vector<std::string> clients;
};

Result<int> leave(Program& program, const Leaving& leaving) {
  Json body{{"name", leaving.name}, {"clients", leaving.clients}};
  set_if(body, "account", leaving.account);
  set_if(body, "to", leaving.to);
  set_if(body, "function", leaving.function);
  set_if(body, "phone", leaving.phone);
  set_if(body, "email", leaving.email);
  KNOOP_LET(answer, program.post("/api/v1/professionals/leave", body));
  program.print(answer, [&] {
    std::string out = fmt::format("{} moved.\n", answer["moved"].size());
    if (!answer["moved"].empty()) out += held_table(answer["moved"]);
    if (answer["untaken"].empty()) return out + "Nothing is left.\n";
    return out + "Nobody took:\n" + held_table(answer["untaken"]);
  });
  return ExitCode::done;
}

Result<int> caseload(Program& program, const Leaving& leaving) {
  Json body{{"name", leaving.name}};
  set_if(body, "account", leaving.account);
  KNOOP_LET(answer, program.post("/api/v1/professionals/caseload", body));
  program.print(answer["caseload"], [&] {
    return answer["caseload"].empty() ? std::string("Nothing.\n") : held_table(answer["caseload"]);
  });
  return ExitCode::done;
}

std::string plan_table(const Json& plans) {
  if (plans.empty()) return "No plans of aftercare.\n";
  Table table({"PLAN", "CLIENT", "CARE ENDS", "STATE", "FROM", "DUE", "TERM", "HAND-OVER", "WORDS"});
  for (const Json& row : plans)
    table.add({cell(row, "id"), cell(row, "clientRef"), cell(row, "ends"), cell(row, "state"),
               cell(row, "begins"), cell(row, "due"), cell(row, "stage"), cell(row, "handover"),
               cell(row, "words")});
  return table.text();
}

Result<int> show_plan(Program& program, const std::string& target, const Json& body) {
  KNOOP_LET(answer, program.post(target, body));
  program.print(answer, [&] { return plan_table(Json::array({answer})); });
  return ExitCode::done;
}

struct Plan {
  std::string id, client, ends, who, words, handover;
  bool all = false;
};

Json only(const std::vector<std::pair<std::string, std::string>>& fields) {
  Json body = Json::object();
  for (const auto& [name, value] : fields) set_if(body, name, value);
  return body;
}

void add_aftercare_verbs(CLI::App& app, Program& program) {
  CLI::App* noun = app.add_subcommand("aftercare", "Plans for after indicated care (nazorgplan)");
  noun->require_subcommand(1);
  auto plan = std::make_shared<Plan>();
  CLI::App* verb = program.verb(
      *noun, "watch", "Say when a client's indicated care ends: half a year before, the plan is a task",
      [&program, plan] {
        return show_plan(program, "/api/v1/aftercare",
                         only({{"client", plan->client}, {"ends", plan->ends}, {"who", plan->who}}));
      });
  verb->add_option("--client", plan->client, "Client reference")->required();
  verb->add_option("--ends", plan->ends, "Last day of the care, YYYY-MM-DD")->required();
  verb->add_option("--who", plan->who, "Name of the professional who makes the plan");

  verb = program.verb(*noun, "end", "The care ends on another day", [&program, plan] {
    return show_plan(program, "/api/v1/aftercare/" + query_text(plan->id) + "/end",
                     only({{"ends", plan->ends}}));
  });
  verb->add_option("id", plan->id, "Id of the plan")->required();
  verb->add_option("--ends", plan->ends, "Last day of the care, YYYY-MM-DD")->required();

  verb = program.verb(*noun, "made", "The plan is there", [&program, plan] {
    return show_plan(program, "/api/v1/aftercare/" + query_text(plan->id) + "/made",
                     only({{"words", plan->words}, {"handover", plan->handover}}));
  });
  verb->add_option("id", plan->id, "Id of the plan")->required();
  verb->add_option("--text", plan->words, "Where it is");
  verb->add_option("--handover", plan->handover, "The hand-over of the kind nazorg that carries it");

  verb = program.verb(*noun, "not-needed", "There will be no plan, and why", [&program, plan] {
    return show_plan(program, "/api/v1/aftercare/" + query_text(plan->id) + "/not-needed",
                     only({{"words", plan->words}}));
  });
  verb->add_option("id", plan->id, "Id of the plan")->required();
  verb->add_option("--reason", plan->words, "Why")->required();

  verb = program.verb(*noun, "list", "Plans, soonest due first", [&program, plan]() -> Result<int> {
    KNOOP_LET(answer, program.get(with_query("/api/v1/aftercare",
                                             {{"client", plan->client}, {"all", plan->all ? "true" : ""}})));
    program.print(answer["aftercare"], [&] { return plan_table(answer["aftercare"]); });
    return ExitCode::done;
  });
  verb->add_option("--client", plan->client, "Client reference");
  verb->add_flag("--all", plan->all, "Also those that are done");
}

}  // namespace

void add_follow_up_verbs(CLI::App& app, Program& program) {
  CLI::App* noun =
      app.add_subcommand("professional", "Our own professionals: what they answer for, and leaving");
  noun->require_subcommand(1);
  auto leaving = std::make_shared<Leaving>();
  CLI::App* verb =
      program.verb(*noun, "leave", "Hand over everything of a professional to a colleague, at once",
                   [&program, leaving] { return leave(program, *leaving); });
  verb->add_option("name", leaving->name, "Name of who leaves")->required();
  verb->add_option("--account", leaving->account, "Account of who leaves, where it is not the name");
  verb->add_option("--to", leaving->to,
                   "Name of the colleague; without one nobody has it, and the work list says so");
  verb->add_option("--function", leaving->function, "The colleague's function; as known when absent");
  verb->add_option("--phone", leaving->phone, "The colleague's telephone; as known when absent");
  verb->add_option("--email", leaving->email, "The colleague's e-mail; as known when absent");
  verb->add_option("--client", leaving->clients, "Only what is about this client; may be repeated");
  verb = program.verb(*noun, "caseload", "What a professional answers for",
                      [&program, leaving] { return caseload(program, *leaving); });
  verb->add_option("name", leaving->name, "Name of the professional")->required();
  verb->add_option("--account", leaving->account, "The account, where it is not the name");
  verb = program.verb(
      *noun, "return", "Somebody did not leave, or is back", [&program, leaving]() -> Result<int> {
        KNOOP_LET(answer, program.post("/api/v1/professionals/return", {{"name", leaving->name}}));
        program.print(answer, [] { return std::string("Written down.\n"); });
        return ExitCode::done;
      });
  verb->add_option("name", leaving->name, "Name of the professional")->required();
  add_aftercare_verbs(app, program);
}

}  // namespace knoop::cli
