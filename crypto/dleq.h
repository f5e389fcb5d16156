// Proofs about one secret scalar k.
//
// DleqProof (RFC 9497 section 2.2): the key behind K = k·G is the key that gave every outputs[i] = k·inputs[i]. In
// matching every evaluation carries one: a node sees a match *before* it answers, and without a proof it could answer
// noise for exactly the matches. One proof covers a batch, at 2 multiplications an element for the verifier and 1 for
// the prover.
//
// KnowledgeProof (Schnorr): whoever committed to K knows k, so K was not made from someone else's commitment.
//
// Both are bound to a context, so that a proof cannot be shown again in another network, direction, epoch or batch.
// A hostile peer sends proofs, points and batches of any form: all of it ends as bad_proof,
// bad_scalar or bad_length.
#pragma once

#include "crypto/base/entropy.h"
#include "crypto/ristretto255.h"

namespace knoop {

/// c ‖ s, two scalars, as RFC 9497 writes proofs.
using DleqProof = Fixed<struct DleqProofTag, 64>;
/// The same form for another statement.
using KnowledgeProof = Fixed<struct KnowledgeProofTag, 64>;

/// What is proven. Borrowed: lives as long as the call.
struct DleqStatement {
  const Point& public_key;         ///< K = k·G.
  std::span<const Point> inputs;   ///< As many as outputs; 1 to max_dleq_batch.
  std::span<const Point> outputs;  ///< outputs[i] = k·inputs[i].
  ByteView context;  ///< RFC 9497's contextString, from dleq_context; at most max_dleq_context bytes.
};

constexpr std::size_t max_dleq_batch = 65535;  // the RFC numbers elements with two bytes
constexpr std::size_t max_dleq_context =
    242;  // "HashToScalar-" and the context are one domain tag of 255 bytes

/// Knoop's context string: "knoop/v1/dleq" ‖ SHA-256(network ‖ prover ‖ verifier ‖ u64 epoch ‖ batch), where `batch`
/// names inputs and outputs with everything else that the batch message says (matching defines it).
[[nodiscard]] Bytes dleq_context(const NetworkId& network, const MemberId& prover, const MemberId& verifier,
                                 std::uint64_t epoch, const Hash256& batch);

/// The statement must be true: proofs of false ones are made without complaint and refused by the verifier.
/// The nonce is a hash of the secret, the statement and 32 fresh bytes, so that neither a broken random source nor a
/// cloned machine gives k away (two proofs with one nonce would).
[[nodiscard]] Result<DleqProof> prove_dleq(const Scalar& k, const DleqStatement& statement, Entropy& entropy);
/// With a nonce of the caller: for test vectors only.
[[nodiscard]] Result<DleqProof> prove_dleq_with_nonce(const Scalar& k, const DleqStatement& statement,
                                                      const Scalar& nonce);
[[nodiscard]] Result<void> verify_dleq(const DleqStatement& statement, const DleqProof& proof);

/// The context may have any length; it names pair, direction, epoch, versions (matching defines it).
[[nodiscard]] Result<KnowledgeProof> prove_knowledge(const Scalar& k, ByteView context, Entropy& entropy);
[[nodiscard]] Result<void> verify_knowledge(const Point& public_key, ByteView context,
                                            const KnowledgeProof& proof);

}  // namespace knoop
