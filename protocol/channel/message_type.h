// The registry of message types: X(enumerator, number, stream). A number is never changed and never reused; a type
// that is no longer sent keeps its line. The stream belongs to the type: a frame that names another stream than its
// type's is refused, so that nobody can let a withdrawal wait in the bulk stream.
//
// Ranges: 1–19 control and membership, 20–39 matching, 40–59 exchange and consent, 60–79 hand-over, 80–99 cases and
// plans, 100–119 log heads and witnesses. Whoever defines a message adds its line here and its page in docs/spec.
#pragma once

#include <cstdint>
#include <string_view>

#include "protocol/channel/stream_kind.h"

#define KNOOP_MESSAGE_TYPES(X)            \
  X(hello, 1, control)                    \
  X(ack, 2, control)                      \
  X(reseal, 3, control)                   \
  X(card_push, 4, protective)             \
  X(convenant_push, 5, protective)        \
  X(epoch_open, 20, matching)             \
  X(epoch_complete, 21, matching)         \
  X(register_batch, 22, matching)         \
  X(evaluated, 23, matching)              \
  X(proof_request, 24, matching)          \
  X(proof, 25, matching)                  \
  X(withdraw, 26, protective)             \
  X(withdraw_applied, 27, protective)     \
  X(match_claim, 28, matching)            \
  X(match_answer, 29, matching)           \
  X(match_choice, 30, matching)           \
  X(match_notice, 31, matching)           \
  X(match_receipt, 32, matching)          \
  X(match_outcome, 33, matching)          \
  X(register_refused, 34, matching)       \
  X(epoch_statement, 35, matching)        \
  X(epoch_ended, 36, matching)            \
  X(answer_overdue, 37, matching)         \
  X(batch_closed, 38, matching)           \
  X(fragment_request, 40, case_work)      \
  X(fragment_refusal, 41, case_work)      \
  X(release_offer, 42, case_work)         \
  X(release_receipt, 43, case_work)       \
  X(release_key, 44, case_work)           \
  X(release_cancelled, 45, case_work)     \
  X(consent_state_request, 46, case_work) \
  X(consent_state, 47, case_work)         \
  X(consent_withdrawn, 48, protective)    \
  X(withdrawal_applied, 49, protective)   \
  X(destruction_order, 50, protective)    \
  X(destruction_proof, 51, protective)    \
  X(fragment_corrected, 52, protective)   \
  X(attachment_wanted, 53, bulk)          \
  X(attachment_piece, 54, bulk)           \
  X(consent_statement, 55, case_work)     \
  X(handover_event, 60, case_work)        \
  X(handover_state, 61, case_work)        \
  X(handover_told, 62, case_work)         \
  X(log_head, 100, protective)            \
  X(cosignature, 101, protective)         \
  X(log_proof, 102, protective)

namespace knoop {

enum class MessageType : std::uint16_t {
#define KNOOP_ENUMERATOR(name, number, stream) name = number,
  KNOOP_MESSAGE_TYPES(KNOOP_ENUMERATOR)
#undef KNOOP_ENUMERATOR
};

constexpr bool is_valid(MessageType type) {
  switch (type) {
#define KNOOP_CASE(name, number, stream) case MessageType::name:
    KNOOP_MESSAGE_TYPES(KNOOP_CASE)
#undef KNOOP_CASE
    return true;
  }
  return false;
}

/// The stream that carries a type, and the only one that may.
constexpr StreamKind stream_of(MessageType type) {
  switch (type) {
#define KNOOP_CASE(name, number, stream) \
  case MessageType::name:                \
    return StreamKind::stream;
    KNOOP_MESSAGE_TYPES(KNOOP_CASE)
#undef KNOOP_CASE
  }
  KNOOP_ASSERT(false, "a message type outside its registry");
}

/// The enumerator's name, for logs and errors.
constexpr std::string_view to_string(MessageType type) {
  switch (type) {
#define KNOOP_CASE(name, number, stream) \
  case MessageType::name:                \
    return #name;
    KNOOP_MESSAGE_TYPES(KNOOP_CASE)
#undef KNOOP_CASE
  }
  KNOOP_ASSERT(false, "a message type outside its registry");
}

}  // namespace knoop
