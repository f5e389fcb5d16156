// Every list that is read in pages: walked row by row it is the whole list in its order, also where rows are alike in what they are
// sorted by first, and a row that comes or goes meanwhile neither repeats nor hides another.
#include "storage/rows_after.h"

#include <catch2/catch.hpp>

#include "storage/consent_repository.h"
#include "storage/dead_letter_repository.h"
#include "storage/destruction_repository.h"
#include "storage/elsewhere_repository.h"
#include "storage/emergency_repository.h"
#include "storage/exchange_repository.h"
#include "storage/hint_repository.h"
#include "storage/receipt_repository.h"
#include "storage/records_repository.h"
#include "storage/subject_request_repository.h"
#include "tests/support/must.h"
#include "tests/support/temp_dir.h"
#include "tests/support/test_entropy.h"

namespace knoop::storage {
namespace {

using test::must;

constexpr Timestamp now{1'000'000};
const MemberId peer(std::array<Byte, 32>{7});
constexpr int rows = 7;

template <typename Id>
Id id_of(int number) {
  std::array<Byte, Id::size> bytes{};
  bytes[0] = static_cast<Byte>(number * 37 % 251);  // not in the order in which they are added
  bytes[1] = static_cast<Byte>(number);
  return Id(bytes);
}
/// Two and two alike.
Date day(int number) {
  return Date::from_days(Date{2026, 11, 1}.days() + number / 2);
}
Timestamp moment(int number) {
  return now + Milliseconds{number / 2};
}

struct Store {
  Store() {
    database->use_entropy(entropy);
    records::Client client;
    client.ref = "C-1";
    client.surname = "Voorbeeld";
    client.birth_date = {2015, 6, 1};
    must(put_client(tx(), client, now));
  }
  Transaction& tx() {
    if (!open) open.emplace(must(database->begin()));
    return *open;
  }

