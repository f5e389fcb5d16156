// Text on a page of HTML that is written to a file and printed: a report for a client, a verification. No scripts, no pictures, nothing fetched
// from elsewhere; one style sheet of our own, for A4.
//
// Whatever came from a person, a peer or a file goes through escaped(): a name that is markup must stay a name.
#pragma once

#include <string>
#include <string_view>

namespace knoop::html {

/// For text between tags and within quoted attributes. Control characters become U+FFFD: none belongs on a page.
[[nodiscard]] std::string escaped(std::string_view text);

/// A whole page, in Dutch. `title` is escaped here; `body` is markup.
[[nodiscard]] std::string page(std::string_view title, std::string_view body);

/// "22-11-2026 om 09:30 uur" (UTC), from what Timestamp::iso writes.
[[nodiscard]] std::string dutch_time(std::string_view iso);
/// "22-11-2026", from "2026-11-22" or what begins like it.
[[nodiscard]] std::string dutch_date(std::string_view iso);

}  // namespace knoop::html
