// Forms between two nodes (R4.5): who asks names a form and the newest version it knows, the offer the newest that both know.
#include "protocol/fragments/forms.h"
#include "tests/sim/exchange_scene.h"

using namespace knoop;
using namespace knoop::sim;

namespace {

struct Asking : Story {
  explicit Asking(std::uint64_t seed) : Story(seed) { consent({Category::reason, Category::help}); }
  /// What both agreed on, as the asker keeps it.
  std::optional<exchange::FormVersion> agreed(const exchange::FormVersion& form) {
    const ExchangeId exchange = in(bjz(), [&](Context& context) {
      return bjz().node().service<ExchangeService>().request(context, {smw().member(),
                                                                       {known_match(), std::nullopt},
                                                                       Purpose::handover,
                                                                       "aanmelding",
                                                                       "overdracht",
                                                                       {Category::reason, Category::help},
                                                                       form});
    });
    REQUIRE(until([&] { return release_state(exchange) == ReleaseState::asked; }));
    REQUIRE(answer(exchange).offered);
    REQUIRE(until([&] { return acquisition_state(exchange) == AcquisitionState::received; }));
    return in(bjz(), [&](Context& context) -> Result<std::optional<exchange::FormVersion>> {
      KNOOP_LET(found, storage::find_acquisition(context.tx, smw().member(), exchange));
      return found->request.form;
    });
  }
};

}  // namespace

TEST_CASE(
    "R4.5: the version of a form is the newest that both know, a form that one does not know is left out") {
  Asking story(191);
  const forms::Form* known = forms::newest("aanlevering-bjz");
  REQUIRE(known != nullptr);
  CHECK(story.agreed({known->id, known->version}) == exchange::FormVersion{known->id, known->version});
  // A newer program asks: this one answers with what it has.
  const auto newer = static_cast<std::uint16_t>(known->version + 7);
  CHECK(story.agreed({known->id, newer}) == exchange::FormVersion{known->id, known->version});
  // The fragments come all the same.
  CHECK_FALSE(story.agreed({"nergens-bekend", 1}).has_value());
  CHECK(story.received().size() == 6);
}
