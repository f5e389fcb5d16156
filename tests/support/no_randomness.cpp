// Linked into test programs to prove that nothing draws randomness by itself: all of it must come from
// Entropy. Not for tests that open sockets: libzmq's CURVE handshake draws its own through libsodium.
#include <sodium.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace {

bool armed = false;

void fill(void* const buffer, std::size_t size) {
  if (armed) {
    std::fputs("a libsodium function drew randomness by itself; it must come from knoop::Entropy\n", stderr);
    std::abort();
  }
  std::memset(buffer, 0, size);  // sodium_init itself asks for a canary, to guard sodium_malloc
}

std::uint32_t random_number() {
  std::uint32_t number = 0;
  fill(&number, sizeof number);
  return number;
}

randombytes_implementation forbidden = {
    [] { return "forbidden"; }, random_number, nullptr, nullptr, fill, nullptr};

[[maybe_unused]] const bool installed = [] {
  if (randombytes_set_implementation(&forbidden) != 0 || sodium_init() < 0) std::abort();
  armed = true;
  return true;
}();

}  // namespace
