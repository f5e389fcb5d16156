// What two nodes say about destroying what one gave to the other (R8.4, docs/spec/erasure.md).
//
// The owner orders, for one exchange; the receiver destroys what it has on loan, keeps what it took over into its own dossier
// (its own retention decides), and says how much of each in a statement that it signs. The order names fragments when only
// those are meant, and none when all of the exchange are.
//
// What a hostile peer can do: order what it never gave (the exchange is looked up under its own name: nothing is found, and
// the statement says so), prove what nobody ordered, or more than there was (refused, a dead letter). A signed lie stays a
// lie: it cannot be seen from here, but it is signed.
#pragma once

#include <string_view>
#include <vector>

#include "crypto/ed25519.h"
#include "protocol/exchange/messages.h"

namespace knoop::erasure {

inline constexpr std::string_view proof_label = "knoop/v1/destruction-proof";

struct DestructionOrder {
  DestructionId destruction;
  ExchangeId exchange;
  std::vector<FragmentId> fragments;  ///< None: all of the exchange.
  Timestamp at;

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    archive(self.destruction, self.exchange, bounded(self.fragments, exchange::most_items), self.at);
  }
  friend bool operator==(const DestructionOrder&, const DestructionOrder&) = default;
};

/// What the receiver says that it did.
struct Statement {
  DestructionId destruction;
  ExchangeId exchange;
  MemberId owner;     ///< Who ordered.
  MemberId receiver;  ///< Who signs.
  std::uint16_t destroyed = 0;
  std::uint16_t kept = 0;      ///< Taken over: now flagged, and the receiver's own retention decides.
  exchange::LogReference log;  ///< The receiver's entry about it.
  Timestamp at;

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    archive(self.destruction, self.exchange, self.owner, self.receiver, self.destroyed, self.kept, self.log,
            self.at);
  }
  friend bool operator==(const Statement&, const Statement&) = default;
};

struct DestructionProof {
  Bytes statement;  ///< An encoded Statement, as it was signed.
  Signature signature;

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    archive(bounded(self.statement, 512), self.signature);
  }
  friend bool operator==(const DestructionProof&, const DestructionProof&) = default;
};

[[nodiscard]] inline DestructionProof sign_statement(const Statement& statement,
                                                     const SigningSecretKey& key) {
  DestructionProof proof{encode(statement), {}};
  proof.signature = sign(key, proof_label, proof.statement);
  return proof;
}

/// The statement, when `receiver` signed it about an order of `owner`.
[[nodiscard]] inline Result<Statement> check_proof(const DestructionProof& proof, const MemberId& owner,
                                                   const MemberId& receiver, const SigningPublicKey& key) {
  if (!verify(key, proof_label, proof.statement, proof.signature))
    return fail(ErrorCode::bad_signature, Side::peer,
                "the proof of destruction is not signed with the key of the member that sends it");
  KNOOP_LET(statement, decode<Statement>(proof.statement));
  if (statement.owner != owner || statement.receiver != receiver)
    return fail(ErrorCode::bad_value, Side::peer, "the proof of destruction is of other organisations");
  return statement;
}

}  // namespace knoop::erasure
