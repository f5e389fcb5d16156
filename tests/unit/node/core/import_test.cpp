#include "node/core/import.h"

#include <catch2/catch.hpp>

#include "storage/client_vault.h"
#include "tests/support/must.h"
#include "tests/support/temp_dir.h"
#include "tests/support/test_entropy.h"

namespace knoop {
namespace {

using records::ImportFile;
using storage::ImportCounts;
using storage::ImportId;
using storage::ImportJob;
using storage::ImportState;
using storage::RawRow;

using Row = std::vector<std::string>;

using test::must;

constexpr Timestamp now{1'795'000'000'000};  // 2026-11-18

Row client(const std::string& ref, const std::string& surname = "Voorbeeld", const std::string& bsn = "") {
  return {ref, bsn, "Noor", "", surname, "2015-06-01", "V", "1234 AB", "12", "", "0363", "", "", "", "", ""};
}
Row involvement(const std::string& ref, const std::string& until = "2027-01-15") {
  return {ref, "signaal", "2026-01-15", until, "A. Voorbeeld", "jeugdarts", "020-5550100", "", "", "", ""};
}
Row fragment(const std::string& ref, const std::string& text = "Tekst.") {
  return {ref, "F05", "Aanleiding", "feit", "A. Voorbeeld", "2026-02-01", text, "jeugdige,ouder", "",
          "",  "",    "",           ""};
}

/// A database and what happens to it, an event at a time, with a restart between any two.
class Office {
 public:
  Office() { open(storage::OpenMode::create); }

  /// Each step is an event of its own, flushed.
  template <typename F>
  auto event(F&& f) {
    std::vector<audit::AuditEntry> entries;
    auto tx = must(database_->begin());
    ImportStep step{tx, at, Date::of(at), entropy_, [&](audit::AuditEntry entry) -> Result<void> {
                      entries.push_back(std::move(entry));
                      return {};
                    }};
    auto result = f(step);
    if (result) {
      must(tx.commit());
      for (auto& entry : entries) log.push_back(std::move(entry));
    }
    return result;
  }
  void flush() { must(database_->flush()); }

  void restart() {
    flush();
    database_.reset();
    open(storage::OpenMode::open);
  }

  ImportId stage(const std::vector<std::pair<ImportFile, std::vector<Row>>>& files, bool dry_run = false) {
    const ImportId id = must(event([&](ImportStep& step) { return start_import(step, {dry_run}); }));
    for (const auto& [file, rows] : files) {
      std::vector<RawRow> raw;
      for (std::size_t i = 0; i < rows.size(); ++i) raw.push_back({i + 2, rows[i]});
      must(event([&](ImportStep& step) { return stage_import(step, id, file, raw); }));
    }
    return id;
  }
  bool slice() {
    return must(event([](ImportStep& step) { return continue_imports(step); }));
  }
  ImportJob job(ImportId id) {
    return must(event([&](ImportStep& step) { return storage::find_import(step.tx, id); })).value();
  }
  ImportJob import(const std::vector<std::pair<ImportFile, std::vector<Row>>>& files, bool dry_run = false) {
    const ImportId id = stage(files, dry_run);
    must(event([&](ImportStep& step) { return finish_staging(step, id); }));
    while (slice()) {
    }
    return job(id);
  }
  std::vector<storage::Reject> rejects(ImportId id) {
    return must(event([&](ImportStep& step) {
      return storage::import_rejects(step.tx, id, ImportFile::clients, 0, 1000);
    }));
  }
  std::int64_t number(std::string_view sql) {
    return must(event([&](ImportStep& step) { return step.tx.one(sql); }))->get<std::int64_t>(0);
  }

  std::vector<audit::AuditEntry> log;
  Timestamp at = now;

 private:
  void open(storage::OpenMode mode) {
    database_ = must(storage::Database::open(dir_ / "a.db", SymmetricKey{}, mode));
    database_->use_entropy(entropy_);
  }

