// A driegesprek as an iCalendar file (RFC 5545) for the professional's own agenda (R5.1). Agendas are copied to telephones and
// to others' screens: the file says with which organisation and where, and nothing of the child, not even a reference.
#pragma once

#include <optional>
#include <string>

#include "crypto/base/time.h"
#include "protocol/ids.h"

namespace knoop::files {

struct CalendarEvent {
  HandoverId id;              ///< Of the hand-over: the same event when it is planned anew.
  std::uint32_t version = 0;  ///< A later one replaces an earlier one in the agenda.
  std::string with;           ///< The other organisation.
  Date day;
  std::optional<std::uint16_t>
      minute;  ///< Of the day in the Netherlands; without it the event takes the whole day.
  std::string place;
  Timestamp made;
};

/// Lines end in CR LF and are folded at 75 bytes, between characters.
[[nodiscard]] std::string calendar_file(const CalendarEvent& event);

}  // namespace knoop::files
