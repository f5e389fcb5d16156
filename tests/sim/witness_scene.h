// What the simulations of witnesses and of restored nodes share: who watches whom, where a log stands, what a node logged.
#pragma once

#include <catch2/catch.hpp>

#include "crypto/checkpoint.h"
#include "crypto/note.h"
#include "node/core/audit_log.h"
#include "node/core/log_standing.h"
#include "node/core/witnessing.h"
#include "tests/sim/exchange_scene.h"
#include "tests/sim/matching_scene.h"

namespace knoop::sim {

using namespace std::chrono_literals;

inline const std::vector<Region::Organisation> four{
    {"smw-een", "smw"}, {"bjz-twee", "bjz"}, {"jgz-drie", "jgz"}, {"ggz-vier", "ggz"}};
inline const std::vector<Region::Organisation> five{
    {"smw-een", "smw"}, {"bjz-twee", "bjz"}, {"jgz-drie", "jgz"}, {"ggz-vier", "ggz"}, {"cjg-vijf", "cjg"}};

/// Every member's log is watched by all others.
inline void everybody_watches(Convenant& convenant) {
  convenant.witness_sets.clear();
  for (const ConvenantMember& member : convenant.members) {
    WitnessSet set{member.id, {}, 0};
    for (const ConvenantMember& other : convenant.members)
      if (other.id != member.id) set.witnesses.push_back(other.id);
    set.tolerated = static_cast<std::uint32_t>((set.witnesses.size() - 1) / 3);
    convenant.witness_sets.push_back(std::move(set));
  }
}

template <typename T>
T in(SimNode& node, const std::function<Result<T>(Context&)>& what) {
  auto result = node.command<T>(what);
  INFO((result ? "" : result.error().sentence));
  REQUIRE(result.has_value());
  return std::move(*result);
}

inline LogStanding standing(SimNode& node) {
  return in<LogStanding>(
      node, [](Context& context) { return log_standing(context.tx, context.membership(), context.now); });
}

inline std::int64_t logged(SimNode& node, audit::Event event) {
  return in<std::int64_t>(node, [&](Context& context) -> Result<std::int64_t> {
    KNOOP_LET(row, context.tx.one("SELECT count(*) FROM audit_entries WHERE event = ?", event));
    return row->get<std::int64_t>(0);
  });
}

inline std::int64_t number_of(SimNode& node, const std::string& sql) {
  return in<std::int64_t>(node, [&](Context& context) -> Result<std::int64_t> {
    KNOOP_LET(row, context.tx.one(sql));
    return row->get<std::int64_t>(0);
  });
}

inline bool all_witnessed(Region& region) {
  return std::ranges::all_of(region.nodes(), [](const auto& node) {
    if (!node->running()) return false;
    const LogStanding now = standing(*node);
    return now.witnessed_size == now.size && now.fresh;
  });
}

inline void no_alarm(Region& region) {
  for (const auto& node : region.nodes()) {
    CAPTURE(node->id());
    CHECK(logged(*node, audit::Event::log_fork_seen) == 0);
    CHECK(logged(*node, audit::Event::log_rollback_seen) == 0);
    CHECK(number_of(*node, "SELECT count(*) FROM dead_letter") == 0);
  }
}

/// A head of `node`'s log, signed by its own key, that says what the test wants.
inline std::string made_up_head(SimNode& node, std::uint64_t size, Byte root) {
  return in<std::string>(node, [&](Context& context) -> Result<std::string> {
    KNOOP_LET(origin, context.audit_log().origin(context.tx));
    Hash256 hash;
    hash.data()[0] = root;
    Note out{Checkpoint{origin.text(), size, hash, {}}.text(), {}};
    KNOOP_TRY(sign_note(out, origin.text(), context.keys().signing.secret_key));
    return out.encode();
  });
}

inline void ask_to_cosign(SimNode& node, SimNode& witness, const audit::LogHead& head) {
  in<int>(node, [&](Context& context) -> Result<int> {
    KNOOP_TRY(context.send(witness.member(), MessageType::log_head, std::nullopt, encode(head)));
    return 0;
  });
}

inline std::vector<std::unique_ptr<Service>> watched_exchange() {
  auto services = exchange_services();
  services.push_back(std::make_unique<HeadService>());
  services.push_back(std::make_unique<WitnessService>());
  return services;
}

/// SMW's log has one witness, JGZ; BJZ gets what SMW releases.
inline void jgz_watches_smw(Convenant& convenant) {
  convenant.witness_sets = {{"smw-een", {"jgz-drie"}, 0}};
}
inline const std::vector<Region::Organisation> three{
    {"smw-een", "smw"}, {"bjz-twee", "bjz"}, {"jgz-drie", "jgz"}};

}  // namespace knoop::sim
