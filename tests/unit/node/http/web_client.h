// A client of the web listener that says exactly what a test wants, as no browser would.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <map>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace knoop::http {

struct WebAnswer {
  int status = 0;  ///< 0: the connection was closed without an answer.
  std::multimap<std::string, std::string> headers;
  std::string body;
  [[nodiscard]] std::string header(const std::string& name) const {
    const auto found = headers.find(name);
    return found == headers.end() ? "" : found->second;
  }
  [[nodiscard]] nlohmann::json json() const { return nlohmann::json::parse(body); }
  [[nodiscard]] std::string code() const { return json().value("code", ""); }
};

class WebClient {
 public:
  explicit WebClient(std::uint16_t port) : port_(port) {}

  [[nodiscard]] std::string host_line() const { return "Host: 127.0.0.1:" + std::to_string(port_) + "\r\n"; }

  /// These bytes, and everything until the server closes.
  [[nodiscard]] std::string raw(const std::string& bytes) const {
    const int fd = ::socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port_);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    std::string out;
    if (::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) {
      std::string_view left = bytes;
      while (!left.empty()) {
        const ssize_t sent = ::send(fd, left.data(), left.size(), MSG_NOSIGNAL);
        if (sent <= 0) break;
        left.remove_prefix(static_cast<std::size_t>(sent));
      }
      char part[4096];
      for (ssize_t got = 0; (got = ::recv(fd, part, sizeof part, 0)) > 0;)
        out.append(part, static_cast<std::size_t>(got));
    }
    ::close(fd);
    return out;
  }

  /// A request as a browser sends it; `more` are whole header lines.
  [[nodiscard]] WebAnswer send(const std::string& method, const std::string& target,
                               const std::string& body = "",
                               const std::vector<std::string>& more = {}) const {
    std::string text = method + " " + target + " HTTP/1.1\r\nConnection: close\r\n";
    if (host) text += "Host: " + (host->empty() ? "127.0.0.1:" + std::to_string(port_) : *host) + "\r\n";
    if (!cookie.empty()) text += "Cookie: " + cookie + "\r\n";
    if (!csrf.empty()) text += "X-CSRF-Token: " + csrf + "\r\n";
    for (const std::string& line : more) text += line + "\r\n";
    if (!body.empty())
      text += "Content-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) + "\r\n";
    return parse(raw(text + "\r\n" + body));
  }

  static WebAnswer parse(const std::string& text) {
    WebAnswer out;
    const std::size_t head = text.find("\r\n\r\n");
    if (head == std::string::npos) return out;
    out.status = std::stoi(text.substr(9, 3));
    out.body = text.substr(head + 4);
    for (std::size_t at = text.find("\r\n") + 2; at < head;) {
      const std::size_t end = text.find("\r\n", at);
      const std::string line = text.substr(at, end - at);
      const std::size_t colon = line.find(": ");
      out.headers.emplace(line.substr(0, colon), line.substr(colon + 2));
      at = end + 2;
    }
    return out;
  }

  std::optional<std::string> host{""};  ///< Empty: the right one; nothing: no Host at all.
  std::string cookie;
  std::string csrf;

 private:
  std::uint16_t port_;
};

}  // namespace knoop::http
