#include "protocol/consent/ground.h"

#include <catch2/catch.hpp>

using namespace knoop;
using namespace knoop::consent;

namespace {

const Date today{2027, 1, 15};
const Timestamp now{today.days() * 86'400'000 + 1};

template <typename Id>
Id id(Byte first) {
  Id value;
  value.data()[0] = first;
  return value;
}

Date in_days(int days) {
  return Date::from_days(today.days() + days);
}

Ground complete(GroundKind kind = GroundKind::conflict_of_duties) {
  Ground ground;
  ground.client = "C-1";
  ground.kind = kind;
  ground.recipient = id<MemberId>(1);
  ground.items = {id<FragmentId>(1)};
  ground.reasons = "vastgelegd in het dossier";
  ground.source = "beschikking 123, vraag van 14 januari";
  ground.consulted = "b.devries";
  ground.recorded_by = "c.jansen";
  ground.recorded_at = now;
  ground.until = today;
  return ground;
}

bool accepted(const Ground& ground, std::string_view recipient_kind = "bjz") {
  return check_ground(ground, recipient_kind, {}).has_value();
}

}  // namespace

TEST_CASE("R3.6: an ondertoezichtstelling is a duty, Veilig Thuis a right, and they show differently") {
  CHECK(force_of(GroundKind::supervision_order) == Force::duty);
  CHECK(force_of(GroundKind::legal_duty) == Force::duty);
  CHECK(force_of(GroundKind::veilig_thuis) == Force::right);
  CHECK(force_of(GroundKind::replacement) == Force::right);
  CHECK(force_of(GroundKind::conflict_of_duties) == Force::necessity);
  CHECK(force_of(GroundKind::emergency) == Force::necessity);
  CHECK(to_string(Force::duty) == "verplichting");
  CHECK(to_string(Force::right) == "recht");
  CHECK(dutch(GroundKind::supervision_order).find("Verplichting") == 0);
  CHECK(dutch(GroundKind::veilig_thuis).find("Meldrecht") == 0);
  CHECK(law_of(GroundKind::supervision_order) == "Jeugdwet artikel 7.3.11 lid 4");
  CHECK(law_of(GroundKind::veilig_thuis) == "Wmo 2015 artikel 5.2.6");
}

TEST_CASE("R3.6: a ground needs items, reasons and a consulted colleague") {
  CHECK(accepted(complete()));
  const auto refused_with = [](auto change) {
    Ground changed = complete();
    change(changed);
    const auto checked = check_ground(changed, "bjz", {});
    REQUIRE_FALSE(checked);
    CHECK(checked.error().side == Side::user);
  };
  refused_with([](Ground& g) { g.client.clear(); });
  refused_with([](Ground& g) { g.items.clear(); });
  refused_with([](Ground& g) { g.items.push_back(g.items[0]); });
  refused_with([](Ground& g) { g.reasons.clear(); });
  refused_with([](Ground& g) { g.consulted.clear(); });
  refused_with([](Ground& g) { g.consulted = g.recorded_by; });  // oneself is no colleague
  refused_with([](Ground& g) { g.recorded_by.clear(); });
  refused_with([](Ground& g) { g.until = in_days(-1); });
  refused_with([](Ground& g) { g.until = in_days(91); });
  refused_with([](Ground& g) { g.review = Review{Verdict::justified, "goed", "p.officier", now}; });
  refused_with([](Ground& g) { g.informing.told_at = now; });
  refused_with([](Ground& g) { g.ended_at = now; });
}

TEST_CASE("R3.6: an emergency goes without a colleague, for three days and no longer") {
  Ground ground = complete(GroundKind::emergency);
  ground.consulted.clear();
  CHECK(accepted(ground));
  ground.until = in_days(3);
  CHECK(accepted(ground));
  ground.until = in_days(4);
  CHECK_FALSE(accepted(ground));
}

