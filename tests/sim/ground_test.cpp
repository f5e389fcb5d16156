// Sharing without consent between two organisations (R3.6): it goes, it is logged for what it is, it is reviewed by somebody
// else, the client is told; and what was not justified is called back. Also: what the node asks of consents beyond the pure
// rules (texts, versions, the organisation's policy).
#include "tests/sim/exchange_scene.h"

using namespace knoop;
using namespace knoop::sim;

namespace {

const Actor officer{Role::privacy_officer, "p.officier", "", std::nullopt, "console"};
constexpr Milliseconds day{86'400'000};

struct Sharing : Story {
  using Story::Story;

  ConsentService& service() { return smw().node().service<ConsentService>(); }

  consent::Ground draft(consent::GroundKind kind) {
    consent::Ground ground;
    ground.client = "smw-een-1";
    ground.kind = kind;
    ground.recipient = bjz().member();
    ground.items = {fragment_id(3)};
    ground.reasons = "vastgelegd in het dossier";
    ground.source = "beschikking van de kinderrechter, vraag van de gezinsvoogd";
    ground.consulted = "b.devries";
    ground.until = in(smw(), [](Context& context) -> Result<Date> { return Date::of(context.now); });
    return ground;
  }
  /// As whoever acts; the error of the node otherwise.
  Result<consent::Ground> record(const consent::Ground& ground, const Actor& who = worker) {
    return smw().command<consent::Ground>(
        [&](Context& context) { return service().record_ground(context, ground); }, who);
  }
  Result<ConsentService::Reviewed> review(const BasisId& id, consent::Verdict verdict,
                                          const Actor& who = officer) {
    return smw().command<ConsentService::Reviewed>(
        [&](Context& context) { return service().review(context, id, verdict, "overwogen"); }, who);
  }
  std::vector<consent::Ground> waiting() {
    return in(smw(), [&](Context& context) { return service().reviews(context); });
  }
  std::vector<consent::Ground> to_tell() {
    return in(smw(), [&](Context& context) { return service().clients_to_tell(context); });
  }
  /// The ground's item goes to BJZ.
  void go() {
    ExchangeId exchange;
    ask_and_wait(exchange);
    CHECK(answer(exchange).offered);
    REQUIRE(until([&] { return acquisition_state(exchange) == AcquisitionState::received; }));
  }
  /// The newest entry of an event, with its open fields.
  std::string field(std::string_view event, audit::Field wanted) {
    return in(smw(), [&](Context& context) -> Result<std::string> {
      std::string value;
      KNOOP_TRY(storage::each_audit_entry(
          context.tx, 1, 0, 100'000, [&](const audit::ExportedEntry& entry) -> Result<void> {
            const auto open = [&](audit::Field field) {
              return std::get<audit::Opening>(entry.fields[audit::slot(field)]).value;
            };
            if (open(audit::Field::event) == event) value = open(wanted);
            return {};
          }));
      return value;
    });
  }
  void pass(Milliseconds time) { region.run_for(time); }
};

}  // namespace

TEST_CASE("R3.6: an order is a duty: it goes though the family refused, and the log says duty") {
  Sharing story(31);
  const auto ground = story.record(story.draft(consent::GroundKind::supervision_order));
  REQUIRE(ground);
  CHECK(ground->recorded_by == "c.jansen");
  CHECK_FALSE(ground->review);
  story.go();
  const auto received = story.received();
  REQUIRE(received.size() == 1);
  CHECK(received[0].fragment.content.category == Category::safety);
  CHECK(received[0].fragment.content.text == marker);

  CHECK(story.field("ground.recorded", audit::Field::authorisation) == "verplichting ondertoezichtstelling");
  CHECK(story.field("release.disclosed", audit::Field::authorisation) ==
        "verplichting ondertoezichtstelling");
  CHECK(story.field("release.disclosed", audit::Field::emergency) != "yes");
  CHECK(story.count(story.smw(), "release.disclosed") == 1);

  SECTION("the privacy officer judges it, once; the one who decided cannot") {
    CHECK(story.review(ground->id, consent::Verdict::justified, worker).error().code == ErrorCode::forbidden);
    CHECK(story.waiting().size() == 1);
    REQUIRE(story.review(ground->id, consent::Verdict::justified));
    CHECK(story.waiting().empty());
    CHECK(story.review(ground->id, consent::Verdict::rejected).error().code == ErrorCode::wrong_state);
    CHECK(story.received()[0].status == LoanStatus::on_loan);
    CHECK(story.field("ground.reviewed", audit::Field::user) == "p.officier");
  }
  SECTION("rejected, it is called back, and nothing more leaves on it") {
    const auto rejected = story.review(ground->id, consent::Verdict::rejected);
    REQUIRE(rejected);
    CHECK(rejected->effect.followed == 1);
    REQUIRE(story.until([&] { return story.received()[0].status == LoanStatus::locked; }));
    CHECK(story.received()[0].fragment.content.text.empty());
    REQUIRE(story.until([&] { return story.count(story.smw(), "consent.withdrawal-acknowledged") == 1; }));
    ExchangeId again;
    story.ask_and_wait(again);
    CHECK_FALSE(story.answer(again).offered);
    CHECK(story.count(story.smw(), "ground.ended") == 1);
  }
}

