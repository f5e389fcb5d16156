#include "node/core/records.h"

#include <catch2/catch.hpp>

#include "node/core/import_service.h"
#include "protocol/records/rules.h"
#include "tests/support/core_node.h"

namespace knoop {
namespace {

using records::ImportFile;

const Actor professional{Role::professional, "a.voorbeeld", "", std::nullopt, "command line"};

/// A node with one client, "A", and the log of what was done.
/// Records and imports alone: matching would take up what they leave for it.
std::vector<std::unique_ptr<Service>> records_services() {
  std::vector<std::unique_ptr<Service>> services;
  services.push_back(std::make_unique<RecordsService>());
  services.push_back(std::make_unique<ImportService>());
  return services;
}

class Desk {
 public:
  Desk() : node_(core_.start(records_services()).value()) {
    import(
        {{ 2,
           { "A",
             "123456782",
             "Noor",
             "",
             "Voorbeeld",
             "2015-06-01",
             "V",
             "1234 AB",
             "12",
             "",
             "0363",
             "",
             "" } }});
  }

  template <typename T>
  Result<T> command(const std::function<Result<T>(Context&)>& run) {
    auto result = node_->command<T>(professional, core_.now, run);
    REQUIRE(node_->flush(core_.now));
    return result;
  }
  void import(std::vector<records::RawRow> rows) {
    for (records::RawRow& row : rows) row.fields.resize(records::fields_of(ImportFile::clients).size());
    auto& service = node_->service<ImportService>();
    const auto id = command<storage::ImportId>([&](Context& c) { return service.start(c, {}); }).value();
    REQUIRE(command<int>([&](Context& c) -> Result<int> {
      KNOOP_TRY(service.stage(c, id, ImportFile::clients, rows));
      KNOOP_TRY(service.finish(c, id));
      return 0;
    }));
    for (int i = 0; i < 20; ++i) tick();
    const auto job = command<storage::ImportJob>([&](Context& c) { return service.status(c, id); });
    REQUIRE(job);
    CHECK(job->state == storage::ImportState::done);
    CHECK(job->counts[0].added == static_cast<std::int64_t>(rows.size()));
  }
  void restart() {
    node_.reset();
    node_ = core_.start(records_services()).value();
  }
  void tick() {
    node_->tick(core_.now);
    REQUIRE(node_->flush(core_.now));
    for (const Error& trouble : node_->troubles()) FAIL_CHECK(trouble.sentence);
  }
  std::int64_t number(std::string_view sql) { return core_.number(*node_, sql); }
  std::int64_t logged(audit::Event event) { return core_.logged(*node_, event); }
  void clean() {
    REQUIRE(command<int>([](Context& c) -> Result<int> {
      KNOOP_TRY(c.tx.exec("DELETE FROM matching_dirty"));
      return 0;
    }));
  }
  [[nodiscard]] test::CoreNode& core() { return core_; }

