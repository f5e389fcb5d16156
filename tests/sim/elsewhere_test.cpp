// A consent that the CJG recorded, on which school social work releases to youth care (protocol.md section 4, docs/spec/consent.md
// "Recorded elsewhere"): each release asks anew whether it still stands, and what is not sure opens nothing.
#include "protocol/exchange/elsewhere.h"

#include "protocol/records/calendar.h"
#include "tests/sim/exchange_scene.h"

using namespace knoop;
using namespace knoop::sim;
using namespace std::chrono_literals;
using exchange::ConsentStatus;

namespace {

struct Elsewhere : Story {
  explicit Elsewhere(std::uint64_t seed)
      : Story(seed, {{"smw-een", "smw"}, {"bjz-twee", "bjz"}, {"cjg-drie", "cjg"}, {"mee-vier", "mee"}}) {}

  SimNode& cjg() { return region[2]; }
  SimNode& mee() { return region[3]; }

  consent::Consent said(std::vector<Category> categories, const Date& today) {
    consent::Consent record;
    record.client = "cjg-drie-1";
    record.answer = consent::Answer::yes;
    record.givers = {{consent::Capacity::parent, "moeder", "bekend", "gezagsregister ingezien", today}};
    record.releaser = smw().member();
    record.recipient = bjz().member();
    record.purpose = Purpose::handover;
    record.categories = std::move(categories);
    record.from = today;
    record.until = Date::from_days(today.days() + 90);
    record.way = consent::Way::oral;
    record.text_version = "2026-1";
    record.told_withdrawable = true;
    return record;
  }
  using Change = std::function<void(consent::Consent&)>;
  Result<BasisId> try_record(
      const std::vector<Category>& categories, const Change& change = [](consent::Consent&) {},
      exchange::About about = {known_match(), std::nullopt}) {
    return cjg().command<BasisId>(
        [&](Context& context) {
          consent::Consent record = said(categories, dutch_day(context.now));
          change(record);
          return cjg().node().service<ConsentService>().record(context, record, about);
        },
        worker);
  }
  /// Recorded at the CJG and heard at SMW.
  BasisId recorded(
      const std::vector<Category>& categories, const Change& change = [](consent::Consent&) {}) {
    const std::size_t before = copies().size();
    const auto id = try_record(categories, change);
    REQUIRE(id.has_value());
    REQUIRE(until([&] { return copies().size() == before + 1; }));
    return *id;
  }
  std::vector<storage::ElsewhereConsent> copies() {
    return in(smw(), [&](Context& context) {
      return smw().node().service<ExchangeService>().elsewhere(context, "smw-een-1");
    });
  }
  void take_back(const BasisId& id) {
    in(cjg(), [&](Context& context) { return cjg().node().service<ConsentService>().withdraw(context, id); });
  }
  void send(SimNode& from, SimNode& to, MessageType type, const Bytes& body,
            const std::optional<SubjectId>& subject = std::nullopt) {
    in(from, [&](Context& context) -> Result<int> {
      KNOOP_TRY(context.send(to.member(), type, subject, body));
      return 0;
    });
  }
  /// What SMW asked the CJG for a release.
  std::optional<storage::ConsentAsk> ask_of(const ExchangeId& exchange) {
    return in(smw(), [&](Context& context) -> Result<std::optional<storage::ConsentAsk>> {
      KNOOP_LET(asks, storage::asks_of(context.tx, bjz().member(), exchange));
      return asks.empty() ? std::nullopt : std::optional(asks.front());
    });
  }
  exchange::StateBody answer_to(const storage::ConsentAsk& ask, ConsentStatus status, Timestamp at) {
    exchange::StateBody body{
        network_id(), cjg().member(), smw().member(), ask.request.exchange, ask.request.nonce, {}, at};
    for (const BasisId& id : ask.request.consents) body.states.push_back({id, status});
    return body;
  }
  NetworkId network_id() {
    return in(smw(), [](Context& context) -> Result<NetworkId> { return context.membership().network(); });
  }
  /// Signed by the CJG as its node would.
  exchange::ConsentState signed_by(SimNode& node, const exchange::StateBody& body) {
    return in(node, [&](Context& context) -> Result<exchange::ConsentState> {
      return exchange::make_state(body, context.keys().signing.secret_key);
    });
  }
  /// The recorder's word that SMW may release to youth care what it holds on the known match, for today; as the test changes it, signed.
  exchange::ConsentStatement statement(SimNode& recorder,
                                       const std::function<void(exchange::StatementBody&)>& change) {
    return in(recorder, [&](Context& context) -> Result<exchange::ConsentStatement> {
      exchange::StatementBody body;
      body.network = context.membership().network();
      body.recorder = recorder.member();
      body.releaser = smw().member();
      body.about = {known_match(), std::nullopt};
      body.consent = BasisId(std::array<Byte, 16>{21});
      body.answer = consent::Answer::yes;
      body.capacities = {consent::Capacity::parent};
      body.recipient = bjz().member();
      body.purpose = Purpose::handover;
      body.categories = {Category::safety};
      body.from = dutch_day(context.now);
      body.until = body.from;
      body.recorded_at = context.now;
      change(body);
      return exchange::make_statement(body, context.keys().signing.secret_key);
    });
  }
  std::size_t dead(SimNode& node) { return count(node, "dead-letter"); }
  Timestamp now() {
    return in(smw(), [](Context& context) -> Result<Timestamp> { return context.now; });
  }
  void cut_recorder() { region.network.cut(smw().member(), cjg().member()); }
  void heal_recorder() { region.network.heal(smw().member(), cjg().member()); }
  /// Offered and receipted while the CJG cannot be reached: SMW waits for its word.
  ExchangeId waiting() {
    ExchangeId exchange;
    ask_and_wait(exchange);
    cut_recorder();
    CHECK(answer(exchange).offered);
    REQUIRE(until([&] { return count(smw(), "release.receipt-received") == 1; }));
    CHECK(release_state(exchange) == ReleaseState::offered);
    return exchange;
  }
};

}  // namespace

