#include "storage/match_repository.h"

#include "protocol/codec/codec.h"

namespace knoop::storage {
namespace {

using matching::AnswerState;
using matching::BsnStatus;
using matching::ClaimId;
using matching::ClaimState;
using matching::HandlePair;
using matching::Kind;
using matching::MatchId;
using records::ClientId;

// The lists of a claim or an answer as one column: written and read by this file only.
struct StoredGroup {
  matching::GroupId group;
  std::int64_t client = 0;
  BsnStatus bsn = BsnStatus::none;
  std::vector<HandlePair> pairs;

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    archive(self.group, self.client, self.bsn, bounded(self.pairs, matching::most_pairs));
  }
};
struct Lists {
  std::vector<HandlePair> pairs;
  std::vector<StoredGroup> groups;

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    archive(bounded(self.pairs, matching::most_pairs), bounded(self.groups, max_encoded_elements));
  }
};

Bytes lists_of(const std::vector<HandlePair>& pairs, const std::vector<matching::KnownGroup>& groups) {
  Lists out{pairs, {}};
  for (const auto& group : groups) out.groups.push_back({group.group, group.client, group.bsn, group.pairs});
  return encode(out);
}

Result<void> read_lists(ByteView bytes, std::vector<HandlePair>& pairs,
                        std::vector<matching::KnownGroup>& groups) {
  auto lists = decode<Lists>(bytes);
  if (!lists)
    return fail(ErrorCode::damaged_database, Side::ours, "a stored match claim cannot be read: {}",
                lists.error().sentence);
  pairs = std::move(lists->pairs);
  for (auto& group : lists->groups)
    groups.push_back({group.group, group.client, group.bsn, std::move(group.pairs)});
  return {};
}

constexpr std::string_view claim_columns =
    "client, claim, epoch, version, bsn, answered_claim, answer_version, lists";

Result<StoredClaim> claim_from(const Row& row) {
  StoredClaim out;
  out.client = row.get<ClientId>(0);
  ClaimState& state = out.state;
  state.claim = row.get<ClaimId>(1);
  state.epoch = row.get<matching::Epoch>(2);
  state.version = row.get<std::uint64_t>(3);
  state.bsn = row.get<BsnStatus>(4);
  state.answered_claim = row.get<std::uint64_t>(5);
  state.answer_version = row.get<std::uint64_t>(6);
  KNOOP_TRY(read_lists(row.get<ByteView>(7), state.pairs, state.groups));
  return out;
}

template <typename... Args>
Result<std::vector<StoredClaim>> claims_where(Transaction& tx, std::string_view condition,
                                              const Args&... args) {
  std::vector<StoredClaim> out;
  KNOOP_TRY(tx.each(fmt::format("SELECT {} FROM match_claims WHERE {}", claim_columns, condition), args...,
                    [&](const Row& row) -> Result<void> {
                      KNOOP_LET(claim, claim_from(row));
                      out.push_back(std::move(claim));
                      return {};
                    }));
  return out;
}

template <typename... Args>
Result<std::vector<AnswerState>> answers_where(Transaction& tx, std::string_view condition,
                                               const Args&... args) {
  std::vector<AnswerState> out;
  KNOOP_TRY(tx.each(
      fmt::format("SELECT claim, epoch, claim_version, claimant_bsn, answered_claim, version, lists FROM "
                  "match_answers WHERE {}",
                  condition),
      args..., [&](const Row& row) -> Result<void> {
        AnswerState state;
        state.claim = row.get<ClaimId>(0);
        state.epoch = row.get<matching::Epoch>(1);
        state.claim_version = row.get<std::uint64_t>(2);
        state.claimant_bsn = row.get<BsnStatus>(3);
        state.answered_claim = row.get<std::uint64_t>(4);
        state.version = row.get<std::uint64_t>(5);
        const auto read = read_lists(row.get<ByteView>(6), state.pairs, state.groups);
        if (read) out.push_back(std::move(state));
        return read;
      }));
  return out;
}

