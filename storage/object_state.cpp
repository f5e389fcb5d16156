#include "storage/object_state.h"

namespace knoop::storage {
namespace {

enum class Name { hex, number, text };

struct Query {
  Name name;
  std::string_view sql;  ///< quote() writes every value so that no two states give the same text.
};

Query query_of(Kind kind) {
  switch (kind) {
    case Kind::client:
      return {Name::text,
              "SELECT id || quote(sealed) || secret || ',' || institutional FROM clients WHERE ref = ?"};
    case Kind::involvement:
      return {Name::number,
              "SELECT kind || ',' || from_date || ',' || until_date || quote(sealed) || quote(closed_on) "
              "FROM involvements WHERE id = ?"};
    case Kind::fragment:
      return {Name::hex,
              "SELECT category || ',' || date || quote(sealed) || quote(retention) || ',' || version "
              "FROM fragments WHERE id = ?"};
    case Kind::match:
      return {Name::hex,
              "SELECT verdict || ',' || quote(ended) || ',' || quote(own_choice) || ',' || notice_version "
              "|| ',' || quote(peer_notice) || quote(outcome) || ',' || quote(peer_outcome) || ',' || "
              "coalesce((SELECT state || quote(owner) || quote(contact_day) || ',' || quote(contact_way) "
              "|| ',' || quote(declined) || ',' || quote(given_up) || ',' || quote(escalated_at) "
              "FROM match_tasks WHERE match = matches.id), '') FROM matches WHERE id = ?"};
    case Kind::handover:
      return {Name::hex,
              "SELECT version || ',' || state || ',' || responsible || quote(sealed) || quote(not_taken) "
              "FROM handovers WHERE id = ?"};
    case Kind::consent:
      return {Name::hex, "SELECT quote(sealed) FROM consents WHERE id = ?"};
    case Kind::ground:
      return {Name::hex, "SELECT quote(sealed) FROM grounds WHERE id = ?"};
    case Kind::import:
      return {Name::number,
              "SELECT state || ',' || file || ',' || line || ',' || quote(finished) || quote(failure) "
              "FROM import_jobs WHERE id = ?"};
    case Kind::account:
      return {Name::text,
              "SELECT quote(display) || quote(role) || quote(password) || quote(subject) || quote(factor) "
              "|| quote(disabled) FROM accounts WHERE name = ?"};
    case Kind::subject_request:
      return {Name::hex,
              "SELECT state || ',' || due || ',' || extended || ',' || quote(closed) || quote(sealed) "
              "FROM subject_requests WHERE id = ?"};
    case Kind::destruction:
      return {Name::hex,
              "SELECT state || ',' || quote(fingerprint) || quote(approved_by) || quote(done) "
              "FROM destructions WHERE id = ?"};
    case Kind::aftercare:
      return {Name::hex,
              "SELECT ends || ',' || state || quote(sealed) || quote(handover) FROM aftercare WHERE id = ?"};
    case Kind::emergency_read:
      return {Name::number,
              "SELECT quote(verdict) || quote(words) || quote(reviewed_by) FROM emergency_reads WHERE id = "
              "?"};
    case Kind::import_mapping:
      return {Name::text, "SELECT quote(body) FROM import_mappings WHERE name = ?"};
    case Kind::consent_policy:
      // Before anybody chose there is one too, the law's.
      return {Name::text,
              "SELECT CAST(coalesce(max(number), 0) AS TEXT) FROM consent_policies WHERE ? = 'current'"};
  }
  KNOOP_ASSERT(false, "a kind outside its enumeration");
}

std::optional<std::int64_t> number_in(std::string_view text) {
  if (text.empty() || text.size() > 18) return std::nullopt;
  std::int64_t number = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return std::nullopt;
    number = number * 10 + (c - '0');
  }
  return number;
}

}  // namespace

Result<std::optional<std::string>> object_state(Transaction& tx, Kind kind, std::string_view id) {
  const Query query = query_of(kind);
  const auto read = [&](const auto& name) -> Result<std::optional<std::string>> {
    KNOOP_LET(row, tx.one(query.sql, name));
    if (!row) return std::optional<std::string>{};
    return row->template get<std::optional<std::string>>(0);
  };
  if (query.name == Name::text) return read(id);
  if (query.name == Name::number) {
    const auto number = number_in(id);
    return number ? read(*number) : std::optional<std::string>{};
  }
  const auto bytes = from_hex(id);
  return bytes ? read(*bytes) : std::optional<std::string>{};
}

}  // namespace knoop::storage
