#include "protocol/audit/log_opening.h"

namespace knoop::audit {
namespace {

bool is_shown(Field field) {
  return is_structural(field) || field == Field::role;
}

tl::unexpected<Error> malformed(std::string_view why) {
  return fail(ErrorCode::bad_format, Side::peer, "not the first entry of a log: {}", why);
}

const std::string& value(const ExportedEntry& entry, Field field) {
  return std::get<Opening>(entry.fields[slot(field)]).value;
}

}  // namespace

LogOpening opening_of(const ExportedEntry& first, MerkleProof path) {
  LogOpening out;
  out.path = std::move(path);
  for (std::size_t i = 0; i < field_count; ++i) {
    const auto* opening = std::get_if<Opening>(&first.fields[i]);
    const Field field = all_fields[i].field;
    if (opening == nullptr)
      out.entry.push_back({{}, "", std::get<Closed>(first.fields[i]).commitment});
    else if (is_shown(field))
      out.entry.push_back({opening->salt, opening->value, {}});
    else
      out.entry.push_back({{}, "", commitment_of(field, *opening)});
  }
  return out;
}

Result<OpenedLog> check_opening(const LogOpening& opening, const SignedHead& newest,
                                const SigningPublicKey& owner) {
  if (opening.entry.size() != field_count) return malformed("an entry has other fields");
  ExportedEntry first;
  for (std::size_t i = 0; i < field_count; ++i) {
    const ShownField& shown = opening.entry[i];
    if (shown.salt.has_value() == shown.commitment.has_value() || (!shown.salt && !shown.value.empty()))
      return malformed("a field is neither shown nor closed");
    if (is_shown(all_fields[i].field) && !shown.salt) return malformed("it hides what must be shown");
    if (shown.salt)
      first.fields[i] = Opening{*shown.salt, shown.value};
    else
      first.fields[i] = Closed{*shown.commitment, false};
  }
  KNOOP_TRY(verify_inclusion(computed_leaf(first), 0, newest.checkpoint.size, opening.path,
                             newest.checkpoint.root));
  if (value(first, Field::index) != "0" || value(first, Field::event) != to_string(Event::log_opened) ||
      value(first, Field::outcome) != to_string(Outcome::success))
    return fail(ErrorCode::bad_value, Side::peer, "the first entry of a log does not open it");
  KNOOP_LET(before, head_before(newest.origin, value(first, Field::reference)));
  if (!before) return fail(ErrorCode::bad_value, Side::peer, "a first log goes on from no other");
  KNOOP_TRY(verify_note(before->note, NoteVerifier{before->head.origin, owner}));
  return OpenedLog{std::move(*before), value(first, Field::role)};
}

}  // namespace knoop::audit