TEST_CASE("R3.5: on a consent recorded elsewhere a release goes when its recorder says that it stands") {
  Elsewhere story(81);
  const BasisId id = story.recorded({Category::reason});
  const auto copy = story.copies().front();
  CHECK(copy.recorder == story.cjg().member());
  CHECK(copy.said.consent == id);
  CHECK(copy.said.capacities == std::vector{consent::Capacity::parent});
  // Nobody's name is in what travelled.
  CHECK(text_view(ByteView(copy.statement.body)).find("moeder") == std::string_view::npos);

  ExchangeId exchange;
  story.ask_and_wait(exchange);
  CHECK(story.answer(exchange).offered);
  REQUIRE(story.until([&] { return story.acquisition_state(exchange) == AcquisitionState::received; }));
  REQUIRE(story.received().size() == 1);
  CHECK(story.received().front().basis == id);
  CHECK(story.count(story.cjg(), "consent.statement-sent") == 1);
  CHECK(story.count(story.cjg(), "consent.state-given") == 1);
  CHECK(story.count(story.smw(), "consent.statement-received") == 1);
  CHECK(story.count(story.smw(), "consent.state-asked") == 1);
  CHECK(story.count(story.smw(), "consent.state-received") == 1);
  // The CJG's own decisions do not hear it: it holds nothing of that family to give on it.
  CHECK(story.count(story.cjg(), "release.disclosed") == 0);
}

TEST_CASE("R3.5: a withdrawal at the recorder reaches whoever got something, through whoever released it") {
  Elsewhere story(82);
  const BasisId id = story.recorded({Category::reason});
  ExchangeId exchange;
  story.ask_and_wait(exchange);
  story.answer(exchange);
  REQUIRE(story.until([&] { return story.acquisition_state(exchange) == AcquisitionState::received; }));
  story.take_back(id);
  REQUIRE(story.until([&] { return story.received().front().status == LoanStatus::locked; }));
  const auto open = [&](SimNode& node) {
    return story.in(node, [](Context& context) { return storage::withdrawals_out(context.tx, true); }).size();
  };
  REQUIRE(story.until([&] { return open(story.cjg()) == 0 && open(story.smw()) == 0; }));
  CHECK(story.count(story.cjg(), "consent.withdrawal-acknowledged") == 1);
  CHECK(story.count(story.smw(), "consent.withdrawal-acknowledged") == 1);
  CHECK(story.copies().front().withdrawn.has_value());
  ExchangeId again;
  story.ask_and_wait(again);
  const auto refused = story.answer(again);
  CHECK_FALSE(refused.offered);
}