constexpr std::string_view match_columns =
    "m.id, m.peer, m.claim, m.client, c.ref, m.verdict, m.kinds, m.found, m.ended, m.contact_before, "
    "m.own_choice, "
    "m.own_choice_at, m.peer_choice_at, m.notice_version, m.notice_hash, m.notice_at, m.receipt_at, "
    "m.receipt, "
    "m.peer_notice, m.peer_notice_at, m.outcome, m.outcome_at, m.peer_outcome, m.peer_outcome_at, "
    "m.ended_why";
constexpr std::string_view match_tables = "matches AS m LEFT JOIN clients AS c ON c.id = m.client";

Result<StoredMatch> match_from(const Row& row) {
  StoredMatch out;
  out.id = row.get<MatchId>(0);
  out.peer = row.get<MemberId>(1);
  out.claim = row.get<ClaimId>(2);
  out.client = row.get<ClientId>(3);
  out.client_ref = row.get<std::optional<std::string>>(4).value_or("");
  out.verdict = row.get<matching::Verdict>(5);
  out.kinds = matching::KindSet::of_bits(row.get<std::uint32_t>(6));
  out.found = row.get<Timestamp>(7);
  out.ended = row.get<std::optional<Timestamp>>(8);
  out.contact_before = row.get<Date>(9);
  out.ended_why = row.get<std::optional<MatchEnd>>(24);
  out.own_choice = row.get<std::optional<Choice>>(10);
  out.own_choice_at = row.get<std::optional<Timestamp>>(11);
  out.peer_choice_at = row.get<std::optional<Timestamp>>(12);
  out.notice_version = row.get<std::uint64_t>(13);
  out.notice_hash = row.get<std::optional<Hash256>>(14);
  out.notice_at = row.get<std::optional<Timestamp>>(15);
  out.receipt_at = row.get<std::optional<Timestamp>>(16);
  out.receipt = row.get<std::optional<Bytes>>(17);
  if (!row.is_null(18)) {
    auto notice = decode<matching::MatchNotice>(row.get<ByteView>(18));
    if (!notice)
      return fail(ErrorCode::damaged_database, Side::ours, "a stored match notice cannot be read: {}",
                  notice.error().sentence);
    out.peer_notice = std::move(*notice);
  }
  out.peer_notice_at = row.get<std::optional<Timestamp>>(19);
  out.outcome = row.get<std::optional<matching::Outcome>>(20);
  out.outcome_at = row.get<std::optional<Timestamp>>(21);
  out.peer_outcome = row.get<std::optional<matching::Outcome>>(22);
  out.peer_outcome_at = row.get<std::optional<Timestamp>>(23);
  return out;
}

template <typename... Args>
Result<std::vector<StoredMatch>> matches_where(Transaction& tx, std::string_view condition,
                                               const Args&... args) {
  std::vector<StoredMatch> out;
  KNOOP_TRY(tx.each(fmt::format("SELECT {} FROM {} WHERE {}", match_columns, match_tables, condition),
                    args..., [&](const Row& row) -> Result<void> {
                      KNOOP_LET(match, match_from(row));
                      out.push_back(std::move(match));
                      return {};
                    }));
  return out;
}

}  // namespace

Result<std::optional<ClaimId>> claim_name(Transaction& tx, const MemberId& peer, ClientId client) {
  KNOOP_LET(row, tx.one("SELECT claim FROM claim_names WHERE peer = ? AND client = ?", peer, client));
  if (!row) return std::nullopt;
  return row->get<ClaimId>(0);
}

Result<void> put_claim_name(Transaction& tx, const MemberId& peer, ClientId client, const ClaimId& claim) {
  return tx.exec("INSERT INTO claim_names(peer, client, claim) VALUES (?, ?, ?)", peer, client, claim);
}

