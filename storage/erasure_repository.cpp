#include "storage/erasure_repository.h"

#include <array>

#include "storage/answer_repository.h"
#include "storage/receipt_repository.h"
#include "storage/waiting.h"

namespace knoop::storage {
namespace {

/// Every table that names a client by our reference. What hangs on its rows goes with them.
constexpr std::array by_ref{
    // What came about one of its cases and could not be applied blocks on; nobody needs its words any more.
    "UPDATE dead_letter SET body = x'' WHERE subject IN (SELECT id FROM handovers WHERE client = ?1 UNION "
    "ALL "
    "SELECT exchange FROM releases WHERE client = ?1 UNION ALL SELECT exchange FROM acquisitions WHERE "
    "client = ?1)",
    "DELETE FROM corrections_in WHERE (peer, exchange) IN (SELECT peer, exchange FROM acquisitions WHERE "
    "client = ?)",
    "DELETE FROM consent_asks WHERE (peer, exchange) IN (SELECT peer, exchange FROM releases WHERE client = "
    "?)",
    "DELETE FROM consents_told WHERE consent IN (SELECT id FROM consents WHERE client = ?)",
    "DELETE FROM consents_elsewhere WHERE client = ?",
    "DELETE FROM emergency_reads WHERE client = ?",
    "DELETE FROM received_fragments WHERE client = ?",
    "DELETE FROM acquisitions WHERE client = ?",
    "DELETE FROM attachments_out WHERE (peer, exchange) IN (SELECT peer, exchange FROM releases WHERE client "
    "= "
    "?)",
    "DELETE FROM attachment_uploads WHERE client = ?",
    "UPDATE attachment_files SET dropped = 1, client = '' WHERE client = ?",
    "DELETE FROM releases WHERE client = ?",
    "DELETE FROM responsibles WHERE client = ?",
    "DELETE FROM aftercare WHERE client = ?",
    "DELETE FROM consents WHERE client = ?",
    "DELETE FROM grounds WHERE client = ?",
    "DELETE FROM handovers WHERE client = ?",
    "DELETE FROM doubted_clients WHERE client = ?",
    "DELETE FROM hints WHERE client = ?",
    "DELETE FROM lookups WHERE client = ?",
    "DELETE FROM last_references WHERE reference = ?",
    "DELETE FROM clients WHERE ref = ?",
};

constexpr std::array waited{
    "DELETE FROM outbox WHERE substr(body, 1, 16) = ?",
    "UPDATE dead_letter SET body = x'' WHERE substr(body, 1, 16) = ?",
    "DELETE FROM import_staging WHERE job IN (SELECT id FROM import_jobs WHERE key = ?)",
    "DELETE FROM import_readers WHERE job IN (SELECT id FROM import_jobs WHERE key = ?)",
};

Result<void> delete_rows(Transaction& tx, std::string_view ref, const VaultKeyId& key, Timestamp now) {
  KNOOP_TRY(keep_receipts(tx, ref, now));
  KNOOP_TRY(
      tx.exec("DELETE FROM corrections_due WHERE fragment IN (SELECT f.id FROM fragments AS f "
              "JOIN clients AS c ON c.id = f.client WHERE c.ref = ?)",
              ref));
  for (const char* sql : by_ref) KNOOP_TRY(tx.exec(sql, ref));
  // Nothing can open these any more; those that were sealed to the auditor stay.
  return tx.exec("DELETE FROM ended_handles WHERE sealed IS NULL AND substr(value, 1, 16) = ?", key);
}

}  // namespace

Result<void> erase_client(Transaction& tx, std::string_view ref, Timestamp now) {
  KNOOP_LET(key, tx.vault().find_key(ref));
  if (!key) return fail(ErrorCode::not_found, Side::user, "there is no client with this reference");
  KNOOP_TRY(delete_rows(tx, ref, *key, now));
  KNOOP_TRY(renew_waiting_key(tx, now));
  KNOOP_TRY(forget_answers(tx, now));
  return tx.vault().erase(tx, *key, now);
}

Result<bool> erase_fragment(Transaction& tx, const FragmentId& id) {
  KNOOP_TRY(
      tx.exec("DELETE FROM corrections_due WHERE fragment = ?1 OR fragment IN (SELECT id FROM fragments "
              "WHERE parent = ?1)",
              id));
  KNOOP_TRY(tx.exec("DELETE FROM fragments WHERE parent = ?", id));
  KNOOP_LET(gone, tx.change("DELETE FROM fragments WHERE id = ?", id));
  return gone > 0;
}

Result<bool> awaits_openings(Transaction& tx, records::ClientId client) {
  KNOOP_LET(row, tx.one("SELECT 1 FROM ended_handles AS e JOIN matching_pairs AS p ON p.id = e.pair WHERE "
                        "e.sealed IS NULL AND p.key IS NOT NULL AND substr(e.value, 1, 16) = "
                        "(SELECT key FROM clients WHERE id = ?) LIMIT 1",
                        client));
  return row.has_value();
}

Result<bool> still_matched(Transaction& tx, records::ClientId client) {
  KNOOP_LET(row, tx.one("SELECT 1 FROM client_identifiers WHERE client = ?1 UNION ALL "
                        "SELECT 1 FROM matching_dirty WHERE client = ?1 UNION ALL "
                        "SELECT 1 FROM touched_clients WHERE client = ?1 UNION ALL "
                        "SELECT 1 FROM matches WHERE client = ?1 AND ended IS NULL LIMIT 1",
                        client));
  return row.has_value();
}

Result<std::int64_t> sweep_erased(Transaction& tx, Timestamp now) {
  KNOOP_LET(journal, tx.vault().journal());
  std::int64_t found = 0;
  for (const VaultKeyId& key : journal) {
    KNOOP_LET(known, tx.one("SELECT 1 FROM erased_keys WHERE key = ?", key));
    if (known) continue;
    KNOOP_LET(client, tx.one("SELECT ref FROM clients WHERE key = ?", key));
    if (client) {
      ++found;
      KNOOP_TRY(delete_rows(tx, client->get<std::string>(0), key, now));
    }
    KNOOP_TRY(
        tx.exec("INSERT OR IGNORE INTO swept_entries(incarnation, number) SELECT incarnation, number FROM "
                "audit_entries WHERE personal IS NOT NULL AND substr(personal, 1, 16) = ?",
                key));
    KNOOP_TRY(
        tx.exec("UPDATE audit_entries SET personal = NULL, client = NULL WHERE personal IS NOT NULL AND "
                "substr(personal, 1, 16) = ?",
                key));
    // What waited under it is no message any more, and an import whose rows are gone cannot go on.
    for (const char* sql : waited) KNOOP_TRY(tx.exec(sql, key));
    KNOOP_TRY(tx.vault().erase(tx, key, now));
  }
  return found;
}

}  // namespace knoop::storage
