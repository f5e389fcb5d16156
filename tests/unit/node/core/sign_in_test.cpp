#include "node/core/accounts.h"

#include <catch2/catch.hpp>

#include "storage/audit_repository.h"
#include "tests/support/core_node.h"

namespace knoop {
namespace {

using test::must;

constexpr std::string_view good = "een zin die niemand raadt";

/// Passwords here are hashed as cheaply as can be: that they are slow to guess is Argon2id's own promise.
struct Office {
  Office() {
    std::vector<std::unique_ptr<Service>> services;
    services.push_back(std::make_unique<SignInService>());
    node = must(core.start(std::move(services)));
  }
  template <typename T>
  Result<T> as(const Actor& actor, const std::function<Result<T>(Context&)>& run) {
    return node->command<T>(actor, core.now, run);
  }
  Result<int> admin(const std::function<Result<void>(Context&)>& run) {
    return as<int>({Role::administrator, "beheer", "", std::nullopt, "console"},
                   [&](Context& context) -> Result<int> {
                     KNOOP_TRY(run(context));
                     return 0;
                   });
  }
  void make(const std::string& name, Role role, std::string_view password = good) {
    must(admin([&](Context& context) -> Result<void> {
      const auto salt = context.entropy.draw<Argon2Salt>();
      NewAccount account;
      account.name = account.display = name;
      account.role = role;
      KNOOP_LET(hashed, hash_password(view(password), salt, argon2_smallest));
      account.password = std::move(hashed);
      return create_account(context, std::move(account));
    }));
  }
  SignInService& service() { return node->service<SignInService>(); }

