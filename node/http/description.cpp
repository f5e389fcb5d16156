#include "node/http/description.h"

#include "crypto/base/assert.h"
#include "node/http/api_routes.h"
#include "node/http/roles.h"

namespace knoop::http {
namespace {

constexpr std::string_view page_policy =
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'";

std::string_view text_of(std::string_view name) {
  for (const DescriptionFile& file : description_files())
    if (file.name == name) return file.text;
  KNOOP_ASSERT(false, "a file of the description was not compiled in");
}

Handler file(std::string_view name, std::string_view type) {
  return [name, type](Node&, Context&, const Request&) -> Result<Reply> {
    Reply reply;
    reply.file = Reply::File{std::string(type), std::string(text_of(name)), std::string(page_policy)};
    return reply;
  };
}

}  // namespace

std::string_view openapi_document() {
  return text_of("openapi");
}

void add_description_routes(Router& router) {
  const auto add = [&](const char* path, std::string_view name, std::string_view type) {
    Route route{"GET", path, everybody(), {}, BodyKind::none, file(name, type)};
    route.open = true;
    router.add(std::move(route));
  };
  for (const char* const path : {"/openapi.json", "/api/v1/openapi.json"})
    add(path, "openapi", "application/json");
  add("/docs", "docs.html", "text/html; charset=utf-8");
  add("/docs/docs.js", "docs.js", "text/javascript; charset=utf-8");
  add("/docs/docs.css", "docs.css", "text/css; charset=utf-8");
}

}  // namespace knoop::http
