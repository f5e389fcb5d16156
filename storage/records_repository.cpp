#include "storage/records_repository.h"

#include "protocol/matching/identifiers.h"
#include "protocol/matching/normalise.h"
#include "storage/responsible_repository.h"
#include "storage/sealed_row.h"

namespace knoop::storage {
namespace {

using records::Bsn;
using records::Client;
using records::ClientId;
using records::ClientMarks;
using records::Fragment;
using records::Involvement;
using records::InvolvementId;

// ---- what is sealed, as one value a row

/// Longer than any rule allows: what was accepted is stored.
constexpr std::size_t room = 4096;

struct SealedClient {
  std::optional<std::string> bsn, parent1_bsn, parent2_bsn;
  std::string given_names, prefix, surname, postcode, house_number, addition, municipality;
  std::int64_t birth_date = 0;  // days: a column took every day, and so does this
  std::uint8_t gender = 0;
  std::optional<std::int64_t> deceased{};

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    archive(bounded(self.bsn, 9), bounded(self.parent1_bsn, 9), bounded(self.parent2_bsn, 9),
            bounded(self.given_names, room), bounded(self.prefix, room), bounded(self.surname, room),
            bounded(self.postcode, room), bounded(self.house_number, room), bounded(self.addition, room),
            bounded(self.municipality, room), self.birth_date, self.gender, self.deceased);
  }
};

struct SealedInvolvement {
  std::string professional, function, phone, email, reason, closed_why;

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    archive(bounded(self.professional, room), bounded(self.function, room), bounded(self.phone, room),
            bounded(self.email, room), bounded(self.reason, 16 * room), bounded(self.closed_why, room));
  }
};

Result<VaultKeyId> key_of(Transaction& tx, ClientId client) {
  KNOOP_LET(row, tx.one("SELECT key FROM clients WHERE id = ?", client));
  if (!row) return fail(ErrorCode::conflict, Side::ours, "there is no client to write this record for");
  return row->get<VaultKeyId>(0);
}

// ---- clients

std::optional<std::string> text_of(const std::optional<Bsn>& bsn) {
  if (!bsn) return std::nullopt;
  return std::string(bsn->expose());
}

std::optional<Bsn> bsn_from(const std::optional<std::string>& text) {
  if (!text) return std::nullopt;
  auto bsn = Bsn::parse(*text);
  KNOOP_ASSERT(bsn.has_value(), "only a checked BSN is stored");
  return *bsn;
}

Place client_place(std::string_view ref) {
  return {"clients", view(ref)};
}

Result<Bytes> sealed_client(Transaction& tx, const VaultKeyId& key, const Client& c,
                            const std::optional<Date>& deceased) {
  return seal_row(
      tx, key, client_place(c.ref),
      SealedClient{text_of(c.bsn), text_of(c.parent1_bsn), text_of(c.parent2_bsn), c.given_names, c.prefix,
                   c.surname, c.address.postcode, c.address.house_number, c.address.addition, c.municipality,
                   c.birth_date.days(), static_cast<std::uint8_t>(c.gender),
                   deceased ? std::optional(std::int64_t{deceased->days()}) : std::nullopt});
}

constexpr std::string_view client_columns = "id, ref, sealed, secret, institutional, created, changed";

Result<std::optional<StoredClient>> client_from(Transaction& tx, const Row& row) {
  StoredClient out{.id = row.get<ClientId>(0), .client = {}, .marks = {}, .created = {}, .changed = {}};
  Client& c = out.client;
  c.ref = row.get<std::string>(1);
  KNOOP_LET(read, open_row<SealedClient>(tx, client_place(c.ref), row.get<ByteView>(2)));
  if (!read) return std::optional<StoredClient>{};
  c.bsn = bsn_from(read->bsn);
  c.given_names = std::move(read->given_names);
  c.prefix = std::move(read->prefix);
  c.surname = std::move(read->surname);
  c.birth_date = Date::from_days(read->birth_date);
  c.gender = static_cast<records::Gender>(read->gender);
  c.address = {std::move(read->postcode), std::move(read->house_number), std::move(read->addition)};
  c.municipality = std::move(read->municipality);
  c.parent1_bsn = bsn_from(read->parent1_bsn);
  c.parent2_bsn = bsn_from(read->parent2_bsn);
  if (read->deceased) out.deceased = Date::from_days(*read->deceased);
  out.marks = {row.get<bool>(3), row.get<bool>(4)};
  out.created = row.get<Timestamp>(5);
  out.changed = row.get<Timestamp>(6);
  return std::optional(std::move(out));
}

