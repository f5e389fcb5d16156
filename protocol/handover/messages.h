// The messages of a hand-over (docs/spec/handover.md). The subject of each frame is the hand-over's id.
//
//   ontvanger HandoverEvent ──▶ afzender      what the ontvanger did; or
//   afzender  HandoverState ──▶ ontvanger     the state after each event, whoever did it; the first brings the request
//
//   both      HandoverTold  ◀─▶                after a restore of one of them: what the teller's copy holds
//
// The afzender's copy decides (machine.h): an event of the ontvanger that does not fit is answered with the state as it
// is. A hostile ontvanger can only do what the table lets it do; a hostile afzender can say any state about its own
// hand-over, and nothing about another's: the id belongs to the pair.
//
// No content: why and what for, in words, are exchanged; what the dossier says is exchanged in fragments only.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "protocol/category.h"
#include "protocol/codec/codec.h"
#include "protocol/handover/machine.h"
#include "protocol/ids.h"
#include "protocol/matching/ids.h"

namespace knoop::handover {

inline constexpr std::size_t max_words = 1000;  ///< Bytes of a purpose or a reason.
inline constexpr std::size_t max_person = 200;
inline constexpr std::size_t max_place = 200;

/// What happened, for both copies.
struct Happening {
  Event event{};
  Party by{};
  std::string who;                      ///< Name and function of the professional who acted.
  std::string words;                    ///< Reason, report, advice.
  std::optional<Date> date;             ///< Proposed, planned, or the last day of more time.
  std::optional<std::uint16_t> minute;  ///< Of that day in the Netherlands, when the driegesprek begins.
  std::string place;                    ///< Where it is held.
  std::string alternative;              ///< With a refusal: who or what could help instead.
  std::optional<Feedback> feedback;     ///< With Event::feed_back only.
  Timestamp at;                         ///< By the clock of the acting node.

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    archive(self.event, self.by, bounded(self.who, max_person), bounded(self.words, max_words), self.date,
            self.minute, bounded(self.place, max_place), bounded(self.alternative, max_words), self.feedback,
            self.at);
  }
  friend bool operator==(const Happening&, const Happening&) = default;
};

/// What is asked, as the request says it; it does not change afterwards.
struct Ask {
  matching::MatchId match;  ///< The child, as both sides know it.
  Kind kind{};
  std::optional<HandoverId>
      earlier;  ///< The one between the same two that this follows: a terugverwijzing's.
  Urgency urgency{};
  std::string occasion;              ///< Aanleiding.
  std::string goal;                  ///< Doel.
  std::vector<Category> categories;  ///< What the afzender means to release; consent decides.

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    archive(self.match, self.kind, self.earlier, self.urgency, bounded(self.occasion, max_words),
            bounded(self.goal, max_words), bounded(self.categories, all_categories.size()));
  }
  friend bool operator==(const Ask&, const Ask&) = default;
};

struct HandoverEvent {
  HandoverId handover;
  State decided_in{};
  std::uint32_t version = 0;  ///< Of the state it was decided in.
  Happening happening;

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    archive(self.handover, self.decided_in, self.version, self.happening);
  }
  friend bool operator==(const HandoverEvent&, const HandoverEvent&) = default;
};

struct HandoverState {
  HandoverId handover;
  std::uint32_t version = 0;  ///< Grows by one with each event that moved it.
  State state{};
  Party responsible{};
  std::optional<Ask> ask;              ///< In version 1.
  std::optional<Happening> happening;  ///< What led here; absent when this answers an event that did not fit.

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    archive(self.handover, self.version, self.state, self.responsible, self.ask, self.happening);
  }
  friend bool operator==(const HandoverState&, const HandoverState&) = default;
};

/// After a restore of one of the two: one version of the teller's copy, from the first on; or that a hand-over of which the reader
/// told is not known to the teller any more; or, with neither, that the teller has told all.
struct HandoverTold {
  Party teller{};  ///< What the teller is in this hand-over; says nothing at the end.
  std::optional<HandoverState> state;
  std::optional<HandoverId> unknown;

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    archive(self.teller, self.state, self.unknown);
  }
  friend bool operator==(const HandoverTold&, const HandoverTold&) = default;
};

}  // namespace knoop::handover
