#include "storage/answer_repository.h"

#include "storage/sealed_row.h"

namespace knoop::storage {
namespace {

constexpr std::string_view key_name = "api.answers-key";

struct Sealed {
  Hash256 request;
  std::uint16_t status = 0;  // 0: no answer is kept
  std::string type;
  std::string body;

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    archive(self.request, self.status, bounded(self.type, 128), bounded(self.body, longest_answer));
  }
};

Bytes name_of(std::string_view who, std::string_view key) {
  Bytes name = to_bytes(who);
  name.push_back(0);
  const Bytes rest = to_bytes(key);
  name.insert(name.end(), rest.begin(), rest.end());
  return name;
}

Result<std::optional<VaultKeyId>> current_key(Transaction& tx) {
  KNOOP_LET(row, tx.one("SELECT value FROM meta WHERE key = ?", key_name));
  if (!row) return std::optional<VaultKeyId>{};
  const auto id = row->get<VaultKeyId>(0);
  // In an old copy of the records it may be one that was destroyed since.
  KNOOP_LET(there, tx.vault().has(id));
  return there ? std::optional(id) : std::nullopt;
}

Result<VaultKeyId> key_to_use(Transaction& tx) {
  KNOOP_LET(key, current_key(tx));
  if (key) return *key;
  KNOOP_LET(id, tx.vault().make_key());
  KNOOP_TRY(tx.exec("INSERT OR REPLACE INTO meta(key, value) VALUES (?, ?)", key_name, id));
  return id;
}

}  // namespace

Result<std::optional<DoneRequest>> find_done_request(Transaction& tx, std::string_view who,
                                                     std::string_view key, Timestamp now) {
  KNOOP_LET(row, tx.one("SELECT sealed FROM request_keys WHERE who = ? AND key = ? AND at > ?", who, key,
                        now - answers_kept));
  if (!row) return std::optional<DoneRequest>{};
  DoneRequest out;
  if (row->is_null(0)) return std::optional(std::move(out));
  const Bytes name = name_of(who, key);
  KNOOP_LET(sealed, open_row<Sealed>(tx, {"request_keys", name}, row->get<ByteView>(0)));
  if (!sealed) return std::optional(std::move(out));
  out.request = sealed->request;
  if (sealed->status != 0)
    out.answer = KeptAnswer{sealed->status, std::move(sealed->type), std::move(sealed->body)};
  return std::optional(std::move(out));
}

Result<void> keep_done_request(Transaction& tx, std::string_view who, std::string_view key, Timestamp now,
                               const Hash256& request, const std::optional<KeptAnswer>& answer) {
  Sealed row{request, 0, "", ""};
  if (answer && answer->body.size() <= longest_answer)
    row = {request, answer->status, answer->type, answer->body};
  KNOOP_LET(under, key_to_use(tx));
  const Bytes name = name_of(who, key);
  KNOOP_LET(sealed, seal_row(tx, under, {"request_keys", name}, row));
  return tx.exec("INSERT OR REPLACE INTO request_keys(who, key, at, sealed) VALUES (?, ?, ?, ?)", who, key,
                 now, sealed);
}

Result<void> forget_answers(Transaction& tx, Timestamp now) {
  KNOOP_LET(key, current_key(tx));
  if (!key) return {};
  KNOOP_TRY(tx.exec("UPDATE request_keys SET sealed = NULL WHERE sealed IS NOT NULL"));
  KNOOP_TRY(tx.exec("DELETE FROM meta WHERE key = ?", key_name));
  return tx.vault().erase(tx, *key, now);
}

Result<std::int64_t> drop_old_requests(Transaction& tx, Timestamp now, std::int64_t limit) {
  return tx.change(
      "DELETE FROM request_keys WHERE (who, key) IN "
      "(SELECT who, key FROM request_keys WHERE at <= ? ORDER BY at LIMIT ?)",
      now - answers_kept, limit);
}

Result<std::optional<Timestamp>> oldest_request(Transaction& tx) {
  KNOOP_LET(row, tx.one("SELECT min(at) FROM request_keys"));
  return row->get<std::optional<Timestamp>>(0);
}

}  // namespace knoop::storage
