// The plan of aftercare as a task (R5.5): half a year before the end of care, told once a stage, over restarts.
#include <catch2/catch.hpp>

#include "node/core/aftercare_service.h"
#include "node/core/work_list.h"
#include "storage/records_repository.h"
#include "tests/support/core_node.h"

namespace knoop {
namespace {

using audit::Event;
using storage::AftercareId;
using storage::StoredAftercare;

const Actor professional{Role::professional, "c.jansen", "", std::nullopt, "command line"};

class Desk {
 public:
  Desk() {
    start();
    REQUIRE(command<int>([](Context& c) -> Result<int> {
      records::Client client;
      client.ref = "A";
      client.surname = "Voorbeeld";
      client.birth_date = {2015, 6, 1};
      KNOOP_TRY(storage::put_client(c.tx, client, c.now));
      return 0;
    }));
  }
  void start() {
    std::vector<std::unique_ptr<Service>> services;
    services.push_back(std::make_unique<AftercareService>());
    node_.reset();
    node_ = core_.start(std::move(services)).value();
  }
  template <typename T>
  Result<T> command(const std::function<Result<T>(Context&)>& run) {
    auto result = node_->command<T>(professional, core_.now, run);
    REQUIRE(node_->flush(core_.now));
    return result;
  }
  Result<StoredAftercare> watch(Date ends, const std::string& ref = "A") {
    return command<StoredAftercare>([&](Context& c) { return service().watch(c, ref, ends, "C. Jansen"); });
  }
  AftercareService& service() { return node_->service<AftercareService>(); }
  /// In steps that no clock is doubted for.
  void until(Date day) {
    while (Date::of(core_.now) < day) {
      core_.now = core_.now + std::chrono::hours{12};
      node_->tick(core_.now);
      REQUIRE(node_->flush(core_.now));
    }
  }
  StoredAftercare find(const AftercareId& id) {
    return command<std::optional<StoredAftercare>>(
               [&](Context& c) { return storage::find_aftercare(c.tx, id); })
        .value()
        .value();
  }
  std::vector<WorkItem> work() {
    return command<std::vector<WorkItem>>([](Context& c) { return work_list(c); }).value();
  }
  std::int64_t logged(Event event) {
    return command<std::int64_t>([&](Context& c) -> Result<std::int64_t> {
             KNOOP_LET(row, c.tx.one("SELECT count(*) FROM audit_entries WHERE event = ?", event));
             return row->get<std::int64_t>(0);
           })
        .value();
  }

 private:
  test::CoreNode core_;
  std::unique_ptr<Node> node_;
};

TEST_CASE(
    "R5.5: half a year before the end of care the plan is a task, reminded, late and escalated once each") {
  Desk desk;
  const StoredAftercare plan = desk.watch({2027, 6, 15}).value();
  CHECK(plan.span.begins == Date{2026, 12, 15});
  desk.until({2026, 12, 14});
  CHECK(desk.find(plan.id).state == aftercare::State::later);
  CHECK(desk.work().empty());
  CHECK(desk.logged(Event::aftercare_due) == 0);

  desk.until({2026, 12, 16});
  CHECK(desk.find(plan.id).state == aftercare::State::to_make);
  CHECK(desk.logged(Event::aftercare_due) == 1);
  REQUIRE(desk.work().size() == 1);
  CHECK(desk.work().front().kind == WorkKind::aftercare);
  CHECK(desk.work().front().due == plan.span.due);
  CHECK(desk.work().front().owner == "C. Jansen");

  desk.until(terms::plus_days(plan.span.remind, 1));
  CHECK(desk.logged(Event::aftercare_reminded) == 1);
  desk.start();  // what is under way stands in the database
  desk.until(terms::plus_days(plan.span.due, 2));
  CHECK(desk.work().front().stage == terms::Stage::overdue);
  desk.start();
  desk.until(terms::plus_days(plan.span.escalate, 20));
  CHECK(desk.work().front().stage == terms::Stage::escalated);
  for (const Event event : {Event::aftercare_due, Event::aftercare_reminded, Event::aftercare_overdue,
                            Event::aftercare_escalated})
    CHECK(desk.logged(event) == 1);

  // Late is not never.
  REQUIRE(desk.command<StoredAftercare>(
      [&](Context& c) { return desk.service().made(c, plan.id, "In het dossier, F15", std::nullopt); }));
  CHECK(desk.work().empty());
  CHECK(desk.logged(Event::aftercare_closed) == 1);
}

TEST_CASE("R5.5: care that ends on another day begins the term of its plan anew") {
  Desk desk;
  const StoredAftercare plan = desk.watch({2027, 5, 4}).value();
  desk.until({2026, 11, 6});
  CHECK(desk.find(plan.id).state == aftercare::State::to_make);
  const auto moved = desk.command<StoredAftercare>([&](Context& c) {
    return desk.service().move_end(c, plan.id, {2028, 5, 4});
  });
  CHECK(moved->state == aftercare::State::later);
  CHECK(moved->span.begins == Date{2027, 11, 4});
  CHECK(desk.work().empty());
}

TEST_CASE("R5.5: what must be refused of a plan of aftercare") {
  Desk desk;
  CHECK(desk.watch({2026, 11, 1}).error().code == ErrorCode::bad_value);
  CHECK(desk.watch({2060, 1, 1}).error().code == ErrorCode::bad_value);
  CHECK(desk.watch({2027, 6, 1}, "B").error().code == ErrorCode::not_found);
  const AftercareId id = desk.watch({2027, 6, 1})->id;
  CHECK(desk.watch({2027, 7, 1}).error().code == ErrorCode::wrong_state);  // one open plan a client
  const auto made = [&](const std::string& words, const std::optional<HandoverId>& handover) {
    return desk.command<StoredAftercare>(
        [&](Context& c) { return desk.service().made(c, id, words, handover); });
  };
  CHECK(made("", std::nullopt).error().code == ErrorCode::bad_value);
  CHECK(made("", HandoverId{}).error().code == ErrorCode::bad_value);  // no such hand-over
  CHECK(made(std::string(1001, 'a'), std::nullopt).error().code == ErrorCode::bad_value);
  const auto not_needed = [&](const std::string& why) {
    return desk.command<StoredAftercare>([&](Context& c) { return desk.service().not_needed(c, id, why); });
  };
  CHECK(not_needed("").error().code == ErrorCode::bad_value);
  CHECK(desk.logged(Event::aftercare_closed) == 0);
  CHECK(not_needed("Het gezin is verhuisd en in zorg elders")->state == aftercare::State::not_needed);
  CHECK(not_needed("Nog eens").error().code == ErrorCode::wrong_state);
  CHECK(made("Toch", std::nullopt).error().code == ErrorCode::wrong_state);
  CHECK(desk.watch({2027, 8, 1}).has_value());  // and a next one may be watched
}

}  // namespace
}  // namespace knoop
