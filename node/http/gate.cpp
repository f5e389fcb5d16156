#include "node/http/gate.h"

#include <unistd.h>

#include <algorithm>

#include "node/core/accounts.h"

namespace knoop::http {
namespace {

constexpr std::size_t most_buckets = 4096;

bool allows(const Route* route, Role role) {
  return route == nullptr || std::ranges::find(route->roles, role) != route->roles.end();
}

Error role_may_not(Role role) {
  return {ErrorCode::forbidden, Side::user, fmt::format("the role {} may not do this", to_string(role))};
}

Error sign_in_first() {
  return {ErrorCode::not_signed_in, Side::user, "sign in first, or give an API key that has not ended"};
}

/// "/api/v1/matches/{id}" → "matches".
std::string_view noun_of(std::string_view pattern) {
  constexpr std::string_view prefix = "/api/v1/";
  if (!pattern.starts_with(prefix)) return {};
  pattern.remove_prefix(prefix.size());
  return pattern.substr(0, pattern.find('/'));
}

/// The refusal, after it is in the log.
Result<Admission> deny(Node& node, Timestamp now, const Actor& actor, const std::string& role,
                       const std::string& what, Error error,
                       audit::Event event = audit::Event::command_refused) {
  const auto logged = log_refusal(node, now, actor, role, what, event);
  return fail(logged ? std::move(error) : logged.error());
}

}  // namespace

Result<void> log_refusal(Node& node, Timestamp now, const Actor& actor, const std::string& role,
                         const std::string& what, audit::Event event) {
  const auto logged = node.command<std::uint64_t>(actor, now, [&](Context& context) {
    audit::AuditEntry entry;
    entry.event = event;
    entry.outcome = audit::Outcome::refused;
    entry.object = what;
    entry.role = role;
    return context.audit(std::move(entry));
  });
  if (!logged) return fail(logged.error());
  return {};
}

Result<Admission> Gate::admit(Node& node, Timestamp now, const Caller& caller, const Route* route,
                              const std::string& what) {
  if (caller.uid) return admit_local(node, now, caller, route, what);
  // A link on another site may lead to a page of ours: it carries no session, and a page that is open tells nothing.
  if (caller.foreign && !(caller.reads && route != nullptr && route->open))
    return fail(ErrorCode::forbidden, Side::user,
                "this request comes from a page of another site; open the console by its own address");
  if (caller.key) return admit_key(node, now, caller, route, what);
  if (caller.token) {
    auto admitted = admit_session(node, now, caller, route, what);
    const bool nobody = !admitted && admitted.error().code == ErrorCode::not_signed_in;
    if (!nobody || route == nullptr || !route->open) return admitted;
  }
  if (route != nullptr && route->open)
    return Admission{{Role::monitor, "", "", std::nullopt, "console"}, nullptr};
  return fail(sign_in_first());
}

Result<Admission> Gate::admit_local(Node& node, Timestamp now, const Caller& caller, const Route* route,
                                    const std::string& what) {
  std::optional<Account> account;
  if (!caller.as)
    account = account_of_(*caller.uid);
  else if (allow_as_ && *caller.uid == ::geteuid())
    account = parse_account(*caller.as);  // only for who could read the node's memory anyway
  if (!account)
    return deny(node, now,
                {Role::monitor, fmt::format("uid {}", *caller.uid), "", std::nullopt, "command line"}, "none",
                what,
                {ErrorCode::forbidden, Side::user,
                 "your Unix user has no account on this node; an administrator adds it to the configuration"},
                audit::Event::log_in_refused);
  const Actor actor{account->role, account->user, "", std::nullopt, "command line"};
  KNOOP_TRY(log_in(node, now, actor));
  if (!allows(route, account->role))
    return deny(node, now, actor, std::string(to_string(account->role)), what, role_may_not(account->role));
  return Admission{actor, nullptr};
}

Result<Admission> Gate::admit_session(Node& node, Timestamp now, const Caller& caller, const Route* route,
                                      const std::string& what) {
  Session* session = node.service<SignInService>().sessions().find(caller.token->expose(), now);
  if (session == nullptr) return fail(sign_in_first());
  KNOOP_TRY(count(session->account, now));
  const Actor actor{session->role, session->account, "", std::nullopt, "console"};
  if (!caller.reads && (!caller.csrf || !equal_constant_time(view(*caller.csrf), view(session->csrf.hex()))))
    return deny(
        node, now, actor, "", what,
        {ErrorCode::forbidden, Side::user,
         "the X-CSRF-Token that came with signing in is missing or another one; load the page again"});
  if (route != nullptr && !route->open && !route->before_factor && !session->complete)
    return fail(ErrorCode::second_factor_needed, Side::user, "{} the second factor of this account first",
                session->asked ? "give the code of" : "set up");
  if (!allows(route, session->role) && !(route != nullptr && route->open))
    return deny(node, now, actor, "", what, role_may_not(session->role));
  return Admission{actor, session};
}

Result<Admission> Gate::admit_key(Node& node, Timestamp now, const Caller& caller, const Route* route,
                                  const std::string& what) {
  using Found = std::optional<storage::StoredApiKey>;
  const auto found = node.command<Found>(
      Actor::node(), now, [&](Context& context) { return find_api_key(context, *caller.key); });
  if (!found) return fail(found.error());
  const Found& key = *found;
  const auto role = key ? role_from(key->role) : std::nullopt;
  if (!role) return fail(sign_in_first());
  KNOOP_TRY(count("key " + key->name, now));
  const Actor actor{*role, "key " + key->name, "", std::nullopt, "API key"};
  KNOOP_TRY(log_in(node, now, actor));
  if (route != nullptr && !route->open && !in_scope(*key, noun_of(route->pattern), caller.reads))
    return deny(node, now, actor, "", what,
                {ErrorCode::forbidden, Side::user, "this API key has no scope for that"});
  if (!allows(route, *role) && !(route != nullptr && route->open))
    return deny(node, now, actor, "", what, role_may_not(*role));
  return Admission{actor, nullptr};
}

Result<void> Gate::log_in(Node& node, Timestamp now, const Actor& actor) {
  if (log_ins_.size() > most_buckets) log_ins_.clear();
  Date& last = log_ins_[std::pair{actor.role, actor.user}];
  const Date today = Date::of(now);
  if (last == today) return {};
  const auto logged = node.command<std::uint64_t>(actor, now, [&](Context& context) {
    return context.audit({.event = audit::Event::logged_in, .action = audit::Action::execute});
  });
  if (!logged) return fail(logged.error());
  last = today;
  return {};
}

Result<void> Gate::count(const std::string& who, Timestamp now) {
  if (buckets_.size() >= most_buckets && !buckets_.contains(who)) buckets_.clear();
  const auto [at, fresh] = buckets_.try_emplace(who, Bucket{most_at_once, now});
  Bucket& bucket = at->second;
  if (!fresh && now > bucket.at) {
    const double seconds = static_cast<double>((now - bucket.at).count()) / 1000.0;
    bucket.left = std::min(most_at_once, bucket.left + seconds * a_second);
    bucket.at = now;
  }
  if (bucket.left < 1)
    return fail(ErrorCode::too_many_requests, Side::user,
                "too many requests in a short time; wait a second and go on");
  bucket.left -= 1;
  return {};
}

}  // namespace knoop::http
