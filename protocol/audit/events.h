// What can stand in the log: X(enumerator, number, "stable-name"). Closed list; a number or a name is never changed
// and never used again, because logs are kept for years and read by other programs. Numbers leave room in each group.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace knoop::audit {

#define KNOOP_AUDIT_EVENTS(X)                                                \
  /* the log and the node itself */                                          \
  X(log_opened, 1, "log.opened")                                             \
  X(log_exported, 2, "log.exported")                                         \
  X(log_read, 3, "log.read")                                                 \
  X(field_erased, 4, "field.erased")                                         \
  X(log_fork_seen, 5, "log.fork-seen")                                       \
  X(log_rollback_seen, 6, "log.rollback-seen")                               \
  X(log_unwitnessed, 7, "log.unwitnessed")                                   \
  X(log_witnessed_again, 8, "log.witnessed-again")                           \
  X(log_proof_overdue, 9, "log.proof-overdue")                               \
  X(node_started, 10, "node.started")                                        \
  X(node_stopped, 11, "node.stopped")                                        \
  X(config_changed, 12, "config.changed")                                    \
  X(keys_created, 13, "keys.created")                                        \
  X(logged_in, 14, "user.logged-in")                                         \
  X(log_in_refused, 15, "user.log-in-refused")                               \
  X(command_refused, 16, "command.refused")                                  \
  X(clock_stepped, 17, "clock.stepped")                                      \
  X(clock_confirmed, 18, "clock.confirmed")                                  \
  X(log_proof_wrong, 19, "log.proof-wrong")                                  \
  X(hint_raised, 20, "hint.raised")                                          \
  X(hint_closed, 21, "hint.closed")                                          \
  X(incarnation_seen, 22, "incarnation.seen")                                \
  X(incarnation_refused, 23, "incarnation.refused")                          \
  X(incarnation_allowed, 24, "incarnation.allowed")                          \
  X(logged_out, 25, "user.logged-out")                                       \
  X(account_created, 26, "account.created")                                  \
  X(account_changed, 27, "account.changed")                                  \
  X(second_factor_set, 28, "account.second-factor-set")                      \
  X(api_key_created, 29, "api-key.created")                                  \
  /* network */                                                              \
  X(card_installed, 30, "card.installed")                                    \
  X(convenant_installed, 31, "convenant.installed")                          \
  X(peer_refused, 32, "peer.refused")                                        \
  X(dead_letter, 33, "dead-letter")                                          \
  X(preshared_installed, 34, "preshared-key.installed")                      \
  X(preshared_removed, 35, "preshared-key.removed")                          \
  X(convenant_conflict, 36, "convenant.conflict")                            \
  X(convenant_expiring, 37, "convenant.expiring")                            \
  X(member_left, 38, "member.left")                                          \
  X(message_void, 39, "message.void")                                        \
  X(dead_letter_handled, 40, "dead-letter.handled")                          \
  /* accounts, continued */                                                  \
  X(api_key_ended, 41, "api-key.ended")                                      \
  X(account_read, 42, "account.read")                                        \
  /* own records (R1) */                                                     \
  X(import_started, 50, "import.started")                                    \
  X(import_finished, 51, "import.finished")                                  \
  X(client_created, 52, "client.created")                                    \
  X(client_changed, 53, "client.changed")                                    \
  X(client_read, 54, "client.read")                                          \
  X(client_searched, 55, "client.searched")                                  \
  X(client_deleted, 56, "client.deleted")                                    \
  X(records_exported, 57, "records.exported")                                \
  X(subject_reported, 65, "subject.reported")                                \
  /* involvement and matching (R2) */                                        \
  X(involvement_added, 80, "involvement.added")                              \
  X(involvement_changed, 81, "involvement.changed")                          \
  X(involvement_closed, 82, "involvement.closed")                            \
  X(involvement_read, 83, "involvement.read")                                \
  X(involvement_reminded, 84, "involvement.reminded")                        \
  X(views_read, 85, "views.read")                                            \
  X(match_registered, 90, "match.registered")                                \
  X(match_found, 91, "match.found")                                          \
  X(match_read, 92, "match.read")                                            \
  X(match_contact_chosen, 93, "match.contact-chosen")                        \
  X(match_notice_sent, 94, "match.notice-sent")                              \
  X(match_notice_received, 95, "match.notice-received")                      \
  X(match_handled, 96, "match.handled")                                      \
  X(match_withdrawn, 97, "match.withdrawn")                                  \
  X(match_evaluation_refused, 98, "match.evaluation-refused")                \
  X(match_answer_overdue, 99, "match.answer-overdue")                        \
  X(match_resumed, 100, "match.resumed")                                     \
  X(match_epoch_opened, 101, "match.epoch-opened")                           \
  X(match_epoch_ended, 102, "match.epoch-ended")                             \
  X(match_anomaly, 103, "match.anomaly")                                     \
  X(match_opened, 104, "match.opened-to-auditor")                            \
  X(match_openings_exported, 105, "match.openings-exported")                 \
  X(match_reminded, 106, "match.reminded")                                   \
  X(match_overdue, 107, "match.overdue")                                     \
  X(match_escalated, 108, "match.escalated")                                 \
  X(match_task_changed, 109, "match.task-changed")                           \
  /* consent and grounds (R3) */                                             \
  X(consent_recorded, 120, "consent.recorded")                               \
  X(consent_withdrawn, 121, "consent.withdrawn")                             \
  X(consent_read, 122, "consent.read")                                       \
  X(consent_withdrawal_sent, 123, "consent.withdrawal-sent")                 \
  X(consent_withdrawal_received, 124, "consent.withdrawal-received")         \
  X(consent_withdrawal_acknowledged, 125, "consent.withdrawal-acknowledged") \
  X(consent_text_added, 126, "consent.text-added")                           \
  X(consent_policy_set, 127, "consent.policy-set")                           \
  X(consent_withdrawal_overdue, 128, "consent.withdrawal-overdue")           \
  X(ground_recorded, 130, "ground.recorded")                                 \
  X(ground_reviewed, 131, "ground.reviewed")                                 \
  X(ground_ended, 132, "ground.ended")                                       \
  X(ground_read, 133, "ground.read")                                         \
  X(ground_client_told, 134, "ground.client-told")                           \
  X(ground_telling_postponed, 135, "ground.telling-postponed")               \
  X(ground_overdue, 136, "ground.overdue")                                   \
  X(consent_statement_sent, 137, "consent.statement-sent")                   \
  X(consent_statement_received, 138, "consent.statement-received")           \
  X(consent_state_asked, 139, "consent.state-asked")                         \
  X(consent_state_given, 140, "consent.state-given")                         \
  X(consent_state_received, 141, "consent.state-received")                   \
  X(basis_confirmed, 142, "basis.confirmed")                                 \
  X(statement_confirmed, 143, "consent.statement-confirmed")                 \
  /* dossier fragments (R4) */                                               \
  X(fragment_added, 150, "fragment.added")                                   \
  X(fragment_read, 151, "fragment.read")                                     \
  X(fragment_changed, 152, "fragment.changed")                               \
  X(fragment_deleted, 153, "fragment.deleted")                               \
  X(fragment_locked, 154, "fragment.locked")                                 \
  X(fragment_flagged, 155, "fragment.flagged")                               \
  X(attachment_stored, 156, "attachment.stored")                             \
  X(attachment_sent, 157, "attachment.sent")                                 \
  X(attachment_received, 158, "attachment.received")                         \
  X(emergency_read, 160, "fragment.emergency-read")                          \
  X(emergency_reviewed, 161, "fragment.emergency-reviewed")                  \
  X(emergency_overdue, 162, "fragment.emergency-overdue")                    \
  X(correction_told, 163, "fragment.correction-told")                        \
  X(fragment_corrected, 164, "fragment.corrected")                           \
  X(release_requested, 170, "release.requested")                             \
  X(release_request_received, 171, "release.request-received")               \
  X(release_decided, 172, "release.decided")                                 \
  X(release_offered, 173, "release.offered")                                 \
  X(release_offer_received, 174, "release.offer-received")                   \
  X(release_receipt_sent, 175, "release.receipt-sent")                       \
  X(release_receipt_received, 176, "release.receipt-received")               \
  X(release_disclosed, 177, "release.disclosed")                             \
  X(release_received, 178, "release.received")                               \
  X(release_cancelled, 179, "release.cancelled")                             \
  X(release_refused, 180, "release.refused")                                 \
  X(receipt_exported, 181, "receipt.exported")                               \
  X(form_feedback, 182, "form.feedback")                                     \
  /* hand-over (R5) */                                                       \
  X(handover_requested, 200, "handover.requested")                           \
  X(handover_request_received, 201, "handover.request-received")             \
  X(handover_changed, 202, "handover.changed")                               \
  X(handover_change_received, 203, "handover.change-received")               \
  X(handover_change_refused, 204, "handover.change-refused")                 \
  X(handover_read, 205, "handover.read")                                     \
  X(handover_feedback_sent, 206, "handover.feedback-sent")                   \
  X(handover_feedback_received, 207, "handover.feedback-received")           \
  X(handover_closed, 208, "handover.closed")                                 \
  X(handover_reminded, 209, "handover.reminded")                             \
  X(handover_overdue, 210, "handover.overdue")                               \
  X(handover_term_escalated, 211, "handover.term-escalated")                 \
  X(work_read, 213, "work.read")                                             \
  X(handover_restored, 214, "handover.restored")                             \
  X(aftercare_changed, 215, "aftercare.changed")                             \
  X(aftercare_due, 216, "aftercare.due")                                     \
  X(aftercare_reminded, 217, "aftercare.reminded")                           \
  X(aftercare_overdue, 218, "aftercare.overdue")                             \
  X(aftercare_escalated, 219, "aftercare.escalated")                         \
  X(aftercare_closed, 220, "aftercare.closed")                               \
  X(aftercare_read, 221, "aftercare.read")                                   \
  X(responsible_changed, 222, "responsible.changed")                         \
  X(professional_left, 223, "professional.left")                             \
  X(professional_back, 224, "professional.back")                             \
  X(caseload_read, 225, "caseload.read")                                     \
  X(aftercare_watched, 226, "aftercare.watched")                             \
  /* destruction and rights of the data subject (R8.4) */                    \
  X(destruction_asked, 230, "destruction.asked")                             \
  X(destruction_approved, 231, "destruction.approved")                       \
  X(destruction_cancelled, 232, "destruction.cancelled")                     \
  X(destruction_done, 233, "destruction.done")                               \
  X(destruction_ordered, 234, "destruction.ordered")                         \
  X(destruction_order_received, 235, "destruction.order-received")           \
  X(destruction_proven, 236, "destruction.proven")                           \
  X(destruction_overdue, 237, "destruction.overdue")                         \
  X(destruction_read, 238, "destruction.read")                               \
  X(retention_read, 239, "retention.read")                                   \
  X(subject_request_received, 240, "subject-request.received")               \
  X(subject_request_changed, 241, "subject-request.changed")                 \
  X(subject_request_closed, 242, "subject-request.closed")                   \
  X(subject_request_read, 243, "subject-request.read")                       \
  X(subject_request_overdue, 244, "subject-request.overdue")

enum class Event : std::uint16_t {
#define KNOOP_ENUMERATOR(name, number, text) name = number,
  KNOOP_AUDIT_EVENTS(KNOOP_ENUMERATOR)
#undef KNOOP_ENUMERATOR
};

/// How the event ended: NEN 7513 "resultaat".
enum class Outcome : std::uint8_t { success, refused, failed };

/// NEN 7513 "actie": create, read, update, delete, execute.
enum class Action : std::uint8_t { create, read, update, erase, execute };

[[nodiscard]] std::string_view to_string(Event event);
[[nodiscard]] std::optional<Event> event_from(std::string_view text);
[[nodiscard]] std::string_view to_string(Outcome outcome);
[[nodiscard]] std::optional<Outcome> outcome_from(std::string_view text);
[[nodiscard]] std::string_view to_string(Action action);
[[nodiscard]] std::optional<Action> action_from(std::string_view text);

}  // namespace knoop::audit
