#include "config/settings.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <functional>
#include <optional>
#include <set>

#include "config/document.h"
#include "config/endpoint.h"
#include "crypto/base/assert.h"

namespace knoop {
namespace {

constexpr std::string_view environment_prefix = "KNOOP_";
/// Variables of ours that are no setting: where the settings file is.
constexpr std::string_view file_variable = "KNOOP_CONFIG";
constexpr std::size_t max_path = 4'096;

constexpr std::array<std::pair<LogLevel, std::string_view>, 5> log_levels{{{LogLevel::trace, "trace"},
                                                                           {LogLevel::debug, "debug"},
                                                                           {LogLevel::info, "info"},
                                                                           {LogLevel::warning, "warning"},
                                                                           {LogLevel::error, "error"}}};
constexpr std::array<std::pair<LogFormat, std::string_view>, 2> log_formats{
    {{LogFormat::text, "text"}, {LogFormat::json, "json"}}};

template <typename T, std::size_t N>
std::string_view word_of(const std::array<std::pair<T, std::string_view>, N>& words, T value) {
  const auto found = std::ranges::find(words, value, &std::pair<T, std::string_view>::first);
  KNOOP_ASSERT(found != words.end(), "a setting outside its enumeration");
  return found->second;
}

/// What is wrong with a value, or nothing.
using Complaint = std::optional<std::string>;

/// One setting: how its text becomes its value and back, and what TOML must call it.
struct Field {
  enum class Kind { text, number };
  std::string name;
  Kind kind;
  std::function<Complaint(Settings&, std::string_view value)> set;
  std::function<std::string(const Settings&)> show;
  std::function<void(Settings&, SettingSource, std::string where)> mark;
  std::function<std::pair<SettingSource, std::string>(const Settings&)> origin;
};

template <typename Pick>
Field make_field(std::string name, Field::Kind kind, Pick pick,
                 std::function<Complaint(Settings&, std::string_view)> set,
                 std::function<std::string(const Settings&)> show) {
  return {std::move(name),
          kind,
          std::move(set),
          std::move(show),
          [pick](Settings& settings, SettingSource source, std::string where) {
            pick(settings).source = source;
            pick(settings).where = std::move(where);
          },
          [pick](const Settings& settings) {
            return std::pair{pick(settings).source, pick(settings).where};
          }};
}

template <typename Pick>
Field text_field(std::string name, Pick pick, std::string_view what, bool (*good)(std::string_view)) {
  return make_field(
      std::move(name), Field::Kind::text, pick,
      [pick, what, good](Settings& settings, std::string_view value) -> Complaint {
        if (!good(value)) return std::string(what);
        pick(settings).value = value;
        return std::nullopt;
      },
      [pick](const Settings& settings) { return toml_text(pick(settings).value); });
}

template <typename Pick, typename Words>
Field word_field(std::string name, Pick pick, const Words& words) {
  return make_field(
      std::move(name), Field::Kind::text, pick,
      [pick, &words](Settings& settings, std::string_view value) -> Complaint {
        for (const auto& [choice, word] : words)
          if (word == value) {
            pick(settings).value = choice;
            return std::nullopt;
          }
        std::string all;
        for (const auto& [choice, word] : words) all += fmt::format("{}{}", all.empty() ? "" : ", ", word);
        return fmt::format("must be one of {}", all);
      },
      [pick, &words](const Settings& settings) { return toml_text(word_of(words, pick(settings).value)); });
}

template <typename Pick>
Field number_field(std::string name, Pick pick, std::uint64_t least, std::uint64_t most) {
  return make_field(
      std::move(name), Field::Kind::number, pick,
      [pick, least, most](Settings& settings, std::string_view value) -> Complaint {
        std::uint64_t number = 0;
        const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), number);
        if (error != std::errc{} || end != value.data() + value.size() || number < least || number > most)
          return fmt::format("must be a whole number from {} to {}", least, most);
        pick(settings).value = number;
        return std::nullopt;
      },
      [pick](const Settings& settings) { return std::to_string(pick(settings).value); });
}

