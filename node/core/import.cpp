#include "node/core/import.h"

namespace knoop {
namespace {

using records::ImportFile;
using records::Problem;
using storage::ImportCounts;
using storage::ImportId;
using storage::ImportJob;
using storage::ImportState;
using storage::Outcome;
using storage::RawRow;

constexpr std::int64_t clear_rows = 500;  // removed in one slice

std::string name_of(ImportId id) {
  return fmt::format("import {}", static_cast<std::int64_t>(id));
}

Result<ImportJob> job_by(ImportStep& step, ImportId id) {
  KNOOP_LET(job, storage::find_import(step.tx, id));
  if (!job)
    return fail(ErrorCode::not_found, Side::user, "there is no {}; `knoop client import` starts one",
                name_of(id));
  return *job;
}

Result<ImportJob> job_in(ImportStep& step, ImportId id, ImportState state) {
  KNOOP_LET(job, job_by(step, id));
  if (job.state != state)
    return fail(ErrorCode::wrong_state, Side::user, "{} is over or is already being applied; start a new one",
                name_of(id));
  return job;
}

/// What became of one row: an outcome, or why it was rejected.
using Applied = tl::expected<Outcome, Problem>;

/// Applies the rows of one slice. A dry run's are applied to a savepoint that is undone, and logged nowhere.
class Applier {
 public:
  Applier(ImportStep& step, storage::Transaction& tx, const ImportJob& job)
      : step_(step), tx_(tx), job_(job) {}

  Result<Applied> apply(ImportFile file, const RawRow& row) {
    const auto line = static_cast<std::int64_t>(row.line);
    KNOOP_LET(earlier, storage::earlier_rows(tx_, job_.id, file, records::key_of(file, row.fields), line));
    switch (file) {
      case ImportFile::clients:
        return client(row, earlier);
      case ImportFile::involvements:
        return involvement(row, earlier);
      case ImportFile::fragments:
        return fragment(row, earlier);
    }
    KNOOP_ASSERT(false, "one of three files");
  }

 private:
  Result<Applied> client(const RawRow& row, const storage::Earlier& earlier) {
    const auto client = records::client_from(row.fields, step_.today);
    if (!client) return Applied(tl::unexpected(client.error()));
    const auto extras = records::client_extras_from(row.fields, step_.today);
    if (!extras) return Applied(tl::unexpected(extras.error()));
    if (earlier.count > 0) return repeated("client_ref", "this client_ref", earlier);
    KNOOP_LET(written, storage::put_client(tx_, *client, step_.now));
    KNOOP_LET(added, storage::add_extras(tx_, written.id, *extras, step_.now));
    if (added && written.outcome == Outcome::unchanged) written.outcome = Outcome::changed;
    KNOOP_TRY(record(row, written.outcome, audit::Event::client_created, audit::Event::client_changed,
                     client->ref, ""));
    return Applied(written.outcome);
  }

  Result<Applied> involvement(const RawRow& row, const storage::Earlier& earlier) {
    const auto involvement = records::involvement_from(row.fields, step_.today);
    if (!involvement) return Applied(tl::unexpected(involvement.error()));
    if (earlier.count > 0) return repeated("vanaf", "client_ref, soort and vanaf", earlier);
    const std::string ref = records::client_ref_of(row.fields);
    KNOOP_LET(client, storage::find_client(tx_, ref));
    if (!client) return unknown_client(ref);
    KNOOP_LET(written, storage::put_involvement(tx_, client->id, *involvement, step_.now));
    KNOOP_TRY(record(row, written.outcome, audit::Event::involvement_added, audit::Event::involvement_changed,
                     ref, fmt::format("involvement {}", static_cast<std::int64_t>(written.id))));
    return Applied(written.outcome);
  }

