// The whole story with the services of production: a child known at an SMW and a BJZ, a consent, a warm hand-over, the
// fragments that the consent covers, arrival, feedback, withdrawal. Under faults and crashes it ends the same, nothing
// of the child is readable on the wire or beside the database, and both exported logs stand up to knoop-verify.
#include <catch2/catch.hpp>
#include <fstream>

#include "node/core/consent_service.h"
#include "node/core/handover_service.h"
#include "node/files/audit_export.h"
#include "storage/match_repository.h"
#include "storage/records_repository.h"
#include "tests/sim/region.h"
#include "tests/support/must.h"
#include "tools/knoop-verify/verify.h"

using namespace knoop;
using namespace knoop::sim;
using handover::Event;
using handover::State;
using storage::LoanStatus;
using test::must;

namespace {

constexpr std::string_view marked_text = "MERKTEKEN-TEKST oma past twee dagen per week op";
constexpr std::string_view marked_name = "Merktekennaam";
constexpr std::string_view marked_bsn = "999900006";
const Actor worker{Role::professional, "m.voorbeeld", "", std::nullopt, "console"};

struct Story {
  explicit Story(std::uint64_t seed) : region(seed, {{"smw-een", "smw"}, {"bjz-twee", "bjz"}}) {
    region.network.tap = [this](const MemberId&, const MemberId&, ByteView frame) {
      for (const std::string_view marker : {marked_text, marked_name, marked_bsn})
        if (text_view(frame).find(marker) != std::string_view::npos) ++leaks;
      ++frames;
    };
    plant(smw(), bjz().member(), "SMW-1");
    plant(bjz(), smw().member(), "BJZ-9");
    REQUIRE(region.run_until([&] { return region.all_ready(); }, Milliseconds{60'000}));
  }

  SimNode& smw() { return region[0]; }
  SimNode& bjz() { return region[1]; }

  template <typename Run>
  typename std::invoke_result_t<Run, Context&>::value_type in(SimNode& node, Run run) {
    using T = typename std::invoke_result_t<Run, Context&>::value_type;
    return must(node.command<T>(run, worker));
  }

  /// What matching leaves behind when both chose contact; the child has a BSN only at the BJZ.
  void plant(SimNode& node, const MemberId& peer, const std::string& ref) {
    in(node, [&](Context& context) -> Result<int> {
      records::Client client;
      client.ref = ref;
      client.surname = marked_name;
      client.birth_date = {2014, 5, 6};
      if (node.id() == "bjz-twee") client.bsn = must(records::Bsn::parse(marked_bsn));
      KNOOP_LET(written, storage::put_client(context.tx, client, context.now));
      storage::StoredMatch found;
      found.id = match;
      found.peer = peer;
      found.client = written.id;
      found.verdict = matching::Verdict::possible;
      found.found = context.now;
      found.contact_before = Date::of(context.now);
      found.peer_notice.emplace();
      KNOOP_TRY(storage::put_match(context.tx, found));
      if (node.id() != "smw-een") return 0;
      for (const Category category : {Category::reason, Category::help, Category::safety})
        KNOOP_TRY(storage::add_fragment(context.tx, context.entropy.draw<FragmentId>(), written.id,
                                        {category,
                                         "Titel",
                                         records::Nature::fact,
                                         "M. Voorbeeld",
                                         {2026, 1, 2},
                                         std::string(marked_text),
                                         {"jeugdige"}},
                                        context.now));
      return 0;
    });
  }

  BasisId consent() {
    return in(smw(), [&](Context& context) {
      const Date today = Date::of(context.now);
      consent::Consent record;
      record.client = "SMW-1";
      record.answer = consent::Answer::yes;
      record.givers = {{consent::Capacity::parent, "moeder", "bekend", "gezagsregister ingezien", today},
                       {consent::Capacity::youth, "jeugdige", "bekend", "", today}};
      record.recipient = bjz().member();
      record.purpose = consent::Purpose::handover;
      record.categories = {Category::reason, Category::help};
      record.from = today;
      record.until = Date::from_days(today.days() + 180);
      record.way = consent::Way::oral;
      record.text_version = "2026-1";
      record.told_withdrawable = true;
      return smw().node().service<ConsentService>().record(context, record);
    });
  }

  State state(SimNode& node) {
    return in(node,
              [&](Context& context) {
                return node.node().service<HandoverService>().show(context, handover);
              })
        .handover.state;
  }
  /// Until both copies are there.
  void reach(State wanted) {
    const bool reached = region.run_until(
        [&] {
          return smw().running() && bjz().running() && state(smw()) == wanted && state(bjz()) == wanted;
        },
        Milliseconds{900'000});
    CAPTURE(handover::to_string(wanted), handover::to_string(state(smw())));
    REQUIRE(reached);
  }
  void act(SimNode& node, Event event, State wanted) {
    in(node, [&](Context& context) -> Result<int> {
      ActWords words{"J. Voorbeeld, medewerker", "In woorden.", std::nullopt, std::nullopt};
      if (event == Event::plan) words.date = Date::from_days(Date::of(context.now).days() + 3);
      if (event == Event::feed_back) words.feedback = handover::Feedback::started;
      KNOOP_TRY(node.node().service<HandoverService>().act(context, handover, event, words));
      return 0;
    });
    shake();
    reach(wanted);
  }
  void shake() {
    if (!crashes) return;
    region.run_for(Milliseconds{static_cast<std::int64_t>(region.dice() % 800)});
    SimNode& victim = region[region.dice() % 2];
    victim.crash();
    region.run_for(Milliseconds{static_cast<std::int64_t>(region.dice() % 2000)});
    victim.start();
  }

  std::vector<storage::ReceivedFragment> received() {
    return in(bjz(), [&](Context& context) {
      return bjz().node().service<ExchangeService>().received(context, "BJZ-9");
    });
  }

  std::filesystem::path write_log(SimNode& node) {
    const auto begun =
        in(node, [&](Context& context) { return begin_export(context, node.node().audit_log(), true); });
    const auto path = region.directory.path() / (node.id() + ".audit.jsonl");
    std::ofstream out(path, std::ios::binary);
    out << export_header_line(begun);
    for (std::uint64_t from = 0; from < begun.size; from += audit_slice)
      for (const auto& entry : in(node, [&](Context& context) { return export_slice(context, begun, from); }))
        out << export_entry_line(entry);
    out << export_head_line(begun);
    return path;
  }

  /// The file of every node, its journals, and whatever else lies beside them.
  std::size_t markers_on_disk() {
    std::size_t found = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(region.directory.path())) {
      if (!entry.is_regular_file()) continue;
      std::ifstream in(entry.path(), std::ios::binary);
      const std::string bytes{std::istreambuf_iterator<char>(in), {}};
      for (const std::string_view marker : {marked_text, marked_name, marked_bsn})
        if (bytes.find(marker) != std::string::npos) ++found;
    }
    return found;
  }

  void tell() {
    const BasisId basis = consent();
    handover = in(smw(), [&](Context& context) {
      return smw().node().service<HandoverService>().request(
          context,
          {match,
           handover::Kind::handover,
           std::nullopt,
           handover::Urgency::normal,
           "Aanleiding",
           "Doel",
           {Category::reason, Category::help, Category::safety}},
          "M. Voorbeeld, maatschappelijk werker");
    });
    const bool known = region.run_until(
        [&] {
          const auto list = in(bjz(), [&](Context& context) {
            return bjz().node().service<HandoverService>().list(context, {});
          });
          return !list.empty();
        },
        Milliseconds{900'000});
    REQUIRE(known);
    act(bjz(), Event::accept, State::accepted);
    act(smw(), Event::plan, State::conversation_planned);
    act(smw(), Event::hold, State::conversation_held);
    const auto answered = in(smw(), [&](Context& context) {
      return smw().node().service<HandoverService>().transfer(context, handover, {});
    });
    CHECK(answered.offered);
    CHECK(answered.denied == std::vector<exchange::Denied>{{Category::safety, consent::Reason::no_consent}});
    shake();
    reach(State::transferred);
    const auto came = received();
    REQUIRE(came.size() == 2);
    for (const auto& fragment : came) CHECK(fragment.fragment.content.text == marked_text);
    act(bjz(), Event::arrive, State::arrived);
    act(bjz(), Event::feed_back, State::fed_back);
    act(smw(), Event::close, State::closed);

    const auto effect = in(smw(), [&](Context& context) {
      return smw().node().service<ConsentService>().withdraw(context, basis);
    });
    CHECK(effect.followed == 1);
    shake();
    const bool acknowledged = region.run_until(
        [&] {
          return smw().running() && bjz().running() && in(smw(), [&](Context& context) {
                                                         return storage::withdrawals_out(context.tx, true);
                                                       }).empty();
        },
        Milliseconds{900'000});
    REQUIRE(acknowledged);
    for (const auto& fragment : received()) {
      CHECK(fragment.status == LoanStatus::locked);
      CHECK(fragment.fragment.content.text.empty());
    }

    verifier::Request request;
    request.exports = {write_log(smw()), write_log(bjz())};
    request.convenants = {region.directory.path() / "convenant.txt"};
    std::ofstream(request.convenants.front(), std::ios::binary) << region.convenant_note;
    for (const verifier::Report& report : must(verifier::verify_exports(request))) {
      INFO(report.file << (report.unreadable ? report.unreadable->sentence : ""));
      for (const audit::Finding& finding : report.findings) UNSCOPED_INFO(finding.sentence);
      CHECK(report.accepted());
      CHECK(report.member_confirmed);
      CHECK(report.disclosures == (report.file.find("smw") != std::string::npos ? 1U : 0U));
    }
    CHECK(frames > 20);
    CHECK(leaks == 0);
    CHECK(markers_on_disk() == 0);
  }

  Region region;
  matching::MatchId match{std::array<Byte, 16>{7}};
  HandoverId handover;
  bool crashes = false;
  std::size_t frames = 0;
  std::size_t leaks = 0;
};

}  // namespace

TEST_CASE(
    "R5.1, R3.5, R8.2: consent, hand-over, fragments, arrival, feedback, withdrawal, two logs that verify") {
  Story story(1);
  story.tell();
}

TEST_CASE("R5.1, R3.5, R8.2: the same story through a bad network, with a node killed after every step") {
  for (std::uint64_t seed = 2; seed <= 5; ++seed) {
    CAPTURE(seed);
    Story story(seed);
    story.region.network.faults = {100, 60, 10, Milliseconds{1}, Milliseconds{250}};
    story.crashes = true;
    story.tell();
  }
}
