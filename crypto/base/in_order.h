// Slow pure work on several threads, its results taken in the order in which it was given, on the thread that gives it: what is slow
// about an entry of a log (reading, hashing) needs no other entry, and what needs those before it is quick.
//
// Threads are passed in, as everything that comes from outside: StartWork begins a piece of work and gives what waits for its end
// (tools/terminal/on_thread.h). at_once() does it on the spot, for tests and for who has no threads.
//
// At most a few pieces are under way, so memory does not grow with their number. For programs that work on files; a node gives its
// slow work to its Executor. The first Error ends it; what is under way then is waited for and dropped.
#pragma once

#include <algorithm>
#include <deque>
#include <functional>
#include <memory>
#include <optional>

#include "crypto/base/result.h"

namespace knoop {

struct StartWork {
  /// Begins `work`, on any thread; what it gives returns when that has ended, and is called once.
  std::function<std::function<void()>(std::function<void()> work)> start;
  std::size_t at_a_time = 1;  ///< Threads that this is worth.
};
[[nodiscard]] inline StartWork at_once() {
  return {[](const std::function<void()>& work) {
            work();
            return std::function<void()>([] {});
          },
          1};
}

template <typename Value>
class InOrder {
 public:
  using Take = std::function<Result<void>(Value)>;
  InOrder(StartWork start, Take take) : start_(std::move(start)), take_(std::move(take)) {}
  InOrder(const InOrder&) = delete;
  InOrder& operator=(const InOrder&) = delete;
  ~InOrder() {
    for (const Piece& piece : under_way_) piece.wait();
  }

  /// `work` gives a Result<Value>, on any thread. It owns all that it looks at.
  template <typename Work>
  Result<void> give(Work work) {
    auto result = std::make_shared<std::optional<Result<Value>>>();
    // A function object must be copyable, and what the work owns need not be.
    auto owned = std::make_shared<Work>(std::move(work));
    under_way_.push_back({start_.start([result, owned] { result->emplace((*owned)()); }), result});
    return under_way_.size() >= 2 * start_.at_a_time ? take_first() : Result<void>{};
  }
  /// Takes what is left.
  Result<void> finish() {
    while (!under_way_.empty()) KNOOP_TRY(take_first());
    return {};
  }

 private:
  struct Piece {
    std::function<void()> wait;
    std::shared_ptr<std::optional<Result<Value>>> result;
  };

  Result<void> take_first() {
    const Piece piece = std::move(under_way_.front());
    under_way_.pop_front();
    piece.wait();
    Result<Value>& done = **piece.result;
    if (!done) return fail(std::move(done).error());
    return take_(std::move(*done));
  }

  StartWork start_;
  Take take_;
  std::deque<Piece> under_way_;
};

}  // namespace knoop
