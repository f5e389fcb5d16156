// Wakes a thread that waits in poll(): an eventfd that owns itself.
#pragma once

namespace knoop::net {

class WakeUp {
 public:
  WakeUp();
  ~WakeUp();
  WakeUp(const WakeUp&) = delete;
  WakeUp& operator=(const WakeUp&) = delete;

  void ring();   ///< From any thread.
  void clear();  ///< From the thread that waits.
  [[nodiscard]] int fd() const { return fd_; }

 private:
  int fd_;
};

}  // namespace knoop::net
