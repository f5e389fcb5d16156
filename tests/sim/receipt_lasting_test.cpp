// Receipts that outlive the client they are about, at both sides of a release (docs/spec/receipts.md, docs/spec/erasure.md).
#include "tests/sim/exchange_scene.h"
#include "tests/support/must.h"
#include "tools/knoop-verify/receipt.h"

using namespace knoop;
using namespace knoop::sim;
using storage::DestructionGround;
using storage::DestructionState;
using test::must;

namespace {

const Actor officer{Role::privacy_officer, "f.gerritsen", "", std::nullopt, "console"};

struct Lasting : Story {
  explicit Lasting(std::uint64_t seed) : Story(seed) {
    consent({Category::reason, Category::help});
    ask_and_wait(exchange);
    answer(exchange);
    REQUIRE(until([&] { return acquisition_state(exchange) == AcquisitionState::received; }));
  }
  /// Asked by one, approved by another, carried out.
  void destroy(SimNode& node, const std::string& client) {
    auto& service = node.node().service<DestructionService>();
    const auto asked = must(node.command<storage::Destruction>(
        [&](Context& context) {
          return service.ask(context, {client, std::nullopt, DestructionGround::mistake, "hoort hier niet"});
        },
        worker));
    must(node.command<storage::Destruction>(
        [&](Context& context) { return service.approve(context, asked.id, asked.fingerprint); }, officer));
    REQUIRE(until([&] {
      return in(node, [&](Context& context) -> Result<bool> {
        KNOOP_LET(found, storage::find_destruction(context.tx, asked.id));
        return found->state == DestructionState::done;
      });
    }));
  }
  Result<exchange::ReceiptFile> receipt(SimNode& node, SimNode& other, bool with_content = false) {
    return node.command<exchange::ReceiptFile>(
        [&](Context& context) {
          return node.node().service<ExchangeService>().receipt(context, other.member(), exchange,
                                                                with_content);
        },
        worker);
  }
  /// What knoop-verify says of the file that `node` exports.
  std::string verified(SimNode& node, SimNode& other) {
    const std::string text = must(exchange::write_receipt(must(receipt(node, other, true))));
    const auto report = verifier::verify_receipt_text(text, {});
    INFO((report ? "" : report.error().sentence));
    REQUIRE(report);
    CHECK(report->receipt.body.items.size() == 2);
    CHECK(report->receipt.body.sender == smw().member());
    CHECK(report->receipt.body.receiver == bjz().member());
    CHECK(report->receipt.opened.empty());
    return text;
  }
  std::vector<storage::KeptReceipt> kept(SimNode& node) {
    return in(node, [&](Context& context) {
      return node.node().service<ExchangeService>().kept_receipts(context);
    });
  }
  /// Whether these bytes stand in the open in any column of any table.
  bool stands(SimNode& node, ByteView bytes) {
    return in(node, [&](Context& context) -> Result<bool> {
      std::vector<std::pair<std::string, std::string>> columns;
      KNOOP_TRY(
          context.tx.each("SELECT m.name, c.name FROM sqlite_master AS m JOIN pragma_table_info(m.name) AS c "
                          "WHERE m.type = 'table'",
                          [&](const storage::Row& row) -> Result<void> {
                            columns.emplace_back(row.get<std::string>(0), row.get<std::string>(1));
                            return {};
                          }));
      for (const auto& [table, column] : columns) {
        KNOOP_LET(row, context.tx.one(fmt::format("SELECT 1 FROM \"{}\" WHERE instr(CAST(\"{}\" AS BLOB), ?)",
                                                  table, column),
                                      bytes));
        if (row) return true;
      }
      return false;
    });
  }
  ExchangeId exchange;
};

}  // namespace

