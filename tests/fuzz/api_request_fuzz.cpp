// The parts of a request to the API that a local program can choose freely: its address and its JSON. What is accepted
// keeps the promises on which routes rely; nothing crashes, and memory stays within the limits.
#include <cstdlib>

#include "crypto/base/utf8.h"
#include "node/http/body.h"
#include "node/http/target.h"

namespace {

void must(bool holds) {
  if (!holds) std::abort();
}

void check_target(std::string_view text) {
  const auto target = knoop::http::parse_target(text);
  if (!target) return;
  must(text.size() <= knoop::http::max_target_bytes);
  std::string again;
  for (const std::string& segment : target->segments) {
    must(!segment.empty() && segment != "." && segment != ".." && knoop::is_utf8(segment));
    again += "/" + knoop::http::escape(segment);
  }
  // Written with every escape, an address is up to three times as long.
  if (again.size() <= knoop::http::max_target_bytes)
    must(knoop::http::parse_target(again).value().segments == target->segments);
}

void check_body(std::string_view text) {
  const auto json = knoop::http::parse_body(text);
  if (!json) return;
  knoop::http::BodyReader body(*json);
  (void)body.text("a", 10);
  (void)body.optional_text("b", 10);
  (void)body.optional_date("c");
  (void)body.truth_or("d", false);
  (void)body.texts("e", 4, 4);
  (void)body.list("f", 4);
  if (const auto done = body.finish(); !done) must(knoop::is_utf8(done.error().sentence));
  // What was accepted can be written, and is one object again.
  must(knoop::http::parse_body(json->dump()).has_value());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  check_target(text);
  check_body(text);
  return 0;
}
