// What two nodes say to each other in matching (docs/spec/matching.md), in the order of an epoch:
//
//   EpochOpen        → ←   one commitment a side and epoch
//   RegisterBatch    →     masked identifiers, one batch outstanding a direction
//   Evaluated        ←     masked once more, every one proven      (or RegisterRefused)
//   ProofRequest     →     a fresh seed, for batches of more than 255   (bulk_proof.h)
//   Proof            ←
//   AnswerOverdue    →     the answer or proof is past its term    (terms.h)
//   BatchClosed      →     nothing more is asked about this batch: it is proven, or found false
//   Withdraw         →     handles end                             (protective stream: passes always)
//   WithdrawApplied  ←     signed: the tokens are gone
//   MatchClaim       →     from the member with the lower id: the matched handles of one own client
//   MatchAnswer      ←     the same handles, grouped by the other side's clients
//   MatchChoice      → ←   "I want contact" on a possible or family match; there is no message for "no"
//   MatchNotice      → ←   contact data, when the match is certain or both chose contact
//   MatchReceipt     ← →   signed: the notice came
//   MatchOutcome     → ←   what the professionals found out
//   EpochComplete    → ←   everything is registered and proven in this epoch
//   EpochEnded       → ←   nothing more is registered in this one (epochs.h)
//
// Each list has a limit that a well-meaning node never reaches. What a hostile peer can put into each message, and
// why it does not matter, stands at the functions that take them (pair.h, evaluate.h, claims.h).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "crypto/dleq.h"
#include "crypto/keys.h"
#include "protocol/codec/codec.h"
#include "protocol/matching/evidence.h"
#include "protocol/matching/ids.h"

namespace knoop::matching {

/// One RFC 9497 proof covers a batch up to this size; larger ones are proven as bulk_proof.h says.
inline constexpr std::size_t most_in_small_batch = 255;
/// What fits the largest frame (blind.h).
inline constexpr std::size_t most_in_batch = 30'836;
/// Pairs of handles of one client with one peer. An ordinary client has about eleven handles.
inline constexpr std::size_t most_pairs = 256;
/// Clients of one organisation that share identifiers with one client of another.
inline constexpr std::size_t most_groups = 128;
inline constexpr std::size_t most_withdrawn = 1024;
/// Professionals of one organisation with one youth.
inline constexpr std::size_t most_contacts = 8;
inline constexpr std::size_t longest_contact_text = 200;

/// HMAC-SHA-512, first 32 bytes.
using Mac = Fixed<struct MacTag, 32>;
/// Months since January 1970: the coarsest date that still lets a forgotten token end.
using Month = std::uint16_t;

struct EpochOpen {
  Epoch epoch = 0;
  std::uint16_t protocol_version = 0;
  std::uint16_t rule_version = 0;
  Hash256 versions;       ///< version_binding(): what both believe was offered.
  PointBytes commitment;  ///< a·G
  Hash256 draw;           ///< Commitment to this side's number for the opening audit's draw.
  KnowledgeProof proof;   ///< Of a, bound to everything above, prover and verifier.
  Mac mac;                ///< Under the preshared key (or its absence).

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    archive(self.epoch, self.protocol_version, self.rule_version, self.versions, self.commitment, self.draw,
            self.proof, self.mac);
  }
  friend bool operator==(const EpochOpen&, const EpochOpen&) = default;
};

struct EpochComplete {
  Epoch epoch = 0;

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    archive(self.epoch);
  }
  friend bool operator==(const EpochComplete&, const EpochComplete&) = default;
};

struct EpochEnded {
  Epoch epoch = 0;
  bool moved =
      false;  ///< From the claimant: its claims need this epoch no more. Sent again when it becomes true.

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    archive(self.epoch, self.moved);
  }
  friend bool operator==(const EpochEnded&, const EpochEnded&) = default;
};

