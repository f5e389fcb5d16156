// A whole region in one process: real nodes with real databases, keys, cards and a convenant, over virtual time and a
// network that misbehaves as a seed decides. One seed reproduces a run to the byte.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "node/core/membership_service.h"
#include "node/core/node.h"
#include "node/core/services.h"
#include "tests/sim/network.h"
#include "tests/sim/virtual_time.h"
#include "tests/support/membership_samples.h"
#include "tests/support/temp_dir.h"
#include "tests/support/test_entropy.h"

namespace knoop::sim {

class Region;

/// One organisation: its database file outlives the process that works on it.
class SimNode final : public TransportSink, public Executor {
 public:
  SimNode(Region& region, std::string id, std::string kind, std::uint64_t seed);
  ~SimNode() override;

  [[nodiscard]] const std::string& id() const { return card_.id; }
  [[nodiscard]] const MemberId& member() const { return card_.member; }
  [[nodiscard]] const Card& card() const { return card_; }
  [[nodiscard]] bool running() const { return node_ != nullptr; }
  [[nodiscard]] Node& node() { return *node_; }

  void start();
  /// Commits what is open and ends, as on SIGTERM.
  void stop();
  /// Ends as on SIGKILL: what was not committed is gone. The database is a copy of the files as they lay on the disk.
  void crash();

  /// A copy of the database as it is now, and the same node started from such a copy: a restored backup.
  [[nodiscard]] std::filesystem::path back_up();
  void restore(const std::filesystem::path& copy);

  /// A command, committed; an Error fails the test unless the caller asks for it.
  template <typename T>
  Result<T> command(const std::function<Result<T>(Context&)>& run, const Actor& actor = Actor::node());
  /// Commits and transmits what the node has to. Fails only under refuse_call: the process then ended as the daemon does,
  /// and is started again by its supervisor a second later.
  Result<void> flush();

  // What the ports call.
  void link_up(const MemberId& member) override;
  void link_down(const MemberId& member) override;
  void received(const MemberId& member, Bytes frame) override;
  void submit(Work work) override;
  [[nodiscard]] unsigned width() const override { return 1; }

  /// Its own clock, which may be wrong.
  [[nodiscard]] Timestamp clock() const;
  /// Sets it to the true time and this much.
  void set_clock(Milliseconds error);

  /// Makes a call of the database fail: a fault of the disk at any one statement.
  std::function<bool(std::string_view sql)> refuse_call;

  std::int64_t max_pages =
      0;  ///< That its database may have from the next start() on; 0: as many as it likes.

  SpokenVersions versions;  ///< Of the program that the next start() runs.

 private:
  friend class Region;
  void plan_tick();
  Result<void> try_start();
  void start_later();
  void event(const std::function<void(Timestamp)>& what);
  std::unique_ptr<storage::Database> open(storage::OpenMode mode);

  Region& region_;
  TestEntropy entropy_;
  SymmetricKey database_key_;
  SigningKeyPair organisation_key_;
  Card card_;
  std::string card_note_;
  std::filesystem::path directory_;
  unsigned copies_ = 0;
  std::uint64_t life_ =
      0;  ///< Grows with each start and end; what was planned for an earlier life does not happen.
  std::optional<Timestamp> planned_tick_;
  Milliseconds clock_error_{0};
  SimTransport transport_;
  std::unique_ptr<Node> node_;
};

class Region {
 public:
  struct Organisation {
    std::string id;
    std::string kind;
  };
  using Services = std::function<std::vector<std::unique_ptr<Service>>()>;
  using Agree = std::function<void(Convenant&)>;  ///< Changes the convenant before it is signed.
  Region(std::uint64_t seed, const std::vector<Organisation>& organisations,
         Services services = make_services, const Agree& agree = {});
  ~Region();

  [[nodiscard]] SimNode& operator[](std::size_t index) { return *nodes_.at(index); }
  [[nodiscard]] std::size_t size() const { return nodes_.size(); }
  [[nodiscard]] const std::vector<std::unique_ptr<SimNode>>& nodes() const { return nodes_; }

  void run_for(Milliseconds duration) { agenda.run_for(duration); }
  /// Runs until `done` holds, looking each virtual second; false when it does not within `limit`.
  [[nodiscard]] bool run_until(const std::function<bool()>& done, Milliseconds limit);
  /// The next version of the convenant, signed; convenant_note from now on.
  const std::string& sign_next(const std::function<void(Convenant&)>& change);
  /// Another text under the number of the newest version, signed by the same managers. convenant_note stays.
  [[nodiscard]] std::string sign_second(const std::function<void(Convenant&)>& change);
  /// As `knoop convenant install` does.
  Result<JudgedConvenant> install(SimNode& node, const std::string& note);
  /// The next version of the convenant, signed and installed everywhere.
  void amend(const std::function<void(Convenant&)>& change);
  [[nodiscard]] const std::vector<SigningKeyPair>& managers() const { return managers_; }
  [[nodiscard]] const Convenant& convenant() const { return convenant_; }
  /// Every node runs, every link is up and believed.
  [[nodiscard]] bool all_ready();

  Agenda agenda;
  Network network;
  testing::TempDir directory;
  std::mt19937_64 dice;
  std::string convenant_note;
  Services services;

 private:
  std::vector<std::unique_ptr<SimNode>> nodes_;
  std::vector<SigningKeyPair> managers_;
  Convenant convenant_;
};

template <typename T>
Result<T> SimNode::command(const std::function<Result<T>(Context&)>& run, const Actor& actor) {
  Result<T> answer = node_->command<T>(actor, clock(), run);
  KNOOP_TRY(flush());
  return answer;
}

}  // namespace knoop::sim
