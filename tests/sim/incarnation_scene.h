// What the simulations of restored nodes share: what was lost, and how a privacy officer goes on from there.
#pragma once

#include "node/core/consent_service.h"
#include "node/core/incarnations.h"
#include "tests/sim/witness_scene.h"

namespace knoop::sim {

inline const Actor officer{Role::privacy_officer, "p.visser", "", std::nullopt, "console"};

inline Loss lost(SimNode& node) {
  return in<Loss>(node, [](Context& context) { return what_was_lost(context); });
}

inline Result<audit::LogOrigin> try_to_open(SimNode& node, std::uint64_t size, const Hash256& root,
                                            const std::string& reason = "schijf stuk, kopie van gisteren",
                                            const Actor& who = officer) {
  return node.command<audit::LogOrigin>(
      [&](Context& context) { return open_incarnation(context, size, root, reason); }, who);
}

/// As a privacy officer does who looked.
inline void open_next_log(SimNode& node) {
  const Loss seen = lost(node);
  REQUIRE(seen.head.has_value());
  const auto opened = try_to_open(node, seen.head->size, seen.head->root);
  INFO((opened ? "" : opened.error().sentence));
  REQUIRE(opened.has_value());
  CHECK(opened->incarnation == seen.incarnation + 1);
}

/// The second log, past the node's own rules, as a changed program would.
inline void open_unasked(SimNode& node, const std::string& reference, const Actor& who) {
  const auto opened = node.command<int>(
      [&](Context& context) -> Result<int> {
        KNOOP_TRY(context.audit_log().open_next(
            context.tx, context.now, context.entropy, context.actor, 2,
            {.event = audit::Event::log_opened, .reference = reference, .action = audit::Action::create}));
        for (const MemberId& member : context.membership().peers())
          KNOOP_TRY(context.streams_renewed(member, Restored::this_node));
        KNOOP_TRY(context.renew_streams());
        KNOOP_TRY(context.audit_log().head(context.tx, context.now));
        KNOOP_TRY(context.reload_streams());
        return 0;
      },
      who);
  REQUIRE(opened.has_value());
}

inline bool caught(SimNode& node) {
  return standing(node).lost.has_value();
}

/// Something happens that only the log tells.
inline void work(SimNode& node) {
  in<int>(node, [](Context& context) -> Result<int> {
    KNOOP_TRY(context.audit({.event = audit::Event::client_read, .action = audit::Action::read}));
    return 0;
  });
}

inline void confirm_all(SimNode& node) {
  in<int>(node, [&](Context& context) -> Result<int> {
    KNOOP_LET(clients, storage::doubted_clients(context.tx, 1000));
    for (const std::string& client : clients)
      KNOOP_TRY(node.node().service<ConsentService>().confirm(context, client, "navraag bij de moeder"));
    return 0;
  });
}

/// Of a node that was set back: it is found out, and goes on in its next log; everybody believes it.
inline void go_on_when_caught(Region& region, SimNode& node) {
  REQUIRE(region.run_until(
      [&] {
        const Loss seen = lost(node);
        return seen.set_back && seen.head && seen.heard >= seen.quorum;
      },
      900'000ms));
  open_next_log(node);
  REQUIRE(region.run_until([&] { return region.all_ready(); }, 900'000ms));
}

/// The node is set back to the copy, and goes on.
inline void restore_and_go_on(Region& region, SimNode& node, const std::filesystem::path& copy) {
  node.restore(copy);
  go_on_when_caught(region, node);
}

/// Everybody greets everybody, the first knows Sanne, and all logs are witnessed.
inline void begin_with_sanne(Region& region) {
  REQUIRE(region.run_until([&] { return region.all_ready(); }, 600s));
  put(region[0], "S1", sanne);
  REQUIRE(region.run_until([&] { return all_witnessed(region); }, 120s));
}
/// The same, and the second knows her too.
inline void begin_with_a_match(Region& region) {
  REQUIRE(region.run_until([&] { return region.all_ready(); }, 600s));
  put(region[0], "S1", sanne);
  put(region[1], "B1", sanne);
  settle(region);
  REQUIRE(region.run_until([&] { return all_witnessed(region); }, 120s));
}

}  // namespace knoop::sim
