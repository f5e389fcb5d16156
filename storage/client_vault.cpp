#include "storage/client_vault.h"

#include <algorithm>

#include "crypto/hkdf.h"
#include "crypto/seal.h"
#include "storage/private_file.h"

namespace knoop::storage {
namespace {

constexpr Migration key_tables{1, "erasure keys", R"sql(
CREATE TABLE keys(
  id    BLOB PRIMARY KEY CHECK(length(id) = 16),
  owner BLOB NOT NULL UNIQUE CHECK(length(owner) = 16),  -- keyed hash of our reference of the client
  key   BLOB NOT NULL CHECK(length(key) = 32)
) STRICT, WITHOUT ROWID;
CREATE TABLE lookup_key(
  id  INTEGER PRIMARY KEY CHECK(id = 1),
  key BLOB NOT NULL CHECK(length(key) = 32)
) STRICT;
)sql"};

constexpr std::string_view keys_label = "knoop/v1/erasure-keys";
constexpr std::string_view row_label = "knoop/v1/client-row";
constexpr std::string_view lookup_label = "knoop/v1/client-lookup";
constexpr std::size_t journal_line = 2 * VaultKeyId::size + 1;
/// A node of a million clients destroys them all twice.
constexpr std::size_t longest_journal = 2'000'000 * journal_line;

void add(Bytes& to, std::string_view text) {
  to.insert(to.end(), text.begin(), text.end());
  to.push_back(0);
}
void add(Bytes& to, ByteView bytes) {
  to.insert(to.end(), bytes.begin(), bytes.end());
}

Bytes associated_data(const VaultKeyId& id, const Place& place) {
  Bytes out;
  add(out, row_label);
  add(out, place.table);
  add(out, id.view());
  add(out, place.row);
  return out;
}

std::filesystem::path beside(std::filesystem::path path, std::string_view suffix) {
  return path += suffix;
}

Result<LookupHash> first_half(const Hash512& hash) {
  return LookupHash::from(hash.view().first(LookupHash::size));
}

}  // namespace

std::filesystem::path ClientVault::keys_path(const std::filesystem::path& records) {
  return beside(records, ".keys");
}
std::filesystem::path ClientVault::journal_path(const std::filesystem::path& records) {
  return beside(records, ".erasures");
}

Result<std::unique_ptr<ClientVault>> ClientVault::open(const std::filesystem::path& records,
                                                       const SymmetricKey& database_key, OpenMode mode,
                                                       const OpenOptions& options) {
  const auto key = hkdf<SymmetricKey>({}, database_key.expose(), view(keys_label));
  const auto path = keys_path(records);
  OpenOptions own = options;
  own.migrations = {&key_tables, 1};
  own.max_pages = 0;
  std::error_code ignored;
  const bool there = std::filesystem::exists(path, ignored);
  if (mode == OpenMode::open && !there)
    return fail(ErrorCode::not_found, Side::ours,
                "{} is missing: without the erasure keys nothing of a client can be read; put it back, it is "
                "restored "
                "together with {}",
                path.string(), records.filename().string());
  // A creation that was cut off leaves keys without a client.
  KNOOP_LET(keys, Database::open(path, key, there ? OpenMode::open : OpenMode::create, own));
  if (mode == OpenMode::create && there) {
    KNOOP_LET(tx, keys->begin());
    KNOOP_LET(row, tx.one("SELECT count(*) FROM keys"));
    if (row->get<std::int64_t>(0) > 0)
      return fail(ErrorCode::conflict, Side::user,
                  "{} holds the erasure keys of another database; move it away first", path.string());
  }
  keys->discard();
  return std::unique_ptr<ClientVault>(new ClientVault(std::move(keys), journal_path(records)));
}

Result<void> ClientVault::load_lookup_key() {
  if (lookup_key_) return {};
  KNOOP_LET(tx, keys_->begin());
  KNOOP_LET(row, tx.one("SELECT key FROM lookup_key"));
  if (row) {
    lookup_key_ = row->get<SymmetricKey>(0);
    return {};
  }
  KNOOP_ASSERT(entropy_ != nullptr, "whoever writes records gave the database a source of randomness");
  auto key = entropy_->draw<SymmetricKey>();
  KNOOP_TRY(tx.exec("INSERT INTO lookup_key(id, key) VALUES (1, ?)", key));
  KNOOP_TRY(tx.commit());
  made_ = true;
  lookup_key_ = std::move(key);
  return {};
}

Result<LookupHash> ClientVault::lookup(std::string_view what, ByteView value) {
  KNOOP_TRY(load_lookup_key());
  Bytes message;
  add(message, lookup_label);
  add(message, what);
  add(message, value);
  const auto hash = first_half(hmac_sha512(lookup_key_->expose(), message));
  wipe(message.data(), message.size());
  return hash;
}

const SymmetricKey* ClientVault::remember(const VaultKeyId& id, SymmetricKey key) {
  if (cache_.size() >= most_cached) cache_.clear();
  return &(cache_[id] = std::move(key));
}

Result<const SymmetricKey*> ClientVault::find(const VaultKeyId& id) {
  if (const auto known = cache_.find(id); known != cache_.end()) return &known->second;
  KNOOP_LET(tx, keys_->begin());
  KNOOP_LET(row, tx.one("SELECT key FROM keys WHERE id = ?", id));
  if (!row) return nullptr;
  return remember(id, row->get<SymmetricKey>(0));
}

Result<bool> ClientVault::has(const VaultKeyId& id) {
  KNOOP_LET(key, find(id));
  return key != nullptr;
}

Result<std::optional<VaultKeyId>> ClientVault::find_key(std::string_view client_ref) {
  if (const auto known = by_ref_.find(std::string(client_ref)); known != by_ref_.end()) return known->second;
  KNOOP_LET(owner, lookup("client", view(client_ref)));
  KNOOP_LET(tx, keys_->begin());
  KNOOP_LET(row, tx.one("SELECT id, key FROM keys WHERE owner = ?", owner));
  if (!row) return std::optional<VaultKeyId>{};
  const auto id = row->get<VaultKeyId>(0);
  remember(id, row->get<SymmetricKey>(1));
  if (by_ref_.size() >= most_cached) by_ref_.clear();
  by_ref_.emplace(client_ref, id);
  return std::optional(id);
}

Result<VaultKeyId> ClientVault::key_of(std::string_view client_ref) {
  KNOOP_LET(known, find_key(client_ref));
  if (known && erasing_.contains(*known))
    return fail(ErrorCode::wrong_state, Side::ours,
                "this client is being destroyed at this moment; try again in a second");
  if (known) return *known;
  KNOOP_ASSERT(entropy_ != nullptr, "whoever writes records gave the database a source of randomness");
  KNOOP_LET(owner, lookup("client", view(client_ref)));
  const auto id = entropy_->draw<VaultKeyId>();
  KNOOP_TRY(add_key(id, owner));
  if (by_ref_.size() >= most_cached) by_ref_.clear();
  by_ref_.emplace(client_ref, id);
  return id;
}

Result<VaultKeyId> ClientVault::make_key() {
  KNOOP_ASSERT(entropy_ != nullptr, "whoever writes records gave the database a source of randomness");
  const auto id = entropy_->draw<VaultKeyId>();
  KNOOP_LET(owner, lookup("waiting", id.view()));
  KNOOP_TRY(add_key(id, owner));
  return id;
}

Result<void> ClientVault::add_key(const VaultKeyId& id, const LookupHash& owner) {
  auto key = entropy_->draw<SymmetricKey>();
  KNOOP_LET(tx, keys_->begin());
  KNOOP_TRY(tx.exec("INSERT INTO keys(id, owner, key) VALUES (?, ?, ?)", id, owner, key));
  KNOOP_TRY(tx.commit());
  made_ = true;
  remember(id, std::move(key));
  return {};
}

Result<Bytes> ClientVault::seal(const VaultKeyId& id, const Place& place, ByteView plain) {
  KNOOP_LET(key, find(id));
  if (key == nullptr)
    return fail(ErrorCode::damaged_database, Side::ours,
                "the erasure key of a client is missing; restore the records and the erasure keys together");
  KNOOP_ASSERT(entropy_ != nullptr, "whoever writes records gave the database a source of randomness");
  Bytes out = to_bytes(id.view());
  const Bytes closed = encrypt(*key, plain, associated_data(id, place), *entropy_);
  out.insert(out.end(), closed.begin(), closed.end());
  return out;
}

VaultKeyId ClientVault::key_id_of(ByteView sealed) {
  KNOOP_ASSERT(sealed.size() > VaultKeyId::size, "a sealed value begins with the id of its key");
  return VaultKeyId::from(sealed.first(VaultKeyId::size)).value();
}

Result<std::optional<Bytes>> ClientVault::open(const Place& place, ByteView sealed) {
  if (sealed.size() <= VaultKeyId::size + encrypt_overhead)
    return fail(ErrorCode::damaged_database, Side::ours,
                "a sealed row of {} is cut off; restore the database", place.table);
  const VaultKeyId id = key_id_of(sealed);
  KNOOP_LET(key, find(id));
  if (key == nullptr) return std::optional<Bytes>{};
  auto plain = decrypt(*key, sealed.subspan(VaultKeyId::size), associated_data(id, place));
  if (!plain)
    return fail(ErrorCode::damaged_database, Side::ours,
                "a row of {} does not open with its client's key; restore the database", place.table);
  return std::optional(std::move(*plain));
}

Result<void> ClientVault::erase(Transaction& tx, const VaultKeyId& id, Timestamp now) {
  cut_records_ = true;
  return retire(tx, id, now);
}

Result<void> ClientVault::retire(Transaction& tx, const VaultKeyId& id, Timestamp now) {
  KNOOP_TRY(tx.exec("INSERT OR IGNORE INTO erased_keys(key, at) VALUES (?, ?)", id, now));
  erasing_.insert(id);
  return {};
}

Result<void> ClientVault::flush() {
  if (!made_) {
    keys_->discard();  // reads only
    return {};
  }
  Result<void> done = keys_->flush();
  if (done)
    made_ = false;
  else
    discard();
  return done;
}

void ClientVault::discard() {
  keys_->discard();
  made_ = false;
  erasing_.clear();
  lookup_key_.reset();
  cache_.clear();
  by_ref_.clear();
}

Result<std::vector<VaultKeyId>> ClientVault::journal() const {
  std::vector<VaultKeyId> out;
  std::error_code missing;
  const auto size = std::filesystem::file_size(journal_, missing);
  if (missing == std::errc::no_such_file_or_directory) return out;
  KNOOP_LET(content,
            read_small_file(journal_, std::min<std::size_t>(size, longest_journal), Readers::anyone));
  const std::string_view text = text_view(content);
  // What follows the last line break was cut off with the machine: its destruction is redone from the database.
  for (std::size_t at = 0; at + journal_line <= text.size(); at += journal_line) {
    auto id = VaultKeyId::from_hex(text.substr(at, journal_line - 1));
    if (!id || text[at + journal_line - 1] != '\n')
      return fail(
          ErrorCode::damaged_database, Side::ours,
          "{} is no journal of erasures; put back the file as it was: it says what must not come back",
          journal_.string());
    out.push_back(*id);
  }
  return out;
}

Result<void> ClientVault::destroy(const std::vector<VaultKeyId>& ids) {
  erasing_.clear();
  if (ids.empty()) return {};
  KNOOP_LET(written, journal());
  const std::set<VaultKeyId> known(written.begin(), written.end());
  std::string lines;
  for (const VaultKeyId& id : ids)
    if (!known.contains(id)) lines += id.hex() + "\n";
  KNOOP_TRY(append_private_file(journal_, written.size() * journal_line, view(lines)));
  bool any = false;
  {
    KNOOP_LET(tx, keys_->begin());
    for (const VaultKeyId& id : ids) {
      KNOOP_LET(gone, tx.change("DELETE FROM keys WHERE id = ?", id));
      any = any || gone > 0;
      cache_.erase(id);
    }
    KNOOP_TRY(tx.commit());
  }
  by_ref_.clear();
  if (!any) {
    keys_->discard();
    return {};
  }
  KNOOP_TRY(keys_->flush());
  made_ = false;
  // The frames of the log hold pages as they were: only a log of no length holds no key.
  return keys_->truncate_log();
}

}  // namespace knoop::storage
