// The node's REST API: HTTP/1.1 on one I/O thread of its own (docs/spec/api.md), at a unix-domain socket for the command
// line and, when the settings say so, at a TCP address for the console and for suppliers' systems, with TLS unless
// that is a loopback address.
//
// At the socket it is the kernel that says who speaks (SO_PEERCRED): the Unix user at the other end, mapped to an account
// with one role. At the address people sign in and programs give an API key. Who may do what is decided in one
// place, gate.h.
//
// A request becomes one event of the core loop: its handler runs on the core thread inside one transaction, and its
// answer is written only after that transaction is on disk. When the commit fails, the answer is 503 instead of what
// the handler returned (architecture.md "The one rule that makes it trustworthy").
//
// Streams of events (event_hub.h) are connections too, but counted apart: at most 256, and 8 of one account.
//
// What a hostile local user can do: hold `max_connections` connections open for `request_time`, and fill the log with
// refusals of his own; both are visible. Who reaches the address can do the first of these; the two kinds of connections
// are counted apart, so the command line is served meanwhile. Bodies over 1 MiB, headers over 16 KiB, slow, deep or
// malformed requests end with a problem or a closed connection and never reach the core. A page of another site that knows
// the address is refused by what browsers say of it, by its Host (no DNS rebinding), and has no CSRF token.
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

class OpenId;
class Router;

struct Account {
  std::string user;
  Role role = Role::monitor;
};

/// Body of one request; an import comes in chunks of at most this.
inline constexpr std::size_t max_body_bytes = 1UL << 20U;
inline constexpr std::size_t max_header_bytes = 16UL << 10U;

/// Where the console and programs find the API.
struct WebOptions {
  std::string address;  ///< "127.0.0.1:7411"; port 0: one that is free.
  std::vector<std::string>
      hosts;  ///< Other names under which browsers know it, "knoop.example" or with ":port".
  std::filesystem::path certificate;  ///< PEM, whole chain; empty: no TLS, which only loopback may have.
  std::filesystem::path certificate_key;
  /// Told when a certificate that was replaced cannot be used (tls_files.h). On the I/O thread.
  std::function<void(const Error&)> on_trouble{};
};

struct ApiOptions {
  std::filesystem::path socket;
  std::optional<WebOptions> web{};
  std::string cookie{};              ///< The name of the session's cookie: cookie_name() of caller.h.
  std::shared_ptr<OpenId> openid{};  ///< The other way to sign in (openid_sign_in.h); null: there is none.
  std::function<std::optional<Account>(uid_t)> account_of;
  /// Demo and tests: the node's own Unix user may speak as another account ("X-Knoop-As: professional:name").
  bool allow_as = false;
  std::chrono::milliseconds request_time{
      30'000};  ///< For a whole request to arrive, and for an answer to leave.
  std::chrono::milliseconds idle_time{60'000};  ///< Between two requests on one connection.
  std::size_t max_connections = 64;
  /// Between two signs of life of an event stream; whether its caller may still have it is looked at as often.
  std::chrono::milliseconds heartbeat{15'000};
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
  /// Of the web listener; 0 when there is none.
  [[nodiscard]] std::uint16_t web_port() const;
  ApiServer(const ApiServer&) = delete;
  ApiServer& operator=(const ApiServer&) = delete;

 private:
  class Impl;
  explicit ApiServer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace knoop::http
