// The quick way to read a line of an exported log: the one form in which a node writes it (no blanks, keys in the order of
// their numbers, no escapes). A million entries are two gigabytes of JSON, and a general parser needs half a minute for them.
//
// It only ever says "not in that form": then parse_entry() reads the line as any JSON and is the one that refuses. What
// both read must be equal; the fuzz target audit_export holds them against each other.
#pragma once

#include <optional>
#include <string_view>

#include "protocol/audit/exported.h"

namespace knoop::verifier {

[[nodiscard]] std::optional<audit::ExportedEntry> read_plain_entry(std::string_view line);
/// The same into place: an entry is large to move. False leaves anything in it.
[[nodiscard]] bool read_plain_entry(std::string_view line, audit::ExportedEntry& out);

}  // namespace knoop::verifier