TEST_CASE("R3.6: a ground that ends while the receipt is on its way stops the key") {
  Sharing story(32);
  const auto ground = story.record(story.draft(consent::GroundKind::conflict_of_duties));
  REQUIRE(ground);
  ExchangeId exchange;
  story.ask_and_wait(exchange);
  CHECK(story.answer(exchange).offered);
  const auto effect = story.in(
      story.smw(), [&](Context& context) { return story.service().end_ground(context, ground->id); });
  CHECK(effect.cancelled == 1);
  REQUIRE(story.until([&] { return story.acquisition_state(exchange) == AcquisitionState::cancelled; }));
  CHECK(story.received().empty());
  CHECK(story.count(story.smw(), "release.disclosed") == 0);
  CHECK(story.waiting().size() == 1);  // taken back or not, somebody judges it
  CHECK(story.to_tell().size() == 1);
}

TEST_CASE("R3.6: an emergency breaks the glass without a colleague, and its review is due in two days") {
  Sharing story(33);
  auto draft = story.draft(consent::GroundKind::emergency);
  draft.consulted.clear();
  const auto ground = story.record(draft);
  REQUIRE(ground);
  CHECK(ground->review_due.days() - draft.until.days() == 2);
  story.go();
  CHECK(story.field("release.disclosed", audit::Field::emergency) == "yes");
  CHECK(story.field("ground.recorded", audit::Field::emergency) == "yes");

  CHECK(story.count(story.smw(), "ground.overdue") == 0);
  story.pass(4 * day);
  CHECK(story.count(story.smw(), "ground.overdue") == 1);
  story.pass(4 * day);
  CHECK(story.count(story.smw(), "ground.overdue") == 1);  // told once
  const auto tasks = story.in(story.smw(), [&](Context& context) { return story.service().tasks(context); });
  CHECK((tasks.reviews == 1 && tasks.late_reviews == 1 && tasks.tellings == 1 && tasks.late_tellings == 0));
  CHECK(story.field("ground.overdue", audit::Field::detail) == "review by the privacy officer");
  CHECK(story.waiting().size() == 1);  // and still to be done
}

