#include "protocol/matching/blind.h"

#include <algorithm>

#include "crypto/hkdf.h"
#include "protocol/channel/padding.h"

namespace knoop::matching {
namespace {

// Evaluated is the larger of the two: array and list headers, epoch, first handle and the proof, then 34 bytes a point.
constexpr std::size_t head_of_message = 1 + 9 + 9 + 3 + 66;
constexpr std::size_t bytes_a_point = 34;
constexpr std::size_t sealing_overhead = 48 + 4;
static_assert(batch_sizes[0] == (size_classes[0] - sealing_overhead - head_of_message) / bytes_a_point);
static_assert(batch_sizes[1] == (size_classes[1] - sealing_overhead - head_of_message) / bytes_a_point);
static_assert(batch_sizes[2] == (size_classes[2] - sealing_overhead - head_of_message) / bytes_a_point);
static_assert(batch_sizes[3] < (size_classes[3] - sealing_overhead - head_of_message) / bytes_a_point);
static_assert(batch_sizes[4] == (size_classes[3] - sealing_overhead - head_of_message) / bytes_a_point);
static_assert(batch_sizes[5] < (size_classes[4] - sealing_overhead - head_of_message) / bytes_a_point);
static_assert(batch_sizes[6] == (size_classes[4] - sealing_overhead - head_of_message) / bytes_a_point);
static_assert(batch_sizes[7] == (size_classes[5] - sealing_overhead - head_of_message) / bytes_a_point);
static_assert(batch_sizes[8] == (size_classes[6] - sealing_overhead - head_of_message) / bytes_a_point);

// Random numbers from entropy that is fetched for many at once: a call of the system for each costs more than a row.
class Draws {
 public:
  explicit Draws(Entropy& entropy) : entropy_(entropy) {}
  Draws(const Draws&) = delete;
  Draws& operator=(const Draws&) = delete;
  ~Draws() { wipe(bytes_.data(), bytes_.size()); }

  // 0 ≤ result < bound without bias: the top part of the range that is no multiple of bound is drawn again.
  std::uint64_t below(std::uint64_t bound) {
    const std::uint64_t limit = UINT64_MAX - UINT64_MAX % bound;
    for (;;) {
      const std::uint64_t value = next();
      if (value < limit) return value % bound;
    }
  }

 private:
  std::uint64_t next() {
    if (used_ == bytes_.size()) {
      entropy_.fill(bytes_);
      used_ = 0;
    }
    std::uint64_t value = 0;
    for (const std::size_t end = used_ + 8; used_ < end; ++used_) value = value << 8U | bytes_[used_];
    return value;
  }

  Entropy& entropy_;
  std::array<Byte, 1024> bytes_{};
  std::size_t used_ = bytes_.size();
};

}  // namespace

BatchSize next_batch(std::size_t waiting, std::size_t largest) {
  KNOOP_ASSERT(waiting > 0, "a batch without elements is not sent");
  std::size_t largest_full = 0;
  for (const std::size_t size : batch_sizes) {
    if (size > largest) break;
    const std::size_t spare = waiting / (size <= most_in_small_batch ? 2 : 8);
    if (size <= waiting) largest_full = size;
    // The smallest that holds all, unless that is mostly dummies: then a smaller full one first.
    else if (largest_full == 0 || size <= waiting + spare)
      return {waiting, size};
    else
      break;
  }
  return {largest_full, largest_full};
}

void shuffle(std::vector<Handle>& values, Entropy& entropy) {
  Draws draws(entropy);
  for (std::size_t i = values.size(); i > 1; --i) std::swap(values[i - 1], values[draws.below(i)]);
}

Identifier dummy(const SymmetricKey& dummies, Handle handle) {
  Bytes input;
  append_u64(input, handle);
  const Hash512 full = hmac_sha512(dummies.expose(), input);
  return {Kind::dummy, Bytes(full.data(), full.data() + 16)};
}

Point hash_identifier(const PairContext& context, const Identifier& identifier) {
  Bytes message = to_bytes(context.expose());
  append_u8(message, static_cast<std::uint8_t>(identifier.kind));
  KNOOP_ASSERT(identifier.value.size() <= UINT16_MAX, "identifiers are short by construction");
  append_u16(message, static_cast<std::uint16_t>(identifier.value.size()));
  append(message, identifier.value);
  const Point hashed = hash_to_group(message, "knoop/v1/h2g");
  wipe(message.data(), message.size());
  return hashed;
}

Point blind(const PairSecrets& secrets, const Identifier& identifier) {
  const auto out = multiply(secrets.scalar, hash_identifier(secrets.context, identifier));
  KNOOP_ASSERT(out.has_value(), "a scalar that is not zero times a point that is not the identity");
  return *out;
}

RegisterBatch blind_batch(const BlindJob& job) {
  RegisterBatch out{job.epoch, job.first, job.expires, {}};
  out.points.reserve(job.slots.size());
  Handle handle = job.first;
  for (const auto& slot : job.slots) {
    out.points.push_back(blind(job.secrets, slot ? *slot : dummy(job.secrets.dummies, handle)).bytes());
    ++handle;
  }
  return out;
}

}  // namespace knoop::matching
