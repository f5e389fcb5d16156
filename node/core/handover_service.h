// Warm hand-overs and what resembles them (R5.1 to R5.6): asks and answers between two organisations about one child that both
// know by a match. The states and who may do what are the table's (protocol/handover/machine.h); this service keeps our copy,
// tells the other side, logs every step, watches the term of each state (protocol/handover/terms.h) and lets the exchange
// release what consent permits.
//
// The afzender's copy decides (docs/decisions/0003): what we do as ontvanger is pending until the afzender has taken it.
//
// Called by the API with the actor's Context; each function logs what it does or shows. Errors: not_found (no such
// hand-over here), wrong_state (the table says not now; the sentence names the state as it is), forbidden (it is the
// other's to do), bad_value (a field that is missing or too long).
//
// A hostile ontvanger can do what the table lets an ontvanger do, in its own hand-overs. A hostile afzender can do what the table
// lets an afzender do; it cannot say that we did something or bear the responsibility when we did not confirm. Nothing of
// ours is released by either, since releasing is the afzender's act and decided by its own consents.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "node/core/exchange_service.h"
#include "node/core/service.h"
#include "storage/handover_repository.h"

namespace knoop {

/// What a professional says with an act; what an event needs of it stands in protocol/handover/guards.h.
struct ActWords {
  std::string who;  ///< Name and function.
  std::string words;
  std::optional<Date> date{};
  std::optional<handover::Feedback> feedback{};
  std::optional<std::uint16_t> minute{};
  std::string place{};
  std::string alternative{};
};

/// One hand-over with everything that happened to it.
struct HandoverDetail {
  storage::StoredHandover handover;
  std::vector<storage::StoredHappening> happenings;
  std::string
      professional{};  ///< Who of ours answers for it now (leaving.h); empty until somebody of ours did something.
};

/// Who bears the responsibility, as this copy knows it. An ontvanger that confirmed bears it from that moment, also while the
/// afzender has not heard of it: for a moment both may think that they do, and never nobody.
[[nodiscard]] handover::Party bearer(const storage::StoredHandover& handover);

class HandoverService final : public Service, public CaseDirectory, public ReleaseObserver {
 public:
  /// Whoever makes both tells the exchange of this directory and observer.
  explicit HandoverService(ExchangeService& exchange) : exchange_(exchange) {}

  void register_handlers(Dispatcher& dispatcher) override;

  /// A draft, of which the other organisation knows nothing yet. The match must be one in which contact data crossed.
  Result<HandoverId> prepare(Context& context, const handover::Ask& ask, const std::string& who = "");
  /// Asks the other organisation of the match to take over, at once.
  Result<HandoverId> request(Context& context, const handover::Ask& ask, const std::string& who);
  Result<void> act(Context& context, const HandoverId& id, handover::Event event, const ActWords& words);
  /// Afzender, when the conversation was held: releases what consent permits and the professional does not withhold.
  Result<ExchangeService::Answered> transfer(Context& context, const HandoverId& id,
                                             const ExchangeService::Selection& selection);

  Result<std::vector<storage::StoredHandover>> list(Context& context, const storage::HandoverFilter& filter);
  Result<HandoverDetail> show(Context& context, const HandoverId& id);

  Result<std::optional<Case>> find_case(Context& context, const MemberId& peer,
                                        const exchange::About& about) override;
  /// The two copies are told to each other, from the beginning (handover_restored.cpp).
  Result<void> on_restored(Context& context, const MemberId& peer, Restored who) override;
  /// Whose term came further since: reminded, overdue, escalated; each is logged once, at both sides (R5.6).
  Result<std::optional<Timestamp>> on_tick(Context& context) override;
  /// What came confirms the transfer (R5.1).
  Result<void> on_release(Context& context, const ReleaseNews& news) override;

 private:
  Result<void> on_event(Context& context, const Received& message);
  Result<void> on_state(Context& context, const Received& message);
  Result<void> begin_as_ontvanger(Context& context, const Received& message,
                                  const handover::HandoverState& state);
  Result<void> move(Context& context, storage::StoredHandover& handover, const handover::Step& step,
                    const handover::Happening& happening);
  Result<void> send_back(Context& context, const storage::StoredHandover& handover, std::string_view why);
  /// The term of the state that the hand-over is in now, from all that happened.
  Result<void> put_term(Context& context, const storage::StoredHandover& handover);
  Result<void> send_state(Context& context, const storage::StoredHandover& handover,
                          const std::optional<handover::Happening>& happening);
  Result<void> send_event(Context& context, storage::StoredHandover& handover,
                          const handover::Happening& happening);
  /// What moved the afzender's copy, in ours.
  Result<void> take_state(Context& context, storage::StoredHandover& handover,
                          const handover::HandoverState& state);

  // After a restore (handover_restored.cpp).
  Result<void> on_told(Context& context, const Received& message);
  Result<void> begin_told(Context& context, const Received& message, const handover::HandoverTold& told,
                          bool we_forgot);
  Result<void> take_told(Context& context, storage::StoredHandover& handover,
                         const handover::HandoverState& state, bool they_too);
  Result<void> forget(Context& context, const MemberId& from, const HandoverId& id);
  Result<std::optional<Timestamp>> tell(Context& context);
  Result<void> tell_one(Context& context, storage::StoredHandover& handover, Restored who);
  /// wrong_state while the two copies are not equal again.
  Result<void> require_told(Context& context, const storage::StoredHandover& handover);

  Result<void> log(Context& context, const storage::StoredHandover& handover, audit::Event event,
                   audit::Action action, std::string detail,
                   audit::Outcome outcome = audit::Outcome::success);

  ExchangeService& exchange_;
};

}  // namespace knoop
