#include "node/core/subject_requests.h"

#include "node/core/records.h"
#include "protocol/records/calendar.h"

namespace knoop {
namespace {

using audit::Action;
using audit::Event;
using storage::SubjectRequest;
using storage::SubjectRequestKind;
using storage::SubjectRequestState;

constexpr int months_to_answer = 1;
constexpr int months_to_destroy = 3;
constexpr int months_more = 2;
constexpr Milliseconds look_at_clock{60'000};

Result<SubjectRequest> open_request(Context& context, const SubjectRequestId& id) {
  KNOOP_LET(found, storage::find_subject_request(context.tx, id));
  if (!found || found->client.empty())
    return fail(ErrorCode::not_found, Side::user, "there is no such request of a data subject");
  if (found->closed)
    return fail(ErrorCode::wrong_state, Side::user, "this request was answered on {}: {}",
                found->closed->iso(), to_string(found->state));
  return std::move(*found);
}

Result<void> log(Context& context, Event event, Action action, const SubjectRequest& request,
                 std::string detail = "") {
  return context
      .audit({.event = event,
              .outcome =
                  event == Event::subject_request_overdue ? audit::Outcome::failed : audit::Outcome::success,
              .action = action,
              .client = request.client,
              .object = "subject request " + request.id.hex(),
              .authorisation = std::string(to_string(request.kind)),
              .detail = std::move(detail)})
      .map([](std::uint64_t) {});
}

Result<void> note(Context& context, SubjectRequest& request, const std::string& words) {
  if (words.empty()) return fail(ErrorCode::bad_value, Side::user, "words: are needed");
  if (request.notes.size() >= storage::most_request_notes)
    return fail(ErrorCode::over_limit, Side::user, "too much was written down with this request");
  request.notes.push_back({context.now, context.actor.user, words});
  return {};
}

}  // namespace

Date SubjectRequestService::term_of(SubjectRequestKind kind, const Date& received) {
  return received.plus_months(kind == SubjectRequestKind::destruction ? months_to_destroy : months_to_answer);
}

Result<std::optional<Timestamp>> SubjectRequestService::on_tick(Context& context) {
  if (!context.clock_sure()) return std::optional(context.now + look_at_clock);
  const Date today = dutch_day(context.now);
  KNOOP_LET(late, storage::take_overdue_requests(context.tx, today));
  for (const SubjectRequest& one : late)
    KNOOP_TRY(log(context, Event::subject_request_overdue, Action::execute, one));
  if (!late.empty()) return std::optional(context.now);
  return std::optional(start_of_dutch_day(Date::from_days(today.days() + 1)));
}

Result<SubjectRequest> SubjectRequestService::receive(Context& context, const Draft& draft) {
  KNOOP_LET(client, storage::find_client(context.tx, draft.client));
  if (!client) return fail(ErrorCode::not_found, Side::user, "there is no client with this reference");
  if (draft.received > dutch_day(context.now))
    return fail(ErrorCode::bad_value, Side::user, "received: is in the future");
  SubjectRequest made;
  made.id = context.entropy.draw<SubjectRequestId>();
  made.client = draft.client;
  made.kind = draft.kind;
  made.received = draft.received;
  made.due = term_of(draft.kind, draft.received);
  made.who = draft.who;
  KNOOP_TRY(note(context, made, draft.words));
  KNOOP_TRY(storage::put_subject_request(context.tx, made));
  KNOOP_TRY(log(context, Event::subject_request_received, Action::create, made, "due " + made.due.iso()));
  context.wake();
  return made;
}

Result<SubjectRequest> SubjectRequestService::extend(Context& context, const SubjectRequestId& id,
                                                     const std::string& why) {
  KNOOP_LET(request, open_request(context, id));
  if (request.extended)
    return fail(ErrorCode::wrong_state, Side::user, "the term was extended before; it is so once");
  if (request.due < dutch_day(context.now))
    return fail(ErrorCode::wrong_state, Side::user,
                "the term was over on {}: it is extended before, not after", request.due.iso());
  KNOOP_TRY(note(context, request, why));
  request.extended = true;
  request.due = request.due.plus_months(months_more);
  KNOOP_TRY(storage::put_subject_request(context.tx, request));
  KNOOP_TRY(log(context, Event::subject_request_changed, Action::update, request,
                "extended until " + request.due.iso()));
  return request;
}

Result<FragmentId> SubjectRequestService::add_statement(Context& context, const SubjectRequestId& id,
                                                        const std::string& words) {
  KNOOP_LET(request, open_request(context, id));
  KNOOP_TRY(note(context, request, words));
  records::Fragment view;
  view.category = Category::views;
  view.title = "Eigen verklaring";
  view.author = context.actor.user;
  view.nature = records::Nature::interpretation;
  view.date = dutch_day(context.now);
  view.text = words;
  view.persons = {"jeugdige"};
  view.source = request.who;
  KNOOP_LET(fragment, add_fragment(context, request.client, view));
  KNOOP_TRY(storage::put_subject_request(context.tx, request));
  KNOOP_TRY(log(context, Event::subject_request_changed, Action::update, request, "own statement added"));
  return fragment;
}

Result<SubjectRequest> SubjectRequestService::answer(Context& context, const SubjectRequestId& id,
                                                     SubjectRequestState state, const std::string& words) {
  KNOOP_LET(request, open_request(context, id));
  if (state == SubjectRequestState::open)
    return fail(ErrorCode::bad_value, Side::user, "answer: must say what became of it");
  KNOOP_TRY(note(context, request, words));
  request.state = state;
  request.closed = dutch_day(context.now);
  KNOOP_TRY(storage::put_subject_request(context.tx, request));
  KNOOP_TRY(
      log(context, Event::subject_request_closed, Action::update, request,
          fmt::format("{}{}", to_string(state), *request.closed > request.due ? ", past its term" : "")));
  return request;
}

Result<std::vector<SubjectRequest>> SubjectRequestService::list(Context& context,
                                                                const std::optional<std::string>& client,
                                                                bool open_only,
                                                                const storage::SubjectRequestsAfter& page) {
  KNOOP_LET(found, storage::subject_requests(context.tx, client, open_only, page));
  for (const SubjectRequest& one : found)
    KNOOP_TRY(log(context, Event::subject_request_read, Action::read, one));
  return found;
}

Result<storage::SubjectRequestCounts> SubjectRequestService::counts(Context& context) {
  return storage::count_subject_requests(context.tx, dutch_day(context.now));
}

}  // namespace knoop
