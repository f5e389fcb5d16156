// Members that lie about files: nothing of theirs is kept, no disk filled, nobody blocked (protocol.md section 7: malformed
// files, a full disk, floods).
#include "tests/sim/attachment_scene.h"

using namespace knoop;
using namespace knoop::sim;
using namespace std::chrono_literals;

namespace {

/// Stands for SMW's AttachmentService: keeps the questions and answers nothing, so that the test writes every piece.
class Silent final : public Service {
 public:
  void register_handlers(Dispatcher& dispatcher) override {
    for (const auto type : {MessageType::attachment_wanted, MessageType::attachment_piece})
      dispatcher.on(type, Audience::members, [this](Context&, const Received& message) -> Result<void> {
        if (const auto wanted = decode<AttachmentWanted>(message.body)) asked.push_back(*wanted);
        return {};
      });
  }
  std::vector<AttachmentWanted> asked;
};

Region::Services only_bjz_keeps_files(const AttachmentService::Limits& limits) {
  return [limits, made = std::make_shared<int>(0)] {
    if ((*made)++ > 0) return with_attachments(limits)();
    auto out = exchange_services();
    out.push_back(std::make_unique<Silent>());
    return out;
  };
}

/// SMW committed to `file`, BJZ holds the fragment and asked for the first pieces.
struct Liar : Files {
  explicit Liar(std::uint64_t seed, const Bytes& committed = a_pdf(6 * piece_size),
                const std::string& media_type = "application/pdf",
                const AttachmentService::Limits& limits = {})
      : Files(seed, only_bjz_keeps_files(limits)), file(committed) {
    basis = consent({Category::attachments});
    fragment = add(file, media_type, 50);
    exchange = release();
    REQUIRE(until([&] { return acquisition_state(exchange) == AcquisitionState::received; }));
    region.run_for(5s);
  }

  FragmentId add(const Bytes& content, const std::string& media_type, Byte id) {
    return in(smw(), [&](Context& context) -> Result<FragmentId> {
      records::Fragment stored{Category::attachments, "Verslag", records::Nature::fact, "C",
                               Date{2026, 1, 2},      "",        {"jeugdige"}};
      stored.content = exchange::attachment_content(
          {"verslag.pdf", media_type, content.size(), exchange::root_of(hashes_of(content))}, "");
      KNOOP_LET(client, storage::find_client(context.tx, "smw-een-1"));
      KNOOP_TRY(storage::add_fragment(context.tx, fragment_id(id), client->id, stored, context.now,
                                      fragment_id(1)));
      return fragment_id(id);
    });
  }
  AttachmentPiece right(std::uint32_t number) const {
    return {exchange, fragment, number, number == 0 ? hashes_of(file) : std::vector<Hash256>{},
            to_bytes(piece_of(file, number))};
  }
  void send(const AttachmentPiece& piece) { send_body(encode(piece)); }
  void send_body(Bytes body) {
    in(smw(), [&](Context& context) -> Result<int> {
      KNOOP_TRY(context.send(bjz().member(), MessageType::attachment_piece, std::nullopt, std::move(body)));
      return 0;
    });
    region.run_for(2s);
  }
  bool is(IncomingState state) { return Files::is(exchange, fragment, state); }
  bool is_broken() {
    region.run_for(1min);
    return is(IncomingState::broken) && pieces_kept() == 0 && count(bjz(), "attachment.received") == 1 &&
           !read_piece(exchange, fragment, 0);
  }
  std::int64_t dead_letters() { return number(bjz(), "SELECT count(*) FROM dead_letter"); }
  const std::vector<AttachmentWanted>& asked() { return smw().node().service<Silent>().asked; }

  Bytes file;
  BasisId basis;
  FragmentId fragment;
  ExchangeId exchange;
};

}  // namespace

TEST_CASE("hostile file: pieces out of order are not kept, and the right ones still complete it") {
  Liar liar(71);
  liar.send(liar.right(1));
  liar.send(liar.right(5));
  CHECK(liar.have(liar.exchange, liar.fragment) == 0);
  CHECK(liar.pieces_kept() == 0);
  for (const std::uint32_t number : {0U, 0U, 2U, 1U, 2U, 2U, 3U}) liar.send(liar.right(number));
  CHECK(liar.have(liar.exchange, liar.fragment) == 4);
  liar.send(liar.right(4));
  liar.send(liar.right(5));
  REQUIRE(liar.is(IncomingState::complete));
  CHECK(liar.received_file(liar.exchange, liar.fragment) == liar.file);
}

TEST_CASE("hostile file: a piece with another exchange or another fragment is looked at by nobody") {
  Liar liar(72);
  AttachmentPiece piece = liar.right(0);
  piece.exchange = ExchangeId(std::array<Byte, 16>{9});
  liar.send(piece);
  piece = liar.right(0);
  piece.fragment = Story::fragment_id(1);
  liar.send(piece);
  CHECK(liar.have(liar.exchange, liar.fragment) == 0);
  CHECK(liar.pieces_kept() == 0);
  CHECK(liar.count(liar.bjz(), "peer.refused") == 1);
  CHECK(liar.dead_letters() == 0);
}

