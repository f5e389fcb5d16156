#include "node/http/api_server.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <csignal>
#include <map>
#include <mutex>
#include <thread>

#include "node/http/api_routes.h"
#include "node/http/problem.h"
#include "node/http/router.h"
#include "node/http/unix_socket.h"

namespace knoop::http {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace bhttp = beast::http;
using Unix = asio::local::stream_protocol;
using Stream = beast::basic_stream<Unix>;
using Incoming = bhttp::request_parser<bhttp::string_body>;
using Outgoing = bhttp::response<bhttp::string_body>;

constexpr std::chrono::milliseconds last_words{2'000};

void block_all_signals() {
  sigset_t all;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_BLOCK, &all, nullptr);
}

/// What a request needs until it is answered; shared by the I/O thread and the core thread, changed by neither.
struct Call {
  Actor actor;
  const Route* route = nullptr;
  Request request;
};

/// Runs on the core thread.
Result<Reply> run(Node& node, Timestamp now, const Call& call) {
  return node.command<Reply>(
      call.actor, now, [&](Context& context) { return invoke(*call.route, node, context, call.request); });
}

audit::AuditEntry refusal(const std::string& what) {
  audit::AuditEntry entry;
  entry.event = audit::Event::command_refused;
  entry.outcome = audit::Outcome::refused;
  entry.object = what;
  return entry;
}

Result<void> log_refusal(Node& node, Timestamp now, const Actor& actor, const std::string& role,
                         const std::string& what) {
  const auto logged = node.command<std::uint64_t>(actor, now, [&](Context& context) {
    audit::AuditEntry entry = refusal(what);
    entry.role = role;
    return context.audit(std::move(entry));
  });
  if (!logged) return fail(logged.error());
  return {};
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

class ApiServer::Impl {
 public:
  class Session;
  class Answers;

  Impl(ApiOptions options, Loop& loop, Router router)
      : options_(std::move(options)),
        loop_(loop),
        router_(std::make_shared<const Router>(std::move(router))),
        acceptor_(io_),
        farewell_(io_),
        answers_(std::make_shared<Answers>(*this)) {}

  Result<void> open();
  void close();

 private:
  void accept();
  void forget(std::uint64_t session);

  ApiOptions options_;
  Loop& loop_;
  std::shared_ptr<const Router> router_;
  asio::io_context io_{1};
  Unix::acceptor acceptor_;
  asio::steady_timer farewell_;
  std::shared_ptr<Answers> answers_;
  std::map<std::uint64_t, std::shared_ptr<Session>> sessions_;
  std::uint64_t next_session_ = 1;
  bool closing_ = false;
  std::thread thread_;
};

/// What an event on the core thread holds of the server: enough to hand an answer back, nothing that must not outlive it.
class ApiServer::Impl::Answers {
 public:
  explicit Answers(Impl& server) : server_(&server) {}
  void deliver(std::uint64_t session, std::shared_ptr<Result<Reply>> reply, bool stored);
  /// The server goes; what is delivered from now on reaches nobody.
  void stop() {
    const std::lock_guard lock(mutex_);
    server_ = nullptr;
  }

 private:
  std::mutex mutex_;
  Impl* server_;
};

class ApiServer::Impl::Session : public std::enable_shared_from_this<Session> {
 public:
  Session(Impl& server, std::uint64_t id, Unix::socket socket, uid_t uid)
      : server_(server), id_(id), stream_(std::move(socket)), uid_(uid) {}

  void read() {
    if (server_.closing_) return end();
    busy_ = false;
    parser_.emplace();
    parser_->header_limit(max_header_bytes);
    parser_->body_limit(max_body_bytes);
    stream_.expires_after(first_ ? server_.options_.request_time : server_.options_.idle_time);
    first_ = false;
    auto self = shared_from_this();
    // The first byte may take as long as idling may; from then on the whole request has its own deadline.
    if (buffer_.size() > 0) return read_request();
    stream_.async_read_some(buffer_.prepare(4096), [self](beast::error_code error, std::size_t size) {
      if (error) return self->end();
      self->buffer_.commit(size);
      self->read_request();
    });
  }

  void close_when_idle() {
    if (!busy_) end();
  }

  void answer(const Result<Reply>& reply, bool stored) {
    if (!reply) return refuse(stored ? status_of(reply.error()) : 503, reply.error());
    if (reply->refusal) return refuse(status_of(*reply->refusal), *reply->refusal);
    write(reply->status, "application/json",
          reply->body.dump(-1, ' ', false, Json::error_handler_t::replace));
  }

 private:
  void read_request() {
    busy_ = true;
    stream_.expires_after(server_.options_.request_time);
    bhttp::async_read(
        stream_, buffer_, *parser_,
        [self = shared_from_this()](beast::error_code error, std::size_t) { self->arrived(error); });
  }

  void arrived(beast::error_code error) {
    if (!error) return handle(parser_->release());
    keep_alive_ = false;
    if (error == bhttp::error::body_limit)
      return refuse(413,
                    {ErrorCode::over_limit, Side::user,
                     fmt::format("a request holds at most {} bytes; send a file in chunks", max_body_bytes)});
    if (error == bhttp::error::header_limit)
      return refuse(431, {ErrorCode::over_limit, Side::user, "the headers of the request are too long"});
    const bool malformed = error.category() == bhttp::make_error_code(bhttp::error::bad_method).category();
    if (malformed && error != bhttp::error::end_of_stream && error != bhttp::error::partial_message)
      return refuse(400, {ErrorCode::bad_format, Side::user, "the request is not well-formed HTTP/1.1"});
    end();
  }

  void handle(bhttp::request<bhttp::string_body> message) {
    keep_alive_ = message.keep_alive();
    const std::string method(message.method_string());
    const Result<Target> target = parse_target({message.target().data(), message.target().size()});
    if (!target) return refuse(status_of(target.error()), target.error());
    const auto found = server_.router_->find(method, *target);
    const std::string what = found && found->route != nullptr ? method + " " + found->route->pattern : method;

    const std::optional<Account> account = account_of(message);
    if (!account)
      return deny(
          {Role::monitor, fmt::format("uid {}", uid_), "", std::nullopt, "command line"}, "none", what,
          "your Unix user has no account on this node; an administrator adds it to the configuration");
    const Actor actor{account->role, account->user, "", std::nullopt, "command line"};

    if (!found) return refuse(404, {ErrorCode::not_found, Side::user, "the API has no such address"});
    if (found->route == nullptr) {
      allow_ = found->allowed;
      return refuse(405, {ErrorCode::bad_value, Side::user, "this address does not take that method"});
    }
    const Route& route = *found->route;
    if (std::find(route.roles.begin(), route.roles.end(), account->role) == route.roles.end())
      return deny(actor, std::string(to_string(account->role)), what,
                  fmt::format("the role {} may not do this", to_string(account->role)));

    auto call = std::make_shared<Call>();
    call->actor = actor;
    call->route = &route;
    call->request.params = found->params;
    call->request.query = target->query;
    if (const Result<void> read = take_body(route, message, call->request); !read)
      return refuse(status_of(read.error()), read.error());
    submit(std::move(call));
  }

  std::optional<Account> account_of(const bhttp::request<bhttp::string_body>& message) const {
    const auto as = message.find("X-Knoop-As");
    if (as == message.end()) return server_.options_.account_of(uid_);
    // Only in builds for demo and tests, and only for who could read the node's memory anyway.
    if (!server_.options_.allow_as || uid_ != ::geteuid()) return std::nullopt;
    return parse_account({as->value().data(), as->value().size()});
  }

  static Result<void> take_body(const Route& route, bhttp::request<bhttp::string_body>& message,
                                Request& request) {
    for (const auto& [name, value] : request.query)
      if (std::find(route.query.begin(), route.query.end(), name) == route.query.end())
        return fail(ErrorCode::bad_value, Side::user, "the address has a query that it does not know");
    const auto type = message[bhttp::field::content_type];
    const auto wrong_type = [&](std::string_view wanted) {
      return fail(ErrorCode::bad_value, Side::user, "the body of this request must be {}", wanted);
    };
    switch (route.body) {
      case BodyKind::none:
        if (!message.body().empty())
          return fail(ErrorCode::bad_value, Side::user, "this request has no body");
        return {};
      case BodyKind::json: {
        if (!type.starts_with("application/json")) return wrong_type("application/json");
        KNOOP_LET(body, parse_body(message.body()));
        request.body = std::move(body);
        return {};
      }
      case BodyKind::bytes:
        if (type != "application/octet-stream") return wrong_type("application/octet-stream");
        request.raw = to_bytes(std::string_view(message.body()));
        return {};
    }
    return {};
  }

  /// To the core thread, and back after the commit.
  void submit(std::shared_ptr<const Call> call) {
    ask([router = server_.router_, call = std::move(call)](Node& node, Timestamp now) {
      Result<Reply> reply = run(node, now, *call);
      if (reply || reply.error().code != ErrorCode::forbidden) return reply;
      const std::string what = call->route->method + " " + call->route->pattern;
      if (const auto logged = log_refusal(node, now, call->actor, "", what); !logged)
        reply = fail(logged.error());
      return reply;
    });
  }

  void deny(const Actor& actor, const std::string& role, const std::string& what, const std::string& why) {
    ask([actor, role, what, error = Error{ErrorCode::forbidden, Side::user, why}](Node& node, Timestamp now) {
      const auto logged = log_refusal(node, now, actor, role, what);
      return Result<Reply>(fail(logged ? error : logged.error()));
    });
  }

  void ask(std::function<Result<Reply>(Node&, Timestamp)> question) {
    stream_.expires_never();  // the core answers or ends
    server_.loop_.post([answers = server_.answers_, id = id_, question = std::move(question)](
                           Node& node, Timestamp now) -> Loop::AfterCommit {
      auto reply = std::make_shared<Result<Reply>>(question(node, now));
      return [answers, id, reply](const Result<void>& committed) {
        if (!committed)
          *reply = fail(committed.error().code, Side::ours, "nothing was stored and nothing is shown: {}",
                        committed.error().sentence);
        answers->deliver(id, reply, committed.has_value());
      };
    });
  }

  void refuse(unsigned status, const Error& error) {
    write(status, "application/problem+json", problem_text(error, status));
  }

  void write(unsigned status, std::string_view type, std::string body) {
    auto message = std::make_shared<Outgoing>();
    message->result(status);
    message->version(11);
    message->set(bhttp::field::content_type, beast::string_view(type.data(), type.size()));
    message->set(bhttp::field::cache_control, "no-store");
    message->set("API-Version", "1.0.0");
    if (!allow_.empty()) message->set(bhttp::field::allow, std::exchange(allow_, {}));
    message->keep_alive(keep_alive_ && !server_.closing_);
    message->body() = std::move(body);
    message->prepare_payload();
    stream_.expires_after(server_.options_.request_time);
    bhttp::async_write(stream_, *message,
                       [self = shared_from_this(), message](beast::error_code error, std::size_t) {
                         if (error || !message->keep_alive()) return self->end();
                         self->read();
                       });
  }

  void end() {
    beast::error_code ignored;
    stream_.socket().shutdown(Unix::socket::shutdown_both, ignored);
    stream_.close();
    server_.forget(id_);
  }

  Impl& server_;
  const std::uint64_t id_;
  Stream stream_;
  uid_t uid_;
  beast::flat_buffer buffer_{64UL << 10U};
  std::optional<Incoming> parser_;
  std::string allow_;
  bool keep_alive_ = false;
  bool busy_ = true;
  bool first_ = true;
};

void ApiServer::Impl::Answers::deliver(std::uint64_t session, std::shared_ptr<Result<Reply>> reply,
                                       bool stored) {
  const std::lock_guard lock(mutex_);
  if (server_ == nullptr) return;
  asio::post(server_->io_, [server = server_, session, reply = std::move(reply), stored] {
    const auto found = server->sessions_.find(session);
    if (found != server->sessions_.end()) found->second->answer(*reply, stored);
  });
}

void ApiServer::Impl::forget(std::uint64_t session) {
  sessions_.erase(session);
  if (closing_ && sessions_.empty()) io_.stop();
}

Result<void> ApiServer::Impl::open() {
  KNOOP_TRY(check_socket_path(options_.socket));
  KNOOP_TRY(remove_stale_socket(options_.socket));
  const auto failed = [&](const beast::error_code& error) {
    return fail(ErrorCode::io_failed, Side::ours, "the API cannot listen at {}: {}", options_.socket.string(),
                error.message());
  };
  beast::error_code error;
  acceptor_.open(Unix(), error);
  if (error) return failed(error);
  acceptor_.bind(Unix::endpoint(options_.socket.string()), error);
  if (error) return failed(error);
  // Nobody can connect before listen(), so the mode is in place before it matters.
  if (::chmod(options_.socket.c_str(), S_IRUSR | S_IWUSR | S_IRGRP | S_IWGRP) != 0)
    return fail(ErrorCode::io_failed, Side::ours, "the mode of {} cannot be set", options_.socket.string());
  acceptor_.listen(static_cast<int>(options_.max_connections), error);
  if (error) return failed(error);
  accept();
  thread_ = std::thread([this] {
    block_all_signals();
    io_.run();
  });
  return {};
}

void ApiServer::Impl::accept() {
  acceptor_.async_accept([this](beast::error_code error, Unix::socket socket) {
    if (closing_ || error == asio::error::operation_aborted) return;
    if (!error && sessions_.size() < options_.max_connections) {
      ucred peer{};
      socklen_t size = sizeof peer;
      if (::getsockopt(socket.native_handle(), SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0) {
        const std::uint64_t id = next_session_++;
        auto session = std::make_shared<Session>(*this, id, std::move(socket), peer.uid);
        sessions_.emplace(id, session);
        session->read();
      }
    }
    accept();
  });
}

void ApiServer::Impl::close() {
  if (!thread_.joinable()) return;
  asio::post(io_, [this] {
    closing_ = true;
    beast::error_code ignored;
    acceptor_.close(ignored);
    for (const auto& [id, session] : std::map(sessions_)) session->close_when_idle();
    if (sessions_.empty()) return io_.stop();
    farewell_.expires_after(last_words);
    farewell_.async_wait([this](beast::error_code) { io_.stop(); });
  });
  thread_.join();
  answers_->stop();
  sessions_.clear();
  ::unlink(options_.socket.c_str());
}

ApiServer::ApiServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

ApiServer::~ApiServer() {
  impl_->close();
}

Result<std::unique_ptr<ApiServer>> ApiServer::start(ApiOptions options, Loop& loop) {
  Router routes = make_routes(options.files);
  return start(std::move(options), loop, std::move(routes));
}

Result<std::unique_ptr<ApiServer>> ApiServer::start(ApiOptions options, Loop& loop, Router router) {
  auto impl = std::make_unique<Impl>(std::move(options), loop, std::move(router));
  KNOOP_TRY(impl->open());
  return std::unique_ptr<ApiServer>(new ApiServer(std::move(impl)));
}

}  // namespace knoop::http
