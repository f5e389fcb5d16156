#include "tools/knoop-verify/proof.h"

#include "tools/knoop-verify/export_file.h"

namespace knoop::verifier {

Result<audit::ExportedEntry> entry_in_export(const std::filesystem::path& path, const audit::LogOrigin& log,
                                             std::uint64_t index, const Hash256& leaf) {
  KNOOP_LET(reader, LineReader::open(path));
  std::string line;
  KNOOP_TRY(reader.next(line));
  KNOOP_LET(header, parse_header(line));
  if (!(header.origin == log))
    return fail(ErrorCode::bad_proof, Side::peer, "the export is of another log than the proof");
  for (std::uint64_t at = 0; at <= index; ++at) {
    KNOOP_LET(any, reader.next(line));
    if (!any || is_checkpoint(line))
      return fail(ErrorCode::not_found, Side::user, "the export does not reach entry {}", index);
  }
  KNOOP_LET(entry, parse_entry(line));
  if (entry.index != index || audit::computed_leaf(entry) != leaf)
    return fail(ErrorCode::bad_proof, Side::peer,
                "entry {} of the export is not the one that was proven: its fields give another leaf", index);
  return entry;
}

Result<ProofReport> verify_proof(const ProofRequest& request) {
  ProofReport out;
  KNOOP_LET(text, read_text(request.file, audit::max_log_proof_bytes));
  KNOOP_LET(proof, audit::LogProof::parse(text));
  out.proof = std::move(proof);
  KNOOP_LET(log, audit::claimed_origin(out.proof.head));
  KNOOP_LET(trusted, read_trusted(request.convenants, request.cards));
  KNOOP_TRY(trusted.confirm(log));
  out.confirmed = !trusted.convenants.empty();
  out.member = trusted.name_of(log.member);
  KNOOP_TRY(trusted.with_keys_of(log.member, [&](const Card& card) -> Result<void> {
    KNOOP_LET(proven, audit::check_log_proof(out.proof, card.signing_key, {}));
    out.head = std::move(proven.head);
    return {};
  }));
  out.witnesses = witnesses_of(trusted, out.head);
  if (!request.exported.empty()) {
    KNOOP_LET(entry, entry_in_export(request.exported, log, out.proof.index, out.proof.leaf));
    out.entry = std::move(entry);
  }
  return out;
}

}  // namespace knoop::verifier