TEST_CASE("hostile file: one wrong byte breaks it, and nothing of it is kept") {
  Liar liar(73);
  for (const std::uint32_t number : {0U, 1U, 2U}) liar.send(liar.right(number));
  AttachmentPiece wrong = liar.right(3);
  wrong.bytes[100] ^= 1;
  liar.send(wrong);
  CHECK(liar.is_broken());
  // The right one comes too late: a member that lied once is not asked again.
  const auto questions = liar.asked().size();
  liar.send(liar.right(3));
  liar.region.run_for(30min);
  CHECK(liar.is_broken());
  CHECK(liar.asked().size() == questions);
}

TEST_CASE("hostile file: hashes that were not committed to, too many, too few, or not at all") {
  const int which = GENERATE(0, 1, 2, 3);
  Liar liar(74);
  AttachmentPiece first = liar.right(0);
  if (which == 0) first.hashes[3] = Hash256{};
  if (which == 1) first.hashes.push_back(first.hashes[0]);
  if (which == 2) first.hashes.pop_back();
  if (which == 3) first.hashes.clear();
  liar.send(first);
  CHECK(liar.is_broken());
}

TEST_CASE("hostile file: longer or shorter than announced") {
  const bool longer = GENERATE(true, false);
  Liar liar(75, a_pdf(2 * piece_size - 1000));
  liar.send(liar.right(0));
  AttachmentPiece last = liar.right(1);
  if (longer)
    last.bytes.resize(piece_size, 'x');
  else
    last.bytes.resize(5);
  liar.send(last);
  CHECK(liar.is_broken());
  // And nothing after its end.
  liar.send({liar.exchange, liar.fragment, 2, {}, Bytes(10, 'x')});
  CHECK(liar.pieces_kept() == 0);
}

TEST_CASE("hostile file: a program that is called a document, a script that is called a picture") {
  const bool program = GENERATE(true, false);
  Bytes content = to_bytes(std::string_view(program ? "MZ\x90" : "<svg onload='x()'>"));
  content.resize(1000, 'x');
  Liar liar(76, content, program ? "application/pdf" : "image/png");
  liar.send(liar.right(0));
  CHECK(liar.is_broken());
}

TEST_CASE("hostile file: pieces after the withdrawal are not kept") {
  Liar liar(77);
  liar.send(liar.right(0));
  liar.send(liar.right(1));
  liar.withdraw(liar.basis);
  REQUIRE(liar.until([&] { return liar.received().front().status == LoanStatus::locked; }));
  liar.region.run_for(1min);
  CHECK(liar.is(IncomingState::stopped));
  CHECK(liar.pieces_kept() == 0);
  liar.send(liar.right(2));
  CHECK(liar.pieces_kept() == 0);
  CHECK(liar.is(IncomingState::stopped));
}

TEST_CASE("hostile file: before its key was used, and of what was never offered, nothing is asked or kept") {
  Liar liar(78);
  const FragmentId other = liar.add(a_pdf(100), "application/pdf", 51);
  liar.send({liar.exchange, other, 0, hashes_of(a_pdf(100)), a_pdf(100)});
  CHECK(liar.pieces_kept() == 0);
  for (const AttachmentWanted& wanted : liar.asked()) CHECK(wanted.fragment == liar.fragment);
}

