#include "node/http/openid_page.h"

namespace knoop::http {
namespace {

constexpr std::string_view policy =
    "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

std::string html(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '&')
      out += "&amp;";
    else if (c == '<')
      out += "&lt;";
    else if (c == '>')
      out += "&gt;";
    else if (c == '"')
      out += "&quot;";
    else
      out += c;
  }
  return out;
}

Reply page(unsigned status, const OpenIdWords& words, std::string_view about, std::string_view head) {
  Reply reply;
  reply.status = status;
  reply.file = Reply::File{
      "text/html; charset=utf-8",
      fmt::format(
          "<!doctype html>\n<html lang=\"nl\">\n<head>\n<meta charset=\"utf-8\">\n"
          "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{}</title>\n{}"
          "<link rel=\"stylesheet\" "
          "href=\"/docs/docs.css\">\n</head>\n<body>\n<main>\n<h1>{}</h1>\n<p>{}</p>\n{}"
          "<p lang=\"en\">{}</p>\n<p><a href=\"/\">Naar het beginscherm</a></p>\n</main>\n</body>\n</html>\n",
          html(words.title), head, html(words.title), html(words.dutch),
          about.empty() ? "" : "<p><code>" + html(about) + "</code></p>\n", html(words.english)),
      std::string(policy)};
  return reply;
}

}  // namespace

Reply openid_page(unsigned status, const OpenIdWords& words, std::string_view about) {
  return page(status, words, about, "");
}

Reply openid_welcome() {
  return page(200,
              {"U bent aangemeld", "Het beginscherm wordt geopend.", "You are signed in; the console opens."},
              "", "<meta http-equiv=\"refresh\" content=\"0;url=/\">\n");
}

}  // namespace knoop::http
