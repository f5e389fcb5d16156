// Imports (R1.2) over the API: start, then each file in numbered chunks, then finish; the node applies the rows by
// itself. What was uploaded lives in the encrypted database only.
//
// A chunk is small because the rows in it are staged in one event of the core thread. Chunks of a file come in order;
// the one that came last may come again (its answer may have been lost) and changes nothing. The reader of a file is
// kept in memory: when the node restarts during an upload, the import fails and is started anew.
#include <map>

#include "node/core/import_service.h"
#include "node/files/import_reader.h"
#include "node/http/api_routes.h"
#include "node/http/fields.h"
#include "node/http/roles.h"

namespace knoop::http {
namespace {

using records::ImportFile;
using storage::ImportId;

constexpr std::size_t max_chunk_bytes = 64UL << 10U;
/// An upload that nobody went on with for so long makes room for a new one.
constexpr Milliseconds forgotten_after = std::chrono::minutes(5);

/// The upload under way; there is at most one. Touched on the core thread only.
struct Upload {
  struct File {
    std::unique_ptr<ImportReader> reader;
    std::int64_t next = 0;
  };
  ImportId id{};
  std::map<ImportFile, File> files;
  Timestamp last_used;
};
struct Uploads {
  ReadLimits limits;
  std::optional<Upload> current;
};

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
  }
  return "";
}

/// "clients", "involvements", "fragments".
Result<ImportFile> file_named(std::string_view name) {
  for (const ImportFile file : records::all_import_files)
    if (to_string(file).substr(0, to_string(file).find('.')) == name) return file;
  return fail(ErrorCode::not_found, Side::user, "files of an import are clients, involvements and fragments");
}

Json job_json(const storage::ImportJob& job) {
  Json files = Json::array();
  std::int64_t accepted = 0;
  std::int64_t rejected = 0;
  for (const ImportFile file : records::all_import_files) {
    const storage::ImportCounts& counts = job.counts[static_cast<std::size_t>(file) - 1];
    accepted += counts.added + counts.changed + counts.unchanged;
    rejected += counts.rejected;
    files.push_back({{"file", to_string(file)},
                     {"staged", counts.staged},
                     {"added", counts.added},
                     {"changed", counts.changed},
                     {"unchanged", counts.unchanged},
                     {"rejected", counts.rejected}});
  }
  Json out{{"id", static_cast<std::int64_t>(job.id)},
           {"state", name_of(job.state)},
           {"dryRun", job.dry_run},
           {"started", job.started.iso()},
           {"accepted", accepted},
           {"rejected", rejected},
           {"files", std::move(files)}};
  if (job.finished) out["finished"] = job.finished->iso();
  if (!job.failure.empty()) out["failure"] = job.failure;
  return out;
}

Result<Upload*> upload_of(Uploads& uploads, const Request& request) {
  KNOOP_LET(id, number_from<ImportId>(request.param("id")));
  if (!uploads.current || uploads.current->id != id)
    return fail(ErrorCode::wrong_state, Side::user,
                "this import is not being uploaded (any more); start a new one");
  return &*uploads.current;
}

/// The import ends with the error of a file: stored, and told as a problem.
Result<Reply> abandon(Node& node, Context& context, Uploads& uploads, const Error& why) {
  const ImportId id = uploads.current->id;
  uploads.current.reset();
  KNOOP_TRY(node.service<ImportService>().abandon(context, id, why));
  return Reply{200, {}, why};
}

Result<Reply> start(Node& node, Context& context, const Request& request, Uploads& uploads) {
  BodyReader body(request.body);
  const bool dry_run = body.truth_or("dryRun", false);
  KNOOP_TRY(body.finish());
  auto& imports = node.service<ImportService>();
  if (uploads.current && context.now - uploads.current->last_used >= forgotten_after) {
    const Error why{ErrorCode::io_failed, Side::user, "the upload was not continued"};
    KNOOP_TRY(imports.abandon(context, uploads.current->id, why));
    uploads.current.reset();
  }
  KNOOP_LET(id, imports.start(context, dry_run));
  uploads.current.emplace();
  uploads.current->id = id;
  uploads.current->last_used = context.now;
  KNOOP_LET(job, imports.status(context, id));
  return Reply{201, job_json(job)};
}

