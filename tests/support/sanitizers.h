// Which sanitizer slows this program down: GCC says so by a macro, clang when it is asked.
#pragma once

#ifdef __has_feature
#define KNOOP_HAS_FEATURE(name) __has_feature(name)
#else
#define KNOOP_HAS_FEATURE(name) 0
#endif

#if defined(__SANITIZE_ADDRESS__) || KNOOP_HAS_FEATURE(address_sanitizer)
#define KNOOP_SANITIZED_ADDRESSES
#endif
#if defined(__SANITIZE_THREAD__) || KNOOP_HAS_FEATURE(thread_sanitizer)
#define KNOOP_SANITIZED_THREADS
#endif
