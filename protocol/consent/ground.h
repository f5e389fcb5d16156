// Sharing without consent (R3.6): a decision of a professional, never of the node. It names one of a closed list of
// grounds, selected fragments, one recipient, written reasons and the colleague who was consulted; it brings the task to
// tell the client, and the privacy officer reviews every one.
//
// A ground has one of three forces, which are shown and coded differently, because they ask different things of the
// professional:
//   duty       must give what is asked. The executor of an ondertoezichtstelling (a gecertificeerde instelling) asks for what
//              it needs for that: Jeugdwet 7.3.11, fourth paragraph. Unasked, the same paragraph allows it.
//   right      may, and has to weigh. Veilig Thuis: Wmo 2015, article 5.2.6 (meldrecht). Who replaces the
//              professional or is directly involved: 7:457, second paragraph, BW, and Jeugdwet 7.3.11.
//   necessity  no law says so: secrecy is broken because keeping it would do serious harm (conflict van plichten). An
//              emergency is the same without time to consult: the glass is broken, and the review is due sooner.
//
// What a ground cannot do: cover everything, everyone, or a later fragment; outlive its last day or a rejection.
#pragma once

#include <span>

#include "protocol/consent/consent.h"

namespace knoop::consent {

enum class Force : std::uint8_t { duty = 1, right = 2, necessity = 3 };
inline constexpr std::array<Named<Force>, 3> forces{
    {{Force::duty, "verplichting"}, {Force::right, "recht"}, {Force::necessity, "noodzaak"}}};
[[nodiscard]] constexpr std::string_view to_string(Force value) {
  return name_in(forces, value);
}

/// Closed list: another reason is none. X(enumerator, number, "stable-name", force, "law", "Dutch sentence")
#define KNOOP_GROUND_KINDS(X)                                                                            \
  X(supervision_order, 1, "ondertoezichtstelling", duty, "Jeugdwet artikel 7.3.11 lid 4",                \
    "Verplichting: de gecertificeerde instelling die de ondertoezichtstelling uitvoert, vraagt wat zij " \
    "daarvoor nodig heeft. U moet dat geven, ook zonder toestemming.")                                   \
  X(veilig_thuis, 2, "veilig-thuis", right, "Wmo 2015 artikel 5.2.6",                                    \
    "Meldrecht: u mag Veilig Thuis informeren over een vermoeden van huiselijk geweld of "               \
    "kindermishandeling. U bent er niet toe verplicht en weegt het zelf af.")                            \
  X(replacement, 3, "vervanging", right, "BW artikel 7:457 lid 2; Jeugdwet artikel 7.3.11",              \
    "Recht: wie u vervangt of rechtstreeks bij de hulp betrokken is, mag weten wat daarvoor nodig is.")  \
  X(legal_duty, 4, "wettelijke-plicht", duty, "",                                                        \
    "Verplichting: een wet schrijft voor dat u dit geeft. Noem de wet en het artikel.")                  \
  X(conflict_of_duties, 5, "conflict-van-plichten", necessity, "",                                       \
    "Noodzaak: zwijgen zou ernstig nadeel geven dat alleen door te delen is te voorkomen.")              \
  X(emergency, 6, "noodsituatie", necessity, "",                                                         \
    "Noodsituatie: er is geen tijd voor overleg. De privacyfunctionaris toetst dit altijd, en snel.")

enum class GroundKind : std::uint8_t {
#define KNOOP_ENUMERATOR(name, number, text, force, law, dutch) name = number,
  KNOOP_GROUND_KINDS(KNOOP_ENUMERATOR)
#undef KNOOP_ENUMERATOR
};
inline constexpr std::array ground_kinds{
#define KNOOP_NAMED(name, number, text, force, law, dutch) Named<GroundKind>{GroundKind::name, text},
    KNOOP_GROUND_KINDS(KNOOP_NAMED)
#undef KNOOP_NAMED
};
[[nodiscard]] constexpr bool is_valid(GroundKind value) {
  return is_in(ground_kinds, value);
}
[[nodiscard]] constexpr std::string_view to_string(GroundKind value) {
  return name_in(ground_kinds, value);
}
[[nodiscard]] Force force_of(GroundKind kind);
/// "Wmo 2015 artikel 5.2.6"; empty where the record itself names the law, or none says so.
[[nodiscard]] std::string_view law_of(GroundKind kind);
/// One sentence for the professional: what this ground asks.
[[nodiscard]] std::string_view dutch(GroundKind kind);
/// Kinds of organisations (of the convenant) that this ground can be about; empty: any.
[[nodiscard]] std::span<const std::string_view> recipients_of(GroundKind kind);

/// What an organisation decided for itself about grounds: how long one lasts, and when what follows is due.
struct GroundTerms {
  std::uint16_t longest_days = 90;  ///< A ground is a decision of the day; what lasts longer is decided anew.
  std::uint16_t emergency_days = 3;  ///< After that there was time to consult.
  std::uint16_t review_days = 7;     ///< For the privacy officer.
  std::uint16_t emergency_review_days = 2;
  std::uint16_t inform_days = 14;  ///< To tell the client.

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    archive(self.longest_days, self.emergency_days, self.review_days, self.emergency_review_days,
            self.inform_days);
  }
  friend bool operator==(const GroundTerms&, const GroundTerms&) = default;
};
/// Each between one day and the value above, except longest_days: at most a year. An organisation may be quicker.
[[nodiscard]] Result<void> check_ground_terms(const GroundTerms& terms);

