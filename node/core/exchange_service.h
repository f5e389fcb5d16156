// The exchange of dossier fragments (R4, protocol.md section 4, docs/spec/exchange.md): who asks, what is decided, the
// four messages, and what a withdrawal undoes.
//
// The rule that everything here serves: nothing readable leaves without a permission that holds in the very transaction
// that logs the disclosure, and a receipt signed by whom it goes to. So the key of an offer is stored, encrypted with
// the whole database, until the receipt came; then decide() is asked again. A withdrawal before that destroys the key.
//
// As sender: answer() a peer's request, or offer() what a hand-over named; the rest follows from messages.
// As receiver: request(); an offer that was asked for, or that belongs to an accepted hand-over, is receipted by
// itself. What comes is kept apart from our own dossier, on loan, and locked when its consent is withdrawn or its last
// day is over.
//
// What a hostile peer can do: ask too much (denied for each fragment, requests are bounded), offer what nobody asked
// for or another case (an Error: a dead letter), sign a receipt for something else (no key), send a key that opens
// nothing (kept as broken, with its signature on our receipt), withhold the acknowledgement of a withdrawal (visible).
// What is on loan is readable while its owner was heard from within the convenant's lease (7 days unless agreed otherwise): an
// owner that is silent may have withdrawn without our hearing it. After that it is closed, not destroyed, until contact; whoever
// cannot wait reads it in an emergency, with a reason; the log says so, and the privacy officer judges it afterwards.
#pragma once

#include <set>

#include "node/core/case_directory.h"
#include "node/core/release_observer.h"
#include "node/core/service.h"
#include "protocol/consent/decide.h"
#include "protocol/exchange/receipt_file.h"
#include "storage/dead_letter_repository.h"
#include "storage/elsewhere_repository.h"
#include "storage/emergency_repository.h"
#include "storage/exchange_repository.h"
#include "storage/receipt_repository.h"

namespace knoop {

class ExchangeService final : public Service {
 public:
  /// Requests of one peer that wait for an answer.
  static constexpr std::int64_t max_asked = 1000;

  /// All of them must outlive the service. Asked in order; the first that knows the case answers.
  void add_directory(CaseDirectory& directory) { directories_.push_back(&directory); }
  void add_observer(ReleaseObserver& observer) { observers_.push_back(&observer); }

  void register_handlers(Dispatcher& dispatcher) override;
  Result<std::optional<Timestamp>> on_tick(Context& context) override;
  Result<void> on_peer_ready(Context& context, const MemberId& peer) override;
  /// What is open with it is cancelled, and the keys of offers are destroyed: they did not leave.
  Result<void> on_member_left(Context& context, const MemberId& peer) override;
  Result<void> on_restored(Context& context, const MemberId& peer, Restored who) override;

  // As receiver.
  struct Question {
    MemberId peer;
    exchange::About about;
    consent::Purpose purpose{};
    std::string occasion;
    std::string goal;
    std::vector<Category> categories;
    std::optional<exchange::FormVersion>
        form{};  ///< The newest version that we know of the form to be filled.
  };
  Result<ExchangeId> request(Context& context, const Question& question);
  /// What came about a client; those that are locked come without content. Every fragment shown is a logged read.
  Result<std::vector<storage::ReceivedFragment>> received(Context& context, const std::string& client,
                                                          const storage::ReceivedAfter& page = {
                                                              storage::no_limit});
  /// The same, and what is closed because its owner is silent too: an emergency, with its reason in the log. When anything
  /// was shown that was closed, the privacy officer's review follows; it cannot be dropped.
  Result<std::vector<storage::ReceivedFragment>> received_in_emergency(Context& context,
                                                                       const std::string& client,
                                                                       const std::string& reason);
  /// For whoever shows what belongs to a fragment (its file) under the same rules: that the reason is one, and, once what the
  /// lease had closed is shown and logged, the review that follows.
  static Result<void> check_emergency_reason(const std::string& reason);
  Result<void> add_emergency(Context& context, const std::string& client, const std::string& reason,
                             std::uint32_t fragments);
  /// Whether what came may be read now: open; closed until its owner is heard from; closed (withdrawn, or past its day).
  enum class Reading { open, after_lease, closed };
  Result<Reading> reading_of(Context& context, const storage::ReceivedFragment& fragment);
  /// What waits for that review, the most overdue first; each shown is a logged read.
  Result<std::vector<storage::EmergencyRead>> emergency_reads(Context& context,
                                                              const storage::EmergencyReadsAfter& page = {});
  /// In numbers: shows nobody, and is no entry in the log.
  Result<storage::EmergencyTasks> emergency_tasks(Context& context);
  /// By somebody else than who read, once. What was read cannot be unread: `rejected` is for what follows among people.
  Result<storage::EmergencyRead> review_emergency(Context& context, std::int64_t id, consent::Verdict verdict,
                                                  const std::string& words);
  /// Makes a fragment on loan part of our own dossier, on our own ground.
  Result<void> take_over(Context& context, const MemberId& peer, const ExchangeId& exchange,
                         const FragmentId& fragment, const std::string& ground);

