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
  former_.clear();
  frozen_ = false;
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
  KNOOP_TRY(
      tx.each("SELECT text FROM convenants ORDER BY number", [&](const storage::Row& row) -> Result<void> {
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
      }));
  KNOOP_TRY(load_former(tx));
  return load_frozen(tx);
}

Result<void> Membership::load_former(storage::Transaction& tx) {
  former_.clear();
  return tx.each("SELECT member, id, since, number FROM former_members ORDER BY member",
                 [&](const storage::Row& row) -> Result<void> {
                   former_.push_back({row.get<MemberId>(0), row.get<std::string>(1), row.get<Timestamp>(2),
                                      row.get<std::uint32_t>(3)});
                   return {};
                 });
}

Result<void> Membership::load_frozen(storage::Transaction& tx) {
  if (!convenant_) return {};
  KNOOP_LET(row, tx.one("SELECT count(*) FROM convenant_evidence WHERE number = ?", convenant_->number));
  frozen_ = row->get<std::uint64_t>(0) > 0;
  return {};
}

const MemberId& Membership::self() const {
  KNOOP_ASSERT(own_.has_value(), "a node acts only after its own card is installed");
  return own_->member;
}

NetworkId Membership::network() const {
  return network_.value_or(NetworkId{});
}

Standing Membership::standing(const MemberId& id) const {
  if (own_ && id != own_->member && member(own_->member) != nullptr && member(id) != nullptr)
    return Standing::member;
  return std::ranges::find(former_, id, &FormerMember::member) == former_.end() ? Standing::stranger
                                                                                : Standing::former;
}

const Card* Membership::card(const MemberId& member) const {
  if (own_ && standing(member) != Standing::member) return nullptr;
  if (this->member(member) == nullptr) return nullptr;
  const auto found = cards_.find(member);
  return found == cards_.end() ? nullptr : &found->second;
}

const Card* Membership::card_of_former(const MemberId& member) const {
  if (standing(member) == Standing::stranger) return nullptr;
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
  for (const FormerMember& member : former_)
    if (member.id == slug) return member.member;
  return std::nullopt;
}

