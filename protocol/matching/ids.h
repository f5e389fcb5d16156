// Names of matching: of masked identifiers, claims, groups and matches. All are random or derived; none says anything
// about a person.
#pragma once

#include <cstdint>

#include "crypto/keys.h"

namespace knoop::matching {

/// The running number, from 1, of one registered element of a pair, direction and epoch, after the shuffle.
using Handle = std::uint64_t;
/// Epochs belong to the pair and only grow, from 1.
using Epoch = std::uint64_t;
/// KDF16 of ab·H(x): equal at both nodes exactly for equal identifiers of one kind.
using Token = Fixed<struct TokenTag, 16>;
/// One own client of the claimant towards one peer, the same across epochs; drawn by the claimant.
using ClaimId = Fixed<struct ClaimIdTag, 16>;
/// One client of the answering side within a claim; drawn by the answering side.
using GroupId = Fixed<struct GroupIdTag, 16>;
/// One pair of clients of two organisations, the same at both and across epochs.
using MatchId = Fixed<struct MatchIdTag, 16>;

/// SHA-256("knoop/v1/match" ‖ 0x00 ‖ claim ‖ group), first 16 bytes.
[[nodiscard]] MatchId match_id(const ClaimId& claim, const GroupId& group);

}  // namespace knoop::matching
