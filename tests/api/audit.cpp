// Chapters about the log, and about what went wrong.
#include <fmt/format.h>

#include "node/http/page.h"
#include "storage/matching_repository.h"
#include "tests/api/walk.h"
#include "tests/sim/witness_scene.h"

namespace knoop::api {

void read_the_log(Walk& walk) {
  SimNode& smw = walk.smw();
  CHECK_FALSE(walk.get(smw, piet, "/api/v1/audit-entries?limit=5").at("entries").empty());
  const Json newest = walk.get(smw, piet, "/api/v1/audit-entries?limit=5");
  const Json earlier =
      walk.get(smw, piet, "/api/v1/audit-entries?limit=5&cursor=" + newest.at("next").get<std::string>());
  CHECK(earlier.at("entries").back().at("index") != newest.at("entries").front().at("index"));
  CHECK(std::stoi(earlier.at("entries").back().at("index").get<std::string>()) + 1 ==
        std::stoi(newest.at("entries").front().at("index").get<std::string>()));
  Json next = newest.at("next");
  for (int pages = 0; !next.is_null() && pages < 100; ++pages)
    next = walk.get(smw, piet, "/api/v1/audit-entries?cursor=" + next.get<std::string>()).at("next");
  CHECK(next.is_null());
  CHECK_FALSE(walk.get(smw, piet, "/api/v1/audit-entries?client=S-1").at("entries").empty());
  walk.get(smw, piet, "/api/v1/audit-head");
  walk.until("the witnesses saw it", [&] { return sim::all_witnessed(walk.region); });
  CHECK(walk.get(smw, piet, "/api/v1/audit-heads").at("logs").size() == walk.region.size());
  CHECK_FALSE(walk.get(smw, piet, "/api/v1/audit-head-evidence?member=bjz-twee").at("heads").empty());
  walk.get(smw, piet, "/api/v1/audit-proof?index=0&incarnation=1");
  for (const char* const form : {"jsonl", "csv", "fhir"}) {
    const Json begun = walk.post(smw, piet, "/api/v1/audit-exports",
                                 {{"format", form}, {"open", true}, {"reason", "controle"}});
    walk.get(smw, piet,
             fmt::format("/api/v1/audit-export-lines?from=0&size={}&open=true&format={}&incarnation=1",
                         begun.at("size").get<int>(), form));
  }
  Json report = walk.get(smw, piet, "/api/v1/clients/S-1/subject-report");
  CHECK_FALSE(report.at("given").empty());
  walk.get(smw, piet,
           "/api/v1/clients/S-1/subject-report?cursor=" +
               http::next_page("subject-report", "1.0").get<std::string>());

  walk.post(smw, anja, "/api/v1/own-family", {{"bsn", "999999011"}});
  walk.get(smw, anja, "/api/v1/clients/S-1");
  CHECK(walk.remove(smw, anja, "/api/v1/own-family").at("count") == 1);
  const Json hints = walk.get(smw, piet, "/api/v1/hints?all=false").at("hints");
  REQUIRE_FALSE(hints.empty());
  walk.post(smw, piet, "/api/v1/hints/" + hints[0].at("id").dump() + "/close", {{"reason", "besproken"}});
  walk.get(smw, piet, "/api/v1/hints?all=true");
}

void settle_troubles(Walk& walk) {
  SimNode& smw = walk.smw();
  sim::in<int>(smw, [&](Context& context) -> Result<int> {
    KNOOP_TRY(context.tx.exec(
        "INSERT INTO dead_letter(peer, stream, number, type, sent_at, received_at, body, code, sentence) "
        "VALUES (?, 1, 1000000, ?, ?, ?, ?, 'bad-value', 'made for a test')",
        walk.jgz().member(), static_cast<std::int64_t>(MessageType::log_head), context.now, context.now,
        Bytes{1}));
    KNOOP_LET(pair, storage::newest_pair(context.tx, walk.jgz().member()));
    KNOOP_TRY(storage::set_trouble(context.tx, pair->id, Error{ErrorCode::io_failed, Side::ours, "busy"}));
    return 0;
  });
  walk.get(smw, ada, "/api/v1/status");
  const Json letters = walk.get(smw, ada, "/api/v1/dead-letters").at("deadLetters");
  REQUIRE(letters.size() == 1);
  walk.post(smw, piet, "/api/v1/dead-letters/" + letters[0].at("id").dump() + "/handling",
            {{"how", "gebeld"}});
  walk.post(smw, ada, "/api/v1/matching/jgz-drie/resume");

  walk.jgz().set_clock(-6min);
  walk.get(walk.jgz(), ada, "/api/v1/status");
  walk.jgz().set_clock(0min);
  walk.post(walk.jgz(), ada, "/api/v1/clock/confirm");
}

void start_an_epoch(Walk& walk) {
  SimNode& smw = walk.smw();
  CHECK(walk.post(smw, ada, "/api/v1/matching/bjz-twee/epoch").at("epoch") == 2);
  walk.until("the epoch before is audited", [&] {
    const Json all = walk.get(smw, piet, "/api/v1/matching-openings").at("openings");
    return std::ranges::any_of(all, [](const Json& one) { return !one.at("done").is_null(); });
  });
  CHECK(walk.post(smw, piet, "/api/v1/matching-openings/bjz-twee/1/export").at("count") > 0);
}

void restore_a_copy(Walk& walk) {
  SimNode& smw = walk.smw();
  walk.until("the witnesses saw it", [&] { return sim::all_witnessed(walk.region); });
  const auto copy = smw.back_up();
  walk.get(smw, anja, "/api/v1/clients/S-2");
  walk.until("the witnesses saw that too", [&] { return sim::all_witnessed(walk.region); });
  smw.restore(copy);
  Json loss;
  walk.until("the node knows what it lost", [&] {
    if (!smw.running()) return false;
    loss = walk.get(smw, piet, "/api/v1/audit-incarnation");
    return loss.at("setBack") == true && loss.contains("head") && loss.at("heard") >= loss.at("quorum");
  });
  INFO(loss.dump());
  const Json opened = walk.post(smw, piet, "/api/v1/audit-incarnations",
                                {{"size", loss.at("head").at("size")},
                                 {"root", loss.at("head").at("root")},
                                 {"reason", "schijf stuk"}});
  CHECK(opened.at("incarnation") == 2);
  CHECK(walk.get(smw, piet, "/api/v1/consent-doubts").at("clients") == Json::array({"S-1"}));
  CHECK(walk.get(smw, anja, "/api/v1/consents?client=S-1").at("doubtedSince").is_string());
  CHECK(walk.get(smw, piet, "/api/v1/status").at("consentDoubts").at("open") == 1);
  walk.post(smw, anja, "/api/v1/consent-doubts", {{"client", "S-1"}, {"how", "navraag bij de moeder"}});
  CHECK(walk.get(smw, anja, "/api/v1/consents?client=S-1").at("doubtedSince").is_null());
  CHECK(walk.get(smw, piet, "/api/v1/status").at("consentDoubts").at("open") == 0);
  walk.until("others know its next log", [&] {
    return !walk.get(walk.jgz(), piet, "/api/v1/member-incarnations").at("incarnations").empty();
  });

  // GGZ's changed program opens a log that hides what others know of: refused, until a privacy officer says otherwise.
  SimNode& ggz = walk.region[3];
  const auto early = sim::in<std::string>(
      ggz, [](Context& context) { return context.audit_log().head(context.tx, context.now); });
  walk.post(ggz, anja, "/api/v1/clients/search");
  walk.until("the witnesses saw that", [&] {
    const auto standing = sim::standing(ggz);
    return standing.witnessed_size == standing.size && standing.fresh;
  });
  const Actor officer{Role::privacy_officer, "piet", "", std::nullopt, "walk"};
  const std::function<Result<int>(Context&)> open_unasked = [&](Context& context) -> Result<int> {
    KNOOP_TRY(context.audit_log().open_next(
        context.tx, context.now, context.entropy, context.actor, 2,
        {.event = audit::Event::log_opened, .reference = early, .action = audit::Action::create}));
    KNOOP_TRY(context.renew_streams());
    KNOOP_TRY(context.audit_log().head(context.tx, context.now));
    KNOOP_TRY(context.reload_streams());
    return 0;
  };
  REQUIRE(ggz.command<int>(open_unasked, officer).has_value());
  walk.until("it is refused", [&] {
    const Json all = walk.get(walk.jgz(), ada, "/api/v1/member-incarnations").at("incarnations");
    return std::ranges::any_of(all, [](const Json& one) { return one.at("state") == "refused"; });
  });
  walk.post(walk.jgz(), piet, "/api/v1/member-incarnations/ggz-vier/allowance",
            {{"reason", "uitgelegd en nagekeken"}});
}

}  // namespace knoop::api
