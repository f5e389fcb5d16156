// A professional leaves (R2.2, R2.7): everything moves at once, or nothing, and what nobody took is seen.
#include "node/core/leaving.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <set>

#include "node/core/records.h"
#include "node/core/work_list.h"
#include "storage/aftercare_repository.h"
#include "storage/erasure_repository.h"
#include "storage/work_repository.h"
#include "tests/support/core_node.h"

namespace knoop {
namespace {

const Actor lead{Role::team_lead, "t.leider", "", std::nullopt, "command line"};

records::Professional jansen() {
  return {"C. Jansen", "jeugdarts", "020-5550100", ""};
}

/// A node of its own, with three clients of C. Jansen and one of B. Smit.
class Desk {
 public:
  Desk() {
    std::vector<std::unique_ptr<Service>> services;
    services.push_back(std::make_unique<RecordsService>());
    node_ = core_.start(std::move(services)).value();
    for (const char* ref : {"A", "B", "C"}) add(ref, jansen());
    add("D", {"B. Smit", "maatschappelijk werker", "", "smit@voorbeeld.example"});
  }

  template <typename T>
  Result<T> command(const std::function<Result<T>(Context&)>& run) {
    auto result = node_->command<T>(lead, core_.now, run);
    REQUIRE(node_->flush(core_.now));
    return result;
  }
  void add(const std::string& ref, const records::Professional& who) {
    REQUIRE(command<int>([&](Context& c) -> Result<int> {
      records::Client client;
      client.ref = ref;
      client.surname = "Voorbeeld";
      client.birth_date = {2015, 6, 1};
      KNOOP_TRY(storage::put_client(c.tx, client, c.now));
      records::Involvement one;
      one.from = {2026, 10, 1};
      one.until = {2027, 9, 30};
      one.professional = who;
      KNOOP_TRY(add_involvement(c, ref, one));
      return 0;
    }));
  }
  Result<Left> leave(const Leaving& leaving) {
    return command<Left>([&](Context& c) { return knoop::leave(c, leaving); });
  }
  std::vector<Held> has(const std::string& name, const std::string& account = "") {
    return command<std::vector<Held>>([&](Context& c) { return caseload(c, name, account); }).value();
  }
  std::vector<WorkItem> work() {
    return command<std::vector<WorkItem>>([](Context& c) { return work_list(c); }).value();
  }
  std::int64_t number(std::string_view sql) { return core_.number(*node_, sql); }
  std::int64_t logged(audit::Event event) { return core_.logged(*node_, event); }
  [[nodiscard]] test::CoreNode& core() { return core_; }

