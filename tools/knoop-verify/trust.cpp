#include "tools/knoop-verify/trust.h"

#include <algorithm>

#include "tools/knoop-verify/convenants.h"

namespace knoop::verifier {

Result<void> Trusted::confirm(const audit::LogOrigin& log) const {
  if (convenants.empty()) return {};
  if (network != log.network)
    return fail(ErrorCode::wrong_network, Side::peer, "the log is of another network than the convenant");
  if (std::ranges::none_of(convenants, [&](const Convenant& one) { return one.find(log.member) != nullptr; }))
    return fail(ErrorCode::not_a_member, Side::peer,
                "the log is of somebody who is no member of the convenant");
  return {};
}

std::string Trusted::name_of(const MemberId& member) const {
  for (auto one = convenants.rbegin(); one != convenants.rend(); ++one)
    if (const ConvenantMember* const known = one->find(member)) return known->id;
  for (const Card& card : cards)
    if (card.member == member) return card.id;
  return member.hex();
}

Result<void> Trusted::with_keys_of(const MemberId& member,
                                   const std::function<Result<void>(const Card&)>& check) const {
  std::vector<const Card*> own;
  for (const Card& card : cards)
    if (card.member == member) own.push_back(&card);
  std::ranges::sort(own, std::ranges::greater{}, [](const Card* card) { return card->number; });
  Result<void> first =
      fail(ErrorCode::not_found, Side::user, "no card of {} was given; give it with --card", name_of(member));
  for (const Card* card : own) {
    auto done = check(*card);
    if (done) return done;
    if (card == own.front()) first = std::move(done);
  }
  return first;
}

Result<Trusted> read_trusted(const std::vector<std::filesystem::path>& convenants,
                             const std::vector<std::filesystem::path>& cards) {
  Trusted out;
  KNOOP_LET(versions, read_all_convenants(convenants, out.network));
  out.convenants = std::move(versions);
  KNOOP_LET(read, read_witness_cards(cards));
  out.cards = std::move(read);
  return out;
}

HeadWitnesses witnesses_of(const Trusted& trusted, const audit::SignedHead& head) {
  HeadWitnesses out;
  const MemberId& member = head.origin.member;
  out.rule = judge_heads(trusted.convenants, member, trusted.cards, {head.note});
  out.by = judge_head(trusted.convenants, member, trusted.cards, head.note).by;
  return out;
}

}  // namespace knoop::verifier
