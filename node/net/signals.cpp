#include "node/net/signals.h"

#include <csignal>

namespace knoop::net {

void block_signals() {
  sigset_t all;
  sigfillset(&all);
  pthread_sigmask(SIG_BLOCK, &all, nullptr);
}

}  // namespace knoop::net
