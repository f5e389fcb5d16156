// Accounts of people and keys of programs: for administrators (node/core/sign_in.h).
#include "node/core/accounts.h"
#include "node/http/api_routes.h"
#include "node/http/body.h"
#include "node/http/caller.h"
#include "node/http/fields.h"
#include "node/http/versions.h"

namespace knoop::http {
namespace {

constexpr std::array<std::pair<Role, std::string_view>, 6> roles{{{Role::administrator, "administrator"},
                                                                  {Role::monitor, "monitor"},
                                                                  {Role::privacy_officer, "privacy-officer"},
                                                                  {Role::professional, "professional"},
                                                                  {Role::service, "service"},
                                                                  {Role::team_lead, "team-lead"}}};

Json account_json(const storage::StoredAccount& account) {
  return {{"name", account.name},
          {"displayName", account.display},
          {"role", account.role},
          {"signsInWith", account.password ? "password" : "identity-provider"},
          {"secondFactor", account.factor ? "set" : "needed"},
          {"disabled", account.disabled ? Json(account.disabled->iso()) : Json(nullptr)},
          {"created", account.created.iso()},
          {"createdBy", account.created_by}};
}

Result<Reply> list(Node&, Context& context, const Request&) {
  KNOOP_LET(accounts, read_accounts(context));
  Json out = Json::array();
  for (const auto& account : accounts) {
    Json one = account_json(account);
    KNOOP_TRY(show_etag(context, storage::Kind::account, account.name, one));
    out.push_back(std::move(one));
  }
  return Reply{200, {{"accounts", std::move(out)}}};
}

Result<Reply> list_colleagues(Node&, Context& context, const Request&) {
  KNOOP_LET(all, colleagues(context));
  Json out = Json::array();
  for (const Colleague& one : all) out.push_back({{"account", one.account}, {"displayName", one.display}});
  return Reply{200, {{"colleagues", std::move(out)}}};
}

/// A password that is to be hashed before an account can have it.
struct Hashing {
  Bytes password;
  Argon2Salt salt;
  Result<storage::StoredPassword> hashed = fail(ErrorCode::wrong_state, Side::ours, "nothing was hashed");
  ~Hashing() { wipe(password.data(), password.size()); }
};
Result<std::shared_ptr<Slow>> hash_first(
    Context& context, const SecretText& password,
    std::function<Result<Reply>(Node&, Context&, storage::StoredPassword)> then) {
  KNOOP_TRY(check_password(password.expose()));
  auto hashing = std::make_shared<Hashing>();
  hashing->password = to_bytes(password.expose());
  hashing->salt = context.entropy.draw<Argon2Salt>();
  auto slow = std::make_shared<Slow>();
  slow->work = [hashing] { hashing->hashed = hash_password(hashing->password, hashing->salt); };
  slow->then = [hashing, then = std::move(then)](Node& node, Context& after) -> Result<Reply> {
    if (!hashing->hashed) return fail(hashing->hashed.error());
    return then(node, after, std::move(*hashing->hashed));
  };
  return slow;
}

Result<Reply> create(const std::optional<std::string>& issuer, Context& context, const Request& request) {
  BodyReader body(request.body);
  NewAccount account;
  account.name = body.text("name", 64);
  account.display = body.text_or("displayName", account.name, 200);
  account.role = word_from(body, "role", body.text("role", 32), roles);
  account.subject = body.optional_text("subject", 255);
  if (account.subject) account.issuer = issuer;
  KNOOP_TRY(body.finish());
  const auto password = request.secrets.find("password");
  if (password == request.secrets.end()) {
    const std::string name = account.name;
    KNOOP_TRY(create_account(context, std::move(account)));
    return Reply{201, {{"name", name}}};
  }
  auto shared = std::make_shared<NewAccount>(std::move(account));
  Reply reply;
  KNOOP_LET(slow,
            hash_first(context, password->second,
                       [shared](Node&, Context& after, storage::StoredPassword hashed) -> Result<Reply> {
                         shared->password = std::move(hashed);
                         const std::string name = shared->name;
                         KNOOP_TRY(create_account(after, std::move(*shared)));
                         return Reply{201, {{"name", name}}};
                       }));
  reply.slow = std::move(slow);
  return reply;
}

Result<Reply> change(Node& node, Context& context, const std::string& name, AccountChange changed) {
  KNOOP_TRY(change_account(context, node.service<SignInService>(), name, std::move(changed)));
  return Reply{200, {{"name", name}}};
}

Result<Reply> set_role(Node& node, Context& context, const Request& request) {
  BodyReader body(request.body);
  const Role role = word_from(body, "role", body.text("role", 32), roles);
  KNOOP_TRY(body.finish());
  return change(node, context, request.param("name"), {.role = role});
}

Result<Reply> set_password(Node&, Context& context, const Request& request) {
  BodyReader body(request.body);
  KNOOP_TRY(body.finish());
  const auto password = request.secrets.find("password");
  if (password == request.secrets.end()) return fail(ErrorCode::bad_value, Side::user, "password is missing");
  Reply reply;
  KNOOP_LET(slow, hash_first(context, password->second,
                             [name = request.param("name")](Node& node, Context& after,
                                                            storage::StoredPassword hashed) -> Result<Reply> {
                               AccountChange changed;
                               changed.password = std::move(hashed);
                               return change(node, after, name, std::move(changed));
                             }));
  reply.slow = std::move(slow);
  return reply;
}

// ---- keys of programs

Result<Reply> list_keys(Node&, Context& context, const Request&) {
  KNOOP_LET(keys, read_api_keys(context));
  Json out = Json::array();
  for (const auto& key : keys)
    out.push_back({{"id", key.id},
                   {"name", key.name},
                   {"role", key.role},
                   {"scopes", key.scopes},
                   {"created", key.created.iso()},
                   {"createdBy", key.created_by},
                   {"ended", key.ended ? Json(key.ended->iso()) : Json(nullptr)}});
  return Reply{200, {{"apiKeys", std::move(out)}}};
}

Result<Reply> create_key(Node&, Context& context, const Request& request) {
  BodyReader body(request.body);
  NewApiKey key;
  key.name = body.text("name", 64);
  key.role = word_from(body, "role", body.text("role", 32), roles);
  key.scopes = body.texts("scopes", 50, 64);
  KNOOP_TRY(body.finish());
  KNOOP_LET(made, create_api_key(context, std::move(key)));
  return Reply{201, {{"id", made.first}, {"key", api_key_text(made.second.expose())}}};
}

Result<Reply> end_key(Node&, Context& context, const Request& request) {
  KNOOP_LET(id, number_from<std::int64_t>(request.param("id")));
  KNOOP_TRY(end_api_key(context, id));
  return Reply{200, {{"id", id}}};
}

}  // namespace

void add_account_routes(Router& router, const std::optional<std::string>& issuer) {
  const std::vector<Role> who{Role::administrator};
  router.get("/api/v1/accounts", who, {}, list);
  router.add(
      {"POST",
       "/api/v1/accounts",
       who,
       {},
       BodyKind::json,
       [issuer](Node&, Context& context, const Request& request) { return create(issuer, context, request); },
       {"password"}});
  router.post("/api/v1/accounts/{name}/role", who, set_role)
      .versioned(version_of(storage::Kind::account, "name"));
  router
      .add({"POST", "/api/v1/accounts/{name}/password", who, {}, BodyKind::json, set_password, {"password"}})
      .versioned(version_of(storage::Kind::account, "name"));
  const auto simple = [&](const std::string& verb, auto changed) {
    router
        .post("/api/v1/accounts/{name}/" + verb, who,
              [changed](Node& node, Context& context, const Request& request) -> Result<Reply> {
                KNOOP_TRY(BodyReader(request.body).finish());
                return change(node, context, request.param("name"), changed());
              })
        .versioned(version_of(storage::Kind::account, "name"));
  };
  simple("disable", [] { return AccountChange{.disabled = true}; });
  simple("enable", [] { return AccountChange{.disabled = false}; });
  simple("remove-second-factor", [] { return AccountChange{.remove_factor = true}; });
  router.get("/api/v1/colleagues",
             {Role::administrator, Role::privacy_officer, Role::professional, Role::team_lead}, {},
             list_colleagues);
  router.get("/api/v1/api-keys", who, {}, list_keys);
  router.post("/api/v1/api-keys", who, create_key).repeats(Repeat::refusal);
  router.add({"DELETE", "/api/v1/api-keys/{id}", who, {}, BodyKind::none, end_key});
}

}  // namespace knoop::http
