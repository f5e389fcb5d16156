#include "node/net/flood_guard.h"

#include <dirent.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <charconv>
#include <cstring>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

namespace knoop::net {

namespace {

struct Address {
  sockaddr_storage bytes{};
  socklen_t size = sizeof(sockaddr_storage);

  [[nodiscard]] std::uint16_t port() const {
    if (bytes.ss_family == AF_INET) {
      sockaddr_in address{};
      std::memcpy(&address, &bytes, sizeof address);
      return ntohs(address.sin_port);
    }
    if (bytes.ss_family == AF_INET6) {
      sockaddr_in6 address{};
      std::memcpy(&address, &bytes, sizeof address);
      return ntohs(address.sin6_port);
    }
    return 0;
  }
};

template <typename Ask>
std::optional<Address> address(int fd, Ask ask) {
  Address out;
  void* const where = &out.bytes;
  if (ask(fd, static_cast<sockaddr*>(where), &out.size) != 0) return std::nullopt;
  return out;
}

std::vector<int> descriptors() {
  std::vector<int> out;
  const std::unique_ptr<DIR, int (*)(DIR*)> folder(opendir("/proc/self/fd"), &closedir);
  if (!folder) return out;
  while (const dirent* entry = readdir(folder.get())) {
    const std::string_view name = entry->d_name;
    int fd = 0;
    if (std::from_chars(name.data(), name.data() + name.size(), fd).ec == std::errc{}) out.push_back(fd);
  }
  return out;
}

std::optional<std::uint64_t> bytes_received(int fd) {
  tcp_info info{};
  socklen_t size = sizeof info;
  if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size) != 0 ||
      size < offsetof(tcp_info, tcpi_bytes_received) + sizeof info.tcpi_bytes_received)
    return std::nullopt;
  return info.tcpi_bytes_received;
}

}  // namespace

std::size_t FloodGuard::look(const Ports& ports) {
  std::size_t cut = 0;
  std::map<int, Connection> seen;
  for (const int fd : descriptors()) {
    const auto here = address(fd, getsockname);
    const auto there = here ? address(fd, getpeername) : std::nullopt;
    if (!there || (!ports.listening.contains(here->port()) && !ports.dialled.contains(there->port())))
      continue;
    const auto received = bytes_received(fd);
    if (!received) continue;

    std::string between(reinterpret_cast<const char*>(&here->bytes), here->size);
    between.append(reinterpret_cast<const char*>(&there->bytes), there->size);
    const auto before = connections_.find(fd);
    std::uint64_t from = 0;
    if (before != connections_.end() && before->second.between == between) from = before->second.counted_from;
    if (delivered_.contains(fd)) from = *received;
    if (*received - from > limit_) {
      shutdown(fd, SHUT_RDWR);
      from = *received;
      ++cut;
    }
    seen.emplace(fd, Connection{std::move(between), from});
  }
  connections_ = std::move(seen);
  delivered_.clear();
  return cut;
}

std::uint16_t FloodGuard::port_of(std::string_view endpoint) {
  const std::size_t colon = endpoint.rfind(':');
  std::uint16_t port = 0;
  if (colon != std::string_view::npos)
    std::from_chars(endpoint.data() + colon + 1, endpoint.data() + endpoint.size(), port);
  return port;
}

}  // namespace knoop::net
