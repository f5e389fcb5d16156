// `knoop client export`: reads an export page by page and writes it to new files that nobody else can read.
#include "storage/private_file.h"
#include "tools/knoop/import_client.h"

namespace knoop::cli {
namespace {

struct ExportOptions {
  std::string folder;
  std::string reason;
  std::string form = "csv";
  std::string client;
};

Result<std::uint64_t> fetch(Program& program, const std::string& address, const Json& file,
                            const std::filesystem::path& path) {
  const std::string header = cell(file, "header");
  KNOOP_TRY(storage::write_private_file(path, view(header)));
  std::size_t size = header.size();
  std::uint64_t rows = 0;
  std::string cursor;
  do {
    KNOOP_LET(page, program.get(with_query(address + "/" + cell(file, "file"), {{"cursor", cursor}})));
    const std::string lines = cell(page, "lines");
    KNOOP_TRY(storage::append_private_file(path, size, view(lines)));
    size += lines.size();
    rows += page.value("count", std::uint64_t{0});
    cursor = cell(page, "next");
  } while (!cursor.empty());
  return rows;
}

Result<int> export_records(Program& program, const ExportOptions& options) {
  Json wanted{{"reason", options.reason}, {"form", options.form}};
  set_if(wanted, "client", options.client);
  KNOOP_LET(begun, program.post("/api/v1/record-exports", wanted));
  const std::string address = "/api/v1/record-exports/" + cell(begun, "id");
  Json written = Json::array();
  for (const Json& file : begun["files"]) {
    const std::filesystem::path path = std::filesystem::path(options.folder) / cell(file, "name");
    KNOOP_LET(rows, fetch(program, address, file, path));
    written.push_back({{"file", path.string()}, {"records", rows}});
  }
  KNOOP_TRY(program.cancel(address));
  program.print(written, [&] {
    Table table({"FILE", "RECORDS"});
    for (const Json& each : written) table.add({cell(each, "file"), cell(each, "records")});
    return table.text() +
           "These files are not encrypted: move them to where they belong, and remove them here.\n";
  });
  return ExitCode::done;
}

}  // namespace

void add_export_verb(CLI::App& noun, Program& program) {
  auto options = std::make_shared<ExportOptions>();
  CLI::App* verb = program.verb(noun, "export", "Write own records to files that an import takes",
                                [&program, options] { return export_records(program, *options); });
  verb->add_option("--out", options->folder, "An existing folder; files that are there are not replaced")
      ->required();
  verb->add_option("--reason", options->reason, "Why; stands in the log, and in what the client may ask for")
      ->required();
  verb->add_option("--form", options->form, "Of clients and involvements; fragments are JSON lines")
      ->check(CLI::IsMember({"csv", "json"}))
      ->capture_default_str();
  verb->add_option("--client", options->client, "Only this client");
}

}  // namespace knoop::cli
