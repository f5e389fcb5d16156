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
  CHECK(rows->front().fields ==
        std::vector<std::string>{"c", "s", "v", "t", "p", "f", "tel", "e", "", "", ""});
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

TEST_CASE("a reader goes on from where another was, wherever its file was cut, and finds the same") {
  const std::string csv = "\xEF\xBB\xBF" + std::string(header) +
                          "T-1;s;v;t;\"P;\"\"q\"\"\r\n\";f;tel;\xC3\xAB\r\nT-2;b\nT-3;b;c;d;e;f;g;h";
  const std::string object = R"({"client_ref":"T-1","professional":"{\"[ë,"})";
  struct Case {
    records::ImportForm form;
    std::string text;
  };
  for (const Case& each :
       {Case{records::ImportForm::csv, csv},
        Case{records::ImportForm::json, " [" + object + " , {\"client_ref\":7}, 3]\n"},
        Case{records::ImportForm::json, "\xEF\xBB\xBF" + object + "\r\n\n{}\n" + object}}) {
    const auto read = [&](std::size_t cut) {
      std::vector<std::string> out;
      const ImportReader::Visit visit = [&](std::vector<RawRow>&& rows) -> Result<void> {
        for (const RawRow& row : rows)
          out.push_back(fmt::format("{} {} {}", row.line, fmt::join(row.fields, "|"),
                                    row.problem ? row.problem->reason : ""));
        return {};
      };
      ImportReader first(ImportFile::involvements, {}, each.form);
      REQUIRE(first.feed(to_bytes(each.text.substr(0, cut)), visit));
      REQUIRE(first.flush(visit));
      ImportReader second(ImportFile::involvements, {}, each.form);
      REQUIRE(second.go_on(first.place().value()));
      REQUIRE(second.feed(to_bytes(each.text.substr(cut)), visit));
      REQUIRE(second.finish(visit));
      out.push_back(fmt::format("{} columns, {} ignored", second.columns().size(), second.ignored()));
      return out;
    };
    const auto whole = read(each.text.size());
    CHECK(whole.size() == 4);
    for (std::size_t cut = 0; cut < each.text.size(); ++cut) {
      INFO("cut at " << cut);
      CHECK(read(cut) == whole);
    }
  }
  ImportReader reader(ImportFile::clients);
  CHECK(reader.go_on(to_bytes("no place")).error().code == ErrorCode::damaged_database);
}