  Result<SignInService::Outcome> sign_in(const std::string& name, std::string_view password,
                                         const std::optional<std::string>& code = std::nullopt) {
    const auto attempt =
        as<SignInAttempt>(Actor::node(), [&](Context& c) { return service().begin(c, name); });
    if (!attempt) return fail(attempt.error());
    SymmetricKey hash;
    if (attempt->params == argon2_smallest)  // else: no such account
      hash = must(derive_argon2id(view(password), attempt->salt, attempt->params));
    return as<SignInService::Outcome>(Actor::node(),
                                      [&](Context& c) { return service().finish(c, *attempt, hash, code); });
  }
  ErrorCode refused(const std::string& name, std::string_view password,
                    const std::optional<std::string>& code = std::nullopt) {
    const auto outcome = sign_in(name, password, code);
    if (!outcome) return outcome.error().code;
    REQUIRE(outcome->refusal);
    return outcome->refusal->code;
  }
  std::string code_of(const std::string& name, int steps = 0) {
    std::string code;
    must(admin([&](Context& context) -> Result<void> {
      KNOOP_LET(account, storage::find_account(context.tx, name));
      code = totp_code(*account->factor, static_cast<std::uint64_t>(context.clock.ms / 30'000 + steps));
      return {};
    }));
    return code;
  }
  /// Signs in and sets up a second factor.
  void complete(const std::string& name) {
    auto first = must(sign_in(name, good));
    REQUIRE(first.signed_in);
    Session* session = service().sessions().find(first.signed_in->token.expose(), core.now);
    must(admin([&](Context& context) -> Result<void> {
      KNOOP_LET(secret, service().offer_factor(context, *session));
      return service().confirm_factor(
          context, *session, totp_code(secret, static_cast<std::uint64_t>(context.clock.ms / 30'000)));
    }));
    CHECK(session->complete);
    core.now = core.now + Milliseconds{30'000};
  }
  std::vector<std::string> log() {
    std::vector<std::string> out;
    must(admin([&](Context& context) {
      return storage::each_audit_entry(
          context.tx, 1, 0, 1000, [&](const audit::ExportedEntry& entry) -> Result<void> {
            const auto value = [&](audit::Field field) {
              return std::get<audit::Opening>(entry.fields[audit::slot(field)]).value;
            };
            out.push_back(value(audit::Field::event) + "|" + value(audit::Field::user) + "|" +
                          value(audit::Field::object) + "|" + value(audit::Field::detail));
            return {};
          });
    }));
    return out;
  }

  test::CoreNode core;
  std::unique_ptr<Node> node;
};

TEST_CASE("a password alone lets nobody do anything but set up the second factor, then both are needed") {
  Office office;
  office.make("anna", Role::professional);
  auto first = must(office.sign_in("anna", good));
  REQUIRE(first.signed_in);
  CHECK_FALSE(first.signed_in->session->complete);
  office.complete("anna");

  CHECK(office.refused("anna", good) == ErrorCode::second_factor_needed);
  CHECK(office.refused("anna", good, "000000") == ErrorCode::sign_in_refused);
  const std::string code = office.code_of("anna");
  auto done = must(office.sign_in("anna", good, code));
  REQUIRE(done.signed_in);
  CHECK(done.signed_in->session->complete);
  CHECK(done.signed_in->session->role == Role::professional);
  // Whoever looked over the shoulder has a code that was used.
  CHECK(office.refused("anna", good, code) == ErrorCode::sign_in_refused);
}

TEST_CASE("whoever has no account, the wrong password or an account that is off hears the same") {
  Office office;
  office.make("anna", Role::professional);
  office.make("weg", Role::professional);
  must(office.admin([&](Context& context) {
    return change_account(context, office.service(), "weg", {.disabled = true});
  }));
  const auto sentence = [&](const std::string& name, std::string_view password) {
    const auto outcome = must(office.sign_in(name, password));
    REQUIRE(outcome.refusal);
    CHECK(outcome.refusal->code == ErrorCode::sign_in_refused);
    return outcome.refusal->sentence;
  };
  const std::string wrong = sentence("anna", "een andere zin dan die");
  CHECK(sentence("niemand", good) == wrong);
  CHECK(sentence("weg", good) == wrong);
  // A password that was typed in the wrong field does not stand in the log.
  CHECK(sentence("mijn geheime wachtwoord", good) == wrong);
  for (const std::string& entry : office.log()) {
    CHECK(entry.find("geheime") == std::string::npos);
    CHECK(entry.find("niemand") == std::string::npos);
  }
}

TEST_CASE(
    "from the fourth attempt on each makes the next wait twice as long, also for names that nobody has") {
  Office office;
  office.make("anna", Role::professional);
  office.make("bram", Role::professional);
  for (const std::string name : {"anna", "niemand"}) {
    for (int i = 0; i < 3; ++i)
      CHECK(office.refused(name, "helemaal verkeerd") == ErrorCode::sign_in_refused);
    CHECK(office.refused(name, "helemaal verkeerd") == ErrorCode::sign_in_refused);
    CHECK(office.refused(name, good) == ErrorCode::too_many_requests);
    Milliseconds wait{1000};
    for (int i = 0; i < 12; ++i) {
      office.core.now = office.core.now + wait;
      CHECK(office.refused(name, "helemaal verkeerd") == ErrorCode::sign_in_refused);
      office.core.now = office.core.now + wait;
      wait = std::min(wait * 2, Milliseconds{15 * 60'000});
      if (wait < Milliseconds{15 * 60'000}) CHECK(office.refused(name, good) == ErrorCode::too_many_requests);
    }
  }
  // Others are not slowed down, and a sign-in that succeeds clears the count.
  REQUIRE(must(office.sign_in("bram", good)).signed_in);
  office.core.now = office.core.now + Milliseconds{15 * 60'000};
  REQUIRE(must(office.sign_in("anna", good)).signed_in);
  for (int i = 0; i < 4; ++i)
    CHECK(office.refused("anna", "helemaal verkeerd") == ErrorCode::sign_in_refused);
}

TEST_CASE("attempts count before anything is hashed: many at once gain nothing, and a restart forgets none") {
  Office office;
  office.make("anna", Role::professional);
  int begun = 0;
  for (int i = 0; i < 20; ++i)
    if (office.as<SignInAttempt>(Actor::node(),
                                 [&](Context& c) { return office.service().begin(c, "anna"); }))
      ++begun;
  CHECK(begun == 4);
  must(office.node->flush(office.core.now));
  office.node.reset();
  std::vector<std::unique_ptr<Service>> services;
  services.push_back(std::make_unique<SignInService>());
  office.node = must(office.core.start(std::move(services)));
  CHECK(office.refused("anna", good) == ErrorCode::too_many_requests);
}

TEST_CASE("attempts that were noted while the clock was ahead keep nobody out once it is right") {
  Office office;
  office.make("anna", Role::professional);
  const Timestamp right = office.core.now;
  office.core.now = right + std::chrono::hours{24 * 365};
  for (int i = 0; i < 8; ++i) (void)office.refused("anna", "helemaal verkeerd");
  CHECK(office.refused("anna", good) == ErrorCode::too_many_requests);
  office.core.now = right;
  CHECK(must(office.sign_in("anna", good)).signed_in);
}

TEST_CASE("whatever is changed of an account ends its sessions, and nobody takes the own role away") {
  Office office;
  office.make("anna", Role::professional);
  office.make("beheer", Role::administrator);
  const auto signed_in = [&] { return must(office.sign_in("anna", good)).signed_in.value().token.copy(); };
  const auto alive = [&](const SessionToken& token) {
    return office.service().sessions().find(token.expose(), office.core.now) != nullptr;
  };
  for (int which = 0; which < 4; ++which) {
    const SessionToken token = signed_in();
    CHECK(alive(token));
    AccountChange change;
    if (which == 0) change.role = Role::monitor;
    if (which == 1) change.remove_factor = true;
    if (which == 2) change.disabled = false;
    if (which == 3)
      change.password =
          must(hash_password(view(good), office.core.entropy.draw<Argon2Salt>(), argon2_smallest));
    must(office.admin([&](Context& context) {
      return change_account(context, office.service(), "anna", std::move(change));
    }));
    CHECK_FALSE(alive(token));
  }
  const auto own = [&](AccountChange change) {
    return office.admin([&](Context& context) {
      return change_account(context, office.service(), "beheer", std::move(change));
    });
  };
  CHECK(own({.role = Role::monitor}).error().code == ErrorCode::forbidden);
  CHECK(own({.disabled = true}).error().code == ErrorCode::forbidden);
  CHECK(own({}).error().code == ErrorCode::bad_value);
  CHECK(office
            .admin([&](Context& context) {
              return change_account(context, office.service(), "niemand", {.disabled = true});
            })
            .error()
            .code == ErrorCode::not_found);
}

TEST_CASE("what is no name, no password or no scope is refused") {
  Office office;
  office.make("anna", Role::professional);
  const auto create = [&](NewAccount account) {
    return office.admin([&](Context& context) { return create_account(context, std::move(account)); });
  };
  constexpr auto provider = "https://aanmelden.example";
  const auto known_there = [&](const std::string& name, const std::string& subject) {
    return create({name, name, Role::monitor, std::nullopt, provider, subject});
  };
  for (const std::string name : {"", "met spatie", "a/b", "<b>", "\xc3\xa9"})
    CHECK(known_there(name, "s-1").error().code == ErrorCode::bad_value);
  CHECK(known_there("anna", "s-2").error().code == ErrorCode::conflict);
  CHECK(create({"carla", "Carla", Role::monitor, std::nullopt}).error().code == ErrorCode::bad_value);
  CHECK_FALSE(create({"carla", "Carla", Role::monitor, std::nullopt, std::nullopt, "s-1"}));
  CHECK_FALSE(create({"carla", "Carla", Role::monitor, std::nullopt, provider, std::nullopt}));
  must(known_there("carla", "s-1"));
  CHECK(known_there("dirk", "s-1").error().code == ErrorCode::conflict);
  must(create({"dirk", "Dirk", Role::monitor, std::nullopt, "https://elders.example", "s-1"}));
  CHECK_FALSE(check_password(view("kort")));
  CHECK_FALSE(check_password(view(std::string(longest_password + 1, 'a'))));
  CHECK(check_password(view(good)));
}

TEST_CASE("an API key may do what its scopes name, until it is ended, and the database has only its hash") {
  Office office;
  std::optional<std::pair<std::int64_t, ApiKeySecret>> made;
  const auto key = [&](std::vector<std::string> scopes) {
    return office.admin([&](Context& context) -> Result<void> {
      KNOOP_LET(one, create_api_key(context, {"ecd", Role::professional, std::move(scopes)}));
      made.emplace(std::move(one));
      return {};
    });
  };
  for (const std::string scope : {"", "matches", "matches:all", ":read", "Matches:read", "matches/1:read"})
    CHECK(key({scope}).error().code == ErrorCode::bad_value);
  CHECK(key({}).error().code == ErrorCode::bad_value);
  must(key({"involvements:write", "matches:read"}));
  const auto find = [&] {
    return must(office.as<std::optional<storage::StoredApiKey>>(
        Actor::node(), [&](Context& context) { return find_api_key(context, made->second.expose()); }));
  };
  const auto found = find();
  REQUIRE(found);
  CHECK(in_scope(*found, "involvements", true));
  CHECK(in_scope(*found, "involvements", false));
  CHECK(in_scope(*found, "matches", true));
  CHECK_FALSE(in_scope(*found, "matches", false));
  CHECK_FALSE(in_scope(*found, "clients", true));
  CHECK_FALSE(in_scope(*found, "", true));
  CHECK_FALSE(must(office.as<std::optional<storage::StoredApiKey>>(
      Actor::node(), [&](Context& context) { return find_api_key(context, ApiKeySecret{}.expose()); })));
  must(office.admin([&](Context& context) { return end_api_key(context, made->first); }));
  CHECK_FALSE(find());
  CHECK(office.admin([&](Context& context) { return end_api_key(context, made->first); }).error().code ==
        ErrorCode::not_found);
  for (const std::string& entry : office.log())
    CHECK(entry.find(to_hex(made->second.expose())) == std::string::npos);
}

}  // namespace
}  // namespace knoop
