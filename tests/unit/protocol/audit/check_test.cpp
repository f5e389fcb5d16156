#include "protocol/audit/check.h"

#include <rapidcheck.h>

#include <catch2/catch.hpp>

#include "tests/unit/protocol/audit/log_fixture.h"

using namespace knoop;
using namespace knoop::audit;
using namespace knoop::audit::testing;

namespace {

WrittenLog sample() {
  WrittenLog log;
  log.add_disclosure(1);
  log.add({.event = Event::client_read, .action = Action::read, .user = "a", .client = "C-2"});
  log.add_disclosure(2);
  return log;
}

/// The first finding has this code and names this entry.
void require_first(const std::vector<Finding>& findings, FindingCode code,
                   std::optional<std::uint64_t> entry) {
  REQUIRE_FALSE(findings.empty());
  INFO(findings.front().sentence);
  CHECK(to_string(findings.front().code) == to_string(code));
  CHECK(findings.front().entry == entry);
}

template <typename Change>
void change_value(ExportedEntry& entry, Field field, Change change) {
  change(std::get<Opening>(entry.fields[slot(field)]).value);
}

}  // namespace

TEST_CASE("an honest log is accepted, open and redacted, with every head it ever had (R8.2)") {
  const WrittenLog log = sample();
  CHECK(check(exported(log), {log.head()}).empty());
  CHECK(check(exported(log, true), {log.head()}).empty());
  std::vector<Checkpoint> heads;
  for (std::size_t size = 0; size <= log.entries.size(); ++size) heads.push_back(log.head_of(size));
  CHECK(check(exported(log, true), heads).empty());
}

TEST_CASE("a change of any field of any entry is found and the entry is named (R8.2)") {
  const WrittenLog log = sample();
  for (std::size_t at = 0; at < log.entries.size(); ++at)
    for (const FieldName& known : all_fields) {
      auto entries = exported(log);
      change_value(entries[at], known.field, [](std::string& value) { value += "1"; });
      require_first(check(entries, {log.head()}), FindingCode::leaf_differs, at);
    }
}

TEST_CASE("tampering by chance is always found (R8.2)") {
  CHECK(rc::check("change, drop, swap, insert or truncate", [] {
    const WrittenLog log = sample();
    auto entries = exported(log, *rc::gen::arbitrary<bool>());
    const auto size = entries.size();
    const auto at = *rc::gen::inRange<std::size_t>(0, size);
    std::optional<std::uint64_t> named;
    switch (*rc::gen::inRange(0, 5)) {
      case 0: {
        auto& field = entries[at].fields[*rc::gen::inRange<std::size_t>(0, field_count)];
        if (auto* opening = std::get_if<Opening>(&field))
          opening->salt.data()[3] ^= 1;
        else
          std::get<Closed>(field).commitment.data()[3] ^= 1;
        named = at;
        break;
      }
      case 1:
        RC_PRE(at + 1 < size);
        entries.erase(entries.begin() + static_cast<std::ptrdiff_t>(at));
        named = at;
        break;
      case 2:
        RC_PRE(at + 1 < size);
        std::swap(entries[at], entries[at + 1]);
        named = at;
        break;
      case 3:
        entries.insert(entries.begin() + static_cast<std::ptrdiff_t>(at), entries[at]);
        named = at;
        break;
      default:
        entries.resize(at);
        named = at;
        break;
    }
    const auto findings = check(entries, {log.head()});
    RC_ASSERT(!findings.empty());
    RC_ASSERT(findings.front().entry == named);
  }));
}

TEST_CASE(
    "a changed entry with its leaf recomputed breaks the root, and the span since the last good head is "
    "named") {
  WrittenLog log = sample();
  const Checkpoint early = log.head_of(3);
  const Checkpoint late = log.head();
  TestEntropy entropy(99);
  log.entries[5] =
      *seal(5, log.entries[5].time, {.event = Event::client_read, .user = "someone else"}, entropy);
  const auto findings = check(exported(log), {early, late});
  require_first(findings, FindingCode::root_differs, 3);
}

TEST_CASE("history rewritten under an old head is found though a new head fits it (R8.2)") {
  const WrittenLog honest = sample();
  WrittenLog other(2);  // other salts: another history
  other.add_disclosure(1);
  other.add({.event = Event::client_read});
  other.add_disclosure(2);
  const auto findings = check(exported(other), {honest.head_of(4), other.head()});
  require_first(findings, FindingCode::root_differs, 0);
}

