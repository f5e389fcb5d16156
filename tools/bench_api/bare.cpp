#include "tools/bench_api/bare.h"

#include <sqlite3.h>

#include <chrono>
#include <map>
#include <stdexcept>

#include "node/core/exchange_service.h"
#include "node/core/node.h"
#include "node/core/records.h"
#include "node/core/services.h"
#include "node/core/work_list.h"
#include "node/net/os_entropy.h"
#include "node/net/system_clock.h"
#include "protocol/records/calendar.h"
#include "tools/bench_scale/network.h"

namespace knoop::bench {
namespace {

using Clock = std::chrono::steady_clock;
constexpr std::size_t different = 200;

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

struct Query {
  std::string file;  ///< Of the records, or of the clients' keys.
  std::string sql;   ///< With its values.
};
using Queries = std::vector<Query>;  ///< Of one request.

std::string file_of(sqlite3* database) {
  const char* const name = sqlite3_db_filename(database, "main");
  return name == nullptr ? "" : name;
}

/// Sees every statement of every database that is opened while it exists; takes down the SELECTs when told to.
class Trace {
 public:
  Trace() {
    open_ = this;
    sqlite3_auto_extension(reinterpret_cast<void (*)()>(&Trace::opened));
  }
  ~Trace() {
    sqlite3_cancel_auto_extension(reinterpret_cast<void (*)()>(&Trace::opened));
    open_ = nullptr;
  }
  Trace(const Trace&) = delete;
  Trace& operator=(const Trace&) = delete;

  void listen(Queries* queries) { queries_ = queries; }
  /// What was opened last under each name.
  [[nodiscard]] const std::map<std::string, sqlite3*>& databases() const { return databases_; }

 private:
  static int opened(sqlite3* database, char**, const void*) {
    open_->databases_[file_of(database)] = database;
    return sqlite3_trace_v2(database, SQLITE_TRACE_STMT, &Trace::stepped, open_);
  }
  static int stepped(unsigned, void* self, void* statement, void*) {
    auto* const queries = static_cast<Trace*>(self)->queries_;
    auto* const one = static_cast<sqlite3_stmt*>(statement);
    if (queries == nullptr || sqlite3_stmt_readonly(one) == 0 || sqlite3_column_count(one) == 0) return 0;
    char* const text = sqlite3_expanded_sql(one);
    if (text != nullptr) queries->push_back({file_of(sqlite3_db_handle(one)), text});
    sqlite3_free(text);
    return 0;
  }

  inline static Trace* open_ = nullptr;
  std::map<std::string, sqlite3*> databases_;
  Queries* queries_ = nullptr;
};

class Prepared {
 public:
  Prepared(sqlite3* database, const std::string& sql) : database_(database) {
    if (sqlite3_prepare_v2(database, sql.c_str(), -1, &statement_, nullptr) != SQLITE_OK)
      throw std::runtime_error(sqlite3_errmsg(database));
  }
  Prepared(Prepared&& other) noexcept
      : database_(other.database_), statement_(std::exchange(other.statement_, nullptr)) {}
  Prepared(const Prepared&) = delete;
  Prepared& operator=(const Prepared&) = delete;
  Prepared& operator=(Prepared&&) = delete;
  ~Prepared() { sqlite3_finalize(statement_); }

  /// Takes every column of every row; how many bytes they had.
  std::size_t run() {
    std::size_t bytes = 0;
    int state = SQLITE_ROW;
    while ((state = sqlite3_step(statement_)) == SQLITE_ROW)
      for (int column = 0; column < sqlite3_column_count(statement_); ++column) {
        sqlite3_column_blob(statement_, column);
        bytes += static_cast<std::size_t>(sqlite3_column_bytes(statement_, column));
      }
    if (state != SQLITE_DONE) throw std::runtime_error(sqlite3_errmsg(database_));
    sqlite3_reset(statement_);
    return bytes;
  }

