#include "node/http/event_topics.h"

#include <fmt/format.h>

#include <charconv>

namespace knoop::http {
namespace {

Topics only(std::initializer_list<Topic> topics) {
  Topics out;
  for (const Topic topic : topics) out.set(static_cast<std::size_t>(topic));
  return out;
}

/// Names of events that tell of looking alone. "fragment.emergency-read" is none: it has to be reviewed.
bool only_read(std::string_view name) {
  return name.ends_with(".read") || name == "client.searched" || name == "subject.reported" ||
         name == "records.exported" || name == "receipt.exported" || name == "match.openings-exported";
}

Topics of_noun(std::string_view noun) {
  struct Line {
    std::string_view noun;
    Topics topics;
  };
  static const std::array lines{
      Line{"match", only({Topic::matches, Topic::work})},
      Line{"handover", only({Topic::handovers, Topic::work})},
      Line{"involvement", only({Topic::records, Topic::work})},
      Line{"aftercare", only({Topic::work})},
      Line{"responsible", only({Topic::work})},
      Line{"professional", only({Topic::work})},
      Line{"consent", only({Topic::consents})},
      Line{"ground", only({Topic::consents})},
      Line{"basis", only({Topic::consents})},
      Line{"client", only({Topic::records})},
      Line{"import", only({Topic::imports, Topic::records})},
      Line{"fragment", only({Topic::fragments})},
      Line{"attachment", only({Topic::fragments})},
      Line{"release", only({Topic::fragments})},
      Line{"form", only({Topic::fragments})},
      Line{"destruction", only({Topic::rights})},
      Line{"subject-request", only({Topic::rights})},
      Line{"card", only({Topic::peers})},
      Line{"convenant", only({Topic::peers})},
      Line{"peer", only({Topic::peers})},
      Line{"preshared-key", only({Topic::peers})},
      Line{"member", only({Topic::peers})},
      Line{"message", only({Topic::peers})},
      Line{"dead-letter", only({Topic::peers})},
      Line{"incarnation", only({Topic::peers})},
      Line{"account", only({Topic::accounts})},
      Line{"api-key", only({Topic::accounts})},
  };
  for (const Line& line : lines)
    if (line.noun == noun) return line.topics;
  return {};
}

}  // namespace

Topics topics_of(audit::Event event) {
  const std::string_view name = to_string(event);
  if (event == audit::Event::log_read || event == audit::Event::log_exported) return {};
  const Topics changed = only_read(name) ? Topics{} : of_noun(name.substr(0, name.find('.')));
  return changed | only({Topic::audit});
}

Topics topics_for(Role role) {
  using enum Topic;
  switch (role) {
    case Role::professional:
    case Role::team_lead:
      return only({work, matches, handovers, consents, records, fragments, peers, rights});
    case Role::privacy_officer:
      return only({consents, audit, peers, rights});
    case Role::administrator:
      return only({imports, peers, accounts});
    case Role::service:
      return only({imports, peers});
    case Role::monitor:
      return only({work, peers});
    case Role::node:
    case Role::peer:
      return {};
  }
  return {};
}

std::string event_id(const LogPosition& position) {
  return fmt::format("{}-{}", position.incarnation, position.number);
}

std::optional<LogPosition> event_position(std::string_view id) {
  LogPosition out;
  const char* const end = id.data() + id.size();
  const auto first = std::from_chars(id.data(), end, out.incarnation);
  if (first.ec != std::errc() || first.ptr == end || *first.ptr != '-') return std::nullopt;
  const auto second = std::from_chars(first.ptr + 1, end, out.number);
  if (second.ec != std::errc() || second.ptr != end) return std::nullopt;
  return out;
}

}  // namespace knoop::http