Result<std::optional<StoredClaim>> find_claim(Transaction& tx, const MemberId& peer, const ClaimId& claim,
                                              matching::Epoch epoch) {
  KNOOP_LET(found, claims_where(tx, "claim = ? AND epoch = ? AND peer = ?", claim, epoch, peer));
  if (found.empty()) return std::nullopt;
  return std::move(found.front());
}

Result<std::vector<ClaimState>> claims_of(Transaction& tx, const MemberId& peer, ClientId client) {
  KNOOP_LET(found, claims_where(tx, "peer = ? AND client = ? ORDER BY epoch", peer, client));
  std::vector<ClaimState> out;
  for (auto& stored : found) out.push_back(std::move(stored.state));
  return out;
}

Result<std::vector<StoredClaim>> claims_in(Transaction& tx, const MemberId& peer, matching::Epoch epoch,
                                           ClientId after, std::int64_t limit) {
  return claims_where(tx, "peer = ? AND epoch = ? AND client > ? ORDER BY client LIMIT ?", peer, epoch, after,
                      limit);
}

Result<void> put_claim(Transaction& tx, const MemberId& peer, ClientId client, const ClaimState& state) {
  return tx.exec(
      "INSERT OR REPLACE INTO match_claims(peer, client, claim, epoch, version, bsn, answered_claim, "
      "answer_version, lists) "
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
      peer, client, state.claim, state.epoch, state.version, state.bsn, state.answered_claim,
      state.answer_version, lists_of(state.pairs, state.groups));
}

Result<std::optional<AnswerState>> find_answer(Transaction& tx, const MemberId& peer, const ClaimId& claim,
                                               matching::Epoch epoch) {
  KNOOP_LET(found, answers_where(tx, "peer = ? AND claim = ? AND epoch = ?", peer, claim, epoch));
  if (found.empty()) return std::nullopt;
  return std::move(found.front());
}

Result<std::vector<AnswerState>> answers_of(Transaction& tx, const MemberId& peer, const ClaimId& claim) {
  return answers_where(tx, "peer = ? AND claim = ? ORDER BY epoch", peer, claim);
}

Result<void> put_answer(Transaction& tx, const MatchingPair& pair, const AnswerState& state) {
  KNOOP_TRY(tx.exec(
      "INSERT OR REPLACE INTO match_answers(peer, claim, epoch, claim_version, claimant_bsn, answered_claim, "
      "version, lists) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
      pair.peer, state.claim, state.epoch, state.claim_version, state.claimant_bsn, state.answered_claim,
      state.version, lists_of(state.pairs, state.groups)));
  KNOOP_TRY(tx.exec("DELETE FROM answer_handles WHERE pair = ? AND claim = ?", pair.id, state.claim));
  for (const HandlePair& handles : state.pairs)
    KNOOP_TRY(tx.exec("INSERT OR IGNORE INTO answer_handles(pair, own_handle, claim) VALUES (?, ?, ?)",
                      pair.id, handles.answerer, state.claim));
  for (const auto& group : state.groups)
    KNOOP_TRY(tx.exec("INSERT OR IGNORE INTO group_names(peer, claim, client, name) VALUES (?, ?, ?, ?)",
                      pair.peer, state.claim, group.client, group.group));
  return {};
}

Result<std::vector<matching::KnownGroup>> named_groups(Transaction& tx, const MemberId& peer,
                                                       const ClaimId& claim) {
  std::vector<matching::KnownGroup> out;
  KNOOP_TRY(
      tx.each("SELECT name, client FROM group_names WHERE peer = ? AND claim = ? ORDER BY client", peer,
              claim, [&](const Row& row) -> Result<void> {
                out.push_back({row.get<matching::GroupId>(0), row.get<std::int64_t>(1), BsnStatus::none, {}});
                return {};
              }));
  return out;
}

