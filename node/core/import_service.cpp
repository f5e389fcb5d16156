#include "node/core/import_service.h"

#include <algorithm>

#include "protocol/records/calendar.h"

namespace knoop {
namespace {

constexpr std::int64_t most_listed = 100;

ImportStep step_of(Context& context) {
  return {context.tx, context.now, dutch_day(context.now), context.entropy,
          [&context](audit::AuditEntry entry) -> Result<void> {
            KNOOP_TRY(context.audit(std::move(entry)));
            return {};
          }};
}

std::string who_of(const Context& context) {
  return fmt::format("{}:{}", to_string(context.actor.role), context.actor.user);
}

}  // namespace

Result<std::optional<Timestamp>> ImportService::on_tick(Context& context) {
  ImportStep step = step_of(context);
  KNOOP_LET(before, storage::current_import(context.tx));
  std::optional<Timestamp> forgotten;
  if (context.clock_sure()) {
    KNOOP_LET(at, end_forgotten_upload(step));
    forgotten = at;
  }
  KNOOP_LET(more, continue_imports(step));
  KNOOP_LET(after, storage::current_import(context.tx));
  if (before && !after) context.wake();  // matching has new clients to look at
  if (!more) return forgotten;
  return context.now;
}

Result<storage::ImportId> ImportService::start(Context& context, storage::ImportPlan plan) {
  ImportStep step = step_of(context);
  plan.begun_by = who_of(context);
  KNOOP_LET(id, start_import(step, plan));
  context.wake();
  return id;
}

Result<storage::ImportJob> ImportService::uploading(Context& context, storage::ImportId id) {
  KNOOP_LET(job, status(context, id));
  if (job.plan.begun_by != who_of(context))
    return fail(ErrorCode::not_found, Side::user, "this import is another's; start one of your own");
  if (job.state != storage::ImportState::staging)
    return fail(ErrorCode::wrong_state, Side::user,
                "this import is not being uploaded (any more); start a new one");
  return job;
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

Result<void> ImportService::understood(Context& context, storage::ImportId id, records::ImportFile file,
                                       const std::vector<records::ReadColumn>& columns, std::size_t ignored) {
  return storage::set_columns(context.tx, id, file, columns, ignored);
}

Result<void> ImportService::cancel(Context& context, storage::ImportId id) {
  KNOOP_LET(job, status(context, id));
  if (context.actor.role != Role::administrator && job.plan.begun_by != who_of(context))
    return fail(ErrorCode::not_found, Side::user, "this import is another's; an administrator can cancel it");
  ImportStep step = step_of(context);
  KNOOP_TRY(cancel_import(step, id));
  context.wake();
  return {};
}

Result<storage::ImportJob> ImportService::status(Context& context, storage::ImportId id) {
  KNOOP_LET(job, storage::find_import(context.tx, id));
  if (!job)
    return fail(ErrorCode::not_found, Side::user, "there is no import {}", static_cast<std::int64_t>(id));
  return *job;
}

Result<std::vector<storage::ImportJob>> ImportService::list(Context& context,
                                                            std::optional<storage::ImportId> before,
                                                            std::int64_t limit) {
  KNOOP_LET(ids,
            storage::recent_imports(context.tx, before, std::clamp(limit, std::int64_t{1}, most_listed)));
  std::vector<storage::ImportJob> out;
  for (const storage::ImportId id : ids) {
    KNOOP_LET(job, status(context, id));
    out.push_back(std::move(job));
  }
  return out;
}

Result<ImportService::Preview> ImportService::preview(Context& context, storage::ImportId id,
                                                      records::ImportFile file) {
  KNOOP_TRY(status(context, id));
  Preview out;
  KNOOP_LET(columns, storage::import_columns(context.tx, id, file));
  out.columns = std::move(columns);
  KNOOP_LET(verdicts, storage::import_verdicts(context.tx, id, file));
  for (const storage::Verdict& verdict : verdicts) out.rows.push_back({verdict.line, verdict.outcome, {}});
  KNOOP_LET(refused, storage::import_rejects(context.tx, id, file, 0, preview_rows));
  for (records::Reject& reject : refused)
    if (reject.file == file) out.rows.push_back({reject.line, {}, std::move(reject)});
  std::ranges::sort(out.rows, {}, &Preview::Row::line);
  if (out.rows.size() > preview_rows) out.rows.resize(preview_rows);
  return out;
}

Result<bool> ImportService::put_mapping(Context& context, const std::string& name, const std::string& body) {
  KNOOP_LET(known, storage::list_mappings(context.tx));
  const bool there = std::ranges::find(known, name, &storage::StoredMapping::name) != known.end();
  if (!there && known.size() >= most_mappings)
    return fail(ErrorCode::over_limit, Side::user, "there are {} mappings already; remove one first",
                known.size());
  KNOOP_TRY(storage::put_mapping(context.tx, {name, body, context.now}));
  KNOOP_TRY(context.audit({.event = audit::Event::config_changed,
                           .action = there ? audit::Action::update : audit::Action::create,
                           .object = "import mapping " + name}));
  return !there;
}

Result<storage::StoredMapping> ImportService::mapping(Context& context, std::string_view name) {
  KNOOP_LET(found, storage::find_mapping(context.tx, name));
  if (!found)
    return fail(ErrorCode::not_found, Side::user, "there is no mapping of this name; the list has them all");
  return *found;
}

Result<void> ImportService::remove_mapping(Context& context, const std::string& name) {
  KNOOP_LET(removed, storage::remove_mapping(context.tx, name));
  if (!removed) return fail(ErrorCode::not_found, Side::user, "there is no mapping of this name");
  KNOOP_TRY(context.audit({.event = audit::Event::config_changed,
                           .action = audit::Action::erase,
                           .object = "import mapping " + name}));
  return {};
}

Result<std::vector<records::Reject>> ImportService::rejects(Context& context, storage::ImportId id,
                                                            records::ImportFile file, std::int64_t line,
                                                            std::int64_t limit) {
  KNOOP_LET(job, storage::find_import(context.tx, id));
  if (!job)
    return fail(ErrorCode::not_found, Side::user, "there is no import {}", static_cast<std::int64_t>(id));
  return storage::import_rejects(context.tx, id, file, line, limit);
}

}  // namespace knoop
