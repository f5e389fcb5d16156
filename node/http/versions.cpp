#include "node/http/versions.h"

#include "crypto/hash.h"

namespace knoop::http {
namespace {

Result<std::optional<std::string>> current(Context& context, const Version& version, const Params& params) {
  KNOOP_LET(state, version(context, params));
  return state ? std::optional(etag_over(*state)) : std::nullopt;
}

Result<void> check_match(Context& context, const Version& version, const Params& params,
                         std::string_view list, bool makes) {
  KNOOP_LET(now, current(context, version, params));
  // Of what does not exist the handler says so, unless it would make it.
  if (now ? names_etag(list, *now) : !makes) return {};
  return fail(ErrorCode::changed_meanwhile, Side::user,
              "the object is not as it was when you fetched it; fetch it again and decide anew");
}

Result<void> check_none(Context& context, const Version& version, const Params& params,
                        std::string_view list) {
  KNOOP_LET(now, current(context, version, params));
  if (!now || !names_etag(list, *now)) return {};
  return fail(ErrorCode::changed_meanwhile, Side::user,
              "there is such an object already; fetch it and decide anew");
}

}  // namespace

std::string etag_over(std::string_view state) {
  return '"' + sha256(to_bytes(state)).hex().substr(0, 32) + '"';
}

Version version_of(storage::Kind kind, std::string name) {
  return [kind, name = std::move(name)](Context& context, const Params& params) {
    return object_state(context, kind, params.at(name));
  };
}

Version version_of_current(storage::Kind kind) {
  return [kind](Context& context, const Params&) { return object_state(context, kind, "current"); };
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
  const auto& none = request.conditions.if_none_match;
  const bool makes = route.method == "PUT";
  if (if_match) KNOOP_TRY(check_match(context, route.version, request.params, *if_match, makes));
  if (none && makes) KNOOP_TRY(check_none(context, route.version, request.params, *none));
  KNOOP_LET(reply, run());
  if (reply.slow && if_match)
    reply.slow->then = [then = std::move(reply.slow->then), version = route.version, params = request.params,
                        list = *if_match, makes](Node& node, Context& later) -> Result<Reply> {
      KNOOP_TRY(check_match(later, version, params, list, makes));
      return then(node, later);
    };
  if (reply.refusal || reply.slow) return reply;
  KNOOP_LET(now, current(context, route.version, request.params));
  if (!now) return reply;
  reply.headers.emplace_back("ETag", *now);
  if (reads && none && reply.status == 200 && names_etag(*none, *now)) {
    Reply unchanged{304};
    unchanged.headers = std::move(reply.headers);
    unchanged.file = Reply::File{};
    return unchanged;
  }
  return reply;
}

}  // namespace knoop::http
