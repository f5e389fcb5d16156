// The messages with which dossier fragments go from their owner to another organisation (docs/spec/exchange.md,
// protocol.md section 4). The owner is called the sender, the asking organisation the receiver.
//
//   receiver  FragmentRequest ──▶  sender     asks, with a purpose (R4.2)
//   sender    FragmentRefusal ──▶  receiver   nothing is released, and why; or
//   sender    ReleaseOffer    ──▶  receiver   what would come, locked
//   receiver  ReleaseReceipt  ──▶  sender     signed: this is what I was offered
//   sender    ReleaseKey      ──▶  receiver   opens it, after deciding again; or
//   sender    ReleaseCancelled──▶  receiver   the consent is gone: it did not leave
//
//   sender    ConsentWithdrawn──▶  receiver   and afterwards (R3.5)
//   receiver  WithdrawalApplied─▶  sender
//   sender    FragmentCorrected─▶  receiver   what it has is wrong, and it may not have what is right
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "protocol/audit/commitment.h"
#include "protocol/category.h"
#include "protocol/codec/codec.h"
#include "protocol/consent/consent.h"
#include "protocol/consent/decide.h"
#include "protocol/consent/ground.h"
#include "protocol/ids.h"
#include "protocol/matching/ids.h"
#include "protocol/records/fragment.h"

namespace knoop::exchange {

/// Fragments in one offer: more is not read by anybody in one go, and each costs a commitment on the wire.
inline constexpr std::size_t most_items = 200;
/// Consents and grounds that one offer rests on.
inline constexpr std::size_t most_bases = 16;
/// The fragments of one offer together, encoded: with commitments and seal it fits a frame of 1 MiB. What is more
/// goes in a second offer.
inline constexpr std::size_t max_payload = 960UL * 1024;
/// Parts of one fragment that can be withheld by name.
inline constexpr std::size_t most_withheld = 256;
/// One fragment, encoded: text and fields, and what stands around them.
inline constexpr std::size_t max_fragment = 400UL * 1024;

/// What the request or offer is about: the match both know, or the hand-over both are in.
struct About {
  std::optional<matching::MatchId> match;
  std::optional<HandoverId> handover;

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    archive(self.match, self.handover);
  }
  friend bool operator==(const About&, const About&) = default;
};

/// A form (protocol/fragments/forms.h) and a version of it. In a request: the newest that the receiver knows; in an offer:
/// the newest that both know, for which the fragments were chosen. Every older version is known as well.
struct FormVersion {
  std::string form;
  std::uint16_t version = 1;

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    archive(bounded(self.form, 40), self.version);
  }
  friend bool operator==(const FormVersion&, const FormVersion&) = default;
};

struct FragmentRequest {
  ExchangeId exchange;
  About about;
  consent::Purpose purpose{};
  std::string occasion;  ///< Aanleiding.
  std::string goal;      ///< Doel.
  std::vector<Category> categories;
  std::string role;  ///< Of the person who asks; no name is needed to decide.
  std::optional<FormVersion> form{};

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    archive(self.exchange, self.about, self.purpose, bounded(self.occasion, 1000), bounded(self.goal, 1000),
            bounded(self.categories, all_categories.size()), bounded(self.role, 50), self.form);
  }
  friend bool operator==(const FragmentRequest&, const FragmentRequest&) = default;
};

/// A category of which nothing, or not everything, is released. Public reasons only (consent/decide.h).
struct Denied {
  Category category{};
  consent::Reason reason{};

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    archive(self.category, self.reason);
  }
  friend auto operator<=>(const Denied&, const Denied&) = default;
};

struct FragmentRefusal {
  ExchangeId exchange;
  std::vector<Denied> denied;

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    archive(self.exchange, bounded(self.denied, all_categories.size()));
  }
  friend bool operator==(const FragmentRefusal&, const FragmentRefusal&) = default;
};

/// One fragment in an offer: its kind in the open, its content behind a commitment.
struct OfferedItem {
  FragmentId fragment;
  Category category{};
  std::uint16_t basis = 0;  ///< Which of the offer's bases it rests on.
  Hash256 commitment;

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    archive(self.fragment, self.category, self.basis, self.commitment);
  }
  friend bool operator==(const OfferedItem&, const OfferedItem&) = default;
};

/// What the receiver binds itself to (R4.3).
struct Obligations {
  consent::Purpose purpose{};  ///< Use for this and nothing else.
  Date until;                  ///< Last day; then it is locked and destroyed.
  bool onward = false;         ///< May be passed on to a third organisation. Always false so far.

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    archive(self.purpose, self.until, self.onward);
  }
  friend bool operator==(const Obligations&, const Obligations&) = default;
};

/// The sender's log entry that tells of the offer. The receiver may ask for its inclusion proof under a later head.
struct LogReference {
  std::uint32_t incarnation = 1;
  std::uint64_t index = 0;
  Hash256 leaf;

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    archive(self.incarnation, self.index, self.leaf);
  }
  friend bool operator==(const LogReference&, const LogReference&) = default;
};

