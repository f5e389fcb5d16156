#include "protocol/exchange/release.h"

#include <algorithm>
#include <set>

#include "crypto/hash.h"
#include "crypto/seal.h"
#include "protocol/records/rules.h"

namespace knoop::exchange {
namespace {

constexpr std::string_view item_label = "knoop/v1/release-fragment";
constexpr std::string_view basis_label = "knoop/v1/release-basis";
constexpr std::string_view payload_label = "knoop/v1/release-payload";
constexpr std::string_view receipt_label = "knoop/v1/receipt";
constexpr std::string_view counter_label = "knoop/v1/receipt-counter";

Hash256 commit_item(Category category, const Salt& salt, ByteView fragment) {
  return commit(item_label, static_cast<std::uint16_t>(category), salt, fragment);
}
Hash256 commit_basis(const Salt& salt, ByteView statement) {
  return commit(basis_label, 0, salt, statement);
}

/// Binds the ciphertext to this exchange between these two. All parts but the label are of fixed length.
Bytes associated_data(const Parties& parties, const ExchangeId& exchange, const DecisionId& decision) {
  Bytes data = to_bytes(payload_label);
  append_u8(data, 0);
  for (const ByteView part : {parties.network.view(), parties.sender.view(), parties.receiver.view(),
                              exchange.view(), decision.view()})
    append(data, part);
  return data;
}

ReceiptBody receipt_body(const Parties& parties, const ReleaseOffer& offer, Timestamp at) {
  return {parties.network,
          parties.sender,
          parties.receiver,
          offer.exchange,
          offer.about,
          offer.decision,
          offer.items,
          offer.bases,
          offer.obligations,
          offer.log,
          sha256(offer.ciphertext),
          at};
}

Bytes counter_input(const ReleaseReceipt& receipt) {
  Bytes input = receipt.body;
  append(input, receipt.signature.view());
  return input;
}

tl::unexpected<Error> bad_offer(std::string_view why) {
  return fail(ErrorCode::bad_value, Side::peer, "the offer of fragments is refused: {}", why);
}
tl::unexpected<Error> broken(std::string_view why) {
  return fail(ErrorCode::bad_proof, Side::peer, "the release does not hold what its sender signed: {}", why);
}

}  // namespace

Result<MadeOffer> make_offer(const Parties& parties, const OfferTerms& terms, std::span<const Item> items,
                             std::span<const BasisStatement> bases, Entropy& entropy) {
  if (items.empty()) return fail(ErrorCode::bad_value, Side::ours, "an offer without fragments is none");
  if (items.size() > most_items || bases.size() > most_bases)
    return fail(ErrorCode::over_limit, Side::user,
                "at most {} fragments on {} consents fit one release; release them in parts", most_items,
                most_bases);
  MadeOffer made;
  made.offer = {terms.exchange,    terms.about, terms.decision, {},         {}, terms.denied,
                terms.obligations, terms.log,   terms.corrects, terms.form, {}};
  Payload payload;
  std::size_t size = 64;
  for (const Item& item : items) {
    if (item.basis >= bases.size())
      return fail(ErrorCode::bad_value, Side::ours, "a fragment rests on no basis");
    KNOOP_LET(bytes, encode_checked(item.fragment));
    size += bytes.size() + 8;
    const Salt salt = entropy.draw<Salt>();
    made.offer.items.push_back({item.fragment.id, item.fragment.content.category, item.basis,
                                commit_item(item.fragment.content.category, salt, bytes)});
    made.secrets.item_salts.push_back(salt);
    payload.fragments.push_back(std::move(bytes));
  }
  for (const BasisStatement& basis : bases) {
    Bytes bytes = encode(basis);
    size += bytes.size() + 8;
    const Salt salt = entropy.draw<Salt>();
    made.offer.bases.push_back(commit_basis(salt, bytes));
    made.secrets.basis_salts.push_back(salt);
    payload.bases.push_back(std::move(bytes));
  }
  if (size > max_payload)
    return fail(ErrorCode::over_limit, Side::user,
                "the chosen fragments have {} bytes, at most {} fit one release; release them in parts", size,
                max_payload);
  made.secrets.key = entropy.draw<SymmetricKey>();
  made.offer.ciphertext = encrypt(made.secrets.key, encode(payload),
                                  associated_data(parties, terms.exchange, terms.decision), entropy);
  return made;
}

Result<void> check_offer(const ReleaseOffer& offer, const Expected& expected) {
  if (offer.about != expected.about) return bad_offer("it is about another case");
  if (offer.obligations.purpose != expected.purpose)
    return bad_offer("it is for another purpose than was asked");
  if (offer.obligations.onward) return bad_offer("it allows passing on, which this version does not know");
  if (offer.items.empty()) return bad_offer("it holds nothing");
  if (expected.form && offer.form &&
      (offer.form->form != expected.form->form || offer.form->version > expected.form->version))
    return bad_offer("it is for another form, or a newer version of it, than was asked for");
  if (offer.bases.empty()) return bad_offer("it rests on no consent or ground");
  std::set<FragmentId> seen;
  for (const OfferedItem& item : offer.items) {
    if (!seen.insert(item.fragment).second) return bad_offer("a fragment stands in it twice");
    if (item.basis >= offer.bases.size()) return bad_offer("a fragment rests on no basis");
    // A view of youth or parents comes with what it answers (R3.7): check_views() looks, once it is open.
    if (item.category != Category::views &&
        std::ranges::find(expected.categories, item.category) == expected.categories.end())
      return bad_offer("it holds a category that was not asked for");
  }
  return {};
}

ReleaseReceipt make_receipt(const Parties& parties, const ReleaseOffer& offer, Timestamp now,
                            const SigningSecretKey& receiver_key) {
  ReleaseReceipt receipt;
  receipt.exchange = offer.exchange;
  receipt.body = encode(receipt_body(parties, offer, now));
  receipt.signature = sign(receiver_key, receipt_label, receipt.body);
  return receipt;
}

Result<void> check_receipt(const Parties& parties, const ReleaseOffer& offer, const ReleaseReceipt& receipt,
                           const SigningPublicKey& receiver_key) {
  if (!verify(receiver_key, receipt_label, receipt.body, receipt.signature))
    return fail(ErrorCode::bad_signature, Side::peer, "the receipt is not signed by the receiver's key");
  KNOOP_LET(body, decode<ReceiptBody>(receipt.body));
  if (receipt.exchange != offer.exchange || body != receipt_body(parties, offer, body.at))
    return fail(ErrorCode::bad_value, Side::peer, "the receipt is for something else than was offered");
  return {};
}

Hash256 receipt_hash(const ReleaseReceipt& receipt) {
  return sha256(encode(receipt));
}

ReleaseKey make_key(OfferSecrets secrets, const ReleaseReceipt& receipt, const SigningSecretKey& sender_key) {
  return {receipt.exchange, std::move(secrets.key), std::move(secrets.item_salts),
          std::move(secrets.basis_salts), sign(sender_key, counter_label, counter_input(receipt))};
}

Result<Released> open_release(const Parties& parties, const ReleaseOffer& offer,
                              const ReleaseReceipt& receipt, const ReleaseKey& key,
                              const SigningPublicKey& sender_key) {
  if (!verify(sender_key, counter_label, counter_input(receipt), key.countersignature))
    return fail(ErrorCode::bad_signature, Side::peer, "the sender did not countersign our receipt");
  if (key.item_salts.size() != offer.items.size() || key.basis_salts.size() != offer.bases.size())
    return broken("it opens another number of fragments");
  KNOOP_LET(plain,
            decrypt(key.key, offer.ciphertext, associated_data(parties, offer.exchange, offer.decision)));
  KNOOP_LET(payload, decode<Payload>(plain));
  if (payload.fragments.size() != offer.items.size() || payload.bases.size() != offer.bases.size())
    return broken("it contains another number of fragments");

  Released released;
  for (std::size_t i = 0; i < offer.items.size(); ++i) {
    const OfferedItem& item = offer.items[i];
    if (commit_item(item.category, key.item_salts[i], payload.fragments[i]) != item.commitment)
      return broken("a fragment is not the one that was committed to");
    KNOOP_LET(fragment, decode<WireFragment>(payload.fragments[i]));
    if (fragment.id != item.fragment || fragment.content.category != item.category)
      return broken("a fragment is of another category than was said");
    if (const auto problem = records::check_received(fragment.content))
      return fail(ErrorCode::bad_format, Side::peer, "fragment {} of the release: {} {}", i + 1,
                  problem->field, problem->reason);
    released.fragments.push_back(std::move(fragment));
  }
  for (std::size_t i = 0; i < offer.bases.size(); ++i) {
    if (commit_basis(key.basis_salts[i], payload.bases[i]) != offer.bases[i])
      return broken("a consent is not the one that was committed to");
    KNOOP_LET(basis, decode<BasisStatement>(payload.bases[i]));
    if (basis.recipient != parties.receiver || basis.purpose != offer.obligations.purpose)
      return broken("it rests on a consent for another organisation or purpose");
    released.bases.push_back(basis);
  }
  released.salts = key.item_salts;
  return released;
}

Result<void> check_views(const Released& released, std::span<const Category> asked) {
  if (std::ranges::find(asked, Category::views) != asked.end()) return {};
  const auto answers = [&](const WireFragment& view) {
    return std::ranges::any_of(released.fragments, [&](const WireFragment& other) {
      return other.id == view.parent && other.content.category != Category::views;
    });
  };
  for (const WireFragment& one : released.fragments)
    if (one.content.category == Category::views && !answers(one))
      return broken("a view came that was not asked for and answers nothing in it");
  return {};
}

Result<ReceiptBody> verify_proof(const ReleaseProof& proof, const SigningPublicKey& sender_key,
                                 const SigningPublicKey& receiver_key) {
  if (!verify(receiver_key, receipt_label, proof.receipt.body, proof.receipt.signature))
    return fail(ErrorCode::bad_signature, Side::user, "the receiver's signature does not fit the receipt");
  if (!verify(sender_key, counter_label, counter_input(proof.receipt), proof.countersignature))
    return fail(ErrorCode::bad_signature, Side::user, "the sender's signature does not fit the receipt");
  KNOOP_LET(body, decode<ReceiptBody>(proof.receipt.body));
  if (body.exchange != proof.receipt.exchange)
    return fail(ErrorCode::bad_value, Side::user, "the receipt names two exchanges");
  return body;
}

bool opens(const OfferedItem& item, const WireFragment& fragment, const Salt& salt) {
  const auto bytes = encode_checked(fragment);
  return bytes && commit_item(item.category, salt, *bytes) == item.commitment;
}

}  // namespace knoop::exchange
