// Hints and what they are made of (R8.5). Rows only; the rules are node/core/hints.h's.
//
// Why a hint about a client was closed is typed by a person, so it lies under that client's erasure key (client_vault.h);
// such a hint goes with its client (erase_client()). Whom an account names as family is kept as a keyed hash that also binds
// the account: two accounts that name one person cannot be told from two that name two.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "storage/client_vault.h"
#include "storage/rows_after.h"

namespace knoop::storage {

struct StoredHint {
  std::int64_t id = 0;
  std::uint8_t kind = 0;
  std::string subject;
  std::string cause;
  std::string client;  ///< Our reference, when it is about one.
  Timestamp raised;
  std::string detail;
  std::optional<Timestamp> closed;
  std::string closed_by;
  std::string reason;
};
/// Kind, subject, cause, client, raised and detail count. True when it is the first of this cause.
[[nodiscard]] Result<bool> add_hint_row(Transaction& tx, const StoredHint& hint);
using HintsAfter = RowsAfter<std::int64_t>;
/// Newest first.
[[nodiscard]] Result<std::vector<StoredHint>> hint_rows(Transaction& tx, bool open_only,
                                                        const HintsAfter& page = {});
[[nodiscard]] Result<std::optional<StoredHint>> find_open_hint(Transaction& tx, std::int64_t id);
[[nodiscard]] Result<std::int64_t> count_open_hints(Transaction& tx);
/// As `hint` says that it was closed.
[[nodiscard]] Result<void> close_hint_row(Transaction& tx, const StoredHint& hint);

/// An account looked at a client, or with no client searched. How many clients and searches that makes today; days before
/// are forgotten. Nothing when it makes no difference.
[[nodiscard]] Result<std::optional<std::int64_t>> count_lookup(Transaction& tx, std::string_view user,
                                                               Date day, std::string_view client);

[[nodiscard]] Result<void> add_own_family(Transaction& tx, std::string_view user, std::string_view bsn,
                                          Timestamp now);
[[nodiscard]] Result<std::int64_t> count_own_family(Transaction& tx, std::string_view user);
[[nodiscard]] Result<bool> is_own_family(Transaction& tx, std::string_view user, std::string_view bsn);
/// Empties the account's list; how many they were.
[[nodiscard]] Result<std::int64_t> forget_own_family(Transaction& tx, std::string_view user);

}  // namespace knoop::storage
