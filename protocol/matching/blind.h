// The registrant's first step: identifiers become points that say nothing, in batches that say little.
//
//   P = a · hash_to_group(pair context ‖ kind (1) ‖ length (2) ‖ value; "knoop/v1/h2g")
//
// A batch is filled with dummies to one of eight sizes (what fits a size class of frames, protocol/channel/padding.h)
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

/// Batches have these sizes and no other: RegisterBatch and its Evaluated fill a frame of 512 bytes, 2 and 4 KiB, 16 KiB
/// (255 half of it: what one small-batch proof covers), 64 KiB (961 half of it: a day's changes of a large organisation in
/// one round), 256 KiB, 1 MiB. In the largest a registration costs 34 bytes each way.
inline constexpr std::array<std::size_t, 9> batch_sizes{10,  56,   116,  most_in_small_batch, 477,
                                                        961, 1923, 7706, most_in_batch};

/// How many of `waiting` (> 0) elements the next batch takes, and its size, which is at most `largest` (one of the
/// sizes). Except in the smallest batch there are at most half as many dummies as elements, in large batches an eighth:
/// both nodes' processor time and our quota pay for each.
struct BatchSize {
  std::size_t elements = 0;
  std::size_t size = 0;
};
[[nodiscard]] BatchSize next_batch(std::size_t waiting, std::size_t largest = most_in_batch);

/// v of the dummy with this handle.
[[nodiscard]] Identifier dummy(const SymmetricKey& dummies, Handle handle);

/// H(x): about 18 µs.
[[nodiscard]] Point hash_identifier(const PairContext& context, const Identifier& identifier);
/// a·H(x): about 75 µs.
[[nodiscard]] Point blind(const PairSecrets& secrets, const Identifier& identifier);

/// A random order of `values`: which handles of a batch are dummies, and which identifier has which, is chance.
void shuffle(std::vector<Handle>& values, Entropy& entropy);

/// A batch or a part of one, for a worker thread.
struct BlindJob {
  PairSecrets secrets;
  Epoch epoch = 0;
  Handle first = 0;  ///< Of slots[0].
  Month expires = 0;
  std::vector<std::optional<Identifier>> slots;  ///< Nothing: a dummy.
};
[[nodiscard]] RegisterBatch blind_batch(const BlindJob& job);

}  // namespace knoop::matching
