// The only door to libsodium (1.0.18 or later). Private to crypto/: nothing outside includes it.
#pragma once

#include <sodium.h>

namespace knoop {

/// Called by every wrapper before it touches libsodium: initialises the library once, safe from any thread.
/// Ends the process if that fails, since nothing this program promises holds without it.
void sodium_ready();

}  // namespace knoop
