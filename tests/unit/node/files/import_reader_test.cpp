#include "node/files/import_reader.h"

#include <catch2/catch.hpp>
#include <fstream>

#include "tests/support/temp_dir.h"

namespace knoop {
namespace {

using records::ImportFile;
using records::RawRow;

constexpr std::string_view header = "client_ref;soort;vanaf;tot;professional;functie;telefoon;email\n";

Result<std::vector<RawRow>> rows_of(ImportFile file, std::string_view text) {
  std::vector<RawRow> out;
  ImportReader reader(file);
  const auto visit = [&](std::vector<RawRow>&& rows) -> Result<void> {
    CHECK(rows.size() <= ImportReader::batch_rows);
    for (RawRow& row : rows) out.push_back(std::move(row));
    return {};
  };
  KNOOP_TRY(reader.feed(view(text), visit));
  KNOOP_TRY(reader.finish(visit));
  return out;
}

std::string file_error(ImportFile file, std::string_view text) {
  const auto rows = rows_of(file, text);
  INFO(text);
  REQUIRE_FALSE(rows);
  CHECK(rows.error().side == Side::user);
  return rows.error().sentence;
}

TEST_CASE("columns may stand in any order and come out in ours") {
  const auto rows = rows_of(ImportFile::involvements,
                            "email;client_ref;soort;vanaf;tot;professional;functie;telefoon\n"
                            "e;c;s;v;t;p;f;tel\n");
  REQUIRE(rows);
  REQUIRE(rows->size() == 1);
  CHECK(rows->front().line == 2);
  CHECK(rows->front().fields == std::vector<std::string>{"c", "s", "v", "t", "p", "f", "tel", "e"});
}

TEST_CASE("a header that is not exactly the columns fails the file, and says which column") {
  CHECK(file_error(ImportFile::involvements, "").find("empty") != std::string::npos);
  CHECK(file_error(ImportFile::involvements, "client_ref;soort\n").find("vanaf") != std::string::npos);
  CHECK(file_error(ImportFile::involvements, std::string(header).insert(0, "kleur;")).find("\"kleur\"") !=
        std::string::npos);
  CHECK(file_error(ImportFile::involvements, std::string(header).insert(0, "tot;")).find("twice") !=
        std::string::npos);
}

TEST_CASE("a file without header does not put its first record into the sentence") {
  const std::string sentence = file_error(ImportFile::clients, "T-1;123456782;Noor;;Voorbeeld\n");
  CHECK(sentence.find("123456782") == std::string::npos);
  CHECK(sentence.find("T-1") == std::string::npos);
  CHECK(sentence.find("clients.csv") != std::string::npos);
}

TEST_CASE("a row with more or fewer fields is a problem of the row") {
  const auto rows = rows_of(ImportFile::involvements,
                            std::string(header) + "a;b\n" + "a;b;c;d;e;f;g;h;i\n" + "a;b;c;d;e;f;g;h\n");
  REQUIRE(rows);
  REQUIRE(rows->size() == 3);
  CHECK((*rows)[0].problem);
  CHECK((*rows)[1].problem);
  CHECK_FALSE((*rows)[2].problem);
}

TEST_CASE("a file is handed over in batches, and memory stays with one of them") {
  testing::TempDir dir;
  const auto path = dir / "involvements.csv";
  {
    std::ofstream file(path);
    file << header;
    for (int i = 0; i < 10'000; ++i) file << "T-" << i << ";b;c;d;e;f;g;h\n";
  }
  std::size_t rows = 0;
  std::size_t batches = 0;
  REQUIRE(
      read_import_file(path, ImportFile::involvements, {}, [&](std::vector<RawRow>&& batch) -> Result<void> {
        rows += batch.size();
        ++batches;
        CHECK(batch.size() <= ImportReader::batch_rows);
        return {};
      }));
  CHECK(rows == 10'000);
  CHECK(batches == (10'000 + ImportReader::batch_rows - 1) / ImportReader::batch_rows);
  const auto none =
      read_import_file(dir / "none.csv", ImportFile::clients, {}, [](auto&&) -> Result<void> { return {}; });
  REQUIRE_FALSE(none);
  CHECK(none.error().code == ErrorCode::not_found);
}

TEST_CASE("rejects are a file that its own reader can read") {
  records::Reject reject{ImportFile::clients, 12, "bsn", "has; a semicolon"};
  std::vector<std::vector<std::string>> rows;
  CsvReader reader;
  const auto visit = [&](CsvRecord&& record) -> Result<void> {
    rows.push_back(std::move(record.fields));
    return {};
  };
  REQUIRE(reader.feed(view(rejects_header() + rejects_line(reject)), visit));
  REQUIRE(reader.finish(visit));
  REQUIRE(rows.size() == 2);
  CHECK(rows[1] == std::vector<std::string>{"clients.csv", "12", "bsn", "has; a semicolon"});
}

}  // namespace
}  // namespace knoop
