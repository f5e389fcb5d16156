// Where long-lived secrets live: one guarded block for a whole key ring.
//
// libsodium surrounds such a block with pages that end the process when they are touched, asks the system never to swap
// it out or write it to a core dump, and wipes it when it is freed. Each block costs at least three pages and a system
// call or two, so it is for what a node holds as long as it runs; short-lived secrets stay on the stack (fixed.h).
//
//   struct KeyRing { SigningSecretKey signing; SealingSecretKey sealing; … };
//   Guarded<KeyRing> ring = make_guarded<KeyRing>();
#pragma once

#include <memory>
#include <new>
#include <type_traits>
#include <utility>

namespace knoop {

/// Memory behind guard pages. Ends the process when there is none left: a node without its keys can do nothing.
[[nodiscard]] void* allocate_guarded(std::size_t size);
void free_guarded(void* memory) noexcept;

template <typename T>
struct GuardedDelete {
  void operator()(T* object) const noexcept {
    object->~T();
    free_guarded(object);
  }
};

template <typename T>
using Guarded = std::unique_ptr<T, GuardedDelete<T>>;

/// The block ends at a page's end, so it is aligned as T wants: a T's size is a multiple of its alignment.
/// T's constructor must not throw.
template <typename T, typename... Args>
[[nodiscard]] Guarded<T> make_guarded(Args&&... args) {
  static_assert(std::is_nothrow_constructible_v<T, Args...>);
  return Guarded<T>(new (allocate_guarded(sizeof(T))) T{std::forward<Args>(args)...});
}

}  // namespace knoop
