// `knoop form …`: forms filled from what is known, and what users say of them (R4.4, R4.5).
#include "tools/knoop/verbs_dossier.h"

namespace knoop::cli {
namespace {

Result<int> list(Program& program) {
  KNOOP_LET(answer, program.get("/api/v1/forms"));
  program.print(answer["forms"], [&] {
    Table table({"FORMULIER", "VERSIE", "TITEL", "VAN", "NAAR", "RUBRIEKEN"});
    const auto joined = [](const Json& list) {
      std::string out;
      for (const Json& one : list) out += (out.empty() ? "" : " ") + one.get<std::string>();
      return out;
    };
    for (const Json& one : answer["forms"])
      table.add({cell(one, "form"), cell(one, "version"), cell(one, "title"), joined(one["from"]),
                 joined(one["to"]), joined(one["categories"])});
    return table.text();
  });
  return ExitCode::done;
}

Result<int> fill(Program& program, const std::string& form, const std::string& version,
                 const std::string& client) {
  KNOOP_LET(answer,
            program.post(fmt::format("/api/v1/forms/{}/{}/fill", query_text(form), query_text(version)),
                         {{"client", client}}));
  program.print(answer, [&] {
    std::string out = fmt::format("{}, versie {}\n", cell(answer, "title"), cell(answer, "version"));
    for (const Json& field : answer["fields"]) {
      out += fmt::format("\n{}{}\n", cell(field, "label"), field.value("required", false) ? " *" : "");
      for (const Json& value : field["values"]) {
        for (const std::string& line : split_list(cell(value, "value"), '\n'))
          out += "  " + printable(line) + "\n";
        out += fmt::format("    ({}, {}{})\n", printable(cell(value, "author")), cell(value, "date"),
                           value["from"].is_null() ? "" : ", van " + cell(value, "from"));
      }
      if (field["values"].empty()) out += "  -\n";
    }
    if (!answer["missing"].empty()) out += "\nOntbreekt nog:\n";
    for (const Json& label : answer["missing"]) out += fmt::format("  {}\n", label.get<std::string>());
    return out;
  });
  return ExitCode::done;
}

Result<int> feedback(Program& program, const std::string& form, const std::string& version, int score,
                     const std::string& words) {
  Json body{{"score", score}};
  set_if(body, "words", words);
  KNOOP_LET(
      answer,
      program.post(fmt::format("/api/v1/forms/{}/{}/feedback", query_text(form), query_text(version)), body));
  program.print(answer, [] { return std::string("Noted.\n"); });
  return ExitCode::done;
}

}  // namespace

void add_form_verbs(CLI::App& app, Program& program) {
  CLI::App* noun = app.add_subcommand("form", "Forms made of fragments");
  noun->require_subcommand(1);
  program.verb(*noun, "list", "The forms, and between whom they are used",
               [&program] { return list(program); });
  auto form = std::make_shared<std::string>();
  auto version = std::make_shared<std::string>("1");
  auto client = std::make_shared<std::string>();
  CLI::App* verb =
      program.verb(*noun, "fill", "A form with what is known about a client, and what is missing",
                   [&program, form, version, client] { return fill(program, *form, *version, *client); });
  verb->add_option("form", *form, "Id of the form")->required();
  verb->add_option("--version", *version, "Its version");
  verb->add_option("--client", *client, "Own client reference")->required();
  auto of = std::make_shared<std::string>();
  auto of_version = std::make_shared<std::string>("1");
  auto score = std::make_shared<int>(0);
  auto words = std::make_shared<std::string>();
  verb =
      program.verb(*noun, "feedback", "Say how a form serves you", [&program, of, of_version, score, words] {
        return feedback(program, *of, *of_version, *score, *words);
      });
  verb->add_option("form", *of, "Id of the form")->required();
  verb->add_option("--version", *of_version, "Its version");
  verb->add_option("--score", *score, "1 (not) to 5 (well)")->required();
  verb->add_option("--words", *words, "In words, without naming a client");
}

}  // namespace knoop::cli
