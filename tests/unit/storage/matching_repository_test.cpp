#include "storage/matching_repository.h"

#include <catch2/catch.hpp>

#include "storage/match_repository.h"
#include "storage/records_repository.h"
#include "tests/support/must.h"
#include "tests/support/temp_dir.h"
#include "tests/support/test_entropy.h"

namespace knoop::storage {
namespace {

using namespace knoop::matching;
using records::ClientId;

constexpr Timestamp now{1'000'000};
constexpr Month month = 683;
constexpr bool as_claimant = true;
constexpr bool as_answerer = false;

using test::must;

template <typename Value>
Value filled(Byte byte) {
  Value out;
  std::fill_n(out.data(), Value::size, byte);
  return out;
}

Identifier identifier(Byte byte, Kind kind = Kind::exact) {
  return {kind, {byte}};
}

struct Store {
  Store()
      : database(must(Database::open(dir / "a.db", SymmetricKey{}, OpenMode::create))),
        tx(must(database->begin())),
        pair(must(add_pair(tx, peer, 1, {}, {}, now))) {
    database->use_entropy(entropy);
    for (const char* ref : {"T-1", "T-2", "T-3", "T-4", "T-5"}) {
      records::Client client;
      client.ref = ref;
      client.birth_date = {2015, 6, 1};
      must(put_client(tx, client, now));
    }
  }

  /// Registers everything queued as one batch whose elements have these tokens.
  void registered(const std::vector<Token>& tokens, bool claimant = as_claimant) {
    std::vector<std::optional<IdentifierId>> slots;
    for (const auto id : must(queued(tx, pair.id, 100))) slots.emplace_back(id);
    REQUIRE(slots.size() == tokens.size());
    refresh();
    const Handle first = pair.next_handle;
    planned(slots);
    refresh();
    must(finish_batch(tx, pair, first, tokens, claimant));
  }
  /// A batch in this order; nothing is a dummy.
  void planned(const std::vector<std::optional<IdentifierId>>& slots) {
    std::vector<Assigned> assigned;
    for (std::size_t i = 0; i < slots.size(); ++i)
      if (slots[i]) assigned.push_back({pair.next_handle + i, *slots[i]});
    must(begin_batch(tx, pair, slots.size(), assigned.size()));
    must(assign_handles(tx, pair, assigned, true));
  }
  void peer_registered(const std::vector<Token>& tokens, bool claimant = as_claimant) {
    refresh();
    const RegisterBatch batch{1, pair.next_peer_handle, month, std::vector<PointBytes>(tokens.size())};
    must(add_peer_batch(tx, pair, tokens.size(), encode(batch)));
    refresh();
    known = must(finish_peer_batch(tx, pair, batch, tokens, claimant));
  }
  void refresh() { pair = *must(find_pair(tx, pair.id)); }
  std::vector<HandlePair> matched(ClientId client) { return must(matched_pairs(tx, pair.id, client)); }
  std::size_t touched() {
    return must(take_touched_clients(tx, 100)).size() + must(take_touched_claims(tx, 100)).size();
  }

