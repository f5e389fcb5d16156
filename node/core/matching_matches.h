// From equal tokens to people who call each other (protocol.md section 3 steps 4 and 5, domain.md R2.3 to R2.8). Half of
// MatchingService; matching_registration.h is the other.
//
// settle() looks again at what changed: the claims we make, the claims we answer. Each look ends in refresh_matches(),
// which brings the rows of one claim in line with what both sides know, and sends what a match calls for:
//   certain               our notice, at once
//   possible, family      our choice when we made it; our notice when both chose contact
//   not receipted yet     the notice again, whenever the claim is looked at: the peer drops one whose match it does not
//                         hold at that moment, and then tells us anew
// A notice that a professional or a date changed goes again with the next version.
//
// What is to be done about a match, by whom and by when, is its task's (match_tasks.h): every change of a row goes through
// keep_match().
//
// While epochs overlap there is a claim for each; a match is what they hold together (claims.h, epochs.h).
//
// A match below the threshold, or pending, has no row: nothing can show it.
#pragma once

#include "node/core/matching_registration.h"
#include "protocol/followup/names.h"
#include "storage/match_repository.h"

namespace knoop {

/// What frames about the matches of one claim are about.
[[nodiscard]] SubjectId subject_of(const matching::ClaimId& claim);
/// How the log names a match.
[[nodiscard]] std::string object_of(const matching::MatchId& id);

class MatchingMatches {
 public:
  void register_handlers(Dispatcher& dispatcher);

  /// One slice; true when there may be more to take.
  Result<bool> settle(Context& context, storage::Take which);
  /// Ends the matches whose handles went, and says nothing to anybody: all that may happen while the convenant is not
  /// in force. What was touched stays touched.
  Result<void> end_vanished(Context& context);
  /// For the claimant: looks, in slices, whether newer epochs hold the matches of each claim of this ended one, as the
  /// peer answered them. True when it was so for all.
  Result<bool> move_claims(Context& context, const storage::MatchingPair& pair);
  /// Every match with this peer ends, and the log says why.
  Result<void> leave(Context& context, const MemberId& peer, std::string_view why);
  /// Contact data or dates of a client may have changed: its live matches hear of it.
  Result<void> client_changed(Context& context, records::ClientId client);

  Result<void> choose(Context& context, const matching::MatchId& id, storage::Choice choice,
                      followup::Reason reason);
  Result<void> record_outcome(Context& context, const matching::MatchId& id, matching::Outcome outcome);

 private:
  Result<void> settle_client(Context& context, const storage::TouchedClient& touched);
  Result<void> settle_claim(Context& context, const storage::TouchedClaim& touched);
  Result<void> refresh_claimed(Context& context, const MemberId& peer, records::ClientId client,
                               const matching::ClaimId& claim);
  Result<void> refresh_answered(Context& context, const MemberId& peer, const matching::ClaimId& claim);
  Result<bool> held_later(Context& context, const storage::MatchingPair& pair,
                          const storage::StoredClaim& stored);
  Result<void> refresh_matches(Context& context, const MemberId& peer, const matching::ClaimId& claim,
                               const std::vector<matching::MatchView>& views);
  Result<void> end_missing(Context& context, const MemberId& peer, const matching::ClaimId& claim,
                           const std::vector<matching::MatchView>& views);
  Result<void> show(Context& context, storage::StoredMatch& match, const matching::MatchView& view);
  /// It had ended: its task goes on, or begins anew.
  Result<void> come_back(Context& context, storage::StoredMatch& match);
  Result<void> end(Context& context, storage::StoredMatch& match, storage::MatchEnd why,
                   std::string_view words = "");
  /// Sends what the match calls for now; changes the row, which the caller stores.
  Result<void> pursue(Context& context, storage::StoredMatch& match);
  Result<void> send_notice(Context& context, storage::StoredMatch& match);
  Result<void> send_outcome(Context& context, const storage::StoredMatch& match);

  Result<void> on_claim(Context& context, const Received& message);
  Result<void> on_answer(Context& context, const Received& message);
  Result<void> on_choice(Context& context, const Received& message);
  Result<void> on_notice(Context& context, const Received& message);
  Result<void> on_receipt(Context& context, const Received& message);
  Result<void> on_outcome(Context& context, const Received& message);

  std::map<storage::PairId, records::ClientId> moving_;  ///< How far move_claims() came.
};

}  // namespace knoop