TEST_CASE("R8.4: a receipt verifies after the client was destroyed at the sender, and then at the receiver") {
  Lasting story(61);
  const auto before = must(story.receipt(story.smw(), story.bjz())).proof;
  CHECK(story.kept(story.smw()).empty());

  story.destroy(story.smw(), "smw-een-1");
  const std::string file = story.verified(story.smw(), story.bjz());
  const auto kept = story.kept(story.smw());
  REQUIRE(kept.size() == 1);
  CHECK(kept[0].exchange == story.exchange);
  CHECK(kept[0].peer == story.bjz().member());
  CHECK(kept[0].given);
  CHECK(encode(kept[0].proof) == encode(before));

  // At the receiver what was on loan went with the order; its own client is still there, then it goes too.
  REQUIRE(story.until([&] { return story.received().empty(); }));
  CHECK(story.verified(story.bjz(), story.smw()) == file);
  story.destroy(story.bjz(), "bjz-twee-1");
  CHECK(story.verified(story.bjz(), story.smw()) == file);
  REQUIRE(story.kept(story.bjz()).size() == 1);
  CHECK_FALSE(story.kept(story.bjz())[0].given);

  story.smw().crash();
  story.smw().start();
  CHECK(story.verified(story.smw(), story.bjz()) == file);
  story.verified_log(story.smw());
  story.verified_log(story.bjz());
}

TEST_CASE("R8.4: of a destroyed client its receipts hold no salt, no name, and nothing that opens them") {
  Lasting story(62);
  const auto held = story.received();
  REQUIRE(held.size() == 2);
  // Never in the open, so that an old copy of the records does not open the commitments either once the key is gone.
  CHECK(story.stands(story.bjz(), story.exchange.view()));
  for (const auto& one : held) CHECK_FALSE(story.stands(story.bjz(), one.salt.view()));

  story.destroy(story.bjz(), "bjz-twee-1");
  CHECK(must(story.receipt(story.bjz(), story.smw(), true)).openings.empty());
  for (const auto& one : held) CHECK_FALSE(story.stands(story.bjz(), one.salt.view()));
  const auto kept = story.kept(story.bjz());
  REQUIRE(kept.size() == 1);
  const Bytes proof = encode(kept[0].proof);
  for (const std::string_view word : {"bjz-twee-1", "smw-een-1", "Voorbeeld"})
    CHECK(text_view(proof).find(word) == std::string_view::npos);
  // The export is in the log, about nobody.
  story.in(story.bjz(), [&](Context& context) -> Result<int> {
    KNOOP_LET(state, storage::audit_state(context.tx));
    return storage::each_audit_entry(
               context.tx, state.incarnation, state.tree.size() - 1, state.tree.size(),
               [&](const audit::ExportedEntry& entry) -> Result<void> {
                 CHECK(std::get<audit::Opening>(entry.fields[slot(audit::Field::event)]).value ==
                       "receipt.exported");
                 CHECK(std::get<audit::Opening>(entry.fields[slot(audit::Field::client)]).value.empty());
                 return {};
               })
        .map([] { return 0; });
  });
}

TEST_CASE("R8.4: only what both signed is kept: a release that was cancelled leaves no receipt") {
  Story story(63);
  const BasisId basis = story.consent({Category::reason});
  ExchangeId exchange;
  story.ask_and_wait(exchange);
  story.answer(exchange);
  story.withdraw(basis);
  REQUIRE(story.until([&] { return story.acquisition_state(exchange) == AcquisitionState::cancelled; }));
  story.in(story.bjz(), [&](Context& context) -> Result<int> {
    KNOOP_LET(acquisition, storage::find_acquisition(context.tx, story.smw().member(), exchange));
    CHECK(acquisition->receipt.has_value());  // our own word alone proves nothing
    KNOOP_TRY(storage::keep_receipts(context.tx, "bjz-twee-1", context.now));
    KNOOP_LET(kept, storage::kept_receipts(context.tx, {10}));
    CHECK(kept.empty());
    return 0;
  });
}

TEST_CASE("hostile: nobody puts a second exchange in the place of a receipt that is kept") {
  Lasting story(64);
  story.destroy(story.smw(), "smw-een-1");
  const auto before = story.verified(story.smw(), story.bjz());
  // BJZ asks again under the old name.
  story.in(story.bjz(), [&](Context& context) -> Result<int> {
    const exchange::FragmentRequest again{story.exchange,     {known_match(), std::nullopt},
                                          Purpose::handover,  "aanmelding",
                                          "overdracht",       {Category::reason},
                                          "jeugdprofessional"};
    SubjectId subject;
    std::ranges::copy(story.exchange.view(), subject.data());
    KNOOP_TRY(context.send(story.smw().member(), MessageType::fragment_request, subject, encode(again)));
    return 0;
  });
  REQUIRE(story.until([&] { return story.count(story.smw(), "dead-letter") == 1; }));
  CHECK(story.release_state(story.exchange) == ReleaseState{});
  CHECK(story.verified(story.smw(), story.bjz()) == before);
}
