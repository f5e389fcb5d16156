// The messages of the channel itself: Hello, Ack, Reseal, and the pushes of cards and convenants
// (docs/spec/frames.md).
//
// Hello opens every connection and nothing else is sent before the peer's Hello is *believed*. Ack says what is
// committed. Reseal asks for a frame that could not be opened. These three are sent without a number and may be lost,
// repeated or late, so each is harmless then:
//   Hello   is believed only when it answers the challenge of our own last Hello, which is random and used once
//           (protocol/channel/greeting.h). An old Hello, sent again, makes us answer and nothing more.
//   Ack     is cumulative: an old one says less than we know and changes nothing.
//   Reseal  makes us send again what is still unacknowledged, at most once a retry interval, and nothing else.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "crypto/keys.h"
#include "protocol/channel/stream_kind.h"
#include "protocol/codec/codec.h"

namespace knoop {

/// One run of numbers of one stream in one direction. Drawn by its sender; a restored node draws new ones, so that its
/// numbers are never mistaken for those it gave before.
using StreamId = Fixed<struct StreamIdTag, 16>;
/// Random, for one Hello and the answer to it.
using Challenge = Fixed<struct ChallengeTag, 16>;

/// A value for each of the four numbered streams.
template <typename T>
struct PerStream {
  T protective{};
  T case_work{};
  T matching{};
  T bulk{};

  [[nodiscard]] T& at(StreamKind kind) { return const_cast<T&>(std::as_const(*this).at(kind)); }
  [[nodiscard]] const T& at(StreamKind kind) const {
    switch (kind) {
      case StreamKind::protective:
        return protective;
      case StreamKind::case_work:
        return case_work;
      case StreamKind::matching:
        return matching;
      case StreamKind::bulk:
        return bulk;
      case StreamKind::control:
        break;
    }
    KNOOP_ASSERT(false, "control frames have no stream state");
  }

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    archive(self.protective, self.case_work, self.matching, self.bulk);
  }
  friend bool operator==(const PerStream&, const PerStream&) = default;
};

/// How far the receiver of a stream is. Numbers begin at 1; committed 0 with no id: nothing came yet.
struct Committed {
  std::optional<StreamId> id;
  std::uint64_t number = 0;

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    archive(self.id, self.number);
  }
  friend bool operator==(const Committed&, const Committed&) = default;
};

/// Both directions of one kind of stream, as the sender of a Hello sees them.
struct StreamReport {
  StreamId id;                  ///< Of my outgoing stream.
  std::uint64_t last_sent = 0;  ///< The last number I gave out in it.
  Committed received;           ///< Of yours.

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    archive(self.id, self.last_sent, self.received);
  }
  friend bool operator==(const StreamReport&, const StreamReport&) = default;
};

/// Number and SHA-256 of the text of the highest convenant a node holds.
struct ConvenantMark {
  std::uint32_t number = 0;
  Hash256 hash;

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    archive(self.number, self.hash);
  }
  friend bool operator==(const ConvenantMark&, const ConvenantMark&) = default;
};

inline constexpr std::size_t max_versions = 16;     ///< No program speaks more versions at once.
inline constexpr std::size_t max_head_size = 4096;  ///< A checkpoint with the cosignatures of all witnesses.
inline constexpr std::size_t max_heads_in_hello =
    128;  ///< With max_head_size within one frame; the rest next time.
inline constexpr std::size_t max_opening_size = 8192;  ///< protocol/audit/log_opening.h

struct Hello {
  std::optional<Challenge> challenge;  ///< To be answered; absent when the peer is believed already.
  std::optional<Challenge> answer;     ///< The challenge of the peer's Hello that this one answers.
  std::vector<std::uint16_t> protocol_versions;         ///< Ascending.
  std::vector<std::uint16_t> identifier_rule_versions;  ///< Ascending.
  ConvenantMark convenant;
  std::uint32_t card_number = 0;  ///< Of my own newest card.
  Hash256 known_cards;  ///< card_digest() of all cards I know: equal means that there is none to pass on.
  PerStream<StreamReport> streams;
  std::optional<std::string>
      own_head;                    ///< My newest log head: a signed checkpoint, cosigned if it was witnessed.
  std::vector<std::string> heads;  ///< Newest heads known of other members.
  Timestamp clock;                 ///< My clock when I wrote this.
  /// When my log is not my first one: how it goes on from the one before, up to own_head (an encoded audit::LogOpening).
  std::optional<Bytes> opening;

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    archive(self.challenge, self.answer, bounded(self.protocol_versions, max_versions),
            bounded(self.identifier_rule_versions, max_versions), self.convenant, self.card_number,
            self.known_cards, self.streams, bounded(self.own_head, max_head_size),
            bounded(self.heads, max_heads_in_hello, max_head_size), self.clock,
            bounded(self.opening, max_opening_size));
  }
  friend bool operator==(const Hello&, const Hello&) = default;
};

/// How far I committed each of your streams: effects, number and audit entries are durable.
struct Ack {
  PerStream<Committed> received;

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    archive(self.received);
  }
  friend bool operator==(const Ack&, const Ack&) = default;
};

/// Your frame with this number came, was signed by you, and could not be opened: seal it again to my newest card.
struct Reseal {
  StreamKind stream = StreamKind::protective;
  StreamId id;
  std::uint64_t number = 0;
  std::uint32_t card_number = 0;  ///< Of my newest card.

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    archive(self.stream, self.id, self.number, self.card_number);
  }
  friend bool operator==(const Reseal&, const Reseal&) = default;
};

inline constexpr std::size_t max_card_size = 64UL * 1024;
/// 1,100 members with their rules and the signatures of all managers.
inline constexpr std::size_t max_convenant_size = 768UL * 1024;

/// The newest card of any member, passed on as it was signed.
struct CardPush {
  std::string note;

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    archive(bounded(self.note, max_card_size));
  }
  friend bool operator==(const CardPush&, const CardPush&) = default;
};

/// One version of the convenant, passed on as it was signed. Versions are pushed in order.
struct ConvenantPush {
  std::string note;

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    archive(bounded(self.note, max_convenant_size));
  }
  friend bool operator==(const ConvenantPush&, const ConvenantPush&) = default;
};

}  // namespace knoop
