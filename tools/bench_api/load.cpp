#include "tools/bench_api/load.h"

#include <algorithm>
#include <chrono>
#include <exception>
#include <stdexcept>
#include <thread>

#include "tools/bench_api/http_client.h"

namespace knoop::bench {
namespace {

using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point began) {
  return std::chrono::duration<double>(Clock::now() - began).count();
}

struct Lane {
  std::vector<double> milliseconds;
  std::exception_ptr failure;
};

}  // namespace

Load run_load(std::uint16_t port, const std::vector<std::string>& keys,
              const std::vector<ApiRequest>& requests, std::size_t connections, double seconds) {
  std::vector<Lane> lanes(connections);
  std::vector<std::thread> threads;
  const auto began = Clock::now();
  for (std::size_t lane = 0; lane < connections; ++lane)
    threads.emplace_back([&, lane] {
      try {
        HttpClient client(port);
        for (std::size_t at = lane; seconds_since(began) < seconds; at += connections) {
          const auto asked = Clock::now();
          const auto answer = client.ask(requests[at % requests.size()], keys[at % keys.size()]);
          if (answer.status >= 300) throw std::runtime_error("a request was answered: " + answer.body);
          lanes[lane].milliseconds.push_back(seconds_since(asked) * 1e3);
        }
      } catch (...) {
        lanes[lane].failure = std::current_exception();
      }
    });
  for (auto& thread : threads) thread.join();
  Load out{0, seconds_since(began), {}};
  for (Lane& lane : lanes) {
    if (lane.failure) std::rethrow_exception(lane.failure);
    out.milliseconds.insert(out.milliseconds.end(), lane.milliseconds.begin(), lane.milliseconds.end());
  }
  out.count = out.milliseconds.size();
  std::ranges::sort(out.milliseconds);
  return out;
}

}  // namespace knoop::bench
