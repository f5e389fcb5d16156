#include "tools/bench_api/streams.h"

#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <stdexcept>
#include <thread>

#include "tools/bench_api/http_client.h"

namespace knoop::bench {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::chrono::seconds patience{30};

}  // namespace

struct Streams::Impl {
  struct Stream {
    std::unique_ptr<HttpClient> client;
    std::string text;   ///< What came and is not a whole line yet.
    bool open = false;  ///< It was answered.
    bool told = false;  ///< Of `topic`, since the change.
    Clock::time_point at;
  };

  std::uint16_t port = 0;
  std::vector<Stream> streams;
  std::mutex mutex;
  std::condition_variable changed;
  std::string topic;
  bool lost = false;
  std::atomic<bool> stopping{false};
  std::thread reader;

  void heard(Stream& stream, std::string_view line) {
    if (line.starts_with("HTTP/1.1 200")) stream.open = true;
    if (stream.told || topic.empty() || line != "event: " + topic) return;
    stream.told = true;
    stream.at = Clock::now();
  }

  void read(Stream& stream) {
    char part[4096];
    const ssize_t got = ::recv(stream.client->fd(), part, sizeof part, MSG_DONTWAIT);
    const std::lock_guard lock(mutex);
    if (got <= 0) {
      lost = true;
    } else {
      stream.text.append(part, static_cast<std::size_t>(got));
      for (std::size_t end = 0; (end = stream.text.find('\n')) != std::string::npos;) {
        std::string line = stream.text.substr(0, end);
        stream.text.erase(0, end + 1);
        if (!line.empty() && line.back() == '\r') line.pop_back();
        heard(stream, line);
      }
    }
    changed.notify_all();
  }

  void run() {
    std::vector<pollfd> waiting;
    for (const Stream& stream : streams) waiting.push_back({stream.client->fd(), POLLIN, 0});
    while (!stopping && !lost) {
      if (::poll(waiting.data(), waiting.size(), 100) <= 0) continue;
      for (std::size_t i = 0; i < waiting.size(); ++i)
        if (waiting[i].revents != 0) read(streams[i]);
    }
  }

  template <typename Done>
  void wait(const char* what, Done done) {
    std::unique_lock lock(mutex);
    const bool all =
        changed.wait_for(lock, patience, [&] { return lost || std::ranges::all_of(streams, done); });
    if (lost) throw std::runtime_error("the node ended an event stream");
    if (!all) throw std::runtime_error(what);
  }
};

Streams::Streams(std::uint16_t port, const std::vector<std::string>& keys, std::size_t count)
    : impl_(std::make_unique<Impl>()) {
  impl_->port = port;
  impl_->streams.resize(count);
  for (std::size_t i = 0; i < count; ++i) {
    impl_->streams[i].client = std::make_unique<HttpClient>(port);
    impl_->streams[i].client->send({"GET", "/api/v1/events", ""}, keys[i % keys.size()]);
    // One after another: until it is answered it counts among the connections of which a node takes 64.
    pollfd answered{impl_->streams[i].client->fd(), POLLIN, 0};
    if (::poll(&answered, 1, static_cast<int>(std::chrono::milliseconds(patience).count())) <= 0)
      throw std::runtime_error("an event stream was not opened");
  }
  impl_->reader = std::thread([this] { impl_->run(); });
  try {
    impl_->wait("not every event stream was opened", [](const Impl::Stream& stream) { return stream.open; });
  } catch (...) {
    impl_->stopping = true;
    impl_->reader.join();
    throw;
  }
}

Streams::~Streams() {
  impl_->stopping = true;
  if (impl_->reader.joinable()) impl_->reader.join();
}

std::vector<double> Streams::tell(const ApiRequest& change, const std::string& key,
                                  const std::string& topic) {
  {
    const std::lock_guard lock(impl_->mutex);
    impl_->topic = topic;
    for (auto& stream : impl_->streams) stream.told = false;
  }
  HttpClient client(impl_->port);
  const auto began = Clock::now();
  const auto answer = client.ask(change, key);
  if (answer.status >= 300) throw std::runtime_error("a change was answered: " + answer.body);
  impl_->wait("not every event stream told of a change",
              [](const Impl::Stream& stream) { return stream.told; });
  std::vector<double> out;
  for (const auto& stream : impl_->streams)
    out.push_back(std::chrono::duration<double, std::milli>(stream.at - began).count());
  std::ranges::sort(out);
  return out;
}

}  // namespace knoop::bench
