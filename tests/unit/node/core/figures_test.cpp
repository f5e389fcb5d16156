// R8.6: numbers without personal data. What is small is not told, nor what would tell it.
#include "node/core/figures.h"

#include <catch2/catch.hpp>

#include "storage/handover_repository.h"
#include "storage/records_repository.h"
#include "tests/support/core_node.h"

namespace knoop {
namespace {

const Actor monitor{Role::monitor, "m", "", std::nullopt, "web"};

/// A day is meant at noon.
Timestamp moment(const std::string& text) {
  return Timestamp::parse(text.size() > 10 ? text : text + "T12:00:00Z").value();
}

class Desk {
 public:
  Desk() : node_(core_.start({}).value()) {}
  Figures figures() {
    return command<Figures>([](Context& c) { return knoop::figures(c); });
  }
  /// Of a child of its own, found on this day; contact by the day behind.
  void match(const char* found, std::optional<Date> contact = {}, int child = 0,
             std::optional<MemberId> peer = {}) {
    const int number = ++count_;
    command<int>([&](Context& c) -> Result<int> {
      const Timestamp at = moment(found);
      const Date before = Date::from_days(Date::of(at).days() + 5);
      KNOOP_TRY(
          c.tx.exec("INSERT INTO matches(id, peer, claim, client, verdict, kinds, found, contact_before) "
                    "VALUES (?, ?, ?, ?, 4, 0, ?, ?)",
                    id(number), peer.value_or(core_.peer.card.member), id(number),
                    child == 0 ? 1000 + number : child, at, before));
      KNOOP_TRY(c.tx.exec("INSERT INTO match_tasks(match, begun, state, contact_day) VALUES (?, ?, ?, ?)",
                          id(number), at, contact ? 4 : 3, contact));
      return 0;
    });
  }
  void handover(const char* created, handover::Party party, handover::Kind kind, handover::State state,
                std::optional<const char*> arrived = {}) {
    const int number = ++count_;
    command<int>([&](Context& c) -> Result<int> {
      records::Client client;
      client.ref = "C-1";
      client.surname = "Voorbeeld";
      client.birth_date = {2015, 6, 1};
      KNOOP_TRY(storage::put_client(c.tx, client, c.now));
      storage::StoredHandover one;
      one.id = HandoverId::from(id(number).view()).value();
      one.party = party;
      one.peer = core_.peer.card.member;
      one.client_ref = "C-1";
      one.ask.kind = kind;
      one.ask.urgency = handover::Urgency::normal;
      one.state = state;
      one.responsible = handover::Party::afzender;
      one.created = one.changed = moment(created);
      KNOOP_TRY(storage::put_handover(c.tx, one));
      if (arrived) {
        storage::StoredHappening there{1, state, {}};
        there.happening.event = handover::Event::arrive;
        there.happening.by = handover::Party::ontvanger;
        there.happening.at = moment(*arrived);
        KNOOP_TRY(storage::add_happening(c.tx, one.id, there));
      }
      return 0;
    });
  }

 private:
  static matching::MatchId id(int number) {
    std::array<Byte, 16> bytes{};
    bytes[0] = static_cast<Byte>(number);
    return matching::MatchId(bytes);
  }
  template <typename T>
  T command(const std::function<Result<T>(Context&)>& run) {
    auto result = node_->command<T>(monitor, core_.now, run);
    REQUIRE(node_->flush(core_.now));
    return test::must(std::move(result));
  }

