// What waits in the database as somebody wrote it: bodies of messages that a peer has not acknowledged (`outbox`), or that could not be
// applied (`dead_letter`), and the staged rows of an import. Its client is not known, or is one of several, so it lies under keys of its own
// beside the erasure keys (client_vault.h, docs/spec/erasure.md):
//
//   messages    one key, until a client is destroyed: then what still waits is sealed anew and that key is destroyed with the client's
//   an import   a key of its own, destroyed when the import ends
//
// So an old copy of the records gives none of it back, with or without the erasure keys of today. Bodies that hold nothing but numbers and
// random names (carries_people() says which) lie as they are: there can be many, and each would cost at every destruction.
//
// A row whose key is gone came back with an old copy: it is no message any more.
#pragma once

#include "protocol/channel/message_type.h"
#include "storage/client_vault.h"

namespace knoop::storage {

/// Whether messages of this type can hold something about a client in the clear.
[[nodiscard]] bool carries_people(MessageType type);

/// A body and where it waits. Bound to its table, peer and type, so that it cannot be passed off as one for another peer.
struct WaitingBody {
  std::string_view table;
  MemberId peer;
  MessageType type{};
};
[[nodiscard]] Result<Bytes> seal_waiting(Transaction& tx, const WaitingBody& where, ByteView body);
/// Nothing when its key was destroyed.
[[nodiscard]] Result<std::optional<Bytes>> open_waiting(Transaction& tx, const WaitingBody& where,
                                                        ByteView stored);

/// Seals under a new key what waits, and has the key before it destroyed with the commit. Part of erase_client().
[[nodiscard]] Result<void> renew_waiting_key(Transaction& tx, Timestamp now);

}  // namespace knoop::storage
