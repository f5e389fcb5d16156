// Requests that were done, by the key that their caller gave them (docs/spec/api.md "Once and no more"), so that a repeat is not
// done again. Written in the transaction of the request itself: it was done and is remembered, or neither.
//
// What was asked (a hash) and what was answered can tell about a client that nobody can name here. So both lie under a key of nobody
// among the erasure keys, as what waits does (waiting.h): when any client or fragment is destroyed that key is, and with it
// every answer that was kept, here and in every old copy of the database. That the request was done stays known until its day is over.
//
// Limits: an answer of over `longest_answer` is not kept; a row lasts `answers_kept`. How many there are is bounded by the
// limit of requests of an account (node/http/gate.h).
#pragma once

#include "storage/database.h"

namespace knoop::storage {

inline constexpr Milliseconds answers_kept{24 * 3'600'000};
inline constexpr std::size_t longest_answer = 64UL << 10U;

struct KeptAnswer {
  std::uint16_t status = 0;
  std::string type;
  std::string body;
};

/// A request that was done.
struct DoneRequest {
  std::optional<Hash256> request;    ///< Nothing: forgotten with a client that was destroyed.
  std::optional<KeptAnswer> answer;  ///< Nothing: forgotten, or never kept.
};
/// Nothing when the key is free, or free again.
[[nodiscard]] Result<std::optional<DoneRequest>> find_done_request(Transaction& tx, std::string_view who,
                                                                   std::string_view key, Timestamp now);
/// `answer` may be nothing: then only that it was done is kept.
[[nodiscard]] Result<void> keep_done_request(Transaction& tx, std::string_view who, std::string_view key,
                                             Timestamp now, const Hash256& request,
                                             const std::optional<KeptAnswer>& answer);

/// Forgets what was asked and answered. Part of destroying (erasure_repository.h).
[[nodiscard]] Result<void> forget_answers(Transaction& tx, Timestamp now);
/// At most `limit` keys whose day is over; how many they were.
[[nodiscard]] Result<std::int64_t> drop_old_requests(Transaction& tx, Timestamp now, std::int64_t limit);
/// When the oldest key was given.
[[nodiscard]] Result<std::optional<Timestamp>> oldest_request(Transaction& tx);

}  // namespace knoop::storage
