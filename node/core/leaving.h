// A professional leaves and hands over (R2.2, R2.7, R5.6): what ran under a name that nobody answers to any more is where children fall
// out of sight. So everything of the leaver moves to a named colleague in one transaction, each thing logged by itself, and what
// nobody took is shown on the work list, on top, until somebody does.
//
// What a professional has (`Held`):
//   involvements that run or are to begin     their contact data at the peers change with them (R2.3)
//   open hand-overs, at our side of them
//   consents and grounds in force, loans      who answers for them; who recorded them is evidence and stays
//   plans of aftercare that are still to be made
//   matches that wait for contact             node/core/match_tasks.h
// What is over needs nobody, and what was done keeps the names of who did it: that is what happened.
//
// A professional goes by name and, where something was done by account, by account (storage/responsible_repository.h). An import that
// names a leaver again is not refused, since the file is the dossier system's: what it brings is shown as taken by nobody.
//
// Called by the API for team leads. Errors: bad_value (no colleague of that name, the same
// person, a leaver), over_limit (more than one transaction should hold: take some clients first), not_found (nobody of that name left).
#pragma once

#include <string>
#include <vector>

#include "node/core/context.h"
#include "protocol/records/involvement.h"
#include "storage/responsible_repository.h"

namespace knoop {

enum class HeldKind : std::uint8_t { involvement, handover, consent, ground, loan, aftercare, match };
inline constexpr std::array<Named<HeldKind>, 7> held_kinds{{{HeldKind::involvement, "involvement"},
                                                            {HeldKind::handover, "handover"},
                                                            {HeldKind::consent, "consent"},
                                                            {HeldKind::ground, "ground"},
                                                            {HeldKind::loan, "loan"},
                                                            {HeldKind::aftercare, "aftercare"},
                                                            {HeldKind::match, "match"}}};
[[nodiscard]] constexpr std::string_view to_string(HeldKind kind) {
  return name_in(held_kinds, kind);
}

/// One thing that a professional answers for.
struct Held {
  HeldKind kind{};
  std::string id;  ///< Decimal for an involvement, else hexadecimal.
  std::string client_ref;
  std::string professional;  ///< As it is written there.
};

/// In one transaction; beyond it the leaver's clients are taken in parts.
inline constexpr std::int64_t most_held = 1000;

/// What a professional has now, by name and account (which may be empty). A logged read of every client that it shows.
[[nodiscard]] Result<std::vector<Held>> caseload(Context& context, const std::string& name,
                                                 const std::string& account);

struct Leaving {
  std::string name;
  std::string account{};
  /// Who takes over; without a name nobody does yet. What is missing of telephone, e-mail and function is taken from the
  /// colleague's own involvements.
  records::Professional to{};
  std::vector<std::string> clients{};  ///< Of these only; empty: of all.
};
struct Left {
  std::vector<Held> moved;
  std::vector<Held> untaken;  ///< What is still under the leaver's name.
};
/// Records that the professional leaves and moves what there is. Again for what was left or came since.
[[nodiscard]] Result<Left> leave(Context& context, const Leaving& leaving);
/// It was a mistake, or the professional is back.
[[nodiscard]] Result<void> come_back(Context& context, const std::string& name);

/// What is under the name of somebody who left: for the work list, which logs it.
struct Untaken {
  Held held;
  Date left;
};
[[nodiscard]] Result<std::vector<Untaken>> untaken(Context& context);

/// For whoever records something that a professional answers for: the first who does something with it, until it moves. `who` is a
/// name, perhaps with a function behind a comma; nothing happens when it is empty.
Result<void> name_responsible(Context& context, storage::Duty duty, ByteView id,
                              const std::string& client_ref, std::string_view who);

}  // namespace knoop
