#include "node/core/channel.h"

#include <algorithm>

namespace knoop {
namespace {

Result<StreamId> open_stream(storage::Transaction& tx, Entropy& entropy, const MemberId& peer,
                             StreamKind kind) {
  const auto id = entropy.draw<StreamId>();
  KNOOP_TRY(tx.exec("INSERT INTO stream_out(peer, stream, instance) VALUES (?, ?, ?)", peer, kind, id));
  return id;
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

void Channel::link_up(const MemberId& member, Timestamp now) {
  const auto found = peers_.find(member);
  if (found == peers_.end()) return;
  found->second.connected = true;
  greet(found->second, now);
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
