// Imports (R1.2) over the API: start, then each file in numbered chunks, then finish; the node applies the rows by
// itself. What was uploaded lives in the encrypted database only.
//
// A chunk is small because the rows in it are staged in one event of the core thread. Chunks of a file come in order;
// the one that came last may come again (its answer may have been lost) and changes nothing. Nothing of an upload is kept in
// memory: between two chunks the reader of a file lies in the database, with the half record that it has, so an upload goes on
// after a restart where `chunks` says. Only who began an import sends its files; an administrator may cancel it too.
//
// DELETE gives an import up at any time: an upload leaves nothing, and of one that is being applied the rows that were applied
// stay (node/core/import.h). A mapping is looked up when an import starts, and one that changes meanwhile changes nothing.
#include <algorithm>
#include <memory>

#include "node/core/import_service.h"
#include "node/files/import_reader.h"
#include "node/http/api_routes.h"
#include "node/http/fields.h"
#include "node/http/import_mapping_body.h"
#include "node/http/page.h"
#include "node/http/roles.h"
#include "node/http/versions.h"

namespace knoop::http {
namespace {

using records::ImportFile;
using storage::ImportId;

constexpr std::size_t max_chunk_bytes = 64UL << 10U;
/// An upload that nobody went on with for so long makes room for a new one.
constexpr Milliseconds makes_room_after = std::chrono::minutes(5);

std::string_view name_of(storage::ImportState state) {
  switch (state) {
    case storage::ImportState::staging:
      return "staging";
    case storage::ImportState::applying:
      return "applying";
    case storage::ImportState::done:
      return "done";
    case storage::ImportState::failed:
      return "failed";
    case storage::ImportState::cancelled:
      return "cancelled";
  }
  return "";
}

std::string_view short_name(ImportFile file) {
  return to_string(file).substr(0, to_string(file).find('.'));
}

/// "clients", "involvements", "fragments".
Result<ImportFile> file_named(std::string_view name) {
  for (const ImportFile file : records::all_import_files)
    if (short_name(file) == name) return file;
  return fail(ErrorCode::not_found, Side::user, "files of an import are clients, involvements and fragments");
}

Result<Json> job_json(Context& context, const storage::ImportJob& job) {
  Json files = Json::array();
  std::int64_t read = 0;
  std::int64_t rejected = 0;
  std::int64_t applied = 0;
  for (const ImportFile file : records::all_import_files) {
    const storage::ImportCounts& counts = job.counts[static_cast<std::size_t>(file) - 1];
    read += counts.staged;
    applied += counts.applied();
    rejected += counts.rejected;
    files.push_back({{"file", to_string(file)},
                     {"staged", counts.staged},
                     {"added", counts.added},
                     {"changed", counts.changed},
                     {"unchanged", counts.unchanged},
                     {"rejected", counts.rejected}});
  }
  // How many rows there are is known once all of them were read.
  const bool all_read = job.state != storage::ImportState::staging;
  Json out{{"id", static_cast<std::int64_t>(job.id)},
           {"state", name_of(job.state)},
           {"dryRun", job.plan.dry_run},
           {"form", job.plan.form == records::ImportForm::json ? "json" : "csv"},
           {"started", job.started.iso()},
           {"accepted", applied - rejected},
           {"rejected", rejected},
           {"progress", {{"read", read}, {"of", all_read ? Json(read) : Json()}, {"applied", applied}}},
           {"files", std::move(files)}};
  if (!job.plan.mapping.empty()) out["mapping"] = job.plan.mapping;
  if (job.finished) out["finished"] = job.finished->iso();
  if (!job.failure.empty()) out["failure"] = job.failure;
  if (job.state == storage::ImportState::staging) {
    KNOOP_LET(places, storage::readers_of(context.tx, job.id));
    out["chunks"] = Json::array();
    for (const storage::ReaderPlace& place : places)
      out["chunks"].push_back({{"file", short_name(place.file)}, {"next", place.next}});
  }
  return out;
}

Result<Reply> shown(Node& node, Context& context, ImportId id, unsigned status = 200) {
  KNOOP_LET(job, node.service<ImportService>().status(context, id));
  KNOOP_LET(json, job_json(context, job));
  return Reply{status, std::move(json)};
}

/// The import ends with the error of a file: stored, and told as a problem.
Result<Reply> abandon(Node& node, Context& context, ImportId id, const Error& why) {
  KNOOP_TRY(node.service<ImportService>().abandon(context, id, why));
  return Reply{200, {}, why};
}

Result<ImportMapping> mapping_of(const std::string& stored) {
  KNOOP_LET(json, parse_body(stored));
  BodyReader body(json);
  ImportMapping mapping = mapping_from(body);
  KNOOP_TRY(body.finish());
  return mapping;
}

/// Of a file of this upload: a new one, or the one that read the chunks before.
Result<std::unique_ptr<ImportReader>> reader_of(const storage::ImportJob& job, ImportFile file,
                                                const ReadLimits& limits, const storage::ReaderPlace* place) {
  ImportMapping mapping;
  if (!job.plan.mapping_body.empty()) {
    KNOOP_LET(kept, mapping_of(job.plan.mapping_body));
    mapping = std::move(kept);
  }
  auto reader = std::make_unique<ImportReader>(file, limits, job.plan.form, std::move(mapping));
  if (place != nullptr) KNOOP_TRY(reader->go_on(place->reader));
  return reader;
}

Result<Reply> start(Node& node, Context& context, const Request& request) {
  BodyReader body(request.body);
  storage::ImportPlan plan;
  plan.dry_run = body.truth_or("dryRun", false);
  const std::string form = body.text_or("form", "csv", 10);
  if (form != "csv" && form != "json") body.complain("form", "must be csv or json");
  plan.form = form == "json" ? records::ImportForm::json : records::ImportForm::csv;
  plan.mapping = body.text_or("mapping", "", 40);
  KNOOP_TRY(body.finish());
  auto& imports = node.service<ImportService>();
  KNOOP_LET(current, storage::current_import(context.tx));
  if (current) {
    KNOOP_LET(job, imports.status(context, *current));
    if (job.state == storage::ImportState::staging && context.now - job.continued >= makes_room_after)
      KNOOP_TRY(imports.abandon(context, *current,
                                {ErrorCode::io_failed, Side::user, "the upload was not continued"}));
  }
  if (!plan.mapping.empty()) {
    KNOOP_LET(stored, imports.mapping(context, plan.mapping));
    plan.mapping_body = std::move(stored.body);
  }
  KNOOP_LET(id, imports.start(context, plan));
  return shown(node, context, id, 201);
}

Result<Reply> chunk(Node& node, Context& context, const Request& request, const ReadLimits& limits) {
  auto& imports = node.service<ImportService>();
  KNOOP_LET(id, number_from<ImportId>(request.param("id")));
  KNOOP_LET(job, imports.uploading(context, id));
  KNOOP_LET(file, file_named(request.param("file")));
  KNOOP_LET(number, number_from<std::int64_t>(request.param("n")));
  if (request.raw.size() > max_chunk_bytes)
    return fail(ErrorCode::over_limit, Side::user, "a chunk holds at most {} bytes", max_chunk_bytes);
  KNOOP_LET(places, storage::readers_of(context.tx, id));
  const auto found = std::ranges::find(places, file, &storage::ReaderPlace::file);
  const storage::ReaderPlace* const place = found == places.end() ? nullptr : &*found;
  const std::int64_t next = place == nullptr ? 0 : place->next;
  if (number == next - 1) return Reply{200, {{"next", next}}};
  if (number != next)
    return fail(ErrorCode::bad_sequence, Side::user, "chunk {} of this file comes next", next);
  KNOOP_LET(reader, reader_of(job, file, limits, place));
  const Result<void> fed = context.attempt([&](Context& part) -> Result<void> {
    const auto stage = [&](std::vector<records::RawRow>&& rows) {
      return imports.stage(part, id, file, rows);
    };
    KNOOP_TRY(reader->feed(request.raw, stage));
    KNOOP_TRY(reader->flush(stage));
    KNOOP_LET(stands, reader->place());
    const Result<void> kept = storage::put_reader(part.tx, id, {file, next + 1, stands}, part.now);
    wipe(stands.data(), stands.size());
    return kept;
  });
  if (!fed) return abandon(node, context, id, fed.error());
  return Reply{200, {{"next", next + 1}}};
}

Result<Reply> finish(Node& node, Context& context, const Request& request, const ReadLimits& limits) {
  BodyReader body(request.body);
  KNOOP_TRY(body.finish());
  auto& imports = node.service<ImportService>();
  KNOOP_LET(id, number_from<ImportId>(request.param("id")));
  KNOOP_LET(job, imports.uploading(context, id));
  const Result<void> finished = context.attempt([&](Context& part) -> Result<void> {
    KNOOP_LET(places, storage::readers_of(part.tx, id));
    for (const storage::ReaderPlace& place : places) {
      KNOOP_LET(reader, reader_of(job, place.file, limits, &place));
      KNOOP_TRY(reader->finish(
          [&](std::vector<records::RawRow>&& rows) { return imports.stage(part, id, place.file, rows); }));
      KNOOP_TRY(imports.understood(part, id, place.file, reader->columns(), reader->ignored()));
    }
    return imports.finish(part, id);
  });
  if (!finished) return abandon(node, context, id, finished.error());
  return shown(node, context, id);
}

Result<Reply> cancel(Node& node, Context& context, const Request& request) {
  KNOOP_LET(id, number_from<ImportId>(request.param("id")));
  KNOOP_TRY(node.service<ImportService>().cancel(context, id));
  return shown(node, context, id);
}

Result<Reply> status(Node& node, Context& context, const Request& request) {
  KNOOP_LET(id, number_from<ImportId>(request.param("id")));
  return shown(node, context, id);
}

Result<Reply> list(Node& node, Context& context, const Request& request) {
  std::optional<ImportId> before;
  KNOOP_LET(page, page_of(request, "imports", 50));
  if (!page.after.empty()) {
    KNOOP_LET(id, number_from<ImportId>(page.after));
    before = id;
  }
  page.limit = std::min<std::int64_t>(page.limit, 100);
  KNOOP_LET(jobs, node.service<ImportService>().list(context, before, page.limit));
  Json out = Json::array();
  for (const storage::ImportJob& job : jobs) {
    KNOOP_LET(one, job_json(context, job));
    out.push_back(std::move(one));
  }
  const Json next = next_page(page, "imports", jobs, [](const storage::ImportJob& job) {
    return std::to_string(static_cast<std::int64_t>(job.id));
  });
  return Reply{200, {{"imports", std::move(out)}, {"next", next}}};
}

std::string_view name_of(storage::Outcome outcome) {
  switch (outcome) {
    case storage::Outcome::added:
      return "added";
    case storage::Outcome::changed:
      return "changed";
    case storage::Outcome::unchanged:
      return "unchanged";
  }
  return "";
}

/// Columns, and the verdicts of the first rows; no value of any row, since who feeds in may not see clients.
Result<Reply> preview(Node& node, Context& context, const Request& request) {
  KNOOP_LET(id, number_from<ImportId>(request.param("id")));
  auto& imports = node.service<ImportService>();
  KNOOP_LET(job, imports.status(context, id));
  Json files = Json::array();
  for (const ImportFile file : records::all_import_files) {
    KNOOP_LET(preview, imports.preview(context, id, file));
    if (preview.columns.columns.empty() && preview.rows.empty()) continue;
    Json columns = Json::array();
    for (const records::ReadColumn& column : preview.columns.columns)
      columns.push_back({{"field", column.field},
                         {"column", column.constant ? Json() : Json(column.column)},
                         {"constant", column.constant}});
    Json rows = Json::array();
    for (const auto& row : preview.rows) {
      Json one{{"line", row.line}, {"verdict", row.outcome ? name_of(*row.outcome) : "rejected"}};
      if (row.reject) {
        one["field"] = row.reject->field;
        one["reason"] = row.reject->reason;
      }
      rows.push_back(std::move(one));
    }
    files.push_back({{"file", to_string(file)},
                     {"columns", std::move(columns)},
                     {"ignored", preview.columns.ignored},
                     {"rows", std::move(rows)}});
  }
  return Reply{200,
               {{"state", name_of(job.state)}, {"dryRun", job.plan.dry_run}, {"files", std::move(files)}}};
}

Result<Reply> rejects(Node& node, Context& context, const Request& request) {
  KNOOP_LET(id, number_from<ImportId>(request.param("id")));
  ImportFile file = ImportFile::clients;
  std::int64_t line = 0;
  KNOOP_LET(page, page_of(request, "rejects", longest_page));
  if (!page.after.empty()) {
    KNOOP_LET(place, place_from(page.after));
    const auto named = std::ranges::find(records::all_import_files, place.second,
                                         [](ImportFile one) { return to_string(one); });
    if (named == records::all_import_files.end())
      return fail(ErrorCode::bad_value, Side::user, "cursor names no file of an import");
    file = *named;
    line = place.first;
  }
  KNOOP_LET(found, node.service<ImportService>().rejects(context, id, file, line, page.limit));
  Json rows = Json::array();
  for (const records::Reject& reject : found)
    rows.push_back({{"file", to_string(reject.file)},
                    {"line", reject.line},
                    {"field", reject.field},
                    {"reason", reject.reason}});
  const Json next = next_page(page, "rejects", found, [](const records::Reject& reject) {
    return place_of(reject.line, to_string(reject.file));
  });
  return Reply{200, {{"rejects", std::move(rows)}, {"next", next}}};
}

/// Letters, digits and dashes: it stands in addresses and in the log.
Result<std::string> mapping_name(const Request& request) {
  const std::string& name = request.param("name");
  const auto fits = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; };
  if (name.empty() || name.size() > 40 || !std::ranges::all_of(name, fits))
    return fail(ErrorCode::bad_value, Side::user, "a mapping's name has at most 40 of a-z, 0-9 and -");
  return name;
}

Json stored_json(const storage::StoredMapping& stored, const ImportMapping& mapping) {
  Json out = mapping_json(mapping);
  out["name"] = stored.name;
  out["changed"] = stored.changed.iso();
  return out;
}

Result<Reply> put_mapping(Node& node, Context& context, const Request& request) {
  KNOOP_LET(name, mapping_name(request));
  BodyReader body(request.body);
  const ImportMapping mapping = mapping_from(body);
  KNOOP_TRY(body.finish());
  if (const auto problem = problem_of(mapping))
    return fail(ErrorCode::bad_value, Side::user, "this mapping {}", *problem);
  auto& imports = node.service<ImportService>();
  KNOOP_LET(fresh, imports.put_mapping(context, name, mapping_json(mapping).dump()));
  KNOOP_LET(stored, imports.mapping(context, name));
  return Reply{fresh ? 201U : 200U, stored_json(stored, mapping)};
}

Result<Reply> show_mapping(Node& node, Context& context, const Request& request) {
  KNOOP_LET(name, mapping_name(request));
  KNOOP_LET(stored, node.service<ImportService>().mapping(context, name));
  KNOOP_LET(mapping, mapping_of(stored.body));
  return Reply{200, stored_json(stored, mapping)};
}

Result<Reply> list_mappings(Node&, Context& context, const Request&) {
  KNOOP_LET(all, storage::list_mappings(context.tx));
  Json out = Json::array();
  for (const storage::StoredMapping& stored : all)
    out.push_back({{"name", stored.name}, {"changed", stored.changed.iso()}});
  return Reply{200, {{"mappings", std::move(out)}}};
}

Result<Reply> remove_mapping(Node& node, Context& context, const Request& request) {
  KNOOP_LET(name, mapping_name(request));
  KNOOP_TRY(node.service<ImportService>().remove_mapping(context, name));
  return Reply{};
}

}  // namespace

