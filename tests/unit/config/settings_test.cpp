#include "config/settings.h"

#include <catch2/catch.hpp>

using namespace knoop;

namespace {

Result<Settings> from_file(std::string_view text) {
  return read_settings({text, "knoop.toml", {}, {}});
}

std::string complaints(std::string_view text) {
  const auto result = from_file(text);
  REQUIRE_FALSE(result.has_value());
  CHECK(result.error().side == Side::user);
  return result.error().sentence;
}

}  // namespace

TEST_CASE("without file, environment and flags the presets count") {
  const auto settings = from_file("").value();
  CHECK(settings.node.data_dir.value == "/var/lib/knoop");
  CHECK(settings.listen.exchange.value == "tcp://0.0.0.0:7410");
  CHECK(settings.api.address.value == "127.0.0.1:7411");
  CHECK(settings.database.key_file.value.empty());
  CHECK(settings.log.level.value == LogLevel::info);
  for (const auto& setting : effective_settings(settings)) CHECK(setting.source == SettingSource::preset);
}

TEST_CASE(
    "the environment overrides the file and flags override both, and each value says where it came from") {
  constexpr std::string_view file =
      "[node]\ndata_dir = \"/srv/knoop\"\n[log]\nlevel = \"debug\"\nformat = "
      "\"json\"\n[matching]\nworker_threads = 3\n";
  const auto settings = read_settings({file,
                                       "knoop.toml",
                                       {{"KNOOP_LOG_LEVEL", "warning"},
                                        {"KNOOP_MATCHING_WORKER_THREADS", "5"},
                                        {"KNOOP_CONFIG", "/etc/x"},
                                        {"PATH", "/bin"}},
                                       {{"matching.worker_threads", "7"}}})
                            .value();
  CHECK(settings.node.data_dir.value == "/srv/knoop");
  CHECK(settings.node.data_dir.source == SettingSource::file);
  CHECK(settings.node.data_dir.where == "knoop.toml line 2");
  CHECK(settings.log.format.value == LogFormat::json);
  CHECK(settings.log.level.value == LogLevel::warning);
  CHECK(settings.log.level.where == "KNOOP_LOG_LEVEL");
  CHECK(settings.matching.worker_threads.value == 7);
  CHECK(settings.matching.worker_threads.source == SettingSource::flag);
}

TEST_CASE("everything that is wrong is told at once, with line and nearest known key") {
  const auto result =
      read_settings({"[node]\ndatadir = \"/x\"\n[log]\nlevel = \"loud\"\nformat = 3\n[lgo]\na = 1\n"
                     "[matching]\nworker_threads = \"4\"\n",
                     "knoop.toml",
                     {{"KNOOP_LOG_LEVLE", "info"}, {"KNOOP_LIMITS_IMPORT_ROWS", "many"}},
                     {{"api.sock", "/x"}}});
  REQUIRE_FALSE(result.has_value());
  const std::string& all = result.error().sentence;
  INFO(all);
  for (const char* part :
       {"knoop.toml line 2: datadir is unknown; did you mean data_dir?",
        "knoop.toml line 4: log.level must be one of trace, debug, info, warning, error",
        "knoop.toml line 5: log.format must be a text between quotes", "knoop.toml line 6: [lgo] is unknown",
        "knoop.toml line 9: matching.worker_threads must be a whole number",
        "environment: KNOOP_LOG_LEVLE is unknown; did you mean KNOOP_LOG_LEVEL?",
        "KNOOP_LIMITS_IMPORT_ROWS: limits.import_rows must be a whole number from 1 to",
        "command line: api.sock is unknown; did you mean api.socket?"})
    CHECK(all.find(part) != std::string::npos);
}

TEST_CASE("values that a node cannot use are refused") {
  CHECK(complaints("[node]\ndata_dir = \"relative\"").find("absolute path") != std::string::npos);
  CHECK(complaints("[listen]\nexchange = \"tcp://*:7410\"").find("tcp://address:port") != std::string::npos);
  CHECK(complaints("[api]\naddress = \"localhost:7411\"").find("127.0.0.1:7411") != std::string::npos);
  CHECK(complaints("[api]\nsocket = \"/" + std::string(107, 'x') + "\"").find("108") != std::string::npos);
  CHECK(complaints("[matching]\nworker_threads = -1").find("whole number") != std::string::npos);
  CHECK(complaints("[limits]\nimport_rows = 0").find("from 1") != std::string::npos);
  CHECK(complaints("node = 1").find("node is unknown") != std::string::npos);
  CHECK(complaints("[node").find("no TOML") != std::string::npos);
  CHECK(from_file("[listen]\nexchange = \"\"\n[api]\naddress = \"[::1]:7411\"").has_value());
}

TEST_CASE("what is printed as effective reads as the same settings") {
  const auto settings = from_file("[node]\ndata_dir = \"/a \\\"b\\\"\"\n[limits]\nimport_rows = 5\n").value();
  std::map<std::string, std::string> sections;
  for (const auto& setting : effective_settings(settings)) {
    const auto dot = setting.key.find('.');
    sections[setting.key.substr(0, dot)] += setting.key.substr(dot + 1) + " = " + setting.value + "\n";
  }
  std::string file;
  for (const auto& [section, lines] : sections) file += "[" + section + "]\n" + lines;
  const auto again = from_file(file).value();
  const auto a = effective_settings(settings);
  const auto b = effective_settings(again);
  REQUIRE(a.size() == setting_names().size());
  for (std::size_t i = 0; i < a.size(); ++i) CHECK(a[i].value == b[i].value);
  CHECK(environment_name("log.level") == "KNOOP_LOG_LEVEL");
}
