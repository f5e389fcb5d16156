#include "tools/bench_scale/arrivals.h"

#include <nlohmann/json.hpp>
#include <thread>

#include "node/http/api_client.h"
#include "node/net/system_clock.h"
#include "storage/match_repository.h"
#include "storage/records_repository.h"
#include "tools/bench_scale/fill.h"

namespace knoop::bench {
namespace {

constexpr Milliseconds patience{60'000};

Result<void> add_involvement(const std::filesystem::path& socket, const std::string& ref, Date today) {
  const nlohmann::json body{{"clientRef", ref},       {"kind", "ketenregistratie"},
                            {"from", today.iso()},    {"until", Date::from_days(today.days() + 300).iso()},
                            {"name", "A. Voorbeeld"}, {"function", "jeugdhulpverlener"},
                            {"phone", "023-5550100"}, {"email", "a@voorbeeld.example"}};
  KNOOP_LET(
      answer,
      http::ApiClient(socket, "").call("POST", "/api/v1/involvements", "application/json", body.dump()));
  if (answer.status / 100 != 2)
    return fail(ErrorCode::bad_value, Side::ours, "the node refused an involvement: {} {}", answer.status,
                answer.body);
  return {};
}

}  // namespace

Result<std::vector<Arrival>> arrivals(LightPeers& peers, const ArrivalPlan& plan) {
  const SystemClock clock;
  std::vector<std::vector<std::string>> shared;
  for (std::size_t i = 0; i < peers.count(); ++i) {
    KNOOP_LET(refs, peers.shared(i));
    shared.push_back(std::move(refs));
  }
  const auto wait_for = [&](Arrival& arrival) -> Result<void> {
    KNOOP_LET(held, peers.wait_for_match(arrival.peer, arrival.ref, patience));
    arrival.held = held;
    return {};
  };
  std::vector<Arrival> out;
  for (std::size_t i = 0; i < plan.count; ++i) {
    const std::size_t peer = i % peers.count();
    const std::size_t turn = i / peers.count();
    if (turn >= shared[peer].size()) break;
    out.push_back({peer, shared[peer][turn], clock.now(), {}});
    KNOOP_TRY(add_involvement(plan.socket, out.back().ref, Date::of(out.back().asked)));
    if (plan.together) continue;
    KNOOP_TRY(wait_for(out.back()));
    std::this_thread::sleep_for(plan.pause);
  }
  if (plan.together)
    for (Arrival& each : out) KNOOP_TRY(wait_for(each));
  return out;
}

Result<std::vector<Timestamp>> found_at_measured(const std::filesystem::path& folder,
                                                 const std::vector<std::string>& refs) {
  KNOOP_LET(database, open_node(measured_folder(folder)));
  KNOOP_LET(tx, database->begin());
  std::vector<Timestamp> out;
  for (const std::string& ref : refs) {
    KNOOP_LET(client, storage::find_client(tx, ref));
    if (!client) return fail(ErrorCode::not_found, Side::user, "the measured node has no client {}", ref);
    KNOOP_LET(matches, storage::matches_of_client(tx, client->id));
    if (matches.empty())
      return fail(ErrorCode::not_found, Side::ours, "the measured node holds no match of {}", ref);
    out.push_back(matches.front().found);
  }
  KNOOP_TRY(tx.commit());
  return out;
}

}  // namespace knoop::bench
