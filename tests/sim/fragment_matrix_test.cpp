// A fragment of every category and size class from one organisation to another, good and bad: what is right comes as it
// was, what is wrong is a clear error, and nothing is half stored (R4.1).
#include "crypto/hash.h"
#include "node/core/records.h"
#include "protocol/channel/padding.h"
#include "tests/sim/exchange_scene.h"

using namespace knoop;
using namespace knoop::sim;

namespace {

std::size_t class_of(std::size_t frame) {
  std::size_t out = 0;
  for (const std::size_t each : size_classes)
    if (each <= frame) out = each;
  return out;
}

std::vector<Category> every_category() {
  std::vector<Category> out;
  for (const CategoryFacts& one : all_categories) out.push_back(one.category);
  return out;
}

/// SMW may give everything, and gives one fragment at a time.
struct Matrix : Story {
  explicit Matrix(std::uint64_t seed)
      : Story(seed, {{"smw-een", "smw"}, {"bjz-twee", "bjz"}}, exchange_services,
              [](Convenant& convenant) { convenant.may_ask["bjz"] = every_category(); }) {
    consent(every_category());
    in(smw(), [](Context& context) -> Result<int> {
      KNOOP_TRY(context.tx.exec("DELETE FROM fragments"));
      return 0;
    });
    region.network.tap = [this](const MemberId& from, const MemberId&, ByteView frame) {
      classes.insert(class_of(frame.size()));
      if (from == smw().member()) largest = std::max(largest, class_of(frame.size()));
    };
  }

  records::Fragment fragment(Category category, std::string text) const {
    return {category,         "Titel",         records::Nature::fact, "C. Jansen",
            Date{2026, 1, 2}, std::move(text), {"jeugdige"}};
  }
  /// Entered as a person does.
  Result<FragmentId> enter(const records::Fragment& content) {
    return smw().command<FragmentId>(
        [&](Context& context) { return add_fragment(context, "smw-een-1", content); }, worker);
  }
  /// Past every rule, as a program that was tampered with writes.
  void write(const FragmentId& id, const records::Fragment& content) {
    in(smw(), [&](Context& context) -> Result<int> {
      KNOOP_TRY(storage::update_fragment(context.tx, id, content, context.now));
      return 0;
    });
  }
  std::int64_t number(SimNode& node, std::string_view sql) {
    return in(node, [&](Context& context) -> Result<std::int64_t> {
      KNOOP_LET(row, context.tx.one(sql));
      return row->get<std::int64_t>(0);
    });
  }
  /// Asks for this category until that is answered; gives what BJZ's side came to.
  AcquisitionState exchange_of(Category category) {
    exchange = request({known_match(), std::nullopt}, {category});
    REQUIRE(until([&] { return release_state(exchange) == ReleaseState::asked; }));
    largest = 0;
    const auto answered = smw().command<bool>(
        [&](Context& context) -> Result<bool> {
          KNOOP_LET(out,
                    smw().node().service<ExchangeService>().answer(context, bjz().member(), exchange, {}));
          return out.offered;
        },
        worker);
    if (!answered) {
      refused = answered.error().code;
      return AcquisitionState::asked;
    }
    REQUIRE(until([&] {
      const auto state = acquisition_state(exchange);
      return state != AcquisitionState::asked && state != AcquisitionState::receipted;
    }));
    return acquisition_state(exchange);
  }
  void forget() {
    for (SimNode* node : {&smw(), &bjz()})
      in(*node, [&](Context& context) -> Result<int> {
        KNOOP_TRY(context.tx.exec("DELETE FROM fragments"));
        KNOOP_TRY(context.tx.exec("DELETE FROM received_fragments"));
        return 0;
      });
  }

  ExchangeId exchange;
  std::optional<ErrorCode> refused;
  std::size_t largest = 0;  ///< Class of the largest frame from SMW since it answered.
  std::set<std::size_t> classes;
};

}  // namespace

