// `knoop consent …`: what youth and parents said about sharing (R3).
#include "tools/knoop/verbs.h"

namespace knoop::cli {
namespace {

struct Said {
  std::string client, recipient, categories, exclude, purpose = "warme-overdracht", from, until, way = "oral";
  std::string identity = "in person", authority, text_version = "2026-1", evidence, exception, answer = "yes";
  std::vector<std::string> givers;
  bool everything = false, once = false, not_told = false;
};

Result<int> record(Program& program, const Said& said) {
  Json body{{"client", said.client},
            {"answer", said.answer},
            {"givers", said.givers},
            {"purpose", said.purpose},
            {"everything", said.everything},
            {"categories", split_list(said.categories, ',')},
            {"exclusions", split_list(said.exclude, ',')},
            {"once", said.once},
            {"way", said.way},
            {"identity", said.identity},
            {"textVersion", said.text_version},
            {"toldWithdrawable", !said.not_told}};
  const auto optional = [&](const char* field, const std::string& value) {
    if (!value.empty()) body[field] = value;
  };
  optional("recipient", said.recipient);
  optional("from", said.from);
  optional("until", said.until);
  optional("authority", said.authority);
  optional("evidence", said.evidence);
  optional("exception", said.exception);
  KNOOP_LET(answer, program.post("/api/v1/consents", body));
  program.print(answer, [&] { return fmt::format("Consent {} recorded.\n", cell(answer, "id")); });
  return ExitCode::done;
}

Result<int> withdraw(Program& program, const std::string& id) {
  KNOOP_LET(answer, program.post("/api/v1/consents/" + id + "/withdrawal", Json::object()));
  program.print(answer, [&] {
    return fmt::format(
        "Withdrawn. {} release(s) stopped before the key left; {} organisation(s) told to lock what they "
        "have.\n",
        cell(answer, "cancelled"), cell(answer, "followed"));
  });
  return ExitCode::done;
}

Result<int> list(Program& program, const std::string& client) {
  KNOOP_LET(answer, program.get("/api/v1/consents?client=" + query_text(client)));
  const Json consents = answer["consents"];
  program.print(consents, [&] {
    if (consents.empty()) return std::string("No consent is recorded. Nothing said is no.\n");
    Table table({"CONSENT", "ANSWER", "RECIPIENT", "PURPOSE", "CATEGORIES", "UNTIL", "WITHDRAWN"});
    for (const Json& one : consents)
      table.add({cell(one, "id"), cell(one, "answer"), cell(one, "recipient"), cell(one, "purpose"),
                 cell(one, "categories"), cell(one, "until"), cell(one, "withdrawnAt")});
    return table.text();
  });
  return ExitCode::done;
}

}  // namespace

void add_consent_verbs(CLI::App& app, Program& program) {
  CLI::App* noun = app.add_subcommand("consent", "What youth and parents said about sharing (toestemming)");
  noun->require_subcommand(1);

  auto said = std::make_shared<Said>();
  CLI::App* verb = program.verb(*noun, "record", "Record a consent, a refusal or an objection",
                                [&program, said] { return record(program, *said); });
  verb->add_option("--client", said->client, "Own client reference")->required();
  verb->add_option("--recipient", said->recipient, "Short name of the one organisation it is for");
  verb->add_option("--giver", said->givers,
                   "Who speaks: youth, parent, guardian or representative; may be repeated")
      ->required();
  verb->add_option("--categories", said->categories,
                   "Categories, such as F01,F05; sensitive ones only count when named");
  verb->add_option("--exclude", said->exclude, "Categories that are excluded");
  verb->add_flag("--everything", said->everything, "All categories that are not sensitive");
  verb->add_option("--purpose", said->purpose, "What the sharing is for")->capture_default_str();
  verb->add_option("--from", said->from, "First day, YYYY-MM-DD; today when absent");
  verb->add_option("--until", said->until, "Last day, YYYY-MM-DD");
  verb->add_flag("--once", said->once, "For one release");
  verb->add_option("--way", said->way, "oral, written or digital")->capture_default_str();
  verb->add_option("--identity", said->identity, "How the identity of the givers was checked")
      ->capture_default_str();
  verb->add_option("--authority", said->authority, "How and by which source authority (gezag) was checked");
  verb->add_option("--text-version", said->text_version, "Version of the explanation that was shown")
      ->capture_default_str();
  verb->add_option("--evidence", said->evidence, "SHA-256 of the signed paper or digital record");
  verb->add_option("--exception", said->exception, "Why not everyone whom the rules ask for was asked");
  verb->add_option("--answer", said->answer, "yes, partly, no or objection")->capture_default_str();
  verb->add_flag("--not-told-withdrawable", said->not_told,
                 "The givers were not told that they can withdraw");

  auto id = std::make_shared<std::string>();
  program
      .verb(*noun, "withdraw", "Withdraw a consent: works at once, everywhere",
            [&program, id] { return withdraw(program, *id); })
      ->add_option("id", *id, "Id of the consent")
      ->required();
  auto client = std::make_shared<std::string>();
  program
      .verb(*noun, "list", "The consents of a client", [&program, client] { return list(program, *client); })
      ->add_option("--client", *client, "Own client reference")
      ->required();
}

}  // namespace knoop::cli
