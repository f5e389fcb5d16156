// One connection of the API: HTTP/1.1 in, one request at a time, answers in order. Internal to api_server.cpp; a template
// over the stream, because a unix socket, TCP and TLS differ in nothing but that.
//
// Bounds: a request arrives within `request_time`, an idle connection ends after `idle_time`, bodies and headers have their
// sizes. What is malformed ends with a problem or a closed connection and never reaches the core.
#pragma once

#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>

#include "node/http/api_server.h"
#include "node/http/caller.h"
#include "node/http/problem.h"
#include "node/http/router.h"
#include "node/http/wiping_allocator.h"

namespace knoop::http {

namespace beast = boost::beast;
namespace bhttp = beast::http;
using Message = bhttp::request<bhttp::string_body>;

/// What a request needs until it is answered; shared by the I/O thread and the core thread. Only the core thread changes it.
struct Call {
  Caller caller;
  const Route* route = nullptr;  ///< Null: there is none; asked all the same, so that a stranger is not told.
  std::string allowed;
  std::string what;  ///< For the log: method and pattern.
  Request request;
  Result<void> malformed{};  ///< What is wrong with the body or the query.
};

/// A connection, as the server sees it.
class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection() = default;
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  virtual ~Connection() = default;
  virtual void start() = 0;
  virtual void close_when_idle() = 0;
  virtual void answer(const Result<Reply>& reply, bool stored) = 0;
  /// More of the stream that this connection has become; ConnectionHost::stream_ready() follows.
  virtual void send_events(std::string text) = 0;
  virtual void end() = 0;
};

/// The server, as a connection sees it. Everything on the I/O thread.
class ConnectionHost {
 public:
  ConnectionHost() = default;
  ConnectionHost(const ConnectionHost&) = delete;
  ConnectionHost& operator=(const ConnectionHost&) = delete;
  virtual ~ConnectionHost() = default;
  [[nodiscard]] virtual bool closing() const = 0;
  [[nodiscard]] virtual const ApiOptions& options() const = 0;
  [[nodiscard]] virtual const Router& router() const = 0;
  /// What a web listener adds to every answer.
  virtual void decorate(bhttp::response<bhttp::string_body>& message) const = 0;
  /// Who sends it, as far as its headers tell.
  [[nodiscard]] virtual Caller caller_of(const Message& message) const = 0;
  /// To the core thread; answer() comes after the commit.
  virtual void submit(std::uint64_t connection, std::shared_ptr<Call> call) = 0;
  /// The connection becomes a stream of events from now on; gives the text to begin with.
  [[nodiscard]] virtual Result<std::string> open_stream(std::uint64_t connection, EventsWanted wanted) = 0;
  virtual void stream_ready(std::uint64_t connection) = 0;
  virtual void forget(std::uint64_t connection) = 0;
};

/// Accept-Encoding names gzip, and does not refuse it.
[[nodiscard]] bool takes_gzip(const Message& message);
/// Its length is said once, in a way that everybody between the caller and us reads alike: the parser takes an unknown
/// Transfer-Encoding beside a Content-Length for nothing.
[[nodiscard]] bool has_one_length(const Message& message);
/// What the headers say about conditions; one that stands there twice counts as empty, which none may be.
[[nodiscard]] Conditions read_conditions(const Message& message);

/// Takes the body of a request as its route wants it; wipes what is secret in the message.
[[nodiscard]] Result<void> take_body(const Route& route, Message& message, Request& request);

template <typename Stream>
class StreamConnection final : public Connection {
 public:
  using stream_type = Stream;
  /// `uid`: of the unix socket's other end; nothing for a web listener.
  StreamConnection(ConnectionHost& host, std::uint64_t id, Stream stream, std::optional<uid_t> uid)
      : host_(host), id_(id), stream_(std::move(stream)), uid_(uid) {}

  void start() override {
    if constexpr (requires(Stream & stream) { stream.handshake(Stream::server); }) {
      lowest().expires_after(host_.options().request_time);
      stream_.async_handshake(
          Stream::server, [self = mine()](beast::error_code error) { error ? self->end() : self->read(); });
    } else {
      read();
    }
  }

