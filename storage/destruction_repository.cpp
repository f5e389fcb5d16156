#include "storage/destruction_repository.h"

#include "storage/sealed_row.h"

namespace knoop::storage {
namespace {

struct SealedReason {
  std::string reason;

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    archive(bounded(self.reason, 4000));
  }
};

constexpr std::string_view columns =
    "id, client, fragment, ground, sealed, fingerprint, state, asked_by, asked, approved_by, approved, "
    "ordered, fields, done, incarnation, entry, leaf, waits_for";

Result<Destruction> destruction_from(Transaction& tx, const Row& row) {
  Destruction out;
  out.id = row.get<DestructionId>(0);
  out.client = row.get<std::optional<std::string>>(1).value_or("");
  out.fragment = row.get<std::optional<FragmentId>>(2);
  out.ground = row.get<DestructionGround>(3);
  if (!row.is_null(4)) {
    KNOOP_LET(words, open_row<SealedReason>(tx, {"destructions", out.id.view()}, row.get<ByteView>(4)));
    if (words) out.reason = std::move(words->reason);
  }
  out.fingerprint = row.get<Hash256>(5);
  out.state = row.get<DestructionState>(6);
  out.asked_by = row.get<std::string>(7);
  out.asked = row.get<Timestamp>(8);
  out.approved_by = row.get<std::string>(9);
  out.approved = row.get<std::optional<Timestamp>>(10);
  out.ordered = row.get<std::optional<Timestamp>>(11);
  out.fields = row.get<std::int64_t>(12);
  out.done = row.get<std::optional<Timestamp>>(13);
  if (!row.is_null(15))
    out.entry =
        exchange::LogReference{row.get<std::uint32_t>(14), row.get<std::uint64_t>(15), row.get<Hash256>(16)};
  out.waits_for = row.get<std::string>(17);
  return out;
}

template <typename... Args>
Result<std::vector<Destruction>> destructions(Transaction& tx, std::string_view rest, const Args&... args) {
  std::vector<Destruction> out;
  KNOOP_TRY(tx.each(fmt::format("SELECT {} FROM destructions {}", columns, rest), args...,
                    [&](const Row& row) -> Result<void> {
                      KNOOP_LET(one, destruction_from(tx, row));
                      out.push_back(std::move(one));
                      return {};
                    }));
  return out;
}

constexpr std::string_view order_columns =
    "destruction, peer, exchange, given, sent, answered, ifnull(destroyed, 0), ifnull(kept, 0), proof, "
    "overdue IS NOT NULL AND answered IS NULL";

Result<DestructionOrderOut> order_from(const Row& row) {
  DestructionOrderOut out;
  out.destruction = row.get<DestructionId>(0);
  out.peer = row.get<MemberId>(1);
  out.exchange = row.get<ExchangeId>(2);
  out.given = row.get<std::uint16_t>(3);
  out.sent = row.get<Timestamp>(4);
  out.answered = row.get<std::optional<Timestamp>>(5);
  out.destroyed = row.get<std::uint16_t>(6);
  out.kept = row.get<std::uint16_t>(7);
  if (!row.is_null(8)) {
    auto proof = decode<erasure::DestructionProof>(row.get<ByteView>(8));
    if (!proof)
      return fail(ErrorCode::damaged_database, Side::ours,
                  "a stored proof of destruction cannot be read; restore the database");
    out.proof = std::move(*proof);
  }
  out.overdue = row.get<bool>(9);
  return out;
}

template <typename... Args>
Result<std::vector<DestructionOrderOut>> orders(Transaction& tx, std::string_view rest, const Args&... args) {
  std::vector<DestructionOrderOut> out;
  KNOOP_TRY(tx.each(fmt::format("SELECT {} FROM destruction_orders {}", order_columns, rest), args...,
                    [&](const Row& row) -> Result<void> {
                      KNOOP_LET(one, order_from(row));
                      out.push_back(std::move(one));
                      return {};
                    }));
  return out;
}

}  // namespace

std::string_view to_string(DestructionGround ground) {
  switch (ground) {
    case DestructionGround::retention:
      return "bewaartermijn";
    case DestructionGround::request:
      return "verzoek";
    case DestructionGround::mistake:
      return "onterecht";
  }
  return "";
}

std::optional<DestructionGround> destruction_ground_from(std::string_view text) {
  for (const auto ground :
       {DestructionGround::retention, DestructionGround::request, DestructionGround::mistake})
    if (text == to_string(ground)) return ground;
  return std::nullopt;
}

std::string_view to_string(DestructionState state) {
  switch (state) {
    case DestructionState::asked:
      return "gevraagd";
    case DestructionState::approved:
      return "goedgekeurd";
    case DestructionState::done:
      return "vernietigd";
    case DestructionState::cancelled:
      return "ingetrokken";
  }
  return "";
}

