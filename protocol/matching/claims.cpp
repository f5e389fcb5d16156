#include "protocol/matching/claims.h"

#include <algorithm>
#include <map>

namespace knoop::matching {
namespace {

template <typename List>
bool strictly_ascending(const List& list) {
  return std::ranges::adjacent_find(list, [](const auto& a, const auto& b) { return !(a < b); }) ==
         list.end();
}

bool contains(const std::vector<HandlePair>& sorted, const HandlePair& pair) {
  return std::ranges::binary_search(sorted, pair);
}

// The list as it may be sent: ascending, each once, within the limit (the lowest stay, the same on every run).
std::vector<HandlePair> tidy(std::vector<HandlePair> pairs) {
  std::ranges::sort(pairs);
  pairs.erase(std::unique(pairs.begin(), pairs.end()), pairs.end());
  if (pairs.size() > most_pairs) pairs.resize(most_pairs);
  return pairs;
}

MatchView view_of(const ClaimId& claim, BsnStatus claimant, const KnownGroup& group, const KindOf& kind_of,
                  Handle HandlePair::*own) {
  MatchView out{
      match_id(claim, group.group), group.group, group.client, {}, claimant, group.bsn, Verdict::none};
  for (const HandlePair& pair : group.pairs)
    if (const auto kind = kind_of(pair.*own)) out.kinds.add(*kind);
  out.verdict = verdict_of(out.kinds, claimant, group.bsn);
  return out;
}

std::vector<MatchView> views_of(const ClaimId& claim, BsnStatus claimant,
                                const std::vector<KnownGroup>& groups, const KindOf& kind_of,
                                Handle HandlePair::*own) {
  std::vector<MatchView> out;
  for (const auto& group : groups)
    if (!group.pairs.empty()) out.push_back(view_of(claim, claimant, group, kind_of, own));
  std::ranges::sort(out, {}, &MatchView::match);
  return out;
}

}  // namespace

std::optional<MatchClaim> claim(ClaimState& state, Epoch epoch, BsnStatus bsn,
                                std::vector<HandlePair> pairs) {
  pairs = tidy(std::move(pairs));
  const bool same = state.pairs == pairs && (pairs.empty() || (state.epoch == epoch && state.bsn == bsn));
  if (same) return std::nullopt;
  state.epoch = epoch;
  state.bsn = bsn;
  state.pairs = std::move(pairs);
  ++state.version;
  for (auto& group : state.groups)
    std::erase_if(group.pairs, [&](const HandlePair& pair) { return !contains(state.pairs, pair); });
  std::erase_if(state.groups, [](const KnownGroup& group) { return group.pairs.empty(); });
  return MatchClaim{state.claim, state.epoch, state.version, state.bsn, state.pairs};
}

Result<bool> take_answer(ClaimState& state, const MatchAnswer& message) {
  const auto refused = [](std::string_view what) {
    return fail(ErrorCode::bad_value, Side::peer, "the peer's answer to a match claim {}", what);
  };
  if (message.claim_version > state.version) return refused("is to a claim that was never made");
  if (message.claim_version != state.version || message.version <= state.answer_version) return false;
  if (!std::ranges::is_sorted(message.groups, {}, &Group::group) ||
      std::ranges::adjacent_find(message.groups, {}, &Group::group) != message.groups.end())
    return refused("names its groups out of order");
  std::vector<KnownGroup> groups;
  for (const Group& group : message.groups) {
    if (group.pairs.empty() || !strictly_ascending(group.pairs) || group.pairs.back() >= state.pairs.size())
      return refused("points outside the claim");
    KnownGroup known{group.group, 0, group.bsn, {}};
    for (const std::uint16_t index : group.pairs) known.pairs.push_back(state.pairs[index]);
    groups.push_back(std::move(known));
  }
  state.answered_claim = message.claim_version;
  state.answer_version = message.version;
  state.groups = std::move(groups);
  return true;
}

std::vector<MatchView> matches_of(const ClaimState& state, const KindOf& kind_of) {
  return views_of(state.claim, state.bsn, state.groups, kind_of, &HandlePair::claimant);
}

Result<bool> take_claim(AnswerState& state, const MatchClaim& message) {
  if (message.version <= state.claim_version) return false;
  if (!strictly_ascending(message.pairs))
    return fail(ErrorCode::bad_value, Side::peer, "the peer's match claim names its pairs out of order");
  state.claim = message.claim;
  state.epoch = message.epoch;
  state.claim_version = message.version;
  state.claimant_bsn = message.bsn;
  state.pairs = message.pairs;
  return true;
}

std::optional<MatchAnswer> answer(AnswerState& state, const std::vector<Recognised>& recognised,
                                  Entropy& entropy) {
  std::map<std::int64_t, KnownGroup> now;
  for (const auto& row : recognised) {
    if (!contains(state.pairs, row.pair)) continue;
    auto& group = now[row.client];
    group.client = row.client;
    group.bsn = row.bsn;
    group.pairs.push_back(row.pair);
  }
  // Never reached by real clients; a limit all the same, and the same clients stay on every run.
  while (now.size() > most_groups) now.erase(std::prev(now.end()));

  bool changed = state.answered_claim != state.claim_version;
  for (auto& known : state.groups) {
    const auto found = now.find(known.client);
    KnownGroup fresh = found == now.end() ? KnownGroup{} : std::move(found->second);
    if (found != now.end()) now.erase(found);
    fresh.pairs = tidy(std::move(fresh.pairs));
    changed |= fresh.pairs != known.pairs || (!fresh.pairs.empty() && fresh.bsn != known.bsn);
    known.pairs = std::move(fresh.pairs);
    known.bsn = fresh.bsn;
  }
  for (auto& [client, group] : now) {
    group.group = entropy.draw<GroupId>();
    group.pairs = tidy(std::move(group.pairs));
    state.groups.push_back(std::move(group));
    changed = true;
  }
  if (!changed) return std::nullopt;

  ++state.version;
  state.answered_claim = state.claim_version;
  MatchAnswer out{state.claim, state.epoch, state.claim_version, state.version, {}};
  for (const auto& known : state.groups) {
    if (known.pairs.empty()) continue;
    Group group{known.group, known.bsn, {}};
    for (const HandlePair& pair : known.pairs) {
      const auto at = std::ranges::lower_bound(state.pairs, pair);
      group.pairs.push_back(static_cast<std::uint16_t>(at - state.pairs.begin()));
    }
    out.groups.push_back(std::move(group));
  }
  std::ranges::sort(out.groups, {}, &Group::group);
  return out;
}

std::vector<MatchView> matches_of(const AnswerState& state, const KindOf& kind_of) {
  return views_of(state.claim, state.claimant_bsn, state.groups, kind_of, &HandlePair::answerer);
}

void adopt_groups(AnswerState& state, const std::vector<KnownGroup>& named) {
  for (const KnownGroup& other : named)
    if (std::ranges::find(state.groups, other.client, &KnownGroup::client) == state.groups.end())
      state.groups.push_back({other.group, other.client, BsnStatus::none, {}});
}

std::vector<MatchView> merged(const std::vector<std::vector<MatchView>>& epochs) {
  const auto both_proven = [](const MatchView& view) {
    return view.claimant == BsnStatus::registered && view.answerer == BsnStatus::registered;
  };
  std::map<MatchId, MatchView> out;
  for (const auto& epoch : epochs) {
    for (const MatchView& view : epoch) {
      const auto [known, first] = out.try_emplace(view.match, view);
      if (first) continue;
      MatchView& whole = known->second;
      whole.kinds = KindSet::of_bits(whole.kinds.bits() | view.kinds.bits());
      // Of two epochs the newer tells, unless the older one knows more.
      if (both_proven(whole)) continue;
      whole.claimant = view.claimant;
      whole.answerer = view.answerer;
    }
  }
  std::vector<MatchView> views;
  for (auto& [id, view] : out) {
    view.verdict = verdict_of(view.kinds, view.claimant, view.answerer);
    views.push_back(view);
  }
  return views;
}

}  // namespace knoop::matching
