// knoop-bench-scale: the parts of tools/bench that need the product's own code. Prints JSON; progress goes to stderr.
//
//   fill <folder> [--clients N] [--involved N] [--peers N] [--handles N] [--shared N]   makes the stores
//   arrive <folder> --socket PATH [--count N] [--pause MS] [--together]   plays the peers of a measured node that runs, and involves
//                                                            it with clients of theirs
//   found <folder>                                           when the measured node, ended by now, held the matches of
//                                                            the references on stdin
//   files <folder> [--bytes N]                               what each event of a file costs the core thread
#include <sys/resource.h>
#include <CLI/CLI.hpp>

#include <cstdio>
#include <iostream>
#include <nlohmann/json.hpp>

#include "node/net/os_entropy.h"
#include "node/net/system_clock.h"
#include "tools/bench_scale/arrivals.h"
#include "tools/bench_scale/file_events.h"
#include "tools/bench_scale/fill.h"

namespace {

using Json = nlohmann::json;
using namespace knoop;

void say(const std::string& sentence) {
  fmt::print(stderr, "{}\n", sentence);
}

Result<void> run_fill(const std::filesystem::path& folder, const bench::FillPlan& plan) {
  OsEntropy entropy;
  KNOOP_LET(filled, bench::fill(folder, plan, entropy, SystemClock().now(), say));
  Json shared = Json::array();
  for (const auto& refs : filled.shared) shared.push_back(refs);
  const bench::NodeFolder measured = bench::measured_folder(folder);
  const Json out{{"settings", measured.settings().string()},
                 {"socket", measured.socket().string()},
                 {"database", measured.database().string()},
                 {"bytes", std::filesystem::file_size(measured.database())},
                 {"peers", plan.peers},
                 {"shared", shared}};
  fmt::print("{}\n", out.dump());
  return {};
}

double cpu_seconds() {
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
  };
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

/// Prints a line when the peers are settled, so that the caller looks at the measured node then, and one at the end.
Result<void> run_arrive(const std::filesystem::path& folder, const bench::ArrivalPlan& plan) {
  constexpr Milliseconds patience{600'000};
  KNOOP_LET(peers, bench::LightPeers::start(folder));
  say(fmt::format("{} peers run", peers->count()));
  if (!peers->settled(patience))
    return fail(ErrorCode::io_failed, Side::ours, "the peers did not finish registering in time");
  fmt::print("{}\n", Json{{"settled", true}}.dump());
  std::fflush(stdout);
  const double before = cpu_seconds();
  KNOOP_LET(all, bench::arrivals(*peers, plan));
  Json list = Json::array();
  for (const bench::Arrival& each : all)
    list.push_back({{"peer", each.peer},
                    {"ref", each.ref},
                    {"asked", each.asked.ms},
                    {"found", each.held.found.ms},
                    {"notice", each.held.notice.ms}});
  fmt::print("{}\n", Json{{"arrivals", list}, {"cpu", cpu_seconds() - before}}.dump());
  return {};
}

Result<void> run_found(const std::filesystem::path& folder) {
  std::vector<std::string> refs;
  for (std::string ref; std::cin >> ref;) refs.push_back(ref);
  KNOOP_LET(found, bench::found_at_measured(folder, refs));
  Json out = Json::array();
  for (const Timestamp each : found) out.push_back(each.ms);
  fmt::print("{}\n", out.dump());
  return {};
}

Result<void> run_files(const std::filesystem::path& folder, std::size_t bytes) {
  OsEntropy entropy;
  KNOOP_LET(costs, bench::file_events(folder, bytes, entropy));
  Json out;
  for (const auto& [what, each] : costs) out[what] = {{"cpu", each.cpu}, {"wall", each.wall}};
  fmt::print("{}\n", out.dump());
  return {};
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Parts of tools/bench");
  app.require_subcommand(1);
  std::string folder;
  bench::FillPlan plan;
  CLI::App* const fill = app.add_subcommand("fill", "Make filled stores");
  fill->add_option("folder", folder)->required();
  fill->add_option("--clients", plan.clients);
  fill->add_option("--involved", plan.involved);
  fill->add_option("--peers", plan.peers);
  fill->add_option("--handles", plan.handles_of_peer);
  fill->add_option("--shared", plan.shared);
  bench::ArrivalPlan arrivals;
  std::string socket;
  std::int64_t pause = 100;
  CLI::App* const arrive =
      app.add_subcommand("arrive", "Play the peers of a running node, and involve it with clients of theirs");
  arrive->add_option("folder", folder)->required();
  arrive->add_option("--socket", socket)->required();
  arrive->add_option("--count", arrivals.count);
  arrive->add_option("--pause", pause);
  arrive->add_flag("--together", arrivals.together);
  CLI::App* const found =
      app.add_subcommand("found", "When the measured node held the matches of the references on stdin");
  found->add_option("folder", folder)->required();
  std::size_t bytes = 52'428'800;
  CLI::App* const files = app.add_subcommand("files", "What each event of a file costs the core thread");
  files->add_option("folder", folder)->required();
  files->add_option("--bytes", bytes);
  CLI11_PARSE(app, argc, argv);
  arrivals.socket = socket;
  arrivals.pause = Milliseconds{pause};
  const Result<void> done = *fill    ? run_fill(folder, plan)
                            : *found ? run_found(folder)
                            : *files ? run_files(folder, bytes)
                                     : run_arrive(folder, arrivals);
  if (!done) {
    say("knoop-bench-scale: " + done.error().sentence);
    return 1;
  }
  return 0;
}
