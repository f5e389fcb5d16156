// For the work list (node/core/work_list.h): who answers for all of its lines, asked once for each kind and not once for each line.
#pragma once

#include <map>
#include <span>

#include "storage/responsible_repository.h"

namespace knoop::storage {

/// Of these things of one kind those that somebody answers for, with that professional's name.
[[nodiscard]] Result<std::map<DutyId, std::string>> responsible_of(Transaction& tx, Duty duty,
                                                                   std::span<const DutyId> ids);

}  // namespace knoop::storage
