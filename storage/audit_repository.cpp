#include "storage/audit_repository.h"

#include "storage/sealed_row.h"

namespace knoop::storage {
namespace {

/// Below it a subtree is computed from its leaves: the trade between rows that are kept and leaves that a proof reads.
constexpr unsigned kept_level = 8;

/// One field as the `fields` column holds it: salt and value, or after an erasure the commitment.
struct StoredField {
  std::optional<Salt> salt;
  std::string value;
  std::optional<Hash256> commitment;

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    archive(self.salt, bounded(self.value, audit::max_value), self.commitment);
  }
};

struct StoredFields {
  std::vector<StoredField> all;

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    archive(bounded(self.all, audit::field_count));
  }
};

/// What a row holds besides its index and leaf.
struct Columns {
  StoredFields open;                     ///< All fields; without value and salt where `personal` has them.
  std::optional<StoredFields> personal;  ///< Under the client's erasure key, in the order of all_fields.
};

Columns columns_of(const audit::SealedEntry& entry) {
  const bool of_client = !entry.value(audit::Field::client).empty();
  Columns out;
  for (std::size_t i = 0; i < audit::field_count; ++i) {
    const audit::Opening& opening = entry.fields[i];
    const audit::Field field = audit::all_fields[i].field;
    if (!of_client || audit::is_structural(field)) {
      out.open.all.push_back({opening.salt, opening.value, {}});
      continue;
    }
    out.open.all.push_back({{}, "", audit::commitment_of(field, opening)});
    if (!out.personal) out.personal.emplace();
    out.personal->all.push_back({opening.salt, opening.value, {}});
  }
  return out;
}

Bytes entry_name(std::uint32_t incarnation, std::uint64_t index) {
  Bytes name;
  append_u64(name, incarnation);
  append_u64(name, index);
  return name;
}

constexpr std::string_view entry_columns = "number, leaf, fields, personal, incarnation";

Result<audit::ExportedEntry> from_row(Transaction& tx, const Row& row) {
  audit::ExportedEntry entry{row.get<std::uint64_t>(0), row.get<Hash256>(1), {}};
  const auto stored = decode<StoredFields>(row.get<ByteView>(2));
  std::optional<StoredFields> personal;
  if (!row.is_null(3)) {
    const Bytes name = entry_name(row.get<std::uint32_t>(4), entry.index);
    KNOOP_LET(read, open_row<StoredFields>(tx, {"audit_entries", name}, row.get<ByteView>(3)));
    personal = std::move(read);
  }
  if (!stored || stored->all.size() != audit::field_count)
    return fail(ErrorCode::damaged_database, Side::ours, "log entry {} cannot be read; restore the database",
                entry.index);
  for (std::size_t i = 0, next = 0; i < audit::field_count; ++i) {
    const StoredField* field = &stored->all[i];
    const Hash256 commitment = field->commitment.value_or(Hash256{});
    if (!field->salt && personal && next < personal->all.size()) field = &personal->all[next++];
    if (field->salt)
      entry.fields[i] = audit::Opening{*field->salt, field->value};
    else
      entry.fields[i] = audit::Closed{commitment, true};
  }
  return entry;
}

}  // namespace

Result<AuditState> audit_state(Transaction& tx) {
  KNOOP_LET(row, tx.one("SELECT incarnation, last_time, tree FROM audit_logs "
                        "ORDER BY incarnation DESC LIMIT 1"));
  AuditState state;
  if (!row) return state;
  state.incarnation = row->get<std::uint32_t>(0);
  state.last_time = row->get<Timestamp>(1);
  KNOOP_LET(tree, CompactTree::parse(row->get<ByteView>(2)));
  state.tree = std::move(tree);
  return state;
}

Result<LogPosition> newest_audit_position(Transaction& tx) {
  KNOOP_LET(row, tx.one("SELECT incarnation, number FROM audit_entries "
                        "ORDER BY incarnation DESC, number DESC LIMIT 1"));
  if (!row) return LogPosition{};
  return LogPosition{row->get<std::uint32_t>(0), row->get<std::uint64_t>(1)};
}

Result<void> each_audit_event_after(
    Transaction& tx, const LogPosition& after,
    const std::function<Result<void>(const LogPosition&, audit::Event)>& visit) {
  return tx.each(
      "SELECT incarnation, number, event FROM audit_entries WHERE (incarnation, number) > (?, ?) "
      "ORDER BY incarnation, number",
      after.incarnation, after.number, [&](const Row& row) {
        return visit({row.get<std::uint32_t>(0), row.get<std::uint64_t>(1)}, row.get<audit::Event>(2));
      });
}

Result<std::optional<Timestamp>> newest_audit_time(Transaction& tx) {
  KNOOP_LET(row, tx.one("SELECT max(last_time) FROM audit_logs"));
  return row->get<std::optional<Timestamp>>(0);
}