TEST_CASE("R3.5: what a recorder cannot say now opens nothing: not-fresh after a quarter of an hour") {
  Elsewhere story(83);
  story.recorded({Category::reason});
  const ExchangeId exchange = story.waiting();
  story.region.run_for(14min);
  CHECK(story.release_state(exchange) == ReleaseState::offered);
  story.region.run_for(3min);
  CHECK(story.release_state(exchange) == ReleaseState::cancelled);
  REQUIRE(story.until([&] { return story.acquisition_state(exchange) == AcquisitionState::cancelled; }));
  CHECK(story.count(story.smw(), "release.disclosed") == 0);
  // The answer comes too late to open it.
  story.heal_recorder();
  story.region.run_for(10min);
  CHECK(story.count(story.smw(), "release.disclosed") == 0);
  CHECK(story.received().empty());
  CHECK(story.dead(story.smw()) == 0);
}

TEST_CASE("R3.5: a release waits for its recorder and goes when the word comes") {
  Elsewhere story(84);
  story.recorded({Category::reason});
  const ExchangeId exchange = story.waiting();
  // A restart forgets nothing of it.
  story.smw().crash();
  story.smw().start();
  story.region.run_for(5min);
  story.heal_recorder();
  REQUIRE(story.until([&] { return story.acquisition_state(exchange) == AcquisitionState::received; }));
  CHECK(story.count(story.smw(), "release.disclosed") == 1);
}

TEST_CASE("R3.5: a receipt that comes when the answer is old asks the recorder again") {
  Elsewhere story(85);
  const BasisId id = story.recorded({Category::reason});
  ExchangeId exchange;
  story.ask_and_wait(exchange);
  story.region.network.cut(story.smw().member(), story.bjz().member());
  CHECK(story.answer(exchange).offered);
  REQUIRE(story.until([&] { return story.count(story.smw(), "consent.state-received") == 1; }));
  story.region.run_for(20min);
  const bool withdrawn = GENERATE(false, true);
  if (withdrawn) {
    // The push is lost on the way; the question finds it out.
    story.cut_recorder();
    story.take_back(id);
    story.region.run_for(1min);
  }
  story.region.network.heal(story.smw().member(), story.bjz().member());
  if (withdrawn) {
    REQUIRE(story.until([&] { return story.count(story.smw(), "release.receipt-received") == 1; }));
    CHECK(story.count(story.smw(), "release.disclosed") == 0);
    story.heal_recorder();
  }
  REQUIRE(story.until([&] {
    const auto state = story.acquisition_state(exchange);
    return state == AcquisitionState::received || state == AcquisitionState::cancelled;
  }));
  CHECK(story.count(story.smw(), "consent.state-asked") == 2);
  CHECK(story.count(story.smw(), "release.disclosed") == (withdrawn ? 0 : 1));
}

TEST_CASE("hostile: an answer that was given before opens nothing again") {
  Elsewhere story(86);
  const BasisId id = story.recorded({Category::reason});
  ExchangeId first;
  story.ask_and_wait(first);
  story.answer(first);
  REQUIRE(story.until([&] { return story.acquisition_state(first) == AcquisitionState::received; }));
  const auto old = *story.ask_of(first)->state;

  // The recorder that says no more sends its old answers: for this release, and for the earlier one.
  ExchangeId exchange;
  story.ask_and_wait(exchange);
  story.cut_recorder();
  CHECK(story.answer(exchange).offered);
  REQUIRE(story.until([&] { return story.count(story.smw(), "release.receipt-received") == 2; }));
  exchange::ConsentState dressed = old;
  dressed.exchange = exchange;
  story.in(story.cjg(), [&](Context& context) -> Result<int> {
    // The question is taken out of its hands: this CJG answers only what follows.
    KNOOP_TRY(context.send(story.smw().member(), MessageType::consent_state, std::nullopt, encode(old)));
    KNOOP_TRY(context.send(story.smw().member(), MessageType::consent_state, std::nullopt, encode(dressed)));
    return 0;
  });
  story.take_back(id);
  story.heal_recorder();
  REQUIRE(story.until([&] { return story.release_state(exchange) == ReleaseState::cancelled; }));
  story.region.run_for(1min);
  CHECK(story.count(story.smw(), "release.disclosed") == 1);
  // The one in another release's clothes is no answer at all.
  CHECK(story.dead(story.smw()) == 1);
}

