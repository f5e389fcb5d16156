// Every operation of the API, by every role and by nobody, through the real gate: allowed exactly when the description says so, and each
// denial of somebody who is known in the log, with who and what. No handler runs here.
#include <algorithm>
#include <catch2/catch.hpp>

#include "node/core/accounts.h"
#include "node/http/api_routes.h"
#include "node/http/gate.h"
#include "storage/audit_repository.h"
#include "tests/support/core_node.h"
#include "tests/support/described_api.h"

namespace knoop::http {
namespace {

using test::must;

const std::vector<Role> everyone{Role::administrator, Role::monitor,   Role::privacy_officer,
                                 Role::professional,  Role::team_lead, Role::service};
/// What a stranger may ask below /api/v1. Whoever adds to it says why: the description itself and signing in.
const std::set<std::string> open_to_all{
    "GET /api/v1/openapi.json",           "GET /api/v1/session",
    "GET /api/v1/session/openid-connect", "GET /api/v1/session/openid-connect/callback",
    "GET /api/v1/sign-in-ways",           "POST /api/v1/session"};
/// What somebody may ask who still has to give or set up the second factor.
const std::set<std::string> before_the_factor{"DELETE /api/v1/session", "POST /api/v1/session/second-factor",
                                              "POST /api/v1/session/second-factor/check",
                                              "POST /api/v1/session/second-factor/confirm"};

struct Operation {
  std::string what;  ///< As the log names it.
  const Route* route = nullptr;
  std::set<std::string> roles;  ///< As it is described.
  bool reads = false;
};

class House {
 public:
  House() {
    std::vector<std::unique_ptr<Service>> services;
    services.push_back(std::make_unique<SignInService>());
    node_ = must(core_.start(std::move(services)));
    for (const auto& [path, methods] : test::described_api().document().at("paths").items())
      for (const auto& [method, told] : methods.items()) {
        std::string upper = method;
        std::ranges::transform(upper, upper.begin(), [](unsigned char c) { return std::toupper(c); });
        const std::string pattern = "/api/v1" + path;
        const auto route = std::ranges::find_if(router_.routes(), [&](const Route& one) {
          return one.method == upper && one.pattern == pattern;
        });
        REQUIRE(route != router_.routes().end());
        operations_.push_back({upper + " " + pattern, &*route,
                               told.at("x-roles").get<std::set<std::string>>(), upper == "GET"});
      }
    REQUIRE(operations_.size() > 100);
  }

  [[nodiscard]] const std::vector<Operation>& operations() const { return operations_; }
  Result<Admission> ask(const Operation& operation, Caller caller) {
    caller.reads = operation.reads;
    caller.host_known = true;
    core_.now = core_.now + Milliseconds{30};  // as fast as an account may go on
    return gate_.admit(*node_, core_.now, caller, operation.route, operation.what);
  }
  /// A caller with a session of this role.
  [[nodiscard]] std::function<Caller()> session(Role role, bool complete = true) {
    Session session;
    session.account = std::string(to_string(role)) + ".een";
    session.role = role;
    session.complete = complete;
    session.began = session.used = core_.now;
    auto& sessions = node_->service<SignInService>().sessions();
    auto token = std::make_shared<SessionToken>(sessions.begin(std::move(session), core_.entropy));
    const std::string csrf = sessions.find(token->expose(), core_.now)->csrf.hex();
    return [token, csrf] {
      Caller caller;
      caller.token = token->copy();
      caller.csrf = csrf;
      return caller;
    };
  }
  /// Named ecd-1, ecd-2 and so on.
  [[nodiscard]] std::function<Caller()> key(Role role, std::vector<std::string> scopes) {
    const auto made = must(node_->command<std::shared_ptr<ApiKeySecret>>(
        Actor::node(), core_.now, [&](Context& context) -> Result<std::shared_ptr<ApiKeySecret>> {
          KNOOP_LET(pair, create_api_key(context, {fmt::format("ecd-{}", ++keys_), role, scopes}));
          return std::make_shared<ApiKeySecret>(std::move(pair.second));
        }));
    return [made] {
      Caller caller;
      caller.key = to_bytes(made->expose());
      return caller;
    };
  }
  /// "who what" of each refusal in the log, with how often.
  [[nodiscard]] std::map<std::string, int> refusals(audit::Event event = audit::Event::command_refused) {
    std::map<std::string, int> out;
    must(node_->command<int>(Actor::node(), core_.now, [&](Context& context) -> Result<int> {
      KNOOP_TRY(storage::each_audit_entry(
          context.tx, 1, 0, 100'000, [&](const audit::ExportedEntry& entry) -> Result<void> {
            const auto value = [&](audit::Field field) {
              return std::get<audit::Opening>(entry.fields[audit::slot(field)]).value;
            };
            if (value(audit::Field::event) == to_string(event))
              ++out[value(audit::Field::user) + " " + value(audit::Field::object)];
            return {};
          }));
      return 0;
    }));
    return out;
  }

