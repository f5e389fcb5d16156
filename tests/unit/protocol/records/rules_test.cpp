#include "protocol/records/rules.h"

#include <catch2/catch.hpp>

namespace knoop::records {
namespace {

constexpr Date today{2026, 11, 21};

Client good_client() {
  Client client;
  client.ref = "T-1";
  client.given_names = "Noor";
  client.surname = "Voorbeeld";
  client.birth_date = {2015, 6, 1};
  return client;
}

Involvement good_involvement() {
  Involvement involvement;
  involvement.from = {2026, 1, 15};
  involvement.until = {2028, 1, 15};
  involvement.professional = {"A. Voorbeeld", "jeugdarts", "020-5550100", ""};
  return involvement;
}

Fragment good_fragment() {
  Fragment fragment;
  fragment.category = Category::reason;
  fragment.title = "Aanleiding";
  fragment.author = "A. Voorbeeld";
  fragment.date = today;
  fragment.text = "Eerste regel\n\ttweede regel";
  fragment.persons = {"jeugdige", "ouder"};
  return fragment;
}

template <typename Record>
std::string_view field_of(const Record& record) {
  const auto problem = check(record, today);
  if (!problem) return "fine";
  UNSCOPED_INFO(problem->reason);
  return problem->field;
}

TEST_CASE("a good record passes") {
  CHECK(field_of(good_client()) == "fine");
  CHECK(field_of(good_involvement()) == "fine");
  CHECK(field_of(good_fragment()) == "fine");
}

TEST_CASE("R1.4 ages from nine months before birth to the 23rd birthday") {
  const auto born = [](Date date) {
    Client client = good_client();
    client.birth_date = date;
    return field_of(client);
  };
  CHECK(born({2003, 11, 21}) == "fine");
  CHECK(born({2003, 11, 20}) == "geboortedatum");
  CHECK(born(today) == "fine");
  CHECK(born({2027, 8, 21}) == "fine");
  CHECK(born({2027, 8, 22}) == "geboortedatum");
  CHECK(born({2015, 2, 30}) == "geboortedatum");
}

TEST_CASE("R1.3 a client needs no BSN, no first name and no address, their own BSN is not a parent's") {
  Client client = good_client();
  client.given_names = "";
  CHECK(field_of(client) == "fine");
  client.bsn = *Bsn::parse("123456782");
  CHECK(field_of(client) == "fine");
  client.parent2_bsn = client.bsn;
  CHECK(field_of(client) == "bsn");
  client.bsn.reset();
  client.parent1_bsn = client.parent2_bsn;
  CHECK(field_of(client) == "ouder2_bsn");
}

TEST_CASE("texts of a client are bounded and hold no control characters") {
  Client client = good_client();
  client.surname = "";
  CHECK(field_of(client) == "achternaam");
  client.surname = std::string(longest_name + 1, 'a');
  CHECK(field_of(client) == "achternaam");
  client.surname = "a\nb";
  CHECK(field_of(client) == "achternaam");
  client.surname = "\xff";
  CHECK(field_of(client) == "achternaam");
  client = good_client();
  client.ref = "";
  CHECK(field_of(client) == "client_ref");
  client = good_client();
  client.municipality = "36";
  CHECK(field_of(client) == "gemeentecode");
}

TEST_CASE("R2.2 an involvement lasts at most two years, ends after it begins, and can be reached") {
  Involvement involvement = good_involvement();
  involvement.until = {2028, 1, 16};
  CHECK(field_of(involvement) == "tot");
  involvement.until = {2026, 1, 14};
  CHECK(field_of(involvement) == "tot");
  involvement.until = involvement.from;
  CHECK(field_of(involvement) == "fine");
  involvement.from = {2026, 11, 22};
  involvement.until = {2027, 1, 1};
  CHECK(field_of(involvement) == "vanaf");
  involvement = good_involvement();
  involvement.professional.phone = "";
  CHECK(field_of(involvement) == "telefoon");
  involvement = good_involvement();
  involvement.professional.name = "";
  CHECK(field_of(involvement) == "professional");
}

TEST_CASE("an involvement counts from its first day to its last, or until it is closed") {
  Involvement involvement = good_involvement();
  CHECK(involvement.active(involvement.from));
  CHECK(involvement.active(involvement.until));
  CHECK_FALSE(involvement.active({2026, 1, 14}));
  CHECK_FALSE(involvement.active({2028, 1, 16}));
  involvement.closed_on = Date{2026, 3, 1};
  CHECK(involvement.active({2026, 2, 28}));
  CHECK_FALSE(involvement.active({2026, 3, 1}));
}

TEST_CASE("R4.1 a fragment has source, date, nature and persons") {
  Fragment fragment = good_fragment();
  fragment.date = {2026, 11, 22};
  CHECK(field_of(fragment) == "date");
  fragment = good_fragment();
  fragment.text = "";
  CHECK(field_of(fragment) == "text");
  fragment.text = std::string("a\0b", 3);
  CHECK(field_of(fragment) == "text");
  fragment = good_fragment();
  fragment.persons = {"a,b"};
  CHECK(field_of(fragment) == "persons");
  fragment.persons = std::vector<std::string>(most_persons + 1, "jeugdige");
  CHECK(field_of(fragment) == "persons");
  fragment = good_fragment();
  fragment.author = "";
  CHECK(field_of(fragment) == "author");
}

TEST_CASE("words of files map to values and back") {
  CHECK(gender_from("V") == Gender::female);
  CHECK(gender_from("") == Gender::unknown);
  CHECK_FALSE(gender_from("v"));
  for (const Gender gender : {Gender::unknown, Gender::male, Gender::female, Gender::other})
    CHECK(gender_from(std::string(1, to_letter(gender))) == gender);
  for (const InvolvementKind kind : {InvolvementKind::ketenregistratie, InvolvementKind::signaal})
    CHECK(involvement_kind_from(to_string(kind)) == kind);
  CHECK_FALSE(involvement_kind_from("Signaal"));
  for (const Nature nature : {Nature::fact, Nature::interpretation})
    CHECK(nature_from(to_string(nature)) == nature);
  CHECK_FALSE(nature_from(""));
}

}  // namespace
}  // namespace knoop::records
