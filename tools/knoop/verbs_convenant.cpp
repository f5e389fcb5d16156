// `knoop convenant …`: drafting and signing by the convenant's managers (on files, with their own sealed keys), and
// installing on a node (through the daemon, or on the node's files when none runs).
#include <algorithm>
#include <filesystem>

#include "config/card.h"
#include "config/convenant.h"
#include "config/document.h"
#include "crypto/note.h"
#include "tools/knoop/sealed_key_file.h"
#include "tools/knoop/verbs.h"

namespace knoop::cli {
namespace {

struct Draft {
  std::string name;
  std::vector<std::string> cards;
  std::vector<std::string> managers;
  std::string auditor;
  std::uint32_t sample = 100;
  std::string out;
  std::string previous;
  std::vector<std::string> may_ask;
  std::vector<std::string> witness_sets;
  std::size_t witnesses = 0;
  std::uint32_t threshold = 0;
  std::uint64_t quota = 200'000;
  int months = 12;
  bool no_family = false;
  bool address_alone = false;
};

std::vector<Category> every_category() {
  std::vector<Category> out;
  for (const CategoryFacts& each : all_categories) out.push_back(each.category);
  return out;
}

Result<void> add_members(Convenant& convenant, const Draft& draft) {
  for (const std::string& file : draft.cards) {
    KNOOP_LET(note, read_file(file, max_card_bytes));
    KNOOP_LET(card, read_card(note));
    convenant.members.push_back({card.id, card.member, card.kind, draft.quota, std::nullopt});
    convenant.may_ask.emplace(card.kind, every_category());
  }
  return {};
}

Result<void> restrict(Convenant& convenant, const Draft& draft) {
  for (const std::string& rule : draft.may_ask) {
    const std::size_t equals = rule.find('=');
    if (equals == std::string::npos)
      return fail(ErrorCode::bad_value, Side::user, "--may-ask takes KIND=F01,F05,…");
    std::vector<Category> categories;
    for (const std::string& code : split_list(std::string_view(rule).substr(equals + 1), ',')) {
      const auto category = category_from(code);
      if (!category) return fail(ErrorCode::bad_value, Side::user, "categories are called F01 to F18");
      categories.push_back(*category);
    }
    convenant.may_ask.insert_or_assign(rule.substr(0, equals), std::move(categories));
  }
  return {};
}

/// As many as can be faulty among so many: less than a third.
std::uint32_t most_tolerated(std::size_t witnesses) {
  return static_cast<std::uint32_t>((witnesses - 1) / 3);
}

/// Who watches whose log: the sets that were named, and for all others the members that come next in the list.
Result<void> add_witnesses(Convenant& convenant, const Draft& draft) {
  for (const std::string& rule : draft.witness_sets) {
    const std::size_t equals = rule.find('=');
    if (equals == std::string::npos || equals + 1 == rule.size())
      return fail(ErrorCode::bad_value, Side::user, "--witness takes MEMBER=ID,ID,…");
    WitnessSet set{rule.substr(0, equals), split_list(std::string_view(rule).substr(equals + 1), ','), 0};
    set.tolerated = most_tolerated(set.witnesses.size());
    convenant.witness_sets.push_back(std::move(set));
  }
  const std::size_t members = convenant.members.size();
  if (draft.witnesses == 0) return {};
  if (draft.witnesses >= members)
    return fail(ErrorCode::bad_value, Side::user, "{} members cannot have {} witnesses each", members,
                draft.witnesses);
  for (std::size_t at = 0; at < members; ++at) {
    const std::string& id = convenant.members[at].id;
    if (std::ranges::find(convenant.witness_sets, id, &WitnessSet::member) != convenant.witness_sets.end())
      continue;
    WitnessSet set{id, {}, most_tolerated(draft.witnesses)};
    for (std::size_t next = 1; next <= draft.witnesses; ++next)
      set.witnesses.push_back(convenant.members[(at + next) % members].id);
    convenant.witness_sets.push_back(std::move(set));
  }
  return {};
}

constexpr std::string_view auditor_first_line = "knoop/v1/auditor\n";

/// What the auditor hands out: name and the two public keys, a line each.
std::string auditor_text(const std::string& name, const SigningKeyPair& key) {
  return fmt::format("{}name: {}\nsigning: {}\nsealing: {}\n", auditor_first_line, name, key.public_key.hex(),
                     auditor_sealing_key(key).public_key.hex());
}

Result<ConvenantAuditor> read_auditor(const std::string& file, std::uint32_t sample) {
  KNOOP_LET(text, read_file(file, max_sealed_key_bytes));
  const auto bad = fail(ErrorCode::bad_format, Side::user,
                        "{} is not what 'knoop convenant auditor-key' wrote to hand out", file);
  const std::vector<std::string> lines = split_list(text, '\n');
  if (lines.size() != 4 || lines[0] + "\n" != auditor_first_line || !lines[1].starts_with("name: ") ||
      !lines[2].starts_with("signing: ") || !lines[3].starts_with("sealing: "))
    return bad;
  const auto signing = SigningPublicKey::from_hex(std::string_view(lines[2]).substr(9));
  const auto sealing = SealingPublicKey::from_hex(std::string_view(lines[3]).substr(9));
  if (!signing || !sealing) return bad;
  return ConvenantAuditor{lines[1].substr(6), *signing, *sealing, sample};
}

/// The number in a convenant's text. Whether its signatures hold is checked where it is installed.
Result<std::uint32_t> number_of(std::string_view encoded) {
  KNOOP_LET(note, parse_note(encoded, max_convenant_bytes));
  KNOOP_LET(table, parse_document(note.text, max_convenant_bytes, Side::user));
  const auto found = table.find("number");
  const auto* const number = found == table.end() ? nullptr : std::get_if<std::int64_t>(&found->second.data);
  if (number == nullptr || *number < 1 || *number > 999'999)
    return fail(ErrorCode::bad_format, Side::user,
                "the previous version has no number; name a signed convenant");
  return static_cast<std::uint32_t>(*number);
}

Result<int> draft(Program& program, const Draft& options) {
  Convenant convenant;
  convenant.name = options.name;
  if (!options.previous.empty()) {
    KNOOP_LET(previous, read_file(options.previous, max_convenant_bytes));
    KNOOP_LET(hash, convenant_hash(previous));
    convenant.previous = hash;
    KNOOP_LET(number, number_of(previous));
    convenant.number = number + 1;
  }
  convenant.valid_from = program.now() - std::chrono::hours(24);
  KNOOP_LET(expires, Timestamp::parse(Date::of(convenant.valid_from).plus_months(options.months).iso() +
                                      "T00:00:00Z"));
  convenant.expires = expires;
  convenant.family_matching = !options.no_family;
  convenant.address_alone = options.address_alone;
  for (const std::string& file : options.managers) {
    KNOOP_LET(key, read_sealed_key(file, KeyUse::convenant_manager));
    convenant.managers.push_back({key.name, key.public_key});
  }
  convenant.threshold = options.threshold != 0
                            ? options.threshold
                            : static_cast<std::uint32_t>(convenant.managers.size() / 2 + 1);
  KNOOP_TRY(add_members(convenant, options));
  KNOOP_TRY(restrict(convenant, options));
  KNOOP_TRY(add_witnesses(convenant, options));
  if (!options.auditor.empty()) {
    KNOOP_LET(auditor, read_auditor(options.auditor, options.sample));
    convenant.auditor = std::move(auditor);
  }
  KNOOP_LET(note, draft_convenant(convenant));
  KNOOP_TRY(write_file(options.out, note));
  const Json answer{{"number", convenant.number},
                    {"members", convenant.members.size()},
                    {"threshold", convenant.threshold},
                    {"managers", convenant.managers.size()}};
  if (options.out != "-")
    program.print(answer, [&] {
      return fmt::format(
          "Draft number {} with {} members in {}. {} of {} managers sign it with `knoop convenant sign`.\n",
          convenant.number, convenant.members.size(), options.out, convenant.threshold,
          convenant.managers.size());
    });
  return ExitCode::done;
}

Result<int> sign(Program& program, const std::string& key_file, const std::string& file) {
  KNOOP_LET(note, read_file(file, max_convenant_bytes));
  KNOOP_LET(sealed, read_sealed_key(key_file, KeyUse::convenant_manager));
  KNOOP_LET(passphrase, program.passphrases().ask("the key of " + printable(sealed.name)));
  KNOOP_LET(key, open_sealed_key(sealed, passphrase.view()));
  KNOOP_LET(signed_note, countersign_convenant(note, key.secret_key));
  // Beside it first, then over it: a full disk must not eat the signatures that are there.
  KNOOP_TRY(write_file(file + ".new", signed_note));
  std::error_code error;
  std::filesystem::rename(file + ".new", file, error);
  if (error) return fail(ErrorCode::io_failed, Side::user, "{} cannot be replaced", file);
  KNOOP_LET(hash, convenant_hash(signed_note));
  program.print({{"hash", hash.hex()}, {"signer", sealed.name}}, [&] {
    return fmt::format("Signed by {}. SHA-256 of the text: {}\n", printable(sealed.name), hash.hex());
  });
  return ExitCode::done;
}

Result<int> manager_key(Program& program, const std::string& name, const std::string& out) {
  KNOOP_LET(passphrase, program.passphrases().choose("the key of " + printable(name)));
  const SigningKeyPair pair = new_signing_key(program.entropy);
  KNOOP_LET(text, seal_key(pair, KeyUse::convenant_manager, name, passphrase.view(), program.entropy));
  KNOOP_TRY(write_sealed_key(out, text));
  program.print({{"name", name}, {"key", pair.public_key.hex()}},
                [&] { return fmt::format("Sealed in {}. Public key: {}\n", out, pair.public_key.hex()); });
  return ExitCode::done;
}

Result<int> auditor_key(Program& program, const std::string& name, const std::string& out,
                        const std::string& public_out) {
  KNOOP_LET(passphrase, program.passphrases().choose("the key of " + printable(name)));
  const SigningKeyPair pair = new_signing_key(program.entropy);
  KNOOP_LET(text, seal_key(pair, KeyUse::auditor, name, passphrase.view(), program.entropy));
  KNOOP_TRY(write_sealed_key(out, text));
  KNOOP_TRY(write_file(public_out, auditor_text(name, pair)));
  program.print({{"name", name}, {"key", pair.public_key.hex()}}, [&] {
    return fmt::format("Sealed in {}. Hand out {}: the convenant names it (convenant draft --auditor).\n",
                       out, public_out);
  });
  return ExitCode::done;
}

std::string convenant_lines(const Json& convenant) {
  std::string out =
      fmt::format("{}, number {}, valid {} to {}\nnetwork {}\nsigned by {} of {} managers:",
                  printable(cell(convenant, "name")), cell(convenant, "number"), cell(convenant, "validFrom"),
                  cell(convenant, "expires"), cell(convenant, "network"), cell(convenant, "threshold"),
                  convenant["managers"].size());
  for (const Json& manager : convenant["managers"]) out += " " + printable(cell(manager, "name")) + ";";
  out.back() = '\n';
  Table table({"MEMBER", "KIND", "CARD INSTALLED", "ORGANISATION KEY"});
  for (const Json& member : convenant["members"])
    table.add({cell(member, "id"), cell(member, "kind"), cell(member, "cardInstalled"),
               cell(member, "organisationKey")});
  return out + table.text();
}

Result<int> install(Program& program, const std::vector<std::string>& files) {
  Json answer;
  for (const std::string& file : files) {
    KNOOP_LET(note, read_file(file, max_convenant_bytes));
    // One on the way to a later version may have expired.
    const bool followed = &file != &files.back();
    KNOOP_LET(installed,
              program.post_or_local("/api/v1/convenants", {{"note", note}, {"followed", followed}}));
    answer = std::move(installed);
  }
  program.print(answer, [&] {
    return convenant_lines(answer) + "Installed. Compare the network id with another member by voice.\n";
  });
  return ExitCode::done;
}

Result<int> show(Program& program) {
  KNOOP_LET(answer, program.get_or_local("/api/v1/convenants/current"));
  program.print(answer, [&] { return convenant_lines(answer); });
  return ExitCode::done;
}

}  // namespace

void add_convenant_verbs(CLI::App& app, Program& program) {
  CLI::App* noun =
      app.add_subcommand("convenant", "The agreement that makes a network: its members and rules");
  noun->require_subcommand(1);

  auto options = std::make_shared<Draft>();
  CLI::App* verb =
      program.verb(*noun, "draft", "Write a draft from the members' cards, for the managers to sign",
                   [&program, options] { return draft(program, *options); });
  verb->add_option("--name", options->name, "Name of the network")->required();
  verb->add_option("--card", options->cards, "Signed card of a member; once for each")->required();
  verb->add_option("--manager", options->managers, "Key file of a convenant manager; once for each")
      ->required();
  verb->add_option("--out", options->out, "The draft; '-' is standard output")->required();
  verb->add_option("--previous", options->previous, "The version in force, when this is a next one");
  verb->add_option("--threshold", options->threshold,
                   "How many managers must sign (default: more than half)");
  verb->add_option(
      "--may-ask", options->may_ask,
      "KIND=F01,F05: what that kind of organisation may ask (default: everything; consent decides)");
  verb->add_option("--quota", options->quota, "Handles that a member may register in a day");
  verb->add_option("--months", options->months, "How long it is in force")->check(CLI::Range(1, 13));
  verb->add_option("--auditor", options->auditor, "Who carries out the opening audit: the file to hand out");
  verb->add_option("--sample", options->sample, "Handles that are drawn in each opening audit")
      ->check(CLI::Range(1, 10'000));
  verb->add_option("--witness", options->witness_sets,
                   "MEMBER=ID,ID: whose nodes cosign the heads of that member's log; once for each");
  verb->add_option(
          "--witnesses", options->witnesses,
          "So many witnesses for each log that --witness does not name: the next members in the list")
      ->check(CLI::Range(1, 16));
  verb->add_flag("--no-family-matching", options->no_family, "Switch matching of families off");
  verb->add_flag("--address-alone", options->address_alone,
                 "Children at one address are a family match whatever their names");

  auto key = std::make_shared<std::string>();
  auto file = std::make_shared<std::string>();
  verb = program.verb(*noun, "sign", "Add a manager's signature to a draft",
                      [&program, key, file] { return sign(program, *key, *file); });
  verb->add_option("--key", *key, "The manager's sealed key")->required();
  verb->add_option("file", *file, "The draft; it is replaced by the signed one")->required();

  auto name = std::make_shared<std::string>();
  auto out = std::make_shared<std::string>();
  verb = program.verb(*noun, "manager-key", "Make a key for a convenant manager, sealed with a passphrase",
                      [&program, name, out] { return manager_key(program, *name, *out); });
  verb->add_option("--name", *name, "Name of the manager as the convenant shows it")->required();
  verb->add_option("--out", *out, "The sealed key file")->required();

  auto handout = std::make_shared<std::string>();
  verb = program.verb(*noun, "auditor-key",
                      "Make the keys of the opening audit's auditor, sealed with a passphrase",
                      [&program, name, out, handout] { return auditor_key(program, *name, *out, *handout); });
  verb->add_option("--name", *name, "Name of the auditor as the convenant shows it")->required();
  verb->add_option("--out", *out, "The sealed key file")->required();
  verb->add_option("--public-out", *handout, "The file with the public keys, to hand out")->required();

  auto notes = std::make_shared<std::vector<std::string>>();
  program
      .verb(*noun, "install", "Install a signed convenant, or its next versions, on this node",
            [&program, notes] { return install(program, *notes); })
      ->add_option("file", *notes, "The signed convenant; versions in order, oldest first")
      ->required();
  program.verb(*noun, "show", "Show the installed convenant", [&program] { return show(program); });
}

}  // namespace knoop::cli
