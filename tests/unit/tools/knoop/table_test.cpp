#include "tools/knoop/table.h"

#include <catch2/catch.hpp>

namespace knoop::cli {
namespace {

TEST_CASE("columns are aligned by characters, without spaces at the end") {
  Table table({"NAME", "X", "LAST"});
  table.add({"Zoë", "1", "a"});
  table.add({"Jan", "22", ""});
  CHECK(table.text() == "NAME  X   LAST\nZoë   1   a\nJan   22\n");
}

TEST_CASE("a stranger's text cannot speak to the terminal") {
  CHECK(printable("a\x1b[2Jb\n\x7f") == "a?[2Jb??");
  CHECK(printable("a\xc2\x9b"
                  "31mb") == "a?31mb");
  CHECK(printable("Zoë") == "Zoë");
}

}  // namespace
}  // namespace knoop::cli
