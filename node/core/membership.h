// Who belongs to the network, by the newest installed convenant and the newest installed card of each member.
//
// Convenants and cards are checked by config/ (signatures, thresholds, chain) before they reach this class; it keeps
// them in the database, answers questions about them from memory, and says what the transport must accept.
// Not in here: thresholds of two convenant versions, former members, rotation and carriers (protocol.md section 1);
// the stored forms leave room for them.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "config/card.h"
#include "config/convenant.h"
#include "node/core/ports.h"
#include "storage/database.h"

namespace knoop {

class Membership {
 public:
  /// Reads what is installed. A stored document that no longer checks is an error of ours: the database is damaged.
  Result<void> load(storage::Transaction& tx);

  /// Our own card, and so our own identity; absent before `knoop init` has finished.
  [[nodiscard]] const std::optional<Card>& own_card() const { return own_; }
  [[nodiscard]] const MemberId& self() const;
  [[nodiscard]] const std::optional<Convenant>& convenant() const { return convenant_; }
  [[nodiscard]] NetworkId network() const;
  /// The newest card of a member of the convenant other than ourselves, or nothing.
  [[nodiscard]] const Card* card(const MemberId& member) const;
  /// The member whose card has this short name ("smw-duinschool"), for people who type.
  [[nodiscard]] std::optional<MemberId> by_slug(std::string_view slug) const;
  /// The reverse; a stranger's id in hexadecimal.
  [[nodiscard]] std::string slug(const MemberId& member) const;
  [[nodiscard]] const ConvenantMember* member(const MemberId& member) const;
  /// Members other than ourselves that have a card: those we can talk to.
  [[nodiscard]] std::vector<MemberId> peers() const;
  [[nodiscard]] std::vector<Link> links() const;
  /// The convenant's validity includes `now`.
  [[nodiscard]] bool in_force(Timestamp now) const;

  Result<void> install_own_card(storage::Transaction& tx, const std::string& note, Timestamp now);
  /// A card of another organisation. Refused: a bad signature, an older number than installed, or a second text of
  /// the same number. Installing the same card again changes nothing.
  Result<Card> install_card(storage::Transaction& tx, const std::string& note, Timestamp now);
  Result<Convenant> install_convenant(storage::Transaction& tx, const std::string& note, Timestamp now);

  /// The signed note of a member's newest installed card, or of our own, as it is handed on.
  [[nodiscard]] Result<std::string> card_note(storage::Transaction& tx, const MemberId& member) const;
  /// The key with which a member signs under the card of this number: its newest, or an older one that is installed
  /// (frames sealed before a rotation still come in), unless its newest card declares the older ones compromised.
  [[nodiscard]] Result<SigningPublicKey> signing_key(storage::Transaction& tx, const MemberId& member,
                                                     std::uint32_t card_number) const;
  /// Grows with every change of cards or convenant since load(), beginning at 1.
  [[nodiscard]] std::uint64_t generation() const { return generation_; }
  /// SHA-256 of the installed convenant's text.
  [[nodiscard]] Hash256 convenant_hash() const { return convenant_hash_; }

 private:
  Result<void> store_card(storage::Transaction& tx, const Card& card, const std::string& note, Timestamp now);

  std::optional<Card> own_;
  std::optional<Convenant> convenant_;
  std::optional<NetworkId> network_;
  std::string convenant_note_;
  Hash256 convenant_hash_;
  std::uint64_t generation_ = 0;
  std::map<MemberId, Card> cards_;
};

}  // namespace knoop
