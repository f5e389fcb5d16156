#include "storage/exchange_repository.h"

#include "storage/sealed_row.h"

namespace knoop::storage {
namespace {

struct DeniedList {
  std::vector<exchange::Denied> all;

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    archive(bounded(self.all, all_categories.size()));
  }
};

template <typename T>
Result<T> stored(ByteView bytes) {
  auto value = decode<T>(bytes);
  if (!value)
    return fail(ErrorCode::damaged_database, Side::ours,
                "a stored exchange cannot be read; restore the database");
  return std::move(*value);
}
template <typename T>
Result<std::optional<T>> stored_if_any(const Row& row, std::size_t column) {
  if (row.is_null(column)) return std::optional<T>{};
  KNOOP_LET(value, stored<T>(row.get<ByteView>(column)));
  return std::optional<T>(std::move(value));
}
template <typename T>
std::optional<Bytes> column_of(const std::optional<T>& value) {
  return value ? std::optional<Bytes>(encode(*value)) : std::nullopt;
}

// exchange_from() reads both.
constexpr std::string_view release_columns =
    "peer, exchange, state, client, sealed, offer, receipt, countersignature, denied, created, changed, "
    "secrets, corrects, without_third";
constexpr std::string_view acquisition_columns =
    "peer, exchange, state, client, sealed, offer, receipt, countersignature, denied, created, changed, "
    "NULL, corrects, 0";

template <typename State>
constexpr std::string_view table_of = "releases";
template <>
constexpr std::string_view table_of<AcquisitionState> = "acquisitions";
constexpr std::string_view secrets_of_releases = "releases.secrets";

template <typename State>
Result<Bytes> sealed_request(Transaction& tx, const Exchange<State>& exchange) {
  return seal_row(tx, exchange.client, {table_of<State>, row_name(exchange.peer, exchange.request.exchange)},
                  exchange.request);
}
Result<std::optional<Bytes>> sealed_secrets(Transaction& tx, const Release& release) {
  if (!release.secrets) return std::optional<Bytes>{};
  const Bytes name = row_name(release.peer, release.request.exchange);
  KNOOP_LET(sealed, seal_row(tx, release.client, {secrets_of_releases, name}, *release.secrets));
  return std::optional(std::move(sealed));
}

/// Nothing when its client was destroyed.
template <typename State>
Result<std::optional<Exchange<State>>> exchange_from(Transaction& tx, const Row& row) {
  Exchange<State> out;
  out.peer = row.get<MemberId>(0);
  const Bytes name = row_name(out.peer, row.get<ExchangeId>(1));
  out.state = static_cast<State>(row.get<std::uint8_t>(2));
  out.client = row.get<std::string>(3);
  KNOOP_LET(request, open_row<exchange::FragmentRequest>(tx, {table_of<State>, name}, row.get<ByteView>(4)));
  if (!request) return std::optional<Exchange<State>>{};
  out.request = std::move(*request);
  KNOOP_LET(offer, stored_if_any<exchange::ReleaseOffer>(row, 5));
  out.offer = std::move(offer);
  KNOOP_LET(receipt, stored_if_any<exchange::ReleaseReceipt>(row, 6));
  out.receipt = std::move(receipt);
  out.countersignature = row.get<std::optional<Signature>>(7);
  KNOOP_LET(denied, stored_if_any<DeniedList>(row, 8));
  if (denied) out.denied = std::move(denied->all);
  out.created = row.get<Timestamp>(9);
  out.changed = row.get<Timestamp>(10);
  if (!row.is_null(11)) {
    KNOOP_LET(secrets,
              open_row<exchange::OfferSecrets>(tx, {secrets_of_releases, name}, row.get<ByteView>(11)));
    out.secrets = std::move(secrets);
  }
  out.corrects = row.get<std::optional<ExchangeId>>(12);
  out.without_third_persons = row.get<bool>(13);
  return std::optional(std::move(out));
}

template <typename State, typename... Args>
Result<std::vector<Exchange<State>>> exchanges(Transaction& tx, const std::string& sql, const Args&... args) {
  std::vector<Exchange<State>> out;
  KNOOP_TRY(tx.each(sql, args..., [&](const Row& row) -> Result<void> {
    KNOOP_LET(one, exchange_from<State>(tx, row));
    if (one) out.push_back(std::move(*one));
    return {};
  }));
  return out;
}

template <typename State, typename... Args>
Result<std::optional<Exchange<State>>> exchange(Transaction& tx, const std::string& sql,
                                                const Args&... args) {
  KNOOP_LET(row, tx.one(sql, args...));
  if (!row) return std::optional<Exchange<State>>{};
  return exchange_from<State>(tx, *row);
}

std::string releases_where(std::string_view condition) {
  return fmt::format("SELECT {} FROM releases WHERE {} ORDER BY created DESC, exchange", release_columns,
                     condition);
}
std::string acquisitions_where(std::string_view condition) {
  return fmt::format("SELECT {} FROM acquisitions WHERE {} ORDER BY created DESC, exchange",
                     acquisition_columns, condition);
}

constexpr std::string_view received_columns =
    "peer, exchange, client, sealed, basis, purpose, until, status, received, corrected, fragment";

/// What of a received fragment is under its client's key. The salt too: beside the commitment in the receipt, which stays, it
/// would let whoever has an old copy try contents.
struct Content {
  exchange::WireFragment fragment;
  Salt salt;

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    archive(self.fragment, self.salt);
  }
};

