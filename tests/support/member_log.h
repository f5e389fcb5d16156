// A member of a convenant with a database of its own and nothing in it but the log: for tests of the log that need no node.
#pragma once

#include <memory>

#include "node/core/audit_log.h"
#include "tests/support/membership_samples.h"
#include "tests/support/must.h"
#include "tests/support/temp_dir.h"
#include "tests/support/test_entropy.h"

namespace knoop::test {

struct MemberLog {
  TestEntropy entropy;
  testing::TempDir dir;
  SymmetricKey key = entropy.draw<SymmetricKey>();
  std::unique_ptr<storage::Database> database =
      must(storage::Database::open(dir / "node.db", key, storage::OpenMode::create));
  NodeKeys keys = NodeKeys::create(entropy);
  Membership membership;
  AuditLog log{keys, membership};

  storage::Transaction begin() {
    database->use_entropy(entropy);
    return must(database->begin());
  }

  /// Until then the log has no name.
  void join(Timestamp now) {
    auto us = organisation(entropy, "smw-een", "smw");
    us.card.signing_key = keys.signing.public_key;
    std::vector<SigningKeyPair> managers;
    managers.push_back(new_signing_key(entropy));
    const auto them = organisation(entropy, "bjz-twee", "bjz");
    auto tx = begin();
    must(membership.install_own_card(tx, must(sign_card(us.card, us.key.secret_key)), now));
    must(membership.install_convenant(
        tx, signed_convenant(convenant({us.card, them.card}, managers), managers), now));
    must(tx.commit());
  }
};

}  // namespace knoop::test
