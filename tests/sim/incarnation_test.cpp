// A node that was restored from a backup (R8.2, protocol.md sections 2 and 6): caught, silent, and with its privacy officer's
// approval in its next log; and those who open one to hide something.
#include "node/core/incarnations.h"

#include <fstream>

#include "node/core/audit_reader.h"
#include "node/core/log_on_disk.h"
#include "node/core/subject_report.h"
#include "node/files/audit_export.h"
#include "node/files/subject_page.h"
#include "tests/sim/incarnation_scene.h"
#include "tests/support/must.h"
#include "tools/knoop-verify/verify.h"

namespace knoop {
namespace {

using namespace sim;
using namespace std::chrono_literals;

std::filesystem::path export_log(Region& region, SimNode& node, std::uint32_t log) {
  return in<std::filesystem::path>(node, [&](Context& context) -> Result<std::filesystem::path> {
    KNOOP_LET(begun, begin_export(context, context.audit_log(), true, export_forms.front(), log));
    const auto path = region.directory.path() / fmt::format("log-{}.audit.jsonl", log);
    std::ofstream out(path, std::ios::binary);
    out << export_header_line(begun);
    for (std::uint64_t from = 0; from < begun.size;) {
      KNOOP_LET(slice, export_slice(context, begun, from));
      for (const audit::ExportedEntry& entry : slice) out << export_entry_line(entry);
      from += slice.size();
    }
    out << export_head_line(begun);
    return path;
  });
}

std::vector<verifier::Report> verified(const verifier::Request& request) {
  auto reports = verifier::verify_exports(request);
  REQUIRE(reports.has_value());
  for (const verifier::Report& report : *reports) {
    if (report.unreadable) UNSCOPED_INFO(report.unreadable->sentence);
    for (const audit::Finding& finding : report.findings) UNSCOPED_INFO(finding.sentence);
  }
  return std::move(*reports);
}

}  // namespace

TEST_CASE(
    "R8.2 must show: a restored node is caught, discloses nothing, and goes on in its next log after "
    "approval") {
  Region region(401, four, make_services, everybody_watches);
  begin_with_a_match(region);
  const auto copy = region[0].back_up();
  region.run_for(5h);
  put(region[0], "S2", fatima);
  put(region[1], "B2", fatima);
  settle(region);
  REQUIRE(region.run_until([&] { return all_witnessed(region); }, 120s));
  const auto before = standing(region[0]);

  region[0].restore(copy);
  REQUIRE(region.run_until([&] { return caught(region[0]); }, 600s));
  CHECK_FALSE(standing(region[0]).discloses());
  const Loss seen = lost(region[0]);
  REQUIRE(seen.head.has_value());
  CHECK(seen.set_back);
  CHECK(seen.head->size == before.size);
  CHECK(seen.size < before.size);
  REQUIRE(region.run_until([&] { return lost(region[0]).heard >= seen.quorum; }, 600s));

  open_next_log(region[0]);
  REQUIRE(region.run_until([&] { return region.all_ready(); }, 600s));
  REQUIRE(region.run_until([&] { return all_witnessed(region); }, 600s));
  const auto after = standing(region[0]);
  CHECK(after.incarnation == 2);
  CHECK(after.discloses());
  CHECK(after.fresh);
  for (const auto& node : region.nodes()) {
    CAPTURE(node->id());
    CHECK(number_of(*node, "SELECT count(*) FROM dead_letter") == 0);
    CHECK(logged(*node, audit::Event::log_fork_seen) == 0);
    CHECK(logged(*node, audit::Event::incarnation_refused) == 0);
    if (node.get() != &region[0]) CHECK(logged(*node, audit::Event::incarnation_seen) == 1);
  }
  // What was lost is recorded anew, and everything works again.
  put(region[0], "S2", fatima);
  settle(region);
  CHECK(shown(region[0], region[1]).size() == 2);
  check_healthy(region);
  // A second time there is nothing to open.
  CHECK(try_to_open(region[0], after.size, Hash256{}).error().code == ErrorCode::wrong_state);
}

TEST_CASE("R8.2: what opening takes: the officer, a reason, enough witnesses, the newest head, a loss") {
  Region region(402, four, make_services, everybody_watches);
  begin_with_sanne(region);
  const auto refused = [&](std::uint64_t size, const Hash256& root, const std::string& reason,
                           const Actor& who) {
    const auto opened = try_to_open(region[0], size, root, reason, who);
    REQUIRE_FALSE(opened.has_value());
    return opened.error().code;
  };
  // Nothing was lost: an officer who only wants a clean sheet gets none.
  const Loss whole = lost(region[0]);
  CHECK_FALSE(whole.set_back);
  CHECK(refused(whole.head->size, whole.head->root, "schone lei", officer) == ErrorCode::wrong_state);

  const auto copy = region[0].back_up();
  put(region[0], "S2", fatima);
  work(region[0]);
  REQUIRE(region.run_until([&] { return all_witnessed(region); }, 120s));
  region[2].stop();
  region[3].stop();
  region[0].restore(copy);
  REQUIRE(region.run_until([&] { return caught(region[0]); }, 600s));
  const Loss seen = lost(region[0]);
  const storage::MemberHead head = *seen.head;
  CHECK(seen.heard < seen.quorum);
  CHECK(refused(head.size, head.root, "kopie", officer) == ErrorCode::unwitnessed);
  region[2].start();
  region[3].start();
  REQUIRE(region.run_until([&] { return lost(region[0]).heard == 3; }, 600s));
  CHECK(refused(head.size, head.root, "kopie", worker) == ErrorCode::forbidden);
  CHECK(refused(head.size, head.root, "", officer) == ErrorCode::bad_value);
  CHECK(refused(head.size - 1, head.root, "kopie", officer) == ErrorCode::conflict);
  CHECK(refused(head.size, Hash256{}, "kopie", officer) == ErrorCode::conflict);
  // Meanwhile it signs no second history, however much it writes.
  const auto heads = number_of(region[0], "SELECT count(*) FROM audit_heads");
  put(region[0], "S3", joris);
  region.run_for(3h);
  CHECK(number_of(region[0], "SELECT count(*) FROM audit_heads") == heads);
  CHECK(standing(region[0]).incarnation == 1);
  CHECK_FALSE(standing(region[0]).discloses());
  for (const auto& node : region.nodes()) CHECK(logged(*node, audit::Event::log_fork_seen) == 0);
}

TEST_CASE("R3.5 must show: a withdrawal that a restore forgot never lets a key out") {
  Story story(403, three, watched_exchange, jgz_watches_smw);
  const BasisId basis = story.consent({Category::reason});
  REQUIRE(story.until([&] { return standing(story.smw()).fresh; }));
  const auto reason = [&] { return story.preview({Category::reason}).decisions.front().reason; };
  CHECK(reason() == Reason::consent);
  const auto copy = story.smw().back_up();
  story.withdraw(basis);
  REQUIRE(story.until([&] { return standing(story.smw()).witnessed_size == standing(story.smw()).size; }));

  story.smw().restore(copy);
  CHECK(reason() != Reason::consent);  // before anybody was heard
  REQUIRE(story.until([&] { return caught(story.smw()); }));
  CHECK(reason() != Reason::consent);
  REQUIRE(story.until([&] { return lost(story.smw()).heard >= 1; }));
  open_next_log(story.smw());
  REQUIRE(story.region.run_until([&] { return story.region.all_ready(); }, 600s));
  REQUIRE(story.until([&] { return standing(story.smw()).fresh; }));
  CHECK(reason() == Reason::not_fresh);
  ExchangeId exchange;
  story.ask_and_wait(exchange);
  CHECK_FALSE(story.answer(exchange).offered);
  story.region.run_for(96h);
  CHECK(reason() != Reason::consent);
  CHECK(story.received().empty());
  // A restart changes nothing. Who looked withdraws what does not hold; that stays withdrawn when the rest is confirmed.
  story.smw().stop();
  story.smw().start();
  REQUIRE(story.until([&] { return standing(story.smw()).fresh; }));
  CHECK(reason() == Reason::not_fresh);
  story.withdraw(basis);
  confirm_all(story.smw());
  CHECK(reason() != Reason::consent);
  // The family says yes again.
  const auto anew = story.in(story.smw(), [&](Context& context) -> Result<BasisId> {
    KNOOP_LET(record, storage::find_consent(context.tx, basis));
    record->withdrawn_at.reset();
    record->replaces = {basis};
    return story.smw().node().service<ConsentService>().record(context, *record);
  });
  CHECK(reason() == Reason::consent);
  CHECK(anew != basis);
  story.ask_and_wait(exchange);
  CHECK(story.answer(exchange).offered);
  REQUIRE(story.until([&] { return story.acquisition_state(exchange) == AcquisitionState::received; }));
  CHECK(story.count(story.smw(), "release.disclosed") == 1);  // and the new log verifies alone
}

TEST_CASE("R3.5: after a restore a consent that was looked at counts again, and its log verifies alone") {
  Story story(404, three, watched_exchange, jgz_watches_smw);
  story.consent({Category::reason});
  REQUIRE(story.until([&] { return standing(story.smw()).fresh; }));
  ExchangeId first;
  story.ask_and_wait(first);
  REQUIRE(story.answer(first).offered);
  REQUIRE(story.until([&] { return story.acquisition_state(first) == AcquisitionState::received; }));
  const auto copy = story.smw().back_up();
  story.region.run_for(2h);
  work(story.smw());
  REQUIRE(story.until([&] { return standing(story.smw()).witnessed_size == standing(story.smw()).size; }));
  story.smw().restore(copy);
  REQUIRE(story.until([&] { return caught(story.smw()) && lost(story.smw()).heard >= 1; }));
  open_next_log(story.smw());
  REQUIRE(story.region.run_until([&] { return story.region.all_ready(); }, 600s));
  REQUIRE(story.until([&] { return standing(story.smw()).fresh; }));
  // The receiver's copy: that it was taken back may be what the owner forgot.
  REQUIRE(story.received().size() == 1);
  CHECK(story.received().front().lapsed);
  confirm_all(story.smw());
  ExchangeId second;
  story.ask_and_wait(second);
  REQUIRE(story.answer(second).offered);
  REQUIRE(story.until([&] { return story.acquisition_state(second) == AcquisitionState::received; }));
  CHECK(story.count(story.smw(), "release.disclosed") == 1);
  const auto all = story.received();
  CHECK(std::ranges::count_if(all, [](const auto& one) { return !one.lapsed; }) == 1);
}

TEST_CASE("R8.2 hostile: a log that is opened to hide entries is refused by all who know them, and alarmed") {
  Region region(405, four, make_services, everybody_watches);
  begin_with_a_match(region);
  const auto early = in<std::string>(
      region[0], [](Context& context) { return context.audit_log().head(context.tx, context.now); });
  put(region[0], "S2", fatima);
  settle(region);
  REQUIRE(region.run_until([&] { return all_witnessed(region); }, 120s));

  // Its own program refuses; a changed one does not.
  open_unasked(region[0], early, officer);
  REQUIRE(region.run_until(
      [&] {
        return std::ranges::all_of(region.nodes(), [&](const auto& node) {
          return node.get() == &region[0] || logged(*node, audit::Event::incarnation_refused) == 1;
        });
      },
      600s));
  region.run_for(3600s);
  CHECK(standing(region[0]).witnessed_size == 0);
  for (std::size_t at = 1; at < 4; ++at) {
    CAPTURE(at);
    CHECK(logged(region[at], audit::Event::incarnation_refused) == 1);
    CHECK(logged(region[at], audit::Event::incarnation_seen) == 0);
    CHECK_FALSE(region[at].node().channel().reachable(region[0].member()));
  }
  // Somebody who knows nothing better hears of it: the evidence was sent to everybody, and stays after a restart.
  region[1].crash();
  region[1].start();
  region.run_for(600s);
  CHECK_FALSE(region[1].node().channel().reachable(region[0].member()));
}

TEST_CASE("R8.2 hostile: a later log without proof, or that no officer approved, is not believed") {
  Region region(406, three, make_services, everybody_watches);
  begin_with_sanne(region);
  const auto whole = in<std::string>(
      region[0], [](Context& context) { return context.audit_log().head(context.tx, context.now); });
  open_unasked(region[0], whole, Actor{Role::administrator, "beheer", "", std::nullopt, "console"});
  region.run_for(1800s);
  CHECK(standing(region[0]).witnessed_size == 0);
  for (std::size_t at = 1; at < 3; ++at) {
    CHECK(logged(region[at], audit::Event::incarnation_seen) == 0);
    CHECK_FALSE(region[at].node().channel().reachable(region[0].member()));
  }
}

TEST_CASE("R8.2: a witness that answers an old head changes nothing, as long as a quorum does not") {
  Region region(407, four, make_services, everybody_watches);
  begin_with_sanne(region);
  const auto copy = region[0].back_up();
  put(region[0], "S2", fatima);
  work(region[0]);
  REQUIRE(region.run_until([&] { return all_witnessed(region); }, 120s));
  const auto true_size = standing(region[0]).size;
  in<int>(region[3], [&](Context& context) -> Result<int> {
    for (const char* table : {"member_heads", "cosigned_logs", "witnessed_heads"})
      KNOOP_TRY(context.tx.exec(fmt::format("DELETE FROM {} WHERE member = ?", table), region[0].member()));
    return 0;
  });
  region[0].restore(copy);
  REQUIRE(region.run_until([&] { return caught(region[0]) && lost(region[0]).heard == 3; }, 600s));
  CHECK(lost(region[0]).head->size == true_size);
}

TEST_CASE("R8.2: restored twice, to a copy from before the second log, a node goes on in its third") {
  Region region(408, four, make_services, everybody_watches);
  begin_with_a_match(region);
  const auto copy = region[0].back_up();
  for (std::uint32_t log = 2; log <= 3; ++log) {
    CAPTURE(log);
    put(region[0], "T" + std::to_string(log), joris);
    settle(region);
    REQUIRE(region.run_until([&] { return all_witnessed(region); }, 120s));
    region[0].restore(copy);
    REQUIRE(region.run_until([&] { return caught(region[0]) && lost(region[0]).heard == 3; }, 600s));
    const Loss seen = lost(region[0]);
    CHECK(seen.head->incarnation == log - 1);
    const auto opened = try_to_open(region[0], seen.head->size, seen.head->root);
    REQUIRE(opened.has_value());
    CHECK(opened->incarnation == log);
    REQUIRE(region.run_until([&] { return region.all_ready() && all_witnessed(region); }, 600s));
    settle(region);
    CHECK(shown(region[0], region[1]).size() == 1);
  }
  check_healthy(region);
}

TEST_CASE(
    "R8.2: restores through loss, crashes and partitions end with every log witnessed and equal matches") {
  for (const std::uint64_t seed : {421U, 422U, 423U}) {
    CAPTURE(seed);
    Region region(seed, four, make_services, everybody_watches);
    region.network.faults = {100, 50, 10, 1ms, 500ms};
    put(region[0], "S1", sanne);
    put(region[1], "B1", sanne);
    region.run_for(300s);
    const auto copy = region[0].back_up();
    region.run_for(Milliseconds{static_cast<std::int64_t>(region.dice() % 7'200'000)});
    put(region[0], "S2", fatima);
    put(region[1], "B2", fatima);
    region.run_for(300s);
    region[0].restore(copy);
    REQUIRE(region.run_until(
        [&] {
          if (!region[0].running()) return false;
          const Loss seen = lost(region[0]);
          return seen.set_back && seen.heard == 3;
        },
        3600s));
    open_next_log(region[0]);
    const std::size_t other = 1 + region.dice() % 3;
    region.network.cut(region[0].member(), region[other].member());
    region[0].crash();
    region[0].start();
    region.run_for(Milliseconds{static_cast<std::int64_t>(region.dice() % 60'000)});
    region[1].crash();
    region[1].start();
    region.run_for(60s);
    region.network.heal(region[0].member(), region[other].member());
    put(region[0], "S2", fatima);
    region.network.faults = {};
    settle(region);
    REQUIRE(region.run_until([&] { return all_witnessed(region); }, 3600s));
    CHECK(shown(region[0], region[1]).size() == 2);
    for (const auto& node : region.nodes()) {
      CAPTURE(node->id());
      CHECK(logged(*node, audit::Event::log_fork_seen) == 0);
      CHECK(logged(*node, audit::Event::incarnation_refused) == 0);
    }
  }
}

TEST_CASE(
    "R8.2: both logs of a restored node are exported, proven and checked, with what was erased of the "
    "first") {
  Region region(409, three, make_services, everybody_watches);
  REQUIRE(region.run_until([&] { return region.all_ready(); }, 600s));
  put(region[0], "S1", sanne);
  const auto about_s1 = in<std::uint64_t>(region[0], [](Context& context) {
    return context.audit({.event = audit::Event::client_read,
                          .action = audit::Action::read,
                          .client = "S1",
                          .detail = "dossier"});
  });
  REQUIRE(region.run_until([&] { return all_witnessed(region); }, 120s));
  const auto copy = region[0].back_up();
  work(region[0]);
  REQUIRE(region.run_until([&] { return all_witnessed(region); }, 120s));
  const auto larger = in<std::string>(
      region[0], [](Context& context) { return context.audit_log().head(context.tx, context.now); });
  region[0].restore(copy);
  REQUIRE(region.run_until([&] { return caught(region[0]) && lost(region[0]).heard == 2; }, 600s));
  // No export while it is not certain which log this is.
  CHECK_FALSE(region[0]
                  .command<AuditExport>(
                      [](Context& context) { return begin_export(context, context.audit_log(), true); })
                  .has_value());
  work(region[0]);  // between the copy and the opening
  open_next_log(region[0]);
  REQUIRE(region.run_until([&] { return all_witnessed(region); }, 600s));
  // Of an entry of the first log the second one tells the erasure.
  in<int>(region[0], [&](Context& context) -> Result<int> {
    KNOOP_LET(erased, storage::erase_audit_entries(context.tx, "S1", 10));
    CHECK(erased.size() == 1);
    return 0;
  });
  const auto disk = [&] {
    return in<std::vector<DiskLog>>(
        region[0], [](Context& context) { return check_log_on_disk(context.tx, context.membership(), {}); });
  };
  CHECK_FALSE(disk().front().findings.empty());  // not told yet
  verifier::Request request;
  request.exports = {export_log(region, region[0], 1), export_log(region, region[0], 2)};
  request.member = region[0].member();
  CHECK_FALSE(verified(request)[0].accepted());
  in<int>(region[0], [&](Context& context) -> Result<int> {
    std::string fields;
    for (const audit::FieldName& field : audit::all_fields)
      if (!audit::is_structural(field.field))
        fields += fmt::format("{}{}", fields.empty() ? "" : ",", audit::number(field.field));
    KNOOP_TRY(context.audit({.event = audit::Event::field_erased,
                             .reference = fmt::format("1/{}:{}", about_s1, fields),
                             .action = audit::Action::erase}));
    return 0;
  });
  for (const DiskLog& log : disk()) {
    CAPTURE(log.origin.incarnation);
    for (const audit::Finding& finding : log.findings) UNSCOPED_INFO(finding.sentence);
    CHECK(log.findings.empty());
  }
  request.exports = {export_log(region, region[0], 1), export_log(region, region[0], 2)};
  for (const verifier::Report& report : verified(request)) CHECK(report.accepted());
  CHECK(verified(request)[1].before->lost() > 0);
  // An entry of the first log has its proof still.
  const auto proof =
      in<audit::LogProof>(region[0], [](Context& context) { return prove_entry(context, 0, 1); });
  const auto rule = witnesses_of(region[1].node().membership(), region[0].member());
  const auto entry = audit::check_log_proof(proof, region[0].card().signing_key, rule);
  REQUIRE(entry.has_value());
  CHECK(entry->head.origin.incarnation == 1);
  CHECK(entry->witnessed.enough);
  CHECK(region[0]
            .command<audit::LogProof>([](Context& context) { return prove_entry(context, 0, 7); })
            .error()
            .code == ErrorCode::not_found);
  // The head that is lost binds all the same: whoever kept it sees how many entries are missing.
  const auto kept = region.directory.path() / "kept.note";
  std::ofstream(kept, std::ios::binary) << larger;
  request.heads = {kept};
  const auto held_against = verified(request);
  CHECK(held_against[0].first_bad()->code == audit::FindingCode::truncated);
  CHECK(held_against[1].accepted());
}

TEST_CASE(
    "R8.3, R8.2: who saw what before a restore still stands in the report, and the report says that there "
    "was one") {
  Story story(410, three, watched_exchange, jgz_watches_smw);
  story.consent({Category::reason});
  REQUIRE(story.until([&] { return standing(story.smw()).fresh; }));
  ExchangeId exchange;
  story.ask_and_wait(exchange);
  REQUIRE(story.answer(exchange).offered);
  REQUIRE(story.until([&] { return story.acquisition_state(exchange) == AcquisitionState::received; }));
  const auto look = [&](const std::string& who) {
    in<int>(story.smw(), [&](Context& context) -> Result<int> {
      KNOOP_TRY(context.audit({.event = audit::Event::client_read,
                               .action = audit::Action::read,
                               .user = who,
                               .role = "professional",
                               .client = "smw-een-1"}));
      return 0;
    });
  };
  look("a.voor");
  const auto report = [&] {
    return test::must(story.smw().command<SubjectReport>(
        [](Context& context) { return subject_report(context, "smw-een-1"); }, officer));
  };
  CHECK(report().restores.empty());
  const auto copy = story.smw().back_up();
  look("b.verloren");
  REQUIRE(story.until([&] { return standing(story.smw()).witnessed_size == standing(story.smw()).size; }));
  story.smw().restore(copy);
  REQUIRE(story.until([&] { return caught(story.smw()) && lost(story.smw()).heard >= 1; }));
  open_next_log(story.smw());
  look("c.na");

  const SubjectReport after = report();
  const auto says = [&](std::string_view who, std::uint32_t log) {
    return std::ranges::count_if(after.lines, [&](const SubjectReport::Line& line) {
      return line.who.find(who) != std::string::npos && line.place.incarnation == log;
    });
  };
  CHECK(says("a.voor", 1) == 1);
  CHECK(says("b.verloren", 1) + says("b.verloren", 2) == 0);  // nobody here knows
  CHECK(says("c.na", 2) == 1);
  CHECK(after.given.size() == 1);
  REQUIRE(after.restores.size() == 1);  // so it is said that something may be missing
  const std::string page = subject_report_html(subject_report_json(after));
  CHECK(page.find("teruggezet") != std::string::npos);
  CHECK(page.find("a.voor") != std::string::npos);
  // And the log before, which tells the same, is exported still.
  verifier::Request request;
  request.exports = {export_log(story.region, story.smw(), 1)};
  request.member = story.smw().member();
  CHECK(verified(request)[0].accepted());
}

}  // namespace knoop
