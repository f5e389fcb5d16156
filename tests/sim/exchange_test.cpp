// Fragments between two organisations, under faults and crashes: exactly what is consented, nothing without a receipt,
// a withdrawal always wins, and the logs of both sides prove it (R3, R4, R8).
#include "tests/sim/exchange_scene.h"
#include "tools/knoop-verify/receipt.h"

using namespace knoop;
using namespace knoop::sim;

TEST_CASE("R3.5: while the clock is in doubt nothing is offered, and an offer under way is not opened") {
  using namespace std::chrono_literals;
  Story story(31);
  story.consent({Category::reason, Category::help});
  ExchangeId asked;
  story.ask_and_wait(asked);
  story.region.run_for(2min);

  story.smw().set_clock(-6min);
  const auto refused = story.smw().command<ExchangeService::Answered>(
      [&](Context& context) {
        return story.smw().node().service<ExchangeService>().answer(context, story.bjz().member(), asked, {});
      },
      worker);
  REQUIRE_FALSE(refused.has_value());
  CHECK(refused.error().code == ErrorCode::clock_unsure);
  CHECK(story.release_state(asked) == ReleaseState::asked);
  const auto confirm = [&] {
    story.in(story.smw(), [](Context& context) -> Result<int> {
      KNOOP_TRY(context.confirm_clock());
      return 0;
    });
  };
  confirm();

  // The offer goes; before the receipt comes back the clock steps: the key is destroyed, not sent.
  story.region.network.cut(story.smw().member(), story.bjz().member());
  CHECK(story.answer(asked).offered);
  story.smw().set_clock(25h);
  story.region.network.heal(story.smw().member(), story.bjz().member());
  REQUIRE(story.until([&] { return story.release_state(asked) == ReleaseState::cancelled; }));
  REQUIRE(story.until([&] { return story.acquisition_state(asked) == AcquisitionState::cancelled; }));
  CHECK(story.received().empty());
}

TEST_CASE("R4.2: exactly the consented fragments go, the others are denied with a reason, both logs verify") {
  Story story(1);
  story.consent({Category::reason, Category::help, Category::plan});
  ExchangeId exchange;
  story.ask_and_wait(exchange);
  const auto answered = story.answer(exchange, {{Story::fragment_id(2)}});
  CHECK(answered.offered);
  CHECK(answered.denied == std::vector<exchange::Denied>{{Category::help, Reason::withheld},
                                                         {Category::safety, Reason::no_consent},
                                                         {Category::plan, Reason::nothing_held}});
  REQUIRE(story.until([&] { return story.acquisition_state(exchange) == AcquisitionState::received; }));
  CHECK(story.release_state(exchange) == ReleaseState::disclosed);
  const auto received = story.received();
  REQUIRE(received.size() == 1);
  CHECK(received[0].fragment.content.category == Category::reason);
  CHECK(received[0].fragment.content.text == marker);
  CHECK(received[0].status == LoanStatus::on_loan);
  CHECK(story.count(story.smw(), "release.disclosed") == 1);
  CHECK(story.count(story.smw(), "release.receipt-received") == 1);
  CHECK(story.count(story.smw(), "consent.recorded") == 1);
  CHECK(story.count(story.bjz(), "release.received") == 1);
  CHECK(story.count(story.bjz(), "fragment.read") == 1);
}

