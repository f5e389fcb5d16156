// knoop-bench-audit: the parts of `tools/bench audit` that need the product's own code. Prints one JSON object.
//
//   write <file> --entries N       an exported log of so many entries, redacted, as a node writes it
//   bare --entries N               the hashes and the signature that checking it cannot do without, and nothing else
//   append <folder> --group N --seconds S   durable appends, and bare commits of rows of the same size in groups of N, alternately
//   disk <folder> --entries N --slices K   a node's own database with a log of so many entries, and checking it as knoop audit verify does
//   proof --entries N              an inclusion proof: how large, how long to make and to check
#include <sqlite3.h>
#include <sys/resource.h>

#include <CLI/CLI.hpp>
#include <fstream>
#include <nlohmann/json.hpp>
#include <thread>

#include "config/card.h"
#include "crypto/checkpoint.h"
#include "crypto/ed25519.h"
#include "crypto/hash.h"
#include "crypto/note.h"
#include "node/core/audit_log.h"
#include "node/core/keys.h"
#include "node/core/log_on_disk.h"
#include "node/core/membership.h"
#include "node/files/audit_export.h"
#include "node/net/os_entropy.h"
#include "node/net/system_clock.h"
#include "storage/audit_repository.h"
#include "storage/client_vault.h"
#include "tools/terminal/on_thread.h"

namespace {

using namespace knoop;
using Json = nlohmann::json;
using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point began) {
  return std::chrono::duration<double>(Clock::now() - began).count();
}

template <typename Value>
Value must(Result<Value> value) {
  if (!value) throw std::runtime_error(value.error().sentence);
  if constexpr (!std::is_void_v<Value>) return std::move(*value);
}

constexpr int clients = 5000;

/// What a day at a node looks like: mostly reads, and now and then a release with all that must precede it.
class Day {
 public:
  audit::AuditEntry next(Entropy& entropy) {
    switch (at_++ % 20) {
      case 3:
        basis_ = entropy.draw<BasisId>();
        return entry(audit::Event::consent_recorded, audit::Action::create, {basis_});
      case 4:
        decision_ = entropy.draw<DecisionId>();
        return decided(entry(audit::Event::release_decided, audit::Action::execute, {basis_}));
      case 5:
        return decided(entry(audit::Event::release_offered, audit::Action::execute, {basis_}));
      case 6: {
        receipt_ = entropy.draw<Hash256>();
        auto out = decided(entry(audit::Event::release_receipt_received, audit::Action::execute, {}));
        out.receipt = receipt_;
        return out;
      }
      case 7: {
        auto out = decided(entry(audit::Event::release_disclosed, audit::Action::execute, {basis_}));
        out.receipt = receipt_;
        return out;
      }
      default:
        return entry(audit::Event::client_read, audit::Action::read, {});
    }
  }

 private:
  audit::AuditEntry entry(audit::Event event, audit::Action action, std::vector<BasisId> bases) const {
    return {.event = event,
            .bases = std::move(bases),
            .action = action,
            .user = "c.jansen",
            .role = "professional",
            .client = fmt::format("C-{}", at_ % clients),
            .object = fmt::format("client C-{}", at_ % clients),
            .source = "command line"};
  }
  audit::AuditEntry decided(audit::AuditEntry out) const {
    out.decision = decision_;
    out.peer = MemberId(std::array<Byte, 32>{9});
    out.purpose = "warme-overdracht: aanmelding; overdracht";
    return out;
  }

  std::uint64_t at_ = 0;
  BasisId basis_;
  DecisionId decision_;
  Hash256 receipt_;
};