TEST_CASE(
    "R3.6: what a ground may not be: of another's fragment, of nobody's, to the wrong organisation, by "
    "oneself") {
  Sharing story(34);
  const auto refused = [&](auto change) {
    auto draft = story.draft(consent::GroundKind::conflict_of_duties);
    change(draft);
    return !story.record(draft);
  };
  CHECK(refused([](consent::Ground& g) { g.items = {Story::fragment_id(9)}; }));
  CHECK(refused([](consent::Ground& g) { g.client = "smw-een-2"; }));
  CHECK(refused([](consent::Ground& g) { g.recipient = MemberId{}; }));
  CHECK(refused(
      [](consent::Ground& g) { g.kind = consent::GroundKind::veilig_thuis; }));  // BJZ is not Veilig Thuis
  CHECK(refused([](consent::Ground& g) { g.consulted = "c.jansen"; }));
  CHECK(refused([](consent::Ground& g) { g.until = Date::from_days(g.until.days() + 91); }));

  // A fragment of another own client.
  const FragmentId others = Story::fragment_id(7);
  story.in(story.smw(), [&](Context& context) -> Result<int> {
    records::Client client;
    client.ref = "smw-een-2";
    client.surname = "Ander";
    KNOOP_LET(written, storage::put_client(context.tx, client, context.now));
    const records::Fragment fragment{
        Category::safety, "Titel", records::Nature::fact, "C. Jansen", Date{2026, 1, 2}, "van een ander", {}};
    KNOOP_TRY(storage::add_fragment(context.tx, others, written.id, fragment, context.now));
    return 0;
  });
  CHECK(refused([&](consent::Ground& g) { g.items = {others}; }));
  CHECK(story.count(story.smw(), "ground.recorded") == 0);

  // What a draft claims of its review, its recorder and its end is not believed.
  auto forged = story.draft(consent::GroundKind::conflict_of_duties);
  forged.recorded_by = "iemand anders";
  forged.review = consent::Review{consent::Verdict::justified, "goed", "p.officier", Timestamp{1}};
  forged.informing.told_at = Timestamp{1};
  const auto ground = story.record(forged);
  REQUIRE(ground);
  CHECK(ground->recorded_by == "c.jansen");
  CHECK_FALSE(ground->review);
  CHECK(story.waiting().size() == 1);
  CHECK(story.to_tell().size() == 1);
}

TEST_CASE("R3.6: telling the client is put off with a reason, becomes overdue again, and is done once") {
  Sharing story(35);
  const auto ground = story.record(story.draft(consent::GroundKind::conflict_of_duties));
  REQUIRE(ground);
  REQUIRE(story.review(ground->id, consent::Verdict::justified));
  const auto tell = [&](auto what) {
    return story.smw().command<int>(
        [&](Context& context) -> Result<int> {
          KNOOP_TRY(what(context));
          return 0;
        },
        worker);
  };
  story.pass(16 * day);
  CHECK(story.count(story.smw(), "ground.overdue") == 1);
  const Date later = story.in(story.smw(), [](Context& context) -> Result<Date> {
    return Date::from_days(Date::of(context.now).days() + 3);
  });
  CHECK_FALSE(tell(
      [&](Context& context) { return story.service().postpone_telling(context, ground->id, later, ""); }));
  CHECK(tell([&](Context& context) {
    return story.service().postpone_telling(context, ground->id, later, "gevaar voor het kind");
  }));
  CHECK(story.to_tell().front().informing.due == later);
  story.pass(5 * day);
  CHECK(story.count(story.smw(), "ground.overdue") == 2);
  CHECK(tell([&](Context& context) {
    return story.service().client_told(context, ground->id, "moeder, in gesprek");
  }));
  CHECK(story.to_tell().empty());
  CHECK_FALSE(
      tell([&](Context& context) { return story.service().client_told(context, ground->id, "nog eens"); }));
  CHECK(story.count(story.smw(), "ground.client-told") == 1);
  CHECK(story.count(story.smw(), "ground.telling-postponed") == 1);
}

TEST_CASE("R3.2: the organisation's policy counts at once, also for consents that were recorded before") {
  Sharing story(36);
  const auto policy = [&](auto change) {
    return story.smw().command<std::int64_t>(
        [&](Context& context) -> Result<std::int64_t> {
          KNOOP_LET(chosen, story.service().policy(context));
          change(chosen);
          return story.service().set_policy(context, chosen);
        },
        officer);
  };
  CHECK_FALSE(policy([](consent::ConsentPolicy& p) { p.authority.ages[1].from = 10; }));
  REQUIRE(policy([](consent::ConsentPolicy& p) { p.authority.every_parent = false; }) == 1);
  story.in(story.smw(), [&](Context& context) -> Result<BasisId> {
    consent::Consent record;
    record.client = "smw-een-1";
    record.answer = consent::Answer::yes;
    record.givers = {
        {consent::Capacity::parent, "moeder", "bekend", "gezagsregister", Date::of(context.now)}};
    record.others_have_authority = true;
    record.recipient = story.bjz().member();
    record.purpose = Purpose::handover;
    record.categories = {Category::reason};
    record.from = Date::of(context.now);
    record.until = Date::from_days(record.from.days() + 90);
    record.way = consent::Way::oral;
    record.text_version = "2026-1";
    record.told_withdrawable = true;
    return story.service().record(context, record);
  });
  ExchangeId first;
  story.ask_and_wait(first);
  CHECK(story.answer(first).offered);

  REQUIRE(policy([](consent::ConsentPolicy& p) { p.authority.every_parent = true; }) == 2);
  ExchangeId second;
  story.ask_and_wait(second);
  const auto answered = story.answer(second);
  CHECK_FALSE(answered.offered);
  CHECK(answered.decisions.front().reason == Reason::not_theirs);
  CHECK(story.count(story.smw(), "consent.policy-set") == 2);
}

