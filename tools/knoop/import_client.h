// Records of the organisation, into the node and out of it (routes_imports and routes_exports of node/http). Sends a file to the node in chunks and waits until its rows were applied.
#pragma once

#include "tools/knoop/program.h"

namespace knoop::cli {

struct ImportOptions {
  std::string file;     ///< On this machine.
  std::string rejects;  ///< Where to write the rows that were not taken over; empty: only counted.
  std::string mapping;  ///< The name of one; empty: the columns are ours.
  bool dry_run = false;
  bool preview = false;  ///< A dry run that also tells what was understood.
};

/// JSON by the file's extension (.json, .jsonl, .ndjson). `kind` is "clients", "involvements" or "fragments".
[[nodiscard]] Result<int> import_file(Program& program, const std::string& kind,
                                      const ImportOptions& options);

/// `knoop client export`: own records, in files that an import takes.
void add_export_verb(CLI::App& noun, Program& program);
/// `knoop mapping …`: how files of other systems are read.
void add_mapping_verbs(CLI::App& app, Program& program);

/// The verb `import` below a noun.
void add_import_verb(CLI::App& noun, Program& program, const std::string& kind, const std::string& help);

}  // namespace knoop::cli
