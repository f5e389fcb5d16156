#include "node/core/import_service.h"

#include "protocol/records/calendar.h"

namespace knoop {
namespace {

constexpr std::int64_t most_rejects = 1000;

ImportStep step_of(Context& context) {
  return {context.tx, context.now, dutch_day(context.now), context.entropy,
          [&context](audit::AuditEntry entry) -> Result<void> {
            KNOOP_TRY(context.audit(std::move(entry)));
            return {};
          }};
}

}  // namespace

Result<void> ImportService::on_start(Context& context) {
  ImportStep step = step_of(context);
  return recover_imports(step);
}

Result<std::optional<Timestamp>> ImportService::on_tick(Context& context) {
  ImportStep step = step_of(context);
  KNOOP_LET(before, storage::current_import(context.tx));
  KNOOP_LET(more, continue_imports(step));
  KNOOP_LET(after, storage::current_import(context.tx));
  if (before && !after) context.wake();  // matching has new clients to look at
  if (!more) return std::nullopt;
  return context.now;
}

Result<storage::ImportId> ImportService::start(Context& context, bool dry_run) {
  ImportStep step = step_of(context);
  return start_import(step, dry_run);
}

Result<void> ImportService::stage(Context& context, storage::ImportId id, records::ImportFile file,
                                  std::span<const records::RawRow> rows) {
  ImportStep step = step_of(context);
  return stage_import(step, id, file, rows);
}

Result<void> ImportService::finish(Context& context, storage::ImportId id) {
  ImportStep step = step_of(context);
  KNOOP_TRY(finish_staging(step, id));
  context.wake();
  return {};
}

Result<void> ImportService::abandon(Context& context, storage::ImportId id, const Error& why) {
  ImportStep step = step_of(context);
  KNOOP_TRY(fail_import(step, id, why));
  context.wake();
  return {};
}

Result<storage::ImportJob> ImportService::status(Context& context, storage::ImportId id) {
  KNOOP_LET(job, storage::find_import(context.tx, id));
  if (!job)
    return fail(ErrorCode::not_found, Side::user, "there is no import {}", static_cast<std::int64_t>(id));
  return *job;
}

Result<std::vector<records::Reject>> ImportService::rejects(Context& context, storage::ImportId id,
                                                            records::ImportFile file, std::int64_t line) {
  return storage::import_rejects(context.tx, id, file, line, most_rejects);
}

}  // namespace knoop
