// `knoop consent …`: what youth and parents said about sharing (R3), the text they were shown, and what the organisation
// chose about who must speak.
#include "crypto/hash.h"
#include "tools/knoop/verbs.h"

namespace knoop::cli {
namespace {

struct Said {
  std::string client, releaser, match, handover, recipient, categories, exclude, purpose = "warme-overdracht",
                                                                                 from, until, way = "oral";
  std::string identity = "in person", authority, text_version = "2026-1", evidence, evidence_file, exception,
              answer = "yes", kind = "sharing";
  std::vector<std::string> givers, replaces;
  bool everything = false, once = false, not_told = false, others = false;
};

constexpr std::size_t most_evidence = 64UL * 1024 * 1024;  // a scan of some pages

/// "parent:moeder" → capacity and who.
Json giver(const std::string& text) {
  const std::size_t colon = text.find(':');
  Json out{{"capacity", text.substr(0, colon)}};
  if (colon != std::string::npos) out["who"] = text.substr(colon + 1);
  return out;
}

/// What a consent is about: the same for a record and for a text that is printed before.
Json scope(const Said& said) {
  Json body{{"purpose", said.purpose},
            {"everything", said.everything},
            {"categories", split_list(said.categories, ',')},
            {"exclusions", split_list(said.exclude, ',')},
            {"once", said.once}};
  set_if(body, "releaser", said.releaser);
  set_if(body, "recipient", said.recipient);
  set_if(body, "from", said.from);
  set_if(body, "until", said.until);
  return body;
}

std::string text_of(const Json& answer) {
  std::string out;
  for (const std::string& line : split_list(answer["text"].get<std::string>(), '\n'))
    out += printable(line) + "\n";
  return out;
}

Result<int> record(Program& program, const Said& said) {
  Json body = scope(said);
  body["client"] = said.client;
  set_if(body, "match", said.match);
  set_if(body, "handover", said.handover);
  body["kind"] = said.kind;
  body["answer"] = said.answer;
  body["givers"] = Json::array();
  for (const std::string& one : said.givers) body["givers"].push_back(giver(one));
  body["replaces"] = said.replaces;
  body["othersHaveAuthority"] = said.others;
  body["way"] = said.way;
  body["identity"] = said.identity;
  body["textVersion"] = said.text_version;
  body["toldWithdrawable"] = !said.not_told;
  set_if(body, "authority", said.authority);
  set_if(body, "evidence", said.evidence);
  set_if(body, "exception", said.exception);
  if (!said.evidence_file.empty()) {
    KNOOP_LET(evidence, read_file(said.evidence_file, most_evidence));
    body["evidence"] = sha256(view(evidence)).hex();
  }
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
    Table table({"CONSENT", "VERSION", "STANDING", "ANSWER", "RECIPIENT", "PURPOSE", "CATEGORIES", "UNTIL"});
    for (const Json& one : consents)
      table.add({cell(one, "id"), cell(one, "version"), cell(one, "standing"), cell(one, "answer"),
                 cell(one, "recipient"), cell(one, "purpose"), cell(one, "categories"), cell(one, "until")});
    return table.text();
  });
  return ExitCode::done;
}

Result<int> elsewhere(Program& program, const std::string& client) {
  KNOOP_LET(answer, program.get("/api/v1/consents-elsewhere?client=" + query_text(client)));
  const Json consents = answer["consents"];
  program.print(consents, [&] {
    if (consents.empty()) return std::string("No other organisation recorded a consent for this client.\n");
    Table table(
        {"CONSENT", "RECORDED AT", "ANSWER", "RECIPIENT", "PURPOSE", "CATEGORIES", "UNTIL", "WITHDRAWN"});
    for (const Json& one : consents)
      table.add({cell(one, "id"), cell(one, "recorder"), cell(one, "answer"), cell(one, "recipient"),
                 cell(one, "purpose"), cell(one, "categories"), cell(one, "until"), cell(one, "withdrawn")});
    return table.text();
  });
  return ExitCode::done;
}

