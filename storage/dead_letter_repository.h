// Messages of peers that were opened and could not be applied (node/core/channel.h writes them). Each blocks later messages of
// its peer with its subject, and disclosures about the client it is about, until a person handled it. Until then its body waits
// sealed (waiting.h).
#pragma once

#include "protocol/channel/message_type.h"
#include "storage/database.h"
#include "storage/rows_after.h"

namespace knoop::storage {

struct DeadLetter {
  std::int64_t id = 0;
  MemberId peer;
  MessageType type{};
  std::optional<SubjectId> subject;
  Timestamp sent_at;  ///< By the peer's clock.
  Timestamp received_at;
  std::string code;  ///< Of the Error with which its handler failed.
  std::string sentence;
};

using DeadLettersAfter = RowsAfter<std::int64_t>;
/// Those that nobody handled, oldest first.
[[nodiscard]] Result<std::vector<DeadLetter>> open_dead_letters(Transaction& tx,
                                                                const DeadLettersAfter& page = {});
/// Of the streams on which cases and what protects people travel: what may be about a consent.
[[nodiscard]] Result<std::vector<DeadLetter>> open_dead_letters_about_cases(Transaction& tx);
[[nodiscard]] Result<std::optional<DeadLetter>> find_open_dead_letter(Transaction& tx, std::int64_t id);
[[nodiscard]] Result<void> handle_dead_letter(Transaction& tx, std::int64_t id, Timestamp now);

}  // namespace knoop::storage