TEST_CASE("hostile: a false signature, another's word, another question: no answer") {
  Elsewhere story(87);
  story.recorded({Category::reason});
  const ExchangeId exchange = story.waiting();
  const auto ask = *story.ask_of(exchange);
  const auto body = story.answer_to(ask, ConsentStatus::permitted, story.now());
  const auto lie = [&](SimNode& from, const exchange::ConsentState& state) {
    const std::size_t before = story.dead(story.smw());
    story.send(from, story.smw(), MessageType::consent_state, encode(state));
    return [&story, before] { return story.dead(story.smw()) == before + 1; };
  };
  // MEE, which was never asked, with its own signature and with its own name.
  CHECK(story.until(lie(story.mee(), story.signed_by(story.mee(), body))));
  auto as_mee = body;
  as_mee.recorder = story.mee().member();
  CHECK(story.until(lie(story.mee(), story.signed_by(story.mee(), as_mee))));
  CHECK(story.release_state(exchange) == ReleaseState::offered);
  CHECK(story.count(story.smw(), "release.disclosed") == 0);

  // The pure checks see the rest.
  const exchange::AskedState asked{story.network_id(), story.cjg().member(), story.smw().member(),
                                   ask.request};
  const SigningPublicKey key = story.cjg().card().signing_key;
  const auto refused = [&](const exchange::ConsentState& state) {
    const auto checked = exchange::check_state(asked, state, key);
    return checked ? std::string("taken") : std::string(to_string(checked.error().code));
  };
  CHECK(refused(story.signed_by(story.cjg(), body)) == "taken");
  auto forged = story.signed_by(story.cjg(), body);
  forged.signature.data()[3] ^= 1;
  CHECK(refused(forged) == "bad-signature");
  CHECK(refused(story.signed_by(story.mee(), body)) == "bad-signature");
  for (const auto& change : std::vector<std::function<void(exchange::StateBody&)>>{
           [](auto& b) { b.network.data()[0] ^= 1; }, [](auto& b) { b.asker.data()[0] ^= 1; },
           [](auto& b) { b.recorder.data()[0] ^= 1; }, [](auto& b) { b.exchange.data()[0] ^= 1; },
           [](auto& b) { b.states.clear(); }, [](auto& b) { b.states.push_back(b.states.front()); },
           [](auto& b) { b.states.front().consent.data()[0] ^= 1; }}) {
    auto other = body;
    change(other);
    auto state = story.signed_by(story.cjg(), other);
    CHECK(refused(state) == "bad-value");
    state.exchange = exchange;
    CHECK(refused(state) == "bad-value");
  }
}

TEST_CASE("hostile: a recorder whose clock is wrong cannot make its answer last") {
  const Timestamp asked{1'800'000'000'000};
  CHECK(exchange::is_fresh(asked, asked, asked));
  CHECK(exchange::is_fresh(asked, asked + 5min, asked + 1s));
  CHECK(exchange::is_fresh(asked, asked - 5min, asked + 15min));
  CHECK_FALSE(exchange::is_fresh(asked, asked, asked + 15min + 1ms));
  CHECK_FALSE(exchange::is_fresh(asked, asked + 24h, asked + 1s));  // ahead
  CHECK_FALSE(exchange::is_fresh(asked, asked + 14min, asked + 1min));
  CHECK_FALSE(exchange::is_fresh(asked, asked - 6min, asked + 1s));  // behind, or made before it was asked
  CHECK_FALSE(exchange::is_fresh(asked, asked, asked - 1ms));

  Elsewhere story(88);
  story.recorded({Category::reason});
  story.cjg().set_clock(-10min);
  ExchangeId exchange;
  story.ask_and_wait(exchange);
  CHECK(story.answer(exchange).offered);
  REQUIRE(story.until([&] {
    const auto state = story.release_state(exchange);
    return state == ReleaseState::cancelled || state == ReleaseState::disclosed;
  }));
  CHECK(story.release_state(exchange) == ReleaseState::cancelled);
}

