// Accounts of people and keys of programs. Rows only: who may sign in, and when, is node/core/sign_in.h's.
//
// A password is here as its Argon2id hash with its own salt, an API key as a SHA-256 hash of 32 random bytes, the TOTP
// secret as it is: codes cannot be checked otherwise. All of it lies in the encrypted database.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "crypto/argon2id.h"
#include "crypto/totp.h"
#include "storage/database.h"

namespace knoop::storage {

struct StoredPassword {
  Argon2Salt salt;
  Argon2Params params;
  SymmetricKey hash;
};

struct StoredAccount {
  std::string name;
  std::string display;
  std::string role;
  std::optional<StoredPassword> password;
  std::optional<std::string> issuer;   ///< The identity provider that knows the person…
  std::optional<std::string> subject;  ///< …and how: the two are there or not together.
  std::optional<TotpSecret> factor;
  std::uint64_t factor_step = 0;
  std::optional<Timestamp> disabled;
  Timestamp created;
  std::string created_by;
};
[[nodiscard]] Result<std::optional<StoredAccount>> find_account(Transaction& tx, std::string_view name);
[[nodiscard]] Result<std::optional<StoredAccount>> find_account_of_subject(Transaction& tx,
                                                                           std::string_view issuer,
                                                                           std::string_view subject);
/// By name.
[[nodiscard]] Result<std::vector<StoredAccount>> list_accounts(Transaction& tx);
/// All of the row, new or not.
[[nodiscard]] Result<void> put_account(Transaction& tx, const StoredAccount& account);

struct SignInAttempts {
  std::int64_t attempts = 0;
  Timestamp not_before;
};
[[nodiscard]] Result<SignInAttempts> sign_in_attempts(Transaction& tx, const Hash256& name);
[[nodiscard]] Result<void> put_sign_in_attempts(Transaction& tx, const Hash256& name,
                                                const SignInAttempts& attempts);
/// Names that were typed before `before` and not since, so that what strangers type does not gather.
[[nodiscard]] Result<void> forget_sign_in_attempts(Transaction& tx, Timestamp before);
[[nodiscard]] Result<void> clear_sign_in_attempts(Transaction& tx, const Hash256& name);

struct StoredApiKey {
  std::int64_t id = 0;
  std::string name;
  std::string role;
  std::vector<std::string> scopes;
  Timestamp created;
  std::string created_by;
  std::optional<Timestamp> ended;
};
[[nodiscard]] Result<std::int64_t> add_api_key(Transaction& tx, const StoredApiKey& key, const Hash256& hash);
/// Those that have not ended.
[[nodiscard]] Result<std::optional<StoredApiKey>> find_api_key(Transaction& tx, const Hash256& hash);
/// Newest first, ended ones too.
[[nodiscard]] Result<std::vector<StoredApiKey>> list_api_keys(Transaction& tx);
/// False when there is none with this id that has not ended.
[[nodiscard]] Result<bool> end_api_key(Transaction& tx, std::int64_t id, std::string_view by, Timestamp now);

}  // namespace knoop::storage
