#include "node/core/match_directory.h"

namespace knoop {

Result<storage::StoredMatch> usable_match(Context& context, const matching::MatchId& id) {
  KNOOP_LET(match, storage::find_match(context.tx, id));
  if (!match || match->ended)
    return fail(ErrorCode::not_found, Side::user, "there is no such match, or it has ended");
  if (!match->peer_notice)
    return fail(
        ErrorCode::wrong_state, Side::user,
        "contact data of this match have not crossed yet; both professionals must choose contact first");
  return std::move(*match);
}

Result<std::optional<Case>> MatchDirectory::find_case(Context& context, const MemberId& peer,
                                                      const exchange::About& about) {
  if (!about.match) return std::optional<Case>();
  const auto match = usable_match(context, *about.match);
  if (!match || match->peer != peer) return std::optional<Case>();
  return std::optional(Case{match->client_ref});
}

}  // namespace knoop
