// The terms that a convenant agrees on (R2.7, R5.2), with the defaults of domain.md. Working days unless the name says otherwise.
#pragma once

#include <cstdint>
#include <vector>

#include "crypto/base/time.h"

namespace knoop::terms {

/// Days on which no agreed term runs on, such as a summer holiday of the schools: both are in it.
struct Recess {
  Date first;
  Date last;
  friend bool operator==(const Recess&, const Recess&) = default;
};
inline constexpr std::size_t most_recesses = 40;
inline constexpr std::int64_t longest_recess_days = 62;

struct AgreedTerms {
  std::uint32_t contact_days = 5;  ///< From a match to the first contact.
  std::uint32_t answer_days = 5;   ///< Answer to a request.
  std::uint32_t urgent_answer_days = 1;
  std::uint32_t handover_calendar_days = 7;  ///< From acceptance to the transfer, and for preparing one.
  std::uint32_t arrival_calendar_days = 30;
  std::uint32_t feedback_days = 20;
  std::uint32_t next_step_days = 5;   ///< For a next step that has no term of its own.
  std::uint32_t reminder_days = 2;    ///< So long before the end of a term its owner is reminded.
  std::uint32_t escalation_days = 5;  ///< So long after the end of a term it is escalated.
  std::uint32_t aftercare_days = 20;  ///< For a plan of aftercare, from half a year before the end of care.
  std::uint32_t lease_calendar_days = 7;  ///< How long a fragment on loan stays readable without contact.
  std::uint32_t unwitnessed_hours = 72;   ///< A log without a witnessed head for so long discloses nothing.
  /// When the clocks of hand-overs, of contact on a match and of plans of aftercare stand still; never that of who must answer
  /// something urgent.
  std::vector<Recess> recesses{};
  friend bool operator==(const AgreedTerms&, const AgreedTerms&) = default;
};

}  // namespace knoop::terms
