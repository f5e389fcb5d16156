#include "node/core/keys.h"

#include "crypto/x25519.h"

namespace knoop {
namespace {

/// The key of this kind in use. Its secret is read into its own type by the caller, straight from the row.
Result<storage::Row> in_use(storage::Transaction& tx, std::string_view kind) {
  KNOOP_LET(
      row,
      tx.one("SELECT secret FROM node_keys WHERE kind = ? AND retired IS NULL AND secret IS NOT NULL", kind));
  if (!row)
    return fail(ErrorCode::not_found, Side::ours,
                "the database holds no {} key; it was not made by `knoop init`, or the wrong file is named",
                kind);
  return std::move(*row);
}

Result<SigningKeyPair> signing_pair(storage::Transaction& tx, std::string_view kind) {
  KNOOP_LET(row, in_use(tx, kind));
  return signing_key_from_seed(row.get<SigningSeed>(0));
}

template <typename SecretKey>
Result<SecretKey> secret(storage::Transaction& tx, std::string_view kind) {
  KNOOP_LET(row, in_use(tx, kind));
  return row.get<SecretKey>(0);
}

template <typename PublicKey, typename SecretKey>
Result<void> store(storage::Transaction& tx, std::string_view kind, const PublicKey& public_key,
                   const SecretKey& key, Timestamp now) {
  return tx.exec("INSERT INTO node_keys(kind, public, secret, created) VALUES (?, ?, ?, ?)", kind, public_key,
                 key, now);
}

}  // namespace

NodeKeys NodeKeys::create(Entropy& entropy) {
  return {new_signing_key(entropy), new_signing_key(entropy), new_sealing_key(entropy),
          new_transport_key(entropy)};
}

Result<NodeKeys> NodeKeys::load(storage::Transaction& tx) {
  KNOOP_LET(signing, signing_pair(tx, "signing"));
  KNOOP_LET(witness, signing_pair(tx, "witness"));
  KNOOP_LET(sealing, secret<SealingSecretKey>(tx, "sealing"));
  KNOOP_LET(transport, secret<TransportSecretKey>(tx, "transport"));
  const SealingPublicKey sealing_public = public_key(sealing);
  const TransportPublicKey transport_public = public_key(transport);
  return NodeKeys{std::move(signing),
                  std::move(witness),
                  {sealing_public, std::move(sealing)},
                  {transport_public, std::move(transport)}};
}

Result<void> NodeKeys::save(storage::Transaction& tx, Timestamp now) const {
  KNOOP_LET(present, tx.one("SELECT 1 FROM node_keys WHERE kind = 'signing'"));
  if (present)
    return fail(ErrorCode::conflict, Side::user,
                "this node has its keys already; `knoop init` is for new nodes");
  KNOOP_TRY(store(tx, "signing", signing.public_key, seed_of(signing.secret_key), now));
  KNOOP_TRY(store(tx, "witness", witness.public_key, seed_of(witness.secret_key), now));
  KNOOP_TRY(store(tx, "sealing", sealing.public_key, sealing.secret_key, now));
  return store(tx, "transport", transport.public_key, transport.secret_key, now);
}

}  // namespace knoop
