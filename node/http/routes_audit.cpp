// The audit log (R8): read by the privacy officer, exported for anyone who checks it off line. Looking is logged too.
// An export is fetched in slices: POST fixes how far it reaches, logs it, and answers header and signed head; each GET
// gives the lines of a slice.
#include "node/core/audit_reader.h"
#include "node/files/audit_export.h"
#include "node/http/api_routes.h"
#include "node/http/case_views.h"

namespace knoop::http {
namespace {

const std::vector<Role> officers{Role::privacy_officer};
const std::vector<Role> head_readers{Role::privacy_officer, Role::administrator, Role::monitor};

Result<std::uint64_t> whole_number(const Request& request, const std::string& name, std::uint64_t otherwise,
                                   std::uint64_t most) {
  const auto text = request.query_value(name);
  if (!text) return otherwise;
  std::uint64_t value = 0;
  if (text->empty() || text->size() > 12) value = most + 1;
  for (const char c : *text)
    value = c < '0' || c > '9' ? most + 1
            : value <= most    ? value * 10 + static_cast<unsigned>(c - '0')
                               : value;
  if (value > most)
    return fail(ErrorCode::bad_value, Side::user, "{} must be a whole number from 0 to {}", name, most);
  return value;
}

Result<Reply> show(Node&, Context& context, const Request& request) {
  Result<std::vector<audit::ExportedEntry>> entries;
  if (const auto client = request.query_value("client")) {
    entries = read_log_of_client(context, *client);
  } else {
    KNOOP_LET(limit, whole_number(request, "limit", 50, audit_slice));
    entries = read_log(context, limit);
  }
  if (!entries) return fail(entries.error());
  Json out = Json::array();
  for (const audit::ExportedEntry& entry : *entries) out.push_back(entry_json(context.membership(), entry));
  return Reply{200, {{"entries", std::move(out)}}};
}

Result<Reply> head(Node& node, Context& context, const Request&) {
  KNOOP_LET(origin, node.audit_log().origin(context.tx));
  KNOOP_LET(note, node.audit_log().head(context.tx, context.now));
  return Reply{200, {{"origin", origin.text()}, {"note", note}}};
}

Json export_json(const AuditExport& begun) {
  return {{"size", begun.size},
          {"redacted", begun.redacted},
          {"header", export_header_line(begun)},
          {"footer", export_head_line(begun)}};
}

Result<Reply> begin(Node& node, Context& context, const Request& request) {
  BodyReader body(request.body);
  const bool open = body.truth_or("open", false);
  KNOOP_TRY(body.finish());
  KNOOP_LET(begun, begin_export(context, node.audit_log(), !open));
  return Reply{201, export_json(begun)};
}

Result<Reply> lines(Node& node, Context& context, const Request& request) {
  constexpr std::uint64_t most = 1'000'000'000;
  KNOOP_LET(from, whole_number(request, "from", 0, most));
  KNOOP_LET(size, whole_number(request, "size", 0, most));
  AuditExport slice;
  KNOOP_LET(origin, node.audit_log().origin(context.tx));
  slice.origin = origin;
  slice.redacted = request.query_value("open") != "true";
  slice.size = size;
  KNOOP_LET(entries, export_slice(context, slice, from));
  // Redacted lines name nobody. Open ones are personal data, and each answer that shows some logs it.
  if (!slice.redacted && !entries.empty())
    KNOOP_TRY(context.audit({.event = audit::Event::log_read,
                             .reference = fmt::format("{}-{}", entries.front().index, entries.back().index),
                             .action = audit::Action::read,
                             .detail = "lines of an export with openings"}));
  std::string text;
  for (const audit::ExportedEntry& entry : entries) text += export_entry_line(entry);
  return Reply{200, {{"lines", std::move(text)}, {"count", entries.size()}}};
}

}  // namespace

void add_audit_routes(Router& router) {
  router.get("/api/v1/audit-entries", officers, {"client", "limit"}, show);
  router.get("/api/v1/audit-head", head_readers, {}, head);
  router.post("/api/v1/audit-exports", officers, begin);
  router.get("/api/v1/audit-export-lines", officers, {"from", "size", "open"}, lines);
}

}  // namespace knoop::http