Result<std::optional<ReceivedFragment>> received_from(Transaction& tx, const Row& row) {
  ReceivedFragment out;
  out.peer = row.get<MemberId>(0);
  out.exchange = row.get<ExchangeId>(1);
  out.client = row.get<std::string>(2);
  const Bytes name = row_name(out.peer, out.exchange, row.get<FragmentId>(10));
  KNOOP_LET(content, open_row<Content>(tx, {"received_fragments", name}, row.get<ByteView>(3)));
  if (!content) return std::optional<ReceivedFragment>{};
  out.fragment = std::move(content->fragment);
  out.salt = content->salt;
  out.basis = row.get<BasisId>(4);
  out.purpose = static_cast<consent::Purpose>(row.get<std::uint8_t>(5));
  out.until = row.get<Date>(6);
  out.status = static_cast<LoanStatus>(row.get<std::uint8_t>(7));
  out.received = row.get<Timestamp>(8);
  out.corrected = row.get<std::optional<Timestamp>>(9);
  return std::optional(std::move(out));
}

}  // namespace

Result<void> put_release(Transaction& tx, const Release& release) {
  KNOOP_LET(sealed, sealed_request(tx, release));
  KNOOP_LET(secrets, sealed_secrets(tx, release));
  return tx.exec(
      "INSERT INTO releases(peer, exchange, state, client, handover, sealed, offer, secrets, receipt, "
      "countersignature, denied, created, changed, corrects, without_third) "
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
      "ON CONFLICT(peer, exchange) DO UPDATE SET state = excluded.state, offer = excluded.offer, "
      "secrets = excluded.secrets, receipt = excluded.receipt, countersignature = excluded.countersignature, "
      "denied = excluded.denied, changed = excluded.changed, without_third = excluded.without_third",
      release.peer, release.request.exchange, release.state, release.client, release.request.about.handover,
      sealed, column_of(release.offer), secrets, column_of(release.receipt), release.countersignature,
      encode(DeniedList{release.denied}), release.created, release.changed, release.corrects,
      release.without_third_persons);
}

Result<std::optional<Release>> find_release(Transaction& tx, const MemberId& peer, const ExchangeId& id) {
  return exchange<ReleaseState>(tx, releases_where("peer = ? AND exchange = ?"), peer, id);
}
Result<std::vector<Release>> releases_of(Transaction& tx, std::string_view client) {
  return exchanges<ReleaseState>(tx, releases_where("client = ?"), client);
}
Result<std::vector<Release>> open_releases(Transaction& tx, const MemberId& peer) {
  return exchanges<ReleaseState>(tx, releases_where("peer = ? AND state IN (?, ?)"), peer,
                                 ReleaseState::asked, ReleaseState::offered);
}
Result<std::vector<Acquisition>> open_acquisitions(Transaction& tx, const MemberId& peer) {
  return exchanges<AcquisitionState>(tx, acquisitions_where("peer = ? AND state IN (?, ?)"), peer,
                                     AcquisitionState::asked, AcquisitionState::receipted);
}
Result<std::vector<Release>> releases_asked(Transaction& tx) {
  return exchanges<ReleaseState>(tx, releases_where("state = ?"), ReleaseState::asked);
}
Result<std::vector<Release>> releases_waiting(Transaction& tx) {
  return exchanges<ReleaseState>(tx, releases_where("state = 3 AND receipt IS NOT NULL"));
}
Result<std::vector<Release>> releases_of(Transaction& tx, const HandoverId& handover) {
  return exchanges<ReleaseState>(tx, releases_where("handover = ?"), handover);
}

