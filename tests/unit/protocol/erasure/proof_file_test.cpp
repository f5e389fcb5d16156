#include "protocol/erasure/proof_file.h"

#include <catch2/catch.hpp>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "tests/support/spec_page.h"
#include "tests/support/test_entropy.h"

using namespace knoop;
using namespace knoop::erasure;

namespace {

struct Scene {
  TestEntropy entropy{3};
  SigningKeyPair owner = new_signing_key(entropy);
  SigningKeyPair receiver = new_signing_key(entropy);
  std::vector<Hash256> leaves{entropy.draw<Hash256>(), entropy.draw<Hash256>(), entropy.draw<Hash256>()};
  DestructionRecord record;

  Scene() {
    record.destruction = entropy.draw<DestructionId>();
    record.ground = "verzoek";
    record.done = Timestamp{1'790'000'000'000};
    record.log = {entropy.draw<NetworkId>(), entropy.draw<MemberId>(), 1};
    record.entry = 1;
    record.leaf = leaves[1];
    record.fields_erased = 7;
    record.recipients.push_back({entropy.draw<MemberId>(), entropy.draw<ExchangeId>(), 3, {}});
    answer(record.recipients[0], 2, 1);
    record.recipients.push_back({entropy.draw<MemberId>(), entropy.draw<ExchangeId>(), 1, {}});
  }
  void answer(DestructionRecipient& to, std::uint16_t destroyed, std::uint16_t kept) {
    const Statement said{record.destruction, to.exchange, record.log.member, to.member, destroyed, kept, {},
                         record.done};
    to.answer = DestructionRecipient::Answer{destroyed, kept, sign_statement(said, receiver.secret_key)};
  }
  DestructionFile file() {
    Note head{Checkpoint{record.log.text(), 3, root_of(leaves), {}}.text(), {}};
    REQUIRE(sign_note(head, record.log.text(), owner.secret_key));
    DestructionFile out{{record.text(), {}},
                        {leaves[1], 1, inclusion_proof(1, 3, node_reader(leaves)).value(), head.encode()}};
    REQUIRE(sign_note(out.note, record.log.text(), owner.secret_key));
    return out;
  }
  ErrorCode refusal(const DestructionFile& file) {
    const auto checked = check_destruction(file, owner.public_key, {});
    REQUIRE_FALSE(checked);
    return checked.error().code;
  }
};

}  // namespace

TEST_CASE("R8.4: a proof of destruction reads as it was written, and holds") {
  Scene scene;
  const std::string text = scene.file().text();
  const auto file = DestructionFile::parse(text);
  REQUIRE(file);
  CHECK(file->text() == text);
  const auto checked = check_destruction(*file, scene.owner.public_key, {});
  REQUIRE(checked);
  CHECK(checked->record == scene.record);
  CHECK(checked->entry.head.checkpoint.size == 3);
  CHECK(check_answer(checked->record, checked->record.recipients[0], scene.receiver.public_key));
  CHECK(
      check_answer(checked->record, checked->record.recipients[1], scene.receiver.public_key).error().code ==
      ErrorCode::not_found);
  scene.record.fragment = true;
  scene.record.ground = "onterecht";
  scene.record.recipients.clear();
  CHECK(DestructionRecord::parse(scene.record.text()).value() == scene.record);
}

TEST_CASE("R8.4 hostile: no byte of a proof of destruction can be another one") {
  Scene scene;
  const std::string text = scene.file().text();
  for (std::size_t at = 0; at < text.size(); ++at) {
    std::string bad = text;
    bad[at] = static_cast<char>(bad[at] ^ 1);
    const auto file = DestructionFile::parse(bad);
    if (file) CHECK_FALSE(check_destruction(*file, scene.owner.public_key, {}));
    const auto cut = DestructionFile::parse(text.substr(0, at));
    if (cut) CHECK_FALSE(check_destruction(*cut, scene.owner.public_key, {}));
  }
  const auto longer = DestructionFile::parse(text + "x");
  CHECK_FALSE((longer && check_destruction(*longer, scene.owner.public_key, {})));
  CHECK_FALSE(DestructionFile::parse(std::string(max_destruction_file_bytes + 1, 'x')));
}

TEST_CASE("R8.4 hostile: another entry, another log, another key") {
  Scene scene;
  DestructionFile file = scene.file();
  SECTION("signed by another") {
    file.note.signatures.clear();
    REQUIRE(sign_note(file.note, scene.record.log.text(), scene.receiver.secret_key));
    CHECK(scene.refusal(file) == ErrorCode::bad_signature);
  }
  SECTION("the proof of another entry of the log") {
    file.proof.index = 2;
    file.proof.leaf = scene.leaves[2];
    file.proof.path = inclusion_proof(2, 3, node_reader(scene.leaves)).value();
    CHECK(scene.refusal(file) == ErrorCode::bad_proof);
  }
  SECTION("a head of another log of the same node") {
    DestructionRecord other = scene.record;
    other.log.incarnation = 2;
    Note head{Checkpoint{other.log.text(), 3, root_of(scene.leaves), {}}.text(), {}};
    REQUIRE(sign_note(head, other.log.text(), scene.owner.secret_key));
    file.proof.head = head.encode();
    CHECK(scene.refusal(file) == ErrorCode::bad_proof);
  }
}

