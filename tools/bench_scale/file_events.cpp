#include "tools/bench_scale/file_events.h"

#include <time.h>

#include <algorithm>
#include <deque>
#include <thread>

#include "node/core/attachment_service.h"
#include "node/core/consent_service.h"
#include "node/core/node.h"
#include "node/net/system_clock.h"
#include "protocol/records/calendar.h"
#include "storage/erasure_repository.h"
#include "storage/records_repository.h"
#include "tools/bench_scale/network.h"

namespace knoop::bench {
namespace {

constexpr std::string_view client_ref = "K-1";
const Actor worker{Role::professional, "meting", "", std::nullopt, "console"};

/// Stands for matching: both know one child.
class OneChild final : public Service, public CaseDirectory {
 public:
  void register_handlers(Dispatcher&) override {}
  Result<std::optional<Case>> find_case(Context&, const MemberId&, const exchange::About&) override {
    return std::optional(Case{std::string(client_ref), std::nullopt});
  }
};

std::vector<std::unique_ptr<Service>> services() {
  auto child = std::make_unique<OneChild>();
  auto exchange = std::make_unique<ExchangeService>();
  exchange->add_directory(*child);
  auto consents = std::make_unique<ConsentService>(*exchange);
  auto files = std::make_unique<AttachmentService>(*exchange);
  exchange->add_observer(*files);
  std::vector<std::unique_ptr<Service>> out;
  out.push_back(std::move(child));
  out.push_back(std::move(exchange));
  out.push_back(std::move(consents));
  out.push_back(std::move(files));
  return out;
}

double cpu_ms() {
  timespec now{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) * 1e-6;
}

/// One node, its inbox, and the other's inbox as its way out.
class Half final : public Transport, public Executor {
 public:
  static Result<std::unique_ptr<Half>> start(std::string name, const NodeFolder& folder, Entropy& entropy) {
    std::unique_ptr<Half> out(new Half(std::move(name)));
    KNOOP_LET(database, open_node(folder));
    database->use_entropy(entropy);
    KNOOP_LET(node, Node::start({std::move(database), entropy, *out, *out, services()}, out->clock_.now()));
    out->node_ = std::move(node);
    return out;
  }
  void meet(Half& other, const MemberId& id) {
    other_ = &other;
    other_id_ = id;
  }
  void greet() { node_->link_up(other_id_, clock_.now()); }

  void set_links(std::vector<Link>) override {}
  void send(const MemberId&, Bytes frame) override { other_->inbox_.push_back(std::move(frame)); }
  void submit(Work work) override { done_.push_back(work()); }
  [[nodiscard]] unsigned width() const override { return 1; }

  /// What waits, one event and its commit. False when nothing did.
  Result<bool> step(std::map<std::string, Costs>& costs) {
    const Timestamp now = clock_.now();
    if (!inbox_.empty()) {
      Bytes frame = std::move(inbox_.front());
      inbox_.pop_front();
      KNOOP_TRY(run(costs, "a message comes", [&] {
        node_->received(other_id_, std::move(frame), now);
        return Result<void>{};
      }));
      return true;
    }
    if (!done_.empty()) {
      const Completion completion = std::move(done_.front());
      done_.pop_front();
      KNOOP_TRY(run(costs, "work is done", [&] {
        node_->completed(completion, now);
        return Result<void>{};
      }));
      return true;
    }
    if (const auto due = node_->next_due(); due && *due <= now) {
      KNOOP_TRY(run(costs, "a timer", [&] {
        node_->tick(now);
        return Result<void>{};
      }));
      return true;
    }
    return false;
  }
  template <typename T>
  Result<T> command(std::map<std::string, Costs>& costs, const std::string& what,
                    const std::function<Result<T>(Context&)>& act) {
    std::optional<Result<T>> answer;
    KNOOP_TRY(run(costs, what, [&]() -> Result<void> {
      answer = node_->command<T>(worker, clock_.now(), act);
      return answer->has_value() ? Result<void>{} : Result<void>(fail(answer->error()));
    }));
    return std::move(*answer);
  }
  template <typename S>
  S& service() {
    return node_->service<S>();
  }
  [[nodiscard]] Timestamp now() const { return clock_.now(); }

 private:
  explicit Half(std::string name) : name_(std::move(name)) {}

  Result<void> run(std::map<std::string, Costs>& costs, const std::string& what,
                   const std::function<Result<void>()>& act) {
    KNOOP_TRY(measured(costs[fmt::format("{}: {}", name_, what)], act));
    return measured(costs[fmt::format("{}: commit, and frames leave", name_)],
                    [&] { return node_->flush(clock_.now()); });
  }
  static Result<void> measured(Costs& into, const std::function<Result<void>()>& act) {
    const auto began = std::chrono::steady_clock::now();
    const double cpu = cpu_ms();
    const Result<void> done = act();
    into.cpu.push_back(cpu_ms() - cpu);
    into.wall.push_back(
        std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - began).count());
    return done;
  }

