// Signing in with a name, a password and a code (docs/spec/api.md). The accounts themselves: accounts.h.
//
// A password is checked in two events with slow work between them: begin() gives what to hash it with, Argon2id runs beside
// the core thread, finish() decides. begin() counts the attempt before anything is hashed, so asking many things at once gains
// nothing: from the fourth attempt on each makes the next wait twice as long, up to a quarter of an hour, whether
// the account exists or not. A sign-in that succeeds clears the count. A name without account is hashed and answered as one
// with a wrong password is: a stranger learns neither whether it exists nor whether it is locked or switched off.
//
// An account without a second factor can do nothing but set one up. The code of TOTP counts once.
//
// Who signed in at the organisation's identity provider comes with what that says: which person, by issuer and subject, and whether
// a second factor was asked for there. Only who has an account gets in, and without a second factor there the account's own is asked
// for: the session can do nothing but give its code (check_factor). What the provider says was verified by whoever calls
// (node/http/openid_sign_in.h).
//
// Each success and refusal is logged. The name that was typed is logged only when it is an account: people
// type passwords where the name should be.
#pragma once

#include "node/core/service.h"
#include "node/core/sessions.h"
#include "storage/account_repository.h"

namespace knoop {

/// What a password is to be hashed with.
struct SignInAttempt {
  std::string name;
  Argon2Salt salt;
  Argon2Params params;
};

struct SignedIn {
  SessionToken token;
  const Session* session = nullptr;
};

class SignInService final : public Service {
 public:
  void register_handlers(Dispatcher&) override {}

  /// too_many_requests while it is to wait.
  [[nodiscard]] Result<SignInAttempt> begin(Context& context, const std::string& name);
  /// sign_in_refused or second_factor_needed: what was counted and logged stays, so the caller stores the refusal
  /// (Reply::refusal) instead of returning it as an Error.
  struct Outcome {
    std::optional<Error> refusal;
    std::optional<SignedIn> signed_in;
  };
  [[nodiscard]] Result<Outcome> finish(Context& context, const SignInAttempt& attempt,
                                       const SymmetricKey& hash, const std::optional<std::string>& code);
  /// Somebody whom an identity provider vouches for.
  struct Vouched {
    std::string issuer;
    std::string subject;
    bool second_factor = false;  ///< Asked for there, as the settings want it.
  };
  /// sign_in_refused as with finish(): no such account, or switched off.
  [[nodiscard]] Result<Outcome> sign_in_vouched(Context& context, const Vouched& person);
  /// The code of the own second factor, in a session that was `asked` for it. Attempts are counted and slowed down as those with a
  /// password, each account for itself.
  [[nodiscard]] Result<std::optional<Error>> check_factor(Context& context, Session& session,
                                                          const std::string& code);
  /// A refusal before anybody is known, for the log.
  [[nodiscard]] static Result<void> refuse_vouched(Context& context, std::string_view why);
  [[nodiscard]] Result<void> sign_out(Context& context, ByteView token);

  /// A new secret for the session's person; it counts once its first code came.
  [[nodiscard]] Result<TotpSecret> offer_factor(Context& context, Session& session);
  [[nodiscard]] Result<void> confirm_factor(Context& context, Session& session, const std::string& code);

  [[nodiscard]] Sessions& sessions() { return sessions_; }

 private:
  [[nodiscard]] static Result<void> refused(Context& context, const storage::StoredAccount* account,
                                            std::string_view why);
  [[nodiscard]] Result<Outcome> begin_session(Context& context, const storage::StoredAccount& account,
                                              bool complete, bool asked, std::string_view how);

  Sessions sessions_;
  std::optional<SymmetricKey>
      stranger_salts_;  ///< Salts of names without an account: the same for a name each time.
};

}  // namespace knoop
