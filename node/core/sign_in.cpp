#include "node/core/sign_in.h"

#include <algorithm>

#include "crypto/hash.h"
#include "crypto/hkdf.h"
#include "node/core/accounts.h"

namespace knoop {
namespace {

using audit::Action;
using audit::Event;
using storage::StoredAccount;

constexpr std::int64_t free_attempts = 3;
constexpr Milliseconds longest_wait{15 * 60'000};
constexpr Milliseconds kept{24 * 3'600'000};

Hash256 key_of(std::string_view name) {
  return sha256(view(name));
}
/// Apart from the attempts with a password, which any stranger can make; a name that is typed has no zero byte.
Hash256 key_of_codes(std::string_view name) {
  return sha256(view(std::string("code") + '\0' + std::string(name)));
}

Milliseconds wait_after(std::int64_t attempts) {
  if (attempts <= free_attempts) return Milliseconds{0};
  const std::int64_t doublings = std::min<std::int64_t>(attempts - free_attempts - 1, 20);
  return std::min(Milliseconds{1000} * (std::int64_t{1} << doublings), longest_wait);
}

Error not_right() {
  return {ErrorCode::sign_in_refused, Side::user,
          "the name, the password or the code is not right, or this account is switched off; an "
          "administrator can "
          "help"};
}

/// Counts one more attempt; too_many_requests while it is to wait.
Result<void> count_attempt(Context& context, const Hash256& key) {
  KNOOP_LET(known, storage::sign_in_attempts(context.tx, key));
  const Milliseconds wait = known.not_before - context.clock;
  // A longer one was noted while the clock was ahead.
  if (wait > Milliseconds{0} && wait <= longest_wait) {
    const auto seconds = (wait.count() + 999) / 1000;
    return fail(ErrorCode::too_many_requests, Side::user,
                "too many attempts with this name; the next is looked at in {} seconds", seconds);
  }
  KNOOP_TRY(storage::forget_sign_in_attempts(context.tx, context.clock - kept));
  const std::int64_t attempts = known.attempts + 1;
  return storage::put_sign_in_attempts(context.tx, key, {attempts, context.clock + wait_after(attempts)});
}

}  // namespace

Result<SignInAttempt> SignInService::begin(Context& context, const std::string& name) {
  KNOOP_TRY(count_attempt(context, key_of(name)));
  KNOOP_LET(account, storage::find_account(context.tx, name));
  if (account && account->password)
    return SignInAttempt{name, account->password->salt, account->password->params};
  if (!stranger_salts_) stranger_salts_ = context.entropy.draw<SymmetricKey>();
  const Hash512 salt = hmac_sha512(stranger_salts_->expose(), view(name));
  return SignInAttempt{name, Argon2Salt::from(salt.view().first(Argon2Salt::size)).value(),
                       argon2_of_accounts};
}

Result<void> SignInService::refused(Context& context, const StoredAccount* account, std::string_view why) {
  return context
      .audit({.event = Event::log_in_refused,
              .outcome = audit::Outcome::refused,
              .object = account ? "account " + account->name : "no account",
              .detail = std::string(why)})
      .map([](std::uint64_t) {});
}

Result<SignInService::Outcome> SignInService::finish(Context& context, const SignInAttempt& attempt,
                                                     const SymmetricKey& hash,
                                                     const std::optional<std::string>& code) {
  KNOOP_LET(account, storage::find_account(context.tx, attempt.name));
  const StoredAccount* known = account ? &*account : nullptr;
  const bool right = account && account->password && account->password->hash == hash && !account->disabled;
  if (!right) {
    KNOOP_TRY(refused(context, known, !account ? "" : account->disabled ? "switched off" : "password"));
    return Outcome{not_right(), std::nullopt};
  }
  if (account->factor) {
    if (!code) {
      // The password was right: this half of the attempt does not count.
      KNOOP_LET(counted, storage::sign_in_attempts(context.tx, key_of(attempt.name)));
      const std::int64_t before = std::max<std::int64_t>(counted.attempts - 1, 0);
      KNOOP_TRY(storage::put_sign_in_attempts(context.tx, key_of(attempt.name),
                                              {before, before == 0 ? Timestamp{} : context.clock}));
      return Outcome{Error{ErrorCode::second_factor_needed, Side::user,
                           "give the code that your authenticator app shows now"},
                     std::nullopt};
    }
    const auto step = check_totp(*account->factor, context.clock, account->factor_step, *code);
    if (!step) {
      KNOOP_TRY(refused(context, known, "code"));
      return Outcome{not_right(), std::nullopt};
    }
    account->factor_step = *step;
    KNOOP_TRY(storage::put_account(context.tx, *account));
  }
  KNOOP_TRY(storage::clear_sign_in_attempts(context.tx, key_of(attempt.name)));
  const bool complete = account->factor.has_value();
  return begin_session(context, *account, complete, false,
                       complete ? "password and code" : "password; no second factor set up yet");
}

Result<SignInService::Outcome> SignInService::begin_session(Context& context, const StoredAccount& account,
                                                            bool complete, bool asked, std::string_view how) {
  const auto role = role_from(account.role);
  KNOOP_ASSERT(role.has_value(), "an account has a role that there is");
  Session session;
  session.account = account.name;
  session.display = account.display;
  session.role = *role;
  session.complete = complete;
  session.asked = asked;
  session.began = session.used = context.clock;
  KNOOP_TRY(context.audit(
      {.event = Event::logged_in, .user = account.name, .role = account.role, .detail = std::string(how)}));
  SignedIn done{sessions_.begin(std::move(session), context.entropy), nullptr};
  done.session = sessions_.find(done.token.expose(), context.clock);
  return Outcome{std::nullopt, std::move(done)};
}

Result<SignInService::Outcome> SignInService::sign_in_vouched(Context& context, const Vouched& person) {
  KNOOP_LET(account, storage::find_account_of_subject(context.tx, person.issuer, person.subject));
  if (!account || account->disabled) {
    // The provider vouches for the subject, so it is nothing that somebody typed; an administrator needs it for an account.
    KNOOP_TRY(refused(context, account ? &*account : nullptr,
                      account ? "identity provider; switched off"
                              : fmt::format("identity provider; no account for subject {}", person.subject)));
    return Outcome{
        Error{ErrorCode::sign_in_refused, Side::user,
              "nobody with this name at the identity provider may sign in here; an administrator can help"},
        std::nullopt};
  }
  const bool asked = !person.second_factor && account->factor;
  return begin_session(context, *account, person.second_factor, asked,
                       person.second_factor ? "identity provider, with a second factor there"
                       : asked              ? "identity provider; the code is still to come"
                                            : "identity provider; no second factor set up yet");
}

Result<void> SignInService::refuse_vouched(Context& context, std::string_view why) {
  return refused(context, nullptr, fmt::format("identity provider; {}", why));
}

Result<std::optional<Error>> SignInService::check_factor(Context& context, Session& session,
                                                         const std::string& code) {
  if (!session.asked)
    return fail(ErrorCode::wrong_state, Side::user,
                "no code is asked for here; to be asked for one, sign in again");
  KNOOP_TRY(count_attempt(context, key_of_codes(session.account)));
  KNOOP_LET(account, storage::find_account(context.tx, session.account));
  const auto step = account && account->factor && !account->disabled
                        ? check_totp(*account->factor, context.clock, account->factor_step, code)
                        : std::nullopt;
  if (!step) {
    KNOOP_TRY(refused(context, account ? &*account : nullptr, "identity provider; code"));
    return std::optional(
        Error{ErrorCode::sign_in_refused, Side::user,
              "this is not the code of now, or it was used already; look whether the clock of the "
              "telephone is right"});
  }
  account->factor_step = *step;
  KNOOP_TRY(storage::put_account(context.tx, *account));
  KNOOP_TRY(storage::clear_sign_in_attempts(context.tx, key_of_codes(session.account)));
  KNOOP_TRY(context.audit({.event = Event::logged_in, .detail = "identity provider and code"}));
  session.asked = false;
  session.complete = true;
  return std::optional<Error>();
}

Result<void> SignInService::sign_out(Context& context, ByteView token) {
  KNOOP_TRY(context.audit({.event = Event::logged_out}));
  sessions_.end(token);
  return {};
}

Result<TotpSecret> SignInService::offer_factor(Context& context, Session& session) {
  if (session.complete || session.asked)
    return fail(
        ErrorCode::wrong_state, Side::user,
        "this account has its second factor; an administrator can remove it, then a new one is set up");
  session.offered = context.entropy.draw<TotpSecret>();
  return session.offered->copy();
}

Result<void> SignInService::confirm_factor(Context& context, Session& session, const std::string& code) {
  if (!session.offered) return fail(ErrorCode::wrong_state, Side::user, "ask for a second factor first");
  const auto step = check_totp(*session.offered, context.clock, 0, code);
  if (!step)
    return fail(ErrorCode::bad_value, Side::user,
                "this is not the code of now; look whether the clock of the telephone is right");
  KNOOP_LET(account, storage::find_account(context.tx, session.account));
  if (!account) return fail(ErrorCode::not_found, Side::user, "this account is gone");
  account->factor = session.offered->copy();
  account->factor_step = *step;
  KNOOP_TRY(storage::put_account(context.tx, *account));
  KNOOP_TRY(context.audit(
      {.event = Event::second_factor_set, .action = Action::update, .object = "account " + account->name}));
  session.offered.reset();
  session.complete = true;
  return {};
}

}  // namespace knoop
