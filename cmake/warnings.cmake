add_library(knoop_warnings INTERFACE)
target_compile_options(knoop_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Werror
  -Wshadow -Wconversion -Wsign-conversion -Wold-style-cast -Wnon-virtual-dtor -Woverloaded-virtual
  -Wcast-align -Wformat=2 -Wimplicit-fallthrough -Wundef)

# Seen by clang, GCC 12's own std::stable_sort calls a function that it deprecates; GCC still warns about such calls of ours.
target_compile_options(knoop_warnings INTERFACE $<$<CXX_COMPILER_ID:Clang>:-Wno-deprecated-declarations>)

# Optimising, GCC 12 takes what is put behind the end of a vector for a write behind its end. Said, but no error.
target_compile_options(knoop_warnings INTERFACE
  $<$<CXX_COMPILER_ID:GNU>:-Wno-error=array-bounds -Wno-error=stringop-overflow>)

# With a sanitizer's checks in between, GCC 12 takes an empty std::optional inside another class for one that is read
# unset. The dev and release builds, which see the same sources without them, keep the warning.
if(KNOOP_SANITIZE)
  target_compile_options(knoop_warnings INTERFACE $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
endif()