bool is_absolute_path(std::string_view text) {
  return text.size() <= max_path && text.starts_with('/') && text.find('\0') == std::string_view::npos;
}
bool is_absolute_path_or_empty(std::string_view text) {
  return text.empty() || is_absolute_path(text);
}
bool is_endpoint_or_empty(std::string_view text) {
  return text.empty() || is_endpoint(text);
}
bool is_address_or_empty(std::string_view text) {
  return text.empty() || is_address_and_port(text);
}
bool is_host_list(std::string_view text) {
  return text.size() <= 1024 && std::ranges::all_of(text, [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
                  c == '.' || c == ':' || c == ' ';
         });
}
/// What is right beyond this, the program that serves sees.
bool is_issuer_or_empty(std::string_view text) {
  return text.empty() ||
         (text.size() <= 1024 && (text.starts_with("https://") || text.starts_with("http://127.0.0.1") ||
                                  text.starts_with("http://localhost") || text.starts_with("http://[::1]")));
}
/// One line.
bool is_plain_text(std::string_view text) {
  return text.size() <= 255 &&
         std::ranges::none_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; });
}
/// The kernel keeps 108 bytes for the name of a unix socket, its zero byte included.
bool is_socket_path(std::string_view text) {
  return is_absolute_path(text) && text.size() < 108;
}

/// Words "name=role" between spaces, or nothing.
bool is_account_list(std::string_view text) {
  if (text.size() > max_path) return false;
  while (!text.empty()) {
    const std::string_view word = text.substr(0, text.find(' '));
    text.remove_prefix(std::min(text.size(), word.size() + 1));
    const std::size_t equals = word.find('=');
    const bool good = equals != std::string_view::npos && equals > 0 && equals + 1 < word.size() &&
                      std::ranges::all_of(word, [](char c) { return c > 0x20 && c < 0x7f; });
    if (!good) return false;
  }
  return true;
}