  std::string name_;
  SystemClock clock_;
  Half* other_ = nullptr;
  MemberId other_id_{};
  std::deque<Bytes> inbox_;
  std::deque<Completion> done_;
  std::unique_ptr<Node> node_;
};

class Measurement {
 public:
  Measurement(std::size_t bytes, Entropy& entropy) : bytes_(bytes), entropy_(entropy) {}

  Result<std::map<std::string, Costs>> run(const std::filesystem::path& folder) {
    const Timestamp now = SystemClock().now();
    KNOOP_LET(network, make_network(entropy_, 1, 1, now));
    const Organisation& here = network.measured;
    const Organisation& there = network.peers.front();
    const NodeFolder owner_folder{folder / "owner"};
    const NodeFolder receiver_folder{folder / "receiver"};
    KNOOP_TRY(make_node(owner_folder, here, {&there}, network.convenant, 0, entropy_, now).map([](auto) {}));
    KNOOP_TRY(
        make_node(receiver_folder, there, {&here}, network.convenant, 0, entropy_, now).map([](auto) {}));
    KNOOP_LET(owner, Half::start("owner", owner_folder, entropy_));
    KNOOP_LET(receiver, Half::start("receiver", receiver_folder, entropy_));
    owner_ = std::move(owner);
    receiver_ = std::move(receiver);
    owner_id_ = here.card.member;
    receiver_id_ = there.card.member;
    owner_->meet(*receiver_, receiver_id_);
    receiver_->meet(*owner_, owner_id_);
    owner_->greet();
    receiver_->greet();
    for (Half* side : {owner_.get(), receiver_.get()})
      KNOOP_TRY(side->command<bool>(costs_, "set up", [&](Context& context) { return add_child(context); }));
    KNOOP_TRY(until([&] { return reachable(*receiver_, owner_id_); }, "the two nodes to greet each other"));

    KNOOP_LET(basis, owner_->command<BasisId>(costs_, "a consent is recorded",
                                              [&](Context& context) { return consent(context); }));
    // A file from the hand that puts it in to the eyes that read it.
    KNOOP_LET(first, give());
    KNOOP_TRY(until([&] { return state(first) == storage::IncomingState::complete; }, "the file to come"));
    const auto pieces =
        static_cast<std::uint32_t>((bytes_ + exchange::piece_size - 1) / exchange::piece_size);
    for (std::uint32_t number = 0; number < pieces; ++number)
      KNOOP_TRY(receiver_->command<Bytes>(costs_, "a piece is read", [&](Context& context) {
        return receiver_->service<AttachmentService>().received_piece(context, owner_id_, first.exchange,
                                                                      first.fragment, number);
      }));
    // Another is withdrawn half-way, with pieces in the outbox; what came of it is deleted.
    KNOOP_LET(second, give());
    KNOOP_TRY(until([&] { return have(second) >= pieces / 2; }, "half of the file to come"));
    KNOOP_TRY(owner_->command<ExchangeService::WithdrawalEffect>(
        costs_, "a consent is withdrawn",
        [&](Context& context) { return owner_->service<ConsentService>().withdraw(context, basis); }));
    KNOOP_TRY(until([&] { return state(second) == storage::IncomingState::stopped; }, "the file to stop"));
    KNOOP_TRY(until([&] { return stored(*receiver_) <= pieces; }, "its pieces to be deleted"));
    // And the first goes at its owner.
    KNOOP_TRY(owner_->command<bool>(costs_, "a fragment with its file is destroyed", [&](Context& context) {
      context.wake();
      return storage::erase_fragment(context.tx, first.fragment);
    }));
    KNOOP_TRY(until([&] { return stored(*owner_) <= pieces; }, "its pieces to be deleted"));
    return std::move(costs_);
  }

 private:
  struct Given {
    FragmentId fragment;
    ExchangeId exchange;
  };

  Result<bool> add_child(Context& context) {
    records::Client child;
    child.ref = client_ref;
    child.surname = "Meting";
    child.birth_date = Date{dutch_day(context.now).year - 8, 1, 1};
    return storage::put_client(context.tx, child, context.now).map([](const auto&) { return true; });
  }

  Result<BasisId> consent(Context& context) {
    const Date today = dutch_day(context.now);
    consent::Consent record;
    record.client = client_ref;
    record.answer = consent::Answer::yes;
    record.givers = {{consent::Capacity::parent, "ouder", "bekend", "gezagsregister ingezien", today}};
    record.recipient = receiver_id_;
    record.purpose = consent::Purpose::handover;
    record.categories = {Category::attachments};
    record.from = today;
    record.until = Date::from_days(today.days() + 30);
    record.way = consent::Way::oral;
    record.text_version = "2026-1";
    record.told_withdrawable = true;
    return owner_->service<ConsentService>().record(context, record);
  }

