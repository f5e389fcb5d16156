#include "crypto/cosignature.h"

#include <algorithm>

#include "crypto/hash.h"

namespace knoop {
namespace {

constexpr Byte cosignature_type = 0x04;
constexpr std::size_t time_bytes = 8;
// A time that no reader takes for a negative number.
constexpr std::uint64_t latest = INT64_MAX;

std::string signed_text(std::string_view text, std::uint64_t time) {
  return fmt::format("cosignature/v1\ntime {}\n{}", time, text);
}

std::optional<Cosignature> parse(ByteView bytes) {
  if (bytes.size() != time_bytes + Signature::size) return std::nullopt;
  Cosignature out;
  for (const Byte byte : bytes.first(time_bytes)) out.time = out.time << 8U | byte;
  std::ranges::copy(bytes.subspan(time_bytes), out.signature.data());
  if (out.time == 0 || out.time > latest) return std::nullopt;
  return out;
}

}  // namespace

NoteKeyHash CosignatureKey::key_hash() const {
  const Hash256 hash =
      Sha256().update(name).update("\n").update({&cosignature_type, 1}).update(key.view()).finish();
  NoteKeyHash out;
  std::ranges::copy(hash.view().first(NoteKeyHash::size), out.data());
  return out;
}

Cosignature cosign(const SigningSecretKey& witness, std::string_view text, std::uint64_t time) {
  return {time, sign_raw(witness, view(signed_text(text, time)))};
}

bool verify_cosignature(const SigningPublicKey& witness, std::string_view text,
                        const Cosignature& cosignature) {
  if (cosignature.time == 0 || cosignature.time > latest) return false;
  return verify_raw(witness, view(signed_text(text, cosignature.time)), cosignature.signature);
}

void add_cosignature(Note& note, const CosignatureKey& witness, const Cosignature& cosignature) {
  NoteSignature line{witness.name, witness.key_hash(), {}};
  append_u64(line.signature, cosignature.time);
  append(line.signature, cosignature.signature.view());
  if (std::ranges::find(note.signatures, line) == note.signatures.end())
    note.signatures.push_back(std::move(line));
}

std::vector<FoundCosignature> find_cosignatures(const Note& note, std::span<const CosignatureKey> known) {
  std::vector<FoundCosignature> out;
  for (std::size_t i = 0; i < known.size(); ++i) {
    const NoteKeyHash hash = known[i].key_hash();
    std::optional<Cosignature> newest;
    for (const NoteSignature& line : note.signatures) {
      if (line.key_hash != hash || line.name != known[i].name) continue;
      const auto cosignature = parse(line.signature);
      if (!cosignature || (newest && cosignature->time <= newest->time)) continue;
      if (verify_cosignature(known[i].key, note.text, *cosignature)) newest = cosignature;
    }
    if (newest) out.push_back({i, *newest});
  }
  return out;
}

}  // namespace knoop
