#include "storage/key_file.h"

#include "crypto/hkdf.h"
#include "crypto/seal.h"
#include "storage/private_file.h"

namespace knoop::storage {
namespace {

constexpr std::string_view label = "knoop/v1/database-key";
constexpr std::string_view magic = "knoop/v1/database-key\n";
constexpr std::size_t encrypted_size = SymmetricKey::size + encrypt_overhead;
constexpr std::size_t parameters_size = Argon2Salt::size + 4 + 8;

enum class Kind : Byte { passphrase = 1, key_file = 2 };

std::uint64_t big_endian(ByteView bytes) {
  std::uint64_t value = 0;
  for (const Byte byte : bytes) value = value << 8U | byte;
  return value;
}

SymmetricKey wrapping_key(const UnlockKey& key) {
  return hkdf<SymmetricKey>({}, key.expose(), view(label));
}

tl::unexpected<Error> not_a_key_file() {
  return fail(
      ErrorCode::bad_format, Side::user,
      "this is not a wrapped database key of this version of Knoop; name the file that `knoop init` wrote");
}

}  // namespace

Result<UnlockKey> read_unlock_key(const std::filesystem::path& path) {
  KNOOP_LET(bytes, read_small_file(path, UnlockKey::size, Readers::owner_only));
  auto key = UnlockKey::from(bytes);
  wipe(bytes.data(), bytes.size());
  if (!key)
    return fail(ErrorCode::bad_length, Side::user, "{} is no key file: it has {} bytes, a key file has {}",
                path.string(), bytes.size(), UnlockKey::size);
  return key;
}

Result<UnlockKey> create_unlock_key(const std::filesystem::path& path, Entropy& entropy) {
  auto key = entropy.draw<UnlockKey>();
  KNOOP_TRY(write_private_file(path, key.expose()));
  return key;
}

Result<Bytes> wrap_database_key(const SymmetricKey& key, const Unlock& unlock, Entropy& entropy,
                                const Argon2Params& params) {
  Bytes file = to_bytes(magic);
  SymmetricKey wrapping;
  if (const auto* passphrase = std::get_if<ByteView>(&unlock)) {
    if (passphrase->size() < shortest_passphrase)
      return fail(ErrorCode::bad_length, Side::user,
                  "a passphrase has at least {} characters; several words are best", shortest_passphrase);
    const auto salt = entropy.draw<Argon2Salt>();
    append_u8(file, static_cast<Byte>(Kind::passphrase));
    append(file, salt.view());
    append_u32(file, params.passes);
    append_u64(file, params.memory_bytes);
    KNOOP_LET(derived, derive_argon2id(*passphrase, salt, params));
    wrapping = std::move(derived);
  } else {
    append_u8(file, static_cast<Byte>(Kind::key_file));
    wrapping = wrapping_key(*std::get<const UnlockKey*>(unlock));
  }
  append(file, encrypt(wrapping, key.expose(), file, entropy));
  return file;
}

Result<SymmetricKey> unwrap_database_key(ByteView file, const Unlock& unlock) {
  const bool has_passphrase = std::holds_alternative<ByteView>(unlock);
  const std::size_t head = magic.size() + 1;
  if (file.size() < head || text_view(file.first(magic.size())) != magic) return not_a_key_file();
  const auto kind = static_cast<Kind>(file[magic.size()]);
  if (kind != Kind::passphrase && kind != Kind::key_file) return not_a_key_file();
  const std::size_t before = head + (kind == Kind::passphrase ? parameters_size : 0);
  if (file.size() != before + encrypted_size) return not_a_key_file();
  if (has_passphrase != (kind == Kind::passphrase))
    return fail(ErrorCode::wrong_state, Side::user,
                "the database key is wrapped with a {}; give that to open it",
                kind == Kind::passphrase ? "passphrase" : "key file");

  SymmetricKey wrapping;
  if (has_passphrase) {
    const ByteView parameters = file.subspan(head, parameters_size);
    KNOOP_LET(salt, Argon2Salt::from(parameters.first(Argon2Salt::size)));
    const Argon2Params params{static_cast<std::uint32_t>(big_endian(parameters.subspan(Argon2Salt::size, 4))),
                              big_endian(parameters.last(8))};
    KNOOP_LET(derived, derive_argon2id(std::get<ByteView>(unlock), salt, params));
    wrapping = std::move(derived);
  } else {
    wrapping = wrapping_key(*std::get<const UnlockKey*>(unlock));
  }
  auto key = decrypt_secret<SymmetricKey>(wrapping, file.subspan(before), file.first(before));
  if (!key)
    return fail(ErrorCode::wrong_passphrase, Side::user, "{}; nothing was changed",
                has_passphrase
                    ? "the passphrase is wrong (or the wrapped key is damaged)"
                    : "the key file is not the one of this database (or the wrapped key is damaged)");
  return key;
}

Result<SymmetricKey> create_database_key(const std::filesystem::path& path, const Unlock& unlock,
                                         Entropy& entropy, const Argon2Params& params) {
  auto key = entropy.draw<SymmetricKey>();
  KNOOP_LET(file, wrap_database_key(key, unlock, entropy, params));
  KNOOP_TRY(write_private_file(path, file));
  return key;
}

Result<SymmetricKey> open_database_key(const std::filesystem::path& path, const Unlock& unlock) {
  KNOOP_LET(file,
            read_small_file(path, magic.size() + 1 + parameters_size + encrypted_size, Readers::anyone));
  return unwrap_database_key(file, unlock);
}

}  // namespace knoop::storage
