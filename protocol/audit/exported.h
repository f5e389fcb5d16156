// An entry as somebody else may see it: the database after an erasure, an export, a checker. Every field is either
// open (value and salt) or closed (its commitment alone), so the leaf can always be computed.
#pragma once

#include <variant>

#include "protocol/audit/entry.h"

namespace knoop::audit {

/// A field that is not shown: left out of this export, or erased for good.
struct Closed {
  Hash256 commitment;
  bool erased = false;
  friend bool operator==(const Closed&, const Closed&) = default;
};
using ExportedField = std::variant<Opening, Closed>;

struct ExportedEntry {
  std::uint64_t index = 0;
  Hash256 leaf;  ///< As the export states it.
  std::array<ExportedField, field_count> fields;
};

/// The entry with its structural fields open; personal fields open only when `redacted` is false.
[[nodiscard]] ExportedEntry export_entry(const SealedEntry& entry, bool redacted);
[[nodiscard]] ExportedEntry redact(ExportedEntry entry);
/// What its fields hash to, whatever leaf it states: the slow part of checking, which needs no other entry.
[[nodiscard]] Hash256 computed_leaf(const ExportedEntry& entry);

}  // namespace knoop::audit
