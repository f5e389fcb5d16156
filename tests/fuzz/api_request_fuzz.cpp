// The parts of a request to the API that a local program can choose freely: its address and its JSON. What is accepted
// keeps the promises on which routes rely; nothing crashes, and memory stays within the limits.
#include <cstdlib>

#include "crypto/base/utf8.h"
#include "node/http/body.h"
#include "node/http/event_topics.h"
#include "node/http/page.h"
#include "node/http/target.h"
#include "node/http/versions.h"

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
  if (again.empty()) again = "/";
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

void check_headers(std::string_view text) {
  if (const auto position = knoop::http::event_position(text))
    must(knoop::http::event_position(knoop::http::event_id(*position)) == position);
  (void)knoop::http::names_etag(text, "\"00\"");
  knoop::http::Request request;
  request.query["cursor"] = std::string(text);
  request.query["limit"] = std::string(text);
  (void)knoop::http::page_of(request, "things", 50);
  request.query.erase("limit");
  if (const auto page = knoop::http::page_of(request, "things", 50))
    must(knoop::http::next_page("things", page->after) == std::string(text));
  if (const auto place = knoop::http::place_from(text))
    must(knoop::http::place_from(knoop::http::place_of(place->first, place->second)).value() == *place);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  check_target(text);
  check_body(text);
  check_headers(text);
  return 0;
}
