// Streams that begin anew after a restore, ours or the peer's, and what of the old ones is sent again.
#include "node/core/channel.h"

#include <algorithm>
#include <array>

namespace knoop {
namespace {

/// What a restored node sends again of what waited in its copy: each takes something back, and twice is once.
constexpr std::array sent_again_by_restored{MessageType::card_push,          MessageType::convenant_push,
                                            MessageType::consent_withdrawn,  MessageType::destruction_order,
                                            MessageType::fragment_corrected, MessageType::log_proof};
/// What is sent to a restored node of what waited for it. Epochs of matching and exchanges begin anew, and hand-overs are told
/// from their beginning (handover_restored.cpp).
constexpr std::array sent_again_to_restored{
    MessageType::card_push,          MessageType::convenant_push,    MessageType::consent_withdrawn,
    MessageType::withdrawal_applied, MessageType::destruction_order, MessageType::destruction_proof,
    MessageType::fragment_corrected, MessageType::log_proof,         MessageType::consent_statement};

/// All messages to this member, or to everybody, but of these types.
template <std::size_t Count>
Result<std::uint64_t> void_messages(Context& context, const std::optional<MemberId>& peer,
                                    const std::array<MessageType, Count>& kept) {
  std::string types;
  for (const MessageType type : kept)
    types += fmt::format("{}{}", types.empty() ? "" : ", ", static_cast<std::uint16_t>(type));
  const std::string which = fmt::format("(?1 IS NULL OR peer = ?1) AND type NOT IN ({})", types);
  KNOOP_LET(voided,
            context.tx.change(
                fmt::format("INSERT INTO void_messages(peer, type, subject, queued_at, voided_at) SELECT "
                            "peer, type, subject, queued_at, ?2 FROM outbox WHERE {} ORDER BY id",
                            which),
                peer, context.now));
  KNOOP_TRY(context.tx.exec(fmt::format("DELETE FROM outbox WHERE {}", which), peer));
  return static_cast<std::uint64_t>(voided);
}

Result<void> renew_streams_out(Context& context, const MemberId& peer) {
  for (const StreamKind kind : numbered_streams)
    KNOOP_TRY(
        context.tx.exec("INSERT OR REPLACE INTO stream_out(peer, stream, instance, renewed) VALUES (?, ?, "
                        "?, 1)",
                        peer, kind, context.entropy.draw<StreamId>()));
  return {};
}

}  // namespace

Result<void> Channel::reload(storage::Transaction& tx, Timestamp clock) {
  for (auto& [member, peer] : peers_) {
    KNOOP_TRY(load_streams(tx, member, peer));
    peer.trouble.reset();
    peer.says_set_back = false;
    peer.waiting = true;
    peer.reseals.clear();
    if (peer.connected) greet(peer, clock);
  }
  return {};
}

bool Channel::set_back() const {
  return std::ranges::any_of(peers_, [](const auto& known) { return known.second.says_set_back; });
}

Result<std::uint64_t> Channel::renew_all(Context& context) {
  KNOOP_LET(voided, void_messages(context, std::nullopt, sent_again_by_restored));
  KNOOP_TRY(context.tx.exec("UPDATE outbox SET number = NULL"));
  KNOOP_TRY(context.tx.exec("UPDATE stream_in SET renewed = 1"));
  for (const auto& [member, peer] : peers_) KNOOP_TRY(renew_streams_out(context, member));
  return voided;
}

Result<void> Channel::renew(Context& context, Peer& peer, const MemberId& from, const Hello& hello) {
  // What it committed before its copy was made, it has.
  for (const StreamKind kind : numbered_streams) {
    const Committed& committed = hello.streams.at(kind).received;
    if (committed.id == peer.out.at(kind)->id())
      KNOOP_TRY(context.tx.exec("DELETE FROM outbox WHERE peer = ? AND stream = ? AND number <= ?", from,
                                kind, committed.number));
  }
  KNOOP_TRY(void_messages(context, from, sent_again_to_restored));
  KNOOP_TRY(context.tx.exec("UPDATE outbox SET number = NULL WHERE peer = ?", from));
  KNOOP_TRY(renew_streams_out(context, from));
  for (const StreamKind kind : numbered_streams)
    KNOOP_TRY(context.tx.exec("INSERT OR REPLACE INTO stream_in(peer, stream, instance) VALUES (?, ?, ?)",
                              from, kind, hello.streams.at(kind).id));
  return load_streams(context.tx, from, peer);
}

}  // namespace knoop
