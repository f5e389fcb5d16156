// The web listener with TLS, as a browser, an old browser and somebody without TLS meet it.
#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/asio/write.hpp>
#include <catch2/catch.hpp>
#include <cstdio>

#include "tests/unit/node/http/served_node.h"
#include "tests/unit/node/http/web_client.h"

namespace knoop::http {
namespace {

namespace asio = boost::asio;
namespace ssl = asio::ssl;

/// A key and a certificate of its own signature, made for this test.
struct SelfSigned {
  SelfSigned() {
    const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> pair(EVP_EC_gen("P-256"), EVP_PKEY_free);
    const std::unique_ptr<X509, decltype(&X509_free)> made(X509_new(), X509_free);
    REQUIRE((pair && made));
    X509_set_version(made.get(), 2);
    ASN1_INTEGER_set(X509_get_serialNumber(made.get()), 1);
    X509_gmtime_adj(X509_getm_notBefore(made.get()), -3600);
    X509_gmtime_adj(X509_getm_notAfter(made.get()), 3600);
    X509_set_pubkey(made.get(), pair.get());
    X509_NAME* name = X509_get_subject_name(made.get());
    const std::string host = "knoop.example";
    X509_NAME_add_entry_by_NID(name, NID_commonName, MBSTRING_UTF8,
                               reinterpret_cast<const unsigned char*>(host.data()),
                               static_cast<int>(host.size()), -1, 0);
    X509_set_issuer_name(made.get(), name);
    REQUIRE(X509_sign(made.get(), pair.get(), EVP_sha256()) > 0);
    const auto write = [](const std::filesystem::path& path, const auto& put) {
      std::FILE* file = std::fopen(path.c_str(), "w");
      REQUIRE(file != nullptr);
      const int done = put(file);
      std::fclose(file);
      REQUIRE(done == 1);
      std::filesystem::permissions(path, std::filesystem::perms(0600));
    };
    write(key, [&](std::FILE* f) {
      return PEM_write_PrivateKey(f, pair.get(), nullptr, nullptr, 0, nullptr, nullptr);
    });
    write(certificate, [&](std::FILE* f) { return PEM_write_X509(f, made.get()); });
  }

  testing::TempDir directory;
  std::filesystem::path certificate = directory / "certificate.pem";
  std::filesystem::path key = directory / "key.pem";
};

Router one_page() {
  Router router;
  Route page{"GET",
             "/page",
             {Role::monitor},
             {},
             BodyKind::none,
             [](Node&, Context&, const Request&) -> Result<Reply> { return Reply{200, {{"page", 1}}}; }};
  page.open = true;
  router.add(std::move(page));
  return router;
}

ApiOptions with(const SelfSigned& own, const std::string& address) {
  ApiOptions options;
  options.web = WebOptions{address, {"knoop.example"}, own.certificate, own.key};
  options.request_time = options.idle_time = std::chrono::milliseconds(1000);
  return options;
}

/// What a client that trusts this certificate gets; empty when there is no connection.
std::string get(std::uint16_t port, const SelfSigned& own, int newest_version) {
  asio::io_context io;
  ssl::context context(ssl::context::tls_client);
  context.load_verify_file(own.certificate.string());
  context.set_verify_mode(ssl::verify_peer);
  SSL_CTX_set_min_proto_version(context.native_handle(), TLS1_VERSION);
  SSL_CTX_set_max_proto_version(context.native_handle(), newest_version);
  ssl::stream<asio::ip::tcp::socket> stream(io, context);
  boost::system::error_code error;
  stream.next_layer().connect({asio::ip::address_v4::loopback(), port}, error);
  if (!error) stream.handshake(ssl::stream_base::client, error);
  if (error) return "";
  const std::string request = "GET /page HTTP/1.1\r\nHost: knoop.example\r\nConnection: close\r\n\r\n";
  asio::write(stream, asio::buffer(request), error);
  std::string answer;
  asio::read(stream, asio::dynamic_buffer(answer), error);  // until the server closes
  return answer;
}

TEST_CASE("with a certificate the web listener speaks TLS 1.2 and 1.3 and nothing else, at any address") {
  const SelfSigned own;
  for (const std::string address : {"127.0.0.1:0", "0.0.0.0:0"}) {
    const ServedNode served(one_page(), with(own, address));
    for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
      const WebAnswer answer = WebClient::parse(get(served.web_port(), own, version));
      CHECK(answer.status == 200);
      CHECK(answer.json() == Json{{"page", 1}});
      CHECK(answer.header("Strict-Transport-Security") == "max-age=31536000");
    }
    CHECK(get(served.web_port(), own, TLS1_1_VERSION).empty());
    // Whoever speaks plain HTTP is not answered in HTTP.
    const WebClient plain(served.web_port());
    CHECK(plain.raw("GET /page HTTP/1.1\r\n" + plain.host_line() + "\r\n").find("HTTP/1.1") ==
          std::string::npos);
    CHECK(WebClient::parse(get(served.web_port(), own, TLS1_3_VERSION)).status == 200);
  }
}

TEST_CASE("a certificate and a key that do not belong together are refused at the start") {
  const SelfSigned own;
  const SelfSigned other;
  ApiOptions options = with(own, "127.0.0.1:0");
  options.web->certificate_key = other.key;
  const testing::TempDir directory;
  options.socket = directory / "api.sock";
  options.account_of = [](uid_t) { return std::optional<Account>{}; };
  const TestClock clock;
  Loop loop(clock);
  const auto started = ApiServer::start(std::move(options), loop, one_page());
  REQUIRE_FALSE(started);
  CHECK(started.error().code == ErrorCode::bad_value);
  CHECK(started.error().sentence.find("api.certificate_key") != std::string::npos);
}

TEST_CASE("a certificate that is renewed is used from the next connection on, and one that is wrong is not") {
  const SelfSigned own;
  const SelfSigned later;
  std::atomic<int> troubles = 0;
  ApiOptions options = with(own, "127.0.0.1:0");
  options.web->on_trouble = [&](const Error& error) {
    if (error.sentence.find("api.certificate") != std::string::npos) ++troubles;
  };
  const ServedNode served(one_page(), std::move(options));
  const auto answered = [&](const SelfSigned& trusted) {
    return WebClient::parse(get(served.web_port(), trusted, TLS1_3_VERSION)).status == 200;
  };
  const SelfSigned first;  // what is trusted is read from files of its own
  const auto copy = [](const std::filesystem::path& from, const std::filesystem::path& to) {
    const auto beside = to.string() + ".new";
    std::filesystem::copy_file(from, beside);
    std::filesystem::rename(beside, to);
  };
  copy(own.certificate, first.certificate);
  CHECK(answered(first));
  CHECK_FALSE(answered(later));

  copy(later.certificate, own.certificate);  // the key is still to come: they do not belong together
  CHECK(answered(first));
  CHECK(answered(first));
  CHECK(troubles == 1);
  copy(later.key, own.key);
  CHECK(answered(later));
  CHECK_FALSE(answered(first));
  std::filesystem::remove(own.certificate);
  CHECK(answered(later));
  CHECK(troubles == 2);
}

}  // namespace
}  // namespace knoop::http
