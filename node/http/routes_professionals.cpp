// What one of our own professionals answers for, and handing it over when they leave (node/core/leaving.h). A name never stands in
// an address: asking is a POST.
#include "node/core/leaving.h"
#include "node/http/api_routes.h"
#include "node/http/roles.h"

namespace knoop::http {
namespace {

constexpr std::size_t longest_person = 200;
constexpr std::size_t longest_client = 100;

Json held_json(const std::vector<Held>& things) {
  Json out = Json::array();
  for (const Held& one : things)
    out.push_back({{"kind", to_string(one.kind)},
                   {"id", one.id},
                   {"clientRef", one.client_ref},
                   {"professional", one.professional}});
  return out;
}

Result<Reply> show_caseload(Node&, Context& context, const Request& request) {
  BodyReader body(request.body);
  const std::string name = body.text("name", longest_person);
  const std::string account = body.text_or("account", "", longest_person);
  KNOOP_TRY(body.finish());
  KNOOP_LET(things, caseload(context, name, account));
  return Reply{200, {{"caseload", held_json(things)}}};
}

Result<Reply> record_leaving(Node&, Context& context, const Request& request) {
  BodyReader body(request.body);
  Leaving leaving;
  leaving.name = body.text("name", longest_person);
  leaving.account = body.text_or("account", "", longest_person);
  leaving.to = {body.text_or("to", "", longest_person), body.text_or("function", "", longest_person),
                body.text_or("phone", "", longest_person), body.text_or("email", "", longest_person)};
  leaving.clients = body.texts("clients", static_cast<std::size_t>(most_held), longest_client);
  if (leaving.to.name.empty() && !leaving.clients.empty())
    body.complain("clients", "need somebody who takes them: name a colleague (to)");
  KNOOP_TRY(body.finish());
  KNOOP_LET(left, leave(context, leaving));
  return Reply{200, {{"moved", held_json(left.moved)}, {"untaken", held_json(left.untaken)}}};
}

Result<Reply> record_return(Node&, Context& context, const Request& request) {
  BodyReader body(request.body);
  const std::string name = body.text("name", longest_person);
  KNOOP_TRY(body.finish());
  KNOOP_TRY(come_back(context, name));
  return Reply{};
}

}  // namespace

void add_professional_routes(Router& router) {
  const std::vector<Role> lead{Role::team_lead};
  router.post("/api/v1/professionals/caseload", lead, show_caseload).repeats(Repeat::anew);
  router.post("/api/v1/professionals/leave", lead, record_leaving);
  router.post("/api/v1/professionals/return", lead, record_return);
}

}  // namespace knoop::http
