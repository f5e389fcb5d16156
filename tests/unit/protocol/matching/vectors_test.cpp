// docs/spec/vectors: commitment, registration, proof and claim.
#include <catch2/catch.hpp>

#include "crypto/ed25519.h"
#include "protocol/matching/bulk_proof.h"
#include "protocol/matching/claims.h"
#include "protocol/matching/pair.h"
#include "tests/support/spec_vectors.h"
#include "tests/unit/protocol/matching/two_nodes.h"

namespace knoop::matching {
namespace {

using nlohmann::json;
using test::bytes_of;
using test::value_of;

Pair pair_of(const json& vectors, Epoch epoch) {
  const Hash256 versions =
      vectors.contains("versions") ? value_of<Hash256>(vectors.at("versions")) : Hash256{};
  return {value_of<NetworkId>(vectors.at("network")),
          value_of<MemberId>(vectors.at("a")),
          value_of<MemberId>(vectors.at("b")),
          epoch,
          1,
          rule_version,
          versions};
}

/// Both sides of registration.json and proof.json.
struct Both {
  explicit Both(const json& vectors)
      : a(pair_of(vectors, vectors.at("epoch"))),
        b(a.turned()),
        preshared(value_of<PresharedKey>(vectors.at("preshared_key"))),
        secrets_a(derive_secrets(value_of<MatchingKey>(vectors.at("matching_key_of_a")), a, &preshared)),
        secrets_b(derive_secrets(value_of<MatchingKey>(vectors.at("matching_key_of_b")), b, &preshared)) {}

