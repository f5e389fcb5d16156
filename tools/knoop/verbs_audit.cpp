// `knoop audit …`: the tamper-evident log (R8), read, exported and checked.
#include <sys/stat.h>

#include <fstream>

#include "tools/knoop/verbs.h"

namespace knoop::cli {
namespace {

Result<int> show(Program& program, const std::string& client, unsigned limit) {
  KNOOP_LET(answer, program.get(client.empty() ? fmt::format("/api/v1/audit-entries?limit={}", limit)
                                               : "/api/v1/audit-entries?client=" + query_text(client)));
  const Json entries = answer["entries"];
  program.print(entries, [&] {
    Table table({"INDEX", "TIME", "EVENT", "OUTCOME", "USER", "ROLE", "PEER", "CLIENT", "OBJECT", "DETAIL"});
    for (const Json& one : entries)
      table.add({cell(one, "index"), cell(one, "time"), cell(one, "event"), cell(one, "outcome"),
                 cell(one, "user"), cell(one, "role"), cell(one, "peerName"), cell(one, "client"),
                 cell(one, "object"), cell(one, "detail")});
    return table.text();
  });
  return ExitCode::done;
}

Result<int> head(Program& program) {
  KNOOP_LET(answer, program.get("/api/v1/audit-head"));
  program.print(answer, [&] { return cell(answer, "note"); });
  return ExitCode::done;
}

/// Slices are written as they come: a log of a million entries must not pass through memory whole.
Result<int> export_log(Program& program, const std::string& path, bool open) {
  KNOOP_LET(begun, program.post("/api/v1/audit-exports", {{"open", open}}));
  const auto cannot_write = [&] {
    return fail(ErrorCode::io_failed, Side::user, "{} cannot be written; name a file in a folder that exists",
                path);
  };
  // With openings the file names people: for its owner alone.
  const mode_t before = ::umask(open ? 0077 : 0027);
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  ::umask(before);
  if (!file) return cannot_write();
  file << cell(begun, "header");
  const auto size = begun.value("size", std::uint64_t{0});
  for (std::uint64_t from = 0; from < size;) {
    KNOOP_LET(slice, program.get(fmt::format("/api/v1/audit-export-lines?from={}&size={}&open={}", from, size,
                                             open)));
    const auto count = slice.value("count", std::uint64_t{0});
    if (count == 0)
      return fail(ErrorCode::bad_format, Side::ours, "the node gave {} of {} entries of its log", from, size);
    file << cell(slice, "lines");
    from += count;
  }
  file << cell(begun, "footer");
  if (!file.flush()) return cannot_write();
  program.print({{"file", path}, {"entries", size}, {"redacted", !open}}, [&] {
    return fmt::format("{} entries written to {}. Check them with: knoop-verify {}\n", size, path, path);
  });
  return ExitCode::done;
}

}  // namespace

void add_audit_verbs(CLI::App& app, Program& program) {
  CLI::App* noun = app.add_subcommand("audit", "The log of who did what, which cannot be rewritten unseen");
  noun->require_subcommand(1);
  auto client = std::make_shared<std::string>();
  auto limit = std::make_shared<unsigned>(50);
  CLI::App* verb = program.verb(*noun, "show", "The newest entries, or all about one client",
                                [&program, client, limit] { return show(program, *client, *limit); });
  verb->add_option("--client", *client, "Own client reference");
  verb->add_option("--limit", *limit, "How many")->capture_default_str()->check(CLI::Range(1, 500));
  program.verb(*noun, "head", "The signed head of the log", [&program] { return head(program); });
  auto path = std::make_shared<std::string>();
  auto open = std::make_shared<bool>(false);
  verb = program.verb(*noun, "export", "Write the log to a file that knoop-verify checks off line",
                      [&program, path, open] { return export_log(program, *path, *open); });
  verb->add_option("--out", *path, "File to write")->required();
  verb->add_flag("--open", *open, "With the fields that name people; who got them is logged");
}

}  // namespace knoop::cli
