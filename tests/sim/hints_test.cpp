// Hints at what is odd (R8.5): raised whichever way somebody looks, once a cause, explained, and closed with a reason.
#include "node/core/hints.h"

#include <catch2/catch.hpp>

#include "node/core/audit_reader.h"
#include "node/core/consent_export.h"
#include "node/core/consent_service.h"
#include "node/core/handover_service.h"
#include "node/core/matching_watch.h"
#include "node/core/records.h"
#include "node/core/subject_report.h"
#include "storage/erasure_repository.h"
#include "storage/matching_repository.h"
#include "tests/sim/matching_scene.h"

namespace knoop {
namespace {

using namespace sim;
using namespace std::chrono_literals;

const Actor jansen{Role::professional, "c.jansen", "", std::nullopt, "console"};
const Actor pietersen{Role::professional, "p.pietersen", "", std::nullopt, "console"};
const Actor officer{Role::privacy_officer, "fg", "", std::nullopt, "console"};
const std::vector<Region::Organisation> two{{"smw-een", "smw"}, {"bjz-twee", "bjz"}};

template <typename T>
Result<T> as(SimNode& node, const Actor& actor, const std::function<Result<T>(Context&)>& what) {
  return node.command<T>(what, actor);
}

void open_file(SimNode& node, const Actor& actor, const std::string& ref) {
  REQUIRE(
      as<ClientFile>(node, actor, [&](Context& context) { return read_client(context, ref); }).has_value());
}

std::vector<ShownHint> hints(SimNode& node, bool open_only = true) {
  return as<std::vector<ShownHint>>(node, officer,
                                    [&](Context& context) { return list_hints(context, open_only); })
      .value();
}

std::size_t of_kind(SimNode& node, HintKind kind) {
  const auto all = hints(node);
  return static_cast<std::size_t>(std::ranges::count(all, kind, &ShownHint::kind));
}

std::int64_t logged(SimNode& node, audit::Event event) {
  return node
      .command<std::int64_t>([&](Context& context) -> Result<std::int64_t> {
        KNOOP_LET(row, context.tx.one("SELECT count(*) FROM audit_entries WHERE event = ?", event));
        return row->get<std::int64_t>(0);
      })
      .value();
}

void search(SimNode& node, const Actor& actor) {
  REQUIRE(as<std::vector<storage::StoredClient>>(node, actor, [](Context& context) {
            storage::ClientFilter filter;
            filter.birth_date = sanne.birth;
            return search_clients(context, filter);
          }).has_value());
}

void name_sanne(SimNode& node, const Actor& actor) {
  REQUIRE(as<int>(node, actor, [](Context& context) -> Result<int> {
            KNOOP_LET(bsn, records::Bsn::parse(sanne.bsn));
            KNOOP_TRY(name_own_family(context, bsn));
            return 0;
          }).has_value());
}

Result<int> close_as(SimNode& node, const Actor& actor, std::int64_t id, std::string_view reason) {
  return as<int>(node, actor, [&](Context& context) -> Result<int> {
    KNOOP_TRY(close_hint(context, id, reason));
    return 0;
  });
}

FragmentId add_note(SimNode& node, const std::string& ref) {
  return node
      .command<FragmentId>([&](Context& context) {
        return add_fragment(context, ref,
                            {Category::reason,
                             "Titel",
                             records::Nature::fact,
                             "C. Jansen",
                             Date{2026, 1, 2},
                             "Kort verslag.",
                             {"jeugdige"}});
      })
      .value();
}

}  // namespace

TEST_CASE("R8.5: who sees own family raises a hint, a colleague who does and another client do not") {
  Region region(301, two);
  put(region[0], "S1", sanne);
  put(region[0], "S2", fatima);
  name_sanne(region[0], jansen);
  open_file(region[0], pietersen, "S1");
  open_file(region[0], jansen, "S2");
  CHECK(of_kind(region[0], HintKind::own_family) == 0);
  open_file(region[0], jansen, "S1");
  open_file(region[0], jansen, "S1");
  REQUIRE(of_kind(region[0], HintKind::own_family) == 1);
  CHECK(hints(region[0]).front().row.subject == "c.jansen");
  CHECK(hints(region[0]).front().row.client == "S1");
  CHECK(logged(region[0], audit::Event::hint_raised) == 1);
  // The number itself is kept nowhere but with the client, and a number that two accounts name looks different.
  name_sanne(region[0], pietersen);
  const auto kept = region[0].command<std::int64_t>([](Context& context) -> Result<std::int64_t> {
    KNOOP_LET(numbers,
              context.tx.one("SELECT count(*) FROM own_family WHERE instr(person, ?) > 0", view(sanne.bsn)));
    KNOOP_LET(same, context.tx.one("SELECT 2 - count(DISTINCT person) FROM own_family"));
    return numbers->get<std::int64_t>(0) + same->get<std::int64_t>(0);
  });
  CHECK(kept.value() == 0);
  // Taken back: nothing new, the next day.
  REQUIRE(as<std::int64_t>(region[0], jansen, [](Context& context) {
            return take_back_own_family(context);
          }).value() == 1);
  region.run_for(24h);
  open_file(region[0], jansen, "S1");
  CHECK(of_kind(region[0], HintKind::own_family) == 1);
}

TEST_CASE("R8.5: a parent who was named is family too, and every day has its own hint") {
  Region region(306, two);
  REQUIRE(region[0]
              .command<int>([](Context& context) -> Result<int> {
                records::Client client;
                client.ref = "K1";
                client.surname = "Voorbeeld";
                client.birth_date = Date{2016, 1, 1};
                client.parent2_bsn = *records::Bsn::parse(sanne.bsn);
                KNOOP_LET(written, storage::put_client(context.tx, client, context.now));
                static_cast<void>(written);
                return 0;
              })
              .has_value());
  name_sanne(region[0], jansen);
  open_file(region[0], jansen, "K1");
  CHECK(of_kind(region[0], HintKind::own_family) == 1);
  region.run_for(24h);
  open_file(region[0], jansen, "K1");
  CHECK(of_kind(region[0], HintKind::own_family) == 2);
}

TEST_CASE("R8.5: no way to look at own family is forgotten: searches, lists, fragments, exports, reports") {
  struct Way {
    const char* name;
    Actor actor;
    std::function<Result<int>(SimNode&, Context&)> look;
  };
  const auto done = [](const auto& result) -> Result<int> {
    if (!result) return tl::unexpected(result.error());
    return 0;
  };
  FragmentId note;
  const std::vector<Way> ways{
      {"search", jansen,
       [&](SimNode&, Context& context) {
         storage::ClientFilter filter;
         filter.birth_date = sanne.birth;
         return done(search_clients(context, filter));
       }},
      {"involvements", jansen,
       [&](SimNode&, Context& context) { return done(list_involvements(context, {})); }},
      {"fragment", jansen,
       [&](SimNode&, Context& context) { return done(read_fragment(context, note, "")); }},
      {"consents", jansen,
       [&](SimNode& node, Context& context) {
         return done(node.node().service<ConsentService>().list(context, "S1"));
       }},
      {"hand-overs", jansen,
       [&](SimNode& node, Context& context) {
         storage::HandoverFilter filter;
         filter.client_ref = "S1";
         return done(node.node().service<HandoverService>().list(context, filter));
       }},
      {"FHIR export", jansen,
       [&](SimNode&, Context& context) { return done(export_consents(context, "S1")); }},
      {"subject report", officer,
       [&](SimNode&, Context& context) { return done(subject_report(context, "S1")); }},
      {"log of a client", officer,
       [&](SimNode&, Context& context) { return done(read_log_of_client(context, "S1", {}, 100)); }},
  };
  Region region(307, two);
  put(region[0], "S1", sanne);
  note = add_note(region[0], "S1");
  name_sanne(region[0], jansen);
  name_sanne(region[0], officer);
  std::size_t expected = 0;
  for (const Way& way : ways) {
    INFO(way.name);
    region.run_for(24h);
    const auto looked =
        as<int>(region[0], way.actor, [&](Context& context) { return way.look(region[0], context); });
    INFO((looked ? "" : looked.error().sentence));
    REQUIRE(looked.has_value());
    CHECK(of_kind(region[0], HintKind::own_family) == ++expected);
  }
}

TEST_CASE("R8.5: own family is named by people who see clients, and by nobody else") {
  Region region(308, two);
  for (const Actor& actor : {Actor{Role::administrator, "root", "", std::nullopt, "console"},
                             Actor{Role::service, "epd", "", std::nullopt, "console"}, Actor::node()}) {
    const auto refused = as<int>(region[0], actor, [](Context& context) -> Result<int> {
      KNOOP_LET(bsn, records::Bsn::parse(sanne.bsn));
      KNOOP_TRY(name_own_family(context, bsn));
      return 0;
    });
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().code == ErrorCode::forbidden);
  }
}