Result<int> print_text(Program& program, const Said& said) {
  KNOOP_LET(answer,
            program.post("/api/v1/consent-texts/" + query_text(said.text_version) + "/prints", scope(said)));
  program.print(answer, [&] { return text_of(answer); });
  return ExitCode::done;
}

Result<int> print_consent(Program& program, const std::string& id) {
  KNOOP_LET(answer, program.get("/api/v1/consents/" + query_text(id) + "/text"));
  program.print(answer, [&] { return text_of(answer); });
  return ExitCode::done;
}

Result<int> list_texts(Program& program) {
  KNOOP_LET(answer, program.get("/api/v1/consent-texts"));
  program.print(answer["texts"], [&] {
    Table table({"VERSION", "HASH"});
    for (const Json& one : answer["texts"]) table.add({cell(one, "version"), cell(one, "hash")});
    return table.text();
  });
  return ExitCode::done;
}

Result<int> add_text(Program& program, const std::string& version, const std::string& file) {
  constexpr std::size_t most = 16UL * 1024;
  KNOOP_LET(body, read_file(file, most));
  KNOOP_LET(answer, program.post("/api/v1/consent-texts", {{"version", version}, {"body", body}}));
  program.print(answer,
                [&] { return fmt::format("Text {} kept, hash {}.\n", version, cell(answer, "hash")); });
  return ExitCode::done;
}

std::string policy_lines(const Json& policy) {
  Table table({"FROM AGE", "YOUTH", "PARENTS OR GUARDIAN", "EXCEPTION"});
  for (const Json& rule : policy["ages"])
    table.add({cell(rule, "from"), cell(rule, "youth"), cell(rule, "elders"), cell(rule, "exception")});
  return table.text() + fmt::format(
                            "Every parent with authority must speak: {}. A ground lasts {} days, an "
                            "emergency {}; reviewed within {}, an "
                            "emergency {}; the client told within {}.\n",
                            cell(policy, "everyParent"), cell(policy, "groundDays"),
                            cell(policy, "emergencyDays"), cell(policy, "reviewDays"),
                            cell(policy, "emergencyReviewDays"), cell(policy, "tellingDays"));
}

struct Chosen {
  std::string parents, every_parent, exceptions;
  std::optional<unsigned> ground, emergency, review, emergency_review, telling;
};

Result<int> policy(Program& program, const Chosen& chosen) {
  Json body = Json::object();
  set_if(body, "parentsFrom12To15", chosen.parents);
  if (!chosen.every_parent.empty()) body["everyParent"] = chosen.every_parent == "yes";
  if (!chosen.exceptions.empty()) body["exceptionsFrom12To15"] = chosen.exceptions == "yes";
  const auto days = [&](const char* field, const std::optional<unsigned>& value) {
    if (value) body[field] = *value;
  };
  days("groundDays", chosen.ground);
  days("emergencyDays", chosen.emergency);
  days("reviewDays", chosen.review);
  days("emergencyReviewDays", chosen.emergency_review);
  days("tellingDays", chosen.telling);
  KNOOP_LET(answer, body.empty() ? program.get("/api/v1/consent-policy")
                                 : program.post("/api/v1/consent-policy", body));
  program.print(answer, [&] { return policy_lines(answer); });
  return ExitCode::done;
}

Result<int> withdrawals(Program& program, bool open) {
  KNOOP_LET(answer, program.get(open ? "/api/v1/withdrawals?open=true" : "/api/v1/withdrawals"));
  const Json list = answer["withdrawals"];
  program.print(list, [&] {
    if (list.empty()) return std::string("None.\n");
    Table table({"CONSENT", "TO", "SENT", "ACKNOWLEDGED", "LOCKED", "FLAGGED"});
    for (const Json& one : list) {
      const bool acknowledged = one["applied"].is_string();
      table.add({cell(one, "consent"), cell(one, "to"), cell(one, "sent"),
                 acknowledged                  ? cell(one, "applied")
                 : one.value("overdue", false) ? "LATE"
                                               : "not yet",
                 acknowledged ? cell(one, "locked") : "", acknowledged ? cell(one, "flagged") : ""});
    }
    return table.text();
  });
  return ExitCode::done;
}

