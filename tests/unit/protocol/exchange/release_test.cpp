#include "protocol/exchange/release.h"

#include <catch2/catch.hpp>

#include "crypto/hash.h"
#include "crypto/seal.h"
#include "protocol/channel/padding.h"
#include "tests/support/test_entropy.h"

using namespace knoop;
using namespace knoop::exchange;

namespace {

const Timestamp now{1'800'000'000'000};

template <typename Id>
Id id(Byte first) {
  Id value;
  value.data()[0] = first;
  return value;
}

struct Bench {
  TestEntropy entropy{3};
  SigningKeyPair smw = new_signing_key(entropy);
  SigningKeyPair bjz = new_signing_key(entropy);
  Parties parties{id<NetworkId>(1), id<MemberId>(2), id<MemberId>(3)};
  OfferTerms terms{id<ExchangeId>(4),
                   {std::nullopt, id<HandoverId>(5)},
                   id<DecisionId>(6),
                   {{Category::safety, consent::Reason::no_consent}},
                   {consent::Purpose::handover, Date{2027, 6, 1}, false},
                   {1, 17, id<Hash256>(7)}};
  std::vector<Item> items{item(1, Category::reason), item(2, Category::help)};
  std::vector<BasisStatement> bases{
      {id<BasisId>(8), std::nullopt, parties.receiver, consent::Purpose::handover, Date{2027, 6, 1}, false}};
  Expected expected{
      terms.about, consent::Purpose::handover, {Category::reason, Category::help, Category::safety}};

  static Item item(Byte number, Category category, std::string text = "Gesprek gevoerd.") {
    WireFragment fragment;
    fragment.id = id<FragmentId>(number);
    fragment.content = {category,         "Titel",         records::Nature::fact, "C. Jansen",
                        Date{2027, 1, 2}, std::move(text), {"jeugdige"}};
    return {std::move(fragment), 0};
  }
  MadeOffer offer() { return make_offer(parties, terms, items, bases, entropy).value(); }
};

}  // namespace

TEST_CASE("a release in four messages gives exactly what was offered (R4.3)") {
  Bench bench;
  MadeOffer made = bench.offer();
  const auto wire = decode<ReleaseOffer>(encode(made.offer));
  REQUIRE(wire);
  CHECK(check_offer(*wire, bench.expected));
  const auto receipt = make_receipt(bench.parties, *wire, now, bench.bjz.secret_key);
  REQUIRE(check_receipt(bench.parties, made.offer, receipt, bench.bjz.public_key));
  const auto key = make_key(std::move(made.secrets), receipt, bench.smw.secret_key);
  const auto key_on_wire = decode<ReleaseKey>(encode(key));
  REQUIRE(key_on_wire);
  const auto released = open_release(bench.parties, *wire, receipt, *key_on_wire, bench.smw.public_key);
  REQUIRE(released);
  REQUIRE(released->fragments.size() == 2);
  CHECK(released->fragments[0] == bench.items[0].fragment);
  CHECK(released->fragments[1] == bench.items[1].fragment);
  CHECK(released->bases == bench.bases);
}

TEST_CASE("before the key nothing can be read, and an offer names kinds and no content (R4.2)") {
  Bench bench;
  const MadeOffer made = bench.offer();
  const Bytes wire = encode(made.offer);
  const std::string seen(text_view(wire));
  for (const char* secret : {"Gesprek", "Titel", "Jansen", "jeugdige"})
    CHECK(seen.find(secret) == std::string::npos);
  CHECK(seen.find(std::string(text_view(bench.bases[0].basis.view()))) == std::string::npos);
  const MadeOffer again = bench.offer();
  CHECK(again.offer.items[0].commitment != made.offer.items[0].commitment);
  CHECK(again.offer.ciphertext != made.offer.ciphertext);
}

