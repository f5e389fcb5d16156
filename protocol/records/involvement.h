// A betrokkenheid: a professional of this organisation is involved with a youth (R2.1, R2.2).
//
// Kind, professional and the two dates may reach a peer once there is a match (R2.3). The reason never leaves the node.
#pragma once

#include <optional>
#include <string>

#include "protocol/records/client.h"
#include "protocol/terms/deadline.h"

namespace knoop::records {

enum class InvolvementId : std::int64_t {};

/// R2.1. A question at the counter is neither, and is not recorded here.
enum class InvolvementKind : std::uint8_t {
  ketenregistratie = 1,  ///< Help is running for this youth.
  signaal = 2,           ///< Someone is worried.
};

[[nodiscard]] std::string_view to_string(InvolvementKind kind);
[[nodiscard]] std::optional<InvolvementKind> involvement_kind_from(std::string_view text);

struct Professional {
  std::string name;
  std::string function;
  std::string phone;
  std::string email;

  friend bool operator==(const Professional&, const Professional&) = default;
};

struct Involvement {
  InvolvementKind kind = InvolvementKind::ketenregistratie;
  Date from;
  Date until;  ///< The last day, at most two years after `from`.
  Professional professional;
  std::string reason;             ///< Local only.
  std::optional<Date> closed_on;  ///< Closed before its end.
  std::string closed_why;         ///< Local only, as the reason.

  /// Whether it counts for matching on this day.
  [[nodiscard]] bool active(Date today) const {
    return from <= today && today <= until && (!closed_on || today < *closed_on);
  }

  friend bool operator==(const Involvement&, const Involvement&) = default;
};

/// What its professional is asked before it ends, and a colleague when its professional left.
inline constexpr std::string_view ending_task = "verlengen of afsluiten";
inline constexpr std::string_view takeover_task = "overnemen van een vertrokken collega";

/// So many days before the last one its professional is reminded (R2.2): time to ask the family, and to extend it or not.
inline constexpr int reminder_days = 28;

/// The term within which it is extended or closed: reminded from `reminder_days` before its last day on.
[[nodiscard]] inline terms::Span term_of(const Involvement& involvement) {
  return {involvement.from, involvement.until,
          std::max(involvement.from, terms::plus_days(involvement.until, -reminder_days)),
          terms::plus_days(involvement.until, 1)};
}

}  // namespace knoop::records
