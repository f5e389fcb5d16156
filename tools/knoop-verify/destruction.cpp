#include "tools/knoop-verify/destruction.h"

#include <algorithm>

#include "tools/knoop-verify/export_file.h"
#include "tools/knoop-verify/proof.h"

namespace knoop::verifier {
namespace {

/// The entry says that this was destroyed.
Result<void> tells_of(const audit::ExportedEntry& entry, const erasure::DestructionRecord& record) {
  const auto value = [&](audit::Field field) -> std::string_view {
    const auto* opening = std::get_if<audit::Opening>(&entry.fields[audit::slot(field)]);
    return opening ? std::string_view(opening->value) : std::string_view{};
  };
  const auto wanted = record.fragment ? audit::Event::fragment_deleted : audit::Event::destruction_done;
  if (value(audit::Field::event) != audit::to_string(wanted) || value(audit::Field::outcome) != "success" ||
      value(audit::Field::basis) != record.destruction.hex())
    return fail(ErrorCode::bad_proof, Side::peer, "entry {} of the log is not about this destruction",
                record.entry);
  return {};
}

}  // namespace

bool DestructionReport::accepted() const {
  return witnesses.accepted() &&
         std::ranges::none_of(recipients, [](const Recipient& one) { return one.broken.has_value(); });
}

Result<DestructionReport> verify_destruction(const DestructionRequest& request) {
  DestructionReport out;
  KNOOP_LET(text, read_text(request.file, erasure::max_destruction_file_bytes));
  KNOOP_LET(file, erasure::DestructionFile::parse(text));
  KNOOP_LET(record, erasure::DestructionRecord::parse(file.note.text));
  KNOOP_LET(trusted, read_trusted(request.convenants, request.cards));
  KNOOP_TRY(trusted.confirm(record.log));
  out.confirmed = !trusted.convenants.empty();
  out.member = trusted.name_of(record.log.member);
  KNOOP_TRY(trusted.with_keys_of(record.log.member, [&](const Card& card) -> Result<void> {
    KNOOP_LET(checked, erasure::check_destruction(file, card.signing_key, {}));
    out.head = std::move(checked.entry.head);
    return {};
  }));
  out.witnesses = witnesses_of(trusted, out.head);
  if (!request.exported.empty()) {
    KNOOP_LET(entry, entry_in_export(request.exported, record.log, record.entry, record.leaf));
    KNOOP_TRY(tells_of(entry, record));
    out.shown = true;
  }
  for (const erasure::DestructionRecipient& one : record.recipients) {
    DestructionReport::Recipient told{trusted.name_of(one.member), false, {}};
    if (one.answer) {
      const auto checked = trusted.with_keys_of(one.member, [&](const Card& card) -> Result<void> {
        KNOOP_TRY(erasure::check_answer(record, one, card.signing_key));
        return {};
      });
      told.checked = checked || checked.error().code != ErrorCode::not_found;
      if (!checked && told.checked) told.broken = checked.error();
    }
    out.recipients.push_back(std::move(told));
  }
  out.record = std::move(record);
  return out;
}

}  // namespace knoop::verifier