Result<void> put_acquisition(Transaction& tx, const Acquisition& acquisition) {
  KNOOP_LET(sealed, sealed_request(tx, acquisition));
  return tx.exec(
      "INSERT INTO acquisitions(peer, exchange, state, client, handover, sealed, offer, receipt, "
      "countersignature, "
      "denied, created, changed, corrects) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
      "ON CONFLICT(peer, exchange) DO UPDATE SET state = excluded.state, sealed = excluded.sealed, "
      "offer = excluded.offer, receipt = excluded.receipt, countersignature = excluded.countersignature, "
      "denied = excluded.denied, "
      "changed = excluded.changed",
      acquisition.peer, acquisition.request.exchange, acquisition.state, acquisition.client,
      acquisition.request.about.handover, sealed, column_of(acquisition.offer),
      column_of(acquisition.receipt), acquisition.countersignature, encode(DeniedList{acquisition.denied}),
      acquisition.created, acquisition.changed, acquisition.corrects);
}

Result<std::optional<Acquisition>> find_acquisition(Transaction& tx, const MemberId& peer,
                                                    const ExchangeId& id) {
  return exchange<AcquisitionState>(tx, acquisitions_where("peer = ? AND exchange = ?"), peer, id);
}
Result<std::vector<Acquisition>> acquisitions_of(Transaction& tx, std::string_view client) {
  return exchanges<AcquisitionState>(tx, acquisitions_where("client = ?"), client);
}
Result<std::vector<Acquisition>> acquisitions_of(Transaction& tx, const HandoverId& handover) {
  return exchanges<AcquisitionState>(tx, acquisitions_where("handover = ?"), handover);
}

Result<std::int64_t> count_asked(Transaction& tx, const MemberId& peer) {
  KNOOP_LET(row,
            tx.one("SELECT count(*) FROM releases WHERE peer = ? AND state = ?", peer, ReleaseState::asked));
  return row->get<std::int64_t>(0);
}

Result<bool> is_correction(Transaction& tx, const MemberId& peer, const ExchangeId& id) {
  KNOOP_LET(
      row, tx.one("SELECT 1 FROM releases WHERE peer = ? AND exchange = ? AND corrects IS NOT NULL "
                  "UNION SELECT 1 FROM acquisitions WHERE peer = ? AND exchange = ? AND corrects IS NOT NULL",
                  peer, id, peer, id));
  return row.has_value();
}

Result<void> add_correction_due(Transaction& tx, const FragmentId& fragment) {
  return tx.exec("INSERT OR IGNORE INTO corrections_due(fragment) VALUES (?)", fragment);
}

Result<std::vector<FragmentId>> take_corrections_due(Transaction& tx, std::int64_t limit) {
  std::vector<FragmentId> due;
  KNOOP_TRY(tx.each("SELECT fragment FROM corrections_due ORDER BY fragment LIMIT ?", limit,
                    [&](const Row& row) -> Result<void> {
                      due.push_back(row.get<FragmentId>(0));
                      return {};
                    }));
  for (const FragmentId& fragment : due)
    KNOOP_TRY(tx.exec("DELETE FROM corrections_due WHERE fragment = ?", fragment));
  return due;
}

Result<void> set_release_bases(Transaction& tx, const MemberId& peer, const ExchangeId& id,
                               const std::vector<BasisId>& bases) {
  KNOOP_TRY(tx.exec("DELETE FROM release_bases WHERE peer = ? AND exchange = ?", peer, id));
  for (const BasisId& basis : bases)
    KNOOP_TRY(tx.exec("INSERT INTO release_bases(basis, peer, exchange) VALUES (?, ?, ?)", basis, peer, id));
  return {};
}

Result<std::vector<BasisId>> release_bases(Transaction& tx, const MemberId& peer, const ExchangeId& id) {
  std::vector<BasisId> bases;
  KNOOP_TRY(tx.each("SELECT basis FROM release_bases WHERE peer = ? AND exchange = ? ORDER BY basis", peer,
                    id, [&](const Row& row) -> Result<void> {
                      bases.push_back(row.get<BasisId>(0));
                      return {};
                    }));
  return bases;
}

