// The proof of a destruction (bewijs van vernietiging) as a file for somebody outside (R8.4, docs/spec/erasure.md): what the
// owner's node signed about it, and the proof that the entry which says so stands in its log.
//
//   knoop/destruction-proof/v1                            the record: text of a signed note by the node's signing key
//   destruction <id>                                      under the name of the log
//   of client                                             or: of fragment
//   ground bewaartermijn                                  or: verzoek, onterecht
//   done 2026-11-22T09:30:00.000Z
//   log <network>/<member>/<incarnation>
//   entry <index> <leaf>
//   fields-erased <number of log entries>
//   recipient <member> <exchange> given <n> destroyed <n> kept <n>     none or more, each answered one with the
//   statement <statement, base64> <signature, base64>                  statement that its receiver signed (messages.h)
//   recipient <member> <exchange> given <n> unanswered
//   <empty line>
//   <signature>
//   <empty line>
//   <proof of the entry>                                  protocol/audit/log_proof.h
//
// It names no client. The owner is the suspect, and so is each receiver for what it says itself: that a thing was destroyed is a
// signed word and no more. What cannot be is that one word was given here and another there.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "crypto/note.h"
#include "protocol/audit/log_proof.h"
#include "protocol/erasure/messages.h"

namespace knoop::erasure {

struct DestructionRecipient {
  MemberId member;
  ExchangeId exchange;
  std::uint16_t given = 0;
  /// What it said that it did; absent: it did not answer.
  struct Answer {
    std::uint16_t destroyed = 0;
    std::uint16_t kept = 0;
    DestructionProof proof;
    friend bool operator==(const Answer&, const Answer&) = default;
  };
  std::optional<Answer> answer;
  friend bool operator==(const DestructionRecipient&, const DestructionRecipient&) = default;
};

struct DestructionRecord {
  DestructionId destruction;
  bool fragment = false;  ///< One fragment instead of a client.
  std::string ground;     ///< One of destruction_grounds.
  Timestamp done;
  audit::LogOrigin log;
  std::uint64_t entry = 0;
  Hash256 leaf;
  std::uint64_t fields_erased = 0;
  std::vector<DestructionRecipient> recipients;

  [[nodiscard]] std::string text() const;
  /// Exactly what text() writes.
  [[nodiscard]] static Result<DestructionRecord> parse(std::string_view text);
  friend bool operator==(const DestructionRecord&, const DestructionRecord&) = default;
};

inline constexpr std::array<std::string_view, 3> destruction_grounds{"bewaartermijn", "verzoek", "onterecht"};
inline constexpr std::size_t max_recipients = 1000;
inline constexpr std::size_t max_destruction_file_bytes = 2UL * 1024 * 1024;

struct DestructionFile {
  Note note;  ///< Its text is a record's.
  audit::LogProof proof;

  [[nodiscard]] std::string text() const;
  /// Form only; nothing is trusted yet.
  [[nodiscard]] static Result<DestructionFile> parse(std::string_view text);
};

struct CheckedDestruction {
  DestructionRecord record;
  audit::ProvenEntry entry;  ///< Perhaps under too few witnesses: whoever asks decides what that means.
};
/// The owner's key signed record and head, and the log has the entry that the record names. Errors: those of form,
/// bad_signature, bad_proof. What receivers said is check_answer()'s.
[[nodiscard]] Result<CheckedDestruction> check_destruction(const DestructionFile& file,
                                                           const SigningPublicKey& owner,
                                                           const audit::WitnessRule& rule);
/// The receiver's key signed what the record tells of its answer.
[[nodiscard]] Result<Statement> check_answer(const DestructionRecord& record,
                                             const DestructionRecipient& recipient,
                                             const SigningPublicKey& receiver);

}  // namespace knoop::erasure
