// The opening audit (protocol.md section 3, domain.md R2.6; docs/spec/matching.md): what makes looking in secret
// dangerous for a node that was modified.
//
// A node can mask an identifier with another exponent than it committed to, or register a child that it has nothing to do
// with, and see on its own side alone whether the peer knows that child. Every protocol of this kind has this. So each
// handle can be opened: the identifier (a dummy's random bytes), the record of the own register that it came from, and a
// proof that the registered point is a·H(identifier) under the commitment. After an epoch a few handles are drawn, opened
// to the convenant's auditor and compared with the case register.
//
//   epoch begins   each side commits to a number r (EpochOpen.draw)
//   epoch runs     both keep an RFC 6962 tree over the points that each registered
//   epoch ends     EpochStatement → ←: sizes and roots of both trees, and r
//   then           the registrant opens the handles with the lowest HMAC(r of the peer, handle), sealed to the auditor
//
// Drawn, not chosen: the peer fixed r before it saw a handle, so it cannot aim at a child; the registrant learns r when
// nothing can be registered any more, so it cannot dodge. Withdrawn handles are drawn like others: what identifies them is
// sealed when they end.
//
// What it proves: m masked probes among N handles, s opened, are found with probability 1 − (1 − m/N)^s. It deters
// fishing, not one targeted look.
//
// A hostile registrant cannot open a handle to an identifier that it did not register (hash and DLEQ proof), nor to
// another record than it names; it can refuse to open, which is a finding. A hostile evaluator can state another root
// than what was registered: then the two signed statements contradict each other, which both sides and the auditor see.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "crypto/dleq.h"
#include "crypto/ed25519.h"
#include "crypto/merkle.h"
#include "protocol/codec/codec.h"
#include "protocol/matching/identifiers.h"
#include "protocol/matching/pair.h"

namespace knoop::matching {

/// r of one side and epoch: secret until the epoch's end, in a statement then.
using DrawNumber = Fixed<struct DrawNumberTag, 32>;
/// Of the own register: as long as an import takes it.
inline constexpr std::size_t longest_reference = 200;
inline constexpr std::size_t longest_identifier = 512;
/// Far above what any quota admits: two members that agree on a lie cannot make the auditor count without end.
inline constexpr std::uint64_t most_handles_of_an_epoch = 100'000'000;

/// Points that one side registered, in order of their handles: handle h is leaf h − 1.
struct RegisteredTree {
  std::uint64_t handles = 0;
  Hash256 root;  ///< Leaves are RFC 6962 leaf hashes of the 32 bytes of each point.

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    archive(self.handles, self.root);
  }
  friend bool operator==(const RegisteredTree&, const RegisteredTree&) = default;
};

/// What a side says, once, of an epoch that ended (message type 35).
struct EpochStatement {
  Epoch epoch = 0;
  Hash256 context;             ///< context_name(): both used the same pair context.
  PointBytes commitment;       ///< The sender's a·G.
  PointBytes peer_commitment;  ///< The recipient's, as the sender has it.
  RegisteredTree registered;   ///< By the sender.
  RegisteredTree received;     ///< By the recipient, as the sender evaluated it.
  DrawNumber draw;             ///< Opens the sender's EpochOpen.draw.
  Signature
      signature;  ///< By the sender's signing key, label "knoop/v1/epoch-statement", over signed_bytes().

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    archive(self.epoch, self.context, self.commitment, self.peer_commitment, self.registered, self.received,
            self.draw, self.signature);
  }
  friend bool operator==(const EpochStatement&, const EpochStatement&) = default;
};

/// SHA-256("knoop/v1/pair-name" ‖ 0x00 ‖ pair context): names it and gives nothing away.
[[nodiscard]] Hash256 context_name(const PairContext& context);

/// `pair`: self is the sender.
[[nodiscard]] EpochStatement make_statement(const Pair& pair, const PairSecrets& secrets,
                                            const PointBytes& peer_commitment,
                                            const RegisteredTree& registered, const RegisteredTree& received,
                                            const SigningSecretKey& key);
/// That `sender` signed it, for `recipient`.
[[nodiscard]] Result<void> verify_statement(const NetworkId& network, const MemberId& sender,
                                            const MemberId& recipient, const EpochStatement& statement,
                                            const SigningPublicKey& key);
