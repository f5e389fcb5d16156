// Accounts of people and keys of programs (docs/spec/api.md): who may sign in (sign_in.h), and what programs may do. For
// administrators; every change and every look is logged.
//
// Passwords are 12 to 1,024 bytes of UTF-8; nothing else is asked of them (NIST SP 800-63B section 5.1.1). They are kept as
// Argon2id hashes. An account can be of somebody whom the organisation's identity provider knows (`issuer` and `subject`): who signs
// in there is that account (sign_in.h). Nobody gets an account by signing in.
//
// Whatever is changed of an account ends its sessions: what was true when they began is true no longer. The key of a program
// is shown once and kept as a hash.
//
// Errors, all the user's: bad_value (what is no name, password or scope), conflict (the name or person is taken), not_found,
// forbidden (the own role or account).
#pragma once

#include "node/core/sign_in.h"

namespace knoop {

/// Less than for the database: it is checked at every sign-in, and an attacker needs the opened database to begin.
constexpr Argon2Params argon2_of_accounts{3, 64ULL << 20U};
constexpr std::size_t shortest_password = 12;
constexpr std::size_t longest_password = 1024;

/// bad_value (user) when it may not be one.
[[nodiscard]] Result<void> check_password(ByteView password);
/// Slow: beside the core thread.
[[nodiscard]] Result<storage::StoredPassword> hash_password(ByteView password, const Argon2Salt& salt,
                                                            const Argon2Params& params = argon2_of_accounts);

struct NewAccount {
  std::string name;
  std::string display;
  Role role = Role::monitor;
  std::optional<storage::StoredPassword> password;
  std::optional<std::string> issuer{};
  std::optional<std::string> subject{};  ///< With `issuer`, or neither.
};
/// A name is 1 to 64 letters, digits, '-', '.', '_' or '@'. conflict when it is taken.
[[nodiscard]] Result<void> create_account(Context& context, NewAccount account);
struct AccountChange {
  std::optional<Role> role{};
  std::optional<bool> disabled{};
  std::optional<storage::StoredPassword> password{};
  bool remove_factor = false;
};
/// Ends its sessions. An administrator cannot take away the role or account with which he does it: somebody must be left.
[[nodiscard]] Result<void> change_account(Context& context, SignInService& sign_in, const std::string& name,
                                          AccountChange change);
[[nodiscard]] Result<std::vector<storage::StoredAccount>> read_accounts(Context& context);

/// How the people of this organisation are called, also those who left: what they did shows their name and not their account alone.
/// Nothing else of an account, so reading it is not logged.
struct Colleague {
  std::string account;
  std::string display;
};
[[nodiscard]] Result<std::vector<Colleague>> colleagues(Context& context);

// ---- keys of programs

using ApiKeySecret = Secret<struct ApiKeySecretTag, 32>;

/// A program may do what its role may, as far as a scope names it: "involvements:write" is every request under
/// /api/v1/involvements, "involvements:read" every GET there.
struct NewApiKey {
  std::string name;
  Role role = Role::service;
  std::vector<std::string> scopes;
};
/// The secret is shown once and kept as a hash.
[[nodiscard]] Result<std::pair<std::int64_t, ApiKeySecret>> create_api_key(Context& context, NewApiKey key);
[[nodiscard]] Result<void> end_api_key(Context& context, std::int64_t id);
[[nodiscard]] Result<std::vector<storage::StoredApiKey>> read_api_keys(Context& context);
[[nodiscard]] Result<std::optional<storage::StoredApiKey>> find_api_key(Context& context, ByteView secret);
/// `noun` is what follows /api/v1/ in an address.
[[nodiscard]] bool in_scope(const storage::StoredApiKey& key, std::string_view noun, bool reads);

}  // namespace knoop
