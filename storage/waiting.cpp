#include "storage/waiting.h"

#include "storage/sealed_row.h"

namespace knoop::storage {
namespace {

constexpr std::string_view key_name = "channel.waiting-key";

Result<std::optional<VaultKeyId>> current_key(Transaction& tx) {
  KNOOP_LET(row, tx.one("SELECT value FROM meta WHERE key = ?", key_name));
  if (!row) return std::optional<VaultKeyId>{};
  const auto id = row->get<VaultKeyId>(0);
  // In an old copy of the records it may be one that was destroyed since.
  KNOOP_LET(there, tx.vault().has(id));
  return there ? std::optional(id) : std::nullopt;
}

Result<VaultKeyId> new_key(Transaction& tx) {
  KNOOP_LET(id, tx.vault().make_key());
  KNOOP_TRY(tx.exec("INSERT OR REPLACE INTO meta(key, value) VALUES (?, ?)", key_name, id));
  return id;
}

Bytes name_of(const WaitingBody& where) {
  Bytes name = to_bytes(where.peer.view());
  append_u64(name, static_cast<std::uint64_t>(where.type));
  return name;
}

/// One table's rows under this key, under another.
Result<void> reseal(Transaction& tx, std::string_view table, const VaultKeyId& from, const VaultKeyId& to) {
  std::vector<std::int64_t> ids;
  KNOOP_TRY(tx.each(fmt::format("SELECT id, type FROM {} WHERE substr(body, 1, 16) = ?", table), from,
                    [&](const Row& row) -> Result<void> {
                      if (carries_people(static_cast<MessageType>(row.get<std::uint16_t>(1))))
                        ids.push_back(row.get<std::int64_t>(0));
                      return {};
                    }));
  for (const std::int64_t id : ids) {
    KNOOP_LET(row, tx.one(fmt::format("SELECT peer, type, body FROM {} WHERE id = ?", table), id));
    const WaitingBody where{table, row->get<MemberId>(0),
                            static_cast<MessageType>(row->get<std::uint16_t>(1))};
    KNOOP_LET(body, open_waiting(tx, where, row->get<ByteView>(2)));
    if (!body) continue;
    const Bytes name = name_of(where);
    const auto sealed = tx.vault().seal(to, {table, name}, *body);
    wipe(body->data(), body->size());
    if (!sealed) return fail(sealed.error());
    KNOOP_TRY(tx.exec(fmt::format("UPDATE {} SET body = ? WHERE id = ?", table), *sealed, id));
  }
  return {};
}

}  // namespace

bool carries_people(MessageType type) {
  switch (type) {
    case MessageType::match_choice:
    case MessageType::match_notice:
    case MessageType::match_outcome:
    case MessageType::fragment_request:
    case MessageType::fragment_refusal:
    case MessageType::release_offer:
    case MessageType::release_receipt:
    case MessageType::release_key:
    case MessageType::release_cancelled:
    case MessageType::consent_state_request:
    case MessageType::consent_state:
    case MessageType::consent_withdrawn:
    case MessageType::withdrawal_applied:
    case MessageType::destruction_order:
    case MessageType::destruction_proof:
    case MessageType::fragment_corrected:
    case MessageType::attachment_wanted:
    case MessageType::attachment_piece:
    case MessageType::consent_statement:
    case MessageType::handover_event:
    case MessageType::handover_state:
    case MessageType::handover_told:
      return true;
    case MessageType::hello:
    case MessageType::ack:
    case MessageType::reseal:
    case MessageType::card_push:
    case MessageType::convenant_push:
    case MessageType::epoch_open:
    case MessageType::epoch_complete:
    case MessageType::register_batch:
    case MessageType::evaluated:
    case MessageType::proof_request:
    case MessageType::proof:
    case MessageType::withdraw:
    case MessageType::withdraw_applied:
    case MessageType::match_claim:
    case MessageType::match_answer:
    case MessageType::match_receipt:
    case MessageType::register_refused:
    case MessageType::epoch_statement:
    case MessageType::epoch_ended:
    case MessageType::answer_overdue:
    case MessageType::batch_closed:
    case MessageType::log_head:
    case MessageType::cosignature:
    case MessageType::log_proof:
      return false;
  }
  return true;
}

Result<Bytes> seal_waiting(Transaction& tx, const WaitingBody& where, ByteView body) {
  if (!carries_people(where.type)) return to_bytes(body);
  KNOOP_LET(key, current_key(tx));
  if (!key) {
    KNOOP_LET(made, new_key(tx));
    key = made;
  }
  const Bytes name = name_of(where);
  return tx.vault().seal(*key, {where.table, name}, body);
}

Result<std::optional<Bytes>> open_waiting(Transaction& tx, const WaitingBody& where, ByteView stored) {
  if (!carries_people(where.type)) return std::optional(to_bytes(stored));
  const Bytes name = name_of(where);
  return tx.vault().open({where.table, name}, stored);
}

Result<void> renew_waiting_key(Transaction& tx, Timestamp now) {
  KNOOP_LET(old, current_key(tx));
  if (!old) return {};
  KNOOP_LET(fresh, new_key(tx));
  for (const std::string_view table : {"outbox", "dead_letter"}) KNOOP_TRY(reseal(tx, table, *old, fresh));
  return tx.vault().erase(tx, *old, now);
}

}  // namespace knoop::storage
