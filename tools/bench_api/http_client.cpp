#include "tools/bench_api/http_client.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <stdexcept>

namespace knoop::bench {

HttpClient::HttpClient(std::uint16_t port)
    : host_(fmt::format("127.0.0.1:{}", port)), fd_(::socket(AF_INET, SOCK_STREAM, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const int on = 1;
  ::setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (::connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
    throw std::runtime_error("the node does not take a connection");
}

HttpClient::~HttpClient() {
  ::close(fd_);
}

void HttpClient::send(const ApiRequest& request, const std::string& key) {
  std::string text = fmt::format("{} {} HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {}\r\n", request.method,
                                 request.target, host_, key);
  if (!request.body.empty())
    text += fmt::format("Content-Type: application/json\r\nContent-Length: {}\r\n", request.body.size());
  text += "\r\n" + request.body;
  std::string_view left = text;
  while (!left.empty()) {
    const ssize_t sent = ::send(fd_, left.data(), left.size(), MSG_NOSIGNAL);
    if (sent <= 0) throw std::runtime_error("the node closed a connection");
    left.remove_prefix(static_cast<std::size_t>(sent));
  }
}

void HttpClient::fill() {
  char part[16384];
  const ssize_t got = ::recv(fd_, part, sizeof part, 0);
  if (got <= 0) throw std::runtime_error("the node closed a connection");
  buffer_.append(part, static_cast<std::size_t>(got));
}

HttpClient::Answer HttpClient::ask(const ApiRequest& request, const std::string& key) {
  send(request, key);
  std::size_t head = 0;
  while ((head = buffer_.find("\r\n\r\n")) == std::string::npos) fill();
  constexpr std::string_view name = "\r\nContent-Length: ";
  const std::size_t at = buffer_.find(name);
  if (at == std::string::npos || at > head) throw std::runtime_error("an answer has no length");
  const std::size_t whole = head + 4 + std::stoul(buffer_.substr(at + name.size()));
  while (buffer_.size() < whole) fill();
  Answer out{std::stoi(buffer_.substr(9, 3)), buffer_.substr(head + 4, whole - head - 4)};
  buffer_.erase(0, whole);
  return out;
}

}  // namespace knoop::bench