TEST_CASE("an offer that is not what was asked for is refused (R4.2)") {
  Bench bench;
  const ReleaseOffer good = bench.offer().offer;
  const auto refused = [&](auto change) {
    ReleaseOffer offer = good;
    change(offer);
    CHECK_FALSE(check_offer(offer, bench.expected));
  };
  CHECK(check_offer(good, bench.expected));
  refused([](ReleaseOffer& offer) { offer.items.clear(); });
  refused([](ReleaseOffer& offer) { offer.bases.clear(); });
  refused([](ReleaseOffer& offer) { offer.items.push_back(offer.items[0]); });
  refused([](ReleaseOffer& offer) { offer.items[0].basis = 1; });
  refused([](ReleaseOffer& offer) { offer.items[0].category = Category::measures; });
  refused([](ReleaseOffer& offer) { offer.obligations.purpose = consent::Purpose::consult; });
  refused([](ReleaseOffer& offer) { offer.obligations.onward = true; });
  refused([](ReleaseOffer& offer) { offer.about.handover = id<HandoverId>(9); });
  refused([](ReleaseOffer& offer) { offer.about = {}; });
}

TEST_CASE("R3.7: a view of the family comes unasked with what it answers, and with nothing else") {
  Bench bench;
  Item view = Bench::item(9, Category::views, "Zo ziet moeder het.");
  view.fragment.parent = id<FragmentId>(1);
  bench.items.push_back(view);
  CHECK(
      check_offer(bench.offer().offer, bench.expected));  // no other category that nobody asked for, as above
  const auto opened = [&](const std::optional<FragmentId>& answers) {
    bench.items.back().fragment.parent = answers;
    MadeOffer made = bench.offer();
    const auto receipt = make_receipt(bench.parties, made.offer, now, bench.bjz.secret_key);
    const auto key = make_key(std::move(made.secrets), receipt, bench.smw.secret_key);
    return open_release(bench.parties, made.offer, receipt, key, bench.smw.public_key).value();
  };
  const std::vector<Category>& asked = bench.expected.categories;
  CHECK(check_views(opened(id<FragmentId>(1)), asked));
  for (const auto& other :
       {std::optional<FragmentId>{}, std::optional(id<FragmentId>(7)), std::optional(id<FragmentId>(9))})
    CHECK_FALSE(check_views(opened(other), asked));
  // Who asked for views gets all of them.
  CHECK(check_views(opened(std::nullopt), std::vector{Category::reason, Category::views}));
}

TEST_CASE("a receipt counts for one offer, one receiver and one key (R4.3)") {
  Bench bench;
  const MadeOffer made = bench.offer();
  const auto good = make_receipt(bench.parties, made.offer, now, bench.bjz.secret_key);
  CHECK(check_receipt(bench.parties, made.offer, good, bench.bjz.public_key));
  CHECK_FALSE(check_receipt(bench.parties, made.offer, good, bench.smw.public_key));
  CHECK_FALSE(check_receipt(bench.parties, bench.offer().offer, good, bench.bjz.public_key));
  Parties others = bench.parties;
  others.receiver = id<MemberId>(9);
  CHECK_FALSE(check_receipt(others, made.offer, good, bench.bjz.public_key));

  ReleaseReceipt changed = good;
  changed.body.back() ^= 1;
  CHECK_FALSE(check_receipt(bench.parties, made.offer, changed, bench.bjz.public_key));
  changed = good;
  changed.exchange = id<ExchangeId>(9);
  CHECK_FALSE(check_receipt(bench.parties, made.offer, changed, bench.bjz.public_key));
  CHECK(receipt_hash(changed) != receipt_hash(good));
}

