// Many open event streams, and how soon each tells of a change.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "tools/bench_api/requests.h"

namespace knoop::bench {

/// Read all the time, on a thread of its own, so that no stream is slow.
class Streams {
 public:
  /// Opens `count` streams, with one key after another, and waits until each is answered. Throws std::runtime_error.
  Streams(std::uint16_t port, const std::vector<std::string>& keys, std::size_t count);
  ~Streams();
  Streams(const Streams&) = delete;
  Streams& operator=(const Streams&) = delete;

  /// Makes the change, and waits until every stream told of `topic`: milliseconds from sending it, one a stream, sorted.
  [[nodiscard]] std::vector<double> tell(const ApiRequest& change, const std::string& key,
                                         const std::string& topic);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace knoop::bench
