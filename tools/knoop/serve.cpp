#include "tools/knoop/serve.h"

#include <pwd.h>
#include <signal.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <thread>

#include "node/core/loop.h"
#include "node/core/services.h"
#include "node/http/api_server.h"
#include "node/http/caller.h"
#include "node/http/openid_exchange.h"
#include "node/net/system_clock.h"
#include "node/net/thread_pool.h"
#include "node/net/zmq_transport.h"
#include "tools/knoop/node_files.h"

namespace knoop::cli {
namespace {

/// Memory of this process ends in no file: no core dump, no debugger of another process of the same user. Long-lived
/// keys are locked in memory by the crypto layer, as far as the system's limits allow.
void protect_process() {
  const rlimit none{0, 0};
  (void)::setrlimit(RLIMIT_CORE, &none);
  (void)::prctl(PR_SET_DUMPABLE, 0);
}

void start_log(const Settings& settings) {
  auto log = spdlog::stdout_logger_mt("knoop");
  constexpr std::array levels{spdlog::level::trace, spdlog::level::debug, spdlog::level::info,
                              spdlog::level::warn, spdlog::level::err};
  log->set_level(levels.at(static_cast<std::size_t>(settings.log.level.value)));
  // What is logged holds no quote, backslash or control character of a stranger: see escaped().
  if (settings.log.format.value == LogFormat::json)
    log->set_pattern(R"({"time":"%Y-%m-%dT%H:%M:%S.%eZ","level":"%l","message":"%v"})",
                     spdlog::pattern_time_type::utc);
  else
    log->set_pattern("%Y-%m-%dT%H:%M:%S.%eZ %l %v", spdlog::pattern_time_type::utc);
  log->flush_on(spdlog::level::info);
  spdlog::set_default_logger(std::move(log));
}

/// One line that is also the inside of a JSON text.
std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : printable(text)) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out;
}

void log_trouble(const Error& error) {
  spdlog::warn("{} ({}): {}", to_string(error.code), to_string(error.side), escaped(error.sentence));
}

/// Signals become an orderly stop. They are blocked in every thread, and waited for in one.
class StopOnSignal {
 public:
  explicit StopOnSignal(std::function<void()> stop) : stop_(std::move(stop)) {
    thread_ = std::thread([this] {
      const sigset_t set = signals();
      int signal = 0;
      while (::sigwait(&set, &signal) != 0) {
      }
      stop_();
    });
  }
  ~StopOnSignal() {
    ::pthread_kill(thread_.native_handle(), SIGTERM);
    thread_.join();
  }
  StopOnSignal(const StopOnSignal&) = delete;
  StopOnSignal& operator=(const StopOnSignal&) = delete;

  /// Before any thread is started.
  static void block() {
    const sigset_t set = signals();
    ::pthread_sigmask(SIG_BLOCK, &set, nullptr);
    ::signal(SIGPIPE, SIG_IGN);
  }

 private:
  static sigset_t signals() {
    sigset_t set;
    ::sigemptyset(&set);
    ::sigaddset(&set, SIGTERM);
    ::sigaddset(&set, SIGINT);
    ::sigaddset(&set, SIGHUP);
    return set;
  }

  std::function<void()> stop_;
  std::thread thread_;
};

/// Says in the log when a link opens or closes; hands everything on to the loop.
class LoggedSink final : public TransportSink {
 public:
  explicit LoggedSink(Loop& loop) : loop_(loop) {}
  void link_up(const MemberId& member) override {
    say(member, "link up");
    loop_.link_up(member);
  }
  void link_down(const MemberId& member) override {
    say(member, "link down");
    loop_.link_down(member);
  }
  void received(const MemberId& member, Bytes frame) override { loop_.received(member, std::move(frame)); }

 private:
  void say(const MemberId& member, std::string_view what) {
    loop_.post([member, what](Node& node, Timestamp) -> Loop::AfterCommit {
      spdlog::info("{}: {}", node.membership().slug(member), what);
      return {};
    });
  }

  Loop& loop_;
};

/// Unix users and their roles: who runs the daemon administers it, others as the settings say.
Result<std::map<uid_t, http::Account>> accounts(const Settings& settings) {
  std::map<uid_t, http::Account> out;
  const passwd* self = ::getpwuid(::geteuid());
  out[::geteuid()] = {self != nullptr ? self->pw_name : "knoop", Role::administrator};
  out.try_emplace(0, http::Account{"root", Role::administrator});
  for (const std::string& entry : split_list(settings.api.accounts.value, ' ')) {
    if (entry.empty()) continue;
    const std::size_t equals = entry.find('=');
    const std::string name = entry.substr(0, equals);
    const auto account = equals == std::string::npos
                             ? std::nullopt
                             : http::parse_account(entry.substr(equals + 1) + ":" + name);
    const passwd* user = ::getpwnam(name.c_str());
    if (!account || user == nullptr)
      return fail(
          ErrorCode::bad_value, Side::user,
          "api.accounts: \"{}\" must be the name of a Unix user, '=' and one of administrator, monitor, "
          "privacy-officer, professional, service, team-lead",
          entry);
    out[user->pw_uid] = *account;
  }
  return out;
}

/// Null when the settings name no identity provider. Nobody is asked anything yet.
Result<std::shared_ptr<http::OpenId>> identity_provider(const Settings& settings) {
  const Settings::OpenId& said = settings.openid;
  if (said.issuer.value.empty()) return nullptr;
  http::OpenIdOptions options;
  options.issuer = said.issuer.value;
  options.client = said.client_id.value;
  options.name = said.name.value;
  for (std::string& word : split_list(said.acr.value, ' '))
    if (!word.empty()) options.acr.push_back(std::move(word));
  KNOOP_LET(read,
            http::read_openid_options(std::move(options), said.client_secret_file.value, said.trust.value));
  return http::make_openid(std::move(read));
}