// Hashes of the whole folded beginning would tell nothing more to who searches, and cost a row a letter.
constexpr std::size_t short_beginning = 1;
constexpr std::size_t long_beginning = 3;

Result<LookupHash> surname_hash(Transaction& tx, const std::u32string& folded, std::size_t letters) {
  const std::string beginning = matching::utf8(std::u32string_view(folded).substr(0, letters));
  return tx.vault().lookup(letters == short_beginning ? "surname 1" : "surname 3", view(beginning));
}

Result<LookupHash> birth_hash(Transaction& tx, const Date& date) {
  return tx.vault().lookup("birth date", RowNumber(date.days()).view());
}

Result<void> put_lookups(Transaction& tx, ClientId id, const Client& c) {
  std::vector<LookupHash> hashes;
  if (c.bsn) {
    KNOOP_LET(hash, tx.vault().lookup("bsn", view(c.bsn->expose())));
    hashes.push_back(hash);
  }
  KNOOP_LET(birth, birth_hash(tx, c.birth_date));
  hashes.push_back(birth);
  const std::u32string folded = matching::code_points(matching::normalise(c.surname));
  for (const std::size_t letters : {short_beginning, long_beginning}) {
    if (folded.size() < letters) continue;
    KNOOP_LET(hash, surname_hash(tx, folded, letters));
    hashes.push_back(hash);
  }
  for (const LookupHash& hash : hashes)
    KNOOP_TRY(tx.exec("INSERT OR IGNORE INTO client_lookups(hash, client) VALUES (?, ?)", hash, id));
  return {};
}

Result<std::optional<LookupHash>> address_hash(Transaction& tx, const Client& client) {
  matching::Person person;
  person.postcode = client.address.postcode;
  person.house_number = client.address.house_number;
  person.addition = client.address.addition;
  const auto folded = matching::address_of(person);
  if (!folded) return std::optional<LookupHash>{};
  KNOOP_LET(hash, tx.vault().lookup("address", *folded));
  return std::optional(hash);
}

// ---- involvements

constexpr std::string_view involvement_columns =
    "id, client, kind, from_date, until_date, sealed, closed_on, created, changed";

Result<Bytes> sealed_involvement(Transaction& tx, InvolvementId id, ClientId client, const Involvement& i) {
  KNOOP_LET(key, key_of(tx, client));
  const RowNumber number(static_cast<std::int64_t>(id));
  return seal_row(tx, key, {"involvements", number.view()},
                  SealedInvolvement{i.professional.name, i.professional.function, i.professional.phone,
                                    i.professional.email, i.reason, i.closed_why});
}

Result<std::optional<StoredInvolvement>> involvement_from(Transaction& tx, const Row& row) {
  StoredInvolvement out{.id = row.get<InvolvementId>(0),
                        .client = row.get<ClientId>(1),
                        .involvement = {},
                        .created = row.get<Timestamp>(7),
                        .changed = row.get<Timestamp>(8)};
  const RowNumber number(static_cast<std::int64_t>(out.id));
  KNOOP_LET(read, open_row<SealedInvolvement>(tx, {"involvements", number.view()}, row.get<ByteView>(5)));
  if (!read) return std::optional<StoredInvolvement>{};
  Involvement& i = out.involvement;
  i.kind = row.get<records::InvolvementKind>(2);
  i.from = row.get<Date>(3);
  i.until = row.get<Date>(4);
  i.professional = {std::move(read->professional), std::move(read->function), std::move(read->phone),
                    std::move(read->email)};
  i.reason = std::move(read->reason);
  i.closed_why = std::move(read->closed_why);
  i.closed_on = row.get<std::optional<Date>>(6);
  return std::optional(std::move(out));
}

// ---- fragments

constexpr std::string_view fragment_columns =
    "id, client, sealed, version, created, changed, provenance, parent";

