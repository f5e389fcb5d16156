// Any bytes as each message of matching, and then through the rules that take it: no input of a peer may reach an
// assertion, and what is taken must stay what it says.
#include "protocol/matching/bulk_proof.h"
#include "protocol/matching/claims.h"
#include "protocol/matching/epochs.h"
#include "protocol/matching/evaluate.h"
#include "protocol/matching/messages.h"

using namespace knoop;
using namespace knoop::matching;

namespace {

struct Constant final : Entropy {
  void fill(std::span<Byte> bytes) override { std::ranges::fill(bytes, Byte{7}); }
};

template <typename Message>
std::optional<Message> decoded(ByteView bytes) {
  auto message = decode<Message>(bytes);
  if (!message) return std::nullopt;
  KNOOP_ASSERT(equal(encode(*message), bytes), "two encodings of one message");
  return std::move(*message);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Constant entropy;
  const ByteView bytes(data, size);
  (void)decoded<EpochComplete>(bytes);
  if (const auto ended = decoded<EpochEnded>(bytes)) (void)may_open(3, ended->epoch, 0);
  (void)decoded<Evaluated>(bytes);
  (void)decoded<RegisterRefused>(bytes);
  (void)decoded<AnswerOverdue>(bytes);
  (void)decoded<BatchClosed>(bytes);
  (void)decoded<Withdraw>(bytes);
  (void)decoded<WithdrawApplied>(bytes);
  (void)decoded<MatchChoice>(bytes);
  (void)decoded<MatchNotice>(bytes);
  (void)decoded<MatchReceipt>(bytes);
  (void)decoded<MatchOutcome>(bytes);

  if (const auto request = decoded<ProofRequest>(bytes); request && check_request(*request, 1923, {})) {
    const auto weights = coefficients(request->seed, {}, request->range);
    KNOOP_ASSERT(weights.size() == request->range.count, "one coefficient a handle");
  }
  if (const auto proof = decoded<Proof>(bytes)) {
    const BulkStatement statement{{{}, {}, {}, 1, 1, rule_version, {}}, {}, proof->range, {}};
    (void)verify_bulk(statement, generator(), generator(), generator(), proof->proof);
  }
  if (const auto check = decoded<BulkCheck>(bytes)) (void)next_step(*check);

  const auto network = entropy.draw<NetworkId>();
  MemberId self;
  const Pair pair{network, self, entropy.draw<MemberId>(), 1, 1, rule_version, {}};
  static const PairSecrets secrets = derive_secrets(entropy.draw<MatchingKey>(), pair, nullptr);
  if (const auto opened = decoded<EpochOpen>(bytes)) (void)check_epoch_open(pair, secrets, nullptr, *opened);
  if (const auto batch = decoded<RegisterBatch>(bytes)) {
    (void)check_batch(*batch, 1, 1);
    if (batch->points.size() <= 2 && !batch->points.empty())
      (void)evaluate({pair, secrets.copy(), *batch, entropy.draw<SymmetricKey>()});
  }

  const KindOf any = [](Handle own) -> std::optional<Kind> { return all_kinds()[own % all_kinds().size()]; };
  if (const auto claimed = decoded<MatchClaim>(bytes)) {
    AnswerState state;
    if (const auto taken = take_claim(state, *claimed); taken && *taken) {
      std::vector<Recognised> seen;
      for (const auto& handles : claimed->pairs)
        seen.push_back({handles, static_cast<std::int64_t>(handles.answerer % 3), BsnStatus::none});
      const auto message = answer(state, seen, entropy);
      KNOOP_ASSERT(message.has_value(), "a new claim is always answered");
      (void)encode(*message);
      (void)matches_of(state, any);
    }
  }
  if (const auto answered = decoded<MatchAnswer>(bytes)) {
    ClaimState state;
    state.claim = answered->claim;
    std::vector<HandlePair> pairs;
    for (Handle h = 0; h < 40; ++h) pairs.push_back({h, h});
    (void)claim(state, 1, BsnStatus::none, pairs);
    if (const auto taken = take_answer(state, *answered); taken && *taken) {
      const auto views = matches_of(state, any);
      KNOOP_ASSERT(merged({views, views}) == merged({views}), "the same epoch twice adds no evidence");
    }
  }
  return 0;
}
