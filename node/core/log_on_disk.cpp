#include "node/core/log_on_disk.h"

#include <algorithm>
#include <ranges>

#include "crypto/note.h"
#include "storage/audit_repository.h"

namespace knoop {
namespace {

using audit::Field;
using audit::Finding;
using audit::FindingCode;

constexpr std::size_t max_head_bytes = 64UL * 1024;

const std::string& shown(const audit::ExportedEntry& entry, Field field) {
  static const std::string nothing;
  const auto* opening = std::get_if<audit::Opening>(&entry.fields[slot(field)]);
  return opening ? opening->value : nothing;
}

/// What stands in columns of its own must be what was sealed; a client that was erased stands in none.
bool columns_fit(const storage::AuditRow& row) {
  const auto event = audit::event_from(shown(row.entry, Field::event));
  const auto time = Timestamp::parse(shown(row.entry, Field::time));
  return event == row.event && time && *time == row.time && row.client == shown(row.entry, Field::client);
}

/// Some hundreds of entries: a thread for each slice costs nothing beside them.
constexpr std::size_t slice_rows = 512;

struct HashedRow {
  storage::AuditRow row;
  Hash256 leaf;
};
/// The work of a thread: the hashes, half of all.
auto hashed(std::vector<HashedRow> rows) {
  return [rows = std::move(rows)]() mutable -> Result<std::vector<HashedRow>> {
    for (HashedRow& one : rows)
      if (one.row.readable) one.leaf = audit::computed_leaf(one.row.entry);
    return std::move(rows);
  };
}

Result<DiskLog> check_one(storage::Transaction& tx, const audit::LogOrigin& origin,
                          const NoteVerifier& signer, const std::vector<Note>& given,
                          audit::ErasedBefore& told, const StartWork& start) {
  DiskLog out;
  out.origin = origin;
  std::vector<Checkpoint> heads;
  const auto take = [&](const Note& note) -> Result<void> {
    KNOOP_LET(head, Checkpoint::parse(note.text));
    if (head.origin != origin.text()) return {};
    KNOOP_TRY(verify_note(note, signer));
    if (std::ranges::find(heads, head) == heads.end()) heads.push_back(std::move(head));
    return {};
  };
  for (const Note& note : given) KNOOP_TRY(take(note));
  KNOOP_LET(own, storage::audit_heads(tx, origin.incarnation));
  for (const storage::AuditHead& stored : own) {
    const auto note = parse_note(stored.note, max_head_bytes);
    const auto head = note ? Checkpoint::parse(note->text) : Result<Checkpoint>(fail(note.error()));
    if (!head || head->size != stored.size || !take(*note))
      out.findings.push_back(
          {FindingCode::origin_differs, std::nullopt,
           fmt::format("the stored head of size {} is not one that this node signed", stored.size)});
  }
  out.heads = heads.size();

  audit::LogChecker checker(origin, std::move(heads));
  CompactTree tree;
  InOrder<std::vector<HashedRow>> in_order(start, [&](const std::vector<HashedRow>& rows) -> Result<void> {
    for (const auto& [row, leaf] : rows) {
      if (!row.readable) {
        if (out.findings.size() < audit::max_findings)
          out.findings.push_back({FindingCode::bad_value, row.entry.index,
                                  fmt::format("entry {} cannot be read at all", row.entry.index)});
        continue;
      }
      if (!columns_fit(row) && out.findings.size() < audit::max_findings)
        out.findings.push_back(
            {FindingCode::bad_value, row.entry.index,
             fmt::format("entry {} is filed under another time, event or client than it tells of",
                         row.entry.index)});
      tree.append(leaf);
      checker.add(row.entry, leaf);
    }
    return {};
  });
  std::vector<HashedRow> slice;
  KNOOP_TRY(storage::each_audit_row(tx, origin.incarnation, [&](storage::AuditRow row) -> Result<void> {
    slice.push_back({std::move(row), {}});
    return slice.size() < slice_rows ? Result<void>{} : in_order.give(hashed(std::exchange(slice, {})));
  }));
  KNOOP_TRY(in_order.give(hashed(std::move(slice))));
  KNOOP_TRY(in_order.finish());
  out.entries = checker.size();
  out.disclosures = checker.disclosures();
  checker.told_later(told);
  told.insert(checker.erased_before().begin(), checker.erased_before().end());
  for (const Finding& finding : checker.finish()) {
    if (finding.code == FindingCode::unsigned_entries)
      out.uncovered = checker.size() - finding.entry.value_or(0);  // a head follows within the minute
    else
      out.findings.push_back(finding);
  }
  KNOOP_LET(state, storage::audit_tree(tx, origin.incarnation));
  if (!(state == tree))
    out.findings.push_back(
        {state.size() > tree.size() ? FindingCode::truncated : FindingCode::root_differs,
         std::min(state.size(), tree.size()),
         fmt::format("the log counts {} entries and its state {}, or their roots differ: rows were "
                     "changed by something else than this program",
                     tree.size(), state.size())});
  return out;
}

}  // namespace

Result<std::vector<DiskLog>> check_log_on_disk(storage::Transaction& tx, const Membership& membership,
                                               const std::vector<std::string>& heads,
                                               const StartWork& start) {
  if (!membership.convenant() || !membership.own_card())
    return fail(ErrorCode::wrong_state, Side::user,
                "the log has no name before this node has a card and a convenant; install both");
  return check_log_on_disk(tx, {membership.network(), membership.self(), membership.own_card()->signing_key},
                           heads, start);
}

Result<std::vector<DiskLog>> check_log_on_disk(storage::Transaction& tx, const LogOwner& owner,
                                               const std::vector<std::string>& heads,
                                               const StartWork& start) {
  std::vector<Note> given;
  for (const std::string& text : heads) {
    KNOOP_LET(note, parse_note(text, max_head_bytes));
    given.push_back(std::move(note));
  }
  std::vector<DiskLog> out;
  KNOOP_LET(incarnations, storage::audit_incarnations(tx));
  // The later ones first: they tell what was erased of the earlier ones.
  audit::ErasedBefore told;
  for (const std::uint32_t incarnation : incarnations | std::views::reverse) {
    const audit::LogOrigin origin{owner.network, owner.member, incarnation};
    KNOOP_LET(one, check_one(tx, origin, {origin.text(), owner.signing_key}, given, told, start));
    out.insert(out.begin(), std::move(one));
  }
  return out;
}

}  // namespace knoop