Result<Bytes> sealed_fragment(Transaction& tx, const FragmentId& id, const VaultKeyId& key,
                              const Fragment& fragment) {
  return seal_row(tx, key, {"fragments", id.view()}, fragment);
}

Result<LookupHash> same_fragment(Transaction& tx, ClientId client, const Fragment& f) {
  Bytes value;
  const auto add = [&](ByteView bytes) {
    const RowNumber length(std::ssize(bytes));
    value.insert(value.end(), length.view().begin(), length.view().end());
    value.insert(value.end(), bytes.begin(), bytes.end());
  };
  add(RowNumber(static_cast<std::int64_t>(client)).view());
  add(RowNumber(static_cast<std::int64_t>(f.category)).view());
  add(view(f.title));
  add(view(f.author));
  add(RowNumber(f.date.days()).view());
  return tx.vault().lookup("fragment", value);
}

Result<std::optional<StoredFragment>> fragment_from(Transaction& tx, const Row& row) {
  StoredFragment out{.id = row.get<FragmentId>(0),
                     .client = row.get<ClientId>(1),
                     .fragment = {},
                     .version = row.get<std::int64_t>(3),
                     .created = row.get<Timestamp>(4),
                     .changed = row.get<Timestamp>(5),
                     .provenance = row.get<records::Provenance>(6),
                     .parent = row.get<std::optional<FragmentId>>(7)};
  KNOOP_LET(read, open_row<Fragment>(tx, {"fragments", out.id.view()}, row.get<ByteView>(2)));
  if (!read) return std::optional<StoredFragment>{};
  out.fragment = std::move(*read);
  return std::optional(std::move(out));
}

/// Every row of a query that can be read.
template <typename Stored, typename... Args>
Result<std::vector<Stored>> all_of(Transaction& tx,
                                   Result<std::optional<Stored>> (*from)(Transaction&, const Row&),
                                   const std::string& sql, const Args&... args) {
  std::vector<Stored> out;
  KNOOP_TRY(tx.each(sql, args..., [&](const Row& row) -> Result<void> {
    KNOOP_LET(one, from(tx, row));
    if (one) out.push_back(std::move(*one));
    return {};
  }));
  return out;
}

template <typename Stored, typename... Args>
Result<std::optional<Stored>> one_of(Transaction& tx,
                                     Result<std::optional<Stored>> (*from)(Transaction&, const Row&),
                                     const std::string& sql, const Args&... args) {
  KNOOP_LET(row, tx.one(sql, args...));
  if (!row) return std::optional<Stored>{};
  return from(tx, *row);
}

Result<std::int64_t> count_at(Transaction& tx, const LookupHash& key) {
  KNOOP_LET(row, tx.one("SELECT count(*) FROM clients WHERE address = ?", key));
  return row->get<std::int64_t>(0);
}

Result<void> mark_all_at(Transaction& tx, const LookupHash& key) {
  return tx.exec("INSERT OR IGNORE INTO matching_dirty(client) SELECT id FROM clients WHERE address = ?",
                 key);
}

/// Somebody left or entered an address. Whether it is a key changes for everybody there when it passes the limit of R2.5
/// in either direction, or when who moves makes it a secret or an institution's address.
Result<void> address_changed(Transaction& tx, const std::optional<LookupHash>& left,
                             const std::optional<LookupHash>& entered, const ClientMarks& marks) {
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
  return one_of<StoredClient>(
      tx, client_from, fmt::format("SELECT {} FROM clients WHERE {}", client_columns, condition), value);
}

}  // namespace

