// What is on loan is readable while its owner was heard from within the lease, and in an emergency (protocol.md section 4).
#include "tests/sim/exchange_scene.h"

using namespace knoop;
using namespace knoop::sim;
using namespace std::chrono_literals;

namespace {

struct Lent : Story {
  explicit Lent(std::uint64_t seed) : Story(seed) {
    consent({Category::reason});
    ask_and_wait(exchange);
    answer(exchange);
    REQUIRE(until([&] { return acquisition_state(exchange) == AcquisitionState::received; }));
    region.run_for(1min);
  }
  void silence() { region.network.cut(smw().member(), bjz().member()); }
  storage::ReceivedFragment only() {
    const auto all = received();
    REQUIRE(all.size() == 1);
    return all.front();
  }
  bool readable() { return !only().fragment.content.text.empty(); }
  auto in_emergency(const std::string& reason) {
    return bjz().command<std::vector<storage::ReceivedFragment>>(
        [&](Context& context) {
          return bjz().node().service<ExchangeService>().received_in_emergency(context, "bjz-twee-1", reason);
        },
        worker);
  }
  auto take_over() {
    return bjz().command<int>(
        [&](Context& context) -> Result<int> {
          KNOOP_TRY(bjz().node().service<ExchangeService>().take_over(context, smw().member(), exchange,
                                                                      fragment_id(1), "Jeugdwet 7.3.8"));
          return 0;
        },
        worker);
  }
  ExchangeId exchange;
};

}  // namespace

TEST_CASE("R4.3: a loan closes when its owner was silent for the lease, and opens when it is heard again") {
  Lent story(61);
  story.silence();
  story.region.run_for(24h * 7 - 2h);
  CHECK(story.readable());
  story.region.run_for(4h);
  CHECK_FALSE(story.readable());
  CHECK(story.only().lapsed);
  CHECK(story.only().status == LoanStatus::on_loan);  // closed, not destroyed
  const auto taken = story.take_over();
  REQUIRE_FALSE(taken.has_value());
  CHECK(taken.error().code == ErrorCode::not_fresh);

  // A restart is no word from the owner.
  story.bjz().stop();
  story.bjz().start();
  CHECK_FALSE(story.readable());

  story.region.network.heal(story.smw().member(), story.bjz().member());
  REQUIRE(story.until([&] { return story.region.all_ready(); }));
  CHECK(story.readable());
  CHECK_FALSE(story.only().lapsed);
  CHECK(story.take_over().has_value());
  // What was taken over rests on our own ground: the owner's silence changes nothing.
  story.silence();
  story.region.run_for(24h * 30);
  CHECK(story.readable());
}

TEST_CASE("R4.3: an owner that stays connected is heard from, also when it says nothing") {
  Lent story(62);
  story.region.run_for(24h * 20);
  CHECK(story.readable());
  story.silence();
  story.region.run_for(24h * 7 - 2h);
  CHECK(story.readable());
  story.region.run_for(4h);
  CHECK_FALSE(story.readable());
}

TEST_CASE("R4.3: in an emergency a closed loan is read with a reason, and the log says so") {
  Lent story(63);
  story.silence();
  story.region.run_for(24h * 8);
  CHECK_FALSE(story.readable());
  CHECK(story.in_emergency("").error().code == ErrorCode::bad_value);
  CHECK(story.in_emergency(std::string(301, 'x')).error().code == ErrorCode::bad_value);
  const std::size_t before = story.count(story.bjz(), "fragment.read");
  const auto read = story.in_emergency("kind is vermist, politie vraagt naar verblijfplaats");
  REQUIRE(read.has_value());
  REQUIRE(read->size() == 1);
  CHECK(read->front().fragment.content.text == marker);
  CHECK(story.count(story.bjz(), "fragment.read") == before + 1);
  std::size_t emergencies = 0;
  story.in(story.bjz(), [&](Context& context) -> Result<int> {
    KNOOP_LET(state, storage::audit_state(context.tx));
    KNOOP_TRY(storage::each_audit_entry(
        context.tx, state.incarnation, 0, state.tree.size(),
        [&](const audit::ExportedEntry& entry) -> Result<void> {
          emergencies += std::get<audit::Opening>(entry.fields[slot(audit::Field::emergency)]).value == "yes";
          return {};
        }));
    return 0;
  });
  CHECK(emergencies == 2);  // the fragment, and the reading that waits for its review

  SECTION("the privacy officer judges it, once, and not whoever read") {
    const Actor officer{Role::privacy_officer, "p.officier", "", std::nullopt, "console"};
    auto& service = story.bjz().node().service<ExchangeService>();
    const auto waiting = [&] {
      return story.in(story.bjz(), [&](Context& context) { return service.emergency_reads(context); });
    };
    const auto review = [&](std::int64_t id, const std::string& words, const Actor& who) {
      return story.bjz().command<storage::EmergencyRead>(
          [&](Context& context) {
            return service.review_emergency(context, id, consent::Verdict::rejected, words);
          },
          who);
    };
    REQUIRE(waiting().size() == 1);
    const auto read_once = waiting().front();
    CHECK(read_once.client == "bjz-twee-1");
    CHECK(read_once.fragments == 1);
    CHECK(read_once.by == worker.user);
    CHECK(read_once.reason == "kind is vermist, politie vraagt naar verblijfplaats");
    CHECK(story.count(story.bjz(), "fragment.emergency-read") == 1);
    CHECK(review(read_once.id, "overwogen", worker).error().code == ErrorCode::forbidden);
    CHECK(review(read_once.id, "", officer).error().code == ErrorCode::bad_value);
    CHECK(review(read_once.id + 1, "overwogen", officer).error().code == ErrorCode::not_found);

    // Two days at most; then it is overdue, said once.
    story.region.run_for(24h * 4);
    const auto late =
        story.in(story.bjz(), [&](Context& context) { return service.emergency_tasks(context); });
    CHECK(late.reviews == 1);
    CHECK(late.late_reviews == 1);
    CHECK(story.count(story.bjz(), "fragment.emergency-overdue") == 1);

    REQUIRE(review(read_once.id, "overwogen", officer).has_value());
    CHECK(review(read_once.id, "nog eens", officer).error().code == ErrorCode::wrong_state);
    CHECK(waiting().empty());
    CHECK(story.count(story.bjz(), "fragment.emergency-reviewed") == 1);
  }
  SECTION("an emergency in which nothing was closed waits for no review") {
    story.region.network.heal(story.smw().member(), story.bjz().member());
    REQUIRE(story.until([&] { return story.region.all_ready(); }));
    REQUIRE(story.in_emergency("toch maar").has_value());
    CHECK(story.count(story.bjz(), "fragment.emergency-read") == 1);
  }
  SECTION("what a withdrawal locked stays locked, emergency or not") {
    story.region.network.heal(story.smw().member(), story.bjz().member());
    REQUIRE(story.until([&] { return story.region.all_ready(); }));
    story.in(story.smw(), [&](Context& context) -> Result<int> {
      KNOOP_LET(consents, storage::consents_of(context.tx, "smw-een-1"));
      KNOOP_TRY(story.smw().node().service<ConsentService>().withdraw(context, consents.front().id));
      return 0;
    });
    REQUIRE(story.until([&] { return story.only().status == LoanStatus::locked; }));
    story.silence();
    story.region.run_for(24h * 8);
    const auto after = story.in_emergency("spoed");
    REQUIRE(after.has_value());
    CHECK(after->front().fragment.content.text.empty());
  }
}
