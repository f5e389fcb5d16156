// What is taken back: handles of clients whose involvement ended, withdrawn with every peer, which signs that it applied it.
#include "node/core/matching_registration.h"

#include "crypto/hash.h"
#include "node/core/keys.h"
#include "node/core/matching_watch.h"
#include "node/core/membership.h"
#include "storage/openings_repository.h"

namespace knoop {

using storage::MatchingPair;

namespace {

constexpr std::string_view withdraw_applied_label = "knoop/v1/withdraw-applied";

Bytes applied_statement(const matching::WithdrawApplied& message) {
  Bytes out;
  append_u64(out, message.epoch);
  append_u64(out, message.number);
  append(out, message.withdraw.view());
  return out;
}

}  // namespace

Result<void> MatchingRegistration::withdraw(Context& context, const std::vector<storage::Ended>& ended) {
  std::map<storage::PairId, std::vector<matching::Handle>> by_pair;
  for (const auto& row : ended) by_pair[row.pair].push_back(row.handle);
  for (auto& [id, handles] : by_pair) {
    KNOOP_LET(pair, storage::find_pair(context.tx, id));
    if (!pair || pair->moved || context.membership().card(pair->peer) == nullptr) continue;
    std::ranges::sort(handles);
    for (std::size_t at = 0; at < handles.size(); at += matching::most_withdrawn) {
      const std::size_t size = std::min(matching::most_withdrawn, handles.size() - at);
      const auto begin = handles.begin() + static_cast<std::ptrdiff_t>(at);
      KNOOP_LET(number, storage::add_withdrawal(context.tx, id, size, context.now));
      const Bytes body =
          encode(matching::Withdraw{pair->epoch, number, {begin, begin + static_cast<std::ptrdiff_t>(size)}});
      KNOOP_TRY(storage::set_withdrawal_hash(context.tx, id, number, sha256(body)));
      KNOOP_TRY(context.send(pair->peer, MessageType::withdraw, std::nullopt, body));
      KNOOP_TRY(context.audit({.event = audit::Event::match_withdrawn,
                               .peer = pair->peer,
                               .action = audit::Action::erase,
                               .object = fmt::format("withdrawal {}", number),
                               .detail = fmt::format("{} identifiers", size)}));
    }
  }
  return {};
}

Result<void> MatchingRegistration::on_withdraw(Context& context, const Received& message) {
  KNOOP_LET(withdrawn, decode<matching::Withdraw>(message.body));
  KNOOP_LET(pair, require_pair(context, message.from, withdrawn.epoch));
  KNOOP_TRY(
      storage::withdraw_peer_handles(context.tx, pair, withdrawn.handles, is_claimant(context, pair.peer)));
  KNOOP_TRY(storage::count_quota(context.tx, message.from, storage::QuotaSide::peers, Date::of(context.now),
                                 0, 0, withdrawn.handles.size()));
  KNOOP_TRY(watch_counts(context, pair));
  matching::WithdrawApplied applied{withdrawn.epoch, withdrawn.number, sha256(message.body), {}};
  applied.signature =
      sign(context.keys().signing.secret_key, withdraw_applied_label, applied_statement(applied));
  context.wake();
  return context.send(message.from, MessageType::withdraw_applied, std::nullopt, encode(applied));
}

Result<void> MatchingRegistration::on_withdraw_applied(Context& context, const Received& message) {
  KNOOP_LET(applied, decode<matching::WithdrawApplied>(message.body));
  KNOOP_LET(pair, require_pair(context, message.from, applied.epoch));
  const Card* card = context.membership().card_of_former(message.from);
  if (card == nullptr ||
      !verify(card->signing_key, withdraw_applied_label, applied_statement(applied), applied.signature))
    return fail(ErrorCode::bad_signature, Side::peer,
                "the peer's acknowledgement of a withdrawal is not signed by it");
  KNOOP_LET(known, storage::acknowledge_withdrawal(context.tx, pair.id, applied.number, applied.withdraw,
                                                   applied.signature, context.now));
  if (!known)
    return fail(ErrorCode::not_found, Side::peer, "the peer acknowledges withdrawal {}, which was never made",
                applied.number);
  return {};
}

}  // namespace knoop
