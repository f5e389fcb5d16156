// The disk fails at every single operation in turn, in every way: what was flushed is there afterwards, what was not is
// there as a whole or not at all, and the file is sound.
#include <catch2/catch.hpp>

#include "storage/database.h"
#include "tests/support/fault_vfs.h"
#include "tests/support/temp_dir.h"

namespace knoop::storage {
namespace {

using test::FaultVfs;

constexpr int groups = 6;
constexpr int events_in_group = 3;

constexpr std::array table{
    Migration{1, "test", "CREATE TABLE t(grp INTEGER NOT NULL, text TEXT NOT NULL) STRICT"}};

OpenOptions options(const char* vfs = "") {
  OpenOptions out;
  out.vfs = vfs;
  out.migrations = table;
  return out;
}

struct Run {
  int flushed = 0;  ///< Groups whose flush succeeded.
  std::optional<Error> error;
  bool refused_after = true;  ///< Whether the database refused to go on after io_failed at a commit.
};

/// Groups of events until the first error.
Run work(Database& database) {
  Run run;
  for (int group = 0; group < groups && !run.error; ++group) {
    for (int i = 0; i < events_in_group && !run.error; ++i) {
      auto tx = database.begin();
      if (!tx) {
        run.error = tx.error();
        break;
      }
      // Long enough to reach past the page that the last group ended on.
      if (auto done = tx->exec("INSERT INTO t(grp, text) VALUES (?, ?)", group, std::string(3000, 'x'));
          !done)
        run.error = done.error();
      else if (auto kept = tx->commit(); !kept)
        run.error = kept.error();
    }
    if (run.error) break;
    if (auto flushed = database.flush(); !flushed) {
      run.error = flushed.error();
      if (run.error->code == ErrorCode::io_failed) run.refused_after = !database.begin().has_value();
    } else {
      ++run.flushed;
    }
  }
  return run;
}

TEST_CASE("whatever the disk does, a group is there as a whole or not at all") {
  FaultVfs& disk = FaultVfs::instance();
  int runs = 0;
  for (const auto fault : {FaultVfs::Fault::error, FaultVfs::Fault::torn, FaultVfs::Fault::full}) {
    for (std::int64_t nth = 1;; ++nth) {
      testing::TempDir dir;
      const auto path = dir / "a.db";
      disk.disarm();
      auto database = Database::open(path, SymmetricKey{}, OpenMode::create, options(FaultVfs::name));
      REQUIRE(database);
      disk.arm(nth, fault);
      const Run run = work(**database);
      const bool hit = disk.hit();
      database->reset();  // with the disk still failing
      disk.disarm();

      const auto after = Database::open(path, SymmetricKey{}, OpenMode::open, options());
      INFO("fault " << static_cast<int>(fault) << " at operation " << nth << ", " << run.flushed
                    << " groups flushed, " << (run.error ? run.error->sentence : "no error"));
      REQUIRE(after);
      CHECK((*after)->check());
      auto tx = (*after)->begin();
      REQUIRE(tx);
      int found = 0;
      REQUIRE(tx->each("SELECT grp, count(*) FROM t GROUP BY grp ORDER BY grp",
                       [&](const Row& row) -> Result<void> {
                         CHECK(row.get<int>(0) == found);
                         CHECK(row.get<int>(1) == events_in_group);
                         ++found;
                         return {};
                       }));
      // A commit that failed may be on disk all the same, since nobody was told: that one group and no other.
      CHECK((found == run.flushed || (run.error && found == run.flushed + 1)));
      CHECK(run.refused_after);
      if (run.error) {
        CHECK((run.error->code == ErrorCode::io_failed || run.error->code == ErrorCode::disk_full));
        if (fault == FaultVfs::Fault::full) CHECK(run.error->code == ErrorCode::disk_full);
      }
      ++runs;
      if (!hit) {
        CHECK_FALSE(run.error);
        break;
      }
    }
  }
  CHECK(runs > 30);
}

TEST_CASE("a disk that fails while a database is made leaves nothing in the way of making it again") {
  FaultVfs& disk = FaultVfs::instance();
  for (const auto fault : {FaultVfs::Fault::error, FaultVfs::Fault::torn, FaultVfs::Fault::full}) {
    for (std::int64_t nth = 1;; ++nth) {
      testing::TempDir dir;
      const auto path = dir / "a.db";
      disk.arm(nth, fault);
      auto database = Database::open(path, SymmetricKey{}, OpenMode::create, options(FaultVfs::name));
      const bool hit = disk.hit();
      const bool made = database.has_value();
      database = fail(ErrorCode::wrong_state, Side::ours, "closed");
      disk.disarm();
      INFO("fault " << static_cast<int>(fault) << " at operation " << nth);
      const auto after =
          Database::open(path, SymmetricKey{}, made ? OpenMode::open : OpenMode::create, options());
      REQUIRE(after);
      CHECK((*after)->check());
      CHECK((*after)->schema_version() == 1);
      if (!hit) break;
    }
  }
}

}  // namespace
}  // namespace knoop::storage
