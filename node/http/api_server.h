// The node's REST API over a unix-domain socket: HTTP/1.1 on one I/O thread of its own (docs/spec/api.md).
//
// Who speaks is what the kernel says (SO_PEERCRED): the Unix user at the other end, mapped to an account with one role.
// Nobody logs in here, so there is no password to guess and no session to steal; whoever the options do not name
// may do nothing. Each route names the roles that may use it, and a refusal is written to the audit log.
//
// A request becomes one event of the core loop: its handler runs on the core thread inside one transaction, and its
// answer is written only after that transaction is on disk. When the commit fails, the answer is 503 instead of what
// the handler returned (architecture.md "The one rule that makes it trustworthy").
//
// What a hostile local user can do: hold `max_connections` connections open for `request_time`, and fill the log with
// refusals of his own; both are visible. Bodies over 1 MiB, headers over 16 KiB, slow, deep or malformed requests end
// with a problem or a closed connection and never reach the core.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "node/core/actor.h"
#include "node/core/loop.h"
#include "node/files/csv_reader.h"

namespace knoop::http {

class Router;

struct Account {
  std::string user;
  Role role = Role::monitor;
};

/// Body of one request; an import comes in chunks of at most this.
inline constexpr std::size_t max_body_bytes = 1UL << 20U;
inline constexpr std::size_t max_header_bytes = 16UL << 10U;

struct ApiOptions {
  std::filesystem::path socket;
  std::function<std::optional<Account>(uid_t)> account_of;
  /// Demo and tests: the node's own Unix user may speak as another account ("X-Knoop-As: professional:name").
  bool allow_as = false;
  std::chrono::milliseconds request_time{
      30'000};  ///< For a whole request to arrive, and for an answer to leave.
  std::chrono::milliseconds idle_time{60'000};  ///< Between two requests on one connection.
  std::size_t max_connections = 64;
  ReadLimits files{};  ///< Of what is uploaded for an import.
};

/// The account that "role:user" names; nothing when it is not of that form or not a role of a person or system.
[[nodiscard]] std::optional<Account> parse_account(std::string_view text);

class ApiServer {
 public:
  /// Binds the socket (mode 0660) and starts to answer. A socket that a dead process left behind is replaced; anything
  /// else at that path, or a directory that others may write to, is refused. `loop` outlives the server.
  [[nodiscard]] static Result<std::unique_ptr<ApiServer>> start(ApiOptions options, Loop& loop);
  /// The same with routes of the caller's own: for tests.
  [[nodiscard]] static Result<std::unique_ptr<ApiServer>> start(ApiOptions options, Loop& loop,
                                                                Router router);
  /// Answers that are ready still leave, for two seconds at most; then the socket is gone.
  ~ApiServer();
  ApiServer(const ApiServer&) = delete;
  ApiServer& operator=(const ApiServer&) = delete;

 private:
  class Impl;
  explicit ApiServer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace knoop::http
