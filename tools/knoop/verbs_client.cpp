// `knoop client …`, `knoop involvement …`, `knoop fragment …`: the organisation's own records, and what others released
// to it.
#include "tools/knoop/import_client.h"
#include "tools/knoop/verbs_dossier.h"

namespace knoop::cli {
namespace {

std::string name_of(const Json& client) {
  std::string out = cell(client, "givenNames");
  for (const std::string& part : {cell(client, "prefix"), cell(client, "surname")})
    if (!part.empty()) out += (out.empty() ? "" : " ") + part;
  return out;
}

struct Search {
  std::string surname;
  std::string birth_date;
  bool involved = false;
  bool all = false;
};

Result<int> list_clients(Program& program, const Search& search) {
  Json clients = Json::array();
  Json after;
  do {
    Json body{{"involvedOnly", search.involved}};
    if (!search.surname.empty()) body["surnamePrefix"] = search.surname;
    if (!search.birth_date.empty()) body["birthDate"] = search.birth_date;
    if (!after.is_null()) body["cursor"] = after;
    KNOOP_LET(page, program.post("/api/v1/clients/search", body));
    for (Json& client : page["clients"]) clients.push_back(std::move(client));
    after = page["next"];
  } while (search.all && !after.is_null());
  program.print(clients, [&] {
    if (clients.empty()) return std::string("No clients.\n");
    Table table({"REF", "NAME", "BORN", "POSTCODE", "BSN"});
    for (const Json& client : clients)
      table.add({cell(client, "ref"), name_of(client), cell(client, "birthDate"), cell(client, "postcode"),
                 client.value("hasBsn", false) ? "yes" : "no"});
    return table.text() + (after.is_null() ? "" : "There are more: narrow the search, or use --all.\n");
  });
  return ExitCode::done;
}

Result<int> show_client(Program& program, const std::string& ref, const std::string& purpose) {
  KNOOP_LET(client, program.get(with_query("/api/v1/clients/" + query_text(ref), {{"purpose", purpose}})));
  program.print(client, [&] {
    Table head({"client", cell(client, "ref")});
    head.add({"name", name_of(client)});
    head.add({"born", cell(client, "birthDate")});
    head.add({"BSN", cell(client, "bsn")});
    head.add({"address",
              cell(client, "postcode") + " " + cell(client, "houseNumber") + " " + cell(client, "addition")});
    if (client.value("secret", false)) head.add({"mark", "geheim"});
    if (client.value("institutional", false)) head.add({"mark", "verblijft in een instelling"});
    std::string out = head.text();
    if (!client["involvements"].empty()) {
      Table table({"BETROKKENHEID", "VAN", "TOT", "ACTIEF", "PROFESSIONAL"});
      for (const Json& each : client["involvements"])
        table.add({cell(each, "kind"), cell(each, "from"), cell(each, "until"),
                   each.value("active", false) ? "ja" : "nee",
                   cell(each["professional"], "name") + ", " + cell(each["professional"], "function")});
      out += "\n" + table.text();
    }
    if (!client["fragments"].empty()) {
      Table table({"FRAGMENT", "RUBRIEK", "LABEL", "TITEL", "DATUM"});
      for (const Json& each : client["fragments"])
        table.add({cell(each, "id"), cell(each, "category"), cell(each, "label"), cell(each, "title"),
                   cell(each, "date")});
      out += "\n" + table.text();
    }
    return out;
  });
  return ExitCode::done;
}

Result<int> mark_client(Program& program, const std::string& ref, const std::string& secret,
                        const std::string& institutional) {
  if (secret.empty() && institutional.empty())
    return fail(ErrorCode::bad_value, Side::user, "name a mark: --geheim or --instelling, with ja or nee");
  Json body = Json::object();
  if (!secret.empty()) body["secret"] = secret == "ja";
  if (!institutional.empty()) body["institutional"] = institutional == "ja";
  KNOOP_LET(answer, program.post("/api/v1/clients/" + query_text(ref) + "/marks", body));
  program.print(answer, [&] { return fmt::format("Client {} is marked.\n", ref); });
  return ExitCode::done;
}

struct NewInvolvement {
  std::string client;
  std::string kind = "ketenregistratie";
  std::string from;
  std::string until;
  std::string name;
  std::string function;
  std::string phone;
  std::string email;
  std::string reason;
};

Result<int> add_involvement(Program& program, const NewInvolvement& options) {
  Json body{{"clientRef", options.client},
            {"kind", options.kind},
            {"from", options.from},
            {"until", options.until},
            {"name", options.name}};
  set_if(body, "function", options.function);
  set_if(body, "phone", options.phone);
  set_if(body, "email", options.email);
  set_if(body, "reason", options.reason);
  KNOOP_LET(answer, program.post("/api/v1/involvements", body));
  program.print(answer, [&] { return fmt::format("Betrokkenheid {} is recorded.\n", cell(answer, "id")); });
  return ExitCode::done;
}

Result<int> change_involvement(Program& program, const std::string& id, const std::string& what,
                               const Json& body) {
  KNOOP_LET(answer, program.post("/api/v1/involvements/" + query_text(id) + "/" + what, body));
  program.print(answer, [&] {
    return fmt::format("Betrokkenheid {}: {} to {}{}.\n", cell(answer, "id"), cell(answer, "from"),
                       cell(answer, "until"),
                       answer.contains("closedOn") ? ", closed on " + cell(answer, "closedOn") : "");
  });
  return ExitCode::done;
}

Result<int> list_involvements(Program& program, bool all) {
  Json list = Json::array();
  Json after;
  do {
    KNOOP_LET(page, program.get(with_query("/api/v1/involvements",
                                           {{"all", all ? "true" : ""},
                                            {"cursor", after.is_null() ? "" : after.get<std::string>()}})));
    for (Json& each : page["involvements"]) list.push_back(std::move(each));
    after = page["next"];
  } while (!after.is_null());
  program.print(list, [&] {
    if (list.empty()) return std::string("No involvements.\n");
    Table table({"ID", "CLIENT", "SOORT", "VAN", "TOT", "ACTIEF", "PROFESSIONAL"});
    for (const Json& each : list)
      table.add({cell(each, "id"), cell(each, "clientRef"), cell(each, "kind"), cell(each, "from"),
                 cell(each, "until"), each.value("active", false) ? "ja" : "nee",
                 cell(each["professional"], "name")});
    return table.text();
  });
  return ExitCode::done;
}

Result<int> list_fragments(Program& program, const std::string& ref) {
  KNOOP_LET(client, program.get("/api/v1/clients/" + query_text(ref)));
  program.print(client["fragments"], [&] {
    if (client["fragments"].empty()) return std::string("No fragments.\n");
    Table table({"ID", "RUBRIEK", "LABEL", "TITEL", "AUTEUR", "DATUM"});
    for (const Json& each : client["fragments"])
      table.add({cell(each, "id"), cell(each, "category"), cell(each, "label"), cell(each, "title"),
                 cell(each, "author"), cell(each, "date")});
    return table.text();
  });
  return ExitCode::done;
}

std::string fragment_lines(const Json& fragment) {
  std::string out = fmt::format("{} {}: {}\n", cell(fragment, "category"), cell(fragment, "label"),
                                printable(cell(fragment, "title")));
  out += fmt::format("{}, {}, {}\n", printable(cell(fragment, "nature")), printable(cell(fragment, "author")),
                     cell(fragment, "date"));
  for (const char* part : {"text", "plain"})
    for (const std::string& line : split_list(cell(fragment, part), '\n')) out += printable(line) + "\n";
  return out;
}

Result<int> show_fragment(Program& program, const std::string& id, const std::string& purpose) {
  KNOOP_LET(fragment, program.get(with_query("/api/v1/fragments/" + query_text(id), {{"purpose", purpose}})));
  program.print(fragment, [&] { return fragment_lines(fragment); });
  return ExitCode::done;
}

void add_involvement_verbs(CLI::App& app, Program& program) {
  CLI::App* noun = app.add_subcommand("involvement", "Betrokkenheid: who of us is involved with which youth");
  noun->require_subcommand(1);
  add_import_verb(*noun, program, "involvements", "Take over an involvements.csv");
  auto fresh = std::make_shared<NewInvolvement>();
  CLI::App* verb = program.verb(*noun, "add", "Record an involvement",
                                [&program, fresh] { return add_involvement(program, *fresh); });
  verb->add_option("--client", fresh->client, "Client reference")->required();
  verb->add_option("--kind", fresh->kind, "ketenregistratie or signaal");
  verb->add_option("--from", fresh->from, "First day, YYYY-MM-DD")->required();
  verb->add_option("--until", fresh->until, "Last day, at most two years later")->required();
  verb->add_option("--name", fresh->name, "Name of the professional")->required();
  verb->add_option("--function", fresh->function, "Function of the professional");
  verb->add_option("--phone", fresh->phone, "Telephone");
  verb->add_option("--email", fresh->email, "E-mail");
  verb->add_option("--reason", fresh->reason, "Reason; stays on this node");
  auto id = std::make_shared<std::string>();
  auto until = std::make_shared<std::string>();
  verb = program.verb(*noun, "extend", "Another last day", [&program, id, until] {
    return change_involvement(program, *id, "extend", {{"until", *until}});
  });
  verb->add_option("id", *id, "Number of the involvement")->required();
  verb->add_option("--until", *until, "Last day, YYYY-MM-DD")->required();
  auto closed = std::make_shared<std::string>();
  auto why = std::make_shared<std::string>();
  verb = program.verb(*noun, "close", "End it today; it disappears at every peer", [&program, closed, why] {
    return change_involvement(program, *closed, "close", {{"reason", *why}});
  });
  verb->add_option("id", *closed, "Number of the involvement")->required();
  verb->add_option("--reason", *why, "Why it ends; stays on this node")->required();
  auto all = std::make_shared<bool>(false);
  program
      .verb(*noun, "list", "Active involvements",
            [&program, all] { return list_involvements(program, *all); })
      ->add_flag("--all", *all, "Also those that have not begun or are over");
}

void add_fragment_verbs(CLI::App& app, Program& program) {
  CLI::App* noun =
      app.add_subcommand("fragment", "Dossier fragments: our own, and those received from others");
  noun->require_subcommand(1);
  add_import_verb(*noun, program, "fragments", "Take over a fragments.jsonl");
  auto ref = std::make_shared<std::string>();
  program
      .verb(*noun, "list", "Titles of a client's own fragments",
            [&program, ref] { return list_fragments(program, *ref); })
      ->add_option("client", *ref, "Client reference")
      ->required();
  auto id = std::make_shared<std::string>();
  auto purpose = std::make_shared<std::string>();
  CLI::App* verb = program.verb(*noun, "show", "Open one of our own fragments",
                                [&program, id, purpose] { return show_fragment(program, *id, *purpose); });
  verb->add_option("id", *id, "Id of the fragment")->required();
  verb->add_option("--purpose", *purpose, "Why it is opened; stands in the log");
  add_fragment_writing_verbs(*noun, program);
  add_attachment_verbs(*noun, program);
  add_received_verbs(*noun, program);
}

}  // namespace

void add_client_verbs(CLI::App& app, Program& program) {
  CLI::App* noun = app.add_subcommand("client", "The organisation's own clients");
  noun->require_subcommand(1);
  add_import_verb(*noun, program, "clients", "Take over a clients.csv");
  add_export_verb(*noun, program);
  auto search = std::make_shared<Search>();
  CLI::App* verb = program.verb(*noun, "list", "Search own clients",
                                [&program, search] { return list_clients(program, *search); });
  verb->add_option("--surname", search->surname, "Beginning of the surname");
  verb->add_option("--born", search->birth_date, "Birth date, YYYY-MM-DD");
  verb->add_flag("--involved", search->involved, "Only with an active involvement");
  verb->add_flag("--all", search->all, "Every page instead of the first 100");
  auto ref = std::make_shared<std::string>();
  auto purpose = std::make_shared<std::string>();
  verb = program.verb(*noun, "show", "Open one client",
                      [&program, ref, purpose] { return show_client(program, *ref, *purpose); });
  verb->add_option("ref", *ref, "Client reference")->required();
  verb->add_option("--purpose", *purpose, "Why the client is opened; stands in the log");

  auto marked = std::make_shared<std::string>();
  auto secret = std::make_shared<std::string>();
  auto institutional = std::make_shared<std::string>();
  verb = program.verb(*noun, "mark", "Set or clear a mark", [&program, marked, secret, institutional] {
    return mark_client(program, *marked, *secret, *institutional);
  });
  verb->add_option("ref", *marked, "Client reference")->required();
  verb->add_option("--geheim", *secret, "ja: no keys for matching, no address to anybody")
      ->check(CLI::IsMember({"ja", "nee"}));
  verb->add_option("--instelling", *institutional, "ja: lives at an institution's address")
      ->check(CLI::IsMember({"ja", "nee"}));

  add_views_verb(*noun, program);
  add_involvement_verbs(app, program);
  add_fragment_verbs(app, program);
  add_mapping_verbs(app, program);
}

}  // namespace knoop::cli