TEST_CASE("hostile file: a flood of pieces that nobody asked for fills neither disk, log nor dead letters") {
  Liar liar(79);
  const auto entries = liar.verified_log(liar.bjz()).size();
  const auto pages = liar.number(liar.bjz(), "PRAGMA page_count");
  liar.in(liar.smw(), [&](Context& context) -> Result<int> {
    const AttachmentPiece piece{
        ExchangeId(std::array<Byte, 16>{9}), liar.fragment, 0, {}, Bytes(piece_size, 'x')};
    for (int i = 0; i < 60; ++i)
      KNOOP_TRY(context.send(liar.bjz().member(), MessageType::attachment_piece, std::nullopt,
                             i % 2 == 0 ? encode(piece) : Bytes(200'000, 'x')));
    return 0;
  });
  REQUIRE(liar.until(
      [&] { return liar.number(liar.smw(), "SELECT count(*) FROM outbox WHERE stream = 4") == 0; }));
  CHECK(liar.dead_letters() == 0);
  CHECK(liar.count(liar.bjz(), "peer.refused") == 1);
  CHECK(liar.verified_log(liar.bjz()).size() == entries + 1);
  CHECK(liar.number(liar.bjz(), "PRAGMA page_count") - pages < 50);
  // The file that was asked for still comes.
  for (std::uint32_t number = 0; number < 6; ++number) liar.send(liar.right(number));
  CHECK(liar.is(IncomingState::complete));
}

TEST_CASE("hostile file: announced beyond one member's share it waits, and costs nothing") {
  Liar liar(80, a_pdf(2 * piece_size), "application/pdf", {.of_peer = 3 * piece_size});
  liar.add(a_pdf(2 * piece_size), "application/pdf", 51);
  const ExchangeId second = liar.release();
  const FragmentId other = Story::fragment_id(51);
  REQUIRE(liar.until([&] { return liar.listed(second, other).has_value(); }));
  liar.region.run_for(30min);
  CHECK(liar.listed(second, other)->state == IncomingState::waiting);
  CHECK(liar.listed(second, other)->why == "over-limit");
  liar.send(liar.right(0));
  liar.send(liar.right(1));
  CHECK(liar.is(IncomingState::complete));
  liar.send({second, other, 0, hashes_of(liar.file), to_bytes(piece_of(liar.file, 0))});
  CHECK(liar.pieces_kept() == 2);
}

TEST_CASE("hostile file: at most two files of one member are on their way at once") {
  Liar liar(81, a_pdf(100));
  for (Byte id = 51; id < 60; ++id) liar.add(a_pdf(100U + id), "application/pdf", id);
  liar.release();
  liar.region.run_for(5min);
  CHECK(liar.number(liar.bjz(), "SELECT count(*) FROM attachments_in WHERE state = 2") == 2);
  CHECK(liar.number(liar.bjz(), "SELECT count(*) FROM attachments_in WHERE state = 1") == 8);
}

TEST_CASE("hostile questions: for what was not released, for nothing, for all at once, again and again") {
  Files files(82);
  files.consent({Category::attachments});
  const FragmentId given = files.attach(a_pdf(30 * piece_size));
  const ExchangeId exchange = files.release();
  REQUIRE(files.until([&] { return files.is(exchange, given, IncomingState::complete); }));
  files.region.run_for(5min);
  const FragmentId kept = files.attach(a_pdf(piece_size));  // never released
  const auto sent = [&] {
    return files.number(files.smw(), "SELECT last_assigned FROM stream_out WHERE stream = 4");
  };
  const auto before = sent();
  const auto ask = [&](const std::vector<AttachmentWanted>& questions) {
    files.in(files.bjz(), [&](Context& context) -> Result<int> {
      for (const AttachmentWanted& one : questions)
        KNOOP_TRY(
            context.send(files.smw().member(), MessageType::attachment_wanted, std::nullopt, encode(one)));
      return 0;
    });
    files.region.run_for(10s);
  };
  const ExchangeId unknown(std::array<Byte, 16>{9});
  ask({{exchange, kept, 0, 4},
       {unknown, given, 0, 4},
       {exchange, Story::fragment_id(1), 0, 4},
       {exchange, given, 0, 0},
       {exchange, given, 0, 1000},
       {exchange, given, 4'000'000'000, 4}});
  CHECK(sent() == before);
  CHECK(files.count(files.smw(), "peer.refused") == 1);
  CHECK(files.number(files.smw(), "SELECT count(*) FROM dead_letter") == 0);
  // The same question a hundred times within a minute is one answer.
  ask(std::vector<AttachmentWanted>(100, {exchange, given, 0, 4}));
  CHECK(sent() == before + 4);
  // The whole file at once: no more than the window is kept ready for it.
  files.region.run_for(5min);
  files.region.network.swallow = [&](const MemberId&, const MemberId&, ByteView frame) {
    return frame.size() > 200'000;
  };
  std::vector<AttachmentWanted> all;
  for (std::uint32_t from = 0; from < 28; from += 4) all.push_back({exchange, given, from, 4});
  ask(all);
  const auto most = files.number(files.smw(), "SELECT count(*) FROM outbox WHERE type = 54");
  CHECK(most > 0);
  CHECK(most <= AttachmentService::most_under_way);
}

TEST_CASE("hostile questions: after the withdrawal there is no answer with bytes") {
  Files files(83);
  const BasisId basis = files.consent({Category::attachments});
  const FragmentId fragment = files.attach(a_pdf(3 * piece_size));
  const ExchangeId exchange = files.release();
  REQUIRE(files.until([&] { return files.is(exchange, fragment, IncomingState::complete); }));
  files.withdraw(basis);
  files.region.run_for(5min);
  std::size_t pieces = 0;
  files.region.network.tap = [&](const MemberId& from, const MemberId&, ByteView frame) {
    if (from == files.smw().member() && frame.size() > 200'000) ++pieces;
  };
  files.in(files.bjz(), [&](Context& context) -> Result<int> {
    KNOOP_TRY(context.send(files.smw().member(), MessageType::attachment_wanted, std::nullopt,
                           encode(AttachmentWanted{exchange, fragment, 0, 4})));
    return 0;
  });
  files.region.run_for(5min);
  CHECK(pieces == 0);
}