/// Seals a log in memory and writes it as its node would export it.
Json write_log(const std::string& path, std::uint64_t entries) {
  OsEntropy entropy;
  const SigningKeyPair organisation = new_signing_key(entropy);
  const SigningKeyPair signing = new_signing_key(entropy);
  Card card;
  card.id = "bank-een";
  card.name = "Organisatie bank-een";
  card.kind = "smw";
  card.member = member_id(organisation.public_key);
  card.area = {"0392"};
  card.contact = {"A. Voorbeeld", "coordinator", "023-5550100", "contact@bank-een.example"};
  card.endpoints = {"tcp://127.0.0.1:7410"};
  const Timestamp now = SystemClock().now();
  card.valid_from = now - Milliseconds{86'400'000};
  card.valid_until = now + Milliseconds{30 * 86'400'000LL};
  card.signing_key = signing.public_key;
  card.witness_key = new_signing_key(entropy).public_key;
  card.sealing_key = public_key(entropy.draw<SealingSecretKey>());
  card.transport_key = public_key(entropy.draw<TransportSecretKey>());

  AuditExport log;
  log.origin = {entropy.draw<NetworkId>(), card.member, 1};
  log.card = must(sign_card(card, organisation.secret_key));
  log.size = entries;
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out << export_header_line(log);
  CompactTree tree;
  Day day;
  for (std::uint64_t i = 0; i < entries; ++i) {
    const audit::AuditEntry what =
        i == 0 ? audit::AuditEntry{.event = audit::Event::log_opened} : day.next(entropy);
    const auto sealed = must(audit::seal(i, now + Milliseconds{static_cast<std::int64_t>(i)}, what, entropy));
    tree.append(sealed.leaf);
    out << export_entry_line(audit::export_entry(sealed, true));
  }
  Note note{Checkpoint{log.origin.text(), entries, tree.root(), {}}.text(), {}};
  must(sign_note(note, log.origin.text(), signing.secret_key));
  log.head = note.encode();
  out << export_head_line(log);
  out.close();
  if (!out) throw std::runtime_error("the log cannot be written");
  return {{"entries", entries}, {"bytes", std::filesystem::file_size(path)}};
}

/// For each entry of a redacted export: a hash for each of the nine structural fields, one for the leaf, one for the tree.
Json bare(std::uint64_t entries) {
  const unsigned threads = std::max(1U, std::thread::hardware_concurrency());
  static constexpr std::array<std::size_t, 9> sizes{5, 24, 11, 7, 0, 0, 0, 0, 0};
  const auto began = Clock::now();
  std::vector<std::thread> workers;
  for (unsigned t = 0; t < threads; ++t)
    workers.emplace_back([share = entries / threads] {
      Bytes input(1024, 7);
      Byte all = 0;
      for (std::uint64_t i = 0; i < share; ++i) {
        input[0] = static_cast<Byte>(i);
        for (const std::size_t size : sizes) all ^= *sha256(ByteView(input).first(59 + size)).data();
        all ^= *sha256(ByteView(input).first(736)).data();
        all ^= *sha256(ByteView(input).first(65)).data();
      }
      if (all == 1) std::fputc(0, stderr);  // or a compiler sees that nobody looks
    });
  for (auto& worker : workers) worker.join();
  OsEntropy entropy;
  const SigningKeyPair pair = new_signing_key(entropy);
  const Bytes message(200, 1);
  const Signature signature = sign_raw(pair.secret_key, message);
  for (int i = 0; i < 2; ++i)
    if (!verify_raw(pair.public_key, message, signature)) throw std::runtime_error("a signature is false");
  return {{"entries", entries}, {"seconds", seconds_since(began)}};
}

/// A database as the node's, through SQLCipher alone.
class BareDatabase {
 public:
  explicit BareDatabase(const std::filesystem::path& path) {
    check(sqlite3_open(path.c_str(), &db_));
    const std::string key = "x'" + std::string(64, '7') + "'";
    check(sqlite3_key(db_, key.data(), static_cast<int>(key.size())));
    run("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON;"
        "CREATE TABLE rows(number INTEGER PRIMARY KEY, client TEXT, leaf BLOB NOT NULL, fields BLOB NOT "
        "NULL) STRICT;"
        "CREATE INDEX of_client ON rows(client, number)");
    check(sqlite3_prepare_v2(db_, "INSERT INTO rows(client, leaf, fields) VALUES (?, ?, ?)", -1, &insert_,
                             nullptr));
  }
  ~BareDatabase() {
    sqlite3_finalize(insert_);
    sqlite3_close(db_);
  }
  BareDatabase(const BareDatabase&) = delete;
  BareDatabase& operator=(const BareDatabase&) = delete;

