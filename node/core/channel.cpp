#include "node/core/channel.h"

#include <algorithm>
#include <array>

#include "node/core/heads.h"
#include "node/core/incarnations.h"
#include "protocol/channel/padding.h"
#include "storage/waiting.h"

namespace knoop {
namespace {

/// Bytes of bodies that one transmit() hands out, over all peers: sealing and signing 2 MiB takes some 15 ms, and a region whose power
/// comes back may have a window of large frames for every peer.
constexpr std::size_t transmitted_at_once = 2UL << 20U;

Result<StreamId> open_stream(storage::Transaction& tx, Entropy& entropy, const MemberId& peer,
                             StreamKind kind) {
  const auto id = entropy.draw<StreamId>();
  KNOOP_TRY(tx.exec("INSERT INTO stream_out(peer, stream, instance) VALUES (?, ?, ?)", peer, kind, id));
  return id;
}

/// What a restored node sends again of what waited in its copy: each takes something back, and twice is once.
constexpr std::array sent_again_by_restored{MessageType::card_push, MessageType::convenant_push,
                                            MessageType::consent_withdrawn, MessageType::destruction_order,
                                            MessageType::fragment_corrected};
/// What is sent to a restored node of what waited for it. Epochs of matching and exchanges begin anew.
constexpr std::array sent_again_to_restored{
    MessageType::card_push,          MessageType::convenant_push,    MessageType::consent_withdrawn,
    MessageType::withdrawal_applied, MessageType::destruction_order, MessageType::destruction_proof,
    MessageType::fragment_corrected, MessageType::log_proof,         MessageType::handover_event,
    MessageType::handover_state,     MessageType::consent_statement};

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

Error log_not_believed() {
  return {ErrorCode::bad_proof, Side::peer,
          "its log goes on otherwise than it must after a restore: only withdrawals and what else is "
          "protective pass, until the privacy officer has looked at it"};
}

Result<void> renew_streams_out(Context& context, const MemberId& peer) {
  for (const StreamKind kind : numbered_streams)
    KNOOP_TRY(
        context.tx.exec("INSERT OR REPLACE INTO stream_out(peer, stream, instance, renewed) VALUES (?, ?, "
                        "?, 1)",
                        peer, kind, context.entropy.draw<StreamId>()));
  return {};
}

void earliest(std::optional<Timestamp>& due, const std::optional<Timestamp>& other) {
  if (other && (!due || *other < *due)) due = other;
}

}  // namespace

Result<Channel::Peer> Channel::load_peer(storage::Transaction& tx, const MemberId& member, bool former) {
  Peer peer;
  peer.former = former;
  KNOOP_TRY(load_streams(tx, member, peer));
  return peer;
}

Result<void> Channel::load_streams(storage::Transaction& tx, const MemberId& member, Peer& peer) {
  for (const StreamKind kind : numbered_streams) {
    KNOOP_LET(out,
              tx.one("SELECT instance, last_assigned, last_acked, renewed FROM stream_out WHERE peer = ? "
                     "AND stream = ?",
                     member, kind));
    if (out) {
      peer.out.at(kind).emplace(out->get<StreamId>(0), out->get<std::uint64_t>(1), out->get<std::uint64_t>(2),
                                out->get<std::uint8_t>(3) != 0);
    } else {
      KNOOP_LET(id, open_stream(tx, parts_.entropy, member, kind));
      peer.out.at(kind).emplace(id, 0, 0);
    }
    KNOOP_LET(in,
              tx.one("SELECT instance, last_committed, renewed FROM stream_in WHERE peer = ? AND stream = ?",
                     member, kind));
    peer.in.at(kind) = in ? Committed{in->get<StreamId>(0), in->get<std::uint64_t>(1)} : Committed{};
    peer.in_awaited.at(kind) = in && in->get<std::uint8_t>(2) != 0;
  }
  return {};
}

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

void Channel::distrust(const MemberId& member) {
  const auto found = peers_.find(member);
  if (found == peers_.end()) return;
  found->second.level = false;
  found->second.untrusted = log_not_believed();
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

Result<void> Channel::load(storage::Transaction& tx, Timestamp clock) {
  const Membership& membership = parts_.membership;
  std::map<MemberId, bool> wanted;
  for (const MemberId& member : membership.peers()) wanted.emplace(member, false);
  for (const FormerMember& former : membership.former())
    if (membership.card_of_former(former.member) != nullptr) wanted.emplace(former.member, true);
  std::erase_if(peers_, [&](const auto& known) { return !wanted.contains(known.first); });
  for (const auto& [member, former] : wanted) {
    const auto known = peers_.find(member);
    if (known != peers_.end() && known->second.former == former && !left_.contains(member)) continue;
    const bool connected = known != peers_.end() && known->second.connected;
    KNOOP_LET(peer, load_peer(tx, member, former));
    peer.connected = connected;
    if (connected) greet(peer, clock);
    peers_.insert_or_assign(member, std::move(peer));
  }
  left_.clear();
  if (std::exchange(greeted_, membership.convenant_hash()) != membership.convenant_hash())
    for (auto& [member, peer] : peers_)
      if (peer.connected) greet(peer, clock);
  return load_preshared(tx);
}

Result<std::uint64_t> Channel::leave(Context& context, const MemberId& member) {
  KNOOP_LET(voided,
            context.tx.change(
                "INSERT INTO void_messages(peer, type, subject, queued_at, voided_at) SELECT peer, type, "
                "subject, queued_at, ? FROM outbox WHERE peer = ? AND stream <> ? ORDER BY id",
                context.now, member, StreamKind::protective));
  for (const std::string_view table : {"outbox", "stream_out", "stream_in"})
    KNOOP_TRY(context.tx.exec(fmt::format("DELETE FROM {} WHERE peer = ? AND stream <> ?", table), member,
                              StreamKind::protective));
  KNOOP_TRY(context.tx.exec("DELETE FROM peer_hellos WHERE peer = ?", member));
  left_.insert(member);
  return static_cast<std::uint64_t>(voided);
}

std::optional<ConvenantMark> Channel::convenant_of(const MemberId& member) const {
  const auto found = peers_.find(member);
  return found == peers_.end() || !found->second.accepted ? std::nullopt : found->second.convenant;
}

Result<void> Channel::load_preshared(storage::Transaction& tx) {
  preshared_.clear();
  if (!parts_.membership.own_card() || !parts_.membership.convenant()) return {};
  return tx.each("SELECT peer, secret FROM preshared_keys", [&](const storage::Row& row) -> Result<void> {
    keep_preshared(row.get<MemberId>(0), row.get<PresharedKey>(1));
    return {};
  });
}

void Channel::keep_preshared(const MemberId& member, PresharedKey key) {
  const Membership& membership = parts_.membership;
  const PresharedKeyId id = preshared_key_id(key, membership.network(), membership.self(), member);
  preshared_.insert_or_assign(member, Preshared{id, make_guarded<PresharedKey>(std::move(key))});
}

const PresharedKey* Channel::preshared(const MemberId& member) const {
  const auto found = preshared_.find(member);
  return found == preshared_.end() ? nullptr : found->second.key.get();
}

std::optional<PresharedKeyId> Channel::preshared_id(const MemberId& member) const {
  const auto found = preshared_.find(member);
  return found == preshared_.end() ? std::nullopt : std::optional(found->second.id);
}

Result<void> Channel::set_preshared(Context& context, const MemberId& member,
                                    std::optional<PresharedKey> key) {
  if (key) {
    KNOOP_TRY(
        context.tx.exec("INSERT OR REPLACE INTO preshared_keys(peer, secret, installed) VALUES (?, ?, ?)",
                        member, *key, context.now));
    keep_preshared(member, std::move(*key));
  } else {
    KNOOP_TRY(context.tx.exec("DELETE FROM preshared_keys WHERE peer = ?", member));
    preshared_.erase(member);
  }
  if (const auto found = peers_.find(member); found != peers_.end()) greet(found->second, context.clock);
  return {};
}

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

void Channel::link_up(const MemberId& member, Timestamp now) {
  const auto found = peers_.find(member);
  if (found == peers_.end()) return;
  found->second.connected = true;
  greet(found->second, now);
}

void Channel::greet(Peer& peer, Timestamp now) {
  peer.accepted = false;
  peer.level = false;
  peer.convenant.reset();
  peer.logged.clear();
  peer.greeting.begin(parts_.entropy);
  peer.hello_due = true;
  peer.hello_attempt = 0;
  peer.hello_again = now;
  for (const StreamKind kind : numbered_streams) peer.out.at(kind)->life(now, true);
}

void Channel::link_down(const MemberId& member) {
  const auto found = peers_.find(member);
  if (found == peers_.end()) return;
  found->second.connected = false;
  found->second.hello_again.reset();
}

void Channel::clock_changed(Timestamp now, bool doubted) {
  for (auto& [member, peer] : peers_) {
    if (doubted && peer.connected) greet(peer, now);
    if (peer.greeting.waiting()) peer.hello_again = now;
    for (const StreamKind kind : numbered_streams) peer.out.at(kind)->life(now, true);
  }
}

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

Result<void> Channel::handle_hello(Context& context, Peer& peer, const MemberId& from, const Hello& hello) {
  const Greeting::Outcome outcome = peer.greeting.received(hello, context.entropy);
  if (outcome.answer) peer.hello_due = true;
  if (!outcome.believed) return {};
  peer.trouble.reset();
  peer.untrusted.reset();
  peer.says_set_back = false;
  bool renewed = false;
  const Result<void> accepted =
      context.attempt([&](Context& inner) { return accept_hello(inner, peer, from, hello, renewed); });
  peer.accepted = accepted.has_value();
  if (!accepted) {
    // What was changed is undone: memory follows.
    KNOOP_TRY(load_streams(context.tx, from, peer));
    if (storage::is_about_the_disk(accepted.error().code)) return accepted;
    peer.trouble = accepted.error();
    ++counters_.refused[accepted.error().code];
    // Whoever was restored hears of its later heads now, and who hears it sees that its log was set back.
    KNOOP_TRY(take_incarnation(context, from, hello));
    KNOOP_TRY(take_heads(context, from, hello));
    told_.insert(from);
    return {};
  }
  told_.insert(from);
  if (renewed) {
    // Its next Hello follows the streams that this one opens.
    greet(peer, context.clock);
    peer.waiting = true;
    return {};
  }
  peer.ack_due = true;
  peer.waiting = true;
  for (const StreamKind kind : numbered_streams) peer.out.at(kind)->life(context.clock, true);
  newly_heard_.push_back({from, peer.level});
  return {};
}

void Channel::take_mark(Peer& peer, const Hello& hello) const {
  const Membership& membership = parts_.membership;
  peer.convenant = hello.convenant;
  // Two texts of one number are the managers' affair; meanwhile those who are members in both go on.
  peer.level =
      !peer.former && membership.convenant() && hello.convenant.number == membership.convenant()->number;
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

Result<void> Channel::accept_hello(Context& context, Peer& peer, const MemberId& from, const Hello& hello,
                                   bool& renewed) {
  take_mark(peer, hello);
  const OfferedVersions offered{from, hello.protocol_versions, hello.identifier_rule_versions};
  KNOOP_TRY(agree(offered));
  KNOOP_LET(log, take_incarnation(context, from, hello));
  if (log == LaterLog::renew) {
    KNOOP_TRY(context.streams_renewed(from));
    KNOOP_TRY(renew(context, peer, from, hello));
    KNOOP_TRY(incarnation_renewed(context, from, hello));
    KNOOP_TRY(take_heads(context, from, hello));
    renewed = true;
    return {};
  }
  if (log == LaterLog::refused) {
    peer.level = false;
    peer.untrusted = log_not_believed();
  }
  // Streams that ended with a membership ended at both sides, but not at one moment.
  const auto counts = [&](StreamKind kind) { return kind == StreamKind::protective || peer.level; };
  const bool same_text = hello.convenant.hash == parts_.membership.convenant_hash();
  for (const StreamKind kind : numbered_streams) {
    if (!counts(kind)) continue;
    const StreamComparison comparison =
        compare(hello.streams.at(kind), *peer.out.at(kind), peer.in.at(kind), peer.in_awaited.at(kind));
    // By its text of the convenant we may not be a member.
    if (!same_text && kind != StreamKind::protective &&
        (comparison.i_am_behind || comparison.peer_is_behind)) {
      peer.level = false;
      continue;
    }
    // Going on takes the next log of whoever was restored, and its privacy officer (incarnations.h).
    if (comparison.i_am_behind) peer.says_set_back = true;
    if (comparison.i_am_behind || comparison.peer_is_behind)
      return fail(
          ErrorCode::bad_sequence, comparison.i_am_behind ? Side::ours : Side::peer,
          "the {} stream does not continue where it stopped: {} was restored from a backup; nothing is "
          "exchanged until its privacy officer has opened its next log",
          to_string(kind), comparison.i_am_behind ? "this node" : "the peer");
  }
  PerStream<Committed> received;
  for (const StreamKind kind : numbered_streams) {
    if (!counts(kind)) continue;
    const StreamReport& report = hello.streams.at(kind);
    Committed& in = peer.in.at(kind);
    received.at(kind) = report.received;
    SendStream& out = *peer.out.at(kind);
    if (out.renewed() && report.received.id == out.id()) {
      KNOOP_TRY(
          context.tx.exec("UPDATE stream_out SET renewed = 0 WHERE peer = ? AND stream = ?", from, kind));
      out.followed();
    }
    if (in.id == report.id) continue;
    KNOOP_TRY(context.tx.exec("INSERT OR REPLACE INTO stream_in(peer, stream, instance) VALUES (?, ?, ?)",
                              from, kind, report.id));
    in = {report.id, 0};
    peer.in_awaited.at(kind) = false;
  }
  if (!peer.former)
    KNOOP_TRY(context.tx.exec("INSERT OR REPLACE INTO peer_hellos(peer, heard, offered) VALUES (?, ?, ?)",
                              from, context.now, encode(offered)));
  KNOOP_TRY(handle_ack(context.tx, peer, from, received, context.clock));
  peer.clock_ahead = hello.clock - context.clock;
  KNOOP_TRY(take_heads(context, from, hello));
  return context.member_clock(from, hello.clock);
}

Result<AgreedVersions> Channel::agree(const OfferedVersions& theirs) const {
  const Membership& membership = parts_.membership;
  const OfferedVersions mine{membership.self(), parts_.versions.protocol, parts_.versions.identifier_rules};
  const std::uint16_t least = membership.convenant() ? membership.convenant()->minimum_protocol : 1;
  return agree_versions(membership.network(), mine, theirs, least);
}

Result<std::optional<AgreedVersions>> Channel::agreed_versions(storage::Transaction& tx,
                                                               const MemberId& member) const {
  KNOOP_LET(row, tx.one("SELECT offered FROM peer_hellos WHERE peer = ?", member));
  if (!row) return std::nullopt;
  KNOOP_LET(offered, decode<OfferedVersions>(row->get<ByteView>(0)));
  KNOOP_LET(agreed, agree(offered));
  return agreed;
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

std::optional<Timestamp> Channel::next_due() const {
  std::optional<Timestamp> due;
  for (const auto& [member, peer] : peers_) {
    if (!peer.connected) continue;
    if (peer.greeting.waiting()) earliest(due, peer.hello_again);
    if (!peer.accepted || peer.trouble) continue;
    // A stream that may not send has nothing due, however long its frames wait: else the loop would never sleep.
    for (const StreamKind kind : numbered_streams)
      if (passes(peer, kind)) earliest(due, peer.out.at(kind)->next_look());
  }
  return due;
}

Result<PeerState> Channel::state(storage::Transaction& tx, const MemberId& member) const {
  const auto found = peers_.find(member);
  if (found == peers_.end())
    return fail(ErrorCode::not_found, Side::user, "{} is no member whose card is installed",
                parts_.membership.slug(member));
  const Peer& peer = found->second;
  KNOOP_LET(queued, tx.one("SELECT count(*) FROM outbox WHERE peer = ?", member));
  KNOOP_LET(dead, open_dead_letters(tx, member, std::nullopt));
  KNOOP_LET(voided, tx.one("SELECT count(*) FROM void_messages WHERE peer = ?", member));
  PeerState out{peer.connected,
                peer.connected && peer.accepted && peer.level,
                peer.last_heard,
                queued->get<std::uint64_t>(0),
                dead,
                peer.trouble ? peer.trouble : peer.untrusted,
                preshared_id(member),
                peer.clock_ahead,
                peer.former,
                std::nullopt,
                voided->get<std::uint64_t>(0)};
  if (peer.convenant) out.convenant = peer.convenant->number;
  return out;
}

bool Channel::reachable(const MemberId& member) const {
  const auto found = peers_.find(member);
  if (found == peers_.end()) return false;
  const Peer& peer = found->second;
  return peer.connected && peer.accepted && peer.level && !peer.trouble;
}

}  // namespace knoop
