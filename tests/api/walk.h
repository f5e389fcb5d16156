// A region of real nodes over virtual time, driven through the API alone: each request goes through the route's own handler in the
// transaction of its command, as the server does it, and is held against the description with its answer. What the API cannot bring
// about (a lost database, a member that lies) a test does beside it.
#pragma once

#include <catch2/catch.hpp>
#include <map>

#include "node/http/api_routes.h"
#include "tests/sim/region.h"
#include "tests/support/described_api.h"

namespace knoop::api {

using http::Json;
using sim::SimNode;
using namespace std::chrono_literals;

inline constexpr std::string_view anja = "professional:anja";
inline constexpr std::string_view tom = "team-lead:tom";
inline constexpr std::string_view piet = "privacy-officer:piet";
inline constexpr std::string_view ada = "administrator:ada";
inline constexpr std::string_view epd = "service:epd";

class Walk {
 public:
  Walk();

  /// The answer of what must succeed.
  Json get(SimNode& node, std::string_view as, const std::string& address) {
    return asked(node, as, "GET", address, "", "");
  }
  Json post(SimNode& node, std::string_view as, const std::string& address,
            const Json& body = Json::object()) {
    return asked(node, as, "POST", address, "application/json", body.dump());
  }
  Json put(SimNode& node, std::string_view as, const std::string& address, std::string_view bytes) {
    return asked(node, as, "PUT", address, "application/octet-stream", bytes);
  }
  Json put_json(SimNode& node, std::string_view as, const std::string& address, const Json& body) {
    return asked(node, as, "PUT", address, "application/json", body.dump());
  }
  Json remove(SimNode& node, std::string_view as, const std::string& address) {
    return asked(node, as, "DELETE", address, "", "");
  }
  /// A request with whatever answer: its status.
  unsigned call(SimNode& node, std::string_view as, const std::string& method, const std::string& address,
                const std::string& type, std::string_view body, Json* answer = nullptr);

  /// Runs until `done`; at most two hours of virtual time.
  void until(std::string_view what, const std::function<bool()>& done);
  SimNode& smw() { return region[0]; }
  SimNode& bjz() { return region[1]; }
  SimNode& jgz() { return region[2]; }
  Date today(SimNode& node) { return Date::of(node.clock()); }

  sim::Region region;
  // What one chapter leaves for the next.
  std::string match, fragment, exchange, consent, attachment;

 private:
  Json asked(SimNode& node, std::string_view as, const std::string& method, const std::string& address,
             const std::string& type, std::string_view body);

  std::map<const SimNode*, http::Router> routers_;  ///< An import under way is kept there.
};

// The chapters, in the order in which the first needs the last.
void join_the_network(Walk& walk);
void feed_records_in(Walk& walk);
void write_records(Walk& walk);
void match_children(Walk& walk);
void follow_a_match_up(Walk& walk);
void ask_consent(Walk& walk);
void exchange_fragments(Walk& walk);
void exchange_files(Walk& walk);
void hand_over(Walk& walk);
void fill_forms(Walk& walk);
void share_without_consent(Walk& walk);
void plan_aftercare(Walk& walk);
void leave_and_come_back(Walk& walk);
void look_after_rights(Walk& walk);
void read_the_log(Walk& walk);
void settle_troubles(Walk& walk);
void start_an_epoch(Walk& walk);
void read_what_is_locked(Walk& walk);
void restore_a_copy(Walk& walk);

}  // namespace knoop::api
