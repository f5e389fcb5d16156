#include "tools/bench_api/requests.h"

#include <nlohmann/json.hpp>

#include "tools/bench_scale/people.h"

namespace knoop::bench {
namespace {

using Json = nlohmann::json;

ApiRequest look_up(const RequestPlan& plan, std::size_t at) {
  return {"POST", "/api/v1/clients/search", Json{{"bsn", looked_up(plan, at).expose()}}.dump()};
}

ApiRequest decision(const RequestPlan& plan, std::size_t at) {
  const Json body{{"client", plan.prepared.at(at % plan.prepared.size())},
                  {"recipient", plan.recipient},
                  {"categories", {"F01", "F05", "F07"}}};
  return {"POST", "/api/v1/release-previews", body.dump()};
}

}  // namespace

records::Bsn looked_up(const RequestPlan& plan, std::size_t at) {
  constexpr std::uint64_t stride = 7'919;  // a prime: neighbours in the list are far apart in the store
  std::uint64_t number = at * stride % plan.clients;
  std::optional<records::Bsn> bsn;
  while (!(bsn = bsn_of(number))) number = (number + 1) % plan.clients;
  return *bsn;
}

std::vector<ApiRequest> make_requests(const RequestPlan& plan, std::size_t count) {
  std::vector<ApiRequest> out;
  for (std::size_t at = 0; at < count; ++at) switch (plan.kind) {
      case RequestKind::look_up:
        out.push_back(look_up(plan, at));
        break;
      case RequestKind::work:
        out.push_back({"GET", "/api/v1/work?owner=" + plan.owner, ""});
        break;
      case RequestKind::decision:
        out.push_back(decision(plan, at));
        break;
    }
  return out;
}

}  // namespace knoop::bench