  testing::TempDir dir;
  TestEntropy entropy;
  std::unique_ptr<Database> database;
  Transaction tx;
  MemberId peer = filled<MemberId>(2);
  MatchingPair pair;
  std::size_t known = 0;
};

const ClientId one{1};
const ClientId two{2};

TEST_CASE("an identifier is registered once for all clients that have it, and withdrawn with the last") {
  Store store;
  CHECK(must(set_identifiers(store.tx, one, {identifier(1), identifier(2)}, month)).empty());
  CHECK(must(set_identifiers(store.tx, two, {identifier(2), identifier(3)}, month)).empty());
  CHECK(must(count_queued(store.tx, store.pair.id)) == 3);
  store.registered({filled<Token>(1), filled<Token>(2), filled<Token>(3)});
  CHECK(must(count_queued(store.tx, store.pair.id)) == 0);

  const auto first = must(set_identifiers(store.tx, one, {}, month));
  REQUIRE(first.size() == 1);
  CHECK(first[0].handle == 1);
  const auto second = must(set_identifiers(store.tx, two, {identifier(3)}, month));
  REQUIRE(second.size() == 1);
  CHECK(second[0].handle == 2);
  CHECK(must(count_identifiers(store.tx)) == 1);
}

TEST_CASE(
    "identifiers are found by their hash wherever it stands, while the new ones move to the others in "
    "parts") {
  Store store;
  std::vector<Identifier> many;
  for (unsigned i = 0; i < 8300; ++i)
    many.push_back({Kind::exact, {static_cast<Byte>(i >> 8), static_cast<Byte>(i)}});
  must(set_identifiers(store.tx, one, many, month));
  const auto rows = [&](int recent) {
    return must(store.tx.one("SELECT count(*) FROM identifier_lookups WHERE recent = ?", recent))
        ->get<std::int64_t>(0);
  };
  CHECK(rows(0) == 0);
  SettledTo to;
  must(settle_identifiers(store.tx, to));
  CHECK(rows(0) == 1024);
  CHECK(rows(1) == 8300 - 1024);
  must(settle_identifiers(store.tx, to));  // few enough are left
  CHECK(rows(0) == 1024);

  // What comes meanwhile on both sides of the part that moved waits for its turn.
  std::vector<Identifier> later;
  for (unsigned i = 0; i < 2000; ++i)
    later.push_back({Kind::exact, {1, static_cast<Byte>(i >> 8), static_cast<Byte>(i)}});
  must(set_identifiers(store.tx, two, later, month));
  const auto passed = [&] {
    return must(store.tx.one(
                    "SELECT count(*) FROM identifier_lookups WHERE recent = 1 AND (kind, hash) <= (?, ?)",
                    to.kind, to.hash))
        ->get<std::int64_t>(0);
  };
  CHECK(passed() > 0);
  const auto waiting = passed();
  must(settle_identifiers(store.tx, to));
  CHECK(rows(0) == 2048);
  CHECK(passed() >= waiting);
  // The end comes once in a round; then from the beginning.
  for (int part = 0; part < 12 && to.kind != Kind::dummy; ++part) must(settle_identifiers(store.tx, to));
  CHECK(rows(1) <= 8192);

  must(set_identifiers(store.tx, two, many, month));  // all are known, whichever part they stand in
  CHECK(must(count_identifiers(store.tx)) == 8300);
  must(set_identifiers(store.tx, one, {}, month));
  CHECK(must(count_identifiers(store.tx)) == 8300);
  must(set_identifiers(store.tx, two, {}, month));
  CHECK(must(count_identifiers(store.tx)) == 0);
  CHECK(rows(0) + rows(1) == 0);
}

TEST_CASE("a later member gets everything, and the same client twice costs nothing") {
  Store store;
  must(set_identifiers(store.tx, one, {identifier(1), identifier(2)}, month));
  const auto later = must(add_pair(store.tx, filled<MemberId>(3), 1, {}, {}, now));
  CHECK(must(count_queued(store.tx, later.id)) == 2);
  must(set_identifiers(store.tx, one, {identifier(1), identifier(2)}, month));
  CHECK(must(count_queued(store.tx, later.id)) == 2);
}

TEST_CASE("equal tokens meet whoever came first, and touch the clients concerned") {
  for (const bool ours_first : {true, false}) {
    Store store;
    must(set_identifiers(store.tx, one, {identifier(1), identifier(2)}, month));
    if (ours_first) store.registered({filled<Token>(1), filled<Token>(2)});
    CHECK(store.touched() == 0);
    store.peer_registered({filled<Token>(9), filled<Token>(2)});
    if (!ours_first) store.registered({filled<Token>(1), filled<Token>(2)});
    CHECK(store.matched(one) == std::vector<HandlePair>{{2, 2}});
    CHECK(store.touched() == 1);
  }
}

TEST_CASE("a withdrawn handle matches no more, and coming again it is known") {
  Store store;
  must(set_identifiers(store.tx, one, {identifier(1)}, month));
  store.registered({filled<Token>(1)});
  store.peer_registered({filled<Token>(1)});
  CHECK(store.touched() == 1);
  must(withdraw_peer_handles(store.tx, store.pair, {1}, as_claimant));
  CHECK(store.matched(one).empty());
  CHECK(store.touched() == 1);
  must(withdraw_peer_handles(store.tx, store.pair, {1}, as_claimant));  // twice is once
  CHECK(store.touched() == 0);
  store.peer_registered({filled<Token>(1)});
  CHECK(store.known == 1);
  CHECK(store.matched(one) == std::vector<HandlePair>{{1, 2}});
}

TEST_CASE("a withdrawal that overtakes its batch takes effect when the batch comes") {
  Store store;
  must(set_identifiers(store.tx, one, {identifier(1)}, month));
  store.registered({filled<Token>(1)});
  must(withdraw_peer_handles(store.tx, store.pair, {1}, as_claimant));
  store.peer_registered({filled<Token>(1), filled<Token>(2)});
  CHECK(store.matched(one).empty());
  // One that names handles nobody could have given out yet is not remembered.
  must(withdraw_peer_handles(store.tx, store.pair, {100'000}, as_claimant));
  CHECK_FALSE(must(store.tx.one("SELECT 1 FROM peer_handles WHERE handle = 100000")).has_value());
}

TEST_CASE("a known token under a new handle replaces the old one") {
  Store store;
  must(set_identifiers(store.tx, one, {identifier(1)}, month));
  store.registered({filled<Token>(1)});
  store.peer_registered({filled<Token>(1)});
  store.peer_registered({filled<Token>(1)});
  CHECK(store.known == 1);
  CHECK(store.matched(one) == std::vector<HandlePair>{{1, 2}});
  must(withdraw_peer_handles(store.tx, store.pair, {1}, as_claimant));  // the old handle: nothing any more
  CHECK(store.matched(one).size() == 1);
}

TEST_CASE("a point sent twice in one batch has the later handle, and no other") {
  Store store;
  must(set_identifiers(store.tx, one, {identifier(1)}, month));
  store.registered({filled<Token>(1)});
  store.peer_registered({filled<Token>(1), filled<Token>(2), filled<Token>(1)});
  CHECK(store.known == 1);
  CHECK(store.matched(one) == std::vector<HandlePair>{{1, 3}});
  CHECK_FALSE(must(store.tx.one("SELECT 1 FROM peer_handles WHERE handle = 1")).has_value());
  must(withdraw_peer_handles(store.tx, store.pair, {1}, as_claimant));
  CHECK(store.matched(one).size() == 1);
  must(withdraw_peer_handles(store.tx, store.pair, {3}, as_claimant));
  CHECK(store.matched(one).empty());
}

TEST_CASE("a point sent twice in one batch whose later handle was withdrawn before it came is gone") {
  Store store;
  must(set_identifiers(store.tx, one, {identifier(1)}, month));
  store.registered({filled<Token>(1)});
  must(withdraw_peer_handles(store.tx, store.pair, {2}, as_claimant));
  store.peer_registered({filled<Token>(1), filled<Token>(1), filled<Token>(2)});
  CHECK(store.matched(one).empty());
  CHECK_FALSE(must(store.tx.one("SELECT 1 FROM peer_tokens WHERE token = ?", filled<Token>(1))).has_value());
  CHECK_FALSE(must(store.tx.one("SELECT 1 FROM peer_handles WHERE handle < 3")).has_value());
  store.peer_registered({filled<Token>(1)});
  CHECK(store.known == 1);  // it was withdrawn, so it costs no quota
  CHECK(store.matched(one).size() == 1);
}

TEST_CASE("tokens of small batches gather apart from those of large ones, and each stands in one place") {
  Store store;
  const auto numbered = [](std::uint32_t from, std::uint32_t count) {
    std::vector<Token> out;
    for (std::uint32_t i = from; i < from + count; ++i) {
      Token token{};
      for (std::size_t at = 0; at < 4; ++at) token.data()[at] = static_cast<Byte>(i >> (8 * at));
      token.data()[15] = 1;
      out.push_back(token);
    }
    return out;
  };
  const auto count = [&](std::string_view where) {
    return must(store.tx.one(fmt::format("SELECT count(*) FROM {}", where)))->template get<std::int64_t>(0);
  };
  const auto wanted = numbered(7, 1).front();
  must(set_identifiers(store.tx, one, {identifier(1)}, month));
  store.registered({wanted});
  CHECK(count("own_handles WHERE recent = 1") == 1);

  store.peer_registered(numbered(0, 962));
  CHECK(store.known == 0);
  CHECK(count("peer_tokens WHERE recent = 0") == 962);
  CHECK(store.matched(one) == std::vector<HandlePair>{{1, 8}});
  // What is known stays where it is, under its new handle.
  store.peer_registered(numbered(7, 2));
  CHECK(store.known == 2);
  CHECK(store.matched(one) == std::vector<HandlePair>{{1, 963}});
  CHECK(count("peer_tokens WHERE recent = 1") == 0);

  std::uint32_t next = 10'000;
  for (; next < 14'000; next += 400) store.peer_registered(numbered(next, 400));
  CHECK(count("peer_tokens WHERE recent = 1") == 4'000);
  // A large batch that repeats some of them adds none twice.
  store.peer_registered(numbered(13'900, 1'000));
  CHECK(store.known == 100);
  CHECK(count("peer_tokens WHERE recent = 1") == 4'000);
  CHECK(count("peer_tokens") == 962 + 4'000 + 900);
  store.peer_registered(numbered(20'000, 97));
  CHECK(count("peer_tokens WHERE recent = 1") == 0);  // that was enough
  CHECK(count("peer_tokens") == 962 + 4'000 + 900 + 97);
  CHECK(count("(SELECT token FROM peer_tokens GROUP BY token HAVING count(*) > 1)") == 0);
  CHECK(count("peer_handles") == count("peer_tokens"));
  CHECK(store.matched(one) == std::vector<HandlePair>{{1, 963}});

  // Withdrawing finds them in both places.
  store.peer_registered(numbered(30'000, 3));
  CHECK(count("peer_tokens WHERE recent = 1") == 3);
  const Handle last = must(store.tx.one("SELECT max(handle) FROM peer_handles"))->get<Handle>(0);
  must(withdraw_peer_handles(store.tx, store.pair, {last, 963}, as_claimant));
  CHECK(count("peer_tokens WHERE recent = 1") == 2);
  CHECK(store.matched(one).empty());
}

TEST_CASE("an identifier that must be kept longer is registered again and replaces its handle") {
  Store store;
  must(set_identifiers(store.tx, one, {identifier(1)}, month));
  store.registered({filled<Token>(1)});
  store.peer_registered({filled<Token>(1)});
  must(set_identifiers(store.tx, one, {identifier(1)}, month + 6));
  CHECK(must(count_queued(store.tx, store.pair.id)) == 1);
  store.registered({filled<Token>(1)});
  CHECK(store.matched(one) == std::vector<HandlePair>{{2, 1}});
  CHECK_FALSE(must(kind_of_handle(store.tx, store.pair.id, 1)).has_value());
}

TEST_CASE("tokens end after their month, in both directions") {
  Store store;
  must(set_identifiers(store.tx, one, {identifier(1)}, month));
  store.registered({filled<Token>(1)});
  store.peer_registered({filled<Token>(1)});
  must(expire_tokens(store.tx, store.pair, month, as_claimant));
  CHECK(store.matched(one).size() == 1);
  must(expire_tokens(store.tx, store.pair, month + 1, as_claimant));
  CHECK(store.matched(one).empty());
  CHECK_FALSE(must(store.tx.one("SELECT 1 FROM peer_tokens")).has_value());
  CHECK_FALSE(must(store.tx.one("SELECT 1 FROM own_handles")).has_value());
}

TEST_CASE("a BSN is none, pending or registered towards each peer") {
  Store store;
  must(set_identifiers(store.tx, one, {identifier(1)}, month));
  CHECK(must(bsn_status(store.tx, store.pair.id, one)) == BsnStatus::none);
  must(set_identifiers(store.tx, two, {identifier(1, Kind::bsn)}, month));
  CHECK(must(bsn_status(store.tx, store.pair.id, two)) == BsnStatus::pending);
  store.registered({filled<Token>(1), filled<Token>(2)});
  CHECK(must(bsn_status(store.tx, store.pair.id, two)) == BsnStatus::registered);
  CHECK(must(bsn_status(store.tx, store.pair.id, one)) == BsnStatus::none);
}

TEST_CASE("what an answerer sees of claimed pairs: the matched ones, for each client that has them") {
  Store store;
  must(set_identifiers(store.tx, one, {identifier(1)}, month));
  must(set_identifiers(store.tx, two, {identifier(1), identifier(2)}, month));
  store.registered({filled<Token>(1), filled<Token>(2)}, as_answerer);
  store.peer_registered({filled<Token>(1), filled<Token>(7)}, as_answerer);
  const auto seen = must(recognised(store.tx, store.pair.id, {{1, 1}, {2, 2}, {9, 9}}));
  REQUIRE(seen.size() == 2);
  CHECK(seen[0].pair == HandlePair{1, 1});
  CHECK(seen[0].client == 1);
  CHECK(seen[1].client == 2);
}

TEST_CASE("answers are touched through the handles that their claim names") {
  Store store;
  must(set_identifiers(store.tx, one, {identifier(1)}, month));
  store.registered({filled<Token>(1)}, as_answerer);
  AnswerState state;
  REQUIRE(*take_claim(state, {filled<ClaimId>(4), 1, 1, BsnStatus::none, {{5, 1}}}));
  must(put_answer(store.tx, store.pair, state));
  CHECK(must(find_answer(store.tx, store.peer, state.claim, 1)) == state);
  CHECK_FALSE(must(find_answer(store.tx, store.peer, state.claim, 2)).has_value());
  must(touch_client(store.tx, store.pair, one, as_answerer));
  CHECK(must(touched_claims(store.tx)).size() == 1);
  CHECK(store.touched() == 1);
  must(touch_client(store.tx, store.pair, two, as_answerer));
  CHECK(store.touched() == 0);
}

TEST_CASE("a batch lives until it is answered") {
  Store store;
  must(set_identifiers(store.tx, one, {identifier(1), identifier(2)}, month));
  const auto ids = must(queued(store.tx, store.pair.id, 10));
  store.planned({ids[1], std::nullopt, ids[0]});
  store.refresh();
  CHECK(store.pair.next_handle == 4);
  auto batch = *must(own_batch(store.tx, store.pair.id));
  CHECK(batch.first == 1);
  CHECK(batch.size == 3);
  CHECK(batch.expires == month);
  CHECK_FALSE(batch.computed);
  CHECK(batch.waiting == 0);
  auto slots = must(batch_slots(store.tx, store.pair.id, 1, 3));
  CHECK(slots[0] == identifier(2));
  CHECK_FALSE(slots[1].has_value());
  must(set_identifiers(store.tx, one, {identifier(2)},
                       month));  // ended while its points are computed: now a dummy
  slots = must(batch_slots(store.tx, store.pair.id, 1, 3));
  CHECK_FALSE(slots[2].has_value());

  must(set_batch_points(store.tx, store.pair.id,
                        {filled<PointBytes>(1), filled<PointBytes>(2), filled<PointBytes>(3)}));
  must(set_batch_sent(store.tx, store.pair.id, now));
  batch = *must(own_batch(store.tx, store.pair.id));
  CHECK(batch.computed);
  CHECK(must(batch_points(store.tx, store.pair.id)).at(2) == filled<PointBytes>(3));
  CHECK(batch.sent == now);
  must(finish_batch(store.tx, store.pair, 1, {filled<Token>(1), filled<Token>(2), filled<Token>(3)},
                    as_claimant));
  CHECK_FALSE(must(own_batch(store.tx, store.pair.id)).has_value());
}

TEST_CASE("quotas are counted a day, peer and direction, never below zero") {
  Store store;
  const Date day{2026, 11, 22};
  must(count_quota(store.tx, store.peer, QuotaSide::peers, day, 10));
  must(count_quota(store.tx, store.peer, QuotaSide::peers, day, -3));
  must(count_quota(store.tx, store.peer, QuotaSide::ours, day, -3));
  CHECK(must(quota_counts(store.tx, store.peer, QuotaSide::peers, day))[0].handles == 7);
  CHECK(must(quota_counts(store.tx, store.peer, QuotaSide::ours, day))[0].handles == 0);
  CHECK(must(quota_counts(store.tx, store.peer, QuotaSide::peers, {2026, 11, 23})).empty());
}

TEST_CASE("frames and withdrawals of a day are counted beside its handles, a hint is new once a day") {
  Store store;
  const Date day{2026, 11, 22};
  must(count_quota(store.tx, store.peer, QuotaSide::peers, day, 10, 1));
  must(count_quota(store.tx, store.peer, QuotaSide::peers, day, -10));
  must(count_quota(store.tx, store.peer, QuotaSide::peers, day, 0, 1, 7));
  const auto counts = must(quota_counts(store.tx, store.peer, QuotaSide::peers, day));
  REQUIRE(counts.size() == 1);
  CHECK((counts[0].handles == 0 && counts[0].frames == 2 && counts[0].withdrawn == 7));

  CHECK(must(add_hint(store.tx, store.peer, day, Hint::quota)));
  CHECK_FALSE(must(add_hint(store.tx, store.peer, day, Hint::quota)));
  CHECK(must(add_hint(store.tx, store.peer, day, Hint::burst)));
  CHECK(must(add_hint(store.tx, store.peer, {2026, 11, 23}, Hint::quota)));
  const auto hints = must(hints_of(store.tx, store.peer, day));
  REQUIRE(hints.size() == 3);
  CHECK(hints[0].day == Date{2026, 11, 23});
  CHECK(must(hints_of(store.tx, store.peer, {2026, 11, 23})).size() == 1);
  CHECK(must(hints_of(store.tx, filled<MemberId>(9), day)).empty());
}

TEST_CASE("a withdrawal is acknowledged for its own bytes only") {
  Store store;
  const auto number = must(add_withdrawal(store.tx, store.pair.id, 2, now));
  CHECK(number == 1);
  must(set_withdrawal_hash(store.tx, store.pair.id, number, filled<Hash256>(1)));
  CHECK_FALSE(must(acknowledge_withdrawal(store.tx, store.pair.id, 1, filled<Hash256>(2), {}, now)));
  CHECK_FALSE(must(acknowledge_withdrawal(store.tx, store.pair.id, 2, filled<Hash256>(1), {}, now)));
  CHECK(must(count_unacknowledged_withdrawals(store.tx, store.pair.id)) == 1);
  CHECK(must(acknowledge_withdrawal(store.tx, store.pair.id, 1, filled<Hash256>(1), {}, now)));
  CHECK(must(count_unacknowledged_withdrawals(store.tx, store.pair.id)) == 0);
}

TEST_CASE("a match keeps its id and what people recorded, contact data go when it has ended") {
  Store store;
  StoredMatch match;
  match.id = filled<MatchId>(1);
  match.peer = store.peer;
  match.claim = filled<ClaimId>(2);
  match.client = one;
  match.verdict = Verdict::certain;
  match.kinds = {Kind::bsn};
  match.found = now;
  match.contact_before = {2026, 11, 27};
  match.peer_notice = MatchNotice{match.id, 1, {{"N", "f", "t", "e", {2026, 1, 1}}}};
  match.outcome = matching::Outcome::same_youth;
  must(put_match(store.tx, match));
  CHECK(must(list_matches(store.tx, {})).size() == 1);
  CHECK(must(list_matches(store.tx, {.client = two})).empty());
  CHECK(must(list_matches(store.tx, {.peer = filled<MemberId>(9)})).empty());

  match.ended = now;
  must(put_match(store.tx, match));
  CHECK(must(list_matches(store.tx, {})).empty());
  CHECK(must(list_matches(store.tx, {.with_ended = true})).size() == 1);
  must(forget_notices(store.tx, now));
  CHECK(must(find_match(store.tx, match.id))->peer_notice.has_value());
  must(forget_notices(store.tx, now + Milliseconds{1}));
  const auto kept = must(find_match(store.tx, match.id));
  CHECK_FALSE(kept->peer_notice.has_value());
  CHECK(kept->outcome == matching::Outcome::same_youth);
}

}  // namespace
}  // namespace knoop::storage
