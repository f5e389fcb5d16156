#include "protocol/channel/preshared_file.h"

namespace knoop {
namespace {

constexpr std::string_view first_line = "knoop/v1/preshared-key\n";
constexpr std::size_t id_digits = 64;
constexpr std::size_t name_digits = 2 * PresharedKeyId::size;
constexpr std::size_t key_digits = 2 * PresharedKey::size;

/// Takes "label<digits>end" off the front of `text`.
Result<std::string_view> take(std::string_view& text, std::string_view label, std::size_t digits, char end) {
  if (!text.starts_with(label) || text.size() <= label.size() + digits || text[label.size() + digits] != end)
    return fail(ErrorCode::bad_format, Side::user,
                "this is no preshared key file; `knoop peer preshared make` writes one");
  const std::string_view out = text.substr(label.size(), digits);
  text.remove_prefix(label.size() + digits + 1);
  return out;
}

int digit(Byte byte) {
  if (byte >= '0' && byte <= '9') return byte - '0';
  if (byte >= 'a' && byte <= 'f') return byte - 'a' + 10;
  if (byte >= 'A' && byte <= 'F') return byte - 'A' + 10;
  return -1;
}

void append_digits(Bytes& out, ByteView bytes) {
  constexpr std::string_view digits = "0123456789abcdef";
  for (const Byte byte : bytes) {
    out.push_back(static_cast<Byte>(digits[byte >> 4U]));
    out.push_back(static_cast<Byte>(digits[byte & 0xFU]));
  }
}

}  // namespace

Bytes preshared_file(const PresharedKey& key, const NetworkId& network, const MemberId& one,
                     const MemberId& other) {
  Bytes out;
  out.reserve(max_preshared_file);  // so that no copy of the key is left behind by growing
  append(out, first_line);
  append(out, "network: " + network.hex());
  append(out, "\nmembers: " + std::min(one, other).hex() + " " + std::max(one, other).hex());
  append(out, "\nid: " + preshared_key_id(key, network, one, other).hex());
  append(out, "\nkey: ");
  append_digits(out, key.expose());
  append(out, "\n");
  return out;
}

Result<PresharedKey> read_preshared_file(ByteView file, const NetworkId& network, const MemberId& one,
                                         const MemberId& other) {
  std::string_view text = text_view(file);
  KNOOP_LET(head, take(text, first_line.substr(0, first_line.size() - 1), 0, '\n'));
  static_cast<void>(head);
  KNOOP_LET(network_text, take(text, "network: ", id_digits, '\n'));
  KNOOP_LET(lower, take(text, "members: ", id_digits, ' '));
  KNOOP_LET(higher, take(text, "", id_digits, '\n'));
  KNOOP_LET(name, take(text, "id: ", name_digits, '\n'));
  KNOOP_LET(key_text, take(text, "key: ", key_digits, '\n'));
  if (!text.empty())
    return fail(ErrorCode::bad_format, Side::user, "the preshared key file goes on behind the key");
  if (network_text != network.hex())
    return fail(ErrorCode::wrong_network, Side::user, "the preshared key is of another network");
  if (lower != std::min(one, other).hex() || higher != std::max(one, other).hex())
    return fail(ErrorCode::wrong_recipient, Side::user,
                "the preshared key is of another pair of members than this node and the one named");
  KNOOP_LET(key, preshared_from_digits(view(key_text)));
  if (name != preshared_key_id(key, network, one, other).hex())
    return fail(ErrorCode::bad_value, Side::user,
                "the key does not belong to the id above it: a digit is not what it was");
  return key;
}

Result<PresharedKey> preshared_from_digits(ByteView digits) {
  PresharedKey key;
  std::size_t count = 0;
  for (const Byte byte : digits) {
    if (byte == ' ' || byte == '-') continue;
    const int value = digit(byte);
    if (value < 0 || count == key_digits)
      return fail(ErrorCode::bad_format, Side::user, "a preshared key is {} hexadecimal digits", key_digits);
    Byte& into = key.data()[count / 2];
    into = static_cast<Byte>((static_cast<unsigned>(into) << 4U) | static_cast<unsigned>(value));
    ++count;
  }
  if (count != key_digits)
    return fail(ErrorCode::bad_format, Side::user, "a preshared key is {} hexadecimal digits, these are {}",
                key_digits, count);
  if (key == PresharedKey{}) return fail(ErrorCode::bad_key, Side::user, "a key of zeros is no key");
  return key;
}

}  // namespace knoop
