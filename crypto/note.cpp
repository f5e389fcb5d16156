#include "crypto/note.h"

#include <array>

#include "crypto/base/utf8.h"
#include "crypto/ed25519.h"
#include "crypto/hash.h"

namespace knoop {
namespace {

constexpr Byte ed25519_type = 0x01;
constexpr std::string_view signature_start = "\u2014 ";  // em dash, space

tl::unexpected<Error> malformed(std::string_view why) {
  return fail(ErrorCode::bad_format, Side::user, "not a signed note: {}", why);
}

// White space of Unicode beyond ASCII, in UTF-8: a name that holds it would look like two fields.
constexpr std::array<std::string_view, 18> wide_spaces = {
    "\u0085", "\u00A0", "\u1680", "\u2000", "\u2001", "\u2002", "\u2003", "\u2004", "\u2005",
    "\u2006", "\u2007", "\u2008", "\u2009", "\u200A", "\u2028", "\u2029", "\u202F", "\u205F"};
constexpr std::string_view ideographic_space = "\u3000";

bool has_control(std::string_view text) {
  return std::ranges::any_of(text, [](char c) { return static_cast<Byte>(c) < 0x20 && c != '\n'; });
}

Bytes algorithm_and_key(const SigningPublicKey& key) {
  Bytes out{ed25519_type};
  append(out, key.view());
  return out;
}

Result<NoteSignature> parse_signature(std::string_view line) {
  if (!line.starts_with(signature_start))
    return malformed("a signature line does not begin with a dash and a space");
  line.remove_prefix(signature_start.size());
  const std::size_t space = line.find(' ');
  if (space == std::string_view::npos) return malformed("a signature line has a name and a signature");
  const std::string_view name = line.substr(0, space);
  KNOOP_TRY(check_note_name(name));
  KNOOP_LET(bytes, from_base64(line.substr(space + 1)));
  if (bytes.size() <= NoteKeyHash::size) return malformed("a signature is shorter than its key hash");
  KNOOP_LET(key_hash, NoteKeyHash::from(ByteView(bytes).first(NoteKeyHash::size)));
  return NoteSignature{std::string(name), key_hash, to_bytes(ByteView(bytes).subspan(NoteKeyHash::size))};
}

bool is_of(const NoteSignature& signature, const NoteVerifier& verifier) {
  return signature.name == verifier.name && signature.key_hash == verifier.key_hash();
}

bool verifies(const Note& note, const NoteSignature& signature, const NoteVerifier& verifier) {
  const auto bytes = Signature::from(signature.signature);
  return bytes && verify_raw(verifier.key, view(note.text), *bytes);
}

}  // namespace

NoteKeyHash NoteVerifier::key_hash() const {
  const Hash256 hash = Sha256().update(name).update("\n").update(algorithm_and_key(key)).finish();
  NoteKeyHash out;
  std::ranges::copy(hash.view().first(NoteKeyHash::size), out.data());
  return out;
}

std::string NoteVerifier::text() const {
  return fmt::format("{}+{}+{}", name, key_hash().hex(), to_base64(algorithm_and_key(key)));
}

Result<NoteVerifier> NoteVerifier::parse(std::string_view text) {
  const auto bad = [](std::string_view why) {
    return fail(ErrorCode::bad_key, Side::user, "not a verifier key of the form name+hash+key: {}", why);
  };
  const std::size_t first = text.find('+');
  const std::size_t second = first == std::string_view::npos ? first : text.find('+', first + 1);
  if (second == std::string_view::npos) return bad("there are not two plus signs");  // base64 may hold more
  NoteVerifier out;
  out.name = text.substr(0, first);
  KNOOP_TRY(check_note_name(out.name));
  KNOOP_LET(key_hash, NoteKeyHash::from_hex(text.substr(first + 1, second - first - 1)));
  KNOOP_LET(key, from_base64(text.substr(second + 1)));
  if (key.size() != 1 + SigningPublicKey::size || key.front() != ed25519_type)
    return bad("this is no Ed25519 key");
  std::ranges::copy(ByteView(key).subspan(1), out.key.data());
  KNOOP_TRY(check_signing_key(out.key));
  if (out.key_hash() != key_hash) return bad("hash and key differ, a character was lost or changed");
  return out;
}

std::string Note::encode() const {
  std::string out = text + "\n";
  for (const NoteSignature& signature : signatures) {
    Bytes bytes = to_bytes(signature.key_hash.view());
    append(bytes, signature.signature);
    out += fmt::format("{}{} {}\n", signature_start, signature.name, to_base64(bytes));
  }
  return out;
}

Result<void> check_note_text(std::string_view text) {
  if (text.empty() || text.back() != '\n') return malformed("the text does not end in a newline");
  if (!is_utf8(text)) return malformed("the text is not UTF-8");
  if (has_control(text)) return malformed("the text holds a control character");
  return {};
}

Result<void> check_note_name(std::string_view name) {
  if (name.empty()) return malformed("a name is empty");
  if (!is_utf8(name)) return malformed("a name is not UTF-8");
  const auto holds = [name](std::string_view space) { return name.find(space) != std::string_view::npos; };
  if (std::ranges::any_of(name, [](char c) { return static_cast<Byte>(c) <= 0x20 || c == '+'; }) ||
      std::ranges::any_of(wide_spaces, holds) || holds(ideographic_space))
    return malformed("a name holds white space, a control character or a plus sign");
  return {};
}

Result<Note> parse_note(std::string_view encoded, std::size_t max_bytes) {
  if (encoded.size() > max_bytes)
    return fail(ErrorCode::over_limit, Side::user,
                "a signed note of this kind has at most {} bytes, this has {}", max_bytes, encoded.size());
  if (!is_utf8(encoded)) return malformed("it is not UTF-8");
  if (has_control(encoded)) return malformed("it holds a control character");
  const std::size_t split = encoded.rfind("\n\n");  // the last: the text may hold empty lines itself
  if (split == std::string_view::npos) return malformed("there is no empty line before the signatures");
  std::string_view lines = encoded.substr(split + 2);
  if (lines.empty() || lines.back() != '\n') return malformed("there is no complete signature line");

  Note note{std::string(encoded.substr(0, split + 1)), {}};
  while (!lines.empty()) {
    if (note.signatures.size() == max_note_signatures)
      return fail(ErrorCode::over_limit, Side::user, "a signed note has at most {} signatures",
                  max_note_signatures);
    const std::size_t end = lines.find('\n');
    KNOOP_LET(signature, parse_signature(lines.substr(0, end)));
    note.signatures.push_back(std::move(signature));
    lines.remove_prefix(end + 1);
  }
  return note;
}

Result<void> sign_note(Note& note, std::string_view name, const SigningSecretKey& key) {
  KNOOP_TRY(check_note_text(note.text));
  KNOOP_TRY(check_note_name(name));
  if (note.signatures.size() >= max_note_signatures)
    return fail(ErrorCode::over_limit, Side::user, "a signed note has at most {} signatures",
                max_note_signatures);
  const NoteVerifier self{std::string(name), public_key(key)};
  NoteSignature signature{self.name, self.key_hash(), to_bytes(sign_raw(key, view(note.text)).view())};
  if (std::ranges::find(note.signatures, signature) == note.signatures.end())  // Ed25519 is deterministic
    note.signatures.push_back(std::move(signature));
  return {};
}

Result<std::vector<std::size_t>> verify_note(const Note& note, std::span<const NoteVerifier> known) {
  std::vector<bool> signed_by(known.size(), false);
  for (const NoteSignature& signature : note.signatures) {
    bool is_known = false;
    bool is_good = false;
    // A key hash has four bytes and can be made to collide: every known key that it may mean is tried.
    for (std::size_t i = 0; i < known.size(); ++i) {
      if (!is_of(signature, known[i])) continue;
      is_known = true;
      if (!verifies(note, signature, known[i])) continue;
      is_good = true;
      signed_by[i] = true;
    }
    if (is_known && !is_good)
      return fail(
          ErrorCode::bad_signature, Side::peer,
          "the signature of {} on a note is false: the text or the signature was changed; ask for it again",
          signature.name);
  }
  std::vector<std::size_t> out;
  for (std::size_t i = 0; i < known.size(); ++i)
    if (signed_by[i]) out.push_back(i);
  if (out.empty())
    return fail(ErrorCode::bad_signature, Side::peer,
                "a note carries no signature of a key that is known here");
  return out;
}

Result<void> verify_note(const Note& note, const NoteVerifier& known) {
  KNOOP_TRY(verify_note(note, std::span(&known, 1)));
  return {};
}

}  // namespace knoop
