#include "config/sealed_key.h"

#include <algorithm>
#include <array>
#include <charconv>

#include "crypto/base/utf8.h"
#include "crypto/hkdf.h"
#include "crypto/seal.h"

namespace knoop {
namespace {

constexpr std::string_view first_line = "knoop/v1/sealed-key\n";
constexpr std::size_t longest_name = 120;

std::string head_of(const SealedKey& key) {
  return fmt::format("{}use: {}\nname: {}\npublic: {}\nargon2id: {} {} {}\n", first_line, to_string(key.use),
                     key.name, key.public_key.hex(), key.params.passes, key.params.memory_bytes,
                     key.salt.hex());
}

bool good_name(std::string_view name) {
  if (name.empty() || name.size() > longest_name || !is_utf8(name)) return false;
  for (const char c : name)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) return false;
  return true;
}

/// Takes "key: value\n" off the front.
std::optional<std::string_view> take(std::string_view& text, std::string_view key) {
  if (!text.starts_with(key) || !text.substr(key.size()).starts_with(": ")) return std::nullopt;
  text.remove_prefix(key.size() + 2);
  const std::size_t end = text.find('\n');
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view value = text.substr(0, end);
  text.remove_prefix(end + 1);
  return value;
}

template <typename Number>
bool number(std::string_view text, Number& out) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc{} && end == text.data() + text.size();
}

}  // namespace

std::string_view to_string(KeyUse use) {
  switch (use) {
    case KeyUse::organisation:
      return "organisation";
    case KeyUse::convenant_manager:
      return "convenant-manager";
    case KeyUse::auditor:
      return "auditor";
  }
  return "";
}

Result<std::string> seal_key(const SigningKeyPair& key, KeyUse use, const std::string& name,
                             ByteView passphrase, Entropy& entropy, const Argon2Params& params) {
  if (!good_name(name))
    return fail(ErrorCode::bad_value, Side::user, "the name of a key is one line of at most {} bytes",
                longest_name);
  if (passphrase.size() < shortest_passphrase)
    return fail(ErrorCode::bad_length, Side::user,
                "a passphrase has at least {} characters; several words are best", shortest_passphrase);
  SealedKey out{use, name, key.public_key, params, entropy.draw<Argon2Salt>(), {}};
  KNOOP_LET(wrapping, derive_argon2id(passphrase, out.salt, params));
  const std::string head = head_of(out);
  const SigningSeed seed = seed_of(key.secret_key);
  return head + "sealed: " + to_base64(encrypt(wrapping, seed.expose(), view(head), entropy)) + "\n";
}

Result<SealedKey> parse_sealed_key(std::string_view text) {
  const auto bad = fail(ErrorCode::bad_format, Side::user,
                        "this is no sealed key of this version of Knoop; name the file that made the key");
  if (text.size() > max_sealed_key_bytes || !text.starts_with(first_line)) return bad;
  text.remove_prefix(first_line.size());
  const auto use = take(text, "use");
  const auto name = take(text, "name");
  const auto public_key = take(text, "public");
  const auto cost = take(text, "argon2id");
  const auto sealed = take(text, "sealed");
  if (!use || !name || !public_key || !cost || !sealed || !text.empty() || !good_name(*name)) return bad;
  SealedKey out{};
  const std::array uses{KeyUse::organisation, KeyUse::convenant_manager, KeyUse::auditor};
  const auto* const known = std::ranges::find_if(uses, [&](KeyUse each) { return to_string(each) == *use; });
  if (known == uses.end()) return bad;
  out.use = *known;
  out.name = *name;
  const auto key = SigningPublicKey::from_hex(*public_key);
  const auto box = from_base64(*sealed);
  const std::size_t one = cost->find(' ');
  const std::size_t two = one == std::string_view::npos ? one : cost->find(' ', one + 1);
  if (!key || !box || two == std::string_view::npos) return bad;
  const auto salt = Argon2Salt::from_hex(cost->substr(two + 1));
  if (!salt || !number(cost->substr(0, one), out.params.passes) ||
      !number(cost->substr(one + 1, two - one - 1), out.params.memory_bytes))
    return bad;
  out.public_key = *key;
  out.salt = *salt;
  out.sealed = *box;
  if (!check_signing_key(out.public_key)) return bad;
  return out;
}

Result<SigningKeyPair> open_sealed_key(const SealedKey& key, ByteView passphrase) {
  KNOOP_LET(wrapping, derive_argon2id(passphrase, key.salt, key.params));
  const std::string head = head_of(key);
  const auto seed = decrypt_secret<SigningSeed>(wrapping, key.sealed, view(head));
  if (!seed)
    return fail(ErrorCode::wrong_passphrase, Side::user,
                "the passphrase does not open this key; nothing was changed");
  SigningKeyPair pair = signing_key_from_seed(*seed);
  if (pair.public_key != key.public_key)
    return fail(ErrorCode::bad_key, Side::user, "the file's public key is not that of the key inside");
  return pair;
}

SealingKeyPair auditor_sealing_key(const SigningKeyPair& auditor) {
  const SigningSeed seed = seed_of(auditor.secret_key);
  SealingKeyPair out{{}, hkdf<SealingSecretKey>({}, seed.expose(), to_bytes("knoop/v1/auditor-sealing"))};
  out.public_key = public_key(out.secret_key);
  return out;
}

}  // namespace knoop