TEST_CASE("a key that opens something else than was committed to is caught, all or nothing") {
  Bench bench;
  MadeOffer made = bench.offer();
  const auto receipt = make_receipt(bench.parties, made.offer, now, bench.bjz.secret_key);
  const auto key = [&] {
    OfferSecrets copy;
    copy.key = made.secrets.key.copy();
    copy.item_salts = made.secrets.item_salts;
    copy.basis_salts = made.secrets.basis_salts;
    return make_key(std::move(copy), receipt, bench.smw.secret_key);
  };
  const auto open = [&](const ReleaseKey& with) {
    return open_release(bench.parties, made.offer, receipt, with, bench.smw.public_key);
  };
  REQUIRE(open(key()));
  SECTION("another key") {
    auto other = key();
    other.key.data()[0] ^= 1;
    CHECK(open(other).error().code == ErrorCode::cannot_open);
  }
  SECTION("another salt") {
    auto other = key();
    other.item_salts[1].data()[0] ^= 1;
    CHECK(open(other).error().code == ErrorCode::bad_proof);
    other = key();
    other.basis_salts[0].data()[0] ^= 1;
    CHECK(open(other).error().code == ErrorCode::bad_proof);
  }
  SECTION("a salt too few or too many") {
    auto other = key();
    other.item_salts.pop_back();
    CHECK_FALSE(open(other));
    other = key();
    other.basis_salts.push_back({});
    CHECK_FALSE(open(other));
  }
  SECTION("no countersignature of the sender") {
    auto other = key();
    other.countersignature = sign(bench.bjz.secret_key, "knoop/v1/receipt-counter", receipt.body);
    CHECK(open(other).error().code == ErrorCode::bad_signature);
  }
  SECTION("content under commitments of other content") {
    bench.items[0].fragment.content.text = "Iets anders.";
    const MadeOffer swapped = bench.offer();
    ReleaseOffer forged = swapped.offer;
    forged.items = made.offer.items;
    const auto second = make_receipt(bench.parties, forged, now, bench.bjz.secret_key);
    OfferSecrets secrets;
    secrets.key = swapped.secrets.key.copy();
    secrets.item_salts = made.secrets.item_salts;
    secrets.basis_salts = swapped.secrets.basis_salts;
    const auto forged_key = make_key(std::move(secrets), second, bench.smw.secret_key);
    const auto result = open_release(bench.parties, forged, second, forged_key, bench.smw.public_key);
    CHECK(result.error().code == ErrorCode::bad_proof);
  }
  SECTION("a ciphertext moved to another exchange") {
    ReleaseOffer moved = made.offer;
    moved.exchange = id<ExchangeId>(77);
    const auto second = make_receipt(bench.parties, moved, now, bench.bjz.secret_key);
    auto other = key();
    other.exchange = moved.exchange;
    OfferSecrets secrets;
    secrets.key = made.secrets.key.copy();
    secrets.item_salts = made.secrets.item_salts;
    secrets.basis_salts = made.secrets.basis_salts;
    const auto result =
        open_release(bench.parties, moved, second, make_key(std::move(secrets), second, bench.smw.secret_key),
                     bench.smw.public_key);
    CHECK(result.error().code == ErrorCode::cannot_open);
  }
}

TEST_CASE("a consent for somebody else opens nothing here") {
  Bench bench;
  bench.bases[0].recipient = id<MemberId>(9);
  MadeOffer made = bench.offer();
  const auto receipt = make_receipt(bench.parties, made.offer, now, bench.bjz.secret_key);
  const auto key = make_key(std::move(made.secrets), receipt, bench.smw.secret_key);
  CHECK(open_release(bench.parties, made.offer, receipt, key, bench.smw.public_key).error().code ==
        ErrorCode::bad_proof);
}

TEST_CASE("the double-signed receipt proves the release without its content (R8.2)") {
  Bench bench;
  MadeOffer made = bench.offer();
  const auto salts = made.secrets.item_salts;
  const auto receipt = make_receipt(bench.parties, made.offer, now, bench.bjz.secret_key);
  const auto key = make_key(std::move(made.secrets), receipt, bench.smw.secret_key);
  ReleaseProof proof = decode<ReleaseProof>(encode(ReleaseProof{receipt, key.countersignature})).value();
  const auto proven = verify_proof(proof, bench.smw.public_key, bench.bjz.public_key);
  REQUIRE(proven);
  CHECK(proven->receiver == bench.parties.receiver);
  CHECK(proven->items.size() == 2);
  CHECK(proven->ciphertext == sha256(made.offer.ciphertext));
  CHECK(opens(proven->items[0], bench.items[0].fragment, salts[0]));
  CHECK_FALSE(opens(proven->items[0], bench.items[1].fragment, salts[0]));
  CHECK_FALSE(opens(proven->items[0], bench.items[0].fragment, salts[1]));

  CHECK_FALSE(verify_proof(proof, bench.bjz.public_key, bench.smw.public_key));
  proof.countersignature = proof.receipt.signature;
  CHECK_FALSE(verify_proof(proof, bench.smw.public_key, bench.bjz.public_key));
  proof = {receipt, key.countersignature};
  proof.receipt.exchange = id<ExchangeId>(9);
  CHECK_FALSE(verify_proof(proof, bench.smw.public_key, bench.bjz.public_key));
}