TEST_CASE("a disclosure without decision, consent or receipt before it is found (R8.1)") {
  const auto basis = id<BasisId>(1);
  const auto decision = id<DecisionId>(1);
  const auto receipt = id<Hash256>(1);
  const auto peer = id<MemberId>(9);
  const AuditEntry consent{.event = Event::consent_recorded, .bases = {basis}};
  const AuditEntry decided{
      .event = Event::release_decided, .decision = decision, .bases = {basis}, .peer = peer};
  const AuditEntry received{
      .event = Event::release_receipt_received, .decision = decision, .receipt = receipt, .peer = peer};
  const AuditEntry disclosed{.event = Event::release_disclosed,
                             .decision = decision,
                             .bases = {basis},
                             .receipt = receipt,
                             .peer = peer};
  const auto findings_of = [](const std::vector<AuditEntry>& entries) {
    WrittenLog log;
    for (const AuditEntry& entry : entries) log.add(entry);
    return check(exported(log, true), {log.head()});
  };

  CHECK(findings_of({consent, decided, received, disclosed}).empty());
  require_first(findings_of({consent, received, disclosed}), FindingCode::decision_missing, 3);
  require_first(findings_of({decided, received, disclosed}), FindingCode::basis_missing, 3);
  require_first(findings_of({consent, decided, disclosed}), FindingCode::receipt_missing, 3);
  require_first(findings_of({consent, decided, disclosed, received}), FindingCode::receipt_missing, 3);

  SECTION(
      "a consent recorded elsewhere needs its recorder's word for this decision, and no withdrawal since") {
    const AuditEntry told{.event = Event::consent_statement_received, .bases = {basis}};
    const AuditEntry stands{.event = Event::consent_state_received, .decision = decision, .bases = {basis}};
    AuditEntry for_another = stands;
    for_another.decision = id<DecisionId>(7);
    AuditEntry of_another = stands;
    of_another.bases = {id<BasisId>(7)};
    const AuditEntry gone{.event = Event::consent_withdrawal_received, .bases = {basis}};
    CHECK(findings_of({told, decided, stands, received, disclosed}).empty());
    require_first(findings_of({told, decided, received, disclosed}), FindingCode::state_missing, 4);
    require_first(findings_of({told, decided, for_another, received, disclosed}), FindingCode::state_missing,
                  5);
    require_first(findings_of({told, decided, of_another, received, disclosed}), FindingCode::state_missing,
                  5);
    require_first(findings_of({decided, stands, received, disclosed}), FindingCode::basis_missing, 4);
    require_first(findings_of({told, decided, stands, gone, received, disclosed}),
                  FindingCode::basis_withdrawn, 6);
    // What came of others is no consent of ours: its withdrawal says nothing about our disclosures.
    CHECK(findings_of({consent, gone, decided, received, disclosed}).empty());
  }
  SECTION("a refused decision is none") {
    AuditEntry refused = decided;
    refused.outcome = Outcome::refused;
    require_first(findings_of({consent, refused, received, disclosed}), FindingCode::decision_missing, 4);
  }
  SECTION("a decision about another organisation is none") {
    AuditEntry elsewhere = decided;
    elsewhere.peer = id<MemberId>(8);
    require_first(findings_of({consent, elsewhere, received, disclosed}), FindingCode::decision_missing, 4);
  }
  SECTION("a consent withdrawn in between opens nothing (R3.5)") {
    const AuditEntry withdrawn{.event = Event::consent_withdrawn, .bases = {basis}};
    require_first(findings_of({consent, decided, received, withdrawn, disclosed}),
                  FindingCode::basis_withdrawn, 5);
    require_first(findings_of({consent, withdrawn, consent, decided, received, disclosed}),
                  FindingCode::basis_withdrawn, 6);
    CHECK(findings_of({consent, decided, received, disclosed, withdrawn}).empty());
  }
  SECTION("a ground without consent serves as well (R3.6)") {
    AuditEntry ground = consent;
    ground.event = Event::ground_recorded;
    CHECK(findings_of({ground, decided, received, disclosed}).empty());
  }
  SECTION("a disclosure on nothing") {
    AuditEntry bare = disclosed;
    bare.bases.clear();
    require_first(findings_of({consent, decided, received, bare}), FindingCode::basis_missing, 4);
  }
  SECTION("a basis that the decision did not name") {
    AuditEntry more = disclosed;
    more.bases.push_back(id<BasisId>(2));
    AuditEntry second = consent;
    second.bases = {id<BasisId>(2)};
    require_first(findings_of({consent, second, decided, received, more}), FindingCode::decision_missing, 5);
  }
  SECTION("the receipt of another decision") {
    AuditEntry other = received;
    other.decision = id<DecisionId>(2);
    require_first(findings_of({consent, decided, other, disclosed}), FindingCode::receipt_missing, 4);
  }
}

