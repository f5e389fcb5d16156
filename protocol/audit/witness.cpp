#include "protocol/audit/witness.h"

#include <algorithm>

namespace knoop::audit {

std::string witness_name(const MemberId& member) {
  return member.hex();
}

const Witness* WitnessRule::find(const MemberId& member) const {
  const auto found = std::ranges::find(witnesses, member, &Witness::member);
  return found == witnesses.end() ? nullptr : &*found;
}

Result<LogOrigin> claimed_origin(std::string_view note) {
  KNOOP_LET(parsed, parse_note(note, max_head_bytes));
  KNOOP_LET(checkpoint, Checkpoint::parse(parsed.text));
  return LogOrigin::parse(checkpoint.origin);
}

Result<SignedHead> read_head(std::string_view note, const SigningPublicKey& owner) {
  SignedHead out;
  KNOOP_LET(parsed, parse_note(note, max_head_bytes));
  KNOOP_LET(checkpoint, Checkpoint::parse(parsed.text));
  KNOOP_LET(origin, LogOrigin::parse(checkpoint.origin));
  KNOOP_TRY(verify_note(parsed, NoteVerifier{checkpoint.origin, owner}));
  out.origin = origin;
  out.checkpoint = std::move(checkpoint);
  out.note = std::move(parsed);
  return out;
}

Witnessed witnessed(const Note& head, const WitnessRule& rule) {
  std::vector<CosignatureKey> keys;
  for (const Witness& witness : rule.witnesses) keys.push_back(witness.cosignature_key());
  Witnessed out;
  for (const FoundCosignature& found : find_cosignatures(head, keys)) {
    constexpr std::uint64_t latest = INT64_MAX / 1000;
    const MemberId& member = rule.witnesses[found.of].member;
    if (std::ranges::find(out.by, member, &WitnessedBy::member) != out.by.end()) continue;
    const auto seconds = std::min(found.cosignature.time, latest);
    out.by.push_back({member, Timestamp{static_cast<std::int64_t>(seconds) * 1000}, found.cosignature});
  }
  out.enough = rule.exists() && out.by.size() >= rule.quorum();
  if (out.enough) {
    std::vector<Timestamp> times;
    for (const WitnessedBy& one : out.by) times.push_back(one.at);
    std::ranges::sort(times);
    out.at = times[rule.quorum() - 1];
  }
  return out;
}

Note cosigned_note(const SignedHead& head, std::span<const WitnessedBy> by, const WitnessRule& rule) {
  Note out{head.note.text, {}};
  for (const NoteSignature& line : head.note.signatures)
    if (line.name == head.checkpoint.origin && out.signatures.empty()) out.signatures.push_back(line);
  for (const WitnessedBy& one : by)
    if (const Witness* const witness = rule.find(one.member))
      add_cosignature(out, witness->cosignature_key(), one.cosignature);
  return out;
}

}  // namespace knoop::audit
