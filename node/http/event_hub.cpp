#include "node/http/event_hub.h"

#include <algorithm>
#include <vector>

namespace knoop::http {
namespace {

std::string event_text(std::size_t topic, const LogPosition& place, Timestamp at) {
  return fmt::format("id: {}\nevent: {}\ndata: {{\"at\":\"{}\"}}\n\n", event_id(place), topic_names.at(topic),
                     at.iso());
}

}  // namespace

Result<std::string> EventHub::listen(std::uint64_t id, Listener listener) {
  const auto same = [&](const auto& row) {
    return row.second.listener.wanted.account == listener.wanted.account;
  };
  if (listeners_.size() >= most || std::ranges::count_if(listeners_, same) >= std::ptrdiff_t{most_of_one})
    return fail(ErrorCode::too_many_requests, Side::user,
                "as many streams of events are open as may be; close one, or ask again later");
  // An id without an event: from here a browser goes on when it is cut off before the first.
  std::string text = fmt::format("retry: 3000\nid: {}\n\n", event_id(listener.wanted.known));
  text += due(listener.wanted);
  listeners_.insert_or_assign(id, Row{std::move(listener)});
  return text;
}

std::string EventHub::due(EventsWanted& wanted) const {
  if (!since_) return {};  // nothing was committed yet
  const LogPosition known = std::exchange(wanted.known, newest_.place);
  std::vector<std::pair<LogPosition, std::size_t>> all;
  const bool lost = known < *since_ || known > wanted.known;
  for (std::size_t topic = 0; topic < topic_names.size(); ++topic) {
    if (!wanted.topics.test(topic)) continue;
    if (lost)
      all.emplace_back(wanted.known, topic);
    else if (const auto& newest = topics_[topic]; newest && newest->place > known)
      all.emplace_back(newest->place, topic);
  }
  std::ranges::sort(all);
  std::string text;
  for (const auto& [place, topic] : all)
    text += event_text(topic, place, lost || !topics_[topic] ? newest_.at : topics_[topic]->at);
  return text;
}

void EventHub::send_due(Row& row) {
  if (row.busy) return;
  std::string text = due(row.listener.wanted);
  if (text.empty() && row.alive_due) text = ":\n\n";
  row.alive_due = false;
  if (text.empty()) return;
  row.busy = true;
  row.listener.send(std::move(text));
}

void EventHub::ready(std::uint64_t id) {
  const auto found = listeners_.find(id);
  if (found == listeners_.end()) return;
  found->second.busy = false;
  send_due(found->second);
}

void EventHub::note(const LogNews& news) {
  if (!since_) since_ = news.newest;
  newest_ = {news.newest, news.at};
  for (const auto& [event, place] : news.events) {
    const Topics topics = topics_of(event);
    for (std::size_t topic = 0; topic < topic_names.size(); ++topic)
      if (topics.test(topic) && (!topics_[topic] || topics_[topic]->place < place))
        topics_[topic] = Newest{place, news.at};
  }
  if (!news.events.contains(audit::Event::api_key_ended)) return;
  std::vector<std::function<void()>> cuts;
  for (const auto& [id, row] : listeners_)
    if (row.listener.wanted.of_key) cuts.push_back(row.listener.cut);
  for (const auto& cut : cuts) cut();
}

void EventHub::tell(Timestamp now, bool heartbeat) {
  std::vector<std::function<void()>> cuts;
  for (auto& [id, row] : listeners_) {
    const auto& life = row.listener.wanted.life;
    if (life && !life->lasts(now)) {
      cuts.push_back(row.listener.cut);
      continue;
    }
    row.alive_due |= heartbeat;
    send_due(row);
  }
  for (const auto& cut : cuts) cut();
}

}  // namespace knoop::http
