# Half of what compiling one of our files costs is reading headers. In the presets that nobody edits in, the sanitizers', the headers
# that most files of a folder share are read once for all of them. Never in dev or release, where a missing #include must be seen.
#
# knoop_precompile(<target> <headers>): <their names> for others' headers, paths from the root of the project for ours.
function(knoop_precompile target)
  if(NOT KNOOP_PRECOMPILE)
    return()
  endif()
  set(headers <algorithm> <chrono> <filesystem> <functional> <map> <memory> <ranges> <string> <vector>)
  foreach(header IN LISTS ARGN ITEMS crypto/base/fixed.h crypto/base/time.h)
    if(NOT header MATCHES "^<")
      set(header ${CMAKE_SOURCE_DIR}/${header})
    endif()
    list(APPEND headers ${header})
  endforeach()
  target_precompile_headers(${target} PRIVATE ${headers})
  target_compile_options(${target} PRIVATE "SHELL:-Xclang -fno-pch-timestamp")  # or ccache would keep nothing
endfunction()
