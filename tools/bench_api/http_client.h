// A connection to the node's web listener that is kept: as little as HTTP/1.1 takes, so that the client costs next to nothing of what is
// measured.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "tools/bench_api/requests.h"

namespace knoop::bench {

class HttpClient {
 public:
  /// Throws std::runtime_error when nobody listens.
  explicit HttpClient(std::uint16_t port);
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  struct Answer {
    int status = 0;
    std::string body;
  };
  /// Asks with an API key and reads the whole answer.
  Answer ask(const ApiRequest& request, const std::string& key);
  /// Only sends; for a stream, which is read by whoever polls fd().
  void send(const ApiRequest& request, const std::string& key);
  [[nodiscard]] int fd() const { return fd_; }

 private:
  void fill();

  std::string host_;
  int fd_ = -1;
  std::string buffer_;
};

}  // namespace knoop::bench