 private:
  test::CoreNode core_;
  std::unique_ptr<Node> node_;
  Router router_ = make_routes({});
  Gate gate_{[](uid_t uid) {
               return uid < 100 ? std::optional(Account{"unix", everyone.at(uid)}) : std::nullopt;
             },
             false};
  std::vector<Operation> operations_;
  int keys_ = 0;
};

std::optional<ErrorCode> refusal(const Result<Admission>& admitted) {
  return admitted ? std::nullopt : std::optional(admitted.error().code);
}

TEST_CASE(
    "R8.1: signed in, each role does what is described for it and nothing else, and each denial is logged "
    "once") {
  House house;
  std::map<std::string, int> expected;
  for (const Role role : everyone) {
    const auto caller = house.session(role);
    const std::string name(to_string(role));
    for (const Operation& operation : house.operations()) {
      INFO(name << ": " << operation.what);
      const auto admitted = house.ask(operation, caller());
      const bool allowed = operation.roles.contains(name);
      CHECK(refusal(admitted) == (allowed ? std::nullopt : std::optional(ErrorCode::forbidden)));
      if (allowed) {
        REQUIRE(admitted);
        CHECK(admitted->actor.role == role);
        CHECK(admitted->actor.user == name + ".een");
      } else {
        ++expected[name + ".een " + operation.what];
      }
    }
  }
  CHECK(expected.size() > 300);
  CHECK(house.refusals() == expected);
}

TEST_CASE("R8.1: the same holds for Unix users, and who has no account may do nothing") {
  House house;
  std::map<std::string, int> expected;
  for (std::size_t who = 0; who < everyone.size(); ++who) {
    const std::string name(to_string(everyone[who]));
    for (const Operation& operation : house.operations()) {
      INFO(name << ": " << operation.what);
      Caller caller;
      caller.uid = static_cast<uid_t>(who);
      const bool allowed = operation.roles.contains(name);
      CHECK(refusal(house.ask(operation, std::move(caller))) ==
            (allowed ? std::nullopt : std::optional(ErrorCode::forbidden)));
      if (!allowed) ++expected["unix " + operation.what];
    }
  }
  CHECK(house.refusals() == expected);
  for (const Operation& operation : house.operations()) {
    Caller caller;
    caller.uid = 4711;
    caller.as = "administrator:root";  // this build may allow it, this gate does not
    INFO(operation.what);
    CHECK(refusal(house.ask(operation, std::move(caller))) == ErrorCode::forbidden);
  }
}

TEST_CASE("nobody asks for more than the description and signing in, and fills no log") {
  House house;
  for (const Operation& operation : house.operations()) {
    INFO(operation.what);
    const bool open = open_to_all.contains(operation.what);
    const auto expected = open ? std::nullopt : std::optional(ErrorCode::not_signed_in);
    CHECK(refusal(house.ask(operation, {})) == expected);
    Caller forged;  // a session that there is not
    forged.token = SessionToken::from(Bytes(32, 7)).value();
    forged.csrf = std::string(32, '0');
    CHECK(refusal(house.ask(operation, std::move(forged))) == expected);
    Caller wrong;
    wrong.key = Bytes(32, 7);
    CHECK(refusal(house.ask(operation, std::move(wrong))) == ErrorCode::not_signed_in);
  }
  CHECK(house.refusals().empty());
  CHECK(house.refusals(audit::Event::log_in_refused).empty());
}

TEST_CASE("before the second factor only that can be done, whatever the role") {
  House house;
  for (const Role role : everyone) {
    const auto caller = house.session(role, false);
    for (const Operation& operation : house.operations()) {
      INFO(to_string(role) << ": " << operation.what);
      const bool may = open_to_all.contains(operation.what) || before_the_factor.contains(operation.what);
      CHECK(refusal(house.ask(operation, caller())) ==
            (may ? std::nullopt : std::optional(ErrorCode::second_factor_needed)));
    }
  }
}

TEST_CASE("no request that changes something passes without the session's own token, or from another site") {
  House house;
  const auto caller = house.session(Role::professional);
  const std::string other = *house.session(Role::professional)().csrf;
  for (const Operation& operation : house.operations()) {
    if (!operation.roles.contains("professional")) continue;
    INFO(operation.what);
    for (const std::optional<std::string>& token :
         {std::optional<std::string>(), std::optional(other), std::optional<std::string>("")}) {
      Caller forged = caller();
      forged.csrf = token;
      CHECK(refusal(house.ask(operation, std::move(forged))) ==
            (operation.reads ? std::nullopt : std::optional(ErrorCode::forbidden)));
    }
    Caller foreign = caller();
    foreign.foreign = true;
    CHECK(refusal(house.ask(operation, std::move(foreign))) ==
          (operation.reads && open_to_all.contains(operation.what) ? std::nullopt
                                                                   : std::optional(ErrorCode::forbidden)));
  }
}

TEST_CASE("an API key does what its role may as far as a scope names it: a scope narrows and never widens") {
  House house;
  const auto noun = [](const std::string& what) {
    const std::string path = what.substr(what.find("/api/v1/") + 8);
    return path.substr(0, path.find('/'));
  };
  std::map<std::string, int> expected;
  int made = 0;
  const std::vector<std::vector<std::string>> kinds{
      {"matches:read"},
      {"clients:write", "consents:read"},
      {"accounts:write", "api-keys:write", "audit-entries:read"}};
  for (const Role role : {Role::professional, Role::service, Role::monitor})
    for (const auto& scopes : kinds) {
      const auto caller = house.key(role, scopes);
      const std::string name = fmt::format("key ecd-{} ", ++made);
      for (const Operation& operation : house.operations()) {
        INFO(to_string(role) << ", " << scopes.front() << ": " << operation.what);
        const std::string what = noun(operation.what);
        const bool scoped = std::ranges::any_of(scopes, [&](const std::string& scope) {
          return scope == what + ":write" || (scope == what + ":read" && operation.reads);
        });
        const bool may = open_to_all.contains(operation.what) ||
                         (scoped && operation.roles.contains(std::string(to_string(role))));
        CHECK(refusal(house.ask(operation, caller())) ==
              (may ? std::nullopt : std::optional(ErrorCode::forbidden)));
        if (!may) ++expected[name + operation.what];
      }
    }
  CHECK(house.refusals() == expected);
}

}  // namespace
}  // namespace knoop::http
