// R8.4: destroying a client between two organisations: what four eyes decide, what receivers do, what lies they may tell, and that
// both logs verify before and after.
#include "node/core/membership.h"
#include "node/core/records.h"
#include "node/core/retention.h"
#include "protocol/erasure/proof_file.h"
#include "storage/audit_repository.h"
#include "storage/handover_repository.h"
#include "tests/sim/exchange_scene.h"
#include "tests/support/must.h"

using namespace knoop;
using namespace knoop::sim;
using storage::Destruction;
using storage::DestructionGround;
using storage::DestructionState;
using test::must;

namespace {

const Actor officer{Role::privacy_officer, "f.gerritsen", "", std::nullopt, "console"};

struct Erasure : Story {
  using Story::Story;

  DestructionService& service() { return smw().node().service<DestructionService>(); }
  Result<Destruction> ask(DestructionGround ground = DestructionGround::mistake,
                          const std::optional<FragmentId>& fragment = std::nullopt) {
    return smw().command<Destruction>(
        [&](Context& context) {
          return service().ask(context, {"smw-een-1", fragment, ground, "hoort hier niet"});
        },
        worker);
  }
  Result<Destruction> approve(const Destruction& d, const Actor& who = officer) {
    return smw().command<Destruction>(
        [&](Context& context) { return service().approve(context, d.id, d.fingerprint); }, who);
  }
  Destruction destruction(const DestructionId& id) {
    return in(smw(), [&](Context& context) -> Result<Destruction> {
      KNOOP_LET(found, storage::find_destruction(context.tx, id));
      return std::move(*found);
    });
  }
  std::vector<storage::DestructionOrderOut> orders(const DestructionId& id) {
    return in(smw(), [&](Context& context) { return storage::orders_of(context.tx, id); });
  }
  bool has_client() {
    return in(smw(), [&](Context& context) -> Result<bool> {
      KNOOP_LET(client, storage::find_client(context.tx, "smw-een-1"));
      return client.has_value();
    });
  }
  /// Two fragments at BJZ; the first is taken over when asked.
  ExchangeId release(bool take_over) {
    consent({Category::reason, Category::help});
    ExchangeId exchange;
    ask_and_wait(exchange);
    answer(exchange);
    REQUIRE(until([&] { return acquisition_state(exchange) == AcquisitionState::received; }));
    if (take_over)
      in(bjz(), [&](Context& context) -> Result<int> {
        KNOOP_TRY(bjz().node().service<ExchangeService>().take_over(context, smw().member(), exchange,
                                                                    fragment_id(1), "eigen dossier"));
        return 0;
      });
    return exchange;
  }
  /// Approved by another and carried out.
  Destruction destroyed() {
    const Destruction asked = must(ask());
    must(approve(asked));
    REQUIRE(until([&] { return destruction(asked.id).state == DestructionState::done; }));
    return destruction(asked.id);
  }
  std::size_t dead_letters(SimNode& node) {
    return in(node, [&](Context& context) -> Result<std::size_t> {
      KNOOP_LET(row, context.tx.one("SELECT count(*) FROM dead_letter"));
      return row->get<std::size_t>(0);
    });
  }
  void send(SimNode& from, SimNode& to, MessageType type, Bytes body) {
    in(from, [&](Context& context) -> Result<int> {
      KNOOP_TRY(context.send(to.member(), type, std::nullopt, std::move(body)));
      return 0;
    });
    region.run_for(Milliseconds{5'000});
  }
  erasure::DestructionProof proof_of(const erasure::Statement& statement, SimNode& signer) {
    return in(signer, [&](Context& context) -> Result<erasure::DestructionProof> {
      return erasure::sign_statement(statement, context.keys().signing.secret_key);
    });
  }
};

template <typename T>
ErrorCode refusal(const Result<T>& result) {
  REQUIRE_FALSE(result.has_value());
  return result.error().code;
}

}  // namespace

TEST_CASE("R8.4: a destroyed client is gone here, its loans at the receiver, and both logs verify") {
  Erasure story(1);
  story.release(true);
  const auto before = story.verified_log(story.smw());
  const Destruction done = story.destroyed();
  CHECK_FALSE(story.has_client());
  CHECK(done.client.empty());
  CHECK(done.reason.empty());
  CHECK(done.asked_by == "c.jansen");
  CHECK(done.approved_by == "f.gerritsen");
  CHECK(done.fields > 5);

  REQUIRE(story.until([&] { return story.orders(done.id).at(0).answered.has_value(); }));
  const auto order = story.orders(done.id).at(0);
  CHECK(order.given == 2);
  CHECK(order.destroyed == 1);
  CHECK(order.kept == 1);
  const auto left = story.received();
  REQUIRE(left.size() == 1);
  CHECK(left[0].status == LoanStatus::flagged);

  const auto after = story.verified_log(story.smw());
  CHECK(std::ranges::equal(before, std::vector(after.begin(), after.begin() + std::ssize(before))));
  CHECK(std::ranges::count(after, "field.erased") == done.fields);
  CHECK(std::ranges::count(after, "destruction.done") == 1);
  story.verified_log(story.bjz());

  // Nothing that is left of the log names the client, in any field.
  story.in(story.smw(), [&](Context& context) -> Result<int> {
    KNOOP_TRY(storage::each_audit_entry(context.tx, 1, 0, after.size(),
                                        [&](const audit::ExportedEntry& entry) -> Result<void> {
                                          for (const auto& field : entry.fields)
                                            if (const auto* open = std::get_if<audit::Opening>(&field))
                                              CHECK(open->value.find("smw-een-1") == std::string::npos);
                                          return {};
                                        }));
    KNOOP_LET(consents, storage::consents_of(context.tx, "smw-een-1"));
    CHECK(consents.empty());
    KNOOP_LET(releases, storage::releases_of(context.tx, "smw-een-1"));
    CHECK(releases.empty());
    KNOOP_LET(key, context.tx.vault().find_key("smw-een-1"));
    CHECK_FALSE(key.has_value());
    KNOOP_LET(proof, story.service().proof(context, done.id));
    CHECK(proof.find("destruction " + done.id.hex()) != std::string::npos);
    CHECK(proof.find(fmt::format("entry {} {}", done.entry->index, done.entry->leaf.hex())) !=
          std::string::npos);
    CHECK(proof.find("given 2 destroyed 1 kept 1") != std::string::npos);
    CHECK(proof.find("smw-een-1") == std::string::npos);
    // Whoever holds the two cards can check it.
    KNOOP_LET(file, erasure::DestructionFile::parse(proof));
    KNOOP_LET(checked, erasure::check_destruction(file, context.membership().own_card()->signing_key, {}));
    CHECK(checked.record.destruction == done.id);
    REQUIRE(checked.record.recipients.size() == 1);
    const Card* const receiver = context.membership().card(story.bjz().member());
    REQUIRE(receiver != nullptr);
    KNOOP_LET(said,
              erasure::check_answer(checked.record, checked.record.recipients[0], receiver->signing_key));
    CHECK(said.kept == 1);
    return 0;
  });
  story.smw().crash();
  story.smw().start();
  CHECK_FALSE(story.has_client());
}

TEST_CASE("R8.4 refused: the same person twice, and an approval after what was asked changed") {
  Erasure story(2);
  const Destruction asked = must(story.ask());
  CHECK(refusal(story.approve(asked, worker)) == ErrorCode::forbidden);
  CHECK(refusal(story.ask()) == ErrorCode::wrong_state);  // a second one of the same
  Destruction other = asked;
  other.fingerprint = Hash256{};
  CHECK(refusal(story.approve(other)) == ErrorCode::conflict);

  records::Fragment changed = story.own(Story::fragment_id(1));
  changed.text = "Er is iets bijgekomen.";
  story.correct(Story::fragment_id(1), changed);
  CHECK(refusal(story.approve(asked)) == ErrorCode::conflict);
  CHECK(story.has_client());

  story.in(story.smw(), [&](Context& context) -> Result<int> {
    KNOOP_TRY(story.service().cancel(context, asked.id, "veranderd"));
    return 0;
  });
  CHECK(refusal(story.approve(asked)) == ErrorCode::wrong_state);
  must(story.approve(must(story.ask())));
  REQUIRE(story.until([&] { return !story.has_client(); }));
}

TEST_CASE("R8.4 refused: destroying while a hand-over or an exchange runs, and while a term to keep runs") {
  Erasure story(3);
  CHECK(refusal(story.ask(DestructionGround::retention)) == ErrorCode::wrong_state);
  CHECK(refusal(story.ask(DestructionGround::request)) == ErrorCode::wrong_state);  // nobody asked for it

  const Destruction asked = must(story.ask());
  storage::StoredHandover handover;
  handover.id = accepted_handover();
  handover.party = handover::Party::afzender;
  handover.peer = story.bjz().member();
  handover.client_ref = "smw-een-1";
  handover.ask.kind = handover::Kind::handover;
  handover.ask.urgency = handover::Urgency::normal;
  handover.ask.occasion = "aanmelding";
  handover.state = handover::State::requested;
  handover.responsible = handover::Party::afzender;
  story.in(story.smw(), [&](Context& context) -> Result<int> {
    KNOOP_TRY(storage::put_handover(context.tx, handover));
    return 0;
  });
  const auto refused = story.approve(asked);
  CHECK(refusal(refused) == ErrorCode::wrong_state);
  CHECK(refused.error().sentence.find("hand-over") != std::string::npos);
  story.in(story.smw(), [&](Context& context) -> Result<int> {
    handover.state = handover::State::closed;
    KNOOP_TRY(storage::put_handover(context.tx, handover));
    return 0;
  });
  story.consent({Category::reason});
  ExchangeId exchange;
  story.ask_and_wait(exchange);
  CHECK(refusal(story.approve(asked)) == ErrorCode::wrong_state);
  CHECK(story.has_client());
}

TEST_CASE("R8.4: one fragment is destroyed here and at its receiver, the rest stays") {
  Erasure story(4);
  story.release(false);
  const Destruction asked = must(story.ask(DestructionGround::mistake, Story::fragment_id(1)));
  must(story.approve(asked));
  REQUIRE(story.until([&] { return story.destruction(asked.id).state == DestructionState::done; }));
  REQUIRE(story.until([&] { return story.orders(asked.id).at(0).answered.has_value(); }));
  CHECK(story.orders(asked.id).at(0).given == 1);
  CHECK(story.orders(asked.id).at(0).destroyed == 1);
  const auto left = story.received();
  REQUIRE(left.size() == 1);
  CHECK(left[0].fragment.id == Story::fragment_id(2));
  CHECK(story.has_client());
  story.in(story.smw(), [&](Context& context) -> Result<int> {
    KNOOP_LET(gone, storage::find_fragment(context.tx, Story::fragment_id(1)));
    CHECK_FALSE(gone.has_value());
    KNOOP_LET(stays, storage::find_fragment(context.tx, Story::fragment_id(2)));
    CHECK(stays.has_value());
    return 0;
  });
}

TEST_CASE("R8.4 hostile: orders for what was never given, and a third member's order, destroy nothing") {
  Erasure story(5, {{"smw-een", "smw"}, {"bjz-twee", "bjz"}, {"cjg-drie", "cjg"}});
  const ExchangeId exchange = story.release(false);
  SimNode& third = story.region[2];
  story.send(third, story.bjz(), MessageType::destruction_order,
             encode(erasure::DestructionOrder{
                 DestructionId(std::array<Byte, 16>{7}), exchange, {}, Timestamp{1'800'000'000'000}}));
  story.send(story.smw(), story.bjz(), MessageType::destruction_order,
             encode(erasure::DestructionOrder{DestructionId(std::array<Byte, 16>{8}),
                                              ExchangeId(std::array<Byte, 16>{9}),
                                              {},
                                              Timestamp{1'800'000'000'000}}));
  CHECK(story.received().size() == 2);
  CHECK(story.count(story.bjz(), "destruction.order-received") == 2);
  CHECK(story.count(story.bjz(), "fragment.deleted") == 0);
}

TEST_CASE("R8.4 hostile: false proofs of destruction are dead letters and change nothing") {
  Erasure story(6);
  story.release(true);
  story.region.network.cut(story.smw().member(), story.bjz().member());
  const Destruction done = story.destroyed();
  const auto order = story.orders(done.id).at(0);
  REQUIRE_FALSE(order.answered.has_value());
  const erasure::Statement honest{done.id,
                                  order.exchange,
                                  story.smw().member(),
                                  story.bjz().member(),
                                  2,
                                  0,
                                  {},
                                  Timestamp{1'800'000'000'000}};
  std::size_t dead = 0;
  story.region.network.heal(story.smw().member(), story.bjz().member());
  // The honest answer comes first; whatever differs afterwards is refused.
  REQUIRE(story.until([&] { return story.orders(done.id).at(0).answered.has_value(); }));
  const auto refused = [&](const erasure::DestructionProof& proof) {
    story.send(story.bjz(), story.smw(), MessageType::destruction_proof, encode(proof));
    CHECK(story.dead_letters(story.smw()) == ++dead);
    CHECK(story.orders(done.id).at(0).kept == 1);
  };
  SECTION("a second and different one") {
    refused(story.proof_of(honest, story.bjz()));
  }
  SECTION("more than was given") {
    erasure::Statement more = honest;
    more.destroyed = 3;
    refused(story.proof_of(more, story.bjz()));
  }
  SECTION("of a destruction that nobody ordered") {
    erasure::Statement other = honest;
    other.destruction = DestructionId(std::array<Byte, 16>{9});
    refused(story.proof_of(other, story.bjz()));
  }
  SECTION("of an exchange that was not ordered") {
    erasure::Statement other = honest;
    other.exchange = ExchangeId(std::array<Byte, 16>{9});
    refused(story.proof_of(other, story.bjz()));
  }
  SECTION("in another's name") {
    erasure::Statement other = honest;
    other.receiver = story.smw().member();
    refused(story.proof_of(other, story.bjz()));
  }
  SECTION("signed by another key") {
    refused(story.proof_of(honest, story.smw()));
  }
}

TEST_CASE("R8.4: an order that nobody answers is overdue after a day, and says so once") {
  Erasure story(7);
  story.release(false);
  story.region.network.cut(story.smw().member(), story.bjz().member());
  const Destruction done = story.destroyed();
  story.region.run_for(std::chrono::hours{30});
  CHECK(story.orders(done.id).at(0).overdue);
  CHECK(story.count(story.smw(), "destruction.overdue") == 1);
}

TEST_CASE("R8.4: a node killed at any moment of a destruction ends in the same") {
  for (std::uint64_t seed = 20; seed < 26; ++seed) {
    Erasure story(seed);
    story.release(seed % 2 == 0);
    auto& dice = story.region.dice;
    const Destruction asked = must(story.ask());
    must(story.approve(asked));
    for (int kill = 0; kill < 4; ++kill) {
      story.region.run_for(Milliseconds{static_cast<std::int64_t>(dice() % 300)});
      SimNode& victim = story.region[dice() % 2];
      victim.crash();
      victim.start();
    }
    REQUIRE(story.until([&] {
      return story.destruction(asked.id).state == DestructionState::done &&
             story.orders(asked.id).at(0).answered.has_value();
    }));
    CHECK_FALSE(story.has_client());
    CHECK(story.received().size() == (seed % 2 == 0 ? 1U : 0U));
    story.verified_log(story.smw());
    story.verified_log(story.bjz());
  }
}

TEST_CASE("R1.4, R4.1: who is past 23 or deceased is offered, nothing is destroyed by that") {
  Erasure story(8);
  const auto due = [&] {
    return story.in(story.smw(),
                    [&](Context& context) { return retention_due(context, records::ClientId{0}); });
  };
  CHECK(due().due.empty());
  story.in(story.smw(), [&](Context& context) -> Result<int> {
    KNOOP_TRY(set_deceased(context, "smw-een-1", Date::of(context.now)));
    records::Client old;
    old.ref = "OUD-1";
    old.surname = "Voorbeeld";
    old.birth_date = Date{Date::of(context.now).year - 24, 1, 1};
    KNOOP_TRY(storage::put_client(context.tx, old, context.now));
    return 0;
  });
  const auto found = due().due;
  REQUIRE(found.size() == 2);
  CHECK(found[0].deceased);
  CHECK_FALSE(found[0].past_age);
  REQUIRE(found[0].keep_until);
  CHECK(found[0].fragments.empty());  // twenty years have not gone by
  CHECK(found[1].client == "OUD-1");
  CHECK(found[1].past_age);
  CHECK_FALSE(found[1].keep_until);
  CHECK(story.has_client());
  // The death outlives the next import.
  story.in(story.smw(), [&](Context& context) -> Result<int> {
    KNOOP_LET(stored, storage::find_client(context.tx, "smw-een-1"));
    records::Client renamed = stored->client;
    renamed.surname = "Anders";
    KNOOP_TRY(storage::put_client(context.tx, renamed, context.now));
    KNOOP_LET(after, storage::find_client(context.tx, "smw-een-1"));
    CHECK(after->deceased.has_value());
    return 0;
  });
}

TEST_CASE("R8.4: requests of data subjects have terms, are extended once, and overdue ones are told once") {
  using storage::SubjectRequestKind;
  using storage::SubjectRequestState;
  CHECK(SubjectRequestService::term_of(SubjectRequestKind::access, {2026, 1, 31}) == Date{2026, 2, 28});
  CHECK(SubjectRequestService::term_of(SubjectRequestKind::correction, {2026, 11, 2}) == Date{2026, 12, 2});
  CHECK(SubjectRequestService::term_of(SubjectRequestKind::destruction, {2026, 11, 30}) == Date{2027, 2, 28});

  Erasure story(9);
  const auto service = [&]() -> SubjectRequestService& {
    return story.smw().node().service<SubjectRequestService>();
  };
  const auto act = [&](const auto& what) {
    return story.smw().command<storage::SubjectRequest>(what, worker);
  };
  const auto receive = [&](SubjectRequestKind kind, int days_ago) {
    return act([&](Context& context) {
      return service().receive(context, {"smw-een-1", kind, "moeder", "mag ik het zien",
                                         Date::from_days(Date::of(context.now).days() - days_ago)});
    });
  };
  const auto request = must(receive(SubjectRequestKind::access, 0));
  const auto extend = [&](const SubjectRequestId& id) {
    return act([&](Context& context) { return service().extend(context, id, "veel stukken"); });
  };
  CHECK(must(extend(request.id)).due == request.due.plus_months(2));
  CHECK(refusal(extend(request.id)) == ErrorCode::wrong_state);
  CHECK(refusal(receive(SubjectRequestKind::access, -1)) == ErrorCode::bad_value);

  const auto late = must(receive(SubjectRequestKind::correction, 45));
  CHECK(refusal(extend(late.id)) == ErrorCode::wrong_state);
  story.region.run_for(std::chrono::hours{49});
  CHECK(story.count(story.smw(), "subject-request.overdue") == 1);

  const auto answer = [&](const SubjectRequestId& id, SubjectRequestState state, const std::string& words) {
    return act([&](Context& context) { return service().answer(context, id, state, words); });
  };
  CHECK(refusal(answer(late.id, SubjectRequestState::refused, "")) == ErrorCode::bad_value);
  CHECK(refusal(answer(late.id, SubjectRequestState::open, "nog niet")) == ErrorCode::bad_value);
  CHECK(
      must(answer(late.id, SubjectRequestState::refused, "het klopt zoals het er staat")).closed.has_value());
  CHECK(refusal(answer(late.id, SubjectRequestState::granted, "toch")) == ErrorCode::wrong_state);

  // The subject's own words become a view in the dossier.
  const auto fragment = story.in(story.smw(), [&](Context& context) {
    return service().add_statement(context, request.id, "Ik zie dit anders.");
  });
  CHECK(story.own(fragment).category == Category::views);

  // A request for destruction opens that ground, and is met by it.
  must(receive(SubjectRequestKind::destruction, 0));
  const Destruction asked = must(story.ask(DestructionGround::request));
  must(story.approve(asked));
  REQUIRE(story.until([&] { return !story.has_client(); }));
  const auto counts = story.in(story.smw(), [&](Context& context) { return service().counts(context); });
  CHECK(counts.open == 0);
  const auto left =
      story.in(story.smw(), [&](Context& context) { return service().list(context, std::nullopt, false); });
  CHECK(left.empty());
}
