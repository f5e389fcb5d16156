// `knoop user …`, `knoop key …`: who may sign in at the console, and which programs may use the API.
#include "tools/knoop/verbs.h"

namespace knoop::cli {
namespace {

/// Asked at the terminal, or the next line of --passphrase-fd; never an argument.
Result<Json> with_password(Program& program, Json body) {
  KNOOP_LET(password, program.passphrases().choose("wachtwoord"));
  std::string text(text_view(password.view()));
  body["password"] = text;
  wipe(text.data(), text.size());
  return body;
}

Result<int> create(Program& program, const std::string& name, const std::string& role,
                   const std::string& display, const std::string& subject) {
  Json body{{"name", name}, {"role", role}};
  set_if(body, "displayName", display);
  set_if(body, "subject", subject);
  if (subject.empty()) {
    KNOOP_LET(with, with_password(program, std::move(body)));
    body = std::move(with);
  }
  KNOOP_LET(answer, program.post("/api/v1/accounts", body));
  program.print(answer, [&] { return fmt::format("Account {} gemaakt ({}).\n", name, role); });
  return ExitCode::done;
}

Result<int> list(Program& program) {
  KNOOP_LET(answer, program.get("/api/v1/accounts"));
  program.print(answer["accounts"], [&] {
    if (answer["accounts"].empty())
      return std::string(
          "Nog geen accounts. Maak er een met 'knoop user create NAAM --role administrator'.\n");
    Table table({"naam", "rol", "aanmelden", "tweede factor", "uitgezet"});
    for (const Json& row : answer["accounts"])
      table.add({printable(cell(row, "name")), cell(row, "role"), cell(row, "signsInWith"),
                 cell(row, "secondFactor") == "set" ? "ingesteld" : "nog niet",
                 cell(row, "disabled").substr(0, 10)});
    return table.text();
  });
  return ExitCode::done;
}

Result<int> act(Program& program, const std::string& name, const std::string& verb, const Json& body,
                const std::string& said) {
  KNOOP_LET(answer, program.post(fmt::format("/api/v1/accounts/{}/{}", query_text(name), verb), body));
  program.print(answer, [&] { return fmt::format("{}: {}.\n", name, said); });
  return ExitCode::done;
}

Result<int> password(Program& program, const std::string& name) {
  KNOOP_LET(body, with_password(program, Json::object()));
  return act(program, name, "password", body, "nieuw wachtwoord, overal afgemeld");
}

Result<int> create_key(Program& program, const std::string& name, const std::string& role,
                       const std::vector<std::string>& scopes) {
  KNOOP_LET(answer, program.post("/api/v1/api-keys", {{"name", name}, {"role", role}, {"scopes", scopes}}));
  program.print(answer, [&] {
    return fmt::format("Sleutel {} gemaakt. Hij wordt maar één keer getoond:\n{}\n", cell(answer, "id"),
                       cell(answer, "key"));
  });
  return ExitCode::done;
}

Result<int> list_keys(Program& program) {
  KNOOP_LET(answer, program.get("/api/v1/api-keys"));
  program.print(answer["apiKeys"], [&] {
    if (answer["apiKeys"].empty()) return std::string("Nog geen sleutels.\n");
    Table table({"nr", "naam", "rol", "mag", "gemaakt", "beëindigd"});
    for (const Json& row : answer["apiKeys"]) {
      std::string scopes;
      for (const Json& scope : row["scopes"])
        scopes += (scopes.empty() ? "" : " ") + scope.get<std::string>();
      table.add({cell(row, "id"), printable(cell(row, "name")), cell(row, "role"), scopes,
                 cell(row, "created").substr(0, 10), cell(row, "ended").substr(0, 10)});
    }
    return table.text();
  });
  return ExitCode::done;
}

Result<int> end_key(Program& program, std::int64_t id) {
  KNOOP_LET(answer, program.cancel(fmt::format("/api/v1/api-keys/{}", id)));
  program.print(answer, [&] { return fmt::format("Sleutel {} werkt niet meer.\n", id); });
  return ExitCode::done;
}

}  // namespace

void add_user_verbs(CLI::App& app, Program& program) {
  CLI::App* noun = app.add_subcommand("user", "Who may sign in at the console");
  noun->require_subcommand(1);
  auto name = std::make_shared<std::string>();
  auto role = std::make_shared<std::string>();
  auto display = std::make_shared<std::string>();
  auto subject = std::make_shared<std::string>();
  CLI::App* verb = program.verb(*noun, "create",
                                "Make an account; the password is asked, or the next line of --passphrase-fd",
                                [=, &program] { return create(program, *name, *role, *display, *subject); });
  verb->add_option("name", *name, "How the person signs in")->required();
  verb->add_option("--role", *role,
                   "administrator, monitor, privacy-officer, professional, service or team-lead")
      ->required();
  verb->add_option("--display-name", *display, "How colleagues read it");
  verb->add_option(
      "--subject", *subject,
      "How the identity provider of openid.issuer knows the person (the claim \"sub\"); no password");
  program.verb(*noun, "list", "All accounts", [&program] { return list(program); });
  const auto simple = [&](const std::string& word, const std::string& path, const std::string& help,
                          const std::string& said) {
    program
        .verb(*noun, word, help, [=, &program] { return act(program, *name, path, Json::object(), said); })
        ->add_option("name", *name, "The account")
        ->required();
  };
  simple("disable", "disable", "Switch an account off; its sessions end", "uitgezet, overal afgemeld");
  simple("enable", "enable", "Switch an account on again", "weer aangezet");
  simple("reset-factor", "remove-second-factor",
         "Remove a second factor that was lost; a new one is set up at the next sign-in",
         "tweede factor weggehaald");
  verb = program.verb(*noun, "password", "A new password; its sessions end",
                      [=, &program] { return password(program, *name); });
  verb->add_option("name", *name, "The account")->required();
  verb = program.verb(*noun, "role", "Another role; its sessions end", [=, &program] {
    return act(program, *name, "role", {{"role", *role}}, "nu " + *role);
  });
  verb->add_option("name", *name, "The account")->required();
  verb->add_option("role", *role, "The role")->required();

  noun = app.add_subcommand("key", "Which programs may use the API");
  noun->require_subcommand(1);
  auto scopes = std::make_shared<std::vector<std::string>>();
  verb = program.verb(*noun, "create", "Make an API key, shown once",
                      [=, &program] { return create_key(program, *name, *role, *scopes); });
  verb->add_option("name", *name, "Which program it is for")->required();
  verb->add_option("--role", *role, "As for accounts")->required();
  verb->add_option("--scope", *scopes, "\"involvements:write\", \"matches:read\"; may be given several times")
      ->required();
  program.verb(*noun, "list", "All keys, ended ones too", [&program] { return list_keys(program); });
  auto id = std::make_shared<std::int64_t>(0);
  verb = program.verb(*noun, "end", "End a key", [=, &program] { return end_key(program, *id); });
  verb->add_option("id", *id, "Its number")->required();
}

}  // namespace knoop::cli