TEST_CASE(
    "R3.5: a withdrawal reaches a former member, which locks what it holds, what was offered to it is "
    "destroyed") {
  Story story(33);
  const BasisId basis = story.consent({Category::reason, Category::help});
  ExchangeId first;
  story.ask_and_wait(first);
  REQUIRE(story.answer(first).offered);
  REQUIRE(story.until([&] { return story.acquisition_state(first) == AcquisitionState::received; }));
  // A second offer waits for its receipt, a third request for an answer, when the receiver is left out.
  ExchangeId second;
  story.ask_and_wait(second);
  ExchangeId third;
  story.ask_and_wait(third);
  story.region.network.cut(story.smw().member(), story.bjz().member());
  REQUIRE(story.answer(second).offered);
  story.region.amend([&](Convenant& convenant) {
    std::erase_if(convenant.members, [&](const auto& each) { return each.member == story.bjz().member(); });
  });
  CHECK(story.release_state(second) == ReleaseState::cancelled);
  CHECK(story.release_state(third) == ReleaseState::cancelled);
  CHECK(story.acquisition_state(second) == AcquisitionState::cancelled);
  CHECK(story.acquisition_state(third) == AcquisitionState::cancelled);
  story.in(story.smw(), [&](Context& context) -> Result<int> {
    KNOOP_LET(release, storage::find_release(context.tx, story.bjz().member(), second));
    CHECK_FALSE(release->secrets);  // the key did not leave, and never will
    return 0;
  });
  CHECK(story.received().at(0).status == LoanStatus::on_loan);

  story.region.network.heal(story.smw().member(), story.bjz().member());
  const auto effect = story.withdraw(basis);
  CHECK(effect.followed == 1);
  REQUIRE(story.until([&] { return story.received().at(0).status == LoanStatus::locked; }));
  REQUIRE(story.until([&] { return story.count(story.smw(), "consent.withdrawal-acknowledged") == 1; }));
  // Nothing else: it asks in vain.
  const auto asked = story.bjz().command<ExchangeId>(
      [&](Context& context) {
        return story.bjz().node().service<ExchangeService>().request(context, {story.smw().member(),
                                                                               {known_match(), std::nullopt},
                                                                               Purpose::handover,
                                                                               "a",
                                                                               "b",
                                                                               {Category::reason}});
      },
      worker);
  CHECK(asked.error().code == ErrorCode::not_a_member);
}

TEST_CASE("R3.4: without consent nothing leaves, and the answer does not say whether anything is held") {
  Story story(2);
  ExchangeId exchange;
  story.ask_and_wait(exchange);
  const auto answered = story.answer(exchange);
  CHECK_FALSE(answered.offered);
  for (const exchange::Denied& denied : answered.denied) CHECK(denied.reason == Reason::no_consent);
  CHECK(answered.denied.size() == 4);
  REQUIRE(story.until([&] { return story.acquisition_state(exchange) == AcquisitionState::refused; }));
  CHECK(story.received().empty());
  CHECK(story.count(story.smw(), "release.disclosed") == 0);

  SECTION("a request about a child that is not known looks the same") {
    const exchange::About about{matching::MatchId(std::array<Byte, 16>{99}), std::nullopt};
    const auto unknown = story.bjz().command<ExchangeId>(
        [&](Context& context) {
          return story.bjz().node().service<ExchangeService>().request(
              context, {story.smw().member(), about, Purpose::handover, "a", "b", {Category::reason}});
        },
        worker);
    CHECK(unknown.error().code == ErrorCode::not_found);
  }
}

