// The secret keys that live on the node (protocol.md section 1), as one object. They are stored in the encrypted
// database only and loaded once at start. The organisation key is not among them: it stays off line. Nor are matching
// keys: each pair of members and epoch has its own (matching_epochs.h).
#pragma once

#include "crypto/base/entropy.h"
#include "crypto/ed25519.h"
#include "crypto/keys.h"
#include "crypto/x25519.h"
#include "storage/database.h"

namespace knoop {

struct NodeKeys {
  SigningKeyPair signing;  ///< Frames, log heads, receipts.
  SigningKeyPair witness;  ///< Cosigns others' log heads and nothing else.
  SealingKeyPair sealing;
  TransportKeyPair transport;

  [[nodiscard]] static NodeKeys create(Entropy& entropy);
  [[nodiscard]] static Result<NodeKeys> load(storage::Transaction& tx);
  /// Once, at `knoop init`; a second set is refused.
  Result<void> save(storage::Transaction& tx, Timestamp now) const;
};

}  // namespace knoop
