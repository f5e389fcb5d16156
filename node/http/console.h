// The web console: the pages with which people work, made from console/ when this program was built and compiled in. Nothing of it
// holds anything of this organisation, so whoever may connect may read it; what it shows it asks of the API, signed in.
//
//   /                the page itself, never kept by a browser
//   /console/{name}  its script, style and icon; each name holds a hash of what is in it, so that a browser keeps it for ever
//
// The policy (CSP) lets the page talk to this node and to nobody else, run no script and use no style but those files, stand in no frame,
// and make no markup from text (Trusted Types): what a hostile peer or client writes stays text. A program that was built without npm has
// no console, and says so at "/".
#pragma once

#include <span>
#include <string_view>

#include "node/http/router.h"

namespace knoop::http {

/// A file of the console, as cmake/console.cmake compiled it in.
struct ConsoleFile {
  std::string_view name;  ///< "index.html", "console-5d41402a.js".
  std::string_view type;
  std::string_view text;
  std::string_view gzip;
};
/// Empty in a program without a console.
[[nodiscard]] std::span<const ConsoleFile> console_files();

void add_console_routes(Router& router);

}  // namespace knoop::http
