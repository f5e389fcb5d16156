// What youth and parents say of a fragment goes with it, or is visibly missing (R3.7).
#include "tests/sim/exchange_scene.h"

using namespace knoop;
using namespace knoop::sim;

namespace {

/// SMW's fragment on the reason has a view of the parents.
struct Answered : Story {
  explicit Answered(std::uint64_t seed) : Story(seed) {
    in(smw(), [&](Context& context) -> Result<int> {
      const records::Fragment view{Category::views, "Moeder ziet dit anders", records::Nature::interpretation,
                                   "C. Jansen",     Date{2026, 1, 3},         "Het gaat juist beter.",
                                   {"jeugdige"}};
      KNOOP_LET(client, storage::find_client(context.tx, "smw-een-1"));
      KNOOP_TRY(
          storage::add_fragment(context.tx, fragment_id(20), client->id, view, context.now, fragment_id(1)));
      return 0;
    });
  }
  std::set<Category> came(const ExchangeService::Selection& selection = {}) {
    ask_and_wait(exchange);
    answer(exchange, selection);
    REQUIRE(until([&] { return acquisition_state(exchange) == AcquisitionState::received; }));
    std::set<Category> out;
    for (const auto& one : received()) out.insert(one.fragment.content.category);
    return out;
  }
  std::optional<Reason> told_of_views() {
    const auto denied = in(bjz(), [&](Context& context) -> Result<std::vector<exchange::Denied>> {
      KNOOP_LET(found, storage::find_acquisition(context.tx, smw().member(), exchange));
      return found->denied;
    });
    for (const auto& one : denied)
      if (one.category == Category::views) return one.reason;
    return std::nullopt;
  }
  ExchangeId exchange;
};

}  // namespace

TEST_CASE("R3.7: the view of youth and parents goes with the fragment it answers, asked for or not") {
  Answered story(91);
  story.consent({Category::reason, Category::views});
  CHECK(story.came() == std::set{Category::reason, Category::views});
  CHECK_FALSE(story.told_of_views());
  for (const auto& one : story.received())
    if (one.fragment.content.category == Category::views) CHECK(one.fragment.parent == Story::fragment_id(1));
  // And the preview shows it as leaving.
  CHECK(story.preview({Category::reason}).leaving.size() == 2);
}

TEST_CASE("R3.7: a view whose category is not permitted is visibly missing") {
  Answered story(92);
  story.consent({Category::reason});
  CHECK(story.came() == std::set{Category::reason});
  CHECK(story.told_of_views() == Reason::no_consent);
}

TEST_CASE("R3.7: a view is not heard of without the fragment it answers") {
  Answered story(93);
  story.consent({Category::help, Category::views});
  CHECK(story.came() == std::set{Category::help});
  CHECK_FALSE(story.told_of_views());
}

TEST_CASE("R3.7: a professional who withholds the fragment withholds its view") {
  Answered story(94);
  story.consent({Category::reason, Category::help, Category::views});
  CHECK(story.came({.withheld = {Story::fragment_id(1)}}) == std::set{Category::help});
  CHECK_FALSE(story.told_of_views());
}

TEST_CASE("R3.7: a correction of a view follows it") {
  Answered story(95);
  story.consent({Category::reason, Category::views});
  story.came();
  records::Fragment content = story.own(Story::fragment_id(20));
  content.text = "Het gaat veel beter.";
  story.correct(Story::fragment_id(20), content);
  REQUIRE(story.until([&] { return story.received().size() == 3; }));
}