  testing::TempDir dir_;
  TestEntropy entropy_;
  std::unique_ptr<storage::Database> database_;
};

ImportCounts counts(const ImportJob& job, ImportFile file) {
  return job.counts[static_cast<std::size_t>(file) - 1];
}

ImportCounts made(std::int64_t added, std::int64_t changed, std::int64_t unchanged, std::int64_t rejected) {
  return {added + changed + unchanged + rejected, added, changed, unchanged, rejected};
}

TEST_CASE("R8.4 staged rows lie under a key of the import, which goes with it") {
  Office office;
  const std::string seen =
      "SELECT count(*) FROM import_staging WHERE instr(fields, CAST('Jansen' AS BLOB)) > 0 OR "
      "instr(key, CAST('K-77' AS BLOB)) > 0 OR instr(fields, CAST('K-77' AS BLOB)) > 0";
  const auto key_of = [&](ImportId id) {
    return must(office.event([&](ImportStep& step) -> Result<std::optional<storage::VaultKeyId>> {
      KNOOP_LET(row, step.tx.one("SELECT key FROM import_jobs WHERE id = ?", id));
      return row->get<std::optional<storage::VaultKeyId>>(0);
    }));
  };
  const auto there = [&](const storage::VaultKeyId& key) {
    return must(office.event([&](ImportStep& step) { return step.tx.vault().has(key); }));
  };
  for (const bool whole : {true, false}) {
    const ImportId id = office.stage({{ImportFile::clients, {client("K-77", "Jansen")}}});
    CHECK(office.number("SELECT count(*) FROM import_staging") == 1);
    CHECK(office.number(seen) == 0);
    const auto key = key_of(id);
    REQUIRE(key);
    CHECK(there(*key));
    if (whole) {
      must(office.event([&](ImportStep& step) { return finish_staging(step, id); }));
      while (office.slice()) {
      }
    } else {
      const auto forgotten = [&] {
        return must(office.event([](ImportStep& step) { return end_forgotten_upload(step); }));
      };
      const auto put = [&](ImportStep& step) {
        return storage::put_reader(step.tx, id, {ImportFile::clients, 1, to_bytes("Jansen")}, step.now);
      };
      must(office.event(put));
      CHECK(office.number(
                "SELECT count(*) FROM import_readers WHERE instr(sealed, CAST('Jansen' AS BLOB)) > 0") == 0);
      office.restart();
      const Timestamp begun = office.at;
      CHECK(forgotten() == begun + upload_ends_after);
      office.at = begun + (upload_ends_after - Milliseconds{1});
      CHECK(forgotten() == begun + upload_ends_after);
      CHECK(office.job(id).state == ImportState::staging);
      office.at = begun + upload_ends_after;
      CHECK_FALSE(forgotten());
      CHECK(office.job(id).state == ImportState::failed);
      CHECK(office.number("SELECT count(*) FROM import_staging") == 1);
      CHECK(office.number("SELECT count(*) FROM import_readers") == 0);
    }
    office.flush();
    CHECK_FALSE(key_of(id));
    CHECK_FALSE(there(*key));
    while (office.slice()) {
    }
  }
}

TEST_CASE("R1.2 three files are taken over, and again they change nothing") {
  Office office;
  const std::vector<std::pair<ImportFile, std::vector<Row>>> files{
      {ImportFile::clients, {client("A"), client("B", "Jansen", "123456782")}},
      {ImportFile::involvements, {involvement("A")}},
      {ImportFile::fragments, {fragment("A"), fragment("A", "Nog een."), fragment("B")}}};
  ImportJob job = office.import(files);
  CHECK(job.state == ImportState::done);
  CHECK(counts(job, ImportFile::clients) == made(2, 0, 0, 0));
  CHECK(counts(job, ImportFile::involvements) == made(1, 0, 0, 0));
  CHECK(counts(job, ImportFile::fragments) == made(3, 0, 0, 0));
  CHECK(office.number("SELECT count(*) FROM import_staging") == 0);
  // R8.1: every record is logged, and the import itself.
  CHECK(office.log.size() == 2 + 1 + 3 + 2);
  for (const auto& entry : office.log) {
    CHECK(entry.detail.find("Jansen") == std::string::npos);
    CHECK(entry.object.find("123456782") == std::string::npos);
  }

  const auto logged = office.log.size();
  job = office.import(files);
  CHECK(counts(job, ImportFile::clients) == made(0, 0, 2, 0));
  CHECK(counts(job, ImportFile::involvements) == made(0, 0, 1, 0));
  CHECK(counts(job, ImportFile::fragments) == made(0, 0, 3, 0));
  CHECK(office.log.size() == logged + 2);

  job = office.import({{ImportFile::clients, {client("A", "Anders"), client("C")}},
                       {ImportFile::involvements, {involvement("A", "2027-12-31")}},
                       {ImportFile::fragments, {fragment("A", "Toch anders.")}}});
  CHECK(counts(job, ImportFile::clients) == made(1, 1, 0, 0));
  CHECK(counts(job, ImportFile::involvements) == made(0, 1, 0, 0));
  CHECK(counts(job, ImportFile::fragments) == made(0, 1, 0, 0));
  CHECK(office.number("SELECT count(*) FROM clients") == 3);
  CHECK(office.number("SELECT count(*) FROM fragments") == 3);
}

TEST_CASE("R1.2 a bad row is rejected with line, field and reason, the others are taken over") {
  Office office;
  Row future = client("E");
  future[5] = "2029-01-01";
  Row impossible = client("F");
  impossible[5] = "2015-02-30";
  Row old = client("G");
  old[5] = "1990-01-01";
  Row parent = client("H");
  parent[11] = "123";
  Row both = client("123456782", "Voorbeeld", "123456782");
  Row gender = client("I");
  gender[6] = "meisje";
  const ImportJob job =
      office.import({{ImportFile::clients,
                      {client("A"), client("B", "Jansen", "123456783"), client("A"), client(""), future,
                       impossible, old, parent, both, gender, client("Z", " ")}},
                     {ImportFile::involvements,
                      {involvement("A"), involvement("A", "2028-01-16"), involvement("A", "2025-01-01"),
                       involvement("nobody"), involvement("A", "2026-12-31")}},
                     {ImportFile::fragments, {fragment("B"), fragment("A", "")}}});
  CHECK(counts(job, ImportFile::clients) == made(1, 0, 0, 10));
  CHECK(counts(job, ImportFile::involvements) == made(1, 0, 0, 4));
  CHECK(counts(job, ImportFile::fragments) == made(0, 0, 0, 2));

  std::vector<std::string> found;
  for (const auto& reject : office.rejects(job.id)) {
    found.push_back(fmt::format("{} {} {}", to_string(reject.file), reject.line, reject.field));
    INFO(reject.reason);
    CHECK(reject.reason.find("123456") == std::string::npos);
    CHECK(reject.reason.find("Jansen") == std::string::npos);
    CHECK_FALSE(reject.reason.empty());
  }
  CHECK(found == std::vector<std::string>{
                     "clients.csv 3 bsn", "clients.csv 4 client_ref", "clients.csv 5 client_ref",
                     "clients.csv 6 geboortedatum", "clients.csv 7 geboortedatum",
                     "clients.csv 8 geboortedatum", "clients.csv 9 ouder1_bsn", "clients.csv 10 client_ref",
                     "clients.csv 11 geslacht", "clients.csv 12 achternaam", "involvements.csv 3 tot",
                     "involvements.csv 4 tot", "involvements.csv 5 client_ref", "involvements.csv 6 vanaf",
                     "fragments.jsonl 2 client_ref", "fragments.jsonl 3 text"});
}

TEST_CASE("a dry run counts and rejects the same, and writes nothing") {
  Office office;
  office.import({{ImportFile::clients, {client("A")}}});
  const auto logged = office.log.size();
  const std::vector<std::pair<ImportFile, std::vector<Row>>> files{
      {ImportFile::clients, {client("A", "Anders"), client("B"), client("C", "Jansen", "123456783")}},
      {ImportFile::involvements, {involvement("A"), involvement("B"), involvement("C")}},
      {ImportFile::fragments, {fragment("A"), fragment("A"), fragment("B"), fragment("C")}}};
  const ImportJob dry = office.import(files, true);
  CHECK(dry.state == ImportState::done);
  CHECK(office.number("SELECT count(*) FROM clients") == 1);
  CHECK(office.number("SELECT count(*) FROM involvements") == 0);
  CHECK(office.number("SELECT count(*) FROM fragments") == 0);
  CHECK(office.number("SELECT count(*) FROM matching_dirty") == 0);
  CHECK(office.log.size() == logged + 2);

  const ImportJob wet = office.import(files);
  CHECK(wet.counts == dry.counts);
  const auto expected = office.rejects(wet.id);
  const auto predicted = office.rejects(dry.id);
  REQUIRE(expected.size() == predicted.size());
  for (std::size_t i = 0; i < expected.size(); ++i) {
    CHECK(expected[i].line == predicted[i].line);
    CHECK(expected[i].reason == predicted[i].reason);
  }
}

TEST_CASE("a file that cannot be read fails the job and imports nothing of it") {
  Office office;
  const ImportId id = office.stage({{ImportFile::clients, {client("A")}}});
  must(office.event([&](ImportStep& step) {
    return fail_import(step, id,
                       Error{ErrorCode::bad_encoding, Side::user, "clients.csv: line 3 is not UTF-8"});
  }));
  while (office.slice()) {
  }
  CHECK(office.job(id).state == ImportState::failed);
  CHECK(office.job(id).failure == "clients.csv: line 3 is not UTF-8");
  CHECK(office.number("SELECT count(*) FROM clients") == 0);
  CHECK(office.number("SELECT count(*) FROM import_staging") == 0);
}

TEST_CASE("one import at a time, and none that is over is staged to") {
  Office office;
  const ImportId id = office.stage({});
  const auto second = office.event([](ImportStep& step) { return start_import(step, {}); });
  REQUIRE_FALSE(second);
  CHECK(second.error().code == ErrorCode::conflict);
  must(office.event([&](ImportStep& step) { return finish_staging(step, id); }));
  const std::vector<RawRow> rows{{2, client("A")}};
  const auto late =
      office.event([&](ImportStep& step) { return stage_import(step, id, ImportFile::clients, rows); });
  REQUIRE_FALSE(late);
  CHECK(late.error().code == ErrorCode::wrong_state);
  const auto unknown = office.event([&](ImportStep& step) { return finish_staging(step, ImportId{99}); });
  REQUIRE_FALSE(unknown);
  CHECK(unknown.error().code == ErrorCode::not_found);
}

TEST_CASE("a restart while files are read or rows are applied loses nothing: it goes on where it stood") {
  std::vector<Row> clients;
  std::vector<Row> involvements;
  for (int i = 0; i < 300; ++i) {
    clients.push_back(client("T-" + std::to_string(i), i % 50 == 0 ? "" : "Voorbeeld"));
    involvements.push_back(involvement("T-" + std::to_string(i)));
  }
  Office office;
  const ImportId id = office.stage({{ImportFile::clients, clients}});
  office.restart();
  CHECK(office.job(id).state == ImportState::staging);
  std::vector<RawRow> rest;
  for (std::size_t i = 0; i < involvements.size(); ++i) rest.push_back({i + 2, involvements[i]});
  must(
      office.event([&](ImportStep& step) { return stage_import(step, id, ImportFile::involvements, rest); }));
  must(office.event([&](ImportStep& step) { return finish_staging(step, id); }));
  do {
    office.restart();
  } while (office.slice());
  const ImportJob job = office.job(id);
  CHECK(job.state == ImportState::done);
  CHECK(counts(job, ImportFile::clients) == made(294, 0, 0, 6));
  CHECK(counts(job, ImportFile::involvements) == made(294, 0, 0, 6));
  CHECK(office.number("SELECT count(*) FROM clients") == 294);
  CHECK(office.number("SELECT count(*) FROM matching_dirty") == 294);
}

TEST_CASE(
    "R1.2 an import that is cancelled keeps what it applied, says so, and the same rows bring the rest") {
  std::vector<Row> clients;
  for (int i = 0; i < 200; ++i) clients.push_back(client("T-" + std::to_string(i)));
  Office office;
  const auto cancel = [&](ImportId id) {
    return office.event([&](ImportStep& step) { return cancel_import(step, id); });
  };
  const ImportId staged = office.stage({{ImportFile::clients, clients}});
  must(cancel(staged));
  CHECK(office.job(staged).state == ImportState::cancelled);
  CHECK(office.job(staged).failure.find("nothing was imported") != std::string::npos);
  CHECK(cancel(staged).error().code == ErrorCode::wrong_state);
  CHECK(cancel(ImportId{99}).error().code == ErrorCode::not_found);

  const ImportId id = office.stage({{ImportFile::clients, clients}});
  must(office.event([&](ImportStep& step) { return finish_staging(step, id); }));
  CHECK(office.slice());
  must(cancel(id));
  CHECK(office.job(id).state == ImportState::cancelled);
  CHECK(office.job(id).failure.find("64 of 200") != std::string::npos);
  while (office.slice()) {
  }
  CHECK(office.number("SELECT count(*) FROM clients") == 64);
  CHECK(office.number("SELECT count(*) FROM import_staging") == 0);
  CHECK(office.log.back().event == audit::Event::import_finished);
  CHECK(office.log.back().detail.find("64 of 200") != std::string::npos);

  const ImportId dry = office.stage({{ImportFile::clients, clients}}, true);
  must(office.event([&](ImportStep& step) { return finish_staging(step, dry); }));
  CHECK(office.slice());
  must(cancel(dry));
  CHECK(office.job(dry).failure.find("nothing was changed") != std::string::npos);
  CHECK(counts(office.import({{ImportFile::clients, clients}}), ImportFile::clients) == made(136, 0, 64, 0));
}

TEST_CASE("the verdicts of the first rows of each file are kept, and of no others") {
  std::vector<Row> clients;
  for (int i = 0; i < 200; ++i)
    clients.push_back(client("T-" + std::to_string(i), i == 3 ? "" : "Voorbeeld"));
  Office office;
  office.import({{ImportFile::clients, {client("T-1")}}});
  const ImportJob job =
      office.import({{ImportFile::clients, clients}, {ImportFile::involvements, {involvement("T-1")}}}, true);
  const auto verdicts = [&](ImportFile file) {
    return must(
        office.event([&](ImportStep& step) { return storage::import_verdicts(step.tx, job.id, file); }));
  };
  const auto kept = verdicts(ImportFile::clients);
  REQUIRE(kept.size() == preview_rows);
  CHECK((kept[0].line == 2 && kept[0].outcome == storage::Outcome::added));
  CHECK((kept[1].line == 3 && kept[1].outcome == storage::Outcome::unchanged));
  CHECK(kept[3].line == 6);  // line 5 was rejected
  CHECK(verdicts(ImportFile::involvements).size() == 1);
}

TEST_CASE("R1.2 an import adds marks, a day of death, reasons and closings, and never takes one away") {
  Office office;
  Row hidden = client("A");
  hidden[13] = "ja";
  hidden[15] = "2026-05-01";
  Row closed = involvement("A");
  closed[8] = "zorgen";
  closed[9] = "2026-06-01";
  closed[10] = "klaar";
  office.import({{ImportFile::clients, {hidden}}, {ImportFile::involvements, {closed}}});
  const auto stored = [&] {
    return must(office.event([](ImportStep& step) { return storage::find_client(step.tx, "A"); })).value();
  };
  const auto involved = [&] {
    const records::ClientId id = stored().id;
    return must(office.event([&](ImportStep& step) { return storage::involvements_of(step.tx, id); }))
        .at(0)
        .involvement;
  };
  CHECK((stored().marks.secret && !stored().marks.institutional && stored().deceased == Date{2026, 5, 1}));
  CHECK(involved().closed_on == Date{2026, 6, 1});
  CHECK((involved().reason == "zorgen" && involved().closed_why == "klaar"));

  Row plain = client("A");
  plain[13] = "nee";
  plain[14] = "ja";
  const ImportJob again =
      office.import({{ImportFile::clients, {plain}}, {ImportFile::involvements, {involvement("A")}}});
  CHECK(counts(again, ImportFile::clients) == made(0, 1, 0, 0));
  CHECK(counts(again, ImportFile::involvements) == made(0, 0, 1, 0));
  CHECK((stored().marks.secret && stored().marks.institutional && stored().deceased));
  CHECK((involved().closed_on && involved().reason == "zorgen"));

  Row wrong_mark = client("B");
  wrong_mark[13] = "true";
  Row wrong_day = client("C");
  wrong_day[15] = "2027-01-01";
  Row before = involvement("A", "2026-12-31");
  before[9] = "2026-01-14";
  Row unexplained = involvement("A", "2026-12-30");
  unexplained[10] = "klaar";
  const ImportJob bad = office.import(
      {{ImportFile::clients, {wrong_mark, wrong_day}}, {ImportFile::involvements, {before, unexplained}}});
  std::vector<std::string> fields;
  for (const auto& reject : office.rejects(bad.id)) fields.push_back(reject.field);
  CHECK(fields == std::vector<std::string>{"geheim", "overleden", "gesloten", "reden_einde"});
}

}  // namespace
}  // namespace knoop
