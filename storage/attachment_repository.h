// Files that belong to fragments, in pieces (docs/spec/attachments.md). The order of things is
// node/core/attachment_service's; these functions keep and give back, and know no rule.
//
// The bytes themselves go through add_piece() and find_piece() and nowhere else. A file that nobody may read any more is
// dropped: from that moment on it is gone for every reader, and its pieces are deleted a few at a time. A trigger drops the
// file of a fragment that is deleted, by whomever.
#pragma once

#include "protocol/exchange/attachments.h"
#include "storage/database.h"

namespace knoop::storage {

/// A file's content: a running number of this node's own.
enum class FileId : std::int64_t {};

[[nodiscard]] Result<FileId> add_file(Transaction& tx, std::string_view client);
/// Sealed under the client's erasure key. Pieces of a dropped file, or of a destroyed client, are not found.
[[nodiscard]] Result<void> add_piece(Transaction& tx, FileId file, std::uint32_t number, const Hash256& hash,
                                     ByteView bytes);
[[nodiscard]] Result<std::optional<Bytes>> find_piece(Transaction& tx, FileId file, std::uint32_t number);
[[nodiscard]] Result<std::vector<Hash256>> piece_hashes(Transaction& tx, FileId file);
[[nodiscard]] Result<void> drop_file(Transaction& tx, FileId file);
/// Deletes at most `limit` pieces of dropped files; true when some are left.
[[nodiscard]] Result<bool> delete_dropped(Transaction& tx, std::int64_t limit);

/// A file that is being put in.
struct Upload {
  FragmentId fragment;
  FileId file{};
  std::string client;
  std::string name;
  std::string media_type;
  std::uint64_t bytes = 0;
  Timestamp started;
  std::string begun_by{};  ///< Role and account: nobody else goes on with it.
};
[[nodiscard]] Result<void> add_upload(Transaction& tx, const Upload& upload);
[[nodiscard]] Result<std::optional<Upload>> find_upload(Transaction& tx, const FragmentId& fragment);
[[nodiscard]] Result<std::int64_t> count_uploads(Transaction& tx);
/// Ends it; its file is the fragment's from now on, or dropped.
[[nodiscard]] Result<void> end_upload(Transaction& tx, const Upload& upload, bool keep);
/// Those that were begun before `then` and never ended.
[[nodiscard]] Result<std::vector<Upload>> uploads_before(Transaction& tx, Timestamp then);

/// Of an own fragment.
[[nodiscard]] Result<std::optional<FileId>> own_file(Transaction& tx, const FragmentId& fragment);

enum class IncomingState : std::uint8_t {
  waiting = 1,   ///< For its turn, or for room.
  coming = 2,    ///< Asked for.
  complete = 3,  ///< All of it is here.
  broken = 4,    ///< It is not what its fragment committed to: nothing of it is kept.
  stopped = 5,  ///< Its fragment may not be read any more, or the sender gives no more: what came is dropped.
};
/// A file of a peer's fragment.
struct Incoming {
  MemberId peer;
  FragmentId fragment;
  Hash256 root;
  ExchangeId exchange;
  std::optional<FileId> file{};  ///< While anything of it is kept.
  std::uint64_t bytes = 0;       ///< As announced.
  std::uint32_t have = 0;
  std::vector<Hash256> hashes{};
  IncomingState state = IncomingState::waiting;
  std::string why{};
  Timestamp asked{};
};
/// Inserts or overwrites.
[[nodiscard]] Result<void> put_incoming(Transaction& tx, const Incoming& incoming);
[[nodiscard]] Result<std::optional<Incoming>> find_incoming(Transaction& tx, const MemberId& peer,
                                                            const FragmentId& fragment, const Hash256& root);
/// The one that is asked for with this exchange.
[[nodiscard]] Result<std::optional<Incoming>> find_coming(Transaction& tx, const MemberId& peer,
                                                          const ExchangeId& exchange,
                                                          const FragmentId& fragment);
/// Whether this file of this exchange is known, in any state.
[[nodiscard]] Result<bool> knows_incoming(Transaction& tx, const MemberId& peer, const ExchangeId& exchange,
                                          const FragmentId& fragment);
[[nodiscard]] Result<std::vector<Incoming>> all_coming(Transaction& tx);
/// Members of whom files wait, and those files, longest ago looked at first.
[[nodiscard]] Result<std::vector<MemberId>> waited_for(Transaction& tx);
[[nodiscard]] Result<std::vector<Incoming>> waiting_of(Transaction& tx, const MemberId& peer,
                                                       std::int64_t limit);
/// Waiting or coming.
[[nodiscard]] Result<std::vector<Incoming>> open_incoming(Transaction& tx, const MemberId& peer);
[[nodiscard]] Result<std::int64_t> count_coming(Transaction& tx, const MemberId& peer);
/// Announced bytes of what is coming or came: of this peer, and of all.
struct Stored {
  std::uint64_t of_peer = 0;
  std::uint64_t of_all = 0;
};
[[nodiscard]] Result<Stored> bytes_incoming(Transaction& tx, const MemberId& peer);

// Questions of peers.
struct Asked {
  std::uint32_t to = 0;
  Timestamp at;
};
[[nodiscard]] Result<std::optional<Asked>> last_asked(Transaction& tx, const MemberId& peer,
                                                      const ExchangeId& exchange, const FragmentId& fragment);
[[nodiscard]] Result<void> set_asked(Transaction& tx, const MemberId& peer, const ExchangeId& exchange,
                                     const FragmentId& fragment, const Asked& asked);
/// True when this reader's last read of the file, of this kind, was noted before `since`, or never; then it is noted now.
[[nodiscard]] Result<bool> note_read(Transaction& tx, std::string_view reader, const FragmentId& fragment,
                                     bool emergency, Timestamp since, Timestamp now);
[[nodiscard]] Result<void> forget_reads(Transaction& tx, Timestamp before);
/// Pieces for this peer that it has not acknowledged.
[[nodiscard]] Result<std::int64_t> pieces_under_way(Transaction& tx, const MemberId& peer);

}  // namespace knoop::storage
