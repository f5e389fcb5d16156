// Exchanges of fragments on disk: what we release, what we acquire, what came, and which withdrawals are still open.
// The order of things is node/core/exchange_service's; these functions keep and give back.
#pragma once

#include "protocol/exchange/release.h"
#include "storage/database.h"
#include "storage/rows_after.h"

namespace knoop::storage {

/// Of a release; we are the sender.
enum class ReleaseState : std::uint8_t {
  asked = 1,      ///< A peer asked; a professional has to answer.
  refused = 2,    ///< Nothing was released.
  offered = 3,    ///< The offer is on its way; nothing readable left.
  disclosed = 4,  ///< The key left: it may have been received.
  cancelled = 5,  ///< The key was destroyed before it left.
};

/// Of an acquisition; we are the receiver.
enum class AcquisitionState : std::uint8_t {
  asked = 1,
  refused = 2,
  receipted = 3,  ///< We signed for an offer and wait for its key.
  received = 4,
  cancelled = 5,
  broken = 6,  ///< The key did not open what was offered.
};

/// Both directions have the same facts; only the secrets are the sender's.
template <typename State>
struct Exchange {
  MemberId peer;
  State state{};
  std::string client;                 ///< Our own reference.
  exchange::FragmentRequest request;  ///< Names the exchange.
  std::optional<ExchangeId>
      corrects{};  ///< An earlier exchange with this peer, of which this one corrects fragments.
  bool without_third_persons = false;  ///< Of a release: data on them was withheld.
  std::optional<exchange::ReleaseOffer> offer;
  std::optional<exchange::OfferSecrets> secrets;
  std::optional<exchange::ReleaseReceipt> receipt;
  std::optional<Signature> countersignature;
  std::vector<exchange::Denied> denied;
  Timestamp created;
  Timestamp changed;
};
using Release = Exchange<ReleaseState>;
using Acquisition = Exchange<AcquisitionState>;

/// Inserts or overwrites.
[[nodiscard]] Result<void> put_release(Transaction& tx, const Release& release);
[[nodiscard]] Result<std::optional<Release>> find_release(Transaction& tx, const MemberId& peer,
                                                          const ExchangeId& id);
/// Of one client, or all that wait for a professional; newest first.
[[nodiscard]] Result<std::vector<Release>> releases_of(Transaction& tx, std::string_view client);
[[nodiscard]] Result<std::vector<Release>> releases_asked(Transaction& tx);
[[nodiscard]] Result<std::vector<Release>> releases_of(Transaction& tx, const HandoverId& handover);

/// Receipted offers that are neither disclosed nor cancelled: they wait for the recorder of a consent.
[[nodiscard]] Result<std::vector<Release>> releases_waiting(Transaction& tx);

/// With this peer, neither ended nor disclosed.
[[nodiscard]] Result<std::vector<Release>> open_releases(Transaction& tx, const MemberId& peer);

[[nodiscard]] Result<void> put_acquisition(Transaction& tx, const Acquisition& acquisition);
[[nodiscard]] Result<std::vector<Acquisition>> open_acquisitions(Transaction& tx, const MemberId& peer);
[[nodiscard]] Result<std::optional<Acquisition>> find_acquisition(Transaction& tx, const MemberId& peer,
                                                                  const ExchangeId& id);
[[nodiscard]] Result<std::vector<Acquisition>> acquisitions_of(Transaction& tx, std::string_view client);
[[nodiscard]] Result<std::vector<Acquisition>> acquisitions_of(Transaction& tx, const HandoverId& handover);
/// Requests of a peer that nobody answered yet: bounded, because a peer fills them.
[[nodiscard]] Result<std::int64_t> count_asked(Transaction& tx, const MemberId& peer);

/// True for an exchange that corrects another: neither a match nor a hand-over moves by it.
[[nodiscard]] Result<bool> is_correction(Transaction& tx, const MemberId& peer, const ExchangeId& id);
/// Own fragments whose content changed; at most `limit` are taken out and given.
[[nodiscard]] Result<void> add_correction_due(Transaction& tx, const FragmentId& fragment);
[[nodiscard]] Result<std::vector<FragmentId>> take_corrections_due(Transaction& tx, std::int64_t limit);
// What releases rest on.
[[nodiscard]] Result<void> set_release_bases(Transaction& tx, const MemberId& peer, const ExchangeId& id,
                                             const std::vector<BasisId>& bases);
[[nodiscard]] Result<std::vector<BasisId>> release_bases(Transaction& tx, const MemberId& peer,
                                                         const ExchangeId& id);
struct ReleaseName {
  MemberId peer;
  ExchangeId exchange;
};
[[nodiscard]] Result<std::vector<ReleaseName>> releases_on(Transaction& tx, const BasisId& basis);

// Withdrawals that peers must apply.
struct WithdrawalOut {
  BasisId basis;
  MemberId peer;
  Timestamp sent;
  std::optional<Timestamp> applied;
  std::uint32_t locked = 0;
  std::uint32_t flagged = 0;
  bool overdue = false;  ///< Not acknowledged within its term.
};
[[nodiscard]] Result<void> add_withdrawal_out(Transaction& tx, const BasisId& basis, const MemberId& peer,
                                              Timestamp now);
[[nodiscard]] Result<bool> withdrawal_sent(Transaction& tx, const BasisId& basis, const MemberId& peer);
/// False when we never sent this one.
[[nodiscard]] Result<bool> mark_withdrawal_applied(Transaction& tx, const MemberId& peer,
                                                   const exchange::WithdrawalApplied& applied, Timestamp now);
using WithdrawalsAfter = RowsAfter<Timestamp, BasisId, MemberId>;
/// In the order in which they were sent.
[[nodiscard]] Result<std::vector<WithdrawalOut>> withdrawals_out(Transaction& tx, bool open_only,
                                                                 const WithdrawalsAfter& page = {no_limit});
/// Of one consent or ground.
[[nodiscard]] Result<std::vector<WithdrawalOut>> withdrawals_of(Transaction& tx, const BasisId& basis);
/// Marks those that were sent before `term` and not acknowledged, and gives the ones that were not marked before.
[[nodiscard]] Result<std::vector<WithdrawalOut>> mark_withdrawals_overdue(Transaction& tx, Timestamp term,
                                                                          Timestamp now);

// Content from peers.
enum class LoanStatus : std::uint8_t {
  on_loan = 1,
  locked = 2,      ///< Withdrawn or expired: not readable.
  taken_over = 3,  ///< Part of our own dossier, on our own ground and retention.
  flagged = 4,     ///< Taken over, and its consent withdrawn since: no further use under it.
};
struct ReceivedFragment {
  MemberId peer;
  ExchangeId exchange;
  std::string client;
  exchange::WireFragment fragment;
  BasisId basis;
  consent::Purpose purpose{};
  Date until;
  LoanStatus status = LoanStatus::on_loan;
  Timestamp received;
  Salt salt{};                           ///< Opens its commitment in the receipt.
  std::optional<Timestamp> corrected{};  ///< A later exchange brought another content of it.
  bool lapsed = false;  ///< Not stored: on loan, and its owner was not heard from within the lease.
};
[[nodiscard]] Result<void> add_received(Transaction& tx, const ReceivedFragment& fragment);
using ReceivedAfter = RowsAfter<Timestamp, MemberId, ExchangeId, FragmentId>;
/// In the order in which they came.
[[nodiscard]] Result<std::vector<ReceivedFragment>> received_of(Transaction& tx, std::string_view client,
                                                                const ReceivedAfter& page = {no_limit});
[[nodiscard]] Result<std::optional<ReceivedFragment>> find_received(Transaction& tx, const MemberId& peer,
                                                                    const ExchangeId& exchange,
                                                                    const FragmentId& id);
/// What came with one exchange, and what came of one fragment with any.
[[nodiscard]] Result<std::vector<ReceivedFragment>> received_with(Transaction& tx, const MemberId& peer,
                                                                  const ExchangeId& exchange);
[[nodiscard]] Result<std::vector<ReceivedFragment>> received_of(Transaction& tx, const MemberId& peer,
                                                                const FragmentId& id);
[[nodiscard]] Result<void> set_loan_status(Transaction& tx, const ReceivedFragment& fragment,
                                           LoanStatus status, Timestamp now);
/// Destroys it.
[[nodiscard]] Result<void> erase_received(Transaction& tx, const ReceivedFragment& fragment);
/// Marks what came of a fragment before this exchange: its owner corrected it.
[[nodiscard]] Result<void> mark_corrected(Transaction& tx, const MemberId& peer, const ExchangeId& by,
                                          const FragmentId& id, Timestamp now);
/// Marks all that came of this fragment and is not marked yet; gives how many.
[[nodiscard]] Result<std::int64_t> mark_wrong(Transaction& tx, const MemberId& peer, const FragmentId& id,
                                              Timestamp now);
/// For content that is still on its way.
[[nodiscard]] Result<void> remember_correction(Transaction& tx, const MemberId& peer,
                                               const ExchangeId& exchange, const FragmentId& id,
                                               Timestamp now);
[[nodiscard]] Result<std::optional<Timestamp>> remembered_correction(Transaction& tx, const MemberId& peer,
                                                                     const ExchangeId& exchange,
                                                                     const FragmentId& id);
/// Locks and flags what rests on a withdrawn basis of this peer, and says how many of each.
struct Applied {
  std::uint32_t locked = 0;
  std::uint32_t flagged = 0;
};
[[nodiscard]] Result<Applied> apply_withdrawal(Transaction& tx, const MemberId& peer, const BasisId& basis,
                                               Timestamp now);
/// Locks everything on loan from this peer, and says how many fragments that were.
[[nodiscard]] Result<std::int64_t> lock_all_of(Transaction& tx, const MemberId& peer, Timestamp now);
[[nodiscard]] Result<void> remember_withdrawal(Transaction& tx, const MemberId& peer, const BasisId& basis,
                                               Timestamp now);
[[nodiscard]] Result<bool> is_withdrawn(Transaction& tx, const MemberId& peer, const BasisId& basis);
/// Whether anything about this client was asked, given or got between this member and us.
[[nodiscard]] Result<bool> exchanged_with(Transaction& tx, std::string_view client, const MemberId& peer);
/// Members of whom something is on loan here.
[[nodiscard]] Result<std::vector<MemberId>> owners_of_loans(Transaction& tx);
[[nodiscard]] Result<void> note_heard(Transaction& tx, const MemberId& owner, Timestamp now);
[[nodiscard]] Result<std::optional<Timestamp>> last_heard(Transaction& tx, const MemberId& owner);
/// Clients whose loans ended before `today`, with the number locked.
struct Expired {
  std::string client;
  MemberId peer;
  std::uint32_t locked = 0;
};
[[nodiscard]] Result<std::vector<Expired>> lock_expired(Transaction& tx, Date today, Timestamp now);

}  // namespace knoop::storage
