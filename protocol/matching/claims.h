// Claim and answer: how two nodes that each see equal tokens come to hold the same set of matches.
//
// A token belongs to an identifier, a match to a pair of clients. Which handles belong to one client only its own node
// knows, so both must tell: the member with the lower id claims, for one own client, all pairs of handles it sees
// matched; the other answers with the same pairs, grouped by its own clients. A pair of handles is a fact that both
// can check (equal tokens, both proven); the grouping is each side's word about its own clients.
//
//   claimant                                         answerer
//   claim()        ── MatchClaim, version v ──▶      take_claim(), then answer()
//   take_answer()  ◀── MatchAnswer to v, version w ──
//
// Either side's view changes at any time (an evaluation arrives, a handle is withdrawn, a BSN is proven); then the
// claimant claims again with v + 1, or the answerer answers again with w + 1. An answer to an older claim than the
// last is ignored: the answer to the last is on its way. So when nothing is on the way any more, the claimant holds
// exactly what the answerer last sent, and both hold the same matches with the same evidence (a property test drives
// random interleavings).
//
// While epochs overlap all of this runs for each of them by itself; claim and group ids are the same in both, so merged()
// makes one set of matches of them (epochs.h).
//
// A hostile claimant can name pairs that are none, or mix its clients: unrecognised pairs fall away, recognised ones
// are true whatever it says; joining two of its clients gains it at most their joint kinds, each matched already.
// A hostile answerer can group falsely, with the same effect. Neither can assert a verdict.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "crypto/base/entropy.h"
#include "protocol/matching/messages.h"

namespace knoop::matching {

/// The member with the lower id claims, in every pair.
[[nodiscard]] inline bool is_claimant(const MemberId& self, const MemberId& peer) {
  return self < peer;
}

/// What we know of one pair of clients.
struct MatchView {
  MatchId match;
  GroupId group;
  std::int64_t client = 0;  ///< Own client, at the answerer only; the claimant's claim has one.
  KindSet kinds;
  BsnStatus claimant = BsnStatus::none;
  BsnStatus answerer = BsnStatus::none;
  Verdict verdict = Verdict::none;
  friend bool operator==(const MatchView&, const MatchView&) = default;
};

/// The kind of an own handle; nothing if it is unknown (then the pair counts for nothing).
using KindOf = std::function<std::optional<Kind>(Handle own)>;

/// A group as both sides keep it: by pairs, so that it survives a new numbering of the claim.
struct KnownGroup {
  GroupId group;
  std::int64_t client = 0;  ///< At the answerer; 0 at the claimant.
  BsnStatus bsn = BsnStatus::none;
  std::vector<HandlePair> pairs;  ///< Ascending.
  friend bool operator==(const KnownGroup&, const KnownGroup&) = default;
};

/// The claimant's state for one own client, one peer and one epoch.
struct ClaimState {
  ClaimId claim;
  Epoch epoch = 0;
  std::uint64_t version = 0;  ///< Last sent; 0: never.
  BsnStatus bsn = BsnStatus::none;
  std::vector<HandlePair> pairs;
  std::uint64_t answered_claim = 0;  ///< The claim version that `groups` answer.
  std::uint64_t answer_version = 0;
  std::vector<KnownGroup> groups;
  friend bool operator==(const ClaimState&, const ClaimState&) = default;
};

/// Brings the claim up to what we see now. A message when something changed; pairs that ended leave the groups at once.
/// The caller keeps the claim id for ever, also when `pairs` is empty.
[[nodiscard]] std::optional<MatchClaim> claim(ClaimState& state, Epoch epoch, BsnStatus bsn,
                                              std::vector<HandlePair> pairs);
/// True when the groups are new; false for an answer to an older claim or one that came before. bad_value at Side::peer
/// for indexes outside the claim or lists that are not ascending.
[[nodiscard]] Result<bool> take_answer(ClaimState& state, const MatchAnswer& answer);
[[nodiscard]] std::vector<MatchView> matches_of(const ClaimState& state, const KindOf& kind_of);

/// The answerer's state for one claim of one peer.
struct AnswerState {
  ClaimId claim;
  Epoch epoch = 0;
  std::uint64_t claim_version = 0;  ///< Last taken; 0: never.
  BsnStatus claimant_bsn = BsnStatus::none;
  std::vector<HandlePair> pairs;  ///< As claimed, in the claim's order.
  std::uint64_t answered_claim = 0;
  std::uint64_t version = 0;  ///< Of our last answer.
  /// Every own client that was ever in this claim, so that its group id stays; without pairs it is not sent.
  std::vector<KnownGroup> groups;
  friend bool operator==(const AnswerState&, const AnswerState&) = default;
};

/// Gives clients the names that they have in other epochs of this claim. Call it before answer().
void adopt_groups(AnswerState& state, const std::vector<KnownGroup>& named);

/// True when it is news; false for an old version. bad_value at Side::peer for pairs that are not ascending.
[[nodiscard]] Result<bool> take_claim(AnswerState& state, const MatchClaim& message);

/// A pair of handles with equal proven tokens, and one of our clients that has this identifier.
struct Recognised {
  HandlePair pair;
  std::int64_t client = 0;
  BsnStatus bsn = BsnStatus::none;  ///< Of this client towards this peer.
};
/// Brings the answer up to what we see now; pairs that were not claimed are left out. A message when something changed
/// or the claim is not answered yet. Entropy names new groups.
[[nodiscard]] std::optional<MatchAnswer> answer(AnswerState& state, const std::vector<Recognised>& recognised,
                                                Entropy& entropy);
[[nodiscard]] std::vector<MatchView> matches_of(const AnswerState& state, const KindOf& kind_of);

/// The matches of one claim over its epochs, oldest first: evidence adds up, because a pair of handles is a fact in
/// either epoch. "Both BSNs are proven and differ" must be true within one epoch: a BSN that one side has proven in the
/// old and the other in the new says nothing.
[[nodiscard]] std::vector<MatchView> merged(const std::vector<std::vector<MatchView>>& epochs);

}  // namespace knoop::matching
