#include "node/files/calendar_file.h"

#include <catch2/catch.hpp>
#include <sstream>

using namespace knoop;
using namespace knoop::files;

namespace {

CalendarEvent event() {
  CalendarEvent out;
  out.version = 3;
  out.with = "bjz-veenstroom";
  out.day = {2026, 11, 25};
  out.made = Timestamp{1'790'000'000'000};
  return out;
}

bool has_line(const std::string& file, const std::string& line) {
  return file.find("\r\n" + line + "\r\n") != std::string::npos;
}

}  // namespace

TEST_CASE("R5.1: a conversation without a time takes the day, and the file names nobody") {
  const std::string file = calendar_file(event());
  CHECK(file.starts_with("BEGIN:VCALENDAR\r\nVERSION:2.0\r\n"));
  CHECK(file.ends_with("END:VEVENT\r\nEND:VCALENDAR\r\n"));
  CHECK(has_line(file, "DTSTART;VALUE=DATE:20261125"));
  CHECK(has_line(file, "SUMMARY:Driegesprek met bjz-veenstroom"));
  CHECK(has_line(file, "SEQUENCE:3"));
  CHECK(file.find("LOCATION") == std::string::npos);
}

TEST_CASE("R5.1: a time is that of the Netherlands, in winter, in summer and on the days of the change") {
  CalendarEvent at = event();
  at.minute = 14 * 60 + 30;
  CHECK(has_line(calendar_file(at), "DTSTART:20261125T133000Z"));
  CHECK(has_line(calendar_file(at), "DTEND:20261125T143000Z"));
  at.day = {2026, 7, 1};
  CHECK(has_line(calendar_file(at), "DTSTART:20260701T123000Z"));
  at.day = {2026, 10, 25};
  CHECK(has_line(calendar_file(at), "DTSTART:20261025T133000Z"));
  at.day = {2026, 3, 29};
  CHECK(has_line(calendar_file(at), "DTSTART:20260329T123000Z"));
}

TEST_CASE(
    "hostile: a place can end no line and add no property, and long ones are folded between characters") {
  CalendarEvent at = event();
  at.place = "School; zaal 1, links\r\nATTENDEE:mailto:x\nBEGIN:VALARM";
  const std::string file = calendar_file(at);
  CHECK(file.find("\r\nATTENDEE") == std::string::npos);
  CHECK(file.find("\r\nBEGIN:VALARM") == std::string::npos);
  CHECK(file.find("LOCATION:School\\; zaal 1\\, links\\n") != std::string::npos);
  at.place.clear();
  for (int i = 0; i < 90; ++i) at.place += "\u00EB";
  std::istringstream lines(calendar_file(at));
  std::string unfolded;
  bool whole = false;
  for (std::string line; std::getline(lines, line);) {
    CHECK(line.size() <= 76);  // 75 bytes and the CR
    if (line.starts_with(' ')) {
      CHECK((static_cast<unsigned char>(line[1]) & 0xC0) != 0x80);
      unfolded += line.substr(1, line.size() - 2);
    } else {
      unfolded = line.substr(0, line.size() - 1);
    }
    whole = whole || unfolded == "LOCATION:" + at.place;
  }
  CHECK(whole);
}
