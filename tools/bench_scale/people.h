// Synthetic youths for a filled store. Nobody of them exists, and no number among them can be a person's.
//
// A node takes a BSN only if it passes the elfproef, and the range kept for tests (9999xxxxx) has 9,091 of those: too few
// for a million clients. A BSN has eight or nine digits, so what passes with two zeros in front belongs to nobody: 909,090
// numbers. They are made where they are needed, in memory; nothing prints them, and the stores they end in are deleted.
#pragma once

#include "protocol/records/client.h"
#include "protocol/records/involvement.h"

namespace knoop::bench {

/// How many people there are at most: two zeros, six digits of `number`, a check digit.
inline constexpr std::uint64_t most_people = 1'000'000;

/// Of one in eleven there is none.
[[nodiscard]] std::optional<records::Bsn> bsn_of(std::uint64_t number);

/// A client with everything that a record has; every third shares its address with two others.
[[nodiscard]] records::Client whole_client(std::uint64_t number);
/// One who is known by BSN and surname alone: a single identifier for matching. `number` must have a BSN.
[[nodiscard]] records::Client client_by_bsn(std::uint64_t number);

/// From `days` before today until next year.
[[nodiscard]] records::Involvement involvement(std::uint64_t number, Date today, int days);

}  // namespace knoop::bench