 private:
  sqlite3* database_;
  sqlite3_stmt* statement_ = nullptr;
};

/// What the handler of such a request does (node/http/routes_{records,work,exchange}.cpp).
Result<void> answer(Node& node, Context& context, const RequestPlan& plan, std::size_t at) {
  switch (plan.kind) {
    case RequestKind::look_up: {
      storage::ClientFilter filter;
      filter.bsn = looked_up(plan, at);
      filter.today = dutch_day(context.now);
      filter.limit = 100;
      KNOOP_LET(found, search_clients(context, std::move(filter)));
      if (found.size() != 1) return fail(ErrorCode::not_found, Side::ours, "a look-up found nobody");
      return {};
    }
    case RequestKind::work:
      return work_list(context, plan.owner).map([](const auto&) {});
    case RequestKind::decision: {
      const auto recipient = context.membership().by_slug(plan.recipient);
      if (!recipient) return fail(ErrorCode::not_found, Side::ours, "the recipient is no member");
      return node.service<ExchangeService>()
          .preview(context, plan.prepared.at(at % plan.prepared.size()), *recipient,
                   consent::Purpose::handover, {Category::person, Category::reason, Category::strengths}, {})
          .map([](const auto&) {});
    }
  }
  return {};
}

/// What the node asks its database for each of these.
Result<std::vector<Queries>> take_down(std::unique_ptr<storage::Database> database, Entropy& entropy,
                                       Trace& trace, const RequestPlan& plan) {
  NoTransport transport;
  NoExecutor executor;
  const Timestamp now = SystemClock().now();
  KNOOP_LET(node, Node::start({std::move(database), entropy, transport, executor, make_services()}, now));
  std::vector<Queries> out;
  const Actor actor{Role::professional, "meting", "", std::nullopt, "console"};
  for (std::size_t at = 0; at < different; ++at) {
    trace.listen(&out.emplace_back());
    const auto answered = node->command<int>(
        actor, now, [&](Context& context) { return answer(*node, context, plan, at).map([] { return 0; }); });
    trace.listen(nullptr);
    if (!answered) return fail(answered.error());
  }
  KNOOP_TRY(node->flush(now));
  return out;
}

}  // namespace

Result<Bare> run_bare(const std::filesystem::path& folder, const RequestPlan& plan, double seconds) {
  OsEntropy entropy;
  Trace trace;
  KNOOP_LET(first, open_node({folder}));
  first->use_entropy(entropy);
  KNOOP_LET(queries, take_down(std::move(first), entropy, trace, plan));
  KNOOP_LET(database, open_node({folder}));  // opened anew: nothing of the node is in its caches

  const auto& opened = trace.databases();
  std::vector<std::vector<Prepared>> prepared;
  std::size_t count = 0;
  for (const Queries& of_one : queries) {
    auto& list = prepared.emplace_back();
    for (const Query& query : of_one) list.emplace_back(opened.at(query.file), query.sql);
    count += of_one.size();
  }
  std::vector<Prepared> begin;
  std::vector<Prepared> commit;
  for (const auto& [file, handle] : opened) {
    begin.emplace_back(handle, "BEGIN");
    commit.emplace_back(handle, "COMMIT");
  }
  const auto run_one = [&](std::vector<Prepared>& list) {
    for (Prepared& each : begin) each.run();
    for (Prepared& query : list) query.run();
    for (Prepared& each : commit) each.run();
  };
  for (auto& list : prepared) run_one(list);  // pages that the node would have in its cache too

  Bare out;
  const auto began = Clock::now();
  do {
    run_one(prepared[out.requests % prepared.size()]);
    ++out.requests;
    out.seconds = std::chrono::duration<double>(Clock::now() - began).count();
  } while (out.seconds < seconds);
  out.queries = static_cast<double>(count) / static_cast<double>(queries.size());
  return out;
}

}  // namespace knoop::bench
