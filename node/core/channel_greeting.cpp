// The Hello of both sides: who, which versions, which text of the convenant, and whether the streams go on where they stopped.
#include "node/core/channel.h"

#include "node/core/heads.h"
#include "node/core/incarnations.h"

namespace knoop {
namespace {

Error log_not_believed() {
  return {ErrorCode::bad_proof, Side::peer,
          "its log goes on otherwise than it must after a restore: only withdrawals and what else is "
          "protective pass, until the privacy officer has looked at it"};
}

}  // namespace

void Channel::distrust(const MemberId& member) {
  const auto found = peers_.find(member);
  if (found == peers_.end()) return;
  found->second.level = false;
  found->second.untrusted = log_not_believed();
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

Result<void> Channel::accept_hello(Context& context, Peer& peer, const MemberId& from, const Hello& hello,
                                   bool& renewed) {
  take_mark(peer, hello);
  const OfferedVersions offered{from, hello.protocol_versions, hello.identifier_rule_versions};
  KNOOP_TRY(agree(offered));
  KNOOP_LET(log, take_incarnation(context, from, hello));
  if (log == LaterLog::renew) {
    KNOOP_TRY(context.streams_renewed(from, Restored::peer));
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

}  // namespace knoop
