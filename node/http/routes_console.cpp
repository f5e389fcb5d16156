#include <algorithm>

#include "node/http/console.h"
#include "node/http/roles.h"

namespace knoop::http {
namespace {

constexpr std::string_view page_policy =
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; "
    "trusted-types 'none'";

constexpr std::string_view no_console =
    "<!doctype html><html lang=\"nl\"><meta charset=\"utf-8\"><title>Knoop</title><p>Dit knooppunt is "
    "gebouwd "
    "zonder webconsole. De API staat beschreven op <a href=\"/docs\">/docs</a>.</p><p lang=\"en\">This node "
    "was "
    "built without its web console. <a href=\"/docs\">/docs</a> describes the API.</p></html>\n";

const ConsoleFile* file_named(std::string_view name) {
  const auto files = console_files();
  const auto found = std::ranges::find(files, name, &ConsoleFile::name);
  return found == files.end() ? nullptr : &*found;
}

Reply with(const ConsoleFile& file) {
  Reply reply;
  reply.file = Reply::File{std::string(file.type), std::string(file.text), std::string(page_policy),
                           std::string(file.gzip)};
  return reply;
}

Result<Reply> page(Node&, Context&, const Request&) {
  if (const ConsoleFile* const index = file_named("index.html")) return with(*index);
  Reply reply;
  reply.file = Reply::File{"text/html; charset=utf-8", std::string(no_console), std::string(page_policy), {}};
  return reply;
}

Result<Reply> asset(Node&, Context&, const Request& request) {
  const ConsoleFile* const file = file_named(request.param("name"));
  // The page has its own address.
  if (file == nullptr || file->name == "index.html")
    return fail(ErrorCode::not_found, Side::user,
                "the console has no such file; load the page again, for the node may have been upgraded");
  Reply reply = with(*file);
  reply.headers.emplace_back("Cache-Control", "public, max-age=31536000, immutable");
  return reply;
}

}  // namespace

void add_console_routes(Router& router) {
  const auto add = [&](const char* path, Handler handler) {
    Route route{"GET", path, everybody(), {}, BodyKind::none, std::move(handler)};
    route.open = true;
    router.add(std::move(route));
  };
  add("/", page);
  add("/console/{name}", asset);
}

}  // namespace knoop::http
