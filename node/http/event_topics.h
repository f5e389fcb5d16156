// What a stream of events tells (GET /api/v1/events): that something of a topic changed, never who, what or about whom. Topics
// follow from the committed entries of the log, so a change that is not logged is not told; a page that shows something loads it
// again by the routes that it always uses, with their rights and their log entries.
//
// What was only read is told to those who read the log (`audit`) and to nobody else: a page that loads again because of its
// own reading would never stop. Looking at the log itself is told to nobody.
#pragma once

#include <array>
#include <bitset>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "node/core/node.h"
#include "node/core/sessions.h"
#include "protocol/audit/events.h"

namespace knoop::http {

/// In the order of topic_names.
enum class Topic : std::size_t {
  work,
  matches,
  handovers,
  consents,
  records,
  fragments,
  imports,
  audit,
  peers,
  rights,
  accounts,
};
inline constexpr std::array<std::string_view, 11> topic_names{"work",    "matches",   "handovers", "consents",
                                                              "records", "fragments", "imports",   "audit",
                                                              "peers",   "rights",    "accounts"};
using Topics = std::bitset<topic_names.size()>;

/// By the noun in the event's name; an event of a new noun is of `audit` alone until it gets a line here.
[[nodiscard]] Topics topics_of(audit::Event event);
/// Those whose routes the role may use.
[[nodiscard]] Topics topics_for(Role role);

/// Who opened a stream and what it is to tell: what the route gives to the server.
struct EventsWanted {
  Topics topics;
  std::string account;                        ///< With where it comes from; for counting.
  std::shared_ptr<const SessionLife> life{};  ///< Of a session: the stream ends with it.
  bool of_key = false;                        ///< Of an API key: the stream ends when any key is ended.
  LogPosition known;                          ///< All up to here was told, or was there before.
};

/// "1-42": which log, and which entry of it. Opaque to clients.
[[nodiscard]] std::string event_id(const LogPosition& position);
[[nodiscard]] std::optional<LogPosition> event_position(std::string_view id);

}  // namespace knoop::http
