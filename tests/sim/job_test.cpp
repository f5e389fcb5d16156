// The main job, whole, between simulated nodes with every real service: a school social worker's child without BSN turns
// out to be known at Bureau Jeugdzorg; both choose contact; consent is recorded; the child is handed over warmly with
// the consented fragments and no others; consent is withdrawn and what was on loan is locked. Under faults and crashes.
#include <catch2/catch.hpp>

#include "crypto/note.h"
#include "node/core/consent_service.h"
#include "node/core/exchange_service.h"
#include "node/core/handover_service.h"
#include "node/core/matching_service.h"
#include "node/core/records.h"
#include "protocol/audit/check.h"
#include "tests/sim/region.h"
#include "tests/support/must.h"

using namespace knoop;
using namespace knoop::sim;
using test::must;

namespace {

const Actor professional{Role::professional, "m.voorbeeld", "", std::nullopt, "command line"};

class Job {
 public:
  explicit Job(std::uint64_t seed)
      : region(seed, {{"smw-een", "smw"}, {"bjz-twee", "bjz"}, {"cjg-drie", "cjg"}}) {
    region.network.faults = {80, 60, 10, Milliseconds{1}, Milliseconds{250}};
    region.network.tap = [this](const MemberId&, const MemberId&, ByteView frame) { append(heard, frame); };
  }

  SimNode& smw() { return region[0]; }
  SimNode& bjz() { return region[1]; }

  template <typename T>
  T run(SimNode& node, const std::function<Result<T>(Context&)>& what) {
    return must(node.command<T>(what, professional));
  }

  /// Any node may die between any two steps.
  void upset() {
    SimNode& node = region[region.dice() % region.size()];
    if (region.dice() % 2 == 0)
      node.crash();
    else
      node.stop();
    region.run_for(Milliseconds{static_cast<std::int64_t>(region.dice() % 8000)});
    node.start();
  }

  void eventually(const std::function<bool()>& holds) {
    upset();
    REQUIRE(region.run_until(holds, Milliseconds{3'600'000}));
  }

  void client(SimNode& node, const std::string& ref, bool with_bsn) {
    run<int>(node, [&](Context& context) -> Result<int> {
      records::Client child;
      child.ref = ref;
      if (with_bsn) child.bsn = *records::Bsn::parse("999999011");
      child.given_names = "Sterrelien";
      child.surname = "Kwakernaatsma";
      child.birth_date = {2014, 2, 6};
      child.address = {"7606YI", "193", ""};
      KNOOP_TRY(storage::put_client(context.tx, child, context.now));
      records::Involvement involvement;
      involvement.from = {2026, 1, 15};
      involvement.until = {2027, 12, 1};
      involvement.professional = {"P. Voorbeeld van " + ref, "maatschappelijk werker", "023-5550100",
                                  "p@een.example"};
      KNOOP_TRY(knoop::add_involvement(context, ref, involvement));
      return 0;
    });
  }
  void fragment(SimNode& node, const std::string& ref, Category category, const std::string& text) {
    run<FragmentId>(node, [&](Context& context) {
      records::Fragment out;
      out.category = category;
      out.title = "Titel";
      out.author = "P. Voorbeeld";
      out.date = {2026, 10, 1};
      out.text = text;
      return knoop::add_fragment(context, ref, out);
    });
  }

