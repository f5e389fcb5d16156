#include "node/files/calendar_file.h"

#include <fmt/format.h>

#include "protocol/records/calendar.h"

namespace knoop::files {
namespace {

constexpr std::size_t line_bytes = 75;
constexpr std::chrono::minutes length{60};
constexpr int minutes_of_day = 24 * 60;

/// RFC 5545 section 3.3.11: what ends a value or a line is escaped.
std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\\' || c == ';' || c == ',') out += '\\';
    if (c == '\n')
      out += "\\n";
    else if (static_cast<unsigned char>(c) >= 0x20)
      out += c;
  }
  return out;
}

bool inside_character(char c) {
  return (static_cast<unsigned char>(c) & 0xC0) == 0x80;
}

void line(std::string& out, std::string_view text) {
  std::size_t room = line_bytes;
  while (text.size() > room) {
    std::size_t cut = room;
    while (cut > 0 && inside_character(text[cut])) --cut;
    out += text.substr(0, cut);
    out += "\r\n ";
    text.remove_prefix(cut);
    room = line_bytes - 1;  // the space that continues a line counts
  }
  out += text;
  out += "\r\n";
}

std::string stamp(Timestamp time) {
  const std::string iso = time.iso();  // 2026-11-21T09:30:00.000Z
  return iso.substr(0, 4) + iso.substr(5, 2) + iso.substr(8, 2) + "T" + iso.substr(11, 2) +
         iso.substr(14, 2) + iso.substr(17, 2) + "Z";
}

std::string day_text(Date day) {
  return fmt::format("{:04}{:02}{:02}", day.year, day.month, day.day);
}

/// Counted back from the next midnight: on the two days a year with another number of hours the clock changes at night, and a
/// conversation is held after it.
Timestamp begins(Date day, std::uint16_t minute) {
  return start_of_dutch_day(Date::from_days(day.days() + 1)) - std::chrono::minutes{minutes_of_day - minute};
}

}  // namespace

std::string calendar_file(const CalendarEvent& event) {
  std::string out;
  line(out, "BEGIN:VCALENDAR");
  line(out, "VERSION:2.0");
  line(out, "PRODID:-//Knoop//warme overdracht//NL");
  line(out, "METHOD:PUBLISH");
  line(out, "BEGIN:VEVENT");
  line(out, fmt::format("UID:{}@knoop.invalid", event.id.hex()));
  line(out, fmt::format("SEQUENCE:{}", event.version));
  line(out, "DTSTAMP:" + stamp(event.made));
  if (event.minute) {
    const Timestamp start = begins(event.day, *event.minute);
    line(out, "DTSTART:" + stamp(start));
    line(out, "DTEND:" + stamp(start + length));
  } else {
    line(out, "DTSTART;VALUE=DATE:" + day_text(event.day));
  }
  line(out, "SUMMARY:Driegesprek met " + escaped(event.with));
  if (!event.place.empty()) line(out, "LOCATION:" + escaped(event.place));
  line(out, "CLASS:PRIVATE");
  line(out, "END:VEVENT");
  line(out, "END:VCALENDAR");
  return out;
}

}  // namespace knoop::files