  // As sender.
  /// What the professional takes away in the preview (R4.2).
  struct Selection {
    std::set<FragmentId> withheld{};     ///< Whole fragments.
    bool without_third_persons = false;  ///< Of the others, what is on third persons.
    std::optional<FragmentId> only{};    ///< This one and no other: a correction.
  };
  struct Answered {
    ExchangeId exchange;
    bool offered = false;
    std::vector<consent::FragmentDecision> decisions;
    std::vector<exchange::Denied> denied;  ///< As the peer is told.
  };
  /// Requests of peers that wait for an answer; a logged read.
  Result<std::vector<storage::Release>> asked(Context& context);
  /// Exactly what would leave now, made by the functions that make an offer: the fragments as they would be encoded, what
  /// is denied and why, and what the receiver would be bound to. Every fragment shown is a logged read.
  struct Preview {
    std::vector<consent::FragmentDecision> decisions;
    std::vector<exchange::Denied> denied;
    std::vector<exchange::WireFragment> leaving;
    exchange::Obligations obligations;
  };
  Result<Preview> preview(Context& context, const std::string& client, const MemberId& recipient,
                          consent::Purpose purpose, const std::vector<Category>& categories,
                          const Selection& selection);
  /// The same for a request that waits.
  Result<Preview> preview(Context& context, const MemberId& peer, const ExchangeId& exchange,
                          const Selection& selection);
  /// Answers a peer's request with what is permitted and not withheld.
  Result<Answered> answer(Context& context, const MemberId& peer, const ExchangeId& exchange,
                          const Selection& selection);
  /// Offers without being asked: the transfer of a hand-over. When nothing is permitted the peer is told nothing.
  Result<Answered> offer(Context& context, const Question& about_what, const std::string& client,
                         const Selection& selection);
  /// Another content for an own fragment, under the same id. Whoever got it is offered the new content when that is
  /// permitted now; also when an import changed it.
  Result<void> correct(Context& context, const FragmentId& fragment, const records::Fragment& content);

  // Consents that one member recorded for what another releases (protocol/exchange/elsewhere.h).
  /// As recorder: sends the releaser a signed statement. `about`: by what both know the child.
  Result<void> tell_releaser(Context& context, const consent::Consent& record, const exchange::About& about);
  /// Everybody who was told hears of the withdrawal; gives how many.
  Result<std::uint32_t> tell_releasers_withdrawn(Context& context, const consent::Consent& record);
  /// As releaser: what others recorded about a client of ours; a logged read.
  Result<std::vector<storage::ElsewhereConsent>> elsewhere(Context& context, const std::string& client,
                                                           const storage::ElsewhereAfter& page = {
                                                               storage::no_limit});

  // Both.
  /// The double-signed receipt of a release that we gave or got, with both cards, and on demand openings of what came and
  /// is still readable. Also when our client was destroyed since; then without openings. Logged.
  Result<exchange::ReceiptFile> receipt(Context& context, const MemberId& peer, const ExchangeId& exchange,
                                        bool with_content);
  /// Receipts of destroyed clients, newest destroyed first: whoever has a receipt's hash from a log finds its exchange here.
  /// They name nobody, so this is no entry in the log.
  Result<std::vector<storage::KeptReceipt>> kept_receipts(Context& context,
                                                          const storage::ReceiptsAfter& page = {});

  struct WithdrawalEffect {
    std::uint32_t cancelled = 0;  ///< Offers whose key was destroyed.
    std::uint32_t followed = 0;   ///< Members that were told to lock what they have.
  };
  /// Called by ConsentService in the transaction of the withdrawal.
  Result<WithdrawalEffect> basis_withdrawn(Context& context, const std::string& client, const BasisId& basis);
  /// A receiver acknowledges within this time; after it the withdrawal is overdue, logged once and shown at both sides.
  static constexpr Milliseconds withdrawal_term = std::chrono::hours{24};
  /// What receivers were told to lock, and whether they said that they did.
  Result<std::vector<storage::WithdrawalOut>> withdrawals(Context& context, bool open_only,
                                                          const storage::WithdrawalsAfter& page = {
                                                              storage::no_limit});

  /// Why consents about this client open nothing now; nothing when they are certain to be complete.
  Result<std::optional<std::string>> not_fresh_because(Context& context, const std::string& client);
  /// Messages that could not be applied and wait for a person. They name nobody.
  Result<std::vector<storage::DeadLetter>> dead_letters(Context& context,
                                                        const storage::DeadLettersAfter& page = {});
  /// What it blocked goes on. `how` says what was done about what the message should have changed.
  Result<void> handle_dead_letter(Context& context, std::int64_t id, const std::string& how);

