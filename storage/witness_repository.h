// What is kept about witnessing (docs/spec/audit.md "Witnesses"): as owner of a log, what each witness holds and signed; as
// witness, the newest head of each log that this node cosigned; and proofs of entries that follow releases.
//
// Rows only: the rules are node/core/witnessing's. put_cosigned() and the message that carries the cosignature stand in one
// transaction, so a witness that crashes has either done both or nothing.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "crypto/cosignature.h"
#include "crypto/keys.h"
#include "protocol/ids.h"
#include "storage/database.h"
#include "storage/head_repository.h"

namespace knoop::storage {

// ---- as owner of a log

struct OwnWitness {
  MemberId witness;
  std::uint32_t incarnation = 1;
  std::uint64_t held = 0;                ///< Of this incarnation, as far as it told.
  std::optional<std::uint64_t> asked;    ///< Sent, and not answered yet.
  std::optional<std::uint64_t> refused;  ///< Not asked again for this one or a smaller one.
  std::optional<Timestamp> answered;     ///< When it last cosigned, since this node started.
};
/// A row that is not there yet: nothing asked.
[[nodiscard]] Result<OwnWitness> own_witness(Transaction& tx, const MemberId& witness,
                                             std::uint32_t incarnation);
[[nodiscard]] Result<void> put_own_witness(Transaction& tx, const OwnWitness& row);
/// At start: nothing that was asked or answered before counts.
[[nodiscard]] Result<void> forget_answers(Transaction& tx);

[[nodiscard]] Result<void> put_own_cosignature(Transaction& tx, std::uint32_t incarnation, std::uint64_t size,
                                               const MemberId& witness, const Cosignature& cosignature);
struct OwnCosignature {
  MemberId witness;
  Cosignature cosignature;
};
[[nodiscard]] Result<std::vector<OwnCosignature>> own_cosignatures(Transaction& tx, std::uint32_t incarnation,
                                                                   std::uint64_t size);
/// Of heads smaller than this, which nobody asks for any more.
[[nodiscard]] Result<void> forget_own_cosignatures(Transaction& tx, std::uint32_t incarnation,
                                                   std::uint64_t below);
/// The newest one.
[[nodiscard]] Result<std::optional<OwnCosignature>> last_own_cosignature(Transaction& tx,
                                                                         const MemberId& witness);

/// A head of ours is witnessed since `at`. The first moment counts.
[[nodiscard]] Result<void> mark_witnessed(Transaction& tx, std::uint32_t incarnation, std::uint64_t size,
                                          Timestamp at);
struct WitnessedHead {
  std::uint64_t size = 0;
  Timestamp at;
  std::string note;  ///< Without cosignatures.
};
[[nodiscard]] Result<std::optional<WitnessedHead>> newest_witnessed_head(Transaction& tx,
                                                                         std::uint32_t incarnation);
/// The note of the head of this size, if it was signed and is still kept.
[[nodiscard]] Result<std::optional<std::string>> own_head(Transaction& tx, std::uint32_t incarnation,
                                                          std::uint64_t size);
/// When the entry of this number was written.
[[nodiscard]] Result<std::optional<Timestamp>> entry_time(Transaction& tx, std::uint32_t incarnation,
                                                          std::uint64_t number);

/// What all witnesses are asked for now, and which lateness was told last.
struct Witnessing {
  std::uint32_t incarnation = 1;
  std::uint64_t target = 0;
  Timestamp since;
  std::uint8_t late = 0;
};
[[nodiscard]] Result<Witnessing> witnessing(Transaction& tx);
[[nodiscard]] Result<void> put_witnessing(Transaction& tx, const Witnessing& row);

/// A head with our signature that is not of our log. True when it is news.
[[nodiscard]] Result<bool> put_lost_head(Transaction& tx, const MemberHead& head, const MemberId& told_by,
                                         Timestamp now);
/// The newest of these, of this incarnation of our log or a later one. Of an earlier one the log that is written now says how
/// it ended.
[[nodiscard]] Result<std::optional<MemberHead>> lost_head(Transaction& tx, std::uint32_t incarnation);

// ---- as witness

struct CosignedLog {
  MemberId member;
  std::uint32_t incarnation = 1;
  std::uint64_t size = 0;
  Hash256 root;
  std::string note;        ///< As its owner signed it, without cosignatures.
  std::uint64_t time = 0;  ///< Of the newest cosignature.
};
/// Of the newest incarnation that this node cosigned.
[[nodiscard]] Result<std::optional<CosignedLog>> cosigned_log(Transaction& tx, const MemberId& member);
[[nodiscard]] Result<void> put_cosigned(Transaction& tx, const CosignedLog& log);

// ---- proofs that follow a release

struct OwedProof {
  MemberId peer;
  ExchangeId exchange;
  std::uint32_t incarnation = 1;
  std::uint64_t number = 0;
};
[[nodiscard]] Result<void> put_owed_proof(Transaction& tx, const OwedProof& owed);
[[nodiscard]] Result<std::vector<OwedProof>> owed_proofs(Transaction& tx, std::uint32_t incarnation,
                                                         std::uint64_t below, std::size_t limit);
/// Of entries of earlier logs than this one.
[[nodiscard]] Result<std::vector<OwedProof>> earlier_owed_proofs(Transaction& tx, std::uint32_t incarnation,
                                                                 std::size_t limit);
[[nodiscard]] Result<void> delete_owed_proof(Transaction& tx, const OwedProof& owed);

enum class ProofState : std::uint8_t { waiting = 0, overdue = 1, good = 2, wrong = 3, lost = 4 };
struct AwaitedProof {
  MemberId peer;
  ExchangeId exchange;
  std::uint32_t incarnation = 1;
  std::uint64_t number = 0;
  Hash256 leaf;
  Timestamp since;
  ProofState state = ProofState::waiting;
  std::optional<std::string> proof;
};
[[nodiscard]] Result<void> put_awaited_proof(Transaction& tx, const AwaitedProof& awaited);
[[nodiscard]] Result<std::optional<AwaitedProof>> awaited_proof(Transaction& tx, const MemberId& peer,
                                                                const ExchangeId& exchange);
/// Those that are waited for since before `then`.
[[nodiscard]] Result<std::vector<AwaitedProof>> late_proofs(Transaction& tx, Timestamp then,
                                                            std::size_t limit);
/// Overdue ones, wrong ones, and those that will never come.
[[nodiscard]] Result<std::vector<AwaitedProof>> missing_proofs(Transaction& tx, std::size_t limit);

}  // namespace knoop::storage
