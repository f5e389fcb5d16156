// A request that is sent again because its answer was lost must not be done again: "Idempotency-Key" on a POST, a name of the caller's
// own for this one request. It is kept for a day with what was asked and answered, in the transaction that does it (storage/
// answer_repository.h).
//
//   the same account, key and request    the answer of the first time, with "Idempotency-Replayed: true"; nothing is done or logged
//   … where the answer is not kept       answer-gone: a route may say so (Repeat::refusal) because its answer is a secret or tells much
//                                        about somebody, it was over 64 KiB, or a client was destroyed since
//   the same key, another request        key-used-again
//   the first time was refused           done as if for the first time: what is refused changed nothing
//
// Keys of two accounts never meet. A hostile account can fill its own keys, no faster than the limit of requests lets it.
#pragma once

#include <functional>

#include "node/http/router.h"

namespace knoop::http {

inline constexpr std::size_t longest_key = 64;

/// Nothing when the request has no key, or its route is one that may be done again. bad_value (user) when the key is none.
[[nodiscard]] Result<std::optional<KeyedRequest>> keyed_request(const Route& route, const Request& request,
                                                                const Actor& actor);

/// Runs `run`, unless it was done before. With Slow work in its answer nothing is kept yet: call it again around
/// Slow::then.
[[nodiscard]] Result<Reply> once(Context& context, const std::optional<KeyedRequest>& keyed,
                                 const std::function<Result<Reply>()>& run);

}  // namespace knoop::http
