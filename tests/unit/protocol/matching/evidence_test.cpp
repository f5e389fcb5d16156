#include "protocol/matching/evidence.h"

#include <rapidcheck/catch.h>
#include <catch2/catch.hpp>

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
    const auto more = KindSet::of_bits(kinds.bits() | 0xfffcfc01U);
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
                          Kind::vowels, Kind::home})
    CHECK(verdict_of({kind}, none, none) == Verdict::possible);
  for (const Kind kind : {Kind::parent_bsn, Kind::address})
    CHECK(verdict_of({kind}, none, none) == Verdict::family);
}

TEST_CASE("two full first names that differ are two children, however much the family agrees (R2.5)") {
  CHECK(verdict_of({Kind::initial, Kind::full_name}, none, none) == Verdict::none);
  CHECK(verdict_of({Kind::initial, Kind::full_name, Kind::home, Kind::address, Kind::parent_bsn}, none,
                   none) == Verdict::family);
}

TEST_CASE("correlated kinds do not add up") {
  const KindSet all{Kind::exact,       Kind::initial,    Kind::full_name, Kind::front,
                    Kind::surname_end, Kind::consonants, Kind::vowels};
  CHECK(weigh(all).demographic == weight_of(Kind::consonants));
}

}  // namespace
}  // namespace knoop::matching