TEST_CASE("an erased field needs an erasure entry after it, and only personal fields can be erased (R8.4)") {
  WrittenLog log;
  log.add({.event = Event::client_read, .user = "a", .client = "C-2"});
  const auto erase = [](WrittenLog& from, std::string reference) {
    from.add({.event = Event::field_erased, .reference = std::move(reference), .action = Action::erase});
  };
  const auto with_erased = [](const WrittenLog& from, Field field) {
    auto entries = exported(from);
    entries[1].fields[slot(field)] = Closed{commitment_of(field, from.entries[1].fields[slot(field)]), true};
    return check(entries, {from.head()});
  };
  require_first(with_erased(log, Field::client), FindingCode::erased_without_entry, 1);
  erase(log, "1:17,20");
  CHECK(with_erased(log, Field::client).empty());
  require_first(with_erased(log, Field::purpose), FindingCode::erased_without_entry, 1);
  require_first(with_erased(log, Field::event), FindingCode::structural_hidden, 1);

  for (const char* reference : {"", "1", "1:", "1:20,", "2:20", "9:20", "1:3", "1:999", "x:20", "1:20 ",
                                "1:-20", "1/1:20", "0/1:20", "/1:20", "2/1:20"}) {
    WrittenLog other;
    other.add({.event = Event::client_read});
    erase(other, reference);
    INFO(reference);
    require_first(check(exported(other), {other.head()}), FindingCode::bad_value, 2);
  }
}

TEST_CASE("a clock that ran back, a log that does not open, and values of no meaning are found") {
  SECTION("time") {
    WrittenLog log = sample();
    log.time.ms -= 60'000;
    log.add({.event = Event::client_read});
    require_first(check(exported(log), {log.head()}), FindingCode::time_decreases, log.entries.size() - 1);
  }
  SECTION("first entry") {
    WrittenLog log;
    log.entries.clear();
    log.add({.event = Event::node_started});
    require_first(check(exported(log), {log.head()}), FindingCode::not_opened, 0);
  }
  SECTION("an event that does not exist, committed to honestly") {
    WrittenLog log;
    SealedEntry& entry = log.add({.event = Event::client_read});
    entry.fields[slot(Field::event)].value = "client.forgotten";
    std::array<Hash256, field_count> commitments;
    for (std::size_t i = 0; i < field_count; ++i)
      commitments[i] = commitment_of(all_fields[i].field, entry.fields[i]);
    entry.leaf = leaf_hash_of(commitments);
    require_first(check(exported(log), {log.head()}), FindingCode::bad_value, 1);
  }
}

TEST_CASE("heads: of another log, too large, too small or none") {
  const WrittenLog log = sample();
  Checkpoint stranger = log.head();
  stranger.origin = LogOrigin{id<NetworkId>(1), id<MemberId>(3), 1}.text();
  require_first(check(exported(log), {stranger}), FindingCode::origin_differs, std::nullopt);
  require_first(check(exported(log), {log.head_of(4)}), FindingCode::unsigned_entries, 4);
  require_first(check(exported(log), {}), FindingCode::unsigned_entries, 0);
  auto shorter = exported(log);
  shorter.pop_back();
  require_first(check(shorter, {log.head()}), FindingCode::truncated, log.entries.size() - 1);
  require_first(check({}, {log.head()}), FindingCode::truncated, 0);
}

TEST_CASE("findings are bounded, whatever a hostile export holds") {
  const WrittenLog log = sample();
  std::vector<ExportedEntry> entries(1000, exported(log)[1]);
  CHECK(check(entries, {log.head()}).size() == max_findings);
}
