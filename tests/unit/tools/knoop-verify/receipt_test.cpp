#include "tools/knoop-verify/receipt.h"

#include <catch2/catch.hpp>
#include <fstream>

#include "tests/support/membership_samples.h"
#include "tests/support/temp_dir.h"
#include "tests/support/test_entropy.h"

using namespace knoop;
using namespace knoop::verifier;

namespace {

template <typename Id>
Id id(Byte first) {
  Id value;
  value.data()[0] = first;
  return value;
}

/// A release of two fragments between two members of a convenant, and its receipt as a file.
struct Bench {
  TestEntropy entropy{11};
  testing::TempDir dir;
  SigningKeyPair sender_key = new_signing_key(entropy);
  SigningKeyPair receiver_key = new_signing_key(entropy);
  test::Organisation sender = test::organisation(entropy, "smw-een", "smw");
  test::Organisation receiver = test::organisation(entropy, "bjz-twee", "bjz");
  std::string convenant;
  exchange::ReceiptFile file;

  Bench() {
    sender.card.signing_key = sender_key.public_key;
    receiver.card.signing_key = receiver_key.public_key;
    std::vector<SigningKeyPair> managers;
    managers.push_back(new_signing_key(entropy));
    convenant = test::signed_convenant(test::convenant({sender.card, receiver.card}, managers), managers);
    const exchange::Parties parties{network_id(convenant).value(), sender.card.member, receiver.card.member};
    std::vector<exchange::Item> items;
    for (const Byte number : {Byte{1}, Byte{2}}) {
      exchange::WireFragment fragment;
      fragment.id = id<FragmentId>(number);
      fragment.content = {Category::reason, "Titel",        records::Nature::fact, "C. Jansen",
                          Date{2026, 1, 2}, "Een verhaal.", {"jeugdige"}};
      items.push_back({fragment, 0});
    }
    const std::vector<exchange::BasisStatement> bases{{id<BasisId>(8), std::nullopt, parties.receiver,
                                                       consent::Purpose::handover, Date{2027, 6, 1}, false}};
    const exchange::OfferTerms terms{id<ExchangeId>(4),
                                     {std::nullopt, id<HandoverId>(5)},
                                     id<DecisionId>(6),
                                     {},
                                     {consent::Purpose::handover, Date{2027, 6, 1}, false},
                                     {1, 17, id<Hash256>(7)}};
    auto made = exchange::make_offer(parties, terms, items, bases, entropy).value();
    for (std::size_t i = 0; i < items.size(); ++i)
      file.openings.push_back({encode(items[i].fragment), made.secrets.item_salts[i]});
    const auto receipt = exchange::make_receipt(parties, made.offer, test::at("2026-11-01T10:00:00Z"),
                                                receiver_key.secret_key);
    const auto key = exchange::make_key(std::move(made.secrets), receipt, sender_key.secret_key);
    file.proof = {receipt, key.countersignature};
    file.sender_card = sign_card(sender.card, sender.key.secret_key).value();
    file.receiver_card = sign_card(receiver.card, receiver.key.secret_key).value();
  }

