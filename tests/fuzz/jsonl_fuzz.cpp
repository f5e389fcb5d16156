// Any bytes as fragments.jsonl, whole and cut in two: the same rows and the same error either way; rows then become
// fragments that fulfil the rules, or problems.
#include "crypto/base/assert.h"
#include "crypto/base/utf8.h"
#include "node/files/import_reader.h"

using namespace knoop;

namespace {

struct Outcome {
  std::vector<records::RawRow> rows;
  std::string error;
};

Outcome read(ByteView file, std::size_t cut) {
  Outcome out;
  ImportReader reader(records::ImportFile::fragments,
                      {.file_bytes = 1 << 20, .record_bytes = 4096, .fields = 64});
  const auto visit = [&](std::vector<records::RawRow>&& rows) -> Result<void> {
    for (records::RawRow& row : rows) out.rows.push_back(std::move(row));
    return {};
  };
  Result<void> result = reader.feed(file.first(cut), visit);
  if (result) result = reader.feed(file.subspan(cut), visit);
  if (result) result = reader.finish(visit);
  if (!result) out.error = result.error().sentence;
  return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteView file(data, size);
  const Outcome whole = read(file, size);
  const Outcome cut = read(file, size == 0 ? 0 : data[0] % (size + 1));
  KNOOP_ASSERT(whole.error == cut.error, "an error that depends on the cut");
  KNOOP_ASSERT(!whole.error.empty() || whole.rows.size() == cut.rows.size(), "rows that depend on the cut");

  constexpr Date today{2026, 11, 21};
  for (const records::RawRow& row : whole.rows) {
    if (row.problem) {
      KNOOP_ASSERT(is_utf8(row.problem->reason), "a reason that is not UTF-8");
      continue;
    }
    for (const std::string& field : row.fields) KNOOP_ASSERT(is_utf8(field), "a field that is not UTF-8");
    (void)records::key_of(records::ImportFile::fragments, row.fields);
    const auto fragment = records::fragment_from(row.fields, today);
    if (fragment) KNOOP_ASSERT(!records::check(*fragment, today), "a fragment that breaks a rule");
  }
  return 0;
}
