// A filled store is one that the node itself could have made: it starts on it, finds nothing to mend, and both sides agree.
#include "tools/bench_scale/fill.h"

#include <catch2/catch.hpp>

#include "node/core/matching_service.h"
#include "node/core/services.h"
#include "storage/matching_repository.h"
#include "storage/records_repository.h"
#include "tests/support/core_node.h"
#include "tools/bench_scale/people.h"

namespace knoop {
namespace {

using bench::FillPlan;
using test::must;

const FillPlan small{.clients = 600, .involved = 90, .peers = 3, .handles_of_peer = 70, .shared = 4};

struct FilledFixture {
  testing::TempDir directory;
  TestEntropy entropy;
  Timestamp now = test::at("2026-11-22T08:00:00Z");
  bench::Filled filled =
      bench::fill(directory.path(), small, entropy, now, [](const std::string&) {}).value();
};

std::int64_t count(storage::Transaction& tx, std::string_view sql) {
  return must(tx.one(sql))->get<std::int64_t>(0);
}

}  // namespace

TEST_CASE("no number of a synthetic youth can be a person's: two zeros and seven digits (R1.3)") {
  std::size_t none = 0;
  for (std::uint64_t number = 0; number < 1'100; ++number) {
    const auto bsn = bench::bsn_of(number);
    if (!bsn)
      ++none;
    else
      CHECK(bsn->expose().substr(0, 2) == "00");
  }
  CHECK(none == 101);  // one in eleven, and 000000000
}

TEST_CASE_METHOD(FilledFixture, "a filled store holds what was asked for, and nothing waits in it") {
  const auto database = must(bench::open_node(bench::measured_folder(directory.path())));
  auto tx = must(database->begin());
  CHECK(must(storage::count_clients(tx)) == 600);
  CHECK(count(tx, "SELECT count(*) FROM involvements") == 90);
  CHECK(must(storage::count_identifiers(tx)) == 90);
  CHECK(must(storage::dirty_clients(tx, 1)).empty());
  CHECK(count(tx, "SELECT count(*) FROM own_handles WHERE token IS NOT NULL") == 3 * 90);
  CHECK(count(tx, "SELECT count(*) FROM peer_tokens") == 3 * 70);
  CHECK(count(tx, "SELECT count(*) FROM peer_handles") == 3 * 70);
  CHECK(count(tx, "SELECT count(*) FROM register_queue") == 0);
}

TEST_CASE_METHOD(FilledFixture,
                 "the measured node and its peers agree about epoch, commitments and handles") {
  const auto measured = must(bench::open_node(bench::measured_folder(directory.path())));
  auto tx = must(measured->begin());
  for (std::size_t i = 0; i < small.peers; ++i) {
    const auto light = must(bench::open_node(bench::peer_folder(directory.path(), i)));
    auto peer_tx = must(light->begin());
    const MemberId peer = filled.network.peers[i].card.member;
    const auto here = must(storage::newest_pair(tx, peer));
    const auto there = must(storage::newest_pair(peer_tx, filled.network.measured.card.member));
    CHECK(here->versions == there->versions);
    CHECK(here->next_handle == there->next_peer_handle);
    CHECK(here->next_peer_handle == there->next_handle);
    CHECK(here->commitment != there->commitment);
    CHECK(must(storage::count_clients(peer_tx)) == 4);
    for (const std::string& ref : filled.shared[i]) {
      const auto client = must(storage::find_client(tx, ref));
      CHECK(client->client.bsn == must(storage::find_client(peer_tx, ref))->client.bsn);
      CHECK(must(storage::involvements_of(tx, client->id)).empty());
    }
  }
}

TEST_CASE_METHOD(FilledFixture, "a node starts on a filled store and finds nothing to do") {
  test::RecordingTransport transport;
  test::RecordingExecutor executor;
  auto database = must(bench::open_node(bench::measured_folder(directory.path())));
  const auto node =
      must(Node::start({std::move(database), entropy, transport, executor, make_services()}, now));
  node->tick(now);
  must(node->flush(now));
  CHECK(transport.links.size() == 3);
  CHECK(executor.works.empty());
  CHECK(node->troubles().empty());
  CHECK(must(node->command<bool>(
      Actor::node(), now, [&](Context& context) { return node->service<MatchingService>().idle(context); })));
}

TEST_CASE("more clients known by BSN than there can be are refused") {
  testing::TempDir directory;
  TestEntropy entropy;
  FillPlan plan = small;
  plan.involved = 590;
  const auto refused = bench::fill(directory.path(), plan, entropy, test::at("2026-11-22T08:00:00Z"),
                                   [](const std::string&) {});
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == ErrorCode::bad_value);
}

}  // namespace knoop
