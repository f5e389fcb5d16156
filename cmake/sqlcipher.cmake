# SQLCipher as the target knoop_sqlcipher: the system's when it is 4.5 or later, else the amalgamation pinned in
# third_party/. Debian 12 ships 3.4.1 (SQLite of 2016), too old for a security product.
#
# npm only carries the two files here: the lock file pins the package by integrity, no script of it runs, and what
# is compiled is checked once more by SHA-256 below, so that nobody between its publisher and us can change it.
set(KNOOP_SQLCIPHER_C_SHA256 457f4de07269b6e4e72b52980448c37bec36395ce16fee5929bd5a80f79f9715)
set(KNOOP_SQLCIPHER_H_SHA256 31eeab05c62ed890e96c6fcfba46471a647f93eaf664b90f7cb5978c3dd34ba4)

add_library(knoop_sqlcipher_use INTERFACE)
# sqlite3.h declares sqlite3_key only when this is set.
target_compile_definitions(knoop_sqlcipher_use INTERFACE SQLITE_HAS_CODEC)

pkg_check_modules(sqlcipher QUIET IMPORTED_TARGET sqlcipher>=4.5)
if(sqlcipher_FOUND)
  message(STATUS "SQLCipher: the system's ${sqlcipher_VERSION}")
  add_library(knoop_sqlcipher INTERFACE)
  target_link_libraries(knoop_sqlcipher INTERFACE knoop_sqlcipher_use PkgConfig::sqlcipher)
  return()
endif()

set(sqlcipher_dir ${CMAKE_SOURCE_DIR}/third_party/node_modules/@commapp/sqlcipher-amalgamation/src)
file(LOCK ${CMAKE_SOURCE_DIR}/third_party DIRECTORY GUARD FILE TIMEOUT 300)  # two presets may be configured at once
if(NOT EXISTS ${sqlcipher_dir}/sqlite3.c)
  find_program(NPM npm)
  if(NOT NPM)
    message(FATAL_ERROR "SQLCipher 4.5 is not on this system and npm, which fetches the pinned one, is missing: run tools/setup")
  endif()
  message(STATUS "SQLCipher: fetching 4.5.5")
  execute_process(COMMAND ${NPM} ci --ignore-scripts --no-audit --no-fund
                  WORKING_DIRECTORY ${CMAKE_SOURCE_DIR}/third_party
                  RESULT_VARIABLE status OUTPUT_VARIABLE output ERROR_VARIABLE output)
  if(NOT status EQUAL 0)
    message(FATAL_ERROR "npm ci in third_party failed (${status}); is the network there?\n${output}")
  endif()
endif()
file(LOCK ${CMAKE_SOURCE_DIR}/third_party DIRECTORY RELEASE)
foreach(pair "sqlite3.c=${KNOOP_SQLCIPHER_C_SHA256}" "sqlite3.h=${KNOOP_SQLCIPHER_H_SHA256}")
  string(REPLACE "=" ";" pair ${pair})
  list(GET pair 0 name)
  list(GET pair 1 expected)
  file(SHA256 ${sqlcipher_dir}/${name} found)
  if(NOT found STREQUAL expected)
    message(FATAL_ERROR "third_party: ${name} of SQLCipher is not the pinned one (SHA-256 ${found}, expected ${expected}); "
                        "remove third_party/node_modules and configure again, and do not build when it says so twice")
  endif()
endforeach()

# The only C in the build. One set of flags in every preset, never instrumented, so that ccache compiles it once.
foreach(config DEV DEBUG RELEASE RELWITHDEBINFO MINSIZEREL)
  set(CMAKE_C_FLAGS_${config} "-O2 -g1")
endforeach()
add_library(knoop_sqlcipher STATIC ${sqlcipher_dir}/sqlite3.c)
target_include_directories(knoop_sqlcipher SYSTEM INTERFACE ${sqlcipher_dir})
target_compile_options(knoop_sqlcipher PRIVATE -w -fno-sanitize=all)
target_compile_definitions(knoop_sqlcipher PRIVATE
  SQLITE_HAS_CODEC
  SQLCIPHER_CRYPTO_OPENSSL
  SQLITE_TEMP_STORE=2           # temporary tables and sorts stay in memory: on disk they would be in the clear
  SQLITE_THREADSAFE=2           # one thread owns a connection; several connections in one process
  SQLITE_DQS=0                  # "text" is never a string
  SQLITE_SECURE_DELETE          # what is deleted is overwritten
  SQLITE_DEFAULT_FOREIGN_KEYS=1
  SQLITE_DEFAULT_MEMSTATUS=0
  SQLITE_LIKE_DOESNT_MATCH_BLOBS
  SQLITE_OMIT_DEPRECATED
  SQLITE_OMIT_LOAD_EXTENSION    # no foreign code through SQL
  SQLITE_OMIT_SHARED_CACHE
  SQLITE_ENABLE_STAT4
  HAVE_USLEEP=1)
target_link_libraries(knoop_sqlcipher PRIVATE PkgConfig::libcrypto Threads::Threads ${CMAKE_DL_LIBS} m
                                      INTERFACE knoop_sqlcipher_use)
