#include "protocol/matching/evidence.h"

#include <rapidcheck/catch.h>
#include <catch2/catch.hpp>
#include <cmath>
#include <fstream>
#include <map>
#include <sstream>

namespace knoop::matching {
namespace {

constexpr auto none = BsnStatus::none;
constexpr auto pending = BsnStatus::pending;
constexpr auto registered = BsnStatus::registered;

rc::Gen<KindSet> any_kinds() {
  return rc::gen::map(rc::gen::container<std::vector<Kind>>(rc::gen::elementOf(all_kinds())),
                      [](const auto& kinds) {
                        KindSet out;
                        for (const Kind kind : kinds) out.add(kind);
                        return out;
                      });
}
rc::Gen<BsnStatus> any_status() {
  return rc::gen::element(none, pending, registered);
}

TEST_CASE("both sides reach the same verdict") {
  rc::prop("symmetric in the statuses", [] {
    const auto kinds = *any_kinds();
    const auto one = *any_status();
    const auto other = *any_status();
    RC_ASSERT(verdict_of(kinds, one, other) == verdict_of(kinds, other, one));
  });
  rc::prop("unknown bits of a stored set never count", [] {
    const auto kinds = *any_kinds();
    const auto more = KindSet::of_bits(kinds.bits() | 0xfff8f001U);
    RC_ASSERT(verdict_of(kinds, none, none) == verdict_of(more, none, none));
  });
}

TEST_CASE("a BSN match is certain whatever else (R2.4)") {
  rc::prop("certain", [] {
    auto kinds = *any_kinds();
    kinds.add(Kind::bsn);
    RC_ASSERT(verdict_of(kinds, *any_status(), *any_status()) == Verdict::certain);
  });
}

TEST_CASE("counter-evidence needs both sides registered") {
  const KindSet same{Kind::exact, Kind::initial, Kind::full_name, Kind::address};
  CHECK(verdict_of(same, none, none) == Verdict::possible);
  CHECK(verdict_of(same, none, registered) == Verdict::possible);
  CHECK(verdict_of(same, none, pending) ==
        Verdict::possible);  // nothing that the peer may still prove can meet ours
  CHECK(verdict_of(same, pending, registered) == Verdict::pending);
  CHECK(verdict_of(same, pending, pending) == Verdict::pending);
  CHECK(verdict_of(same, registered, registered) == Verdict::family);
  const KindSet demographic{Kind::exact, Kind::initial};
  CHECK(verdict_of(demographic, registered, registered) == Verdict::none);
}

TEST_CASE("no single weak agreement reaches a threshold, each designed tolerance does") {
  CHECK(verdict_of({}, none, none) == Verdict::none);
  CHECK(verdict_of({Kind::full_name}, none, none) == Verdict::none);
  for (const Kind kind : {Kind::exact, Kind::initial, Kind::front, Kind::surname_end, Kind::consonants,
                          Kind::vowels, Kind::home, Kind::tail, Kind::ends})
    CHECK(verdict_of({kind}, none, none) == Verdict::possible);
  for (const Kind kind : {Kind::parent_bsn, Kind::address, Kind::address_alone})
    CHECK(verdict_of({kind}, none, none) == Verdict::family);
}

TEST_CASE("two full first names that differ are two children, however much the family agrees (R2.5)") {
  CHECK(verdict_of({Kind::initial, Kind::full_name}, none, none) == Verdict::none);
  CHECK(verdict_of({Kind::initial, Kind::full_name, Kind::home, Kind::address, Kind::parent_bsn}, none,
                   none) == Verdict::family);
}

constexpr int rank(Verdict verdict) {
  return verdict == Verdict::pending ? static_cast<int>(Verdict::family) : static_cast<int>(verdict);
}

TEST_CASE("evidence raises, counter-evidence lowers, and nothing else does either") {
  rc::prop("a kind more never lowers the weights or the verdict, full-name apart", [] {
    const auto kinds = *any_kinds();
    const Kind kind = *rc::gen::elementOf(all_kinds());
    RC_PRE(kind != Kind::full_name);
    auto more = kinds;
    more.add(kind);
    const auto one = *any_status();
    const auto other = *any_status();
    RC_ASSERT(weigh(more).demographic >= weigh(kinds).demographic);
    RC_ASSERT(weigh(more).family >= weigh(kinds).family);
    RC_ASSERT(rank(verdict_of(more, one, other)) >= rank(verdict_of(kinds, one, other)));
  });
  rc::prop("full-name never makes a possible match", [] {
    auto kinds = *any_kinds();
    const auto before = verdict_of(kinds, none, none);
    kinds.add(Kind::full_name);
    RC_ASSERT(verdict_of(kinds, none, none) <= before);
  });
  rc::prop("two proven BSNs that did not meet never raise, and never leave the same youth", [] {
    auto kinds = KindSet::of_bits((*any_kinds()).bits() & ~(1U << static_cast<unsigned>(Kind::bsn)));
    const auto with = verdict_of(kinds, registered, registered);
    RC_ASSERT(with == Verdict::none || with == Verdict::family);
    RC_ASSERT(with <= verdict_of(kinds, *any_status(), none));
  });
  rc::prop("a BSN that is still to be proven shows nothing, unless the numbers met", [] {
    const auto kinds = *any_kinds();
    const auto verdict = verdict_of(kinds, pending, *rc::gen::element(pending, registered));
    RC_ASSERT(verdict == (kinds.has(Kind::bsn) ? Verdict::certain : verdict));
    RC_ASSERT(kinds.has(Kind::bsn) || verdict == Verdict::none || verdict == Verdict::pending);
  });
  rc::prop("what the family has in common never makes one youth of two", [] {
    auto kinds = *any_kinds();
    const bool possible = verdict_of(kinds, none, none) >= Verdict::possible;
    kinds.add(Kind::address);
    kinds.add(Kind::parent_bsn);
    RC_ASSERT((verdict_of(kinds, none, none) >= Verdict::possible) == possible);
  });
}

TEST_CASE("each field counts once, by what says most of it") {
  const int initial = weigh({Kind::initial}).demographic;
  CHECK(weigh({Kind::initial, Kind::full_name, Kind::vowels}).demographic ==
        weigh({Kind::vowels}).demographic);
  CHECK(weigh({Kind::front, Kind::surname_end}).demographic >
        std::max(weigh({Kind::front}).demographic, weigh({Kind::surname_end}).demographic));
  CHECK(weigh({Kind::initial, Kind::home}).demographic > initial);
  CHECK(weigh({Kind::address, Kind::address_alone}).family == weigh({Kind::address}).family);
  CHECK(weigh({Kind::address, Kind::parent_bsn}).family ==
        weigh({Kind::address}).family + weigh({Kind::parent_bsn}).family);
  const KindSet all{Kind::exact, Kind::initial, Kind::full_name, Kind::front, Kind::surname_end,
                    Kind::ends,  Kind::vowels,  Kind::home,      Kind::tail,  Kind::consonants};
  CHECK(weigh(all).demographic == weigh({Kind::exact, Kind::initial, Kind::home}).demographic);
}

// docs/spec/identifiers.md, section 4: "| kind | what it says | sixteenths |" for each kind alone, and m and u of each field.
TEST_CASE("the specification's weights are those of the code") {
  std::ifstream file(std::string(KNOOP_TEST_DIR) + "/../docs/spec/identifiers.md");
  REQUIRE(file);
  std::map<std::string, std::vector<std::string>> rows;
  std::vector<int> fields;
  for (std::string line; std::getline(file, line);) {
    std::vector<std::string> cells;
    std::istringstream in(line);
    for (std::string cell; std::getline(in, cell, '|');) {
      const auto first = cell.find_first_not_of(' ');
      cells.push_back(
          first == std::string::npos ? "" : cell.substr(first, cell.find_last_not_of(' ') - first + 1));
    }
    if (cells.size() == 4) rows[cells[1]] = cells;
    if (cells.size() != 6 || cells[3].find("0.") != 0) continue;
    // "0.98 | 9 · 2^−12.5 | 148": floor(16 · log2(m / u))
    const auto power = cells[4].find("2^−");
    REQUIRE(power != std::string::npos);
    const double times = power == 0 ? 1 : std::stod(cells[4]);
    const double bits = std::stod(cells[4].substr(power + std::string("2^−").size()));
    CAPTURE(line);
    CHECK(std::floor(16 * (std::log2(std::stod(cells[3])) + bits - std::log2(times))) == std::stod(cells[5]));
    fields.push_back(std::stoi(cells[5]));
  }
  CHECK(fields.size() == 15);
  for (const Kind kind : all_kinds()) {
    CAPTURE(to_string(kind));
    REQUIRE(rows.count(std::string(to_string(kind))) == 1);
    const auto weights = weigh({kind});
    CHECK(rows[std::string(to_string(kind))][3] ==
          std::to_string(weights.bsn + weights.demographic + weights.family));
  }
}

}  // namespace
}  // namespace knoop::matching
