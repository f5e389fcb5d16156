// Consents that another member recorded (protocol.md section 4, docs/spec/consent.md "Recorded elsewhere"). Parents sit with the
// CJG and let the school's social work release to youth care: the CJG records it (the *recorder*), the social work releases
// (the *releaser*), youth care receives.
//
//   recorder  ConsentStatement    ──▶  releaser   what was said, signed
//   releaser  ConsentStateRequest ──▶  recorder   does it still stand? for this one release
//   recorder  ConsentState        ──▶  releaser   permitted, withdrawn, expired or unknown, signed
//   recorder  ConsentWithdrawn    ──▶  releaser   when it is withdrawn, to everybody who was told
//
// A statement alone opens nothing: it says what once was. Each release asks for a state, made for that release, and counts
// its age from the moment of asking by its own clock, so that no clock of the recorder's can make an old one look new.
//
// What a hostile member can do. As asker: ask about what it was never told of; it hears `unknown`, as for what never was. As
// recorder: invent a consent, or say that a withdrawn one stands. Its signature proves that it did, and the releaser's
// professional sees whose word it is. It cannot answer for another recorder, for another release, or with an answer it gave
// before: network, both members, exchange and a random nonce stand under the signature.
//
// Pure: bytes and keys in, messages out. Who calls: node/core/elsewhere_service.
#pragma once

#include "protocol/consent/consent.h"
#include "protocol/exchange/messages.h"

namespace knoop::exchange {

/// Consents asked about in one request: as many as one release may rest on.
inline constexpr std::size_t most_states = most_bases;

/// Drawn for each request.
using StateNonce = Fixed<struct StateNonceTag, 16>;

/// What a recorder says of a consent: all that a decision needs, and not who gave it.
struct StatementBody {
  NetworkId network;
  MemberId recorder;
  MemberId releaser;
  About about;  ///< By what the two know the child.
  BasisId consent;
  consent::Answer answer{};
  std::vector<consent::Capacity> capacities;  ///< Of the givers.
  bool others_have_authority = false;
  bool exception = false;  ///< It is written down why not everyone was asked.
  std::optional<MemberId> recipient;
  std::optional<consent::Purpose> purpose;
  bool everything = false;
  std::vector<Category> categories;
  std::vector<Category> exclusions;
  bool once = false;
  Date from;
  std::optional<Date> until;
  std::vector<BasisId> replaces;
  Timestamp recorded_at;

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    archive(self.network, self.recorder, self.releaser, self.about, self.consent, self.answer,
            bounded(self.capacities, 8), self.others_have_authority, self.exception, self.recipient,
            self.purpose, self.everything, bounded(self.categories, all_categories.size()),
            bounded(self.exclusions, all_categories.size()), self.once, self.from, self.until,
            bounded(self.replaces, 16), self.recorded_at);
  }
};

struct ConsentStatement {
  Bytes body;           ///< An encoded StatementBody: signed as bytes, so never encoded again.
  Signature signature;  ///< The recorder's, label "knoop/v1/consent-statement".

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    archive(bounded(self.body, 2048), self.signature);
  }
};

struct ConsentStateRequest {
  ExchangeId exchange;
  StateNonce nonce;
  std::vector<BasisId> consents;  ///< 1 to 16, none twice.

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    archive(self.exchange, self.nonce, bounded(self.consents, most_states));
  }
};

/// How a consent stands with its recorder. Nothing finer is told.
enum class ConsentStatus : std::uint8_t {
  permitted = 1,
  withdrawn = 2,  ///< Or replaced by a later word of its givers.
  expired = 3,    ///< Outside its period, used, or its givers cannot decide it (alone) any more.
  unknown = 4,    ///< Never told to this asker, no yes at all, or the recorder is not certain itself.
};
inline constexpr std::array<Named<ConsentStatus>, 4> consent_statuses{
    {{ConsentStatus::permitted, "permitted"},
     {ConsentStatus::withdrawn, "withdrawn"},
     {ConsentStatus::expired, "expired"},
     {ConsentStatus::unknown, "unknown"}}};
[[nodiscard]] constexpr bool is_valid(ConsentStatus value) {
  return is_in(consent_statuses, value);
}
[[nodiscard]] constexpr std::string_view to_string(ConsentStatus value) {
  return name_in(consent_statuses, value);
}

struct StateOf {
  BasisId consent;
  ConsentStatus status{};

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    archive(self.consent, self.status);
  }
  friend bool operator==(const StateOf&, const StateOf&) = default;
};

struct StateBody {
  NetworkId network;
  MemberId recorder;
  MemberId asker;
  ExchangeId exchange;
  StateNonce nonce;
  std::vector<StateOf> states;  ///< One for each that was asked, in that order.
  Timestamp at;                 ///< By the recorder's clock.

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    archive(self.network, self.recorder, self.asker, self.exchange, self.nonce,
            bounded(self.states, most_states), self.at);
  }
};

struct ConsentState {
  ExchangeId exchange;
  Bytes body;           ///< An encoded StateBody.
  Signature signature;  ///< The recorder's, label "knoop/v1/consent-state".

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    archive(self.exchange, bounded(self.body, 2048), self.signature);
  }
};

[[nodiscard]] ConsentStatement make_statement(const StatementBody& body,
                                              const SigningSecretKey& recorder_key);
/// That this recorder said it to this releaser in this network, and that it can be what it says: a yes names recipient,
/// purpose and last day, somebody gave it, and nobody releases to itself.
[[nodiscard]] Result<StatementBody> check_statement(const NetworkId& network, const MemberId& recorder,
                                                    const MemberId& releaser,
                                                    const ConsentStatement& statement,
                                                    const SigningPublicKey& recorder_key);
/// What decide() hears: the record as far as it is known here, under our own reference.
[[nodiscard]] consent::Consent heard(const StatementBody& body, std::string client);

/// Consents are named, and none twice.
[[nodiscard]] Result<void> check_request(const ConsentStateRequest& request);
[[nodiscard]] ConsentState make_state(const StateBody& body, const SigningSecretKey& recorder_key);
/// What we asked.
struct AskedState {
  NetworkId network;
  MemberId recorder;
  MemberId asker;
  ConsentStateRequest request;
};
/// Signature, parties and exchange, and that it answers exactly these consents. Its nonce is the caller's to compare: an
/// honest answer may be to an earlier request.
[[nodiscard]] Result<StateBody> check_state(const AskedState& asked, const ConsentState& state,
                                            const SigningPublicKey& recorder_key);

/// An answer counts this long after it was asked for, by the asker's clock.
inline constexpr Milliseconds state_term = std::chrono::minutes{15};
/// The recorder's own time in its answer may differ from ours by this much: more, and one of the clocks is wrong.
inline constexpr Milliseconds state_skew = std::chrono::minutes{5};
/// Whether an answer of `at`, asked for at `asked`, is fresh now.
[[nodiscard]] bool is_fresh(Timestamp asked, Timestamp at, Timestamp now);

}  // namespace knoop::exchange
