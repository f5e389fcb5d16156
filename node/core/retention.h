// How long what is kept must be kept, and what is due to be destroyed (R1.4, R4.1, docs/spec/erasure.md).
//
// Computed each time from the records, so that no stored date can be wrong. Nothing is destroyed by it: a list for people.
//   while the case runs        no involvement is active and no hand-over open: due
//   with the dossier           20 years after the client's record, involvements and fragments last changed (Jeugdwet 7.3.8, WGBO)
//   as what it answers/belongs to   with that fragment; without one, with the dossier
// A client is offered for destruction from the 23rd birthday, or when deceased (R1.4); the dossier is kept as long as any of its
// fragments must be.
#pragma once

#include "node/core/context.h"
#include "storage/records_repository.h"

namespace knoop {

inline constexpr int dossier_years = 20;

struct FragmentClock {
  FragmentId id;
  Category category{};
  Retention retention{};
  std::optional<Date> until{};  ///< The last day; nothing while the case runs.
};

struct RetentionClock {
  std::string client;
  bool runs = false;  ///< An involvement is active, or a hand-over open.
  bool past_age = false;
  bool deceased = false;
  std::optional<Date>
      keep_until{};  ///< The last day of the longest term; nothing: nothing is kept by a term.
  std::vector<FragmentClock> fragments{};

  /// Offered for destruction (R1.4).
  [[nodiscard]] bool offered() const { return past_age || deceased; }
};

[[nodiscard]] Result<RetentionClock> retention_of_client(Context& context,
                                                         const storage::StoredClient& client);

/// Clients that are offered, or of whom a fragment's term is over, in order of id; looks at a bounded number. A logged read.
struct RetentionDue {
  std::vector<RetentionClock> due;
  records::ClientId next{0};  ///< Where to go on; 0: all were looked at.
};
[[nodiscard]] Result<RetentionDue> retention_due(Context& context, records::ClientId after);

}  // namespace knoop