 private:
  test::CoreNode core_;
  std::unique_ptr<Node> node_;
};

std::set<std::string> clients(const std::vector<Held>& things) {
  std::set<std::string> out;
  for (const Held& one : things) out.insert(one.client_ref);
  return out;
}

TEST_CASE("R2.2: a leaver's involvements move to a colleague in one transaction, logged one by one") {
  Desk desk;
  REQUIRE(desk.command<int>([](Context& c) -> Result<int> {
    KNOOP_TRY(c.tx.exec("DELETE FROM matching_dirty"));
    return 0;
  }));
  const auto left = desk.leave({.name = "C. Jansen", .to = {"B. Smit", "", "", ""}});
  REQUIRE(left);
  CHECK(clients(left->moved) == std::set<std::string>{"A", "B", "C"});
  CHECK(left->untaken.empty());
  CHECK(desk.has("C. Jansen").empty());
  CHECK(clients(desk.has("B. Smit")) == std::set<std::string>{"A", "B", "C", "D"});
  CHECK(desk.logged(audit::Event::responsible_changed) == 3);
  CHECK(desk.logged(audit::Event::professional_left) == 1);
  CHECK(desk.number("SELECT count(*) FROM matching_dirty") == 3);  // the peers hear whom to call
  // What was not said of the colleague is known from the colleague's own work.
  const auto of_a = desk.command<ClientFile>([](Context& c) { return read_client(c, "A"); });
  CHECK(of_a->involvements.front().involvement.professional ==
        records::Professional{"B. Smit", "maatschappelijk werker", "", "smit@voorbeeld.example"});
  CHECK(desk.work().empty());
}

TEST_CASE("a professional is one, however the name is written") {
  Desk desk;
  for (const char* written : {"c. jansen", "C.Jansen", " C JANSEN ", "c.jansen"})
    CHECK(desk.has(written).size() == 3);
  CHECK(desk.has("C. Janssen").empty());
}

TEST_CASE("R5.6: what nobody took stands on top of the work list until somebody does") {
  Desk desk;
  const auto left = desk.leave({.name = "C. Jansen"});
  REQUIRE(left);
  CHECK(left->moved.empty());
  CHECK(left->untaken.size() == 3);
  const auto items = desk.work();
  REQUIRE(items.size() == 3);
  CHECK(items.front().kind == WorkKind::takeover);
  CHECK(items.front().stage == terms::Stage::overdue);
  CHECK(items.front().owner.empty());
  CHECK(items.front().trouble == "was van C. Jansen");
  CHECK(desk.command<std::vector<WorkItem>>([](Context& c) { return work_list(c, "B. Smit"); })->size() == 3);
  // One client goes to one colleague, the rest to another.
  CHECK(desk.leave({.name = "C. Jansen", .to = {"B. Smit", "", "", ""}, .clients = {"B"}})->untaken.size() ==
        2);
  CHECK(desk.leave({.name = "C. Jansen", .to = {"D. Visser", "jeugdarts", "020-5550101", ""}})
            ->untaken.empty());
  CHECK(desk.work().empty());
  CHECK(clients(desk.has("D. Visser")) == std::set<std::string>{"A", "C"});
}

TEST_CASE("R5.6: an import that names the leaver again is seen as taken by nobody") {
  Desk desk;
  REQUIRE(desk.leave({.name = "C. Jansen", .to = {"B. Smit", "", "", ""}}));
  desk.add("E", jansen());
  REQUIRE(desk.work().size() == 1);
  CHECK(desk.work().front().client_ref == "E");
  REQUIRE(desk.command<int>([](Context& c) -> Result<int> {
    KNOOP_TRY(come_back(c, "C. Jansen"));
    return 0;
  }));
  CHECK(desk.work().empty());
}

TEST_CASE("R2.2: duties by account move with those by name, and what is over needs nobody") {
  Desk desk;
  const auto plan = [&](Byte number, const std::string& ref, aftercare::State state) {
    REQUIRE(desk.command<int>([&](Context& c) -> Result<int> {
      storage::StoredAftercare one;
      one.id = storage::AftercareId(std::array<Byte, 16>{number});
      one.client_ref = ref;
      one.ends = {2027, 6, 1};
      one.state = state;
      KNOOP_TRY(storage::put_aftercare(c.tx, one));
      KNOOP_TRY(name_responsible(c, storage::Duty::aftercare, one.id.view(), ref, "c123, jeugdarts"));
      return 0;
    }));
  };
  plan(1, "A", aftercare::State::later);
  plan(2, "B", aftercare::State::made);
  CHECK(desk.has("C. Jansen").size() == 3);
  CHECK(desk.has("C. Jansen", "c123").size() == 4);
  const auto left = desk.leave({.name = "C. Jansen", .account = "c123", .to = {"B. Smit", "", "", ""}});
  CHECK(left->moved.size() == 4);
  CHECK(desk.has("B. Smit").size() == 5);
  const auto kept = desk.command<std::optional<storage::Responsible>>([](Context& c) {
    return storage::find_responsible(c.tx, storage::Duty::aftercare,
                                     storage::DutyId(std::array<Byte, 16>{2}));
  });
  REQUIRE(kept.has_value());
  CHECK_FALSE(kept->has_value());
}

TEST_CASE("who answers for many things is asked at once, and is who each of them has") {
  Desk desk;
  const auto id = [](Byte number) { return storage::DutyId(std::array<Byte, 16>{number, 0, number}); };
  const auto asked = desk.command<std::map<storage::DutyId, std::string>>(
      [&](Context& c) -> Result<std::map<storage::DutyId, std::string>> {
        for (Byte i = 1; i <= 60; ++i)
          KNOOP_TRY(name_responsible(c, i <= 50 ? storage::Duty::aftercare : storage::Duty::consent,
                                     id(i).view(), "A", fmt::format("P. {}", i)));
        std::vector<storage::DutyId> ids;
        for (Byte i = 40; i <= 70; ++i) ids.push_back(id(i));
        return storage::responsible_of(c.tx, storage::Duty::aftercare, ids);
      });
  REQUIRE(asked);
  CHECK(asked->size() == 11);
  for (Byte i = 40; i <= 50; ++i) CHECK(asked->at(id(i)) == fmt::format("P. {}", i));
  const auto none = desk.command<std::map<storage::DutyId, std::string>>(
      [](Context& c) { return storage::responsible_of(c.tx, storage::Duty::aftercare, {}); });
  CHECK(none->empty());
}

TEST_CASE("hostile and mistaken: work is moved to nobody, to the leaver, or to another leaver by no means") {
  Desk desk;
  const auto refused = [&](const Leaving& leaving) {
    const auto left = desk.leave(leaving);
    REQUIRE_FALSE(left);
    CHECK(left.error().code == ErrorCode::bad_value);
  };
  refused({.name = ""});
  refused({.name = std::string(201, 'a')});
  refused({.name = "C. Jansen", .to = {"c.jansen", "", "020-5550100", ""}});
  refused({.name = "C. Jansen", .account = "c123", .to = {"C123", "", "020-5550100", ""}});
  refused({.name = "C. Jansen", .to = {"Zonder Telefoon", "", "", ""}});  // a match needs a way to reach them
  REQUIRE(desk.leave({.name = "B. Smit"}));
  refused({.name = "C. Jansen", .to = {"B. Smit", "", "", ""}});
  // Nothing of what was refused happened, not even a part.
  CHECK(desk.has("C. Jansen").size() == 3);
  CHECK(desk.logged(audit::Event::responsible_changed) == 0);
  CHECK(desk.logged(audit::Event::professional_left) == 1);
  const auto unknown = desk.command<int>([](Context& c) -> Result<int> {
    KNOOP_TRY(come_back(c, "Wie Niet"));
    return 0;
  });
  CHECK(unknown.error().code == ErrorCode::not_found);
}

TEST_CASE("R8.4: with the client goes who answered for what") {
  Desk desk;
  REQUIRE(desk.command<int>([](Context& c) -> Result<int> {
    KNOOP_TRY(name_responsible(c, storage::Duty::consent, storage::DutyId{}.view(), "A", "C. Jansen"));
    KNOOP_TRY(c.tx.exec("DELETE FROM matching_dirty"));
    KNOOP_TRY(storage::erase_client(c.tx, "A", c.now));
    return 0;
  }));
  CHECK(desk.number("SELECT count(*) FROM responsibles") == 0);
  CHECK(clients(desk.has("C. Jansen")) == std::set<std::string>{"B", "C"});
}

}  // namespace
}  // namespace knoop