Result<void> put_destruction(Transaction& tx, const Destruction& d) {
  std::optional<Bytes> sealed;
  if (!d.client.empty()) {
    KNOOP_LET(bytes, seal_row(tx, d.client, {"destructions", d.id.view()}, SealedReason{d.reason}));
    sealed = std::move(bytes);
  }
  std::optional<std::uint32_t> incarnation;
  std::optional<std::uint64_t> entry;
  std::optional<Hash256> leaf;
  if (d.entry) {
    incarnation = d.entry->incarnation;
    entry = d.entry->index;
    leaf = d.entry->leaf;
  }
  return tx.exec(
      "INSERT INTO destructions(id, client, fragment, ground, sealed, fingerprint, state, asked_by, "
      "asked, approved_by, approved, ordered, fields, done, incarnation, entry, leaf, waits_for) "
      "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18) "
      "ON CONFLICT(id) DO UPDATE SET client = ?2, sealed = ?5, state = ?7, approved_by = ?10, approved = "
      "?11, "
      "ordered = ?12, fields = ?13, done = ?14, incarnation = ?15, entry = ?16, leaf = ?17, waits_for = ?18",
      d.id, d.client.empty() ? std::nullopt : std::optional(d.client), d.fragment, d.ground, sealed,
      d.fingerprint, d.state, d.asked_by, d.asked, d.approved_by, d.approved, d.ordered, d.fields, d.done,
      incarnation, entry, leaf, d.waits_for);
}

Result<std::optional<Destruction>> find_destruction(Transaction& tx, const DestructionId& id) {
  KNOOP_LET(found, destructions(tx, "WHERE id = ?", id));
  return found.empty() ? std::nullopt : std::optional(std::move(found.front()));
}

Result<std::vector<Destruction>> list_destructions(Transaction& tx, const DestructionsAfter& page) {
  const auto [asked, id] = page.keys();
  return destructions(
      tx, "WHERE NOT ?1 OR asked < ?2 OR (asked = ?2 AND id > ?3) ORDER BY asked DESC, id LIMIT ?4",
      page.after.has_value(), asked, id, page.limit);
}

Result<std::vector<Destruction>> destructions_in(Transaction& tx, DestructionState state) {
  return destructions(tx, "WHERE state = ? ORDER BY asked, id", state);
}

Result<std::vector<Destruction>> open_destructions_of(Transaction& tx, std::string_view client) {
  return destructions(tx, "WHERE client = ? AND state IN (1, 2) ORDER BY asked, id", client);
}

Result<void> forget_client_of_destructions(Transaction& tx, std::string_view client) {
  return tx.exec(
      "UPDATE destructions SET client = NULL, sealed = NULL, state = iif(state = 3, 3, 4) WHERE client = ?",
      client);
}

Result<void> put_order(Transaction& tx, const DestructionOrderOut& order) {
  std::optional<Bytes> proof;
  if (order.proof) proof = encode(*order.proof);
  return tx.exec(
      "INSERT INTO destruction_orders(destruction, peer, exchange, given, sent, answered, destroyed, kept, "
      "proof, "
      "overdue) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, iif(?10, ?5, NULL)) "
      "ON CONFLICT(destruction, peer, exchange) DO UPDATE SET answered = ?6, destroyed = ?7, kept = ?8, "
      "proof = ?9, overdue = iif(?10, ?5, overdue)",
      order.destruction, order.peer, order.exchange, order.given, order.sent, order.answered, order.destroyed,
      order.kept, proof, order.overdue);
}

Result<std::optional<DestructionOrderOut>> find_order(Transaction& tx, const DestructionId& id,
                                                      const MemberId& peer, const ExchangeId& exchange) {
  KNOOP_LET(found, orders(tx, "WHERE destruction = ? AND peer = ? AND exchange = ?", id, peer, exchange));
  return found.empty() ? std::nullopt : std::optional(std::move(found.front()));
}

Result<std::vector<DestructionOrderOut>> orders_of(Transaction& tx, const DestructionId& id) {
  return orders(tx, "WHERE destruction = ? ORDER BY peer, exchange", id);
}

Result<std::vector<DestructionOrderOut>> orders_overdue(Transaction& tx, Timestamp term) {
  return orders(tx, "WHERE answered IS NULL AND overdue IS NULL AND sent < ? ORDER BY sent LIMIT 100", term);
}

Result<DestructionCounts> count_destructions(Transaction& tx) {
  KNOOP_LET(row, tx.one("SELECT (SELECT count(*) FROM destructions WHERE state = 1), "
                        "(SELECT count(*) FROM destructions WHERE state = 2), "
                        "(SELECT count(*) FROM destruction_orders WHERE answered IS NULL), "
                        "(SELECT count(*) FROM destruction_orders WHERE answered IS NULL AND overdue IS NOT "
                        "NULL)"));
  return DestructionCounts{row->get<std::int64_t>(0), row->get<std::int64_t>(1), row->get<std::int64_t>(2),
                           row->get<std::int64_t>(3)};
}

}  // namespace knoop::storage
