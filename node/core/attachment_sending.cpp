// AttachmentService as sender: questions for pieces, their answers, and what a withdrawal takes back of them.
#include <algorithm>

#include "node/core/attachment_parts.h"
#include "node/core/attachment_service.h"
#include "storage/exchange_repository.h"
#include "storage/records_repository.h"

namespace knoop {
namespace {

using namespace attachment_parts;
using namespace exchange_parts;
using audit::Event;
using exchange::AttachmentFacts;
using exchange::AttachmentPiece;
using exchange::AttachmentWanted;

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

Result<void> AttachmentService::take_back(Context& context, const ReleaseNews& news) {
  return context.take_back(news.peer, MessageType::attachment_piece, subject_of(news.exchange),
                           [&](ByteView body) -> Result<std::optional<Bytes>> {
                             KNOOP_LET(piece, decode<AttachmentPiece>(body));
                             KNOOP_LET(still, given(context, news.peer, piece.exchange, piece.fragment));
                             if (still.file) return std::optional<Bytes>{};
                             return std::optional(no_more({piece.exchange, piece.fragment, piece.number}));
                           });
}

}  // namespace knoop
