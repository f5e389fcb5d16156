// A row's personal fields as one message under the client's erasure key: the only two ways in which repositories write and
// read them (client_vault.h says what that protects).
#pragma once

#include "protocol/codec/codec.h"
#include "storage/client_vault.h"

namespace knoop::storage {

/// A row's number as it stands in what a seal binds.
class RowNumber {
 public:
  explicit RowNumber(std::int64_t number) {
    for (std::size_t i = 0; i < bytes_.size(); ++i)
      bytes_[i] = static_cast<Byte>(static_cast<std::uint64_t>(number) >> (8 * (bytes_.size() - 1 - i)));
  }
  [[nodiscard]] ByteView view() const { return bytes_; }

 private:
  std::array<Byte, 8> bytes_{};
};

/// Ids one behind the other, for a row that several name.
template <typename... Ids>
[[nodiscard]] Bytes row_name(const Ids&... ids) {
  Bytes name;
  (name.insert(name.end(), ids.view().begin(), ids.view().end()), ...);
  return name;
}

/// Fails (ours) when the message breaks its own limits.
template <typename Message>
[[nodiscard]] Result<Bytes> seal_row(Transaction& tx, const VaultKeyId& key, const Place& place,
                                     const Message& message) {
  KNOOP_LET(plain, encode_checked(message));
  auto sealed = tx.vault().seal(key, place, plain);
  wipe(plain.data(), plain.size());
  return sealed;
}
/// Of the client with this reference of ours.
template <typename Message>
[[nodiscard]] Result<Bytes> seal_row(Transaction& tx, std::string_view client, const Place& place,
                                     const Message& message) {
  KNOOP_LET(key, tx.vault().key_of(client));
  return seal_row(tx, key, place, message);
}

/// Nothing when the key was destroyed: for everybody who reads there is no such row.
template <typename Message>
[[nodiscard]] Result<std::optional<Message>> open_row(Transaction& tx, const Place& place, ByteView sealed) {
  KNOOP_LET(plain, tx.vault().open(place, sealed));
  if (!plain) return std::optional<Message>{};
  auto message = decode<Message>(*plain);
  wipe(plain->data(), plain->size());
  if (!message)
    return fail(ErrorCode::damaged_database, Side::ours,
                "a sealed row of {} cannot be read; restore the database", place.table);
  return std::optional(std::move(*message));
}

}  // namespace knoop::storage
