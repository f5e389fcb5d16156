#include "node/http/api_server.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/thread_pool.hpp>
#include <csignal>
#include <map>
#include <mutex>
#include <set>
#include <thread>

#include "node/http/api_routes.h"
#include "node/http/connection.h"
#include "node/http/event_hub.h"
#include "node/http/gate.h"
#include "node/http/repeats.h"
#include "node/http/tls_files.h"
#include "node/http/unix_socket.h"
#include "node/http/versions.h"
#include "node/http/web_address.h"

namespace knoop::http {
namespace {

namespace asio = boost::asio;
using Unix = asio::local::stream_protocol;
using Tcp = asio::ip::tcp;
using UnixConnection = StreamConnection<beast::basic_stream<Unix>>;
using TcpConnection = StreamConnection<beast::tcp_stream>;
using TlsConnection = StreamConnection<asio::ssl::stream<beast::tcp_stream>>;

constexpr std::chrono::milliseconds last_words{2'000};
constexpr std::size_t most_slow = 8;  // waiting or running, of each kind

void block_all_signals() {
  sigset_t all;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_BLOCK, &all, nullptr);
}

/// Runs on the core thread.
Result<Reply> run(Node& node, Timestamp now, Gate& gate, Call& call) {
  KNOOP_LET(admitted, gate.admit(node, now, call.caller, call.route, call.what));
  if (call.route == nullptr) {
    if (call.allowed.empty()) return fail(ErrorCode::not_found, Side::user, "the API has no such address");
    Reply reply{405};
    reply.refusal = Error{ErrorCode::bad_value, Side::user, "this address does not take that method"};
    reply.headers.emplace_back("Allow", call.allowed);
    return reply;
  }
  if (!call.malformed) return fail(call.malformed.error());
  call.request.session = admitted.session;
  call.request.token = admitted.session != nullptr ? &*call.caller.token : nullptr;
  call.request.binding = call.caller.binding ? &*call.caller.binding : nullptr;
  call.request.origin = call.caller.origin;
  Result<Reply> reply = node.command<Reply>(admitted.actor, now, [&](Context& context) -> Result<Reply> {
    const Route& route = *call.route;
    KNOOP_LET(keyed, keyed_request(route, call.request, admitted.actor));
    return once(context, keyed, [&] {
      return with_conditions(context, route, call.request,
                             [&] { return invoke(route, node, context, call.request); });
    });
  });
  call.request.session = nullptr;
  call.request.binding = nullptr;
  if (reply && reply->slow) reply->slow->actor = admitted.actor;
  if (reply || reply.error().code != ErrorCode::forbidden) return reply;
  if (const auto logged = log_refusal(node, now, admitted.actor, "", call.what); !logged)
    reply = fail(logged.error());
  return reply;
}

}  // namespace

std::optional<Account> parse_account(std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos) return std::nullopt;
  const auto role = role_from(text.substr(0, colon));
  const std::string_view user = text.substr(colon + 1);
  if (!role || *role == Role::node || *role == Role::peer) return std::nullopt;
  if (user.empty() || user.size() > 64) return std::nullopt;
  for (const char c : user)
    if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
          c == '.' || c == '_' || c == '@'))
      return std::nullopt;
  return Account{std::string(user), *role};
}

class ApiServer::Impl final : public ConnectionHost {
 public:
  class Answers;

  Impl(ApiOptions options, Loop& loop, Router router)
      : options_(std::move(options)),
        loop_(loop),
        router_(std::make_shared<const Router>(std::move(router))),
        gate_(std::make_shared<Gate>(options_.account_of, options_.allow_as)),
        local_(io_),
        web_(io_),
        farewell_(io_),
        answers_(std::make_shared<Answers>(*this)),
        spacing_(io_),
        heartbeat_(io_) {}

  Result<void> open();
  void close();
  [[nodiscard]] std::uint16_t web_port() const { return web_port_; }

  // ConnectionHost
  [[nodiscard]] bool closing() const override { return closing_; }
  [[nodiscard]] const ApiOptions& options() const override { return options_; }
  [[nodiscard]] const Router& router() const override { return *router_; }
  void decorate(bhttp::response<bhttp::string_body>& message) const override {
    add_web_headers(message, tls_.has_value());
  }
  [[nodiscard]] Caller caller_of(const Message& message) const override {
    return read_caller(message, options_.cookie, hosts_, options_.allow_as, tls_.has_value());
  }
  void submit(std::uint64_t connection, std::shared_ptr<Call> call) override;
  [[nodiscard]] Result<std::string> open_stream(std::uint64_t connection, EventsWanted wanted) override;
  void stream_ready(std::uint64_t connection) override { hub_.ready(connection); }
  void forget(std::uint64_t connection) override;