Result<Written<ClientId>> put_client(Transaction& tx, const Client& c, Timestamp now) {
  KNOOP_LET(known, find_client(tx, c.ref));
  if (known && known->client == c) return Written<ClientId>{known->id, Outcome::unchanged};
  KNOOP_LET(key, tx.vault().key_of(c.ref));
  KNOOP_LET(sealed, sealed_client(tx, key, c, known ? known->deceased : std::nullopt));
  KNOOP_LET(address, address_hash(tx, c));
  if (!known) {
    KNOOP_LET(added, tx.insert("INSERT INTO clients(ref, key, sealed, address, created, changed) "
                               "VALUES (?, ?, ?, ?, ?, ?)",
                               c.ref, key, sealed, address, now, now));
    const ClientId id{added};
    KNOOP_TRY(put_lookups(tx, id, c));
    // A new client has no involvement yet, so nothing to register; the others at the address may be concerned.
    KNOOP_TRY(address_changed(tx, std::nullopt, address, {}));
    return Written<ClientId>{id, Outcome::added};
  }
  KNOOP_LET(left, address_hash(tx, known->client));
  KNOOP_TRY(tx.exec("UPDATE clients SET sealed = ?, address = ?, changed = ? WHERE id = ?", sealed, address,
                    now, known->id));
  KNOOP_TRY(tx.exec("DELETE FROM client_lookups WHERE client = ?", known->id));
  KNOOP_TRY(put_lookups(tx, known->id, c));
  KNOOP_TRY(mark_dirty(tx, known->id));
  KNOOP_TRY(address_changed(tx, left, address, known->marks));
  return Written<ClientId>{known->id, Outcome::changed};
}

Result<void> set_marks(Transaction& tx, ClientId id, const ClientMarks& marks, Timestamp now) {
  KNOOP_TRY(tx.exec("UPDATE clients SET secret = ?, institutional = ?, changed = ? WHERE id = ?",
                    marks.secret, marks.institutional, now, id));
  // Who lives with a client in hiding must not tell where (R2.5).
  KNOOP_TRY(
      tx.exec("INSERT OR IGNORE INTO matching_dirty(client) SELECT id FROM clients "
              "WHERE address = (SELECT address FROM clients WHERE id = ?)",
              id));
  return mark_dirty(tx, id);
}

Result<bool> add_extras(Transaction& tx, ClientId id, const records::ClientExtras& extras, Timestamp now) {
  if (extras.marks == ClientMarks{} && !extras.deceased) return false;
  KNOOP_LET(known, find_client(tx, id));
  if (!known) return false;
  const ClientMarks marks{.secret = known->marks.secret || extras.marks.secret,
                          .institutional = known->marks.institutional || extras.marks.institutional};
  const bool died = extras.deceased && !known->deceased;
  if (marks != known->marks) KNOOP_TRY(set_marks(tx, id, marks, now));
  if (died) KNOOP_TRY(set_deceased(tx, id, extras.deceased, now));
  return died || marks != known->marks;
}

Result<void> set_deceased(Transaction& tx, ClientId id, const std::optional<Date>& day, Timestamp now) {
  KNOOP_LET(known, find_client(tx, id));
  if (!known) return {};
  KNOOP_LET(key, key_of(tx, id));
  KNOOP_LET(sealed, sealed_client(tx, key, known->client, day));
  return tx.exec("UPDATE clients SET sealed = ?, changed = ? WHERE id = ?", sealed, now, id);
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
                   "WHERE address = (SELECT address FROM clients WHERE id = ?)",
                   id));
  const auto clients = row->get<std::int64_t>(0);
  if (clients == 0) return AtAddress{};
  return AtAddress{clients, {row->get<bool>(1), row->get<bool>(2)}};
}

namespace {

/// The hash that leaves the fewest to look at; nothing when the filter asks for nothing that is hashed.
Result<std::optional<LookupHash>> hash_for(Transaction& tx, const ClientFilter& filter,
                                           const std::u32string& beginning) {
  Result<LookupHash> hash = LookupHash{};
  if (filter.bsn)
    hash = tx.vault().lookup("bsn", view(filter.bsn->expose()));
  else if (filter.birth_date)
    hash = birth_hash(tx, *filter.birth_date);
  else if (!beginning.empty())
    hash = surname_hash(tx, beginning, beginning.size() < long_beginning ? short_beginning : long_beginning);
  else
    return std::optional<LookupHash>{};
  return hash.map([](const LookupHash& found) { return std::optional(found); });
}

}  // namespace