  std::optional<storage::StoredMatch> match(SimNode& node, SimNode& peer) {
    const auto all = run<std::vector<storage::StoredMatch>>(
        node, [&](Context& context) { return storage::list_matches(context.tx, {}); });
    for (const auto& one : all)
      if (one.peer == peer.member()) return one;
    return std::nullopt;
  }
  storage::StoredHandover handover(SimNode& node, const HandoverId& id) {
    return run<HandoverDetail>(
               node,
               [&](Context& context) { return node.node().service<HandoverService>().show(context, id); })
        .handover;
  }
  bool is(SimNode& node, const HandoverId& id, handover::State state) {
    const auto listed = run<std::vector<storage::StoredHandover>>(
        node, [&](Context& context) { return storage::list_handovers(context.tx, {}); });
    return std::ranges::any_of(
        listed, [&](const auto& one) { return one.id == id && one.state == state && !one.pending; });
  }
  void act(SimNode& node, const HandoverId& id, handover::Event event) {
    ActWords words{"J. Voorbeeld, medewerker", "In woorden.", Date{2026, 11, 20}, std::nullopt};
    if (event == handover::Event::feed_back) words.feedback = handover::Feedback::started;
    run<int>(node, [&](Context& context) -> Result<int> {
      KNOOP_TRY(node.node().service<HandoverService>().act(context, id, event, words));
      return 0;
    });
  }
  std::vector<storage::ReceivedFragment> received(SimNode& node, const std::string& ref) {
    return run<std::vector<storage::ReceivedFragment>>(node, [&](Context& context) {
      return node.node().service<ExchangeService>().received(context, ref);
    });
  }

  Region region;
  Bytes heard;  ///< Everything that crossed the network.
};

/// R8.2: every entry, leaf and disclosure of the node's log, under the head that it signs now.
void check_log(SimNode& node) {
  const auto findings = must(
      node.command<std::vector<audit::Finding>>([&](Context& context) -> Result<std::vector<audit::Finding>> {
        KNOOP_LET(origin, node.node().audit_log().origin(context.tx));
        KNOOP_LET(head, node.node().audit_log().head(context.tx, context.now));
        KNOOP_LET(note, parse_note(head, 4096));
        KNOOP_LET(checkpoint, Checkpoint::parse(note.text));
        audit::LogChecker checker(origin, {checkpoint});
        KNOOP_TRY(storage::each_audit_entry(context.tx, origin.incarnation, 0, checkpoint.size,
                                            [&](const audit::ExportedEntry& entry) -> Result<void> {
                                              checker.add(entry);
                                              return {};
                                            }));
        return checker.finish();
      }));
  for (const audit::Finding& finding : findings) FAIL_CHECK(node.id() << ": " << finding.sentence);
}

bool contains(ByteView haystack, std::string_view needle) {
  return text_view(haystack).find(needle) != std::string_view::npos;
}

}  // namespace