void add_scope(CLI::App& verb, Said& said) {
  verb.add_option("--recipient", said.recipient, "Short name of the one organisation it is for");
  verb.add_option("--releaser", said.releaser,
                  "Short name of the organisation whose fragments it is about, when that is another one");
  verb.add_option("--categories", said.categories,
                  "Categories, such as F01,F05; sensitive ones only count when named");
  verb.add_option("--exclude", said.exclude, "Categories that are excluded");
  verb.add_flag("--everything", said.everything, "All categories that are not sensitive");
  verb.add_option("--purpose", said.purpose, "What the sharing is for")->capture_default_str();
  verb.add_option("--from", said.from, "First day, YYYY-MM-DD; today when absent");
  verb.add_option("--until", said.until, "Last day, YYYY-MM-DD");
  verb.add_flag("--once", said.once, "For one release");
}

Result<int> export_consents(Program& program, const std::string& client, const std::string& path,
                            const std::string& reason) {
  KNOOP_LET(answer, program.post("/api/v1/consent-exports", {{"client", client}, {"reason", reason}}));
  KNOOP_TRY(write_file(path, cell(answer, "lines")));
  return ExitCode::done;
}

void add_text_verbs(CLI::App& noun, Program& program) {
  CLI::App* text = noun.add_subcommand("text", "The explanation that is shown, kept by version");
  text->require_subcommand(1);
  program.verb(*text, "list", "All versions with their hashes", [&program] { return list_texts(program); });

  auto shown = std::make_shared<Said>();
  CLI::App* print = program.verb(*text, "print", "Print a version, to read, show or sign",
                                 [&program, shown] { return print_text(program, *shown); });
  print->add_option("--version", shown->text_version, "Which; 2026-1-jeugd is for youths")
      ->capture_default_str();
  add_scope(*print, *shown);

  auto version = std::make_shared<std::string>();
  auto file = std::make_shared<std::string>();
  CLI::App* add = program.verb(*text, "add", "Keep a text of the organisation's own",
                               [&program, version, file] { return add_text(program, *version, *file); });
  add->add_option("--version", *version, "Its name; it never changes")->required();
  add->add_option("--file", *file, "UTF-8, with {ontvanger}, {doel}, {rubrieken}, {periode}")->required();
}

void add_policy_verb(CLI::App& noun, Program& program) {
  auto chosen = std::make_shared<Chosen>();
  CLI::App* verb = program.verb(
      noun, "policy", "Who must speak at which age, and the terms of grounds; with options: set them",
      [&program, chosen] { return policy(program, *chosen); });
  verb->add_option("--parents-from-12", chosen->parents, "must or may")
      ->check(CLI::IsMember({"must", "may"}));
  verb->add_option("--exceptions-from-12", chosen->exceptions, "yes or no: one may be left out with a reason")
      ->check(CLI::IsMember({"yes", "no"}));
  verb->add_option("--every-parent", chosen->every_parent, "yes, or no: one speaks for both")
      ->check(CLI::IsMember({"yes", "no"}));
  verb->add_option("--ground-days", chosen->ground, "Longest ground");
  verb->add_option("--emergency-days", chosen->emergency, "Longest ground in an emergency");
  verb->add_option("--review-days", chosen->review, "Review is due");
  verb->add_option("--emergency-review-days", chosen->emergency_review, "Review of an emergency is due");
  verb->add_option("--telling-days", chosen->telling, "Telling the client is due");
}

Result<int> doubts(Program& program) {
  KNOOP_LET(answer, program.get("/api/v1/consent-doubts"));
  program.print(answer, [&] {
    std::string out;
    for (const Json& one : answer["clients"]) out += printable(one.get<std::string>()) + "\n";
    return out + fmt::format("{} clients of whom no consent and no ground counts until somebody looked\n",
                             cell(answer, "count"));
  });
  return ExitCode::done;
}

