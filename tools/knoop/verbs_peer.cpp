// `knoop peer …`: the state of each link, and the preshared key of a pair.
#include "protocol/channel/preshared_file.h"
#include "storage/private_file.h"
#include "tools/knoop/verbs.h"

namespace knoop::cli {
namespace {

std::string state_of(const Json& peer) {
  if (peer.contains("former")) return "former member";
  if (peer.value("ready", false)) return "ready";
  // It holds another version; what is missing is on its way.
  if (peer.contains("convenant")) return fmt::format("convenant {}", cell(peer, "convenant"));
  return peer.value("connected", false) ? "greeting" : "not connected";
}

std::string trouble_of(const Json& peer) {
  return peer.contains("trouble") ? cell(peer["trouble"], "detail") : "";
}

}  // namespace

std::string peer_table(const Json& peers) {
  if (peers.empty()) return "No peers: install a convenant and the cards of its members.\n";
  Table table({"PEER", "KIND", "STATE", "QUEUED", "DEAD LETTERS", "LAST HEARD", "TROUBLE"});
  for (const Json& peer : peers)
    table.add({cell(peer, "id"), cell(peer, "kind"), state_of(peer), cell(peer, "queued"),
               cell(peer, "deadLetters"), cell(peer, "lastHeard"), trouble_of(peer)});
  return table.text();
}

namespace {

std::string former_lines(const Json& peer) {
  std::string out;
  if (peer.contains("former"))
    out += fmt::format(
        "No member since {} (convenant number {}): withdrawals and what else is protective pass, nothing "
        "else.\n",
        cell(peer["former"], "since"), cell(peer["former"], "by"));
  if (peer.value("voided", 0) > 0) {
    out +=
        fmt::format("{} messages to it are void, they were never sent; the newest:\n", cell(peer, "voided"));
    for (const Json& each : peer["void"])
      out += fmt::format("  {} of {}\n", cell(each, "type"), cell(each, "queuedAt"));
  }
  return out;
}

Result<int> list(Program& program) {
  KNOOP_LET(answer, program.get("/api/v1/peers"));
  program.print(answer["peers"], [&] { return peer_table(answer["peers"]); });
  return ExitCode::done;
}

Result<int> show(Program& program, const std::string& id) {
  KNOOP_LET(answer, program.get("/api/v1/peers/" + id));
  program.print(answer, [&] {
    return peer_table(Json::array({answer})) +
           fmt::format("Organisation key {}, card number {}, valid until {}.\n",
                       cell(answer["card"], "organisationKey"), cell(answer["card"], "number"),
                       cell(answer["card"], "validUntil")) +
           (answer.contains("presharedKey")
                ? fmt::format("Preshared key {}: the other side must show the same.\n",
                              cell(answer, "presharedKey"))
                : "No preshared key.\n") +
           former_lines(answer);
  });
  return ExitCode::done;
}

/// What a preshared key belongs to.
struct Pair {
  NetworkId network;
  MemberId self;
  MemberId peer;
};

Result<Pair> pair_with(Program& program, const std::string& peer) {
  KNOOP_LET(convenant, program.get_or_local("/api/v1/convenants/current"));
  KNOOP_LET(own, program.get_or_local("/api/v1/cards/own"));
  KNOOP_LET(network, NetworkId::from_hex(cell(convenant, "network")));
  KNOOP_LET(self, MemberId::from_hex(cell(own, "organisationKey")));
  for (const Json& member : convenant["members"]) {
    if (cell(member, "id") != peer) continue;
    KNOOP_LET(id, MemberId::from_hex(cell(member, "organisationKey")));
    if (id != self) return Pair{network, self, id};
  }
  return fail(ErrorCode::not_found, Side::user,
              "the convenant has no other member with the short name {}; `knoop convenant show` lists them",
              peer);
}

Result<int> make_preshared(Program& program, const std::string& peer, const std::string& out) {
  KNOOP_LET(pair, pair_with(program, peer));
  const auto key = program.entropy.draw<PresharedKey>();
  Bytes file = preshared_file(key, pair.network, pair.self, pair.peer);
  const Result<void> written = storage::write_private_file(out, file);
  wipe(file.data(), file.size());
  KNOOP_TRY(written);
  const Json answer{{"peer", peer},
                    {"presharedKey", preshared_key_id(key, pair.network, pair.self, pair.peer).hex()},
                    {"file", out}};
  program.print(answer, [&] {
    return fmt::format(
        "Preshared key {} is in {}. Carry it to {} on a stick, install it at both nodes, then destroy the "
        "file.\n",
        cell(answer, "presharedKey"), out, peer);
  });
  return ExitCode::done;
}

Result<Bytes> preshared_from_prompt(Program& program, const std::string& peer) {
  KNOOP_LET(pair, pair_with(program, peer));
  KNOOP_LET(typed,
            program.passphrases().ask_secret(fmt::format("Preshared key with {} (64 digits): ", peer)));
  KNOOP_LET(key, preshared_from_digits(typed.view()));
  return preshared_file(key, pair.network, pair.self, pair.peer);
}

Result<int> install_preshared(Program& program, const std::string& peer, const std::string& from) {
  Result<Bytes> read = from.empty()
                           ? preshared_from_prompt(program, peer)
                           : storage::read_small_file(from, max_preshared_file, storage::Readers::owner_only);
  KNOOP_LET(file, std::move(read));
  const auto answer =
      program.put_bytes_or_local("/api/v1/peers/" + query_text(peer) + "/preshared-key", text_view(file));
  wipe(file.data(), file.size());
  if (!answer) return fail(answer.error());
  program.print(*answer, [&] {
    return fmt::format("Preshared key {} is installed. Until {} has it too nothing is exchanged.\n",
                       cell(*answer, "presharedKey"), peer);
  });
  return ExitCode::done;
}

Result<int> remove_preshared(Program& program, const std::string& peer) {
  KNOOP_LET(answer, program.delete_or_local("/api/v1/peers/" + query_text(peer) + "/preshared-key"));
  program.print(answer, [&] {
    return fmt::format("The preshared key is removed. Until {} has removed it too nothing is exchanged.\n",
                       peer);
  });
  return ExitCode::done;
}

Result<int> dead_letters(Program& program) {
  KNOOP_LET(answer, program.get("/api/v1/dead-letters"));
  const Json letters = answer["deadLetters"];
  program.print(letters, [&] {
    if (letters.empty()) return std::string("None.\n");
    Table table({"MESSAGE", "FROM", "TYPE", "RECEIVED", "CODE", "WHY"});
    for (const Json& one : letters)
      table.add({cell(one, "id"), cell(one, "from"), cell(one, "type"), cell(one, "received"),
                 cell(one, "code"), cell(one, "sentence")});
    return table.text();
  });
  return ExitCode::done;
}

Result<int> handle_dead_letter(Program& program, const std::string& id, const std::string& how) {
  KNOOP_LET(answer, program.post("/api/v1/dead-letters/" + query_text(id) + "/handling", {{"how", how}}));
  program.print(answer, [] { return std::string("Written down; what it blocked goes on.\n"); });
  return ExitCode::done;
}

}  // namespace

void add_peer_verbs(CLI::App& app, Program& program) {
  CLI::App* noun = app.add_subcommand("peer", "The other members and the links to them");
  noun->require_subcommand(1);
  program.verb(*noun, "list", "All peers and whether we can exchange with them",
               [&program] { return list(program); });
  auto id = std::make_shared<std::string>();
  program.verb(*noun, "show", "One peer", [&program, id] { return show(program, *id); })
      ->add_option("id", *id, "Short name of the member")
      ->required();

  program.verb(*noun, "dead-letters",
               "Messages of peers that could not be applied, and block what they are about",
               [&program] { return dead_letters(program); });
  auto letter = std::make_shared<std::string>();
  auto how = std::make_shared<std::string>();
  CLI::App* handle =
      program.verb(*noun, "handle", "Say that such a message was dealt with",
                   [&program, letter, how] { return handle_dead_letter(program, *letter, *how); });
  handle->add_option("message", *letter, "Its number")->required();
  handle->add_option("--how", *how, "What was done about what it should have changed")->required();

  CLI::App* preshared = noun->add_subcommand("preshared", "The key that two members exchange out of band");
  preshared->require_subcommand(1);
  auto file = std::make_shared<std::string>();
  const auto add = [&](const std::string& name, const std::string& help, auto run) {
    CLI::App* verb =
        program.verb(*preshared, name, help, [&program, id, file, run] { return run(program, *id, *file); });
    verb->add_option("id", *id, "Short name of the member")->required();
    return verb;
  };
  add("make", "Draw a key and write it to a new file that only you can read", make_preshared)
      ->add_option("--out", *file, "The file")
      ->required();
  add("install", "Install the key of a file, or one that is typed unseen", install_preshared)
      ->add_option("--file", *file, "What `make` wrote, here or at the other member");
  add("remove", "Remove the key", [](Program& each, const std::string& peer, const std::string&) {
    return remove_preshared(each, peer);
  });
}

}  // namespace knoop::cli