 private:
  /// What a connection counts as: the command line is served while the address is full, and both while many listen.
  enum class Pool : std::size_t { local, web, stream };
  struct Held {
    std::shared_ptr<Connection> connection;
    Pool pool;
  };

  Result<void> open_local();
  Result<void> open_web();
  void accept_local();
  void accept_web();
  void add(std::shared_ptr<Connection> connection, std::uint64_t id, Pool pool);
  [[nodiscard]] std::size_t& count(Pool pool) { return counts_[static_cast<std::size_t>(pool)]; }
  void watch_log();
  void logged(const LogNews& news);
  void beat();
  void ask(std::uint64_t connection, std::function<Result<Reply>(Node&, Timestamp)> question);
  void start_slow(std::uint64_t connection, std::shared_ptr<Slow> slow);

  ApiOptions options_;
  Loop& loop_;
  std::shared_ptr<const Router> router_;
  std::shared_ptr<Gate> gate_;  // touched on the core thread only
  std::set<std::string> hosts_;
  std::optional<TlsFiles> tls_;
  asio::io_context io_{1};
  Unix::acceptor local_;
  Tcp::acceptor web_;
  std::uint16_t web_port_ = 0;
  asio::steady_timer farewell_;
  std::shared_ptr<Answers> answers_;
  std::map<std::uint64_t, Held> connections_;
  std::array<std::size_t, 3> counts_{};
  EventHub hub_;
  asio::steady_timer spacing_;
  bool spaced_ = false;  ///< What was logged meanwhile is told when `spacing_` ends.
  asio::steady_timer heartbeat_;
  std::uint64_t next_connection_ = 1;
  std::array<std::size_t, 2> slow_{};  // I/O thread; those that work, and those that wait for another machine
  bool closing_ = false;
  asio::thread_pool workers_{1};
  asio::thread_pool waiters_{2};
  std::thread thread_;
};

/// What an event on the core thread holds of the server: enough to hand an answer back, nothing that must not outlive it.
class ApiServer::Impl::Answers {
 public:
  explicit Answers(Impl& server) : server_(&server) {}
  void deliver(std::uint64_t connection, std::shared_ptr<Result<Reply>> reply, bool stored) {
    post([connection, reply = std::move(reply), stored](Impl& server) {
      const auto found = server.connections_.find(connection);
      if (found == server.connections_.end()) return;
      if (stored && *reply && (*reply)->slow) return server.start_slow(connection, (*reply)->slow);
      found->second.connection->answer(*reply, stored);
    });
  }
  void logged(const LogNews& news) {
    post([news](Impl& server) { server.logged(news); });
  }
  void worked(std::uint64_t connection, std::shared_ptr<Slow> slow) {
    post([connection, slow = std::move(slow)](Impl& server) {
      --server.slow_[slow->waits];
      server.ask(connection, [slow](Node& node, Timestamp now) {
        return node.command<Reply>(slow->actor, now, [&](Context& context) {
          return once(context, slow->keyed, [&] { return slow->then(node, context); });
        });
      });
    });
  }
  /// The server goes; what is delivered from now on reaches nobody.
  void stop() {
    const std::lock_guard lock(mutex_);
    server_ = nullptr;
  }

 private:
  void post(std::function<void(Impl&)> what) {
    const std::lock_guard lock(mutex_);
    if (server_ == nullptr) return;
    asio::post(server_->io_, [server = server_, what = std::move(what)] { what(*server); });
  }

  std::mutex mutex_;
  Impl* server_;
};

void ApiServer::Impl::ask(std::uint64_t connection, std::function<Result<Reply>(Node&, Timestamp)> question) {
  loop_.post([answers = answers_, connection, question = std::move(question)](
                 Node& node, Timestamp now) -> Loop::AfterCommit {
    auto reply = std::make_shared<Result<Reply>>(question(node, now));
    return [answers, connection, reply](const Result<void>& committed) {
      if (!committed)
        *reply = fail(committed.error().code, Side::ours, "nothing was stored and nothing is shown: {}",
                      committed.error().sentence);
      answers->deliver(connection, reply, committed.has_value());
    };
  });
}

