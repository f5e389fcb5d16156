#include "node/http/api_client.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>

namespace knoop::http {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace bhttp = beast::http;
using Unix = asio::local::stream_protocol;

/// Lists are paged, so an answer is never larger.
constexpr std::size_t max_answer_bytes = 64UL << 20U;

beast::string_view beast_view(std::string_view text) {
  return {text.data(), text.size()};
}

}  // namespace

Result<Answer> ApiClient::call(std::string_view method, std::string_view target, std::string_view type,
                               std::string_view body) const {
  asio::io_context io{1};
  beast::basic_stream<Unix, asio::io_context::executor_type> stream(io);
  stream.expires_after(patience_);

  beast::error_code outcome;
  stream.async_connect(Unix::endpoint(socket_.string()), [&](beast::error_code error) { outcome = error; });
  io.run();
  if (outcome)
    return fail(ErrorCode::io_failed, Side::user, "no node answers at {} ({}); is `knoop serve` running?",
                socket_.string(), outcome.message());

  bhttp::request<bhttp::string_body> request;
  request.method_string(beast_view(method));
  request.target(beast_view(target));
  request.version(11);
  request.set(bhttp::field::host, "knoop");
  request.set(bhttp::field::connection, "close");
  if (!as_.empty()) request.set("X-Knoop-As", as_);
  if (!type.empty()) request.set(bhttp::field::content_type, beast_view(type));
  request.body() = body;
  request.prepare_payload();
  beast::flat_buffer buffer;
  bhttp::response_parser<bhttp::string_body> parser;
  parser.body_limit(max_answer_bytes);
  // A refused body is answered before it is read to the end, so a failed write does not mean that nothing was said.
  bhttp::async_write(stream, request, [&](beast::error_code, std::size_t) {
    bhttp::async_read(stream, buffer, parser, [&](beast::error_code error, std::size_t) { outcome = error; });
  });
  io.restart();
  io.run();
  if (outcome)
    return fail(ErrorCode::io_failed, Side::ours, "the node at {} gave no answer: {}", socket_.string(),
                outcome.message());
  bhttp::response<bhttp::string_body> response = parser.release();
  const auto media = response[bhttp::field::content_type];
  return Answer{response.result_int(), {media.data(), media.size()}, std::move(response.body())};
}

}  // namespace knoop::http
