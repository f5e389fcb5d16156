// Registered identifiers, handles, tokens and batches on disk (docs/spec/matching.md). What becomes of equal tokens is
// in match_repository.h.
//
// A few rules are kept here because they are about sets of rows:
//  - an identifier lives as long as a client has it; it is queued for every pair once, however many clients share it;
//  - a change of handles or tokens touches the clients concerned (touched_clients for claims we make, touched_claims
//    for claims we answer), so that matching looks again at what changed and at nothing else;
//  - a proven handle replaces an older one of the same identifier; a peer's known token under a new handle replaces
//    the old handle.
//
// A peer fills peer_tokens, peer_handles and withdrawn_tokens: its quota bounds them.
#pragma once

#include <map>
#include <optional>
#include <vector>

#include "protocol/channel/frame.h"
#include "protocol/matching/identifiers.h"
#include "protocol/matching/messages.h"
#include "protocol/records/client.h"
#include "storage/database.h"

namespace knoop::storage {

using PairId = std::int64_t;
using IdentifierId = std::int64_t;

/// One peer and epoch.
struct MatchingPair {
  PairId id = 0;
  MemberId peer;
  matching::Epoch epoch = 0;
  AgreedVersions versions;                  ///< Of when it was opened.
  std::optional<PresharedKeyId> preshared;  ///< The same.
  std::optional<PointBytes> commitment;     ///< The peer's, once its EpochOpen was checked.
  matching::Handle next_handle = 1;
  matching::Handle next_peer_handle = 1;
  std::uint64_t last_withdrawal = 0;
  std::optional<Date> not_before;      ///< Quota: do not register before this day.
  std::optional<std::string> trouble;  ///< Why nothing moves, a sentence.
};

[[nodiscard]] Result<std::optional<MatchingPair>> find_pair(Transaction& tx, const MemberId& peer,
                                                            matching::Epoch epoch);
[[nodiscard]] Result<std::optional<MatchingPair>> find_pair(Transaction& tx, PairId pair);
/// The newest epoch with a peer.
[[nodiscard]] Result<std::optional<MatchingPair>> newest_pair(Transaction& tx, const MemberId& peer);
[[nodiscard]] Result<std::vector<MatchingPair>> newest_pairs(Transaction& tx);
/// Opens it and queues every identifier.
[[nodiscard]] Result<MatchingPair> add_pair(Transaction& tx, const MemberId& peer, matching::Epoch epoch,
                                            const AgreedVersions& versions,
                                            const std::optional<PresharedKeyId>& preshared, Timestamp now);
/// Only before anything was evaluated in the epoch: its tokens depend on the rules for identifiers.
[[nodiscard]] Result<void> set_versions(Transaction& tx, PairId pair, const AgreedVersions& versions);
/// Only before anything was registered in the epoch: the peer's commitment is to come again under this key.
[[nodiscard]] Result<void> set_preshared(Transaction& tx, PairId pair,
                                         const std::optional<PresharedKeyId>& preshared);
[[nodiscard]] Result<void> set_commitment(Transaction& tx, PairId pair, const PointBytes& commitment,
                                          const Hash256& draw);
[[nodiscard]] Result<void> set_trouble(Transaction& tx, PairId pair, const std::optional<Error>& trouble);
[[nodiscard]] Result<void> set_not_before(Transaction& tx, PairId pair, const std::optional<Date>& day);

// ---- identifiers of own clients

struct Ended {
  PairId pair = 0;
  matching::Handle handle = 0;
};
/// Makes the client's identifiers these (none: it is inactive) and queues what is new. The handles of identifiers that
/// nobody has any more are deleted and returned, to be withdrawn at the peers.
[[nodiscard]] Result<std::vector<Ended>> set_identifiers(Transaction& tx, records::ClientId client,
                                                         const std::vector<matching::Identifier>& identifiers,
                                                         matching::Month expires);
[[nodiscard]] Result<std::int64_t> count_identifiers(Transaction& tx);

// ---- registering

[[nodiscard]] Result<std::vector<IdentifierId>> queued(Transaction& tx, PairId pair, std::int64_t limit);
[[nodiscard]] Result<std::int64_t> count_queued(Transaction& tx, PairId pair);

struct OwnBatch {
  matching::Handle first = 0;
  std::size_t size = 0;
  matching::Month expires = 0;
  std::optional<std::vector<PointBytes>> points;
  std::optional<Timestamp> sent;
  std::optional<Bytes> answer;
  std::optional<Timestamp> hold;     ///< Not sent again before this moment.
  Milliseconds owed{0};              ///< matching_batches.h keeps these two.
  std::optional<Timestamp> overdue;  ///< Since when the answer is past its term.
  bool failed = false;               ///< Its evaluation was false: it waits for somebody to look.
};
/// Takes the identifiers from the queue and gives them handles: slots[i] is that of first + i, nothing is a dummy.
[[nodiscard]] Result<void> start_batch(Transaction& tx, const MatchingPair& pair,
                                       const std::vector<std::optional<IdentifierId>>& slots);
[[nodiscard]] Result<std::optional<OwnBatch>> own_batch(Transaction& tx, PairId pair);
/// What the handles of the batch stand for now; nothing: a dummy, or ended meanwhile.
[[nodiscard]] Result<std::vector<std::optional<matching::Identifier>>> batch_slots(Transaction& tx,
                                                                                   PairId pair,
                                                                                   const OwnBatch& batch);
[[nodiscard]] Result<void> set_batch_points(Transaction& tx, PairId pair,
                                            const std::vector<PointBytes>& points);
[[nodiscard]] Result<void> set_batch_sent(Transaction& tx, PairId pair, const std::optional<Timestamp>& when);
[[nodiscard]] Result<void> set_batch_answer(Transaction& tx, PairId pair, const std::optional<Bytes>& answer);
/// Our handles from `first` are proven: keeps their tokens, finds the peer's equal ones, ends the batch.
[[nodiscard]] Result<void> finish_batch(Transaction& tx, const MatchingPair& pair, matching::Handle first,
                                        const std::vector<matching::Token>& tokens, bool claimant);

/// Records a withdrawal and gives its number.
[[nodiscard]] Result<std::uint64_t> add_withdrawal(Transaction& tx, PairId pair, std::size_t handles,
                                                   Timestamp now);
[[nodiscard]] Result<void> set_withdrawal_hash(Transaction& tx, PairId pair, std::uint64_t number,
                                               const Hash256& body);
/// False when there is no such withdrawal with this body.
[[nodiscard]] Result<bool> acknowledge_withdrawal(Transaction& tx, PairId pair, std::uint64_t number,
                                                  const Hash256& body, const Signature& signature,
                                                  Timestamp now);
[[nodiscard]] Result<std::int64_t> count_unacknowledged_withdrawals(Transaction& tx, PairId pair);

// ---- what peers registered

struct PeerBatch {
  Bytes body;                        ///< The RegisterBatch.
  std::optional<Timestamp> overdue;  ///< When the peer told us that our answer is past its term.
};
[[nodiscard]] Result<std::optional<PeerBatch>> peer_batch(Transaction& tx, PairId pair);
/// Keeps the batch to be evaluated and moves next_peer_handle past it.
[[nodiscard]] Result<void> add_peer_batch(Transaction& tx, const MatchingPair& pair, std::size_t size,
                                          const Bytes& body);
/// Drops it unanswered; the peer may send it again.
[[nodiscard]] Result<void> drop_peer_batch(Transaction& tx, PairId pair, matching::Handle first);
/// Keeps the tokens of the peer's handles from `first`, finds our equal ones, ends the batch. Gives how many were known
/// before: they cost no quota.
[[nodiscard]] Result<std::size_t> finish_peer_batch(Transaction& tx, const MatchingPair& pair,
                                                    const matching::RegisterBatch& batch,
                                                    const std::vector<matching::Token>& tokens,
                                                    bool claimant);
[[nodiscard]] Result<void> withdraw_peer_handles(Transaction& tx, const MatchingPair& pair,
                                                 const std::vector<matching::Handle>& handles, bool claimant);
/// Ends what may be kept no longer than the month before `month`, in both directions.
[[nodiscard]] Result<void> expire_tokens(Transaction& tx, const MatchingPair& pair, matching::Month month,
                                         bool claimant);

// ---- quotas

enum class QuotaSide : std::uint8_t { ours = 1, peers = 2 };
struct DayHandles {
  Date day;
  std::uint64_t handles = 0;
};
[[nodiscard]] Result<std::vector<DayHandles>> quota_counts(Transaction& tx, const MemberId& peer,
                                                           QuotaSide side, Date since);
/// `handles` may be negative: known points cost nothing.
[[nodiscard]] Result<void> count_quota(Transaction& tx, const MemberId& peer, QuotaSide side, Date day,
                                       std::int64_t handles);

// ---- equal tokens

/// The client must be looked at again in its claims with, or answers to, this pair's peer.
[[nodiscard]] Result<void> touch_client(Transaction& tx, const MatchingPair& pair, records::ClientId client,
                                        bool claimant);

}  // namespace knoop::storage
