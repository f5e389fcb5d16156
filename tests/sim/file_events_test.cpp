// No event holds the core thread for long, however large a file is (architecture: 50 ms). A clock would say something about the
// machine, so what an event handles is counted instead; `tools/bench events` says what that costs in milliseconds.
#include <map>
#include <ranges>

#include "tests/sim/attachment_scene.h"
#include "tests/support/must.h"

using namespace knoop;
using namespace knoop::sim;
using namespace std::chrono_literals;
using test::must;

namespace {

/// What one event of a node does with pieces of files; an event is what runs in one savepoint of the group.
struct Work {
  std::size_t read = 0;     ///< Pieces taken from the database.
  std::size_t written = 0;  ///< Pieces put into it.
  std::size_t pieces = 0;   ///< Both.
  std::size_t queued = 0;   ///< Messages put into the outbox.
  std::size_t taken_back = 0;
  std::size_t deletions = 0;
  std::size_t frames = 0;  ///< Of the size of a piece, handed to the network.
};

class Meter {
 public:
  explicit Meter(SimNode& node) : node_(node) {
    node.refuse_call = [this](std::string_view sql) {
      see(sql);
      return false;
    };
  }
  ~Meter() { node_.refuse_call = {}; }
  Meter(const Meter&) = delete;
  Meter& operator=(const Meter&) = delete;

  void frame() { add(&Work::frames); }

  Work all;   ///< Of all events together.
  Work most;  ///< Of any one event, each by itself.