Result<std::vector<StoredClient>> list_clients(Transaction& tx, const ClientFilter& filter) {
  const std::string folded = matching::normalise(filter.surname_prefix);
  const std::u32string beginning = matching::code_points(folded);
  std::vector<StoredClient> out;
  if (!filter.surname_prefix.empty() && beginning.empty()) return out;
  KNOOP_LET(hash, hash_for(tx, filter, beginning));
  std::string sql = fmt::format("SELECT {} FROM clients WHERE id > ?1", client_columns);
  // Every value is always bound, so that each parameter has its number whatever is asked.
  sql += hash ? " AND id IN (SELECT client FROM client_lookups WHERE hash = ?2)" : " AND ?2 IS NULL";
  sql +=
      filter.involved_only
          ? " AND EXISTS(SELECT 1 FROM involvements AS i WHERE i.client = clients.id AND i.from_date <= ?3 "
            "AND i.until_date >= ?3 AND (i.closed_on IS NULL OR i.closed_on > ?3))"
          : " AND ?3 IS NOT NULL";
  sql += " ORDER BY id LIMIT ?4";
  const auto matches = [&](const Client& c) {
    return (!filter.bsn || c.bsn == filter.bsn) &&
           (!filter.birth_date || c.birth_date == *filter.birth_date) &&
           (folded.empty() || matching::normalise(c.surname).starts_with(folded));
  };
  ClientId after = filter.after;
  for (bool more = true; more && std::ssize(out) < filter.limit;) {
    std::int64_t seen = 0;
    KNOOP_TRY(tx.each(sql, after, hash, filter.today, filter.limit, [&](const Row& row) -> Result<void> {
      ++seen;
      after = row.get<ClientId>(0);
      KNOOP_LET(client, client_from(tx, row));
      if (client && matches(client->client) && std::ssize(out) < filter.limit)
        out.push_back(std::move(*client));
      return {};
    }));
    more = seen == filter.limit;
  }
  return out;
}

Result<InvolvementId> add_involvement(Transaction& tx, ClientId client, const Involvement& i, Timestamp now) {
  // The id stands in what the seal binds, so it is chosen before the row is written.
  KNOOP_LET(last, tx.one("SELECT coalesce(max(id), 0) FROM involvements"));
  const InvolvementId id{last->get<std::int64_t>(0) + 1};
  KNOOP_LET(sealed, sealed_involvement(tx, id, client, i));
  KNOOP_LET(professional, professional_hash(tx, i.professional.name));
  KNOOP_TRY(
      tx.exec("INSERT INTO involvements(id, client, kind, from_date, until_date, sealed, professional, "
              "closed_on, created, changed) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
              id, client, i.kind, i.from, i.until, sealed, professional, i.closed_on, now, now));
  KNOOP_TRY(mark_dirty(tx, client));
  return id;
}

Result<Written<InvolvementId>> put_involvement(Transaction& tx, ClientId client, const Involvement& i,
                                               Timestamp now) {
  KNOOP_LET(known,
            one_of<StoredInvolvement>(
                tx, involvement_from,
                fmt::format(
                    "SELECT {} FROM involvements WHERE client = ? AND kind = ? AND from_date = ? ORDER BY id",
                    involvement_columns),
                client, i.kind, i.from));
  if (!known) {
    KNOOP_LET(id, add_involvement(tx, client, i, now));
    return Written<InvolvementId>{id, Outcome::added};
  }
  Involvement wanted = i;
  if (wanted.reason.empty()) wanted.reason = known->involvement.reason;
  if (!wanted.closed_on || known->involvement.closed_on) {
    wanted.closed_on = known->involvement.closed_on;
    wanted.closed_why = known->involvement.closed_why;
  }
  if (known->involvement == wanted) return Written<InvolvementId>{known->id, Outcome::unchanged};
  known->involvement = wanted;
  KNOOP_TRY(update_involvement(tx, *known, now));
  return Written<InvolvementId>{known->id, Outcome::changed};
}

Result<void> update_involvement(Transaction& tx, const StoredInvolvement& stored, Timestamp now) {
  const Involvement& i = stored.involvement;
  KNOOP_LET(sealed, sealed_involvement(tx, stored.id, stored.client, i));
  KNOOP_LET(professional, professional_hash(tx, i.professional.name));
  // Another last day is another end to be reminded of.
  KNOOP_TRY(
      tx.exec("UPDATE involvements SET kind = ?1, from_date = ?2, reminded = reminded AND until_date = ?3, "
              "until_date = ?3, sealed = ?4, professional = ?5, closed_on = ?6, changed = ?7 WHERE id = ?8",
              i.kind, i.from, i.until, sealed, professional, i.closed_on, now, stored.id));
  return mark_dirty(tx, stored.client);
}

