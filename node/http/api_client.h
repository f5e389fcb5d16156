// A blocking client of the API for the command line: one request, one answer, over the node's unix-domain socket.
#pragma once

#include <chrono>
#include <filesystem>
#include <string>

#include "crypto/base/bytes.h"

namespace knoop::http {

struct Answer {
  unsigned status = 0;
  std::string type;
  std::string body;
};

class ApiClient {
 public:
  /// `as` is "role:user" in demo and tests, else empty.
  ApiClient(std::filesystem::path socket, std::string as,
            std::chrono::milliseconds patience = std::chrono::minutes(2))
      : socket_(std::move(socket)), as_(std::move(as)), patience_(patience) {}

  /// Errors (io_failed) only when no answer came; a refusal is an Answer with its status. `type` is the body's media
  /// type, empty for none.
  [[nodiscard]] Result<Answer> call(std::string_view method, std::string_view target, std::string_view type,
                                    std::string_view body) const;

 private:
  std::filesystem::path socket_;
  std::string as_;
  std::chrono::milliseconds patience_;
};

}  // namespace knoop::http