struct RegisterBatch {
  Epoch epoch = 0;
  Handle first = 0;   ///< Of points[0]; the others follow.
  Month expires = 0;  ///< The last month in which the tokens may be kept.
  std::vector<PointBytes> points;

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    archive(self.epoch, self.first, self.expires, bounded(self.points, most_in_batch));
  }
  friend bool operator==(const RegisterBatch&, const RegisterBatch&) = default;
};

struct Evaluated {
  Epoch epoch = 0;
  Handle first = 0;
  std::vector<PointBytes> points;  ///< points[i] = b·RegisterBatch.points[i]
  std::optional<DleqProof> proof;  ///< In small batches always, in larger ones never.

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    archive(self.epoch, self.first, bounded(self.points, most_in_batch), self.proof);
  }
  friend bool operator==(const Evaluated&, const Evaluated&) = default;
};

/// Handles of one batch, by position.
struct Range {
  std::uint32_t from = 0;
  std::uint32_t count = 0;

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    archive(self.from, self.count);
  }
  friend bool operator==(const Range&, const Range&) = default;
};

/// Of which both sides make the coefficients; the verifier's choice, after the answers came.
using ProofSeed = Fixed<struct ProofSeedTag, 32>;

struct ProofRequest {
  Epoch epoch = 0;
  Handle first = 0;  ///< Of the batch.
  Range range;
  ProofSeed seed;

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    archive(self.epoch, self.first, self.range, self.seed);
  }
  friend bool operator==(const ProofRequest&, const ProofRequest&) = default;
};

struct Proof {
  Epoch epoch = 0;
  Handle first = 0;
  Range range;
  DleqProof proof;

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    archive(self.epoch, self.first, self.range, self.proof);
  }
  friend bool operator==(const Proof&, const Proof&) = default;
};

enum class Refusal : std::uint8_t {
  quota = 1,        ///< Past the quota of a day or of 90 days; `again` says when to come back.
  malformed = 2,    ///< A point is none, or the first handle is not the next: the registrant is at fault.
  outstanding = 3,  ///< An earlier batch is not answered yet.
  ended = 4,        ///< The epoch has ended (the newer one has these identifiers too), or is not open here.
  owing = 5,        ///< The registrant itself owes an answer or proof past its term (terms.h).
};
constexpr bool is_valid(Refusal refusal) {
  return refusal >= Refusal::quota && refusal <= Refusal::owing;
}

struct RegisterRefused {
  Epoch epoch = 0;
  Handle first = 0;
  Refusal why = Refusal::quota;
  Date again;  ///< The first day on which the same batch may pass.

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    archive(self.epoch, self.first, self.why, self.again);
  }
  friend bool operator==(const RegisterRefused&, const RegisterRefused&) = default;
};

/// The registrant's complaint: so that both sides' privacy officers see it.
struct AnswerOverdue {
  Epoch epoch = 0;
  Handle first = 0;  ///< Of the batch.

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    archive(self.epoch, self.first);
  }
  friend bool operator==(const AnswerOverdue&, const AnswerOverdue&) = default;
};

/// The registrant asks nothing more about a batch: after a large one always, after a small one only when it was false.
struct BatchClosed {
  Epoch epoch = 0;
  Handle first = 0;
  bool proven = false;  ///< False: the evaluation was not what the evaluator committed to.

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    archive(self.epoch, self.first, self.proven);
  }
  friend bool operator==(const BatchClosed&, const BatchClosed&) = default;
};

struct Withdraw {
  Epoch epoch = 0;
  std::uint64_t number = 0;     ///< Running number of this pair and direction: names the acknowledgement.
  std::vector<Handle> handles;  ///< Ascending.

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    archive(self.epoch, self.number, bounded(self.handles, most_withdrawn));
  }
  friend bool operator==(const Withdraw&, const Withdraw&) = default;
};

struct WithdrawApplied {
  Epoch epoch = 0;
  std::uint64_t number = 0;
  Hash256 withdraw;     ///< SHA-256 of the Withdraw's bytes.
  Signature signature;  ///< Over them, label "knoop/v1/withdraw-applied".

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    archive(self.epoch, self.number, self.withdraw, self.signature);
  }
  friend bool operator==(const WithdrawApplied&, const WithdrawApplied&) = default;
};

