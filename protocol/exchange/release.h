// The pure steps of a release: build and check of the four messages of protocol.md section 4.
//
// Why four. The sender must not be able to say "I sent it" without the receiver's word, and the receiver must not read
// anything for which it gave no receipt. So the content comes locked (offer), the receiver signs what it was offered
// (receipt), and the key comes last. A consent withdrawn before the key leaves destroys the key: nothing was
// disclosed. The receipt, signed by both, proves what went to whom on which consent without showing a word of it:
// fragments and consents are in it as salted commitments only, so it still verifies when the content is erased.
//
// Who calls: node/core/exchange_service; anybody who checks a ReleaseProof later.
// What a hostile peer can do: a receiver can give no receipt (it gets no key), or one over something else (refused). A
// sender can send a key that opens nothing or something else than it committed to: open_release() says so, and the
// sender's own signature on the receipt proves it.
#pragma once

#include <span>

#include "crypto/base/entropy.h"
#include "crypto/ed25519.h"
#include "protocol/exchange/messages.h"

namespace knoop::exchange {

struct Parties {
  NetworkId network;
  MemberId sender;
  MemberId receiver;
};

/// One fragment to be released, with the index of its basis.
struct Item {
  WireFragment fragment;
  std::uint16_t basis = 0;
};

/// What the sender keeps until the key leaves, or is destroyed.
struct OfferSecrets {
  SymmetricKey key;
  std::vector<Salt> item_salts;
  std::vector<Salt> basis_salts;

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    archive(revealed(self.key), bounded(self.item_salts, most_items), bounded(self.basis_salts, most_bases));
  }
};

struct MadeOffer {
  ReleaseOffer offer;
  OfferSecrets secrets;
};

/// What an offer says besides its content.
struct OfferTerms {
  ExchangeId exchange;
  About about;
  DecisionId decision;
  std::vector<Denied> denied;
  Obligations obligations;
  LogReference log;
  std::optional<ExchangeId> corrects{};
  std::optional<FormVersion> form{};
};

/// Fails (over_limit, user) when the fragments together exceed max_payload: release them in parts.
[[nodiscard]] Result<MadeOffer> make_offer(const Parties& parties, const OfferTerms& terms,
                                           std::span<const Item> items, std::span<const BasisStatement> bases,
                                           Entropy& entropy);

/// What the receiver expects of an offer: its own request, or the hand-over that it accepted.
struct Expected {
  About about;
  consent::Purpose purpose{};
  std::vector<Category> categories;
  std::optional<FormVersion> form{};  ///< That was asked for; an offer names the same one, no newer, or none.
};
[[nodiscard]] Result<void> check_offer(const ReleaseOffer& offer, const Expected& expected);

[[nodiscard]] ReleaseReceipt make_receipt(const Parties& parties, const ReleaseOffer& offer, Timestamp now,
                                          const SigningSecretKey& receiver_key);
/// That the receipt is of this receiver and over exactly this offer.
[[nodiscard]] Result<void> check_receipt(const Parties& parties, const ReleaseOffer& offer,
                                         const ReleaseReceipt& receipt, const SigningPublicKey& receiver_key);
/// The id of a receipt in both logs: SHA-256 of its encoding.
[[nodiscard]] Hash256 receipt_hash(const ReleaseReceipt& receipt);

[[nodiscard]] ReleaseKey make_key(OfferSecrets secrets, const ReleaseReceipt& receipt,
                                  const SigningSecretKey& sender_key);

struct Released {
  std::vector<WireFragment> fragments;  ///< In the order of the offer's items.
  std::vector<BasisStatement> bases;
  std::vector<Salt> salts;  ///< Of the fragments: they open the commitments in the receipt.
};
/// Checks the countersignature, decrypts, and checks every commitment; all or nothing.
[[nodiscard]] Result<Released> open_release(const Parties& parties, const ReleaseOffer& offer,
                                            const ReleaseReceipt& receipt, const ReleaseKey& key,
                                            const SigningPublicKey& sender_key);
/// A view of youth or parents (F17) that was not asked for must answer a fragment that came with it (R3.7).
[[nodiscard]] Result<void> check_views(const Released& released, std::span<const Category> asked);

/// The double-signed receipt, for whoever must judge later.
struct ReleaseProof {
  ReleaseReceipt receipt;
  Signature countersignature;

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    archive(self.receipt, self.countersignature);
  }
};
/// Both signatures and the form; gives what is proven.
[[nodiscard]] Result<ReceiptBody> verify_proof(const ReleaseProof& proof, const SigningPublicKey& sender_key,
                                               const SigningPublicKey& receiver_key);
/// Whether this fragment, shown with its salt, is the item of the proof.
[[nodiscard]] bool opens(const OfferedItem& item, const WireFragment& fragment, const Salt& salt);

}  // namespace knoop::exchange
