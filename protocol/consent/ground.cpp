#include "protocol/consent/ground.h"

#include <algorithm>

#include "protocol/records/calendar.h"

namespace knoop::consent {
namespace {

struct GroundFacts {
  GroundKind kind;
  Force force;
  std::string_view law;
  std::string_view dutch;
};
constexpr std::array all_facts{
#define KNOOP_NAMED(name, number, text, force, law, dutch) \
  GroundFacts{GroundKind::name, Force::force, law, dutch},
    KNOOP_GROUND_KINDS(KNOOP_NAMED)
#undef KNOOP_NAMED
};

const GroundFacts& facts_of(GroundKind kind) {
  const auto* found = std::ranges::find(all_facts, kind, &GroundFacts::kind);
  KNOOP_ASSERT(found != all_facts.end(), "every kind of ground was checked when it came in");
  return *found;
}

template <typename... Args>
tl::unexpected<Error> refuse(fmt::format_string<Args...> sentence, Args&&... args) {
  return fail(ErrorCode::bad_value, Side::user, sentence, std::forward<Args>(args)...);
}
tl::unexpected<Error> too_late(std::string_view sentence) {
  return fail(ErrorCode::wrong_state, Side::user, "{}", sentence);
}

Date days_after(Timestamp when, std::int64_t days) {
  return Date::from_days(dutch_day(when).days() + days);
}

bool has_repeats(std::vector<FragmentId> items) {
  std::ranges::sort(items);
  return std::ranges::adjacent_find(items) != items.end();
}

}  // namespace

Force force_of(GroundKind kind) {
  return facts_of(kind).force;
}
std::string_view law_of(GroundKind kind) {
  return facts_of(kind).law;
}
std::string_view dutch(GroundKind kind) {
  return facts_of(kind).dutch;
}

std::span<const std::string_view> recipients_of(GroundKind kind) {
  // Bureau Jeugdzorg became gecertificeerde instelling, the AMK Veilig Thuis: regions still use either name.
  static constexpr std::array<std::string_view, 2> executors{"bjz", "gi"};
  static constexpr std::array<std::string_view, 2> veilig_thuis{"veilig-thuis", "amk"};
  if (kind == GroundKind::supervision_order) return executors;
  if (kind == GroundKind::veilig_thuis) return veilig_thuis;
  return {};
}

Result<void> check_ground_terms(const GroundTerms& terms) {
  const GroundTerms slowest{.longest_days = 366};
  const auto within = [](std::uint16_t value, std::uint16_t most) { return value >= 1 && value <= most; };
  if (!within(terms.longest_days, slowest.longest_days) ||
      !within(terms.emergency_days, slowest.emergency_days) ||
      !within(terms.review_days, slowest.review_days) ||
      !within(terms.emergency_review_days, slowest.emergency_review_days) ||
      !within(terms.inform_days, slowest.inform_days))
    return refuse(
        "a ground lasts at most {} days, in an emergency {}; its review is due within {} days, in an "
        "emergency {}; the client is told within {} days: an organisation may be quicker, not slower",
        slowest.longest_days, slowest.emergency_days, slowest.review_days, slowest.emergency_review_days,
        slowest.inform_days);
  return {};
}

Result<void> check_ground(const Ground& ground, std::string_view recipient_kind, const GroundTerms& terms) {
  if (ground.client.empty()) return refuse("name the client");
  if (ground.items.empty())
    return refuse("name the fragments; a ground without consent never covers everything");
  if (has_repeats(ground.items)) return refuse("a fragment is named twice");
  if (ground.reasons.empty()) return refuse("write down why sharing without consent is needed");
  if (ground.recorded_by.empty()) return refuse("name who decided");
  if (ground.consulted.empty() && ground.kind != GroundKind::emergency)
    return refuse("name the colleague who was consulted");
  if (ground.consulted == ground.recorded_by)
    return refuse("consult a colleague: that is somebody else than who decides");
  if (ground.source.empty() && force_of(ground.kind) == Force::duty)
    return refuse(
        "a duty rests on something: name the court's order and the question, or the law and article");
  const auto recipients = recipients_of(ground.kind);
  if (!recipients.empty() && std::ranges::find(recipients, recipient_kind) == recipients.end())
    return refuse("the ground '{}' does not hold towards an organisation of this kind",
                  to_string(ground.kind));
  if (ground.until < dutch_day(ground.recorded_at)) return refuse("the last day lies in the past");
  const auto longest = ground.kind == GroundKind::emergency ? terms.emergency_days : terms.longest_days;
  if (ground.until > days_after(ground.recorded_at, longest))
    return refuse("this ground lasts at most {} days; decide anew after that", longest);
  if (ground.review || ground.ended_at || ground.informing.told_at)
    return refuse("a new record is neither reviewed nor ended");
  return {};
}

void set_terms(Ground& ground, const GroundTerms& terms) {
  const bool emergency = ground.kind == GroundKind::emergency;
  ground.review_due =
      days_after(ground.recorded_at, emergency ? terms.emergency_review_days : terms.review_days);
  ground.informing = {};
  ground.informing.due = days_after(ground.recorded_at, terms.inform_days);
}

Result<void> review_ground(Ground& ground, Review review) {
  if (ground.review) return too_late("this ground is reviewed already");
  if (review.by.empty() || review.by == ground.recorded_by)
    return fail(ErrorCode::forbidden, Side::user, "nobody reviews a ground of their own");
  if (review.words.empty()) return refuse("say why the ground was justified or not");
  if (review.verdict == Verdict::rejected && !ground.ended_at) ground.ended_at = review.at;
  ground.review = std::move(review);
  return {};
}

Result<void> inform_client(Ground& ground, std::string_view how, std::string_view by, Timestamp now) {
  if (ground.informing.told_at) return too_late("the client was told already");
  if (how.empty()) return refuse("say who was told, and how");
  ground.informing.told = how;
  ground.informing.by = by;
  ground.informing.told_at = now;
  return {};
}

Result<void> postpone_informing(Ground& ground, const Date& due, std::string_view because, Timestamp now) {
  constexpr std::int64_t furthest_days =
      92;  // longer needs a fresh look at whether the danger is still there
  if (ground.informing.told_at) return too_late("the client was told already");
  if (because.empty()) return refuse("say why the client cannot be told yet");
  if (due <= dutch_day(now) || due > days_after(now, furthest_days))
    return refuse("telling the client is put off to a day within the next {} days", furthest_days);
  ground.informing.due = due;
  ground.informing.postponed_because = because;
  return {};
}

Result<void> end_ground(Ground& ground, Timestamp now) {
  if (ground.ended_at) return too_late("this ground has ended already");
  ground.ended_at = now;
  return {};
}

}  // namespace knoop::consent
