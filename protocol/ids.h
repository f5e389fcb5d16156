// Identifiers of the domain's own records: 16 random bytes each, drawn by the node that makes the record. They say
// nothing about a person, so they may stand in messages and in the structural fields of the log.
#pragma once

#include "crypto/keys.h"

namespace knoop {

/// One outcome of `decide()` that was written down: what was permitted to whom, on which records.
using DecisionId = Fixed<struct DecisionIdTag, 16>;
/// What a disclosure rests on: a consent (R3.3) or a ground without consent (R3.6).
using BasisId = Fixed<struct BasisIdTag, 16>;
/// One dossier fragment (R4.1), as its owner knows it.
using FragmentId = Fixed<struct FragmentIdTag, 16>;
/// One request for fragments and everything that answers it.
using ExchangeId = Fixed<struct ExchangeIdTag, 16>;
/// One warm hand-over (R5.1), the same at both sides.
using HandoverId = Fixed<struct HandoverIdTag, 16>;
/// One destruction of a client or a fragment (R8.4), named in the orders to whoever received something.
using DestructionId = Fixed<struct DestructionIdTag, 16>;
/// One request of a data subject (R8.4).
using SubjectRequestId = Fixed<struct SubjectRequestIdTag, 16>;

}  // namespace knoop
