#include "node/core/matching_terms.h"

#include <algorithm>

#include "protocol/matching/terms.h"

namespace knoop {
namespace {

// Two looks are seconds apart. What is more was sleep of ours, which says nothing about the peer.
constexpr Milliseconds longest_step{30'000};
constexpr Milliseconds longest_unsaved{60'000};

bool owes(const storage::OwnBatch& batch) {
  // Held back means refused as if we owed something, and to be sent again: a peer that only says so owes as before.
  const bool answer = !batch.answered && (batch.sent || batch.hold);
  return !batch.failed && (answer || batch.proof_owed);
}

}  // namespace

Result<void> MatchingTerms::look(Context& context, const storage::MatchingPair& pair,
                                 const std::optional<storage::OwnBatch>& batch) {
  if (!batch || !owes(*batch) || !context.reachable(pair.peer)) {
    const auto watched = watches_.find(pair.id);
    if (watched == watches_.end()) return {};
    const Milliseconds unsaved = watched->second.unsaved;
    watches_.erase(watched);
    return batch && owes(*batch) ? storage::set_batch_owed(context.tx, pair.id, batch->owed + unsaved)
                                 : Result<void>{};
  }
  const auto [at, fresh] = watches_.try_emplace(pair.id, Watch{context.now});
  Watch& watch = at->second;
  watch.unsaved += std::clamp(context.now - watch.looked, Milliseconds{0}, longest_step);
  watch.looked = context.now;

  const Milliseconds term = matching::term_of(batch->size);
  const Milliseconds owed = batch->owed + watch.unsaved;
  if (batch->overdue) return {};
  if (owed < term) {
    if (watch.unsaved < std::min(term / 6, longest_unsaved)) return {};
    watch.unsaved = Milliseconds{0};
    return storage::set_batch_owed(context.tx, pair.id, owed);
  }
  watch.unsaved = Milliseconds{0};
  KNOOP_TRY(storage::set_batch_owed(context.tx, pair.id, owed));
  KNOOP_TRY(storage::set_batch_overdue(context.tx, pair.id, context.now));
  KNOOP_TRY(context.audit(
      {.event = audit::Event::match_answer_overdue,
       .outcome = audit::Outcome::failed,
       .peer = pair.peer,
       .detail = fmt::format("the peer owes the answer or proof about handles {} to {} of epoch {}; "
                             "nothing is evaluated for it until it comes",
                             batch->first, batch->first + batch->size - 1, pair.epoch)}));
  return context.send(pair.peer, MessageType::answer_overdue, std::nullopt,
                      encode(matching::AnswerOverdue{pair.epoch, batch->first}));
}

Result<void> owed_thing_came(Context& context, const storage::MatchingPair& pair) {
  KNOOP_LET(was_overdue, storage::clear_batch_owed(context.tx, pair.id));
  if (!was_overdue) return {};
  return context
      .audit({.event = audit::Event::match_answer_overdue,
              .peer = pair.peer,
              .detail = "what the peer owed came; its registrations are evaluated again"})
      .map([](std::uint64_t) {});
}

}  // namespace knoop
