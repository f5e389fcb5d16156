#include "protocol/consent/decide.h"

#include <algorithm>
#include <set>

#include "protocol/records/calendar.h"

namespace knoop::consent {
namespace {

struct ReasonFacts {
  Reason reason;
  std::string_view name;
  Reason shown;
  std::string_view dutch;
};
constexpr std::array reasons{
#define KNOOP_NAMED(name, number, text, shown, dutch) ReasonFacts{Reason::name, text, Reason::shown, dutch},
    KNOOP_REASONS(KNOOP_NAMED)
#undef KNOOP_NAMED
};

const ReasonFacts* find(Reason reason) {
  const auto* found = std::ranges::find(reasons, reason, &ReasonFacts::reason);
  return found == reasons.end() ? nullptr : found;
}

/// What a record names and does not leave open.
struct Specificity {
  bool recipient = false;
  bool category = false;
  bool purpose = false;

  [[nodiscard]] bool more_than(const Specificity& other) const {
    const bool covers =
        (recipient || !other.recipient) && (category || !other.category) && (purpose || !other.purpose);
    return covers && *this != other;
  }
  friend bool operator==(const Specificity&, const Specificity&) = default;
};

struct Statement {
  bool permits = false;
  Specificity specificity;
  Reason reason{};
  BasisId record;
};

bool holds(const std::vector<Category>& categories, Category category) {
  return std::ranges::find(categories, category) != categories.end();
}

/// How much a reason explains: of several records that almost applied, the person at the screen is told the one
/// nearest to a permission.
int nearness(Reason reason) {
  switch (reason) {
    case Reason::not_named:
      return 7;
    case Reason::not_theirs:
      return 6;
    case Reason::used:
      return 5;
    case Reason::expired:
      return 4;
    case Reason::not_yet:
      return 3;
    case Reason::other_purpose:
      return 2;
    case Reason::other_recipient:
      return 1;
    default:
      return 0;
  }
}

/// What the records say about one category, sent to one organisation for one purpose.
class Hearing {
 public:
  Hearing(const ReleaseRequest& request, const Candidate& candidate, const AuthorityPolicy& authority,
          const Date& today)
      : request_(request), candidate_(candidate), authority_(authority), today_(today) {}

  void hear(const Consent& record) {
    const bool yes = record.answer == Answer::yes || record.answer == Answer::partly;
    if (record.recipient && *record.recipient != request_.recipient)
      return almost(yes, record, Reason::other_recipient);
    if (record.purpose && *record.purpose != request_.purpose)
      return almost(yes, record, Reason::other_purpose);
    if (today_ < record.from) return almost(yes, record, Reason::not_yet);
    if (record.until && today_ > *record.until) return almost(yes, record, Reason::expired);

    const bool theirs = counts_against(record, authority_, request_.birth, today_);
    const bool named = holds(record.categories, candidate_.category);
    const Specificity specificity{record.recipient.has_value(), named, record.purpose.has_value()};
    if (!theirs) return almost(yes, record, Reason::not_theirs);
    if (!yes) {
      if (named || record.everything)
        say({false, specificity, record.answer == Answer::no ? Reason::refused : Reason::objection,
             record.id});
      return;
    }
    if (holds(record.exclusions, candidate_.category))
      return say({false, {specificity.recipient, true, specificity.purpose}, Reason::excluded, record.id});
    if (!named && !record.everything) return;
    if (record.withdrawn_at) return say({false, specificity, Reason::withdrawn, record.id});
    if (record.once && record.used_at) return almost(yes, record, Reason::used);
    if (!named && is_sensitive(candidate_.category, candidate_.parent))
      return almost(yes, record, Reason::not_named);
    if (missing_for_yes(record, authority_, request_.birth, today_) != Missing::nobody)
      return almost(yes, record, Reason::not_theirs);
    say({true, specificity, Reason::consent, record.id});
  }

  [[nodiscard]] FragmentDecision verdict() const {
    const Statement* winner = nullptr;
    const Statement* against = nullptr;
    for (const Statement& statement : statements_) {
      if (!statement.permits) {
        if (!against || before(statement, *against)) against = &statement;
        continue;
      }
      const bool prevails = std::ranges::all_of(statements_, [&](const Statement& other) {
        return other.permits || statement.specificity.more_than(other.specificity);
      });
      if (prevails && (!winner || before(statement, *winner))) winner = &statement;
    }
    const Statement* deciding = winner ? winner : against;
    if (deciding)
      return {candidate_.id, candidate_.category, deciding->permits, deciding->reason, deciding->record};
    return {candidate_.id, candidate_.category, false, almost_.reason,
            almost_.reason == Reason::no_consent ? std::nullopt : std::optional(almost_.record)};
  }

 private:
  /// Which of two that say the same is named: the more specific, then the one with the lower id, so that the order of
  /// the records never shows.
  static bool before(const Statement& a, const Statement& b) {
    const auto names = [](const Specificity& s) {
      return int{s.recipient} + int{s.category} + int{s.purpose};
    };
    if (names(a.specificity) != names(b.specificity)) return names(a.specificity) > names(b.specificity);
    return a.record < b.record;
  }

