// Who must have spoken for a consent to count (R3.2), as data: one rule for each stretch of ages, so that an organisation can
// choose within what the law leaves open, and a reader sees the whole of it in one table.
//
//   age          youth   parents with authority, or guardian   one of the two may be left out, with a written reason
//   under 12     none    must                                   -
//   12 to 15     must    must (an organisation may say: may)    yes
//   16 and over  must    none                                   -
//
// A yes needs everybody who must. A no or an objection needs one person who has a say at all: nobody must be asked before
// a refusal counts. A representative speaks alone, for whoever cannot weigh the matter, with the reason written down; the
// youth's own refusal counts all the same. Rules are asked twice, when a record is made and at every decision: whoever
// grew out of a rule is asked anew.
//
// Law: Jeugdwet 7.3.4 (from 12 to 15 the youth and the parents), 7.3.5 (from 16 the youth is able to consent alone); for
// medical professionals the same ages stand in 7:447 and 7:450 BW. These articles are about consent to help; Knoop keeps to the same ages for
// consent to share. What the organisation's own lawyers say goes before this table.
#pragma once

#include <optional>
#include <vector>

#include "protocol/consent/consent.h"

namespace knoop::consent {

/// What the word of a youth, or of parents and guardian, is worth at an age.
enum class Say : std::uint8_t {
  none = 1,  ///< Neither a yes nor a no counts.
  may = 2,   ///< Is not needed for a yes; a no counts.
  must = 3,  ///< Is needed for a yes.
};
inline constexpr std::array<Named<Say>, 3> says{
    {{Say::none, "none"}, {Say::may, "may"}, {Say::must, "must"}}};
[[nodiscard]] constexpr bool is_valid(Say value) {
  return is_in(says, value);
}
[[nodiscard]] constexpr std::string_view to_string(Say value) {
  return name_in(says, value);
}

/// Holds from this age until the age of the next rule.
struct AgeRule {
  std::uint8_t from = 0;  ///< Completed years.
  Say youth = Say::none;
  Say elders = Say::must;  ///< Parents with authority, or guardian.
  bool exception = false;  ///< One of two who must may be left out, with a written reason.

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    archive(self.from, self.youth, self.elders, self.exception);
  }
  friend bool operator==(const AgeRule&, const AgeRule&) = default;
};

struct AuthorityPolicy {
  std::vector<AgeRule> ages{
      {0, Say::none, Say::must, false}, {12, Say::must, Say::must, true}, {16, Say::must, Say::none, false}};
  /// A client without a birth date is taken to be this old: the age at which both are asked.
  std::uint8_t unknown_age = 12;
  /// When two have authority, both speak, or it is written down why not. Otherwise one speaks for both.
  bool every_parent = true;

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    archive(bounded(self.ages, 8), self.unknown_age, self.every_parent);
  }
  friend bool operator==(const AuthorityPolicy&, const AuthorityPolicy&) = default;
};

/// Whether a policy stays within R3.2. What an organisation may choose: whether from 12 to 15 the parents must or may speak
/// (and with which exception), and `every_parent`.
[[nodiscard]] Result<void> check_authority_policy(const AuthorityPolicy& policy);

/// Completed years; negative before birth.
[[nodiscard]] int age_on(const Date& birth, const Date& day);
[[nodiscard]] const AgeRule& rule_for(const AuthorityPolicy& policy, const std::optional<Date>& birth,
                                      const Date& day);

/// Who is still to be asked before these givers' yes counts.
enum class Missing : std::uint8_t { nobody, anybody, youth, elders, other_parent, reason };
[[nodiscard]] Missing missing_for_yes(const Consent& record, const AuthorityPolicy& policy,
                                      const std::optional<Date>& birth, const Date& day);
/// At least one of the givers has a say on that day: what the record says against sharing counts.
[[nodiscard]] bool counts_against(const Consent& record, const AuthorityPolicy& policy,
                                  const std::optional<Date>& birth, const Date& day);

}  // namespace knoop::consent