Result<std::vector<ReleaseName>> releases_on(Transaction& tx, const BasisId& basis) {
  std::vector<ReleaseName> names;
  KNOOP_TRY(tx.each("SELECT peer, exchange FROM release_bases WHERE basis = ? ORDER BY peer, exchange", basis,
                    [&](const Row& row) -> Result<void> {
                      names.push_back({row.get<MemberId>(0), row.get<ExchangeId>(1)});
                      return {};
                    }));
  return names;
}

Result<void> add_withdrawal_out(Transaction& tx, const BasisId& basis, const MemberId& peer, Timestamp now) {
  return tx.exec("INSERT OR IGNORE INTO withdrawals_out(basis, peer, sent) VALUES (?, ?, ?)", basis, peer,
                 now);
}

Result<bool> withdrawal_sent(Transaction& tx, const BasisId& basis, const MemberId& peer) {
  KNOOP_LET(row, tx.one("SELECT 1 FROM withdrawals_out WHERE basis = ? AND peer = ?", basis, peer));
  return row.has_value();
}

Result<bool> mark_withdrawal_applied(Transaction& tx, const MemberId& peer,
                                     const exchange::WithdrawalApplied& applied, Timestamp now) {
  KNOOP_LET(changed, tx.change("UPDATE withdrawals_out SET applied = ?, locked = ?, flagged = ? "
                               "WHERE basis = ? AND peer = ?",
                               now, applied.locked, applied.flagged, applied.basis, peer));
  return changed > 0;
}

namespace {

constexpr std::string_view withdrawal_columns =
    "basis, peer, sent, applied, ifnull(locked, 0), ifnull(flagged, 0), overdue IS NOT NULL AND applied IS "
    "NULL";

WithdrawalOut withdrawal_from(const Row& row) {
  return {row.get<BasisId>(0),          row.get<MemberId>(1),
          row.get<Timestamp>(2),        row.get<std::optional<Timestamp>>(3),
          row.get<std::uint32_t>(4),    row.get<std::uint32_t>(5),
          row.get<std::int64_t>(6) != 0};
}

}  // namespace

Result<std::vector<WithdrawalOut>> withdrawals_out(Transaction& tx, bool open_only,
                                                   const WithdrawalsAfter& page) {
  const auto [sent, basis, peer] = page.keys();
  std::vector<WithdrawalOut> out;
  KNOOP_TRY(tx.each(
      fmt::format("SELECT {} FROM withdrawals_out WHERE (applied IS NULL OR NOT ?) AND (NOT ? OR "
                  "(sent, basis, peer) > (?, ?, ?)) ORDER BY sent, basis, peer LIMIT ?",
                  withdrawal_columns),
      open_only, page.after.has_value(), sent, basis, peer, page.limit, [&](const Row& row) -> Result<void> {
        out.push_back(withdrawal_from(row));
        return {};
      }));
  return out;
}

Result<std::vector<WithdrawalOut>> withdrawals_of(Transaction& tx, const BasisId& basis) {
  std::vector<WithdrawalOut> out;
  KNOOP_TRY(tx.each(
      fmt::format("SELECT {} FROM withdrawals_out WHERE basis = ? ORDER BY sent, peer", withdrawal_columns),
      basis, [&](const Row& row) -> Result<void> {
        out.push_back(withdrawal_from(row));
        return {};
      }));
  return out;
}

Result<std::vector<WithdrawalOut>> mark_withdrawals_overdue(Transaction& tx, Timestamp term, Timestamp now) {
  std::vector<WithdrawalOut> out;
  KNOOP_TRY(tx.each(
      fmt::format("SELECT {} FROM withdrawals_out WHERE applied IS NULL AND overdue IS NULL AND sent < ?",
                  withdrawal_columns),
      term, [&](const Row& row) -> Result<void> {
        out.push_back(withdrawal_from(row));
        return {};
      }));
  for (WithdrawalOut& one : out) {
    KNOOP_TRY(tx.exec("UPDATE withdrawals_out SET overdue = ? WHERE basis = ? AND peer = ?", now, one.basis,
                      one.peer));
    one.overdue = true;
  }
  return out;
}

