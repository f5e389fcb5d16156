// Consents of one member that another releases on (docs/spec/consent.md "Recorded elsewhere"), on disk: as recorder whom we told,
// as releaser what we were told, what we asked for each release and what was answered.
#pragma once

#include "protocol/exchange/elsewhere.h"
#include "storage/database.h"
#include "storage/rows_after.h"

namespace knoop::storage {

// As recorder.
[[nodiscard]] Result<void> add_told(Transaction& tx, const BasisId& consent, const MemberId& peer,
                                    Timestamp now);
[[nodiscard]] Result<bool> was_told(Transaction& tx, const BasisId& consent, const MemberId& peer);
[[nodiscard]] Result<std::vector<MemberId>> told_of(Transaction& tx, const BasisId& consent);

// As releaser.
struct ElsewhereConsent {
  MemberId recorder;
  std::string client;  ///< Our own reference.
  exchange::ConsentStatement statement;
  exchange::StatementBody said;  ///< Decoded from the statement; not stored by itself.
  Timestamp received;
  std::optional<Timestamp> withdrawn{};
  std::optional<Timestamp> used{};
};
/// The consent's id must be new: conflict otherwise.
[[nodiscard]] Result<void> add_elsewhere(Transaction& tx, const ElsewhereConsent& consent);
[[nodiscard]] Result<std::optional<ElsewhereConsent>> find_elsewhere(Transaction& tx, const BasisId& consent);
using ElsewhereAfter = RowsAfter<Timestamp, BasisId>;
/// Of one client, in the order in which they came.
[[nodiscard]] Result<std::vector<ElsewhereConsent>> elsewhere_of(Transaction& tx, std::string_view client,
                                                                 const ElsewhereAfter& page = {no_limit});
[[nodiscard]] Result<bool> elsewhere_between(Transaction& tx, std::string_view client,
                                             const MemberId& recorder);
/// A peer fills the table: bounded by the service.
[[nodiscard]] Result<std::int64_t> count_elsewhere(Transaction& tx, std::string_view client,
                                                   const MemberId& recorder);
[[nodiscard]] Result<void> set_elsewhere_withdrawn(Transaction& tx, const BasisId& consent, Timestamp now);
[[nodiscard]] Result<void> set_elsewhere_used(Transaction& tx, const BasisId& consent, Timestamp now);

struct ConsentAsk {
  MemberId peer;  ///< The receiver of the release.
  MemberId recorder;
  exchange::ConsentStateRequest request;
  Timestamp asked;
  std::optional<Timestamp> answered{};
  std::optional<exchange::ConsentState> state{};
};
/// Inserts or overwrites: only the newest question of a release counts.
[[nodiscard]] Result<void> put_ask(Transaction& tx, const ConsentAsk& ask);
[[nodiscard]] Result<std::vector<ConsentAsk>> asks_of(Transaction& tx, const MemberId& peer,
                                                      const ExchangeId& exchange);
/// By whom answers, and for which release.
[[nodiscard]] Result<std::vector<ConsentAsk>> asks_to(Transaction& tx, const MemberId& recorder,
                                                      const ExchangeId& exchange);

}  // namespace knoop::storage
