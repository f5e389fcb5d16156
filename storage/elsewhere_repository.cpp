#include "storage/elsewhere_repository.h"

#include "storage/sealed_row.h"

namespace knoop::storage {
namespace {

tl::unexpected<Error> damaged() {
  return fail(ErrorCode::damaged_database, Side::ours,
              "a stored word of another member about a consent cannot be read; restore the database");
}

template <typename T>
Result<T> stored(ByteView bytes) {
  auto value = decode<T>(bytes);
  if (!value) return damaged();
  return std::move(*value);
}

constexpr std::string_view table = "consents_elsewhere";
constexpr std::string_view columns = "recorder, client, sealed, received, withdrawn, used, consent";

/// Nothing when its client was destroyed.
Result<std::optional<ElsewhereConsent>> elsewhere_from(Transaction& tx, const Row& row) {
  ElsewhereConsent out;
  out.recorder = row.get<MemberId>(0);
  out.client = row.get<std::string>(1);
  const auto id = row.get<BasisId>(6);
  KNOOP_LET(statement, open_row<exchange::ConsentStatement>(tx, {table, id.view()}, row.get<ByteView>(2)));
  if (!statement) return std::optional<ElsewhereConsent>{};
  KNOOP_LET(said, stored<exchange::StatementBody>(statement->body));
  out.statement = std::move(*statement);
  out.said = std::move(said);
  out.received = row.get<Timestamp>(3);
  out.withdrawn = row.get<std::optional<Timestamp>>(4);
  out.used = row.get<std::optional<Timestamp>>(5);
  return std::optional(std::move(out));
}

Result<ConsentAsk> ask_from(const Row& row) {
  ConsentAsk out;
  out.peer = row.get<MemberId>(0);
  out.recorder = row.get<MemberId>(1);
  KNOOP_LET(request, stored<exchange::ConsentStateRequest>(row.get<ByteView>(2)));
  out.request = std::move(request);
  out.asked = row.get<Timestamp>(3);
  out.answered = row.get<std::optional<Timestamp>>(4);
  if (!row.is_null(5)) {
    KNOOP_LET(state, stored<exchange::ConsentState>(row.get<ByteView>(5)));
    out.state = std::move(state);
  }
  return out;
}

template <typename... Args>
Result<std::vector<ConsentAsk>> asks_where(Transaction& tx, std::string_view condition, const Args&... args) {
  std::vector<ConsentAsk> out;
  KNOOP_TRY(tx.each(fmt::format("SELECT peer, recorder, request, asked, answered, state FROM consent_asks "
                                "WHERE {} ORDER BY peer, exchange, recorder",
                                condition),
                    args..., [&](const Row& row) -> Result<void> {
                      KNOOP_LET(ask, ask_from(row));
                      out.push_back(std::move(ask));
                      return {};
                    }));
  return out;
}

}  // namespace

Result<void> add_told(Transaction& tx, const BasisId& consent, const MemberId& peer, Timestamp now) {
  return tx.exec("INSERT OR IGNORE INTO consents_told(consent, peer, sent) VALUES (?, ?, ?)", consent, peer,
                 now);
}

Result<bool> was_told(Transaction& tx, const BasisId& consent, const MemberId& peer) {
  KNOOP_LET(row, tx.one("SELECT 1 FROM consents_told WHERE consent = ? AND peer = ?", consent, peer));
  return row.has_value();
}

Result<std::vector<MemberId>> told_of(Transaction& tx, const BasisId& consent) {
  std::vector<MemberId> out;
  KNOOP_TRY(tx.each("SELECT peer FROM consents_told WHERE consent = ? ORDER BY peer", consent,
                    [&](const Row& row) -> Result<void> {
                      out.push_back(row.get<MemberId>(0));
                      return {};
                    }));
  return out;
}

Result<void> add_elsewhere(Transaction& tx, const ElsewhereConsent& consent) {
  KNOOP_LET(sealed, seal_row(tx, consent.client, {table, consent.said.consent.view()}, consent.statement));
  return tx.exec(
      "INSERT INTO consents_elsewhere(consent, recorder, client, sealed, received) VALUES (?, ?, ?, ?, ?)",
      consent.said.consent, consent.recorder, consent.client, sealed, consent.received);
}

Result<std::optional<ElsewhereConsent>> find_elsewhere(Transaction& tx, const BasisId& consent) {
  KNOOP_LET(row,
            tx.one(fmt::format("SELECT {} FROM consents_elsewhere WHERE consent = ?", columns), consent));
  if (!row) return std::optional<ElsewhereConsent>{};
  return elsewhere_from(tx, *row);
}

Result<std::vector<ElsewhereConsent>> elsewhere_of(Transaction& tx, std::string_view client,
                                                   const ElsewhereAfter& page) {
  const auto [received, consent] = page.keys();
  std::vector<ElsewhereConsent> out;
  KNOOP_TRY(tx.each(
      fmt::format(
          "SELECT {} FROM consents_elsewhere WHERE client = ? AND (NOT ? OR (received, consent) > (?, ?)) "
          "ORDER BY received, consent LIMIT ?",
          columns),
      client, page.after.has_value(), received, consent, page.limit, [&](const Row& row) -> Result<void> {
        KNOOP_LET(one, elsewhere_from(tx, row));
        if (one) out.push_back(std::move(*one));
        return {};
      }));
  return out;
}

Result<bool> elsewhere_between(Transaction& tx, std::string_view client, const MemberId& recorder) {
  KNOOP_LET(count, count_elsewhere(tx, client, recorder));
  return count > 0;
}

Result<std::int64_t> count_elsewhere(Transaction& tx, std::string_view client, const MemberId& recorder) {
  KNOOP_LET(row, tx.one("SELECT count(*) FROM consents_elsewhere WHERE client = ? AND recorder = ?", client,
                        recorder));
  return row->get<std::int64_t>(0);
}

Result<void> set_elsewhere_withdrawn(Transaction& tx, const BasisId& consent, Timestamp now) {
  return tx.exec("UPDATE consents_elsewhere SET withdrawn = ? WHERE consent = ? AND withdrawn IS NULL", now,
                 consent);
}

Result<void> set_elsewhere_used(Transaction& tx, const BasisId& consent, Timestamp now) {
  return tx.exec("UPDATE consents_elsewhere SET used = ? WHERE consent = ? AND used IS NULL", now, consent);
}

Result<void> put_ask(Transaction& tx, const ConsentAsk& ask) {
  return tx.exec(
      "INSERT OR REPLACE INTO consent_asks(peer, exchange, recorder, request, asked, answered, state) "
      "VALUES (?, ?, ?, ?, ?, ?, ?)",
      ask.peer, ask.request.exchange, ask.recorder, encode(ask.request), ask.asked, ask.answered,
      ask.state ? std::optional(encode(*ask.state)) : std::nullopt);
}

Result<std::vector<ConsentAsk>> asks_of(Transaction& tx, const MemberId& peer, const ExchangeId& exchange) {
  return asks_where(tx, "peer = ? AND exchange = ?", peer, exchange);
}

Result<std::vector<ConsentAsk>> asks_to(Transaction& tx, const MemberId& recorder,
                                        const ExchangeId& exchange) {
  return asks_where(tx, "recorder = ? AND exchange = ?", recorder, exchange);
}

}  // namespace knoop::storage
