// A stream of events as a test reads it: from the web listener or from the unix socket, byte by byte as it comes.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <filesystem>
#include <string>

namespace knoop::http {

class EventStream {
 public:
  /// `lines`: whole header lines besides the first.
  EventStream(std::uint16_t port, const std::string& lines) : fd_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    begin(reinterpret_cast<const sockaddr*>(&address), sizeof address, lines);
  }
  EventStream(const std::filesystem::path& socket, const std::string& lines)
      : fd_(::socket(AF_UNIX, SOCK_STREAM, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    socket.native().copy(address.sun_path, sizeof address.sun_path - 1);
    begin(reinterpret_cast<const sockaddr*>(&address), sizeof address, lines);
  }
  EventStream(EventStream&& other) noexcept : fd_(std::exchange(other.fd_, -1)), text_(other.text_) {}
  EventStream& operator=(EventStream&&) = delete;
  EventStream(const EventStream&) = delete;
  EventStream& operator=(const EventStream&) = delete;
  ~EventStream() {
    if (fd_ >= 0) ::close(fd_);
  }

  /// Everything up to and with `end`, which is taken out; false when the stream ends, or nothing comes for a minute.
  bool read_until(std::string_view end) {
    while (text_.find(end) == std::string::npos)
      if (!more()) return false;
    last_ = text_.substr(0, text_.find(end) + end.size());
    text_.erase(0, last_.size());
    return true;
  }
  /// What read_until() took.
  [[nodiscard]] const std::string& last() const { return last_; }
  /// Whether the other side closes; what still comes is dropped.
  bool ends() {
    while (more()) text_.clear();
    return ended_;
  }

 private:
  void begin(const sockaddr* address, socklen_t size, const std::string& lines) {
    const timeval patience{60, 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    if (::connect(fd_, address, size) != 0) return;
    const std::string request = "GET /api/v1/events HTTP/1.1\r\n" + lines + "\r\n";
    (void)::send(fd_, request.data(), request.size(), MSG_NOSIGNAL);
  }
  bool more() {
    char part[4096];
    const ssize_t got = ::recv(fd_, part, sizeof part, 0);
    if (got == 0) ended_ = true;
    if (got <= 0) return false;
    text_.append(part, static_cast<std::size_t>(got));
    return true;
  }

  int fd_;
  std::string text_;
  std::string last_;
  bool ended_ = false;
};

}  // namespace knoop::http
