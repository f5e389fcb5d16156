// What leaves through the channel: queued in the transaction of its event, numbered and sealed when the way is open.
#include "node/core/channel.h"

#include <algorithm>

#include "node/core/heads.h"
#include "protocol/channel/padding.h"
#include "storage/waiting.h"

namespace knoop {
namespace {

/// Bytes of bodies that one transmit() hands out, over all peers: sealing and signing 2 MiB takes some 15 ms, and a region whose power
/// comes back may have a window of large frames for every peer.
constexpr std::size_t transmitted_at_once = 2UL << 20U;

}  // namespace

Result<void> Channel::enqueue(Context& context, const MemberId& to, MessageType type,
                              const std::optional<SubjectId>& subject, Bytes body) {
  const StreamKind stream = stream_of(type);
  KNOOP_ASSERT(stream != StreamKind::control, "control messages are not queued");
  if (body.size() > max_body_size())
    return fail(ErrorCode::over_limit, Side::ours, "a message of {} bytes fits no frame", body.size());
  const bool protective = stream == StreamKind::protective;
  if (!protective && parts_.membership.standing(to) == Standing::former)
    return fail(
        ErrorCode::not_a_member, Side::user,
        "{} is no member of the convenant any more; only withdrawals and what else is protective goes there",
        parts_.membership.slug(to));
  if ((protective ? parts_.membership.card_of_former(to) : parts_.membership.card(to)) == nullptr)
    return fail(ErrorCode::not_a_member, Side::user,
                "{} is no member of the convenant whose card is installed here", parts_.membership.slug(to));
  if (!protective && !parts_.membership.in_force(context.now))
    return fail(ErrorCode::expired, Side::user,
                "the convenant is not in force; until a new version is installed only withdrawals are sent");
  KNOOP_LET(kept, storage::seal_waiting(context.tx, {"outbox", to, type}, body));
  KNOOP_TRY(context.tx.exec(
      "INSERT INTO outbox(peer, stream, type, subject, queued_at, body) VALUES (?, ?, ?, ?, ?, ?)", to,
      stream, type, subject, context.now, kept));
  if (const auto found = peers_.find(to); found != peers_.end()) found->second.waiting = true;
  return {};
}

Result<void> Channel::take_back(Context& context, const MemberId& from, MessageType type,
                                const SubjectId& subject,
                                const std::function<Result<std::optional<Bytes>>(ByteView)>& look) {
  std::vector<std::int64_t> ids;
  KNOOP_TRY(
      context.tx.each("SELECT id FROM outbox WHERE peer = ? AND stream = ? AND type = ? AND subject = ?",
                      from, stream_of(type), type, subject, [&](const storage::Row& row) -> Result<void> {
                        ids.push_back(row.get<std::int64_t>(0));
                        return {};
                      }));
  for (const std::int64_t id : ids) {
    KNOOP_LET(row, context.tx.one("SELECT body FROM outbox WHERE id = ?", id));
    const storage::WaitingBody where{"outbox", from, type};
    KNOOP_LET(body, storage::open_waiting(context.tx, where, row->get<ByteView>(0)));
    if (!body) continue;
    KNOOP_LET(instead, look(*body));
    if (!instead) continue;
    KNOOP_LET(kept, storage::seal_waiting(context.tx, where, *instead));
    KNOOP_TRY(context.tx.exec("UPDATE outbox SET body = ? WHERE id = ?", kept, id));
  }
  return {};
}

Result<void> Channel::number(storage::Transaction& tx, Timestamp validity) {
  for (auto& [member, peer] : peers_) {
    if (!peer.waiting || !peer.connected || !peer.accepted) continue;
    peer.waiting = false;
    for (const StreamKind kind : numbered_streams) {
      SendStream& stream = *peer.out.at(kind);
      if (kind != StreamKind::protective && (!peer.level || !parts_.membership.in_force(validity))) continue;
      const std::uint64_t before = stream.assigned();
      std::vector<std::int64_t> ids;
      KNOOP_TRY(tx.each(
          "SELECT id FROM outbox WHERE peer = ? AND stream = ? AND number IS NULL ORDER BY id LIMIT ?",
          member, kind, stream.room(), [&](const storage::Row& row) -> Result<void> {
            ids.push_back(row.get<std::int64_t>(0));
            return {};
          }));
      for (const std::int64_t id : ids)
        KNOOP_TRY(tx.exec("UPDATE outbox SET number = ? WHERE id = ?", stream.assign(), id));
      if (stream.assigned() != before)
        KNOOP_TRY(tx.exec("UPDATE stream_out SET last_assigned = ? WHERE peer = ? AND stream = ?",
                          stream.assigned(), member, kind));
    }
  }
  return {};
}

Result<void> Channel::transmit(storage::Transaction& tx, const Context::Time& time) {
  in_force_ = parts_.membership.in_force(time.now);
  const Timestamp now = time.clock;
  std::size_t left = transmitted_at_once;
  std::optional<MemberId> unserved;
  auto at = peers_.lower_bound(first_served_);
  for (std::size_t turn = 0; turn < peers_.size(); ++turn, ++at) {
    if (at == peers_.end()) at = peers_.begin();
    const MemberId& member = at->first;
    Peer& peer = at->second;
    if (!peer.connected) continue;
    if (peer.hello_again && *peer.hello_again <= now && peer.greeting.waiting()) peer.hello_due = true;
    if (std::exchange(peer.hello_due, false)) KNOOP_TRY(send_hello(tx, member, peer, now));
    if (!peer.accepted) continue;
    if (std::exchange(peer.ack_due, false))
      KNOOP_TRY(send_frame(member, MessageType::ack, std::nullopt, std::nullopt, encode(Ack{peer.in}), now));
    for (const Reseal& reseal : std::exchange(peer.reseals, {}))
      KNOOP_TRY(send_frame(member, MessageType::reseal, std::nullopt, std::nullopt, encode(reseal), now));
    if (peer.trouble) continue;
    for (const StreamKind kind : numbered_streams)
      if (passes(peer, kind)) KNOOP_TRY(send_stream(tx, member, *peer.out.at(kind), kind, left, now));
    if (left == 0 && !unserved) unserved = member;
  }
  if (unserved) first_served_ = *unserved;
  return {};
}

Result<void> Channel::send_hello(storage::Transaction& tx, const MemberId& to, Peer& peer, Timestamp now) {
  Hello hello;
  peer.greeting.fill(hello);
  hello.protocol_versions = parts_.versions.protocol;
  hello.identifier_rule_versions = parts_.versions.identifier_rules;
  hello.convenant = {parts_.membership.convenant()->number, parts_.membership.convenant_hash()};
  hello.card_number = parts_.membership.own_card()->number;
  for (const StreamKind kind : numbered_streams) {
    const SendStream& stream = *peer.out.at(kind);
    hello.streams.at(kind) = {stream.id(), stream.assigned(), peer.in.at(kind)};
  }
  hello.clock = now;
  KNOOP_TRY(add_heads(tx, parts_.membership, to, hello));
  if (peer.greeting.waiting())
    peer.hello_again = now + retry_wait(peer.hello_attempt++, parts_.entropy);
  else
    peer.hello_again.reset();
  return send_frame(to, MessageType::hello, std::nullopt, std::nullopt, encode(hello), now);
}

Result<void> Channel::send_stream(storage::Transaction& tx, const MemberId& to, SendStream& stream,
                                  StreamKind kind, std::size_t& left, Timestamp now) {
  while (left > 0 || kind == StreamKind::protective) {
    const SendStream::Range range = stream.take(now, parts_.entropy, 1);
    if (range.empty()) return {};
    KNOOP_LET(
        row, tx.one("SELECT type, subject, body FROM outbox WHERE peer = ? AND stream = ? AND number = ?", to,
                    kind, range.first));
    if (!row) continue;
    const auto type = static_cast<MessageType>(row->get<std::uint16_t>(0));
    KNOOP_LET(body, storage::open_waiting(tx, {"outbox", to, type}, row->get<ByteView>(2)));
    if (!body) continue;  // of an old copy of the records: whom it was about was destroyed since
    KNOOP_TRY(send_frame(to, type, StreamPosition{stream.id(), range.first},
                         row->get<std::optional<SubjectId>>(1), *body, now));
    left -= std::min(left, body->size());
  }
  return {};
}

Result<void> Channel::send_frame(const MemberId& to, MessageType type,
                                 const std::optional<StreamPosition>& position,
                                 const std::optional<SubjectId>& subject, ByteView body, Timestamp now) {
  const Card* card = parts_.membership.card_of_former(to);
  KNOOP_ASSERT(card != nullptr, "the channel keeps peers with a card only");
  FrameHeader header;
  header.network = parts_.membership.network();
  header.type = type;
  header.sender = parts_.membership.self();
  header.sender_card = parts_.membership.own_card()->number;
  header.recipient = to;
  header.recipient_card = card->number;
  header.position = position;
  header.sent_at = now;
  header.subject = subject;
  KNOOP_LET(frame,
            make_frame(header, body, {parts_.keys.signing.secret_key, card->sealing_key, preshared(to)},
                       parts_.entropy));
  ++counters_.transmitted;
  parts_.transport.send(to, std::move(frame));
  return {};
}

}  // namespace knoop
