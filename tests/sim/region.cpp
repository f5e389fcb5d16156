#include "tests/sim/region.h"

#include <future>

#include "config/card.h"
#include "config/convenant.h"
#include "tests/support/must.h"

namespace knoop::sim {

using test::must;
SimNode::SimNode(Region& region, std::string id, std::string kind, std::uint64_t seed)
    : region_(region),
      entropy_(seed),
      database_key_(entropy_.draw<SymmetricKey>()),
      organisation_key_(new_signing_key(entropy_)),
      directory_(region.directory.path() / id),
      transport_(region.network, member_id(organisation_key_.public_key)) {
  std::filesystem::create_directories(directory_);
  const NodeKeys keys = NodeKeys::create(entropy_);
  card_ = test::organisation(entropy_, id, kind).card;
  card_.member = member_id(organisation_key_.public_key);
  card_.signing_key = keys.signing.public_key;
  card_.witness_key = keys.witness.public_key;
  card_.sealing_key = keys.sealing.public_key;
  card_.transport_key = keys.transport.public_key;
  card_note_ = must(sign_card(card_, organisation_key_.secret_key));
  const auto database = open(storage::OpenMode::create);
  {
    auto tx = must(database->begin());
    must(keys.save(tx, region.agenda.now()));
    Membership membership;
    must(membership.load(tx));
    must(membership.install_own_card(tx, card_note_, region.agenda.now()));
    must(tx.commit());
  }
  must(database->flush());
}

SimNode::~SimNode() = default;

std::unique_ptr<storage::Database> SimNode::open(storage::OpenMode mode) {
  storage::OpenOptions options;
  options.max_pages = max_pages;
  options.refuse_call = [this](std::string_view sql) { return refuse_call && refuse_call(sql); };
  return must(storage::Database::open(directory_ / "knoop.db", database_key_, mode, options));
}

void SimNode::start() {
  must(try_start());
}

Result<void> SimNode::try_start() {
  ++life_;
  planned_tick_.reset();
  KNOOP_LET(
      node,
      Node::start(
          {open(storage::OpenMode::open), entropy_, transport_, *this, region_.services(), {}, versions},
          clock()));
  node_ = std::move(node);
  region_.network.attach(member(), *this);
  return flush();
}

void SimNode::start_later() {
  region_.agenda.after(Milliseconds{1000}, [this, life = life_] {
    if (life == life_ && !running() && !try_start() && !running()) start_later();
  });
}

void SimNode::stop() {
  must(flush());
  ++life_;
  region_.network.detach(member());
  node_.reset();
}

void SimNode::crash() {
  ++life_;
  region_.network.detach(member());
  const auto copy = directory_.parent_path() / (card_.id + "-" + std::to_string(++copies_));
  std::filesystem::copy(directory_, copy, std::filesystem::copy_options::recursive);
  node_.reset();
  std::filesystem::remove_all(directory_);
  directory_ = copy;
}

std::filesystem::path SimNode::back_up() {
  must(flush());
  const auto copy = directory_.parent_path() / (card_.id + "-" + std::to_string(++copies_));
  std::filesystem::copy(directory_, copy, std::filesystem::copy_options::recursive);
  return copy;
}

void SimNode::restore(const std::filesystem::path& copy) {
  stop();
  std::filesystem::remove_all(directory_);
  std::filesystem::copy(copy, directory_, std::filesystem::copy_options::recursive);
  start();
}

void SimNode::event(const std::function<void(Timestamp)>& what) {
  if (!running()) return;
  what(clock());
  std::ignore = flush();
}

Result<void> SimNode::flush() {
  if (Result<void> done = node_->flush(clock()); !done) {
    if (!refuse_call) must(std::move(done));
    crash();
    start_later();
    return done;
  }
  plan_tick();
  return {};
}

void SimNode::plan_tick() {
  const auto due = node_->next_due();
  if (!due) return;
  const Timestamp when = std::max(*due - clock_error_, region_.agenda.now());
  if (planned_tick_ && *planned_tick_ <= when) return;
  planned_tick_ = when;
  region_.agenda.at(when, [this, life = life_, when] {
    if (life != life_ || planned_tick_ != when) return;
    planned_tick_.reset();
    event([this](Timestamp now) { node_->tick(now); });
  });
}

Timestamp SimNode::clock() const {
  return region_.agenda.now() + clock_error_;
}

void SimNode::set_clock(Milliseconds error) {
  clock_error_ = error;
  planned_tick_.reset();
  event([this](Timestamp now) { node_->tick(now); });
}

void SimNode::link_up(const MemberId& member) {
  event([&](Timestamp now) { node_->link_up(member, now); });
}
void SimNode::link_down(const MemberId& member) {
  event([&](Timestamp) { node_->link_down(member); });
}
void SimNode::received(const MemberId& member, Bytes frame) {
  event([&](Timestamp now) { node_->received(member, std::move(frame), now); });
}

void SimNode::submit(Work work) {
  // On a real thread, beside the node and other work, so that ThreadSanitizer sees what production does. What comes of it
  // depends on no thread's luck: work is pure, and told at a virtual moment that the seed chose.
  auto running = std::make_shared<std::future<Completion>>(std::async(std::launch::async, std::move(work)));
  region_.agenda.after(Milliseconds{1 + static_cast<std::int64_t>(region_.dice() % 10)},
                       [this, life = life_, running = std::move(running)] {
                         const Completion completion = running->get();
                         if (life == life_) event([&](Timestamp now) { node_->completed(completion, now); });
                       });
}

Region::Region(std::uint64_t seed, const std::vector<Organisation>& organisations, Services make,
               const Agree& agree)
    : agenda(test::at("2026-11-02T08:00:00Z")),
      network(agenda, seed * 2 + 1),
      dice(seed * 2 + 2),
      services(std::move(make)) {
  TestEntropy entropy(seed * 1000);
  std::uint64_t number = 0;
  for (const Organisation& organisation : organisations)
    nodes_.push_back(
        std::make_unique<SimNode>(*this, organisation.id, organisation.kind, seed * 1000 + ++number));
  for (int i = 0; i < 3; ++i) managers_.push_back(new_signing_key(entropy));
  std::vector<Card> cards;
  for (const auto& node : nodes_) cards.push_back(node->card());
  convenant_ = test::convenant(cards, managers_);
  if (agree) agree(convenant_);
  convenant_note = test::signed_convenant(convenant_, managers_);
  for (const auto& node : nodes_) {
    node->start();
    must(node->command<Convenant>([&](Context& context) {
      return context.membership().install_convenant(context.tx, convenant_note, context.now);
    }));
    for (const auto& other : nodes_)
      if (other != node)
        must(node->command<Card>([&](Context& context) {
          return context.membership().install_card(context.tx, other->card_note_, context.now);
        }));
  }
}

Region::~Region() = default;

const std::string& Region::sign_next(const std::function<void(Convenant&)>& change) {
  convenant_.previous = must(convenant_hash(convenant_note));
  ++convenant_.number;
  change(convenant_);
  return convenant_note = test::signed_convenant(convenant_, managers_);
}

std::string Region::sign_second(const std::function<void(Convenant&)>& change) {
  Convenant other = convenant_;
  change(other);
  return test::signed_convenant(other, managers_);
}

Result<JudgedConvenant> Region::install(SimNode& node, const std::string& note) {
  return node.command<JudgedConvenant>(
      [&](Context& context) { return take_convenant(context, note, std::nullopt, Expired::refused); });
}

void Region::amend(const std::function<void(Convenant&)>& change) {
  const std::string note = sign_next(change);
  for (const auto& node : nodes_) must(install(*node, note));
}

bool Region::run_until(const std::function<bool()>& done, Milliseconds limit) {
  const Timestamp end = agenda.now() + limit;
  while (!done()) {
    if (agenda.now() >= end) return false;
    run_for(Milliseconds{1000});
  }
  return true;
}

bool Region::all_ready() {
  for (const auto& node : nodes_) {
    if (!node->running()) return false;
    for (const auto& other : nodes_) {
      if (other == node) continue;
      const auto state = node->command<PeerState>(
          [&](Context& context) { return node->node().channel().state(context.tx, other->member()); });
      if (!state || !state->ready) return false;
    }
  }
  return true;
}

}  // namespace knoop::sim
