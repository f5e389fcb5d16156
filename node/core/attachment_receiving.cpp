// AttachmentService as receiver: what it waits for, asks, and keeps.
#include "crypto/hash.h"
#include "node/core/attachment_parts.h"
#include "node/core/attachment_service.h"
#include "storage/exchange_repository.h"

namespace knoop {
namespace {

using namespace attachment_parts;
using namespace exchange_parts;
using audit::Action;
using audit::Event;
using audit::Outcome;
using exchange::AttachmentPiece;
using exchange::AttachmentWanted;
using storage::Incoming;
using storage::IncomingState;
using Reading = ExchangeService::Reading;

/// Files of one peer that a turn looks at for whether they may start.
constexpr std::int64_t looked_at_once = 16;

}  // namespace

Result<void> AttachmentService::on_release(Context& context, const ReleaseNews& news) {
  if (news.step == ReleaseStep::withdrawn) return take_back(context, news);
  if (news.step != ReleaseStep::received) return {};
  KNOOP_LET(all, storage::received_with(context.tx, news.peer, news.exchange));
  for (const storage::ReceivedFragment& one : all) KNOOP_TRY(expect(context, one));
  return start_waiting(context);
}

Result<void> AttachmentService::expect(Context& context, const storage::ReceivedFragment& received) {
  const auto facts = exchange::attachment_of(received.fragment.content);
  if (!facts) return {};
  KNOOP_LET(reading, exchange_.reading_of(context, received));
  if (reading == Reading::closed) return {};
  KNOOP_LET(known, storage::find_incoming(context.tx, received.peer, received.fragment.id, facts->root));
  // Here already, or on its way with an earlier release.
  if (known && known->state != IncomingState::broken && known->state != IncomingState::stopped) return {};
  Incoming incoming;
  incoming.peer = received.peer;
  incoming.fragment = received.fragment.id;
  incoming.root = facts->root;
  incoming.exchange = received.exchange;
  incoming.bytes = facts->bytes;
  return storage::put_incoming(context.tx, incoming);
}

Result<AttachmentService::Access> AttachmentService::access(Context& context, const Incoming& incoming) {
  Access best;
  KNOOP_LET(all, storage::received_of(context.tx, incoming.peer, incoming.fragment));
  for (storage::ReceivedFragment& one : all) {
    const auto facts = exchange::attachment_of(one.fragment.content);
    if (!facts || facts->root != incoming.root || facts->bytes != incoming.bytes) continue;
    KNOOP_LET(reading, exchange_.reading_of(context, one));
    // The exchange that it is asked for with, as long as that one is as good as any.
    const bool better = !best.fragment || reading < best.reading ||
                        (reading == best.reading && one.exchange == incoming.exchange);
    if (better) best = {reading, std::move(one)};
  }
  return best;
}

Result<void> AttachmentService::go_on(Context& context) {
  KNOOP_LET(coming, storage::all_coming(context.tx));
  for (Incoming& incoming : coming) {
    KNOOP_LET(now, access(context, incoming));
    if (now.reading == Reading::closed)
      KNOOP_TRY(end(context, incoming, IncomingState::stopped, "it may not be read any more"));
    else if (incoming.asked + asked_again_after <= context.now)
      KNOOP_TRY(ask(context, incoming));
  }
  return {};
}

Result<void> AttachmentService::start_waiting(Context& context) {
  KNOOP_LET(peers, storage::waited_for(context.tx));
  for (const MemberId& peer : peers) {
    if (!context.reachable(peer) || !context.membership().in_force(context.now)) continue;
    KNOOP_LET(coming, storage::count_coming(context.tx, peer));
    KNOOP_LET(waiting, storage::waiting_of(context.tx, peer, looked_at_once));
    for (Incoming& incoming : waiting) {
      if (coming >= coming_at_once) break;
      KNOOP_LET(now, access(context, incoming));
      if (now.reading == Reading::closed) {
        KNOOP_TRY(end(context, incoming, IncomingState::stopped, "it may not be read any more"));
        continue;
      }
      KNOOP_LET(why, hindrance(context, incoming));
      if (!why.empty()) {
        KNOOP_TRY(wait(context, incoming, std::move(why)));
        continue;
      }
      if (!incoming.file) {
        KNOOP_LET(file, storage::add_file(context.tx, now.fragment->client));
        incoming.file = file;
      }
      KNOOP_TRY(ask(context, incoming));
      if (incoming.state == IncomingState::coming) ++coming;
    }
  }
  return {};
}

Result<std::string> AttachmentService::hindrance(Context& context, const Incoming& incoming) {
  KNOOP_LET(stored, storage::bytes_incoming(context.tx, incoming.peer));
  if (stored.of_peer + incoming.bytes > limits_.of_peer || stored.of_all + incoming.bytes > limits_.of_all)
    return std::string(to_string(ErrorCode::over_limit));
  KNOOP_LET(room, context.tx.room());
  if (room < limits_.reserve + incoming.bytes) return std::string(to_string(ErrorCode::disk_full));
  return std::string();
}

Result<void> AttachmentService::wait(Context& context, Incoming& incoming, std::string why) {
  const bool news = incoming.why != why;
  incoming.state = IncomingState::waiting;
  incoming.why = std::move(why);
  incoming.asked = context.now;  // so that others have their turn first
  KNOOP_TRY(storage::put_incoming(context.tx, incoming));
  if (!news) return {};
  KNOOP_LET(all, storage::received_of(context.tx, incoming.peer, incoming.fragment));
  return context
      .audit({.event = Event::attachment_received,
              .outcome = Outcome::failed,
              .peer = incoming.peer,
              .action = Action::create,
              .client = all.empty() ? "" : all.front().client,
              .object = name_of_fragment(incoming.fragment),
              .detail = fmt::format("waits: {}", incoming.why)})
      .map([](std::uint64_t) {});
}

Result<void> AttachmentService::ask(Context& context, Incoming& incoming) {
  if (!context.reachable(incoming.peer) || !context.membership().in_force(context.now)) return {};
  KNOOP_LET(room, context.tx.room());
  if (room < limits_.reserve) return wait(context, incoming, std::string(to_string(ErrorCode::disk_full)));
  KNOOP_LET(now, access(context, incoming));
  if (now.reading != Reading::open) return {};
  incoming.exchange = now.fragment->exchange;
  incoming.state = IncomingState::coming;
  incoming.why.clear();
  incoming.asked = context.now;
  KNOOP_TRY(storage::put_incoming(context.tx, incoming));
  context.wake();
  // Up to the next round number: so a question after a break and the next one never name a piece twice.
  const std::uint32_t count = exchange::most_asked - incoming.have % exchange::most_asked;
  return send(context, incoming.peer, MessageType::attachment_wanted,
              AttachmentWanted{incoming.exchange, incoming.fragment, incoming.have, count});
}

Result<void> AttachmentService::end(Context& context, Incoming& incoming, IncomingState state,
                                    std::string_view why) {
  incoming.state = state;
  incoming.why.clear();
  if (state != IncomingState::complete) {
    if (incoming.file) KNOOP_TRY(storage::drop_file(context.tx, *incoming.file));
    incoming.file.reset();
    incoming.have = 0;
    incoming.hashes.clear();
    incoming.why = why;
  }
  KNOOP_TRY(storage::put_incoming(context.tx, incoming));
  context.wake();  // the next file, and the deletion of this one
  KNOOP_LET(all, storage::received_of(context.tx, incoming.peer, incoming.fragment));
  return context
      .audit({.event = Event::attachment_received,
              .outcome = state == IncomingState::complete ? Outcome::success : Outcome::failed,
              .peer = incoming.peer,
              .action = Action::create,
              .client = all.empty() ? "" : all.front().client,
              .object = name_of_fragment(incoming.fragment),
              .detail = std::string(why)})
      .map([](std::uint64_t) {});
}

Result<void> AttachmentService::on_piece(Context& context, const Received& message) {
  auto piece = decode<AttachmentPiece>(message.body);
  if (!piece) return refuse(context, message.from, "a piece of a file that cannot be read");
  KNOOP_LET(coming, storage::find_coming(context.tx, message.from, piece->exchange, piece->fragment));
  if (coming) return take(context, *coming, *piece);
  // What was under way when it ended here is nobody's fault.
  KNOOP_LET(known, storage::knows_incoming(context.tx, message.from, piece->exchange, piece->fragment));
  return known ? Result<void>{} : refuse(context, message.from, "a piece of a file that nobody asked for");
}

Result<void> AttachmentService::take(Context& context, Incoming& incoming, AttachmentPiece& piece) {
  KNOOP_LET(now, access(context, incoming));
  if (now.reading == Reading::closed)
    return end(context, incoming, IncomingState::stopped, "it may not be read any more");
  if (piece.bytes.empty())
    return end(context, incoming, IncomingState::stopped, "the sender gives no more of it");
  if (piece.number != incoming.have) return {};  // late, again, or out of order: asked again when it is due
  const auto broken = [&](std::string_view why) {
    return end(context, incoming, IncomingState::broken, why);
  };
  const auto facts = exchange::attachment_of(now.fragment->fragment.content);
  KNOOP_ASSERT(facts.has_value(), "a file is asked for by what its fragment says");
  if (piece.number == 0) {
    if (piece.hashes.size() != facts->pieces() || exchange::root_of(piece.hashes) != incoming.root)
      return broken("its pieces are not those that were committed to");
    if (!exchange::begins_like(facts->media_type, piece.bytes))
      return broken("it is not of the type that it says");
    incoming.hashes = std::move(piece.hashes);
  }
  if (piece.bytes.size() != facts->size_of(piece.number) ||
      sha256(piece.bytes) != incoming.hashes.at(piece.number))
    return broken("a piece is not the one that was committed to");
  KNOOP_TRY(storage::add_piece(context.tx, *incoming.file, piece.number, incoming.hashes[piece.number],
                               piece.bytes));
  ++incoming.have;
  if (incoming.have == facts->pieces())
    return end(context, incoming, IncomingState::complete, fmt::format("{} bytes", facts->bytes));
  if (incoming.have % exchange::most_asked == 0) return ask(context, incoming);
  return storage::put_incoming(context.tx, incoming);
}

}  // namespace knoop
