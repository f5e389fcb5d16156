// Who listens to events, and what they have not been told yet. I/O thread only; internal to api_server.cpp.
//
// Nothing is queued for anybody: the hub knows of each topic where its newest entry stands in the log, and each listener up to where
// it was told. What a listener misses while its connection is slow, or between two connections (Last-Event-ID), is therefore
// one event a topic, whatever happened. Ids are places in the log, told in order, so a stream that is cut in the middle goes on exactly
// there. Who names a place that this node does not know (it was restored, or just started) is told every topic once.
//
// Bounds: `most` listeners, `most_of_one` of one account; at most one message under way to each, of at most one event a topic;
// who does not take it within the request time is cut off. A burst of commits is told at most ten times a second.
#pragma once

#include <functional>
#include <map>
#include <string>

#include "node/core/node.h"
#include "node/http/event_topics.h"

namespace knoop::http {

class EventHub {
 public:
  static constexpr std::size_t most = 256;
  static constexpr std::size_t most_of_one = 8;
  static constexpr std::chrono::milliseconds spacing{100};

  /// How a connection takes what it is to send.
  struct Listener {
    EventsWanted wanted;
    std::function<void(std::string)> send;  ///< Once; then only after ready().
    std::function<void()> cut;              ///< May call forget().
  };

  /// The first text to send, at once; too_many_requests (user) when there are too many. Counts as a send under way.
  [[nodiscard]] Result<std::string> listen(std::uint64_t id, Listener listener);
  /// What was sent last has left.
  void ready(std::uint64_t id);
  void forget(std::uint64_t id) { listeners_.erase(id); }
  [[nodiscard]] std::size_t size() const { return listeners_.size(); }

  /// Takes in what was committed; nothing is sent yet. Listeners with an API key are cut when one was ended: those whose key
  /// lasts come again.
  void note(const LogNews& news);
  /// Sends everybody what is due, and a comment as a sign of life when `heartbeat`. Cuts those whose session has ended.
  void tell(Timestamp now, bool heartbeat);

 private:
  struct Newest {
    LogPosition place;
    Timestamp at;
  };
  struct Row {
    Listener listener;
    bool busy = true;
    bool alive_due = false;
  };

  [[nodiscard]] std::string due(EventsWanted& wanted) const;
  void send_due(Row& row);

  std::map<std::uint64_t, Row> listeners_;
  std::array<std::optional<Newest>, topic_names.size()> topics_;
  std::optional<LogPosition> since_;  ///< What was logged before is not known by topic.
  Newest newest_;
};

}  // namespace knoop::http
