// `knoop card …`: our own card to give away, and those of others to take in. Work through the daemon, or on the files
// when none runs.
#include "config/card.h"
#include "tools/knoop/verbs.h"

namespace knoop::cli {
namespace {

std::string card_lines(const Json& card) {
  Table table({"card", printable(cell(card, "id"))});
  table.add({"name", cell(card, "name")});
  table.add({"kind", cell(card, "kind")});
  table.add({"number", cell(card, "number")});
  table.add({"organisation key", cell(card, "organisationKey")});
  if (card.contains("contact")) {
    const Json& contact = card["contact"];
    table.add({"contact", cell(contact, "name") + ", " + cell(contact, "function") + ", " +
                              cell(contact, "phone") + ", " + cell(contact, "email")});
  }
  table.add({"area", cell(card, "area")});
  table.add({"reached at", card.value("dialsOutOnly", false) ? "dials out only" : cell(card, "endpoints")});
  table.add({"valid", cell(card, "validFrom") + " to " + cell(card, "validUntil")});
  return table.text();
}

Result<int> show(Program& program, const std::string& id) {
  KNOOP_LET(card, program.get_or_local("/api/v1/cards/" + id));
  program.print(card, [&] { return card_lines(card); });
  return ExitCode::done;
}

Result<int> export_card(Program& program, const std::string& out) {
  KNOOP_LET(card, program.get_or_local("/api/v1/cards/own"));
  KNOOP_TRY(write_file(out, cell(card, "note")));
  return ExitCode::done;
}

Result<int> import(Program& program, const std::string& file) {
  KNOOP_LET(note, read_file(file, max_card_bytes));
  KNOOP_LET(card, program.post_or_local("/api/v1/cards", {{"note", note}}));
  program.print(card, [&] {
    return card_lines(card) +
           "Installed. Compare the organisation key with them by voice before the convenant is signed.\n";
  });
  return ExitCode::done;
}

}  // namespace

void add_card_verbs(CLI::App& app, Program& program) {
  CLI::App* noun = app.add_subcommand("card", "The signed cards of organisations");
  noun->require_subcommand(1);
  auto text = std::make_shared<std::string>("own");
  program
      .verb(*noun, "show", "Show our own card, or that of a member",
            [&program, text] { return show(program, *text); })
      ->add_option("id", *text, "Short name of the member (default: our own)");
  auto out = std::make_shared<std::string>("-");
  program
      .verb(*noun, "export", "Write our own signed card, to give to the other members",
            [&program, out] { return export_card(program, *out); })
      ->add_option("--out", *out, "File (default: standard output)");
  auto file = std::make_shared<std::string>();
  program
      .verb(*noun, "import", "Install the card of another organisation",
            [&program, file] { return import(program, *file); })
      ->add_option("file", *file, "The signed card")
      ->required();
}

}  // namespace knoop::cli
