// `knoop handover …`: warm hand-overs (R5), at both sides.
#include "tools/knoop/verbs.h"

namespace knoop::cli {
namespace {

struct Act {
  std::string id, words, date, time, place, alternative, feedback, who;
};

std::string handover_table(const Json& handovers) {
  if (handovers.empty()) return "No hand-overs.\n";
  Table table({"HAND-OVER", "KIND", "WE ARE", "WITH", "CLIENT", "STATE", "RESPONSIBLE", "URGENCY", "OWED",
               "BY", "DUE", "TERM", "NOT YET TAKEN"});
  for (const Json& one : handovers) {
    const Json term = one["term"].is_null() ? Json::object() : one["term"];
    table.add({cell(one, "id"), cell(one, "kind"), cell(one, "party"), cell(one, "peer"),
               cell(one, "clientRef"), cell(one, "state"), cell(one, "responsible"), cell(one, "urgency"),
               cell(term, "task"), cell(term, "owner"), cell(term, "due"), cell(term, "stage"),
               cell(one, "pending")});
  }
  return table.text();
}

std::string detail_text(const Json& one) {
  std::string out = handover_table(Json::array({one}));
  out += fmt::format("Occasion: {}\nGoal: {}\nCategories: {}\n", printable(cell(one, "occasion")),
                     printable(cell(one, "goal")), cell(one, "categories"));
  if (!cell(one, "notTaken").empty()) out += fmt::format("Not taken: {}\n", printable(cell(one, "notTaken")));
  Table table(
      {"AT", "BY", "WHO", "EVENT", "DATE", "TIME", "PLACE", "FEEDBACK", "WORDS", "ALTERNATIVE", "STATE"});
  for (const Json& row : one["happenings"])
    table.add({cell(row, "at"), cell(row, "by"), cell(row, "who"), cell(row, "event"), cell(row, "date"),
               cell(row, "time"), cell(row, "place"), cell(row, "feedback"), cell(row, "words"),
               cell(row, "alternative"), cell(row, "state")});
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
    optional("time", act->time);
    optional("place", act->place);
    optional("alternative", act->alternative);
    optional("feedback", act->feedback);
    optional("who", act->who);
    KNOOP_LET(answer, program.post("/api/v1/handovers/" + act->id + "/events", body));
    program.print(answer, [&] { return detail_text(answer); });
    return ExitCode::done;
  });
  verb->add_option("id", act->id, "Id of the hand-over")->required();
  verb->add_option("--text,--reason", act->words, "In words");
  verb->add_option("--who", act->who, "Name and function of the professional, for the other side");
  if (event == "gesprek plannen" || event == "ander voorstel doen" || event == "opschorten")
    verb->add_option("--date,--until", act->date, "YYYY-MM-DD")->required();
  if (event == "gesprek plannen") {
    verb->add_option("--time", act->time, "HH:MM in the Netherlands");
    verb->add_option("--place", act->place, "Where");
  }
  if (event == "weigeren")
    verb->add_option("--alternative", act->alternative, "Who or what could help instead");
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
  std::string match, kind = "warme overdracht", earlier, goal, occasion, urgency = "normaal", categories, who;
};

Result<int> request(Program& program, const Ask& ask, bool only_prepare) {
  Json body{{"match", ask.match}, {"kind", ask.kind},       {"prepare", only_prepare},
            {"goal", ask.goal},   {"urgency", ask.urgency}, {"categories", split_list(ask.categories, ',')}};
  if (!ask.earlier.empty()) body["earlier"] = ask.earlier;
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

void add_ask(CLI::App& noun, Program& program, const std::string& name, const std::string& help,
             bool only_prepare) {
  auto ask = std::make_shared<Ask>();
  CLI::App* verb = program.verb(
      noun, name, help, [&program, ask, only_prepare] { return request(program, *ask, only_prepare); });
  verb->add_option("--match", ask->match, "Id of the match")->required();
  verb->add_option("--kind", ask->kind, "warme overdracht, terugverwijzing, nazorg, consult or inbreng")
      ->capture_default_str();
  verb->add_option("--follows", ask->earlier, "Id of the hand-over that this one follows");
  verb->add_option("--purpose,--goal", ask->goal, "What for (doel)")->required();
  verb->add_option("--occasion", ask->occasion, "Why now (aanleiding); the goal when absent");
  verb->add_option("--urgency", ask->urgency, "normaal or spoed")
      ->capture_default_str()
      ->transform(
          CLI::Transformer(std::map<std::string, std::string>{{"normal", "normaal"}, {"urgent", "spoed"}}));
  verb->add_option("--categories", ask->categories, "What is meant to be released, such as F01,F05")
      ->required();
  verb->add_option("--who", ask->who, "Name and function of the professional, for the other side");
}

Result<int> calendar(Program& program, const std::string& id, const std::string& file) {
  KNOOP_LET(answer, program.get("/api/v1/handovers/" + id + "/calendar"));
  const auto text = answer["text"].get<std::string>();
  if (!file.empty()) KNOOP_TRY(write_file(file, text));
  program.print(answer, [&] { return file.empty() ? text : fmt::format("Written to {}.\n", file); });
  return ExitCode::done;
}

}  // namespace