Result<bool> matched_later(Transaction& tx, const MatchingPair& pair, matching::Handle own) {
  KNOOP_LET(row, tx.one("SELECT 1 FROM own_handles AS old "
                        "JOIN own_handles AS h ON h.identifier = old.identifier "
                        "JOIN matching_pairs AS p ON p.id = h.pair AND p.peer = ?1 AND p.epoch > ?2 "
                        "JOIN matched_handles AS m ON m.pair = h.pair AND m.own_handle = h.handle "
                        "WHERE old.pair = ?3 AND old.handle = ?4 LIMIT 1",
                        pair.peer, pair.epoch, pair.id, own));
  return row.has_value();
}

Result<std::int64_t> count_answers(Transaction& tx, const MemberId& peer) {
  KNOOP_LET(row, tx.one("SELECT count(*) FROM match_answers WHERE peer = ?", peer));
  return row->get<std::int64_t>(0);
}

Result<std::vector<HandlePair>> matched_pairs(Transaction& tx, PairId pair, ClientId client) {
  std::vector<HandlePair> out;
  KNOOP_TRY(
      tx.each("SELECT m.own_handle, m.peer_handle FROM client_identifiers AS c "
              "CROSS JOIN own_handles AS h INDEXED BY own_handles_identifier ON h.identifier = c.identifier "
              "AND h.pair = ?1 "
              "CROSS JOIN matched_handles AS m ON m.pair = ?1 AND m.own_handle = h.handle "
              "WHERE c.client = ?2 ORDER BY m.own_handle",
              pair, client, [&](const Row& row) -> Result<void> {
                out.push_back({row.get<matching::Handle>(0), row.get<matching::Handle>(1)});
                return {};
              }));
  return out;
}

Result<std::vector<matching::Recognised>> recognised(Transaction& tx, PairId pair,
                                                     const std::vector<HandlePair>& pairs) {
  std::vector<matching::Recognised> out;
  std::map<std::int64_t, BsnStatus> statuses;
  for (const HandlePair& seen : pairs) {
    KNOOP_TRY(
        tx.each("SELECT c.client FROM matched_handles AS m JOIN own_handles AS h ON h.pair = m.pair AND "
                "h.handle = m.own_handle JOIN client_identifiers AS c ON c.identifier = h.identifier "
                "WHERE m.pair = ? AND m.own_handle = ? AND m.peer_handle = ?",
                pair, seen.answerer, seen.claimant, [&](const Row& row) -> Result<void> {
                  out.push_back({seen, row.get<std::int64_t>(0), BsnStatus::none});
                  return {};
                }));
  }
  for (auto& row : out) {
    if (!statuses.contains(row.client)) {
      KNOOP_LET(status, bsn_status(tx, pair, ClientId{row.client}));
      statuses[row.client] = status;
    }
    row.bsn = statuses[row.client];
  }
  return out;
}

Result<BsnStatus> bsn_status(Transaction& tx, PairId pair, ClientId client) {
  KNOOP_LET(
      row, tx.one("SELECT i.id FROM client_identifiers AS c JOIN own_identifiers AS i ON i.id = c.identifier "
                  "WHERE c.client = ? AND i.kind = ?",
                  client, Kind::bsn));
  if (!row) return BsnStatus::none;
  KNOOP_LET(proven, tx.one("SELECT 1 FROM own_handles INDEXED BY own_handles_identifier WHERE identifier = ? "
                           "AND pair = ? AND token IS NOT NULL",
                           row->get<IdentifierId>(0), pair));
  return proven ? BsnStatus::registered : BsnStatus::pending;
}

Result<std::optional<Kind>> kind_of_handle(Transaction& tx, PairId pair, matching::Handle own) {
  KNOOP_LET(row, tx.one("SELECT kind FROM own_handles WHERE pair = ? AND handle = ?", pair, own));
  if (!row) return std::nullopt;
  return row->get<Kind>(0);
}