Result<void> add_received(Transaction& tx, const ReceivedFragment& fragment) {
  const Bytes name = row_name(fragment.peer, fragment.exchange, fragment.fragment.id);
  KNOOP_LET(sealed, seal_row(tx, fragment.client, {"received_fragments", name},
                             Content{fragment.fragment, fragment.salt}));
  return tx.exec(
      "INSERT INTO received_fragments(peer, exchange, fragment, client, sealed, basis, purpose, until, "
      "status, received, changed, corrected) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      fragment.peer, fragment.exchange, fragment.fragment.id, fragment.client, sealed, fragment.basis,
      fragment.purpose, fragment.until, fragment.status, fragment.received, fragment.received,
      fragment.corrected);
}

Result<std::vector<ReceivedFragment>> received_of(Transaction& tx, std::string_view client,
                                                  const ReceivedAfter& page) {
  const auto [received, peer, exchange, fragment] = page.keys();
  std::vector<ReceivedFragment> out;
  KNOOP_TRY(tx.each(fmt::format("SELECT {} FROM received_fragments WHERE client = ? AND (NOT ? OR (received, "
                                "peer, exchange, fragment) > "
                                "(?, ?, ?, ?)) ORDER BY received, peer, exchange, fragment LIMIT ?",
                                received_columns),
                    client, page.after.has_value(), received, peer, exchange, fragment, page.limit,
                    [&](const Row& row) -> Result<void> {
                      KNOOP_LET(one, received_from(tx, row));
                      if (one) out.push_back(std::move(*one));
                      return {};
                    }));
  return out;
}

Result<std::optional<ReceivedFragment>> find_received(Transaction& tx, const MemberId& peer,
                                                      const ExchangeId& exchange, const FragmentId& id) {
  KNOOP_LET(row, tx.one(fmt::format("SELECT {} FROM received_fragments WHERE peer = ? AND exchange = ? "
                                    "AND fragment = ?",
                                    received_columns),
                        peer, exchange, id));
  if (!row) return std::optional<ReceivedFragment>{};
  return received_from(tx, *row);
}

Result<bool> exchanged_with(Transaction& tx, std::string_view client, const MemberId& peer) {
  KNOOP_LET(row, tx.one("SELECT 1 FROM releases WHERE client = ? AND peer = ? "
                        "UNION ALL SELECT 1 FROM acquisitions WHERE client = ? AND peer = ? LIMIT 1",
                        client, peer, client, peer));
  return row.has_value();
}

Result<std::vector<ReceivedFragment>> received_with(Transaction& tx, const MemberId& peer,
                                                    const ExchangeId& exchange) {
  std::vector<ReceivedFragment> out;
  KNOOP_TRY(tx.each(
      fmt::format("SELECT {} FROM received_fragments WHERE peer = ? AND exchange = ?", received_columns),
      peer, exchange, [&](const Row& row) -> Result<void> {
        KNOOP_LET(one, received_from(tx, row));
        if (one) out.push_back(std::move(*one));
        return {};
      }));
  return out;
}

Result<std::vector<ReceivedFragment>> received_of(Transaction& tx, const MemberId& peer,
                                                  const FragmentId& id) {
  std::vector<ReceivedFragment> out;
  KNOOP_TRY(tx.each(
      fmt::format("SELECT {} FROM received_fragments WHERE peer = ? AND fragment = ?", received_columns),
      peer, id, [&](const Row& row) -> Result<void> {
        KNOOP_LET(one, received_from(tx, row));
        if (one) out.push_back(std::move(*one));
        return {};
      }));
  return out;
}

Result<std::vector<MemberId>> owners_of_loans(Transaction& tx) {
  std::vector<MemberId> out;
  KNOOP_TRY(tx.each("SELECT DISTINCT peer FROM received_fragments WHERE status = ?", LoanStatus::on_loan,
                    [&](const Row& row) -> Result<void> {
                      out.push_back(row.get<MemberId>(0));
                      return {};
                    }));
  return out;
}

Result<void> note_heard(Transaction& tx, const MemberId& owner, Timestamp now) {
  return tx.exec("INSERT OR REPLACE INTO owners_heard(peer, heard) VALUES (?, ?)", owner, now);
}

Result<std::optional<Timestamp>> last_heard(Transaction& tx, const MemberId& owner) {
  KNOOP_LET(row, tx.one("SELECT heard FROM owners_heard WHERE peer = ?", owner));
  return row ? std::optional(row->get<Timestamp>(0)) : std::nullopt;
}