TEST_CASE("R8.5: looking at night raises one hint an account and night, by day none") {
  Region region(302, two);
  put(region[0], "S1", sanne);
  open_file(region[0], jansen, "S1");  // nine o'clock in the Netherlands
  CHECK(of_kind(region[0], HintKind::out_of_hours) == 0);
  region.run_for(12h + 30min);  // half past nine in the evening
  open_file(region[0], jansen, "S1");
  CHECK(of_kind(region[0], HintKind::out_of_hours) == 0);
  region.run_for(1h);
  open_file(region[0], jansen, "S1");
  region.run_for(6h);  // half past four: the same night
  open_file(region[0], jansen, "S1");
  CHECK(of_kind(region[0], HintKind::out_of_hours) == 1);
  // Another account, and an export is a look.
  REQUIRE(as<ConsentExport>(region[0], pietersen, [](Context& context) {
            return export_consents(context, "S1");
          }).has_value());
  CHECK(of_kind(region[0], HintKind::out_of_hours) == 2);
  // What was refused is no look, and neither is reading these hints.
  CHECK_FALSE(as<ClientFile>(region[0], officer, [](Context& context) {
                return read_client(context, "S9");
              }).has_value());
  CHECK(of_kind(region[0], HintKind::out_of_hours) == 2);
  region.run_for(2h);
  open_file(region[0], jansen, "S1");  // half past six
  CHECK(of_kind(region[0], HintKind::out_of_hours) == 2);
}