/// What the recipient of a statement can check by itself, with its own statement about the same epoch. `draw`: what the
/// sender's EpochOpen committed to. Errors at Side::peer: wrong_state (another epoch), bad_signature, bad_value (another
/// context or commitment, or an r that does not open `draw`).
[[nodiscard]] Result<void> check_statement(const NetworkId& network, const MemberId& sender,
                                           const MemberId& recipient, const EpochStatement& own,
                                           const Hash256& draw, const SigningPublicKey& key,
                                           const EpochStatement& statement);

/// The handles to be opened among 1 … `handles`: the `sample` ones with the lowest HMAC-SHA-512(draw, u64 handle),
/// ascending by handle. About 1 µs a handle.
[[nodiscard]] std::vector<Handle> challenged(const DrawNumber& draw, std::uint64_t handles,
                                             std::uint32_t sample);

/// One handle, opened. Personal data: exists sealed to the auditor, and in memory.
struct Opening {
  Handle handle = 0;
  std::uint8_t kind = 0;  ///< Kind; 0 a dummy.
  Bytes value;
  std::string reference;  ///< Of the record in the own register; empty for a dummy.
  PointBytes point;       ///< As it was registered.
  DleqProof proof;        ///< Of point = a·H(kind, value) for the commitment a·G.

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    archive(self.handle, self.kind, bounded(self.value, longest_identifier),
            bounded(self.reference, longest_reference), self.point, self.proof);
  }
  friend bool operator==(const Opening&, const Opening&) = default;
};

/// What a handle stands for, as far as the node knows; `identifier` empty: a dummy.
struct ToOpen {
  Handle handle = 0;
  std::optional<Identifier> identifier;
  std::string reference;
  PointBytes point;  ///< As it was registered.
};
/// For a worker thread: about 0.4 ms a handle.
struct OpenJob {
  Pair pair;  ///< Self is the registrant.
  PairSecrets secrets;
  SealingPublicKey auditor;
  std::vector<ToOpen> handles;
  SymmetricKey nonce;  ///< Fresh: randomness for proofs and seals.
};
struct SealedOpening {
  Handle handle = 0;
  Bytes sealed;
};
/// An identifier that ended before its point was computed left a dummy in its place: such a handle is opened as the dummy
/// that it is. A point that is neither is left out: this node did not make it.
[[nodiscard]] Result<std::vector<SealedOpening>> open_handles(const OpenJob& job);

/// The inclusion proofs of these handles among `points` (that of handle 1 first). About 1 µs a point.
[[nodiscard]] Result<std::vector<MerkleProof>> paths_of(std::span<const PointBytes> points,
                                                        std::span<const Handle> handles);
/// The tree over these points.
[[nodiscard]] RegisteredTree tree_of(std::span<const PointBytes> points);
/// Appends points to the tree of what a peer registered.
void append_points(CompactTree& tree, std::span<const PointBytes> points);

/// The pair context, sealed to the auditor, who cannot compute H(x) without it.
[[nodiscard]] Result<Bytes> seal_context(const Pair& pair, const PairSecrets& secrets,
                                         const SealingPublicKey& auditor, Entropy& entropy);

/// The auditor's half: everything about the audit of one registrant in one epoch with one peer.
struct Audit {
  NetworkId network;
  MemberId registrant;
  MemberId peer;
  EpochStatement own;    ///< The registrant's; signature checked.
  EpochStatement peers;  ///< The peer's; signature checked.
  std::uint32_t sample = 0;
};
/// That the two statements are about one epoch of one pair and do not contradict each other. `conflict` when they do: one of
/// the two organisations does not tell the truth. `over_limit` past most_handles_of_an_epoch.
[[nodiscard]] Result<void> check_agreement(const Audit& audit);

struct AuditorKey {
  const SealingPublicKey& public_key;
  const SealingSecretKey& secret_key;
};
[[nodiscard]] Result<PairContext> open_context(const Audit& audit, const AuditorKey& key, ByteView sealed);
/// Opens and checks one handle: that it is sealed to this auditor for this handle (cannot_open), the point is in the tree
/// that the peer states (bad_proof), and is a·H(x) under the registrant's commitment (bad_proof).
[[nodiscard]] Result<Opening> check_opening(const Audit& audit, const PairContext& context,
                                            const AuditorKey& key, Handle handle, ByteView sealed,
                                            const MerkleProof& path);

}  // namespace knoop::matching
