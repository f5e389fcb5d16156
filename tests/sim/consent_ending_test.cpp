// Consents that nearly end stand on the work list (R2.7, R3.3), and only those that hold.
#include <catch2/catch.hpp>

#include "node/core/work_list.h"
#include "tests/sim/exchange_scene.h"

namespace knoop::sim {
namespace {

struct Ending : Story {
  Ending() : Story(351) {}

  BasisId say(consent::Answer answer, Category category, int days, std::vector<BasisId> replaces = {}) {
    return in(smw(), [&](Context& context) -> Result<BasisId> {
      const Date today = Date::of(context.now);
      consent::Consent record;
      record.client = "smw-een-1";
      record.answer = answer;
      record.givers = {{consent::Capacity::parent, "moeder", "bekend", "gezagsregister ingezien", today}};
      record.recipient = bjz().member();
      record.purpose = Purpose::handover;
      record.categories = {category};
      record.from = today;
      record.until = Date::from_days(today.days() + days);
      record.way = consent::Way::oral;
      record.text_version = "2026-1";
      record.told_withdrawable = true;
      record.replaces = std::move(replaces);
      return smw().node().service<ConsentService>().record(context, record);
    });
  }
  std::vector<std::string> listed(std::string_view owner = "") {
    const auto items = in(smw(), [&](Context& context) { return work_list(context, owner); });
    std::vector<std::string> ids;
    for (const WorkItem& item : items) {
      REQUIRE(item.kind == WorkKind::consent);
      CHECK(item.client_ref == "smw-een-1");
      CHECK(item.peer == bjz().member());
      CHECK(item.stage == terms::Stage::reminded);
      ids.push_back(item.id);
    }
    return ids;
  }
};

}  // namespace

TEST_CASE("R3.3: a consent that nearly ends is on the work list of who recorded it, others are not") {
  Ending story;
  const BasisId soon = story.say(consent::Answer::yes, Category::reason, 20);
  const BasisId sooner = story.say(consent::Answer::yes, Category::help, 10);
  story.say(consent::Answer::yes, Category::safety, 60);
  story.say(consent::Answer::no, Category::plan, 5);
  CHECK(story.listed() == std::vector{sooner.hex(), soon.hex()});
  CHECK(story.listed("c.jansen").size() == 2);
  CHECK(story.listed("B. Smit").empty());

  story.withdraw(sooner);
  CHECK(story.listed() == std::vector{soon.hex()});
  story.say(consent::Answer::yes, Category::reason, 90, {soon});
  CHECK(story.listed().empty());
}

TEST_CASE("R3.3: a consent is on the work list up to its last day, from four weeks before") {
  Ending story;
  const BasisId id = story.say(consent::Answer::yes, Category::reason, 29);
  CHECK(story.listed().empty());
  story.region.run_for(Milliseconds{std::chrono::days{2}});
  CHECK(story.listed() == std::vector{id.hex()});
  story.region.run_for(Milliseconds{std::chrono::days{29}});
  CHECK(story.listed().empty());
}

}  // namespace knoop::sim
