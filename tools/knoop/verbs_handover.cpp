// `knoop handover …`: warm hand-overs (R5), at both sides.
#include "tools/knoop/verbs.h"

namespace knoop::cli {
namespace {

struct Act {
  std::string id, words, date, feedback, who;
};

std::string handover_table(const Json& handovers) {
  if (handovers.empty()) return "No hand-overs.\n";
  Table table({"HAND-OVER", "WE ARE", "WITH", "CLIENT", "STATE", "RESPONSIBLE", "URGENCY", "CHANGED",
               "NOT YET TAKEN"});
  for (const Json& one : handovers)
    table.add({cell(one, "id"), cell(one, "party"), cell(one, "peer"), cell(one, "clientRef"),
               cell(one, "state"), cell(one, "responsible"), cell(one, "urgency"), cell(one, "changed"),
               cell(one, "pending")});
  return table.text();
}

std::string detail_text(const Json& one) {
  std::string out = handover_table(Json::array({one}));
  out += fmt::format("Occasion: {}\nGoal: {}\nCategories: {}\n", printable(cell(one, "occasion")),
                     printable(cell(one, "goal")), cell(one, "categories"));
  if (!cell(one, "notTaken").empty()) out += fmt::format("Not taken: {}\n", printable(cell(one, "notTaken")));
  Table table({"AT", "BY", "WHO", "EVENT", "DATE", "FEEDBACK", "WORDS", "STATE"});
  for (const Json& row : one["happenings"])
    table.add({cell(row, "at"), cell(row, "by"), cell(row, "who"), cell(row, "event"), cell(row, "date"),
               cell(row, "feedback"), cell(row, "words"), cell(row, "state")});
  return out + (table.empty() ? "" : table.text());
}

/// One verb for each event of docs/spec/handover.md that a professional causes.
void add_act(CLI::App& noun, Program& program, const std::string& name, const std::string& help,
             const std::string& event) {
  auto act = std::make_shared<Act>();
  CLI::App* verb = program.verb(noun, name, help, [&program, act, event]() -> Result<int> {
    Json body{{"event", event}};
    const auto optional = [&](const char* field, const std::string& value) {
      if (!value.empty()) body[field] = value;
    };
    optional("words", act->words);
    optional("date", act->date);
    optional("feedback", act->feedback);
    optional("who", act->who);
    KNOOP_LET(answer, program.post("/api/v1/handovers/" + act->id + "/events", body));
    program.print(answer, [&] { return detail_text(answer); });
    return ExitCode::done;
  });
  verb->add_option("id", act->id, "Id of the hand-over")->required();
  verb->add_option("--text,--reason", act->words, "In words");
  verb->add_option("--who", act->who, "Name and function of the professional, for the other side");
  if (event == "gesprek plannen" || event == "ander voorstel doen")
    verb->add_option("--date", act->date, "YYYY-MM-DD")->required();
  if (event == "terugkoppelen") {
    // English words of the contract and the Dutch ones of the domain both work.
    static const std::map<std::string, std::string> kinds{
        {"arrived", "aangekomen"}, {"started", "gestart"}, {"how", "verloop"}, {"ended", "afgesloten"}};
    verb->add_option("--event", act->feedback, "aangekomen, gestart, verloop or afgesloten")
        ->required()
        ->transform(CLI::Transformer(kinds));
  }
}

struct Ask {
  std::string match, goal, occasion, urgency = "normaal", categories, who;
};

Result<int> request(Program& program, const Ask& ask) {
  Json body{{"match", ask.match},
            {"goal", ask.goal},
            {"urgency", ask.urgency},
            {"categories", split_list(ask.categories, ',')}};
  if (!ask.occasion.empty()) body["occasion"] = ask.occasion;
  if (!ask.who.empty()) body["who"] = ask.who;
  KNOOP_LET(answer, program.post("/api/v1/handovers", body));
  program.print(answer, [&] { return detail_text(answer); });
  return ExitCode::done;
}

Result<int> transfer(Program& program, const std::string& id, const std::vector<std::string>& withheld) {
  KNOOP_LET(answer, program.post("/api/v1/handovers/" + id + "/transfer", {{"withheld", withheld}}));
  program.print(answer, [&] {
    Table table({"CATEGORY", "WHAT", "DECISION", "FRAGMENTS", "WHY NOT"});
    for (const Json& row : answer["categories"])
      table.add({cell(row, "category"), cell(row, "label"), cell(row, "decision"), cell(row, "fragments"),
                 cell(row, "explanation")});
    return table.text() +
           (answer.value("offered", false)
                ? "Offered. What is permitted becomes readable there once the receipt is signed.\n"
                : "Nothing may leave.\n");
  });
  return ExitCode::done;
}

}  // namespace

void add_handover_verbs(CLI::App& app, Program& program) {
  CLI::App* noun = app.add_subcommand("handover", "Warm hand-overs (warme overdracht)");
  noun->require_subcommand(1);

  auto ask = std::make_shared<Ask>();
  CLI::App* verb = program.verb(*noun, "request", "Ask the other organisation of a match to take over",
                                [&program, ask] { return request(program, *ask); });
  verb->add_option("--match", ask->match, "Id of the match")->required();
  verb->add_option("--purpose,--goal", ask->goal, "What for (doel)")->required();
  verb->add_option("--occasion", ask->occasion, "Why now (aanleiding); the goal when absent");
  verb->add_option("--urgency", ask->urgency, "normaal or spoed")
      ->capture_default_str()
      ->transform(
          CLI::Transformer(std::map<std::string, std::string>{{"normal", "normaal"}, {"urgent", "spoed"}}));
  verb->add_option("--categories", ask->categories, "What is meant to be released, such as F01,F05")
      ->required();
  verb->add_option("--who", ask->who, "Name and function of the professional, for the other side");

  add_act(*noun, program, "accept", "Accept a request, or the other date that was proposed", "accepteren");
  add_act(*noun, program, "refuse", "Refuse a request, with a reason", "weigeren");
  add_act(*noun, program, "propose", "Propose another date", "ander voorstel doen");
  add_act(*noun, program, "plan", "Plan the conversation of three (driegesprek)", "gesprek plannen");
  add_act(*noun, program, "held", "The conversation was held", "gesprek voeren");
  add_act(*noun, program, "confirm", "Receiver: take over without fragments", "overdracht bevestigen");
  add_act(*noun, program, "arrived", "The client arrived", "aangekomen melden");
  add_act(*noun, program, "not-arrived", "The client did not arrive", "niet aangekomen melden");
  add_act(*noun, program, "feedback", "Tell the sender how it goes (terugkoppeling)", "terugkoppelen");
  add_act(*noun, program, "close", "Close the hand-over", "afronden");
  add_act(*noun, program, "escalate", "The agreed way does not work (opschalen)", "opschalen");
  add_act(*noun, program, "withdraw", "Withdraw the request", "intrekken");

  auto id = std::make_shared<std::string>();
  auto withheld = std::make_shared<std::vector<std::string>>();
  verb = program.verb(*noun, "transfer", "Release what consent permits; shows the decision for each category",
                      [&program, id, withheld] { return transfer(program, *id, *withheld); });
  verb->add_option("id", *id, "Id of the hand-over")->required();
  verb->add_option("--withhold", *withheld, "Id of a fragment that stays; may be repeated");

  auto client = std::make_shared<std::string>();
  program
      .verb(*noun, "list", "Hand-overs, last changed first",
            [&program, client]() -> Result<int> {
              KNOOP_LET(answer, program.get("/api/v1/handovers" +
                                            (client->empty() ? "" : "?client=" + query_text(*client))));
              program.print(answer["handovers"], [&] { return handover_table(answer["handovers"]); });
              return ExitCode::done;
            })
      ->add_option("--client", *client, "Own client reference");
  auto shown = std::make_shared<std::string>();
  program
      .verb(*noun, "show", "One hand-over with all that happened",
            [&program, shown]() -> Result<int> {
              KNOOP_LET(answer, program.get("/api/v1/handovers/" + *shown));
              program.print(answer, [&] { return detail_text(answer); });
              return ExitCode::done;
            })
      ->add_option("id", *shown, "Id of the hand-over")
      ->required();
}

}  // namespace knoop::cli
