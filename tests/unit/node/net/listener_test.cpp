#include "node/net/listener.h"

#include <catch2/catch.hpp>

using namespace knoop;
using namespace knoop::net;

TEST_CASE("A routing id of libzmq's own making is a zero and four bytes") {
  CHECK(RoutingId::from(Bytes{0, 1, 2, 3, 4}));
  CHECK_FALSE(RoutingId::from(Bytes{1, 1, 2, 3, 4}));
  CHECK_FALSE(RoutingId::from(Bytes{0, 1, 2, 3}));
  CHECK_FALSE(RoutingId::from(Bytes{0, 1, 2, 3, 4, 5}));
  CHECK_FALSE(RoutingId::from(Bytes{}));
}

TEST_CASE("A routing id is newer by its running number, also when the number wraps") {
  const auto id = [](Byte a, Byte d) { return *RoutingId::from(Bytes{0, a, a, a, d}); };
  CHECK(id(0, 2).newer_than(id(0, 1)));
  CHECK_FALSE(id(0, 1).newer_than(id(0, 2)));
  CHECK_FALSE(id(0, 1).newer_than(id(0, 1)));
  CHECK(id(0, 0).newer_than(id(255, 255)));
  CHECK_FALSE(id(255, 255).newer_than(id(0, 0)));
}