void ApiServer::Impl::submit(std::uint64_t connection, std::shared_ptr<Call> call) {
  ask(connection, [router = router_, gate = gate_, call = std::move(call)](Node& node, Timestamp now) {
    return run(node, now, *gate, *call);
  });
}

void ApiServer::Impl::start_slow(std::uint64_t connection, std::shared_ptr<Slow> slow) {
  std::size_t& running = slow_[slow->waits];
  if (running >= most_slow) {
    const auto found = connections_.find(connection);
    return found->second.connection->answer(
        fail(ErrorCode::too_many_requests, Side::user,
             "too many people sign in at this moment; try again in some seconds"),
        true);
  }
  ++running;
  asio::thread_pool& pool = slow->waits ? waiters_ : workers_;
  asio::post(pool, [answers = answers_, connection, slow = std::move(slow)] {
    slow->work();
    answers->worked(connection, slow);
  });
}

void ApiServer::Impl::forget(std::uint64_t connection) {
  if (const auto found = connections_.find(connection); found != connections_.end()) {
    --count(found->second.pool);
    connections_.erase(found);
  }
  hub_.forget(connection);
  if (closing_ && connections_.empty()) io_.stop();
}

Result<std::string> ApiServer::Impl::open_stream(std::uint64_t connection, EventsWanted wanted) {
  const auto act = [this, connection](const auto& what) {
    if (const auto found = connections_.find(connection); found != connections_.end())
      what(*std::shared_ptr(found->second.connection));
  };
  EventHub::Listener listener{
      std::move(wanted),
      [act](std::string text) { act([&](Connection& stream) { stream.send_events(std::move(text)); }); },
      [act] { act([](Connection& stream) { stream.end(); }); }};
  KNOOP_LET(first, hub_.listen(connection, std::move(listener)));
  Pool& pool = connections_.at(connection).pool;
  --count(pool);
  pool = Pool::stream;
  ++count(pool);
  return first;
}

void ApiServer::Impl::watch_log() {
  loop_.post([answers = answers_](Node& node, Timestamp) -> Loop::AfterCommit {
    node.watch_log([answers](const LogNews& news) { answers->logged(news); });
    return {};
  });
}

void ApiServer::Impl::logged(const LogNews& news) {
  hub_.note(news);
  if (spaced_ || hub_.size() == 0) return;
  hub_.tell(loop_.clock().now(), false);
  spaced_ = true;
  spacing_.expires_after(EventHub::spacing);
  spacing_.async_wait([this](beast::error_code error) {
    spaced_ = false;
    if (!error && !closing_) hub_.tell(loop_.clock().now(), false);
  });
}

void ApiServer::Impl::beat() {
  heartbeat_.expires_after(options_.heartbeat);
  heartbeat_.async_wait([this](beast::error_code error) {
    if (error || closing_) return;
    hub_.tell(loop_.clock().now(), true);
    beat();
  });
}

Result<void> ApiServer::Impl::open() {
  KNOOP_TRY(open_local());
  if (options_.web) KNOOP_TRY(open_web());
  watch_log();
  beat();
  thread_ = std::thread([this] {
    block_all_signals();
    io_.run();
  });
  return {};
}

Result<void> ApiServer::Impl::open_local() {
  KNOOP_TRY(check_socket_path(options_.socket));
  KNOOP_TRY(remove_stale_socket(options_.socket));
  const auto failed = [&](const beast::error_code& error) {
    return fail(ErrorCode::io_failed, Side::ours, "the API cannot listen at {}: {}", options_.socket.string(),
                error.message());
  };
  beast::error_code error;
  local_.open(Unix(), error);
  if (error) return failed(error);
  local_.bind(Unix::endpoint(options_.socket.string()), error);
  if (error) return failed(error);
  // Nobody can connect before listen(), so the mode is in place before it matters.
  if (::chmod(options_.socket.c_str(), S_IRUSR | S_IWUSR | S_IRGRP | S_IWGRP) != 0)
    return fail(ErrorCode::io_failed, Side::ours, "the mode of {} cannot be set", options_.socket.string());
  local_.listen(static_cast<int>(options_.max_connections), error);
  if (error) return failed(error);
  accept_local();
  return {};
}

