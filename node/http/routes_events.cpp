// The stream of events: what changed, by topic, so that a page knows when to load again (event_topics.h, event_hub.h).
#include "node/http/api_routes.h"
#include "node/http/roles.h"

namespace knoop::http {
namespace {

Result<Reply> stream(Node&, Context& context, const Request& request) {
  Reply reply;
  EventsWanted wanted;
  wanted.topics = topics_for(context.actor.role);
  wanted.account = context.actor.source + " " + context.actor.user;
  if (request.session != nullptr) wanted.life = request.session->life;
  wanted.of_key = context.actor.source == "API key";
  KNOOP_LET(newest, context.audit_log().newest(context.tx));
  wanted.known = newest;
  if (const auto& last = request.conditions.last_event; last && !last->empty()) {
    const auto position = event_position(*last);
    if (!position)
      return fail(ErrorCode::bad_value, Side::user,
                  "Last-Event-ID must be the id of an event of this stream");
    wanted.known = *position;
  }
  reply.events = std::move(wanted);
  return reply;
}

}  // namespace

void add_event_routes(Router& router) {
  router.get("/api/v1/events", everybody(), {}, stream);
}

}  // namespace knoop::http
