#include "tools/bench_scale/light_peers.h"

#include <future>
#include <thread>

#include "node/core/loop.h"
#include "node/core/matching_service.h"
#include "node/core/services.h"
#include "node/net/os_entropy.h"
#include "node/net/system_clock.h"
#include "node/net/thread_pool.h"
#include "node/net/zmq_transport.h"
#include "storage/match_repository.h"
#include "storage/records_repository.h"
#include "tools/bench_scale/fill.h"

namespace knoop::bench {
namespace {

constexpr std::chrono::milliseconds look_each{3};

}  // namespace

class LightPeer {
 public:
  static Result<std::unique_ptr<LightPeer>> start(const NodeFolder& folder) {
    std::unique_ptr<LightPeer> out(new LightPeer);
    KNOOP_LET(database, open_node(folder));
    {
      KNOOP_LET(tx, database->begin());
      KNOOP_LET(keys, NodeKeys::load(tx));
      KNOOP_TRY(tx.commit());
      KNOOP_LET(transport,
                ZmqTransport::start({.listen = {}, .on_fatal = ZmqTransport::die}, keys.transport.secret_key,
                                    out->loop_, out->transport_entropy_));
      out->transport_ = std::move(transport);
    }
    KNOOP_LET(node,
              Node::start({std::move(database), out->entropy_, *out->transport_, out->pool_, make_services()},
                          out->clock_.now()));
    out->node_ = std::move(node);
    out->thread_ = std::thread([peer = out.get()] { peer->ended_ = peer->loop_.run(*peer->node_); });
    return out;
  }

  ~LightPeer() {
    loop_.stop();
    if (thread_.joinable()) thread_.join();
  }
  LightPeer(const LightPeer&) = delete;
  LightPeer& operator=(const LightPeer&) = delete;

  /// Runs a question on the peer's own thread.
  template <typename T>
  Result<T> ask(const std::function<Result<T>(Node&, Context&)>& question) {
    std::promise<Result<T>> answer;
    auto got = answer.get_future();
    loop_.post([&](Node& node, Timestamp now) -> Loop::AfterCommit {
      answer.set_value(
          node.command<T>(Actor::node(), now, [&](Context& context) { return question(node, context); }));
      return {};
    });
    return got.get();
  }

 private:
  LightPeer() = default;

  SystemClock clock_;
  OsEntropy entropy_;
  OsEntropy transport_entropy_;
  Loop loop_{clock_};
  std::unique_ptr<ZmqTransport> transport_;
  std::unique_ptr<Node> node_;
  ThreadPool pool_{1, [this](Completion completion) { loop_.completed(std::move(completion)); }};
  Result<void> ended_;
  std::thread thread_;
};

LightPeers::~LightPeers() = default;

Result<std::unique_ptr<LightPeers>> LightPeers::start(const std::filesystem::path& folder) {
  std::unique_ptr<LightPeers> out(new LightPeers);
  for (std::size_t i = 0; std::filesystem::exists(peer_folder(folder, i).database()); ++i) {
    KNOOP_LET(peer, LightPeer::start(peer_folder(folder, i)));
    out->peers_.push_back(std::move(peer));
  }
  return out;
}

bool LightPeers::settled(Milliseconds patience) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  for (const auto& peer : peers_) {
    for (;;) {
      const auto idle = peer->ask<bool>([](Node& node, Context& context) -> Result<bool> {
        const MemberId measured = context.membership().peers().front();
        if (!context.reachable(measured)) return false;
        return node.service<MatchingService>().idle(context);
      });
      if (idle && *idle) break;
      if (std::chrono::steady_clock::now() > deadline) return false;
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
  }
  return true;
}

Result<std::vector<std::string>> LightPeers::shared(std::size_t peer) {
  return peers_.at(peer)->ask<std::vector<std::string>>(
      [](Node&, Context& context) -> Result<std::vector<std::string>> {
        KNOOP_LET(clients, storage::list_clients(context.tx, {.limit = 100'000}));
        std::vector<std::string> out;
        for (const auto& each : clients) out.push_back(each.client.ref);
        return out;
      });
}

Result<LightPeers::Held> LightPeers::wait_for_match(std::size_t peer, const std::string& ref,
                                                    Milliseconds patience) {
  const auto deadline = std::chrono::steady_clock::now() + patience;
  for (;;) {
    const auto held = peers_.at(peer)->ask<std::optional<Held>>(
        [&](Node&, Context& context) -> Result<std::optional<Held>> {
          KNOOP_LET(client, storage::find_client(context.tx, ref));
          if (!client) return fail(ErrorCode::not_found, Side::user, "peer {} has no client {}", peer, ref);
          KNOOP_LET(matches, storage::matches_of_client(context.tx, client->id));
          if (matches.empty() || !matches.front().peer_notice_at) return std::nullopt;
          return Held{matches.front().found, *matches.front().peer_notice_at};
        });
    if (!held) return fail(held.error());
    if (*held) return **held;
    if (std::chrono::steady_clock::now() > deadline)
      return fail(ErrorCode::io_failed, Side::ours, "no match of {} with peer {} within {} ms", ref, peer + 1,
                  patience.count());
    std::this_thread::sleep_for(look_each);
  }
}

}  // namespace knoop::bench
