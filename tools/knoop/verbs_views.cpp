// `knoop client views`: where an own client is known, who signalled, who coordinates (R2.8).
#include "tools/knoop/verbs.h"

namespace knoop::cli {
namespace {

std::string whose(const Json& row) {
  const std::string peer = cell(row, "peer");
  return peer.empty() ? "us" : peer;
}

std::string views_text(const Json& views) {
  std::string out = "Known where:\n";
  if (views["where"].empty()) out += "Nowhere else, as far as matches and hand-overs told.\n";
  Table where({"ORGANISATION", "HOW", "SINCE", "CONTACT DATA", "MAY SHARE", "STATE", "ID"});
  for (const Json& row : views["where"])
    where.add({cell(row, "peer"), cell(row, "how"), cell(row, "since"),
               row.value("contact", false) ? "ja" : "nee", row.value("mayShare", false) ? "ja" : "nee",
               cell(row, "state"), cell(row, "id")});
  if (!where.empty()) out += where.text();
  out += "\nWho signalled:\n";
  Table who({"ORGANISATION", "SOORT", "PROFESSIONAL", "FUNCTIE", "TELEFOON", "VAN", "TOT"});
  for (const Json& row : views["signalled"])
    who.add({whose(row), cell(row, "kind"), cell(row, "name"), cell(row, "function"), cell(row, "phone"),
             cell(row, "since"), cell(row, "until")});
  out += who.empty() ? "Nobody now.\n" : who.text();
  out += "\nWho coordinates:\n";
  const Json& one = views["coordinates"];
  if (one.is_null()) return out + "Nobody was appointed.\n";
  return out + fmt::format("{} {} (hand-over {}, {})\n", whose(one), printable(cell(one, "professional")),
                           cell(one, "handover"), cell(one, "state"));
}

}  // namespace

void add_views_verb(CLI::App& client, Program& program) {
  auto ref = std::make_shared<std::string>();
  auto purpose = std::make_shared<std::string>();
  CLI::App* verb = program.verb(
      client, "views", "Where a client is known, who signalled, who coordinates",
      [&program, ref, purpose]() -> Result<int> {
        KNOOP_LET(answer, program.get(with_query("/api/v1/clients/" + query_text(*ref) + "/views",
                                                 {{"purpose", *purpose}})));
        program.print(answer, [&] { return views_text(answer); });
        return ExitCode::done;
      });
  verb->add_option("ref", *ref, "Client reference")->required();
  verb->add_option("--purpose", *purpose, "Why it is looked at; stands in the log");
}

}  // namespace knoop::cli
