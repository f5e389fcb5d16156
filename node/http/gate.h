// Who may use a route: the one place where that is decided, on the core thread, before the handler runs.
//
//   at the unix socket   the Unix user that the kernel names, with the role of the settings
//   at a web listener    a session (cookie, and for everything but a GET its CSRF token), or an API key with scopes;
//                        nobody at all for routes that are open
//
// Deny by default: a route names its roles. A refusal of somebody who is known is logged (command.refused); who is not known
// is told to sign in, without a log entry: a stranger must not be able to fill the log.
//
// A hostile page that makes a browser send requests has no CSRF token (it cannot read one), and browsers say where a
// request comes from; a hostile person who is signed in has what the role gives and nothing else, and is slowed down to
// `most_at_once` requests and `a_second` from then on.
#pragma once

#include <functional>
#include <map>
#include <optional>

#include "node/http/api_server.h"
#include "node/http/caller.h"
#include "node/http/router.h"

namespace knoop::http {

struct Admission {
  Actor actor;
  Session* session = nullptr;
};

class Gate {
 public:
  static constexpr double most_at_once = 300;
  static constexpr double a_second = 50;

  Gate(std::function<std::optional<Account>(uid_t)> account_of, bool allow_as)
      : account_of_(std::move(account_of)), allow_as_(allow_as) {}

  /// forbidden, not_signed_in, second_factor_needed or too_many_requests (user). `route` may be null: whoever may not
  /// even ask is not told that there is nothing.
  [[nodiscard]] Result<Admission> admit(Node& node, Timestamp now, const Caller& caller, const Route* route,
                                        const std::string& what);

 private:
  struct Bucket {
    double left = most_at_once;
    Timestamp at;
  };

  [[nodiscard]] Result<Admission> admit_local(Node& node, Timestamp now, const Caller& caller,
                                              const Route* route, const std::string& what);
  [[nodiscard]] Result<Admission> admit_session(Node& node, Timestamp now, const Caller& caller,
                                                const Route* route, const std::string& what);
  [[nodiscard]] Result<Admission> admit_key(Node& node, Timestamp now, const Caller& caller,
                                            const Route* route, const std::string& what);
  [[nodiscard]] Result<void> count(const std::string& who, Timestamp now);
  /// Whom the kernel or a key names is recognised with every request. That is a log-in (R8.1) when it is the first of an
  /// account on a day: each verb is a connection of its own, and an entry for each would tell nothing.
  [[nodiscard]] Result<void> log_in(Node& node, Timestamp now, const Actor& actor);

  std::function<std::optional<Account>(uid_t)> account_of_;
  bool allow_as_;
  std::map<std::string, Bucket> buckets_;
  std::map<std::pair<Role, std::string>, Date> log_ins_;
};

/// Writes that this was refused.
[[nodiscard]] Result<void> log_refusal(Node& node, Timestamp now, const Actor& actor, const std::string& role,
                                       const std::string& what,
                                       audit::Event event = audit::Event::command_refused);

}  // namespace knoop::http
