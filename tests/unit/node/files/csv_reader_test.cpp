#include "node/files/csv_reader.h"

#include <rapidcheck.h>

#include <catch2/catch.hpp>
#include <optional>

namespace knoop {
namespace {

using Rows = std::vector<std::vector<std::string>>;

struct Outcome {
  Rows rows;
  std::vector<std::uint64_t> lines;
  std::optional<Error> error;
};

/// Reads `text` cut into chunks of `step` bytes.
Outcome read(std::string_view text, std::size_t step = 1 << 20, const ReadLimits& limits = {}) {
  Outcome out;
  CsvReader reader(limits);
  const auto visit = [&](CsvRecord&& record) -> Result<void> {
    out.lines.push_back(record.line);
    out.rows.push_back(std::move(record.fields));
    return {};
  };
  for (std::size_t at = 0; at < text.size(); at += step) {
    if (auto fed = reader.feed(view(text.substr(at, step)), visit); !fed) {
      out.error = fed.error();
      return out;
    }
  }
  if (auto finished = reader.finish(visit); !finished) out.error = finished.error();
  return out;
}

Rows good(std::string_view text) {
  const Outcome out = read(text);
  INFO((out.error ? out.error->sentence : ""));
  REQUIRE_FALSE(out.error);
  return out.rows;
}

ErrorCode bad(std::string_view text, const ReadLimits& limits = {}) {
  const Outcome out = read(text, 1 << 20, limits);
  INFO(text);
  REQUIRE(out.error);
  CHECK(out.error->side == Side::user);
  UNSCOPED_INFO(out.error->sentence);
  return out.error->code;
}

TEST_CASE("records are lines, fields are between semicolons (R1.2)") {
  CHECK(good("a;b\nc;d\n") == Rows{{"a", "b"}, {"c", "d"}});
  CHECK(good("a;b\r\nc;d") == Rows{{"a", "b"}, {"c", "d"}});
  CHECK(good(";\n") == Rows{{"", ""}});
  CHECK(good("").empty());
  CHECK(good("\n\r\n\n").empty());
  CHECK(good("a\n\nb\n") == Rows{{"a"}, {"b"}});
  CHECK(good("Özgür;Şahin\n") == Rows{{"Özgür", "Şahin"}});
}

TEST_CASE("quoted fields hold separators, line breaks and doubled quotes") {
  CHECK(good("\"a;b\";\"c\nd\";\"e\"\"f\"\n") == Rows{{"a;b", "c\nd", "e\"f"}});
  CHECK(good("\"\"\n") == Rows{{""}});
  CHECK(good("\"\";\"\"") == Rows{{"", ""}});
  CHECK(good("\"\"\"\"\n") == Rows{{"\""}});
  CHECK(read("a\n\"b\nc\"\nd\n").lines == std::vector<std::uint64_t>{1, 2, 4});
}

TEST_CASE("a byte order mark is not text") {
  CHECK(good("\xEF\xBB\xBF"
             "a;b\n") == Rows{{"a", "b"}});
  CHECK(good("\xEF\xBB\xBF\"a\";b\n") == Rows{{"a", "b"}});
  CHECK(good("\xEF\xBB\xBF").empty());
  CHECK(good("\xEF\xBB\xBF;b\n") == Rows{{"", "b"}});
  CHECK(good("\"\xEF\xBB\xBF\"\n") == Rows{{"\xEF\xBB\xBF"}});
  CHECK(bad("\xEF\xBB;b\n") == ErrorCode::bad_encoding);
}

TEST_CASE("what is nearly CSV is an error of the whole file, with its line") {
  CHECK(bad("a;b\"c\n") == ErrorCode::bad_format);
  CHECK(bad("\"a\"b;c\n") == ErrorCode::bad_format);
  CHECK(bad("a;\"b\n") == ErrorCode::bad_format);
  CHECK(bad("a\rb\n") == ErrorCode::bad_format);
  CHECK(bad("a\r") == ErrorCode::bad_format);
  CHECK(bad(std::string_view("a\0b\n", 4)) == ErrorCode::bad_encoding);
  CHECK(bad("a;\xff\n") == ErrorCode::bad_encoding);
  CHECK(bad("a;\xc3\n") == ErrorCode::bad_encoding);
  CHECK(bad("Jan;\xe9\xe9n\n") == ErrorCode::bad_encoding);  // ISO 8859-1
  const Outcome open_quote = read("a;b\nc;d\ne;\"f\ng\n");
  REQUIRE(open_quote.error);
  CHECK(open_quote.error->sentence.find("line 3") != std::string::npos);
}

TEST_CASE("everything has a limit") {
  const ReadLimits limits{.file_bytes = 100, .record_bytes = 20, .fields = 3};
  CHECK(bad("a;b;c;d\n", limits) == ErrorCode::over_limit);
  CHECK(bad(std::string(21, 'a'), limits) == ErrorCode::over_limit);
  CHECK(bad("\"" + std::string(30, 'a'), limits) == ErrorCode::over_limit);
  std::string many;
  while (many.size() <= 100) many += "a;b;c\n";
  CHECK(bad(many, limits) == ErrorCode::over_limit);
}

std::string quoted(const std::string& field) {
  std::string out = "\"";
  for (const char c : field) {
    if (c == '"') out += '"';
    out += c;
  }
  return out + "\"";
}

TEST_CASE("any records survive writing and reading, however the file is cut") {
  const auto field = rc::gen::container<std::string>(rc::gen::elementOf(std::string("ab;\"\n \r")));
  CHECK(rc::check("round trip", [&] {
    const auto rows =
        *rc::gen::container<Rows>(rc::gen::nonEmpty(rc::gen::container<std::vector<std::string>>(field)));
    std::string text;
    for (const auto& row : rows) {
      for (std::size_t i = 0; i < row.size(); ++i) text += (i > 0 ? ";" : "") + quoted(row[i]);
      text += *rc::gen::element<std::string>("\n", "\r\n");
    }
    const auto step = *rc::gen::inRange<std::size_t>(1, 8);
    const Outcome out = read(text, step, {.fields = 1000});
    RC_ASSERT_FALSE(out.error.has_value());
    RC_ASSERT(out.rows == rows);
  }));
}

TEST_CASE("any bytes give the same outcome however they are cut, and never anything but UTF-8") {
  const auto byte = rc::gen::elementOf(std::string("a;\"\n\r\xEF\xBB\xBF\xC3\xA9\xFF") + '\0');
  CHECK(rc::check("cuts", [&] {
    const auto text = *rc::gen::container<std::string>(byte);
    const Outcome whole = read(text);
    const Outcome cut = read(text, *rc::gen::inRange<std::size_t>(1, 4));
    RC_ASSERT(whole.rows == cut.rows);
    RC_ASSERT(whole.error.has_value() == cut.error.has_value());
    if (whole.error) RC_ASSERT(whole.error->sentence == cut.error->sentence);
  }));
}

}  // namespace
}  // namespace knoop
