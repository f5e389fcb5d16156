#include "tools/knoop-verify/convenants.h"

#include "tools/knoop-verify/export_file.h"

namespace knoop::verifier {

Result<std::vector<Convenant>> read_all_convenants(const std::vector<std::filesystem::path>& paths,
                                                   NetworkId& network) {
  std::string before;
  std::vector<Convenant> all;
  for (const auto& path : paths) {
    KNOOP_LET(note, read_text(path, max_convenant_bytes));
    if (before.empty()) {
      KNOOP_LET(id, network_id(note));
      network = id;
      KNOOP_LET(first, check_first_convenant(note));
      all.push_back(std::move(first));
    } else {
      KNOOP_LET(next, check_next_convenant(note, before));
      all.push_back(std::move(next));
    }
    before = std::move(note);
  }
  return all;
}

Result<Convenant> read_convenants(const std::vector<std::filesystem::path>& paths, NetworkId& network) {
  if (paths.empty())
    return fail(ErrorCode::bad_value, Side::user,
                "name the convenant: it says who the members and the auditor are");
  KNOOP_LET(all, read_all_convenants(paths, network));
  return std::move(all.back());
}

}  // namespace knoop::verifier
