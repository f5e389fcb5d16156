// What every verb shares: the global options, the settings, the way to the daemon, and how results are printed.
//
// A verb is a function that returns Result<int>: the exit status (exit_codes.h), or an Error whose sentence goes to
// stderr. Verbs hold no logic of the domain; they send a request and print the answer.
#pragma once

#include <CLI/CLI.hpp>
#include <filesystem>
#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "config/settings.h"
#include "crypto/base/time.h"
#include "node/core/actor.h"
#include "node/http/api_client.h"
#include "node/net/os_entropy.h"
#include "tools/knoop/exit_codes.h"
#include "tools/knoop/table.h"
#include "tools/terminal/passphrase.h"

namespace knoop::cli {

using Json = nlohmann::ordered_json;
using Verb = std::function<Result<int>()>;

class Program {
 public:
  // Global options, filled by CLI11.
  std::string config_file;
  std::vector<std::string> set;  ///< "log.level=debug"
  bool json = false;
  std::string as;
  int passphrase_fd = -1;
  std::int64_t clock_offset = 0;  ///< Seconds; demo and tests only.

  OsEntropy entropy;

  /// A verb below a noun; `run` is what main() calls when it was chosen.
  CLI::App* verb(CLI::App& noun, const std::string& name, const std::string& help, Verb run);
  [[nodiscard]] const Verb& chosen() const { return chosen_; }

  [[nodiscard]] Result<Settings> settings() const;
  [[nodiscard]] PassphraseSource& passphrases();
  [[nodiscard]] Timestamp now() const;
  /// Whoever runs this program, for what is done on files.
  [[nodiscard]] static Actor operator_actor();

  // Requests to the daemon. A refusal is an Error with the node's own sentence.
  [[nodiscard]] Result<Json> get(const std::string& target);
  [[nodiscard]] Result<Json> post(const std::string& target, const Json& body);
  [[nodiscard]] Result<Json> put(const std::string& target, const Json& body);
  [[nodiscard]] Result<Json> put_bytes(const std::string& target, std::string_view bytes);
  /// Gives up what is under way at this address.
  [[nodiscard]] Result<Json> cancel(const std::string& target);
  /// The same, but on the node's files when no daemon answers.
  [[nodiscard]] Result<Json> get_or_local(const std::string& target);
  [[nodiscard]] Result<Json> post_or_local(const std::string& target, const Json& body);
  [[nodiscard]] Result<Json> put_bytes_or_local(const std::string& target, std::string_view bytes);
  [[nodiscard]] Result<Json> delete_or_local(const std::string& target);

  /// With --json the answer as it is, otherwise `human`.
  void print(const Json& answer, const std::function<std::string()>& human) const;
  /// The sentence of an Error on stderr, and the exit status.
  [[nodiscard]] int report(const Error& error) const;

 private:
  Result<Json> ask(const std::string& method, const std::string& target, const std::string& type,
                   std::string_view body, bool or_local);
  Result<http::Answer> ask_files(const Settings& settings, const std::string& method,
                                 const std::string& target, std::string_view body);
  Result<Json> understand(const http::Answer& answer);

  Verb chosen_;
  PassphraseSource passphrases_;
  bool unreachable_ = false;
  bool wrong_settings_ = false;
};

/// A file that a person names, at most `most` bytes.
[[nodiscard]] Result<std::string> read_file(const std::filesystem::path& path, std::size_t most);
/// Writes what is no secret; "-" is stdout. Replaces what is there.
[[nodiscard]] Result<void> write_file(const std::filesystem::path& path, std::string_view content);
/// "F01,F05" → {"F01", "F05"}.
[[nodiscard]] std::vector<std::string> split_list(std::string_view text, char separator);
/// A segment or a value of an address: everything but letters, digits and "-._~" as %XX (RFC 3986).
[[nodiscard]] std::string query_text(std::string_view text);
/// A field of an answer as text for a table cell; empty when it is absent or null.
[[nodiscard]] std::string cell(const Json& object, const std::string& field);
/// An address with those of these values that are not empty.
[[nodiscard]] std::string with_query(std::string target,
                                     const std::vector<std::pair<std::string, std::string>>& query);
/// A field of a request, when a value was given.
void set_if(Json& body, const std::string& field, const std::string& value);

}  // namespace knoop::cli
