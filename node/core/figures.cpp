#include "node/core/figures.h"

#include <algorithm>
#include <numeric>

#include "protocol/records/calendar.h"
#include "storage/figures_repository.h"
#include "storage/handover_repository.h"

namespace knoop {
namespace {

using handover::Event;
using handover::Party;

bool small(std::int64_t count) {
  return count > 0 && count < smallest_told;
}

Date month_of(const Date& day) {
  return Date{day.year, day.month, 1};
}
Date month_before(const Date& month) {
  return month_of(Date::from_days(month.days() - 1));
}

/// What became of one hand-over, by what was reported about it.
struct Course {
  bool wrong = false;
  std::optional<std::int64_t> days;  ///< From the asking until the client was there.
};
Result<Course> course_of(Context& context, const storage::StoredHandover& handover) {
  Course out;
  // Sent back to who sent it: the referral before it went to the wrong place.
  out.wrong =
      handover.ask.kind == handover::Kind::back_referral || handover.state == handover::State::refused;
  KNOOP_LET(happenings, storage::happenings_of(context.tx, handover.id));
  const Date begun = dutch_day(handover.created);
  for (const storage::StoredHappening& one : happenings)
    if (one.happening.event == Event::arrive)
      out.days = std::max<std::int64_t>(0, dutch_day(one.happening.at).days() - begun.days());
  return out;
}

struct HandoverCounts {
  std::int64_t all = 0;
  std::array<std::int64_t, 2> parts{};  ///< Arrived, wrong.
};

}  // namespace

template <std::size_t Parts>
Counted<Parts> told(std::int64_t whole, const std::array<std::int64_t, Parts>& parts) {
  const std::int64_t rest = whole - std::accumulate(parts.begin(), parts.end(), std::int64_t{0});
  Counted<Parts> out;
  if (!small(whole)) out.whole = whole;
  if (!small(rest) && std::ranges::none_of(parts, small)) out.parts = parts;
  return out;
}
template Counted<2> told(std::int64_t, const std::array<std::int64_t, 2>&);
template Counted<3> told(std::int64_t, const std::array<std::int64_t, 3>&);

Result<Figures> figures(Context& context) {
  const Date today = dutch_day(context.now);
  std::vector<Date> months{month_of(today)};
  while (std::ssize(months) < figure_months) months.push_back(month_before(months.back()));
  std::ranges::reverse(months);

  KNOOP_LET(handovers, storage::handovers_since(context.tx, start_of_dutch_day(months.front())));
  Figures out;
  for (std::size_t i = 0; i < months.size(); ++i) {
    const Timestamp from = start_of_dutch_day(months[i]);
    const Timestamp until = i + 1 < months.size() ? start_of_dutch_day(months[i + 1]) : Timestamp{INT64_MAX};
    KNOOP_LET(matches, storage::count_matches(context.tx, from, until, today));
    HandoverCounts asked;
    HandoverCounts received;
    std::vector<std::int64_t> days;
    for (const storage::StoredHandover& handover : handovers) {
      if (handover.created < from || handover.created >= until) continue;
      KNOOP_LET(course, course_of(context, handover));
      HandoverCounts& counts = handover.party == Party::afzender ? asked : received;
      counts.all += 1;
      if (course.days && handover.party == Party::afzender) days.push_back(*course.days);
      if (course.days)
        counts.parts[0] += 1;
      else if (course.wrong)
        counts.parts[1] += 1;
    }
    MonthFigures month{months[i], told<2>(matches.found, {matches.in_time, matches.late}),
                       told<2>(asked.all, asked.parts), told<2>(received.all, received.parts), std::nullopt};
    if (std::ssize(days) >= smallest_told) {
      const auto middle = days.begin() + std::ssize(days) / 2;
      std::ranges::nth_element(days, middle);
      month.lead_days = *middle;
    }
    out.months.push_back(month);
  }
  KNOOP_LET(circles, storage::count_circles(context.tx));
  out.circles = told<3>(std::accumulate(circles.begin(), circles.end(), std::int64_t{0}), circles);
  KNOOP_TRY(context.audit({.event = audit::Event::work_read,
                           .action = audit::Action::read,
                           .object = "figures",
                           .detail = "numbers alone"}));
  return out;
}

}  // namespace knoop
