#include "storage/database.h"

#include <rapidcheck.h>
#include <sys/stat.h>

#include <catch2/catch.hpp>
#include <fstream>

#include "tests/support/temp_dir.h"

namespace knoop::storage {
namespace {

using testing::TempDir;

constexpr std::array kOneTable{Migration{
    1, "test",
    "CREATE TABLE t(id INTEGER PRIMARY KEY, number INTEGER, text TEXT, blob BLOB) STRICT;"
    "CREATE TABLE child(id INTEGER PRIMARY KEY, parent INTEGER NOT NULL REFERENCES t(id)) STRICT;"}};

SymmetricKey test_key(Byte fill = 7) {
  SymmetricKey key;
  std::fill_n(key.data(), SymmetricKey::size, fill);
  return key;
}

OpenOptions test_options() {
  OpenOptions options;
  options.migrations = kOneTable;
  return options;
}

std::unique_ptr<Database> must_open(const std::filesystem::path& path, OpenMode mode,
                                    OpenOptions options = test_options()) {
  auto database = Database::open(path, test_key(), mode, options);
  INFO((database ? "" : database.error().sentence));
  REQUIRE(database);
  return std::move(*database);
}

ErrorCode open_error(const std::filesystem::path& path, OpenMode mode, const SymmetricKey& key = test_key(),
                     const OpenOptions& options = test_options()) {
  const auto database = Database::open(path, key, mode, options);
  REQUIRE_FALSE(database);
  UNSCOPED_INFO(database.error().sentence);
  return database.error().code;
}

void insert(Database& database, std::int64_t number, std::string_view text = "x") {
  auto tx = database.begin();
  REQUIRE(tx);
  REQUIRE(tx->exec("INSERT INTO t(number, text) VALUES (?, ?)", number, text));
  REQUIRE(tx->commit());
}

std::int64_t count(Database& database, std::string_view where = "") {
  auto tx = database.begin();
  REQUIRE(tx);
  auto row = tx->one(fmt::format("SELECT count(*) FROM t {}", where));
  REQUIRE(row);
  return (*row)->get<std::int64_t>(0);
}

std::string contents(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void overwrite(const std::filesystem::path& path, std::size_t at, std::string_view bytes) {
  std::fstream file(path, std::ios::binary | std::ios::in | std::ios::out);
  file.seekp(static_cast<std::streamoff>(at));
  file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  REQUIRE(file.good());
}

/// What a crash leaves: the files as they are at this moment.
void copy_files(const std::filesystem::path& from, const std::filesystem::path& to) {
  for (const char* suffix : {"", "-wal"}) {
    std::filesystem::path a = from;
    std::filesystem::path b = to;
    std::filesystem::copy_file(a += suffix, b += suffix, std::filesystem::copy_options::overwrite_existing);
  }
}

TEST_CASE("values of every type come back as they went in") {
  TempDir dir;
  const auto database = must_open(dir / "a.db", OpenMode::create);
  auto tx = database->begin();
  REQUIRE(tx);
  const Hash256 hash = *Hash256::from(Bytes(32, 9));
  const auto id = tx->insert("INSERT INTO t(number, text, blob) VALUES (?, ?, ?)", Timestamp{-5},
                             std::string("\0é", 3), hash);
  REQUIRE(id);
  auto row = tx->one("SELECT number, text, blob, NULL, ?, ?, ?, ?, ? FROM t WHERE id = ?", true,
                     Date{1999, 2, 28}, Bytes{}, std::string_view{}, std::optional<int>{}, *id);
  REQUIRE(row);
  REQUIRE(*row);
  const Row& r = **row;
  CHECK(r.get<Timestamp>(0) == Timestamp{-5});
  CHECK(r.get<std::string>(1) == std::string("\0é", 3));
  CHECK(r.get<Hash256>(2) == hash);
  CHECK(r.is_null(3));
  CHECK(r.get<bool>(4));
  CHECK(r.get<Date>(5) == Date{1999, 2, 28});
  CHECK_FALSE(r.is_null(6));  // empty is not nothing
  CHECK(r.get<Bytes>(6).empty());
  CHECK_FALSE(r.is_null(7));
  CHECK(r.get<std::string>(7).empty());
  CHECK_FALSE(r.get<std::optional<int>>(8));

  const auto refused = tx->exec("INSERT INTO t(number) VALUES (?)", ~std::uint64_t{0});
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == ErrorCode::bad_value);
}

TEST_CASE("any text and any bytes survive the database") {
  TempDir dir;
  const auto database = must_open(dir / "a.db", OpenMode::create);
  CHECK(rc::check("round trip", [&](std::int64_t number, const std::string& text, const Bytes& blob) {
    auto tx = database->begin();
    RC_ASSERT(tx.has_value());
    auto row = tx->one("INSERT INTO t(number, text, blob) VALUES (?, ?, ?) RETURNING number, text, blob",
                       number, text, blob);
    RC_ASSERT(row.has_value() && row->has_value());
    RC_ASSERT((*row)->get<std::int64_t>(0) == number);
    RC_ASSERT((*row)->get<std::string>(1) == text);
    RC_ASSERT((*row)->get<Bytes>(2) == blob);
  }));
}

TEST_CASE("nothing readable is on disk (R1.1), and only the owner may read the file") {
  TempDir dir;
  const auto path = dir / "a.db";
  const auto database = must_open(path, OpenMode::create);
  insert(*database, 1, "a marker that nobody may find");
  REQUIRE(database->flush());
  for (const char* suffix : {"", "-wal"}) {
    std::filesystem::path file = path;
    file += suffix;
    const std::string bytes = contents(file);
    CHECK(bytes.find("marker") == std::string::npos);
    CHECK(bytes.find("SQLite format") == std::string::npos);
    struct stat info {};
    REQUIRE(::stat(file.c_str(), &info) == 0);
    CHECK((info.st_mode & 0777U) == 0600U);
  }
}

TEST_CASE("a database in memory is refused: it would not be encrypted") {
  CHECK(open_error(":memory:", OpenMode::create) == ErrorCode::bad_value);
  CHECK(open_error("", OpenMode::create) == ErrorCode::bad_value);
}

TEST_CASE("opening says plainly what is there and what is not") {
  TempDir dir;
  CHECK(open_error(dir / "none.db", OpenMode::open) == ErrorCode::not_found);
  CHECK_FALSE(std::filesystem::exists(dir / "none.db.lock"));
  CHECK(open_error(dir / "no/such/folder.db", OpenMode::create) == ErrorCode::io_failed);
  CHECK(open_error(dir.path(), OpenMode::open) == ErrorCode::bad_value);
  must_open(dir / "a.db", OpenMode::create).reset();
  CHECK(open_error(dir / "a.db", OpenMode::create) == ErrorCode::conflict);
  std::ofstream(dir / "empty.db").close();
  CHECK(open_error(dir / "empty.db", OpenMode::open) == ErrorCode::damaged_database);
  must_open(dir / "empty.db", OpenMode::create);  // a creation that was cut off may be repeated
}

TEST_CASE("a second start on the same database is refused") {
  TempDir dir;
  auto first = must_open(dir / "a.db", OpenMode::create);
  CHECK(open_error(dir / "a.db", OpenMode::open) == ErrorCode::database_busy);
  first.reset();
  must_open(dir / "a.db", OpenMode::open);
}

TEST_CASE("a wrong key is said, and changes nothing") {
  TempDir dir;
  auto database = must_open(dir / "a.db", OpenMode::create);
  for (int i = 0; i < 50; ++i) insert(*database, i, std::string(3000, 'x'));
  REQUIRE(database->flush());
  copy_files(dir / "a.db", dir / "b.db");  // with a write-ahead log that a careless close would fold in
  const std::string file = contents(dir / "b.db");
  const std::string log = contents(dir / "b.db-wal");
  CHECK(open_error(dir / "b.db", OpenMode::open, test_key(8)) == ErrorCode::bad_key);
  CHECK(contents(dir / "b.db") == file);
  CHECK(contents(dir / "b.db-wal") == log);
  CHECK(count(*must_open(dir / "b.db", OpenMode::open)) == 50);
}

TEST_CASE("a newer schema is refused, and nothing changes") {
  TempDir dir;
  auto database = must_open(dir / "a.db", OpenMode::create);
  insert(*database, 1);
  REQUIRE(database->flush());
  copy_files(dir / "a.db", dir / "b.db");
  const std::string file = contents(dir / "b.db");
  const std::string log = contents(dir / "b.db-wal");
  OpenOptions older;
  older.migrations = {};
  CHECK(open_error(dir / "b.db", OpenMode::open, test_key(), older) == ErrorCode::newer_schema);
  CHECK(contents(dir / "b.db") == file);
  CHECK(contents(dir / "b.db-wal") == log);
}

TEST_CASE("a damaged page is found when it is read, and by check()") {
  TempDir dir;
  const auto path = dir / "a.db";
  auto database = must_open(path, OpenMode::create);
  for (int i = 0; i < 200; ++i) insert(*database, i, std::string(1000, 'x'));
  REQUIRE(database->flush());
  CHECK(database->check());
  database.reset();
  const std::string good = contents(path);
  REQUIRE(good.size() > 20 * 4096);

  SECTION("in the middle") {
    overwrite(path, 10 * 4096 + 100, "damage");
    database = must_open(path, OpenMode::open);
    {
      auto tx = database->begin();
      REQUIRE(tx);
      const auto sum = tx->one("SELECT sum(length(text)) FROM t");
      REQUIRE_FALSE(sum);
      INFO(sum.error().sentence);
      CHECK(sum.error().code == ErrorCode::damaged_database);
    }
    const auto checked = database->check();
    REQUIRE_FALSE(checked);
    CHECK(checked.error().code == ErrorCode::damaged_database);
  }
  SECTION("the first page") {
    overwrite(path, 100, "damage");
    CHECK(open_error(path, OpenMode::open) == ErrorCode::damaged_database);
  }
  SECTION("the salt at its beginning cannot be told from another key") {
    overwrite(path, 0, "damage");
    CHECK(open_error(path, OpenMode::open) == ErrorCode::bad_key);
  }
  SECTION("cut off") {
    std::filesystem::resize_file(path, 5 * 4096 + 1000);
    const auto opened = Database::open(path, test_key(), OpenMode::open, test_options());
    if (opened) {
      const auto checked = (*opened)->check();
      REQUIRE_FALSE(checked);
      CHECK(checked.error().code == ErrorCode::damaged_database);
    } else {
      CHECK(opened.error().code == ErrorCode::damaged_database);
    }
  }
  SECTION("not a database at all") {
    overwrite(path, 0, std::string(good.size(), 'z'));
    CHECK(open_error(path, OpenMode::open) == ErrorCode::bad_key);
  }
}

TEST_CASE("any single changed bit of a page is found") {
  TempDir dir;
  const auto path = dir / "a.db";
  auto database = must_open(path, OpenMode::create);
  for (int i = 0; i < 30; ++i) insert(*database, i, std::string(1000, 'x'));
  REQUIRE(database->flush());
  database.reset();
  const std::string good = contents(path);
  CHECK(rc::check("bit flip", [&] {
    const auto at = *rc::gen::inRange<std::size_t>(16, good.size());
    const char bad = static_cast<char>(good[at] ^ (1 << *rc::gen::inRange(0, 8)));
    overwrite(path, at, std::string_view(&bad, 1));
    const auto opened = Database::open(path, test_key(), OpenMode::open, test_options());
    if (opened) {
      RC_ASSERT_FALSE((*opened)->check().has_value());
    } else {
      RC_ASSERT(opened.error().code == ErrorCode::damaged_database);
    }
    overwrite(path, at, std::string_view(&good[at], 1));
  }));
}

TEST_CASE("a crash keeps what was flushed and nothing else") {
  TempDir dir;
  const auto database = must_open(dir / "a.db", OpenMode::create);
  insert(*database, 1);
  insert(*database, 2);
  CHECK(database->pending() == 2);
  REQUIRE(database->flush());
  CHECK(database->pending() == 0);
  insert(*database, 3);
  copy_files(dir / "a.db", dir / "crashed.db");
  const auto after = must_open(dir / "crashed.db", OpenMode::open);
  CHECK(count(*after) == 2);
  CHECK(after->check());
}

TEST_CASE("a torn write-ahead log falls back to an earlier commit") {
  TempDir dir;
  const auto database = must_open(dir / "a.db", OpenMode::create);
  insert(*database, 1);
  REQUIRE(database->flush());
  const auto whole = std::filesystem::file_size(dir / "a.db-wal");
  insert(*database, 2);
  REQUIRE(database->flush());
  copy_files(dir / "a.db", dir / "torn.db");
  std::filesystem::resize_file(dir / "torn.db-wal",
                               (whole + std::filesystem::file_size(dir / "a.db-wal")) / 2);
  const auto after = must_open(dir / "torn.db", OpenMode::open);
  CHECK(count(*after) == 1);
}

TEST_CASE("an event without commit never happened, also inside a group") {
  TempDir dir;
  const auto database = must_open(dir / "a.db", OpenMode::create);
  insert(*database, 1);
  {
    auto tx = database->begin();
    REQUIRE(tx);
    REQUIRE(tx->exec("INSERT INTO t(number) VALUES (2)"));
  }
  insert(*database, 3);
  REQUIRE(database->flush());
  CHECK(count(*database) == 2);
  CHECK(count(*database, "WHERE number = 2") == 0);
}

TEST_CASE("a nested transaction fails by itself") {
  TempDir dir;
  const auto database = must_open(dir / "a.db", OpenMode::create);
  {
    auto tx = database->begin();
    REQUIRE(tx);
    REQUIRE(tx->exec("INSERT INTO t(number) VALUES (1)"));
    {
      auto row = tx->nested();
      REQUIRE(row);
      REQUIRE(row->exec("INSERT INTO t(number) VALUES (2)"));
      const auto refused = row->exec("INSERT INTO child(parent) VALUES (999)");
      REQUIRE_FALSE(refused);
      CHECK(refused.error().code == ErrorCode::conflict);
    }
    {
      auto row = tx->nested();
      REQUIRE(row);
      REQUIRE(row->exec("INSERT INTO t(number) VALUES (3)"));
      REQUIRE(row->commit());
    }
    REQUIRE(tx->commit());
  }
  REQUIRE(database->flush());
  CHECK(count(*database, "WHERE number IN (1, 3)") == 2);
  CHECK(count(*database) == 2);
}

TEST_CASE("discard drops the group and a new one works") {
  TempDir dir;
  const auto database = must_open(dir / "a.db", OpenMode::create);
  insert(*database, 1);
  database->discard();
  CHECK(database->pending() == 0);
  insert(*database, 2);
  REQUIRE(database->flush());
  CHECK(count(*database) == 1);
}

TEST_CASE("a visitor may read and write through the transaction it is called in") {
  TempDir dir;
  const auto database = must_open(dir / "a.db", OpenMode::create);
  for (int i = 0; i < 3; ++i) insert(*database, i);
  auto tx = database->begin();
  REQUIRE(tx);
  int pairs = 0;
  const std::string_view same = "SELECT number FROM t WHERE number >= ?";
  REQUIRE(tx->each(same, 0, [&](const Row& outer) -> Result<void> {
    KNOOP_TRY(tx->exec("INSERT INTO child(parent) VALUES (?)", outer.get<int>(0) + 1));
    return tx->each(same, outer.get<int>(0), [&](const Row&) -> Result<void> {
      ++pairs;
      return {};
    });
  }));
  CHECK(pairs == 6);
  const auto stopped = tx->each(
      same, 0, [](const Row&) -> Result<void> { return fail(ErrorCode::wrong_state, Side::ours, "enough"); });
  REQUIRE_FALSE(stopped);
  CHECK(stopped.error().code == ErrorCode::wrong_state);
}

TEST_CASE("a full disk undoes the whole group and says so, later work goes on") {
  TempDir dir;
  OpenOptions options = test_options();
  options.max_pages = 40;
  const auto database = must_open(dir / "a.db", OpenMode::create, options);
  insert(*database, 1);
  REQUIRE(database->flush());
  insert(*database, 2);
  std::optional<Error> error;
  for (int i = 0; i < 200 && !error; ++i) {
    auto tx = database->begin();
    if (!tx) {
      error = tx.error();
    } else if (auto done = tx->exec("INSERT INTO t(text) VALUES (?)", std::string(3000, 'x')); !done) {
      error = done.error();
    } else {
      REQUIRE(tx->commit());
    }
  }
  REQUIRE(error);
  CHECK(error->code == ErrorCode::disk_full);
  const auto flushed = database->flush();
  if (!flushed) {
    CHECK(flushed.error().code == ErrorCode::disk_full);
    CHECK(count(*database) == 1);
  }
  insert(*database, 7);
  REQUIRE(database->flush());
  CHECK(count(*database, "WHERE number IN (1, 7)") == 2);
}

TEST_CASE("migrations are applied once, in order, and all or none") {
  TempDir dir;
  const auto path = dir / "a.db";
  must_open(path, OpenMode::create).reset();

  const std::array two{kOneTable[0], Migration{2, "more", "CREATE TABLE u(id INTEGER PRIMARY KEY) STRICT"}};
  const std::array broken{two[0], two[1],
                          Migration{3, "broken", "CREATE TABLE v(id INTEGER PRIMARY KEY) STRICT; nonsense"}};
  OpenOptions options;
  options.migrations = broken;
  CHECK(open_error(path, OpenMode::open, test_key(), options) == ErrorCode::io_failed);
  {
    const auto database = must_open(path, OpenMode::open);  // still as it was
    CHECK(database->schema_version() == 1);
  }
  options.migrations = two;
  CHECK(must_open(path, OpenMode::open, options)->schema_version() == 2);
  CHECK(must_open(path, OpenMode::open, options)->schema_version() == 2);
  CHECK(open_error(path, OpenMode::open) == ErrorCode::newer_schema);
}

TEST_CASE("the schema of this program applies to an empty database") {
  TempDir dir;
  const auto database = must_open(dir / "a.db", OpenMode::create, OpenOptions{});
  CHECK(database->schema_version() == all_migrations().back().number);
  auto tx = database->begin();
  REQUIRE(tx);
  CHECK(tx->each(
      "SELECT name FROM pragma_table_list WHERE type = 'table' AND strict = 0 AND name NOT LIKE 'sqlite_%'",
      [](const Row& row) -> Result<void> {
        return fail(ErrorCode::bad_value, Side::ours, "{} is not STRICT", row.get<std::string>(0));
      }));
}

}  // namespace
}  // namespace knoop::storage