TEST_CASE("an offer fits a frame, or says that it must be released in parts") {
  Bench bench;
  bench.items.clear();
  for (Byte i = 0; i < 3; ++i)
    bench.items.push_back(Bench::item(i, Category::reason, std::string(256UL * 1024, 'x')));
  const auto made = make_offer(bench.parties, bench.terms, bench.items, bench.bases, bench.entropy);
  REQUIRE(made);
  CHECK(encode(made->offer).size() <= max_body_size());
  bench.items.push_back(Bench::item(9, Category::reason, std::string(256UL * 1024, 'x')));
  const auto over = make_offer(bench.parties, bench.terms, bench.items, bench.bases, bench.entropy);
  REQUIRE_FALSE(over);
  CHECK(over.error().code == ErrorCode::over_limit);

  SECTION("the most items, and a payload of exactly the limit") {
    bench.items.clear();
    for (std::size_t i = 0; i < most_items; ++i) {
      bench.items.push_back(Bench::item(static_cast<Byte>(i), Category::reason, std::string(4'700, 'x')));
      bench.items.back().fragment.id.data()[1] = static_cast<Byte>(i >> 8U);
    }
    const auto many = make_offer(bench.parties, bench.terms, bench.items, bench.bases, bench.entropy);
    REQUIRE(many);
    CHECK(encode(many->offer).size() <= max_body_size());
    CHECK(make_receipt(bench.parties, many->offer, now, bench.bjz.secret_key).body.size() <= 32UL * 1024);
    bench.items.push_back(Bench::item(201, Category::reason));
    CHECK_FALSE(make_offer(bench.parties, bench.terms, bench.items, bench.bases, bench.entropy));
  }
  SECTION("nothing is no offer, and every item needs a basis") {
    bench.items.clear();
    CHECK_FALSE(make_offer(bench.parties, bench.terms, bench.items, bench.bases, bench.entropy));
    bench.items = {Bench::item(1, Category::reason)};
    bench.items[0].basis = 1;
    CHECK_FALSE(make_offer(bench.parties, bench.terms, bench.items, bench.bases, bench.entropy));
    bench.items[0].basis = 0;
    bench.items[0].fragment.content.text = std::string(256UL * 1024 + 1, 'x');
    CHECK_FALSE(make_offer(bench.parties, bench.terms, bench.items, bench.bases, bench.entropy));
  }
}

TEST_CASE("what a peer releases is held against the schema of its version, all or nothing (R4.1)") {
  Bench bench;
  const auto open = [&bench]() -> Result<Released> {
    MadeOffer made = bench.offer();
    const auto receipt = make_receipt(bench.parties, made.offer, now, bench.bjz.secret_key);
    const auto key = make_key(std::move(made.secrets), receipt, bench.smw.secret_key);
    return open_release(bench.parties, made.offer, receipt, key, bench.smw.public_key);
  };
  records::Fragment& second = bench.items[1].fragment.content;
  SECTION("typed content that fits") {
    second.content = R"({"hulp":[{"soort":"training"}]})";
    const auto released = open();
    REQUIRE(released);
    CHECK(released->fragments[1].content.content == second.content);
  }
  SECTION("content that does not fit: nothing is taken, the place is named, no value is") {
    second.content = R"({"hulp":[{"soort":"training","tarief":"geheim"}]})";
    const auto released = open();
    REQUIRE_FALSE(released);
    CHECK(released.error().code == ErrorCode::bad_format);
    CHECK(released.error().side == Side::peer);
    CHECK(released.error().sentence.find("fields.hulp[0]") != std::string::npos);
    CHECK(released.error().sentence.find("geheim") == std::string::npos);
  }
  SECTION("a newer version than ours is kept, whatever its fields are called") {
    second.schema = 99;
    second.content = R"({"zelfregie":"groot"})";
    const auto released = open();
    REQUIRE(released);
    CHECK(released->fragments[1].content == second);
  }
  SECTION("but it must be well formed") {
    second.schema = 99;
    second.content = R"({"zelfregie": "groot"})";  // a space: not canonical
    CHECK_FALSE(open());
    second.content = "[]";
    CHECK_FALSE(open());
  }
  SECTION("a title with a control character, an empty author, no version") {
    second.title = "a\x1b[2J";
    CHECK_FALSE(open());
    second.title = "Titel";
    second.schema = 0;
    CHECK_FALSE(open());
    second.schema = 1;
    second.author.clear();
    CHECK_FALSE(open());
  }
}
