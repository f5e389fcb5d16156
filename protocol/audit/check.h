// Checks a log that somebody else wrote (R8.2). Pure and streaming: memory grows with the number of open decisions,
// receipts and consents, not with the entries. `knoop-verify` reads files and calls it; nothing here knows JSON.
//
// What is checked, an entry at a time: numbers without gaps from 0; every shown field against its commitment and
// every leaf against its commitments; structural fields shown and well-formed; times not decreasing; the first entry
// opens the log, and that of a later incarnation names the last head of the one before; an erased field has a later erasure entry; a disclosure has, earlier in the same log, its decision
// (permitted, same peer), every consent or ground it rests on (and none of them withdrawn since), and its receipt.
// At the end: the root over all leaves against every signed head that was given, and these against each other; and, when
// the log must have witnesses, that no disclosure waits for a witnessed head longer than its convenant allows.
//
// The writer of the log is the suspect. It can leave out what it never logged; it cannot change, drop, swap, insert
// or truncate what a head that somebody else holds already covers. A lie that keeps its own entry in order (leaf
// recomputed) shows only as a root that differs: then the entries since the last head that fits are named.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "crypto/checkpoint.h"
#include "crypto/merkle.h"
#include "protocol/audit/exported.h"
#include "protocol/audit/origin.h"

namespace knoop::audit {

#define KNOOP_FINDINGS(X)                         \
  X(bad_value, "bad-value")                       \
  X(basis_missing, "basis-missing")               \
  X(basis_withdrawn, "basis-withdrawn")           \
  X(decision_missing, "decision-missing")         \
  X(entry_missing, "entry-missing")               \
  X(entry_out_of_order, "entry-out-of-order")     \
  X(erased_without_entry, "erased-without-entry") \
  X(forked, "forked")                             \
  X(incarnation_broken, "incarnation-broken")     \
  X(leaf_differs, "leaf-differs")                 \
  X(not_opened, "not-opened")                     \
  X(origin_differs, "origin-differs")             \
  X(receipt_missing, "receipt-missing")           \
  X(root_differs, "root-differs")                 \
  X(state_missing, "state-missing")               \
  X(structural_hidden, "structural-hidden")       \
  X(time_decreases, "time-decreases")             \
  X(truncated, "truncated")                       \
  X(unsigned_entries, "unsigned-entries")         \
  X(unwitnessed, "unwitnessed")

/// Why a log is not accepted. The stable names are a promise, as those of ErrorCode are.
enum class FindingCode {
#define KNOOP_ENUMERATOR(name, text) name,
  KNOOP_FINDINGS(KNOOP_ENUMERATOR)
#undef KNOOP_ENUMERATOR
};
[[nodiscard]] std::string_view to_string(FindingCode code);

struct Finding {
  FindingCode code{};
  std::optional<std::uint64_t> entry;  ///< The first entry concerned, where one can be named.
  std::string sentence;
};

/// More would not help anybody, and a hostile export must not fill the memory.
inline constexpr std::size_t max_findings = 100;

/// Fields of entries of earlier logs of the same member, whose erasure a later one tells: incarnation, entry, field.
using ErasedBefore = std::set<std::tuple<std::uint32_t, std::uint64_t, std::uint16_t>>;

class LogChecker {
 public:
  /// `heads`: signed heads of this log, their signatures already checked, of any sizes. The largest must cover the
  /// whole log; the smaller ones prove that what they covered was not rewritten.
  LogChecker(LogOrigin origin, std::vector<Checkpoint> heads);

  /// The log has witnesses, who watched its first `size` entries: an older disclosure than `bound` (before the last entry)
  /// that is not among these is a finding; a younger one is counted. Before the first entry.
  void expect_witnessed(std::uint64_t size, Milliseconds bound) { witnessed_ = Watched{size, bound}; }
  void add(const ExportedEntry& entry) { add(entry, computed_leaf(entry)); }
  /// For who computed the leaf beforehand, on another thread.
  void add(const ExportedEntry& entry, const Hash256& leaf);
  /// What this log tells of the erasure of entries of earlier ones; and, for an earlier one, what the later ones told.
  [[nodiscard]] const ErasedBefore& erased_before() const { return erased_before_; }
  void told_later(const ErasedBefore& erased);
  /// After the last entry. Findings in the order found.
  [[nodiscard]] const std::vector<Finding>& finish();

  [[nodiscard]] std::uint64_t size() const { return tree_.size(); }
  [[nodiscard]] Hash256 root() const { return tree_.root(); }
  [[nodiscard]] std::uint64_t disclosures() const { return disclosures_; }
  [[nodiscard]] std::uint64_t erasures() const { return erasures_; }
  /// Disclosures behind the newest witnessed head, after finish().
  [[nodiscard]] std::uint64_t waiting() const { return waiting_.size(); }
  /// Of the first and the last entry whose time could be read; zero when there is none.
  [[nodiscard]] Timestamp first_time() const { return first_time_.value_or(Timestamp{}); }
  [[nodiscard]] Timestamp last_time() const { return last_time_.value_or(Timestamp{}); }

 private:
  struct Decision {
    std::string peer;
    std::vector<BasisId> bases;
  };
  struct Watched {
    std::uint64_t size = 0;
    Milliseconds bound{};
  };
  struct Waiting {
    std::uint64_t entry = 0;
    Timestamp at;
  };

  void find(FindingCode code, std::optional<std::uint64_t> entry, std::string sentence);
  void check_position(const ExportedEntry& entry);
  void check_leaf(const ExportedEntry& entry, const Hash256& leaf);
  void check_meaning(const ExportedEntry& entry);
  void check_disclosure(std::uint64_t index, const std::string& decision, const std::vector<BasisId>& bases,
                        const std::string& receipt, const std::string& peer);
  void check_erasure(std::uint64_t index, const std::string& reference);
  void check_heads();
  void check_fork(std::size_t head, std::uint64_t since);
  void check_witnessed();

  LogOrigin origin_;
  std::vector<Checkpoint> heads_;  ///< Sorted by size.
  std::size_t next_head_ = 0;
  std::uint64_t agreed_ = 0;  ///< Size of the last head that fits.
  bool in_order_ = true;      ///< No gap yet: roots may be compared.

  std::uint64_t expected_ = 0;
  CompactTree tree_;
  std::optional<Timestamp> first_time_;
  std::optional<Timestamp> last_time_;
  std::map<std::string, Decision> decisions_;
  std::map<BasisId, bool> bases_;                             ///< Recorded, and whether withdrawn since.
  std::set<BasisId> elsewhere_;                               ///< Of those: recorded by another member.
  std::set<std::pair<std::string, BasisId>> states_;          ///< Decision, and what still stood for it.
  std::map<std::string, std::string> receipts_;               ///< Receipt to its decision.
  std::set<std::pair<std::uint64_t, std::uint16_t>> erased_;  ///< Seen erased, no erasure entry yet.
  ErasedBefore erased_before_;                                ///< Told here, of earlier logs.
  std::optional<Watched> witnessed_;
  std::vector<Waiting> waiting_;  ///< Disclosures behind the newest witnessed head.
  std::uint64_t disclosures_ = 0;
  std::uint64_t erasures_ = 0;
  std::vector<Finding> findings_;
};

}  // namespace knoop::audit