  Result<Applied> fragment(const RawRow& row, const storage::Earlier& earlier) {
    const auto fragment = records::fragment_from(row.fields, step_.today);
    if (!fragment) return Applied(tl::unexpected(fragment.error()));
    const std::string ref = records::client_ref_of(row.fields);
    KNOOP_LET(client, storage::find_client(tx_, ref));
    if (!client) return unknown_client(ref);
    KNOOP_LET(written, storage::put_fragment(tx_, step_.entropy.draw<FragmentId>(), client->id, *fragment,
                                             earlier.count + 1, step_.now));
    KNOOP_TRY(record(row, written.outcome, audit::Event::fragment_added, audit::Event::fragment_changed, ref,
                     fmt::format("fragment {}", written.id.hex())));
    return Applied(written.outcome);
  }

  static Applied repeated(std::string_view field, std::string_view what, const storage::Earlier& earlier) {
    return tl::unexpected(Problem{field, fmt::format("repeats {} of line {}", what, earlier.first_line)});
  }

  Result<Applied> unknown_client(const std::string& ref) {
    if (job_.plan.dry_run) {
      // The clients file of this very run would have brought it.
      KNOOP_LET(coming, storage::stages_client(tx_, job_.id, ref));
      if (coming) return Applied(Outcome::added);
    }
    return Applied(tl::unexpected(Problem{"client_ref", "is of no client; import the client first"}));
  }

  Result<void> record(const RawRow& row, Outcome outcome, audit::Event added, audit::Event changed,
                      const std::string& ref, std::string object) {
    if (job_.plan.dry_run || outcome == Outcome::unchanged) return {};
    audit::AuditEntry entry;
    entry.event = outcome == Outcome::added ? added : changed;
    entry.action = outcome == Outcome::added ? audit::Action::create : audit::Action::update;
    entry.client = ref;
    entry.object = std::move(object);
    entry.detail = fmt::format("{}, line {}", name_of(job_.id), row.line);
    return step_.record(std::move(entry));
  }