 private:
  void see(std::string_view sql) {
    if (sql == "SAVEPOINT s1") now_ = {};
    if (sql.starts_with("SELECT p.sealed FROM attachment_pieces")) add(&Work::read), add(&Work::pieces);
    if (sql.starts_with("INSERT INTO attachment_pieces")) add(&Work::written), add(&Work::pieces);
    if (sql.starts_with("INSERT INTO outbox")) add(&Work::queued);
    if (sql.starts_with("SELECT body FROM outbox")) add(&Work::taken_back);
    if (sql.starts_with("DELETE FROM attachment_pieces")) add(&Work::deletions);
  }
  void add(std::size_t Work::*what) {
    ++(all.*what);
    most.*what = std::max(most.*what, ++(now_.*what));
  }
  SimNode& node_;
  Work now_;
};

constexpr std::size_t most_frames = (2U << 20U) / piece_size + 1;

struct Measured : Files {
  explicit Measured(std::uint64_t seed) : Files(seed), here(smw()), there(bjz()) {
    basis = consent({Category::attachments});
    region.network.tap = [this](const MemberId& from, const MemberId&, ByteView frame) {
      if (frame.size() > 200'000) (from == smw().member() ? here : there).frame();
    };
  }
  ~Measured() { region.network.tap = {}; }
  /// What holds of every event at either node: four pieces read or written and sent, 983,040 bytes; 2 MiB of frames
  /// transmitted, and the one that goes past them; sixteen pieces deleted or taken back.
  void check_bounds() const {
    for (const Meter* meter : {&here, &there}) {
      CHECK(meter->most.pieces <= 4);
      CHECK(meter->most.written <= 1);
      CHECK(meter->most.queued <= 4);
      CHECK(meter->most.frames <= most_frames);
      CHECK(meter->most.taken_back <= 16);
      CHECK(meter->most.deletions <= 1);
    }
  }
  Meter here;
  Meter there;
  BasisId basis;
};

}  // namespace

TEST_CASE(
    "architecture: a file of 50 MiB is handled in events of four pieces at most, from its entry to its end") {
  constexpr std::size_t pieces = exchange::most_pieces;
  Measured story(181);
  const FragmentId fragment = story.attach(a_pdf(exchange::max_attachment));
  const ExchangeId exchange = story.release();
  REQUIRE(story.until([&] { return story.is(exchange, fragment, IncomingState::complete); }));
  for (std::uint32_t number = 0; number < pieces; ++number)
    REQUIRE(story.read_piece(exchange, fragment, number).has_value());
  CHECK(story.here.all.written == pieces);
  CHECK(story.here.all.read == pieces);
  CHECK(story.here.all.frames >= pieces);
  CHECK(story.there.all.written == pieces);
  CHECK(story.there.all.read == pieces);

  // Destroyed by two people, here and at the receiver: sixteen pieces an event.
  const Actor other{Role::team_lead, "t.leider", "", std::nullopt, "console"};
  auto& service = story.smw().node().service<DestructionService>();
  const auto asked = must(story.smw().command<storage::Destruction>(
      [&](Context& context) {
        return service.ask(context,
                           {"smw-een-1", fragment, storage::DestructionGround::mistake, "verkeerd kind"});
      },
      worker));
  must(story.smw().command<storage::Destruction>(
      [&](Context& context) { return service.approve(context, asked.id, asked.fingerprint); }, other));
  const auto left = [&](SimNode& node) {
    return story.number(node, "SELECT count(*) FROM attachment_pieces");
  };
  REQUIRE(story.until([&] { return left(story.smw()) == 0 && left(story.bjz()) == 0; }));
  CHECK(story.here.all.deletions >= pieces / 16);
  CHECK(story.there.all.deletions >= pieces / 16);
  story.check_bounds();
}

TEST_CASE("architecture: a withdrawal takes back and deletes pieces of a file in bounded events") {
  Measured story(182);
  const FragmentId fragment = story.attach(a_pdf(60 * piece_size));
  const ExchangeId exchange = story.release();
  REQUIRE(story.region.run_until([&] { return story.have(exchange, fragment) >= 20; }, 5min));
  story.region.network.cut(story.smw().member(), story.bjz().member());
  story.region.run_for(1s);
  REQUIRE(story.number(story.smw(), "SELECT count(*) FROM outbox WHERE type = 54") > 0);
  story.withdraw(story.basis);
  CHECK(story.here.all.taken_back > 0);
  story.region.network.heal(story.smw().member(), story.bjz().member());
  REQUIRE(story.until([&] { return story.is(exchange, fragment, IncomingState::stopped); }));
  REQUIRE(story.until([&] { return story.pieces_kept() == 0; }));
  CHECK(story.there.all.deletions >= 20 / 16);
  story.check_bounds();
}

TEST_CASE(
    "hostile: a peer that asks for all pieces at once gets four an event, and no more than sixteen wait") {
  Measured story(183);
  const FragmentId fragment = story.attach(a_pdf(60 * piece_size));
  const ExchangeId exchange = story.release();
  REQUIRE(story.region.run_until([&] { return story.have(exchange, fragment) >= 1; }, 60s));
  SubjectId subject;
  std::ranges::copy(exchange.view(), subject.data());
  for (std::uint32_t from = 0; from < 60; from += 4)
    story.in(story.bjz(), [&](Context& context) -> Result<int> {
      KNOOP_TRY(context.send(story.smw().member(), MessageType::attachment_wanted, subject,
                             encode(AttachmentWanted{exchange, fragment, from, 4})));
      return 0;
    });
  REQUIRE(story.until([&] { return story.is(exchange, fragment, IncomingState::complete); }));
  story.check_bounds();
}

TEST_CASE(
    "architecture: when all peers come back at once with full windows, each commit lets out a part of them, "
    "in turn") {
  Story story(184, {{"smw-een", "smw"}, {"bjz-twee", "bjz"}, {"cjg-drie", "cjg"}, {"ggz-vier", "ggz"}});
  constexpr std::size_t each = 20;
  const auto others = [&](const auto& act) {
    for (std::size_t i = 1; i < story.region.size(); ++i) act(story.region[i]);
  };
  others([&](SimNode& peer) { story.region.network.cut(story.smw().member(), peer.member()); });
  others([&](SimNode& peer) {
    story.in(story.smw(), [&](Context& context) -> Result<int> {
      for (std::uint32_t number = 1; number <= each; ++number)
        KNOOP_TRY(
            context.send(peer.member(), MessageType::attachment_piece, SubjectId{},
                         encode(AttachmentPiece{ExchangeId{}, FragmentId{}, number, {}, Bytes(piece_size)})));
      return 0;
    });
  });
  std::map<MemberId, std::size_t> got;
  std::optional<std::size_t> least;  // that the others had when the first had as many as there are
  {
    Meter meter(story.smw());
    story.region.network.tap = [&](const MemberId& from, const MemberId& to, ByteView frame) {
      if (from != story.smw().member() || frame.size() < 200'000) return;
      meter.frame();
      ++got[to];
      if (got[to] == each && !least) least = got.size() < 3 ? 0 : std::ranges::min(got | std::views::values);
    };
    others([&](SimNode& peer) { story.region.network.heal(story.smw().member(), peer.member()); });
    REQUIRE(story.region.run_until(
        [&] {
          return story.in(story.smw(), [](Context& context) -> Result<bool> {
            KNOOP_LET(row, context.tx.one("SELECT count(*) FROM outbox"));
            return row->get<std::int64_t>(0) == 0;
          });
        },
        10min));
    story.region.network.tap = {};
    CHECK(meter.all.frames >= 3 * each);
    CHECK(meter.most.frames <= most_frames);
  }
  REQUIRE(least.has_value());
  CHECK(*least > 0);  // nobody waits until another has everything
}