  void close_when_idle() override {
    if (!busy_ || streaming_) end();
  }

  void send_events(std::string text) override {
    auto shared = std::make_shared<std::string>(std::move(text));
    lowest().expires_after(host_.options().request_time);  // for this write: the read has its own time
    boost::asio::async_write(stream_, boost::asio::buffer(*shared),
                             [self = mine(), shared](beast::error_code error, std::size_t) {
                               if (error) return self->end();
                               self->host_.stream_ready(self->id_);
                             });
  }

  void answer(const Result<Reply>& reply, bool stored) override {
    if (!reply) return refuse(stored ? status_of(reply.error()) : 503, reply.error());
    for (const auto& [name, value] : reply->headers) headers_.emplace_back(name, value);
    if (reply->refusal)
      return refuse(reply->status >= 400 ? reply->status : status_of(*reply->refusal), *reply->refusal);
    if (reply->events) return begin_stream(*reply->events);
    if (reply->file) {
      if (!reply->file->policy.empty()) policy_ = reply->file->policy;
      if (reply->file->gzip.empty()) return write(reply->status, reply->file->type, reply->file->bytes);
      headers_.emplace_back("Vary", "Accept-Encoding");
      if (!gzip_) return write(reply->status, reply->file->type, reply->file->bytes);
      headers_.emplace_back("Content-Encoding", "gzip");
      return write(reply->status, reply->file->type, reply->file->gzip);
    }
    write(reply->status, "application/json",
          reply->body.dump(-1, ' ', false, Json::error_handler_t::replace));
  }

 private:
  std::shared_ptr<StreamConnection> mine() {
    return std::static_pointer_cast<StreamConnection>(shared_from_this());
  }
  auto& lowest() { return beast::get_lowest_layer(stream_); }

  void read() {
    if (host_.closing()) return end();
    busy_ = false;
    headers_.clear();
    policy_ = no_page;
    parser_.emplace();
    parser_->header_limit(max_header_bytes);
    parser_->body_limit(max_body_bytes);
    lowest().expires_after(first_ ? host_.options().request_time : host_.options().idle_time);
    first_ = false;
    // The first byte may take as long as idling may; from then on the whole request has its own deadline.
    if (buffer_.size() > 0) return read_request();
    stream_.async_read_some(buffer_.prepare(4096),
                            [self = mine()](beast::error_code error, std::size_t size) {
                              if (error) return self->end();
                              self->buffer_.commit(size);
                              self->read_request();
                            });
  }