  ImportStep& step_;
  storage::Transaction& tx_;
  const ImportJob& job_;
};

void count(ImportCounts& counts, Outcome outcome) {
  switch (outcome) {
    case Outcome::added:
      ++counts.added;
      return;
    case Outcome::changed:
      ++counts.changed;
      return;
    case Outcome::unchanged:
      ++counts.unchanged;
      return;
  }
}

Result<void> record_job(ImportStep& step, audit::Event event, ImportId id, std::string detail) {
  audit::AuditEntry entry;
  entry.event = event;
  entry.object = name_of(id);
  entry.detail = std::move(detail);
  return step.record(std::move(entry));
}

std::string summary(const ImportJob& job) {
  std::string out = job.plan.dry_run ? "dry run" : "";
  for (const ImportFile file : records::all_import_files) {
    const ImportCounts& c = job.counts.at(static_cast<std::size_t>(file) - 1);
    if (c.staged == 0) continue;
    if (!out.empty()) out += "; ";
    out += fmt::format("{}: {} added, {} changed, {} unchanged, {} rejected", to_string(file), c.added,
                       c.changed, c.unchanged, c.rejected);
  }
  return out;
}

Result<void> apply_slice(ImportStep& step, const ImportJob& job) {
  KNOOP_LET(rows, storage::staged_rows(step.tx, job.id, job.file, job.line, import_slice_rows));
  if (rows.empty()) {
    if (job.file != ImportFile::fragments) {
      const auto next = static_cast<ImportFile>(static_cast<std::uint8_t>(job.file) + 1);
      return storage::advance_import(step.tx, job.id, next, 0, {});
    }
    KNOOP_TRY(storage::set_import_state(step.tx, job.id, ImportState::done, step.now));
    return record_job(step, audit::Event::import_finished, job.id, summary(job));
  }

  ImportCounts counts;
  std::vector<storage::Reject> rejects;
  std::vector<storage::Verdict> verdicts;
  {
    std::optional<storage::Transaction> trial;
    if (job.plan.dry_run) {
      KNOOP_LET(nested, step.tx.nested());
      trial.emplace(std::move(nested));
    }
    Applier applier(step, trial ? *trial : step.tx, job);
    for (const RawRow& row : rows) {
      KNOOP_LET(applied, applier.apply(job.file, row));
      if (applied) {
        count(counts, *applied);
        verdicts.push_back({static_cast<std::int64_t>(row.line), *applied});
      } else {
        ++counts.rejected;
        rejects.push_back({job.file, static_cast<std::int64_t>(row.line), std::string(applied.error().field),
                           std::move(applied.error().reason)});
      }
    }
  }
  for (const storage::Reject& reject : rejects) KNOOP_TRY(storage::add_reject(step.tx, job.id, reject));
  if (job.counts.at(static_cast<std::size_t>(job.file) - 1).applied() < preview_rows)
    for (const storage::Verdict& verdict : verdicts)
      KNOOP_TRY(storage::add_verdict(step.tx, job.id, job.file, verdict, preview_rows));
  return storage::advance_import(step.tx, job.id, job.file, static_cast<std::int64_t>(rows.back().line),
                                 counts);
}

}  // namespace

Result<ImportId> start_import(ImportStep& step, const storage::ImportPlan& plan) {
  KNOOP_LET(current, storage::current_import(step.tx));
  if (current)
    return fail(ErrorCode::conflict, Side::user, "{} is still under way; wait until it is done",
                name_of(*current));
  KNOOP_LET(id, storage::create_import(step.tx, plan, step.now));
  KNOOP_TRY(record_job(step, audit::Event::import_started, id, plan.dry_run ? "dry run" : ""));
  return id;
}

Result<void> stage_import(ImportStep& step, ImportId id, ImportFile file, std::span<const RawRow> rows) {
  KNOOP_TRY(job_in(step, id, ImportState::staging));
  for (const RawRow& row : rows) KNOOP_TRY(storage::stage_row(step.tx, id, file, row));
  return {};
}

Result<void> finish_staging(ImportStep& step, ImportId id) {
  KNOOP_TRY(job_in(step, id, ImportState::staging));
  return storage::set_import_state(step.tx, id, ImportState::applying, std::nullopt);
}

Result<void> fail_import(ImportStep& step, ImportId id, const Error& why) {
  KNOOP_TRY(job_in(step, id, ImportState::staging));
  KNOOP_TRY(storage::set_import_state(step.tx, id, ImportState::failed, step.now, why.sentence));
  return record_job(step, audit::Event::import_finished, id, fmt::format("failed: {}", to_string(why.code)));
}

Result<void> cancel_import(ImportStep& step, ImportId id) {
  KNOOP_LET(job, job_by(step, id));
  if (is_over(job.state))
    return fail(ErrorCode::wrong_state, Side::user, "{} is over; what it applied stays", name_of(id));
  std::int64_t applied = 0;
  std::int64_t read = 0;
  for (const ImportCounts& counts : job.counts) {
    applied += counts.applied();
    read += counts.staged;
  }
  std::string what = "cancelled before anything was applied: nothing was imported";
  if (job.plan.dry_run)
    what = "cancelled; it was a dry run, so nothing was changed";
  else if (job.state == ImportState::applying && applied > 0)
    what = fmt::format("cancelled after {} of {} rows: what was applied stays, the rest was not imported",
                       applied, read);
  KNOOP_TRY(storage::set_import_state(step.tx, id, ImportState::cancelled, step.now, what));
  return record_job(step, audit::Event::import_finished, id, what);
}

Result<std::optional<Timestamp>> end_forgotten_upload(ImportStep& step) {
  KNOOP_LET(current, storage::current_import(step.tx));
  if (!current) return std::nullopt;
  KNOOP_LET(job, storage::find_import(step.tx, *current));
  if (!job || job->state != ImportState::staging) return std::nullopt;
  const Timestamp end = job->continued + upload_ends_after;
  if (step.now < end) return end;
  KNOOP_TRY(fail_import(step, *current, {ErrorCode::io_failed, Side::user, "the upload was not continued"}));
  return std::nullopt;
}

Result<bool> continue_imports(ImportStep& step) {
  KNOOP_LET(current, storage::current_import(step.tx));
  if (current) {
    KNOOP_LET(job, storage::find_import(step.tx, *current));
    if (job && job->state == ImportState::applying) {
      KNOOP_TRY(apply_slice(step, *job));
      return true;
    }
  }
  return storage::clear_staging(step.tx, clear_rows);
}

}  // namespace knoop
