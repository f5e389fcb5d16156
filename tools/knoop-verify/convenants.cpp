#include "tools/knoop-verify/convenants.h"

#include "tools/knoop-verify/export_file.h"

namespace knoop::verifier {

Result<Convenant> read_convenants(const std::vector<std::filesystem::path>& paths, NetworkId& network) {
  if (paths.empty())
    return fail(ErrorCode::bad_value, Side::user,
                "name the convenant: it says who the members and the auditor are");
  std::string before;
  Convenant newest;
  for (const auto& path : paths) {
    KNOOP_LET(note, read_text(path, max_convenant_bytes));
    if (before.empty()) {
      KNOOP_LET(id, network_id(note));
      network = id;
      KNOOP_LET(first, check_first_convenant(note));
      newest = std::move(first);
    } else {
      KNOOP_LET(next, check_next_convenant(note, before));
      newest = std::move(next);
    }
    before = std::move(note);
  }
  return newest;
}

}  // namespace knoop::verifier
