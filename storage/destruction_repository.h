// Destructions on disk (R8.4): what was asked, who approved, how far it is, and what receivers answered. The order of things is
// node/core/destruction_service.h's.
#pragma once

#include "protocol/erasure/messages.h"
#include "storage/client_vault.h"
#include "storage/rows_after.h"

namespace knoop::storage {

/// Why something is destroyed. The words stand in the API and in the log.
enum class DestructionGround : std::uint8_t {
  retention = 1,  ///< "bewaartermijn": the term to keep it is over.
  request = 2,    ///< "verzoek": the data subject asked for it.
  mistake = 3,    ///< "onterecht": it should never have been recorded.
};
[[nodiscard]] std::string_view to_string(DestructionGround ground);
[[nodiscard]] std::optional<DestructionGround> destruction_ground_from(std::string_view text);

enum class DestructionState : std::uint8_t {
  asked = 1,     ///< Waits for a second person.
  approved = 2,  ///< Is being carried out.
  done = 3,
  cancelled = 4,
};
[[nodiscard]] std::string_view to_string(DestructionState state);

struct Destruction {
  DestructionId id;
  std::string client;  ///< Our reference; empty once it is done.
  std::optional<FragmentId> fragment{};
  DestructionGround ground{};
  std::string reason{};  ///< Empty once it is done.
  Hash256 fingerprint{};
  DestructionState state = DestructionState::asked;
  std::string asked_by{};
  Timestamp asked{};
  std::string approved_by{};
  std::optional<Timestamp> approved{};
  std::optional<Timestamp> ordered{};
  std::int64_t fields = 0;
  std::optional<Timestamp> done{};
  std::optional<exchange::LogReference> entry{};
  std::string waits_for{};
};

/// Inserts or overwrites.
[[nodiscard]] Result<void> put_destruction(Transaction& tx, const Destruction& destruction);
[[nodiscard]] Result<std::optional<Destruction>> find_destruction(Transaction& tx, const DestructionId& id);
using DestructionsAfter = RowsAfter<Timestamp, DestructionId>;
/// Newest first.
[[nodiscard]] Result<std::vector<Destruction>> list_destructions(Transaction& tx,
                                                                 const DestructionsAfter& page);
[[nodiscard]] Result<std::vector<Destruction>> destructions_in(Transaction& tx, DestructionState state);
/// Asked or approved.
[[nodiscard]] Result<std::vector<Destruction>> open_destructions_of(Transaction& tx, std::string_view client);

/// The client is being destroyed: no destruction names it any more; those of it that were only asked are cancelled.
[[nodiscard]] Result<void> forget_client_of_destructions(Transaction& tx, std::string_view client);

struct DestructionOrderOut {
  DestructionId destruction;
  MemberId peer;
  ExchangeId exchange;
  std::uint16_t given = 0;  ///< How many fragments the receiver was given.
  Timestamp sent;
  std::optional<Timestamp> answered{};
  std::uint16_t destroyed = 0;
  std::uint16_t kept = 0;
  std::optional<erasure::DestructionProof> proof{};
  bool overdue = false;
};
[[nodiscard]] Result<void> put_order(Transaction& tx, const DestructionOrderOut& order);
[[nodiscard]] Result<std::optional<DestructionOrderOut>> find_order(Transaction& tx, const DestructionId& id,
                                                                    const MemberId& peer,
                                                                    const ExchangeId& exchange);
[[nodiscard]] Result<std::vector<DestructionOrderOut>> orders_of(Transaction& tx, const DestructionId& id);
/// Sent before `term`, not answered, and not marked as overdue yet.
[[nodiscard]] Result<std::vector<DestructionOrderOut>> orders_overdue(Transaction& tx, Timestamp term);

/// What is to be done, in numbers; shows nobody.
struct DestructionCounts {
  std::int64_t asked = 0;
  std::int64_t running = 0;
  std::int64_t unproven = 0;  ///< Orders without an answer.
  std::int64_t overdue = 0;
};
[[nodiscard]] Result<DestructionCounts> count_destructions(Transaction& tx);

}  // namespace knoop::storage
