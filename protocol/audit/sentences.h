// What each event of the log says to the person it is about (R8.3): one plain Dutch sentence an event, at the level of everyday reading
// (B1). The table is closed: an event without its sentence does not compile, so nothing can happen to a client's data
// that the report cannot tell.
//
// {wie} stands for who did it ("Medewerker c.jansen", "Het systeem"), {ander} for the other organisation. "U" is the client, or
// who asks on the client's behalf. A sentence never repeats content.
#pragma once

#include <string>
#include <string_view>

#include "protocol/audit/events.h"

namespace knoop::audit {

/// With its placeholders.
[[nodiscard]] std::string_view dutch(Event event);
/// The sentence with who and which organisation filled in, and what became of it when it did not succeed.
[[nodiscard]] std::string sentence(Event event, Outcome outcome, std::string_view who,
                                   std::string_view other);

/// To whom an event matters in a client's report.
enum class Matter : std::uint8_t {
  shared = 1,     ///< Something about the client went to, or came from, another organisation.
  seen = 2,       ///< Somebody looked.
  agreed = 3,     ///< Consents, grounds, withdrawals.
  destroyed = 4,  ///< Something was deleted or erased.
  other = 5,      ///< Everything else that was done.
};
[[nodiscard]] Matter matter_of(Event event, Action action);

}  // namespace knoop::audit
