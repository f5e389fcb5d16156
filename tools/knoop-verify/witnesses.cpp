#include "tools/knoop-verify/witnesses.h"

#include <algorithm>
#include <map>

#include "crypto/checkpoint.h"
#include "tools/knoop-verify/export_file.h"

namespace knoop::verifier {
namespace {

const Card* newest_of(const std::vector<Card>& cards, const MemberId& member) {
  const Card* newest = nullptr;
  for (const Card& card : cards)
    if (card.member == member && (newest == nullptr || card.number > newest->number)) newest = &card;
  return newest;
}

std::size_t distinct(const audit::WitnessRule& rule) {
  std::vector<MemberId> members;
  for (const audit::Witness& one : rule.witnesses) members.push_back(one.member);
  std::ranges::sort(members);
  return members.size() - std::ranges::unique(members).size();
}

}  // namespace

Result<std::vector<Card>> read_witness_cards(const std::vector<std::filesystem::path>& paths) {
  std::vector<Card> out;
  for (const auto& path : paths) {
    KNOOP_LET(note, read_text(path, max_card_bytes));
    KNOOP_LET(card, read_card(note));
    out.push_back(std::move(card));
  }
  return out;
}

audit::WitnessRule rule_for(const Convenant& convenant, const MemberId& member,
                            const std::vector<Card>& cards) {
  audit::WitnessRule rule =
      witness_rule(convenant, member, [&](const MemberId& witness) { return newest_of(cards, witness); });
  const std::size_t members = rule.witnesses.size();
  for (std::size_t i = 0; i < members; ++i)
    for (const Card& card : cards) {
      const audit::Witness older{rule.witnesses[i].member, card.witness_key};
      if (card.member == older.member && std::ranges::find(rule.witnesses, older) == rule.witnesses.end())
        rule.witnesses.push_back(older);
    }
  return rule;
}

audit::Witnessed judge_head(const std::vector<Convenant>& convenants, const MemberId& member,
                            const std::vector<Card>& cards, const Note& head) {
  std::optional<audit::Witnessed> newest;
  for (auto convenant = convenants.rbegin(); convenant != convenants.rend(); ++convenant) {
    const audit::WitnessRule rule = rule_for(*convenant, member, cards);
    if (!rule.exists()) continue;
    audit::Witnessed by = audit::witnessed(head, rule);
    if (by.enough) return by;
    if (!newest) newest = std::move(by);
  }
  return newest.value_or(audit::Witnessed{});
}

Witnesses judge_heads(const std::vector<Convenant>& convenants, const MemberId& member,
                      const std::vector<Card>& cards, const std::vector<Note>& heads) {
  Witnesses out;
  out.asked = !convenants.empty();
  for (auto convenant = convenants.rbegin(); convenant != convenants.rend() && out.named == 0; ++convenant) {
    const audit::WitnessRule rule = rule_for(*convenant, member, cards);
    if (!rule.exists()) continue;
    out.named = rule.named;
    out.quorum = rule.quorum();
    out.known = distinct(rule);
    out.bound = std::chrono::hours(convenant->terms.unwitnessed_hours);
  }
  if (out.named == 0) return out;
  // What stands on one note and what stands on another are cosignatures of the same head.
  std::map<std::string, Note> by_text;
  for (const Note& head : heads) {
    Note& all = by_text.try_emplace(head.text, Note{head.text, {}}).first->second;
    all.signatures.insert(all.signatures.end(), head.signatures.begin(), head.signatures.end());
  }
  for (const auto& [text, note] : by_text) {
    const auto head = Checkpoint::parse(text);
    if (!head) continue;
    const audit::Witnessed by = judge_head(convenants, member, cards, note);
    if (!by.enough) {
      out.too_few.push_back({head->size, by.by.size()});
    } else if (head->size >= out.size) {
      out.size = head->size;
      out.at = *by.at;
      out.by = by.by.size();
    }
  }
  std::ranges::sort(out.too_few, {}, &UnwitnessedHead::size);
  return out;
}

std::vector<std::string> sentences(const Witnesses& witnesses) {
  if (!witnesses.asked) return {};
  if (witnesses.named == 0)
    return {"the convenant names no witnesses for this log: nobody else vouches for it"};
  if (!witnesses.can_be_judged())
    return {
        fmt::format("witnesses were not judged: {} of {} must have cosigned, and the cards of {} are here; "
                    "give --witness-card",
                    witnesses.quorum, witnesses.named, witnesses.known)};
  std::vector<std::string> out;
  if (witnesses.size > 0)
    out.push_back(fmt::format("witnessed up to entry {} by {} of {} witnesses ({} needed) at {}",
                              witnesses.size - 1, witnesses.by, witnesses.named, witnesses.quorum,
                              witnesses.at.iso()));
  else
    out.emplace_back("no head that was given is witnessed");
  constexpr std::size_t most = 5;
  for (std::size_t i = 0; i < std::min(most, witnesses.too_few.size()); ++i)
    out.push_back(fmt::format("the head of size {} is cosigned by {} of {} witnesses; {} are needed",
                              witnesses.too_few[i].size, witnesses.too_few[i].by, witnesses.named,
                              witnesses.quorum));
  if (witnesses.too_few.size() > most)
    out.push_back(fmt::format("and {} further heads by too few", witnesses.too_few.size() - most));
  if (witnesses.waiting > 0)
    out.push_back(fmt::format("{} disclosures are newer than the newest witnessed head", witnesses.waiting));
  return out;
}

}  // namespace knoop::verifier
