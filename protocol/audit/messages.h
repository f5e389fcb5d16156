// Messages about logs (docs/spec/audit.md "Witnesses").
//
//   owner    LogHead      ──▶  witness    my newest head, and that it contains the one you hold; or, to anybody, heads that
//                                         contradict each other
//   witness  HeadAnswer   ──▶  owner      cosigned; or: I hold another one than you say
//   sender   LogProof     ──▶  receiver   of a release: the entry that I named stands in my log, under a witnessed head
//
// None of them makes a log entry, or witnessing would feed itself.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "crypto/keys.h"
#include "protocol/audit/witness.h"
#include "protocol/codec/codec.h"
#include "protocol/ids.h"

namespace knoop::audit {

/// No log has 2^64 entries: a consistency proof has at most one node a level, and one.
inline constexpr std::size_t max_proof = 65;

struct LogHead {
  std::string head;            ///< A signed checkpoint, perhaps with cosignatures.
  std::uint64_t old_size = 0;  ///< The size that the witness holds, as far as the owner knows. 0: none.
  std::vector<Hash256> proof;  ///< From old_size to the head's size.
  bool answer = false;  ///< The owner asks its witness to cosign. Else it is told for its own sake: evidence.

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    archive(bounded(self.head, max_head_bytes), self.old_size, bounded(self.proof, max_proof), self.answer);
  }
  friend bool operator==(const LogHead&, const LogHead&) = default;
};

/// What a witness holds of the asker's log after it looked at a LogHead.
struct HeadAnswer {
  std::uint32_t incarnation = 1;  ///< Of the log that was asked about.
  /// The newest head that it holds of the asker's newest incarnation, as the asker signed it. Absent: none.
  std::optional<std::string> held;
  /// Over the text of `held`: it is the head that was asked about. Absent: that one was refused, because old_size is not
  /// the size of `held`, or it is no continuation of it.
  std::optional<std::uint64_t> time;
  std::optional<Signature> signature;

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    archive(self.incarnation, bounded(self.held, max_head_bytes), self.time, self.signature);
  }
  friend bool operator==(const HeadAnswer&, const HeadAnswer&) = default;
};

/// Follows a release: the entry that its offer named.
struct LogProofMessage {
  ExchangeId exchange;
  std::string proof;  ///< protocol/audit/log_proof.h

  static constexpr std::size_t max_text = 8192;

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    archive(self.exchange, bounded(self.proof, max_text));
  }
  friend bool operator==(const LogProofMessage&, const LogProofMessage&) = default;
};

}  // namespace knoop::audit
