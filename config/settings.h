// The settings of a node (operations.md): one TOML file, overridden by KNOOP_SECTION_KEY variables of the environment,
// overridden by flags of the command line. Reading them changes nothing and asks nothing of the system: the file's
// text, the environment and the flags are passed in.
//
// Everything that is wrong is told at once. An unknown key refuses to start, with its line and the nearest known key: a
// misspelt limit must never be no limit. Each value remembers where it came from, for `knoop config`.
//
// No setting is a secret: passphrases are asked for or come from a key file or a systemd credential, never from the
// environment or a command line, which other programs can read. So `knoop config` has nothing to mask.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/base/result.h"

namespace knoop {

/// Where a value came from, later ones winning.
enum class SettingSource { preset, file, environment, flag };

template <typename T>
struct Setting {
  T value{};
  SettingSource source = SettingSource::preset;
  std::string where{};  ///< "line 7", "KNOOP_LOG_LEVEL", "--log-level"; empty for a preset.
};

enum class LogLevel { trace, debug, info, warning, error };
enum class LogFormat { text, json };
[[nodiscard]] std::string_view to_string(LogLevel level);
[[nodiscard]] std::string_view to_string(LogFormat format);

struct Settings {
  struct Node {
    Setting<std::string> data_dir{"/var/lib/knoop"};
  } node;
  struct Listen {
    /// Where other nodes reach this one; empty: this node only dials out.
    Setting<std::string> exchange{"tcp://0.0.0.0:7410"};
  } listen;
  struct Api {
    Setting<std::string> socket{"/run/knoop/knoop.sock"};  ///< For the command line on this machine.
    /// Unix users that may use the socket besides the node's own, with their roles: "jansen=professional". The names
    /// are looked up by the program that serves.
    Setting<std::string> accounts{};
    /// API and console, HTTP; any address but loopback needs TLS. Empty: not served. Port 0: one that is free.
    Setting<std::string> address{"127.0.0.1:7411"};
    /// More names by which browsers reach it, "knoop.example" or "knoop.example:8443", with spaces between: a reverse
    /// proxy's. Other names are refused.
    Setting<std::string> hosts{};
    Setting<std::string> certificate{};      ///< PEM, the whole chain; empty: no TLS.
    Setting<std::string> certificate_key{};  ///< PEM, readable by the node's user alone.
  } api;
  /// The organisation's identity provider, the other way to sign in (docs/spec/api.md). Without issuer: there is none.
  struct OpenId {
    Setting<std::string> issuer{};     ///< "https://login.example/realm", as the provider writes it.
    Setting<std::string> client_id{};  ///< How the provider knows this node.
    Setting<std::string>
        client_secret_file{};     ///< One line, readable by the node's user alone; empty: a public client.
    Setting<std::string> name{};  ///< What the button says; empty: the issuer's host.
    /// Words of `acr` or `amr` with spaces between, of which the provider must say one: then the second factor was asked for there.
    /// Empty: the account's own code is asked for.
    Setting<std::string> acr{};
    Setting<std::string> trust{};  ///< PEM of the authorities that count for it; empty: those of the system.
  } openid;
  struct Database {
    /// A file with the 32-byte key, such as a systemd credential. Empty: the passphrase is asked for.
    Setting<std::string> key_file;
  } database;
  struct Log {
    Setting<LogLevel> level{LogLevel::info};
    Setting<LogFormat> format{LogFormat::text};
  } log;
  struct Limits {
    Setting<std::uint64_t> import_file_mib{512};  ///< A larger file is refused before it is read.
    Setting<std::uint64_t> import_rows{2'000'000};
    Setting<std::uint64_t> import_row_kib{1'024};  ///< One row, one fragment.
  } limits;
  struct Matching {
    Setting<std::uint64_t> worker_threads{0};  ///< 0: as many as the machine has cores.
  } matching;
};

struct SettingsSources {
  std::string_view file;  ///< The text of knoop.toml, empty when there is none.
  std::string file_name;  ///< For errors.
  /// The whole environment: variables that do not begin with KNOOP_ are ignored, others must be known.
  std::map<std::string, std::string> environment;
  /// "log.level" to value: the command line translates its own flags.
  std::map<std::string, std::string> flags;
};

inline constexpr std::size_t max_settings_bytes = 256UL * 1024;

/// All settings, or one error (bad_value, Side::user) whose sentence has a line for each thing that is wrong.
[[nodiscard]] Result<Settings> read_settings(const SettingsSources& sources);

/// One setting as `knoop config` prints it.
struct EffectiveSetting {
  std::string key;    ///< "log.level"
  std::string value;  ///< As TOML writes it.
  SettingSource source;
  std::string where;
};
/// All of them, in the order of the sections.
[[nodiscard]] std::vector<EffectiveSetting> effective_settings(const Settings& settings);

/// The names of all settings ("log.level"), for flags and completion.
[[nodiscard]] std::vector<std::string> setting_names();
/// "log.level" as a variable of the environment: "KNOOP_LOG_LEVEL".
[[nodiscard]] std::string environment_name(std::string_view setting);

[[nodiscard]] std::string_view to_string(SettingSource source);

/// "127.0.0.1:7411" or "[::1]:7411": an address and a port, no name to be looked up.
[[nodiscard]] bool is_address_and_port(std::string_view text);

}  // namespace knoop
