// What the API can do: one table of routes. Authorisation is part of registering a route, and a role that a route does
// not name may not use it (deny by default, console.md "Roles").
//
// A handler runs on the core thread inside the transaction of its request (Node::command). Whatever it returns leaves
// the process only after that transaction is on disk, so a handler that shows personal data logs the read through
// `context.audit` and nothing more needs to be remembered. A handler that fails leaves no trace but its Error.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "node/core/node.h"
#include "node/core/sessions.h"
#include "node/http/body.h"
#include "node/http/caller.h"
#include "node/http/event_topics.h"
#include "node/http/secret_text.h"
#include "node/http/target.h"

namespace knoop::http {

/// What stood at the {names} of the pattern.
using Params = std::map<std::string, std::string>;

/// Headers that say under which conditions a request is meant (RFC 9110 section 13, and a key of the caller's own).
struct Conditions {
  std::optional<std::string> idempotency_key{};
  std::optional<std::string> if_match{};
  std::optional<std::string> if_none_match{};
  std::optional<std::string> last_event{};  ///< "Last-Event-ID".
};

struct Request {
  Params params;
  std::map<std::string, std::string> query;
  Json body;  ///< Body::json: an object.
  Bytes raw;  ///< Body::bytes.
  std::map<std::string, SecretText>
      secrets{};                        ///< Fields of the body that the route names as secret; not in `body`.
  Session* session = nullptr;           ///< Of whoever asks, when signed in; for this call only.
  const SessionToken* token = nullptr;  ///< That of `session`.
  /// Of a browser that signs in elsewhere: from the cookie of that sign-in; for this call only.
  const SignInBinding* binding = nullptr;
  std::string
      origin{};  ///< How the browser knows this node: "https://knoop.example"; empty at the unix socket.
  Conditions conditions{};

  [[nodiscard]] const std::string& param(const std::string& name) const { return params.at(name); }
  [[nodiscard]] std::optional<std::string> query_value(const std::string& name) const {
    const auto found = query.find(name);
    return found == query.end() ? std::nullopt : std::optional(found->second);
  }
};

struct Reply {
  unsigned status = 200;
  Json body = Json::object();
  /// A refusal that changed something all the same (a failed import is marked failed): answered as a problem, stored.
  std::optional<Error> refusal{};
  /// A page or a script of ours, instead of `body`.
  struct File {
    std::string type;
    std::string bytes;
    std::string policy;  ///< Content-Security-Policy; empty: that of every other answer.
    std::string gzip{};  ///< The same, compressed; empty: only as it is.
  };
  std::optional<File> file{};
  std::vector<std::pair<std::string, std::string>> headers{};
  /// The answer needs slow work first: see Slow. The rest of the Reply is not answered then.
  std::shared_ptr<struct Slow> slow{};
  /// The answer is a stream of events (event_hub.h) that goes on until somebody ends it, instead of `body`.
  std::optional<EventsWanted> events{};
};

/// The key of a request that must not be done twice, and what it was for (node/http/repeats.h).
struct KeyedRequest {
  std::string who;
  std::string key;
  Hash256 request;
  bool keep = true;  ///< False: that it was done is remembered, what was answered is not.
};

/// Work that no event may wait for, such as hashing a password. After the commit of the event that asked for it, `work`
/// runs on a thread of its own (few at a time; more are refused), then `then` in an event of its own gives the answer.
struct Slow {
  std::function<void()> work;
  std::function<Result<Reply>(Node&, Context&)> then;
  Actor actor{};                        ///< For `then`; filled by the server.
  std::optional<KeyedRequest> keyed{};  ///< The same: `then` does it, once.
  /// It waits for another machine: on threads apart, so that nobody who signs in here waits for that.
  bool waits = false;
};

using Handler = std::function<Result<Reply>(Node&, Context&, const Request&)>;

enum class BodyKind { none, json, bytes };

/// What a POST with the same Idempotency-Key gets when it comes again.
enum class Repeat {
  answer,   ///< The answer of the first time; nothing is done again.
  refusal,  ///< answer-gone: it was done, and its answer (a secret, or much about somebody) is not kept.
  anew,     ///< It changes nothing but the log: it is done again, and logged again.
};

/// The state of what a route is about, as it is stored: two texts are the same when nothing was changed in between. Writes
/// nothing, not to the log either; nothing when there is no such thing. Its hash is the ETag.
using Version = std::function<Result<std::optional<std::string>>(Context&, const Params&)>;

struct Route {
  std::string method;
  std::string pattern;  ///< "/api/v1/clients/{ref}".
  std::vector<Role> roles;
  std::vector<std::string> query;  ///< The query names it knows; others are refused.
  BodyKind body;
  Handler handler;
  std::vector<std::string>
      secrets{};  ///< Fields of the body, or names of the query, that are handed over as SecretText, up to 4,096 bytes.
  bool open = false;           ///< Also for whoever is not signed in.
  bool before_factor = false;  ///< Also for whoever must set up a second factor first, or give its code.
  bool more_query = false;     ///< Another program writes the query: names that are not known are left alone.
  Repeat repeat = Repeat::answer;  ///< Of a POST.
  Version version{};               ///< A GET shows it as ETag, a change honours If-Match.

  Route& repeats(Repeat how) {
    repeat = how;
    return *this;
  }
  Route& versioned(Version of) {
    version = std::move(of);
    return *this;
  }
};

/// Runs the handler; a field of another type than it must have is the caller's mistake, not ours.
[[nodiscard]] Result<Reply> invoke(const Route& route, Node& node, Context& context, const Request& request);

class Router {
 public:
  /// The pattern is ours: a second route of the same method and pattern is a mistake in the code. The result is for
  /// saying more about it at once, as in `post(…).repeats(Repeat::refusal)`.
  Route& add(Route route);

  /// A GET. `query` names what may stand behind the question mark.
  Route& get(std::string pattern, std::vector<Role> roles, std::vector<std::string> query, Handler handler) {
    return add(
        {"GET", std::move(pattern), std::move(roles), std::move(query), BodyKind::none, std::move(handler)});
  }
  Route& post(std::string pattern, std::vector<Role> roles, Handler handler) {
    return add({"POST", std::move(pattern), std::move(roles), {}, BodyKind::json, std::move(handler)});
  }

  struct Found {
    const Route* route = nullptr;  ///< Null when the path is known, but not with this method.
    Params params;
    std::string allowed;  ///< The methods that the path has, for the Allow header.
  };
  /// Nothing when no route has this path. A literal segment is preferred over a {name}.
  [[nodiscard]] std::optional<Found> find(std::string_view method, const Target& target) const;

  [[nodiscard]] const std::vector<Route>& routes() const { return routes_; }

 private:
  std::vector<Route> routes_;
  std::vector<std::vector<std::string>> segments_;
};

}  // namespace knoop::http
