#include "node/core/attachment_service.h"

#include <algorithm>

#include "crypto/hash.h"
#include "node/core/exchange_parts.h"
#include "node/core/records.h"
#include "storage/exchange_repository.h"
#include "storage/records_repository.h"

namespace knoop {
namespace {

using namespace exchange_parts;
using audit::Action;
using audit::Event;
using audit::Outcome;
using exchange::AttachmentFacts;
using exchange::AttachmentPiece;
using exchange::AttachmentWanted;
using storage::Incoming;
using storage::IncomingState;
using Reading = ExchangeService::Reading;

/// Deleting 4 MB takes some milliseconds.
constexpr std::int64_t deleted_at_once = 16;
/// Files of one peer that a turn looks at for whether they may start.
constexpr std::int64_t looked_at_once = 16;
constexpr Milliseconds refusal_logged_each = std::chrono::hours{24};
constexpr Milliseconds read_logged_each = std::chrono::minutes{15};

std::string name_of_fragment(const FragmentId& fragment) {
  return "fragment " + fragment.hex();
}

Bytes no_more(const AttachmentWanted& of) {
  return encode(AttachmentPiece{of.exchange, of.fragment, of.from, {}, {}});
}

/// Whether what the item of this release rests on still holds: consent, ground, or a consent recorded elsewhere, nobody was
/// told to lock what rests on it.
Result<bool> holds(Context& context, const MemberId& peer, const ExchangeId& exchange,
                   const exchange::OfferedItem& item) {
  KNOOP_LET(bases, storage::release_bases(context.tx, peer, exchange));
  if (item.basis >= bases.size()) return false;
  KNOOP_LET(withdrawn, storage::withdrawal_sent(context.tx, bases[item.basis], peer));
  return !withdrawn;
}

/// What this peer may have of a file with this exchange.
struct Given {
  bool released = false;  ///< Else it never got the fragment.
  std::string client;
  std::optional<storage::FileId> file;  ///< Nothing: not any more.
  AttachmentFacts facts;
};
Result<Given> given(Context& context, const MemberId& peer, const ExchangeId& exchange,
                    const FragmentId& fragment) {
  Given out;
  KNOOP_LET(release, storage::find_release(context.tx, peer, exchange));
  if (!release || release->state != storage::ReleaseState::disclosed || !release->receipt) return out;
  KNOOP_LET(body, decode<exchange::ReceiptBody>(release->receipt->body));
  const auto item = std::ranges::find(body.items, fragment, &exchange::OfferedItem::fragment);
  if (item == body.items.end() || item->category != Category::attachments) return out;
  out.released = true;
  out.client = release->client;
  if (body.obligations.until < Date::of(context.now)) return out;
  KNOOP_LET(allowed, holds(context, peer, exchange, *item));
  if (!allowed) return out;
  KNOOP_LET(stored, storage::find_fragment(context.tx, fragment));
  if (!stored) return out;
  const auto facts = exchange::attachment_of(stored->fragment);
  if (!facts) return out;
  KNOOP_LET(file, storage::own_file(context.tx, fragment));
  out.file = file;
  out.facts = *facts;
  return out;
}

}  // namespace

void AttachmentService::register_handlers(Dispatcher& dispatcher) {
  dispatcher.on(MessageType::attachment_wanted, Audience::members,
                [this](Context& context, const Received& message) { return on_wanted(context, message); });
  dispatcher.on(MessageType::attachment_piece, Audience::members,
                [this](Context& context, const Received& message) { return on_piece(context, message); });
}

Result<std::optional<Timestamp>> AttachmentService::on_tick(Context& context) {
  KNOOP_TRY(go_on(context));
  KNOOP_TRY(start_waiting(context));
  KNOOP_LET(stale, storage::uploads_before(context.tx, context.now - upload_ends_after));
  for (const storage::Upload& upload : stale) KNOOP_TRY(storage::end_upload(context.tx, upload, false));
  KNOOP_TRY(storage::forget_reads(context.tx, context.now - read_logged_each));
  KNOOP_LET(more, storage::delete_dropped(context.tx, deleted_at_once));
  if (more) return std::optional(context.now);
  KNOOP_LET(coming, storage::all_coming(context.tx));
  return std::optional(context.now + (coming.empty() ? room_looked_at_after : answered_again_after));
}

Result<void> AttachmentService::on_peer_ready(Context& context, const MemberId&) {
  context.wake();
  return {};
}

Result<void> AttachmentService::on_member_left(Context& context, const MemberId& peer) {
  KNOOP_LET(open, storage::open_incoming(context.tx, peer));
  for (Incoming& incoming : open)
    KNOOP_TRY(end(context, incoming, IncomingState::stopped, "one of the two is no member any more"));
  return {};
}

// ---- as owner

Result<FragmentId> AttachmentService::begin(Context& context, const File& file) {
  KNOOP_LET(client, storage::find_client(context.tx, file.client));
  if (!client) return fail(ErrorCode::not_found, Side::user, "there is no client with this reference");
  if (!exchange::is_attachable(file.media_type))
    return fail(ErrorCode::bad_format, Side::user, "PDF, JPEG and PNG can be attached, and nothing else");
  if (file.bytes == 0 || file.bytes > exchange::max_attachment)
    return fail(ErrorCode::over_limit, Side::user, "a file has 1 to {} bytes", exchange::max_attachment);
  KNOOP_LET(uploads, storage::count_uploads(context.tx));
  if (uploads >= max_uploads)
    return fail(ErrorCode::over_limit, Side::user, "{} files are being put in already; end one first",
                uploads);
  KNOOP_LET(room, context.tx.room());
  if (room < limits_.reserve + file.bytes)
    return fail(ErrorCode::disk_full, Side::ours,
                "no room for this file; free disk space and try again, nothing was stored");
  KNOOP_LET(content, storage::add_file(context.tx, file.client));
  const auto id = context.entropy.draw<FragmentId>();
  KNOOP_TRY(storage::add_upload(
      context.tx, {id, content, file.client, exchange::clean_file_name(file.name, file.media_type),
                   file.media_type, file.bytes, context.now}));
  return id;
}

Result<void> AttachmentService::put(Context& context, const FragmentId& upload, std::uint32_t number,
                                    ByteView bytes) {
  KNOOP_LET(found, storage::find_upload(context.tx, upload));
  if (!found) return fail(ErrorCode::not_found, Side::user, "no file is being put in under this id");
  const AttachmentFacts facts{found->name, found->media_type, found->bytes, {}};
  KNOOP_LET(hashes, storage::piece_hashes(context.tx, found->file));
  if (number != hashes.size() || number >= facts.pieces())
    return fail(ErrorCode::bad_sequence, Side::user, "piece {} of this file comes next, of {}", hashes.size(),
                facts.pieces());
  if (bytes.size() != facts.size_of(number))
    return fail(ErrorCode::bad_length, Side::user, "piece {} has {} bytes, not {}", number,
                facts.size_of(number), bytes.size());
  if (number == 0 && !exchange::begins_like(facts.media_type, bytes))
    return fail(ErrorCode::bad_format, Side::user,
                "the file does not begin like one of its type; PDF, JPEG and PNG can be attached");
  return storage::add_piece(context.tx, found->file, number, sha256(bytes), bytes);
}

Result<void> AttachmentService::finish(Context& context, const FragmentId& upload, const Words& words) {
  KNOOP_LET(found, storage::find_upload(context.tx, upload));
  if (!found) return fail(ErrorCode::not_found, Side::user, "no file is being put in under this id");
  KNOOP_LET(hashes, storage::piece_hashes(context.tx, found->file));
  const AttachmentFacts facts{found->name, found->media_type, found->bytes, exchange::root_of(hashes)};
  if (hashes.size() != facts.pieces())
    return fail(ErrorCode::wrong_state, Side::user, "{} of {} pieces of this file are here", hashes.size(),
                facts.pieces());
  records::Fragment fragment;
  fragment.category = Category::attachments;
  fragment.title = words.title;
  fragment.author = words.author;
  fragment.date = words.date;
  fragment.persons = words.persons;
  fragment.content = exchange::attachment_content(facts, words.description);
  KNOOP_TRY(add_fragment_as(context, upload, found->client, fragment, words.parent));
  KNOOP_TRY(storage::end_upload(context.tx, *found, true));
  return context
      .audit({.event = Event::attachment_stored,
              .action = Action::create,
              .client = found->client,
              .object = name_of_fragment(upload),
              .detail = fmt::format("{} bytes", facts.bytes)})
      .map([](std::uint64_t) {});
}

Result<void> AttachmentService::give_up(Context& context, const FragmentId& upload) {
  KNOOP_LET(found, storage::find_upload(context.tx, upload));
  if (!found) return fail(ErrorCode::not_found, Side::user, "no file is being put in under this id");
  context.wake();
  return storage::end_upload(context.tx, *found, false);
}

Result<Bytes> AttachmentService::piece(Context& context, const FragmentId& fragment, std::uint32_t number) {
  KNOOP_LET(stored, storage::find_fragment(context.tx, fragment));
  KNOOP_LET(file, storage::own_file(context.tx, fragment));
  if (!stored || !file) return fail(ErrorCode::not_found, Side::user, "there is no such file of our own");
  KNOOP_LET(bytes, storage::find_piece(context.tx, *file, number));
  if (!bytes) return fail(ErrorCode::not_found, Side::user, "this file has no piece {}", number);
  KNOOP_LET(client, storage::find_client(context.tx, stored->client));
  KNOOP_LET(first, storage::note_read(context.tx, context.actor.user, fragment,
                                      context.now - read_logged_each, context.now));
  if (first)
    KNOOP_TRY(context.audit({.event = Event::fragment_read,
                             .action = Action::read,
                             .client = client->client.ref,
                             .object = name_of_fragment(fragment),
                             .detail = "its file"}));
  return std::move(*bytes);
}

// ---- as sender

Result<void> AttachmentService::on_wanted(Context& context, const Received& message) {
  const auto wanted = decode<AttachmentWanted>(message.body);
  if (!wanted) return refuse(context, message.from, "a question for a file that cannot be read");
  if (wanted->count == 0 || wanted->count > exchange::most_asked)
    return refuse(context, message.from, "a question for more pieces than go at once");
  return answer(context, message.from, *wanted);
}

Result<void> AttachmentService::answer(Context& context, const MemberId& peer,
                                       const AttachmentWanted& wanted) {
  if (!context.clock_sure()) return {};  // nothing leaves; it will ask again
  KNOOP_LET(what, given(context, peer, wanted.exchange, wanted.fragment));
  if (!what.released) return refuse(context, peer, "a question for a file that was not released to it");
  if (what.file && wanted.from >= what.facts.pieces())
    return refuse(context, peer, "a question for a piece past the end of a file");
  KNOOP_LET(last, storage::last_asked(context.tx, peer, wanted.exchange, wanted.fragment));
  if (last && wanted.from < last->to && context.now - last->at < answered_again_after) return {};
  KNOOP_LET(under_way, storage::pieces_under_way(context.tx, peer));
  KNOOP_LET(room, context.tx.room());
  if (under_way + wanted.count > most_under_way || room < limits_.reserve) return {};
  const std::uint32_t to =
      what.file ? std::min(wanted.from + wanted.count, what.facts.pieces()) : wanted.from + 1;
  KNOOP_TRY(storage::set_asked(context.tx, peer, wanted.exchange, wanted.fragment, {to, context.now}));
  const SubjectId subject = subject_of(wanted.exchange);
  if (!what.file) return context.send(peer, MessageType::attachment_piece, subject, no_more(wanted));
  if (!last)
    KNOOP_TRY(
        context.audit({.event = Event::attachment_sent,
                       .peer = peer,
                       .client = what.client,
                       .object = name_of_fragment(wanted.fragment),
                       .detail = fmt::format("{}, {} bytes", name_of(wanted.exchange), what.facts.bytes)}));
  for (std::uint32_t number = wanted.from; number < to; ++number) {
    AttachmentPiece piece{wanted.exchange, wanted.fragment, number, {}, {}};
    if (number == 0) {
      KNOOP_LET(hashes, storage::piece_hashes(context.tx, *what.file));
      piece.hashes = std::move(hashes);
    }
    KNOOP_LET(bytes, storage::find_piece(context.tx, *what.file, number));
    if (!bytes) return context.send(peer, MessageType::attachment_piece, subject, no_more(wanted));
    piece.bytes = std::move(*bytes);
    KNOOP_TRY(send(context, peer, MessageType::attachment_piece, piece));
  }
  return {};
}

Result<void> AttachmentService::refuse(Context& context, const MemberId& peer, std::string_view why) {
  const auto logged = refused_.find(peer);
  if (logged != refused_.end() && context.now - logged->second < refusal_logged_each) return {};
  KNOOP_TRY(context.audit({.event = Event::peer_refused,
                           .outcome = Outcome::refused,
                           .peer = peer,
                           .action = Action::execute,
                           .object = "attachment",
                           .detail = std::string(why)}));
  refused_[peer] = context.now;
  return {};
}

Result<void> AttachmentService::on_release(Context& context, const ReleaseNews& news) {
  if (news.step == ReleaseStep::withdrawn)
    return context.take_back(news.peer, MessageType::attachment_piece, subject_of(news.exchange),
                             [&](ByteView body) -> Result<std::optional<Bytes>> {
                               KNOOP_LET(piece, decode<AttachmentPiece>(body));
                               KNOOP_LET(still, given(context, news.peer, piece.exchange, piece.fragment));
                               if (still.file) return std::optional<Bytes>{};
                               return std::optional(no_more({piece.exchange, piece.fragment, piece.number}));
                             });
  if (news.step != ReleaseStep::received) return {};
  KNOOP_LET(all, storage::received_with(context.tx, news.peer, news.exchange));
  for (const storage::ReceivedFragment& one : all) KNOOP_TRY(expect(context, one));
  return start_waiting(context);
}

// ---- as receiver

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

Result<Bytes> AttachmentService::received_piece(Context& context, const MemberId& peer,
                                                const ExchangeId& exchange, const FragmentId& fragment,
                                                std::uint32_t number) {
  const auto missing = [] {
    return fail(ErrorCode::not_found, Side::user,
                "there is no such received file, or its fragment may not be read");
  };
  KNOOP_LET(received, storage::find_received(context.tx, peer, exchange, fragment));
  if (!received) return missing();
  KNOOP_LET(reading, exchange_.reading_of(context, *received));
  const auto facts = exchange::attachment_of(received->fragment.content);
  if (reading != Reading::open || !facts) return missing();
  KNOOP_LET(incoming, storage::find_incoming(context.tx, peer, fragment, facts->root));
  if (!incoming || incoming->state != IncomingState::complete || incoming->bytes != facts->bytes)
    return fail(ErrorCode::wrong_state, Side::user, "{} of {} pieces of this file are here{}",
                incoming ? incoming->have : 0, facts->pieces(),
                incoming && !incoming->why.empty() ? ": " + incoming->why : "");
  KNOOP_LET(bytes, storage::find_piece(context.tx, *incoming->file, number));
  if (!bytes) return fail(ErrorCode::not_found, Side::user, "this file has no piece {}", number);
  KNOOP_LET(first, storage::note_read(context.tx, context.actor.user, fragment,
                                      context.now - read_logged_each, context.now));
  if (first)
    KNOOP_TRY(context.audit({.event = Event::fragment_read,
                             .bases = {received->basis},
                             .peer = peer,
                             .action = Action::read,
                             .client = received->client,
                             .object = name_of_fragment(fragment),
                             .purpose = std::string(to_string(received->purpose)),
                             .detail = "its file"}));
  return std::move(*bytes);
}

Result<std::vector<AttachmentService::Listed>> AttachmentService::received_files(Context& context,
                                                                                 const std::string& client) {
  std::vector<Listed> out;
  KNOOP_LET(all, storage::received_of(context.tx, client));
  for (const storage::ReceivedFragment& one : all) {
    const auto facts = exchange::attachment_of(one.fragment.content);
    if (!facts) continue;
    KNOOP_LET(incoming, storage::find_incoming(context.tx, one.peer, one.fragment.id, facts->root));
    KNOOP_LET(reading, exchange_.reading_of(context, one));
    Listed listed{one.peer, one.exchange, one.fragment.id, *facts, IncomingState::stopped, 0, "", false};
    listed.readable = reading == Reading::open;
    if (!listed.readable) listed.facts.name.clear();
    if (incoming) {
      listed.state = incoming->state;
      listed.have = incoming->have;
      listed.why = incoming->why;
    }
    out.push_back(std::move(listed));
  }
  KNOOP_TRY(context.audit({.event = Event::client_read,
                           .action = Action::read,
                           .client = client,
                           .detail = fmt::format("{} files of others listed", out.size())}));
  return out;
}

}  // namespace knoop
