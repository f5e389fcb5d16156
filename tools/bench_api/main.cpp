// knoop-bench-api: the parts of `tools/bench api` that must cost little themselves. Keys come on stdin, one a line; prints one JSON object.
//
//   load --port P --kind look-up|work|decision …      requests of one kind from some connections, for some seconds
//   streams --port P --count N --change ID…           event streams, and how soon they tell of a change of these plans of aftercare
//   bare <folder> --kind …                            the same requests' queries alone, in a store that no node uses
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <iostream>
#include <map>
#include <nlohmann/json.hpp>

#include "tools/bench_api/bare.h"
#include "tools/bench_api/load.h"
#include "tools/bench_api/streams.h"

namespace {

using namespace knoop::bench;
using Json = nlohmann::json;

struct Options {
  RequestPlan plan;
  std::uint16_t port = 0;
  std::size_t connections = 8;
  std::size_t beside = 0;  // open streams while requests are measured
  std::size_t count = 200;
  double seconds = 2;
  std::vector<std::string> changes;
  std::vector<std::string> ends;
  std::string folder;
};

double at(const std::vector<double>& sorted, double share) {
  return sorted.empty()
             ? 0
             : sorted[std::min(sorted.size() - 1,
                               static_cast<std::size_t>(share * static_cast<double>(sorted.size())))];
}

std::vector<std::string> read_keys() {
  std::vector<std::string> out;
  for (std::string line; std::getline(std::cin, line);)
    if (!line.empty()) out.push_back(line);
  if (out.empty()) throw std::runtime_error("no key came on stdin");
  return out;
}

Json load(const Options& options) {
  const auto keys = read_keys();
  std::unique_ptr<Streams> beside;
  if (options.beside > 0) beside = std::make_unique<Streams>(options.port, keys, options.beside);
  constexpr std::size_t different = 2000;
  const Load got = run_load(options.port, keys, make_requests(options.plan, different), options.connections,
                            options.seconds);
  return {{"rate", static_cast<double>(got.count) / got.seconds},
          {"p50", at(got.milliseconds, 0.5)},
          {"p99", at(got.milliseconds, 0.99)}};
}

Json streams(const Options& options) {
  const auto keys = read_keys();
  Streams open(options.port, keys, options.count);
  std::vector<double> each;
  std::vector<double> last;
  for (std::size_t i = 0; i < options.changes.size(); ++i) {
    const ApiRequest change{"POST", "/api/v1/aftercare/" + options.changes[i] + "/end",
                            Json{{"ends", options.ends.at(0)}}.dump()};
    const auto told = open.tell(change, keys[i % keys.size()], "work");
    each.insert(each.end(), told.begin(), told.end());
    last.push_back(told.back());
  }
  std::ranges::sort(each);
  std::ranges::sort(last);
  return {{"p50", at(each, 0.5)},
          {"p99", at(each, 0.99)},
          {"lastP50", at(last, 0.5)},
          {"lastP99", at(last, 0.99)}};
}

Json bare(const Options& options) {
  const auto got = run_bare(options.folder, options.plan, options.seconds);
  if (!got) throw std::runtime_error(got.error().sentence);
  return {{"rate", static_cast<double>(got->requests) / got->seconds}, {"queries", got->queries}};
}

void add_plan(CLI::App& verb, Options& options) {
  static const std::map<std::string, RequestKind> kinds{
      {"look-up", RequestKind::look_up}, {"work", RequestKind::work}, {"decision", RequestKind::decision}};
  verb.add_option("--kind", options.plan.kind)->required()->transform(CLI::CheckedTransformer(kinds));
  verb.add_option("--clients", options.plan.clients)->required();
  verb.add_option("--prepared", options.plan.prepared)->delimiter(',')->required();
  verb.add_option("--recipient", options.plan.recipient)->required();
  verb.add_option("--owner", options.plan.owner)->required();
  verb.add_option("--seconds", options.seconds);
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("Parts of tools/bench api");
  app.require_subcommand(1);
  Options options;
  CLI::App* const load_verb = app.add_subcommand("load");
  add_plan(*load_verb, options);
  load_verb->add_option("--port", options.port)->required();
  load_verb->add_option("--connections", options.connections);
  load_verb->add_option("--beside", options.beside);
  CLI::App* const streams_verb = app.add_subcommand("streams");
  streams_verb->add_option("--port", options.port)->required();
  streams_verb->add_option("--count", options.count);
  streams_verb->add_option("--change", options.changes)->delimiter(',')->required();
  streams_verb->add_option("--ends", options.ends)->required();
  CLI::App* const bare_verb = app.add_subcommand("bare");
  add_plan(*bare_verb, options);
  bare_verb->add_option("folder", options.folder)->required();
  CLI11_PARSE(app, argc, argv);
  try {
    const Json out = load_verb->parsed()      ? load(options)
                     : streams_verb->parsed() ? streams(options)
                                              : bare(options);
    fmt::print("{}\n", out.dump());
    return 0;
  } catch (const std::exception& failure) {
    fmt::print(stderr, "knoop-bench-api: {}\n", failure.what());
    return 1;
  }
}