  void read_request() {
    busy_ = true;
    lowest().expires_after(host_.options().request_time);
    bhttp::async_read(stream_, buffer_, *parser_,
                      [self = mine()](beast::error_code error, std::size_t) { self->arrived(error); });
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

  /// What was read and is free again: a password, or the cookie of a session.
  void wipe_what_was_read() {
    const auto room = buffer_.prepare(buffer_.capacity() - buffer_.size());
    if (room.size() > 0) wipe(room.data(), room.size());
  }

  void handle(Message message) {
    wipe_what_was_read();
    keep_alive_ = message.keep_alive();
    if (!has_one_length(message)) {
      keep_alive_ = false;
      return refuse(400, {ErrorCode::bad_format, Side::user,
                          "the request says in more than one way how long it is; send Content-Length, or "
                          "Transfer-Encoding: chunked"});
    }
    const std::string method(message.method_string());
    gzip_ = takes_gzip(message);
    head_ = message.method() == bhttp::verb::head;
    Result<Target> target = parse_target({message.target().data(), message.target().size()});
    if (!target) return refuse(status_of(target.error()), target.error());
    auto call = std::make_shared<Call>();
    call->caller = host_.caller_of(message);
    call->request.conditions = read_conditions(message);
    call->caller.uid = uid_;
    if (!uid_ && !call->caller.host_known)
      return refuse(421,
                    {ErrorCode::not_found, Side::user,
                     "this node does not answer under that name; an administrator adds it to api.hosts"});
    call->what = method;
    auto found = host_.router().find(method, *target);
    if (head_ && found) {
      // For what anybody may read: elsewhere a HEAD would be a logged read that shows nothing.
      auto read = host_.router().find("GET", *target);
      if (read->route != nullptr && read->route->open) found = std::move(read);
    }
    if (found) {
      call->route = found->route;
      call->allowed = found->allowed;
      call->request.params = found->params;
      if (found->route != nullptr) {
        call->what += " " + found->route->pattern;
        call->request.query = std::move(target->query);
        // Told after it is clear who asks.
        call->malformed = take_body(*found->route, message, call->request);
      }
    }
    lowest().expires_never();  // the core answers or ends
    host_.submit(id_, std::move(call));
  }

  void refuse(unsigned status, const Error& error) {
    write(status, "application/problem+json", problem_text(error, status));
  }

  /// An answer that has no end: what follows is written as it comes, until one of us closes.
  void begin_stream(const EventsWanted& wanted) {
    auto first = host_.open_stream(id_, wanted);
    if (!first) return refuse(status_of(first.error()), first.error());
    streaming_ = true;
    keep_alive_ = false;
    const auto message = answer_of(200, "text/event-stream");
    message->body() = std::move(*first);
    lowest().expires_after(host_.options().request_time);
    bhttp::async_write(stream_, *message, [self = mine(), message](beast::error_code error, std::size_t) {
      if (error && error != bhttp::error::end_of_stream) return self->end();
      self->watch_for_end();
      self->host_.stream_ready(self->id_);
    });
  }

  /// Whoever listens has nothing more to say: what comes now is the end.
  void watch_for_end() {
    if (buffer_.size() > 0) return end();
    lowest().expires_never();
    stream_.async_read_some(buffer_.prepare(256),
                            [self = mine()](beast::error_code, std::size_t) { self->end(); });
  }

  using Answer = bhttp::response<bhttp::string_body>;
  /// All but the body.
  [[nodiscard]] std::shared_ptr<Answer> answer_of(unsigned status, std::string_view type) const {
    auto message = std::make_shared<Answer>();
    message->result(status);
    message->version(11);
    if (!type.empty()) message->set(bhttp::field::content_type, beast::string_view(type.data(), type.size()));
    message->set(bhttp::field::cache_control, "no-store");
    message->set("API-Version", "1.0.0");
    message->set("X-Content-Type-Options", "nosniff");
    message->set("Content-Security-Policy", policy_);
    if (!uid_) host_.decorate(*message);
    for (const auto& [name, value] : headers_)
      name == "Set-Cookie" ? message->insert(name, value) : message->set(name, value);
    message->keep_alive(keep_alive_ && !host_.closing());
    return message;
  }

  void write(unsigned status, std::string_view type, std::string body) {
    const auto message = answer_of(status, type);
    const std::size_t size = body.size();
    if (!head_) message->body() = std::move(body);
    message->content_length(size);
    if (status == 304) message->erase(bhttp::field::content_length);  // that of what is not sent
    lowest().expires_after(host_.options().request_time);
    bhttp::async_write(stream_, *message, [self = mine(), message](beast::error_code error, std::size_t) {
      if (error || !message->keep_alive()) return self->end();
      self->read();
    });
  }

  void end() override {
    if (std::exchange(ended_, true)) return;
    beast::error_code ignored;
    lowest().socket().shutdown(boost::asio::socket_base::shutdown_both, ignored);
    lowest().close();
    host_.forget(id_);
  }

  ConnectionHost& host_;
  const std::uint64_t id_;
  Stream stream_;
  std::optional<uid_t> uid_;
  beast::basic_flat_buffer<WipingAllocator<char>> buffer_{64UL << 10U};
  std::optional<bhttp::request_parser<bhttp::string_body>> parser_;
  static constexpr std::string_view no_page = "default-src 'none'; frame-ancestors 'none'";
  std::vector<std::pair<std::string, std::string>> headers_;
  std::string policy_{no_page};
  bool keep_alive_ = false;
  bool gzip_ = false;  ///< The caller takes compressed files.
  bool head_ = false;  ///< The caller wants no body.
  bool busy_ = true;
  bool first_ = true;
  bool streaming_ = false;
  bool ended_ = false;
};

}  // namespace knoop::http
