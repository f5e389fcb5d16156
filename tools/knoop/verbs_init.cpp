// `knoop init`: a new node, from nothing to its first card. Works on files; refuses to touch a node that is there.
//
// Order, so that a failure half way leaves nothing that looks whole: directory, organisation key, wrapped database key,
// then the database with keys, card and first log entries in one transaction. A second run after a failure before the
// database goes on with the organisation key that the first one made.
#include <filesystem>

#include "node/core/audit_log.h"
#include "tools/knoop/node_files.h"
#include "tools/knoop/sealed_key_file.h"
#include "tools/knoop/verbs.h"

namespace knoop::cli {
namespace {

struct Options {
  std::string id;
  std::string name;
  std::string kind;
  std::vector<std::string> endpoints;
  bool dials_out_only = false;
  std::string area;
  std::string capabilities;
  std::string contact;
  std::string oin;
  std::string kvk;
  std::string organisation_key;
  std::string key_file;
  std::string card_out;
  int months = 24;
};

Result<Card> draft_card(const Options& options, const SigningKeyPair& organisation, const NodeKeys& keys,
                        Timestamp now) {
  Card card;
  card.id = options.id;
  card.name = options.name;
  card.kind = options.kind;
  card.member = member_id(organisation.public_key);
  if (!options.oin.empty()) card.oin = options.oin;
  if (!options.kvk.empty()) card.kvk = options.kvk;
  card.area = split_list(options.area, ',');
  card.capabilities = split_list(options.capabilities, ',');
  const auto contact = split_list(options.contact, ';');
  if (!contact.empty() && contact.size() != 4)
    return fail(ErrorCode::bad_value, Side::user,
                "--contact has four parts: \"name; function; phone; e-mail\"");
  if (contact.size() == 4) card.contact = {contact[0], contact[1], contact[2], contact[3]};
  if (options.endpoints.empty() != options.dials_out_only)
    return fail(ErrorCode::bad_value, Side::user,
                "name where others reach this node (--endpoint), or --dials-out-only");
  card.endpoints = options.endpoints;
  // From the day before: clocks of members differ, and a card that begins in the future is refused.
  card.valid_from = now - std::chrono::hours(24);
  const Date until = Date::of(now).plus_months(options.months);
  KNOOP_LET(valid_until, Timestamp::parse(until.iso() + "T00:00:00Z"));
  card.valid_until = valid_until;
  card.signing_key = keys.signing.public_key;
  card.witness_key = keys.witness.public_key;
  card.sealing_key = keys.sealing.public_key;
  card.transport_key = keys.transport.public_key;
  return card;
}

Result<SigningKeyPair> organisation_key(Program& program, const Options& options) {
  const std::filesystem::path path = options.organisation_key;
  if (is_there(path)) {
    KNOOP_LET(sealed, read_sealed_key(path, KeyUse::organisation));
    KNOOP_LET(passphrase, program.passphrases().ask("the organisation key"));
    return open_sealed_key(sealed, passphrase.view());
  }
  KNOOP_LET(passphrase, program.passphrases().choose("the organisation key"));
  SigningKeyPair pair = new_signing_key(program.entropy);
  KNOOP_LET(text, seal_key(pair, KeyUse::organisation, options.name, passphrase.view(), program.entropy));
  KNOOP_TRY(write_sealed_key(path, text));
  return pair;
}

Result<void> fill(storage::Database& database, const NodeKeys& keys, const std::string& card,
                  Program& program) {
  const Timestamp now = program.now();
  {
    KNOOP_LET(tx, database.begin());
    Membership membership;
    KNOOP_TRY(membership.load(tx));
    KNOOP_TRY(keys.save(tx, now));
    KNOOP_TRY(membership.install_own_card(tx, card, now));
    const AuditLog log(keys, membership);
    for (const audit::Event event : {audit::Event::keys_created, audit::Event::card_installed}) {
      audit::AuditEntry entry;
      entry.event = event;
      entry.action = audit::Action::create;
      if (event == audit::Event::card_installed)
        entry.object = fmt::format("card {} {}", membership.own_card()->id, membership.own_card()->number);
      KNOOP_TRY(log.append(tx, now, program.entropy, Program::operator_actor(), std::move(entry)));
    }
    KNOOP_TRY(tx.commit());
  }
  return database.flush();
}

Result<int> init(Program& program, const Options& options) {
  if (!options.key_file.empty())
    program.set.push_back("database.key_file=" + std::filesystem::absolute(options.key_file).string());
  KNOOP_LET(settings, program.settings());
  const NodeFiles files(settings);
  if (is_there(files.database))
    return fail(ErrorCode::conflict, Side::user,
                "there is a node in {} already; `knoop init` is for new nodes", files.directory.string());
  KNOOP_TRY(prepare_directory(files.directory));

  // The card is checked before anything is written, so that a mistyped option costs nothing.
  const NodeKeys keys = NodeKeys::create(program.entropy);
  const SigningKeyPair stand_in = new_signing_key(program.entropy);
  KNOOP_LET(trial, draft_card(options, stand_in, keys, program.now()));
  KNOOP_TRY(card_text(trial));

  KNOOP_LET(organisation, organisation_key(program, options));
  KNOOP_LET(card, draft_card(options, organisation, keys, program.now()));
  KNOOP_LET(note, sign_card(card, organisation.secret_key));

  std::error_code ignored;
  std::filesystem::remove(files.wrapped_key, ignored);  // of a run that ended before the database was made
  KNOOP_LET(key, create_key(files, settings, program.passphrases(), program.entropy));
  KNOOP_LET(database, storage::Database::open(files.database, key, storage::OpenMode::create));
  if (const auto filled = fill(*database, keys, note, program); !filled) {
    database.reset();
    std::filesystem::remove(files.database, ignored);
    return fail(filled.error());
  }
  if (!options.card_out.empty()) KNOOP_TRY(write_file(options.card_out, note));

  const Json answer{{"id", card.id},
                    {"organisationKey", card.member.hex()},
                    {"dataDir", files.directory.string()},
                    {"card", note}};
  program.print(answer, [&] {
    return fmt::format(
        "{} is ready in {}.\n"
        "Organisation key: {} (keep {} off line; it is needed for a new card only).\n"
        "Next: `knoop card export` for the other members, `knoop convenant install`, `knoop serve`.\n",
        card.id, files.directory.string(), card.member.hex(), options.organisation_key);
  });
  return ExitCode::done;
}

}  // namespace

void add_init(CLI::App& app, Program& program) {
  auto options = std::make_shared<Options>();
  CLI::App* verb =
      program.verb(app, "init", "Make a new node: data directory, encrypted database, keys, first card",
                   [&program, options] { return init(program, *options); });
  verb->add_option("--id", options->id, "Short name: a-z, 0-9 and '-'")->required();
  verb->add_option("--name", options->name, "Name of the organisation")->required();
  verb->add_option("--kind", options->kind, "Kind of organisation: jgz, bjz, smw, cjg, ggz, mee, …")
      ->required();
  verb->add_option("--endpoint", options->endpoints, "Where other nodes reach this one: tcp://host:port")
      ->allow_extra_args(false);
  verb->add_flag("--dials-out-only", options->dials_out_only,
                 "This node is not reachable and dials the others");
  verb->add_option("--area", options->area, "Gemeente codes, separated by commas");
  verb->add_option("--capabilities", options->capabilities,
                   "What the organisation offers, separated by commas");
  verb->add_option("--contact", options->contact, "Fixed contact: \"name; function; phone; e-mail\"");
  verb->add_option("--oin", options->oin, "Organisatie-identificatienummer, 20 digits");
  verb->add_option("--kvk", options->kvk, "Number in the trade register, 8 digits");
  verb->add_option("--organisation-key", options->organisation_key,
                   "Sealed file of the organisation key; made when it is not there")
      ->required();
  verb->add_option("--key-file", options->key_file,
                   "File that opens the database instead of a passphrase; made when it is not there");
  verb->add_option("--card-out", options->card_out, "Also write the signed card to this file");
  verb->add_option("--months", options->months, "How long the card is valid")->check(CLI::Range(1, 60));
}

}  // namespace knoop::cli
