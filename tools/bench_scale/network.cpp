#include "tools/bench_scale/network.h"

#include <arpa/inet.h>
#include <pwd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <fstream>

#include "config/convenant.h"
#include "node/core/membership.h"
#include "storage/key_file.h"

namespace knoop::bench {
namespace {

// With filling, and room for what is registered while it is measured.
constexpr std::uint64_t declared_handles = 200'000;

Result<Organisation> make_organisation(Entropy& entropy, const std::string& id, const std::string& kind,
                                       std::vector<std::string> endpoints, Timestamp now) {
  Organisation out{new_signing_key(entropy), NodeKeys::create(entropy), {}, {}};
  Card& card = out.card;
  card.id = id;
  card.name = "Organisatie " + id;
  card.kind = kind;
  card.member = member_id(out.key.public_key);
  card.endpoints = std::move(endpoints);
  card.valid_from = now - std::chrono::hours(24 * 60);
  card.valid_until = now + std::chrono::hours(24 * 300);
  card.signing_key = out.keys.signing.public_key;
  card.witness_key = out.keys.witness.public_key;
  card.sealing_key = out.keys.sealing.public_key;
  card.transport_key = out.keys.transport.public_key;
  KNOOP_LET(note, sign_card(card, out.key.secret_key));
  out.note = note;
  return out;
}

bool is_free(std::uint16_t port) {
  const int probe = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const bool bound = ::bind(probe, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  ::close(probe);
  return bound;
}

}  // namespace

Result<Network> make_network(Entropy& entropy, std::size_t peers, std::uint16_t port, Timestamp now) {
  KNOOP_LET(measured,
            make_organisation(entropy, "gemeten", "smw", {fmt::format("tcp://127.0.0.1:{}", port)}, now));
  Network out{std::move(measured), {}, {}, {}};
  for (std::size_t i = 0; i < peers; ++i) {
    KNOOP_LET(peer, make_organisation(entropy, fmt::format("peer-{:03}", i + 1), "jgz", {}, now));
    out.peers.push_back(std::move(peer));
  }
  const SigningKeyPair manager = new_signing_key(entropy);
  Convenant draft;
  draft.name = "Convenant voor metingen";
  draft.valid_from = now - std::chrono::hours(24 * 60);
  draft.expires = now + std::chrono::hours(24 * 300);
  draft.family_matching = false;
  draft.may_ask["jgz"] = {Category::attachments};
  draft.managers.push_back({"Beheerder", manager.public_key});
  const auto add = [&](const Card& card) {
    draft.members.push_back({card.id, card.member, card.kind, declared_handles, std::nullopt});
  };
  add(out.measured.card);
  for (const Organisation& peer : out.peers) add(peer.card);
  KNOOP_LET(unsigned_note, draft_convenant(draft));
  KNOOP_LET(note, countersign_convenant(unsigned_note, manager.secret_key));
  out.convenant = note;
  KNOOP_LET(network, network_id(note));
  out.network = network;
  return out;
}

Result<std::unique_ptr<storage::Database>> make_node(const NodeFolder& folder, const Organisation& self,
                                                     const std::vector<const Organisation*>& known,
                                                     const std::string& convenant, std::uint16_t port,
                                                     Entropy& entropy, Timestamp now) {
  std::filesystem::create_directories(folder.data());
  for (const auto& path : {folder.folder, folder.data()})
    std::filesystem::permissions(path, std::filesystem::perms::owner_all);
  const auto key_path = folder.folder / "database.key";
  KNOOP_LET(unlock, storage::create_unlock_key(key_path, entropy));
  KNOOP_LET(key, storage::create_database_key(folder.data() / "database.key", &unlock, entropy));
  const passwd* const user = ::getpwuid(::geteuid());
  std::ofstream(folder.settings()) << fmt::format(
      "[node]\ndata_dir = \"{}\"\n[listen]\nexchange = \"{}\"\n[api]\nsocket = \"{}\"\naddress = \"\"\n"
      "accounts = \"{}=professional\"\n[database]\nkey_file = \"{}\"\n",
      folder.data().string(), port == 0 ? std::string() : fmt::format("tcp://127.0.0.1:{}", port),
      folder.socket().string(), user != nullptr ? user->pw_name : "root", key_path.string());

  KNOOP_LET(database, storage::Database::open(folder.database(), key, storage::OpenMode::create));
  database->use_entropy(entropy);
  KNOOP_LET(tx, database->begin());
  KNOOP_TRY(self.keys.save(tx, now));
  Membership membership;
  KNOOP_TRY(membership.load(tx));
  KNOOP_TRY(membership.install_own_card(tx, self.note, now));
  KNOOP_TRY(membership.install_convenant(tx, convenant, now));
  for (const Organisation* const other : known) KNOOP_TRY(membership.install_card(tx, other->note, now));
  KNOOP_TRY(tx.commit());
  KNOOP_TRY(database->flush());
  return database;
}

Result<std::unique_ptr<storage::Database>> open_node(const NodeFolder& folder) {
  KNOOP_LET(unlock, storage::read_unlock_key(folder.folder / "database.key"));
  KNOOP_LET(key, storage::open_database_key(folder.data() / "database.key", &unlock));
  return storage::Database::open(folder.database(), key, storage::OpenMode::open);
}

Result<std::uint16_t> free_port(Entropy& entropy) {
  std::ifstream file("/proc/sys/net/ipv4/ip_local_port_range");
  unsigned first = 32'768;
  unsigned last = 60'999;
  file >> first >> last;
  for (int attempt = 0; attempt < 1'000; ++attempt) {
    std::array<Byte, 2> chance{};
    entropy.fill(chance);
    const auto port = static_cast<std::uint16_t>(10'000U + (chance[0] * 256U + chance[1]) % 55'000U);
    if ((port < first || port > last) && is_free(port)) return port;
  }
  return fail(ErrorCode::io_failed, Side::ours, "this machine has no free port outside {} to {}", first,
              last);
}

}  // namespace knoop::bench