  Result<Given> give() {
    Given out;
    auto& files = owner_->service<AttachmentService>();
    KNOOP_LET(fragment, owner_->command<FragmentId>(costs_, "a file is begun", [&](Context& context) {
      return files.begin(context, {std::string(client_ref), "meting.pdf", "application/pdf", bytes_});
    }));
    out.fragment = fragment;
    Bytes piece;
    std::uint32_t number = 0;
    for (std::size_t at = 0; at < bytes_; at += exchange::piece_size, ++number) {
      piece.resize(std::min(exchange::piece_size, bytes_ - at));
      entropy_.fill(piece);
      if (number == 0) std::ranges::copy(std::string_view("%PDF-1.7\n"), piece.begin());
      KNOOP_TRY(owner_->command<bool>(costs_, "a piece is put in", [&](Context& context) {
        return files.put(context, out.fragment, number, piece).map([] { return true; });
      }));
    }
    const auto finish = [&](Context& context) {
      const AttachmentService::Words words{"Meting", "meting", dutch_day(context.now), {"jeugdige"}, "", {}};
      return files.finish(context, out.fragment, words).map([] { return true; });
    };
    KNOOP_TRY(owner_->command<bool>(costs_, "a file is finished", finish));
    KNOOP_LET(exchange, receiver_->command<ExchangeId>(costs_, "fragments are asked", [&](Context& context) {
      exchange::About about;
      about.match = matching::MatchId(std::array<Byte, 16>{1});
      return receiver_->service<ExchangeService>().request(
          context,
          {owner_id_, about, consent::Purpose::handover, "meting", "meting", {Category::attachments}});
    }));
    out.exchange = exchange;
    KNOOP_TRY(until([&] { return asked(out.exchange); }, "the request to come"));
    KNOOP_LET(
        answered,
        owner_->command<ExchangeService::Answered>(costs_, "a request is answered", [&](Context& context) {
          ExchangeService::Selection selection;
          return owner_->service<ExchangeService>().answer(context, receiver_id_, out.exchange, selection);
        }));
    if (!answered.offered)
      return fail(ErrorCode::wrong_state, Side::ours, "nothing was offered: {}",
                  to_string(answered.decisions.front().reason));
    return out;
  }

  /// Both nodes do what waits, in turn. Looking is measured nowhere.
  Result<void> until(const std::function<bool()>& happened, std::string_view what) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes(5);
    while (!happened()) {
      bool moved = false;
      for (int turn = 0; turn < 20; ++turn)
        for (Half* side : {owner_.get(), receiver_.get()}) {
          KNOOP_LET(one, side->step(costs_));
          moved = moved || one;
        }
      if (moved) continue;
      if (std::chrono::steady_clock::now() > deadline)
        return fail(ErrorCode::io_failed, Side::ours, "waited in vain for {}", what);
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
    }
    return {};
  }
  template <typename T>
  T look(Half& side, const std::function<Result<T>(Context&)>& at) {
    std::map<std::string, Costs> aside;
    return side.command<T>(aside, "look", at).value_or(T{});
  }
  bool reachable(Half& side, const MemberId& peer) {
    return look<bool>(side, [&](Context& context) -> Result<bool> { return context.reachable(peer); });
  }
  bool asked(const ExchangeId& exchange) {
    return look<bool>(*owner_, [&](Context& context) -> Result<bool> {
      KNOOP_LET(found, storage::find_release(context.tx, receiver_id_, exchange));
      return found.has_value();
    });
  }
  std::optional<AttachmentService::Listed> listed(const Given& given) {
    const auto all = look<std::vector<AttachmentService::Listed>>(*receiver_, [&](Context& context) {
      return receiver_->service<AttachmentService>().received_files(context, std::string(client_ref));
    });
    const auto found = std::ranges::find_if(all, [&](const AttachmentService::Listed& one) {
      return one.exchange == given.exchange && one.fragment == given.fragment;
    });
    return found == all.end() ? std::nullopt : std::optional(*found);
  }
  std::optional<storage::IncomingState> state(const Given& given) {
    const auto found = listed(given);
    return found ? std::optional(found->state) : std::nullopt;
  }
  std::uint32_t have(const Given& given) {
    const auto found = listed(given);
    return found ? found->have : 0;
  }
  std::int64_t stored(Half& side) {
    return look<std::int64_t>(side, [](Context& context) -> Result<std::int64_t> {
      KNOOP_LET(row, context.tx.one("SELECT count(*) FROM attachment_pieces"));
      return row->get<std::int64_t>(0);
    });
  }

  std::size_t bytes_;
  Entropy& entropy_;
  std::map<std::string, Costs> costs_;
  std::unique_ptr<Half> owner_;
  std::unique_ptr<Half> receiver_;
  MemberId owner_id_{};
  MemberId receiver_id_{};
};

}  // namespace

Result<std::map<std::string, Costs>> file_events(const std::filesystem::path& folder, std::size_t bytes,
                                                 Entropy& entropy) {
  return Measurement(bytes, entropy).run(folder);
}

}  // namespace knoop::bench
