// Files of fragments between two organisations: whole or not at all, after breaks and restarts, never in the way of
// anything else, and under the rules of their fragment (R4.1, docs/spec/attachments.md).
#include "node/core/records.h"
#include "tests/sim/attachment_scene.h"

using namespace knoop;
using namespace knoop::sim;
using namespace std::chrono_literals;

TEST_CASE("R4.1: a file of a released fragment comes whole, after a cut and restarts on both sides") {
  Files files(51);
  files.consent({Category::attachments});
  const Bytes file = a_pdf(9 * piece_size + 77);
  const FragmentId fragment = files.attach(file);
  const ExchangeId exchange = files.release();
  REQUIRE(files.region.run_until([&] { return files.have(exchange, fragment) >= 2; }, 60s));
  files.region.network.cut(files.smw().member(), files.bjz().member());
  files.region.run_for(10min);
  CHECK_FALSE(files.is(exchange, fragment, IncomingState::complete));
  CHECK_FALSE(files.read_piece(exchange, fragment, 0).has_value());  // not before all of it is here
  files.bjz().crash();
  files.smw().crash();
  files.region.run_for(1s);
  files.bjz().start();
  files.smw().start();
  files.region.network.heal(files.smw().member(), files.bjz().member());
  REQUIRE(files.until([&] { return files.is(exchange, fragment, IncomingState::complete); }));
  CHECK(files.received_file(exchange, fragment) == file);
  CHECK(files.count(files.smw(), "attachment.stored") == 1);
  CHECK(files.count(files.smw(), "attachment.sent") == 1);
  CHECK(files.count(files.bjz(), "attachment.received") == 1);
  // Its eleven pieces were read in one go: one read, not eleven.
  CHECK(files.count(files.bjz(), "fragment.read") == 1);
}

