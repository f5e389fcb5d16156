// Files that the lease closed, read in an emergency: the rules of their fragments (docs/spec/exchange.md, "Afterwards").
#include "tests/sim/attachment_scene.h"

using namespace knoop;
using namespace knoop::sim;
using namespace std::chrono_literals;

namespace {

const Actor officer{Role::privacy_officer, "p.officier", "", std::nullopt, "console"};
const std::string reason = "kind is vermist, politie vraagt naar de medische bijlage";

/// BJZ has a file of SMW on loan, whole, in two pieces.
struct Lent : Files {
  explicit Lent(std::uint64_t seed) : Files(seed) {
    basis = consent({Category::attachments});
    file = a_pdf(piece_size + 5);
    fragment = attach(file);
    exchange = release();
    REQUIRE(until([&] { return is(exchange, fragment, IncomingState::complete); }));
    region.run_for(1min);
  }
  void silence() { region.network.cut(smw().member(), bjz().member()); }
  void lapse() {
    silence();
    region.run_for(24h * 8);
  }
  Result<Bytes> in_emergency(std::uint32_t number, const std::string& why = reason,
                             const Actor& who = worker) {
    return bjz().command<Bytes>(
        [&](Context& context) {
          return service(bjz()).received_piece_in_emergency(context, smw().member(), exchange, fragment,
                                                            number, why);
        },
        who);
  }
  std::vector<storage::EmergencyRead> waiting() {
    return in(bjz(), [&](Context& context) {
      return bjz().node().service<ExchangeService>().emergency_reads(context);
    });
  }
  std::size_t marked() {
    std::size_t out = 0;
    in(bjz(), [&](Context& context) -> Result<int> {
      KNOOP_LET(state, storage::audit_state(context.tx));
      KNOOP_TRY(storage::each_audit_entry(
          context.tx, state.incarnation, 0, state.tree.size(),
          [&](const audit::ExportedEntry& entry) -> Result<void> {
            out += std::get<audit::Opening>(entry.fields[slot(audit::Field::emergency)]).value == "yes";
            return {};
          }));
      return 0;
    });
    return out;
  }
  BasisId basis;
  Bytes file;
  FragmentId fragment;
  ExchangeId exchange;
};

ErrorCode refusal(const Result<Bytes>& result) {
  REQUIRE_FALSE(result.has_value());
  return result.error().code;
}

}  // namespace

TEST_CASE(
    "R4.3: in an emergency a file that the lease closed is read with a reason, and waits for its review") {
  Lent story(171);
  // An ordinary reading minutes before the lease is over covers no emergency.
  story.silence();
  story.region.run_for(24h * 7 - 5min);
  REQUIRE(story.read_piece(story.exchange, story.fragment, 0).has_value());
  while (story.read_piece(story.exchange, story.fragment, 0).has_value()) story.region.run_for(1min);
  CHECK(refusal(story.read_piece(story.exchange, story.fragment, 0)) == ErrorCode::not_fresh);
  CHECK(refusal(story.in_emergency(0, "")) == ErrorCode::bad_value);
  CHECK(refusal(story.in_emergency(0, std::string(301, 'x'))) == ErrorCode::bad_value);
  CHECK(story.waiting().empty());
  CHECK(story.marked() == 0);

  Bytes read;
  for (const std::uint32_t number : {0U, 1U}) {
    const auto piece = story.in_emergency(number);
    REQUIRE(piece.has_value());
    append(read, *piece);
  }
  CHECK(read == story.file);
  // Two pieces are one reading: the file, and the emergency that waits.
  CHECK(story.marked() == 2);
  CHECK(story.count(story.bjz(), "fragment.emergency-read") == 1);
  auto waiting = story.waiting();
  REQUIRE(waiting.size() == 1);
  CHECK(waiting[0].client == "bjz-twee-1");
  CHECK(waiting[0].reason == reason);
  CHECK(waiting[0].fragments == 1);
  CHECK(waiting[0].by == worker.user);

  auto& service = story.bjz().node().service<ExchangeService>();
  const auto review = [&](const Actor& who) {
    return story.bjz().command<storage::EmergencyRead>(
        [&](Context& context) {
          return service.review_emergency(context, waiting[0].id, consent::Verdict::rejected, "niet nodig");
        },
        who);
  };
  CHECK(review(worker).error().code == ErrorCode::forbidden);
  REQUIRE(review(officer).has_value());
  CHECK(story.waiting().empty());

  // Another person, and the same one later, are readings of their own; also after a restart.
  story.bjz().crash();
  story.bjz().start();
  REQUIRE(story.in_emergency(1, reason, {Role::professional, "d.ander", "", std::nullopt, "console"})
              .has_value());
  story.region.run_for(20min);
  REQUIRE(story.in_emergency(0).has_value());
  CHECK(story.waiting().size() == 2);
  // And the ordinary way stays closed.
  CHECK(refusal(story.read_piece(story.exchange, story.fragment, 0)) == ErrorCode::not_fresh);
  story.verified_log(story.bjz());
}

TEST_CASE("R4.3: an emergency in which nothing was closed is an ordinary reading, and waits for no review") {
  Lent story(172);
  REQUIRE(story.in_emergency(0).has_value());
  CHECK(story.marked() == 0);
  CHECK(story.count(story.bjz(), "fragment.read") == 1);
  CHECK(story.waiting().empty());
}

TEST_CASE("R3.5: what was withdrawn or is past its day stays closed, emergency or not, and so do its files") {
  Lent story(173);
  const bool withdrawn = GENERATE(true, false);
  if (withdrawn) {
    story.withdraw(story.basis);
    REQUIRE(story.until([&] { return story.received().front().status == LoanStatus::locked; }));
    story.lapse();
  } else {
    story.silence();
    story.region.run_for(24h * 100);
  }
  CHECK(refusal(story.in_emergency(0)) == ErrorCode::not_found);
  CHECK(story.marked() == 0);
  CHECK(story.waiting().empty());
}

TEST_CASE("R4.3 refused: in an emergency no file is half read, and none that never came") {
  Files files(174);
  files.consent({Category::attachments});
  const FragmentId fragment = files.attach(a_pdf(8 * piece_size));
  const ExchangeId exchange = files.release();
  REQUIRE(files.region.run_until([&] { return files.have(exchange, fragment) >= 2; }, 60s));
  files.region.network.cut(files.smw().member(), files.bjz().member());
  files.region.run_for(24h * 8);
  const auto read = [&](const ExchangeId& with, const FragmentId& of) {
    return files.bjz().command<Bytes>(
        [&](Context& context) {
          return Files::service(files.bjz())
              .received_piece_in_emergency(context, files.smw().member(), with, of, 0, reason);
        },
        worker);
  };
  CHECK(refusal(read(exchange, fragment)) == ErrorCode::wrong_state);
  CHECK(refusal(read(exchange, Story::fragment_id(1))) == ErrorCode::not_found);
  CHECK(refusal(read(ExchangeId{}, fragment)) == ErrorCode::not_found);
  CHECK(files.count(files.bjz(), "fragment.emergency-read") == 0);
}
