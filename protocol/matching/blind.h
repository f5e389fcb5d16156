// The registrant's first step: identifiers become points that say nothing, in batches that say little.
//
//   P = a · hash_to_group(pair context ‖ kind (1) ‖ length (2) ‖ value; "knoop/v1/h2g")
//
// A batch is filled with dummies to one of four sizes (what fits a size class of frames, protocol/channel/padding.h)
// and shuffled, so that a handle tells neither whether it is a dummy nor which client it belongs to. A dummy is the
// identifier (Kind::dummy, v): nobody else can have it, and since v is derived from the handle and the pair's secret,
// the node can open it to the auditor like any other element.
#pragma once

#include <array>
#include <optional>
#include <vector>

#include "crypto/base/entropy.h"
#include "protocol/matching/identifiers.h"
#include "protocol/matching/messages.h"
#include "protocol/matching/pair.h"

namespace knoop::matching {

/// Batches have these sizes and no other: RegisterBatch and its Evaluated fill a frame of 512 bytes, 2, 4 and 16 KiB
/// (the last bounded by the small-batch proof).
inline constexpr std::array<std::size_t, 4> batch_sizes{10, 56, 116, most_in_batch};

/// How many of `waiting` (> 0) elements the next batch takes, and its size. Except in the smallest batch there are at
/// most half as many dummies as elements: both nodes' processor time and our quota pay for each.
struct BatchSize {
  std::size_t elements = 0;
  std::size_t size = 0;
};
[[nodiscard]] BatchSize next_batch(std::size_t waiting);

/// A random order of `elements` elements among `size` slots: slots[i] is the element's index, or nothing for a dummy.
[[nodiscard]] std::vector<std::optional<std::size_t>> shuffle_batch(const BatchSize& batch, Entropy& entropy);

/// v of the dummy with this handle.
[[nodiscard]] Identifier dummy(const SymmetricKey& dummies, Handle handle);

/// H(x): about 18 µs.
[[nodiscard]] Point hash_identifier(const PairContext& context, const Identifier& identifier);
/// a·H(x): about 75 µs.
[[nodiscard]] Point blind(const PairSecrets& secrets, const Identifier& identifier);

/// The whole batch, for a worker thread.
struct BlindJob {
  PairSecrets secrets;
  Epoch epoch = 0;
  Handle first = 0;
  Month expires = 0;
  std::vector<std::optional<Identifier>> slots;  ///< Nothing: a dummy.
};
[[nodiscard]] RegisterBatch blind_batch(const BlindJob& job);

}  // namespace knoop::matching