 private:
  struct Decided {
    std::vector<consent::FragmentDecision> decisions;
    std::vector<exchange::Denied> denied;
    std::optional<std::string> not_fresh{};  ///< Why consents counted for nothing.
  };

  Result<void> on_request(Context& context, const Received& message);
  Result<void> on_refusal(Context& context, const Received& message);
  Result<void> on_offer(Context& context, const Received& message);
  Result<void> on_receipt(Context& context, const Received& message);
  Result<void> on_key(Context& context, const Received& message);
  Result<void> on_cancelled(Context& context, const Received& message);
  Result<void> on_withdrawn(Context& context, const Received& message);
  Result<void> on_withdrawal_applied(Context& context, const Received& message);
  Result<void> on_corrected(Context& context, const Received& message);
  Result<void> on_statement(Context& context, const Received& message);
  Result<void> on_state_request(Context& context, const Received& message);
  Result<void> on_state(Context& context, const Received& message);
  /// A withdrawal that cannot be read: what it names is unknown, so everything on loan from this peer is locked.
  Result<void> on_unreadable_withdrawal(Context& context, const Received& message);

  /// What is under way with this peer.
  Result<void> end_open(Context& context, const MemberId& peer, std::string_view why);
  Result<std::vector<storage::ReceivedFragment>> read_received(Context& context, const std::string& client,
                                                               const std::string& emergency,
                                                               const storage::ReceivedAfter& page);
  Result<bool> is_about(Context& context, const storage::DeadLetter& letter, const std::string& client);
  Result<void> note_owners(Context& context);
  Result<void> watch_emergencies(Context& context);
  Result<void> watch_withdrawals(Context& context);

  Result<std::optional<Case>> find_case(Context& context, const MemberId& peer, const exchange::About& about);
  /// `settled`: the release whose key is about to leave; then what is recorded elsewhere counts only by a fresh answer to it.
  Result<Decided> decide(Context& context, const std::string& client, const MemberId& recipient,
                         const exchange::FragmentRequest& request, const Selection& selection,
                         const storage::Release* settled = nullptr);
  /// All records about a client that a decision hears: our own, and what others said.
  struct Hearing {
    std::vector<consent::Consent> consents;
    std::set<BasisId> unsure;  ///< Recorded elsewhere, and its recorder did not answer for this release.
  };
  Result<Hearing> hearing(Context& context, const std::string& client, const storage::Release* settled);
  Result<exchange::ConsentStatus> status_for(Context& context, const MemberId& asker, const BasisId& id);
  Result<WithdrawalEffect> elsewhere_withdrawn(Context& context, const storage::ElsewhereConsent& consent);
  Result<void> ask_recorders(Context& context, const storage::Release& release);
  Result<bool> waits_for_recorders(Context& context, const storage::Release& release);
  Result<std::optional<Timestamp>> watch_waiting(Context& context);
  /// Of a release whose receipt is here: discloses, cancels, or waits for a recorder.
  Result<void> settle(Context& context, storage::Release& release);
  Result<void> send_withdrawal(Context& context, const std::string& client, const BasisId& basis,
                               const MemberId& peer, const std::vector<ExchangeId>& exchanges);
  /// What the permitted fragments and their bases look like on the wire.
  struct Composed {
    std::vector<exchange::Item> items;
    std::vector<BasisId> bases;
    std::vector<exchange::BasisStatement> statements;
    exchange::Obligations obligations;
  };
  Result<Composed> compose(Context& context, const std::string& client, const MemberId& recipient,
                           consent::Purpose purpose, const std::vector<consent::FragmentDecision>& decisions,
                           bool without_third_persons);
  Result<Preview> preview(Context& context, const std::string& client, const MemberId& recipient,
                          const exchange::FragmentRequest& request, const Selection& selection);
  Result<Answered> release(Context& context, storage::Release& release, const Selection& selection);
  /// Offers what changed to whoever got it, where that is permitted now.
  Result<void> send_corrections(Context& context);
  Result<void> send_correction(Context& context, const storage::Release& release, const FragmentId& fragment,
                               Category category);
  /// That the fragments are wrong, and nothing else: for who may not have what is right.
  Result<void> tell_wrong(Context& context, const MemberId& peer, const std::string& client,
                          const ExchangeId& held, std::vector<FragmentId> fragments);
  Result<std::optional<consent::Reason>> decide_again(Context& context, const storage::Release& release,
                                                      const std::vector<BasisId>& bases);
  Result<void> disclose(Context& context, storage::Release& release, const std::vector<BasisId>& bases);
  Result<void> cancel(Context& context, storage::Release& release, consent::Reason reason);
  Result<void> keep(Context& context, storage::Acquisition& acquisition, const exchange::Released& released);
  Result<void> tell(Context& context, ReleaseNews news);

  std::vector<CaseDirectory*> directories_;
  std::vector<ReleaseObserver*> observers_;
};

}  // namespace knoop