struct ReleaseOffer {
  ExchangeId exchange;
  About about;
  DecisionId decision;
  std::vector<OfferedItem> items;
  std::vector<Hash256> bases;  ///< Commitments of BasisStatements.
  std::vector<Denied> denied;
  Obligations obligations;
  LogReference log;
  /// A release to this receiver of which this one corrects fragments; such an offer answers no request.
  std::optional<ExchangeId> corrects;
  std::optional<FormVersion> form;
  Bytes ciphertext;  ///< Of a Payload, under a key of its own that comes last.

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    archive(self.exchange, self.about, self.decision, bounded(self.items, most_items),
            bounded(self.bases, most_bases), bounded(self.denied, all_categories.size()), self.obligations,
            self.log, self.corrects, self.form, bounded(self.ciphertext, max_payload + 64));
  }
  friend bool operator==(const ReleaseOffer&, const ReleaseOffer&) = default;
};

/// A fragment as it travels (R4.1). Structure and envelope are of this version of the protocol; the typed content is of
/// the schema version that it names, which may be newer than the receiver knows.
struct WireFragment {
  FragmentId id;
  std::uint64_t version = 1;  ///< Of the content under this id: a correction is a higher one.
  records::Fragment content;
  records::Provenance provenance = records::Provenance::entered;
  std::optional<FragmentId> parent;
  std::vector<std::string> withheld;  ///< Parts taken out before it went (R4.2): that there is more is told.

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    archive(self.id, self.version, self.content, self.provenance, self.parent,
            bounded(self.withheld, most_withheld, 200));
  }
  friend bool operator==(const WireFragment&, const WireFragment&) = default;
};

/// The consent or ground that an item rests on, as far as the receiver must know it to keep to it: never who gave it,
/// and nothing about other organisations.
struct BasisStatement {
  BasisId basis;
  std::optional<consent::GroundKind> ground;  ///< None: a consent.
  MemberId recipient;
  consent::Purpose purpose{};
  Date until;
  bool once = false;

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    archive(self.basis, self.ground, self.recipient, self.purpose, self.until, self.once);
  }
  friend bool operator==(const BasisStatement&, const BasisStatement&) = default;
};

/// What the ciphertext of an offer holds: the encoded items and bases, in the order of the offer. Encoded one by one,
/// because the commitments are over these bytes.
struct Payload {
  std::vector<Bytes> fragments;
  std::vector<Bytes> bases;

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    archive(bounded(self.fragments, most_items, max_fragment), bounded(self.bases, most_bases, 200));
  }
};

/// Everything that a receipt says, and so everything that can be proven later without any content.
struct ReceiptBody {
  NetworkId network;
  MemberId sender;
  MemberId receiver;
  ExchangeId exchange;
  About about;
  DecisionId decision;
  std::vector<OfferedItem> items;
  std::vector<Hash256> bases;
  Obligations obligations;
  LogReference log;
  Hash256 ciphertext;  ///< SHA-256 of the offer's ciphertext.
  Timestamp at;        ///< By the receiver's clock.

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    archive(self.network, self.sender, self.receiver, self.exchange, self.about, self.decision,
            bounded(self.items, most_items), bounded(self.bases, most_bases), self.obligations, self.log,
            self.ciphertext, self.at);
  }
  friend bool operator==(const ReceiptBody&, const ReceiptBody&) = default;
};

struct ReleaseReceipt {
  ExchangeId exchange;
  Bytes body;           ///< An encoded ReceiptBody: signed as bytes, so never encoded again.
  Signature signature;  ///< The receiver's, label "knoop/v1/receipt".

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    archive(self.exchange, bounded(self.body, 32UL * 1024), self.signature);
  }
  friend bool operator==(const ReleaseReceipt&, const ReleaseReceipt&) = default;
};

struct ReleaseKey {
  ExchangeId exchange;
  SymmetricKey key;
  std::vector<Salt> item_salts;
  std::vector<Salt> basis_salts;
  Signature
      countersignature;  ///< The sender's, label "knoop/v1/receipt-counter", over body ‖ receiver's signature.

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    archive(self.exchange, revealed(self.key), bounded(self.item_salts, most_items),
            bounded(self.basis_salts, most_bases), self.countersignature);
  }
};

struct ReleaseCancelled {
  ExchangeId exchange;
  consent::Reason reason{};

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    archive(self.exchange, self.reason);
  }
};

/// A consent was withdrawn after something left on it.
struct ConsentWithdrawn {
  BasisId basis;
  std::vector<ExchangeId> exchanges;  ///< Releases to this member that rest on it.
  Timestamp at;

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    archive(self.basis, bounded(self.exchanges, 1000), self.at);
  }
};

/// Fragments that this member holds were corrected, and it may not have the new content (its consent was withdrawn or is
/// over): that they are wrong is told, and nothing else.
struct FragmentCorrected {
  ExchangeId exchange;  ///< The newest release to this member that held them.
  std::vector<FragmentId> fragments;
  Timestamp at;

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    archive(self.exchange, bounded(self.fragments, most_items), self.at);
  }
};

struct WithdrawalApplied {
  BasisId basis;
  std::uint32_t locked = 0;   ///< Fragments on loan that can no longer be read.
  std::uint32_t flagged = 0;  ///< Fragments taken over, marked: no further use under this consent.
  Timestamp at;

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    archive(self.basis, self.locked, self.flagged, self.at);
  }
};

}  // namespace knoop::exchange
