// Consents and grounds on disk. What may be recorded is protocol/consent/record.h's, who may is the service's.
#pragma once

#include "protocol/consent/consent.h"
#include "storage/database.h"

namespace knoop::storage {

[[nodiscard]] Result<void> add_consent(Transaction& tx, const consent::Consent& record);
/// Overwrites: for withdrawn_at and used_at only.
[[nodiscard]] Result<void> update_consent(Transaction& tx, const consent::Consent& record);
[[nodiscard]] Result<std::optional<consent::Consent>> find_consent(Transaction& tx, const BasisId& id);
/// All of one client, of every kind, oldest first.
[[nodiscard]] Result<std::vector<consent::Consent>> consents_of(Transaction& tx, std::string_view client);

[[nodiscard]] Result<void> add_ground(Transaction& tx, const consent::Ground& record);
[[nodiscard]] Result<std::vector<consent::Ground>> grounds_of(Transaction& tx, std::string_view client);

}  // namespace knoop::storage
