// What comes in through the channel: checked, applied once and in order, and kept as a dead letter when it cannot be applied.
#include "node/core/channel.h"

#include "storage/waiting.h"

namespace knoop {

Result<void> Channel::received(Context& context, const Dispatcher& dispatcher, const MemberId& from,
                               ByteView bytes) {
  const auto refuse = [this](const Error& error) {
    ++counters_.refused[error.code];
    return fail(error);
  };
  const auto found = peers_.find(from);
  if (found == peers_.end())
    return refuse(
        {ErrorCode::not_a_member, Side::peer, "a frame from somebody who is no member was refused"});
  Peer& peer = found->second;
  const FrameExpectations expectations{
      parts_.membership.network(), parts_.membership.self(), from, preshared_id(from),
      [&](std::uint32_t number) { return parts_.membership.signing_key(context.tx, from, number); }};
  const Result<CheckedFrame> frame = check_frame(bytes, expectations);
  if (!frame) {
    if (frame.error().code == ErrorCode::psk_differs) {
      // Its signature was good, so this is the peer. It must hear of it too: our own Hello tells it.
      peer.trouble = frame.error();
      if (peer.accepted) greet(peer, context.clock);
    }
    return refuse(frame.error());
  }

  // Frames on an old connection may arrive after it was cut; what is signed counts, but it is no sign of a way back.
  peer.last_heard = context.clock;
  const FrameHeader& header = frame->header;
  const StreamKind kind = stream_of(header.type);
  if (kind != StreamKind::control) {
    if (!peer.accepted)
      return refuse(
          {ErrorCode::wrong_state, Side::peer, "a frame came before the peer's Hello; it will come again"});
    if (kind != StreamKind::protective && !peer.level)
      return refuse_unlevel(context, peer, from, header.type);
    switch (arrival(peer.in.at(kind), header.position->id, header.position->number)) {
      case Arrival::apply:
        break;
      case Arrival::duplicate:
        ++counters_.duplicates;
        peer.ack_due = true;
        return {};
      case Arrival::gap:
        ++counters_.out_of_order;
        return {};
      case Arrival::other_stream:
        return refuse({ErrorCode::bad_sequence, Side::peer,
                       "a frame of a stream that no Hello introduced was refused"});
    }
  }
  Result<Bytes> body = open_frame(*frame, parts_.keys.sealing, preshared(from));
  if (!body) {
    if (body.error().code == ErrorCode::cannot_open && header.position)
      peer.reseals.push_back(
          {kind, header.position->id, header.position->number, parts_.membership.own_card()->number});
    return refuse(body.error());
  }
  if (kind == StreamKind::control) {
    const Result<void> handled = handle_control(context, peer, from, header.type, *body);
    return handled ? handled : refuse(handled.error());
  }
  for (const StreamKind each : numbered_streams) peer.out.at(each)->life(context.clock, false);
  return apply(context, dispatcher, peer, *frame, std::move(*body));
}

Result<void> Channel::handle_control(Context& context, Peer& peer, const MemberId& from, MessageType type,
                                     ByteView body) {
  switch (type) {
    case MessageType::hello: {
      KNOOP_LET(hello, decode<Hello>(body));
      return handle_hello(context, peer, from, hello);
    }
    case MessageType::ack: {
      KNOOP_LET(ack, decode<Ack>(body));
      return handle_ack(context.tx, peer, from, ack.received, context.clock);
    }
    case MessageType::reseal: {
      KNOOP_LET(reseal, decode<Reseal>(body));
      if (reseal.stream == StreamKind::control)
        return fail(ErrorCode::bad_value, Side::peer,
                    "a request to seal a control frame again makes no sense");
      SendStream& stream = *peer.out.at(reseal.stream);
      if (stream.id() == reseal.id) stream.reseal(reseal.number, context.clock);
      const Card* card = parts_.membership.card_of_former(from);
      if (card != nullptr && reseal.card_number > card->number)
        peer.trouble = Error{
            ErrorCode::bad_key, Side::ours,
            fmt::format("{} uses card number {}, here number {} is installed; ask them for their newest card",
                        card->id, reseal.card_number, card->number)};
      return {};
    }
    default:
      return fail(ErrorCode::bad_value, Side::peer, "a control message of an unknown type was refused");
  }
}

Result<void> Channel::refuse_unlevel(Context& context, Peer& peer, const MemberId& from, MessageType type) {
  const ErrorCode code = peer.former ? ErrorCode::not_a_member : ErrorCode::wrong_state;
  ++counters_.refused[code];
  // Between members it will come again, as soon as both hold the same convenant.
  if (!peer.former || !peer.logged.insert(type).second) return {};
  return context
      .audit({.event = audit::Event::peer_refused,
              .outcome = audit::Outcome::refused,
              .peer = from,
              .action = audit::Action::execute,
              .object = std::string(to_string(type)),
              .detail = "sent by a former member; not looked at"})
      .map([](std::uint64_t) {});
}

Result<void> Channel::handle_ack(storage::Transaction& tx, Peer& peer, const MemberId& from,
                                 const PerStream<Committed>& received, Timestamp now) {
  for (const StreamKind kind : numbered_streams) {
    SendStream& stream = *peer.out.at(kind);
    const Committed& committed = received.at(kind);
    switch (stream.acknowledged(committed, now, parts_.entropy)) {
      case SendStream::AckResult::progress:
        KNOOP_TRY(tx.exec("DELETE FROM outbox WHERE peer = ? AND stream = ? AND number <= ?", from, kind,
                          committed.number));
        KNOOP_TRY(tx.exec("UPDATE stream_out SET last_acked = ? WHERE peer = ? AND stream = ?",
                          committed.number, from, kind));
        peer.waiting = true;
        break;
      case SendStream::AckResult::beyond:
        peer.says_set_back = true;
        peer.trouble =
            Error{ErrorCode::bad_sequence, Side::ours,
                  "the peer acknowledges what this node never sent: this node was restored from a backup, or "
                  "the peer is wrong; an administrator must look at it"};
        return fail(*peer.trouble);
      case SendStream::AckResult::old:
      case SendStream::AckResult::other_id:
        break;
    }
  }
  return {};
}

Result<std::uint64_t> Channel::open_dead_letters(storage::Transaction& tx, const MemberId& member,
                                                 const std::optional<SubjectId>& subject) const {
  Result<std::optional<storage::Row>> row =
      subject
          ? tx.one("SELECT count(*) FROM dead_letter WHERE peer = ? AND subject = ? AND handled_at IS NULL",
                   member, *subject)
          : tx.one("SELECT count(*) FROM dead_letter WHERE peer = ? AND handled_at IS NULL", member);
  if (!row) return fail(row.error());
  return (*row)->get<std::uint64_t>(0);
}

/// Runs the handler in a savepoint of its own. The outer Result is about us (the database), the inner Error is why the
/// message could not be applied.
Result<std::optional<Error>> Channel::run_handler(Context& context, const Dispatcher& dispatcher,
                                                  const Received& message) {
  const Dispatcher::Entry* entry = dispatcher.find(message.type);
  if (entry == nullptr)
    return Error{ErrorCode::unknown_version, Side::ours,
                 fmt::format("this program cannot apply messages of type {}; it may be older than the peer's",
                             to_string(message.type))};
  if (entry->audience == Audience::members && parts_.membership.standing(message.from) != Standing::member)
    return Error{ErrorCode::not_a_member, Side::peer,
                 "the sender is no member any more; only what is protective is taken from it"};
  if (entry->audience == Audience::members && !parts_.membership.in_force(context.now))
    return Error{ErrorCode::expired, Side::ours, "the convenant is not in force; install its next version"};
  if (message.subject) {
    KNOOP_LET(blocked, open_dead_letters(context.tx, message.from, message.subject));
    if (blocked > 0)
      return Error{ErrorCode::wrong_state, Side::ours,
                   "an earlier message about the same subject could not be applied; handle that one first"};
  }
  const Result<void> handled =
      context.attempt([&](Context& inner) { return entry->handler(inner, message); });
  // What our own disk refuses says nothing about the message: it stays unacknowledged and comes again.
  if (!handled && storage::is_about_the_disk(handled.error().code)) return fail(handled.error());
  return handled ? std::nullopt : std::optional(handled.error());
}

Result<void> Channel::apply(Context& context, const Dispatcher& dispatcher, Peer& peer,
                            const CheckedFrame& frame, Bytes body) {
  const FrameHeader& header = frame.header;
  const StreamKind kind = stream_of(header.type);
  KNOOP_LET(open, open_dead_letters(context.tx, header.sender, std::nullopt));
  if (open >= dead_letter_limit) {
    peer.trouble =
        Error{ErrorCode::over_limit, Side::peer,
              fmt::format("{} messages of this peer could not be applied; handle them before more are taken",
                          open)};
    ++counters_.refused[ErrorCode::over_limit];
    return fail(*peer.trouble);
  }
  const Received message{header.sender, header.type, header.subject, header.sent_at, std::move(body)};
  KNOOP_LET(failure, run_handler(context, dispatcher, message));
  if (failure) {
    ++counters_.dead_letters;
    KNOOP_LET(kept,
              storage::seal_waiting(context.tx, {"dead_letter", header.sender, header.type}, message.body));
    KNOOP_TRY(context.tx.exec(
        "INSERT INTO dead_letter(peer, stream, number, type, subject, sent_at, received_at, body, "
        "code, sentence) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        header.sender, kind, header.position->number, header.type, header.subject, header.sent_at,
        context.now, kept, to_string(failure->code), failure->sentence));
    audit::AuditEntry entry;
    entry.event = audit::Event::dead_letter;
    entry.outcome = audit::Outcome::failed;
    entry.peer = header.sender;
    entry.detail =
        fmt::format("{} {}: {}", to_string(header.type), header.position->number, to_string(failure->code));
    KNOOP_TRY(context.audit(std::move(entry)));
    const Dispatcher::Entry* known = dispatcher.find(header.type);
    if (known != nullptr && known->dead)
      KNOOP_TRY(context.attempt([&](Context& inner) { return known->dead(inner, message); }));
  } else {
    ++counters_.applied;
  }
  KNOOP_TRY(context.tx.exec("UPDATE stream_in SET last_committed = ? WHERE peer = ? AND stream = ?",
                            header.position->number, header.sender, kind));
  peer.in.at(kind).number = header.position->number;
  peer.ack_due = true;
  return {};
}

}  // namespace knoop