Result<Reply> chunk(Node& node, Context& context, const Request& request, Uploads& uploads) {
  KNOOP_LET(upload, upload_of(uploads, request));
  KNOOP_LET(file, file_named(request.param("file")));
  KNOOP_LET(number, number_from<std::int64_t>(request.param("n")));
  if (request.raw.size() > max_chunk_bytes)
    return fail(ErrorCode::over_limit, Side::user, "a chunk holds at most {} bytes", max_chunk_bytes);
  Upload::File& state = upload->files[file];
  if (number == state.next - 1) return Reply{200, {{"next", state.next}}};
  if (number != state.next)
    return fail(ErrorCode::bad_sequence, Side::user, "chunk {} of this file comes next", state.next);
  if (!state.reader) state.reader = std::make_unique<ImportReader>(file, uploads.limits);
  const ImportId id = upload->id;
  const Result<void> fed = context.attempt([&](Context& part) {
    return state.reader->feed(request.raw, [&](std::vector<records::RawRow>&& rows) {
      return node.service<ImportService>().stage(part, id, file, rows);
    });
  });
  if (!fed) return abandon(node, context, uploads, fed.error());
  upload->last_used = context.now;
  return Reply{200, {{"next", ++state.next}}};
}

Result<Reply> finish(Node& node, Context& context, const Request& request, Uploads& uploads) {
  BodyReader body(request.body);
  KNOOP_TRY(body.finish());
  KNOOP_LET(upload, upload_of(uploads, request));
  auto& imports = node.service<ImportService>();
  const ImportId id = upload->id;
  const Result<void> finished = context.attempt([&](Context& part) -> Result<void> {
    for (auto& [file, state] : upload->files)
      if (state.reader)
        KNOOP_TRY(state.reader->finish([&, which = file](std::vector<records::RawRow>&& rows) {
          return imports.stage(part, id, which, rows);
        }));
    return imports.finish(part, id);
  });
  if (!finished) return abandon(node, context, uploads, finished.error());
  uploads.current.reset();
  KNOOP_LET(job, imports.status(context, id));
  return Reply{200, job_json(job)};
}

Result<Reply> cancel(Node& node, Context& context, const Request& request, Uploads& uploads) {
  KNOOP_LET(upload, upload_of(uploads, request));
  auto& imports = node.service<ImportService>();
  const ImportId id = upload->id;
  const Error why{ErrorCode::io_failed, Side::user, "the upload was cancelled"};
  KNOOP_TRY(imports.abandon(context, id, why));
  uploads.current.reset();
  KNOOP_LET(job, imports.status(context, id));
  return Reply{200, job_json(job)};
}

Result<Reply> status(Node& node, Context& context, const Request& request) {
  KNOOP_LET(id, number_from<ImportId>(request.param("id")));
  KNOOP_LET(job, node.service<ImportService>().status(context, id));
  return Reply{200, job_json(job)};
}

/// In pages of 1000; `file` and `line` of the last one ask for the next page.
Result<Reply> rejects(Node& node, Context& context, const Request& request) {
  KNOOP_LET(id, number_from<ImportId>(request.param("id")));
  ImportFile file = ImportFile::clients;
  std::int64_t line = 0;
  if (const auto name = request.query_value("file")) {
    KNOOP_LET(named, file_named(*name));
    file = named;
  }
  if (const auto text = request.query_value("line")) {
    KNOOP_LET(number, number_from<std::int64_t>(*text));
    line = number;
  }
  KNOOP_LET(page, node.service<ImportService>().rejects(context, id, file, line));
  Json rows = Json::array();
  for (const records::Reject& reject : page)
    rows.push_back({{"file", to_string(reject.file)},
                    {"line", reject.line},
                    {"field", reject.field},
                    {"reason", reject.reason}});
  return Reply{200, {{"rejects", std::move(rows)}}};
}

}  // namespace

void add_import_routes(Router& router, const ReadLimits& limits) {
  auto uploads = std::make_shared<Uploads>();
  uploads->limits = limits;
  const auto with = [uploads](auto handler) {
    return [uploads, handler](Node& node, Context& context, const Request& request) {
      return handler(node, context, request, *uploads);
    };
  };
  router.post("/api/v1/imports", feeders(), with(start));
  router.add({"PUT", "/api/v1/imports/{id}/{file}/chunks/{n}", feeders(), {}, BodyKind::bytes, with(chunk)});
  router.post("/api/v1/imports/{id}/finish", feeders(), with(finish));
  router.add({"DELETE", "/api/v1/imports/{id}", feeders(), {}, BodyKind::none, with(cancel)});
  router.get("/api/v1/imports/{id}", feeders(), {}, status);
  router.get("/api/v1/imports/{id}/rejects", feeders(), {"file", "line"}, rejects);
}

}  // namespace knoop::http