Result<std::optional<StoredInvolvement>> find_involvement(Transaction& tx, InvolvementId id) {
  return one_of<StoredInvolvement>(
      tx, involvement_from, fmt::format("SELECT {} FROM involvements WHERE id = ?", involvement_columns), id);
}

Result<std::vector<StoredInvolvement>> involvements_of(Transaction& tx, ClientId client) {
  return all_of<StoredInvolvement>(
      tx, involvement_from,
      fmt::format("SELECT {} FROM involvements WHERE client = ? ORDER BY from_date DESC, id DESC",
                  involvement_columns),
      client);
}

Result<std::vector<StoredInvolvement>> list_involvements(Transaction& tx, const InvolvementFilter& filter) {
  std::string sql = fmt::format("SELECT {} FROM involvements WHERE id > ?1 AND (?2 IS NULL OR kind = ?2)",
                                involvement_columns);
  sql += filter.client ? " AND client = ?5" : " AND ?5 IS NULL";
  sql += filter.active_only
             ? " AND from_date <= ?3 AND until_date >= ?3 AND (closed_on IS NULL OR closed_on > ?3)"
             : " AND ?3 IS NOT NULL";
  sql += " ORDER BY id LIMIT ?4";
  return all_of<StoredInvolvement>(tx, involvement_from, sql, filter.after, filter.kind, filter.today,
                                   filter.limit, filter.client);
}

Result<std::vector<StoredInvolvement>> involvements_to_remind(Transaction& tx, Date today, Date last,
                                                              std::int64_t limit) {
  return all_of<StoredInvolvement>(
      tx, involvement_from,
      fmt::format("SELECT {} FROM involvements WHERE closed_on IS NULL AND reminded = 0 AND until_date >= ? "
                  "AND until_date <= ? AND from_date <= ? ORDER BY until_date, id LIMIT ?",
                  involvement_columns),
      today, last, today, limit);
}

Result<void> set_reminded(Transaction& tx, InvolvementId id) {
  return tx.exec("UPDATE involvements SET reminded = 1 WHERE id = ?", id);
}

Result<std::vector<StoredInvolvement>> reminded_involvements(Transaction& tx, Date today,
                                                             std::int64_t limit) {
  return all_of<StoredInvolvement>(
      tx, involvement_from,
      fmt::format("SELECT {} FROM involvements WHERE closed_on IS NULL AND reminded = 1 AND until_date >= ? "
                  "ORDER BY until_date, id LIMIT ?",
                  involvement_columns),
      today, limit);
}

Result<std::vector<StoredInvolvement>> involvements_by(Transaction& tx, std::string_view professional,
                                                       Date today, std::int64_t limit) {
  KNOOP_LET(hash, professional_hash(tx, professional));
  return all_of<StoredInvolvement>(
      tx, involvement_from,
      fmt::format("SELECT {} FROM involvements WHERE professional = ? AND closed_on IS NULL AND "
                  "until_date >= ? ORDER BY id LIMIT ?",
                  involvement_columns),
      hash, today, limit);
}

