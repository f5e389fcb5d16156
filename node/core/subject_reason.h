// Why something happened with a client's data, in words for that client (R8.3): one plain Dutch phrase from the typed fields of a log entry.
//
// Never from its `detail`: that is for technicians, in English, with codes. What stands in a purpose or an authorisation is either a
// word of a closed list, which becomes plain Dutch, or what a person typed, which stays as it was typed; a word that is in no
// list is left out. So a new entry can be silent here, and never speak a language that the client does not.
#pragma once

#include <string>
#include <string_view>

#include "protocol/audit/events.h"
#include "protocol/consent/ground.h"

namespace knoop {

struct ReasonFields {
  audit::Event event{};
  audit::Outcome outcome = audit::Outcome::success;
  std::string_view purpose;
  std::string_view authorisation;
  std::string_view detail;  ///< For the verdict of a review only, which is a word of a closed list.
  std::size_t bases = 0;    ///< Consents and grounds that the entry names.
  bool emergency = false;
};
/// Empty when nothing was needed or nothing is known. Not escaped.
[[nodiscard]] std::string reason_of(const ReasonFields& fields);

/// A purpose as the log has it: a word of the closed list in plain Dutch, and what was typed behind it.
[[nodiscard]] std::string plain_purpose(std::string_view purpose);
/// Why somebody may share without consent, after "omdat" or a colon.
[[nodiscard]] std::string_view plain_ground(consent::GroundKind kind);

}  // namespace knoop