namespace {

constexpr std::int64_t no_limit = -1;

// `p` is the newest epoch of a peer with whom nothing is under way. The few pairs come before the many rows (CROSS JOIN keeps
// this order): whoever is busy with a load costs one look, however much it touched.
constexpr std::string_view quiet =
    "NOT EXISTS(SELECT 1 FROM matching_pairs AS o WHERE o.peer = p.peer AND o.epoch > p.epoch) AND "
    "NOT EXISTS(SELECT 1 FROM matching_pairs AS o WHERE o.peer = p.peer AND o.ended IS NULL AND ("
    "EXISTS(SELECT 1 FROM register_queue WHERE pair = o.id) OR EXISTS(SELECT 1 FROM own_batches WHERE pair = "
    "o.id) OR EXISTS(SELECT 1 FROM peer_batches WHERE pair = o.id)))";

Result<std::vector<TouchedClient>> first_clients(Transaction& tx, std::int64_t limit, Take which) {
  std::vector<TouchedClient> out;
  const std::string sql =
      which == Take::all
          ? "SELECT peer, client FROM touched_clients ORDER BY peer, client LIMIT ?"
          : fmt::format(
                "SELECT t.peer, t.client FROM matching_pairs AS p CROSS JOIN touched_clients AS t ON "
                "t.peer = p.peer WHERE {} LIMIT ?",
                quiet);
  KNOOP_TRY(tx.each(sql, limit, [&](const Row& row) -> Result<void> {
    out.push_back({row.get<MemberId>(0), row.get<ClientId>(1)});
    return {};
  }));
  return out;
}

Result<std::vector<TouchedClaim>> first_claims(Transaction& tx, std::int64_t limit, Take which) {
  std::vector<TouchedClaim> out;
  const std::string sql =
      which == Take::all
          ? "SELECT peer, claim FROM touched_claims ORDER BY peer, claim LIMIT ?"
          : fmt::format(
                "SELECT t.peer, t.claim FROM matching_pairs AS p CROSS JOIN touched_claims AS t ON "
                "t.peer = p.peer WHERE {} LIMIT ?",
                quiet);
  KNOOP_TRY(tx.each(sql, limit, [&](const Row& row) -> Result<void> {
    out.push_back({row.get<MemberId>(0), row.get<ClaimId>(1)});
    return {};
  }));
  return out;
}

}  // namespace

Result<std::vector<TouchedClient>> touched_clients(Transaction& tx) {
  return first_clients(tx, no_limit, Take::all);
}

Result<std::vector<TouchedClaim>> touched_claims(Transaction& tx) {
  return first_claims(tx, no_limit, Take::all);
}

Result<std::vector<TouchedClient>> take_touched_clients(Transaction& tx, std::int64_t limit, Take which) {
  KNOOP_LET(out, first_clients(tx, limit, which));
  for (const auto& row : out)
    KNOOP_TRY(tx.exec("DELETE FROM touched_clients WHERE peer = ? AND client = ?", row.peer, row.client));
  return out;
}

Result<std::vector<TouchedClaim>> take_touched_claims(Transaction& tx, std::int64_t limit, Take which) {
  KNOOP_LET(out, first_claims(tx, limit, which));
  for (const auto& row : out)
    KNOOP_TRY(tx.exec("DELETE FROM touched_claims WHERE peer = ? AND claim = ?", row.peer, row.claim));
  return out;
}

Result<void> touch_claim(Transaction& tx, const MemberId& peer, const ClaimId& claim) {
  return tx.exec("INSERT OR IGNORE INTO touched_claims(peer, claim) VALUES (?, ?)", peer, claim);
}

Result<void> touch_claimed(Transaction& tx, const MemberId& peer, ClientId client) {
  return tx.exec("INSERT OR IGNORE INTO touched_clients(peer, client) VALUES (?, ?)", peer, client);
}

