#include "node/http/web_address.h"

#include <sys/stat.h>

namespace knoop::http {
namespace {

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return out;
}

std::optional<std::string> header(const Message& message, std::string_view name) {
  std::optional<std::string> found;
  for (const auto& field : message)
    if (beast::iequals(field.name_string(), beast::string_view(name.data(), name.size()))) {
      // Two of one name: whoever looks at the other may see something else. Nothing is believed then.
      if (found) return std::string();
      found = std::string(field.value().data(), field.value().size());
    }
  return found;
}

/// The Host of an Origin, "null" and other nonsense as it is.
std::string host_of_origin(std::string_view origin) {
  const std::size_t scheme = origin.find("://");
  return lower(scheme == std::string_view::npos ? origin : origin.substr(scheme + 3));
}

/// How browsers write where they are. By another name than loopback they come through a proxy that speaks TLS: over plain HTTP
/// they would send no cookie of ours.
std::string origin_of(const std::string& host, bool tls) {
  const bool loopback =
      host.starts_with("127.0.0.1:") || host.starts_with("localhost:") || host.starts_with("[::1]:");
  return (tls || !loopback ? "https://" : "http://") + host;
}

}  // namespace

Result<WebAddress> parse_web_address(std::string_view text) {
  const auto wrong = [&] {
    return fail(ErrorCode::bad_value, Side::user,
                "api.address must be an address and a port such as 127.0.0.1:7411, not {}", text);
  };
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos) return wrong();
  std::string host(text.substr(0, colon));
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') host = host.substr(1, host.size() - 2);
  boost::system::error_code error;
  WebAddress out;
  out.address = boost::asio::ip::make_address(host, error);
  if (error) return wrong();
  unsigned port = 0;
  const std::string_view digits = text.substr(colon + 1);
  if (digits.empty() || digits.size() > 5) return wrong();
  for (const char c : digits) {
    if (c < '0' || c > '9') return wrong();
    port = port * 10 + static_cast<unsigned>(c - '0');
  }
  if (port > 65535) return wrong();
  out.port = static_cast<std::uint16_t>(port);
  return out;
}

std::set<std::string> host_names(const WebAddress& place, std::uint16_t port,
                                 const std::vector<std::string>& more) {
  std::set<std::string> out;
  const auto add = [&](const std::string& name) { out.insert(lower(name) + ":" + std::to_string(port)); };
  const std::string address = place.address.to_string();
  add(place.address.is_v6() ? "[" + address + "]" : address);
  if (place.address.is_loopback()) add("localhost");
  for (const std::string& name : more) {
    out.insert(lower(name));
    if (name.find(':') == std::string::npos) add(name);
  }
  return out;
}

Result<boost::asio::ssl::context> tls_context(const std::filesystem::path& certificate,
                                              const std::filesystem::path& key) {
  namespace ssl = boost::asio::ssl;
  struct stat about {};
  if (::stat(key.c_str(), &about) != 0)
    return fail(ErrorCode::io_failed, Side::user, "api.certificate_key {} cannot be read", key.string());
  if ((about.st_mode & (S_IRWXG | S_IRWXO)) != 0)
    return fail(ErrorCode::forbidden, Side::user,
                "api.certificate_key {} can be read by others; make its mode 0600", key.string());
  ssl::context context(ssl::context::tls_server);
  boost::system::error_code error;
  context.set_options(ssl::context::default_workarounds | ssl::context::no_sslv2 | ssl::context::no_sslv3 |
                          ssl::context::no_tlsv1 | ssl::context::no_tlsv1_1 | ssl::context::single_dh_use,
                      error);
  if (!error) context.use_certificate_chain_file(certificate.string(), error);
  if (error)
    return fail(ErrorCode::bad_value, Side::user, "api.certificate {} is no chain of PEM certificates: {}",
                certificate.string(), error.message());
  context.use_private_key_file(key.string(), ssl::context::pem, error);
  if (error)
    return fail(ErrorCode::bad_value, Side::user, "api.certificate_key {} is no key of that certificate: {}",
                key.string(), error.message());
  return context;
}

Caller read_caller(const Message& message, const std::string& cookie, const std::set<std::string>& hosts,
                   bool allow_as, bool tls) {
  Caller caller;
  caller.reads = message.method() == bhttp::verb::get || message.method() == bhttp::verb::head;
  if (allow_as) caller.as = header(message, "X-Knoop-As");
  const auto host = header(message, "Host");
  caller.host_known = host && hosts.contains(lower(*host));
  if (caller.host_known) caller.origin = origin_of(lower(*host), tls);
  if (const auto site = header(message, "Sec-Fetch-Site"))
    caller.foreign = *site != "same-origin" && *site != "none";
  if (const auto origin = header(message, "Origin");
      origin && (!host || host_of_origin(*origin) != lower(*host)))
    caller.foreign = true;
  if (auto cookies = header(message, "Cookie")) {
    if (auto value = cookie_value(*cookies, cookie)) {
      caller.token = session_token_from(*value);
      wipe(value->data(), value->size());
    }
    if (auto value = cookie_value(*cookies, binding_cookie_name(cookie))) {
      caller.binding = binding_from(*value);
      wipe(value->data(), value->size());
    }
    wipe(cookies->data(), cookies->size());
  }
  caller.csrf = header(message, "X-CSRF-Token");
  if (auto authorization = header(message, "Authorization")) {
    caller.key = api_key_from(*authorization);
    wipe(authorization->data(), authorization->size());
    if (!caller.key) caller.key.emplace();  // what is given and is no key lets nobody in
  }
  return caller;
}

void add_web_headers(bhttp::response<bhttp::string_body>& message, bool tls) {
  message.set("X-Frame-Options", "DENY");
  message.set("Referrer-Policy", "no-referrer");
  message.set("Cross-Origin-Opener-Policy", "same-origin");
  message.set("Cross-Origin-Resource-Policy", "same-origin");
  message.set("Permissions-Policy", "camera=(), geolocation=(), microphone=()");
  if (tls) message.set("Strict-Transport-Security", "max-age=31536000");
}

}  // namespace knoop::http
