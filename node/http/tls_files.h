// The certificate of the web listener and its key, as they lie on disk: whoever renews them (most do by program, every few weeks) need
// not restart the node. What changed is seen when somebody connects; connections that stand go on with the old one.
//
// A pair that cannot be read, or does not belong together, changes nothing: the old certificate stays, and it is said once.
// Two files are seldom replaced in one instant, so it is looked at again when either of them changes.
#pragma once

#include <boost/asio/ssl/context.hpp>
#include <filesystem>
#include <functional>
#include <vector>

#include "crypto/base/result.h"

namespace knoop::http {

class TlsFiles {
 public:
  /// Errors of tls_context() (web_address.h).
  [[nodiscard]] static Result<TlsFiles> open(std::filesystem::path certificate, std::filesystem::path key,
                                             std::function<void(const Error&)> on_trouble);

  /// For the next connection. I/O thread.
  [[nodiscard]] boost::asio::ssl::context& current();

 private:
  struct Stamp {
    std::int64_t inode = 0;
    std::int64_t size = 0;
    std::int64_t seconds = 0;
    std::int64_t nanoseconds = 0;
    friend bool operator==(const Stamp&, const Stamp&) = default;
  };
  using Stamps = std::vector<Stamp>;

  TlsFiles(std::filesystem::path certificate, std::filesystem::path key,
           std::function<void(const Error&)> on_trouble, Stamps seen, boost::asio::ssl::context context)
      : certificate_(std::move(certificate)),
        key_(std::move(key)),
        on_trouble_(std::move(on_trouble)),
        seen_(std::move(seen)),
        context_(std::move(context)) {}
  [[nodiscard]] static Stamps stamps(const std::filesystem::path& certificate,
                                     const std::filesystem::path& key);

  std::filesystem::path certificate_;
  std::filesystem::path key_;
  std::function<void(const Error&)> on_trouble_;
  Stamps seen_;
  boost::asio::ssl::context context_;  ///< A connection keeps what it began with (SSL counts who uses it).
};

}  // namespace knoop::http