namespace {

Result<void> insert_fragment(Transaction& tx, const FragmentId& id, ClientId client, const Fragment& f,
                             const LookupHash& same, std::int64_t occurrence, records::Provenance provenance,
                             const std::optional<FragmentId>& parent, Timestamp now) {
  KNOOP_LET(key, key_of(tx, client));
  KNOOP_LET(sealed, sealed_fragment(tx, id, key, f));
  return tx.exec(
      "INSERT INTO fragments(id, client, category, date, sealed, same, occurrence, retention, provenance, "
      "parent, created, changed) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      id, client, f.category, f.date, sealed, same, occurrence, f.retention, provenance, parent, now, now);
}

}  // namespace

Result<void> add_fragment(Transaction& tx, const FragmentId& id, ClientId client, const Fragment& f,
                          Timestamp now, const std::optional<FragmentId>& parent) {
  KNOOP_LET(same, same_fragment(tx, client, f));
  KNOOP_LET(row,
            tx.one("SELECT coalesce(max(occurrence), 0) FROM fragments WHERE client = ? AND category = ? "
                   "AND date = ? AND same = ?",
                   client, f.category, f.date, same));
  return insert_fragment(tx, id, client, f, same, row->get<std::int64_t>(0) + 1, records::Provenance::entered,
                         parent, now);
}

Result<void> update_fragment(Transaction& tx, const FragmentId& id, const Fragment& f, Timestamp now) {
  KNOOP_LET(row, tx.one("SELECT client, category FROM fragments WHERE id = ?", id));
  if (!row) return {};
  const auto client = row->get<ClientId>(0);
  Fragment whole = f;
  whole.category = row->get<Category>(1);
  KNOOP_LET(key, key_of(tx, client));
  KNOOP_LET(sealed, sealed_fragment(tx, id, key, whole));
  KNOOP_LET(same, same_fragment(tx, client, whole));
  KNOOP_TRY(
      tx.exec("UPDATE fragments SET date = ?, sealed = ?, same = ?, retention = ?, version = version + 1, "
              "changed = ? WHERE id = ?",
              whole.date, sealed, same, whole.retention, now, id));
  // Whoever got the fragment must hear of it, whatever changed it: a person or an import.
  return tx.exec("INSERT OR IGNORE INTO corrections_due(fragment) VALUES (?)", id);
}

Result<Written<FragmentId>> put_fragment(Transaction& tx, const FragmentId& id_if_new, ClientId client,
                                         const Fragment& f, std::int64_t occurrence, Timestamp now) {
  KNOOP_LET(same, same_fragment(tx, client, f));
  KNOOP_LET(known, one_of<StoredFragment>(
                       tx, fragment_from,
                       fmt::format("SELECT {} FROM fragments WHERE client = ? AND category = ? AND date = ? "
                                   "AND same = ? AND occurrence = ?",
                                   fragment_columns),
                       client, f.category, f.date, same, occurrence));
  if (!known) {
    KNOOP_TRY(insert_fragment(tx, id_if_new, client, f, same, occurrence, records::Provenance::imported,
                              std::nullopt, now));
    return Written<FragmentId>{id_if_new, Outcome::added};
  }
  if (known->fragment == f) return Written<FragmentId>{known->id, Outcome::unchanged};
  KNOOP_TRY(update_fragment(tx, known->id, f, now));
  return Written<FragmentId>{known->id, Outcome::changed};
}

Result<std::optional<StoredFragment>> find_fragment(Transaction& tx, const FragmentId& id) {
  return one_of<StoredFragment>(tx, fragment_from,
                                fmt::format("SELECT {} FROM fragments WHERE id = ?", fragment_columns), id);
}

Result<std::vector<StoredFragment>> fragments_after(Transaction& tx, std::optional<ClientId> client,
                                                    const std::optional<FragmentId>& after,
                                                    std::int64_t limit) {
  return all_of<StoredFragment>(
      tx, fragment_from,
      fmt::format("SELECT {} FROM fragments WHERE (?1 IS NULL OR client = ?1) AND (?2 IS NULL OR id > ?2) "
                  "ORDER BY id LIMIT ?3",
                  fragment_columns),
      client, after, limit);
}

Result<std::array<std::int64_t, 3>> count_records(Transaction& tx, std::optional<ClientId> client) {
  KNOOP_LET(row, tx.one("SELECT (SELECT count(*) FROM clients WHERE ?1 IS NULL OR id = ?1), "
                        "(SELECT count(*) FROM involvements WHERE ?1 IS NULL OR client = ?1), "
                        "(SELECT count(*) FROM fragments WHERE ?1 IS NULL OR client = ?1)",
                        client));
  return std::array{row->get<std::int64_t>(0), row->get<std::int64_t>(1), row->get<std::int64_t>(2)};
}

Result<std::vector<StoredFragment>> fragments_of(Transaction& tx, ClientId client) {
  return all_of<StoredFragment>(
      tx, fragment_from,
      fmt::format("SELECT {} FROM fragments WHERE client = ? ORDER BY category, date, id", fragment_columns),
      client);
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
