#include "config/card.h"

#include <algorithm>

#include "config/endpoint.h"
#include "config/slug.h"
#include "crypto/note.h"
#include "crypto/x25519.h"

namespace knoop {
namespace {

bool digits(std::string_view text, std::size_t length) {
  return text.size() == length && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

Result<Card> parse(std::string_view text) {
  if (!text.starts_with(card_first_line))
    return fail(ErrorCode::unknown_version, Side::peer,
                "this is no card that this program knows; its first line must be \"# knoop/card/v1\"");
  KNOOP_LET(table, parse_document(text, max_card_bytes, Side::peer));
  DocumentReader root(table, "card", Side::peer);
  Card card;
  card.id = root.text("id", 40);
  if (!is_slug(card.id)) root.complain("id", "must be 2 to 40 of a-z, 0-9 and '-'");
  card.name = root.text("name", 200);
  card.kind = root.text("kind", 40);
  if (!is_slug(card.kind)) root.complain("kind", "must be 2 to 40 of a-z, 0-9 and '-'");
  card.number = static_cast<std::uint32_t>(root.number("number", 1, 1'000'000));
  card.member = root.hex<MemberId>("organisation_key");
  card.oin = root.optional_text("oin", 20);
  if (card.oin && !digits(*card.oin, 20)) root.complain("oin", "must be 20 digits");
  card.kvk = root.optional_text("kvk", 8);
  if (card.kvk && !digits(*card.kvk, 8)) root.complain("kvk", "must be 8 digits");
  card.area = root.texts("area", 400, 4);
  if (!std::ranges::all_of(card.area, [](const auto& code) { return digits(code, 4); }))
    root.complain("area", "must hold gemeente codes of 4 digits");
  card.capabilities = root.texts("capabilities", 100, 80);
  card.endpoints = root.texts("endpoints", 8, max_endpoint_bytes);
  if (!std::ranges::all_of(card.endpoints, is_endpoint))
    root.complain("endpoints", "must look like tcp://host:port");
  if (root.truth_or("dials_out_only", false) != card.endpoints.empty())
    root.complain("dials_out_only", "must be true exactly when there are no endpoints");
  card.valid_from = root.time("valid_from");
  card.valid_until = root.time("valid_until");
  if (card.valid_until <= card.valid_from) root.complain("valid_until", "must be later than valid_from");
  card.compromised_since = root.optional_time("compromised_since");

  DocumentReader contact(root.table("contact"), "card [contact]", Side::peer);
  card.contact = {
      contact.optional_text("name", 120).value_or(""), contact.optional_text("function", 120).value_or(""),
      contact.optional_text("phone", 40).value_or(""), contact.optional_text("email", 200).value_or("")};
  root.absorb(contact);

  DocumentReader keys(root.table("keys"), "card [keys]", Side::peer);
  card.signing_key = keys.hex<SigningPublicKey>("signing");
  card.witness_key = keys.hex<SigningPublicKey>("witness");
  card.sealing_key = keys.hex<SealingPublicKey>("sealing");
  card.transport_key = keys.hex<TransportPublicKey>("transport");
  card.next_transport_key = keys.optional_hex<TransportPublicKey>("next_transport");
  root.absorb(keys);
  KNOOP_TRY(root.finish());

  const bool keys_usable = check_signing_key(organisation_key(card.member)) &&
                           check_signing_key(card.signing_key) && check_signing_key(card.witness_key) &&
                           contributes(card.sealing_key) && contributes(card.transport_key) &&
                           (!card.next_transport_key || contributes(*card.next_transport_key));
  if (!keys_usable)
    return fail(ErrorCode::bad_key, Side::peer, "the card of {} holds a key that nobody can use safely",
                card.id);
  if (card.signing_key == card.witness_key || card.signing_key == organisation_key(card.member) ||
      card.witness_key == organisation_key(card.member) || card.next_transport_key == card.transport_key)
    return fail(ErrorCode::bad_key, Side::peer, "the card of {} uses one key for two purposes", card.id);
  return card;
}

NoteVerifier verifier(const MemberId& member) {
  return {card_signer(member), organisation_key(member)};
}

}  // namespace

std::string card_signer(const MemberId& member) {
  return member.hex();
}

Result<std::string> card_text(const Card& card) {
  std::string out(card_first_line);
  const auto line = [&out](std::string_view key, const std::string& value) {
    out += fmt::format("{} = {}\n", key, value);
  };
  const auto optional_line = [&](std::string_view key, const std::optional<std::string>& value) {
    if (value && !value->empty()) line(key, toml_text(*value));
  };
  line("id", toml_text(card.id));
  line("name", toml_text(card.name));
  line("kind", toml_text(card.kind));
  line("number", std::to_string(card.number));
  line("organisation_key", toml_text(card.member.hex()));
  optional_line("oin", card.oin);
  optional_line("kvk", card.kvk);
  line("area", toml_texts(card.area));
  line("capabilities", toml_texts(card.capabilities));
  line("endpoints", toml_texts(card.endpoints));
  if (card.endpoints.empty()) line("dials_out_only", "true");
  line("valid_from", toml_text(card.valid_from.iso()));
  line("valid_until", toml_text(card.valid_until.iso()));
  if (card.compromised_since) line("compromised_since", toml_text(card.compromised_since->iso()));
  out += "\n[contact]\n";
  optional_line("name", card.contact.name);
  optional_line("function", card.contact.function);
  optional_line("phone", card.contact.phone);
  optional_line("email", card.contact.email);
  out += "\n[keys]\n";
  line("signing", toml_text(card.signing_key.hex()));
  line("witness", toml_text(card.witness_key.hex()));
  line("sealing", toml_text(card.sealing_key.hex()));
  line("transport", toml_text(card.transport_key.hex()));
  if (card.next_transport_key) line("next_transport", toml_text(card.next_transport_key->hex()));
  const auto back = parse(out);
  if (!back) return fail(ErrorCode::bad_value, Side::user, "{}", back.error().sentence);
  if (*back != card)
    return fail(ErrorCode::bad_value, Side::user, "a field of the card cannot be written down as it is");
  return out;
}

Result<std::string> sign_card(const Card& card, const SigningSecretKey& key) {
  if (member_id(signing_key_from_seed(seed_of(key)).public_key) != card.member)
    return fail(ErrorCode::bad_key, Side::user, "this is not the organisation key that the card of {} names",
                card.id);
  KNOOP_LET(text, card_text(card));
  Note note{std::move(text), {}};
  KNOOP_TRY(sign_note(note, card_signer(card.member), key));
  return note.encode();
}

Result<Card> check_card(std::string_view encoded, const MemberId& member) {
  KNOOP_LET(note, parse_note(encoded, max_card_bytes));
  KNOOP_TRY(verify_note(note, verifier(member)));
  KNOOP_LET(card, parse(note.text));
  if (card.member != member)
    return fail(ErrorCode::not_a_member, Side::peer,
                "the card names another organisation than the one that signed it");
  return card;
}

Result<Card> read_card(std::string_view encoded) {
  KNOOP_LET(note, parse_note(encoded, max_card_bytes));
  for (const NoteSignature& signature : note.signatures)
    if (const auto member = MemberId::from_hex(signature.name);
        member && card_signer(*member) == signature.name)
      return check_card(encoded, *member);
  return fail(ErrorCode::bad_signature, Side::peer, "no organisation key has signed this card");
}

}  // namespace knoop
