#include "node/net/thread_pool.h"

#include <atomic>
#include <catch2/catch.hpp>
#include <condition_variable>
#include <mutex>

using namespace knoop;

namespace {

/// Counts completions; the completions themselves are never run, because a Context needs a node.
struct Gathered {
  std::mutex mutex;
  std::condition_variable changed;
  std::size_t count = 0;

  void add() {
    const std::lock_guard lock(mutex);
    ++count;
    changed.notify_all();
  }
  bool wait_for(std::size_t wanted) {
    std::unique_lock lock(mutex);
    return changed.wait_for(lock, std::chrono::seconds(60), [&] { return count >= wanted; });
  }
};

Completion nothing_to_do() {
  return [](Context&) -> Result<void> { return {}; };
}

}  // namespace

TEST_CASE("ThreadPool runs every piece and hands over what it returned") {
  Gathered gathered;
  std::atomic<int> ran = 0;
  ThreadPool pool(3, [&](const Completion&) { gathered.add(); });
  CHECK(pool.width() == 3);
  for (int i = 0; i < 200; ++i)
    pool.submit([&ran] {
      ++ran;
      return nothing_to_do();
    });
  REQUIRE(gathered.wait_for(200));
  CHECK(ran == 200);
}

TEST_CASE("ThreadPool is as wide as the machine unless told otherwise") {
  const ThreadPool pool(0, [](const Completion&) {});
  CHECK(pool.width() == std::max(1U, std::thread::hardware_concurrency()));
}

TEST_CASE("ThreadPool hands nothing over for work without a completion") {
  Gathered gathered;
  ThreadPool pool(1, [&](const Completion&) { gathered.add(); });
  pool.submit([] { return Completion{}; });
  pool.submit([] { return nothing_to_do(); });
  REQUIRE(gathered.wait_for(1));
  CHECK(gathered.count == 1);
}

TEST_CASE("ThreadPool ends with its running piece and drops what is queued") {
  std::mutex gate;
  std::unique_lock closed(gate);
  std::atomic<int> ran = 0;
  Gathered started;
  auto pool = std::make_unique<ThreadPool>(1, [](const Completion&) {});
  pool->submit([&] {
    started.add();
    const std::lock_guard wait(gate);
    ++ran;
    return nothing_to_do();
  });
  REQUIRE(started.wait_for(1));
  for (int i = 0; i < 50; ++i)
    pool->submit([&] {
      ++ran;
      return nothing_to_do();
    });
  std::thread destroyer([&] { pool.reset(); });
  closed.unlock();
  destroyer.join();
  CHECK(ran >= 1);
}
