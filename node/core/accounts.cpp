#include "node/core/accounts.h"

#include <fmt/ranges.h>

#include <algorithm>

#include "crypto/hash.h"

namespace knoop {
namespace {

using audit::Action;
using audit::Event;
using storage::StoredAccount;
using storage::StoredApiKey;

bool is_name(std::string_view text) {
  return !text.empty() && text.size() <= 64 && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_' || c == '@';
  });
}

Result<void> check_name(std::string_view name) {
  if (is_name(name)) return {};
  return fail(ErrorCode::bad_value, Side::user, "a name has 1 to 64 letters, digits, '-', '.', '_' or '@'");
}

bool is_scope(std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos || colon == 0) return false;
  const std::string_view right = text.substr(colon + 1);
  return (right == "read" || right == "write") && std::ranges::all_of(text.substr(0, colon), [](char c) {
           return (c >= 'a' && c <= 'z') || c == '-';
         });
}

}  // namespace

Result<void> check_password(ByteView password) {
  if (password.size() < shortest_password || password.size() > longest_password)
    return fail(ErrorCode::bad_value, Side::user,
                "a password has {} to {} characters; a sentence is easy to remember", shortest_password,
                longest_password);
  return {};
}

Result<storage::StoredPassword> hash_password(ByteView password, const Argon2Salt& salt,
                                              const Argon2Params& params) {
  KNOOP_LET(hash, derive_argon2id(password, salt, params));
  return storage::StoredPassword{salt, params, std::move(hash)};
}

Result<void> create_account(Context& context, NewAccount account) {
  KNOOP_TRY(check_name(account.name));
  KNOOP_LET(known, storage::find_account(context.tx, account.name));
  if (known) return fail(ErrorCode::conflict, Side::user, "there is an account {} already", account.name);
  if (!account.password && !account.subject)
    return fail(ErrorCode::bad_value, Side::user,
                "an account has a password, or is known at the identity provider");
  if (account.subject.has_value() != account.issuer.has_value())
    return fail(
        ErrorCode::bad_value, Side::user,
        "this node has no identity provider; an administrator of the machine sets openid.issuer first");
  if (account.subject) {
    KNOOP_LET(other, storage::find_account_of_subject(context.tx, *account.issuer, *account.subject));
    if (other)
      return fail(ErrorCode::conflict, Side::user, "account {} is this person at the identity provider",
                  other->name);
  }
  StoredAccount row;
  row.name = std::move(account.name);
  row.display = std::move(account.display);
  row.role = to_string(account.role);
  row.password = std::move(account.password);
  row.issuer = std::move(account.issuer);
  row.subject = std::move(account.subject);
  row.created = context.now;
  row.created_by = context.actor.user;
  KNOOP_TRY(storage::put_account(context.tx, row));
  return context
      .audit({.event = Event::account_created,
              .action = Action::create,
              .object = "account " + row.name,
              .detail = "role " + row.role})
      .map([](std::uint64_t) {});
}

Result<void> change_account(Context& context, SignInService& sign_in, const std::string& name,
                            AccountChange change) {
  KNOOP_LET(account, storage::find_account(context.tx, name));
  if (!account) return fail(ErrorCode::not_found, Side::user, "there is no account {}", name);
  const bool own = context.actor.source == "console" && context.actor.user == name;
  if (own && (change.role || change.disabled))
    return fail(ErrorCode::forbidden, Side::user,
                "nobody changes the own role or switches the own account off; another administrator can");
  std::vector<std::string> what;
  if (change.role) {
    account->role = to_string(*change.role);
    what.push_back("role " + account->role);
  }
  if (change.disabled) {
    account->disabled = *change.disabled ? std::optional(context.now) : std::nullopt;
    what.emplace_back(*change.disabled ? "switched off" : "switched on");
  }
  if (change.password) {
    account->password = std::move(change.password);
    what.emplace_back("password");
  }
  if (change.remove_factor) {
    account->factor.reset();
    account->factor_step = 0;
    what.emplace_back("second factor removed");
  }
  if (what.empty()) return fail(ErrorCode::bad_value, Side::user, "nothing is to be changed");
  KNOOP_TRY(storage::put_account(context.tx, *account));
  sign_in.sessions().end_all(name, {});
  return context
      .audit({.event = Event::account_changed,
              .action = Action::update,
              .object = "account " + name,
              .detail = fmt::format("{}", fmt::join(what, ", "))})
      .map([](std::uint64_t) {});
}

Result<std::vector<StoredAccount>> read_accounts(Context& context) {
  KNOOP_TRY(context.audit({.event = Event::account_read, .action = Action::read}));
  return storage::list_accounts(context.tx);
}

Result<std::vector<Colleague>> colleagues(Context& context) {
  KNOOP_LET(accounts, storage::list_accounts(context.tx));
  std::vector<Colleague> out;
  for (StoredAccount& one : accounts)
    out.push_back({one.name, one.display.empty() ? one.name : std::move(one.display)});
  return out;
}

Result<std::pair<std::int64_t, ApiKeySecret>> create_api_key(Context& context, NewApiKey key) {
  KNOOP_TRY(check_name(key.name));
  if (key.scopes.empty() || !std::ranges::all_of(key.scopes, is_scope))
    return fail(ErrorCode::bad_value, Side::user,
                "a scope is a noun of the API and read or write, such as involvements:write");
  // The log and the keys of requests know a program by this name.
  KNOOP_LET(known, storage::list_api_keys(context.tx));
  if (std::ranges::any_of(known, [&](const StoredApiKey& one) { return one.name == key.name && !one.ended; }))
    return fail(ErrorCode::conflict, Side::user,
                "there is a key {} already; end it first, or take another name", key.name);
  auto secret = context.entropy.draw<ApiKeySecret>();
  StoredApiKey row;
  row.name = std::move(key.name);
  row.role = to_string(key.role);
  row.scopes = std::move(key.scopes);
  row.created = context.now;
  row.created_by = context.actor.user;
  KNOOP_LET(id, storage::add_api_key(context.tx, row, sha256(secret.expose())));
  KNOOP_TRY(context.audit({.event = Event::api_key_created,
                           .action = Action::create,
                           .object = fmt::format("api key {} {}", id, row.name),
                           .detail = fmt::format("role {}, {}", row.role, fmt::join(row.scopes, " "))}));
  return std::pair(id, std::move(secret));
}

Result<void> end_api_key(Context& context, std::int64_t id) {
  KNOOP_LET(ended, storage::end_api_key(context.tx, id, context.actor.user, context.now));
  if (!ended) return fail(ErrorCode::not_found, Side::user, "there is no key {} that has not ended", id);
  return context
      .audit(
          {.event = Event::api_key_ended, .action = Action::update, .object = fmt::format("api key {}", id)})
      .map([](std::uint64_t) {});
}

Result<std::vector<StoredApiKey>> read_api_keys(Context& context) {
  KNOOP_TRY(context.audit({.event = Event::account_read, .action = Action::read, .object = "api keys"}));
  return storage::list_api_keys(context.tx);
}

Result<std::optional<StoredApiKey>> find_api_key(Context& context, ByteView secret) {
  return storage::find_api_key(context.tx, sha256(secret));
}

bool in_scope(const StoredApiKey& key, std::string_view noun, bool reads) {
  return std::ranges::any_of(key.scopes, [&](const std::string& scope) {
    const std::size_t colon = scope.find(':');
    return std::string_view(scope).substr(0, colon) == noun && (reads || scope.ends_with(":write"));
  });
}

}  // namespace knoop