  testing::TempDir dir;
  TestEntropy entropy;
  SymmetricKey key;
  std::unique_ptr<Database> database = must(Database::open(dir.path() / "knoop.db", key, OpenMode::create));
  std::optional<Transaction> open;
};

/// The names of all rows, fetched `limit` at a time; `between` happens after the first page.
template <typename After, typename List, typename Place, typename Name>
std::vector<std::string> walked(const List& list, const Place& place, const Name& name, std::int64_t limit,
                                const std::function<void()>& between = {}) {
  std::vector<std::string> out;
  After page{limit};
  for (;;) {
    const auto items = must(list(page));
    REQUIRE(std::ssize(items) <= limit);
    for (const auto& one : items) out.push_back(name(one));
    if (std::ssize(items) < limit) return out;
    page.after = place(items.back());
    if (out.size() == static_cast<std::size_t>(limit) && between) between();
  }
}

template <typename After, typename List, typename Place, typename Name>
void check_pages(const List& list, const Place& place, const Name& name) {
  const std::vector<std::string> whole = walked<After>(list, place, name, 1000);
  REQUIRE(whole.size() == rows);
  CHECK(std::set<std::string>(whole.begin(), whole.end()).size() == rows);
  for (const std::int64_t limit : {1, 2, 3, rows}) CHECK(walked<After>(list, place, name, limit) == whole);
}

TEST_CASE("grounds to review and clients to tell come in pages") {
  Store store;
  for (int i = 0; i < rows; ++i) {
    consent::Ground ground;
    ground.id = id_of<BasisId>(i);
    ground.client = "C-1";
    ground.kind = consent::GroundKind::veilig_thuis;
    ground.recipient = peer;
    ground.recorded_at = now;
    ground.until = {2026, 12, 31};
    ground.review_due = day(i);
    ground.informing.due = day(rows - i);
    must(add_ground(store.tx(), ground));
  }
  const auto name = [](const consent::Ground& one) { return one.id.hex(); };
  check_pages<GroundsAfter>(
      [&](const GroundsAfter& page) { return grounds_to_review(store.tx(), page); },
      [](const consent::Ground& one) { return GroundsAfter::Place(one.review_due, one.id); }, name);
  check_pages<GroundsAfter>(
      [&](const GroundsAfter& page) { return grounds_to_tell(store.tx(), page); },
      [](const consent::Ground& one) { return GroundsAfter::Place(one.informing.due, one.id); }, name);
}

TEST_CASE("readings in an emergency come in pages, and one that was reviewed meanwhile hides none") {
  Store store;
  for (int i = 0; i < rows; ++i)
    must(add_emergency_read(store.tx(), {0, "C-1", "nood", 1, "anja", now, day(i)}));
  const auto list = [&](const EmergencyReadsAfter& page) {
    return emergency_reads_to_review(store.tx(), page);
  };
  const auto place = [](const EmergencyRead& one) { return EmergencyReadsAfter::Place(one.due, one.id); };
  const auto name = [](const EmergencyRead& one) { return std::to_string(one.id); };
  check_pages<EmergencyReadsAfter>(list, place, name);
  const auto whole = walked<EmergencyReadsAfter>(list, place, name, 1000);
  CHECK(walked<EmergencyReadsAfter>(list, place, name, 2, [&] {
          must(set_emergency_review(store.tx(), std::stoll(whole[0]),
                                    {consent::Verdict::justified, "goed", "femke", now}));
          must(add_emergency_read(store.tx(), {0, "C-1", "nood", 1, "anja", now, Date{2026, 10, 1}}));
        }) == whole);
}

TEST_CASE("requests of data subjects come in pages: the open ones, then the answered") {
  Store store;
  for (int i = 0; i < rows; ++i) {
    SubjectRequest request;
    request.id = id_of<SubjectRequestId>(i);
    request.client = "C-1";
    request.kind = SubjectRequestKind::access;
    request.received = day(0);
    request.due = day(i);
    if (i % 3 == 0) {
      request.state = SubjectRequestState::granted;
      request.closed = day(0);
    }
    must(put_subject_request(store.tx(), request));
  }
  check_pages<SubjectRequestsAfter>(
      [&](const SubjectRequestsAfter& page) {
        return subject_requests(store.tx(), std::nullopt, false, page);
      },
      [](const SubjectRequest& one) {
        return SubjectRequestsAfter::Place(one.closed.has_value(), one.due, one.id);
      },
      [](const SubjectRequest& one) { return one.id.hex(); });
  CHECK(must(subject_requests(store.tx(), "C-1", true)).size() == 4);
}

TEST_CASE("destructions come in pages, newest first") {
  Store store;
  for (int i = 0; i < rows; ++i) {
    Destruction one;
    one.id = id_of<DestructionId>(i);
    one.client = "C-1";
    one.ground = DestructionGround::retention;
    one.reason = "termijn";
    one.asked_by = "anja";
    one.asked = moment(i);
    must(put_destruction(store.tx(), one));
  }
  check_pages<DestructionsAfter>(
      [&](const DestructionsAfter& page) { return list_destructions(store.tx(), page); },
      [](const Destruction& one) { return DestructionsAfter::Place(one.asked, one.id); },
      [](const Destruction& one) { return one.id.hex(); });
}

TEST_CASE("withdrawals come in pages, as they were sent") {
  Store store;
  for (int i = 0; i < rows; ++i)
    must(add_withdrawal_out(store.tx(), id_of<BasisId>(i), id_of<MemberId>(i), moment(i)));
  check_pages<WithdrawalsAfter>(
      [&](const WithdrawalsAfter& page) { return withdrawals_out(store.tx(), true, page); },
      [](const WithdrawalOut& one) { return WithdrawalsAfter::Place(one.sent, one.basis, one.peer); },
      [](const WithdrawalOut& one) { return one.basis.hex(); });
  CHECK(must(withdrawals_out(store.tx(), true)).size() == rows);
}

TEST_CASE("receipts of clients that were destroyed come in pages, newest first") {
  Store store;
  for (int i = 0; i < rows; ++i)
    must(store.tx().exec(
        "INSERT INTO receipts_kept(peer, exchange, given, receipt, countersignature, kept) "
        "SELECT ?, ?, ?, ?, zeroblob(64), ?",
        peer, id_of<ExchangeId>(i / 2), i % 2 == 0, encode(exchange::ReleaseReceipt{}), moment(i / 3)));
  check_pages<ReceiptsAfter>(
      [&](const ReceiptsAfter& page) { return kept_receipts(store.tx(), page); },
      [](const KeptReceipt& one) {
        return ReceiptsAfter::Place(one.kept, one.peer, one.exchange, one.given);
      },
      [](const KeptReceipt& one) { return one.exchange.hex() + (one.given ? "1" : "0"); });
}

TEST_CASE("messages that could not be applied come in pages, oldest first") {
  Store store;
  for (int i = 0; i < rows; ++i)
    must(store.tx().exec(
        "INSERT INTO dead_letter(peer, stream, number, type, sent_at, received_at, body, code, sentence) "
        "VALUES (?, ?, ?, ?, ?, ?, x'', 'bad-value', 'x')",
        peer, StreamKind::case_work, i, MessageType::handover_event, now, now));
  check_pages<DeadLettersAfter>(
      [&](const DeadLettersAfter& page) { return open_dead_letters(store.tx(), page); },
      [](const DeadLetter& one) { return DeadLettersAfter::Place(one.id); },
      [](const DeadLetter& one) { return std::to_string(one.id); });
}

TEST_CASE("hints come in pages, newest first") {
  Store store;
  for (int i = 0; i < rows; ++i) {
    StoredHint hint;
    hint.kind = 1;
    hint.subject = "anja";
    hint.cause = std::to_string(i);
    hint.raised = now;
    hint.detail = "veel opgezocht";
    REQUIRE(must(add_hint_row(store.tx(), hint)));
  }
  check_pages<HintsAfter>([&](const HintsAfter& page) { return hint_rows(store.tx(), true, page); },
                          [](const StoredHint& one) { return HintsAfter::Place(one.id); },
                          [](const StoredHint& one) { return std::to_string(one.id); });
}

TEST_CASE("received fragments of a client come in pages, as they came") {
  Store store;
  for (int i = 0; i < rows; ++i) {
    ReceivedFragment one;
    one.peer = id_of<MemberId>(i % 2);
    one.exchange = id_of<ExchangeId>(i);
    one.client = "C-1";
    must(
        store.tx().exec("INSERT INTO acquisitions(peer, exchange, state, client, sealed, created, changed) "
                        "VALUES (?, ?, 1, 'C-1', x'', 0, 0)",
                        one.peer, one.exchange));
    one.fragment.id = id_of<FragmentId>(i);
    one.fragment.content.category = Category::person;
    one.fragment.content.date = day(0);
    one.basis = id_of<BasisId>(1);
    one.purpose = consent::Purpose::handover;
    one.until = {2026, 12, 31};
    one.received = moment(i);
    must(add_received(store.tx(), one));
  }
  check_pages<ReceivedAfter>([&](const ReceivedAfter& page) { return received_of(store.tx(), "C-1", page); },
                             [](const ReceivedFragment& one) {
                               return ReceivedAfter::Place(one.received, one.peer, one.exchange,
                                                           one.fragment.id);
                             },
                             [](const ReceivedFragment& one) { return one.fragment.id.hex(); });
  CHECK(must(received_of(store.tx(), "C-1")).size() == rows);
  CHECK(must(received_of(store.tx(), "C-2")).empty());
}

TEST_CASE("consents recorded elsewhere come in pages, as they came") {
  Store store;
  for (int i = 0; i < rows; ++i) {
    ElsewhereConsent one;
    one.recorder = peer;
    one.client = "C-1";
    one.said.consent = id_of<BasisId>(i);
    one.said.recorder = peer;
    one.said.answer = consent::Answer::yes;
    one.said.from = day(0);
    one.statement.body = encode(one.said);
    one.received = moment(i);
    must(add_elsewhere(store.tx(), one));
  }
  check_pages<ElsewhereAfter>(
      [&](const ElsewhereAfter& page) { return elsewhere_of(store.tx(), "C-1", page); },
      [](const ElsewhereConsent& one) { return ElsewhereAfter::Place(one.received, one.said.consent); },
      [](const ElsewhereConsent& one) { return one.said.consent.hex(); });
}

}  // namespace
}  // namespace knoop::storage