  void group(std::size_t rows, const Bytes& fields) {
    run("BEGIN IMMEDIATE");
    for (std::size_t i = 0; i < rows; ++i) {
      const std::string client = fmt::format("C-{}", number_++ % clients);
      check(sqlite3_bind_text(insert_, 1, client.data(), static_cast<int>(client.size()), SQLITE_TRANSIENT));
      check(sqlite3_bind_blob(insert_, 2, fields.data(), 32, SQLITE_STATIC));
      check(sqlite3_bind_blob(insert_, 3, fields.data(), static_cast<int>(fields.size()), SQLITE_STATIC));
      if (sqlite3_step(insert_) != SQLITE_DONE) throw std::runtime_error(sqlite3_errmsg(db_));
      check(sqlite3_reset(insert_));
    }
    run("COMMIT");
  }

 private:
  void check(int code) {
    if (code != SQLITE_OK) throw std::runtime_error(sqlite3_errmsg(db_));
  }
  void run(const char* sql) { check(sqlite3_exec(db_, sql, nullptr, nullptr, nullptr)); }

  sqlite3* db_ = nullptr;
  sqlite3_stmt* insert_ = nullptr;
  std::uint64_t number_ = 0;
};

Json append(const std::filesystem::path& folder, std::size_t group, double seconds, int slices) {
  std::filesystem::remove_all(folder);
  std::filesystem::create_directories(folder);
  OsEntropy entropy;
  SymmetricKey key = entropy.draw<SymmetricKey>();
  const auto database = must(storage::Database::open(folder / "log.db", key, storage::OpenMode::create));
  database->use_entropy(entropy);
  const NodeKeys keys = NodeKeys::create(entropy);
  const Membership membership;
  const AuditLog log(keys, membership);
  const Actor actor{Role::professional, "c.jansen", "", std::nullopt, "command line"};
  BareDatabase bare_database(folder / "bare.db");
  {  // a client has its erasure key since it was first recorded
    auto tx = must(database->begin());
    for (int i = 0; i < clients; ++i) must(tx.vault().key_of(fmt::format("C-{}", i)));
    must(tx.commit());
    must(database->flush());
  }
  Day day;
  Json appended = Json::array();
  Json bare_rows = Json::array();
  // Rows as large as those that the log writes, by some of them.
  const Bytes fields = [&] {
    auto tx = must(database->begin());
    for (int i = 0; i < 100; ++i)
      must(log.append(tx, SystemClock().now(), entropy, actor, day.next(entropy)));
    const auto row = must(
        tx.one("SELECT sum(length(fields) + ifnull(length(personal), 0)) / count(*) FROM audit_entries"));
    const Bytes out(row->get<std::uint64_t>(0), 7);
    must(tx.commit());
    return out;
  }();
  for (int slice = 0; slice < slices; ++slice) {
    std::uint64_t count = 0;
    auto began = Clock::now();
    while (seconds_since(began) < seconds) {
      for (std::size_t i = 0; i < group; ++i) {
        auto tx = must(database->begin());
        must(log.append(tx, SystemClock().now(), entropy, actor, day.next(entropy)));
        must(tx.commit());
      }
      must(database->flush());
      count += group;
    }
    appended.push_back(static_cast<double>(count) / seconds_since(began));
    count = 0;
    began = Clock::now();
    while (seconds_since(began) < seconds) {
      bare_database.group(group, fields);
      count += group;
    }
    bare_rows.push_back(static_cast<double>(count) / seconds_since(began));
  }
  return {{"group", group}, {"bytes", fields.size()}, {"appended", appended}, {"bare", bare_rows}};
}