  void say(const Statement& statement) { statements_.push_back(statement); }
  void almost(bool yes, const Consent& record, Reason reason) {
    const bool about_this = holds(record.categories, candidate_.category) || record.everything;
    if (!yes || !about_this || record.withdrawn_at) return;
    const int nearer = nearness(reason) - nearness(almost_.reason);
    if (nearer > 0 || (nearer == 0 && record.id < almost_.record)) almost_ = {false, {}, reason, record.id};
  }

  const ReleaseRequest& request_;
  const Candidate& candidate_;
  const AuthorityPolicy& authority_;
  const Date today_;
  std::vector<Statement> statements_;
  Statement almost_{false, {}, Reason::no_consent, {}};
};

Reason reason_of(Force force) {
  switch (force) {
    case Force::duty:
      return Reason::duty;
    case Force::right:
      return Reason::right;
    case Force::necessity:
      return Reason::necessity;
  }
  return Reason::ground;
}

bool applies(const Ground& ground, const ReleaseRequest& request, const Candidate& candidate,
             const Date& today) {
  return ground.client == request.client && ground.recipient == request.recipient && !ground.ended_at &&
         today <= ground.until && dutch_day(ground.recorded_at) <= today &&
         std::ranges::find(ground.items, candidate.id) != ground.items.end();
}

/// Of several, the strongest names the decision: what must be given is not shown as a choice.
const Ground* ground_for(const ReleaseRequest& request, const Candidate& candidate,
                         std::span<const Ground> grounds, const Date& today) {
  const Ground* found = nullptr;
  for (const Ground& ground : grounds) {
    if (!applies(ground, request, candidate, today)) continue;
    if (!found || std::pair(force_of(ground.kind), ground.id) < std::pair(force_of(found->kind), found->id))
      found = &ground;
  }
  return found;
}

}  // namespace

bool is_valid(Reason reason) {
  return find(reason) != nullptr;
}
std::string_view to_string(Reason reason) {
  return is_valid(reason) ? find(reason)->name : "";
}
std::string_view dutch(Reason reason) {
  return is_valid(reason) ? find(reason)->dutch : "";
}
Reason public_reason(Reason reason) {
  return is_valid(reason) ? find(reason)->shown : Reason::no_consent;
}
std::optional<Reason> reason_from(std::string_view name) {
  const auto* found = std::ranges::find(reasons, name, &ReasonFacts::name);
  if (found == reasons.end()) return std::nullopt;
  return found->reason;
}

bool is_sensitive(Category category, const std::optional<Category>& parent) {
  if (category == Category::attachments && parent && *parent != Category::attachments)
    return facts(*parent).sensitive;
  return facts(category).sensitive;
}

std::vector<FragmentDecision> decide(const ReleaseRequest& request, std::span<const Consent> consents,
                                     std::span<const Ground> grounds, const ReleasePolicy& policy,
                                     Timestamp now) {
  const Date today = dutch_day(now);
  std::set<BasisId> replaced;
  for (const Consent& record : consents)
    if (record.client == request.client) replaced.insert(record.replaces.begin(), record.replaces.end());

  std::vector<FragmentDecision> decisions;
  decisions.reserve(request.candidates.size());
  for (const Candidate& candidate : request.candidates) {
    const auto deny = [&](Reason reason) {
      decisions.push_back({candidate.id, candidate.category, false, reason, std::nullopt});
    };
    if (!holds(request.categories, candidate.category)) {
      deny(Reason::not_requested);
    } else if (policy.requestable && !holds(*policy.requestable, candidate.category)) {
      deny(Reason::not_requestable);
    } else if (candidate.withheld) {
      deny(Reason::withheld);
    } else if (const Ground* ground = ground_for(request, candidate, grounds, today)) {
      decisions.push_back(
          {candidate.id, candidate.category, true, reason_of(force_of(ground->kind)), ground->id});
    } else if (!policy.fresh) {
      deny(Reason::not_fresh);
    } else {
      const auto hear = [&](bool the_worst) {
        Hearing hearing(request, candidate, policy.authority, today);
        for (const Consent& record : consents) {
          if (record.client != request.client || record.kind != Kind::sharing || record.releaser ||
              replaced.contains(record.id))
            continue;
          if (the_worst && policy.unsure.contains(record.id)) {
            Consent withdrawn = record;
            withdrawn.withdrawn_at = now;
            hearing.hear(withdrawn);
          } else {
            hearing.hear(record);
          }
        }
        return hearing.verdict();
      };
      // A withdrawal never permits more: if all that are unsure being withdrawn still permits, any of them may be.
      FragmentDecision said = hear(true);
      if (!said.permitted && !policy.unsure.empty()) {
        said = hear(false);
        if (said.permitted) {
          said.permitted = false;
          said.reason = Reason::not_fresh;
        }
      }
      decisions.push_back(said);
    }
  }
  return decisions;
}

}  // namespace knoop::consent
