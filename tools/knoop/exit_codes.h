// What the program's exit status says. A promise to scripts: never changed, never used for something else.
#pragma once

namespace knoop::cli {

enum ExitCode : int {
  done = 0,
  refused = 1,      ///< The node, or this program on its files, said no; one sentence on stderr says why.
  wrong_use = 2,    ///< The command line or the settings cannot be understood.
  unreachable = 3,  ///< No daemon answers at the socket, or it gave no answer.
  findings = 4,     ///< A verification found something.
};

}  // namespace knoop::cli