Result<TransportSecretKey> transport_key(storage::Database& database) {
  KNOOP_LET(tx, database.begin());
  KNOOP_LET(keys, NodeKeys::load(tx));
  KNOOP_TRY(tx.commit());
  return std::move(keys.transport.secret_key);
}

Result<void> log_event(Node& node, Timestamp now, audit::Event event) {
  const auto logged = node.command<std::uint64_t>(Actor::node(), now, [&](Context& context) {
    audit::AuditEntry entry;
    entry.event = event;
    return context.audit(std::move(entry));
  });
  if (!logged) return fail(logged.error());
  return {};
}

/// With which settings the node runs from now on, where they differ from those of its last start (R8.1): who may do what stands in them.
/// None is a secret (config/settings.h).
Result<void> log_settings(Node& node, Timestamp now, const Settings& settings) {
  constexpr std::size_t most = 1500;  // what a field of an entry holds, with room for what is around it
  const auto logged = node.command<int>(Actor::node(), now, [&](Context& context) -> Result<int> {
    KNOOP_LET(row, context.tx.one("SELECT value FROM meta WHERE key = 'settings'"));
    const std::string before = row ? to_text(row->get<ByteView>(0)) : "";
    std::string all = "\n";
    std::string changed;
    for (const EffectiveSetting& one : effective_settings(settings)) {
      const std::string line = fmt::format("{} = {}", one.key, one.value);
      all += line + "\n";
      if (before.find("\n" + line + "\n") != std::string::npos) continue;
      if (before.empty() && one.source == SettingSource::preset) continue;
      const std::string& told = changed.size() + line.size() > most ? one.key : line;
      if (changed.size() + told.size() <= most) changed += (changed.empty() ? "" : "; ") + told;
    }
    if (all == before) return 0;
    KNOOP_TRY(context.tx.exec("INSERT OR REPLACE INTO meta(key, value) VALUES ('settings', ?)", view(all)));
    KNOOP_TRY(context.audit({.event = audit::Event::config_changed,
                             .action = audit::Action::update,
                             .object = "settings",
                             .detail = changed}));
    return 0;
  });
  if (!logged) return fail(logged.error());
  return {};
}

}  // namespace

Result<int> serve(Program& program) {
  protect_process();  // before any key is in memory
  KNOOP_LET(settings, program.settings());
  KNOOP_LET(account_table, accounts(settings));
  KNOOP_LET(provider, identity_provider(settings));
  KNOOP_LET(database, open_database(settings, program.passphrases()));
  start_log(settings);
  StopOnSignal::block();

#ifdef KNOOP_TEST_CLOCK
  const SystemClock clock{std::chrono::seconds(program.clock_offset)};
#else
  const SystemClock clock;
#endif
  OsEntropy entropy;
  Loop loop(clock);
  LoggedSink sink(loop);
  ThreadPool pool(static_cast<unsigned>(settings.matching.worker_threads.value),
                  [&loop](Completion completion) { loop.completed(std::move(completion)); });
  KNOOP_LET(secret, transport_key(*database));
  KNOOP_LET(transport,
            ZmqTransport::start({.listen = settings.listen.exchange.value, .on_fatal = ZmqTransport::die},
                                secret, sink, entropy));
  KNOOP_LET(node, Node::start({std::move(database), entropy, *transport, pool, make_services(), log_trouble},
                              clock.now()));
  KNOOP_TRY(log_event(*node, clock.now(), audit::Event::node_started));
  KNOOP_TRY(log_settings(*node, clock.now(), settings));
  KNOOP_TRY(node->flush(clock.now()));

  http::ApiOptions api;
  api.socket = settings.api.socket.value;
  api.cookie = http::cookie_name(node->membership());
  api.openid = provider;
  if (!settings.api.address.value.empty())
    api.web = {settings.api.address.value, split_list(settings.api.hosts.value, ' '),
               settings.api.certificate.value, settings.api.certificate_key.value, log_trouble};
  api.account_of = [account_table](uid_t uid) -> std::optional<http::Account> {
    const auto found = account_table.find(uid);
    return found == account_table.end() ? std::nullopt : std::optional(found->second);
  };
  api.files.file_bytes = settings.limits.import_file_mib.value << 20U;
  api.files.record_bytes = settings.limits.import_row_kib.value << 10U;
#ifdef KNOOP_TEST_CLOCK
  api.allow_as = true;
#endif
  KNOOP_LET(server, http::ApiServer::start(std::move(api), loop));
  const StopOnSignal signals([&loop] {
    loop.post([](Node& stopping, Timestamp now) -> Loop::AfterCommit {
      if (const auto logged = log_event(stopping, now, audit::Event::node_stopped); !logged)
        log_trouble(logged.error());
      return {};
    });
    loop.stop();
  });
  spdlog::info("{} is up, exchange at {}, API at {}",
               node->membership().own_card() ? node->membership().own_card()->id : "a node without a card",
               transport->endpoint().empty() ? "none (dials out)" : transport->endpoint(),
               settings.api.socket.value);
  if (server->web_port() != 0)
    spdlog::info("API for browsers and programs at {}, port {}", settings.api.address.value,
                 server->web_port());
  const Result<void> ended = loop.run(*node);
  server.reset();
  if (!ended) {
    spdlog::error("stopped: {}", escaped(ended.error().sentence));
    return fail(ended.error());
  }
  spdlog::info("stopped in good order");
  return ExitCode::done;
}

}  // namespace knoop::cli