TEST_CASE(
    "R3.2: a consent ends with the birthday after which others decide, without anybody withdrawing it") {
  Sharing story(37);  // the client turns 11 this year
  story.consent({Category::reason});
  ExchangeId before;
  story.ask_and_wait(before);
  CHECK(story.answer(before).offered);
  story.in(story.smw(), [&](Context& context) -> Result<int> {
    KNOOP_LET(stored, storage::find_client(context.tx, "smw-een-1"));
    const Date today = Date::of(context.now);
    stored->client.birth_date = Date{today.year - 12, today.month, std::min(today.day, 28U)};
    KNOOP_TRY(storage::put_client(context.tx, stored->client, context.now));
    return 0;
  });
  ExchangeId after;
  story.ask_and_wait(after);
  const auto answered = story.answer(after);
  CHECK_FALSE(answered.offered);
  CHECK(answered.decisions.front().reason == Reason::not_theirs);
}

TEST_CASE("R3.3: a consent names a text that exists, and prints as its givers saw it") {
  Sharing story(38);
  const auto add = [&](std::string version, std::string body) {
    return story.smw().command<Hash256>(
        [&](Context& context) {
          return story.service().add_text(context, {std::move(version), std::move(body)});
        },
        officer);
  };
  const std::string own =
      "Mogen wij {rubrieken} geven aan {ontvanger} voor {doel}, {periode}? U kunt dit altijd intrekken.";
  CHECK_FALSE(add("2026-1", own));  // exists
  CHECK_FALSE(add("eigen-1", "Mag het?"));
  REQUIRE(add("eigen-1", own));
  CHECK(add("eigen-1", own + " ").error().code == ErrorCode::conflict);

  const BasisId basis = story.consent({Category::reason});
  const auto listed =
      story.in(story.smw(), [&](Context& context) { return story.service().list(context, "smw-een-1"); });
  REQUIRE(listed.size() == 1);
  CHECK(listed[0].standing == consent::Standing::in_force);
  CHECK(listed[0].consent.text_hash == consent::hash_of(consent::built_in_texts()[0]));
  const std::string printed =
      story.in(story.smw(), [&](Context& context) { return story.service().print_consent(context, basis); });
  CHECK(printed.find("F05 Aanleiding en hulpvraag") != std::string::npos);
  CHECK(printed.find("Tekst 2026-1") != std::string::npos);
  CHECK(story.field("consent.read", audit::Field::detail) == "printed");

  auto record = listed[0].consent;
  record.text_version = "2019-9";
  const auto unknown = story.smw().command<BasisId>(
      [&](Context& context) { return story.service().record(context, record); }, worker);
  CHECK(unknown.error().code == ErrorCode::not_found);

  SECTION("a later version of the same givers replaces it") {
    record = listed[0].consent;
    record.text_version = "eigen-1";
    record.answer = consent::Answer::no;
    record.replaces = {basis};
    story.region.run_for(Milliseconds{1});  // what is recorded in one millisecond is listed by its random id
    story.in(story.smw(), [&](Context& context) { return story.service().record(context, record); });
    const auto both =
        story.in(story.smw(), [&](Context& context) { return story.service().list(context, "smw-een-1"); });
    REQUIRE(both.size() == 2);
    CHECK(both[0].standing == consent::Standing::replaced);
    CHECK(both[1].version == 2);
    ExchangeId exchange;
    story.ask_and_wait(exchange);
    CHECK_FALSE(story.answer(exchange).offered);
  }
}
