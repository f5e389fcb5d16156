// What a record must fulfil, whoever enters it: a file, a form or a command. Each function gives the first rule that is
// broken, or nothing. Sentences name no value, so they may stand in a rejects file and in a log.
#pragma once

#include "protocol/records/fragment.h"
#include "protocol/records/involvement.h"

namespace knoop::records {

/// A broken rule: the field as files name it ("geboortedatum"), and a sentence for people.
struct Problem {
  std::string_view field;
  std::string reason;
};

inline constexpr int oldest_years = 23;                ///< R1.4, up to and including the 23rd birthday.
inline constexpr int unborn_months = 9;                ///< R1.4.
inline constexpr int longest_involvement_months = 24;  ///< R2.2.

inline constexpr std::size_t longest_why = 1000;  ///< Why an involvement was closed.

/// Lengths are bytes of UTF-8. They keep a record far below a frame and a screen usable, and fit every real value.
inline constexpr std::size_t longest_ref = 64;

[[nodiscard]] std::optional<Problem> check(const Client& client, Date today);
[[nodiscard]] std::optional<Problem> check(const Involvement& involvement, Date today);
[[nodiscard]] std::optional<Problem> check(const Fragment& fragment, Date today);
/// What holds for a fragment of a peer too, whose day may be ahead of ours. A version of its schema that this program
/// does not know yet is no problem in it, and its typed content is checked for form only.
[[nodiscard]] std::optional<Problem> check_received(const Fragment& fragment);

}  // namespace knoop::records
