// One child at two organisations, and what they tell each other of it: SMW holds three fragments, BJZ asks. Matching and
// hand-over are stood for by a directory that knows the child, so that only the exchange is looked at.
#pragma once

#include <catch2/catch.hpp>

#include "crypto/note.h"
#include "node/core/consent_service.h"
#include "node/core/destruction_service.h"
#include "node/core/subject_requests.h"
#include "protocol/audit/check.h"
#include "storage/consent_repository.h"
#include "storage/records_repository.h"
#include "tests/sim/region.h"

namespace knoop::sim {

using consent::Purpose;
using consent::Reason;
using storage::AcquisitionState;
using storage::LoanStatus;
using storage::ReleaseState;

inline matching::MatchId known_match() {
  return matching::MatchId(std::array<Byte, 16>{1});
}
inline HandoverId accepted_handover() {
  return HandoverId(std::array<Byte, 16>{2});
}

/// Stands for matching and hand-over: every node knows one child by one match and one accepted hand-over.
class Directory final : public Service, public CaseDirectory {
 public:
  void register_handlers(Dispatcher&) override {}
  Result<std::optional<Case>> find_case(Context& context, const MemberId&,
                                        const exchange::About& about) override {
    const std::string client = context.membership().own_card()->id + "-1";
    if (about.match == known_match()) return std::optional(Case{client});
    if (about.handover == accepted_handover())
      return std::optional(
          Case{client, exchange::Expected{about, Purpose::handover, {Category::reason, Category::help}}});
    return std::optional<Case>{};
  }
};

inline std::vector<std::unique_ptr<Service>> exchange_services() {
  std::vector<std::unique_ptr<Service>> out;
  auto directory = std::make_unique<Directory>();
  auto exchange = std::make_unique<ExchangeService>();
  exchange->add_directory(*directory);
  auto consents = std::make_unique<ConsentService>(*exchange);
  out.push_back(std::move(directory));
  out.push_back(std::move(exchange));
  out.push_back(std::move(consents));
  out.push_back(std::make_unique<DestructionService>());
  out.push_back(std::make_unique<SubjectRequestService>());
  return out;
}

inline const Actor worker{Role::professional, "c.jansen", "", std::nullopt, "console"};
inline constexpr std::string_view marker = "Jeugdige vertelt zelf dat het thuis onrustig is.";

/// SMW holds a client with three fragments; BJZ knows the same child.
struct Story {
  explicit Story(std::uint64_t seed,
                 const std::vector<Region::Organisation>& organisations = {{"smw-een", "smw"},
                                                                           {"bjz-twee", "bjz"}},
                 const Region::Services& services = exchange_services, const Region::Agree& agree = {})
      : region(seed, organisations, services, agree) {
    REQUIRE(region.run_until([&] { return region.all_ready(); }, Milliseconds{30'000}));
    for (const auto& node : region.nodes())
      in(*node, [&](Context& context) -> Result<int> {
        records::Client client;
        client.ref = node->id() + "-1";
        client.surname = "Voorbeeld";
        client.birth_date = Date{Date::of(context.now).year - 10, 1, 1};
        KNOOP_LET(written, storage::put_client(context.tx, client, context.now));
        if (node.get() != &smw()) return 0;
        Byte number = 1;
        for (const Category category : {Category::reason, Category::help, Category::safety}) {
          const records::Fragment fragment{category,    "Titel",          records::Nature::fact,
                                           "C. Jansen", Date{2026, 1, 2}, std::string(marker),
                                           {"jeugdige"}};
          KNOOP_TRY(
              storage::add_fragment(context.tx, fragment_id(number++), written.id, fragment, context.now));
        }
        return 0;
      });
  }

  SimNode& smw() { return region[0]; }
  SimNode& bjz() { return region[1]; }
  static FragmentId fragment_id(Byte number) { return FragmentId(std::array<Byte, 16>{number}); }

  template <typename Run>
  typename std::invoke_result_t<Run, Context&>::value_type in(SimNode& node, Run run) {
    using T = typename std::invoke_result_t<Run, Context&>::value_type;
    auto result = node.command<T>(run, worker);
    INFO((result ? "" : result.error().sentence));
    REQUIRE(result.has_value());
    return std::move(*result);
  }

  BasisId consent(std::vector<Category> categories, bool once = false) {
    return in(smw(), [&](Context& context) -> Result<BasisId> {
      const Date today = Date::of(context.now);
      consent::Consent record;
      record.client = "smw-een-1";
      record.answer = consent::Answer::yes;
      record.givers = {{consent::Capacity::parent, "moeder", "bekend", "gezagsregister ingezien", today}};
      record.recipient = bjz().member();
      record.purpose = Purpose::handover;
      record.categories = std::move(categories);
      record.once = once;
      record.from = today;
      record.until = Date::from_days(today.days() + 90);
      record.way = consent::Way::oral;
      record.text_version = "2026-1";
      record.told_withdrawable = true;
      return smw().node().service<ConsentService>().record(context, record);
    });
  }
  auto withdraw(const BasisId& basis) {
    return in(smw(), [&](Context& context) {
      return smw().node().service<ConsentService>().withdraw(context, basis);
    });
  }
  ExchangeId request(exchange::About about = {known_match(), std::nullopt},
                     const std::vector<Category>& categories = {Category::reason, Category::help,
                                                                Category::safety, Category::plan}) {
    return in(bjz(), [&](Context& context) {
      return bjz().node().service<ExchangeService>().request(
          context, {smw().member(), about, Purpose::handover, "aanmelding", "overdracht", categories});
    });
  }
  auto answer(const ExchangeId& exchange, const ExchangeService::Selection& selection = {}) {
    return in(smw(), [&](Context& context) {
      return smw().node().service<ExchangeService>().answer(context, bjz().member(), exchange, selection);
    });
  }
  ReleaseState release_state(const ExchangeId& exchange) {
    return in(smw(), [&](Context& context) -> Result<ReleaseState> {
      KNOOP_LET(release, storage::find_release(context.tx, bjz().member(), exchange));
      return release ? release->state : ReleaseState{};
    });
  }
  AcquisitionState acquisition_state(const ExchangeId& exchange) {
    return in(bjz(), [&](Context& context) -> Result<AcquisitionState> {
      KNOOP_LET(acquisition, storage::find_acquisition(context.tx, smw().member(), exchange));
      return acquisition ? acquisition->state : AcquisitionState{};
    });
  }
  std::vector<storage::ReceivedFragment> received() {
    return in(bjz(), [&](Context& context) {
      return bjz().node().service<ExchangeService>().received(context, "bjz-twee-1");
    });
  }
  auto preview(const std::vector<Category>& categories, const ExchangeService::Selection& selection = {}) {
    return in(smw(), [&](Context& context) {
      return smw().node().service<ExchangeService>().preview(context, "smw-een-1", bjz().member(),
                                                             Purpose::handover, categories, selection);
    });
  }
  records::Fragment own(const FragmentId& id) {
    return in(smw(), [&](Context& context) -> Result<records::Fragment> {
      KNOOP_LET(stored, storage::find_fragment(context.tx, id));
      return stored->fragment;
    });
  }
  void correct(const FragmentId& id, const records::Fragment& content) {
    in(smw(), [&](Context& context) -> Result<int> {
      KNOOP_TRY(smw().node().service<ExchangeService>().correct(context, id, content));
      return 0;
    });
  }
  bool until(const std::function<bool()>& done) {
    return region.run_until([&] { return smw().running() && bjz().running() && done(); },
                            Milliseconds{900'000});
  }
  void ask_and_wait(ExchangeId& exchange) {
    exchange = request();
    REQUIRE(until([&] { return release_state(exchange) == ReleaseState::asked; }));
  }

  /// The whole log of a node against its own signed head; returns the events in order.
  std::vector<std::string> verified_log(SimNode& node) {
    std::vector<std::string> events;
    in(node, [&](Context& context) -> Result<int> {
      AuditLog& log = node.node().audit_log();
      KNOOP_LET(origin, log.origin(context.tx));
      KNOOP_LET(head, log.head(context.tx, context.now));
      KNOOP_LET(note, parse_note(head, 4096));
      KNOOP_TRY(verify_note(note, NoteVerifier{origin.text(), node.card().signing_key}));
      KNOOP_LET(checkpoint, Checkpoint::parse(note.text));
      audit::LogChecker checker(origin, {checkpoint});
      KNOOP_TRY(storage::each_audit_entry(
          context.tx, origin.incarnation, 0, checkpoint.size,
          [&](const audit::ExportedEntry& entry) -> Result<void> {
            checker.add(audit::redact(entry));
            events.push_back(std::get<audit::Opening>(entry.fields[slot(audit::Field::event)]).value);
            return {};
          }));
      for (const audit::Finding& finding : checker.finish()) UNSCOPED_INFO(finding.sentence);
      CHECK(checker.finish().empty());
      return 0;
    });
    return events;
  }
  /// What the newest entry of an event says in its own words.
  std::string newest_detail(SimNode& node, std::string_view event) {
    return in(node, [&](Context& context) -> Result<std::string> {
      KNOOP_LET(state, storage::audit_state(context.tx));
      std::string detail;
      KNOOP_TRY(
          storage::each_audit_entry(context.tx, state.incarnation, 0, state.tree.size(),
                                    [&](const audit::ExportedEntry& entry) -> Result<void> {
                                      const auto open = [&](audit::Field field) {
                                        return std::get<audit::Opening>(entry.fields[slot(field)]).value;
                                      };
                                      if (open(audit::Field::event) == event)
                                        detail = open(audit::Field::detail);
                                      return {};
                                    }));
      return detail;
    });
  }
  std::size_t count(SimNode& node, std::string_view event) {
    const auto events = verified_log(node);
    return static_cast<std::size_t>(std::ranges::count(events, event));
  }

  Region region;
};

}  // namespace knoop::sim
