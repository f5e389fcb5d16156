#include "protocol/audit/entry.h"

#include <algorithm>

#include "crypto/base/utf8.h"
#include "crypto/merkle.h"

namespace knoop::audit {
namespace {

constexpr std::string_view field_label = "knoop/v1/audit-field";
constexpr std::string_view entry_label = "knoop/v1/audit-entry";

template <typename Id>
std::string hex_or_nothing(const std::optional<Id>& id) {
  return id ? id->hex() : std::string{};
}

}  // namespace

Hash256 commitment_of(Field field, const Opening& opening) {
  return commit(field_label, number(field), opening.salt, view(opening.value));
}

Hash256 leaf_hash_of(const std::array<Hash256, field_count>& commitments) {
  Bytes leaf;
  leaf.reserve(entry_label.size() + 1 + field_count * 34);
  append(leaf, entry_label);
  append_u8(leaf, 0);
  for (std::size_t i = 0; i < field_count; ++i) {
    append_u16(leaf, number(all_fields[i].field));
    append(leaf, commitments[i].view());
  }
  return leaf_hash(leaf);
}

Result<SealedEntry> seal(std::uint64_t index, Timestamp time, const AuditEntry& entry, Entropy& entropy) {
  SealedEntry sealed;
  sealed.index = index;
  sealed.time = time;
  sealed.event = entry.event;
  const auto set = [&sealed](Field field, std::string value) {
    sealed.fields[slot(field)].value = std::move(value);
  };
  set(Field::index, std::to_string(index));
  set(Field::time, time.iso());
  set(Field::event, std::string(to_string(entry.event)));
  set(Field::outcome, std::string(to_string(entry.outcome)));
  set(Field::decision, hex_or_nothing(entry.decision));
  set(Field::basis, join_bases(entry.bases));
  set(Field::receipt, hex_or_nothing(entry.receipt));
  set(Field::peer, hex_or_nothing(entry.peer));
  set(Field::reference, entry.reference);
  set(Field::action, std::string(to_string(entry.action)));
  set(Field::user, entry.user);
  set(Field::responsible, entry.responsible);
  set(Field::role, entry.role);
  set(Field::client, entry.client);
  set(Field::object, entry.object);
  set(Field::purpose, entry.purpose);
  set(Field::authorisation, entry.authorisation);
  set(Field::consent_profile, entry.consent_profile);
  set(Field::emergency, entry.emergency ? "yes" : "no");
  set(Field::source, entry.source);
  set(Field::detail, entry.detail);

  std::array<Hash256, field_count> commitments;
  // At once: the kernel's randomness costs more by the call than by the byte.
  std::array<Byte, field_count * Salt::size> salts;
  entropy.fill(salts);
  for (std::size_t i = 0; i < field_count; ++i) {
    const Field field = all_fields[i].field;
    Opening& opening = sealed.fields[i];
    if (opening.value.size() > max_value)
      return fail(ErrorCode::over_limit, Side::ours,
                  "the log field {} would hold {} bytes, at most {} fit; shorten it", to_string(field),
                  opening.value.size(), max_value);
    if (!is_utf8(opening.value))
      return fail(ErrorCode::bad_encoding, Side::ours, "the log field {} is not valid UTF-8",
                  to_string(field));
    std::copy_n(salts.begin() + static_cast<std::ptrdiff_t>(i * Salt::size), Salt::size, opening.salt.data());
    commitments[i] = commitment_of(field, opening);
  }
  sealed.leaf = leaf_hash_of(commitments);
  return sealed;
}

std::string join_bases(std::vector<BasisId> bases) {
  std::ranges::sort(bases);
  const auto repeats = std::ranges::unique(bases);
  bases.erase(repeats.begin(), repeats.end());
  std::string text;
  for (const BasisId& basis : bases) {
    if (!text.empty()) text += ',';
    text += basis.hex();
  }
  return text;
}

Result<std::vector<BasisId>> split_bases(std::string_view text) {
  std::vector<BasisId> bases;
  for (std::string_view rest = text; !rest.empty();) {
    const std::size_t comma = rest.find(',');
    KNOOP_LET(basis, BasisId::from_hex(rest.substr(0, comma)));
    bases.push_back(basis);
    rest = comma == std::string_view::npos ? std::string_view{} : rest.substr(comma + 1);
  }
  if (join_bases(bases) != text)
    return fail(ErrorCode::bad_format, Side::user,
                "ids of consents are not sorted, lower-case and joined by commas");
  return bases;
}

}  // namespace knoop::audit