TEST_CASE("R3.5: a withdrawal before the key destroys it: nothing leaves") {
  Story story(3);
  const BasisId basis = story.consent({Category::reason});
  ExchangeId exchange;
  story.ask_and_wait(exchange);
  story.region.network.cut(story.smw().member(), story.bjz().member());
  REQUIRE(story.answer(exchange).offered);
  story.region.run_for(Milliseconds{5'000});
  const auto effect = story.withdraw(basis);
  CHECK(effect.cancelled == 1);
  CHECK(effect.followed == 0);
  story.region.network.heal(story.smw().member(), story.bjz().member());
  REQUIRE(story.until([&] { return story.acquisition_state(exchange) == AcquisitionState::cancelled; }));
  story.region.run_for(Milliseconds{120'000});
  CHECK(story.release_state(exchange) == ReleaseState::cancelled);
  CHECK(story.received().empty());
  CHECK(story.count(story.smw(), "release.disclosed") == 0);
  CHECK(story.count(story.smw(), "release.cancelled") == 1);
  story.in(story.smw(), [&](Context& context) -> Result<int> {
    KNOOP_LET(release, storage::find_release(context.tx, story.bjz().member(), exchange));
    CHECK_FALSE(release->secrets);
    CHECK_FALSE(release->offer);
    return 0;
  });
}

TEST_CASE("R3.5: a refusal recorded while the receipt is on its way is seen by the second decision") {
  Story story(4);
  story.consent({Category::reason});
  ExchangeId exchange;
  story.ask_and_wait(exchange);
  REQUIRE(story.answer(exchange).offered);
  story.in(story.smw(), [&](Context& context) {
    consent::Consent record;
    record.client = "smw-een-1";
    record.answer = consent::Answer::objection;
    record.givers = {
        {consent::Capacity::parent, "vader", "bekend", "gezagsregister ingezien", Date::of(context.now)}};
    record.recipient = story.bjz().member();
    record.purpose = Purpose::handover;
    record.categories = {Category::reason};
    record.from = Date::of(context.now);
    record.way = consent::Way::oral;
    return story.smw().node().service<ConsentService>().record(context, record);
  });
  REQUIRE(story.until([&] { return story.acquisition_state(exchange) == AcquisitionState::cancelled; }));
  CHECK(story.count(story.smw(), "release.receipt-received") == 1);
  CHECK(story.count(story.smw(), "release.disclosed") == 0);
  CHECK(story.received().empty());
}

TEST_CASE(
    "R3.5: after the key a withdrawal follows: the receiver locks and says so, what was taken over is "
    "flagged") {
  for (const bool taken : {false, true}) {
    CAPTURE(taken);
    Story story(5);
    const BasisId basis = story.consent({Category::reason});
    ExchangeId exchange;
    story.ask_and_wait(exchange);
    story.answer(exchange);
    REQUIRE(story.until([&] { return story.acquisition_state(exchange) == AcquisitionState::received; }));
    if (taken)
      story.in(story.bjz(), [&](Context& context) -> Result<int> {
        KNOOP_TRY(story.bjz().node().service<ExchangeService>().take_over(
            context, story.smw().member(), exchange, Story::fragment_id(1), "Jeugdwet 7.3.8"));
        return 0;
      });
    story.bjz().stop();
    CHECK(story.withdraw(basis).followed == 1);
    const auto open = [&] {
      return story.in(story.smw(),
                      [&](Context& context) { return storage::withdrawals_out(context.tx, true); });
    };
    story.region.run_for(std::chrono::hours{23});
    CHECK_FALSE(open().at(0).overdue);
    story.region.run_for(std::chrono::hours{7});
    REQUIRE(open().size() == 1);
    CHECK(open().at(0).overdue);
    CHECK(story.count(story.smw(), "consent.withdrawal-overdue") == 1);
    story.bjz().start();
    REQUIRE(story.until([&] { return open().empty(); }));
    const auto received = story.received();
    REQUIRE(received.size() == 1);
    CHECK(received[0].status == (taken ? LoanStatus::flagged : LoanStatus::locked));
    CHECK(received[0].fragment.content.text.empty() == !taken);
    CHECK(story.count(story.smw(), "consent.withdrawal-sent") == 1);
    CHECK(story.count(story.smw(), "consent.withdrawal-acknowledged") == 1);
    CHECK(story.count(story.bjz(), "consent.withdrawal-received") == 1);
    // How late it was heard shows at the receiver too.
    CHECK(story.newest_detail(story.bjz(), "consent.withdrawal-received").find("more than a day after") !=
          std::string::npos);
    const auto again = story.smw().command<ExchangeService::WithdrawalEffect>(
        [&](Context& context) {
          return story.smw().node().service<ConsentService>().withdraw(context, basis);
        },
        worker);
    CHECK(again.error().code == ErrorCode::wrong_state);
  }
}

TEST_CASE("R3.5: whenever it comes, a withdrawal ends in nothing readable at the receiver") {
  std::size_t cancelled = 0;
  std::size_t followed = 0;
  for (std::uint64_t seed = 1; seed <= 24; ++seed) {
    CAPTURE(seed);
    Story story(seed);
    const BasisId basis = story.consent({Category::reason, Category::help});
    ExchangeId exchange;
    story.ask_and_wait(exchange);
    story.region.network.faults = {100, 100, 20, Milliseconds{1}, Milliseconds{300}};
    story.answer(exchange);
    story.region.run_for(Milliseconds{static_cast<std::int64_t>(story.region.dice() % 1500)});
    const auto effect = story.withdraw(basis);
    cancelled += effect.cancelled;
    followed += effect.followed;
    CHECK(effect.cancelled + effect.followed == 1);
    story.region.network.faults = {};
    REQUIRE(story.until([&] {
      const auto state = story.acquisition_state(exchange);
      return state == AcquisitionState::cancelled || state == AcquisitionState::received;
    }));
    story.region.run_for(Milliseconds{120'000});
    for (const auto& fragment : story.received()) {
      CHECK(fragment.status == LoanStatus::locked);
      CHECK(fragment.fragment.content.text.empty());
    }
    CHECK(story.count(story.smw(), "release.disclosed") == effect.followed);
    story.verified_log(story.bjz());
  }
  CHECK(cancelled > 0);
  CHECK(followed > 0);
}

TEST_CASE("R9.4: killing either node at any moment ends in the same release, disclosed once") {
  for (std::uint64_t seed = 1; seed <= 16; ++seed) {
    CAPTURE(seed);
    Story story(seed);
    std::size_t seen = 0;
    story.region.network.tap = [&](const MemberId&, const MemberId&, ByteView frame) {
      if (text_view(frame).find(marker) != std::string_view::npos) ++seen;
    };
    story.consent({Category::reason, Category::help});
    ExchangeId exchange;
    story.ask_and_wait(exchange);
    story.region.network.faults = {100, 100, 20, Milliseconds{1}, Milliseconds{200}};
    story.answer(exchange);
    for (int kill = 0; kill < 3; ++kill) {
      story.region.run_for(Milliseconds{static_cast<std::int64_t>(story.region.dice() % 700)});
      SimNode& victim = story.region[story.region.dice() % 2];
      victim.crash();
      story.region.run_for(Milliseconds{static_cast<std::int64_t>(story.region.dice() % 3000)});
      victim.start();
    }
    story.region.network.faults = {};
    REQUIRE(story.until([&] { return story.acquisition_state(exchange) == AcquisitionState::received; }));
    CHECK(story.release_state(exchange) == ReleaseState::disclosed);
    CHECK(story.received().size() == 2);
    CHECK(story.count(story.smw(), "release.disclosed") == 1);
    CHECK(story.count(story.bjz(), "release.received") == 1);
    CHECK(seen == 0);
  }
}

TEST_CASE("R3.3: a consent for once opens one release") {
  Story story(6);
  story.consent({Category::reason}, true);
  ExchangeId first;
  story.ask_and_wait(first);
  ExchangeId second;
  story.ask_and_wait(second);
  CHECK(story.answer(first).offered);
  CHECK(story.answer(second).offered);  // both before the key of either
  REQUIRE(story.until([&] {
    const auto a = story.acquisition_state(first);
    const auto b = story.acquisition_state(second);
    return a != AcquisitionState::asked && a != AcquisitionState::receipted && b != AcquisitionState::asked &&
           b != AcquisitionState::receipted;
  }));
  CHECK(story.count(story.smw(), "release.disclosed") == 1);
  CHECK(story.count(story.smw(), "release.cancelled") == 1);
  CHECK(story.received().size() == 1);
}

TEST_CASE("R4.2: an offer for an accepted hand-over is taken, one that nobody awaits is not") {
  Story story(7);
  story.consent({Category::reason, Category::help});
  const auto offer = [&](exchange::About about) {
    return story
        .in(story.smw(),
            [&](Context& context) {
              return story.smw().node().service<ExchangeService>().offer(context,
                                                                         {story.bjz().member(),
                                                                          about,
                                                                          Purpose::handover,
                                                                          "",
                                                                          "",
                                                                          {Category::reason, Category::help}},
                                                                         "smw-een-1", {});
            })
        .exchange;
  };
  const ExchangeId awaited = offer({std::nullopt, accepted_handover()});
  const ExchangeId unasked = offer({known_match(), std::nullopt});
  REQUIRE(story.until([&] { return story.acquisition_state(awaited) == AcquisitionState::received; }));
  story.region.run_for(Milliseconds{60'000});
  CHECK(story.release_state(unasked) == ReleaseState::offered);
  CHECK(story.received().size() == 2);
  CHECK(story.count(story.smw(), "release.disclosed") == 1);
}

TEST_CASE("R3.6: a ground opens its items without consent, and is marked for review") {
  Story story(8);
  story.in(story.smw(), [&](Context& context) {
    consent::Ground ground;
    ground.client = "smw-een-1";
    ground.kind = consent::GroundKind::conflict_of_duties;
    ground.recipient = story.bjz().member();
    ground.items = {Story::fragment_id(3)};
    ground.reasons = "vastgelegd in het dossier";
    ground.consulted = "b.devries";
    ground.until = Date::from_days(Date::of(context.now).days() + 7);
    return story.smw().node().service<ConsentService>().record_ground(context, ground);
  });
  ExchangeId exchange;
  story.ask_and_wait(exchange);
  CHECK(story.answer(exchange).offered);
  REQUIRE(story.until([&] { return story.acquisition_state(exchange) == AcquisitionState::received; }));
  const auto received = story.received();
  REQUIRE(received.size() == 1);
  CHECK(received[0].fragment.content.category == Category::safety);
  CHECK(story.count(story.smw(), "ground.recorded") == 1);
}

TEST_CASE("R4.3: a loan ends on its last day") {
  Story story(9);
  story.consent({Category::reason});
  ExchangeId exchange;
  story.ask_and_wait(exchange);
  story.answer(exchange);
  REQUIRE(story.until([&] { return story.acquisition_state(exchange) == AcquisitionState::received; }));
  story.in(story.bjz(), [&](Context& context) -> Result<int> {
    KNOOP_LET(expired, storage::lock_expired(context.tx, Date::from_days(Date::of(context.now).days() + 90),
                                             context.now));
    CHECK(expired.empty());
    KNOOP_LET(after, storage::lock_expired(context.tx, Date::from_days(Date::of(context.now).days() + 91),
                                           context.now));
    CHECK(after.size() == 1);
    return 0;
  });
  const auto received = story.received();
  REQUIRE(received.size() == 1);
  CHECK(received[0].status == LoanStatus::locked);
  CHECK(received[0].fragment.content.text.empty());
}

TEST_CASE("R3.5: a withdrawal that cannot be read locks everything on loan from its sender") {
  Story story(31);
  story.consent({Category::reason, Category::help});
  ExchangeId exchange;
  story.ask_and_wait(exchange);
  story.answer(exchange);
  REQUIRE(story.until([&] { return story.acquisition_state(exchange) == AcquisitionState::received; }));
  REQUIRE(story.received().size() == 2);
  story.in(story.smw(), [&](Context& context) -> Result<int> {
    KNOOP_TRY(
        context.send(story.bjz().member(), MessageType::consent_withdrawn, std::nullopt, Bytes{1, 2, 3}));
    return 0;
  });
  CHECK(story.until([&] {
    return std::ranges::all_of(story.received(),
                               [](const auto& one) { return one.status == LoanStatus::locked; });
  }));
}

TEST_CASE("R4.2: what leaves is byte for byte what the preview showed, also with third persons withheld") {
  Story story(41);
  records::Fragment help = story.own(Story::fragment_id(2));
  help.content = R"({"hulp":[{"soort":"training"}]})";
  help.persons = {"jeugdige", "oma"};
  story.correct(Story::fragment_id(2), help);
  story.consent({Category::reason, Category::help});
  ExchangeId exchange;
  story.ask_and_wait(exchange);
  const ExchangeService::Selection selection{{}, true, {}};
  const auto preview = story.preview({Category::reason, Category::help, Category::safety}, selection);
  REQUIRE(preview.leaving.size() == 2);
  CHECK(preview.obligations.purpose == Purpose::handover);
  CHECK_FALSE(preview.obligations.onward);
  CHECK(story.answer(exchange, selection).offered);
  REQUIRE(story.until([&] { return story.acquisition_state(exchange) == AcquisitionState::received; }));
  const auto received = story.received();
  REQUIRE(received.size() == 2);
  for (const auto& one : received) {
    const auto shown = std::ranges::find(preview.leaving, one.fragment.id, &exchange::WireFragment::id);
    REQUIRE(shown != preview.leaving.end());
    CHECK(encode(*shown) == encode(one.fragment));
    if (one.fragment.content.category != Category::help) continue;
    CHECK(one.fragment.content.text.empty());
    CHECK(one.fragment.content.persons == std::vector<std::string>{"jeugdige"});
    CHECK(one.fragment.content.content == R"({"hulp":[{"soort":"training"}]})");
    CHECK(one.fragment.withheld == std::vector<std::string>{"persons", "text"});
  }
}

TEST_CASE("R4: a correction after a release goes to every recipient where the consent still stands") {
  Story story(42);
  const BasisId basis = story.consent({Category::reason, Category::help});
  ExchangeId exchange;
  story.ask_and_wait(exchange);
  story.answer(exchange);
  REQUIRE(story.until([&] { return story.acquisition_state(exchange) == AcquisitionState::received; }));

  records::Fragment better = story.own(Story::fragment_id(1));
  better.text = "Het was anders.";
  const bool withdrawn = GENERATE(false, true);
  if (withdrawn) {
    story.withdraw(basis);
    REQUIRE(story.until([&] { return story.received().front().status == LoanStatus::locked; }));
    story.correct(Story::fragment_id(1), better);
    // It hears that what it has is wrong, and nothing of what is right.
    REQUIRE(story.until([&] { return story.count(story.bjz(), "fragment.corrected") == 1; }));
    story.region.run_for(Milliseconds{300'000});
    const auto held = story.received();
    REQUIRE(held.size() == 2);
    for (const auto& one : held) {
      CHECK(one.fragment.content.text.empty());
      CHECK(one.corrected.has_value() == (one.fragment.id == Story::fragment_id(1)));
    }
    CHECK(story.count(story.smw(), "fragment.correction-told") == 1);
    CHECK(story.count(story.smw(), "release.disclosed") == 1);
    return;
  }
  story.correct(Story::fragment_id(1), better);
  REQUIRE(story.until([&] { return story.received().size() == 3; }));
  const auto received = story.received();
  CHECK(std::ranges::count_if(received, [](const auto& one) { return one.corrected.has_value(); }) == 1);
  const auto fresh =
      std::ranges::find_if(received, [&](const auto& one) { return one.exchange != exchange; });
  REQUIRE(fresh != received.end());
  CHECK(fresh->fragment.id == Story::fragment_id(1));
  CHECK(fresh->fragment.version == 2);
  CHECK(fresh->fragment.content.text == "Het was anders.");
  CHECK_FALSE(fresh->corrected);
  // And a correction of the correction finds its way as well.
  better.text = "Het was nog anders.";
  story.correct(Story::fragment_id(1), better);
  REQUIRE(story.until([&] { return story.received().size() == 4; }));
  const auto all = story.received();
  CHECK(std::ranges::count_if(all, [](const auto& one) { return !one.corrected; }) == 2);
  CHECK(story.count(story.smw(), "release.disclosed") == 3);
}

TEST_CASE("R4: a correction whose consent goes before its key leaves the word that the copy is wrong") {
  Story story(43);
  const BasisId basis = story.consent({Category::reason, Category::help});
  ExchangeId exchange;
  story.ask_and_wait(exchange);
  story.answer(exchange);
  REQUIRE(story.until([&] { return story.acquisition_state(exchange) == AcquisitionState::received; }));
  story.region.network.cut(story.smw().member(), story.bjz().member());
  records::Fragment better = story.own(Story::fragment_id(1));
  better.text = "Het was anders.";
  story.correct(Story::fragment_id(1), better);
  REQUIRE(story.until([&] { return story.count(story.smw(), "release.offered") == 2; }));
  story.withdraw(basis);
  CHECK(story.count(story.smw(), "fragment.correction-told") == 1);
  story.region.network.heal(story.smw().member(), story.bjz().member());
  REQUIRE(story.until([&] { return story.count(story.bjz(), "fragment.corrected") == 1; }));
  story.region.run_for(Milliseconds{120'000});
  for (const auto& one : story.received()) {
    CHECK(one.status == LoanStatus::locked);
    CHECK(one.corrected.has_value() == (one.fragment.id == Story::fragment_id(1)));
  }
  CHECK(story.count(story.smw(), "release.disclosed") == 1);
}

TEST_CASE("R4: the word that a fragment is wrong may come before its key, and only for what was offered") {
  Story story(44);
  story.consent({Category::reason, Category::help});
  ExchangeId exchange;
  story.ask_and_wait(exchange);
  // Stands for a key that is slower than the word: the receiver has signed, and hears of the correction first.
  story.answer(exchange);
  for (int i = 0; i < 60'000 && story.acquisition_state(exchange) != AcquisitionState::receipted; ++i)
    story.region.run_for(Milliseconds{1});
  REQUIRE(story.release_state(exchange) == ReleaseState::offered);
  story.in(story.smw(), [&](Context& context) -> Result<int> {
    const exchange::FragmentCorrected word{
        exchange, {Story::fragment_id(1), Story::fragment_id(9)}, context.now};
    KNOOP_TRY(
        context.send(story.bjz().member(), MessageType::fragment_corrected, std::nullopt, encode(word)));
    return 0;
  });
  REQUIRE(story.until([&] { return story.count(story.bjz(), "fragment.corrected") == 1; }));
  REQUIRE(story.until([&] { return story.acquisition_state(exchange) == AcquisitionState::received; }));
  const auto held = story.received();
  REQUIRE(held.size() == 2);
  for (const auto& one : held) CHECK(one.corrected.has_value() == (one.fragment.id == Story::fragment_id(1)));
  story.in(story.bjz(), [](Context& context) -> Result<int> {
    KNOOP_LET(rows, context.tx.one("SELECT count(*) FROM corrections_in"));
    CHECK(rows->get<std::int64_t>(0) <= 1);
    return 0;
  });
  // About an exchange that never was: refused, and nothing is marked.
  story.in(story.smw(), [&](Context& context) -> Result<int> {
    const exchange::FragmentCorrected word{ExchangeId{}, {Story::fragment_id(2)}, context.now};
    KNOOP_TRY(
        context.send(story.bjz().member(), MessageType::fragment_corrected, std::nullopt, encode(word)));
    return 0;
  });
  REQUIRE(story.until([&] { return story.count(story.bjz(), "dead-letter") == 1; }));
  CHECK(std::ranges::count_if(story.received(), [](const auto& one) { return one.corrected.has_value(); }) ==
        1);
}

TEST_CASE("R8.2: a receipt exported by either side verifies, also when the content is locked") {
  Story story(43);
  const BasisId basis = story.consent({Category::reason, Category::help});
  ExchangeId exchange;
  story.ask_and_wait(exchange);
  story.answer(exchange);
  REQUIRE(story.until([&] { return story.acquisition_state(exchange) == AcquisitionState::received; }));
  const auto file = [&](SimNode& node, const MemberId& peer, bool with_content) {
    return story.in(node, [&](Context& context) {
      return node.node().service<ExchangeService>().receipt(context, peer, exchange, with_content);
    });
  };
  const auto check = [&](const exchange::ReceiptFile& receipt) {
    const auto text = exchange::write_receipt(receipt);
    REQUIRE(text);
    const auto report = verifier::verify_receipt_text(*text, {});
    INFO((report ? "" : report.error().sentence));
    REQUIRE(report);
    CHECK(report->receipt.body.items.size() == 2);
    return report->receipt.opened.size();
  };
  CHECK(check(file(story.smw(), story.bjz().member(), false)) == 0);
  CHECK(check(file(story.bjz(), story.smw().member(), false)) == 0);
  CHECK(check(file(story.bjz(), story.smw().member(), true)) == 2);
  story.withdraw(basis);
  REQUIRE(story.until([&] { return story.received().front().status == LoanStatus::locked; }));
  CHECK(check(file(story.bjz(), story.smw().member(), true)) == 0);
}

TEST_CASE("R4.1: a fragment that is marked sensitive needs its category named, whatever the category is") {
  Story story(44);
  records::Fragment help = story.own(Story::fragment_id(2));
  help.sensitive = true;
  story.correct(Story::fragment_id(2), help);
  const bool named = GENERATE(false, true);
  story.in(story.smw(), [&](Context& context) -> Result<BasisId> {
    const Date today = Date::of(context.now);
    consent::Consent record;
    record.client = "smw-een-1";
    record.answer = consent::Answer::yes;
    record.givers = {{consent::Capacity::parent, "moeder", "bekend", "gezagsregister ingezien", today}};
    record.recipient = story.bjz().member();
    record.purpose = Purpose::handover;
    record.everything = true;
    if (named) record.categories = {Category::help};
    record.from = today;
    record.until = Date::from_days(today.days() + 90);
    record.way = consent::Way::oral;
    record.text_version = "2026-1";
    record.told_withdrawable = true;
    return story.smw().node().service<ConsentService>().record(context, record);
  });
  const auto preview = story.preview({Category::reason, Category::help});
  CHECK(preview.leaving.size() == (named ? 2 : 1));
}
