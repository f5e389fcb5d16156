#include <sodium.h>

#include <catch2/catch.hpp>
#include <new>
#include <type_traits>

#include "crypto/ed25519.h"
#include "crypto/guarded.h"
#include "tests/support/test_entropy.h"

using namespace knoop;

namespace {

struct KeyRing {
  SigningSecretKey signing;
  SealingSecretKey sealing;
  bool* destroyed;

  explicit KeyRing(bool* flag) noexcept : destroyed(flag) {}
  ~KeyRing() { *destroyed = true; }
};

}  // namespace

TEST_CASE("a key ring lives in a guarded block and ends with it") {
  TestEntropy entropy;
  bool destroyed = false;
  {
    Guarded<KeyRing> ring = make_guarded<KeyRing>(&destroyed);
    CHECK(reinterpret_cast<std::uintptr_t>(ring.get()) % alignof(KeyRing) == 0);
    SigningKeyPair pair = new_signing_key(entropy);
    ring->signing = std::move(pair.secret_key);
    CHECK(verify(pair.public_key, "label", {}, sign(ring->signing, "label", {})));
    CHECK_FALSE(destroyed);
  }
  CHECK(destroyed);
}

TEST_CASE("secrets do not stay where they were") {
  alignas(PresharedKey) std::array<Byte, sizeof(PresharedKey)> place{};
  auto* const key = new (place.data()) PresharedKey();
  key->data()[5] = 7;
  PresharedKey other = std::move(*key);
  CHECK(other.expose()[5] == 7);
  CHECK(std::ranges::all_of(place, [](Byte byte) { return byte == 0; }));  // moved from
  key->data()[5] = 7;
  key->~PresharedKey();
  const volatile Byte* const after = place.data();
  CHECK(after[5] == 0);  // destroyed
}

TEST_CASE("secrets are not copied, printed or compared by accident") {
  STATIC_REQUIRE_FALSE(std::is_copy_constructible_v<SigningSecretKey>);
  STATIC_REQUIRE_FALSE(std::is_copy_assignable_v<SigningSecretKey>);
  STATIC_REQUIRE_FALSE(std::is_convertible_v<SigningSecretKey, ByteView>);
  STATIC_REQUIRE_FALSE(std::is_convertible_v<SigningSecretKey, SigningSeed>);
  STATIC_REQUIRE_FALSE(fmt::is_formattable<SigningSecretKey>::value);
  STATIC_REQUIRE_FALSE(fmt::is_formattable<SymmetricKey>::value);
}

TEST_CASE("constant-time comparison compares lengths and bytes") {
  CHECK(equal_constant_time({}, {}));
  CHECK(equal_constant_time(view("abc"), view("abc")));
  CHECK_FALSE(equal_constant_time(view("abc"), view("abd")));
  CHECK_FALSE(equal_constant_time(view("abc"), view("ab")));
  CHECK_FALSE(equal_constant_time(view("abc"), {}));
}

TEST_CASE("nothing in this program draws randomness by itself") {
  // Linked in by tests/support/no_randomness.cpp: a call of randombytes ends the program.
  CHECK(randombytes_implementation_name() == std::string_view("forbidden"));
}