TEST_CASE(
    "R4.1: over a network that loses, repeats, corrupts and delays, with processes killed, files come "
    "whole") {
  const auto seed = GENERATE(range(520U, 526U));
  Files files(seed);
  files.consent({Category::attachments});
  const Bytes file = a_pdf(12 * piece_size + 5);
  const FragmentId fragment = files.attach(file);
  files.region.network.faults = {150, 100, 20, Milliseconds{1}, Milliseconds{300}};
  auto& dice = files.region.dice;
  for (int kill = 0; kill < 4; ++kill)
    files.region.agenda.after(Milliseconds{static_cast<std::int64_t>(5000 + dice() % 20'000)},
                              [&, who = static_cast<std::size_t>(dice() % 2)] {
                                SimNode& victim = files.region[who];
                                if (!victim.running()) return;
                                victim.crash();
                                files.region.agenda.after(Milliseconds{1500}, [&victim] { victim.start(); });
                              });
  const ExchangeId exchange = files.release();
  REQUIRE(files.until([&] { return files.is(exchange, fragment, IncomingState::complete); }));
  CHECK(files.received_file(exchange, fragment) == file);
  CHECK(files.pieces_kept() == 13);
}

TEST_CASE("R4.1: the largest file, 50 MiB, comes whole, one byte more is refused") {
  Files files(53);
  files.consent({Category::attachments});
  const Bytes file = a_pdf(exchange::max_attachment);
  const FragmentId fragment = files.attach(file);
  const ExchangeId exchange = files.release();
  REQUIRE(files.until([&] { return files.is(exchange, fragment, IncomingState::complete); }));
  CHECK(files.received_file(exchange, fragment) == file);
  const auto more = files.smw().command<FragmentId>(
      [&](Context& context) {
        return Files::service(files.smw())
            .begin(context, {"smw-een-1", "a.pdf", "application/pdf", exchange::max_attachment + 1});
      },
      worker);
  REQUIRE_FALSE(more.has_value());
  CHECK(more.error().code == ErrorCode::over_limit);
}

TEST_CASE("R4.1: while a file cannot get through at all, requests, releases and withdrawals do") {
  Files files(54);
  const BasisId help = files.consent({Category::help});
  files.consent({Category::attachments});
  const Bytes file = a_pdf(6 * piece_size);
  const FragmentId fragment = files.attach(file);
  // Every frame of the size class of pieces is lost: the bulk stream stands still.
  std::size_t lost = 0;
  files.region.network.swallow = [&](const MemberId&, const MemberId&, ByteView frame) {
    lost += frame.size() > 200'000 ? 1U : 0U;
    return frame.size() > 200'000;
  };
  const ExchangeId exchange = files.release();
  REQUIRE(files.region.run_until([&] { return lost >= 8; }, 5min));
  const Timestamp before = files.region.agenda.now();
  const ExchangeId other = files.request();
  REQUIRE(files.region.run_until([&] { return files.release_state(other) == ReleaseState::asked; }, 3s));
  REQUIRE(files.answer(other).offered);
  REQUIRE(files.region.run_until([&] { return files.acquisition_state(other) == AcquisitionState::received; },
                                 3s));
  files.withdraw(help);
  REQUIRE(files.region.run_until(
      [&] {
        return files
            .in(files.smw(), [](Context& context) { return storage::withdrawals_out(context.tx, true); })
            .empty();
      },
      3s));
  CHECK(files.region.agenda.now() - before < 10s);
  CHECK(files.have(exchange, fragment) == 0);
  files.region.network.swallow = {};
  REQUIRE(files.until([&] { return files.is(exchange, fragment, IncomingState::complete); }));
  CHECK(files.received_file(exchange, fragment) == file);
}

TEST_CASE(
    "R3.5: a withdrawal ends a file that is on its way: no piece leaves after it, and what came is "
    "destroyed") {
  Files files(55);
  const BasisId basis = files.consent({Category::attachments});
  const FragmentId fragment = files.attach(a_pdf(20 * piece_size));
  const ExchangeId exchange = files.release();
  REQUIRE(files.region.run_until([&] { return files.have(exchange, fragment) >= 5; }, 60s));
  // Pieces are under way and wait in the outbox when the consent goes.
  files.region.network.cut(files.smw().member(), files.bjz().member());
  files.region.run_for(1s);
  REQUIRE(files.number(files.smw(), "SELECT count(*) FROM outbox WHERE type = 54") > 0);
  files.withdraw(basis);
  std::size_t leaked = 0;
  files.region.network.tap = [&](const MemberId& from, const MemberId&, ByteView frame) {
    if (from == files.smw().member() && frame.size() > 200'000) ++leaked;
  };
  files.region.network.heal(files.smw().member(), files.bjz().member());
  REQUIRE(files.until([&] { return files.received().front().status == LoanStatus::locked; }));
  files.region.run_for(10min);
  CHECK(leaked == 0);
  CHECK(files.is(exchange, fragment, IncomingState::stopped));
  CHECK(files.pieces_kept() == 0);
  CHECK_FALSE(files.read_piece(exchange, fragment, 0).has_value());
}

TEST_CASE("R3.5: a file that came whole is locked with its fragment, and past its last day too") {
  const bool by_withdrawal = GENERATE(true, false);
  Files files(56);
  const BasisId basis = files.consent({Category::attachments});
  const FragmentId fragment = files.attach(a_pdf(2 * piece_size));
  const ExchangeId exchange = files.release();
  REQUIRE(files.until([&] { return files.is(exchange, fragment, IncomingState::complete); }));
  REQUIRE(files.read_piece(exchange, fragment, 0).has_value());
  if (by_withdrawal)
    files.withdraw(basis);
  else
    files.in(files.bjz(), [&](Context& context) -> Result<int> {
      KNOOP_TRY(context.tx.exec("UPDATE received_fragments SET until = until - 91"));
      return 0;
    });
  if (!by_withdrawal) files.region.run_for(25h);
  REQUIRE(files.until([&] { return files.received().front().status == LoanStatus::locked; }));
  CHECK_FALSE(files.read_piece(exchange, fragment, 0).has_value());
  CHECK(files.listed(exchange, fragment)->facts.name.empty());
}

TEST_CASE(
    "R4.3: an owner that is silent past the lease closes its files, they go on when it is heard again") {
  Files files(57);
  files.consent({Category::attachments});
  const Bytes file = a_pdf(9 * piece_size);
  const FragmentId fragment = files.attach(file);
  const ExchangeId exchange = files.release();
  REQUIRE(files.region.run_until([&] { return files.have(exchange, fragment) >= 3; }, 60s));
  files.region.network.cut(files.smw().member(), files.bjz().member());
  files.region.run_for(24h * 9);
  CHECK(files.is(exchange, fragment, IncomingState::coming));
  CHECK_FALSE(files.listed(exchange, fragment)->readable);
  CHECK(files.have(exchange, fragment) >= 3);  // closed, not destroyed
  files.region.network.heal(files.smw().member(), files.bjz().member());
  REQUIRE(files.until([&] { return files.is(exchange, fragment, IncomingState::complete); }));
  CHECK(files.received_file(exchange, fragment) == file);
}

TEST_CASE("R4.1: a correction of the fragment keeps its file and brings no second copy") {
  Files files(58);
  files.consent({Category::attachments});
  const Bytes file = a_pdf(3 * piece_size);
  const FragmentId fragment = files.attach(file);
  const ExchangeId exchange = files.release();
  REQUIRE(files.until([&] { return files.is(exchange, fragment, IncomingState::complete); }));
  records::Fragment content = files.own(fragment);
  content.title = "Verslag van het gesprek";
  files.correct(fragment, content);
  REQUIRE(files.until([&] { return files.received().size() == 2; }));
  files.region.run_for(5min);
  CHECK(files.pieces_kept() == 3);
  CHECK(files.count(files.smw(), "attachment.sent") == 1);
  for (const auto& one : files.received()) CHECK(files.received_file(one.exchange, fragment) == file);

  // The file itself is never changed in place.
  content.content = exchange::attachment_content({"a.pdf", "application/pdf", 5, Hash256{}}, "");
  const auto swapped = files.smw().command<int>(
      [&](Context& context) -> Result<int> {
        KNOOP_TRY(files.smw().node().service<ExchangeService>().correct(context, fragment, content));
        return 0;
      },
      worker);
  REQUIRE_FALSE(swapped.has_value());
  CHECK(swapped.error().code == ErrorCode::bad_value);
}

TEST_CASE("R4.1: however a fragment goes, its file goes with it") {
  Files files(59);
  files.consent({Category::attachments});
  const FragmentId fragment = files.attach(a_pdf(40 * piece_size));
  const ExchangeId exchange = files.release();
  REQUIRE(files.until([&] { return files.is(exchange, fragment, IncomingState::complete); }));
  for (SimNode* node : {&files.smw(), &files.bjz()}) {
    files.in(*node, [&](Context& context) -> Result<int> {
      const bool owner = node == &files.smw();
      KNOOP_TRY(
          context.tx.exec(owner ? "DELETE FROM fragments WHERE category = 18" : "DELETE FROM acquisitions"));
      return 0;
    });
    files.region.run_for(15min);
    CHECK(files.number(*node, "SELECT count(*) FROM attachment_pieces") == 0);
    CHECK(files.number(*node, "SELECT count(*) FROM attachment_files") == 0);
  }
}

TEST_CASE("a disk that is nearly full takes no files, says so, and takes them when there is room") {
  Files files(60);
  files.consent({Category::attachments});
  const Bytes file = a_pdf(9 * piece_size);
  const FragmentId fragment = files.attach(file);
  files.bjz().stop();
  files.bjz().max_pages = 16'384 + 600;  // 64 MiB that files never take, and less than this one needs
  files.bjz().start();
  const ExchangeId exchange = files.release();
  REQUIRE(files.until([&] { return files.listed(exchange, fragment).has_value(); }));
  files.region.run_for(40min);
  CHECK(files.is(exchange, fragment, IncomingState::waiting));
  CHECK(files.listed(exchange, fragment)->why == "disk-full");
  CHECK(files.count(files.bjz(), "attachment.received") == 1);  // told once, not at each look
  CHECK(files.received().size() == 1);                          // everything else goes on
  const auto own = files.bjz().command<FragmentId>(
      [&](Context& context) {
        return Files::service(files.bjz())
            .begin(context, {"bjz-twee-1", "a.pdf", "application/pdf", file.size()});
      },
      worker);
  REQUIRE_FALSE(own.has_value());
  CHECK(own.error().code == ErrorCode::disk_full);
  files.bjz().stop();
  files.bjz().max_pages = 0;
  files.bjz().start();
  REQUIRE(files.until([&] { return files.is(exchange, fragment, IncomingState::complete); }));
  CHECK(files.received_file(exchange, fragment) == file);
}

TEST_CASE("a file is put in whole and of its type, or it is no fragment") {
  Files files(61);
  const auto refused = [&](auto run) {
    const auto result = files.smw().command<int>(
        [&](Context& context) -> Result<int> {
          KNOOP_TRY(run(context));
          return 0;
        },
        worker);
    REQUIRE_FALSE(result.has_value());
    return result.error().code;
  };
  AttachmentService& service = Files::service(files.smw());
  const auto begin = [&](const std::string& type, std::uint64_t bytes) {
    return [&service, type, bytes](Context& context) {
      return service.begin(context, {"smw-een-1", "a.pdf", type, bytes});
    };
  };
  CHECK(refused(begin("application/pdf", 0)) == ErrorCode::over_limit);
  CHECK(refused(begin("image/svg+xml", 100)) == ErrorCode::bad_format);
  const FragmentId id = files.in(files.smw(), begin("application/pdf", piece_size + 5));
  const Bytes file = a_pdf(piece_size + 5);
  const ByteView first = piece_of(file, 0);
  const auto put = [&](std::uint32_t number, ByteView bytes) {
    return refused([&](Context& context) { return service.put(context, id, number, bytes); });
  };
  CHECK(put(1, first) == ErrorCode::bad_sequence);
  CHECK(put(0, first.first(10)) == ErrorCode::bad_length);
  Bytes program = file;
  program[0] = 'M';
  program[1] = 'Z';
  CHECK(put(0, piece_of(program, 0)) == ErrorCode::bad_format);
  const auto finish = [&](Context& context) {
    return service.finish(context, id, {"V", "C", Date::of(context.now), {"jeugdige"}, "", std::nullopt});
  };
  CHECK(refused(finish) == ErrorCode::wrong_state);
  files.in(files.smw(), [&](Context& context) -> Result<int> {
    KNOOP_TRY(service.put(context, id, 0, first));
    return 0;
  });
  CHECK(put(1, piece_of(file, 0)) == ErrorCode::bad_length);
  CHECK(put(2, piece_of(file, 1)) == ErrorCode::bad_sequence);
  // Fields that speak of a file cannot be written by hand.
  CHECK(refused([&](Context& context) -> Result<void> {
          records::Fragment fragment{
              Category::attachments, "T", records::Nature::fact, "C", Date{2026, 1, 2}, "t", {}};
          fragment.content = exchange::attachment_content({"a.pdf", "application/pdf", 5, Hash256{}}, "");
          return add_fragment(context, "smw-een-1", fragment).map([](const FragmentId&) {});
        }) == ErrorCode::bad_value);
  // Left alone for a day: nothing of it stays.
  files.region.run_for(25h);
  CHECK(files.number(files.smw(), "SELECT count(*) FROM attachment_pieces") == 0);
  CHECK(refused(finish) == ErrorCode::not_found);
}