TEST_CASE("R3.6: a duty names what it rests on, orders go to their executor, reports to Veilig Thuis") {
  Ground order = complete(GroundKind::supervision_order);
  CHECK(accepted(order, "bjz"));
  CHECK(accepted(order, "gi"));
  CHECK_FALSE(accepted(order, "smw"));
  CHECK_FALSE(accepted(order, "veilig-thuis"));
  order.source.clear();
  CHECK_FALSE(accepted(order, "bjz"));

  Ground report = complete(GroundKind::veilig_thuis);
  report.source.clear();
  CHECK(accepted(report, "veilig-thuis"));
  CHECK(accepted(report, "amk"));
  CHECK_FALSE(accepted(report, "bjz"));

  Ground duty = complete(GroundKind::legal_duty);
  CHECK(accepted(duty, "leerplicht"));
  duty.source.clear();
  CHECK_FALSE(accepted(duty, "leerplicht"));
}

TEST_CASE("R3.6: every ground is due for review, and the client for telling, an emergency sooner") {
  Ground ground = complete();
  set_terms(ground, {});
  CHECK(ground.review_due == in_days(7));
  CHECK(ground.informing.due == in_days(14));
  ground.kind = GroundKind::emergency;
  set_terms(ground, {});
  CHECK(ground.review_due == in_days(2));

  CHECK(check_ground_terms({}));
  CHECK(check_ground_terms({.longest_days = 366, .emergency_days = 1, .review_days = 1}));
  CHECK_FALSE(check_ground_terms({.longest_days = 367}));
  CHECK_FALSE(check_ground_terms({.emergency_days = 4}));
  CHECK_FALSE(check_ground_terms({.review_days = 0}));
  CHECK_FALSE(check_ground_terms({.emergency_review_days = 3}));
  CHECK_FALSE(check_ground_terms({.inform_days = 15}));
}

TEST_CASE("R3.6: somebody else reviews, once, with words, a rejection ends the ground") {
  Ground ground = complete();
  CHECK(review_ground(ground, {Verdict::justified, "goed", "c.jansen", now}).error().code ==
        ErrorCode::forbidden);
  CHECK_FALSE(review_ground(ground, {Verdict::justified, "goed", "", now}));
  CHECK_FALSE(review_ground(ground, {Verdict::justified, "", "p.officier", now}));
  CHECK_FALSE(ground.review);

  SECTION("justified: it goes on") {
    CHECK(review_ground(ground, {Verdict::justified, "goed", "p.officier", now}));
    CHECK_FALSE(ground.ended_at);
    CHECK(review_ground(ground, {Verdict::rejected, "toch niet", "p.officier", now}).error().code ==
          ErrorCode::wrong_state);
  }
  SECTION("rejected: it ends") {
    CHECK(review_ground(ground, {Verdict::rejected, "te veel", "p.officier", now}));
    CHECK(ground.ended_at == now);
  }
  SECTION("one that was taken back is reviewed all the same, and keeps the time of its end") {
    CHECK(end_ground(ground, now));
    CHECK(end_ground(ground, now).error().code == ErrorCode::wrong_state);
    CHECK(review_ground(ground, {Verdict::rejected, "te veel", "p.officier", now + Milliseconds{5}}));
    CHECK(ground.ended_at == now);
  }
}

TEST_CASE("R3.6: telling the client is put off with a reason, and never dropped") {
  Ground ground = complete();
  set_terms(ground, {});
  CHECK_FALSE(postpone_informing(ground, in_days(20), "", now));
  CHECK_FALSE(postpone_informing(ground, today, "gevaar", now));
  CHECK_FALSE(postpone_informing(ground, in_days(93), "gevaar", now));
  CHECK(ground.informing.due == in_days(14));
  CHECK(postpone_informing(ground, in_days(92), "gevaar voor het kind", now));
  CHECK(ground.informing.due == in_days(92));
  CHECK_FALSE(inform_client(ground, "", "c.jansen", now));
  CHECK(inform_client(ground, "moeder, in gesprek", "c.jansen", now));
  CHECK(ground.informing.told_at == now);
  CHECK_FALSE(inform_client(ground, "nog eens", "c.jansen", now));
  CHECK_FALSE(postpone_informing(ground, in_days(20), "gevaar", now));
}
