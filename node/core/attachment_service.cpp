// AttachmentService as owner, and what it does by itself.
#include "node/core/attachment_service.h"

#include "crypto/hash.h"
#include "node/core/attachment_parts.h"
#include "node/core/records.h"
#include "storage/records_repository.h"

namespace knoop {
namespace {

using namespace attachment_parts;
using audit::Action;
using audit::Event;
using audit::Outcome;
using exchange::AttachmentFacts;
using storage::Incoming;
using storage::IncomingState;

/// Deleting 4 MB takes some milliseconds.
constexpr std::int64_t deleted_at_once = 16;
constexpr Milliseconds refusal_logged_each = std::chrono::hours{24};

std::string who_of(const Context& context) {
  return fmt::format("{}:{}", to_string(context.actor.role), context.actor.user);
}

/// Another's is not there, as one that never was.
Result<storage::Upload> own_upload(Context& context, const FragmentId& upload) {
  KNOOP_LET(found, storage::find_upload(context.tx, upload));
  if (!found || found->begun_by != who_of(context))
    return fail(ErrorCode::not_found, Side::user, "you are putting in no file under this id");
  return *found;
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

Result<void> AttachmentService::on_restored(Context& context, const MemberId& peer, Restored) {
  KNOOP_LET(open, storage::open_incoming(context.tx, peer));
  for (Incoming& incoming : open)
    KNOOP_TRY(end(context, incoming, IncomingState::stopped, "one of the two was restored from a backup"));
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
                   file.media_type, file.bytes, context.now, who_of(context)}));
  return id;
}

Result<void> AttachmentService::put(Context& context, const FragmentId& upload, std::uint32_t number,
                                    ByteView bytes) {
  KNOOP_LET(found, own_upload(context, upload));
  const AttachmentFacts facts{found.name, found.media_type, found.bytes, {}};
  KNOOP_LET(hashes, storage::piece_hashes(context.tx, found.file));
  if (number != hashes.size() || number >= facts.pieces())
    return fail(ErrorCode::bad_sequence, Side::user, "piece {} of this file comes next, of {}", hashes.size(),
                facts.pieces());
  if (bytes.size() != facts.size_of(number))
    return fail(ErrorCode::bad_length, Side::user, "piece {} has {} bytes, not {}", number,
                facts.size_of(number), bytes.size());
  if (number == 0 && !exchange::begins_like(facts.media_type, bytes))
    return fail(ErrorCode::bad_format, Side::user,
                "the file does not begin like one of its type; PDF, JPEG and PNG can be attached");
  return storage::add_piece(context.tx, found.file, number, sha256(bytes), bytes);
}

Result<void> AttachmentService::finish(Context& context, const FragmentId& upload, const Words& words) {
  KNOOP_LET(found, own_upload(context, upload));
  KNOOP_LET(hashes, storage::piece_hashes(context.tx, found.file));
  const AttachmentFacts facts{found.name, found.media_type, found.bytes, exchange::root_of(hashes)};
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
  KNOOP_TRY(add_fragment_as(context, upload, found.client, fragment, words.parent));
  KNOOP_TRY(storage::end_upload(context.tx, found, true));
  return context
      .audit({.event = Event::attachment_stored,
              .action = Action::create,
              .client = found.client,
              .object = name_of_fragment(upload),
              .detail = fmt::format("{} bytes", facts.bytes)})
      .map([](std::uint64_t) {});
}

Result<void> AttachmentService::give_up(Context& context, const FragmentId& upload) {
  KNOOP_LET(found, own_upload(context, upload));
  context.wake();
  return storage::end_upload(context.tx, found, false);
}

Result<Bytes> AttachmentService::piece(Context& context, const FragmentId& fragment, std::uint32_t number) {
  KNOOP_LET(stored, storage::find_fragment(context.tx, fragment));
  KNOOP_LET(file, storage::own_file(context.tx, fragment));
  if (!stored || !file) return fail(ErrorCode::not_found, Side::user, "there is no such file of our own");
  KNOOP_LET(bytes, storage::find_piece(context.tx, *file, number));
  if (!bytes) return fail(ErrorCode::not_found, Side::user, "this file has no piece {}", number);
  KNOOP_LET(client, storage::find_client(context.tx, stored->client));
  KNOOP_LET(first, storage::note_read(context.tx, context.actor.user, fragment, false,
                                      context.now - read_logged_each, context.now));
  if (first)
    KNOOP_TRY(context.audit({.event = Event::fragment_read,
                             .action = Action::read,
                             .client = client->client.ref,
                             .object = name_of_fragment(fragment),
                             .detail = "its file"}));
  return std::move(*bytes);
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

}  // namespace knoop
