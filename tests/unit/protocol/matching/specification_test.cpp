// docs/spec/matching.md's worked example, computed.
#include <catch2/catch.hpp>
#include <fstream>

#include "protocol/matching/bulk_proof.h"
#include "protocol/matching/claims.h"
#include "tests/unit/protocol/matching/two_nodes.h"

namespace knoop::matching {
namespace {

std::vector<std::string> specification() {
  std::ifstream file(std::string(KNOOP_TEST_DIR) + "/../docs/spec/matching.md");
  REQUIRE(file);
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  return lines;
}

std::vector<std::string> example() {
  const TwoNodes nodes;  // network 09…, A 01…, B 02…, matching keys 15… (A) and 16… (B), versions 07…
  TestEntropy entropy;
  std::vector<std::string> out;
  const auto line = [&](std::string_view name, ByteView bytes) {
    out.push_back(fmt::format("{}: {}", name, to_hex(bytes)));
  };
  line("network", nodes.a.network.view());
  line("A", nodes.a.self.view());
  line("B", nodes.b.self.view());
  line("matching key of A", filled<MatchingKey>(0x15).expose());
  line("matching key of B", filled<MatchingKey>(0x16).expose());
  line("versions", nodes.a.versions.view());
  line("pair context", nodes.secrets_a.context.expose());
  line("a", nodes.secrets_a.scalar.expose());
  line("b", nodes.secrets_b.scalar.expose());
  line("commitment of A", nodes.secrets_a.commitment.view());
  line("commitment of B", nodes.secrets_b.commitment.view());
  const auto opened = make_epoch_open(nodes.a, nodes.secrets_a, nullptr, entropy);
  line("EpochOpen of A (its proof has a random nonce)", encode(opened));
  REQUIRE(check_epoch_open(nodes.b, nodes.secrets_b, nullptr, opened).has_value());

  const Identifier shared = bsn("999999011");
  line("identifier, kind 1", shared.value);
  line("P of A", blind(nodes.secrets_a, shared).view());
  line("P of B", blind(nodes.secrets_b, shared).view());
  line("dummy of A for handle 2", dummy(nodes.secrets_a.dummies, 2).value);
  BlindJob job{nodes.secrets_a.copy(), 1, 1, 683, {shared}};
  job.slots.resize(10);
  const auto batch = blind_batch(job);
  line("RegisterBatch of A: the identifier, then nine dummies", encode(batch));
  const auto evaluated = nodes.evaluated_by_b(batch);
  REQUIRE(evaluated.has_value());
  line("batch hash", batch_hash(batch, evaluated->answer.points).view());
  line("Evaluated of B (its proof has a random nonce)", encode(evaluated->answer));
  // A batch of ten is proven at once; a draw about handles 3 to 8 of it shows what large ones do.
  const Range range{2, 6};
  const auto seed = filled<ProofSeed>(0x23);
  const auto hash = batch_hash(batch, evaluated->answer.points);
  const auto weights = coefficients(seed, hash, range);
  const auto inputs = *parse_points(batch.points);
  const auto outputs = *parse_points(evaluated->answer.points);
  const auto m = weighted_sum(std::span(inputs).subspan(range.from, range.count), weights);
  const auto z = weighted_sum(std::span(outputs).subspan(range.from, range.count), weights);
  line("ProofRequest of A", encode(ProofRequest{1, 1, range, seed}));
  line("coefficients", weights);
  line("M", m->view());
  line("Z", z->view());
  const BulkStatement statement{nodes.b, hash, range, seed};
  const auto proof = prove_bulk(statement, nodes.secrets_b, *m, filled<SymmetricKey>(33));
  REQUIRE(proof.has_value());
  REQUIRE(verify_bulk(statement, nodes.secrets_b.commitment, *m, *z, *proof).has_value());
  line("Proof of B (with a random nonce)", encode(Proof{1, 1, range, *proof}));
  const auto tokens = nodes.checked_by_a(batch, evaluated->answer);
  REQUIRE(tokens.has_value());
  line("token of A's handle 1", tokens->front().view());
  const auto reverse = nodes.evaluated_by_a(nodes.registered_by_b({shared}));
  REQUIRE(reverse.has_value());
  line("token of B's handle", reverse->tokens.front().view());

  ClaimState claimed;
  claimed.claim = entropy.draw<ClaimId>();
  const auto claim_message = claim(claimed, 1, BsnStatus::registered, {{1, 4}});
  REQUIRE(claim_message.has_value());
  line("MatchClaim of A: its handle 1 and B's handle 4", encode(*claim_message));
  AnswerState answered;
  REQUIRE(take_claim(answered, *claim_message).has_value());
  const auto answer_message = answer(answered, {{{1, 4}, 77, BsnStatus::registered}}, entropy);
  REQUIRE(answer_message.has_value());
  line("MatchAnswer of B", encode(*answer_message));
  line("match", match_id(claimed.claim, answer_message->groups.front().group).view());
  return out;
}

TEST_CASE("the specification's worked example is what the code does") {
  std::vector<std::string> printed;
  bool inside = false;
  for (const auto& line : specification()) {
    if (line == "```example")
      inside = true;
    else if (line == "```")
      inside = false;
    else if (inside)
      printed.push_back(line);
  }
  const auto computed = example();
  for (std::size_t i = 0; i < std::min(printed.size(), computed.size()); ++i)
    CHECK(printed[i] == computed[i]);
  CHECK(printed.size() == computed.size());
}

}  // namespace
}  // namespace knoop::matching