void add_import_routes(Router& router, const ReadLimits& limits) {
  const auto with = [limits](auto handler) {
    return [limits, handler](Node& node, Context& context, const Request& request) {
      return handler(node, context, request, limits);
    };
  };
  router.post("/api/v1/imports", feeders(), start);
  router.add({"PUT", "/api/v1/imports/{id}/{file}/chunks/{n}", feeders(), {}, BodyKind::bytes, with(chunk)});
  router.post("/api/v1/imports/{id}/finish", feeders(), with(finish))
      .versioned(version_of(storage::Kind::import, "id"));
  router.add({"DELETE", "/api/v1/imports/{id}", feeders(), {}, BodyKind::none, cancel})
      .versioned(version_of(storage::Kind::import, "id"));
  router.get("/api/v1/imports", feeders(), {"cursor", "limit"}, list);
  router.get("/api/v1/imports/{id}", feeders(), {}, status)
      .versioned(version_of(storage::Kind::import, "id"));
  router.get("/api/v1/imports/{id}/preview", feeders(), {}, preview);
  router.get("/api/v1/imports/{id}/rejects", feeders(), {"cursor", "limit"}, rejects);
  router.get("/api/v1/import-mappings", feeders(), {}, list_mappings);
  router.get("/api/v1/import-mappings/{name}", feeders(), {}, show_mapping)
      .versioned(version_of(storage::Kind::import_mapping, "name"));
  router.add({"PUT", "/api/v1/import-mappings/{name}", feeders(), {}, BodyKind::json, put_mapping})
      .versioned(version_of(storage::Kind::import_mapping, "name"));
  router.add({"DELETE", "/api/v1/import-mappings/{name}", feeders(), {}, BodyKind::none, remove_mapping})
      .versioned(version_of(storage::Kind::import_mapping, "name"));
}

}  // namespace knoop::http
