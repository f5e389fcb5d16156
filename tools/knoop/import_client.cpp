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
    if (state != "applying") return job;
    std::this_thread::sleep_for(look_again);
  }
}

records::ImportFile file_of(const std::string& name) {
  for (const records::ImportFile file : records::all_import_files)
    if (to_string(file) == name) return file;
  return records::ImportFile::clients;
}

Result<void> write_rejects(Program& program, const std::string& address, const std::string& path) {
  std::string out = rejects_header();
  std::string next;
  do {
    KNOOP_LET(page, program.get(with_query(address + "/rejects", {{"cursor", next}})));
    for (const Json& reject : page["rejects"])
      out += rejects_line({file_of(cell(reject, "file")), reject.value("line", std::int64_t{0}),
                           cell(reject, "field"), cell(reject, "reason")});
    next = cell(page, "next");
  } while (!next.empty());
  return write_file(path, out);
}

bool is_json(const std::string& path) {
  return path.ends_with(".json") || path.ends_with(".jsonl") || path.ends_with(".ndjson");
}

std::string preview_lines(const Json& preview) {
  std::string out;
  for (const Json& file : preview["files"]) {
    Table columns({"FIELD", "COLUMN"});
    for (const Json& column : file["columns"])
      columns.add({cell(column, "field"),
                   column.value("constant", false) ? "the same for every row" : cell(column, "column")});
    out += columns.text();
    if (file.value("ignored", 0) > 0) out += fmt::format("{} columns are ignored.\n", cell(file, "ignored"));
    Table rows({"LINE", "VERDICT", "FIELD", "REASON"});
    for (const Json& row : file["rows"])
      rows.add({cell(row, "line"), cell(row, "verdict"), cell(row, "field"), cell(row, "reason")});
    out += "\n" + rows.text() + "\n";
  }
  return out;
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
  Json plan{{"dryRun", options.dry_run || options.preview}, {"form", is_json(options.file) ? "json" : "csv"}};
  set_if(plan, "mapping", options.mapping);
  KNOOP_LET(started, program.post("/api/v1/imports", plan));
  const std::string address = "/api/v1/imports/" + cell(started, "id");
  if (const auto sent = upload(program, address, kind, options.file); !sent) {
    (void)program.cancel(address);  // a file that ended in the middle is no import
    return fail(sent.error());
  }
  KNOOP_TRY(program.post(address + "/finish", Json::object()));
  KNOOP_LET(job, wait_until_applied(program, address));
  if (cell(job, "state") == "failed")
    return fail(ErrorCode::bad_value, Side::user, "nothing was imported: {}", cell(job, "failure"));
  if (cell(job, "state") == "cancelled")
    return fail(ErrorCode::wrong_state, Side::user, "the import was {}", cell(job, "failure"));
  if (!options.rejects.empty()) KNOOP_TRY(write_rejects(program, address, options.rejects));
  if (options.preview) {
    KNOOP_LET(preview, program.get(address + "/preview"));
    job["preview"] = preview["files"];
    program.print(job, [&] { return preview_lines(preview) + import_lines(job, options.rejects); });
    return ExitCode::done;
  }
  program.print(job, [&] { return import_lines(job, options.rejects); });
  return ExitCode::done;
}

void add_import_verb(CLI::App& noun, Program& program, const std::string& kind, const std::string& help) {
  auto options = std::make_shared<ImportOptions>();
  CLI::App* verb = program.verb(noun, "import", help,
                                [&program, kind, options] { return import_file(program, kind, *options); });
  verb->add_option("file", options->file, "The file")->required();
  verb->add_flag("--dry-run", options->dry_run, "Check everything, change nothing");
  verb->add_flag("--preview", options->preview,
                 "A dry run that tells which column is which field, and what becomes of the first rows");
  verb->add_option("--mapping", options->mapping, "How the file's columns are read (knoop mapping)");
  verb->add_option("--rejects", options->rejects,
                   "Write rows that were not taken over, with the reason, to this file");
}

namespace {

constexpr std::size_t longest_mapping = 1UL << 20U;

std::string mapping_address(const std::string& name) {
  return "/api/v1/import-mappings/" + query_text(name);
}

Result<int> put_mapping(Program& program, const std::string& name, const std::string& path) {
  KNOOP_LET(text, read_file(path, longest_mapping));
  const Json body = Json::parse(text, nullptr, false);
  if (!body.is_object()) return fail(ErrorCode::bad_format, Side::user, "{} holds no JSON object", path);
  KNOOP_LET(answer, program.put(mapping_address(name), body));
  program.print(answer, [&] { return fmt::format("Mapping {} is kept.\n", name); });
  return ExitCode::done;
}

Result<int> list_mappings(Program& program) {
  KNOOP_LET(answer, program.get("/api/v1/import-mappings"));
  program.print(answer["mappings"], [&] {
    if (answer["mappings"].empty()) return std::string("No mappings.\n");
    Table table({"MAPPING", "CHANGED"});
    for (const Json& each : answer["mappings"]) table.add({cell(each, "name"), cell(each, "changed")});
    return table.text();
  });
  return ExitCode::done;
}

Result<int> show_mapping(Program& program, const std::string& name) {
  KNOOP_LET(answer, program.get(mapping_address(name)));
  program.print(answer, [&] { return answer.dump(2) + "\n"; });
  return ExitCode::done;
}

Result<int> remove_mapping(Program& program, const std::string& name) {
  KNOOP_LET(answer, program.cancel(mapping_address(name)));
  program.print(answer, [&] { return fmt::format("Mapping {} is gone.\n", name); });
  return ExitCode::done;
}

}  // namespace

void add_mapping_verbs(CLI::App& app, Program& program) {
  CLI::App* noun = app.add_subcommand("mapping", "How files of another dossier system are read");
  noun->require_subcommand(1);
  auto name = std::make_shared<std::string>();
  auto file = std::make_shared<std::string>();
  CLI::App* verb = program.verb(*noun, "put", "Keep a mapping under a name, from a JSON file",
                                [&program, name, file] { return put_mapping(program, *name, *file); });
  verb->add_option("name", *name, "a-z, 0-9 and -")->required();
  verb->add_option("file", *file, "The mapping as JSON (docs/spec/import.md)")->required();
  program.verb(*noun, "list", "The mappings that there are", [&program] { return list_mappings(program); });
  verb =
      program.verb(*noun, "show", "One mapping", [&program, name] { return show_mapping(program, *name); });
  verb->add_option("name", *name)->required();
  verb = program.verb(*noun, "remove", "Forget a mapping",
                      [&program, name] { return remove_mapping(program, *name); });
  verb->add_option("name", *name)->required();
}

}  // namespace knoop::cli