/// A log as it lies in a node's database: stored, and then checked, `slices` times.
Json disk(const std::filesystem::path& folder, std::uint64_t entries, int slices) {
  std::filesystem::remove_all(folder);
  std::filesystem::create_directories(folder);
  OsEntropy entropy;
  const SymmetricKey key = entropy.draw<SymmetricKey>();
  const auto database = must(storage::Database::open(folder / "log.db", key, storage::OpenMode::create));
  database->use_entropy(entropy);
  const NodeKeys keys = NodeKeys::create(entropy);
  const Membership membership;
  const AuditLog log(keys, membership);
  const Actor actor{Role::professional, "c.jansen", "", std::nullopt, "command line"};
  const audit::LogOrigin origin{entropy.draw<NetworkId>(), entropy.draw<MemberId>(), 1};
  {
    auto tx = must(database->begin());
    for (int i = 0; i < clients; ++i) must(tx.vault().key_of(fmt::format("C-{}", i)));
    must(tx.commit());
    must(database->flush());
  }
  constexpr std::uint64_t group = 256;
  Day day;
  auto began = Clock::now();
  for (std::uint64_t at = 1; at < entries;) {  // the first entry opens the log
    auto tx = must(database->begin());
    for (std::uint64_t i = 0; i < group && at < entries; ++i, ++at)
      must(log.append(tx, SystemClock().now(), entropy, actor, day.next(entropy)));
    must(tx.commit());
    must(database->flush());
  }
  const double stored = seconds_since(began);
  auto tx = must(database->begin());
  const storage::AuditState state = must(storage::audit_state(tx));
  Note head{Checkpoint{origin.text(), state.tree.size(), state.tree.root(), {}}.text(), {}};
  must(sign_note(head, origin.text(), keys.signing.secret_key));
  must(storage::keep_audit_head(tx, 1, state.tree.size(), SystemClock().now(), head.encode()));
  Json checked = Json::array();
  for (int slice = 0; slice < slices; ++slice) {
    began = Clock::now();
    const auto logs = must(
        check_log_on_disk(tx, {origin.network, origin.member, keys.signing.public_key}, {}, on_threads()));
    if (logs.size() != 1 || !logs[0].findings.empty() || logs[0].entries != entries || logs[0].heads != 1)
      throw std::runtime_error("an honest log was not accepted");
    checked.push_back(seconds_since(began));
  }
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  return {{"entries", entries},
          {"stored", stored},
          {"checked", checked},
          {"peak", static_cast<double>(used.ru_maxrss) / 1024}};
}

Json proof(std::uint64_t entries) {
  std::vector<Hash256> leaves(entries);
  for (std::uint64_t i = 0; i < entries; ++i) leaves[i] = sha256(view(std::to_string(i)));
  const NodeReader read = node_reader(leaves);
  const Hash256 root = root_of(leaves);
  auto began = Clock::now();
  const std::uint64_t index = entries / 3;
  const MerkleProof path = must(inclusion_proof(index, entries, read));
  const double make = seconds_since(began);
  constexpr int times = 1000;
  began = Clock::now();
  for (int i = 0; i < times; ++i) must(verify_inclusion(leaves[index], index, entries, path, root));
  return {{"entries", entries},
          {"bytes", path.size() * Hash256::size},
          {"make", make},
          {"check", seconds_since(began) / times}};
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app{"The parts of tools/bench audit that need the product's own code", "knoop-bench-audit"};
  app.require_subcommand(1);
  std::string path;
  std::uint64_t entries = 1'000'000;
  std::size_t group = 64;
  double seconds = 1;
  int slices = 10;
  CLI::App* write = app.add_subcommand("write");
  write->add_option("file", path)->required();
  write->add_option("--entries", entries);
  CLI::App* alone = app.add_subcommand("bare");
  alone->add_option("--entries", entries);
  CLI::App* appending = app.add_subcommand("append");
  appending->add_option("folder", path)->required();
  appending->add_option("--group", group);
  appending->add_option("--seconds", seconds);
  appending->add_option("--slices", slices);
  CLI::App* stored = app.add_subcommand("disk");
  stored->add_option("folder", path)->required();
  stored->add_option("--entries", entries);
  stored->add_option("--slices", slices);
  CLI::App* proving = app.add_subcommand("proof");
  proving->add_option("--entries", entries);
  CLI11_PARSE(app, argc, argv);
  try {
    const Json out = write->parsed()       ? write_log(path, entries)
                     : alone->parsed()     ? bare(entries)
                     : appending->parsed() ? append(path, group, seconds, slices)
                     : stored->parsed()    ? disk(path, entries, slices)
                                           : proof(entries);
    std::printf("%s\n", out.dump().c_str());
    return 0;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "knoop-bench-audit: %s\n", error.what());
    return 1;
  }
}