 private:
  test::CoreNode core_;
  std::unique_ptr<Node> node_;
};

records::Involvement an_involvement() {
  records::Involvement involvement;
  involvement.from = {2026, 10, 1};
  involvement.until = {2026, 12, 31};
  involvement.professional = {"A. Voorbeeld", "jeugdarts", "020-5550100", ""};
  return involvement;
}

TEST_CASE("R8.1 opening and searching clients is logged") {
  Desk desk;
  const auto file = desk.command<ClientFile>([](Context& c) { return read_client(c, "A", "intake"); });
  REQUIRE(file);
  CHECK(file->client.client.surname == "Voorbeeld");
  CHECK(desk.logged(audit::Event::client_read) == 1);
  const auto none = desk.command<ClientFile>([](Context& c) { return read_client(c, "B"); });
  REQUIRE_FALSE(none);
  CHECK(none.error().code == ErrorCode::not_found);
  CHECK(desk.logged(audit::Event::client_read) == 1);

  const auto found = desk.command<std::vector<storage::StoredClient>>(
      [](Context& c) { return search_clients(c, {.surname_prefix = "voor"}); });
  REQUIRE(found);
  CHECK(found->size() == 1);
  CHECK(desk.logged(audit::Event::client_searched) == 1);
}

TEST_CASE("R8.1 a search that shows many clients names every one of them in the log") {
  Desk desk;
  std::vector<records::RawRow> rows;
  for (std::uint64_t i = 0; i < 99; ++i)
    rows.push_back(
        {i + 2, {fmt::format("{:->60}", i), "", "", "", "Veel", "2015-06-01", "", "", "", "", "", "", ""}});
  desk.import(rows);
  const auto found = desk.command<std::vector<storage::StoredClient>>(
      [](Context& c) { return search_clients(c, {.limit = 5000}); });
  REQUIRE(found);
  CHECK(found->size() == 100);
  CHECK(desk.logged(audit::Event::client_searched) > 5);
}

TEST_CASE("R2.2 an involvement is added, extended and closed, each is logged and told to matching") {
  Desk desk;
  using Stored = storage::StoredInvolvement;
  desk.clean();
  const auto added =
      desk.command<Stored>([](Context& c) { return add_involvement(c, "A", an_involvement()); });
  REQUIRE(added);
  CHECK(desk.logged(audit::Event::involvement_added) == 1);
  CHECK(desk.number("SELECT count(*) FROM matching_dirty") == 1);
  desk.clean();

  const auto extend = [&](Date until) {
    return desk.command<Stored>([&](Context& c) { return extend_involvement(c, added->id, until); });
  };
  CHECK(extend({2028, 11, 3}).error().code == ErrorCode::bad_value);
  CHECK(extend({2026, 11, 1}).error().code == ErrorCode::bad_value);
  CHECK(desk.number("SELECT count(*) FROM matching_dirty") == 0);
  CHECK(extend({2028, 10, 1}).value().involvement.until == Date{2028, 10, 1});
  CHECK(desk.number("SELECT count(*) FROM matching_dirty") == 1);
  desk.clean();

  const auto close = [&](const std::string& why = "Hulp is afgerond") {
    return desk.command<Stored>([&](Context& c) { return close_involvement(c, added->id, why); });
  };
  CHECK(close("").error().code == ErrorCode::bad_value);
  CHECK(close(std::string(records::longest_why + 1, 'a')).error().code == ErrorCode::bad_value);
  CHECK(desk.number("SELECT count(*) FROM matching_dirty") == 0);
  const Stored closed = close().value();
  CHECK(closed.involvement.closed_on == Date{2026, 11, 2});
  CHECK(closed.involvement.closed_why == "Hulp is afgerond");
  CHECK(desk.logged(audit::Event::involvement_closed) == 1);
  CHECK(desk.number("SELECT count(*) FROM matching_dirty") == 1);
  CHECK(close().error().code == ErrorCode::wrong_state);
  CHECK(extend({2027, 1, 1}).error().code == ErrorCode::wrong_state);

  auto bad = an_involvement();
  bad.professional.name = "";
  const auto refused = desk.command<Stored>([&](Context& c) { return add_involvement(c, "A", bad); });
  REQUIRE_FALSE(refused);
  CHECK(refused.error().sentence.find("professional") != std::string::npos);
  CHECK(desk.command<std::vector<ListedInvolvement>>(
                [](Context& c) { return list_involvements(c, {.active_only = false}); })
            .value()
            .front()
            .client_ref == "A");
}

TEST_CASE("an involvement begins and ends by itself when its day comes") {
  Desk desk;
  auto involvement = an_involvement();
  involvement.until = {2026, 11, 3};
  REQUIRE(desk.command<storage::StoredInvolvement>(
      [&](Context& c) { return add_involvement(c, "A", involvement); }));
  desk.clean();
  for (const auto* time : {"2026-11-02T20:00:00Z", "2026-11-03T12:00:00Z"}) {
    desk.core().now = test::at(time);
    desk.tick();
  }
  CHECK(desk.number("SELECT count(*) FROM matching_dirty") == 0);
  desk.core().now = test::at("2026-11-03T22:59:59Z");
  desk.tick();
  CHECK(desk.number("SELECT count(*) FROM matching_dirty") == 0);
  desk.core().now = test::at("2026-11-03T23:00:00Z");  // midnight in the Netherlands
  desk.tick();
  CHECK(desk.number("SELECT count(*) FROM matching_dirty") == 1);
}

TEST_CASE(
    "R2.2: the end of an involvement is told before, once, also over restarts, and again when it was "
    "extended") {
  Desk desk;
  auto involvement = an_involvement();
  involvement.until = {2026, 11, 30};
  const auto id = desk.command<storage::StoredInvolvement>(
                          [&](Context& c) { return add_involvement(c, "A", involvement); })
                      .value()
                      .id;
  const auto told = [&] { return desk.logged(audit::Event::involvement_reminded); };
  // In steps that no clock is doubted for.
  const auto on = [&](const std::string& day) {
    while (desk.core().now < test::at(day + "T12:00:00Z")) {
      desk.core().now = desk.core().now + std::chrono::hours{12};
      desk.tick();
    }
  };
  desk.tick();
  CHECK(told() == 1);  // 28 days from today
  desk.restart();
  on("2026-11-03");
  on("2026-11-20");
  CHECK(told() == 1);
  REQUIRE(desk.command<storage::StoredInvolvement>([&](Context& c) {
    return extend_involvement(c, id, {2027, 3, 31});
  }));
  on("2027-03-02");
  CHECK(told() == 1);
  on("2027-03-03");
  CHECK(told() == 2);
  REQUIRE(desk.command<storage::StoredInvolvement>(
      [&](Context& c) { return close_involvement(c, id, "Verhuisd"); }));
  on("2027-03-31");
  CHECK(told() == 2);
}

TEST_CASE("R2.2: while the clock is in doubt nobody is told that an involvement ends") {
  Desk desk;
  auto involvement = an_involvement();
  involvement.until = {2027, 6, 30};
  REQUIRE(desk.command<storage::StoredInvolvement>(
      [&](Context& c) { return add_involvement(c, "A", involvement); }));
  desk.core().now = test::at("2027-06-20T12:00:00Z");  // a step of the clock that nobody confirmed
  desk.tick();
  desk.tick();
  REQUIRE_FALSE(desk.command<bool>([](Context& c) -> Result<bool> { return c.clock_sure(); }).value());
  CHECK(desk.logged(audit::Event::involvement_reminded) == 0);
}

TEST_CASE("fragments are added and read, each logged, a client's file shows titles only") {
  Desk desk;
  records::Fragment fragment;
  fragment.category = Category::reason;
  fragment.title = "Aanleiding";
  fragment.author = "A. Voorbeeld";
  fragment.date = {2026, 11, 1};
  fragment.text = "Tekst";
  const auto id = desk.command<FragmentId>([&](Context& c) { return add_fragment(c, "A", fragment); });
  REQUIRE(id);
  const auto file = desk.command<ClientFile>([](Context& c) { return read_client(c, "A"); });
  REQUIRE(file->fragments.size() == 1);
  CHECK(file->fragments[0].fragment.title == "Aanleiding");
  CHECK(file->fragments[0].fragment.text.empty());
  CHECK(desk.command<storage::StoredFragment>([&](Context& c) { return read_fragment(c, *id); })->fragment ==
        fragment);
  CHECK(desk.logged(audit::Event::fragment_added) == 1);
  CHECK(desk.logged(audit::Event::fragment_read) == 1);
  fragment.text = "";
  CHECK(desk.command<FragmentId>([&](Context& c) { return add_fragment(c, "A", fragment); }).error().code ==
        ErrorCode::bad_value);
}

TEST_CASE("R2.5 marks are set by hand, logged, and told to matching") {
  Desk desk;
  desk.clean();
  const auto mark = [&] {
    return desk.command<int>([](Context& c) -> Result<int> {
      KNOOP_TRY(mark_client(c, "A", {.secret = true, .institutional = false}));
      return 0;
    });
  };
  const auto before = desk.logged(audit::Event::client_changed);
  REQUIRE(mark());
  CHECK(desk.logged(audit::Event::client_changed) == before + 1);
  CHECK(desk.number("SELECT count(*) FROM matching_dirty") == 1);
  REQUIRE(mark());
  CHECK(desk.logged(audit::Event::client_changed) == before + 1);
}

}  // namespace
}  // namespace knoop
