// A real node behind a real API socket, with routes of the test's own: for every test of the server.
#pragma once

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <atomic>
#include <thread>

#include "node/core/loop.h"
#include "node/http/api_client.h"
#include "node/http/api_server.h"
#include "node/http/router.h"
#include "tests/support/described_api.h"
#include "tests/support/membership_samples.h"
#include "tests/support/temp_dir.h"
#include "tests/support/test_entropy.h"

namespace knoop::http {

/// Stands still until a test moves it.
class TestClock final : public Clock {
 public:
  [[nodiscard]] Timestamp now() const override { return {ms_.load()}; }
  void advance(Milliseconds time) { ms_ += time.count(); }

 private:
  std::atomic<std::int64_t> ms_{test::at("2026-11-02T08:00:00Z").ms};
};
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

/// One raw connection, for requests that no client would make. Reads until the server closes.
class RawConnection {
 public:
  explicit RawConnection(const std::filesystem::path& path) : fd_(::socket(AF_UNIX, SOCK_STREAM, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    path.native().copy(address.sun_path, sizeof address.sun_path - 1);
    connected_ = ::connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  }
  ~RawConnection() { ::close(fd_); }
  RawConnection(const RawConnection&) = delete;
  RawConnection& operator=(const RawConnection&) = delete;

  [[nodiscard]] bool connected() const { return connected_; }
  /// False when the server closed meanwhile.
  bool send(std::string_view text) const {
    while (!text.empty()) {
      const ssize_t sent = ::send(fd_, text.data(), text.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      text.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }
  [[nodiscard]] std::string read_to_end() const {
    std::string out;
    char part[4096];
    for (;;) {
      const ssize_t got = ::recv(fd_, part, sizeof part, 0);
      if (got <= 0) return out;
      out.append(part, static_cast<std::size_t>(got));
    }
  }

 private:
  int fd_;
  bool connected_ = false;
};

class ServedNode {
 public:
  explicit ServedNode(Router router, ApiOptions options = {}, storage::OpenOptions database = {},
                      std::vector<std::unique_ptr<Service>> services = {}) {
    const auto path = directory_ / "knoop.db";
    const auto key = SymmetricKey{};
    auto opened = storage::Database::open(path, key, storage::OpenMode::create, database).value();
    {
      auto tx = opened->begin().value();
      REQUIRE(NodeKeys::create(entropy_).save(tx, clock_.now()));
      REQUIRE(tx.exec("CREATE TABLE blob(bytes BLOB) STRICT"));
      REQUIRE(tx.commit());
    }
    REQUIRE(opened->flush());
    node_ =
        Node::start({std::move(opened), entropy_, transport_, executor_, std::move(services)}, clock_.now())
            .value();
    options.socket = socket();
    described_ = router.find("GET", parse_target("/openapi.json").value()).has_value();
    if (!options.account_of)
      options.account_of = [](uid_t) { return std::optional(Account{"tester", Role::administrator}); };
    server_ = ApiServer::start(std::move(options), loop_, std::move(router)).value();
    core_ = std::thread(
        [this] { (void)loop_.run(*node_); });  // ends early when a commit fails: the test sees 503
  }
  ~ServedNode() { stop(); }
  ServedNode(const ServedNode&) = delete;
  ServedNode& operator=(const ServedNode&) = delete;

  void stop() {
    if (!core_.joinable()) return;
    loop_.stop();
    core_.join();
    server_.reset();
  }

  [[nodiscard]] std::filesystem::path socket() const { return directory_ / "api.sock"; }
  [[nodiscard]] Answer call(std::string_view method, std::string_view target, std::string_view body = "",
                            std::string_view type = "application/json", const std::string& as = "") const {
    const ApiClient client(socket(), as, std::chrono::seconds(60));
    const auto answer = client.call(method, target, body.empty() ? "" : type, body);
    REQUIRE(answer);
    if (!described_) return *answer;
    for (const std::string& fault : test::described_api().faults(
             {std::string(method), std::string(target), body.empty() ? "" : std::string(type),
              std::string(body), answer->status, answer->type, answer->body}))
      FAIL_CHECK(fault);
    return *answer;
  }
  [[nodiscard]] Json problem(const Answer& answer) const {
    CHECK(answer.type == "application/problem+json");
    return Json::parse(answer.body);
  }
  /// Names of the events in the log, oldest first. After stop().
  [[nodiscard]] std::vector<std::string> events() {
    std::vector<std::string> out;
    const auto read = node_->command<int>(Actor::node(), clock_.now(), [&](Context& context) -> Result<int> {
      KNOOP_TRY(storage::each_audit_entry(
          context.tx, 1, 0, 1000, [&](const audit::ExportedEntry& entry) -> Result<void> {
            const auto value = [&](audit::Field field) {
              return std::get<audit::Opening>(entry.fields[audit::slot(field)]).value;
            };
            out.push_back(value(audit::Field::event) + " " + value(audit::Field::user) + " " +
                          value(audit::Field::object));
            return {};
          }));
      return 0;
    });
    REQUIRE(read);
    return out;
  }
  TestClock& clock() { return clock_; }
  [[nodiscard]] std::uint16_t web_port() const { return server_->web_port(); }

 private:
  testing::TempDir directory_;
  bool described_ = false;  ///< The API's own routes, not those of a test.
  TestEntropy entropy_;
  TestClock clock_;
  NoTransport transport_;
  NoExecutor executor_;
  std::unique_ptr<Node> node_;
  Loop loop_{clock_};
  std::unique_ptr<ApiServer> server_;
  std::thread core_;
};

}  // namespace knoop::http
