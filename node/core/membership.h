// Who belongs to the network, by the newest installed convenant and the newest installed card of each member
// (protocol.md section 1, docs/spec/membership.md).
//
// Convenants and cards are checked by config/ (signatures, thresholds, chain) before they reach this class; it keeps
// them in the database, answers questions about them from memory, and says what the transport must accept. What follows
// for everybody else from a new version is membership_service.h's.
//
// A *former* member was one together with us, and a later version left one of us out. Protective frames pass between
// former members for two years, so that withdrawals and orders to destroy still reach who holds something; nothing else
// does. We dial a former member; our listener does not know its key any more. A node that is itself left out accepts
// those that it was a member with, which then dial it.
//
// Two texts of one number are kept, both. While neither is named by a later version the membership is *frozen*: the text
// that was installed first stays in force, and no organisation is added.
//
// Not in here: rotation, cards that travel by themselves and carriers; the stored forms leave room for them.
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

/// Of somebody else towards us.
enum class Standing : std::uint8_t { stranger, former, member };

struct FormerMember {
  MemberId member;
  std::string id;  ///< Its short name when it was one.
  Timestamp since;
  std::uint32_t number = 0;  ///< The version that left one of us out.
};

/// What a convenant's text means to a node that has some versions installed.
enum class ConvenantNews : std::uint8_t {
  known,        ///< Installed, or kept, already.
  next,         ///< Follows on what is installed.
  chosen,       ///< Follows on a text that was not followed so far: two were signed, and this names that one.
  second_text,  ///< Another valid text of an installed number: evidence, never followed by itself.
};
struct JudgedConvenant {
  ConvenantNews news = ConvenantNews::known;
  Convenant convenant;
  std::string note;
  Hash256 hash;
  std::optional<Hash256> instead;  ///< `chosen`: the kept text that takes the installed one's place.
};

class Membership {
 public:
  static constexpr std::chrono::days former_for{730};

  /// Reads what is installed. A stored document that no longer checks is an error of ours: the database is damaged.
  Result<void> load(storage::Transaction& tx);

  /// Our own card, and so our own identity; absent before `knoop init` has finished.
  [[nodiscard]] const std::optional<Card>& own_card() const { return own_; }
  [[nodiscard]] const MemberId& self() const;
  [[nodiscard]] const std::optional<Convenant>& convenant() const { return convenant_; }
  [[nodiscard]] NetworkId network() const;
  /// The newest card of a member of the convenant other than ourselves, or nothing. Nothing either when we are none.
  [[nodiscard]] const Card* card(const MemberId& member) const;
  /// The same, of former members too: for what is protective.
  [[nodiscard]] const Card* card_of_former(const MemberId& member) const;
  [[nodiscard]] Standing standing(const MemberId& member) const;
  /// With or without a card.
  [[nodiscard]] const std::vector<FormerMember>& former() const { return former_; }
  /// A second valid text of the installed number is here, and no later version says which one counts.
  [[nodiscard]] bool frozen() const { return frozen_; }
  /// The member whose card has this short name ("smw-duinschool"), for people who type.
  [[nodiscard]] std::optional<MemberId> by_slug(std::string_view slug) const;
  /// The reverse; a stranger's id in hexadecimal.
  [[nodiscard]] std::string slug(const MemberId& member) const;
  [[nodiscard]] const ConvenantMember* member(const MemberId& member) const;
  /// Members other than ourselves that have a card: those we can talk to about everything.
  [[nodiscard]] std::vector<MemberId> peers() const;
  [[nodiscard]] std::vector<Link> links() const;
  /// The convenant's validity includes `now`.
  [[nodiscard]] bool in_force(Timestamp now) const;

  Result<void> install_own_card(storage::Transaction& tx, const std::string& note, Timestamp now);
  /// A card of another organisation. Refused: a bad signature, an older number than installed, or a second text of
  /// the same number. Installing the same card again changes nothing.
  Result<Card> install_card(storage::Transaction& tx, const std::string& note, Timestamp now);

  /// What this text means here. Changes nothing. Errors: bad_signature (too few different managers of the version
  /// before, or of itself), wrong_state (does not follow on what is installed), wrong_network (a first version of
  /// another network), conflict (it calls a member otherwise than the member's card does), errors of form.
  [[nodiscard]] Result<JudgedConvenant> judge(storage::Transaction& tx, const std::string& note) const;
  /// Those who are members with us now and would not be under this version.
  [[nodiscard]] std::vector<MemberId> left_out_by(const Convenant& next) const;
  /// Stores what was judged. Memory changes last, so whoever calls this does it last.
  Result<void> install(storage::Transaction& tx, const JudgedConvenant& judged,
                       const std::optional<MemberId>& source, Timestamp now);
  /// judge() and install() at once: for a node that talks to nobody yet.
  Result<Convenant> install_convenant(storage::Transaction& tx, const std::string& note, Timestamp now);
  /// The notes of installed versions after `number`, and of texts that contradict them, in order.
  [[nodiscard]] Result<std::vector<std::string>> notes_after(storage::Transaction& tx,
                                                             std::uint32_t number) const;
  /// SHA-256 of the installed version with this number.
  [[nodiscard]] Result<std::optional<Hash256>> hash_of(storage::Transaction& tx, std::uint32_t number) const;
  /// Forgets former members whose two years are over. True when there were any.
  Result<bool> forget_former(storage::Transaction& tx, Timestamp now);

  /// The signed note of a member's newest installed card, or of our own, as it is handed on.
  [[nodiscard]] Result<std::string> card_note(storage::Transaction& tx, const MemberId& member) const;
  /// Of every card that was ever installed, newest first: signatures of long ago are checked with the keys of then.
  [[nodiscard]] Result<std::vector<std::string>> card_notes(storage::Transaction& tx,
                                                            const MemberId& member) const;
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
  Result<void> store_text(storage::Transaction& tx, const JudgedConvenant& judged, Timestamp now);
  Result<void> keep_evidence(storage::Transaction& tx, const JudgedConvenant& judged,
                             const std::optional<MemberId>& source, Timestamp now);
  Result<void> load_former(storage::Transaction& tx);
  Result<void> load_frozen(storage::Transaction& tx);

  std::optional<Card> own_;
  std::optional<Convenant> convenant_;
  std::optional<NetworkId> network_;
  std::string convenant_note_;
  Hash256 convenant_hash_;
  std::uint64_t generation_ = 0;
  std::map<MemberId, Card> cards_;
  std::vector<FormerMember> former_;
  bool frozen_ = false;
};

}  // namespace knoop
