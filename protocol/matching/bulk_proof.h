// The proof of a large batch (protocol.md section 3 step 3, docs/spec/matching.md section 2).
//
//   registrant   has P and D = the evaluator's answers, all of them, durable; draws a fresh seed         ProofRequest →
//   both         expand it to one byte c a handle; M = Σ c·P, and the registrant also Z = Σ c·D
//   evaluator    proves that b·M was computed with the key it committed to                               ← Proof
//   registrant   checks the proof against its own Z
//
// Why it holds: let one D be wrong by an error E ≠ 0. Then Z = b·M + c·E + …, and for any values of the other
// coefficients at most one c of 256 makes that b·M. So a batch with any wrong D passes a draw with probability at most
// 1/256, and the evaluator cannot prepare: D is fixed before the seed exists. That is why the seed is the verifier's,
// and why it is drawn after D. A registrant that cares more draws again.
//
// A batch that fails is halved, each half with a seed of its own, until single handles are left; those are named in the
// log. One failed draw is enough to end the batch as false, also when no part of it fails again.
//
// What a hostile registrant can do with requests: learn nothing (it knows Z of every sum already, the proof is zero
// knowledge, and only points of the one batch that the evaluator keeps are summed), and cost time: 15 µs a handle, so
// the evaluator counts, and its limits are a little above what naming needs. What a hostile evaluator can do: fail.
// A sum of nothing (all coefficients zero, or points of the registrant that cancel) proves nothing: the registrant
// draws another seed before it asks, the evaluator refuses.
#pragma once

#include <string>

#include "crypto/point_sums.h"
#include "protocol/matching/messages.h"
#include "protocol/matching/pair.h"

namespace knoop::matching {

/// Handles that are named before the search stops: enough to know that it was no accident.
inline constexpr std::size_t most_named = 16;
/// Requests about one batch: 16 handles among 30,836 are found with 480.
inline constexpr std::uint32_t most_proof_requests = 500;
/// Handles summed for one batch, in batches: every level of halving sums the batch at most once, there are 15.
inline constexpr std::uint64_t most_sums = 17;

/// coefficients[i] belongs to handle first + range.from + i: byte i mod 64 of block ⌊i/64⌋, and block j is
/// SHA-512("knoop/v1/coefficients" ‖ 00 ‖ seed ‖ batch hash ‖ u32 from ‖ u32 count ‖ u32 j).
[[nodiscard]] Bytes coefficients(const ProofSeed& seed, const Hash256& batch_hash, const Range& range);

/// What a proof is about besides its sums.
struct BulkStatement {
  Pair evaluator;      ///< Self is the evaluator.
  Hash256 batch_hash;  ///< batch_hash() of evaluate.h: P, D and everything else that the batch says.
  Range range;
  ProofSeed seed;
};

/// Of b·M, where M = Σ c·P. The nonce key is fresh.
[[nodiscard]] Result<DleqProof> prove_bulk(const BulkStatement& statement, const PairSecrets& secrets,
                                           const Point& inputs, const SymmetricKey& nonce);
/// bad_proof, bad_scalar: it does not hold.
[[nodiscard]] Result<void> verify_bulk(const BulkStatement& statement, const Point& peer_commitment,
                                       const Point& inputs, const Point& outputs, const DleqProof& proof);

/// Evaluator: whether this much more about a batch of `size` may be asked. Errors at Side::peer.
struct ProofsAsked {
  std::uint32_t requests = 0;
  std::uint64_t summed = 0;
};
[[nodiscard]] Result<void> check_request(const ProofRequest& request, std::size_t size,
                                         const ProofsAsked& before);

/// Where the registrant stands with one batch. Stored between events, so encodable.
struct BulkCheck {
  std::vector<Range> open;           ///< To be drawn for, the last first.
  std::optional<Range> asked;        ///< Drawn for.
  std::optional<ProofSeed> seed;     ///< Of `asked`.
  std::optional<DleqProof> came;     ///< The answer to it, to be checked.
  std::vector<std::uint32_t> wrong;  ///< Positions of single handles whose evaluation is not proven.
  bool refuted = false;              ///< A proof failed.
  std::uint32_t requests = 0;

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    archive(bounded(self.open, 64), self.asked, self.seed, self.came, bounded(self.wrong, most_named),
            self.refuted, self.requests);
  }
  friend bool operator==(const BulkCheck&, const BulkCheck&) = default;
};
[[nodiscard]] BulkCheck begin_bulk_check(std::size_t size);

enum class BulkStep : std::uint8_t {
  draw,     ///< Draw a seed, sum over open.back(), then bulk_asked() or, without asking, bulk_judged().
  await,    ///< The peer's Proof is to come.
  verify,   ///< It came.
  proven,   ///< All handles of the batch.
  refuted,  ///< Not proven; `wrong` names what was found.
};
[[nodiscard]] BulkStep next_step(const BulkCheck& check);
void bulk_asked(BulkCheck& check, const ProofSeed& seed);
/// The outcome for open.back().
void bulk_judged(BulkCheck& check, bool holds);

/// "handles 7, 93 and possibly others", for the log.
[[nodiscard]] std::string name_wrong(const BulkCheck& check, Handle first, std::size_t size);

}  // namespace knoop::matching
