#include "node/http/versions.h"

#include "crypto/hash.h"

namespace knoop::http {
namespace {

std::string etag_over(std::string_view state) {
  return '"' + sha256(to_bytes(state)).hex().substr(0, 32) + '"';
}

Result<std::optional<std::string>> current(Context& context, const Version& version, const Params& params) {
  KNOOP_LET(state, version(context, params));
  return state ? std::optional(etag_over(*state)) : std::nullopt;
}

Result<void> check_match(Context& context, const Version& version, const Params& params,
                         std::string_view list) {
  KNOOP_LET(now, current(context, version, params));
  // Of what does not exist the handler says so.
  if (!now || names_etag(list, *now)) return {};
  return fail(ErrorCode::changed_meanwhile, Side::user,
              "the object is not as it was when you fetched it; fetch it again and decide anew");
}

}  // namespace

Version version_of(storage::Kind kind, std::string name) {
  return [kind, name = std::move(name)](Context& context, const Params& params) {
    return object_state(context, kind, params.at(name));
  };
}

Result<std::optional<std::string>> etag_of(Context& context, storage::Kind kind, std::string_view id) {
  KNOOP_LET(state, object_state(context, kind, id));
  return state ? std::optional(etag_over(*state)) : std::nullopt;
}

Result<void> show_etag(Context& context, storage::Kind kind, std::string_view id, Json& object) {
  KNOOP_LET(etag, etag_of(context, kind, id));
  if (etag) object["etag"] = *etag;
  return {};
}

bool names_etag(std::string_view list, std::string_view etag) {
  if (list == "*") return true;
  while (!list.empty()) {
    const std::size_t comma = std::min(list.find(','), list.size());
    std::string_view one = list.substr(0, comma);
    list.remove_prefix(std::min(comma + 1, list.size()));
    while (one.starts_with(' ') || one.starts_with('\t')) one.remove_prefix(1);
    while (one.ends_with(' ') || one.ends_with('\t')) one.remove_suffix(1);
    if (one == etag) return true;
  }
  return false;
}

Result<Reply> with_conditions(Context& context, const Route& route, const Request& request,
                              const std::function<Result<Reply>()>& run) {
  const auto& if_match = request.conditions.if_match;
  const bool reads = route.method == "GET";
  if (!route.version) {
    // What is asked for and not looked at would be a change that nobody wanted.
    if (if_match)
      return fail(ErrorCode::bad_value, Side::user, "this address has no versions, so it takes no If-Match");
    return run();
  }
  if (if_match) KNOOP_TRY(check_match(context, route.version, request.params, *if_match));
  KNOOP_LET(reply, run());
  if (reply.slow && if_match)
    reply.slow->then = [then = std::move(reply.slow->then), version = route.version, params = request.params,
                        list = *if_match](Node& node, Context& later) -> Result<Reply> {
      KNOOP_TRY(check_match(later, version, params, list));
      return then(node, later);
    };
  if (reply.refusal || reply.slow) return reply;
  KNOOP_LET(now, current(context, route.version, request.params));
  if (!now) return reply;
  reply.headers.emplace_back("ETag", *now);
  if (const auto& none = request.conditions.if_none_match;
      reads && none && reply.status == 200 && names_etag(*none, *now)) {
    Reply unchanged{304};
    unchanged.headers = std::move(reply.headers);
    unchanged.file = Reply::File{};
    return unchanged;
  }
  return reply;
}

}  // namespace knoop::http
