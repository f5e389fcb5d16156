#include "tools/knoop/program.h"

#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <iostream>
#include <map>

#include "node/core/node.h"
#include "node/http/local_api.h"
#include "node/http/target.h"
#include "node/net/system_clock.h"
#include "tools/knoop/node_files.h"

extern char** environ;  // POSIX names it so

namespace knoop::cli {
namespace {

constexpr std::string_view usual_config = "/etc/knoop/knoop.toml";

ErrorCode code_from(std::string_view text) {
#define KNOOP_COMPARE(name, word) \
  if (text == (word)) return ErrorCode::name;
  KNOOP_ERROR_CODES(KNOOP_COMPARE)
#undef KNOOP_COMPARE
  return ErrorCode::bad_value;
}

Side side_from(std::string_view text) {
  for (const Side side : {Side::ours, Side::peer, Side::user})
    if (to_string(side) == text) return side;
  return Side::ours;
}

std::map<std::string, std::string> environment() {
  std::map<std::string, std::string> out;
  for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) {
    const std::string_view text(*entry);
    const std::size_t equals = text.find('=');
    if (equals != std::string_view::npos) out.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return out;
}

/// Nothing is sent and nothing computed while a verb works on a node's files.
class NoTransport final : public Transport {
 public:
  void set_links(std::vector<Link>) override {}
  void send(const MemberId&, Bytes) override {}
};
class NoExecutor final : public Executor {
 public:
  void submit(Work) override {}
  [[nodiscard]] unsigned width() const override { return 1; }
};

}  // namespace

CLI::App* Program::verb(CLI::App& noun, const std::string& name, const std::string& help, Verb run) {
  CLI::App* app = noun.add_subcommand(name, help);
  app->callback([this, run = std::move(run)] { chosen_ = run; });
  return app;
}

Result<Settings> Program::settings() const {
  SettingsSources sources;
  sources.environment = environment();
  std::string file = config_file;
  if (file.empty() && sources.environment.contains("KNOOP_CONFIG"))
    file = sources.environment.at("KNOOP_CONFIG");
  if (file.empty() && is_there(usual_config)) file = usual_config;
  std::string text;
  if (!file.empty()) {
    KNOOP_LET(content, read_file(file, max_settings_bytes));
    text = std::move(content);
  }
  sources.file = text;
  sources.file_name = file;
  for (const std::string& flag : set) {
    const std::size_t equals = flag.find('=');
    if (equals == std::string::npos)
      return fail(ErrorCode::bad_value, Side::user, "--set takes NAME=VALUE, such as log.level=debug");
    sources.flags[flag.substr(0, equals)] = flag.substr(equals + 1);
  }
  return read_settings(sources);
}

PassphraseSource& Program::passphrases() {
  passphrases_ = PassphraseSource(passphrase_fd);
  return passphrases_;
}

Timestamp Program::now() const {
#ifdef KNOOP_TEST_CLOCK
  return SystemClock(std::chrono::seconds(clock_offset)).now();
#else
  return SystemClock().now();
#endif
}

Actor Program::operator_actor() {
  const passwd* user = ::getpwuid(::getuid());
  return {Role::administrator,
          user != nullptr ? std::string(user->pw_name) : fmt::format("uid {}", ::getuid()), "", std::nullopt,
          "command line"};
}

Result<http::Answer> Program::ask_files(const Settings& settings, const std::string& method,
                                        const std::string& target, std::string_view body) {
  KNOOP_LET(database, open_database(settings, passphrases()));
  NoTransport transport;
  NoExecutor executor;
  KNOOP_LET(node, Node::start({std::move(database), entropy, transport, executor, {}}, now()));
  return http::call_locally(*node, operator_actor(), now(), method, target, body);
}

Result<Json> Program::understand(const http::Answer& answer) {
  Json body = Json::parse(answer.body, nullptr, false);
  if (body.is_discarded())
    return fail(ErrorCode::bad_format, Side::ours, "the node's answer (status {}) is not JSON",
                answer.status);
  if (answer.status < 400) return body;
  return fail(Error{code_from(body.value("code", "")), side_from(body.value("side", "")),
                    body.value("detail", fmt::format("the node refused with status {}", answer.status))});
}

Result<Json> Program::ask(const std::string& method, const std::string& target, const std::string& type,
                          std::string_view body, bool or_local) {
  const auto read = settings();
  if (!read) {
    wrong_settings_ = true;
    return fail(read.error());
  }
  const std::filesystem::path socket = read->api.socket.value;
  const http::ApiClient client(socket, as);
  Result<http::Answer> answer = client.call(method, target, type, body);
  if (!answer && or_local) {
    KNOOP_LET(local, ask_files(*read, method, target, body));
    return understand(local);
  }
  if (!answer) {
    unreachable_ = true;
    return fail(answer.error());
  }
  return understand(*answer);
}

Result<Json> Program::get(const std::string& target) {
  return ask("GET", target, "", "", false);
}
Result<Json> Program::post(const std::string& target, const Json& body) {
  return ask("POST", target, "application/json", body.dump(), false);
}
Result<Json> Program::put(const std::string& target, const Json& body) {
  return ask("PUT", target, "application/json", body.dump(), false);
}
Result<Json> Program::put_bytes(const std::string& target, std::string_view bytes) {
  return ask("PUT", target, "application/octet-stream", bytes, false);
}
Result<Json> Program::cancel(const std::string& target) {
  return ask("DELETE", target, "", "", false);
}
Result<Json> Program::get_or_local(const std::string& target) {
  return ask("GET", target, "", "", true);
}
Result<Json> Program::post_or_local(const std::string& target, const Json& body) {
  return ask("POST", target, "application/json", body.dump(), true);
}
Result<Json> Program::put_bytes_or_local(const std::string& target, std::string_view bytes) {
  return ask("PUT", target, "application/octet-stream", bytes, true);
}
Result<Json> Program::delete_or_local(const std::string& target) {
  return ask("DELETE", target, "", "", true);
}

void Program::print(const Json& answer, const std::function<std::string()>& human) const {
  std::cout << (json ? answer.dump(2) + "\n" : human()) << std::flush;
}

int Program::report(const Error& error) const {
  if (json) {
    const Json problem{
        {"code", to_string(error.code)}, {"side", to_string(error.side)}, {"detail", error.sentence}};
    std::cerr << problem.dump() << '\n';
  } else {
    std::cerr << "knoop: " << error.sentence << '\n';
  }
  return unreachable_ ? ExitCode::unreachable : wrong_settings_ ? ExitCode::wrong_use : ExitCode::refused;
}

Result<std::string> read_file(const std::filesystem::path& path, std::size_t most) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return fail(ErrorCode::not_found, Side::user, "{} cannot be opened", path.string());
  std::string content;
  std::string part(64UL << 10U, '\0');
  while (file) {
    file.read(part.data(), static_cast<std::streamsize>(part.size()));
    content.append(part, 0, static_cast<std::size_t>(file.gcount()));
    if (content.size() > most)
      return fail(ErrorCode::over_limit, Side::user, "{} is longer than {} bytes", path.string(), most);
  }
  if (file.bad()) return fail(ErrorCode::io_failed, Side::user, "{} cannot be read", path.string());
  return content;
}

