// What betrays a text for clients that was not written for them: a word of English, a code, a number of a machine. A closed list of what
// the log's details and authorisations are made of; names that people gave themselves have to be kept out of it by the test.
#pragma once

#include <array>
#include <optional>
#include <regex>
#include <string>
#include <string_view>

#include "protocol/audit/events.h"
#include "protocol/consent/decide.h"
#include "protocol/consent/ground.h"

namespace knoop::test {

/// The first such thing in it.
inline std::optional<std::string> not_plain_dutch(const std::string& text) {
  static const std::regex words(
      "\\b(the|and|after|its|lease|review|reviewed|due|fragments?|listed|given|received|opened|shown|with|by|"
      "clients?|"
      "consents?|grounds?|handles?|entries|entry|for|from|printed|preview|releases?d?|requests?|kept|"
      "destroyed|deleted|"
      "refused|failed|locked|flagged|versions?|files?|bytes|waits?|that|this|not|no|yes|peer|members?|lost|"
      "their|fields|"
      "personal|owner|ordered|destruction|proof|epoch|batch|identifiers|score|redacted|openings|hours|"
      "parents|every|"
      "list|same|other|emergency|officer|privacy officer|taken over|acknowledged|within|own "
      "statement|sent|former|"
      "looked|hit|lines?|import|job|unknown|expired|withdrawn|excluded|objection|duty|right|"
      "necessity)\\b",
      std::regex::icase);
  static const std::regex machine("[0-9a-f]{16}|\\bF[0-9]{2}\\b|[0-9]{4}-[0-9]{2}-[0-9]{2}|[{}]");
  std::smatch found;
  if (std::regex_search(text, found, words) || std::regex_search(text, found, machine)) return found.str();
  const auto holds = [&](std::string_view code) { return text.find(code) != std::string::npos; };
#define KNOOP_LOOK(name, number, code) \
  if (holds(code)) return std::string(code);
  KNOOP_AUDIT_EVENTS(KNOOP_LOOK)
#undef KNOOP_LOOK
#define KNOOP_LOOK(name, number, code, ...) \
  if (std::string_view(code).find('-') != std::string_view::npos && holds(code)) return std::string(code);
  KNOOP_REASONS(KNOOP_LOOK)
  KNOOP_GROUND_KINDS(KNOOP_LOOK)
#undef KNOOP_LOOK
  for (const auto& [force, name] : consent::forces)
    for (const auto& [kind, code] : consent::ground_kinds)
      if (holds(std::string(name) + " " + std::string(code))) return std::string(code);
  if (holds("warme-overdracht")) return "warme-overdracht";
  return std::nullopt;
}

}  // namespace knoop::test
