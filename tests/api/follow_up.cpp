// Chapters about matches as tasks, plans of aftercare, the views of a client, and a professional who leaves.
#include <fmt/format.h>

#include "tests/api/walk.h"

namespace knoop::api {

void follow_a_match_up(Walk& walk) {
  SimNode& smw = walk.smw();
  const std::string match = "/api/v1/matches/" + walk.match;
  CHECK(walk.post(smw, anja, match + "/owner", {{"owner", "A. Voorbeeld"}}).at("work").at("owner") ==
        "A. Voorbeeld");
  CHECK(walk.get(smw, anja, "/api/v1/work?owner=A.+Voorbeeld").contains("work"));
  walk.post(smw, anja, match + "/escalation", {{"why", "unreachable"}});
  const Json contacted = walk.post(smw, anja, match + "/contacted", {{"how", "phone"}});
  CHECK(contacted.at("work").at("contacted").at("how") == "phone");
  walk.post(smw, anja, match + "/owner", {{"release", true}});

  const Json views = walk.get(smw, anja, "/api/v1/clients/S-1/views?purpose=overleg");
  CHECK(views.at("where").size() == 1);
  CHECK_FALSE(views.at("signalled").empty());
  CHECK_FALSE(walk.get(smw, tom, "/api/v1/work-status").at("statuses").empty());
  CHECK(walk.get(smw, tom, "/api/v1/figures").at("months").size() == 12);
}

void plan_aftercare(Walk& walk) {
  SimNode& smw = walk.smw();
  const auto watch = [&](std::string_view client) {
    const std::string ends = Date::from_days(walk.today(smw).days() + 100).iso();
    return "/api/v1/aftercare/" + walk.post(smw, anja, "/api/v1/aftercare",
                                            {{"client", client}, {"ends", ends}, {"who", "A. Voorbeeld"}})
                                      .at("id")
                                      .get<std::string>();
  };
  const std::string plan = watch("S-1");
  const std::string later = Date::from_days(walk.today(smw).days() + 120).iso();
  CHECK(walk.post(smw, anja, plan + "/end", {{"ends", later}}).at("ends") == later);
  CHECK(walk.post(smw, anja, plan + "/made", {{"words", "besproken met de ouders"}}).at("state") ==
        "opgesteld");
  CHECK(walk.post(smw, anja, watch("S-2") + "/not-needed", {{"words", "de zorg gaat door"}}).at("state") ==
        "niet nodig");
  CHECK(walk.get(smw, anja, "/api/v1/aftercare?client=S-1&all=true").at("aftercare").size() == 1);
}

void leave_and_come_back(Walk& walk) {
  SimNode& smw = walk.smw();
  const Json who{{"name", "A. Voorbeeld"}, {"account", "anja"}};
  CHECK_FALSE(walk.post(smw, tom, "/api/v1/professionals/caseload", who).at("caseload").empty());
  const Json left = walk.post(smw, tom, "/api/v1/professionals/leave",
                              {{"name", "A. Voorbeeld"},
                               {"account", "anja"},
                               {"to", "C. Voorbeeld"},
                               {"function", "werker"},
                               {"phone", "023-5550102"},
                               {"email", "c@smw.example"}});
  CHECK_FALSE(left.at("moved").empty());
  CHECK(left.at("untaken").empty());
  walk.post(smw, tom, "/api/v1/professionals/return", {{"name", "A. Voorbeeld"}});
}

}  // namespace knoop::api