TEST_CASE("R1.2 a table of another system has up to 256 columns") {
  ImportMapping mapping;
  mapping.ignore_others = true;
  for (const std::size_t columns : {256U, 257U}) {
    std::string first = "client_ref;soort;vanaf;tot;professional";
    for (std::size_t i = 5; i < columns; ++i) first += ";kolom" + std::string(i, 'x');
    ImportReader reader(ImportFile::involvements, {}, records::ImportForm::csv, mapping);
    const auto fed =
        reader.feed(to_bytes(first + "\n"), [](std::vector<RawRow>&&) -> Result<void> { return {}; });
    CHECK(fed.has_value() == (columns == 256));
    if (fed)
      CHECK(reader.ignored() == 251);
    else
      CHECK(fed.error().code == ErrorCode::over_limit);
  }
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

struct Read {
  std::vector<RawRow> rows;
  std::vector<records::ReadColumn> columns;
  std::size_t ignored = 0;
};
Result<Read> read_as(ImportFile file, records::ImportForm form, const ImportMapping& mapping,
                     std::string_view text) {
  Read out;
  ImportReader reader(file, {}, form, mapping);
  const auto visit = [&](std::vector<RawRow>&& rows) -> Result<void> {
    for (RawRow& row : rows) out.rows.push_back(std::move(row));
    return {};
  };
  KNOOP_TRY(reader.feed(view(text), visit));
  KNOOP_TRY(reader.finish(visit));
  out.columns = reader.columns();
  out.ignored = reader.ignored();
  return out;
}

ImportMapping of_another_system() {
  ImportMapping mapping;
  mapping.ignore_others = true;
  mapping.files[1] = {
      {"client_ref", "Nummer"}, {"soort", "Type", {}, {{"Hulp", "ketenregistratie"}, {"Zorg", "signaal"}}},
      {"vanaf", "Begin"},       {"tot", "Eind"},
      {"professional", "Wie"},  {"telefoon", {}, "023-5550100"}};
  return mapping;
}

TEST_CASE("R1.2 a mapping chooses columns, renames words, puts constants in, and passes over the rest") {
  const auto read = read_as(ImportFile::involvements, records::ImportForm::csv, of_another_system(),
                            "Kleur;Wie;Begin;Eind;Type;Nummer;email\n"
                            "rood;Anja;2026-01-01;2026-06-01; Hulp ;T-1;a@b.example\n"
                            "blauw;Anja;2026-01-01;2026-06-01;Anders;T-2;\n");
  REQUIRE(read);
  REQUIRE(read->rows.size() == 2);
  using Fields = std::vector<std::string>;
  CHECK(read->rows[0].fields == Fields{"T-1", "ketenregistratie", "2026-01-01", "2026-06-01", "Anja", "",
                                       "023-5550100", "a@b.example", "", "", ""});
  CHECK(read->rows[1].fields[1] == "Anders");  // what has no word stays, for the rules to refuse
  CHECK(read->ignored == 1);
  CHECK(read->columns == std::vector<records::ReadColumn>{{"client_ref", "Nummer"},
                                                          {"soort", "Type"},
                                                          {"vanaf", "Begin"},
                                                          {"tot", "Eind"},
                                                          {"professional", "Wie"},
                                                          {"telefoon", "", true},
                                                          {"email", "email"}});
}

TEST_CASE("a mapping's columns must be there, and without `ignore` no others may") {
  ImportMapping mapping = of_another_system();
  const auto sentence = [&](std::string_view text) {
    const auto read = read_as(ImportFile::involvements, records::ImportForm::csv, mapping, text);
    REQUIRE_FALSE(read);
    return read.error().sentence;
  };
  CHECK(sentence("Wie;Begin;Eind;Type\n").find("Nummer") != std::string::npos);
  CHECK(sentence("Wie;Begin;Eind;Type;Nummer;Type\n").find("twice") != std::string::npos);
  mapping.ignore_others = false;
  CHECK(sentence("Wie;Begin;Eind;Type;Nummer;Kleur\n").find("Kleur") != std::string::npos);
  mapping.files[1].pop_back();  // telefoon is not needed, and achternaam of clients is
  CHECK(read_as(ImportFile::involvements, records::ImportForm::csv, mapping, "Wie;Begin;Eind;Type;Nummer\n"));
  ImportMapping clients;
  clients.files[0] = {{"client_ref", "Nummer"}};
  const auto read =
      read_as(ImportFile::clients, records::ImportForm::csv, clients, "Nummer;geboortedatum\nA;2015-01-01\n");
  REQUIRE_FALSE(read);
  CHECK(read.error().sentence.find("achternaam") != std::string::npos);
}

TEST_CASE(
    "R1.2 clients and involvements as JSON: lines or an array, texts, numbers, null and what is left out") {
  using Fields = std::vector<std::string>;
  Fields expected{"T-1", "999990019", "", "", "Jansen", "2015-03-04", "V", "", "12"};
  expected.resize(records::fields_of(ImportFile::clients).size());
  const std::string object =
      R"({"client_ref":"T-1","bsn":999990019,"achternaam":"Jansen","geboortedatum":"2015-03-04","geslacht":"V",)"
      R"("huisnummer":12,"toevoeging":null})";
  for (const std::string& text : {object + "\n" + object + "\n", "[" + object + "," + object + "]",
                                  "\xEF\xBB\xBF\n [ " + object + " ,\n" + object + "\n]\n"}) {
    const auto read = read_as(ImportFile::clients, records::ImportForm::json, {}, text);
    INFO(text);
    REQUIRE(read);
    REQUIRE(read->rows.size() == 2);
    for (const RawRow& row : read->rows) {
      REQUIRE_FALSE(row.problem);
      CHECK(row.fields == expected);
    }
    CHECK((read->rows[0].line == 1 && read->rows[1].line == 2));
    CHECK(read->columns.size() == 7);
  }
}

TEST_CASE("a JSON row that is no such object is a problem of that row") {
  const auto read =
      read_as(ImportFile::clients, records::ImportForm::json, {},
              R"([{"client_ref":"a","kleur":1}, 7, {"client_ref":1.5}, {"client_ref":["a"]},)"
              R"( {"client_ref":"a","client_ref":"b"}, {"client_ref" "a"}, {"client_ref":"z"}])");
  REQUIRE(read);
  REQUIRE(read->rows.size() == 7);
  std::vector<std::string> fields;
  for (const RawRow& row : read->rows) fields.emplace_back(row.problem ? row.problem->field : "");
  CHECK(fields == std::vector<std::string>{"-", "-", "client_ref", "client_ref", "client_ref", "-", ""});
}

TEST_CASE("a mapping reads other names in JSON, and passes over what nests in names that it ignores") {
  ImportMapping mapping = of_another_system();
  const auto read = read_as(
      ImportFile::involvements, records::ImportForm::json, mapping,
      R"({"Nummer":7,"Type":"Zorg","extra":{"a":[1,{"b":null}]},"Begin":"2026-01-01","Eind":"2026-06-01","Wie":"Anja","nog":[]})");
  REQUIRE(read);
  REQUIRE(read->rows.size() == 1);
  REQUIRE_FALSE(read->rows[0].problem);
  CHECK(read->rows[0].fields[0] == "7");
  CHECK(read->rows[0].fields[1] == "signaal");
  CHECK(read->rows[0].fields[6] == "023-5550100");
  mapping.ignore_others = false;
  const auto strict =
      read_as(ImportFile::involvements, records::ImportForm::json, mapping, R"({"Nummer":7,"extra":1})");
  REQUIRE(strict);
  CHECK(strict->rows[0].problem);
  mapping = {};
  mapping.files[2] = {{"category", "rubriek", {}, {{"aanleiding", "F05"}}}, {"persons", "personen"}};
  const auto fragments = read_as(
      ImportFile::fragments, records::ImportForm::csv, mapping,
      R"([{"client_ref":"a","rubriek":"aanleiding","title":"t","nature":"feit","author":"x","date":"2026-01-01","text":"y","personen":["ouder"]}])");
  REQUIRE(fragments);
  REQUIRE_FALSE(fragments->rows[0].problem);
  CHECK(fragments->rows[0].fields[1] == "F05");
  CHECK(fragments->rows[0].fields[7] == "ouder");
}

TEST_CASE("a mapping that cannot be meant is refused with the reason") {
  const auto problem = [](std::vector<FieldSource> clients, std::vector<FieldSource> fragments = {}) {
    ImportMapping mapping;
    mapping.files[0] = std::move(clients);
    mapping.files[2] = std::move(fragments);
    return problem_of(mapping).value_or("");
  };
  CHECK(problem({{"achternaam", "Naam"}, {"geslacht", {}, "O"}}).empty());
  CHECK(problem({{"kleur", "Kleur"}}).find("does not have") != std::string::npos);
  CHECK(problem({{"bsn", "A"}, {"bsn", "B"}}).find("twice") != std::string::npos);
  CHECK(problem({{"bsn", "A", "1"}}).find("both") != std::string::npos);
  CHECK(problem({{"bsn", "A"}, {"achternaam", "A"}}).find("two fields") != std::string::npos);
  CHECK(problem({{"bsn", "achternaam"}}).find("two fields") != std::string::npos);
  CHECK(problem({{"geslacht", {}, "O", {{"Man", "M"}}}}).find("constant and words") != std::string::npos);
  CHECK(problem({{"geslacht", {}, {}, {{"Man", "M"}, {"Man", "V"}}}}).find("two words") != std::string::npos);
  CHECK(problem({}, {{"persons", {}, "ouder"}}).find("no text") != std::string::npos);
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
