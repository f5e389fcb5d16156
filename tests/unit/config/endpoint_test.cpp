#include "config/endpoint.h"

#include <catch2/catch.hpp>

using namespace knoop;

TEST_CASE("endpoints are exactly tcp, host and port") {
  for (const char* good : {"tcp://127.0.0.1:7410", "tcp://knoop.example:1", "tcp://[::1]:65535",
                           "tcp://a-b.c:7410", "tcp://0.0.0.0:7410"})
    CHECK(is_endpoint(good));
  for (const char* bad : {"", "tcp://", "tcp://:7410", "tcp://host", "tcp://host:", "tcp://host:0",
                          "tcp://host:65536", "tcp://host:07410", "tcp://*:7410", "tcp://eth0;host:7410",
                          "ipc:///tmp/x:1", "tcp://host:7410/x", "tcp://ho st:7410", "tcp://a..b:7410",
                          "tcp://-a:7410", "tcp://[]:7410", "tcp://[zz::1]:7410", "inproc://a:1"})
    CHECK_FALSE(is_endpoint(bad));
}
