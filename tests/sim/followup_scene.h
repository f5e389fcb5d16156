// Two organisations that know one child by a match, with what following it up needs and nothing else, so that virtual weeks
// cost little: the scene of the tests of the match as a task.
#pragma once

#include <catch2/catch.hpp>
#include <map>
#include <set>

#include "crypto/checkpoint.h"
#include "crypto/note.h"
#include "node/core/match_tasks.h"
#include "node/core/matching_matches.h"
#include "node/core/work_list.h"
#include "protocol/records/calendar.h"
#include "storage/audit_repository.h"
#include "storage/records_repository.h"
#include "tests/sim/quiet.h"
#include "tests/sim/region.h"
#include "tests/support/must.h"

namespace knoop::sim {

/// What professionals do about matches, without the search for them.
class People final : public Service {
 public:
  void register_handlers(Dispatcher& dispatcher) override { matches.register_handlers(dispatcher); }
  MatchingMatches matches;
};

/// What the log says: (event, detail), as often as it says it.
using Logged = std::multiset<std::pair<std::string, std::string>>;
inline Logged logged_of(SimNode& node, const std::set<audit::Event>& events) {
  Logged out;
  test::must(node.command<int>([&](Context& context) -> Result<int> {
    KNOOP_LET(head, node.node().audit_log().head(context.tx, context.now));
    KNOOP_LET(note, parse_note(head, 4096));
    KNOOP_LET(checkpoint, Checkpoint::parse(note.text));
    const auto text = [](const audit::ExportedEntry& entry, audit::Field which) {
      const auto* opening = std::get_if<audit::Opening>(&entry.fields[audit::slot(which)]);
      return opening == nullptr ? std::string() : std::string(opening->value);
    };
    KNOOP_TRY(storage::each_audit_entry(
        context.tx, 1, 0, checkpoint.size, [&](const audit::ExportedEntry& entry) -> Result<void> {
          for (const audit::Event event : events)
            if (text(entry, audit::Field::event) == audit::to_string(event))
              out.emplace(std::string(audit::to_string(event)), text(entry, audit::Field::detail));
          return {};
        }));
    return 0;
  }));
  return out;
}

struct FollowupWorld {
  /// Certain: contact data are there; otherwise the match is possible and both have to choose.
  FollowupWorld(std::uint64_t seed, bool certain)
      : region(seed, {{"smw-een", "smw"}, {"bjz-twee", "bjz"}}, [] {
          std::vector<std::unique_ptr<Service>> out;
          out.push_back(std::make_unique<People>());
          out.push_back(std::make_unique<MatchTaskService>());
          return out;
        }) {
    TestEntropy entropy(seed + 77);
    id = entropy.draw<matching::MatchId>();
    claim = entropy.draw<matching::ClaimId>();
    plant(smw(), bjz().member(), "SMW-1", certain);
    plant(bjz(), smw().member(), "BJZ-9", certain);
  }

  SimNode& smw() { return region[0]; }
  SimNode& bjz() { return region[1]; }
  std::array<SimNode*, 2> both() { return {&region[0], &region[1]}; }

  void plant(SimNode& node, const MemberId& peer, const std::string& ref, bool certain) {
    in<int>(node, [&](Context& context) -> Result<int> {
      records::Client client;
      client.ref = ref;
      client.surname = "Voorbeeld";
      client.birth_date = {2014, 5, 6};
      KNOOP_LET(written, storage::put_client(context.tx, client, context.now));
      records::Involvement involvement;
      involvement.from = {2026, 1, 15};
      involvement.until = {2027, 12, 1};
      involvement.professional = {"Prof. van " + ref, "medewerker", "023-5550100", "p@een.example"};
      KNOOP_TRY(storage::add_involvement(context.tx, written.id, involvement, context.now));
      storage::StoredMatch found;
      found.id = id;
      found.peer = peer;
      found.claim = claim;
      found.client = written.id;
      found.client_ref = ref;
      found.verdict = certain ? matching::Verdict::certain : matching::Verdict::possible;
      found.found = context.now;
      found.contact_before = contact_term(context);
      if (certain) found.peer_notice.emplace();
      KNOOP_TRY(keep_match(context, found));
      return 0;
    });
  }

  template <typename T>
  T in(SimNode& node, const std::function<Result<T>(Context&)>& what) {
    return test::must(node.command<T>(what));
  }
  Result<void> act(SimNode& node, const std::function<Result<void>(Context&)>& what) {
    return node
        .command<int>([&](Context& context) -> Result<int> {
          KNOOP_TRY(what(context));
          return 0;
        })
        .map([](int) {});
  }
  static MatchTaskService& tasks(SimNode& node) { return node.node().service<MatchTaskService>(); }
  Result<void> choose(SimNode& node, storage::Choice choice,
                      followup::Reason reason = followup::Reason::not_needed) {
    return act(node, [&](Context& context) {
      return node.node().service<People>().matches.choose(context, id, choice, reason);
    });
  }
  Result<void> conclude(SimNode& node, matching::Outcome outcome) {
    return act(node, [&](Context& context) {
      return node.node().service<People>().matches.record_outcome(context, id, outcome);
    });
  }
  Result<void> contacted(SimNode& node, followup::Way way = followup::Way::phone) {
    return act(node, [&](Context& context) {
      return tasks(node).contacted(context, id, dutch_day(context.now), way);
    });
  }
  Result<void> assign(SimNode& node, std::string_view owner) {
    return act(node, [&](Context& context) { return tasks(node).assign(context, id, owner); });
  }
  Result<void> escalate(SimNode& node, followup::Trouble trouble = followup::Trouble::unreachable) {
    return act(node, [&](Context& context) { return tasks(node).escalate(context, id, trouble); });
  }

  storage::StoredMatch match(SimNode& node) {
    return *in<std::optional<storage::StoredMatch>>(
        node, [&](Context& context) { return storage::find_match(context.tx, id); });
  }
  MatchTaskView task(SimNode& node) {
    return in<MatchTaskView>(node, [&](Context& context) -> Result<MatchTaskView> {
      KNOOP_LET(found, storage::find_match(context.tx, id));
      return view_match_task(context, *found);
    });
  }
  followup::State state(SimNode& node) { return task(node).task.state; }
  std::vector<WorkItem> work(SimNode& node, const std::string& owner = "") {
    return in<std::vector<WorkItem>>(node, [&](Context& context) { return work_list(context, owner); });
  }
  std::size_t logged(SimNode& node, audit::Event event) { return logged_of(node, {event}).size(); }

  void pass(std::chrono::days days) { region.run_for(Milliseconds{days}); }
  void settle() {
    REQUIRE(region.run_until([&] { return quiet(smw(), bjz()); }, Milliseconds{900'000}));
  }

  Region region;
  matching::MatchId id;
  matching::ClaimId claim;
};

}  // namespace knoop::sim
