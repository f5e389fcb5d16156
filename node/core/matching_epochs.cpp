#include "node/core/matching_epochs.h"

#include <algorithm>

#include "node/core/matching_matches.h"
#include "node/core/matching_watch.h"
#include "node/core/membership.h"

namespace knoop {

using matching::EndReason;
using storage::MatchingPair;

namespace {

const PresharedKey* pointer(const storage::EpochKeys& keys) {
  return keys.preshared ? &*keys.preshared : nullptr;
}

Result<void> send_epoch_open(Context& context, const MatchingPair& pair) {
  const auto view = matching_pair(context, pair);
  KNOOP_LET(keys, storage::epoch_keys(context.tx, pair.id));
  const auto secrets = matching::derive_secrets(keys.matching, view, pointer(keys));
  return context.send(pair.peer, MessageType::epoch_open, std::nullopt,
                      encode(matching::make_epoch_open(view, secrets, pointer(keys), context.entropy)));
}

storage::EpochKeys keys_for(const Context& context, const MemberId& peer, MatchingKey matching) {
  storage::EpochKeys out{std::move(matching), context.preshared_id(peer), std::nullopt};
  if (const PresharedKey* key = context.preshared(peer)) out.preshared = key->copy();
  return out;
}

// Before an epoch is open at both sides it follows what both offer; from then on it keeps what it was opened with. True
// when that changed.
Result<bool> renew_versions(Context& context, MatchingPair& pair) {
  KNOOP_LET(versions, context.agreed_versions(pair.peer));
  if (!versions || *versions == pair.versions) return false;
  pair.versions = *versions;
  KNOOP_TRY(storage::set_versions(context.tx, pair.id, pair.versions));
  return true;
}

Result<void> log(Context& context, audit::Event event, const MatchingPair& pair, audit::Outcome outcome,
                 std::string detail) {
  return context
      .audit({.event = event,
              .outcome = outcome,
              .peer = pair.peer,
              .action = audit::Action::execute,
              .object = fmt::format("matching epoch {}", pair.epoch),
              .detail = std::move(detail)})
      .map([](std::uint64_t) {});
}

bool used(const MatchingPair& pair) {
  return pair.next_handle != 1 || pair.next_peer_handle != 1;
}

Timestamp window_start(const Context& context) {
  return context.now - std::chrono::days{matching::opening_window_days};
}

// A newer epoch that both sides opened.
Result<std::optional<MatchingPair>> agreed_after(Context& context, const MatchingPair& pair) {
  KNOOP_LET(pairs, storage::used_pairs(context.tx, pair.peer));
  for (MatchingPair& newer : pairs)
    if (newer.epoch > pair.epoch && newer.agreed) return std::move(newer);
  return std::nullopt;
}

}  // namespace

Result<matching::PairSecrets> secrets_of(Context& context, const MatchingPair& pair) {
  KNOOP_LET(keys, storage::epoch_keys(context.tx, pair.id));
  return matching::derive_secrets(keys.matching, matching_pair(context, pair), pointer(keys));
}

Result<void> matching_trouble(Context& context, const MatchingPair& pair, const Error& error) {
  KNOOP_TRY(storage::set_trouble(context.tx, pair.id, error));
  return context
      .audit({.event = audit::Event::match_evaluation_refused,
              .outcome = audit::Outcome::refused,
              .peer = pair.peer,
              .action = audit::Action::execute,
              .detail = std::string(to_string(error.code)) + ": " + error.sentence})
      .map([](std::uint64_t) {});
}

void MatchingEpochs::register_handlers(Dispatcher& dispatcher) {
  const auto on = [&](MessageType type, auto handler) {
    dispatcher.on(type, Audience::members, [this, handler](Context& context, const Received& message) {
      return (this->*handler)(context, message);
    });
  };
  on(MessageType::epoch_open, &MatchingEpochs::on_epoch_open);
  on(MessageType::epoch_complete, &MatchingEpochs::on_complete);
  on(MessageType::epoch_ended, &MatchingEpochs::on_epoch_ended);
}

// ---- opening

Result<MatchingPair> MatchingEpochs::open(Context& context, const MemberId& peer, matching::Epoch epoch) {
  // What both offer goes into the commitment, so the peer's Hello comes first.
  KNOOP_LET(versions, context.agreed_versions(peer));
  if (!versions)
    return fail(ErrorCode::wrong_state, Side::peer,
                "no matching epoch can be opened with this member before its node said Hello");
  const auto keys = keys_for(context, peer, context.entropy.draw<MatchingKey>());
  KNOOP_LET(pair, storage::add_pair(context.tx, peer, epoch, *versions, keys, context.now));
  KNOOP_TRY(send_epoch_open(context, pair));
  KNOOP_TRY(log(context, audit::Event::match_epoch_opened, pair, audit::Outcome::success, ""));
  context.wake();
  return pair;
}

Result<void> MatchingEpochs::open_due(Context& context) {
  for (const MemberId& peer : context.membership().peers()) {
    KNOOP_LET(versions, context.agreed_versions(peer));
    if (!versions) continue;
    KNOOP_LET(newest, storage::newest_pair(context.tx, peer));
    if (!newest) {
      KNOOP_TRY(open(context, peer, 1));
      continue;
    }
    const bool other_rules = versions->protocol != newest->versions.protocol ||
                             versions->identifier_rules != newest->versions.identifier_rules;
    // Where nothing was registered the same epoch opens anew: peer_ready().
    const bool other_key = newest->preshared != context.preshared_id(peer) && used(*newest);
    const Milliseconds earlier =
        matching::spread(context.membership().network(), context.membership().self(), peer, newest->epoch);
    // It was a member before, left, and came back.
    const bool again = newest->ended_why == EndReason::left;
    const bool due =
        again || other_rules || other_key || matching::is_due(newest->opened, earlier, context.now);
    if ((!newest->agreed && !again) || !due) continue;
    KNOOP_LET(trouble, storage::peer_trouble(context.tx, peer));
    KNOOP_LET(opened, storage::count_opened(context.tx, peer, window_start(context)));
    if (trouble || !matching::may_open(newest->epoch, newest->epoch + 1, opened)) continue;
    KNOOP_TRY(open(context, peer, newest->epoch + 1));
  }
  return {};
}

Result<matching::Epoch> MatchingEpochs::open_next(Context& context, const MemberId& peer) {
  KNOOP_LET(newest, storage::newest_pair(context.tx, peer));
  if (!newest) return fail(ErrorCode::not_found, Side::user, "there is no matching with this member yet");
  if (!newest->agreed && !newest->trouble)
    return fail(
        ErrorCode::wrong_state, Side::user,
        "matching epoch {} was opened and the other organisation has not answered yet; wait until its "
        "node is on line",
        newest->epoch);
  KNOOP_LET(opened, storage::count_opened(context.tx, peer, window_start(context)));
  if (auto may = matching::may_open(newest->epoch, newest->epoch + 1, opened); !may)
    return fail(may.error().code, Side::user, "{}", may.error().sentence);
  KNOOP_LET(pairs, storage::used_pairs(context.tx, peer));
  for (const MatchingPair& pair : pairs)
    if (!pair.ended && pair.trouble) KNOOP_TRY(end(context, pair, EndReason::replaced));
  KNOOP_LET(pair, open(context, peer, newest->epoch + 1));
  return pair.epoch;
}

Result<void> MatchingEpochs::peer_ready(Context& context, const MemberId& peer) {
  context.wake();  // to open a first epoch, or one with other versions
  KNOOP_LET(pair, storage::newest_pair(context.tx, peer));
  if (!pair || pair->ended) return {};
  if (pair->preshared != context.preshared_id(peer) && !used(*pair)) {
    // Nothing was registered under the key that the pair had: the same epoch opens anew under the other.
    KNOOP_TRY(storage::set_preshared(context.tx, pair->id, keys_for(context, peer, MatchingKey{})));
    pair->agreed.reset();
  }
  if (pair->agreed) return {};
  KNOOP_TRY(renew_versions(context, *pair));
  return send_epoch_open(context, *pair);
}

Result<void> MatchingEpochs::clear_trouble(Context& context, const MemberId& peer) {
  KNOOP_LET(pairs, storage::used_pairs(context.tx, peer));
  for (const MatchingPair& pair : pairs) {
    if (pair.ended || !pair.trouble) continue;
    KNOOP_LET(newer, agreed_after(context, pair));
    KNOOP_TRY(storage::set_trouble(context.tx, pair.id, std::nullopt));
    if (newer) KNOOP_TRY(end(context, pair, EndReason::replaced));
  }
  return peer_ready(context, peer);
}

Result<void> MatchingEpochs::on_epoch_open(Context& context, const Received& message) {
  KNOOP_LET(opened, decode<matching::EpochOpen>(message.body));
  KNOOP_LET(known, storage::find_pair(context.tx, message.from, opened.epoch));
  if (!known) {
    KNOOP_LET(newest, storage::newest_pair(context.tx, message.from));
    KNOOP_LET(recent, storage::count_opened(context.tx, message.from, window_start(context)));
    KNOOP_TRY(matching::may_open(newest ? newest->epoch : 0, opened.epoch, recent));
    KNOOP_LET(pair, open(context, message.from, opened.epoch));
    known = std::move(pair);
  }
  if (known->ended) {
    // Also one that a membership ended in which the peer opened what we had not heard of: ours with a higher number comes.
    if (known->commitment == opened.commitment || known->ended_why == EndReason::left) return {};
    return fail(ErrorCode::wrong_state, Side::peer,
                "the peer opened matching epoch {}, which has ended; open the next one from either side if a "
                "node was restored",
                opened.epoch);
  }
  // One of the two was updated between its opening and this one's: the peer opens again with what both offer now.
  if (opened.versions != known->versions.binding &&
      (!known->commitment || (*known->commitment == opened.commitment && !used(*known)))) {
    KNOOP_LET(changed, renew_versions(context, *known));
    if (changed) KNOOP_TRY(send_epoch_open(context, *known));
  }
  const auto view = matching_pair(context, *known);
  KNOOP_LET(keys, storage::epoch_keys(context.tx, known->id));
  const auto secrets = matching::derive_secrets(keys.matching, view, pointer(keys));
  const auto commitment = matching::check_epoch_open(view, secrets, pointer(keys), opened);
  if (!commitment)
    return known->commitment ? Result<void>{} : matching_trouble(context, *known, commitment.error());
  if (known->commitment) {
    if (*known->commitment == commitment->bytes() && known->draw == opened.draw) return {};
    return matching_trouble(
        context, *known,
        {ErrorCode::conflict, Side::peer,
         "the peer committed to a second key in one matching epoch; ask them whether their node "
         "was restored, then open the next epoch"});
  }
  KNOOP_TRY(storage::set_commitment(context.tx, known->id, commitment->bytes(), opened.draw, context.now));
  context.wake();
  return {};
}

// ---- ending

Result<void> MatchingEpochs::advance(Context& context, bool settled) {
  KNOOP_LET(live, storage::live_pairs(context.tx));
  for (auto at = live.begin(); at != live.end();) {
    const auto next = std::find_if(at, live.end(), [&](const auto& pair) { return pair.peer != at->peer; });
    const std::vector<MatchingPair> pairs(at, next);
    at = next;
    if (context.membership().card(pairs.front().peer) == nullptr) continue;
    if (settled) KNOOP_TRY(one_of_many(context, [&](Context& part) { return complete(part, pairs); }));
    KNOOP_TRY(one_of_many(context, [&](Context& part) { return end_older(part, pairs); }));
  }
  KNOOP_LET(closing, storage::closing_pairs(context.tx));
  for (const MatchingPair& pair : closing) {
    KNOOP_TRY(one_of_many(context, [&](Context& part) { return close(part, pair, settled); }));
  }
  return {};
}

Result<void> MatchingEpochs::complete(Context& context, const std::vector<MatchingPair>& pairs) {
  KNOOP_LET(trouble, storage::peer_trouble(context.tx, pairs.front().peer));
  if (trouble) return {};
  for (const MatchingPair& pair : pairs) {
    if (!pair.agreed || pair.complete) continue;
    KNOOP_LET(waiting, storage::anything_to_register(context.tx, pair.id));
    if (waiting) continue;
    KNOOP_TRY(storage::set_complete(context.tx, pair.id, context.now));
    KNOOP_TRY(context.send(pair.peer, MessageType::epoch_complete, std::nullopt,
                           encode(matching::EpochComplete{pair.epoch})));
    context.wake();
  }
  return {};
}

Result<void> MatchingEpochs::end_older(Context& context, const std::vector<MatchingPair>& pairs) {
  const auto newer = std::ranges::find_if(pairs.rbegin(), pairs.rend(),
                                          [](const auto& pair) { return pair.agreed.has_value(); });
  if (newer == pairs.rend()) return {};
  for (const MatchingPair& pair : pairs) {
    if (pair.epoch >= newer->epoch) break;
    const auto why = matching::ends(
        {newer->agreed, newer->complete.has_value(), newer->peer_complete.has_value()}, context.now);
    // Two epochs overlap, not three.
    const bool between = std::ranges::any_of(pairs, [&](const MatchingPair& other) {
      return other.epoch > pair.epoch && other.epoch < newer->epoch && other.agreed;
    });
    // One that the other side never opened, or opened under another preshared key, was none.
    if (between || !pair.agreed)
      KNOOP_TRY(end(context, pair, EndReason::replaced));
    else if (why)
      KNOOP_TRY(end(context, pair, *why));
  }
  return {};
}

Result<void> MatchingEpochs::end(Context& context, const MatchingPair& pair, EndReason why) {
  KNOOP_TRY(storage::end_pair(context.tx, pair.id, why, context.now));
  context.wake();
  const bool whole = why == EndReason::complete;
  if (!whole && pair.agreed && why != EndReason::left)
    KNOOP_TRY(note_hint(context, pair.peer, matching::Hint::epoch,
                        fmt::format("epoch {} ended ({}); its matches are kept until the next holds them",
                                    pair.epoch, to_string(why))));
  return log(context, audit::Event::match_epoch_ended, pair,
             whole || why == EndReason::left ? audit::Outcome::success : audit::Outcome::failed,
             std::string(to_string(why)));
}

Result<void> MatchingEpochs::begin_closing(Context& context, const MatchingPair& pair) {
  KNOOP_TRY(storage::set_told(context.tx, pair.id, context.now));
  if (pair.commitment)
    for (const Hook& hook : hooks_) KNOOP_TRY(hook(context, pair));
  if (!pair.commitment || hooks_.empty()) KNOOP_TRY(destroy(context, pair.id));
  return {};
}

Result<void> MatchingEpochs::leave(Context& context, const MemberId& peer) {
  KNOOP_LET(pairs, storage::used_pairs(context.tx, peer));
  for (MatchingPair& pair : pairs) {
    if (!pair.ended) {
      KNOOP_TRY(end(context, pair, EndReason::left));
      pair.ended = context.now;
    }
    if (!pair.told) KNOOP_TRY(begin_closing(context, pair));
    KNOOP_TRY(storage::set_moved(context.tx, pair, context.now));
  }
  return {};
}

Result<void> MatchingEpochs::close(Context& context, MatchingPair pair, bool settled) {
  const bool answered = pair.commitment.has_value();
  const bool member = context.membership().card(pair.peer) != nullptr;
  const auto tell = [&](bool moved) -> Result<void> {
    if (!answered) return {};
    return context.send(pair.peer, MessageType::epoch_ended, std::nullopt,
                        encode(matching::EpochEnded{pair.epoch, moved}));
  };
  if (!pair.told && member) {
    KNOOP_TRY(tell(false));
    KNOOP_TRY(begin_closing(context, pair));
  }
  if (!pair.moved && member && (!answered || (settled && is_claimant(context, pair.peer)))) {
    KNOOP_LET(moved, matches_.move_claims(context, pair));
    if (moved) {
      KNOOP_TRY(tell(true));
      KNOOP_TRY(storage::set_moved(context.tx, pair, context.now));
    }
  }
  KNOOP_LET(now, storage::find_pair(context.tx, pair.id));
  if (!now || !now->has_key || context.now - *now->ended < std::chrono::days{matching::audit_days}) return {};
  KNOOP_TRY(log(context, audit::Event::match_anomaly, *now, audit::Outcome::failed,
                "its key was destroyed before the opening audit was done"));
  return destroy(context, pair.id);
}

Result<void> MatchingEpochs::destroy(Context& context, storage::PairId pair) {
  KNOOP_LET(row, storage::find_pair(context.tx, pair));
  if (!row || !row->ended)
    return fail(ErrorCode::wrong_state, Side::ours, "a matching key is destroyed when its epoch has ended");
  return storage::destroy_key(context.tx, pair);
}

Result<void> MatchingEpochs::on_complete(Context& context, const Received& message) {
  KNOOP_LET(said, decode<matching::EpochComplete>(message.body));
  KNOOP_LET(pair, require_pair(context, message.from, said.epoch));
  if (!pair.commitment)
    return fail(ErrorCode::wrong_state, Side::peer,
                "the peer completed matching epoch {}, which it did not open", said.epoch);
  context.wake();
  return storage::set_peer_complete(context.tx, pair.id, context.now);
}

Result<void> MatchingEpochs::on_epoch_ended(Context& context, const Received& message) {
  KNOOP_LET(said, decode<matching::EpochEnded>(message.body));
  KNOOP_LET(pair, require_pair(context, message.from, said.epoch));
  if (said.moved && is_claimant(context, message.from))
    return fail(ErrorCode::wrong_state, Side::peer,
                "the peer moved match claims, which is this node's part in this pair");
  if (!pair.ended) {
    KNOOP_LET(newer, agreed_after(context, pair));
    if (!newer)
      return fail(ErrorCode::wrong_state, Side::peer,
                  "the peer ended matching epoch {}, and no newer one is open", said.epoch);
    KNOOP_TRY(
        end(context, pair, newer->complete && newer->peer_complete ? EndReason::complete : EndReason::peer));
    pair.ended = context.now;
  }
  if (said.moved && !pair.moved) KNOOP_TRY(storage::set_moved(context.tx, pair, context.now));
  context.wake();
  return {};
}

}  // namespace knoop
