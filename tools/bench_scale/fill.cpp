#include "tools/bench_scale/fill.h"

#include <algorithm>

#include "node/core/node.h"
#include "node/core/services.h"
#include "protocol/channel/versions.h"
#include "protocol/matching/blind.h"
#include "protocol/matching/claims.h"
#include "protocol/matching/openings.h"
#include "protocol/matching/pair.h"
#include "protocol/matching/person.h"
#include "storage/matching_batches.h"
#include "storage/openings_repository.h"
#include "storage/records_repository.h"
#include "tools/bench_scale/people.h"

namespace knoop::bench {
namespace {

using matching::Handle;
using storage::Database;
using storage::MatchingPair;
using storage::Transaction;

// As the node does it: an event is a savepoint of few rows (SQLite's journal of a savepoint grows with the rows in it, and
// many statements walk along it), and many of them are committed at once.
constexpr std::uint64_t rows_a_savepoint = 200;
constexpr std::uint64_t rows_a_commit = 20'000;
constexpr int involved_for = 100;      // days
constexpr int registered_before = 30;  // days: no quota of today is used

class NoTransport final : public Transport {
 public:
  void set_links(std::vector<Link>) override {}
  void send(const MemberId&, Bytes) override {}
};
class NoExecutor final : public Executor {
 public:
  void submit(Work) override {}
  [[nodiscard]] unsigned width() const override { return 1; }
};

matching::Month month_of(Date date) {
  return static_cast<matching::Month>((date.year - 1970) * 12 + static_cast<int>(date.month) - 1);
}

/// Runs `work(tx, i)` for i in [0, count), some in a savepoint and many in a transaction.
Result<void> in_bulk(Database& database, std::uint64_t count,
                     const std::function<Result<void>(Transaction&, std::uint64_t)>& work) {
  for (std::uint64_t i = 0; i < count;) {
    KNOOP_LET(tx, database.begin());
    const std::uint64_t end = std::min(count, i + rows_a_savepoint);
    for (; i < end; ++i) KNOOP_TRY(work(tx, i));
    KNOOP_TRY(tx.commit());
    if (i % rows_a_commit == 0 || i == count) KNOOP_TRY(database.flush());
  }
  return {};
}

Result<void> at_once(Database& database, const std::function<Result<void>(Transaction&)>& work) {
  return in_bulk(database, 1, [&](Transaction& tx, std::uint64_t) { return work(tx); });
}

/// The node lives for a moment without a network, so that what it keeps about days and settings is there.
Result<void> live_once(const NodeFolder& folder, Entropy& entropy, Timestamp now) {
  NoTransport transport;
  NoExecutor executor;
  KNOOP_LET(database, open_node(folder));
  KNOOP_LET(node, Node::start({std::move(database), entropy, transport, executor, make_services()}, now));
  node->tick(now);
  return node->flush(now);
}

/// Client `number`, involved if `active`, with its identifier in place and nothing left to be looked at.
Result<void> add_known_by_bsn(Transaction& tx, std::uint64_t number, Timestamp now, bool active) {
  const records::Client client = client_by_bsn(number);
  KNOOP_LET(written, storage::put_client(tx, client, now));
  if (!active) return {};
  const Date today = Date::of(now);
  const auto care = involvement(number, today, involved_for);
  KNOOP_TRY(storage::add_involvement(tx, written.id, care, now));
  const auto identifiers = matching::identifiers_of(matching::person_of(client));
  KNOOP_ASSERT(identifiers.size() == 1, "a BSN and a surname make one identifier");
  KNOOP_TRY(storage::set_identifiers(tx, written.id, identifiers, month_of(care.until)));
  return storage::mark_clean(tx, written.id);
}

// ---- matching

struct Party {
  const Organisation& self;
  const Organisation& peer;
  storage::EpochKeys keys;
};

matching::Pair pair_of(const Network& network, const Party& side, const AgreedVersions& versions) {
  return {network.network,   side.self.card.member,     side.peer.card.member, 1,
          versions.protocol, versions.identifier_rules, versions.binding};
}

/// The open epoch 1 as both sides have it after EpochOpen and EpochComplete.
Result<MatchingPair> open_epoch(Transaction& tx, const Network& network, const Party& mine,
                                const Party& theirs, Timestamp opened) {
  const SpokenVersions spoken;
  const OfferedVersions offered{mine.peer.card.member, spoken.protocol, spoken.identifier_rules};
  KNOOP_LET(versions,
            agree_versions(network.network, {mine.self.card.member, spoken.protocol, spoken.identifier_rules},
                           offered, 1));
  KNOOP_TRY(tx.exec("INSERT INTO peer_hellos(peer, heard, offered) VALUES (?, ?, ?)", mine.peer.card.member,
                    opened, encode(offered)));
  KNOOP_LET(pair, storage::add_pair(tx, mine.peer.card.member, 1, versions, mine.keys, opened));
  const auto secrets =
      matching::derive_secrets(theirs.keys.matching, pair_of(network, theirs, versions), nullptr);
  KNOOP_TRY(storage::set_commitment(tx, pair.id, secrets.commitment.bytes(),
                                    matching::draw_commitment(secrets.draw), opened));
  KNOOP_TRY(storage::set_complete(tx, pair.id, opened));
  KNOOP_TRY(storage::set_peer_complete(tx, pair.id, opened));
  KNOOP_LET(open, storage::find_pair(tx, pair.id));
  KNOOP_ASSERT(open.has_value(), "it was added above");
  return std::move(*open);
}

std::vector<matching::Token> random_tokens(std::size_t count, Entropy& entropy) {
  std::vector<matching::Token> out(count);
  for (auto& token : out) entropy.fill({token.data(), matching::Token::size});
  return out;
}

std::vector<PointBytes> random_points(std::size_t count, Entropy& entropy) {
  std::vector<PointBytes> out(count);
  for (auto& point : out) entropy.fill({point.data(), PointBytes::size});
  return out;
}

/// Positions 0 to count - 1 in slices: `work(tx, from, size)`.
Result<void> in_slices(Database& database, std::size_t count,
                       const std::function<Result<void>(Transaction&, std::size_t, std::size_t)>& work) {
  for (std::size_t from = 0; from < count; from += rows_a_savepoint) {
    KNOOP_LET(tx, database.begin());
    KNOOP_TRY(work(tx, from, std::min<std::size_t>(rows_a_savepoint, count - from)));
    KNOOP_TRY(tx.commit());
  }
  return database.flush();
}

/// A batch of own handles, all proven. False when nothing waits.
Result<bool> own_batch(Database& database, storage::PairId id, bool claimant, Entropy& entropy, Date day) {
  std::vector<storage::Assigned> assigned;
  MatchingPair pair;
  matching::BatchSize size;
  const auto begin = [&](Transaction& tx) -> Result<void> {
    KNOOP_LET(found, storage::find_pair(tx, id));
    pair = *found;
    KNOOP_LET(waiting, storage::count_queued(tx, id));
    if (waiting == 0) return {};
    size = matching::next_batch(static_cast<std::size_t>(waiting));
    KNOOP_TRY(storage::count_quota(tx, pair.peer, storage::QuotaSide::ours, day,
                                   static_cast<std::int64_t>(size.size), 1));
    KNOOP_TRY(storage::begin_batch(tx, pair, size.size, size.elements));
    KNOOP_LET(batch, storage::own_batch(tx, id));
    KNOOP_LET(handles, storage::free_handles(tx, id, *batch));
    matching::shuffle(handles, entropy);
    KNOOP_LET(identifiers, storage::queued(tx, id, static_cast<std::int64_t>(size.elements)));
    for (std::size_t i = 0; i < identifiers.size(); ++i) assigned.push_back({handles[i], identifiers[i]});
    return storage::keep_points(tx, id, pair.next_handle, random_points(size.size, entropy));
  };
  KNOOP_TRY(at_once(database, begin));
  if (size.size == 0) return false;
  const auto assign = [&](Transaction& tx, std::size_t from, std::size_t count) {
    const auto first = assigned.begin() + static_cast<std::ptrdiff_t>(from);
    return storage::assign_handles(tx, pair, {first, first + static_cast<std::ptrdiff_t>(count)},
                                   from + count == assigned.size());
  };
  KNOOP_TRY(in_slices(database, assigned.size(), assign));
  const auto tokens = random_tokens(size.size, entropy);
  const auto keep = [&](Transaction& tx, std::size_t from, std::size_t count) {
    return storage::keep_tokens(tx, pair, pair.next_handle + from, std::span(tokens).subspan(from, count),
                                claimant);
  };
  KNOOP_TRY(in_slices(database, tokens.size(), keep));
  KNOOP_TRY(at_once(database, [&](Transaction& tx) { return storage::end_batch(tx, id); }));
  return true;
}

/// What a peer registered with the node.
Result<void> peer_batch(Database& database, storage::PairId id, std::size_t size, bool claimant,
                        Entropy& entropy, Date day, matching::Month expires, CompactTree& tree) {
  MatchingPair pair;
  const auto begin = [&](Transaction& tx) -> Result<void> {
    KNOOP_LET(found, storage::find_pair(tx, id));
    pair = *found;
    KNOOP_TRY(storage::count_quota(tx, pair.peer, storage::QuotaSide::peers, day,
                                   static_cast<std::int64_t>(size), 1));
    matching::append_points(tree, random_points(size, entropy));
    KNOOP_TRY(storage::put_received_tree(tx, id, tree));
    return storage::add_peer_batch(tx, pair, size, {});
  };
  KNOOP_TRY(at_once(database, begin));
  const auto tokens = random_tokens(size, entropy);
  const auto order = storage::in_order(tokens);
  const auto keep = [&](Transaction& tx, std::size_t from, std::size_t count) {
    return storage::keep_peer_tokens(tx, pair, pair.next_peer_handle, expires, tokens,
                                     std::span(order).subspan(from, count), claimant)
        .map([](std::size_t) {});
  };
  KNOOP_TRY(in_slices(database, size, keep));
  return at_once(database, [&](Transaction& tx) { return storage::end_peer_batch(tx, id); });
}

/// The first handles of both sides are behind the peer, without any of them being kept: a light peer has no tokens of what
/// the measured node registered long ago, and no handles of what it "registered" itself.
Result<void> skip_handles(Transaction& tx, storage::PairId id, Handle own, Handle others) {
  KNOOP_LET(pair, storage::find_pair(tx, id));
  if (own > 1) {
    KNOOP_TRY(storage::begin_batch(tx, *pair, static_cast<std::size_t>(own - 1), 0));
    KNOOP_TRY(storage::end_batch(tx, id));
  }
  if (others > 1) {
    KNOOP_TRY(storage::add_peer_batch(tx, *pair, static_cast<std::size_t>(others - 1), {}));
    KNOOP_TRY(storage::end_peer_batch(tx, id));
  }
  return {};
}

/// Which clients are known by BSN: spread evenly over all.
struct Roles {
  std::vector<std::uint64_t> involved;
  std::vector<std::uint64_t> shared;
};

Result<Roles> choose(const FillPlan& plan) {
  const std::uint64_t shared = plan.shared * plan.peers;
  const std::uint64_t all = plan.involved + shared;
  if (plan.clients > most_people || all * 5 > plan.clients * 4 || plan.clients == 0)
    return fail(ErrorCode::bad_value, Side::user,
                "at most {} clients, of whom at most four in five may be known by BSN", most_people);
  Roles out;
  for (std::uint64_t number = 0; number < plan.clients; ++number) {
    const std::uint64_t have = out.involved.size() + out.shared.size();
    // One in eleven has no BSN: the next takes its turn.
    if (have >= all || have * plan.clients > number * all || !bsn_of(number)) continue;
    (out.shared.size() * all <= have * shared && out.shared.size() < shared ? out.shared : out.involved)
        .push_back(number);
  }
  if (out.involved.size() != plan.involved || out.shared.size() != shared)
    return fail(ErrorCode::bad_value, Side::user, "too many of the clients are to be known by BSN");
  return out;
}

/// Own clients of the measured node, in order of number as an import would bring them.
Result<void> add_clients(Database& database, const FillPlan& plan, const Roles& roles, Timestamp now) {
  return in_bulk(database, plan.clients, [&](Transaction& tx, std::uint64_t number) -> Result<void> {
    if (std::ranges::binary_search(roles.involved, number)) return add_known_by_bsn(tx, number, now, true);
    if (std::ranges::binary_search(roles.shared, number)) return add_known_by_bsn(tx, number, now, false);
    return storage::put_client(tx, whole_client(number), now).map([](const auto&) {});
  });
}

/// Everything registered in both directions. What next comes of both sides' handles.
struct NextHandles {
  Handle own = 1;
  Handle others = 1;
};

Result<NextHandles> register_all(Database& database, const Network& network, const Party& mine,
                                 const Party& theirs, const FillPlan& plan, Entropy& entropy, Timestamp now) {
  const Timestamp opened = now - std::chrono::hours(24 * registered_before);
  const Date day = Date::of(opened);
  const bool claimant = matching::is_claimant(mine.self.card.member, mine.peer.card.member);
  storage::PairId id = 0;
  const auto open = [&](Transaction& tx) -> Result<void> {
    KNOOP_LET(pair, open_epoch(tx, network, mine, theirs, opened));
    id = pair.id;
    return {};
  };
  KNOOP_TRY(at_once(database, open));

  for (bool more = true; more;) {
    KNOOP_LET(again, own_batch(database, id, claimant, entropy, day));
    more = again;
  }
  CompactTree tree;
  const matching::Month expires = month_of(Date::of(now).plus_months(12));
  for (std::uint64_t left = plan.handles_of_peer; left > 0;) {
    const auto size = static_cast<std::size_t>(std::min<std::uint64_t>(left, matching::most_in_batch));
    KNOOP_TRY(peer_batch(database, id, size, claimant, entropy, day, expires, tree));
    left -= size;
  }

  NextHandles next;
  const auto look = [&](Transaction& tx) -> Result<void> {
    KNOOP_LET(pair, storage::find_pair(tx, id));
    next = {pair->next_handle, pair->next_peer_handle};
    return {};
  };
  KNOOP_TRY(at_once(database, look));
  return next;
}

}  // namespace

NodeFolder measured_folder(const std::filesystem::path& folder) {
  return {folder / "measured"};
}
NodeFolder peer_folder(const std::filesystem::path& folder, std::size_t peer) {
  return {folder / fmt::format("peer-{:03}", peer + 1)};
}

Result<Filled> fill(const std::filesystem::path& folder, const FillPlan& plan, Entropy& entropy,
                    Timestamp now, const std::function<void(const std::string&)>& say) {
  KNOOP_LET(roles, choose(plan));
  KNOOP_LET(port, free_port(entropy));
  KNOOP_LET(network, make_network(entropy, plan.peers, port, now));
  const NodeFolder measured = measured_folder(folder);
  std::vector<const Organisation*> peers;
  for (const Organisation& peer : network.peers) peers.push_back(&peer);
  {
    KNOOP_LET(made, make_node(measured, network.measured, peers, network.convenant, port, entropy, now));
    made.reset();
    KNOOP_TRY(live_once(measured, entropy, now));
  }
  KNOOP_LET(database, open_node(measured));
  database->use_entropy(entropy);
  say(fmt::format("{} clients, {} of them with an active involvement", plan.clients, plan.involved));
  KNOOP_TRY(add_clients(*database, plan, roles, now));

  std::vector<std::vector<std::string>> shared(plan.peers);
  for (std::size_t i = 0; i < plan.peers; ++i) {
    if (i % 10 == 0) say(fmt::format("registered with {} of {} peers", i, plan.peers));
    const Party mine{
        network.measured, network.peers[i], {entropy.draw<MatchingKey>(), std::nullopt, std::nullopt}};
    const Party theirs{
        network.peers[i], network.measured, {entropy.draw<MatchingKey>(), std::nullopt, std::nullopt}};
    KNOOP_LET(next, register_all(*database, network, mine, theirs, plan, entropy, now));
    KNOOP_LET(light, make_node(peer_folder(folder, i), theirs.self, {&network.measured}, network.convenant, 0,
                               entropy, now));
    const auto fill_light = [&](Transaction& tx) -> Result<void> {
      KNOOP_LET(pair,
                open_epoch(tx, network, theirs, mine, now - std::chrono::hours(24 * registered_before)));
      KNOOP_TRY(skip_handles(tx, pair.id, next.others, next.own));
      for (std::uint64_t each = 0; each < plan.shared; ++each) {
        const std::uint64_t number = roles.shared[i * plan.shared + each];
        const records::Client client = client_by_bsn(number);
        KNOOP_LET(written, storage::put_client(tx, client, now));
        KNOOP_TRY(
            storage::add_involvement(tx, written.id, involvement(number, Date::of(now), involved_for), now));
        shared[i].push_back(client.ref);
      }
      return {};
    };
    KNOOP_TRY(at_once(*light, fill_light));
  }
  return Filled{std::move(network), port, std::move(shared)};
}

}  // namespace knoop::bench
