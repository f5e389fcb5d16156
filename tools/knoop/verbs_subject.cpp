// `knoop subject …`: what a client may ask of the organisation (R8.3).
#include <sys/stat.h>

#include <fstream>

#include "node/files/subject_page.h"
#include "protocol/html.h"
#include "tools/knoop/verbs.h"

namespace knoop::cli {
namespace {

/// All slices as one document.
Result<Json> fetch(Program& program, const std::string& client) {
  const std::string path = "/api/v1/clients/" + query_text(client) + "/subject-report";
  KNOOP_LET(whole, program.get(path));
  for (std::string next = cell(whole, "next"); !next.empty();) {
    KNOOP_LET(slice, program.get(path + "?cursor=" + query_text(next)));
    for (Json& line : slice["lines"]) whole["lines"].push_back(std::move(line));
    next = cell(slice, "next");
  }
  whole.erase("next");
  return whole;
}

std::string day(const Json& object, const std::string& field) {
  return html::dutch_date(cell(object, field));
}

std::string plain(const Json& whole) {
  std::string out = fmt::format("Wie zag of kreeg gegevens van {} en waarom\n{}, {}\n\n",
                                cell(whole, "client"), cell(whole, "organisation"), day(whole, "made"));
  const auto shared = [&](const char* key, std::string_view title) {
    out += fmt::format("{}\n", title);
    if (whole[key].empty()) out += "  niets\n";
    for (const Json& one : whole[key]) {
      out += fmt::format("  {}  {}\n", day(one, "at"), cell(one, "organisation"));
      for (const Json& category : one["categories"]) out += fmt::format("    {}\n", cell(category, "label"));
      out += fmt::format("    voor {}, tot en met {}\n", cell(one, "purpose"), day(one, "until"));
      for (const char* list : {"restsOn", "after"})
        for (const Json& words : one[list]) out += fmt::format("    {}\n", words.get<std::string>());
    }
  };
  shared("given", "Aan anderen gegeven");
  shared("received", "Van anderen gekregen");
  const auto said = [&](const char* key, std::string_view title) {
    if (whole[key].empty()) return;
    out += fmt::format("{}\n", title);
    for (const Json& one : whole[key])
      out += fmt::format("  {}  {}\n", day(one, "at"), cell(one, "sentence"));
  };
  said("consents", "Gezegd over delen");
  said("grounds", "Zonder toestemming gedeeld");
  out += "Wat er gebeurde\n";
  for (const Json& line : whole["lines"]) {
    out += fmt::format("  {}  {}", day(line, "at"), cell(line, "sentence"));
    if (!cell(line, "about").empty()) out += fmt::format(" Onderwerp: {}.", cell(line, "about"));
    if (!cell(line, "why").empty()) out += fmt::format(" Waarom: {}.", cell(line, "why"));
    out += "\n";
  }
  return out;
}

Result<int> report(Program& program, const std::string& client, bool html, const std::string& path) {
  KNOOP_LET(whole, fetch(program, client));
  const std::string text = program.json ? whole.dump(2) + "\n"
                           : html       ? subject_report_html(whole.dump())
                                        : plain(whole);
  if (path.empty()) {
    fmt::print("{}", text);
    return ExitCode::done;
  }
  // About one person: for its owner alone.
  const mode_t before = ::umask(0077);
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  ::umask(before);
  file << text;
  if (!file.flush())
    return fail(ErrorCode::io_failed, Side::user, "{} cannot be written; name a file in a folder that exists",
                path);
  return ExitCode::done;
}

}  // namespace

void add_subject_verbs(CLI::App& app, Program& program) {
  CLI::App* noun = app.add_subcommand("subject", "What a client may ask: who saw what, and why");
  noun->require_subcommand(1);
  auto client = std::make_shared<std::string>();
  auto path = std::make_shared<std::string>();
  auto html = std::make_shared<bool>(false);
  CLI::App* verb =
      program.verb(*noun, "report", "Who saw or received what of a client and why, in plain Dutch",
                   [&program, client, html, path] { return report(program, *client, *html, *path); });
  verb->add_option("client", *client, "Own client reference")->required();
  verb->add_flag("--html", *html, "As a page that prints on A4");
  verb->add_option("--out", *path, "File to write, readable for its owner alone; stdout when absent");
}

}  // namespace knoop::cli
