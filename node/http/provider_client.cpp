#include "node/http/provider_client.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>

namespace knoop::http {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace bhttp = beast::http;
namespace ssl = asio::ssl;
using Tcp = asio::ip::tcp;

auto no_answer(const ProviderRequest& request, std::string_view why) {
  return fail(ErrorCode::io_failed, Side::peer, "the identity provider at {} gave no answer: {}",
              request.to.host, why);
}

Result<ssl::context> trusting(const std::string& trust) {
  ssl::context context(ssl::context::tls_client);
  boost::system::error_code error;
  context.set_options(ssl::context::default_workarounds | ssl::context::no_sslv2 | ssl::context::no_sslv3 |
                          ssl::context::no_tlsv1 | ssl::context::no_tlsv1_1,
                      error);
  if (!error) context.set_verify_mode(ssl::verify_peer, error);
  if (!error) {
    if (trust.empty())
      context.set_default_verify_paths(error);
    else
      context.add_certificate_authority(asio::buffer(trust), error);
  }
  if (error)
    return fail(ErrorCode::bad_value, Side::user, "openid.trust has no PEM certificate: {}", error.message());
  return context;
}

/// One request after the other thing, each step waited for until the deadline of all.
class Conversation {
 public:
  Conversation(const ProviderRequest& request, std::chrono::milliseconds time)
      : request_(request), deadline_(std::chrono::steady_clock::now() + time) {}

  Result<ProviderAnswer> plain() {
    beast::tcp_stream stream(io_);
    if (const auto error = connect(stream)) return no_answer(request_, error.message());
    return exchange(stream);
  }

  Result<ProviderAnswer> secure(ssl::context& context) {
    ssl::stream<beast::tcp_stream> stream(io_, context);
    boost::system::error_code error;
    stream.set_verify_callback(ssl::host_name_verification(request_.to.host), error);
    if (error || !name(stream.native_handle())) return no_answer(request_, "its name cannot be checked");
    if (const auto failed = connect(stream.next_layer())) return no_answer(request_, failed.message());
    error =
        wait(stream.next_layer(), [&](auto done) { stream.async_handshake(ssl::stream_base::client, done); });
    if (error) return no_answer(request_, "TLS: " + error.message());
    return exchange(stream);
  }

 private:
  /// Server name indication, which an address has not (RFC 6066 section 3). OpenSSL's macro for it has an old cast.
  bool name(SSL* tls) {
    std::string& host = host_;
    boost::system::error_code no_address;
    asio::ip::make_address(host, no_address);
    return !no_address ||
           SSL_ctrl(tls, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, host.data()) == 1;
  }

  /// Starts one step and runs until it is over; what is not over at the deadline is cut off.
  template <typename Start>
  boost::system::error_code wait(beast::tcp_stream& lowest, const Start& start) {
    std::optional<boost::system::error_code> result;
    start([&](boost::system::error_code error, auto&&...) { result = error; });
    io_.restart();
    io_.run_until(deadline_);
    if (result) return *result;
    boost::system::error_code ignored;
    resolver_.cancel();
    lowest.socket().close(ignored);
    io_.restart();
    io_.run();
    return beast::error::timeout;
  }

  boost::system::error_code connect(beast::tcp_stream& lowest) {
    Tcp::resolver::results_type found;
    auto error = wait(lowest, [&](auto done) {
      resolver_.async_resolve(request_.to.host, request_.to.port,
                              [&found, done](auto failed, auto results) mutable {
                                found = results;
                                done(failed);
                              });
    });
    if (!error) error = wait(lowest, [&](auto done) { lowest.async_connect(found, done); });
    return error;
  }

  template <typename Stream>
  Result<ProviderAnswer> exchange(Stream& stream) {
    beast::tcp_stream& lowest = beast::get_lowest_layer(stream);
    bhttp::request<bhttp::string_body> message(request_.form.empty() ? bhttp::verb::get : bhttp::verb::post,
                                               beast::string_view(request_.to.target), 11);
    message.set(bhttp::field::host, request_.to.authority());
    message.set(bhttp::field::accept, "application/json");
    message.set(bhttp::field::connection, "close");
    if (!request_.authorization.empty())
      message.set(bhttp::field::authorization, "Basic " + request_.authorization);
    if (!request_.form.empty()) {
      message.set(bhttp::field::content_type, "application/x-www-form-urlencoded");
      message.body() = request_.form;
    }
    message.prepare_payload();
    auto error = wait(lowest, [&](auto done) { bhttp::async_write(stream, message, done); });
    wipe(message.body().data(), message.body().size());
    if (error) return no_answer(request_, error.message());

    beast::flat_buffer buffer(max_provider_bytes);
    bhttp::response_parser<bhttp::string_body> parser;
    parser.header_limit(16U << 10U);
    parser.body_limit(max_provider_bytes);
    error = wait(lowest, [&](auto done) { bhttp::async_read(stream, buffer, parser, done); });
    const auto read = buffer.data();
    wipe(const_cast<void*>(read.data()), read.size());  // what arrived with it
    if (error) return no_answer(request_, error.message());
    auto answer = parser.release();
    return ProviderAnswer{answer.result_int(), std::move(answer.body())};
  }

  const ProviderRequest& request_;
  std::string host_ = request_.to.host;
  const std::chrono::steady_clock::time_point deadline_;
  asio::io_context io_{1};
  Tcp::resolver resolver_{io_};
};

}  // namespace

ProviderRequest::~ProviderRequest() {
  wipe(form.data(), form.size());
  wipe(authorization.data(), authorization.size());
}

Result<ProviderAnswer> ProviderClient::ask(const ProviderRequest& request) const {
  Conversation conversation(request, time_);
  if (!request.to.tls) return conversation.plain();
  KNOOP_LET(context, trusting(trust_));
  return conversation.secure(context);
}

}  // namespace knoop::http
