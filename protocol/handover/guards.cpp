#include "protocol/handover/guards.h"

#include <algorithm>

namespace knoop::handover {
namespace {

/// Closing needs no words where the way to the end was told by the other side's feedback or advice.
bool needs_words(State state, Event event) {
  switch (event) {
    case Event::refuse:
    case Event::miss:
    case Event::escalate:
    case Event::withdraw:
    case Event::feed_back:
    case Event::contact_client:
    case Event::not_needed:
    case Event::other_risk:
    case Event::accept_alternative:
    case Event::advise:
    case Event::pause:
      return true;
    case Event::close:
      return state != State::fed_back && state != State::advised;
    case Event::request:
      return state == State::refused;
    default:
      return false;
  }
}

}  // namespace

Result<void> check(State state, const Happening& happening, Date today) {
  const Event event = happening.event;
  const auto bad = [&](std::string_view what) {
    return fail(ErrorCode::bad_value, Side::user, "'{}' needs {}", to_string(event), what);
  };
  if (happening.who.empty() || happening.who.size() > max_person)
    return bad("the name of the professional, at most 200 bytes long");
  if (happening.words.size() > max_words || happening.alternative.size() > max_words)
    return bad("words of at most 1,000 bytes");
  if (needs_words(state, event) && happening.words.empty()) return bad("a reason or report in words");
  const bool dated = event == Event::propose || event == Event::plan || event == Event::pause;
  if (dated && !happening.date) return bad("a date");
  if (happening.date && *happening.date > terms::plus_days(today, max_plan_days))
    return bad("a date within 92 days");
  if (event == Event::pause) {
    if (*happening.date <= today) return bad("a date after today");
    if (*happening.date > terms::plus_days(today, max_pause_days)) return bad("a date within 28 days");
  }
  if ((happening.minute || !happening.place.empty()) && event != Event::plan)
    return bad("no time or place: those belong to a conversation that is planned");
  if (happening.minute && *happening.minute >= 24 * 60) return bad("a time of day");
  if (happening.place.size() > max_place) return bad("a place of at most 200 bytes");
  if (!happening.alternative.empty() && event != Event::refuse)
    return bad("no alternative: that belongs to a refusal");
  if ((event == Event::feed_back) != happening.feedback.has_value())
    return bad(happening.feedback ? "no kind of feedback" : "the kind of feedback");
  return {};
}

Result<void> check_pause(const Deadline& deadline, Party by) {
  if (deadline.owner != by) return {};
  return fail(ErrorCode::forbidden, Side::user,
              "more time for '{}' is given by the organisation that waits for it; ask them",
              to_string(deadline.task));
}

Result<void> check_kind(Kind kind, std::string_view asker, bool took_over) {
  // Bureau Jeugdzorg, and what it is called since 2015: a gecertificeerde instelling.
  static constexpr std::array<std::string_view, 2> bureau{"bjz", "gi"};
  const bool is_bureau = std::ranges::find(bureau, asker) != bureau.end();
  if (kind == Kind::back_referral && !is_bureau && !took_over)
    return fail(
        ErrorCode::forbidden, Side::user,
        "a terugverwijzing is asked by the organisation that took the child over, or by Bureau Jeugdzorg; "
        "name the hand-over that it follows");
  if ((kind == Kind::aftercare || kind == Kind::bringing_in) && !is_bureau)
    return fail(ErrorCode::forbidden, Side::user, "'{}' is asked by Bureau Jeugdzorg", to_string(kind));
  return {};
}

}  // namespace knoop::handover
