// Matches as tasks over the API (R2.7): who may, what the answer shows, what is refused. What becomes of them between two nodes
// is in tests/sim.
#include <algorithm>
#include <catch2/catch.hpp>

#include "node/core/match_tasks.h"
#include "node/core/services.h"
#include "node/http/api_routes.h"
#include "storage/audit_repository.h"
#include "storage/records_repository.h"
#include "tests/unit/node/http/served_node.h"

namespace knoop::http {
namespace {

constexpr std::string_view anja = "professional:anja";
const std::string certain(32, '1');
const std::string possible(32, '2');

/// What matching would have found, with contact data of the certain one.
Result<Reply> plant(Node&, Context& context, const Request&) {
  records::Client client;
  client.ref = "A";
  client.surname = "Jansen";
  client.birth_date = {2015, 3, 4};
  KNOOP_LET(written, storage::put_client(context.tx, client, context.now));
  records::Involvement involvement;
  involvement.from = {2026, 1, 15};
  involvement.until = {2027, 12, 1};
  involvement.professional = {"M. de Boer", "medewerker", "023-5550100", "m@een.example"};
  KNOOP_TRY(storage::add_involvement(context.tx, written.id, involvement, context.now));
  for (const std::string& id : {certain, possible}) {
    storage::StoredMatch match;
    match.id = *matching::MatchId::from_hex(id);
    match.peer.data()[0] = 7;
    match.client = written.id;
    match.verdict = id == certain ? matching::Verdict::certain : matching::Verdict::possible;
    match.found = context.now;
    match.contact_before = contact_term(context);
    if (id == certain) match.peer_notice.emplace();
    KNOOP_TRY(keep_match(context, match));
  }
  return Reply{200, Json::object()};
}

class Desk {
 public:
  Desk() : served_(routes(), options(), {}, make_services()) {
    must(200, "POST", "/test/plant", Json::object(), "administrator:a");
  }
  Json must(unsigned status, std::string_view method, const std::string& target, const Json& body = {},
            std::string_view as = anja) {
    const Answer answer =
        served_.call(method, target, body.is_null() ? "" : body.dump(), "application/json", std::string(as));
    INFO(method << " " << target << ": " << answer.body);
    CHECK(answer.status == status);
    return Json::parse(answer.body);
  }
  Json show(const std::string& id) { return must(200, "GET", "/api/v1/matches/" + id); }
  Json act(unsigned status, const std::string& id, const std::string& what, const Json& body,
           std::string_view as = anja) {
    return must(status, "POST", "/api/v1/matches/" + id + "/" + what, body, as);
  }
  ServedNode& served() { return served_; }

 private:
  static Router routes() {
    Router router = make_routes({});
    router.post("/test/plant", {Role::administrator}, plant);
    return router;
  }
  static ApiOptions options() {
    ApiOptions options;
    options.allow_as = true;
    return options;
  }
  ServedNode served_;
};

}  // namespace

TEST_CASE("R2.7: a match shows whose it is, what is owed and by when, both lists have it") {
  Desk desk;
  const Json shown = desk.show(certain);
  CHECK(shown.at("state") == "contact");
  CHECK(shown.at("work").at("owner") == "M. de Boer");
  CHECK(shown.at("work").at("due") == "2026-11-09");
  CHECK(shown.at("work").at("ours") == true);
  CHECK(desk.show(possible).at("state") == "open");
  CHECK(desk.must(200, "GET", "/api/v1/matches").at("matches").size() == 2);
  CHECK(desk.must(200, "GET", "/api/v1/work").at("work").size() == 2);
  CHECK(desk.must(200, "GET", "/api/v1/work?owner=m+de+boer").at("work").size() == 2);
  CHECK(desk.must(200, "GET", "/api/v1/work?owner=anja").at("work").empty());
}

TEST_CASE("R2.7: a task is taken, given, given back and escalated, and each change is logged") {
  Desk desk;
  CHECK(desk.act(200, certain, "owner", Json::object()).at("work").at("owner") == "anja");
  CHECK(desk.must(200, "GET", "/api/v1/work?owner=anja").at("work").size() == 1);
  CHECK(desk.act(200, certain, "owner", {{"owner", "B. Bakker"}}).at("work").at("owner") == "B. Bakker");
  CHECK(desk.act(200, certain, "owner", {{"release", true}}).at("work").at("owner") == "M. de Boer");
  desk.act(400, certain, "owner", {{"owner", std::string(201, 'a')}});
  desk.act(400, certain, "owner", {{"owner", ""}});
  const Json escalated = desk.act(200, certain, "escalation", {{"why", "unreachable"}}).at("work");
  CHECK(escalated.at("escalated").at("why") == "unreachable");
  desk.act(400, certain, "escalation", {{"why", "no-idea"}});
  CHECK(desk.must(200, "GET", "/api/v1/work?owner=anja").at("work").at(0).at("escalated") ==
        "niet bereikbaar");
  desk.served().stop();
  const auto events = desk.served().events();
  CHECK(std::ranges::count(events, "match.task-changed anja match " + certain) == 4);
}

TEST_CASE(
    "R2.4, R2.7: contact and reasons come from closed lists, and what the state does not allow is refused") {
  Desk desk;
  desk.act(409, possible, "contacted", {{"how", "phone"}});
  desk.act(409, possible, "outcome", {{"outcome", "same"}});
  desk.act(409, certain, "choice", {{"choice", "contact"}});
  desk.act(400, certain, "contacted", {{"how", "pigeon"}});
  desk.act(400, certain, "contacted", {{"how", "phone"}, {"words", "about the child"}});
  desk.act(400, certain, "contacted", {{"how", "phone"}, {"on", "2026-12-24"}});
  const Json contacted = desk.act(200, certain, "contacted", {{"how", "meeting"}});
  CHECK(contacted.at("state") == "contacted");
  CHECK(contacted.at("work").at("contacted").at("on") == "2026-11-02");
  desk.act(400, possible, "choice", {{"choice", "no-contact"}, {"reason", "bored"}});
  const Json declined = desk.act(200, possible, "choice", {{"choice", "no-contact"}, {"reason", "known"}});
  CHECK(declined.at("state") == "declined");
  CHECK(declined.at("work").at("declined") == "known");
  CHECK(declined.at("work").at("due").is_null());
  desk.act(404, std::string(32, '9'), "owner", Json::object());
}

TEST_CASE("R2.7: who may not see clients sees and changes no task") {
  Desk desk;
  for (const std::string_view as : {"administrator:a", "monitor:m", "privacy-officer:p", "service:s"}) {
    desk.act(403, certain, "owner", Json::object(), as);
    desk.act(403, certain, "contacted", {{"how", "phone"}}, as);
    desk.act(403, certain, "escalation", {{"why", "safety"}}, as);
    desk.must(403, "GET", "/api/v1/work", {}, as);
  }
  CHECK(desk.show(certain).at("state") == "contact");
}

}  // namespace knoop::http