  test::CoreNode core_;
  std::unique_ptr<Node> node_;
  int count_ = 0;
};

TEST_CASE("R8.6: a count from one to four is not told, and neither is what would tell it") {
  CHECK(told<2>(0, {0, 0}).whole == 0);
  CHECK(told<2>(0, {0, 0}).parts.has_value());
  for (const std::int64_t few : {1, 2, 3, 4}) {
    CHECK_FALSE(told<2>(few, {0, 0}).whole);
    CHECK_FALSE(told<2>(few, {few, 0}).parts);
    CHECK_FALSE(told<2>(20 + few, {20, few}).parts);
    CHECK_FALSE(told<2>(20 + few, {20, 0}).parts);  // the rest would be the difference
    CHECK(told<2>(20 + few, {20, few}).whole == 20 + few);
    CHECK_FALSE(told<3>(20 + few, {10, 10, few}).parts);
  }
  CHECK(told<2>(15, {10, 5}).parts == std::array<std::int64_t, 2>{10, 5});
  CHECK(told<2>(5, {5, 0}).whole == 5);
}

TEST_CASE("R8.6: matches are counted by the month in which they were found, and contact by its term") {
  Desk desk;  // it is 2 November 2026
  for (int i = 0; i < 6; ++i) desk.match("2026-09-10", Date{2026, 9, 15});
  for (int i = 0; i < 5; ++i) desk.match("2026-09-11", Date{2026, 9, 20});
  for (int i = 0; i < 5; ++i) desk.match("2026-09-12");  // nobody called, and the term is over
  for (int i = 0; i < 7; ++i) desk.match("2026-11-01");  // the term runs
  for (int i = 0; i < 3; ++i) desk.match("2026-10-01");
  desk.match("2025-11-30");  // longer ago than a year
  const Figures found = desk.figures();
  REQUIRE(found.months.size() == figure_months);
  CHECK(found.months.front().month == Date{2025, 12, 1});
  CHECK(found.months.back().month == Date{2026, 11, 1});
  const MonthFigures& september = found.months.at(9);
  CHECK(september.month == Date{2026, 9, 1});
  CHECK(september.matches.whole == 16);
  CHECK(september.matches.parts == std::array<std::int64_t, 2>{6, 10});
  CHECK(found.months.back().matches.whole == 7);
  CHECK(found.months.back().matches.parts == std::array<std::int64_t, 2>{0, 0});
  CHECK_FALSE(found.months.at(10).matches.whole);
  CHECK_FALSE(found.months.at(10).matches.parts);
  CHECK(found.months.front().matches.whole == 0);
}

TEST_CASE("R8.6: a month is that of the Netherlands, which begins before that of Greenwich") {
  Desk desk;
  for (int i = 0; i < 5; ++i) desk.match("2026-10-31T23:30:00Z");
  CHECK(desk.figures().months.back().matches.whole == 5);
  for (int i = 0; i < 5; ++i) desk.match("2026-10-31T22:30:00Z");
  CHECK(desk.figures().months.at(10).matches.whole == 5);
}

TEST_CASE("R8.6: hand-overs tell how many arrived, how many went to the wrong place, and how long it took") {
  Desk desk;
  using handover::Kind;
  using handover::Party;
  using handover::State;
  for (const char* const day : {"2026-10-08", "2026-10-09", "2026-10-10", "2026-10-20", "2026-10-30"})
    desk.handover("2026-10-01", Party::afzender, Kind::handover, State::arrived, day);
  for (int i = 0; i < 5; ++i) desk.handover("2026-10-02", Party::afzender, Kind::handover, State::refused);
  for (int i = 0; i < 4; ++i)
    desk.handover("2026-10-02", Party::ontvanger, Kind::back_referral, State::requested);
  const MonthFigures october = desk.figures().months.at(10);
  CHECK(october.asked.whole == 10);
  CHECK(october.asked.parts == std::array<std::int64_t, 2>{5, 5});
  CHECK(october.lead_days == 9);
  CHECK_FALSE(october.received.whole);
  CHECK_FALSE(october.received.parts);
  CHECK_FALSE(desk.figures().months.back().lead_days);
}

TEST_CASE("R8.6: how long it takes is told of what we asked, not of what was asked of us") {
  Desk desk;
  for (int i = 0; i < 5; ++i) {
    desk.handover("2026-10-01", handover::Party::ontvanger, handover::Kind::handover,
                  handover::State::arrived, "2026-10-02");
    desk.handover("2026-10-01", handover::Party::afzender, handover::Kind::handover, handover::State::arrived,
                  "2026-10-21");
  }
  CHECK(desk.figures().months.at(10).lead_days == 20);
}

TEST_CASE("R8.6: how many organisations are around a child, by the levels of R6.5") {
  Desk desk;
  const test::CoreNode others;  // for members of their own
  for (int child = 1; child <= 6; ++child) desk.match("2026-10-01", {}, child);
  for (int child = 7; child <= 12; ++child) {
    desk.match("2026-10-01", {}, child);
    desk.match("2026-10-01", {}, child, others.other.card.member);
  }
  const Figures found = desk.figures();
  CHECK(found.circles.whole == 12);
  CHECK(found.circles.parts == std::array<std::int64_t, 3>{6, 6, 0});
  desk.match("2026-10-01", {}, 20);
  CHECK(desk.figures().circles.parts == std::array<std::int64_t, 3>{7, 6, 0});
}

}  // namespace
}  // namespace knoop
