// What is exported is read back to the same record, in both forms.
#include "node/files/record_lines.h"

#include <catch2/catch.hpp>

#include "node/files/import_reader.h"
#include "protocol/records/rules.h"

namespace knoop {
namespace {

using records::ImportFile;
using records::ImportForm;

constexpr Date today{2026, 11, 21};

std::vector<std::string> read_back(ImportFile file, ImportForm form, const std::string& line) {
  std::vector<records::RawRow> rows;
  ImportReader reader(file, {}, form);
  const auto visit = [&](std::vector<records::RawRow>&& batch) -> Result<void> {
    for (auto& row : batch) rows.push_back(std::move(row));
    return {};
  };
  const std::string text = record_header(file, form) + line + line;
  INFO(text);
  REQUIRE(reader.feed(view(text), visit));
  REQUIRE(reader.finish(visit));
  REQUIRE(rows.size() == 2);
  REQUIRE_FALSE(rows[1].problem);
  return rows[1].fields;
}

records::Client a_client() {
  records::Client client;
  client.ref = "T-1";
  client.bsn = *records::Bsn::parse("123456782");
  client.given_names = "=NU();\"Noor\"";
  client.prefix = "van 't";
  client.surname = "Voorbeeld; de \"jonge\", é";
  client.birth_date = {2015, 6, 1};
  client.gender = records::Gender::female;
  client.address = {"1234 AB", "12", "-bis"};
  client.municipality = "0363";
  client.parent2_bsn = *records::Bsn::parse("111222333");
  return client;
}

TEST_CASE("R1.2 a client that is exported is read back the same, with marks, in CSV and in JSON") {
  records::Client bare;
  bare.ref = "T-2";
  bare.surname = "X";
  bare.birth_date = {2020, 2, 29};
  for (const ImportForm form : {ImportForm::csv, ImportForm::json})
    for (const records::Client& client : {a_client(), bare}) {
      const records::ClientExtras extras{{.secret = client.bsn.has_value(), .institutional = !client.bsn},
                                         client.bsn ? std::optional(Date{2026, 1, 1}) : std::nullopt};
      const auto fields = read_back(ImportFile::clients, form, client_line(client, extras, form));
      CHECK(records::client_from(fields, today).value() == client);
      const auto read = records::client_extras_from(fields, today).value();
      CHECK((read.marks == extras.marks && read.deceased == extras.deceased));
    }
}

TEST_CASE("R1.2 an involvement that is exported is read back the same, also a closed one") {
  records::Involvement open;
  open.kind = records::InvolvementKind::signaal;
  open.from = {2026, 1, 15};
  open.until = {2027, 1, 15};
  open.professional = {"A. \"Anja\" Voorbeeld", "", "", "a@voorbeeld.example"};
  records::Involvement closed = open;
  closed.reason = "twee\nregels; met \"aanhaling\"";
  closed.closed_on = Date{2026, 3, 1};
  closed.closed_why = "klaar;";
  for (const ImportForm form : {ImportForm::csv, ImportForm::json})
    for (const records::Involvement& involvement : {open, closed}) {
      const auto fields =
          read_back(ImportFile::involvements, form, involvement_line("T-1", involvement, form));
      CHECK(records::client_ref_of(fields) == "T-1");
      CHECK(records::involvement_from(fields, today).value() == involvement);
    }
}

TEST_CASE("R1.2 a fragment that is exported is read back the same, with typed fields") {
  records::Fragment fragment;
  fragment.category = *category_from("F02");
  fragment.title = "Gezag";
  fragment.nature = records::Nature::interpretation;
  fragment.author = "A. Voorbeeld";
  fragment.date = {2026, 2, 1};
  fragment.text = "een\n\ttekst; met \"aanhaling\" en é";
  fragment.persons = {"jeugdige", "ouder"};
  fragment.source = "moeder";
  fragment.content = R"({"gezag":"moeder"})";
  fragment.sensitive = true;
  fragment.retention = retention_from("dossier-20-jaar");
  const auto fields = read_back(ImportFile::fragments, ImportForm::csv, fragment_line("T-1", fragment));
  CHECK(records::fragment_from(fields, today).value() == fragment);
}

TEST_CASE("columns that other systems do not have may be left out of a header, and no others") {
  const auto accepted = [](std::string header) {
    ImportReader reader(ImportFile::clients);
    const auto none = [](std::vector<records::RawRow>&&) -> Result<void> { return {}; };
    return reader.feed(view(header), none).has_value() && reader.finish(none).has_value();
  };
  const std::string all = record_header(ImportFile::clients, ImportForm::csv);
  CHECK(accepted(all));
  CHECK(accepted(all.substr(0, all.find(";geheim")) + "\n"));
  CHECK(accepted(all.substr(0, all.find(";instelling")) + "\n"));
  CHECK_FALSE(accepted(all.substr(0, all.find(";ouder2_bsn")) + "\n"));
}

}  // namespace
}  // namespace knoop
