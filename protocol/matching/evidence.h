// From matched kinds to a verdict: what two clients of two organisations are to each other, as far as keys
// can tell.
//
// Both nodes know, for one own client and one group of the peer, exactly which kinds matched and what each
// side says about its BSN, and nothing else. The verdict is a pure function of these, in integers, so both
// reach the same one without asking (protocol.md section 3 step 5).
//
// The rule is that of Fellegi and Sunter ("A Theory for Record Linkage", JASA 1969): each field that agrees weighs
// log2(m/u), m the chance of it in two records of one youth, u in records of two youths, and the weights of the fields
// add up. The fields are birth date, surname, first name and household; a matched kind says how far each agrees, and of
// several kinds the furthest counts for a field, so that nothing is counted twice. The weights are in sixteenths of a
// bit and stand in docs/spec/identifiers.md with m and u; they describe the Dutch population, not any data set.
//
// Two things speak against. When both sides know the full first name (kind `full_name`) and no kind that says more of
// the first name than its first letter matched, the names differ: two children born on one day with one surname. Twins
// share address and parents too, so family evidence never counts for "same youth", and the penalty cannot be made up.
// And two BSNs, both proven, that did not meet: then nothing else counts for "same youth".
// A hostile peer can claim only handles whose match is proven; a class follows from them and cannot be
// asserted.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string_view>
#include <vector>

#include "protocol/matching/identifiers.h"

namespace knoop::matching {

/// A set of kinds, small enough to store in a column.
class KindSet {
 public:
  constexpr KindSet() = default;
  constexpr KindSet(std::initializer_list<Kind> kinds) {
    for (const Kind kind : kinds) add(kind);
  }
  /// From a stored column; unknown bits stay and never count.
  [[nodiscard]] static constexpr KindSet of_bits(std::uint32_t bits) {
    KindSet out;
    out.bits_ = bits;
    return out;
  }
  constexpr void add(Kind kind) { bits_ |= std::uint32_t{1} << static_cast<unsigned>(kind); }
  [[nodiscard]] constexpr bool has(Kind kind) const {
    return (bits_ & (std::uint32_t{1} << static_cast<unsigned>(kind))) != 0;
  }
  [[nodiscard]] constexpr bool empty() const { return bits_ == 0; }
  [[nodiscard]] constexpr std::uint32_t bits() const { return bits_; }
  friend constexpr bool operator==(const KindSet&, const KindSet&) = default;

 private:
  std::uint32_t bits_ = 0;
};

/// What a side says about its client's BSN towards this peer.
enum class BsnStatus : std::uint8_t {
  none = 0,        ///< No BSN, or none that passes the elfproef.
  pending = 1,     ///< Has one, whose registration is not yet evaluated and proven.
  registered = 2,  ///< Has one; evaluated and proven, so a missing match means something.
};

enum class Verdict : std::uint8_t {
  none = 0,     ///< Below the threshold: no list, screen, interface or export shows anything.
  pending = 1,  ///< Would be possible or family, but a BSN may still make it certain or refute it. Not shown.
  family = 2,   ///< Another child of the same family (gezinsmatch).
  possible = 3,  ///< The same youth as far as name and birth date tell (mogelijke match).
  certain = 4,   ///< The same BSN.
};
[[nodiscard]] std::string_view to_string(Verdict verdict);

/// What speaks for each relation, in sixteenths of a bit. Shown to professionals as kinds, never with values.
struct Weights {
  int bsn = 0;
  int demographic = 0;  ///< For "same youth"; negative when the first names differ.
  int family = 0;       ///< For "same family".
};
inline constexpr int bit = 16;
inline constexpr int possible_threshold = 22 * bit;
inline constexpr int family_threshold = 14 * bit;

[[nodiscard]] Weights weigh(KindSet matched);

/// Symmetric in the two statuses. BSN counter-evidence: both registered, and `bsn` not among the matched
/// kinds.
[[nodiscard]] Verdict verdict_of(KindSet matched, BsnStatus one, BsnStatus other);

}  // namespace knoop::matching
