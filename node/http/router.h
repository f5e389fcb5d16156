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
#include "node/http/body.h"
#include "node/http/target.h"

namespace knoop::http {

struct Request {
  std::map<std::string, std::string> params;  ///< What stood at the {names} of the pattern.
  std::map<std::string, std::string> query;
  Json body;  ///< Body::json: an object.
  Bytes raw;  ///< Body::bytes.

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
};

using Handler = std::function<Result<Reply>(Node&, Context&, const Request&)>;

enum class BodyKind { none, json, bytes };

struct Route {
  std::string method;
  std::string pattern;  ///< "/api/v1/clients/{ref}".
  std::vector<Role> roles;
  std::vector<std::string> query;  ///< The query names it knows; others are refused.
  BodyKind body;
  Handler handler;
};

/// Runs the handler; a field of another type than it must have is the caller's mistake, not ours.
[[nodiscard]] Result<Reply> invoke(const Route& route, Node& node, Context& context, const Request& request);

class Router {
 public:
  /// The pattern is ours: a second route of the same method and pattern is a mistake in the code.
  void add(Route route);

  /// A GET. `query` names what may stand behind the question mark.
  void get(std::string pattern, std::vector<Role> roles, std::vector<std::string> query, Handler handler) {
    add({"GET", std::move(pattern), std::move(roles), std::move(query), BodyKind::none, std::move(handler)});
  }
  void post(std::string pattern, std::vector<Role> roles, Handler handler) {
    add({"POST", std::move(pattern), std::move(roles), {}, BodyKind::json, std::move(handler)});
  }

  struct Found {
    const Route* route = nullptr;  ///< Null when the path is known, but not with this method.
    std::map<std::string, std::string> params;
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
