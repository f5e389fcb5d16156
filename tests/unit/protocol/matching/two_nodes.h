// Two members and everything they derive, for the tests of this folder.
#pragma once

#include "protocol/matching/blind.h"
#include "protocol/matching/evaluate.h"
#include "protocol/matching/pair.h"
#include "tests/support/test_entropy.h"

namespace knoop::matching {

template <typename Value>
Value filled(Byte byte) {
  Value out;
  std::fill_n(out.data(), Value::size, byte);
  return out;
}

struct TwoNodes {
  explicit TwoNodes(Epoch epoch = 1, const PresharedKey* preshared = nullptr, Byte peer = 2)
      : a{filled<NetworkId>(9), filled<MemberId>(1), filled<MemberId>(peer), epoch, 1,
          rule_version,         filled<Hash256>(7)},
        b(a.turned()),
        secrets_a(derive_secrets(filled<MatchingKey>(21), a, preshared)),
        secrets_b(derive_secrets(filled<MatchingKey>(22), b, preshared)) {}

  Pair a;
  Pair b;
  PairSecrets secrets_a;
  PairSecrets secrets_b;

  /// A's registration of these identifiers, in order, without dummies or shuffle.
  [[nodiscard]] RegisterBatch registered_by_a(const std::vector<Identifier>& identifiers,
                                              Handle first = 1) const {
    BlindJob job{secrets_a.copy(), a.epoch, first, 700, {}};
    for (const auto& identifier : identifiers) job.slots.emplace_back(identifier);
    return blind_batch(job);
  }
  [[nodiscard]] RegisterBatch registered_by_b(const std::vector<Identifier>& identifiers,
                                              Handle first = 1) const {
    BlindJob job{secrets_b.copy(), b.epoch, first, 700, {}};
    for (const auto& identifier : identifiers) job.slots.emplace_back(identifier);
    return blind_batch(job);
  }
  [[nodiscard]] Result<Evaluation> evaluated_by_b(const RegisterBatch& batch) const {
    return evaluate({b, secrets_b.copy(), batch, filled<SymmetricKey>(33)});
  }
  [[nodiscard]] Result<Evaluation> evaluated_by_a(const RegisterBatch& batch) const {
    return evaluate({a, secrets_a.copy(), batch, filled<SymmetricKey>(34)});
  }
  [[nodiscard]] Result<std::vector<Token>> checked_by_a(const RegisterBatch& batch,
                                                        const Evaluated& answer) const {
    return check_evaluation({a, secrets_a.context.copy(), secrets_b.commitment, batch, answer});
  }
};

inline Identifier bsn(std::string_view digits) {
  return {Kind::bsn, to_bytes(digits)};
}

}  // namespace knoop::matching