TEST_CASE("R4.1: a fragment of every category and size class comes as it was") {
  const CategoryFacts category = all_categories[GENERATE(range(std::size_t{0}, all_categories.size()))];
  INFO(category.code);
  Matrix matrix(600 + static_cast<std::uint64_t>(category.category));
  const std::vector<std::pair<std::size_t, std::size_t>> sizes{{1, 512},
                                                               {900, 2UL << 10U},
                                                               {2'200, 4UL << 10U},
                                                               {10'000, 16UL << 10U},
                                                               {40'000, 64UL << 10U},
                                                               {150'000, 256UL << 10U},
                                                               {records::longest_text, 1024UL << 10U}};
  for (const auto& [length, size_class] : sizes) {
    INFO(length);
    std::string text(length, 'x');
    for (std::size_t i = 0; i < length; i += 80) text[i] = '\n';
    text[0] = 'a';
    const records::Fragment content = matrix.fragment(category.category, text);
    const auto id = matrix.enter(content);
    REQUIRE(id.has_value());
    REQUIRE(matrix.exchange_of(category.category) == AcquisitionState::received);
    const auto received = matrix.received();
    REQUIRE(received.size() == 1);
    CHECK(received.front().fragment.content == content);
    CHECK(received.front().fragment.id == *id);
    CHECK(matrix.largest == size_class);
    matrix.forget();
  }
  for (const std::size_t each : size_classes) CHECK(matrix.classes.contains(each));
}

TEST_CASE(
    "R4.1: what is wrong in a fragment of any category is refused where it is entered, and nothing is "
    "stored") {
  Matrix matrix(640);
  for (const CategoryFacts& category : all_categories) {
    INFO(category.code);
    const auto refused = [&](const std::function<void(records::Fragment&)>& spoil) {
      records::Fragment content = matrix.fragment(category.category, "Tekst");
      spoil(content);
      const auto entered = matrix.enter(content);
      REQUIRE_FALSE(entered.has_value());
      CHECK_FALSE(entered.error().sentence.empty());
      CHECK(entered.error().side == Side::user);
      return entered.error().code;
    };
    using records::Fragment;
    for (const std::uint16_t version : {std::uint16_t{0}, std::uint16_t{2}, std::uint16_t{9999}})
      refused([&](Fragment& one) { one.schema = version; });
    for (const char* fields :
         {R"({"onbekend":"x"})", R"([])", R"({)", R"("x")", R"({ "a" : 1})", R"({"__proto__":{}})"})
      refused([&](Fragment& one) { one.content = fields; });
    refused([&](Fragment& one) { one.content = std::string(5000, '[') + std::string(5000, ']'); });
    refused([](Fragment& one) { one.text.assign(records::longest_text + 1, 'x'); });
    refused([](Fragment& one) { one.text = "a\x1b[2Jb"; });
    refused([](Fragment& one) { one.text = "\xC3\x28"; });
    refused([](Fragment& one) { one.title.clear(); });
    refused([](Fragment& one) { one.title.assign(records::longest_title + 1, 'x'); });
    refused([](Fragment& one) { one.author = "C.\nJansen"; });
    refused([](Fragment& one) { one.date = Date{2199, 1, 1}; });
    refused([](Fragment& one) { one.persons.assign(records::most_persons + 1, "jeugdige"); });
  }
  CHECK(matrix.number(matrix.smw(), "SELECT count(*) FROM fragments") == 0);
}

TEST_CASE(
    "R4.1: a member that sends such a fragment all the same gives nothing: a clear error, and nothing half "
    "stored") {
  const CategoryFacts category = all_categories[GENERATE(range(std::size_t{0}, all_categories.size()))];
  INFO(category.code);
  Matrix matrix(660 + static_cast<std::uint64_t>(category.category));
  using records::Fragment;
  const auto fields = [](std::string text) {
    return [text = std::move(text)](Fragment& one) { one.content = text; };
  };
  std::vector<std::function<void(Fragment&)>> spoils{fields(R"({"onbekend":"x"})"),
                                                     fields("[]"),
                                                     fields("{"),
                                                     fields(R"({ "a" : 1})"),
                                                     [](Fragment& one) { one.text = "a\x1b[2Jb"; },
                                                     [](Fragment& one) { one.title.clear(); },
                                                     [](Fragment& one) { one.author.clear(); },
                                                     [](Fragment& one) { one.persons = {"a\n"}; }};
  if (category.category == Category::attachments)
    for (const std::string& text : std::vector<std::string>{
             R"({"bestandsnaam":"a.exe","soort":"application/x-msdownload"})",
             R"({"bestandsnaam":"a.pdf","soort":"application/pdf","bytes":5})",
             R"({"bestandsnaam":"a.pdf","soort":"application/pdf","bytes":52428801,"stukken_sha256":")" +
                 std::string(64, 'a') + "\"}",
             R"({"bestandsnaam":"a.pdf","soort":"application/pdf","bytes":5,"stukken_sha256":"zz"})",
             R"({"bytes":5,"stukken_sha256":")" + std::string(64, 'a') + "\"}"})
      spoils.push_back(fields(text));
  for (const auto& spoil : spoils) {
    INFO(&spoil - spoils.data());
    // A right one with it in the same release: all or nothing.
    REQUIRE(matrix.enter(matrix.fragment(category.category, "Goed")).has_value());
    Fragment wrong = matrix.fragment(category.category, "Fout");
    const auto id = matrix.enter(wrong);
    REQUIRE(id.has_value());
    spoil(wrong);
    matrix.write(*id, wrong);
    CHECK(matrix.exchange_of(category.category) == AcquisitionState::broken);
    CHECK(matrix.received().empty());
    CHECK(matrix.number(matrix.bjz(), "SELECT count(*) FROM received_fragments") == 0);
    matrix.forget();
  }
  const auto log = matrix.verified_log(matrix.bjz());
  CHECK(std::ranges::count(log, "release.received") == std::ssize(spoils));  // each told as failed
  // Nothing is blocked by it.
  CHECK(matrix.number(matrix.bjz(), "SELECT count(*) FROM dead_letter") == 0);
  REQUIRE(matrix.enter(matrix.fragment(category.category, "Goed")).has_value());
  CHECK(matrix.exchange_of(category.category) == AcquisitionState::received);
  CHECK(matrix.received().size() == 1);
}

TEST_CASE("R4.1: a fragment in a newer version of its schema is kept and shown as it is, of every category") {
  Matrix matrix(690);
  for (const CategoryFacts& category : all_categories) {
    INFO(category.code);
    records::Fragment newer = matrix.fragment(category.category, "Tekst");
    const auto id = matrix.enter(newer);
    REQUIRE(id.has_value());
    newer.schema = 7;
    newer.content = R"({"nieuw":"x"})";
    matrix.write(*id, newer);
    REQUIRE(matrix.exchange_of(category.category) == AcquisitionState::received);
    REQUIRE(matrix.received().size() == 1);
    CHECK(matrix.received().front().fragment.content.schema == 7);
    CHECK(matrix.received().front().fragment.content.content == R"({"nieuw":"x"})");
    matrix.forget();
  }
}