TEST_CASE(
    "R8.5: many clients and searches in a day raise a hint, the same client again and another day do not") {
  Region region(303, two);
  put(region[0], "S1", sanne);
  for (std::int64_t i = 0; i + 1 < many_lookups_from; ++i) search(region[0], jansen);
  CHECK(of_kind(region[0], HintKind::many_lookups) == 0);
  region.run_for(24h);
  for (std::int64_t i = 0; i + 2 < many_lookups_from; ++i) search(region[0], jansen);
  for (int i = 0; i < 5; ++i) open_file(region[0], jansen, "S1");
  CHECK(of_kind(region[0], HintKind::many_lookups) == 0);
  search(region[0], jansen);
  search(region[0], jansen);
  CHECK(of_kind(region[0], HintKind::many_lookups) == 1);
}

TEST_CASE(
    "R8.5: a quota that is nearly used up raises a hint about the member, and what matching finds odd too") {
  Region region(304, two);
  REQUIRE(region.run_until([&] { return region.all_ready(); }, 600s));
  const auto use = [&](std::int64_t handles) {
    REQUIRE(region[0]
                .command<int>([&](Context& context) -> Result<int> {
                  KNOOP_TRY(storage::count_quota(context.tx, region[1].member(), storage::QuotaSide::ours,
                                                 Date::of(context.now), handles));
                  KNOOP_TRY(watch_own_quota(context));
                  return 0;
                })
                .has_value());
  };
  use(70'000);  // of 100,000 a day
  CHECK(of_kind(region[0], HintKind::quota_near) == 0);
  use(15'000);
  use(1'000);
  REQUIRE(of_kind(region[0], HintKind::quota_near) == 1);
  CHECK(hints(region[0]).front().row.subject == "bjz-twee");
  // The ninety days are nearly used for a long time: once a month, not every day.
  use(120'000);
  CHECK(of_kind(region[0], HintKind::quota_near) == 2);
  region.run_for(48h);
  CHECK(of_kind(region[0], HintKind::quota_near) == 2);
  REQUIRE(region[0]
              .command<int>([&](Context& context) -> Result<int> {
                KNOOP_TRY(note_hint(context, region[1].member(), matching::Hint::burst, "many at once"));
                KNOOP_TRY(note_hint(context, region[1].member(), matching::Hint::burst, "many more"));
                return 0;
              })
              .has_value());
  CHECK(of_kind(region[0], HintKind::matching) == 1);
}

TEST_CASE("R8.5: a hint is closed with a reason, once, not by whom it is about, and both are in the log") {
  Region region(305, two);
  put(region[0], "S1", sanne);
  name_sanne(region[0], jansen);
  name_sanne(region[0], officer);
  open_file(region[0], jansen, "S1");
  const auto open = hints(region[0]);
  REQUIRE(open.size() == 1);
  CHECK(dutch(open[0].kind).ends_with("."));
  const std::int64_t id = open[0].row.id;
  CHECK(close_as(region[0], officer, id, "  ").error().code == ErrorCode::bad_value);
  CHECK(close_as(region[0], officer, id, "").error().code == ErrorCode::bad_value);
  CHECK(close_as(region[0], officer, id + 1, "met toestemming").error().code == ErrorCode::not_found);
  CHECK(close_as(region[0], jansen, id, "met toestemming").error().code == ErrorCode::forbidden);
  REQUIRE(close_as(region[0], officer, id, "met toestemming").has_value());
  CHECK(close_as(region[0], officer, id, "nogmaals").error().code == ErrorCode::not_found);
  CHECK(hints(region[0]).empty());
  const auto all = hints(region[0], false);
  REQUIRE(all.size() == 1);
  CHECK(all[0].row.closed_by == "fg");
  CHECK(all[0].row.reason == "met toestemming");
  CHECK(logged(region[0], audit::Event::hint_closed) == 1);
  // Seen again on the same day: it stays closed.
  open_file(region[0], jansen, "S1");
  CHECK(hints(region[0]).empty());

  // What was typed about a client lies under that client's key, and goes with the client.
  const auto clear = [&] {
    return region[0]
        .command<std::int64_t>([](Context& context) -> Result<std::int64_t> {
          KNOOP_LET(row, context.tx.one("SELECT count(*) FROM hints WHERE reason IS NOT NULL OR "
                                        "instr(sealed, ?) > 0",
                                        view("met toestemming")));
          return row->get<std::int64_t>(0);
        })
        .value();
  };
  CHECK(clear() == 0);
  REQUIRE(region[0]
              .command<int>([](Context& context) -> Result<int> {
                KNOOP_TRY(storage::erase_client(context.tx, "S1", context.now));
                return 0;
              })
              .has_value());
  CHECK(hints(region[0], false).empty());
}

}  // namespace knoop
