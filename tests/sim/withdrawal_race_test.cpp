// A withdrawal against three releases at once, over a network that loses, repeats and cuts, with both processes killed
// in the middle: whatever comes first, no key leaves after the withdrawal is committed, every disclosure has its decision
// and its receipt, and the recipient locks and says so (R3.5, protocol.md section 4).
#include "tests/sim/exchange_scene.h"
#include "tests/sim/seeds.h"

using namespace knoop;
using namespace knoop::sim;

namespace {

struct Outcome {
  std::size_t before = 0;  ///< Releases whose key left before the withdrawal.
  std::size_t never = 0;   ///< Releases whose key never left.
};

/// Entries of the sender's log, in order, that release or withdraw.
void check_order(Story& story) {
  bool withdrawn = false;
  for (const std::string& event : story.verified_log(story.smw())) {
    if (event == "consent.withdrawn") withdrawn = true;
    if (event == "release.disclosed") CHECK_FALSE(withdrawn);
  }
  CHECK(withdrawn);
  story.verified_log(story.bjz());
}

Outcome race(std::uint64_t seed) {
  Story story(seed);
  auto& dice = story.region.dice;
  const auto up_to = [&](std::uint64_t most) {
    return Milliseconds{static_cast<std::int64_t>(dice() % most)};
  };
  const BasisId basis = story.consent({Category::reason, Category::help});
  std::vector<ExchangeId> exchanges(3);
  for (ExchangeId& exchange : exchanges) story.ask_and_wait(exchange);

  story.region.network.faults = {150, 100, 20, Milliseconds{1}, Milliseconds{300}};
  // What happens to the world meanwhile, each at its own moment.
  for (int trouble = 0; trouble < 3; ++trouble)
    story.region.agenda.after(up_to(2500), [&, what = dice() % 3] {
      if (what == 2) {
        story.region.network.cut(story.smw().member(), story.bjz().member());
        story.region.agenda.after(
            up_to(4000), [&] { story.region.network.heal(story.smw().member(), story.bjz().member()); });
        return;
      }
      SimNode& victim = story.region[what];
      if (!victim.running()) return;
      victim.crash();
      story.region.agenda.after(up_to(2000), [&victim] { victim.start(); });
    });
  const auto at_smw = [&](const auto& act) {
    REQUIRE(story.region.run_until([&] { return story.smw().running(); }, Milliseconds{60'000}));
    act();
  };
  for (const ExchangeId& exchange : exchanges) {
    at_smw([&] { story.answer(exchange); });
    story.region.run_for(up_to(800));
  }
  story.region.run_for(up_to(1500));
  at_smw([&] { story.withdraw(basis); });
  story.region.run_for(Milliseconds{10'000});
  story.region.network.faults = {};

  const auto open = [&] {
    return story.in(story.smw(),
                    [&](Context& context) { return storage::withdrawals_out(context.tx, true); });
  };
  REQUIRE(story.until([&] {
    return open().empty() && std::ranges::all_of(exchanges, [&](const ExchangeId& exchange) {
             const auto state = story.acquisition_state(exchange);
             return state == AcquisitionState::cancelled || state == AcquisitionState::received;
           });
  }));
  story.region.run_for(Milliseconds{60'000});

  Outcome outcome;
  for (const ExchangeId& exchange : exchanges) {
    const bool left = story.release_state(exchange) == ReleaseState::disclosed;
    CHECK(left == (story.acquisition_state(exchange) == AcquisitionState::received));
    ++(left ? outcome.before : outcome.never);
  }
  for (const auto& fragment : story.received()) {
    CHECK(fragment.status == LoanStatus::locked);
    CHECK(fragment.fragment.content.text.empty());
  }
  // verified_log() holds every disclosure against its decision and its receipt; who was told has answered.
  CHECK(story.count(story.smw(), "consent.withdrawal-acknowledged") ==
        story.count(story.smw(), "consent.withdrawal-sent"));
  CHECK(story.count(story.smw(), "consent.withdrawal-sent") == (outcome.before > 0 ? 1 : 0));
  CHECK(story.count(story.smw(), "release.receipt-received") >= outcome.before);
  CHECK(story.count(story.smw(), "release.disclosed") == outcome.before);
  CHECK(story.count(story.bjz(), "release.received") == outcome.before);
  check_order(story);
  return outcome;
}

}  // namespace

TEST_CASE("R3.5: a withdrawal that races three releases ends in nothing readable, over 200 seeds") {
  Outcome all;
  const std::size_t races = seeds_of_many(200);
  for (std::uint64_t seed = 1; seed <= races; ++seed) {
    CAPTURE(seed);
    const Outcome one = race(seed);
    all.before += one.before;
    all.never += one.never;
  }
  // The moments are spread over the whole exchange.
  CHECK(all.before > races / 2);
  CHECK(all.never > races / 2);
}
