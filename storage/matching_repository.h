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
// Where SQL says INDEXED BY or CROSS JOIN, SQLite by itself would walk all handles of the pair for every client: without
// statistics it takes the primary key's first column for as good as an index on the very thing that is asked.
//
// A peer fills peer_tokens, peer_handles and withdrawn_tokens: its quota bounds them.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <vector>

#include "protocol/channel/frame.h"
#include "protocol/channel/versions.h"
#include "protocol/matching/epochs.h"
#include "protocol/matching/identifiers.h"
#include "protocol/matching/messages.h"
#include "protocol/matching/quota.h"
#include "protocol/records/client.h"
#include "storage/client_vault.h"

namespace knoop::storage {

using PairId = std::int64_t;
using IdentifierId = std::int64_t;

/// One peer and epoch (protocol/matching/epochs.h). The times tell how far the epoch is.
struct MatchingPair {
  PairId id = 0;
  MemberId peer;
  matching::Epoch epoch = 0;
  AgreedVersions versions;                  ///< Of when it was opened.
  std::optional<PresharedKeyId> preshared;  ///< The same.
  Timestamp opened;                         ///< Our EpochOpen.
  std::optional<Timestamp> agreed;          ///< The peer's is here too.
  std::optional<PointBytes> commitment;     ///< The peer's, once its EpochOpen was checked.
  std::optional<Hash256> draw;              ///< What the peer's number for the opening audit must open.
  std::optional<Timestamp> complete;
  std::optional<Timestamp> peer_complete;
  std::optional<Timestamp> ended;  ///< Nothing is registered or evaluated any more.
  std::optional<matching::EndReason> ended_why;
  std::optional<Timestamp> told;   ///< We said so, and the opening audit began.
  std::optional<Timestamp> moved;  ///< No claim needs it any more.
  bool has_key = false;            ///< Our matching key of the epoch still exists.
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
/// Epochs in which is registered and evaluated: one a peer, two while epochs overlap.
[[nodiscard]] Result<std::vector<MatchingPair>> live_pairs(Transaction& tx);
/// Epochs that matches may rest on: the live ones, and ended ones whose matches the next does not hold yet. Ascending.
[[nodiscard]] Result<std::vector<MatchingPair>> used_pairs(Transaction& tx);
[[nodiscard]] Result<std::vector<MatchingPair>> used_pairs(Transaction& tx, const MemberId& peer);
/// Ended epochs that wait for something: claims to move, the end of our key.
[[nodiscard]] Result<std::vector<MatchingPair>> closing_pairs(Transaction& tx);
/// Why nothing may be evaluated for or registered with this peer now: the trouble of any live epoch.
[[nodiscard]] Result<std::optional<std::string>> peer_trouble(Transaction& tx, const MemberId& peer);
/// How many epochs of a peer were opened since.
[[nodiscard]] Result<std::int64_t> count_opened(Transaction& tx, const MemberId& peer, Timestamp since);
/// What an epoch was opened with, until it is destroyed.
struct EpochKeys {
  MatchingKey matching;  ///< Of this pair and epoch alone.
  std::optional<PresharedKeyId> preshared_id;
  std::optional<PresharedKey> preshared;  ///< A copy: the pair's key may change, the epoch's does not.
};
/// Opens it and queues every identifier.
[[nodiscard]] Result<MatchingPair> add_pair(Transaction& tx, const MemberId& peer, matching::Epoch epoch,
                                            const AgreedVersions& versions, const EpochKeys& keys,
                                            Timestamp now);
/// Only before anything was evaluated in the epoch: its tokens depend on the rules for identifiers.
[[nodiscard]] Result<void> set_versions(Transaction& tx, PairId pair, const AgreedVersions& versions);
/// Only before anything was registered in the epoch: the peer's commitment is to come again under this key. Of `keys` the
/// matching key stays as it was.
[[nodiscard]] Result<void> set_preshared(Transaction& tx, PairId pair, const EpochKeys& keys);
/// wrong_state when they were destroyed.
[[nodiscard]] Result<EpochKeys> epoch_keys(Transaction& tx, PairId pair);
[[nodiscard]] Result<void> set_commitment(Transaction& tx, PairId pair, const PointBytes& commitment,
                                          const Hash256& draw, Timestamp now);
[[nodiscard]] Result<void> set_trouble(Transaction& tx, PairId pair, const std::optional<Error>& trouble);
[[nodiscard]] Result<void> set_not_before(Transaction& tx, PairId pair, const std::optional<Date>& day);
[[nodiscard]] Result<void> set_complete(Transaction& tx, PairId pair, Timestamp now);
[[nodiscard]] Result<void> set_peer_complete(Transaction& tx, PairId pair, Timestamp now);
/// Ends it: queue, batches and the peer's tokens go, except of handles that matches rest on. Our own handles and the key
/// stay for the opening audit.
[[nodiscard]] Result<void> end_pair(Transaction& tx, PairId pair, matching::EndReason why, Timestamp now);
[[nodiscard]] Result<void> set_told(Transaction& tx, PairId pair, Timestamp now);
/// No claim needs it: the matched handles and the claims and answers of this epoch go. Claims that rested on it are
/// touched, so that they are looked at once more.
[[nodiscard]] Result<void> set_moved(Transaction& tx, const MatchingPair& pair, Timestamp now);
/// Nothing is looked at any more in claims with this peer.
[[nodiscard]] Result<void> forget_touched(Transaction& tx, const MemberId& peer);
/// Our handles go when both this and set_moved() were called.
[[nodiscard]] Result<void> destroy_key(Transaction& tx, PairId pair);

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
/// Up to where the new identifiers' hashes have moved. Forgotten at a restart: then from the beginning.
struct SettledTo {
  matching::Kind kind = matching::Kind::dummy;
  LookupHash hash;
};
/// Moves a part of the new identifiers' hashes to the others once there are many; to be called after some dozens of clients.
/// Each time the part after the last one, round and round: a part then has what a whole round brought, and many of its
/// rows share a page.
[[nodiscard]] Result<void> settle_identifiers(Transaction& tx, SettledTo& to);
[[nodiscard]] Result<std::int64_t> count_identifiers(Transaction& tx);
/// What own_identifiers and ended_handles keep under a client's erasure key; nothing when that was destroyed.
[[nodiscard]] Result<std::optional<matching::Identifier>> open_identifier(Transaction& tx,
                                                                          matching::Kind kind,
                                                                          const LookupHash& hash,
                                                                          ByteView sealed);

// ---- registering

[[nodiscard]] Result<std::vector<IdentifierId>> queued(Transaction& tx, PairId pair, std::int64_t limit);
[[nodiscard]] Result<std::int64_t> count_queued(Transaction& tx, PairId pair);
/// Something is queued or on its way.
[[nodiscard]] Result<bool> anything_to_register(Transaction& tx, PairId pair);

struct OwnBatch {
  matching::Handle first = 0;
  std::size_t size = 0;
  matching::Month expires = 0;
  std::size_t waiting = 0;  ///< Elements that have no handle yet.
  bool computed = false;    ///< batch_points() are here.
  std::optional<Timestamp> sent;
  bool answered = false;             ///< batch_answer() is here.
  std::optional<Timestamp> hold;     ///< Not sent again before this moment.
  std::optional<Bytes> search;       ///< A BulkCheck.
  bool proof_owed = false;           ///< A proof was asked and did not come.
  bool proven = false;               ///< All handles; their tokens are being kept:
  std::size_t stored = 0;            ///< of so many they are.
  Milliseconds owed{0};              ///< matching_batches.h keeps these two.
  std::optional<Timestamp> overdue;  ///< Since when the answer or proof is past its term.
  bool failed = false;               ///< Its evaluation was false: it waits for somebody to look.
};
/// Takes the next `size` handles of the pair for `elements` identifiers of the queue, which assign_handles() gives out.
[[nodiscard]] Result<void> begin_batch(Transaction& tx, const MatchingPair& pair, std::size_t size,
                                       std::size_t elements);
struct Assigned {
  matching::Handle handle = 0;
  IdentifierId identifier = 0;
};
/// Takes these identifiers, the first of the queue in its order, from it into the batch. `last`: what has no handle yet will have none, all other
/// handles are dummies.
[[nodiscard]] Result<void> assign_handles(Transaction& tx, const MatchingPair& pair,
                                          const std::vector<Assigned>& assigned, bool last);
/// Handles of the batch that stand for nothing (yet).
[[nodiscard]] Result<std::vector<matching::Handle>> free_handles(Transaction& tx, PairId pair,
                                                                 const OwnBatch& batch);
[[nodiscard]] Result<std::optional<OwnBatch>> own_batch(Transaction& tx, PairId pair);
/// What `count` handles from `first` stand for now; nothing: a dummy, or ended meanwhile.
[[nodiscard]] Result<std::vector<std::optional<matching::Identifier>>> batch_slots(Transaction& tx,
                                                                                   PairId pair,
                                                                                   matching::Handle first,
                                                                                   std::size_t count);
[[nodiscard]] Result<void> set_batch_points(Transaction& tx, PairId pair,
                                            const std::vector<PointBytes>& points);
[[nodiscard]] Result<std::vector<PointBytes>> batch_points(Transaction& tx, PairId pair);
[[nodiscard]] Result<void> set_batch_sent(Transaction& tx, PairId pair, const std::optional<Timestamp>& when);
/// The Evaluated, as it came.
[[nodiscard]] Result<void> set_batch_answer(Transaction& tx, PairId pair, const Bytes& answer);
[[nodiscard]] Result<Bytes> batch_answer(Transaction& tx, PairId pair);
/// Our handles from `first` are proven: keeps their tokens and finds the peer's equal ones.
[[nodiscard]] Result<void> keep_tokens(Transaction& tx, const MatchingPair& pair, matching::Handle first,
                                       std::span<const matching::Token> tokens, bool claimant);
/// The same for the whole batch, and ends it.
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
  matching::Handle first = 0;
  std::size_t size = 0;
  std::size_t stored = 0;           ///< Of so many handles the tokens are kept, in order of token.
  std::optional<Hash256> answered;  ///< Batch hash, once a large batch was answered: proofs may be asked.
  std::optional<Bytes> request;     ///< The ProofRequest to be answered.
  std::uint32_t requests = 0;
  std::uint64_t summed = 0;          ///< Handles in all requests together.
  std::optional<Timestamp> overdue;  ///< When the peer told us that our answer is past its term.
};
[[nodiscard]] Result<std::optional<PeerBatch>> peer_batch(Transaction& tx, PairId pair);
/// The RegisterBatch, as it came.
[[nodiscard]] Result<Bytes> peer_batch_body(Transaction& tx, PairId pair);
/// Keeps the batch to be evaluated and moves next_peer_handle past it.
[[nodiscard]] Result<void> add_peer_batch(Transaction& tx, const MatchingPair& pair, std::size_t size,
                                          const Bytes& body);
/// Drops it unanswered; the peer may send it again.
[[nodiscard]] Result<void> drop_peer_batch(Transaction& tx, PairId pair, matching::Handle first);
/// Keeps some tokens of the peer's handles, tokens[i] being that of `first` + i, and finds our equal ones. `positions`:
/// which, in order of token, because that is how the table lies on the disk. Gives how many were known before: they cost
/// no quota.
[[nodiscard]] Result<std::size_t> keep_peer_tokens(Transaction& tx, const MatchingPair& pair,
                                                   matching::Handle first, matching::Month expires,
                                                   const std::vector<matching::Token>& tokens,
                                                   std::span<const std::size_t> positions, bool claimant);
[[nodiscard]] std::vector<std::size_t> in_order(const std::vector<matching::Token>& tokens);
/// All of a batch at once, and ends it.
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
  std::uint64_t frames = 0;
  std::uint64_t withdrawn = 0;
};
[[nodiscard]] Result<std::vector<DayHandles>> quota_counts(Transaction& tx, const MemberId& peer,
                                                           QuotaSide side, Date since);
/// `handles` may be negative: known points cost nothing.
[[nodiscard]] Result<void> count_quota(Transaction& tx, const MemberId& peer, QuotaSide side, Date day,
                                       std::int64_t handles, std::uint64_t frames = 0,
                                       std::uint64_t withdrawn = 0);

struct DayHint {
  Date day;
  matching::Hint hint = matching::Hint::quota;
};
/// True when it is the first of its kind with this peer on this day.
[[nodiscard]] Result<bool> add_hint(Transaction& tx, const MemberId& peer, Date day, matching::Hint hint);
/// Newest first.
[[nodiscard]] Result<std::vector<DayHint>> hints_of(Transaction& tx, const MemberId& peer, Date since);

// ---- equal tokens

/// The client must be looked at again in its claims with, or answers to, this pair's peer.
[[nodiscard]] Result<void> touch_client(Transaction& tx, const MatchingPair& pair, records::ClientId client,
                                        bool claimant);

}  // namespace knoop::storage
