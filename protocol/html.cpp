#include "protocol/html.h"

#include <fmt/format.h>

namespace knoop::html {
namespace {

// The policy allows this page its own style sheet and nothing else, should it ever be opened beside hostile content.
constexpr std::string_view before_title =
    "<!DOCTYPE html>\n<html lang=\"nl\">\n<head>\n<meta charset=\"utf-8\">\n"
    "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
    "'unsafe-inline'\">\n"
    "<meta name=\"referrer\" content=\"no-referrer\">\n"
    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>";

constexpr std::string_view after_title = R"(</title>
<style>
@page { size: A4; margin: 18mm 16mm; }
body { font: 11pt/1.4 Georgia, "Liberation Serif", serif; color: #000; background: #fff; max-width: 178mm; margin: 1em auto; padding: 0 1em; }
h1 { font-size: 17pt; margin: 0 0 .3em; }
h2 { font-size: 12.5pt; margin: 1.1em 0 .3em; break-after: avoid; }
p, ul, ol, table { margin: .4em 0; }
table { border-collapse: collapse; width: 100%; font-size: 9.5pt; }
th, td { text-align: left; vertical-align: top; padding: .25em .5em .25em 0; border-bottom: 1px solid #999; }
tr, li { break-inside: avoid; }
td, li, p { overflow-wrap: anywhere; }
.good, .bad { font-weight: bold; }
.small { font-size: 9pt; color: #333; }
@media print { body { margin: 0; padding: 0; max-width: none; } a { color: #000; text-decoration: none; } }
</style>
</head>
<body>
)";

}  // namespace

std::string escaped(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        if (static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t')
          out += "\uFFFD";
        else
          out += c;
    }
  }
  return out;
}

std::string page(std::string_view title, std::string_view body) {
  return fmt::format("{}{}{}{}</body>\n</html>\n", before_title, escaped(title), after_title, body);
}

std::string dutch_date(std::string_view iso) {
  if (iso.size() < 10) return std::string(iso);
  return fmt::format("{}-{}-{}", iso.substr(8, 2), iso.substr(5, 2), iso.substr(0, 4));
}

std::string dutch_time(std::string_view iso) {
  if (iso.size() < 16) return std::string(iso);
  return fmt::format("{} om {} uur (UTC)", dutch_date(iso), iso.substr(11, 5));
}

}  // namespace knoop::html
