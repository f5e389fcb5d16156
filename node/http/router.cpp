#include "node/http/router.h"

#include "crypto/base/assert.h"

namespace knoop::http {
namespace {

bool is_name(std::string_view segment) {
  return segment.size() > 2 && segment.front() == '{' && segment.back() == '}';
}

}  // namespace

Result<Reply> invoke(const Route& route, Node& node, Context& context, const Request& request) {
  try {
    return route.handler(node, context, request);
  } catch (const Json::exception&) {
    return fail(ErrorCode::bad_value, Side::user,
                "a field of the request has another type than it must have");
  }
}

Route& Router::add(Route route) {
  for (const Route& known : routes_)
    KNOOP_ASSERT(known.method != route.method || known.pattern != route.pattern, "each route is added once");
  KNOOP_ASSERT(!route.roles.empty(), "a route that nobody may use is no route");
  const Result<Target> target = parse_target(route.pattern);
  KNOOP_ASSERT(target.has_value(), "the pattern of a route is a path");
  segments_.push_back(target->segments);
  routes_.push_back(std::move(route));
  return routes_.back();
}

std::optional<Router::Found> Router::find(std::string_view method, const Target& target) const {
  std::optional<Found> best;
  std::size_t best_literals = 0;
  std::string allowed;
  for (std::size_t i = 0; i < routes_.size(); ++i) {
    const auto& pattern = segments_[i];
    if (pattern.size() != target.segments.size()) continue;
    Params params;
    std::size_t literals = 0;
    bool fits = true;
    for (std::size_t at = 0; fits && at < pattern.size(); ++at) {
      if (is_name(pattern[at]))
        params.emplace(pattern[at].substr(1, pattern[at].size() - 2), target.segments[at]);
      else if (pattern[at] == target.segments[at])
        ++literals;
      else
        fits = false;
    }
    if (!fits) continue;
    if (allowed.find(routes_[i].method) == std::string::npos)
      allowed += (allowed.empty() ? "" : ", ") + routes_[i].method;
    const bool usable = routes_[i].method == method;
    if (!best) best.emplace();
    if (usable && (best->route == nullptr || literals > best_literals)) {
      best->route = &routes_[i];
      best->params = std::move(params);
      best_literals = literals;
    }
  }
  if (best) best->allowed = allowed;
  return best;
}

}  // namespace knoop::http
