// `knoop peer …`: the state of each link.
#include "tools/knoop/verbs.h"

namespace knoop::cli {
namespace {

std::string state_of(const Json& peer) {
  if (peer.value("ready", false)) return "ready";
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
                       cell(answer["card"], "validUntil"));
  });
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
}

}  // namespace knoop::cli
