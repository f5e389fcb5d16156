// One node without a network: what it hands to its transport and executor is kept for the test to look at.
#pragma once

#include <filesystem>
#include <memory>
#include <vector>

#include "node/core/node.h"
#include "tests/support/membership_samples.h"
#include "tests/support/must.h"
#include "tests/support/temp_dir.h"
#include "tests/support/test_entropy.h"

namespace knoop::test {

class RecordingTransport final : public Transport {
 public:
  void set_links(std::vector<Link> all) override { links = std::move(all); }
  void send(const MemberId& to, Bytes frame) override { sent.emplace_back(to, std::move(frame)); }
  std::vector<Link> links;
  std::vector<std::pair<MemberId, Bytes>> sent;
};

class RecordingExecutor final : public Executor {
 public:
  void submit(Work work) override { works.push_back(std::move(work)); }
  [[nodiscard]] unsigned width() const override { return 1; }
  std::vector<Work> works;
};

/// A database with keys and an own card, two other organisations, and a convenant of the three.
class CoreNode {
 public:
  static constexpr std::string_view start_time = "2026-11-02T08:00:00Z";

  CoreNode() : now(at(start_time)), database_key(entropy.draw<SymmetricKey>()) {
    own = organisation(entropy, "smw-een", "smw");
    peer = organisation(entropy, "bjz-twee", "bjz");
    other = organisation(entropy, "cjg-drie", "cjg");
    const NodeKeys keys = NodeKeys::create(entropy);
    own.card.signing_key = keys.signing.public_key;
    own.card.witness_key = keys.witness.public_key;
    own.card.sealing_key = keys.sealing.public_key;
    own.card.transport_key = keys.transport.public_key;
    for (int i = 0; i < 3; ++i) managers.push_back(new_signing_key(entropy));
    auto database = storage::Database::open(path(), database_key, storage::OpenMode::create).value();
    auto tx = database->begin().value();
    must(keys.save(tx, now));
    Membership membership;
    must(membership.load(tx));
    must(membership.install_own_card(tx, sign_card(own.card, own.key.secret_key).value(), now));
    must(membership.install_convenant(tx, note(), now));
    for (const Organisation* org : {&peer, &other})
      membership.install_card(tx, sign_card(org->card, org->key.secret_key).value(), now).value();
    must(tx.commit());
    must(database->flush());
  }

  [[nodiscard]] std::string note() const {
    return signed_convenant(convenant({own.card, peer.card, other.card}, managers), managers);
  }
  [[nodiscard]] std::filesystem::path path() const { return directory.path() / "knoop.db"; }

  Result<std::unique_ptr<Node>> start(std::vector<std::unique_ptr<Service>> services = {},
                                      const storage::OpenOptions& options = {}) {
    KNOOP_LET(database, storage::Database::open(path(), database_key, storage::OpenMode::open, options));
    return Node::start({std::move(database), entropy, transport, executor, std::move(services)}, now);
  }

  /// The first cell of what a query gives.
  std::int64_t number(Node& node, std::string_view sql) const {
    return node
        .command<std::int64_t>(Actor::node(), now,
                               [&](Context& context) -> Result<std::int64_t> {
                                 KNOOP_LET(row, context.tx.one(sql));
                                 return row->get<std::int64_t>(0);
                               })
        .value();
  }
  /// How many entries of this event its log has.
  std::int64_t logged(Node& node, audit::Event event) const {
    return number(
        node, fmt::format("SELECT count(*) FROM audit_entries WHERE event = {}", static_cast<int>(event)));
  }

  TestEntropy entropy;
  Timestamp now;
  SymmetricKey database_key;
  Organisation own;
  Organisation peer;
  Organisation other;
  std::vector<SigningKeyPair> managers;
  testing::TempDir directory;
  RecordingTransport transport;
  RecordingExecutor executor;
};

}  // namespace knoop::test
