#include "node/core/membership.h"

#include <algorithm>

#include "crypto/base/assert.h"

namespace knoop {
namespace {

constexpr std::string_view self_key = "member";

}  // namespace

Result<void> Membership::load(storage::Transaction& tx) {
  own_.reset();
  convenant_.reset();
  network_.reset();
  convenant_note_.clear();
  cards_.clear();
  ++generation_;

  KNOOP_LET(self, tx.one("SELECT value FROM meta WHERE key = ?", self_key));
  std::optional<MemberId> own_id;
  if (self) own_id = self->get<MemberId>(0);
  KNOOP_TRY(tx.each("SELECT member, text FROM cards ORDER BY member, number",
                    [&](const storage::Row& row) -> Result<void> {
                      const auto member = row.get<MemberId>(0);
                      KNOOP_LET(card, check_card(text_view(row.get<ByteView>(1)), member));
                      if (member == own_id)
                        own_ = std::move(card);
                      else
                        cards_.insert_or_assign(member, std::move(card));
                      return {};
                    }));
  return tx.each("SELECT text FROM convenants ORDER BY number", [&](const storage::Row& row) -> Result<void> {
    const std::string note = to_text(row.get<ByteView>(0));
    if (convenant_) {
      KNOOP_LET(next, check_next_convenant(note, convenant_note_));
      convenant_ = std::move(next);
    } else {
      KNOOP_LET(first, check_first_convenant(note));
      KNOOP_LET(network, network_id(note));
      convenant_ = std::move(first);
      network_ = network;
    }
    convenant_note_ = note;
    KNOOP_LET(hash, knoop::convenant_hash(note));
    convenant_hash_ = hash;
    return {};
  });
}

const MemberId& Membership::self() const {
  KNOOP_ASSERT(own_.has_value(), "a node acts only after its own card is installed");
  return own_->member;
}

NetworkId Membership::network() const {
  return network_.value_or(NetworkId{});
}

const Card* Membership::card(const MemberId& member) const {
  if (this->member(member) == nullptr) return nullptr;
  const auto found = cards_.find(member);
  return found == cards_.end() ? nullptr : &found->second;
}

const ConvenantMember* Membership::member(const MemberId& member) const {
  return convenant_ ? convenant_->find(member) : nullptr;
}

std::optional<MemberId> Membership::by_slug(std::string_view slug) const {
  if (convenant_)
    for (const ConvenantMember& member : convenant_->members)
      if (member.id == slug) return member.member;
  return std::nullopt;
}

std::string Membership::slug(const MemberId& id) const {
  const ConvenantMember* found = member(id);
  return found != nullptr ? found->id : id.hex();
}

std::vector<MemberId> Membership::peers() const {
  std::vector<MemberId> out;
  // Without being a member ourselves there is nobody to talk to.
  if (!own_ || member(own_->member) == nullptr) return out;
  for (const auto& [id, card] : cards_)
    if (member(id) != nullptr) out.push_back(id);
  return out;
}

std::vector<Link> Membership::links() const {
  std::vector<Link> out;
  for (const MemberId& id : peers()) {
    const Card& card = cards_.at(id);
    if (card.compromised_since) continue;
    Link link{id, {card.transport_key}, card.endpoints};
    if (card.next_transport_key) link.accepted.push_back(*card.next_transport_key);
    out.push_back(std::move(link));
  }
  return out;
}

bool Membership::in_force(Timestamp now) const {
  return convenant_ && convenant_->in_force(now);
}

Result<void> Membership::install_own_card(storage::Transaction& tx, const std::string& note, Timestamp now) {
  KNOOP_LET(card, read_card(note));
  if (own_ && own_->member != card.member)
    return fail(ErrorCode::conflict, Side::user,
                "this node belongs to {}; a node never changes its organisation", own_->id);
  if (own_ && card.number <= own_->number)
    return fail(ErrorCode::conflict, Side::user,
                "card number {} is installed; a new card needs a higher number", own_->number);
  KNOOP_TRY(tx.exec("INSERT OR IGNORE INTO meta(key, value) VALUES (?, ?)", self_key, card.member));
  KNOOP_TRY(store_card(tx, card, note, now));
  own_ = std::move(card);
  ++generation_;
  return {};
}

Result<Card> Membership::install_card(storage::Transaction& tx, const std::string& note, Timestamp now) {
  KNOOP_LET(card, read_card(note));
  if (own_ && card.member == own_->member)
    return fail(ErrorCode::conflict, Side::user, "this is our own card; import those of other organisations");
  if (const auto found = cards_.find(card.member); found != cards_.end()) {
    if (found->second == card) return card;
    if (card.number == found->second.number)
      return fail(ErrorCode::conflict, Side::peer,
                  "{} signed two different cards with number {}; ask them for a card with a higher number",
                  card.id, card.number);
    if (card.number < found->second.number)
      return fail(ErrorCode::conflict, Side::peer,
                  "card number {} of {} is installed already, this one has number {}", found->second.number,
                  card.id, card.number);
  }
  if (const ConvenantMember* known = member(card.member); known != nullptr && known->id != card.id)
    return fail(ErrorCode::conflict, Side::peer, "the convenant calls this organisation {}, its card says {}",
                known->id, card.id);
  if (now >= card.valid_until)
    return fail(ErrorCode::expired, Side::peer,
                "the card of {} was valid until {}; ask them for their newest", card.id,
                card.valid_until.iso());
  KNOOP_TRY(store_card(tx, card, note, now));
  cards_.insert_or_assign(card.member, card);
  ++generation_;
  return card;
}

Result<void> Membership::store_card(storage::Transaction& tx, const Card& card, const std::string& note,
                                    Timestamp now) {
  return tx.exec("INSERT INTO cards(member, number, text, received_at) VALUES (?, ?, ?, ?)", card.member,
                 card.number, view(note), now);
}

Result<Convenant> Membership::install_convenant(storage::Transaction& tx, const std::string& note,
                                                Timestamp now) {
  if (convenant_ && note == convenant_note_) return *convenant_;
  Result<Convenant> checked =
      convenant_ ? check_next_convenant(note, convenant_note_) : check_first_convenant(note);
  KNOOP_LET(convenant, std::move(checked));
  for (const auto& [id, card] : cards_)
    if (const ConvenantMember* known = convenant.find(id); known != nullptr && known->id != card.id)
      return fail(ErrorCode::conflict, Side::peer,
                  "the convenant calls {} by another name than its card does", card.id);
  KNOOP_LET(hash, knoop::convenant_hash(note));
  KNOOP_TRY(tx.exec("INSERT INTO convenants(number, text, hash, installed_at) VALUES (?, ?, ?, ?)",
                    convenant.number, view(note), hash, now));
  if (!convenant_) {
    KNOOP_LET(network, network_id(note));
    network_ = network;
  }
  convenant_ = convenant;
  convenant_note_ = note;
  convenant_hash_ = hash;
  ++generation_;
  return convenant;
}

Result<std::string> Membership::card_note(storage::Transaction& tx, const MemberId& member) const {
  KNOOP_LET(row, tx.one("SELECT text FROM cards WHERE member = ? ORDER BY number DESC LIMIT 1", member));
  if (!row)
    return fail(ErrorCode::not_found, Side::user, "no card of {} is installed; ask them for it",
                slug(member));
  return to_text(row->get<ByteView>(0));
}

Result<SigningPublicKey> Membership::signing_key(storage::Transaction& tx, const MemberId& member,
                                                 std::uint32_t card_number) const {
  const Card* newest = card(member);
  if (newest == nullptr)
    return fail(ErrorCode::not_a_member, Side::ours, "no card of {} is installed; ask them for it",
                slug(member));
  if (newest->number == card_number) return newest->signing_key;
  if (newest->compromised_since)
    return fail(ErrorCode::bad_key, Side::peer, "{} declared its older keys compromised", newest->id);
  KNOOP_LET(row, tx.one("SELECT text FROM cards WHERE member = ? AND number = ?", member, card_number));
  if (!row)
    return fail(ErrorCode::not_a_member, Side::ours,
                "{} uses card number {}, which is not installed here; ask them for it", newest->id,
                card_number);
  KNOOP_LET(card, check_card(text_view(row->get<ByteView>(0)), member));
  return card.signing_key;
}

}  // namespace knoop
