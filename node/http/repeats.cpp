#include "node/http/repeats.h"

#include <algorithm>

#include "crypto/hash.h"
#include "node/core/request_keys.h"
#include "node/http/problem.h"

namespace knoop::http {
namespace {

bool is_key(std::string_view text) {
  return !text.empty() && text.size() <= longest_key && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '_' || c == '-';
  });
}

Result<Reply> replay(const storage::DoneRequest& done, const KeyedRequest& keyed) {
  if (done.request && *done.request != keyed.request)
    return fail(ErrorCode::key_used_again, Side::user,
                "this Idempotency-Key came with another request before; a request that is new needs a key of "
                "its own");
  if (!done.answer)
    return fail(
        ErrorCode::answer_gone, Side::user,
        "the request with this Idempotency-Key was done, and what was answered then is not kept; it is "
        "not done again");
  Reply reply{done.answer->status};
  reply.file = Reply::File{done.answer->type, done.answer->body, ""};
  reply.headers.emplace_back("Idempotency-Replayed", "true");
  return reply;
}

/// As it leaves: what connection.h would write.
storage::KeptAnswer answer_of(const Reply& reply) {
  if (reply.refusal) {
    const unsigned status = reply.status >= 400 ? reply.status : status_of(*reply.refusal);
    return {static_cast<std::uint16_t>(status), "application/problem+json",
            problem_text(*reply.refusal, status)};
  }
  const auto status = static_cast<std::uint16_t>(reply.status);
  if (reply.file) return {status, reply.file->type, reply.file->bytes};
  return {status, "application/json", reply.body.dump(-1, ' ', false, Json::error_handler_t::replace)};
}

}  // namespace

Result<std::optional<KeyedRequest>> keyed_request(const Route& route, const Request& request,
                                                  const Actor& actor) {
  const auto& key = request.conditions.idempotency_key;
  if (!key || route.method != "POST") return std::optional<KeyedRequest>{};
  if (!is_key(*key))
    return fail(ErrorCode::bad_value, Side::user,
                "an Idempotency-Key is 1 to {} letters, digits, points, lines and underscores, given once",
                longest_key);
  // Who is not signed in has no keys.
  if (route.repeat == Repeat::anew || actor.user.empty()) return std::optional<KeyedRequest>{};
  // A dump has its names in order, so the same fields in another order are the same request. Secrets are not in it: a hash
  // of one could be guessed at, and such a request is refused when it comes again, whatever its secret.
  const Json asked{route.pattern, request.params, request.query, request.body};
  const std::string text = asked.dump(-1, ' ', false, Json::error_handler_t::replace);
  return KeyedRequest{actor.source + " " + actor.user, *key, sha256(to_bytes(text)),
                      route.repeat == Repeat::answer && route.secrets.empty()};
}

Result<Reply> once(Context& context, const std::optional<KeyedRequest>& keyed,
                   const std::function<Result<Reply>()>& run) {
  if (!keyed) return run();
  KNOOP_LET(done, storage::find_done_request(context.tx, keyed->who, keyed->key, context.now));
  if (done) return replay(*done, *keyed);
  KNOOP_LET(reply, run());
  if (reply.slow) {
    reply.slow->keyed = keyed;
    return reply;
  }
  KNOOP_TRY(storage::keep_done_request(context.tx, keyed->who, keyed->key, context.now, keyed->request,
                                       keyed->keep ? std::optional(answer_of(reply)) : std::nullopt));
  return reply;
}

}  // namespace knoop::http
