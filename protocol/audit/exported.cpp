#include "protocol/audit/exported.h"

namespace knoop::audit {

ExportedEntry export_entry(const SealedEntry& entry, bool redacted) {
  ExportedEntry out{entry.index, entry.leaf, {}};
  for (std::size_t i = 0; i < field_count; ++i) out.fields[i] = entry.fields[i];
  return redacted ? redact(std::move(out)) : out;
}

ExportedEntry redact(ExportedEntry entry) {
  for (std::size_t i = 0; i < field_count; ++i) {
    const Field field = all_fields[i].field;
    const auto* opening = std::get_if<Opening>(&entry.fields[i]);
    if (opening && !is_structural(field)) entry.fields[i] = Closed{commitment_of(field, *opening), false};
  }
  return entry;
}

Hash256 computed_leaf(const ExportedEntry& entry) {
  std::array<Hash256, field_count> commitments;
  for (std::size_t i = 0; i < field_count; ++i) {
    const auto* opening = std::get_if<Opening>(&entry.fields[i]);
    commitments[i] =
        opening ? commitment_of(all_fields[i].field, *opening) : std::get<Closed>(entry.fields[i]).commitment;
  }
  return leaf_hash_of(commitments);
}

}  // namespace knoop::audit