const std::vector<Field>& fields() {
  static const std::vector<Field> all{
      text_field(
          "node.data_dir", [](auto& s) -> auto& { return s.node.data_dir; }, "must be an absolute path",
          is_absolute_path),
      text_field(
          "listen.exchange", [](auto& s) -> auto& { return s.listen.exchange; },
          "must look like tcp://address:port, or be empty for a node that only dials out",
          is_endpoint_or_empty),
      text_field(
          "api.socket", [](auto& s) -> auto& { return s.api.socket; },
          "must be an absolute path of less than 108 bytes", is_socket_path),
      text_field(
          "api.accounts", [](auto& s) -> auto& { return s.api.accounts; },
          "must be a list such as \"jansen=professional pietersen=monitor\"", is_account_list),
      text_field(
          "api.address", [](auto& s) -> auto& { return s.api.address; },
          "must look like 127.0.0.1:7411, or be empty", is_address_or_empty),
      text_field(
          "api.hosts", [](auto& s) -> auto& { return s.api.hosts; },
          "must be a list of host names such as \"knoop.example knoop.example:8443\"", is_host_list),
      text_field(
          "api.certificate", [](auto& s) -> auto& { return s.api.certificate; },
          "must be an absolute path, or empty for no TLS", is_absolute_path_or_empty),
      text_field(
          "api.certificate_key", [](auto& s) -> auto& { return s.api.certificate_key; },
          "must be an absolute path, or empty for no TLS", is_absolute_path_or_empty),
      text_field(
          "openid.issuer", [](auto& s) -> auto& { return s.openid.issuer; },
          "must look like https://login.example/, or be empty; http is for this machine alone",
          is_issuer_or_empty),
      text_field(
          "openid.client_id", [](auto& s) -> auto& { return s.openid.client_id; },
          "must be one line of at most 255 bytes", is_plain_text),
      text_field(
          "openid.client_secret_file", [](auto& s) -> auto& { return s.openid.client_secret_file; },
          "must be an absolute path, or empty for a public client", is_absolute_path_or_empty),
      text_field(
          "openid.name", [](auto& s) -> auto& { return s.openid.name; },
          "must be one line of at most 255 bytes", is_plain_text),
      text_field(
          "openid.acr", [](auto& s) -> auto& { return s.openid.acr; }, "must be words with spaces between",
          is_plain_text),
      text_field(
          "openid.trust", [](auto& s) -> auto& { return s.openid.trust; },
          "must be an absolute path, or empty for the authorities of the system", is_absolute_path_or_empty),
      text_field(
          "database.key_file", [](auto& s) -> auto& { return s.database.key_file; },
          "must be an absolute path, or empty to be asked for the passphrase", is_absolute_path_or_empty),
      word_field(
          "log.level", [](auto& s) -> auto& { return s.log.level; }, log_levels),
      word_field(
          "log.format", [](auto& s) -> auto& { return s.log.format; }, log_formats),
      number_field(
          "limits.import_file_mib", [](auto& s) -> auto& { return s.limits.import_file_mib; }, 1, 65'536),
      number_field(
          "limits.import_rows", [](auto& s) -> auto& { return s.limits.import_rows; }, 1, 100'000'000),
      number_field(
          "limits.import_row_kib", [](auto& s) -> auto& { return s.limits.import_row_kib; }, 1, 16'384),
      number_field(
          "matching.worker_threads", [](auto& s) -> auto& { return s.matching.worker_threads; }, 0, 1'024),
  };
  return all;
}

const Field* find_field(std::string_view name) {
  const auto found = std::ranges::find(fields(), name, &Field::name);
  return found == fields().end() ? nullptr : &*found;
}

std::pair<std::string, std::string> split(std::string_view name) {
  const std::size_t dot = name.find('.');
  return {std::string(name.substr(0, dot)), std::string(name.substr(dot + 1))};
}

class Collector {
 public:
  void complain(std::string sentence) { complaints_.push_back(std::move(sentence)); }

  void set(Settings& settings, const Field& field, std::string_view value, SettingSource source,
           const std::string& where) {
    if (const Complaint complaint = field.set(settings, value))
      complain(fmt::format("{}: {} {}", where, field.name, *complaint));
    else
      field.mark(settings, source, where);
  }

  void unknown(std::string_view where, std::string_view typed, const std::set<std::string>& known) {
    const auto near = nearest(typed, known);
    complain(near ? fmt::format("{}: {} is unknown; did you mean {}?", where, typed, *near)
                  : fmt::format("{}: {} is unknown", where, typed));
  }

  [[nodiscard]] Result<void> result() const {
    if (complaints_.empty()) return {};
    return fail(ErrorCode::bad_value, Side::user, "{}", fmt::join(complaints_, "\n"));
  }

 private:
  std::vector<std::string> complaints_;
};

void read_section(Settings& settings, Collector& collector, const std::string& file,
                  const std::string& section, const DocumentTable& table) {
  std::set<std::string> known;
  for (const Field& field : fields())
    if (const auto [in, key] = split(field.name); in == section) known.insert(key);
  for (const auto& [key, value] : table) {
    const std::string where = fmt::format("{} line {}", file, value.line);
    const Field* const field = find_field(section + "." + key);
    if (field == nullptr) {
      collector.unknown(where, key, known);
      continue;
    }
    const auto* const text = std::get_if<std::string>(&value.data);
    const auto* const number = std::get_if<std::int64_t>(&value.data);
    if (field->kind == Field::Kind::text && text != nullptr)
      collector.set(settings, *field, *text, SettingSource::file, where);
    else if (field->kind == Field::Kind::number && number != nullptr)
      collector.set(settings, *field, std::to_string(*number), SettingSource::file, where);
    else
      collector.complain(
          fmt::format("{}: {} must be {}", where, field->name,
                      field->kind == Field::Kind::text ? "a text between quotes" : "a whole number"));
  }
}

Result<void> read_file(Settings& settings, Collector& collector, const SettingsSources& sources) {
  KNOOP_LET(document, parse_document(sources.file, max_settings_bytes, Side::user));
  std::set<std::string> sections;
  for (const Field& field : fields()) sections.insert(split(field.name).first);
  for (const auto& [section, value] : document) {
    const auto* const table = std::get_if<DocumentTable>(&value.data);
    if (sections.contains(section) && table != nullptr)
      read_section(settings, collector, sources.file_name, section, *table);
    else
      collector.unknown(fmt::format("{} line {}", sources.file_name, value.line),
                        table == nullptr ? section : fmt::format("[{}]", section), sections);
  }
  return {};
}

void read_environment(Settings& settings, Collector& collector, const SettingsSources& sources) {
  std::map<std::string, const Field*> by_variable;
  std::set<std::string> known;
  for (const Field& field : fields()) {
    by_variable.emplace(environment_name(field.name), &field);
    known.insert(environment_name(field.name));
  }
  for (const auto& [variable, value] : sources.environment) {
    if (!variable.starts_with(environment_prefix) || variable == file_variable) continue;
    const auto found = by_variable.find(variable);
    if (found == by_variable.end())
      collector.unknown("environment", variable, known);
    else
      collector.set(settings, *found->second, value, SettingSource::environment, variable);
  }
}

void read_flags(Settings& settings, Collector& collector, const SettingsSources& sources) {
  std::set<std::string> known;
  for (const Field& field : fields()) known.insert(field.name);
  for (const auto& [name, value] : sources.flags) {
    const Field* const field = find_field(name);
    if (field == nullptr)
      collector.unknown("command line", name, known);
    else
      collector.set(settings, *field, value, SettingSource::flag, "command line");
  }
}

}  // namespace

std::string_view to_string(LogLevel level) {
  return word_of(log_levels, level);
}
std::string_view to_string(LogFormat format) {
  return word_of(log_formats, format);
}

std::string_view to_string(SettingSource source) {
  switch (source) {
    case SettingSource::preset:
      return "default";
    case SettingSource::file:
      return "file";
    case SettingSource::environment:
      return "environment";
    case SettingSource::flag:
      return "flag";
  }
  KNOOP_ASSERT(false, "a source outside its enumeration");
}

Result<Settings> read_settings(const SettingsSources& sources) {
  Settings settings;
  Collector collector;
  if (const auto read = read_file(settings, collector, sources); !read)
    collector.complain(fmt::format("{}: {}", sources.file_name, read.error().sentence));
  read_environment(settings, collector, sources);
  read_flags(settings, collector, sources);
  KNOOP_TRY(collector.result());
  return settings;
}

std::vector<EffectiveSetting> effective_settings(const Settings& settings) {
  std::vector<EffectiveSetting> out;
  for (const Field& field : fields()) {
    const auto [source, where] = field.origin(settings);
    out.push_back({field.name, field.show(settings), source, where});
  }
  return out;
}

std::vector<std::string> setting_names() {
  std::vector<std::string> out;
  for (const Field& field : fields()) out.push_back(field.name);
  return out;
}

std::string environment_name(std::string_view setting) {
  std::string out(environment_prefix);
  for (const char c : setting)
    out += c == '.' ? '_' : (c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c);
  return out;
}

bool is_address_and_port(std::string_view text) {
  constexpr std::string_view scheme = "tcp://";
  const bool any_port = text.ends_with(":0");
  const std::string_view asked = any_port ? text.substr(0, text.size() - 1) : text;
  if (!is_endpoint(std::string(scheme) + std::string(asked) + (any_port ? "1" : ""))) return false;
  const std::string_view host = text.substr(0, text.rfind(':'));
  return host.front() == '[' || host.find_first_not_of("0123456789.") == std::string_view::npos;
}

}  // namespace knoop
