// Any bytes as clients, as CSV and as JSON, with and without a mapping, whole and cut in two: the same records and the same error either way, every row of the width
// its header has, everything UTF-8, and no sentence that repeats what a row holds. Rows then become clients or problems.
#include "crypto/base/assert.h"
#include "crypto/base/utf8.h"
#include "node/files/import_reader.h"

using namespace knoop;

namespace {

struct Outcome {
  std::vector<records::RawRow> rows;
  std::string error;
};

ImportMapping some_mapping() {
  ImportMapping mapping;
  mapping.ignore_others = true;
  mapping.files[0] = {{"achternaam", "n"}, {"geslacht", "s", {}, {{"m", "M"}, {"", "O"}}}, {"bsn", {}, "1"}};
  return mapping;
}

Outcome read(ByteView file, std::size_t cut, records::ImportForm form, const ImportMapping& mapping) {
  Outcome out;
  ImportReader reader(records::ImportFile::clients,
                      {.file_bytes = 1 << 20, .record_bytes = 4096, .fields = 64}, form, mapping);
  const auto visit = [&](std::vector<records::RawRow>&& rows) -> Result<void> {
    for (records::RawRow& row : rows) out.rows.push_back(std::move(row));
    return {};
  };
  Result<void> result = reader.feed(file.first(cut), visit);
  if (result) result = reader.feed(file.subspan(cut), visit);
  if (result) result = reader.finish(visit);
  if (!result) out.error = result.error().sentence;
  (void)reader.columns();
  return out;
}

void judge(ByteView file, records::ImportForm form, const ImportMapping& mapping) {
  const Outcome whole = read(file, file.size(), form, mapping);
  const Outcome cut = read(file, file.empty() ? 0 : file[0] % (file.size() + 1), form, mapping);
  KNOOP_ASSERT(whole.error == cut.error, "an error that depends on the cut");
  KNOOP_ASSERT(!whole.error.empty() || whole.rows.size() == cut.rows.size(), "rows that depend on the cut");
  KNOOP_ASSERT(is_utf8(whole.error), "a sentence that is not UTF-8");

  constexpr Date today{2026, 11, 21};
  std::uint64_t line = 0;
  for (const records::RawRow& row : whole.rows) {
    KNOOP_ASSERT(row.line > line, "lines that do not ascend");
    line = row.line;
    if (row.problem) continue;
    KNOOP_ASSERT(row.fields.size() == records::fields_of(records::ImportFile::clients).size(),
                 "a row of another width");
    for (const std::string& field : row.fields) KNOOP_ASSERT(is_utf8(field), "a field that is not UTF-8");
    (void)records::key_of(records::ImportFile::clients, row.fields);
    const auto client = records::client_from(row.fields, today);
    if (client) KNOOP_ASSERT(!records::check(*client, today), "a client that breaks a rule");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const ByteView file(data, size);
  for (const auto form : {records::ImportForm::csv, records::ImportForm::json}) {
    judge(file, form, {});
    judge(file, form, some_mapping());
  }
  return 0;
}
