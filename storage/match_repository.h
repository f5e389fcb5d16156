// Claims, answers and matches on disk (docs/spec/matching.md, domain.md R2.3 to R2.8).
//
// A match row appears when its verdict is first family, possible or certain, and never goes: when the match ends, the
// row keeps its id, times and what people recorded, and loses the peer's contact data after a day (R2.10).
#pragma once

#include <optional>
#include <vector>

#include "protocol/matching/claims.h"
#include "protocol/records/client.h"
#include "storage/matching_repository.h"

namespace knoop::storage {

// ---- claims and answers

/// The name of this client's claims with a peer: drawn once, kept for ever.
[[nodiscard]] Result<std::optional<matching::ClaimId>> claim_name(Transaction& tx, const MemberId& peer,
                                                                  records::ClientId client);
[[nodiscard]] Result<void> put_claim_name(Transaction& tx, const MemberId& peer, records::ClientId client,
                                          const matching::ClaimId& claim);

struct StoredClaim {
  records::ClientId client{};
  matching::ClaimState state;
};
/// In one epoch.
[[nodiscard]] Result<std::optional<StoredClaim>> find_claim(Transaction& tx, const MemberId& peer,
                                                            const matching::ClaimId& claim,
                                                            matching::Epoch epoch);
/// In every epoch that it has one in, oldest first.
[[nodiscard]] Result<std::vector<matching::ClaimState>> claims_of(Transaction& tx, const MemberId& peer,
                                                                  records::ClientId client);
/// Some claims of one epoch, of clients after this one.
[[nodiscard]] Result<std::vector<StoredClaim>> claims_in(Transaction& tx, const MemberId& peer,
                                                         matching::Epoch epoch, records::ClientId after,
                                                         std::int64_t limit);
[[nodiscard]] Result<void> put_claim(Transaction& tx, const MemberId& peer, records::ClientId client,
                                     const matching::ClaimState& state);

[[nodiscard]] Result<std::optional<matching::AnswerState>> find_answer(Transaction& tx, const MemberId& peer,
                                                                       const matching::ClaimId& claim,
                                                                       matching::Epoch epoch);
/// In every epoch, oldest first.
[[nodiscard]] Result<std::vector<matching::AnswerState>> answers_of(Transaction& tx, const MemberId& peer,
                                                                    const matching::ClaimId& claim);
/// Keeps the names of its groups too.
[[nodiscard]] Result<void> put_answer(Transaction& tx, const storage::MatchingPair& pair,
                                      const matching::AnswerState& state);
/// Clients of ours that were ever named in this claim; without pairs.
[[nodiscard]] Result<std::vector<matching::KnownGroup>> named_groups(Transaction& tx, const MemberId& peer,
                                                                     const matching::ClaimId& claim);
/// How many claims of a peer are kept: its quota of handles bounds honest ones.
[[nodiscard]] Result<std::int64_t> count_answers(Transaction& tx, const MemberId& peer);

/// Whether the identifier of this own handle is matched in a newer epoch of the pair too.
[[nodiscard]] Result<bool> matched_later(Transaction& tx, const MatchingPair& pair, matching::Handle own);
/// Matched handles of one own client with a peer, in the claimant's order.
[[nodiscard]] Result<std::vector<matching::HandlePair>> matched_pairs(Transaction& tx, PairId pair,
                                                                      records::ClientId client);
/// Which of these pairs (as a claimant wrote them) we see ourselves, with each own client that has the identifier.
[[nodiscard]] Result<std::vector<matching::Recognised>> recognised(
    Transaction& tx, PairId pair, const std::vector<matching::HandlePair>& pairs);
/// None, pending or registered, towards this pair.
[[nodiscard]] Result<matching::BsnStatus> bsn_status(Transaction& tx, PairId pair, records::ClientId client);
[[nodiscard]] Result<std::optional<matching::Kind>> kind_of_handle(Transaction& tx, PairId pair,
                                                                   matching::Handle own);

struct TouchedClient {
  MemberId peer;
  records::ClientId client{};
};
struct TouchedClaim {
  MemberId peer;
  matching::ClaimId claim;
};
/// All of them, left in place.
[[nodiscard]] Result<std::vector<TouchedClient>> touched_clients(Transaction& tx);
[[nodiscard]] Result<std::vector<TouchedClaim>> touched_claims(Transaction& tx);
enum class Take {
  all,
  quiet,  ///< Of peers with whom nothing is being registered in either direction: what is touched stays as it is.
};
/// The first so many, taken out.
[[nodiscard]] Result<std::vector<TouchedClient>> take_touched_clients(Transaction& tx, std::int64_t limit,
                                                                      Take which = Take::all);
[[nodiscard]] Result<std::vector<TouchedClaim>> take_touched_claims(Transaction& tx, std::int64_t limit,
                                                                    Take which = Take::all);
[[nodiscard]] Result<void> touch_claim(Transaction& tx, const MemberId& peer, const matching::ClaimId& claim);
[[nodiscard]] Result<void> touch_claimed(Transaction& tx, const MemberId& peer, records::ClientId client);
[[nodiscard]] Result<bool> anything_touched(Transaction& tx);

// ---- matches

/// Stable: stored.
enum class MatchEnd : std::uint8_t {
  withdrawn = 1,  ///< One side is not involved any more, or evidence went.
  left = 2,       ///< The other organisation, or ours, is no member any more.
};
constexpr bool is_valid(MatchEnd why) {
  return why == MatchEnd::withdrawn || why == MatchEnd::left;
}
enum class Choice : std::uint8_t { no_contact = 0, contact = 1 };

struct StoredMatch {
  matching::MatchId id;
  MemberId peer;
  matching::ClaimId claim;
  records::ClientId client{};
  std::string client_ref;  ///< Read only.
  matching::Verdict verdict = matching::Verdict::none;
  matching::KindSet kinds;
  Timestamp found;
  std::optional<Timestamp> ended;
  std::optional<MatchEnd> ended_why;
  Date contact_before;
  std::optional<Choice> own_choice;
  std::optional<Timestamp> own_choice_at;
  std::optional<Timestamp> peer_choice_at;  ///< The peer wants contact. Not shown before we do.
  std::uint64_t notice_version = 0;         ///< Of the notice we sent last.
  std::optional<Hash256> notice_hash;
  std::optional<Timestamp> notice_at;
  std::optional<Timestamp> receipt_at;
  std::optional<Bytes> receipt;
  std::optional<matching::MatchNotice> peer_notice;
  std::optional<Timestamp> peer_notice_at;
  std::optional<matching::Outcome> outcome;
  std::optional<Timestamp> outcome_at;
  std::optional<matching::Outcome> peer_outcome;
  std::optional<Timestamp> peer_outcome_at;
};

[[nodiscard]] Result<std::optional<StoredMatch>> find_match(Transaction& tx, const matching::MatchId& id);
/// All of one claim, ended ones included.
[[nodiscard]] Result<std::vector<StoredMatch>> matches_of_claim(Transaction& tx, const MemberId& peer,
                                                                const matching::ClaimId& claim);
[[nodiscard]] Result<std::vector<StoredMatch>> matches_of_client(Transaction& tx, records::ClientId client);
[[nodiscard]] Result<void> put_match(Transaction& tx, const StoredMatch& match);

/// Live matches whose notice went out before `when` and was not receipted.
[[nodiscard]] Result<std::vector<StoredMatch>> notices_without_receipt(Transaction& tx, Timestamp when);

struct MatchFilter {
  std::optional<records::ClientId> client{};
  std::optional<MemberId> peer{};
  bool with_ended = false;
  std::optional<std::pair<Timestamp, matching::MatchId>>
      after{};  ///< When the last of the page before was found.
  std::int64_t limit = 1000;
};
/// Newest first.
[[nodiscard]] Result<std::vector<StoredMatch>> list_matches(Transaction& tx, const MatchFilter& filter);
/// Live matches by class, for statuses: no personal data.
struct MatchCounts {
  std::int64_t certain = 0;
  std::int64_t possible = 0;
  std::int64_t family = 0;
};
[[nodiscard]] Result<MatchCounts> count_matches(Transaction& tx);
/// Matches that ended before `when` lose the peer's contact data.
[[nodiscard]] Result<void> forget_notices(Transaction& tx, Timestamp when);

}  // namespace knoop::storage
