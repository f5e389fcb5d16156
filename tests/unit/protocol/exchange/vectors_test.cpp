// docs/spec/vectors: receipt and release.
#include <catch2/catch.hpp>

#include "protocol/exchange/release.h"
#include "tests/support/spec_vectors.h"

using namespace knoop;
using namespace knoop::exchange;
using test::bytes_of;
using test::value_of;

namespace {

Parties parties_of(const nlohmann::json& vectors) {
  return {value_of<NetworkId>(vectors.at("network")), value_of<MemberId>(vectors.at("sender")),
          value_of<MemberId>(vectors.at("receiver"))};
}
SigningKeyPair key_of(const nlohmann::json& seed) {
  return signing_key_from_seed(value_of<SigningSeed>(seed));
}

}  // namespace

TEST_CASE("vectors: a receipt has one form, and says exactly what was offered (R4.3)") {
  const auto vectors = test::spec_vectors("receipt");
  const Parties parties = parties_of(vectors);
  const auto receiver = key_of(vectors.at("receiver_seed"));
  const auto offer = decode<ReleaseOffer>(bytes_of(vectors.at("release_offer"))).value();
  const auto receipt =
      make_receipt(parties, offer, Timestamp{vectors.at("at").get<std::int64_t>()}, receiver.secret_key);
  CHECK(encode(receipt) == bytes_of(vectors.at("release_receipt")));
  CHECK(receipt.body == bytes_of(vectors.at("body")));
  CHECK(receipt_hash(receipt) == value_of<Hash256>(vectors.at("receipt_hash")));
  CHECK(check_receipt(parties, offer, receipt, receiver.public_key).has_value());
  const ReleaseProof proof{receipt, value_of<Signature>(vectors.at("countersignature"))};
  CHECK(verify_proof(proof, key_of(vectors.at("sender_seed")).public_key, receiver.public_key)
            .value()
            .decision == offer.decision);
  for (const auto& refused : vectors.at("refused")) {
    INFO(refused.at("name"));
    const auto wrong = decode<ReleaseReceipt>(bytes_of(refused.at("release_receipt"))).value();
    CHECK(to_string(check_receipt(parties, offer, wrong, receiver.public_key).error().code) ==
          refused.at("error").get<std::string>());
  }
}

TEST_CASE("vectors: a release opens to its fragments, or to nothing (R4.2, R4.3)") {
  const auto vectors = test::spec_vectors("release");
  const Parties parties = parties_of(vectors);
  const auto sender = key_of(vectors.at("sender_seed"));
  const auto offer = decode<ReleaseOffer>(bytes_of(vectors.at("release_offer"))).value();
  CHECK(check_offer(offer, {offer.about, consent::Purpose::handover, {Category::reason, Category::safety}})
            .has_value());
  const auto receipt =
      decode<ReleaseReceipt>(bytes_of(test::spec_vectors("receipt").at("release_receipt"))).value();
  const auto opened = [&](const nlohmann::json& key) {
    return open_release(parties, offer, receipt, decode<ReleaseKey>(bytes_of(key)).value(),
                        sender.public_key);
  };
  const auto released = opened(vectors.at("release_key"));
  REQUIRE(released.has_value());
  REQUIRE(released->fragments.size() == vectors.at("fragments").size());
  for (std::size_t i = 0; i < released->fragments.size(); ++i) {
    const auto& printed = vectors.at("fragments").at(i);
    CHECK(encode(released->fragments[i]) == bytes_of(vectors.at("fragment_bytes").at(i)));
    const auto& content = printed.at("content");
    CHECK(released->fragments[i].content.text == content.at("text").get<std::string>());
    CHECK(released->fragments[i].content.persons == content.at("persons").get<std::vector<std::string>>());
    CHECK(released->fragments[i].content.content == content.at("fields").get<std::string>());
    CHECK(released->fragments[i].content.date.days() == content.at("date"));
    CHECK(released->fragments[i].version == printed.at("version").get<std::uint64_t>());
  }
  CHECK(encode(released->bases.front()) == bytes_of(vectors.at("basis_bytes").front()));
  for (const auto& refused : vectors.at("refused_keys")) {
    INFO(refused.at("name"));
    CHECK(to_string(opened(refused.at("release_key")).error().code) ==
          refused.at("error").get<std::string>());
  }
}
