#include "storage/attachment_repository.h"

#include "protocol/channel/message_type.h"
#include "storage/sealed_row.h"

namespace knoop::storage {
namespace {

Bytes joined(const std::vector<Hash256>& hashes) {
  Bytes out;
  for (const Hash256& hash : hashes) append(out, hash.view());
  return out;
}
std::vector<Hash256> split(ByteView bytes) {
  std::vector<Hash256> out;
  for (std::size_t at = 0; at + Hash256::size <= bytes.size(); at += Hash256::size)
    out.push_back(*Hash256::from(bytes.subspan(at, Hash256::size)));
  return out;
}

RowNumber name_of_piece(FileId file, std::uint32_t number) {
  static_assert(exchange::most_pieces < 1024);
  return RowNumber(static_cast<std::int64_t>(file) * 1024 + number);
}

constexpr std::string_view upload_columns =
    "fragment, file, client, name, media_type, bytes, started, begun_by";

Upload upload_from(const Row& row) {
  Upload out;
  out.fragment = row.get<FragmentId>(0);
  out.file = row.get<FileId>(1);
  out.client = row.get<std::string>(2);
  out.name = row.get<std::string>(3);
  out.media_type = row.get<std::string>(4);
  out.bytes = row.get<std::uint64_t>(5);
  out.started = row.get<Timestamp>(6);
  out.begun_by = row.get<std::string>(7);
  return out;
}

constexpr std::string_view incoming_columns =
    "peer, fragment, root, exchange, file, bytes, have, hashes, state, why, asked";

Incoming incoming_from(const Row& row) {
  Incoming out;
  out.peer = row.get<MemberId>(0);
  out.fragment = row.get<FragmentId>(1);
  out.root = row.get<Hash256>(2);
  out.exchange = row.get<ExchangeId>(3);
  out.file = row.get<std::optional<FileId>>(4);
  out.bytes = row.get<std::uint64_t>(5);
  out.have = row.get<std::uint32_t>(6);
  if (!row.is_null(7)) out.hashes = split(row.get<ByteView>(7));
  out.state = row.get<IncomingState>(8);
  out.why = row.get<std::string>(9);
  out.asked = row.get<Timestamp>(10);
  return out;
}

std::optional<Incoming> incoming_from(const std::optional<Row>& row) {
  if (!row) return std::nullopt;
  return incoming_from(*row);
}

template <typename... Args>
Result<std::vector<Incoming>> incoming_where(Transaction& tx, std::string_view condition,
                                             const Args&... args) {
  std::vector<Incoming> out;
  KNOOP_TRY(tx.each(fmt::format("SELECT {} FROM attachments_in WHERE {}", incoming_columns, condition),
                    args..., [&](const Row& row) -> Result<void> {
                      out.push_back(incoming_from(row));
                      return {};
                    }));
  return out;
}

Result<std::int64_t> number_of(Result<std::optional<Row>> found) {
  KNOOP_LET(row, std::move(found));
  return row->get<std::int64_t>(0);
}

}  // namespace

Result<FileId> add_file(Transaction& tx, std::string_view client) {
  return tx.insert("INSERT INTO attachment_files(client) VALUES (?)", client).map([](std::int64_t id) {
    return FileId{id};
  });
}

Result<void> add_piece(Transaction& tx, FileId file, std::uint32_t number, const Hash256& hash,
                       ByteView bytes) {
  KNOOP_LET(row, tx.one("SELECT client FROM attachment_files WHERE id = ?", file));
  KNOOP_ASSERT(row.has_value(), "pieces are added to a file that is there");
  KNOOP_LET(key, tx.vault().key_of(row->get<std::string>(0)));
  const RowNumber name = name_of_piece(file, number);
  KNOOP_LET(sealed, tx.vault().seal(key, {"attachment_pieces", name.view()}, bytes));
  return tx.exec("INSERT INTO attachment_pieces(file, number, hash, sealed) VALUES (?, ?, ?, ?)", file,
                 number, hash, sealed);
}

Result<std::optional<Bytes>> find_piece(Transaction& tx, FileId file, std::uint32_t number) {
  KNOOP_LET(row, tx.one("SELECT p.sealed FROM attachment_pieces p JOIN attachment_files f ON f.id = p.file "
                        "WHERE p.file = ? AND p.number = ? AND f.dropped = 0",
                        file, number));
  if (!row) return std::optional<Bytes>{};
  const RowNumber name = name_of_piece(file, number);
  return tx.vault().open({"attachment_pieces", name.view()}, row->get<ByteView>(0));
}

Result<std::vector<Hash256>> piece_hashes(Transaction& tx, FileId file) {
  std::vector<Hash256> out;
  KNOOP_TRY(tx.each("SELECT hash FROM attachment_pieces WHERE file = ? ORDER BY number", file,
                    [&](const Row& row) -> Result<void> {
                      out.push_back(row.get<Hash256>(0));
                      return {};
                    }));
  return out;
}

Result<void> drop_file(Transaction& tx, FileId file) {
  return tx.exec("UPDATE attachment_files SET dropped = 1 WHERE id = ?", file);
}

Result<bool> delete_dropped(Transaction& tx, std::int64_t limit) {
  KNOOP_LET(row, tx.one("SELECT id FROM attachment_files WHERE dropped = 1 ORDER BY id LIMIT 1"));
  if (!row) return false;
  const auto file = row->get<FileId>(0);
  KNOOP_LET(deleted, tx.change("DELETE FROM attachment_pieces WHERE rowid IN "
                               "(SELECT rowid FROM attachment_pieces WHERE file = ? LIMIT ?)",
                               file, limit));
  if (deleted < limit) KNOOP_TRY(tx.exec("DELETE FROM attachment_files WHERE id = ?", file));
  return true;
}

Result<void> add_upload(Transaction& tx, const Upload& upload) {
  return tx.exec(
      "INSERT INTO attachment_uploads(fragment, file, client, name, media_type, bytes, started, begun_by) "
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
      upload.fragment, upload.file, upload.client, upload.name, upload.media_type, upload.bytes,
      upload.started, upload.begun_by);
}

Result<std::optional<Upload>> find_upload(Transaction& tx, const FragmentId& fragment) {
  KNOOP_LET(row, tx.one(fmt::format("SELECT {} FROM attachment_uploads WHERE fragment = ?", upload_columns),
                        fragment));
  return row ? std::optional(upload_from(*row)) : std::nullopt;
}

Result<std::int64_t> count_uploads(Transaction& tx) {
  return number_of(tx.one("SELECT count(*) FROM attachment_uploads"));
}

Result<void> end_upload(Transaction& tx, const Upload& upload, bool keep) {
  KNOOP_TRY(tx.exec("DELETE FROM attachment_uploads WHERE fragment = ?", upload.fragment));
  if (!keep) return drop_file(tx, upload.file);
  return tx.exec("INSERT INTO attachments_own(fragment, file) VALUES (?, ?)", upload.fragment, upload.file);
}

Result<std::vector<Upload>> uploads_before(Transaction& tx, Timestamp then) {
  std::vector<Upload> out;
  KNOOP_TRY(tx.each(fmt::format("SELECT {} FROM attachment_uploads WHERE started < ?", upload_columns), then,
                    [&](const Row& row) -> Result<void> {
                      out.push_back(upload_from(row));
                      return {};
                    }));
  return out;
}

Result<std::optional<FileId>> own_file(Transaction& tx, const FragmentId& fragment) {
  KNOOP_LET(row, tx.one("SELECT file FROM attachments_own WHERE fragment = ?", fragment));
  return row ? std::optional(row->get<FileId>(0)) : std::nullopt;
}

Result<void> put_incoming(Transaction& tx, const Incoming& incoming) {
  return tx.exec(
      "INSERT INTO attachments_in(peer, fragment, root, exchange, file, bytes, have, hashes, state, why, "
      "asked) "
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT(peer, fragment, root) DO UPDATE SET exchange = "
      "excluded.exchange, file = excluded.file, have = excluded.have, hashes = excluded.hashes, state = "
      "excluded.state, why = excluded.why, asked = excluded.asked",
      incoming.peer, incoming.fragment, incoming.root, incoming.exchange, incoming.file, incoming.bytes,
      incoming.have, joined(incoming.hashes), incoming.state, incoming.why, incoming.asked);
}

Result<std::optional<Incoming>> find_incoming(Transaction& tx, const MemberId& peer,
                                              const FragmentId& fragment, const Hash256& root) {
  KNOOP_LET(row,
            tx.one(fmt::format("SELECT {} FROM attachments_in WHERE peer = ? AND fragment = ? AND root = ?",
                               incoming_columns),
                   peer, fragment, root));
  return incoming_from(row);
}

Result<std::optional<Incoming>> find_coming(Transaction& tx, const MemberId& peer, const ExchangeId& exchange,
                                            const FragmentId& fragment) {
  KNOOP_LET(row, tx.one(fmt::format("SELECT {} FROM attachments_in WHERE peer = ? AND fragment = ? AND "
                                    "exchange = ? AND state = 2",
                                    incoming_columns),
                        peer, fragment, exchange));
  return incoming_from(row);
}

Result<bool> knows_incoming(Transaction& tx, const MemberId& peer, const ExchangeId& exchange,
                            const FragmentId& fragment) {
  KNOOP_LET(row, tx.one("SELECT 1 FROM attachments_in WHERE peer = ? AND fragment = ? AND exchange = ?", peer,
                        fragment, exchange));
  return row.has_value();
}

Result<std::vector<Incoming>> all_coming(Transaction& tx) {
  return incoming_where(tx, "state = 2 ORDER BY asked");
}

Result<std::vector<MemberId>> waited_for(Transaction& tx) {
  std::vector<MemberId> out;
  KNOOP_TRY(tx.each("SELECT DISTINCT peer FROM attachments_in WHERE state = 1",
                    [&](const Row& row) -> Result<void> {
                      out.push_back(row.get<MemberId>(0));
                      return {};
                    }));
  return out;
}

Result<std::vector<Incoming>> waiting_of(Transaction& tx, const MemberId& peer, std::int64_t limit) {
  return incoming_where(tx, "state = 1 AND peer = ? ORDER BY asked LIMIT ?", peer, limit);
}

Result<std::vector<Incoming>> open_incoming(Transaction& tx, const MemberId& peer) {
  return incoming_where(tx, "state IN (1, 2) AND peer = ?", peer);
}

Result<std::int64_t> count_coming(Transaction& tx, const MemberId& peer) {
  return number_of(tx.one("SELECT count(*) FROM attachments_in WHERE state = 2 AND peer = ?", peer));
}

Result<Stored> bytes_incoming(Transaction& tx, const MemberId& peer) {
  KNOOP_LET(row,
            tx.one("SELECT coalesce(sum(bytes) FILTER (WHERE peer = ?), 0), coalesce(sum(bytes), 0) FROM "
                   "attachments_in WHERE state IN (2, 3)",
                   peer));
  return Stored{row->get<std::uint64_t>(0), row->get<std::uint64_t>(1)};
}

Result<std::optional<Asked>> last_asked(Transaction& tx, const MemberId& peer, const ExchangeId& exchange,
                                        const FragmentId& fragment) {
  KNOOP_LET(
      row, tx.one("SELECT asked_to, at FROM attachments_out WHERE peer = ? AND exchange = ? AND fragment = ?",
                  peer, exchange, fragment));
  if (!row) return std::optional<Asked>{};
  return std::optional(Asked{row->get<std::uint32_t>(0), row->get<Timestamp>(1)});
}

Result<void> set_asked(Transaction& tx, const MemberId& peer, const ExchangeId& exchange,
                       const FragmentId& fragment, const Asked& asked) {
  return tx.exec(
      "INSERT OR REPLACE INTO attachments_out(peer, exchange, fragment, asked_to, at) VALUES (?, ?, ?, ?, ?)",
      peer, exchange, fragment, asked.to, asked.at);
}

Result<bool> note_read(Transaction& tx, std::string_view reader, const FragmentId& fragment, bool emergency,
                       Timestamp since, Timestamp now) {
  KNOOP_LET(noted, tx.change("INSERT INTO attachment_reads(reader, fragment, emergency, at) "
                             "VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET at = excluded.at WHERE at < ?",
                             reader, fragment, emergency, now, since));
  return noted > 0;
}

Result<void> forget_reads(Transaction& tx, Timestamp before) {
  return tx.exec("DELETE FROM attachment_reads WHERE at < ?", before);
}

Result<std::int64_t> pieces_under_way(Transaction& tx, const MemberId& peer) {
  return number_of(tx.one("SELECT count(*) FROM outbox WHERE peer = ? AND stream = ? AND type = ?", peer,
                          StreamKind::bulk, MessageType::attachment_piece));
}

}  // namespace knoop::storage
