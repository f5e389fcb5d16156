// What a youth or parents said about sharing (R3.1 to R3.3), as it was recorded. A record is never edited: it can be
// withdrawn, and it can be replaced by a later record of the same givers. The records that replace one another are the
// versions of one consent; all are kept.
//
// Three kinds are kept apart; only `sharing` opens a fragment: it lifts the professional's duty of silence towards one
// recipient (Jeugdwet 7.3.11; for medical professionals 7:457 BW). The recipient is one organisation, never "all partners";
// only a refusal or an objection may be about everyone.
//
// Who must have given it stands in authority.h, what must be filled in in record.h, why something may be shared without
// it in ground.h.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "crypto/base/time.h"
#include "protocol/category.h"
#include "protocol/codec/codec.h"
#include "protocol/ids.h"
#include "protocol/names.h"

namespace knoop::consent {

enum class Kind : std::uint8_t {
  sharing = 1,  ///< Toestemming om met een derde te delen.
  avg = 2,      ///< Consent as a ground of the AVG (GDPR) for processing.
  help = 3,     ///< Instemming met hulp.
};
inline constexpr std::array<Named<Kind>, 3> kinds{
    {{Kind::sharing, "sharing"}, {Kind::avg, "avg"}, {Kind::help, "help"}}};

/// In which capacity somebody speaks (R3.2).
enum class Capacity : std::uint8_t { youth = 1, parent = 2, guardian = 3, representative = 4 };
inline constexpr std::array<Named<Capacity>, 4> capacities{{{Capacity::youth, "youth"},
                                                            {Capacity::parent, "parent"},
                                                            {Capacity::guardian, "guardian"},
                                                            {Capacity::representative, "representative"}}};

enum class Way : std::uint8_t { oral = 1, written = 2, digital = 3 };
inline constexpr std::array<Named<Way>, 3> ways{
    {{Way::oral, "oral"}, {Way::written, "written"}, {Way::digital, "digital"}}};

enum class Answer : std::uint8_t { yes = 1, partly = 2, no = 3, objection = 4 };
inline constexpr std::array<Named<Answer>, 4> answers{
    {{Answer::yes, "yes"}, {Answer::partly, "partly"}, {Answer::no, "no"}, {Answer::objection, "objection"}}};

/// What the sharing is for. A closed list, because a decision compares it; the words of the case stand beside it.
enum class Purpose : std::uint8_t {
  handover = 1,
  consult = 2,
  coordination = 3,
  conference = 4,
  aftercare = 5,
  information = 6
};
inline constexpr std::array<Named<Purpose>, 6> purposes{{{Purpose::handover, "warme-overdracht"},
                                                         {Purpose::consult, "consult"},
                                                         {Purpose::coordination, "zorgcoordinatie"},
                                                         {Purpose::conference, "casusoverleg"},
                                                         {Purpose::aftercare, "nazorg"},
                                                         {Purpose::information, "informatie"}}};

[[nodiscard]] constexpr bool is_valid(Kind value) {
  return is_in(kinds, value);
}
[[nodiscard]] constexpr bool is_valid(Capacity value) {
  return is_in(capacities, value);
}
[[nodiscard]] constexpr bool is_valid(Way value) {
  return is_in(ways, value);
}
[[nodiscard]] constexpr bool is_valid(Answer value) {
  return is_in(answers, value);
}
[[nodiscard]] constexpr bool is_valid(Purpose value) {
  return is_in(purposes, value);
}
[[nodiscard]] constexpr std::string_view to_string(Kind value) {
  return name_in(kinds, value);
}
[[nodiscard]] constexpr std::string_view to_string(Capacity value) {
  return name_in(capacities, value);
}
[[nodiscard]] constexpr std::string_view to_string(Way value) {
  return name_in(ways, value);
}
[[nodiscard]] constexpr std::string_view to_string(Answer value) {
  return name_in(answers, value);
}
[[nodiscard]] constexpr std::string_view to_string(Purpose value) {
  return name_in(purposes, value);
}

struct Giver {
  Capacity capacity{};
  std::string
      who;  ///< As the dossier names this person: "moeder", "voogd". Compared when a record is replaced.
  std::string identity;   ///< How the identity was checked.
  std::string authority;  ///< How, and by which source, authority (gezag) was checked; empty for the youth.
  Date checked;           ///< When.

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    archive(self.capacity, bounded(self.who, 100), bounded(self.identity, 200), bounded(self.authority, 200),
            self.checked);
  }
};

struct Consent {
  BasisId id;
  std::string client;  ///< Own client reference.
  Kind kind = Kind::sharing;
  Answer answer{};
  std::vector<Giver> givers;
  bool others_have_authority = false;  ///< Somebody else has authority (gezag), too, and has not spoken.
  std::string exception;               ///< Why not everyone whom R3.2 asks for was asked, when so.

  /// Whose fragments it is about, when not our own: a consent that is recorded here for another member to release on. Our own
  /// decisions do not hear it.
  std::optional<MemberId> releaser{};
  std::optional<MemberId> recipient;  ///< None: everyone; refusals and objections only.
  std::optional<Purpose> purpose;     ///< None: whatever the purpose; refusals and objections only.
  bool everything = false;            ///< All categories that are not sensitive.
  std::vector<Category> categories;   ///< Named: these, also the sensitive ones among them.
  std::vector<Category> exclusions;   ///< Named: not these.
  bool once = false;                  ///< One release, then used.
  Date from;
  std::optional<Date> until;  ///< Last day; a yes must have one.

  Way way{};
  std::optional<Hash256> evidence;  ///< Of the signed paper or digital record.
  std::string text_version;         ///< Of the explanation that was shown (text.h).
  std::optional<Hash256>
      text_hash;  ///< Of that explanation, so that the record proves which words they were.
  bool told_withdrawable = false;
  std::string recorded_by;
  Timestamp recorded_at;

  std::vector<BasisId> replaces;  ///< Earlier records of the same givers that this one takes the place of.
  std::optional<Timestamp> withdrawn_at;
  std::optional<Timestamp> used_at;  ///< Of a consent for once: when the key left.

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    archive(self.id, bounded(self.client, 100), self.kind, self.answer, bounded(self.givers, 8),
            self.others_have_authority, bounded(self.exception, 1000), self.releaser, self.recipient,
            self.purpose, self.everything, bounded(self.categories, all_categories.size()),
            bounded(self.exclusions, all_categories.size()), self.once, self.from, self.until, self.way,
            self.evidence, bounded(self.text_version, 50), self.text_hash, self.told_withdrawable,
            bounded(self.recorded_by, 100), self.recorded_at, bounded(self.replaces, 16), self.withdrawn_at,
            self.used_at);
  }
};

}  // namespace knoop::consent