TEST_CASE("R8.4 hostile: what is told of a receiver is what it signed") {
  Scene scene;
  DestructionRecipient& one = scene.record.recipients[0];
  const auto refusal = [&] {
    const auto checked = check_answer(scene.record, one, scene.receiver.public_key);
    REQUIRE_FALSE(checked);
    return checked.error().code;
  };
  SECTION("other numbers") {
    one.answer->destroyed = 3;
    one.answer->kept = 0;
    CHECK(refusal() == ErrorCode::bad_value);
  }
  SECTION("more than it was given") {
    scene.answer(one, 3, 1);
    CHECK(refusal() == ErrorCode::bad_value);
  }
  SECTION("about another exchange, destruction, owner or receiver") {
    const auto as_it_was = one;
    one.exchange = scene.entropy.draw<ExchangeId>();
    CHECK(refusal() == ErrorCode::bad_value);
    one = as_it_was;
    one.member = scene.entropy.draw<MemberId>();
    CHECK(refusal() == ErrorCode::bad_value);
    one = as_it_was;
    scene.record.destruction = scene.entropy.draw<DestructionId>();
    CHECK(refusal() == ErrorCode::bad_value);
    scene.answer(one, 2, 1);
    scene.record.log.member = scene.entropy.draw<MemberId>();
    CHECK(refusal() == ErrorCode::bad_value);
  }
  SECTION("signed by another") {
    CHECK(check_answer(scene.record, one, scene.owner.public_key).error().code == ErrorCode::bad_signature);
  }
}

TEST_CASE("a record of a destruction is written in one way only") {
  Scene scene;
  const std::string good = scene.record.text();
  REQUIRE(DestructionRecord::parse(good));
  const auto refused = [&](std::string_view from, std::string_view to) {
    std::string bad = good;
    const auto at = bad.find(from);
    REQUIRE(at != std::string::npos);
    bad.replace(at, from.size(), to);
    INFO(bad);
    CHECK_FALSE(DestructionRecord::parse(bad));
  };
  refused("v1", "v2");
  refused("of client", "of person");
  refused("of client", "of  client");
  refused("ground verzoek", "ground zomaar");
  refused("fields-erased 7", "fields-erased 07");
  refused("fields-erased 7", "fields-erased -7");
  refused("entry 1 ", "entry 1\n");
  refused("given 3 ", "given 70000 ");
  refused("unanswered\n", "unanswered");
  refused("unanswered\n", "unanswered\nrecipient");
  refused("kept 1\nstatement", "kept 1\n");
  refused("destroyed 2 ", "");
  std::string many = good;
  const std::string line = good.substr(good.rfind("recipient "));
  for (std::size_t i = 0; i < max_recipients; ++i) many += line;
  CHECK_FALSE(DestructionRecord::parse(many));
}

TEST_CASE("the proof of a destruction of docs/spec/erasure.md is what we write, and holds") {
  const auto filled = [](auto value, Byte each) {
    std::fill_n(value.data(), value.size, each);
    return value;
  };
  std::vector<Hash256> leaves;
  std::istringstream lines(test::file_text("tests/vectors/audit-export.jsonl"));
  for (std::string line; std::getline(lines, line);) {
    const auto json = nlohmann::json::parse(line);
    if (json.contains("leaf")) leaves.push_back(Hash256::from_hex(json["leaf"].get<std::string>()).value());
  }
  REQUIRE(leaves.size() == 12);

  DestructionRecord record;
  record.destruction = filled(DestructionId{}, 0x33);
  record.ground = "bewaartermijn";
  record.done = Timestamp{1'790'000'000'000};
  record.log = {filled(NetworkId{}, 0x11), filled(MemberId{}, 0x22), 1};
  record.entry = 5;
  record.leaf = leaves[5];
  record.fields_erased = 7;
  record.recipients.push_back({filled(MemberId{}, 0x41), filled(ExchangeId{}, 0x34), 3, {}});
  record.recipients.push_back({filled(MemberId{}, 0x42), filled(ExchangeId{}, 0x35), 1, {}});
  const Statement said{record.destruction,
                       record.recipients[0].exchange,
                       record.log.member,
                       record.recipients[0].member,
                       2,
                       1,
                       {1, 40, filled(Hash256{}, 0x36)},
                       record.done};
  record.recipients[0].answer =
      DestructionRecipient::Answer{2, 1, sign_statement(said, test::key_of(0x61).secret_key)};
  DestructionFile made{{record.text(), {}},
                       {leaves[5], 5, inclusion_proof(5, 12, node_reader(leaves)).value(),
                        test::file_text("docs/spec/vectors/cosigned.note")}};
  REQUIRE(sign_note(made.note, record.log.text(), test::key_of(0x31).secret_key));
  const std::string path = "docs/spec/vectors/destruction.proof";
  CHECK(made.text() == test::file_text(path));

  const audit::WitnessRule rule{{{filled(MemberId{}, 0x41), test::key_of(0x51).public_key},
                                 {filled(MemberId{}, 0x42), test::key_of(0x52).public_key}},
                                2,
                                0};
  const auto read = DestructionFile::parse(test::file_text(path));
  REQUIRE(read);
  const auto checked = check_destruction(*read, test::key_of(0x31).public_key, rule);
  REQUIRE(checked);
  CHECK(checked->record == record);
  CHECK(checked->entry.witnessed.enough);
  CHECK(check_answer(record, record.recipients[0], test::key_of(0x61).public_key));
}
