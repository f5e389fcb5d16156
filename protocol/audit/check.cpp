#include "protocol/audit/check.h"

#include <algorithm>
#include <charconv>

#include "protocol/audit/incarnation.h"

namespace knoop::audit {
namespace {

/// The value of a structural field; empty when it is hidden, which check_leaf() has reported.
const std::string& shown(const ExportedEntry& entry, Field field) {
  static const std::string nothing;
  const auto* opening = std::get_if<Opening>(&entry.fields[slot(field)]);
  return opening ? opening->value : nothing;
}

bool is_hex_of(std::string_view text, std::size_t bytes) {
  return text.size() == 2 * bytes &&
         std::ranges::all_of(text, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}
bool empty_or_hex(std::string_view text, std::size_t bytes) {
  return text.empty() || is_hex_of(text, bytes);
}

}  // namespace

std::string_view to_string(FindingCode code) {
  switch (code) {
#define KNOOP_NAMED(name, text) \
  case FindingCode::name:       \
    return text;
    KNOOP_FINDINGS(KNOOP_NAMED)
#undef KNOOP_NAMED
  }
  return "";
}

LogChecker::LogChecker(LogOrigin origin, std::vector<Checkpoint> heads)
    : origin_(origin), heads_(std::move(heads)) {
  std::ranges::stable_sort(heads_, {}, &Checkpoint::size);
  const std::string own = origin_.text();
  const auto stranger =
      std::ranges::find_if(heads_, [&](const Checkpoint& head) { return head.origin != own; });
  if (stranger != heads_.end())
    find(FindingCode::origin_differs, std::nullopt, "a head is of another log than the entries");
  check_heads();
}

void LogChecker::find(FindingCode code, std::optional<std::uint64_t> entry, std::string sentence) {
  if (findings_.size() < max_findings) findings_.push_back({code, entry, std::move(sentence)});
}

void LogChecker::add(const ExportedEntry& entry, const Hash256& leaf) {
  check_position(entry);
  check_leaf(entry, leaf);
  tree_.append(leaf);
  check_meaning(entry);
  expected_ = entry.index + 1;
  check_heads();
}

void LogChecker::check_position(const ExportedEntry& entry) {
  if (entry.index == expected_) return;
  in_order_ = false;
  if (entry.index > expected_)
    find(FindingCode::entry_missing, expected_,
         fmt::format("entry {} is missing: entry {} stands in its place", expected_, entry.index));
  else
    find(FindingCode::entry_out_of_order, entry.index,
         fmt::format("entry {} stands where entry {} should stand", entry.index, expected_));
}

void LogChecker::check_leaf(const ExportedEntry& entry, const Hash256& leaf) {
  for (std::size_t i = 0; i < field_count; ++i) {
    const auto* closed = std::get_if<Closed>(&entry.fields[i]);
    if (!closed) continue;
    const Field field = all_fields[i].field;
    if (is_structural(field))
      find(FindingCode::structural_hidden, entry.index,
           fmt::format("entry {} hides its field {}, which must always be shown", entry.index,
                       to_string(field)));
    else if (closed->erased)
      erased_.emplace(entry.index, number(field));
  }
  if (leaf != entry.leaf)
    find(FindingCode::leaf_differs, entry.index,
         fmt::format("entry {} was changed: its fields do not hash to its leaf", entry.index));
}

void LogChecker::check_meaning(const ExportedEntry& entry) {
  const auto bad = [&](Field field) {
    find(FindingCode::bad_value, entry.index,
         fmt::format("entry {} has a value in field {} that no log may hold", entry.index, to_string(field)));
  };
  if (shown(entry, Field::index) != std::to_string(entry.index)) bad(Field::index);

  const auto time = Timestamp::parse(shown(entry, Field::time));
  if (!time || time->iso() != shown(entry, Field::time)) {
    bad(Field::time);
  } else {
    if (last_time_ && *time < *last_time_)
      find(FindingCode::time_decreases, entry.index,
           fmt::format("entry {} is of {}, earlier than the entry before it ({})", entry.index, time->iso(),
                       last_time_->iso()));
    if (!first_time_) first_time_ = *time;
    last_time_ = *time;
  }

  const auto event = event_from(shown(entry, Field::event));
  const auto outcome = outcome_from(shown(entry, Field::outcome));
  const std::string& decision = shown(entry, Field::decision);
  const std::string& receipt = shown(entry, Field::receipt);
  const std::string& peer = shown(entry, Field::peer);
  const auto bases = split_bases(shown(entry, Field::basis));
  if (!event) bad(Field::event);
  if (!outcome) bad(Field::outcome);
  if (!empty_or_hex(decision, DecisionId::size)) bad(Field::decision);
  if (!empty_or_hex(receipt, Hash256::size)) bad(Field::receipt);
  if (!empty_or_hex(peer, MemberId::size)) bad(Field::peer);
  if (!bases) bad(Field::basis);
  if (entry.index == 0 && event && *event != Event::log_opened)
    find(FindingCode::not_opened, entry.index, "the first entry of a log must be log.opened");
  if (entry.index == 0) {
    const auto before = head_before(origin_, shown(entry, Field::reference));
    if (!before) find(FindingCode::incarnation_broken, entry.index, before.error().sentence);
  }
  if (!event || !bases || outcome != Outcome::success) return;

  switch (*event) {
    case Event::consent_recorded:
    case Event::ground_recorded:
    case Event::consent_statement_received:
    case Event::basis_confirmed:
    case Event::statement_confirmed:
      for (const BasisId& basis : *bases) {
        bases_.emplace(basis, false);  // a withdrawn one never revives
        if (*event == Event::consent_statement_received || *event == Event::statement_confirmed)
          elsewhere_.insert(basis);
      }
      break;
    case Event::consent_withdrawn:
    case Event::ground_ended:
      for (const BasisId& basis : *bases) bases_.insert_or_assign(basis, true);
      break;
    case Event::consent_withdrawal_received:
      // Another member withdrew: perhaps a consent of its record on which this node releases.
      for (const BasisId& basis : *bases)
        if (const auto known = bases_.find(basis); known != bases_.end() && elsewhere_.contains(basis))
          known->second = true;
      break;
    case Event::consent_state_received:
      for (const BasisId& basis : *bases) states_.emplace(decision, basis);
      break;
    case Event::release_decided:
      decisions_.insert_or_assign(decision, Decision{peer, *bases});
      break;
    case Event::release_receipt_received:
      receipts_.insert_or_assign(receipt, decision);
      break;
    case Event::release_disclosed:
      ++disclosures_;
      if (witnessed_ && entry.index >= witnessed_->size)
        waiting_.push_back({entry.index, last_time_.value_or(Timestamp{})});
      check_disclosure(entry.index, decision, *bases, receipt, peer);
      break;
    case Event::field_erased:
      ++erasures_;
      check_erasure(entry.index, shown(entry, Field::reference));
      break;
    default:
      break;
  }
}

void LogChecker::check_disclosure(std::uint64_t index, const std::string& decision,
                                  const std::vector<BasisId>& bases, const std::string& receipt,
                                  const std::string& peer) {
  const auto decided = decisions_.find(decision);
  if (decision.empty() || decided == decisions_.end())
    find(FindingCode::decision_missing, index,
         fmt::format("entry {} discloses without a decision before it", index));
  else if (decided->second.peer != peer || peer.empty())
    find(FindingCode::decision_missing, index,
         fmt::format("entry {} discloses to another organisation than was decided", index));

  if (bases.empty())
    find(FindingCode::basis_missing, index,
         fmt::format("entry {} discloses without a consent or ground", index));
  for (const BasisId& basis : bases) {
    const auto known = bases_.find(basis);
    if (known == bases_.end())
      find(FindingCode::basis_missing, index,
           fmt::format("entry {} rests on {}, which was not recorded before it", index, basis.hex()));
    else if (known->second)
      find(FindingCode::basis_withdrawn, index,
           fmt::format("entry {} rests on {}, which was withdrawn before it", index, basis.hex()));
    if (elsewhere_.contains(basis) && !states_.contains({decision, basis}))
      find(FindingCode::state_missing, index,
           fmt::format(
               "entry {} rests on {}, which another member recorded and was not asked about for this release",
               index, basis.hex()));
    if (decided != decisions_.end() &&
        std::ranges::find(decided->second.bases, basis) == decided->second.bases.end())
      find(FindingCode::decision_missing, index,
           fmt::format("entry {} rests on {}, which its decision did not name", index, basis.hex()));
  }

  const auto received = receipts_.find(receipt);
  if (receipt.empty() || received == receipts_.end())
    find(FindingCode::receipt_missing, index,
         fmt::format("entry {} discloses without a receipt before it", index));
  else if (received->second != decision)
    find(FindingCode::receipt_missing, index,
         fmt::format("entry {} discloses on the receipt of another decision", index));
}

void LogChecker::check_erasure(std::uint64_t index, const std::string& reference) {
  const auto bad = [&] {
    find(FindingCode::bad_value, index,
         fmt::format("entry {} erases, but does not name fields of an earlier entry", index));
  };
  const char* at = reference.data();
  const char* const end = at + reference.size();
  std::uint32_t log = origin_.incarnation;
  if (reference.find('/') != std::string::npos) {
    const auto named = std::from_chars(at, end, log);
    if (named.ec != std::errc{} || named.ptr == end || *named.ptr != '/' || log == 0 ||
        log >= origin_.incarnation)
      return bad();
    at = named.ptr + 1;
  }
  const bool here = log == origin_.incarnation;
  std::uint64_t entry = 0;
  auto parsed = std::from_chars(at, end, entry);
  if (parsed.ec != std::errc{} || parsed.ptr == end || *parsed.ptr != ':' || (here && entry >= index))
    return bad();
  do {
    std::uint16_t field = 0;
    parsed = std::from_chars(parsed.ptr + 1, end, field);
    const auto known = field_from(field);
    if (parsed.ec != std::errc{} || !known || is_structural(*known)) return bad();
    if (here)
      erased_.erase({entry, field});
    else
      erased_before_.emplace(log, entry, field);
  } while (parsed.ptr != end && *parsed.ptr == ',');
  if (parsed.ptr != end) bad();
}

void LogChecker::check_fork(std::size_t head, std::uint64_t since) {
  if (head == 0 || heads_[head - 1].size != heads_[head].size || heads_[head - 1].root == heads_[head].root)
    return;
  find(FindingCode::forked, since,
       fmt::format(
           "two signed heads of size {} contradict each other: from entry {} on there are two histories",
           heads_[head].size, since));
}

void LogChecker::told_later(const ErasedBefore& erased) {
  std::erase_if(erased_, [&](const auto& one) {
    return erased.contains({origin_.incarnation, one.first, one.second});
  });
}

void LogChecker::check_heads() {
  const std::uint64_t since = agreed_;
  for (; next_head_ < heads_.size() && heads_[next_head_].size == tree_.size(); ++next_head_) {
    const Checkpoint& head = heads_[next_head_];
    check_fork(next_head_, since);
    // What was found in an entry since the last head that fits is why the roots differ, and names it better than a span.
    const bool explained = std::ranges::any_of(
        findings_, [this](const Finding& finding) { return finding.entry && *finding.entry >= agreed_; });
    if (head.root == tree_.root()) {
      agreed_ = head.size;
    } else if (in_order_ && !explained && agreed_ < head.size) {
      find(FindingCode::root_differs, agreed_,
           fmt::format("an entry from {} to {} was changed: the root differs from the signed head of size {}",
                       agreed_, head.size - 1, head.size));
      in_order_ = false;  // every later root differs too, and names nothing more
    } else {
      find(FindingCode::root_differs, std::nullopt,
           fmt::format("the root differs from the signed head of size {}", head.size));
    }
  }
}

void LogChecker::check_witnessed() {
  if (!witnessed_ || !last_time_) return;
  for (const Waiting& one : waiting_)
    if (*last_time_ - one.at > witnessed_->bound)
      find(FindingCode::unwitnessed, one.entry,
           fmt::format(
               "entry {} discloses, and no witnessed head covers it, although the log went on until {}",
               one.entry, last_time_->iso()));
}

const std::vector<Finding>& LogChecker::finish() {
  for (std::size_t head = next_head_ + 1; head < heads_.size(); ++head) check_fork(head, agreed_);
  if (!heads_.empty() && heads_.back().size > tree_.size())
    find(FindingCode::truncated, expected_,
         fmt::format("entry {} and later are missing: the signed head counts {} entries, the export {}",
                     expected_, heads_.back().size, tree_.size()));
  if (heads_.empty() || heads_.back().size < tree_.size())
    find(FindingCode::unsigned_entries, heads_.empty() ? 0 : heads_.back().size,
         fmt::format("{} entries at the end are covered by no signed head",
                     tree_.size() - (heads_.empty() ? 0 : heads_.back().size)));
  for (const auto& [entry, field] : erased_)
    find(FindingCode::erased_without_entry, entry,
         fmt::format("entry {} lacks field {}, and no later entry tells of its erasure", entry,
                     to_string(*field_from(field))));
  check_witnessed();
  return findings_;
}

}  // namespace knoop::audit
