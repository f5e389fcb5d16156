// The erasure keys: one for each client, in a file of its own, and what they close (docs/spec/erasure.md).
//
// Whatever the database holds on a client is encrypted with a key of that client, which lies in another file. Destroying
// the client destroys its key: then nothing in the database, in a page that was freed, or in any old copy of the database
// file opens again. Therefore a backup of records never holds the erasure keys, and the two are restored together.
//
//   knoop.db            sealed rows, keyed hashes to find them, `erased_keys`: the journal of erasures
//   knoop.db.keys       the keys, and the key of the hashes; SQLCipher under a key derived from the database key
//   knoop.db.erasures   the journal once more, as text, appended to and in no backup: a line a destroyed key
//
// Two files, no transaction over both. So the order is fixed, and Database keeps it:
//   - a new key is durable before the first row under it (flush(): keys first, then records). A crash between leaves a key
//     without rows, which nobody minds: the next record of that client uses it.
//   - a key is destroyed after the erasure is durable (flush(): records, journal, then the key; the write-ahead log of the
//     key file is cut to nothing). A crash between leaves a key whose destruction stands in the journal: start() redoes it.
//
// A row's personal fields are one value:  key id (16) ‖ XChaCha20-Poly1305(nonce (24) ‖ ciphertext ‖ tag (16)), with
// "knoop/v1/client-row" ‖ 0x00 ‖ table ‖ 0x00 ‖ key id ‖ row id as associated data: no row can be passed off as another, nor
// as another client's. The nonce is drawn; a key closes far fewer than 2^64 rows.
//
// Look-ups go by keyed hashes, 16 bytes of HMAC-SHA512. The key of the hashes lies with the erasure keys, so that a copy of
// the records alone confirms no guess; they leave with the client's row.
//
// What this does not stop: whoever had a key while it existed. And the hashes of a client in an old copy of the records can
// be guessed at by whoever also has the key file, since that key is everybody's.
//
// Keys of nobody in particular close what waits and has no client yet: messages on their way, rows of an import (waiting.h).
//
// Errors, all ours: those of database.h; damaged_database when something does not open although its key is there.
#pragma once

#include <map>
#include <set>
#include <unordered_map>

#include "crypto/base/entropy.h"
#include "storage/database.h"

namespace knoop::storage {

using VaultKeyId = Fixed<struct VaultKeyIdTag, 16>;
using LookupHash = Fixed<struct LookupHashTag, 16>;

/// Where a sealed value stands.
struct Place {
  std::string_view table;
  ByteView row;  ///< What names the row for ever: its id, or our reference of the client.
};

class ClientVault {
 public:
  /// Beside the database at `records`. `options` as for that; its migrations are not used.
  [[nodiscard]] static Result<std::unique_ptr<ClientVault>> open(const std::filesystem::path& records,
                                                                 const SymmetricKey& database_key,
                                                                 OpenMode mode, const OpenOptions& options);
  ClientVault(const ClientVault&) = delete;
  ClientVault& operator=(const ClientVault&) = delete;

  void use_entropy(Entropy& entropy) { entropy_ = &entropy; }

  /// The key of the client with this reference; makes one when there is none.
  [[nodiscard]] Result<VaultKeyId> key_of(std::string_view client_ref);
  [[nodiscard]] Result<std::optional<VaultKeyId>> find_key(std::string_view client_ref);
  /// A key of nobody, for what waits (waiting.h): whoever makes it keeps its id.
  [[nodiscard]] Result<VaultKeyId> make_key();
  [[nodiscard]] Result<bool> has(const VaultKeyId& id);

  [[nodiscard]] Result<Bytes> seal(const VaultKeyId& id, const Place& place, ByteView plain);
  /// Nothing when the key was destroyed.
  [[nodiscard]] Result<std::optional<Bytes>> open(const Place& place, ByteView sealed);
  /// The key that closes this value.
  [[nodiscard]] static VaultKeyId key_id_of(ByteView sealed);

  /// `what` keeps hashes of different things apart.
  [[nodiscard]] Result<LookupHash> lookup(std::string_view what, ByteView value);

  /// The client is destroyed when this event is durable: its key goes then, and not if the event is undone. Until the group
  /// is flushed nothing is sealed under the key any more: key_of() gives wrong_state.
  [[nodiscard]] Result<void> erase(Transaction& tx, const VaultKeyId& id, Timestamp now);
  /// The same for a key of make_key(), when all that is said of a person stood under it: the log of the records is not
  /// cut then.
  [[nodiscard]] Result<void> retire(Transaction& tx, const VaultKeyId& id, Timestamp now);
  /// Every key that was ever destroyed here, as the file beside the database has it.
  [[nodiscard]] Result<std::vector<VaultKeyId>> journal() const;

  /// Names of the two files beside a database.
  [[nodiscard]] static std::filesystem::path keys_path(const std::filesystem::path& records);
  [[nodiscard]] static std::filesystem::path journal_path(const std::filesystem::path& records);

 private:
  friend class Database;

  ClientVault(std::unique_ptr<Database> keys, std::filesystem::path journal)
      : keys_(std::move(keys)), journal_(std::move(journal)) {}

  /// Makes new keys durable. For Database, before it commits.
  [[nodiscard]] Result<void> flush();
  /// For Database, when the group was undone.
  void discard();
  /// For Database, after it committed and when it is opened: writes the journal, then destroys. What was done is not done
  /// again.
  [[nodiscard]] Result<void> destroy(const std::vector<VaultKeyId>& ids);

  [[nodiscard]] Result<LookupHash> owner_of(std::string_view client_ref);
  [[nodiscard]] Result<void> add_key(const VaultKeyId& id, const LookupHash& owner);
  [[nodiscard]] Result<const SymmetricKey*> find(const VaultKeyId& id);
  const SymmetricKey* remember(const VaultKeyId& id, SymmetricKey key);
  [[nodiscard]] Result<void> load_lookup_key();

  static constexpr std::size_t most_cached = 16'384;

  std::unique_ptr<Database> keys_;
  std::filesystem::path journal_;
  Entropy* entropy_ = nullptr;
  bool made_ = false;             ///< Keys that are not durable yet.
  std::set<VaultKeyId> erasing_;  ///< By events of the open group.
  std::int64_t erased_ = 0;       ///< Newest row of `erased_keys` whose key is destroyed.
  bool cut_records_ =
      true;  ///< Rows of the destroyed may stand in the log of the records; unknown at a start.
  std::optional<SymmetricKey> lookup_key_;
  std::map<VaultKeyId, SymmetricKey> cache_;
  std::unordered_map<std::string, VaultKeyId> by_ref_;
};

}  // namespace knoop::storage
