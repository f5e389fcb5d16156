// Signals are for the main thread, which turns them into an orderly stop.
#pragma once

namespace knoop::net {

/// Called first in every other thread.
void block_signals();

}  // namespace knoop::net
