// The small pages that a browser meets on its way to and from the identity provider. Text in Dutch, with English below; no script.
// Whatever is of others in them is escaped.
#pragma once

#include "node/http/router.h"

namespace knoop::http {

struct OpenIdWords {
  std::string_view title;
  std::string_view dutch;
  std::string_view english;
};
/// `about`: a line of another's words, or empty.
[[nodiscard]] Reply openid_page(unsigned status, const OpenIdWords& words, std::string_view about = "");
/// "You are signed in", which goes on to the console by itself: the session's cookie is sent along with what a page of ours asks
/// for, not with what a page of the provider redirects to.
[[nodiscard]] Reply openid_welcome();

}  // namespace knoop::http
