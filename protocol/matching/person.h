// From a client's record to the person whose identifiers are compared. What is about the register and not about the record
// (marks, others at the address) is the caller's to add.
#pragma once

#include "protocol/matching/identifiers.h"
#include "protocol/records/client.h"

namespace knoop::matching {

[[nodiscard]] Person person_of(const records::Client& client);

}  // namespace knoop::matching
