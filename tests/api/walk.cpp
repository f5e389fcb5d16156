#include "tests/api/walk.h"

#include "node/http/problem.h"
#include "tests/sim/witness_scene.h"

namespace knoop::api {
namespace {

/// Everybody watches everybody's log, BJZ may ask for files too, and there is an auditor.
void agree(Convenant& convenant) {
  sim::everybody_watches(convenant);
  convenant.may_ask["bjz"].push_back(Category::attachments);
  TestEntropy entropy(4711);
  const SigningKeyPair signing = new_signing_key(entropy);
  const SealingKeyPair sealing = new_sealing_key(entropy);
  convenant.auditor = ConvenantAuditor{"Auditor", signing.public_key, sealing.public_key, 1000};
}

}  // namespace

Walk::Walk()
    : region(2026, {{"smw-een", "smw"}, {"bjz-twee", "bjz"}, {"jgz-drie", "jgz"}, {"ggz-vier", "ggz"}},
             make_services, agree) {
  for (const auto& node : region.nodes()) routers_.emplace(node.get(), http::make_routes({}));
  until("all are connected", [&] { return region.all_ready(); });
}

void Walk::until(std::string_view what, const std::function<bool()>& done) {
  INFO("waits until " << what);
  REQUIRE(region.run_until(done, 2h));
}

unsigned Walk::call(SimNode& node, std::string_view as, const std::string& method, const std::string& address,
                    const std::string& type, std::string_view body, Json* answer) {
  const auto target = http::parse_target(address);
  REQUIRE(target.has_value());
  const auto found = routers_.at(&node).find(method, *target);
  REQUIRE(found.has_value());
  REQUIRE(found->route != nullptr);
  const http::Route& route = *found->route;
  const std::size_t colon = as.find(':');
  const auto role = role_from(as.substr(0, colon));
  REQUIRE(role.has_value());
  REQUIRE(std::ranges::find(route.roles, *role) != route.roles.end());
  const Actor actor{*role, std::string(as.substr(colon + 1)), "", std::nullopt, "walk"};
  http::Request request{found->params, target->query, {}, {}};
  if (route.body == http::BodyKind::json) request.body = http::parse_body(body).value();
  if (route.body == http::BodyKind::bytes) request.raw = to_bytes(body);
  const auto reply = node.command<http::Reply>(
      [&](Context& context) { return http::invoke(route, node.node(), context, request); }, actor);

  test::Said said{method, address, type, std::string(body), 0, "application/json", ""};
  const auto refused = [&](const Error& error) {
    said.status = http::status_of(error);
    said.answer_type = "application/problem+json";
    said.answer = http::problem_text(error, said.status);
  };
  if (!reply) {
    refused(reply.error());
  } else if (reply->refusal) {
    refused(*reply->refusal);
  } else {
    said.status = reply->status;
    said.answer = reply->file ? reply->file->bytes : reply->body.dump();
  }
  INFO(method << " " << address << " " << (type == "application/json" ? body : "") << " -> "
              << said.answer.substr(0, 600));
  for (const std::string& fault : test::described_api().faults(said)) FAIL_CHECK(fault);
  if (answer != nullptr) *answer = Json::parse(said.answer);
  return said.status;
}

Json Walk::asked(SimNode& node, std::string_view as, const std::string& method, const std::string& address,
                 const std::string& type, std::string_view body) {
  Json answer;
  const unsigned status = call(node, as, method, address, type, body, &answer);
  INFO(node.id() << ": " << method << " " << address << " " << answer.dump());
  REQUIRE(status < 300);
  return answer;
}

}  // namespace knoop::api
