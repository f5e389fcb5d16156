#include "tools/knoop/import_client.h"

#include <fstream>
#include <thread>

#include "node/files/import_reader.h"

namespace knoop::cli {
namespace {

constexpr std::size_t chunk_bytes = 64UL << 10U;
constexpr std::chrono::milliseconds look_again{50};

Result<void> upload(Program& program, const std::string& address, const std::string& kind,
                    const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return fail(ErrorCode::not_found, Side::user, "{} cannot be opened", path);
  std::string chunk(chunk_bytes, '\0');
  for (std::uint64_t number = 0; file; ++number) {
    file.read(chunk.data(), static_cast<std::streamsize>(chunk.size()));
    const auto size = static_cast<std::size_t>(file.gcount());
    if (size == 0 && number > 0) break;
    KNOOP_TRY(program.put_bytes(fmt::format("{}/{}/chunks/{}", address, kind, number),
                                std::string_view(chunk).substr(0, size)));
  }
  if (file.bad()) return fail(ErrorCode::io_failed, Side::user, "{} cannot be read", path);
  return {};
}

Result<Json> wait_until_applied(Program& program, const std::string& address) {
  for (;;) {
    KNOOP_LET(job, program.get(address));
    const std::string state = cell(job, "state");
    if (state == "done" || state == "failed") return job;
    std::this_thread::sleep_for(look_again);
  }
}

records::ImportFile file_of(const std::string& name) {
  for (const records::ImportFile file : records::all_import_files)
    if (to_string(file) == name) return file;
  return records::ImportFile::clients;
}

Result<void> write_rejects(Program& program, const std::string& address, const std::string& kind,
                           const std::string& path) {
  std::string out = rejects_header();
  std::int64_t line = 0;
  for (;;) {
    KNOOP_LET(page, program.get(fmt::format("{}/rejects?file={}&line={}", address, kind, line)));
    if (page["rejects"].empty()) break;
    for (const Json& reject : page["rejects"]) {
      line = reject.value("line", std::int64_t{0});
      out +=
          rejects_line({file_of(cell(reject, "file")), line, cell(reject, "field"), cell(reject, "reason")});
    }
  }
  return write_file(path, out);
}

std::string import_lines(const Json& job, const std::string& rejects) {
  Table table({"FILE", "READ", "ADDED", "CHANGED", "UNCHANGED", "REJECTED"});
  for (const Json& file : job["files"])
    if (file.value("staged", 0) > 0)
      table.add({cell(file, "file"), cell(file, "staged"), cell(file, "added"), cell(file, "changed"),
                 cell(file, "unchanged"), cell(file, "rejected")});
  std::string out = table.empty() ? "The file holds no rows.\n" : table.text();
  if (job.value("dryRun", false)) out += "A dry run: nothing was changed.\n";
  if (!rejects.empty()) out += fmt::format("Rejected rows, with the reason for each, are in {}.\n", rejects);
  return out;
}

}  // namespace

Result<int> import_file(Program& program, const std::string& kind, const ImportOptions& options) {
  KNOOP_LET(started, program.post("/api/v1/imports", {{"dryRun", options.dry_run}}));
  const std::string address = "/api/v1/imports/" + cell(started, "id");
  if (const auto sent = upload(program, address, kind, options.file); !sent) {
    (void)program.cancel(address);  // a file that ended in the middle is no import
    return fail(sent.error());
  }
  KNOOP_TRY(program.post(address + "/finish", Json::object()));
  KNOOP_LET(job, wait_until_applied(program, address));
  if (cell(job, "state") == "failed")
    return fail(ErrorCode::bad_value, Side::user, "nothing was imported: {}", cell(job, "failure"));
  if (!options.rejects.empty()) KNOOP_TRY(write_rejects(program, address, kind, options.rejects));
  program.print(job, [&] { return import_lines(job, options.rejects); });
  return ExitCode::done;
}

void add_import_verb(CLI::App& noun, Program& program, const std::string& kind, const std::string& help) {
  auto options = std::make_shared<ImportOptions>();
  CLI::App* verb = program.verb(noun, "import", help,
                                [&program, kind, options] { return import_file(program, kind, *options); });
  verb->add_option("file", options->file, "The file")->required();
  verb->add_flag("--dry-run", options->dry_run, "Check everything, change nothing");
  verb->add_option("--rejects", options->rejects,
                   "Write rows that were not taken over, with the reason, to this file");
}

}  // namespace knoop::cli
