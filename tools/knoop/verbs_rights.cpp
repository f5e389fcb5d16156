// `knoop subject …` and `knoop retention …`: destroying, what is due, and requests of data subjects (R1.4, R8.4).
#include <fstream>

#include "tools/knoop/verbs.h"

namespace knoop::cli {
namespace {

std::shared_ptr<std::string> text() {
  return std::make_shared<std::string>();
}

Result<int> erase(Program& program, const std::string& client, const std::string& fragment,
                  const std::string& ground, const std::string& reason) {
  Json body{{"client", client}, {"ground", ground}, {"reason", reason}};
  set_if(body, "fragment", fragment);
  KNOOP_LET(answer, program.post("/api/v1/destructions", body));
  program.print(answer, [&] {
    return fmt::format("Asked. Somebody else approves it:\n  knoop subject approve {} --fingerprint {}\n",
                       cell(answer, "id"), cell(answer, "fingerprint"));
  });
  return ExitCode::done;
}

Result<int> approve(Program& program, const std::string& id, const std::string& fingerprint) {
  KNOOP_LET(answer, program.post("/api/v1/destructions/" + query_text(id) + "/approval",
                                 {{"fingerprint", fingerprint}}));
  program.print(answer, [] {
    return std::string(
        "Approved. It is carried out now; `knoop subject destructions` shows how far it is.\n");
  });
  return ExitCode::done;
}

Result<int> cancel(Program& program, const std::string& id, const std::string& why) {
  KNOOP_LET(answer, program.post("/api/v1/destructions/" + query_text(id) + "/cancellation", {{"why", why}}));
  program.print(answer, [] { return std::string("Taken back.\n"); });
  return ExitCode::done;
}

Result<int> destructions(Program& program) {
  KNOOP_LET(answer, program.get("/api/v1/destructions"));
  const Json list = answer["destructions"];
  program.print(list, [&] {
    if (list.empty()) return std::string("None.\n");
    Table table(
        {"DESTRUCTION", "CLIENT", "GRONDSLAG", "STAAT", "GEVRAAGD", "GOEDGEKEURD", "ONTVANGERS", "WACHT OP"});
    for (const Json& one : list) {
      std::size_t answered = 0;
      std::size_t late = 0;
      for (const Json& order : one["orders"]) {
        if (!order["answeredAt"].is_null()) ++answered;
        if (order["overdue"].get<bool>()) ++late;
      }
      table.add({cell(one, "id"), cell(one, "client"), cell(one, "ground"), cell(one, "state"),
                 cell(one, "askedBy"), cell(one, "approvedBy"),
                 fmt::format("{} van {}{}", answered, one["orders"].size(),
                             late > 0 ? fmt::format(", {} TE LAAT", late) : ""),
                 cell(one, "waitsFor")});
    }
    return table.text();
  });
  return ExitCode::done;
}

Result<int> proof(Program& program, const std::string& id, const std::string& path) {
  KNOOP_LET(answer, program.get("/api/v1/destructions/" + query_text(id) + "/proof"));
  const std::string content = cell(answer, "proof");
  if (path.empty()) {
    fmt::print("{}", content);
    return ExitCode::done;
  }
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << content;
  if (!file.flush())
    return fail(ErrorCode::io_failed, Side::user, "{} cannot be written; name a file in a folder that exists",
                path);
  program.print(answer, [&] { return fmt::format("Written to {}.\n", path); });
  return ExitCode::done;
}

Result<int> due(Program& program) {
  Json all = Json::array();
  std::string next;
  do {
    KNOOP_LET(answer, program.get(with_query("/api/v1/retention-due", {{"cursor", next}})));
    for (Json& one : answer["due"]) all.push_back(std::move(one));
    next = cell(answer, "next");
  } while (!next.empty());
  program.print(all, [&] {
    if (all.empty()) return std::string("Nothing is due.\n");
    Table table({"CLIENT", "WAAROM", "BEWAREN T/M", "FRAGMENTEN OVER HUN TERMIJN"});
    for (const Json& one : all) {
      std::string why;
      if (one["pastAge"].get<bool>()) why += "ouder dan 23 ";
      if (one["deceased"].get<bool>()) why += "overleden ";
      if (why.empty()) why = "bewaartermijn voorbij";
      table.add({cell(one, "client"), why,
                 one["caseRuns"].get<bool>() ? "zaak loopt" : cell(one, "keepUntil"),
                 std::to_string(one["fragments"].size())});
    }
    return table.text();
  });
  return ExitCode::done;
}

Result<int> death(Program& program, const std::string& client, const std::string& date) {
  Json body = Json::object();
  set_if(body, "date", date);
  KNOOP_LET(answer, program.post("/api/v1/clients/" + query_text(client) + "/death", body));
  program.print(answer, [] { return std::string("Written down.\n"); });
  return ExitCode::done;
}

// ---- requests

struct Asked {
  std::string client, kind, who, words, received;
};

Result<int> receive(Program& program, const Asked& asked) {
  Json body{{"client", asked.client}, {"kind", asked.kind}, {"who", asked.who}, {"words", asked.words}};
  set_if(body, "received", asked.received);
  KNOOP_LET(answer, program.post("/api/v1/subject-requests", body));
  program.print(answer, [&] {
    return fmt::format("Written down as {}. Answer it before {} is over.\n", cell(answer, "id"),
                       cell(answer, "due"));
  });
  return ExitCode::done;
}

Result<int> requests(Program& program, const std::string& client, bool all) {
  std::string target = "/api/v1/subject-requests";
  if (!client.empty()) target += "?client=" + query_text(client);
  if (all) target += client.empty() ? "?all=true" : "&all=true";
  KNOOP_LET(answer, program.get(target));
  const Json list = answer["requests"];
  program.print(list, [&] {
    if (list.empty()) return std::string("None.\n");
    Table table({"VERZOEK", "CLIENT", "SOORT", "STAAT", "ONTVANGEN", "UITERLIJK"});
    for (const Json& one : list)
      table.add({cell(one, "id"), cell(one, "client"), cell(one, "kind"), cell(one, "state"),
                 cell(one, "received"), cell(one, "due") + (one["overdue"].get<bool>() ? " TE LAAT" : "")});
    return table.text();
  });
  return ExitCode::done;
}

Result<int> change(Program& program, const std::string& id, const char* what, const Json& body) {
  KNOOP_LET(answer, program.post("/api/v1/subject-requests/" + query_text(id) + "/" + what, body));
  program.print(answer, [&] {
    return cell(answer, "due").empty()
               ? std::string("Written down.\n")
               : fmt::format("Written down; {}, due {}.\n", cell(answer, "state"), cell(answer, "due"));
  });
  return ExitCode::done;
}

void add_request_verbs_of(CLI::App& subject, Program& program) {
  CLI::App* noun =
      subject.add_subcommand("request", "Requests for access, correction or destruction, with their terms");
  noun->require_subcommand(1);
  auto asked = std::make_shared<Asked>();
  CLI::App* verb = program.verb(*noun, "add", "Write down what somebody asked",
                                [&program, asked] { return receive(program, *asked); });
  verb->add_option("client", asked->client, "Own client reference")->required();
  verb->add_option("--kind", asked->kind, "inzage, correctie or vernietiging")->required();
  verb->add_option("--who", asked->who, "Who asked: jeugdige, moeder, voogd …")->required();
  verb->add_option("--words", asked->words, "What is asked")->required();
  verb->add_option("--received", asked->received, "The day it came, YYYY-MM-DD; today when absent");
  auto client = text();
  auto all = std::make_shared<bool>(false);
  verb = program.verb(*noun, "list", "Open requests, what is due first in front",
                      [&program, client, all] { return requests(program, *client, *all); });
  verb->add_option("--client", *client, "Of one client");
  verb->add_flag("--all", *all, "Also those that were answered");

  const auto with_words = [&](const char* name, const char* help, const char* what, const char* field) {
    auto id = text();
    auto words = text();
    CLI::App* added = program.verb(*noun, name, help, [&program, id, words, what, field] {
      return change(program, *id, what, {{field, *words}});
    });
    added->add_option("id", *id, "Id of the request")->required();
    added->add_option("--words", *words, "The reason, or the words themselves")->required();
  };
  with_words("extend", "Two more months, once, with a reason", "extension", "why");
  with_words("statement", "The data subject's own statement, as a view in the dossier", "statement", "words");
  auto id = text(), state = text(), words = text();
  verb = program.verb(*noun, "answer", "What became of it", [&program, id, state, words] {
    return change(program, *id, "answer", {{"answer", *state}, {"words", *words}});
  });
  verb->add_option("id", *id, "Id of the request")->required();
  verb->add_option("--answer", *state, "ingewilligd, deels-ingewilligd, geweigerd or ingetrokken")
      ->required();
  verb->add_option("--words", *words, "What was done, or why not")->required();
}

}  // namespace

void add_rights_verbs(CLI::App& app, Program& program) {
  const auto known = app.get_subcommands([](CLI::App* one) { return one->get_name() == "subject"; });
  CLI::App* noun = known.empty() ? app.add_subcommand("subject", "What a client may ask") : known.front();
  noun->require_subcommand(1);
  auto client = text(), fragment = text(), ground = text(), reason = text();
  CLI::App* verb = program.verb(*noun, "erase", "Ask for the destruction of a client, or of one fragment",
                                [&program, client, fragment, ground, reason] {
                                  return erase(program, *client, *fragment, *ground, *reason);
                                });
  verb->add_option("client", *client, "Own client reference")->required();
  verb->add_option("--fragment", *fragment, "This fragment only");
  verb->add_option("--ground", *ground, "bewaartermijn, verzoek or onterecht")->required();
  verb->add_option("--reason", *reason, "Why")->required();

  auto approved = text(), fingerprint = text();
  verb =
      program.verb(*noun, "approve", "Approve a destruction that somebody else asked for",
                   [&program, approved, fingerprint] { return approve(program, *approved, *fingerprint); });
  verb->add_option("id", *approved, "Id of the destruction")->required();
  verb->add_option("--fingerprint", *fingerprint, "As it was shown when it was asked")->required();

  auto cancelled = text(), why = text();
  verb = program.verb(*noun, "keep", "Take a destruction back that was not approved",
                      [&program, cancelled, why] { return cancel(program, *cancelled, *why); });
  verb->add_option("id", *cancelled, "Id of the destruction")->required();
  verb->add_option("--why", *why, "Why")->required();

  program.verb(*noun, "destructions", "What was asked, approved and destroyed, and what receivers answered",
               [&program] { return destructions(program); });
  auto proven = text(), path = text();
  verb = program.verb(*noun, "proof", "The signed proof of a destruction",
                      [&program, proven, path] { return proof(program, *proven, *path); });
  verb->add_option("id", *proven, "Id of the destruction")->required();
  verb->add_option("--out", *path, "File to write; stdout when absent");

  auto dead = text(), date = text();
  verb = program.verb(*noun, "died", "The day a client died; without a day, it was a mistake",
                      [&program, dead, date] { return death(program, *dead, *date); });
  verb->add_option("client", *dead, "Own client reference")->required();
  verb->add_option("--date", *date, "YYYY-MM-DD");
  add_request_verbs_of(*noun, program);

  CLI::App* retention = app.add_subcommand("retention", "How long things are kept (bewaartermijn)");
  retention->require_subcommand(1);
  program.verb(*retention, "due", "What is offered for destruction", [&program] { return due(program); });
}

}  // namespace knoop::cli