TEST_CASE("R2 to R5: the whole job, through faults and crashes") {
  for (std::uint64_t seed = 1; seed <= 4; ++seed) {
    CAPTURE(seed);
    Job job(seed);
    job.client(job.smw(), "SMW-1", false);
    job.client(job.bjz(), "BJZ-9", true);
    job.fragment(job.smw(), "SMW-1", Category::person, "fragment-over-de-persoon");
    job.fragment(job.smw(), "SMW-1", Category::reason, "fragment-over-de-aanleiding");
    job.fragment(job.smw(), "SMW-1", Category::safety, "fragment-over-de-veiligheid");

    // R2.4: without a BSN on one side the match is possible, and contact data cross only when both choose contact.
    job.eventually([&] { return job.match(job.smw(), job.bjz()) && job.match(job.bjz(), job.smw()); });
    const matching::MatchId match = job.match(job.smw(), job.bjz())->id;
    CHECK(job.match(job.bjz(), job.smw())->id == match);
    CHECK(job.match(job.smw(), job.bjz())->verdict == matching::Verdict::possible);
    const auto choose = [&](SimNode& node) {
      job.run<int>(node, [&](Context& context) -> Result<int> {
        KNOOP_TRY(node.node().service<MatchingService>().choose(context, match, storage::Choice::contact));
        return 0;
      });
    };
    choose(job.smw());
    job.region.run_for(Milliseconds{60'000});
    CHECK_FALSE(job.match(job.smw(), job.bjz())->peer_notice.has_value());
    CHECK_FALSE(job.match(job.bjz(), job.smw())->peer_notice.has_value());
    choose(job.bjz());
    job.eventually([&] {
      return job.match(job.smw(), job.bjz())->peer_notice.has_value() &&
             job.match(job.bjz(), job.smw())->peer_notice.has_value();
    });

    // R3: consent for two of the three categories.
    const BasisId consent = job.run<BasisId>(job.smw(), [&](Context& context) {
      consent::Consent draft;
      draft.client = "SMW-1";
      draft.kind = consent::Kind::sharing;
      draft.answer = consent::Answer::yes;
      draft.givers = {{consent::Capacity::youth, "jeugdige", "bekend", "", Date{2026, 11, 1}},
                      {consent::Capacity::parent, "moeder", "paspoort", "gezagsregister", Date{2026, 11, 1}}};
      draft.recipient = job.bjz().member();
      draft.purpose = consent::Purpose::handover;
      draft.categories = {Category::person, Category::reason};
      draft.from = {2026, 11, 1};
      draft.until = Date{2027, 5, 1};
      draft.way = consent::Way::oral;
      draft.text_version = "2026-1";
      draft.told_withdrawable = true;
      return job.smw().node().service<ConsentService>().record(context, draft);
    });

    // R5: the hand-over.
    const HandoverId id = job.run<HandoverId>(job.smw(), [&](Context& context) {
      return job.smw().node().service<HandoverService>().request(
          context,
          {match,
           handover::Kind::handover,
           std::nullopt,
           handover::Urgency::normal,
           "Zorgen op school",
           "Begeleiding thuis",
           {Category::person, Category::reason, Category::safety}},
          "P. Voorbeeld, maatschappelijk werker");
    });
    const auto both = [&](handover::State state) {
      job.eventually([&] { return job.is(job.smw(), id, state) && job.is(job.bjz(), id, state); });
    };
    both(handover::State::requested);
    job.act(job.bjz(), id, handover::Event::accept);
    both(handover::State::accepted);
    job.act(job.smw(), id, handover::Event::plan);
    both(handover::State::conversation_planned);
    job.act(job.bjz(), id, handover::Event::hold);
    both(handover::State::conversation_held);
    const auto answered = job.run<ExchangeService::Answered>(job.smw(), [&](Context& context) {
      return job.smw().node().service<HandoverService>().transfer(context, id, {});
    });
    CHECK(answered.offered);
    REQUIRE(answered.denied.size() == 1);
    CHECK(answered.denied[0].category == Category::safety);
    both(handover::State::transferred);
    CHECK(job.handover(job.smw(), id).responsible == handover::Party::ontvanger);

    // R4.2: exactly what was consented, readable at the receiver.
    const auto got = job.received(job.bjz(), "BJZ-9");
    REQUIRE(got.size() == 2);
    for (const auto& fragment : got) {
      CHECK(fragment.status == storage::LoanStatus::on_loan);
      CHECK((fragment.fragment.content.category == Category::person ||
             fragment.fragment.content.category == Category::reason));
      CHECK_FALSE(fragment.fragment.content.text.empty());
    }
    job.act(job.bjz(), id, handover::Event::arrive);
    both(handover::State::arrived);
    job.act(job.bjz(), id, handover::Event::feed_back);
    both(handover::State::fed_back);
    job.act(job.smw(), id, handover::Event::close);
    both(handover::State::closed);

    // R3.5: the withdrawal reaches who has it, and what was on loan is locked.
    job.run<ExchangeService::WithdrawalEffect>(job.smw(), [&](Context& context) {
      return job.smw().node().service<ConsentService>().withdraw(context, consent);
    });
    job.eventually([&] {
      const auto now = job.received(job.bjz(), "BJZ-9");
      return std::ranges::all_of(now, [](const auto& one) {
        return one.status == storage::LoanStatus::locked && one.fragment.content.text.empty();
      });
    });

    for (const auto& node : job.region.nodes()) {
      for (const auto& peer : job.region.nodes())
        if (node != peer)
          CHECK(node->command<PeerState>([&](Context& context) {
                      return node->node().channel().state(context.tx, peer->member());
                    })
                    ->dead_letters == 0);
      CHECK(node->node().troubles().empty());
      check_log(*node);
    }
    // R1.1: nothing that names the child, or what was written about it, crossed the network in the clear.
    for (const std::string_view secret :
         {"999999011", "Kwakernaatsma", "kwakernaatsma", "KWAKERNAATSMA", "Sterrelien",
          "fragment-over-de-persoon", "P. Voorbeeld", "Zorgen op school"})
      CHECK_FALSE(contains(job.heard, secret));
  }
}
