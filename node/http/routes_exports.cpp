// Exports of what the organisation has itself: its records, in the form that an import takes (R1.2), and consents and releases of
// one client for other systems, as FHIR resources (docs/spec/exports.md). The log has its own (routes_audit.cpp).
//
// An export of records is begun with a reason, and read page by page by the same person. Which are under way stands in memory:
// a restart ends them, and one is begun anew, with its own entry in the log.
#include <algorithm>
#include <map>

#include "node/core/consent_export.h"
#include "node/core/record_export.h"
#include "node/core/subject_report.h"
#include "node/files/fhir_export.h"
#include "node/files/record_lines.h"
#include "node/http/api_routes.h"
#include "node/http/roles.h"

namespace knoop::http {
namespace {

using records::ImportFile;

Result<Reply> consents(Node&, Context& context, const Request& request) {
  BodyReader body(request.body);
  const std::string client = body.text("client", 100);
  const std::string reason = reason_of_export(body);
  KNOOP_TRY(body.finish());
  KNOOP_LET(found, export_consents(context, client, reason));
  const Membership& membership = context.membership();
  const NameOf name_of = [&](const MemberId& member) { return organisation_name(membership, member); };
  std::string lines;
  for (const consent::Consent& one : found.consents) lines += fhir_consent(membership.self(), one, name_of);
  for (const ConsentExport::Given& one : found.given)
    lines += fhir_provenance(membership.self(), one.release, one.bases, name_of);
  return Reply{
      201,
      {{"lines", std::move(lines)}, {"consents", found.consents.size()}, {"releases", found.given.size()}}};
}

/// An export that nobody read on for so long is over.
constexpr Milliseconds forgotten_after = std::chrono::minutes(30);
constexpr std::size_t most_at_once = 16;

struct Running {
  RecordExport what;
  Role role;
  std::string user;
  Timestamp last_used;
};
/// Touched on the core thread only.
using Exports = std::map<std::string, Running>;

std::string_view short_name(ImportFile file) {
  return to_string(file).substr(0, to_string(file).find('.'));
}

/// Who lets an export of every client out answers for a team; a professional shows and sends what a client needs.
std::vector<Role> exporters() {
  return {Role::team_lead};
}

Result<Reply> begin(Context& context, const Request& request, Exports& exports) {
  BodyReader body(request.body);
  RecordExport wanted;
  wanted.reason = reason_of_export(body);
  const std::string form = body.text_or("form", "csv", 10);
  if (form != "csv" && form != "json") body.complain("form", "must be csv or json");
  wanted.form = form == "json" ? records::ImportForm::json : records::ImportForm::csv;
  const auto ref = body.optional_text("client", 100);
  KNOOP_TRY(body.finish());
  if (ref) {
    KNOOP_LET(client, storage::find_client(context.tx, *ref));
    if (!client) return fail(ErrorCode::not_found, Side::user, "no own client has this reference");
    wanted.client = client->id;
  }
  std::erase_if(exports,
                [&](const auto& one) { return context.now - one.second.last_used >= forgotten_after; });
  if (exports.size() >= most_at_once)
    return fail(ErrorCode::conflict, Side::user, "{} exports are under way; end one, or wait half an hour",
                exports.size());
  wanted.id = context.entropy.draw<FragmentId>().hex();
  KNOOP_LET(counts, begin_record_export(context, wanted));
  Json files = Json::array();
  for (const ImportFile file : records::all_import_files)
    files.push_back(
        {{"file", short_name(file)},
         {"name", fmt::format("{}{}", short_name(file),
                              form == "csv" && file != ImportFile::fragments ? ".csv" : ".jsonl")},
         {"count", counts.at(static_cast<std::size_t>(file) - 1)},
         {"header", record_header(file, wanted.form)}});
  Json answer{{"id", wanted.id}, {"form", form}, {"files", std::move(files)}};
  std::string id = wanted.id;
  exports.insert_or_assign(std::move(id),
                           Running{std::move(wanted), context.actor.role, context.actor.user, context.now});
  return Reply{201, std::move(answer)};
}

/// Another's is not there, as one that never was.
Result<Running*> running(Context& context, const Request& request, Exports& exports) {
  const auto found = exports.find(request.param("id"));
  if (found == exports.end() || found->second.user != context.actor.user ||
      found->second.role != context.actor.role || context.now - found->second.last_used >= forgotten_after)
    return fail(ErrorCode::not_found, Side::user,
                "this export is not under way (any more); begin a new one, with its reason");
  return &found->second;
}

Result<Reply> page(Context& context, const Request& request, Exports& exports) {
  KNOOP_LET(one, running(context, request, exports));
  std::optional<ImportFile> file;
  for (const ImportFile each : records::all_import_files)
    if (short_name(each) == request.param("file")) file = each;
  if (!file)
    return fail(ErrorCode::not_found, Side::user,
                "files of an export are clients, involvements and fragments");
  const RecordExport& what = one->what;
  KNOOP_LET(page, read_export_page(context, what, *file, request.query_value("cursor").value_or("")));
  std::string lines;
  for (const storage::StoredClient& stored : page.clients)
    lines += client_line(stored.client, {stored.marks, stored.deceased}, what.form);
  for (const ListedInvolvement& each : page.involvements)
    lines += involvement_line(each.client_ref, each.stored.involvement, what.form);
  for (const RecordPage::ListedFragment& each : page.fragments)
    lines += fragment_line(each.client_ref, each.stored.fragment);
  one->last_used = context.now;
  const std::size_t count = page.clients.size() + page.involvements.size() + page.fragments.size();
  return Reply{200,
               {{"lines", std::move(lines)},
                {"count", count},
                {"next", page.next.empty() ? Json() : Json(page.next)}}};
}

Result<Reply> end(Context& context, const Request& request, Exports& exports) {
  KNOOP_TRY(running(context, request, exports));
  exports.erase(request.param("id"));
  return Reply{};
}

}  // namespace

void add_export_routes(Router& router) {
  router.post("/api/v1/consent-exports", care_and_privacy(), consents).repeats(Repeat::anew);
  auto exports = std::make_shared<Exports>();
  const auto with = [exports](auto handler) {
    return [exports, handler](Node&, Context& context, const Request& request) {
      return handler(context, request, *exports);
    };
  };
  router.post("/api/v1/record-exports", exporters(), with(begin));
  router.get("/api/v1/record-exports/{id}/{file}", exporters(), {"cursor"}, with(page));
  router.add({"DELETE", "/api/v1/record-exports/{id}", exporters(), {}, BodyKind::none, with(end)});
}

}  // namespace knoop::http