Result<bool> anything_touched(Transaction& tx) {
  KNOOP_LET(row,
            tx.one("SELECT EXISTS(SELECT 1 FROM touched_clients) OR EXISTS(SELECT 1 FROM touched_claims)"));
  return row->get<bool>(0);
}

Result<std::optional<StoredMatch>> find_match(Transaction& tx, const MatchId& id) {
  KNOOP_LET(found, matches_where(tx, "m.id = ?", id));
  if (found.empty()) return std::nullopt;
  return std::move(found.front());
}

Result<std::vector<StoredMatch>> matches_of_claim(Transaction& tx, const MemberId& peer,
                                                  const ClaimId& claim) {
  return matches_where(tx, "m.peer = ? AND m.claim = ?", peer, claim);
}

Result<std::vector<StoredMatch>> matches_of_client(Transaction& tx, ClientId client) {
  return matches_where(tx, "m.client = ?", client);
}

Result<void> put_match(Transaction& tx, const StoredMatch& m) {
  return tx.exec(
      "INSERT OR REPLACE INTO matches(id, peer, claim, client, verdict, kinds, found, ended, contact_before, "
      "own_choice, "
      "own_choice_at, peer_choice_at, notice_version, notice_hash, notice_at, receipt_at, receipt, "
      "peer_notice, "
      "peer_notice_at, outcome, outcome_at, peer_outcome, peer_outcome_at, ended_why) "
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      m.id, m.peer, m.claim, m.client, m.verdict, m.kinds.bits(), m.found, m.ended, m.contact_before,
      m.own_choice, m.own_choice_at, m.peer_choice_at, m.notice_version, m.notice_hash, m.notice_at,
      m.receipt_at, m.receipt, m.peer_notice ? std::optional(encode(*m.peer_notice)) : std::nullopt,
      m.peer_notice_at, m.outcome, m.outcome_at, m.peer_outcome, m.peer_outcome_at, m.ended_why);
}

Result<std::vector<StoredMatch>> list_matches(Transaction& tx, const MatchFilter& filter) {
  return matches_where(
      tx,
      "(?1 IS NULL OR m.client = ?1) AND (?2 IS NULL OR m.peer = ?2) AND (?3 OR m.ended IS NULL) "
      "AND (?5 IS NULL OR m.found < ?5 OR (m.found = ?5 AND m.id > ?6)) ORDER BY m.found DESC, m.id LIMIT ?4",
      filter.client, filter.peer, filter.with_ended, filter.limit,
      filter.after ? std::optional(filter.after->first) : std::nullopt,
      filter.after ? std::optional(filter.after->second) : std::nullopt);
}

Result<std::vector<StoredMatch>> notices_without_receipt(Transaction& tx, Timestamp when) {
  return matches_where(
      tx, "m.ended IS NULL AND m.notice_version > 0 AND m.receipt_at IS NULL AND m.notice_at < ?", when);
}

Result<MatchCounts> count_matches(Transaction& tx) {
  MatchCounts counts;
  KNOOP_TRY(tx.each("SELECT verdict, count(*) FROM matches WHERE ended IS NULL GROUP BY verdict",
                    [&](const Row& row) -> Result<void> {
                      const auto number = row.get<std::int64_t>(1);
                      switch (row.get<matching::Verdict>(0)) {
                        case matching::Verdict::certain:
                          counts.certain = number;
                          break;
                        case matching::Verdict::possible:
                          counts.possible = number;
                          break;
                        case matching::Verdict::family:
                          counts.family = number;
                          break;
                        case matching::Verdict::none:
                        case matching::Verdict::pending:
                          break;
                      }
                      return {};
                    }));
  return counts;
}

Result<void> forget_notices(Transaction& tx, Timestamp when) {
  return tx.exec("UPDATE matches SET peer_notice = NULL WHERE ended < ? AND peer_notice IS NOT NULL", when);
}

}  // namespace knoop::storage
