// `knoop ground …`: sharing without consent (R3.6): decided by a professional, reviewed by the privacy officer, told to the
// client.
#include "tools/knoop/verbs.h"

namespace knoop::cli {
namespace {

struct Decided {
  std::string client, kind, recipient, reasons, source, consulted, until;
  std::vector<std::string> items;
};

std::string state_of(const Json& part, const std::string& done) {
  if (!cell(part, done).empty()) return cell(part, done);
  return fmt::format("{} {}", part["overdue"].get<bool>() ? "TE LAAT, was voor" : "voor", cell(part, "due"));
}

std::string ground_table(const Json& grounds) {
  if (grounds.empty()) return "None.\n";
  Table table({"GROUND", "CLIENT", "SOORT", "KRACHT", "AAN", "TOT EN MET", "TOETSING", "CLIENT INFORMEREN"});
  for (const Json& one : grounds)
    table.add({cell(one, "id"), cell(one, "client"), cell(one, "kind"), cell(one, "force"),
               cell(one, "recipient"), cell(one, "endedAt").empty() ? cell(one, "until") : "geeindigd",
               state_of(one["review"], "verdict"), state_of(one["telling"], "told")});
  return table.text();
}

Result<int> record(Program& program, const Decided& decided) {
  Json body{{"client", decided.client},
            {"kind", decided.kind},
            {"recipient", decided.recipient},
            {"items", decided.items},
            {"reasons", decided.reasons}};
  set_if(body, "source", decided.source);
  set_if(body, "consulted", decided.consulted);
  set_if(body, "until", decided.until);
  KNOOP_LET(answer, program.post("/api/v1/grounds", body));
  program.print(answer, [&] {
    const std::string law = cell(answer, "law");
    return fmt::format(
        "Ground {} recorded until {}.\n{}{}\nReview by the privacy officer before {}; tell the client before "
        "{}.\n",
        cell(answer, "id"), cell(answer, "until"), cell(answer, "explanation"),
        law.empty() ? "" : fmt::format(" ({})", law), cell(answer["review"], "due"),
        cell(answer["telling"], "due"));
  });
  return ExitCode::done;
}

Result<int> show(Program& program, const std::string& target) {
  KNOOP_LET(answer, program.get(target));
  program.print(answer["grounds"], [&] { return ground_table(answer["grounds"]); });
  return ExitCode::done;
}

std::string effect_of(const Json& answer) {
  return fmt::format(
      "{} release(s) stopped before the key left; {} organisation(s) told to lock what they have.",
      cell(answer, "cancelled"), cell(answer, "followed"));
}

Result<int> end(Program& program, const std::string& id) {
  KNOOP_LET(answer, program.post("/api/v1/grounds/" + query_text(id) + "/end", Json::object()));
  program.print(answer, [&] { return "Ended. " + effect_of(answer) + "\n"; });
  return ExitCode::done;
}

Result<int> review(Program& program, const std::string& id, const std::string& verdict,
                   const std::string& words) {
  KNOOP_LET(answer, program.post("/api/v1/grounds/" + query_text(id) + "/review",
                                 {{"verdict", verdict}, {"words", words}}));
  program.print(answer, [&] { return fmt::format("Reviewed: {}. {}\n", verdict, effect_of(answer)); });
  return ExitCode::done;
}

Result<int> told(Program& program, const std::string& id, const std::string& how) {
  KNOOP_LET(answer, program.post("/api/v1/grounds/" + query_text(id) + "/telling", {{"how", how}}));
  program.print(answer, [] { return std::string("Written down.\n"); });
  return ExitCode::done;
}

Result<int> postpone(Program& program, const std::string& id, const std::string& until,
                     const std::string& because) {
  KNOOP_LET(answer, program.post("/api/v1/grounds/" + query_text(id) + "/postponement",
                                 {{"until", until}, {"because", because}}));
  program.print(answer, [&] { return fmt::format("Put off to {}.\n", cell(answer, "due")); });
  return ExitCode::done;
}

void add_record(CLI::App& noun, Program& program) {
  auto decided = std::make_shared<Decided>();
  CLI::App* verb = program.verb(noun, "record", "Decide to share selected fragments without consent",
                                [&program, decided] { return record(program, *decided); });
  verb->add_option("--client", decided->client, "Own client reference")->required();
  verb->add_option(
          "--kind", decided->kind,
          "ondertoezichtstelling or wettelijke-plicht (a duty), veilig-thuis or vervanging (a right), "
          "conflict-van-plichten or noodsituatie (a necessity)")
      ->required();
  verb->add_option("--recipient", decided->recipient, "Short name of the one organisation")->required();
  verb->add_option("--item", decided->items, "Id of a fragment; may be repeated")->required();
  verb->add_option("--reasons", decided->reasons, "Why")->required();
  verb->add_option("--source", decided->source,
                   "For a duty: the court's order and the question, or the law and its article");
  verb->add_option("--consulted", decided->consulted, "The colleague; only an emergency goes without");
  verb->add_option("--until", decided->until, "Last day, YYYY-MM-DD; today when absent");
}

}  // namespace

void add_ground_verbs(CLI::App& app, Program& program) {
  CLI::App* noun = app.add_subcommand("ground", "Sharing without consent (grondslag)");
  noun->require_subcommand(1);
  add_record(*noun, program);

  const auto text = [] { return std::make_shared<std::string>(); };
  const auto id_verb = [&](const char* name, const char* help, std::shared_ptr<std::string> id, Verb run) {
    CLI::App* verb = program.verb(*noun, name, help, std::move(run));
    verb->add_option("id", *id, "Id of the ground")->required();
    return verb;
  };
  auto client = text();
  program
      .verb(*noun, "list", "The grounds of a client",
            [&program, client] { return show(program, "/api/v1/grounds?client=" + query_text(*client)); })
      ->add_option("--client", *client, "Own client reference")
      ->required();
  program.verb(*noun, "reviews", "What waits for the privacy officer's review, the most overdue first",
               [&program] { return show(program, "/api/v1/ground-reviews"); });
  program.verb(*noun, "to-tell", "Clients who are still to be told, the most overdue first",
               [&program] { return show(program, "/api/v1/clients-to-tell"); });

  auto ended = text();
  id_verb("end", "Take a ground back: nothing more leaves on it", ended,
          [&program, ended] { return end(program, *ended); });

  auto reviewed = text(), verdict = text(), words = text();
  CLI::App* verb =
      id_verb("review", "Judge a ground; 'onterecht' ends it", reviewed,
              [&program, reviewed, verdict, words] { return review(program, *reviewed, *verdict, *words); });
  verb->add_option("--verdict", *verdict, "terecht or onterecht")->required();
  verb->add_option("--words", *words, "Why")->required();

  auto informed = text(), how = text();
  id_verb("told", "The client was told", informed,
          [&program, informed, how] { return told(program, *informed, *how); })
      ->add_option("--how", *how, "Who was told, and how")
      ->required();

  auto postponed = text(), until = text(), because = text();
  verb = id_verb("postpone", "Put off telling the client", postponed, [&program, postponed, until, because] {
    return postpone(program, *postponed, *until, *because);
  });
  verb->add_option("--until", *until, "The new day, YYYY-MM-DD")->required();
  verb->add_option("--because", *because, "Why telling has to wait")->required();
}

}  // namespace knoop::cli
