// A consent whose freshness is not sure opens nothing (R3.5, protocol.md section 4): what may be missing is a withdrawal.
#include "protocol/records/calendar.h"
#include "tests/sim/exchange_scene.h"

using namespace knoop;
using namespace knoop::sim;

namespace {

struct Doubtful : Story {
  explicit Doubtful(std::uint64_t seed) : Story(seed) { basis = consent({Category::reason, Category::help}); }

  /// BJZ sends what SMW cannot apply.
  void garbage(MessageType type, const std::optional<SubjectId>& subject) {
    const std::uint64_t before = dead();
    in(bjz(), [&](Context& context) -> Result<int> {
      KNOOP_TRY(context.send(smw().member(), type, subject, Bytes{0x93, 0x01}));
      return 0;
    });
    REQUIRE(until([&] { return dead() == before + 1; }));
  }
  std::uint64_t dead() { return letters().size(); }
  std::vector<storage::DeadLetter> letters() {
    return in(smw(), [&](Context& context) {
      return smw().node().service<ExchangeService>().dead_letters(context);
    });
  }
  Result<int> handle(std::int64_t id, const std::string& how) {
    return smw().command<int>(
        [&](Context& context) -> Result<int> {
          KNOOP_TRY(smw().node().service<ExchangeService>().handle_dead_letter(context, id, how));
          return 0;
        },
        worker);
  }
  std::vector<Reason> denied_in_preview() {
    std::vector<Reason> out;
    for (const auto& one : preview({Category::reason, Category::help}).decisions)
      if (!one.permitted) out.push_back(one.reason);
    return out;
  }
  static SubjectId subject(const ExchangeId& exchange) { return *SubjectId::from(exchange.view()); }

  BasisId basis;
};

}  // namespace

TEST_CASE(
    "R3.5: a message about the client that could not be applied makes consent not fresh, until handled") {
  Doubtful story(71);
  ExchangeId exchange;
  story.ask_and_wait(exchange);
  CHECK(story.denied_in_preview().empty());

  story.garbage(MessageType::release_receipt, Doubtful::subject(exchange));
  CHECK(story.denied_in_preview() == std::vector{Reason::not_fresh, Reason::not_fresh});
  const auto refused = story.answer(exchange);
  CHECK_FALSE(refused.offered);
  for (const auto& one : refused.denied) CHECK(one.reason != Reason::consent);
  REQUIRE(story.until([&] { return story.acquisition_state(exchange) == AcquisitionState::refused; }));
  CHECK(story.received().empty());

  // A person looks, says what was done, and consent counts again.
  CHECK(story.handle(story.letters().front().id, "").error().code == ErrorCode::bad_value);
  CHECK(story.handle(4711, "gebeld").error().code == ErrorCode::not_found);
  REQUIRE(story.handle(story.letters().front().id, "gebeld, er was niets ingetrokken").has_value());
  CHECK(story.count(story.smw(), "dead-letter.handled") == 1);
  CHECK(story.denied_in_preview().empty());
}

TEST_CASE(
    "R3.5: a withdrawal of a peer that cannot be read makes consent not fresh for whom we share with it") {
  Doubtful story(72);
  story.garbage(MessageType::consent_withdrawn, std::nullopt);
  // Nothing was ever exchanged with it about this child: its word cannot be about this consent.
  CHECK(story.denied_in_preview().empty());
  ExchangeId exchange;
  story.ask_and_wait(exchange);
  CHECK(story.denied_in_preview() == std::vector{Reason::not_fresh, Reason::not_fresh});
  CHECK_FALSE(story.answer(exchange).offered);
}

TEST_CASE("R3.5: a dead message that comes between offer and key stops the key") {
  Doubtful story(73);
  ExchangeId exchange;
  story.ask_and_wait(exchange);
  story.region.network.cut(story.smw().member(), story.bjz().member());
  CHECK(story.answer(exchange).offered);
  // The match is what both know the child by.
  story.in(story.bjz(), [&](Context& context) -> Result<int> {
    KNOOP_TRY(context.send(story.smw().member(), MessageType::handover_event,
                           *SubjectId::from(known_match().view()), Bytes{0xc1}));
    return 0;
  });
  story.region.network.heal(story.smw().member(), story.bjz().member());
  REQUIRE(story.until([&] { return story.release_state(exchange) == ReleaseState::cancelled; }));
  CHECK(story.count(story.smw(), "release.disclosed") == 0);
  REQUIRE(story.until([&] { return story.acquisition_state(exchange) == AcquisitionState::cancelled; }));
  CHECK(story.received().empty());
}

TEST_CASE("R3.6: a ground opens its items also when consent is not fresh") {
  Doubtful story(74);
  ExchangeId exchange;
  story.ask_and_wait(exchange);
  story.garbage(MessageType::release_receipt, Doubtful::subject(exchange));
  story.in(story.smw(), [&](Context& context) -> Result<int> {
    consent::Ground ground;
    ground.client = "smw-een-1";
    ground.kind = consent::GroundKind::emergency;
    ground.recipient = story.bjz().member();
    ground.items = {Story::fragment_id(3)};
    ground.reasons = "acuut gevaar";
    ground.until = dutch_day(context.now);
    KNOOP_TRY(story.smw().node().service<ConsentService>().record_ground(context, ground));
    return 0;
  });
  const auto answered = story.answer(exchange);
  CHECK(answered.offered);
  CHECK(std::ranges::count(answered.decisions, true, &consent::FragmentDecision::permitted) == 1);
}

TEST_CASE("consent ends at midnight in the Netherlands, not at midnight UTC") {
  Doubtful story(76);
  const auto decided = [&](const std::string& moment) {
    const Timestamp at = Timestamp::parse(moment).value();
    consent::Consent record;
    record.id = story.basis;
    record.client = "C-1";
    record.answer = consent::Answer::yes;
    record.givers = {{consent::Capacity::parent, "moeder", "bekend", "gezagsregister", Date{2026, 3, 1}}};
    record.recipient = story.bjz().member();
    record.purpose = Purpose::handover;
    record.categories = {Category::reason};
    record.from = Date{2026, 3, 29};    // the clock goes forward that night
    record.until = Date{2026, 10, 25};  // and back in this one
    consent::ReleaseRequest request{"C-1",
                                    story.bjz().member(),
                                    Purpose::handover,
                                    {Category::reason},
                                    {{Story::fragment_id(1), Category::reason, std::nullopt, false}},
                                    Date{2018, 1, 1}};
    return consent::decide(request, std::vector{record}, {}, {}, at).front().reason;
  };
  CHECK(decided("2026-03-28T22:59:59Z") == Reason::not_yet);
  CHECK(decided("2026-03-28T23:00:00Z") == Reason::consent);
  CHECK(decided("2026-10-25T22:59:59Z") == Reason::consent);
  CHECK(decided("2026-10-25T23:00:00Z") == Reason::expired);
}