Result<int> confirm(Program& program, const std::string& client, const std::string& how) {
  KNOOP_LET(answer, program.post("/api/v1/consent-doubts", {{"client", client}, {"how", how}}));
  program.print(answer, [&] {
    return fmt::format("{} consents and grounds of {} count again\n", cell(answer, "confirmed"), client);
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
  verb->add_option(
          "--giver", said->givers,
          "Who speaks: youth, parent, guardian or representative, and who that is: parent:moeder; may be "
          "repeated")
      ->required();
  add_scope(*verb, *said);
  verb->add_option("--match", said->match, "With --releaser: id of the match that we have with it");
  verb->add_option("--handover", said->handover, "With --releaser: id of the hand-over that we have with it");
  verb->add_flag("--others-have-authority", said->others,
                 "Somebody else has authority (gezag), too, and did not speak");
  verb->add_option("--replaces", said->replaces,
                   "Id of an earlier record of the same givers; may be repeated");
  verb->add_option("--kind", said->kind, "sharing, avg or help")->capture_default_str();
  verb->add_option("--way", said->way, "oral, written or digital")->capture_default_str();
  verb->add_option("--identity", said->identity, "How the identity of the givers was checked")
      ->capture_default_str();
  verb->add_option("--authority", said->authority, "How and by which source authority (gezag) was checked");
  verb->add_option("--text-version", said->text_version, "Version of the explanation that was shown")
      ->capture_default_str();
  verb->add_option("--evidence", said->evidence, "SHA-256 of the signed paper or digital record");
  verb->add_option("--evidence-file", said->evidence_file, "The file itself: only its hash goes to the node");
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
  auto open = std::make_shared<bool>(false);
  program
      .verb(*noun, "withdrawals", "Which organisations were told of withdrawals, and what they locked",
            [&program, open] { return withdrawals(program, *open); })
      ->add_flag("--open", *open, "Only those that are not acknowledged yet");
  auto printed = std::make_shared<std::string>();
  program
      .verb(*noun, "print", "The text of a consent as its givers saw it",
            [&program, printed] { return print_consent(program, *printed); })
      ->add_option("id", *printed, "Id of the consent")
      ->required();
  auto exported = std::make_shared<std::string>();
  auto out = std::make_shared<std::string>("-");
  auto reason = std::make_shared<std::string>();
  CLI::App* exporting = program.verb(
      *noun, "export", "Consents and releases of a client as FHIR R4 resources, one a line",
      [&program, exported, out, reason] { return export_consents(program, *exported, *out, *reason); });
  exporting->add_option("--client", *exported, "Own client reference")->required();
  exporting->add_option("--reason", *reason, "Why it leaves the node; stands in the log")->required();
  exporting->add_option("--out", *out, "File to write; - is stdout")->capture_default_str();
  add_text_verbs(*noun, program);
  add_policy_verb(*noun, program);
  auto other = std::make_shared<std::string>();
  program
      .verb(*noun, "elsewhere", "What other organisations recorded, on which we may release",
            [&program, other] { return elsewhere(program, *other); })
      ->add_option("--client", *other, "Own client reference")
      ->required();
  auto client = std::make_shared<std::string>();
  program
      .verb(*noun, "list", "The consents of a client", [&program, client] { return list(program, *client); })
      ->add_option("--client", *client, "Own client reference")
      ->required();

  program.verb(*noun, "doubts", "Clients whose consents are in doubt since this node was restored",
               [&program] { return doubts(program); });
  auto doubted = std::make_shared<std::string>();
  auto how = std::make_shared<std::string>();
  verb = program.verb(*noun, "confirm",
                      "Say that what is recorded of a client, and was not withdrawn, holds after a restore",
                      [&program, doubted, how] { return confirm(program, *doubted, *how); });
  verb->add_option("--client", *doubted, "Own client reference")->required();
  verb->add_option("--how", *how, "How that is known")->required();
}

}  // namespace knoop::cli