TEST_CASE("hostile: a member that was not told hears the same as of a consent that never was") {
  Elsewhere story(89);
  const BasisId id = story.recorded({Category::reason});
  const auto hear = [&](const std::vector<BasisId>& ids) {
    const std::size_t before = story.count(story.cjg(), "consent.state-given");
    const exchange::ConsentStateRequest request{ExchangeId(std::array<Byte, 16>{7}), {}, ids};
    story.send(story.mee(), story.cjg(), MessageType::consent_state_request, encode(request));
    REQUIRE(story.until([&] { return story.count(story.cjg(), "consent.state-given") == before + 1; }));
    return story.in(story.cjg(), [&](Context& context) -> Result<std::string> {
      std::string detail;
      KNOOP_TRY(storage::each_audit_entry(
          context.tx, 1, 0, 100'000, [&](const audit::ExportedEntry& entry) -> Result<void> {
            const auto open = [&](audit::Field field) {
              return std::get<audit::Opening>(entry.fields[slot(field)]).value;
            };
            if (open(audit::Field::event) == "consent.state-given")
              detail = open(audit::Field::detail) + "|" + open(audit::Field::basis) + "|" +
                       open(audit::Field::client) + "|" + open(audit::Field::outcome);
            return {};
          }));
      return detail;
    });
  };
  const std::string known = hear({id});
  CHECK(known == "unknown|||refused");
  CHECK(hear({BasisId(std::array<Byte, 16>{9})}) == known);
  // One that asks nothing, or the same twice, is no question.
  for (const auto& ids : {std::vector<BasisId>{}, std::vector<BasisId>{id, id}}) {
    const std::size_t before = story.dead(story.cjg());
    story.send(story.mee(), story.cjg(), MessageType::consent_state_request,
               encode(exchange::ConsentStateRequest{ExchangeId{}, {}, ids}));
    CHECK(story.until([&] { return story.dead(story.cjg()) == before + 1; }));
  }
}

TEST_CASE("hostile: statements that nobody may make are refused, and nothing is kept of them") {
  Elsewhere story(90);
  const BasisId own = story.consent({Category::help});
  const auto refused = [&](const std::function<void(exchange::StatementBody&)>& change) {
    const std::size_t before = story.dead(story.smw());
    story.send(story.mee(), story.smw(), MessageType::consent_statement,
               encode(story.statement(story.mee(), change)));
    REQUIRE(story.until([&] { return story.dead(story.smw()) == before + 1; }));
    CHECK(story.copies().empty());
  };
  refused([](auto& b) { b.network.data()[0] ^= 1; });
  refused([&](auto& b) { b.recorder = story.cjg().member(); });   // another's name
  refused([&](auto& b) { b.releaser = story.bjz().member(); });   // not for us
  refused([&](auto& b) { b.recipient = story.smw().member(); });  // to ourselves
  refused([&](auto& b) { b.consent = own; });                     // an id that it may have seen
  refused([](auto& b) { b.about = {matching::MatchId(std::array<Byte, 16>{99}), std::nullopt}; });
  refused([](auto& b) { b.about = {}; });
  refused([](auto& b) { b.capacities.clear(); });
  refused([](auto& b) { b.recipient.reset(); });
  refused([](auto& b) { b.until.reset(); });
  refused([](auto& b) { b.exclusions = {Category::safety}; });
  refused([](auto& b) { b.categories.clear(); });
  refused([](auto& b) { b.replaces = {b.consent}; });
  CHECK(story.received().empty());
}

TEST_CASE("hostile: another member's word takes no refusal's place") {
  Elsewhere story(91);
  const BasisId refusal = story.in(story.smw(), [&](Context& context) -> Result<BasisId> {
    consent::Consent record = story.said({Category::reason}, dutch_day(context.now));
    record.client = "smw-een-1";
    record.releaser.reset();
    record.answer = consent::Answer::no;
    return story.smw().node().service<ConsentService>().record(context, record);
  });
  const auto statement = story.statement(story.cjg(), [&](auto& body) {
    body.categories = {Category::reason};
    body.until = Date::from_days(body.from.days() + 10);
    body.replaces = {refusal};
  });
  story.send(story.cjg(), story.smw(), MessageType::consent_statement, encode(statement));
  REQUIRE(story.until([&] { return story.copies().size() == 1; }));
  const auto preview = story.preview({Category::reason});
  REQUIRE(preview.decisions.size() == 1);
  CHECK(preview.decisions.front().reason == Reason::refused);
}

