// Two organisations that know one child by a match in which contact data crossed, with what hand-overs need and nothing else: the
// scene of the tests of hand-overs and their terms.
#pragma once

#include <catch2/catch.hpp>

#include "crypto/checkpoint.h"
#include "crypto/note.h"
#include "node/core/handover_service.h"
#include "node/core/match_tasks.h"
#include "protocol/records/calendar.h"
#include "storage/audit_repository.h"
#include "storage/match_repository.h"
#include "storage/records_repository.h"
#include "tests/sim/quiet.h"
#include "tests/sim/region.h"
#include "tests/support/must.h"

namespace knoop::sim {

inline std::vector<std::unique_ptr<Service>> handover_services() {
  std::vector<std::unique_ptr<Service>> out;
  auto exchange = std::make_unique<ExchangeService>();
  auto handover = std::make_unique<HandoverService>(*exchange);
  exchange->add_directory(*handover);
  exchange->add_observer(*handover);
  out.push_back(std::move(exchange));
  out.push_back(std::move(handover));
  return out;
}

/// An SMW and a BJZ that know one child by a match in which contact data crossed.
struct HandoverWorld {
  explicit HandoverWorld(std::uint64_t seed,
                         const std::vector<Region::Organisation>& organisations = {{"smw-een", "smw"},
                                                                                   {"bjz-twee", "bjz"}},
                         const Region::Services& services = handover_services,
                         const Region::Agree& agree = {})
      : region(seed, organisations, services, agree) {
    TestEntropy entropy(seed + 77);
    match = entropy.draw<matching::MatchId>();
    plant(smw(), bjz().member(), "SMW-1");
    plant(bjz(), smw().member(), "BJZ-9");
  }

  SimNode& smw() { return region[0]; }
  SimNode& bjz() { return region[1]; }
  static HandoverService& service(SimNode& node) { return node.node().service<HandoverService>(); }

  void plant(SimNode& node, const MemberId& peer, const std::string& ref) {
    test::must(node.command<int>([&](Context& context) -> Result<int> {
      records::Client client;
      client.ref = ref;
      client.surname = "Voorbeeld";
      client.birth_date = {2014, 5, 6};
      KNOOP_LET(written, storage::put_client(context.tx, client, context.now));
      storage::StoredMatch found;
      found.id = match;
      found.peer = peer;
      found.client = written.id;
      found.verdict = matching::Verdict::certain;
      found.found = context.now;
      found.contact_before = Date::of(context.now);
      found.peer_notice.emplace();
      KNOOP_TRY(keep_match(context, found));
      return 0;
    }));
  }

  /// Prepared at the afzender, and nothing sent.
  HandoverId draft() {
    return test::must(smw().command<HandoverId>([&](Context& context) {
      return service(smw()).prepare(context, {match,
                                              handover::Kind::handover,
                                              std::nullopt,
                                              handover::Urgency::normal,
                                              "A",
                                              "B",
                                              {Category::person}});
    }));
  }
  HandoverId request(const matching::MatchId& about, handover::Kind kind = handover::Kind::handover) {
    return test::must(smw().command<HandoverId>([&](Context& context) {
      return service(smw()).request(context,
                                    {about,
                                     kind,
                                     std::nullopt,
                                     handover::Urgency::normal,
                                     "Aanleiding",
                                     "Doel",
                                     {Category::person, Category::reason}},
                                    "M. Voorbeeld, maatschappelijk werker");
    }));
  }
  Result<void> act(SimNode& node, const HandoverId& id, handover::Event event) {
    return node
        .command<int>([&](Context& context) -> Result<int> {
          ActWords words{"J. Voorbeeld, medewerker", "In woorden."};
          words.date = terms::plus_days(dutch_day(context.now), 2);
          if (event == handover::Event::feed_back) words.feedback = handover::Feedback::started;
          KNOOP_TRY(service(node).act(context, id, event, words));
          return 0;
        })
        .map([](int) {});
  }
  Result<ExchangeService::Answered> transfer(SimNode& node, const HandoverId& id) {
    return node.command<ExchangeService::Answered>(
        [&](Context& context) { return service(node).transfer(context, id, {}); });
  }
  HandoverDetail show(SimNode& node, const HandoverId& id) {
    return test::must(
        node.command<HandoverDetail>([&](Context& context) { return service(node).show(context, id); }));
  }
  /// What the node's log says of this kind of event.
  std::size_t logged(SimNode& node, audit::Event event) {
    std::size_t count = 0;
    test::must(node.command<int>([&](Context& context) -> Result<int> {
      KNOOP_LET(head, node.node().audit_log().head(context.tx, context.now));
      KNOOP_LET(note, parse_note(head, 4096));
      KNOOP_LET(checkpoint, Checkpoint::parse(note.text));
      KNOOP_TRY(storage::each_audit_entry(
          context.tx, 1, 0, checkpoint.size, [&](const audit::ExportedEntry& entry) -> Result<void> {
            const auto& field = entry.fields[audit::slot(audit::Field::event)];
            if (std::get<audit::Opening>(field).value == audit::to_string(event)) ++count;
            return {};
          }));
      return 0;
    }));
    return count;
  }
  void settle() {
    REQUIRE(region.run_until([&] { return quiet(smw(), bjz()); }, Milliseconds{900'000}));
  }
  void both(const HandoverId& id, handover::State state) {
    settle();
    const auto ours = show(smw(), id);
    const auto theirs = show(bjz(), id);
    CHECK(handover::to_string(ours.handover.state) == handover::to_string(state));
    CHECK(handover::to_string(theirs.handover.state) == handover::to_string(state));
    CHECK(ours.handover.responsible == theirs.handover.responsible);
    CHECK(ours.handover.version == theirs.handover.version);
    CHECK_FALSE(theirs.handover.pending.has_value());
    REQUIRE(ours.happenings.size() == theirs.happenings.size());
    for (std::size_t i = 0; i < ours.happenings.size(); ++i)
      CHECK(ours.happenings[i].happening == theirs.happenings[i].happening);
  }

  Region region;
  matching::MatchId match;
};

}  // namespace knoop::sim
