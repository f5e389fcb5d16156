#include "crypto/checkpoint.h"

#include <catch2/catch.hpp>

using namespace knoop;

namespace {

const std::string root = to_base64(Bytes(32, 0x5a));

}  // namespace

TEST_CASE("a checkpoint is origin, size, root and extension lines") {
  const Checkpoint head{"network/member/1", 42, *Hash256::from(Bytes(32, 0x5a)), {}};
  CHECK(head.text() == "network/member/1\n42\n" + root + "\n");
  CHECK(Checkpoint::parse(head.text()) == head);
  const Checkpoint extended{"o", 18446744073709551615U, head.root, {"one", "two"}};
  CHECK(Checkpoint::parse(extended.text()) == extended);
  const Checkpoint empty{"o", 0, head.root, {}};
  CHECK(Checkpoint::parse(empty.text()) == empty);
}

TEST_CASE("other forms of a checkpoint are refused") {
  for (const std::string& bad : {
           std::string(),
           std::string("o\n"),
           std::string("o\n1\n"),
           "o\n1\n" + root,
           "\n1\n" + root + "\n",
           "o\n\n" + root + "\n",
           "o\n01\n" + root + "\n",
           "o\n+1\n" + root + "\n",
           "o\n-1\n" + root + "\n",
           "o\n1 \n" + root + "\n",
           "o\n0x1\n" + root + "\n",
           "o\n18446744073709551616\n" + root + "\n",
           "o\n1\n" + root.substr(4) + "\n",
           "o\n1\n" + to_base64(Bytes(33, 1)) + "\n",
           "o\n1\n" + root + "\n\n",
           "o\n1\n" + root + "\n\nx\n",
           "o\t\n1\n" + root + "\n",
           "o\xFF\n1\n" + root + "\n",
       }) {
    INFO(bad);
    CHECK_FALSE(Checkpoint::parse(bad));
  }
}