Result<void> append_audit_entry(Transaction& tx, const audit::SealedEntry& entry, const AuditState& after,
                                std::span<const TreeNode> completed) {
  for (const TreeNode& node : completed)
    if (node.level >= kept_level)
      KNOOP_TRY(tx.exec("INSERT INTO audit_nodes(incarnation, level, number, hash) VALUES (?, ?, ?, ?)",
                        after.incarnation, node.level, node.index, node.hash));
  KNOOP_TRY(
      tx.exec("INSERT INTO audit_logs(incarnation, last_time, tree) VALUES (?, ?, ?) "
              "ON CONFLICT(incarnation) DO UPDATE SET last_time = excluded.last_time, tree = excluded.tree",
              after.incarnation, after.last_time, after.tree.encode()));
  const std::string& client = entry.value(audit::Field::client);
  const Columns columns = columns_of(entry);
  std::optional<Bytes> personal;
  if (columns.personal) {
    const Bytes name = entry_name(after.incarnation, entry.index);
    KNOOP_LET(sealed, seal_row(tx, client, {"audit_entries", name}, *columns.personal));
    personal = std::move(sealed);
  }
  return tx.exec(
      "INSERT INTO audit_entries(incarnation, number, time, event, client, leaf, fields, personal) "
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
      after.incarnation, entry.index, entry.time, entry.event,
      client.empty() ? std::nullopt : std::optional<std::string>(client), entry.leaf, encode(columns.open),
      personal);
}

NodeReader audit_nodes(Transaction& tx, std::uint32_t incarnation) {
  return [&tx, incarnation](unsigned level, std::uint64_t number) -> Result<Hash256> {
    const auto missing = [] {
      return fail(ErrorCode::not_found, Side::ours, "the log does not reach so far");
    };
    if (level >= kept_level) {
      KNOOP_LET(row, tx.one("SELECT hash FROM audit_nodes WHERE incarnation = ? AND level = ? AND number = ?",
                            incarnation, level, number));
      if (!row) return missing();
      return row->get<Hash256>(0);
    }
    CompactTree tree;
    const std::uint64_t count = std::uint64_t{1} << level;
    KNOOP_TRY(
        tx.each("SELECT leaf FROM audit_entries WHERE incarnation = ? AND number >= ? AND number < ? "
                "ORDER BY number",
                incarnation, number * count, (number + 1) * count, [&](const Row& row) -> Result<void> {
                  tree.append(row.get<Hash256>(0));
                  return {};
                }));
    if (tree.size() != count) return missing();
    return tree.root();
  };
}

Result<void> each_audit_entry(Transaction& tx, std::uint32_t incarnation, std::uint64_t from,
                              std::uint64_t until, const VisitEntry& visit) {
  return tx.each(fmt::format("SELECT {} FROM audit_entries "
                             "WHERE incarnation = ? AND number >= ? AND number < ? ORDER BY number",
                             entry_columns),
                 incarnation, from, until, [&](const Row& row) -> Result<void> {
                   KNOOP_LET(entry, from_row(tx, row));
                   return visit(entry);
                 });
}

Result<void> each_audit_entry_of_client(Transaction& tx, std::string_view client, const VisitEntry& visit) {
  return tx.each(fmt::format("SELECT {} FROM audit_entries WHERE client = ? ORDER BY incarnation, number",
                             entry_columns),
                 client, [&](const Row& row) -> Result<void> {
                   KNOOP_LET(entry, from_row(tx, row));
                   return visit(entry);
                 });
}

Result<void> each_audit_entry_of_client(
    Transaction& tx, std::string_view client, const AuditPlace& from, std::uint64_t limit,
    const std::function<Result<void>(const AuditPlace&, const audit::ExportedEntry&)>& visit) {
  return tx.each(
      fmt::format("SELECT {} FROM audit_entries "
                  "WHERE client = ? AND (incarnation, number) >= (?, ?) ORDER BY incarnation, number LIMIT ?",
                  entry_columns),
      client, from.incarnation, from.number, limit, [&](const Row& row) -> Result<void> {
        KNOOP_LET(entry, from_row(tx, row));
        return visit({row.get<std::uint32_t>(4), entry.index}, entry);
      });
}

Result<std::vector<ErasedEntry>> take_swept_entries(Transaction& tx, std::int64_t limit) {
  std::vector<ErasedEntry> out;
  KNOOP_TRY(tx.each("SELECT incarnation, number FROM swept_entries ORDER BY incarnation, number LIMIT ?",
                    limit, [&](const Row& row) -> Result<void> {
                      out.push_back({row.get<std::uint32_t>(0), row.get<std::uint64_t>(1)});
                      return {};
                    }));
  for (const ErasedEntry& one : out)
    KNOOP_TRY(tx.exec("DELETE FROM swept_entries WHERE incarnation = ? AND number = ?", one.incarnation,
                      one.index));
  return out;
}

