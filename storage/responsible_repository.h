// Which of our own professionals answers for what, where that is not part of the record itself (an involvement names its
// professional): hand-overs, consents, grounds, loans, plans of aftercare. And who left.
//
// A consent or ground says who recorded it, and that never changes: it is evidence. Who answers for it now is this table's, and moves
// when a professional leaves (node/core/leaving.h).
//
// A professional is a name as people write it; upper and lower case, spaces and points make no other. The name stands sealed
// under the client's key, beside a keyed hash by which everything of one professional is found.
#pragma once

#include <string>
#include <vector>

#include "crypto/keys.h"
#include "protocol/names.h"
#include "storage/client_vault.h"

namespace knoop::storage {

/// Numbers are stored.
enum class Duty : std::uint8_t { handover = 1, consent = 2, ground = 3, loan = 4, aftercare = 5 };
inline constexpr std::array<Named<Duty>, 5> duties{{{Duty::handover, "handover"},
                                                    {Duty::consent, "consent"},
                                                    {Duty::ground, "ground"},
                                                    {Duty::loan, "loan"},
                                                    {Duty::aftercare, "aftercare"}}};
[[nodiscard]] constexpr std::string_view to_string(Duty duty) {
  return name_in(duties, duty);
}

/// The id of any of these.
using DutyId = Fixed<struct DutyIdTag, 16>;

struct Responsible {
  Duty duty{};
  DutyId id;
  std::string client_ref;
  std::string professional;
};

/// By which everything of one professional is found.
[[nodiscard]] Result<LookupHash> professional_hash(Transaction& tx, std::string_view name);

[[nodiscard]] Result<void> put_responsible(Transaction& tx, const Responsible& responsible);
[[nodiscard]] Result<std::optional<Responsible>> find_responsible(Transaction& tx, Duty duty,
                                                                  const DutyId& id);
/// In order of duty and id; what is over is still among them.
[[nodiscard]] Result<std::vector<Responsible>> responsible_for(Transaction& tx,
                                                               std::string_view professional);

/// Nobody need answer for it any more.
[[nodiscard]] Result<void> drop_responsible(Transaction& tx, Duty duty, const DutyId& id);

/// A professional who left: under the name, and under the account if that is another.
struct Leaver {
  std::string name;
  std::string account;  ///< Empty when none was told.
  Date left;
  std::string recorded_by;
};
[[nodiscard]] Result<void> put_leaver(Transaction& tx, const Leaver& leaver);
/// False when nobody of this name left.
[[nodiscard]] Result<bool> remove_leaver(Transaction& tx, std::string_view name);
/// Of this name or account.
[[nodiscard]] Result<std::optional<Leaver>> find_leaver(Transaction& tx, std::string_view name);
[[nodiscard]] Result<std::vector<Leaver>> leavers(Transaction& tx);

}  // namespace knoop::storage
