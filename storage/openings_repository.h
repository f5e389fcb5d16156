// What the opening audit keeps (protocol/matching/openings.h, docs/spec/openings.md): the points that were registered, what
// handles stood for that ended before their epoch did, statements of both sides, and the sealed openings.
//
// While an epoch runs, a trigger keeps a row of every own handle that is deleted, whoever deletes it and why: a handle that
// could be forgotten could not be opened, and an honest node would look like a cheat. The row is sealed to the auditor soon
// (unsealed_handles, seal_handle) and says nothing to this node any more. When the epoch's key is destroyed all of it
// goes but the drawn openings and the statements.
#pragma once

#include <optional>
#include <vector>

#include "crypto/merkle.h"
#include "protocol/matching/openings.h"
#include "storage/matching_repository.h"

namespace knoop::storage {

/// Our points from `first` on, as they were computed.
[[nodiscard]] Result<void> keep_points(Transaction& tx, PairId pair, matching::Handle first,
                                       const std::vector<PointBytes>& points);
/// Our points, that of handle 1 first.
[[nodiscard]] Result<std::vector<PointBytes>> registered_points(Transaction& tx, PairId pair);
/// The points of these handles, in this order; nothing for a handle that was not computed.
[[nodiscard]] Result<std::vector<std::optional<PointBytes>>> points_of(
    Transaction& tx, PairId pair, const std::vector<matching::Handle>& handles);

/// Over what the peer registered; empty at first.
[[nodiscard]] Result<CompactTree> received_tree(Transaction& tx, PairId pair);
[[nodiscard]] Result<void> put_received_tree(Transaction& tx, PairId pair, const CompactTree& tree);

// ---- handles that ended before their epoch

/// Pairs with such handles that are not sealed yet, and whose key is still there.
[[nodiscard]] Result<std::vector<PairId>> pairs_to_seal(Transaction& tx);
/// Those whose point was computed.
[[nodiscard]] Result<std::vector<matching::ToOpen>> unsealed_handles(Transaction& tx, PairId pair,
                                                                     std::int64_t limit);
/// Keeps the box and forgets what is in it.
[[nodiscard]] Result<void> seal_handle(Transaction& tx, PairId pair, const matching::SealedOpening& opening);
/// It stands for a point that this node did not compute: it cannot be opened.
[[nodiscard]] Result<void> forget_handle(Transaction& tx, PairId pair, matching::Handle handle);
/// There is no auditor to seal to.
[[nodiscard]] Result<void> forget_ended_handles(Transaction& tx);

// ---- audits

struct OpeningAudit {
  PairId pair = 0;
  MemberId peer;
  matching::Epoch epoch = 0;
  Timestamp started;
  SealingPublicKey auditor;
  std::uint32_t sample = 0;
  std::optional<Hash256> draw;  ///< What the peer committed to.
  std::optional<matching::EpochStatement> own;
  std::optional<matching::EpochStatement> peers;  ///< Checked.
  std::string peer_card;                          ///< The note with which it was checked.
  Bytes context;                                  ///< Sealed; with `own`.
  bool drawn = false;
  std::optional<Timestamp> done;
  std::string trouble;  ///< Why it ended without openings, a sentence.
};
[[nodiscard]] Result<void> begin_audit(Transaction& tx, const OpeningAudit& audit);
[[nodiscard]] Result<void> put_audit(Transaction& tx, const OpeningAudit& audit);
[[nodiscard]] Result<std::optional<OpeningAudit>> find_audit(Transaction& tx, PairId pair);
[[nodiscard]] Result<std::vector<OpeningAudit>> open_audits(Transaction& tx);
/// All, newest first.
[[nodiscard]] Result<std::vector<OpeningAudit>> list_audits(Transaction& tx);
/// Deletes what the audit no longer needs: points, tree, handles that were not drawn.
[[nodiscard]] Result<void> clear_audit_material(Transaction& tx, PairId pair);

/// What the peer stated, as it came, with its card of then; the first counts. False when there was one.
[[nodiscard]] Result<bool> keep_peer_statement(Transaction& tx, PairId pair, const Bytes& body,
                                               const std::string& card);
struct PeerStatement {
  Bytes body;
  std::string card;
};
[[nodiscard]] Result<std::optional<PeerStatement>> peer_statement(Transaction& tx, PairId pair);

// ---- drawn handles

/// Writes a row for each; those that ended and were sealed then take their box.
[[nodiscard]] Result<void> draw_handles(Transaction& tx, PairId pair,
                                        const std::vector<matching::Handle>& handles);
[[nodiscard]] Result<std::vector<matching::Handle>> drawn_handles(Transaction& tx, PairId pair);
/// Those without a box, with what they stand for, without their points.
[[nodiscard]] Result<std::vector<matching::ToOpen>> handles_to_open(Transaction& tx, PairId pair);
[[nodiscard]] Result<void> put_opening(Transaction& tx, PairId pair, const matching::SealedOpening& opening);
[[nodiscard]] Result<void> put_path(Transaction& tx, PairId pair, matching::Handle handle,
                                    const MerkleProof& path);
struct StoredOpening {
  matching::SealedOpening opening;
  MerkleProof path;
};
/// With box and path; a drawn handle without is not among them.
[[nodiscard]] Result<std::vector<StoredOpening>> openings_of(Transaction& tx, PairId pair);

}  // namespace knoop::storage