Result<void> ApiServer::Impl::open_web() {
  const WebOptions& web = *options_.web;
  KNOOP_LET(place, parse_web_address(web.address));
  if (web.certificate.empty() && !place.address.is_loopback())
    return fail(
        ErrorCode::bad_value, Side::user,
        "api.address {} can be reached from other machines: set api.certificate and api.certificate_key, or "
        "listen at 127.0.0.1",
        web.address);
  if (!web.certificate.empty()) {
    KNOOP_LET(files, TlsFiles::open(web.certificate, web.certificate_key, web.on_trouble));
    tls_.emplace(std::move(files));
  }
  const auto failed = [&](const beast::error_code& error) {
    return fail(ErrorCode::io_failed, Side::ours, "the API cannot listen at {}: {}", web.address,
                error.message());
  };
  const Tcp::endpoint endpoint(place.address, place.port);
  beast::error_code error;
  web_.open(endpoint.protocol(), error);
  if (error) return failed(error);
  web_.set_option(Tcp::acceptor::reuse_address(true), error);
  if (error) return failed(error);
  web_.bind(endpoint, error);
  if (error) return failed(error);
  web_.listen(static_cast<int>(options_.max_connections), error);
  if (error) return failed(error);
  web_port_ = web_.local_endpoint().port();
  hosts_ = host_names(place, web_port_, web.hosts);
  accept_web();
  return {};
}

void ApiServer::Impl::add(std::shared_ptr<Connection> connection, std::uint64_t id, Pool pool) {
  connections_.emplace(id, Held{connection, pool});
  ++count(pool);
  connection->start();
}

void ApiServer::Impl::accept_local() {
  local_.async_accept([this](beast::error_code error, Unix::socket socket) {
    if (closing_ || error == asio::error::operation_aborted) return;
    if (!error && count(Pool::local) < options_.max_connections) {
      ucred peer{};
      socklen_t size = sizeof peer;
      if (::getsockopt(socket.native_handle(), SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0) {
        const std::uint64_t id = next_connection_++;
        add(std::make_shared<UnixConnection>(*this, id, beast::basic_stream<Unix>(std::move(socket)),
                                             peer.uid),
            id, Pool::local);
      }
    }
    accept_local();
  });
}

void ApiServer::Impl::accept_web() {
  web_.async_accept([this](beast::error_code error, Tcp::socket socket) {
    if (closing_ || error == asio::error::operation_aborted) return;
    if (!error && count(Pool::web) < options_.max_connections) {
      const std::uint64_t id = next_connection_++;
      beast::tcp_stream stream(std::move(socket));
      if (tls_)
        add(std::make_shared<TlsConnection>(
                *this, id, TlsConnection::stream_type(std::move(stream), tls_->current()), std::nullopt),
            id, Pool::web);
      else
        add(std::make_shared<TcpConnection>(*this, id, std::move(stream), std::nullopt), id, Pool::web);
    }
    accept_web();
  });
}

void ApiServer::Impl::close() {
  if (!thread_.joinable()) return;
  asio::post(io_, [this] {
    closing_ = true;
    beast::error_code ignored;
    local_.close(ignored);
    web_.close(ignored);
    spacing_.cancel();
    heartbeat_.cancel();
    for (const auto& [id, held] : std::map(connections_)) held.connection->close_when_idle();
    if (connections_.empty()) return io_.stop();
    farewell_.expires_after(last_words);
    farewell_.async_wait([this](beast::error_code) { io_.stop(); });
  });
  thread_.join();
  answers_->stop();
  for (asio::thread_pool* const pool : {&workers_, &waiters_}) {
    pool->stop();
    pool->join();
  }
  connections_.clear();
  ::unlink(options_.socket.c_str());
}

ApiServer::ApiServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

ApiServer::~ApiServer() {
  impl_->close();
}

std::uint16_t ApiServer::web_port() const {
  return impl_->web_port();
}

Result<std::unique_ptr<ApiServer>> ApiServer::start(ApiOptions options, Loop& loop) {
  Router routes = make_routes(options.files, options.openid);
  return start(std::move(options), loop, std::move(routes));
}

Result<std::unique_ptr<ApiServer>> ApiServer::start(ApiOptions options, Loop& loop, Router router) {
  auto impl = std::make_unique<Impl>(std::move(options), loop, std::move(router));
  KNOOP_TRY(impl->open());
  return std::unique_ptr<ApiServer>(new ApiServer(std::move(impl)));
}

}  // namespace knoop::http