enum class Verdict : std::uint8_t { justified = 1, rejected = 2 };
inline constexpr std::array<Named<Verdict>, 2> verdicts{
    {{Verdict::justified, "terecht"}, {Verdict::rejected, "onterecht"}}};
[[nodiscard]] constexpr bool is_valid(Verdict value) {
  return is_in(verdicts, value);
}
[[nodiscard]] constexpr std::string_view to_string(Verdict value) {
  return name_in(verdicts, value);
}

/// The privacy officer's judgement. `rejected` ends the ground at once.
struct Review {
  Verdict verdict{};
  std::string words;
  std::string by;
  Timestamp at;

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    archive(self.verdict, bounded(self.words, 4000), bounded(self.by, 100), self.at);
  }
};

/// The task to tell the client. It can be put off, with a reason (it would endanger somebody), and never dropped.
struct Informing {
  Date due;
  std::string postponed_because;
  std::string told;  ///< How and whom; empty: open.
  std::string by;
  std::optional<Timestamp> told_at;

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    archive(self.due, bounded(self.postponed_because, 4000), bounded(self.told, 4000), bounded(self.by, 100),
            self.told_at);
  }
};

struct Ground {
  BasisId id;
  std::string client;
  GroundKind kind{};
  MemberId recipient;
  std::vector<FragmentId> items;
  std::string reasons;
  std::string source;     ///< The order and the question it answers, the law, the report: needed for a duty.
  std::string consulted;  ///< The colleague; only an emergency may go without.
  std::string recorded_by;
  Timestamp recorded_at;
  Date until;

  Date review_due;
  std::optional<Review> review;
  Informing informing;
  std::optional<Timestamp> ended_at;  ///< Rejected, or taken back by a professional.

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    archive(self.id, bounded(self.client, 100), self.kind, self.recipient, bounded(self.items, 200),
            bounded(self.reasons, 4000), bounded(self.source, 1000), bounded(self.consulted, 100),
            bounded(self.recorded_by, 100), self.recorded_at, self.until, self.review_due, self.review,
            self.informing, self.ended_at);
  }
};

/// What must be filled in. `recipient_kind`: of the convenant.
[[nodiscard]] Result<void> check_ground(const Ground& ground, std::string_view recipient_kind,
                                        const GroundTerms& terms);

/// Review and informing as they begin: called once, when a ground is recorded.
void set_terms(Ground& ground, const GroundTerms& terms);

// What becomes of a ground afterwards. Each refuses (user) what does not fit, and changes nothing then.

/// By somebody else than who recorded it, once.
[[nodiscard]] Result<void> review_ground(Ground& ground, Review review);
[[nodiscard]] Result<void> inform_client(Ground& ground, std::string_view how, std::string_view by,
                                         Timestamp now);
[[nodiscard]] Result<void> postpone_informing(Ground& ground, const Date& due, std::string_view because,
                                              Timestamp now);
/// A professional takes it back: nothing more leaves on it.
[[nodiscard]] Result<void> end_ground(Ground& ground, Timestamp now);

}  // namespace knoop::consent