void add_handover_verbs(CLI::App& app, Program& program) {
  CLI::App* noun = app.add_subcommand("handover", "Warm hand-overs (warme overdracht)");
  noun->require_subcommand(1);

  add_ask(*noun, program, "prepare", "Begin to prepare one; the other organisation hears nothing yet", true);
  add_ask(*noun, program, "request", "Ask the other organisation of a match, at once", false);
  add_act(*noun, program, "ask-consent", "Preparing: consent was asked of who may give it",
          "toestemming vragen");
  add_act(*noun, program, "ready", "Preparing: everything is collected", "voorbereiding afronden");
  add_act(*noun, program, "ask", "Ask for what was prepared, or ask again", "aanvragen");
  add_act(*noun, program, "accept", "Accept a request, or the other date that was proposed", "accepteren");
  add_act(*noun, program, "refuse", "Refuse a request, with a reason", "weigeren");
  add_act(*noun, program, "propose", "Propose another date", "ander voorstel doen");
  add_act(*noun, program, "plan", "Plan the conversation of three (driegesprek)", "gesprek plannen");
  add_act(*noun, program, "held", "The conversation was held", "gesprek voeren");
  add_act(*noun, program, "confirm", "Receiver: take over without fragments", "overdracht bevestigen");
  add_act(*noun, program, "arrived", "The client arrived", "aangekomen melden");
  add_act(*noun, program, "not-arrived", "The client did not arrive", "niet aangekomen melden");
  add_act(*noun, program, "feedback", "Tell the sender how it goes (terugkoppeling)", "terugkoppelen");
  add_act(*noun, program, "client-spoken", "Not arrived: what the client said, or that nobody can be reached",
          "cliënt spreken");
  add_act(*noun, program, "not-needed", "Not arrived: the risk is gone, the referral with it",
          "niet meer nodig");
  add_act(*noun, program, "same-risk",
          "Not arrived: the risk is the same; motivate, offer another, bring into the MDO", "zelfde risico");
  add_act(*noun, program, "other-risk", "Not arrived: the risk is another one and is judged anew",
          "ander risico");
  add_act(*noun, program, "alternative-accepted", "Not arrived: the client takes the other offer",
          "alternatief aanvaarden");
  add_act(*noun, program, "advise", "Consult or inbreng: the advice", "advies geven");
  add_act(*noun, program, "more-time", "Give the organisation that owes the next step more time",
          "opschorten");
  add_act(*noun, program, "close", "Close the hand-over", "afronden");
  add_act(*noun, program, "escalate", "The agreed way does not work (opschalen)", "opschalen");
  add_act(*noun, program, "withdraw", "Withdraw the request", "intrekken");

  auto id = std::make_shared<std::string>();
  auto withheld = std::make_shared<std::vector<std::string>>();
  CLI::App* verb =
      program.verb(*noun, "transfer", "Release what consent permits; shows the decision for each category",
                   [&program, id, withheld] { return transfer(program, *id, *withheld); });
  verb->add_option("id", *id, "Id of the hand-over")->required();
  verb->add_option("--withhold", *withheld, "Id of a fragment that stays; may be repeated");

  auto client = std::make_shared<std::string>();
  program
      .verb(*noun, "list", "Hand-overs, last changed first",
            [&program, client]() -> Result<int> {
              Json all = Json::array();
              std::string next;
              do {
                KNOOP_LET(page, program.get(with_query("/api/v1/handovers",
                                                       {{"client", *client}, {"cursor", next}})));
                for (Json& one : page["handovers"]) all.push_back(std::move(one));
                next = cell(page, "next");
              } while (!next.empty());
              program.print(all, [&] { return handover_table(all); });
              return ExitCode::done;
            })
      ->add_option("--client", *client, "Own client reference");
  auto planned = std::make_shared<std::pair<std::string, std::string>>();
  verb = program.verb(*noun, "calendar", "The planned conversation as an iCalendar file",
                      [&program, planned] { return calendar(program, planned->first, planned->second); });
  verb->add_option("id", planned->first, "Id of the hand-over")->required();
  verb->add_option("--out", planned->second, "File; printed when absent");

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