Result<std::vector<ErasedEntry>> erase_audit_entries(Transaction& tx, std::string_view client,
                                                     std::int64_t limit) {
  std::vector<ErasedEntry> out;
  KNOOP_TRY(
      tx.each("SELECT incarnation, number FROM audit_entries WHERE client = ? ORDER BY incarnation, "
              "number LIMIT ?",
              client, limit, [&](const Row& row) -> Result<void> {
                out.push_back({row.get<std::uint32_t>(0), row.get<std::uint64_t>(1)});
                return {};
              }));
  for (const ErasedEntry& one : out)
    KNOOP_TRY(
        tx.exec("UPDATE audit_entries SET personal = NULL, client = NULL WHERE incarnation = ? AND "
                "number = ?",
                one.incarnation, one.index));
  return out;
}

Result<std::vector<Hash256>> audit_leaves(Transaction& tx, std::uint32_t incarnation, std::uint64_t until) {
  std::vector<Hash256> leaves;
  KNOOP_TRY(tx.each("SELECT leaf FROM audit_entries WHERE incarnation = ? AND number < ? ORDER BY number",
                    incarnation, until, [&](const Row& row) -> Result<void> {
                      leaves.push_back(row.get<Hash256>(0));
                      return {};
                    }));
  return leaves;
}

namespace {

/// Commitments that stand in the open beside what opens them: all that is left of a field once it is erased.
bool commitments_fit(const Row& row, const audit::ExportedEntry& entry) {
  const auto stored = decode<StoredFields>(row.get<ByteView>(2));
  if (!stored || stored->all.size() != audit::field_count) return false;
  for (std::size_t i = 0; i < audit::field_count; ++i) {
    const auto* opening = std::get_if<audit::Opening>(&entry.fields[i]);
    const std::optional<Hash256>& commitment = stored->all[i].commitment;
    if (opening && commitment && audit::commitment_of(audit::all_fields[i].field, *opening) != *commitment)
      return false;
  }
  return true;
}

}  // namespace

Result<void> each_audit_row(Transaction& tx, std::uint32_t incarnation,
                            const std::function<Result<void>(AuditRow)>& visit) {
  return tx.each(
      fmt::format("SELECT {}, time, event, client FROM audit_entries WHERE incarnation = ? ORDER BY number",
                  entry_columns),
      incarnation, [&](const Row& row) -> Result<void> {
        AuditRow out;
        auto entry = from_row(tx, row);
        out.readable = entry.has_value() && commitments_fit(row, *entry);
        if (out.readable)
          out.entry = std::move(*entry);
        else
          out.entry.index = row.get<std::uint64_t>(0);
        out.time = row.get<Timestamp>(5);
        out.event = static_cast<audit::Event>(row.get<std::uint16_t>(6));
        out.client = row.get<std::optional<std::string>>(7).value_or("");
        return visit(std::move(out));
      });
}

Result<std::vector<std::uint32_t>> audit_incarnations(Transaction& tx) {
  std::vector<std::uint32_t> out;
  KNOOP_TRY(
      tx.each("SELECT incarnation FROM audit_logs ORDER BY incarnation", [&](const Row& row) -> Result<void> {
        out.push_back(row.get<std::uint32_t>(0));
        return {};
      }));
  return out;
}

Result<CompactTree> audit_tree(Transaction& tx, std::uint32_t incarnation) {
  KNOOP_LET(row, tx.one("SELECT tree FROM audit_logs WHERE incarnation = ?", incarnation));
  if (!row) return CompactTree{};
  return CompactTree::parse(row->get<ByteView>(0)).value_or(CompactTree{});
}

Result<std::vector<AuditHead>> audit_heads(Transaction& tx, std::uint32_t incarnation) {
  std::vector<AuditHead> out;
  KNOOP_TRY(tx.each("SELECT size, note FROM audit_heads WHERE incarnation = ? ORDER BY size", incarnation,
                    [&](const Row& row) -> Result<void> {
                      out.push_back({row.get<std::uint64_t>(0), row.get<std::string>(1)});
                      return {};
                    }));
  return out;
}

Result<std::optional<std::string>> audit_head(Transaction& tx, std::uint32_t incarnation,
                                              std::uint64_t size) {
  KNOOP_LET(row,
            tx.one("SELECT note FROM audit_heads WHERE incarnation = ? AND size = ?", incarnation, size));
  if (!row) return std::optional<std::string>{};
  return std::optional<std::string>(row->get<std::string>(0));
}

Result<std::string> newest_card_note(Transaction& tx, const MemberId& member) {
  KNOOP_LET(row, tx.one("SELECT text FROM cards WHERE member = ? ORDER BY number DESC LIMIT 1", member));
  if (!row) return fail(ErrorCode::not_found, Side::ours, "this node has no card yet; run `knoop init`");
  return to_text(row->get<ByteView>(0));
}

Result<void> keep_audit_head(Transaction& tx, std::uint32_t incarnation, std::uint64_t size,
                             Timestamp signed_at, std::string_view note) {
  return tx.exec("INSERT INTO audit_heads(incarnation, size, signed_at, note) VALUES (?, ?, ?, ?)",
                 incarnation, size, signed_at, note);
}

}  // namespace knoop::storage
