#include "protocol/audit/witness.h"

#include <catch2/catch.hpp>
#include <fstream>
#include <sstream>

#include "protocol/audit/log_proof.h"
#include "tests/support/spec_page.h"
#include "tests/support/test_entropy.h"

using namespace knoop;
using namespace knoop::audit;

namespace {

struct Scene {
  TestEntropy entropy;
  SigningKeyPair owner = new_signing_key(entropy);
  std::vector<SigningKeyPair> keys;
  WitnessRule rule;
  std::vector<Hash256> leaves;
  LogOrigin origin{entropy.draw<NetworkId>(), entropy.draw<MemberId>(), 1};

  Scene(std::size_t witnesses, std::size_t tolerated, std::uint64_t seed = 7) : entropy(seed) {
    for (std::size_t i = 0; i < witnesses; ++i) {
      keys.push_back(new_signing_key(entropy));
      rule.witnesses.push_back({entropy.draw<MemberId>(), keys.back().public_key});
    }
    rule.named = witnesses;
    rule.tolerated = tolerated;
    for (Byte i = 0; i < 12; ++i) leaves.push_back(leaf_hash({&i, 1}));
  }

  Note head() {
    Note note{Checkpoint{origin.text(), leaves.size(), root_of(leaves), {}}.text(), {}};
    REQUIRE(sign_note(note, origin.text(), owner.secret_key));
    return note;
  }
  void cosign_by(Note& note, std::size_t witness, std::uint64_t time = 1'790'000'000) {
    add_cosignature(note, rule.witnesses[witness].cosignature_key(),
                    cosign(keys[witness].secret_key, note.text, time));
  }
};

}  // namespace

TEST_CASE("R8.2: a head is witnessed with more than (w + f) / 2 cosignatures of distinct witnesses") {
  struct Case {
    std::size_t w, f, quorum;
  };
  for (const Case& one : {Case{1, 0, 1}, Case{2, 0, 2}, Case{3, 0, 2}, Case{4, 1, 3}, Case{5, 1, 4},
                          Case{7, 2, 5}, Case{16, 5, 11}}) {
    CAPTURE(one.w, one.f);
    Scene scene(one.w, one.f);
    CHECK(scene.rule.quorum() == one.quorum);
    Note note = scene.head();
    for (std::size_t i = 0; i + 1 < one.quorum; ++i) scene.cosign_by(note, i, 1'790'000'000 + i);
    CHECK_FALSE(witnessed(note, scene.rule).enough);
    // The same witness twice is one.
    if (one.quorum > 1) scene.cosign_by(note, 0, 1'790'009'999);
    CHECK_FALSE(witnessed(note, scene.rule).enough);
    scene.cosign_by(note, one.w - 1, 1'790'010'000);
    const Witnessed done = witnessed(note, scene.rule);
    CHECK(done.enough);
    CHECK(done.by.size() == one.quorum);
    CHECK(done.at == Timestamp{1'790'010'000'000});
    CHECK(note.encode().size() <= max_head_bytes);
  }
}

TEST_CASE("R8.2 hostile: who is no witness, and a witness whose key is not known here, witness nothing") {
  Scene scene(3, 0), others(3, 0, 8);
  Note note = scene.head();
  scene.cosign_by(note, 0);
  for (std::size_t i = 0; i < 3; ++i)
    add_cosignature(note, others.rule.witnesses[i].cosignature_key(),
                    cosign(others.keys[i].secret_key, note.text, 1'790'000'000));
  CHECK_FALSE(witnessed(note, scene.rule).enough);
  scene.cosign_by(note, 1);
  CHECK(witnessed(note, scene.rule).enough);
  WitnessRule unknown = scene.rule;
  unknown.witnesses.erase(unknown.witnesses.begin());  // still three are named
  CHECK_FALSE(witnessed(note, unknown).enough);
  CHECK_FALSE(witnessed(note, WitnessRule{}).enough);
}

TEST_CASE("R8.2: the proof of an entry verifies from its text alone, and no other text does") {
  Scene scene(3, 0);
  Note note = scene.head();
  for (std::size_t i = 0; i < 2; ++i) scene.cosign_by(note, i);
  const auto path = inclusion_proof(5, 12, node_reader(scene.leaves));
  REQUIRE(path);
  const LogProof proof{scene.leaves[5], 5, *path, note.encode()};
  const auto read = LogProof::parse(proof.text());
  REQUIRE(read);
  CHECK(*read == proof);
  const auto good = check_log_proof(*read, scene.owner.public_key, scene.rule);
  REQUIRE(good);
  CHECK(good->witnessed.enough);
  CHECK(good->head.origin == scene.origin);

  LogProof other = proof;
  other.leaf = scene.leaves[6];
  CHECK(check_log_proof(other, scene.owner.public_key, scene.rule).error().code == ErrorCode::bad_proof);
  other = proof;
  other.index = 6;
  CHECK(check_log_proof(other, scene.owner.public_key, scene.rule).error().code == ErrorCode::bad_proof);
  other = proof;
  other.path.pop_back();
  CHECK(check_log_proof(other, scene.owner.public_key, scene.rule).error().code == ErrorCode::bad_proof);
  CHECK(check_log_proof(proof, scene.keys[0].public_key, scene.rule).error().code ==
        ErrorCode::bad_signature);

  for (const std::string& text :
       {std::string(), proof.text().substr(1), proof.text() + "x", std::string(log_proof_first_line),
        std::string(9000, 'x'), proof.text().substr(0, proof.text().find("\n\n"))}) {
    const auto refused = LogProof::parse(text);
    if (refused) CHECK_FALSE(check_log_proof(*refused, scene.owner.public_key, scene.rule));
  }
  std::string padded = proof.text();
  padded.replace(padded.find("index 5"), 7, "index 05");
  CHECK_FALSE(LogProof::parse(padded));
}

TEST_CASE("the cosigned head of docs/spec/audit.md is witnessed by the two that it says") {
  const auto member_of = [](Byte each) {
    std::array<Byte, 32> id{};
    id.fill(each);
    return MemberId(id);
  };
  const std::string text = test::file_text("docs/spec/vectors/cosigned.note");
  const auto head = read_head(text, test::key_of(0x31).public_key);
  REQUIRE(head);
  CHECK(head->checkpoint.size == 12);
  CHECK(head->origin.member == member_of(0x22));
  const WitnessRule rule{
      {{member_of(0x41), test::key_of(0x51).public_key}, {member_of(0x42), test::key_of(0x52).public_key}},
      2,
      0};
  const Witnessed by = witnessed(head->note, rule);
  CHECK(by.enough);
  CHECK(by.at == Timestamp{1'790'000'005'000});

  // We write the same bytes, and the page shows them.
  Note note{head->note.text, {head->note.signatures[0]}};
  for (Byte i = 0; i < 2; ++i)
    add_cosignature(
        note, rule.witnesses[i].cosignature_key(),
        cosign(test::key_of(static_cast<Byte>(0x51 + i)).secret_key, note.text, 1'790'000'000 + 5U * i));
  CHECK(note.encode() == text);
  const std::size_t first = text.find("\n\u2014 4141") + 1;
  CHECK(test::file_text("docs/spec/audit.md").find(text.substr(first, text.find('\n', first) - first)) !=
        std::string::npos);
}
