#include "node/core/node.h"

namespace knoop {
namespace {

constexpr std::size_t troubles_kept = 100;

}  // namespace

Node::Node(Parts parts)
    : database_(std::move(parts.database)),
      entropy_(parts.entropy),
      transport_(parts.transport),
      executor_(parts.executor),
      versions_(std::move(parts.versions)),
      services_(std::move(parts.services)),
      on_trouble_(std::move(parts.on_trouble)) {}

Node::~Node() = default;

Result<std::unique_ptr<Node>> Node::start(Parts parts, Timestamp now) {
  std::unique_ptr<Node> node(new Node(std::move(parts)));
  node->database_->use_entropy(node->entropy_);
  {
    KNOOP_LET(tx, node->database_->begin());
    KNOOP_TRY(node->membership_.load(tx));
    KNOOP_TRY(node->clock_watch_.load(tx));
    KNOOP_LET(keys, NodeKeys::load(tx));
    node->keys_ = std::make_unique<NodeKeys>(std::move(keys));
    node->audit_log_ = std::make_unique<AuditLog>(*node->keys_, node->membership_);
    node->channel_ = std::make_unique<Channel>(
        Channel::Parts{*node->keys_, node->membership_, node->entropy_, node->transport_, node->versions_});
    KNOOP_TRY(tx.commit());
  }
  node->world_ = std::make_unique<Context::World>(Context::World{
      node->entropy_, node->membership_, *node->channel_, *node->audit_log_, *node->keys_, node->clock_watch_,
      [all = &node->services_](Context& context, const MemberId& member) -> Result<void> {
        for (const auto& service : *all) KNOOP_TRY(service->on_member_left(context, member));
        return {};
      },
      [all = &node->services_](Context& context, const MemberId& member, Restored who) -> Result<void> {
        for (const auto& service : *all) KNOOP_TRY(service->on_restored(context, member, who));
        return {};
      }});
  node->service_due_.assign(node->services_.size(), now);
  for (const auto& service : node->services_) service->register_handlers(node->dispatcher_);
  for (const auto& service : node->services_)
    KNOOP_TRY(node->event(Actor::node(), now, [&](Context& context) { return service->on_start(context); }));
  KNOOP_TRY(node->flush(now));
  return node;
}

Result<Context::Time> Node::time_of(storage::Transaction& tx, Timestamp clock) const {
  KNOOP_LET(newest, storage::newest_audit_time(tx));
  const Timestamp now = clock_watch_.read(clock);
  return Context::Time{clock, newest ? std::max(now, *newest) : now};
}

Result<void> Node::watch_clock(Timestamp clock) {
  // Before a node belongs to a network nothing depends on its clock, and it may lie in a drawer for weeks.
  if (!membership_.convenant()) return {};
  const bool went_back = clock_watch_.went_back(clock);
  const auto step = clock_watch_.step(clock);
  {
    KNOOP_LET(tx, database_->begin());
    KNOOP_TRY(step ? clock_watch_.begin(tx, *step, clock) : clock_watch_.seen(tx, clock));
    KNOOP_TRY(tx.commit());
  }
  // Logged after the doubt began, so that the entry is not dated by the clock that is doubted.
  const auto log = [&](Context& context) -> Result<void> {
    return context
        .audit({.event = audit::Event::clock_stepped,
                .outcome = audit::Outcome::failed,
                .detail = fmt::format("{} from {} to {}", to_string(*step),
                                      clock_watch_.doubt()->before.iso(), clock.iso())})
        .map([](std::uint64_t) {});
  };
  if (step) KNOOP_TRY(run_event(Actor::node(), clock, log));
  if (step || went_back) {
    channel_->clock_changed(clock, step.has_value());
    std::ranges::fill(service_due_, clock);
  }
  return {};
}

Result<void> Node::event(const Actor& actor, Timestamp clock,
                         const std::function<Result<void>(Context&)>& run) {
  KNOOP_TRY(watch_clock(clock));
  return run_event(actor, clock, run);
}

Result<void> Node::run_event(const Actor& actor, Timestamp clock,
                             const std::function<Result<void>(Context&)>& run) {
  ++pending_;
  std::vector<Work> submitted;
  bool woken = false;
  const std::uint64_t generation = membership_.generation();
  const auto in_savepoint = [&]() -> Result<void> {
    KNOOP_LET(tx, database_->begin());
    KNOOP_LET(time, time_of(tx, clock));
    Context context(tx, *world_, actor, time);
    KNOOP_TRY(run(context));
    KNOOP_TRY(tx.commit());
    submitted = context.take_submitted();
    woken = context.woken();
    return {};
  };
  if (Result<void> done = in_savepoint(); !done) {
    // What the event installed was undone on disk: memory must not go on believing it.
    if (membership_.generation() != generation) KNOOP_TRY(forget_undone_membership());
    return done;
  }
  // At once: who was left out is no member for the next event.
  KNOOP_TRY(follow_membership(clock));
  for (Work& work : submitted) work_.push_back(std::move(work));
  if (woken) std::fill(service_due_.begin(), service_due_.end(), clock);
  return {};
}

Result<void> Node::forget_undone_membership() {
  const auto reload = [&]() -> Result<void> {
    KNOOP_LET(tx, database_->begin());
    KNOOP_TRY(membership_.load(tx));
    return tx.commit();
  };
  Result<void> reloaded = reload();
  // Nobody may act on members that are not on disk: the node ends, and starts anew from its database.
  if (!reloaded) failed_ = true;
  return reloaded;
}

Result<void> Node::follow_membership(Timestamp clock) {
  if (membership_.generation() == loaded_generation_) return {};
  KNOOP_LET(tx, database_->begin());
  KNOOP_TRY(channel_->load(tx, clock));
  KNOOP_TRY(tx.commit());
  loaded_generation_ = membership_.generation();
  links_changed_ = true;
  return {};
}

void Node::note(const Result<void>& result) {
  if (result) return;
  if (troubles_.size() == troubles_kept) troubles_.erase(troubles_.begin());
  troubles_.push_back(result.error());
  if (on_trouble_) on_trouble_(result.error());
}

void Node::link_up(const MemberId& member, Timestamp now) {
  ++pending_;  // the flush after this event sends our Hello
  channel_->link_up(member, now);
}

void Node::link_down(const MemberId& member) {
  channel_->link_down(member);
}

void Node::received(const MemberId& member, Bytes frame, Timestamp now) {
  const Result<void> done = event(Actor::of_peer(member), now, [&](Context& context) {
    return channel_->received(context, dispatcher_, member, frame);
  });
  // A frame that is refused is the peer's affair, or a stranger's, and counted by the channel. What our own disk
  // refuses is not.
  if (!done && storage::is_about_the_disk(done.error().code)) note(done);
  for (const Channel::Heard& heard : channel_->take_heard())
    for (const auto& service : services_)
      note(event(Actor::node(), now, [&](Context& context) -> Result<void> {
        KNOOP_TRY(service->on_peer_heard(context, heard.member));
        return heard.ready ? service->on_peer_ready(context, heard.member) : Result<void>{};
      }));
}

void Node::completed(const Completion& completion, Timestamp now) {
  note(event(Actor::node(), now, completion));
}

void Node::tick(Timestamp now) {
  note(watch_clock(now));
  for (std::size_t i = 0; i < services_.size(); ++i) {
    if (!service_due_[i] || *service_due_[i] > now) continue;
    service_due_[i].reset();
    std::optional<Timestamp> next;
    const Result<void> done = event(Actor::node(), now, [&](Context& context) -> Result<void> {
      KNOOP_LET(wanted, services_[i]->on_tick(context));
      // Services count in validity, which may be ahead of the clock; they are woken by the clock.
      if (wanted) next = now + std::max(Milliseconds{0}, *wanted - context.now);
      return {};
    });
    note(done);
    // A service whose slice failed is asked again after a while: the cause may pass (a full disk, a locked file).
    if (!done) next = now + retry_failed_tick;
    if (next && (!service_due_[i] || *next < *service_due_[i])) service_due_[i] = next;
  }
  if (const auto due = channel_->next_due(); due && *due <= now) ++pending_;  // flush() pumps the channel
}

Result<void> Node::flush(Timestamp now) {
  if (failed_)
    return fail(ErrorCode::wrong_state, Side::ours,
                "this node stopped after a commit that failed; start it again from its database");
  if (Result<void> committed = commit(now); !committed) {
    failed_ = true;
    return committed;
  }
  pending_ = 0;
  for (Work& work : std::exchange(work_, {})) executor_.submit(std::move(work));
  if (std::exchange(links_changed_, false)) transport_.set_links(membership_.links());
  // Reads only: what is transmitted has been committed above.
  KNOOP_LET(tx, database_->begin());
  KNOOP_LET(time, time_of(tx, now));
  if (log_watch_) KNOOP_TRY(tell_log_watch(tx, now));
  KNOOP_TRY(channel_->transmit(tx, time));
  KNOOP_TRY(tx.commit());
  return database_->flush();
}

Result<void> Node::tell_log_watch(storage::Transaction& tx, Timestamp clock) {
  LogNews news;
  news.at = clock;
  if (!log_told_) {
    KNOOP_LET(newest, storage::newest_audit_position(tx));
    news.newest = newest;
  } else {
    news.newest = *log_told_;
    KNOOP_TRY(storage::each_audit_event_after(
        tx, *log_told_, [&](const LogPosition& position, audit::Event event) -> Result<void> {
          news.newest = news.events[event] = position;
          return {};
        }));
    if (news.events.empty()) return {};
  }
  log_told_ = news.newest;
  log_watch_(news);
  return {};
}

Result<void> Node::commit(Timestamp clock) {
  {
    KNOOP_TRY(follow_membership(clock));
    KNOOP_LET(tx, database_->begin());
    KNOOP_LET(time, time_of(tx, clock));
    KNOOP_TRY(channel_->number(tx, time.now));
    KNOOP_TRY(tx.commit());
  }
  return database_->flush();
}

std::optional<Timestamp> Node::next_due() const {
  std::optional<Timestamp> next = channel_->next_due();
  if (const auto look = clock_watch_.next_look(); look && (!next || *look < *next)) next = look;
  for (const auto& due : service_due_)
    if (due && (!next || *due < *next)) next = due;
  return next;
}

}  // namespace knoop