  [[nodiscard]] std::string text() const { return exchange::write_receipt(file).value(); }
  std::filesystem::path write(const std::string& name, const std::string& content) {
    const auto path = dir.path() / name;
    std::ofstream(path, std::ios::binary) << content;
    return path;
  }
};

std::string refusal(const std::string& text) {
  const auto report = verify_receipt_text(text, {});
  return report ? "accepted" : report.error().sentence;
}

std::string replaced(std::string text, const std::string& from, const std::string& to) {
  const std::size_t at = text.find(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

}  // namespace

TEST_CASE("an honest receipt is accepted, with openings and when the content is gone (R8.2)") {
  Bench bench;
  const auto with = verify_receipt_text(bench.text(), {});
  REQUIRE(with);
  CHECK(with->receipt.opened.size() == 2);
  CHECK(with->sender.id == "smw-een");
  CHECK(with->receiver.id == "bjz-twee");
  CHECK_FALSE(with->members_confirmed);
  bench.file.openings.clear();
  const std::string bare = bench.text();
  CHECK(bare.find("Een verhaal") == std::string::npos);
  REQUIRE(verify_receipt_text(bare, {}));

  const auto convenant = bench.write("convenant", bench.convenant);
  const auto confirmed = verify_receipt({bench.write("receipt", bare), {convenant}, {}});
  REQUIRE(confirmed);
  CHECK(confirmed->members_confirmed);
  CHECK(verify_receipt({bench.dir.path() / "nothing", {}, {}}).error().side == Side::user);
}

TEST_CASE("a tampered receipt is refused and the field is named") {
  Bench bench;
  const std::string text = bench.text();
  const auto names = [&](const std::string& from, const std::string& to, std::string_view field) {
    const std::string sentence = refusal(replaced(text, from, to));
    INFO(sentence);
    CHECK(sentence.find(std::string("refused: ") + std::string(field)) != std::string::npos);
  };
  names("until: 2027-06-01", "until: 2029-06-01", "until");
  names("purpose: ", "purpose: x", "purpose");
  names("onward: no", "onward: yes", "onward");
  names("at: 2026-11-01", "at: 2026-11-02", "at");
  names("sender: ", "sender: 00", "sender");
  names("exchange: 04", "exchange: 05", "exchange");
  names("F05 basis 0", "F08 basis 0", "item 0");
  names("item 1: ", "item 2: ", "item 1");
  names("log: 1 17", "log: 1 18", "log");
  names("# knoop/receipt/v1", "# knoop/receipt/v2", "its first line");
  names("proof: ", "proof: !", "proof");
  names("--- card of the receiver\n", "", "card of the receiver");
  names("--- end\n", "--- end\nmore\n", "its end");
  names("salt: ", "salt: x", "opening 0");
  names("basis 0: ", "extra: 1\nbasis 0: ", "basis 0");
}

TEST_CASE("what only the signatures can tell is found as well") {
  Bench bench;
  SECTION("a body that was changed together with its readable lines") {
    auto body = decode<exchange::ReceiptBody>(bench.file.proof.receipt.body).value();
    body.obligations.until = Date{2030, 1, 1};
    bench.file.proof.receipt.body = encode(body);
    CHECK(refusal(bench.text()).find("receiver's signature") != std::string::npos);
  }
  SECTION("a receipt that the sender never countersigned") {
    bench.file.proof.countersignature = bench.file.proof.receipt.signature;
    CHECK(refusal(bench.text()).find("sender's signature") != std::string::npos);
  }
  SECTION("another member's card") {
    TestEntropy entropy{99};
    const auto stranger = test::organisation(entropy, "ggz-drie", "ggz");
    bench.file.sender_card = sign_card(stranger.card, stranger.key.secret_key).value();
    CHECK(refusal(bench.text()).find("card of the sender") != std::string::npos);
  }
  SECTION("an opening of other content, or twice the same") {
    bench.file.openings[1] = bench.file.openings[0];
    CHECK(refusal(bench.text()).find("opening 1 is there twice") != std::string::npos);
    auto fragment = decode<exchange::WireFragment>(bench.file.openings[0].fragment).value();
    fragment.content.text = "Een ander verhaal.";
    bench.file.openings[0].fragment = encode(fragment);
    CHECK(refusal(bench.text()).find("opening 0 is not what was committed to") != std::string::npos);
  }
  SECTION("keys that changed since: the card of the time, given beside the file") {
    const std::string old_card = bench.file.sender_card;
    bench.sender.card.signing_key = new_signing_key(bench.entropy).public_key;
    ++bench.sender.card.number;
    bench.file.sender_card = sign_card(bench.sender.card, bench.sender.key.secret_key).value();
    CHECK_FALSE(verify_receipt_text(bench.text(), {}));
    CHECK(verify_receipt_text(bench.text(), {old_card}));
  }
  SECTION("another network") {
    std::vector<SigningKeyPair> managers;
    managers.push_back(new_signing_key(bench.entropy));
    const auto other =
        test::signed_convenant(test::convenant({bench.sender.card, bench.receiver.card}, managers), managers);
    const auto report =
        verify_receipt({bench.write("receipt", bench.text()), {bench.write("convenant", other)}, {}});
    REQUIRE_FALSE(report);
    CHECK(report.error().code == ErrorCode::wrong_network);
  }
}

TEST_CASE("bytes flipped anywhere in a receipt are refused") {
  Bench bench;
  const std::string text = bench.text();
  for (std::size_t at = 0; at < text.size(); at += 7) {
    std::string bad = text;
    bad[at] = static_cast<char>(bad[at] ^ 1);
    INFO(at);
    CHECK_FALSE(verify_receipt_text(bad, {}));
  }
}