std::string Membership::slug(const MemberId& id) const {
  if (const ConvenantMember* found = member(id)) return found->id;
  const auto former = std::ranges::find(former_, id, &FormerMember::member);
  return former != former_.end() ? former->id : id.hex();
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
  const bool inside = own_ && member(own_->member) != nullptr;
  for (const FormerMember& former : former_) {
    const Card* card = card_of_former(former.member);
    if (card == nullptr || card->compromised_since) continue;
    // The listener of a member knows no former member's key: members dial, whoever was left out is dialled.
    Link link{former.member, {card->transport_key}, card->endpoints, !inside};
    if (!inside && member(former.member) != nullptr) link.endpoints.clear();
    if (card->next_transport_key) link.accepted.push_back(*card->next_transport_key);
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
  if (frozen_ && !cards_.contains(card.member))
    return fail(
        ErrorCode::conflict, Side::peer,
        "two texts of version {} of the convenant were signed; no organisation is added until the managers "
        "sign a version that names one of them",
        convenant_->number);
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

Result<JudgedConvenant> Membership::judge(storage::Transaction& tx, const std::string& note) const {
  JudgedConvenant out;
  out.note = note;
  KNOOP_LET(hash, knoop::convenant_hash(note));
  out.hash = hash;
  const auto names_agree = [&]() -> Result<void> {
    for (const auto& [id, card] : cards_)
      if (const ConvenantMember* known = out.convenant.find(id); known != nullptr && known->id != card.id)
        return fail(ErrorCode::conflict, Side::peer,
                    "the convenant calls {} by another name than its card does", card.id);
    return {};
  };
  const auto judged = [&](ConvenantNews news, Convenant convenant) -> Result<JudgedConvenant> {
    out.news = news;
    out.convenant = std::move(convenant);
    if (news == ConvenantNews::next || news == ConvenantNews::chosen) KNOOP_TRY(names_agree());
    return std::move(out);
  };
  if (!convenant_) {
    KNOOP_LET(first, check_first_convenant(note));
    return judged(ConvenantNews::next, std::move(first));
  }
  KNOOP_LET(known, tx.one("SELECT 1 FROM convenants WHERE hash = ?", hash));
  if (known) return judged(ConvenantNews::known, *convenant_);
  Result<Convenant> next = check_next_convenant(note, convenant_note_);
  if (next) return judged(ConvenantNews::next, std::move(*next));

  std::optional<Convenant> found;
  const auto follows = [&](const storage::Row& row) -> Result<void> {
    if (found) return {};
    if (auto convenant = check_next_convenant(note, text_view(row.get<ByteView>(0)))) {
      found = std::move(*convenant);
      KNOOP_LET(before, knoop::convenant_hash(text_view(row.get<ByteView>(0))));
      out.instead = before;
    }
    return {};
  };
  KNOOP_TRY(tx.each("SELECT text FROM convenant_evidence WHERE number = ?", convenant_->number, follows));
  if (found) return judged(ConvenantNews::chosen, std::move(*found));
  KNOOP_TRY(tx.each("SELECT text FROM convenants WHERE number < ? ORDER BY number DESC", convenant_->number,
                    follows));
  out.instead.reset();
  if (found) return judged(ConvenantNews::second_text, std::move(*found));
  if (check_first_convenant(note))
    return fail(ErrorCode::wrong_network, Side::user,
                "this is the first version of another network's convenant; a node belongs to one network");
  return fail(next.error());
}

std::vector<MemberId> Membership::left_out_by(const Convenant& next) const {
  std::vector<MemberId> out;
  if (!convenant_ || !own_) return out;
  for (const ConvenantMember& each : convenant_->members)
    if (standing(each.member) == Standing::member &&
        (next.find(own_->member) == nullptr || next.find(each.member) == nullptr))
      out.push_back(each.member);
  return out;
}

Result<void> Membership::keep_evidence(storage::Transaction& tx, const JudgedConvenant& judged,
                                       const std::optional<MemberId>& source, Timestamp now) {
  return tx.exec(
      "INSERT OR IGNORE INTO convenant_evidence(hash, number, text, heard, source) VALUES (?, ?, ?, ?, ?)",
      judged.hash, judged.convenant.number, view(judged.note), now, source);
}

Result<void> Membership::store_text(storage::Transaction& tx, const JudgedConvenant& judged, Timestamp now) {
  for (const MemberId& id : left_out_by(judged.convenant))
    KNOOP_TRY(tx.exec("INSERT OR REPLACE INTO former_members(member, id, since, number) VALUES (?, ?, ?, ?)",
                      id, slug(id), now, judged.convenant.number));
  if (own_ && judged.convenant.find(own_->member) != nullptr)
    for (const ConvenantMember& each : judged.convenant.members)
      KNOOP_TRY(tx.exec("DELETE FROM former_members WHERE member = ?", each.member));
  if (judged.instead) {
    KNOOP_TRY(tx.exec(
        "INSERT INTO convenant_evidence(hash, number, text, heard) SELECT hash, number, text, installed_at "
        "FROM convenants WHERE number = ?",
        convenant_->number));
    KNOOP_TRY(tx.exec(
        "UPDATE convenants SET (text, hash) = (SELECT text, hash FROM convenant_evidence WHERE hash = ?1) "
        "WHERE number = ?2",
        *judged.instead, convenant_->number));
    KNOOP_TRY(tx.exec("DELETE FROM convenant_evidence WHERE hash = ?", *judged.instead));
  }
  return tx.exec("INSERT INTO convenants(number, text, hash, installed_at) VALUES (?, ?, ?, ?)",
                 judged.convenant.number, view(judged.note), judged.hash, now);
}

Result<void> Membership::install(storage::Transaction& tx, const JudgedConvenant& judged,
                                 const std::optional<MemberId>& source, Timestamp now) {
  switch (judged.news) {
    case ConvenantNews::known:
      return {};
    case ConvenantNews::second_text:
      KNOOP_TRY(keep_evidence(tx, judged, source, now));
      return load_frozen(tx);
    case ConvenantNews::next:
    case ConvenantNews::chosen:
      break;
  }
  KNOOP_TRY(store_text(tx, judged, now));
  if (!convenant_) {
    KNOOP_LET(network, network_id(judged.note));
    network_ = network;
  }
  convenant_ = judged.convenant;
  convenant_note_ = judged.note;
  convenant_hash_ = judged.hash;
  frozen_ = false;
  ++generation_;
  return load_former(tx);
}

Result<Convenant> Membership::install_convenant(storage::Transaction& tx, const std::string& note,
                                                Timestamp now) {
  KNOOP_LET(judged, judge(tx, note));
  if (judged.news == ConvenantNews::second_text)
    return fail(ErrorCode::conflict, Side::peer,
                "another text of version {} of the convenant is installed: the managers signed two",
                judged.convenant.number);
  KNOOP_TRY(install(tx, judged, std::nullopt, now));
  return *convenant_;
}

Result<std::vector<std::string>> Membership::notes_after(storage::Transaction& tx,
                                                         std::uint32_t number) const {
  std::vector<std::string> out;
  KNOOP_TRY(tx.each(
      "SELECT text FROM (SELECT number, 0 AS other, text FROM convenants UNION ALL SELECT number, 1, text "
      "FROM convenant_evidence) WHERE number > ? ORDER BY number, other",
      number, [&](const storage::Row& row) -> Result<void> {
        out.push_back(to_text(row.get<ByteView>(0)));
        return {};
      }));
  return out;
}

Result<std::optional<Hash256>> Membership::hash_of(storage::Transaction& tx, std::uint32_t number) const {
  KNOOP_LET(row, tx.one("SELECT hash FROM convenants WHERE number = ?", number));
  if (!row) return std::nullopt;
  return row->get<Hash256>(0);
}

Result<bool> Membership::forget_former(storage::Transaction& tx, Timestamp now) {
  KNOOP_LET(gone, tx.change("DELETE FROM former_members WHERE since <= ?", now - former_for));
  if (gone == 0) return false;
  KNOOP_TRY(load_former(tx));
  ++generation_;
  return true;
}

Result<std::string> Membership::card_note(storage::Transaction& tx, const MemberId& member) const {
  KNOOP_LET(row, tx.one("SELECT text FROM cards WHERE member = ? ORDER BY number DESC LIMIT 1", member));
  if (!row)
    return fail(ErrorCode::not_found, Side::user, "no card of {} is installed; ask them for it",
                slug(member));
  return to_text(row->get<ByteView>(0));
}

Result<std::vector<std::string>> Membership::card_notes(storage::Transaction& tx,
                                                        const MemberId& member) const {
  std::vector<std::string> notes;
  KNOOP_TRY(tx.each("SELECT text FROM cards WHERE member = ? ORDER BY number DESC", member,
                    [&](const storage::Row& row) -> Result<void> {
                      notes.push_back(to_text(row.get<ByteView>(0)));
                      return {};
                    }));
  return notes;
}

Result<SigningPublicKey> Membership::signing_key(storage::Transaction& tx, const MemberId& member,
                                                 std::uint32_t card_number) const {
  const Card* newest = card_of_former(member);
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