Result<void> set_loan_status(Transaction& tx, const ReceivedFragment& fragment, LoanStatus status,
                             Timestamp now) {
  return tx.exec(
      "UPDATE received_fragments SET status = ?, changed = ? WHERE peer = ? AND exchange = ? "
      "AND fragment = ?",
      status, now, fragment.peer, fragment.exchange, fragment.fragment.id);
}

Result<void> erase_received(Transaction& tx, const ReceivedFragment& fragment) {
  return tx.exec("DELETE FROM received_fragments WHERE peer = ? AND exchange = ? AND fragment = ?",
                 fragment.peer, fragment.exchange, fragment.fragment.id);
}

Result<void> mark_corrected(Transaction& tx, const MemberId& peer, const ExchangeId& by, const FragmentId& id,
                            Timestamp now) {
  return tx.exec(
      "UPDATE received_fragments SET corrected = ?, changed = ? WHERE peer = ? AND exchange <> ? "
      "AND fragment = ? AND corrected IS NULL",
      now, now, peer, by, id);
}

Result<std::int64_t> mark_wrong(Transaction& tx, const MemberId& peer, const FragmentId& id, Timestamp now) {
  return tx.change(
      "UPDATE received_fragments SET corrected = ?, changed = ? WHERE peer = ? AND fragment = ? AND "
      "corrected "
      "IS NULL",
      now, now, peer, id);
}

Result<void> remember_correction(Transaction& tx, const MemberId& peer, const ExchangeId& exchange,
                                 const FragmentId& id, Timestamp now) {
  return tx.exec("INSERT OR IGNORE INTO corrections_in(peer, exchange, fragment, at) VALUES (?, ?, ?, ?)",
                 peer, exchange, id, now);
}

Result<std::optional<Timestamp>> remembered_correction(Transaction& tx, const MemberId& peer,
                                                       const ExchangeId& exchange, const FragmentId& id) {
  KNOOP_LET(row, tx.one("SELECT at FROM corrections_in WHERE peer = ? AND exchange = ? AND fragment = ?",
                        peer, exchange, id));
  return row ? std::optional(row->get<Timestamp>(0)) : std::nullopt;
}

Result<Applied> apply_withdrawal(Transaction& tx, const MemberId& peer, const BasisId& basis, Timestamp now) {
  constexpr std::string_view change =
      "UPDATE received_fragments SET status = ?, changed = ? WHERE peer = ? AND basis = ? AND status = ?";
  KNOOP_LET(locked, tx.change(change, LoanStatus::locked, now, peer, basis, LoanStatus::on_loan));
  KNOOP_LET(flagged, tx.change(change, LoanStatus::flagged, now, peer, basis, LoanStatus::taken_over));
  return Applied{static_cast<std::uint32_t>(locked), static_cast<std::uint32_t>(flagged)};
}

Result<std::int64_t> lock_all_of(Transaction& tx, const MemberId& peer, Timestamp now) {
  return tx.change("UPDATE received_fragments SET status = ?, changed = ? WHERE peer = ? AND status = ?",
                   LoanStatus::locked, now, peer, LoanStatus::on_loan);
}

Result<void> remember_withdrawal(Transaction& tx, const MemberId& peer, const BasisId& basis, Timestamp now) {
  return tx.exec("INSERT OR IGNORE INTO withdrawals_in(peer, basis, at) VALUES (?, ?, ?)", peer, basis, now);
}

Result<bool> is_withdrawn(Transaction& tx, const MemberId& peer, const BasisId& basis) {
  KNOOP_LET(row, tx.one("SELECT 1 FROM withdrawals_in WHERE peer = ? AND basis = ?", peer, basis));
  return row.has_value();
}

Result<std::vector<Expired>> lock_expired(Transaction& tx, Date today, Timestamp now) {
  std::vector<Expired> expired;
  KNOOP_TRY(
      tx.each("SELECT client, peer, count(*) FROM received_fragments WHERE status = ? AND until < ? "
              "GROUP BY client, peer ORDER BY client, peer",
              LoanStatus::on_loan, today, [&](const Row& row) -> Result<void> {
                expired.push_back({row.get<std::string>(0), row.get<MemberId>(1), row.get<std::uint32_t>(2)});
                return {};
              }));
  KNOOP_TRY(tx.exec("UPDATE received_fragments SET status = ?, changed = ? WHERE status = ? AND until < ?",
                    LoanStatus::locked, now, LoanStatus::on_loan, today));
  return expired;
}

}  // namespace knoop::storage
