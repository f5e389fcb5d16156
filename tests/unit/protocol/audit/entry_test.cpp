#include "protocol/audit/entry.h"

#include <catch2/catch.hpp>
#include <set>

#include "tests/unit/protocol/audit/log_fixture.h"

using namespace knoop;
using namespace knoop::audit;
using namespace knoop::audit::testing;

TEST_CASE("a commitment binds label, field, salt and value, and the length makes it unambiguous (R8.1)") {
  const auto salt = id<Salt>(1);
  const Hash256 base = commit("knoop/v1/test", 20, salt, view("ab"));
  CHECK(commit("knoop/v1/test", 20, salt, view("ab")) == base);
  CHECK(commit("knoop/v1/tesu", 20, salt, view("ab")) != base);
  CHECK(commit("knoop/v1/test", 21, salt, view("ab")) != base);
  CHECK(commit("knoop/v1/test", 20, id<Salt>(2), view("ab")) != base);
  CHECK(commit("knoop/v1/test", 20, salt, view("ac")) != base);
  CHECK(commit("knoop/v1/test", 20, salt, view("")) != base);
}

TEST_CASE("numbers and names of events and fields are used once (they are kept for years)") {
  std::set<std::uint16_t> numbers;
  std::set<std::string_view> names;
#define KNOOP_COLLECT(name, number, text) \
  CHECK(numbers.insert(number).second);   \
  CHECK(names.insert(text).second);       \
  CHECK(event_from(text) == Event::name); \
  CHECK(to_string(Event::name) == text);
  KNOOP_AUDIT_EVENTS(KNOOP_COLLECT)
#undef KNOOP_COLLECT
  std::uint16_t before = 0;
  for (const FieldName& known : all_fields) {
    CHECK(number(known.field) > before);  // the order of the leaf
    before = number(known.field);
    CHECK(field_from(known.name) == known.field);
    CHECK(field_from(number(known.field)) == known.field);
  }
  CHECK_FALSE(event_from("log.closed"));
  CHECK_FALSE(field_from("bsn"));
}

TEST_CASE("an entry holds the fields of NEN 7513 and the structural ones, each with its own salt (R8.1)") {
  TestEntropy entropy(7);
  const AuditEntry entry{.event = Event::release_disclosed,
                         .outcome = Outcome::success,
                         .decision = id<DecisionId>(1),
                         .bases = {id<BasisId>(4), id<BasisId>(3), id<BasisId>(4)},
                         .receipt = id<Hash256>(5),
                         .peer = id<MemberId>(6),
                         .action = Action::execute,
                         .user = "c.jansen",
                         .role = "professional",
                         .client = "SMW-1",
                         .purpose = "warme overdracht",
                         .source = "console"};
  const auto sealed = seal(12, Timestamp{1'800'000'000'000}, entry, entropy);
  REQUIRE(sealed);
  CHECK(sealed->value(Field::index) == "12");
  CHECK(sealed->value(Field::time) == "2027-01-15T08:00:00.000Z");
  CHECK(sealed->value(Field::event) == "release.disclosed");
  CHECK(sealed->value(Field::basis) == id<BasisId>(3).hex() + "," + id<BasisId>(4).hex());
  CHECK(sealed->value(Field::emergency) == "no");
  std::set<Salt> salts;
  for (const Opening& opening : sealed->fields) salts.insert(opening.salt);
  CHECK(salts.size() == field_count);
  const auto again = seal(12, Timestamp{1'800'000'000'000}, entry, entropy);
  CHECK(again->leaf != sealed->leaf);  // other salts
}

TEST_CASE("a value that is too long or no UTF-8 is refused, so that nothing happens unlogged (R8.1)") {
  TestEntropy entropy(7);
  const auto longest =
      seal(0, {}, {.event = Event::log_opened, .detail = std::string(max_value, 'x')}, entropy);
  CHECK(longest);
  const auto over =
      seal(0, {}, {.event = Event::log_opened, .detail = std::string(max_value + 1, 'x')}, entropy);
  REQUIRE_FALSE(over);
  CHECK(over.error().code == ErrorCode::over_limit);
  const auto latin1 = seal(0, {}, {.event = Event::log_opened, .user = "Zo\xeb"}, entropy);
  REQUIRE_FALSE(latin1);
  CHECK(latin1.error().code == ErrorCode::bad_encoding);
}

TEST_CASE("ids of consents read back only in the one form in which they are written") {
  CHECK(split_bases("")->empty());
  const std::string a = id<BasisId>(1).hex();
  const std::string b = id<BasisId>(2).hex();
  CHECK(split_bases(a + "," + b)->size() == 2);
  CHECK_FALSE(split_bases(b + "," + a));
  CHECK_FALSE(split_bases(a + "," + a));
  CHECK_FALSE(split_bases(a + ","));
  CHECK_FALSE(split_bases("," + a));
  CHECK_FALSE(split_bases("zz"));
}

TEST_CASE("a log's origin is network/member/incarnation in one spelling") {
  const LogOrigin origin = test_origin();
  const std::string text = origin.text();
  REQUIRE(LogOrigin::parse(text));
  CHECK(*LogOrigin::parse(text) == origin);
  CHECK_FALSE(LogOrigin::parse(text + "x"));
  CHECK_FALSE(LogOrigin::parse(text.substr(0, text.size() - 1)));
  CHECK_FALSE(LogOrigin::parse(text.substr(0, text.size() - 1) + "0"));
  CHECK_FALSE(LogOrigin::parse(text.substr(0, text.size() - 1) + "01"));
  CHECK_FALSE(LogOrigin::parse(text.substr(0, text.size() - 1) + "99999999999"));
  CHECK_FALSE(LogOrigin::parse(""));
}