TEST_CASE("R3.4: a no at the recorder in the place of its yes ends what rests on that yes") {
  Elsewhere story(92);
  const BasisId yes = story.recorded({Category::reason});
  ExchangeId exchange;
  story.ask_and_wait(exchange);
  story.answer(exchange);
  REQUIRE(story.until([&] { return story.acquisition_state(exchange) == AcquisitionState::received; }));
  story.recorded({Category::reason}, [&](consent::Consent& record) {
    record.answer = consent::Answer::no;
    record.replaces = {yes};
  });
  REQUIRE(story.until([&] { return story.received().front().status == LoanStatus::locked; }));
  CHECK(story.preview({Category::reason}).decisions.front().permitted == false);
}

TEST_CASE("R3.3: what is recorded for another member names a case that both know, and another than itself") {
  Elsewhere story(93);
  const auto code = [&](const Elsewhere::Change& change,
                        exchange::About about = {known_match(), std::nullopt}) {
    return story.try_record({Category::reason}, change, about).error().code;
  };
  CHECK(code([&](auto& r) { r.releaser = story.cjg().member(); }) == ErrorCode::bad_value);
  CHECK(code([&](auto& r) { r.releaser = r.recipient; }) == ErrorCode::bad_value);
  CHECK(code([&](auto& r) { r.releaser = MemberId{}; }) == ErrorCode::not_a_member);
  CHECK(code([](auto&) {}, {}) == ErrorCode::bad_value);
  CHECK(code([](auto&) {}, {matching::MatchId(std::array<Byte, 16>{99}), std::nullopt}) ==
        ErrorCode::not_found);
  CHECK(story.copies().empty());
  CHECK(story.count(story.cjg(), "consent.recorded") == 0);
}

TEST_CASE("R3.5: through loss and restarts no key leaves on a consent that its recorder took back") {
  std::size_t before = 0, never = 0;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    CAPTURE(seed);
    Elsewhere story(1000 + seed);
    auto& dice = story.region.dice;
    const auto up_to = [&](std::uint64_t most) {
      return Milliseconds{static_cast<std::int64_t>(dice() % most)};
    };
    const BasisId id = story.recorded({Category::reason});
    ExchangeId exchange;
    story.ask_and_wait(exchange);
    story.region.network.faults = {150, 100, 20, Milliseconds{1}, Milliseconds{300}};
    story.region.agenda.after(up_to(2500), [&, what = dice() % 3] {
      SimNode& victim = story.region[what];
      if (!victim.running()) return;
      victim.crash();
      story.region.agenda.after(up_to(2000), [&victim] { victim.start(); });
    });
    story.answer(exchange);
    story.region.run_for(up_to(3000));
    REQUIRE(story.region.run_until([&] { return story.cjg().running(); }, Milliseconds{60'000}));
    story.take_back(id);
    story.region.run_for(10s);
    story.region.network.faults = {};
    REQUIRE(story.until([&] {
      const auto state = story.acquisition_state(exchange);
      return story.cjg().running() &&
             (state == AcquisitionState::cancelled || state == AcquisitionState::received) &&
             story.in(story.cjg(), [](Context& c) { return storage::withdrawals_out(c.tx, true); }).empty() &&
             story.in(story.smw(), [](Context& c) { return storage::withdrawals_out(c.tx, true); }).empty();
    }));
    const bool left = story.release_state(exchange) == ReleaseState::disclosed;
    ++(left ? before : never);
    for (const auto& one : story.received()) {
      CHECK(one.status == LoanStatus::locked);
      CHECK(one.fragment.content.text.empty());
    }
    // At the releaser nothing is disclosed once it heard of the withdrawal.
    bool heard = false;
    for (const std::string& event : story.verified_log(story.smw())) {
      if (event == "consent.withdrawal-received") heard = true;
      if (event == "release.disclosed") CHECK_FALSE(heard);
    }
    CHECK(heard);
  }
  CHECK(before > 5);
  CHECK(never > 5);
}
