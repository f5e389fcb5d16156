// The operations in the group that registering costs two nodes, done by libsodium and nothing else: what tools/bench
// measures the nodes against (docs/performance.md).
//
//   usage: knoop-bench-bare COUNT THREADS        prints one JSON object
//
// A registration: hash to the group, the registrant's multiplication, the evaluator's. Its proof, in batches of 7,706:
// both sides sum the batch's points with a weight of one byte each, by buckets, and the registrant the products too.
// What a batch costs once (a proof about two points) is left out: it is nothing beside 7,706 of the rest.
#include <sodium.h>
#include <sys/resource.h>
#include <time.h>

#include <array>
#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <string_view>
#include <thread>
#include <vector>

namespace {

using Bytes32 = std::array<unsigned char, 32>;
constexpr std::size_t batch_size = 7706;

double thread_seconds() {
  timespec now{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

struct Costs {
  double group = 0;  // hash and two multiplications
  double proof = 0;
  bool failed = false;
};

// expand_message_xmd of RFC 9380 for 64 bytes, and the map: RFC 9497's HashToGroup.
void hash_to_group(Bytes32& out, const unsigned char* message, std::size_t size) {
  constexpr std::string_view tag = "knoop/v1/h2g";
  const auto* const tag_bytes = reinterpret_cast<const unsigned char*>(tag.data());
  constexpr std::array<unsigned char, 128> pad{};
  constexpr std::array<unsigned char, 3> length{0, 64, 0};
  constexpr unsigned char one = 1;
  constexpr unsigned char tag_size = tag.size();
  std::array<unsigned char, 64> b{};
  crypto_hash_sha512_state state;
  crypto_hash_sha512_init(&state);
  crypto_hash_sha512_update(&state, pad.data(), pad.size());
  crypto_hash_sha512_update(&state, message, size);
  crypto_hash_sha512_update(&state, length.data(), length.size());
  crypto_hash_sha512_update(&state, tag_bytes, tag.size());
  crypto_hash_sha512_update(&state, &tag_size, 1);
  crypto_hash_sha512_final(&state, b.data());
  crypto_hash_sha512_init(&state);
  crypto_hash_sha512_update(&state, b.data(), b.size());
  crypto_hash_sha512_update(&state, &one, 1);
  crypto_hash_sha512_update(&state, tag_bytes, tag.size());
  crypto_hash_sha512_update(&state, &tag_size, 1);
  crypto_hash_sha512_final(&state, b.data());
  crypto_core_ristretto255_from_hash(out.data(), b.data());
}

// Σ weight·point by buckets, in encoded points, which is what libsodium adds. Zeros are the identity.
bool sum(Bytes32& total, const std::vector<Bytes32>& points, const unsigned char* weights) {
  std::vector<Bytes32> buckets(256, Bytes32{});
  bool good = true;
  for (std::size_t i = 0; i < points.size(); ++i) {
    Bytes32& bucket = buckets[weights[i]];
    if (sodium_is_zero(bucket.data(), bucket.size()) == 1)
      bucket = points[i];
    else
      good = crypto_core_ristretto255_add(bucket.data(), bucket.data(), points[i].data()) == 0 && good;
  }
  total = Bytes32{};
  Bytes32 running{};
  for (std::size_t weight = 255; weight > 0; --weight) {
    good = crypto_core_ristretto255_add(running.data(), running.data(), buckets[weight].data()) == 0 && good;
    good = crypto_core_ristretto255_add(total.data(), total.data(), running.data()) == 0 && good;
  }
  return good;
}

void work(std::size_t count, Costs& costs) {
  const Bytes32 a{7, 1, 2, 3, 4, 5};
  const Bytes32 b{9, 5, 4, 3, 2, 1};
  std::array<unsigned char, 64> message{};
  for (std::size_t done = 0; done < count;) {
    const std::size_t size = std::min(batch_size, count - done);
    std::vector<Bytes32> masked(size);
    std::vector<Bytes32> twice(size);
    const double began = thread_seconds();
    for (std::size_t i = 0; i < size; ++i) {
      const std::size_t number = done + i;
      std::memcpy(message.data(), &number, sizeof number);
      Bytes32 hashed{};
      hash_to_group(hashed, message.data(), message.size());
      if (crypto_scalarmult_ristretto255(masked[i].data(), a.data(), hashed.data()) != 0 ||
          crypto_scalarmult_ristretto255(twice[i].data(), b.data(), masked[i].data()) != 0)
        costs.failed = true;
    }
    const double proving = thread_seconds();
    std::vector<unsigned char> weights(size);
    const std::array<unsigned char, randombytes_SEEDBYTES> seed{1};
    randombytes_buf_deterministic(weights.data(), weights.size(), seed.data());
    Bytes32 evaluator{};
    Bytes32 inputs{};
    Bytes32 outputs{};
    const bool good = sum(evaluator, masked, weights.data()) && sum(inputs, masked, weights.data()) &&
                      sum(outputs, twice, weights.data());
    Bytes32 expected{};
    if (!good || crypto_scalarmult_ristretto255(expected.data(), b.data(), evaluator.data()) != 0 ||
        expected != outputs || inputs != evaluator)
      costs.failed = true;
    costs.group += proving - began;
    costs.proof += thread_seconds() - proving;
    done += size;
  }
}

bool parse(std::string_view text, std::size_t& out) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc{} && end == text.data() + text.size() && out > 0;
}

}  // namespace

int main(int argc, char** argv) {
  std::size_t count = 0;
  std::size_t threads = 0;
  if (argc != 3 || !parse(argv[1], count) || !parse(argv[2], threads) || threads > count ||
      sodium_init() < 0) {
    std::fputs("usage: knoop-bench-bare COUNT THREADS\n", stderr);
    return 2;
  }
  const auto began = std::chrono::steady_clock::now();
  std::vector<Costs> costs(threads);
  std::vector<std::thread> workers;
  for (std::size_t i = 0; i < threads; ++i)
    workers.emplace_back(
        [&costs, i, share = count / threads + (i < count % threads ? 1 : 0)] { work(share, costs[i]); });
  for (auto& worker : workers) worker.join();
  const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - began;

  Costs all;
  for (const Costs& one : costs) {
    all.group += one.group;
    all.proof += one.proof;
    all.failed = all.failed || one.failed;
  }
  if (all.failed) {
    std::fputs("knoop-bench-bare: the group operations do not agree with each other\n", stderr);
    return 1;
  }
  std::printf("{\"count\": %zu, \"cpu\": %.6f, \"group\": %.6f, \"proof\": %.6f, \"wall\": %.6f}\n", count,
              all.group + all.proof, all.group, all.proof, wall.count());
  return 0;
}