constexpr bool is_valid(BsnStatus status) {
  return status <= BsnStatus::registered;
}

/// Two handles with one token: the claimant's own and the other side's own.
struct HandlePair {
  Handle claimant = 0;
  Handle answerer = 0;

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    archive(self.claimant, self.answerer);
  }
  friend auto operator<=>(const HandlePair&, const HandlePair&) = default;
};

struct MatchClaim {
  ClaimId claim;
  Epoch epoch = 0;
  std::uint64_t version = 0;  ///< Of this claim and epoch: grows with each change of what follows, from 1.
  BsnStatus bsn = BsnStatus::none;
  std::vector<HandlePair> pairs;  ///< Ascending, without repetition; empty: the claim ended.

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    archive(self.claim, self.epoch, self.version, self.bsn, bounded(self.pairs, most_pairs));
  }
  friend bool operator==(const MatchClaim&, const MatchClaim&) = default;
};

/// One client of the answering side.
struct Group {
  GroupId group;
  BsnStatus bsn = BsnStatus::none;
  std::vector<std::uint16_t> pairs;  ///< Indexes into the claim's list, ascending.

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    archive(self.group, self.bsn, bounded(self.pairs, most_pairs));
  }
  friend bool operator==(const Group&, const Group&) = default;
};

/// Pairs of the claim in no group are not recognised (yet): their own evaluation is not proven, or they ended.
struct MatchAnswer {
  ClaimId claim;
  Epoch epoch = 0;
  std::uint64_t claim_version = 0;
  std::uint64_t version =
      0;  ///< Grows with each answer to this claim and epoch, from 1, over all its versions.
  std::vector<Group> groups;  ///< Ascending by group, each once.

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    archive(self.claim, self.epoch, self.claim_version, self.version, bounded(self.groups, most_groups));
  }
  friend bool operator==(const MatchAnswer&, const MatchAnswer&) = default;
};

struct MatchChoice {
  MatchId match;

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    archive(self.match);
  }
  friend bool operator==(const MatchChoice&, const MatchChoice&) = default;
};

/// One professional and the day since when (R2.3: contact data and the dates, and nothing else).
struct Contact {
  std::string name;
  std::string function;
  std::string phone;
  std::string email;
  Date since;

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    archive(bounded(self.name, longest_contact_text), bounded(self.function, longest_contact_text),
            bounded(self.phone, longest_contact_text), bounded(self.email, longest_contact_text), self.since);
  }
  friend bool operator==(const Contact&, const Contact&) = default;
};

struct MatchNotice {
  MatchId match;
  std::uint64_t version = 0;  ///< Grows when a professional or a date changes.
  std::vector<Contact> contacts;

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    archive(self.match, self.version, bounded(self.contacts, most_contacts));
  }
  friend bool operator==(const MatchNotice&, const MatchNotice&) = default;
};

struct MatchReceipt {
  MatchId match;
  std::uint64_t version = 0;
  Hash256 notice;       ///< SHA-256 of the notice's bytes.
  Signature signature;  ///< Over match, version (8 bytes) and notice, label "knoop/v1/match-receipt".

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    archive(self.match, self.version, self.notice, self.signature);
  }
  friend bool operator==(const MatchReceipt&, const MatchReceipt&) = default;
};

enum class Outcome : std::uint8_t { same_youth = 1, family = 2, someone_else = 3 };
constexpr bool is_valid(Outcome outcome) {
  return outcome >= Outcome::same_youth && outcome <= Outcome::someone_else;
}

/// "same-youth", "family", "someone-else". Stable.
[[nodiscard]] std::string_view to_string(Outcome outcome);
[[nodiscard]] std::optional<Outcome> outcome_from(std::string_view text);

struct MatchOutcome {
  MatchId match;
  Outcome outcome = Outcome::same_youth;

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    archive(self.match, self.outcome);
  }
  friend bool operator==(const MatchOutcome&, const MatchOutcome&) = default;
};

}  // namespace knoop::matching