Result<void> write_file(const std::filesystem::path& path, std::string_view content) {
  if (path == "-") {
    std::cout << content << std::flush;
    return {};
  }
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << content << std::flush;
  if (!file) return fail(ErrorCode::io_failed, Side::user, "{} cannot be written", path.string());
  return {};
}

std::vector<std::string> split_list(std::string_view text, char separator) {
  std::vector<std::string> out;
  while (!text.empty()) {
    const std::size_t end = text.find(separator);
    std::string_view part = text.substr(0, end);
    while (part.starts_with(' ')) part.remove_prefix(1);
    while (part.ends_with(' ')) part.remove_suffix(1);
    out.emplace_back(part);
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return out;
}

std::string query_text(std::string_view text) {
  return http::escape(text);
}

std::string cell(const Json& object, const std::string& field) {
  const auto found = object.find(field);
  if (found == object.end() || found->is_null()) return "";
  if (found->is_string()) return found->get<std::string>();
  if (found->is_boolean()) return found->get<bool>() ? "yes" : "no";
  if (found->is_array()) {
    std::string out;
    for (const Json& element : *found)
      out += (out.empty() ? "" : ",") + (element.is_string() ? element.get<std::string>() : element.dump());
    return out;
  }
  return found->dump();
}

std::string with_query(std::string target, const std::vector<std::pair<std::string, std::string>>& query) {
  char mark = '?';
  for (const auto& [name, value] : query) {
    if (value.empty()) continue;
    target += mark + name + '=' + query_text(value);
    mark = '&';
  }
  return target;
}

void set_if(Json& body, const std::string& field, const std::string& value) {
  if (!value.empty()) body[field] = value;
}

}  // namespace knoop::cli
