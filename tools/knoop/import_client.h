// Sends a file to the node in chunks and waits until its rows were applied (routes_imports of node/http).
#pragma once

#include "tools/knoop/program.h"

namespace knoop::cli {

struct ImportOptions {
  std::string file;     ///< On this machine.
  std::string rejects;  ///< Where to write the rows that were not taken over; empty: only counted.
  bool dry_run = false;
};

/// `kind` is "clients", "involvements" or "fragments".
[[nodiscard]] Result<int> import_file(Program& program, const std::string& kind,
                                      const ImportOptions& options);

/// The verb `import` below a noun.
void add_import_verb(CLI::App& noun, Program& program, const std::string& kind, const std::string& help);

}  // namespace knoop::cli
