#include "storage/account_repository.h"

#include <fmt/ranges.h>

namespace knoop::storage {
namespace {

template <typename... Args>
Result<std::vector<StoredAccount>> accounts_where(Transaction& tx, std::string_view rest,
                                                  const Args&... args) {
  std::vector<StoredAccount> out;
  KNOOP_TRY(
      tx.each(fmt::format("SELECT name, display, role, salt, passes, memory, password, subject, factor, "
                          "factor_step, disabled, created, created_by, issuer FROM accounts {}",
                          rest),
              args..., [&](const Row& row) -> Result<void> {
                StoredAccount account;
                account.name = row.get<std::string>(0);
                account.display = row.get<std::string>(1);
                account.role = row.get<std::string>(2);
                if (!row.is_null(6))
                  account.password = StoredPassword{row.get<Argon2Salt>(3),
                                                    {row.get<std::uint32_t>(4), row.get<std::uint64_t>(5)},
                                                    row.get<SymmetricKey>(6)};
                account.subject = row.get<std::optional<std::string>>(7);
                if (!row.is_null(8)) account.factor = row.get<TotpSecret>(8);
                account.factor_step = row.get<std::uint64_t>(9);
                account.disabled = row.get<std::optional<Timestamp>>(10);
                account.created = row.get<Timestamp>(11);
                account.created_by = row.get<std::string>(12);
                account.issuer = row.get<std::optional<std::string>>(13);
                out.push_back(std::move(account));
                return {};
              }));
  return out;
}

Result<std::optional<StoredAccount>> first(Result<std::vector<StoredAccount>> found) {
  if (!found) return fail(found.error());
  if (found->empty()) return std::optional<StoredAccount>{};
  return std::optional(std::move(found->front()));
}

std::vector<std::string> words(std::string_view text) {
  std::vector<std::string> out;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(' '), text.size());
    if (end > 0) out.emplace_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

constexpr std::string_view key_columns = "id, name, role, scopes, created, created_by, ended";
StoredApiKey key_from(const Row& row) {
  return {row.get<std::int64_t>(0),
          row.get<std::string>(1),
          row.get<std::string>(2),
          words(row.get<std::string>(3)),
          row.get<Timestamp>(4),
          row.get<std::string>(5),
          row.get<std::optional<Timestamp>>(6)};
}

}  // namespace

Result<std::optional<StoredAccount>> find_account(Transaction& tx, std::string_view name) {
  return first(accounts_where(tx, "WHERE name = ?", name));
}

Result<std::optional<StoredAccount>> find_account_of_subject(Transaction& tx, std::string_view issuer,
                                                             std::string_view subject) {
  return first(accounts_where(tx, "WHERE issuer = ? AND subject = ?", issuer, subject));
}

Result<std::vector<StoredAccount>> list_accounts(Transaction& tx) {
  return accounts_where(tx, "ORDER BY name");
}

Result<void> put_account(Transaction& tx, const StoredAccount& account) {
  KNOOP_TRY(
      tx.exec("INSERT OR REPLACE INTO accounts(name, display, role, issuer, subject, factor_step, disabled, "
              "created, created_by) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
              account.name, account.display, account.role, account.issuer, account.subject,
              account.factor_step, account.disabled, account.created, account.created_by));
  if (account.password)
    KNOOP_TRY(tx.exec("UPDATE accounts SET salt = ?, passes = ?, memory = ?, password = ? WHERE name = ?",
                      account.password->salt, account.password->params.passes,
                      account.password->params.memory_bytes, account.password->hash, account.name));
  if (account.factor)
    KNOOP_TRY(tx.exec("UPDATE accounts SET factor = ? WHERE name = ?", *account.factor, account.name));
  return {};
}

Result<SignInAttempts> sign_in_attempts(Transaction& tx, const Hash256& name) {
  KNOOP_LET(row, tx.one("SELECT attempts, not_before FROM sign_in_attempts WHERE name = ?", name));
  if (!row) return SignInAttempts{};
  return SignInAttempts{row->get<std::int64_t>(0), row->get<Timestamp>(1)};
}

Result<void> put_sign_in_attempts(Transaction& tx, const Hash256& name, const SignInAttempts& attempts) {
  return tx.exec("INSERT OR REPLACE INTO sign_in_attempts(name, attempts, not_before) VALUES (?, ?, ?)", name,
                 attempts.attempts, attempts.not_before);
}

Result<void> forget_sign_in_attempts(Transaction& tx, Timestamp before) {
  return tx.exec("DELETE FROM sign_in_attempts WHERE not_before < ?", before);
}

Result<void> clear_sign_in_attempts(Transaction& tx, const Hash256& name) {
  return tx.exec("DELETE FROM sign_in_attempts WHERE name = ?", name);
}

Result<std::int64_t> add_api_key(Transaction& tx, const StoredApiKey& key, const Hash256& hash) {
  return tx.insert(
      "INSERT INTO api_keys(name, role, scopes, hash, created, created_by) VALUES (?, ?, ?, ?, ?, ?)",
      key.name, key.role, fmt::format("{}", fmt::join(key.scopes, " ")), hash, key.created, key.created_by);
}

Result<std::optional<StoredApiKey>> find_api_key(Transaction& tx, const Hash256& hash) {
  KNOOP_LET(row, tx.one(fmt::format("SELECT {} FROM api_keys WHERE hash = ? AND ended IS NULL", key_columns),
                        hash));
  if (!row) return std::optional<StoredApiKey>{};
  return std::optional(key_from(*row));
}

Result<std::vector<StoredApiKey>> list_api_keys(Transaction& tx) {
  std::vector<StoredApiKey> out;
  KNOOP_TRY(tx.each(fmt::format("SELECT {} FROM api_keys ORDER BY id DESC", key_columns),
                    [&](const Row& row) -> Result<void> {
                      out.push_back(key_from(row));
                      return {};
                    }));
  return out;
}

Result<bool> end_api_key(Transaction& tx, std::int64_t id, std::string_view by, Timestamp now) {
  KNOOP_LET(ended, tx.change("UPDATE api_keys SET ended = ?, ended_by = ? WHERE id = ? AND ended IS NULL",
                             now, by, id));
  return ended > 0;
}

}  // namespace knoop::storage