  Pair a;
  Pair b;
  PresharedKey preshared;
  PairSecrets secrets_a;
  PairSecrets secrets_b;
};

TEST_CASE("vectors: what an epoch is opened with") {
  const auto vectors = test::spec_vectors("commitment");
  for (const auto& entry : vectors.at("cases")) {
    const Pair a = pair_of(vectors, entry.at("epoch"));
    std::optional<PresharedKey> key;
    if (!entry.at("preshared_key").is_null()) key = value_of<PresharedKey>(entry.at("preshared_key"));
    const PresharedKey* preshared = key ? &*key : nullptr;
    const auto check = [&](const json& printed, const Pair& pair) {
      auto secrets = derive_secrets(value_of<MatchingKey>(printed.at("matching_key")), pair, preshared);
      CHECK(to_hex(secrets.context.expose()) == entry.at("pair_context").get<std::string>());
      CHECK(to_hex(secrets.scalar.expose()) == printed.at("scalar").get<std::string>());
      CHECK(to_hex(secrets.commitment.view()) == printed.at("commitment").get<std::string>());
      CHECK(to_hex(secrets.dummies.expose()) == printed.at("dummy_key").get<std::string>());
      CHECK(to_hex(secrets.draw.expose()) == printed.at("draw_key").get<std::string>());
      return secrets;
    };
    const auto secrets_a = check(entry.at("a"), a);
    const auto secrets_b = check(entry.at("b"), a.turned());
    ScriptedEntropy entropy(bytes_of(entry.at("fresh")));
    CHECK(to_hex(encode(make_epoch_open(a, secrets_a, preshared, entropy))) ==
          entry.at("epoch_open").get<std::string>());
    const auto checked_by_b = [&](const json& bytes) {
      return check_epoch_open(a.turned(), secrets_b, preshared, decode<EpochOpen>(bytes_of(bytes)).value());
    };
    CHECK(checked_by_b(entry.at("epoch_open")).value() == secrets_a.commitment);
    for (const auto& refused : entry.at("refused_by_b")) {
      INFO(refused.at("error"));
      CHECK(to_string(checked_by_b(refused.at("epoch_open")).error().code) ==
            refused.at("error").get<std::string>());
    }
  }
}

TEST_CASE("vectors: a batch, its evaluation and the tokens that both sides get") {
  const auto vectors = test::spec_vectors("registration");
  const Both both(vectors);
  const auto batch = decode<RegisterBatch>(bytes_of(vectors.at("register_batch"))).value();
  BlindJob job{both.secrets_a.copy(), batch.epoch, batch.first, batch.expires, {}};
  std::vector<Token> tokens;
  for (const auto& printed : vectors.at("identifiers")) {
    const Identifier identifier{static_cast<Kind>(printed.at("kind").get<int>()),
                                bytes_of(printed.at("value"))};
    job.slots.push_back(identifier.kind == Kind::dummy ? std::nullopt : std::optional(identifier));
    if (identifier.kind == Kind::dummy)
      CHECK(dummy(both.secrets_a.dummies, printed.at("handle")).value == identifier.value);
    tokens.push_back(value_of<Token>(printed.at("token")));
  }
  CHECK(encode(blind_batch(job)) == bytes_of(vectors.at("register_batch")));

  const auto answer = decode<Evaluated>(bytes_of(vectors.at("evaluated"))).value();
  const auto evaluated = evaluate({both.b, both.secrets_b.copy(), batch, filled<SymmetricKey>(33)});
  REQUIRE(evaluated.has_value());
  CHECK(evaluated->answer.points == answer.points);
  CHECK(evaluated->tokens == tokens);
  CHECK(batch_hash(batch, answer.points) == value_of<Hash256>(vectors.at("batch_hash")));
  const auto checked = [&](const Evaluated& answered) -> Result<std::vector<Token>> {
    KNOOP_TRY(check_answer(batch, answered));
    return check_evaluation(
        {both.a, both.secrets_a.context.copy(), both.secrets_b.commitment, batch, answered});
  };
  CHECK(checked(answer).value() == tokens);

  for (const auto& refused : vectors.at("refused_by_evaluator")) {
    INFO(refused.at("name"));
    const auto wrong = decode<RegisterBatch>(bytes_of(refused.at("register_batch"))).value();
    const auto form = check_batch(wrong, batch.epoch, batch.first);
    const auto code =
        form ? evaluate({both.b, both.secrets_b.copy(), wrong, filled<SymmetricKey>(33)}).error().code
             : form.error().code;
    CHECK(to_string(code) == refused.at("error").get<std::string>());
  }
  for (const auto& refused : vectors.at("refused_by_registrant")) {
    INFO(refused.at("name"));
    const auto wrong = decode<Evaluated>(bytes_of(refused.at("evaluated"))).value();
    CHECK(to_string(checked(wrong).error().code) == refused.at("error").get<std::string>());
  }
}

TEST_CASE("vectors: proofs of a large batch") {
  const auto vectors = test::spec_vectors("proof");
  const Both both(vectors);
  BlindJob job{both.secrets_a.copy(), both.a.epoch, 1, 683, {}};
  job.slots.resize(477);
  const auto batch = blind_batch(job);
  CHECK(sha256(encode(batch)) == value_of<Hash256>(vectors.at("batch_sha256")));
  const auto inputs = parse_points(batch.points).value();
  const auto products = evaluate_part(both.secrets_b, both.a.epoch, batch.points).value().points;
  const auto outputs = parse_points(products).value();
  const auto hash = batch_hash(batch, products);
  CHECK(hash == value_of<Hash256>(vectors.at("batch_hash")));

  const auto& ranges = vectors.at("ranges");
  const auto verified = [&](const json& sums, const json& proven) {
    const auto asked = decode<ProofRequest>(bytes_of(sums.at("proof_request"))).value();
    const auto weights = coefficients(asked.seed, hash, asked.range);
    CHECK(weights == bytes_of(sums.at("coefficients")));
    const auto part = [&](const std::vector<Point>& points) {
      return *weighted_sum(std::span(points).subspan(asked.range.from, asked.range.count), weights);
    };
    CHECK(to_hex(part(inputs).view()) == sums.at("m").get<std::string>());
    CHECK(to_hex(part(outputs).view()) == sums.at("z").get<std::string>());
    return verify_bulk({both.b, hash, asked.range, asked.seed}, both.secrets_b.commitment, part(inputs),
                       part(outputs), decode<Proof>(bytes_of(proven.at("proof"))).value().proof);
  };
  for (const auto& range : ranges) CHECK(verified(range, range).has_value());
  const auto& refused = vectors.at("not_proven");
  const auto mixed = verified(ranges.at(refused.at("request").get<std::size_t>()),
                              ranges.at(refused.at("proof").get<std::size_t>()));
  CHECK(to_string(mixed.error().code) == refused.at("error").get<std::string>());
}

TEST_CASE("vectors: a claim, its answer, a receipt and the verdicts") {
  const auto vectors = test::spec_vectors("claim");
  const auto claimed = decode<MatchClaim>(bytes_of(vectors.at("match_claim"))).value();
  CHECK(claimed.pairs == std::vector<HandlePair>{{1, 4}, {2, 300}});
  const auto answered = decode<MatchAnswer>(bytes_of(vectors.at("match_answer"))).value();
  CHECK(answered.claim_version == claimed.version);
  CHECK(answered.groups.front().bsn == BsnStatus::pending);
  CHECK(match_id(claimed.claim, answered.groups.front().group) == value_of<MatchId>(vectors.at("match")));
  for (const auto& refused : vectors.at("refused")) {
    INFO(refused.at("name"));
    CHECK_FALSE(decode<MatchClaim>(bytes_of(refused.at("match_claim"))).has_value());
  }

  const auto notice = decode<MatchNotice>(bytes_of(vectors.at("match_notice"))).value();
  CHECK(notice.match == value_of<MatchId>(vectors.at("match")));
  const auto& printed = vectors.at("receipt");
  const auto receipt = decode<MatchReceipt>(bytes_of(printed.at("match_receipt"))).value();
  const auto key = signing_key_from_seed(value_of<SigningSeed>(printed.at("signing_seed")));
  const Bytes signed_bytes = bytes_of(printed.at("signed"));
  const std::string_view label = "knoop/v1/match-receipt";
  CHECK(receipt.notice == sha256(bytes_of(vectors.at("match_notice"))));
  CHECK(verify(key.public_key, label, ByteView(signed_bytes).subspan(label.size() + 1), receipt.signature));

  for (const auto& entry : vectors.at("verdicts")) {
    KindSet kinds;
    for (const auto& name : entry.at("kinds"))
      for (const int number : {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 16, 17, 18})
        if (to_string(static_cast<Kind>(number)) == name.get<std::string>())
          kinds.add(static_cast<Kind>(number));
    REQUIRE_FALSE(kinds.empty());
    INFO(entry.dump());
    const auto status = [&](std::size_t side) {
      return static_cast<BsnStatus>(entry.at("bsn").at(side).get<int>());
    };
    CHECK(to_string(verdict_of(kinds, status(0), status(1))) == entry.at("verdict").get<std::string>());
  }
}

}  // namespace
}  // namespace knoop::matching
