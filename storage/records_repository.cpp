#include "storage/records_repository.h"

#include "protocol/matching/identifiers.h"

namespace knoop::storage {
namespace {

using records::Bsn;
using records::Client;
using records::ClientId;
using records::ClientMarks;
using records::Fragment;
using records::Involvement;
using records::InvolvementId;

std::optional<std::string_view> column_of(const std::optional<Bsn>& bsn) {
  if (!bsn) return std::nullopt;
  return bsn->expose();
}

std::optional<Bsn> bsn_from(const Row& row, std::size_t column) {
  const auto text = row.get<std::optional<std::string_view>>(column);
  if (!text) return std::nullopt;
  auto bsn = Bsn::parse(*text);
  KNOOP_ASSERT(bsn.has_value(), "only a checked BSN is stored");
  return *bsn;
}

constexpr std::string_view client_columns =
    "id, ref, bsn, given_names, prefix, surname, birth_date, gender, postcode, house_number, addition, "
    "municipality, "
    "parent1_bsn, parent2_bsn, secret, institutional, created, changed";

StoredClient client_from(const Row& row) {
  StoredClient out{.id = row.get<ClientId>(0), .client = {}, .marks = {}, .created = {}, .changed = {}};
  Client& c = out.client;
  c.ref = row.get<std::string>(1);
  c.bsn = bsn_from(row, 2);
  c.given_names = row.get<std::string>(3);
  c.prefix = row.get<std::string>(4);
  c.surname = row.get<std::string>(5);
  c.birth_date = row.get<Date>(6);
  c.gender = row.get<records::Gender>(7);
  c.address = {row.get<std::string>(8), row.get<std::string>(9), row.get<std::string>(10)};
  c.municipality = row.get<std::string>(11);
  c.parent1_bsn = bsn_from(row, 12);
  c.parent2_bsn = bsn_from(row, 13);
  out.marks = {row.get<bool>(14), row.get<bool>(15)};
  out.created = row.get<Timestamp>(16);
  out.changed = row.get<Timestamp>(17);
  return out;
}

std::optional<Bytes> address_key(const Client& client) {
  matching::Person person;
  person.postcode = client.address.postcode;
  person.house_number = client.address.house_number;
  person.addition = client.address.addition;
  return matching::address_of(person);
}

constexpr std::string_view involvement_columns =
    "id, client, kind, from_date, until_date, professional, function, phone, email, reason, closed_on, "
    "created, changed";

StoredInvolvement involvement_from(const Row& row) {
  StoredInvolvement out{.id = row.get<InvolvementId>(0),
                        .client = row.get<ClientId>(1),
                        .involvement = {},
                        .created = row.get<Timestamp>(11),
                        .changed = row.get<Timestamp>(12)};
  Involvement& i = out.involvement;
  i.kind = row.get<records::InvolvementKind>(2);
  i.from = row.get<Date>(3);
  i.until = row.get<Date>(4);
  i.professional = {row.get<std::string>(5), row.get<std::string>(6), row.get<std::string>(7),
                    row.get<std::string>(8)};
  i.reason = row.get<std::string>(9);
  i.closed_on = row.get<std::optional<Date>>(10);
  return out;
}

std::string joined(const std::vector<std::string>& words) {
  std::string out;
  for (const std::string& word : words) {
    if (!out.empty()) out += ',';
    out += word;
  }
  return out;
}

std::vector<std::string> split(std::string_view text) {
  std::vector<std::string> out;
  while (!text.empty()) {
    const std::size_t comma = text.find(',');
    out.emplace_back(text.substr(0, comma));
    text.remove_prefix(comma == std::string_view::npos ? text.size() : comma + 1);
  }
  return out;
}

constexpr std::string_view fragment_columns =
    "id, client, category, title, nature, author, date, text, persons, version, created, changed, source, "
    "schema, fields, sensitive, retention, provenance, parent";

StoredFragment fragment_from(const Row& row) {
  StoredFragment out{.id = row.get<FragmentId>(0),
                     .client = row.get<ClientId>(1),
                     .fragment = {},
                     .version = row.get<std::int64_t>(9),
                     .created = row.get<Timestamp>(10),
                     .changed = row.get<Timestamp>(11),
                     .provenance = row.get<records::Provenance>(17),
                     .parent = row.get<std::optional<FragmentId>>(18)};
  Fragment& f = out.fragment;
  f.category = row.get<Category>(2);
  f.title = row.get<std::string>(3);
  f.nature = row.get<records::Nature>(4);
  f.author = row.get<std::string>(5);
  f.date = row.get<Date>(6);
  f.text = row.get<std::string>(7);
  f.persons = split(row.get<std::string_view>(8));
  f.source = row.get<std::string>(12);
  f.schema = row.get<std::uint16_t>(13);
  f.content = row.get<std::string>(14);
  f.sensitive = row.get<bool>(15);
  if (!row.is_null(16)) f.retention = row.get<Retention>(16);
  return out;
}

Result<std::int64_t> count_at(Transaction& tx, const Bytes& key) {
  KNOOP_LET(row, tx.one("SELECT count(*) FROM clients WHERE address_key = ?", key));
  return row->get<std::int64_t>(0);
}

Result<void> mark_all_at(Transaction& tx, const Bytes& key) {
  return tx.exec("INSERT OR IGNORE INTO matching_dirty(client) SELECT id FROM clients WHERE address_key = ?",
                 key);
}

/// Somebody left or entered an address. Whether it is a key changes for everybody there when it passes the limit of R2.5
/// in either direction, or when who moves makes it a secret or an institution's address.
Result<void> address_changed(Transaction& tx, const std::optional<Bytes>& left,
                             const std::optional<Bytes>& entered, const ClientMarks& marks) {
  if (left == entered) return {};
  const bool always = marks != ClientMarks{};
  if (left) {
    KNOOP_LET(count, count_at(tx, *left));
    if (always || count == matching::most_clients_at_address) KNOOP_TRY(mark_all_at(tx, *left));
  }
  if (entered) {
    KNOOP_LET(count, count_at(tx, *entered));
    if (always || count == matching::most_clients_at_address + 1) KNOOP_TRY(mark_all_at(tx, *entered));
  }
  return {};
}

Result<std::optional<StoredClient>> client_where(Transaction& tx, std::string_view condition,
                                                 const auto& value) {
  KNOOP_LET(row, tx.one(fmt::format("SELECT {} FROM clients WHERE {}", client_columns, condition), value));
  if (!row) return std::nullopt;
  return client_from(*row);
}

}  // namespace

Result<Written<ClientId>> put_client(Transaction& tx, const Client& c, Timestamp now) {
  KNOOP_LET(known, find_client(tx, c.ref));
  const auto key = address_key(c);
  if (!known) {
    KNOOP_LET(
        id,
        tx.insert(
            "INSERT INTO clients(ref, bsn, given_names, prefix, surname, birth_date, gender, postcode, "
            "house_number, addition, municipality, parent1_bsn, parent2_bsn, address_key, created, changed) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            c.ref, column_of(c.bsn), c.given_names, c.prefix, c.surname, c.birth_date, c.gender,
            c.address.postcode, c.address.house_number, c.address.addition, c.municipality,
            column_of(c.parent1_bsn), column_of(c.parent2_bsn), key, now, now));
    // A new client has no involvement yet, so nothing to register; the others at the address may be concerned.
    KNOOP_TRY(address_changed(tx, std::nullopt, key, {}));
    return Written<ClientId>{ClientId{id}, Outcome::added};
  }
  if (known->client == c) return Written<ClientId>{known->id, Outcome::unchanged};
  KNOOP_TRY(tx.exec(
      "UPDATE clients SET bsn = ?, given_names = ?, prefix = ?, surname = ?, birth_date = ?, gender = ?, "
      "postcode = ?, house_number = ?, addition = ?, municipality = ?, parent1_bsn = ?, parent2_bsn = ?, "
      "address_key = ?, changed = ? WHERE id = ?",
      column_of(c.bsn), c.given_names, c.prefix, c.surname, c.birth_date, c.gender, c.address.postcode,
      c.address.house_number, c.address.addition, c.municipality, column_of(c.parent1_bsn),
      column_of(c.parent2_bsn), key, now, known->id));
  KNOOP_TRY(mark_dirty(tx, known->id));
  KNOOP_TRY(address_changed(tx, address_key(known->client), key, known->marks));
  return Written<ClientId>{known->id, Outcome::changed};
}

Result<void> set_marks(Transaction& tx, ClientId id, const ClientMarks& marks, Timestamp now) {
  KNOOP_TRY(tx.exec("UPDATE clients SET secret = ?, institutional = ?, changed = ? WHERE id = ?",
                    marks.secret, marks.institutional, now, id));
  // Who lives with a client in hiding must not tell where (R2.5).
  KNOOP_TRY(
      tx.exec("INSERT OR IGNORE INTO matching_dirty(client) SELECT id FROM clients "
              "WHERE address_key = (SELECT address_key FROM clients WHERE id = ?)",
              id));
  return mark_dirty(tx, id);
}

Result<std::optional<StoredClient>> find_client(Transaction& tx, ClientId id) {
  return client_where(tx, "id = ?", id);
}

Result<std::optional<StoredClient>> find_client(Transaction& tx, std::string_view ref) {
  return client_where(tx, "ref = ?", ref);
}

Result<std::int64_t> count_clients(Transaction& tx) {
  KNOOP_LET(row, tx.one("SELECT count(*) FROM clients"));
  return row->get<std::int64_t>(0);
}

Result<AtAddress> address_of_client(Transaction& tx, ClientId id) {
  KNOOP_LET(row,
            tx.one("SELECT count(*), coalesce(max(secret), 0), coalesce(max(institutional), 0) FROM clients "
                   "WHERE address_key = (SELECT address_key FROM clients WHERE id = ?)",
                   id));
  const auto clients = row->get<std::int64_t>(0);
  if (clients == 0) return AtAddress{};
  return AtAddress{clients, {row->get<bool>(1), row->get<bool>(2)}};
}

Result<std::vector<StoredClient>> list_clients(Transaction& tx, const ClientFilter& filter) {
  std::string sql = fmt::format("SELECT {} FROM clients WHERE id > ?1", client_columns);
  // Every value is always bound, so that each parameter has its number whatever is asked.
  sql += " AND (?2 = '' OR substr(surname, 1, length(?2)) = ?2 COLLATE NOCASE)";
  sql += filter.birth_date ? " AND birth_date = ?3" : " AND ?3 IS NULL";
  sql += filter.bsn ? " AND bsn = ?4" : " AND ?4 IS NULL";
  sql +=
      filter.involved_only
          ? " AND EXISTS(SELECT 1 FROM involvements AS i WHERE i.client = clients.id AND i.from_date <= ?5 "
            "AND i.until_date >= ?5 AND (i.closed_on IS NULL OR i.closed_on > ?5))"
          : " AND ?5 IS NOT NULL";
  sql += " ORDER BY id LIMIT ?6";
  std::vector<StoredClient> out;
  KNOOP_TRY(tx.each(sql, filter.after, filter.surname_prefix, filter.birth_date, column_of(filter.bsn),
                    filter.today, filter.limit, [&](const Row& row) -> Result<void> {
                      out.push_back(client_from(row));
                      return {};
                    }));
  return out;
}

Result<InvolvementId> add_involvement(Transaction& tx, ClientId client, const Involvement& i, Timestamp now) {
  KNOOP_LET(id, tx.insert("INSERT INTO involvements(client, kind, from_date, until_date, professional, "
                          "function, phone, email, "
                          "reason, closed_on, created, changed) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                          client, i.kind, i.from, i.until, i.professional.name, i.professional.function,
                          i.professional.phone, i.professional.email, i.reason, i.closed_on, now, now));
  KNOOP_TRY(mark_dirty(tx, client));
  return InvolvementId{id};
}

Result<Written<InvolvementId>> put_involvement(Transaction& tx, ClientId client, const Involvement& i,
                                               Timestamp now) {
  KNOOP_LET(
      row,
      tx.one(fmt::format(
                 "SELECT {} FROM involvements WHERE client = ? AND kind = ? AND from_date = ? ORDER BY id",
                 involvement_columns),
             client, i.kind, i.from));
  if (!row) {
    KNOOP_LET(id, add_involvement(tx, client, i, now));
    return Written<InvolvementId>{id, Outcome::added};
  }
  StoredInvolvement known = involvement_from(*row);
  Involvement wanted = i;
  wanted.reason = known.involvement.reason;
  wanted.closed_on = known.involvement.closed_on;
  if (known.involvement == wanted) return Written<InvolvementId>{known.id, Outcome::unchanged};
  known.involvement = wanted;
  KNOOP_TRY(update_involvement(tx, known, now));
  return Written<InvolvementId>{known.id, Outcome::changed};
}

Result<void> update_involvement(Transaction& tx, const StoredInvolvement& stored, Timestamp now) {
  const Involvement& i = stored.involvement;
  KNOOP_TRY(tx.exec(
      "UPDATE involvements SET kind = ?, from_date = ?, until_date = ?, professional = ?, function = ?, "
      "phone = ?, email = ?, reason = ?, closed_on = ?, changed = ? WHERE id = ?",
      i.kind, i.from, i.until, i.professional.name, i.professional.function, i.professional.phone,
      i.professional.email, i.reason, i.closed_on, now, stored.id));
  return mark_dirty(tx, stored.client);
}

Result<std::optional<StoredInvolvement>> find_involvement(Transaction& tx, InvolvementId id) {
  KNOOP_LET(row, tx.one(fmt::format("SELECT {} FROM involvements WHERE id = ?", involvement_columns), id));
  if (!row) return std::nullopt;
  return involvement_from(*row);
}

Result<std::vector<StoredInvolvement>> involvements_of(Transaction& tx, ClientId client) {
  std::vector<StoredInvolvement> out;
  KNOOP_TRY(
      tx.each(fmt::format("SELECT {} FROM involvements WHERE client = ? ORDER BY from_date DESC, id DESC",
                          involvement_columns),
              client, [&](const Row& row) -> Result<void> {
                out.push_back(involvement_from(row));
                return {};
              }));
  return out;
}

Result<std::vector<StoredInvolvement>> list_involvements(Transaction& tx, const InvolvementFilter& filter) {
  std::string sql = fmt::format("SELECT {} FROM involvements WHERE id > ?1 AND (?2 IS NULL OR kind = ?2)",
                                involvement_columns);
  sql += filter.active_only
             ? " AND from_date <= ?3 AND until_date >= ?3 AND (closed_on IS NULL OR closed_on > ?3)"
             : " AND ?3 IS NOT NULL";
  sql += " ORDER BY id LIMIT ?4";
  std::vector<StoredInvolvement> out;
  KNOOP_TRY(tx.each(sql, filter.after, filter.kind, filter.today, filter.limit,
                    [&](const Row& row) -> Result<void> {
                      out.push_back(involvement_from(row));
                      return {};
                    }));
  return out;
}

namespace {

Result<void> insert_fragment(Transaction& tx, const FragmentId& id, ClientId client, const Fragment& f,
                             std::int64_t occurrence, records::Provenance provenance,
                             const std::optional<FragmentId>& parent, Timestamp now) {
  return tx.exec(
      "INSERT INTO fragments(id, client, category, title, nature, author, date, text, persons, source, "
      "schema, fields, sensitive, retention, occurrence, provenance, parent, created, changed) "
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      id, client, f.category, f.title, f.nature, f.author, f.date, f.text, joined(f.persons), f.source,
      f.schema, f.content, f.sensitive, f.retention, occurrence, provenance, parent, now, now);
}

constexpr std::string_view same_fragment =
    "client = ? AND category = ? AND title = ? AND author = ? AND date = ?";

}  // namespace

Result<void> add_fragment(Transaction& tx, const FragmentId& id, ClientId client, const Fragment& f,
                          Timestamp now, const std::optional<FragmentId>& parent) {
  KNOOP_LET(row,
            tx.one(fmt::format("SELECT coalesce(max(occurrence), 0) FROM fragments WHERE {}", same_fragment),
                   client, f.category, f.title, f.author, f.date));
  return insert_fragment(tx, id, client, f, row->get<std::int64_t>(0) + 1, records::Provenance::entered,
                         parent, now);
}

Result<void> update_fragment(Transaction& tx, const FragmentId& id, const Fragment& f, Timestamp now) {
  KNOOP_TRY(tx.exec(
      "UPDATE fragments SET title = ?, nature = ?, author = ?, date = ?, text = ?, persons = ?, source = ?, "
      "schema = ?, fields = ?, sensitive = ?, retention = ?, version = version + 1, changed = ? WHERE id = ?",
      f.title, f.nature, f.author, f.date, f.text, joined(f.persons), f.source, f.schema, f.content,
      f.sensitive, f.retention, now, id));
  // Whoever got the fragment must hear of it, whatever changed it: a person or an import.
  return tx.exec("INSERT OR IGNORE INTO corrections_due(fragment) VALUES (?)", id);
}

Result<Written<FragmentId>> put_fragment(Transaction& tx, const FragmentId& id_if_new, ClientId client,
                                         const Fragment& f, std::int64_t occurrence, Timestamp now) {
  KNOOP_LET(row, tx.one(fmt::format("SELECT {} FROM fragments WHERE {} AND occurrence = ?", fragment_columns,
                                    same_fragment),
                        client, f.category, f.title, f.author, f.date, occurrence));
  if (!row) {
    KNOOP_TRY(insert_fragment(tx, id_if_new, client, f, occurrence, records::Provenance::imported,
                              std::nullopt, now));
    return Written<FragmentId>{id_if_new, Outcome::added};
  }
  const StoredFragment known = fragment_from(*row);
  if (known.fragment == f) return Written<FragmentId>{known.id, Outcome::unchanged};
  KNOOP_TRY(update_fragment(tx, known.id, f, now));
  return Written<FragmentId>{known.id, Outcome::changed};
}

Result<std::optional<StoredFragment>> find_fragment(Transaction& tx, const FragmentId& id) {
  KNOOP_LET(row, tx.one(fmt::format("SELECT {} FROM fragments WHERE id = ?", fragment_columns), id));
  if (!row) return std::nullopt;
  return fragment_from(*row);
}

Result<std::vector<StoredFragment>> fragments_of(Transaction& tx, ClientId client) {
  std::vector<StoredFragment> out;
  KNOOP_TRY(tx.each(
      fmt::format("SELECT {} FROM fragments WHERE client = ? ORDER BY category, date, id", fragment_columns),
      client, [&](const Row& row) -> Result<void> {
        out.push_back(fragment_from(row));
        return {};
      }));
  return out;
}

Result<void> mark_dirty(Transaction& tx, ClientId client) {
  return tx.exec("INSERT OR IGNORE INTO matching_dirty(client) VALUES (?)", client);
}

Result<void> mark_clean(Transaction& tx, ClientId client) {
  return tx.exec("DELETE FROM matching_dirty WHERE client = ?", client);
}

Result<std::vector<ClientId>> dirty_clients(Transaction& tx, std::int64_t limit) {
  std::vector<ClientId> out;
  KNOOP_TRY(tx.each("SELECT client FROM matching_dirty ORDER BY client LIMIT ?", limit,
                    [&](const Row& row) -> Result<void> {
                      out.push_back(row.get<ClientId>(0));
                      return {};
                    }));
  return out;
}

Result<void> mark_dirty_by_date(Transaction& tx, Date last, Date today) {
  // Active from `from_date`, no longer from the day after `until_date`.
  return tx.exec(
      "INSERT OR IGNORE INTO matching_dirty(client) SELECT client FROM involvements "
      "WHERE (from_date > ?1 AND from_date <= ?2) OR (until_date >= ?1 AND until_date < ?2)",
      last, today);
}

}  // namespace knoop::storage
