// What a client reads of a release, a withdrawal and an emergency (R8.3), on both sides of it.
#include "node/core/subject_report.h"

#include <nlohmann/json.hpp>
#include <regex>

#include "node/files/subject_page.h"
#include "tests/sim/exchange_scene.h"
#include "tests/support/plain_dutch.h"

using namespace knoop;
using namespace knoop::sim;
using namespace std::chrono_literals;

namespace {

using Json = nlohmann::ordered_json;

const Actor officer{Role::privacy_officer, "fg", "", std::nullopt, "command line"};

Json report_of(SimNode& node, const std::string& client) {
  const auto report =
      node.command<SubjectReport>([&](Context& context) { return subject_report(context, client); }, officer);
  INFO((report ? "" : report.error().sentence));
  REQUIRE(report.has_value());
  return Json::parse(subject_report_json(*report));
}

/// All that is said in it, and the page without its style sheet, is plain Dutch.
void check_plain(const Json& report) {
  const auto check = [](const std::string& words) {
    INFO(words);
    CHECK(test::not_plain_dutch(words) == std::nullopt);
  };
  for (const Json& line : report["lines"])
    for (const char* key : {"sentence", "who", "about", "why"}) check(line[key]);
  for (const char* list : {"consents", "grounds", "restores"})
    for (const Json& one : report[list]) check(one["sentence"]);
  for (const char* list : {"given", "received"})
    for (const Json& one : report[list]) {
      check(one["purpose"]);
      for (const char* key : {"restsOn", "after"})
        for (const Json& words : one[key]) check(words);
    }
  std::string page = subject_report_html(report.dump());
  page.erase(0, page.find("<body>"));
  page = std::regex_replace(page, std::regex("<[^>]*>|[0-9a-f]{64}"), " ");
  check(page);
}

/// The sentences of what happened, each once where it stands twice in a row.
std::vector<std::string> sentences(const Json& report) {
  std::vector<std::string> out;
  for (const Json& line : report["lines"]) {
    auto sentence = line["sentence"].get<std::string>();
    if (out.empty() || out.back() != sentence) out.push_back(std::move(sentence));
  }
  return out;
}

void poison(Json& json, const std::string& with) {
  if (json.is_string())
    json = with;
  else if (json.is_structured())
    for (Json& part : json) poison(part, with);
}

}  // namespace

TEST_CASE("R8.3: a client reads who received what, why, on whose word, and what became of it") {
  Story story(81);
  const BasisId basis = story.consent({Category::reason, Category::help});
  const ExchangeId exchange = story.request();
  REQUIRE(story.until([&] { return story.release_state(exchange) == ReleaseState::asked; }));
  story.answer(exchange);
  REQUIRE(story.until([&] { return story.acquisition_state(exchange) == AcquisitionState::received; }));
  story.withdraw(basis);
  story.region.run_for(1min);

  const Json ours = report_of(story.smw(), "smw-een-1");
  CHECK(ours["organisation"] == story.smw().node().membership().own_card()->name);
  CHECK(ours["name"] == "Voorbeeld");
  REQUIRE(ours["given"].size() == 1);
  const Json& given = ours["given"][0];
  const std::string other = story.bjz().node().membership().own_card()->name;
  CHECK(given["organisation"] == other);
  CHECK(given["fragments"] == 2);
  REQUIRE(given["categories"].size() == 2);
  CHECK(given["categories"][0]["label"] == "Aanleiding en hulpvraag");
  CHECK(given["purpose"] == "een warme overdracht: aanmelding; overdracht");
  REQUIRE(given["restsOn"].size() == 1);
  CHECK(given["restsOn"][0].get<std::string>().find("moeder: toestemming om te delen met " + other) !=
        std::string::npos);
  REQUIRE(given["after"].size() == 1);
  CHECK(given["after"][0].get<std::string>().find("Ingetrokken. " + other + " bevestigde dat op ") == 0);
  REQUIRE(ours["consents"].size() == 1);
  CHECK(ours["consents"][0]["sentence"].get<std::string>().find("Ingetrokken op ") != std::string::npos);
  CHECK(sentences(ours) ==
        std::vector<std::string>{
            "Medewerker c.jansen heeft opgeschreven wat u of uw ouders zeiden over het delen van gegevens.",
            other + " heeft ons gegevens over u gevraagd.",
            "Medewerker c.jansen heeft besloten wat " + other + " van ons niet krijgt.",
            "Medewerker c.jansen heeft besloten wat " + other + " van ons krijgt.",
            "Wij hebben gegevens over u klaargezet voor " + other + ". Die kon " + other +
                " toen nog niet lezen.",
            other + " heeft getekend voor ontvangst.",
            "Wij hebben gegevens over u gegeven aan " + other + ".",
            "Medewerker c.jansen heeft vastgelegd dat een toestemming is ingetrokken.",
            "Wij hebben " + other + " laten weten dat een toestemming is ingetrokken.",
        });

  const Json theirs = report_of(story.bjz(), "bjz-twee-1");
  REQUIRE(theirs["received"].size() == 1);
  CHECK(theirs["received"][0]["after"][0].get<std::string>().find("op slot") != std::string::npos);

  check_plain(ours);
  check_plain(theirs);
  // No content stands in either, and making it is itself in the next one.
  CHECK(ours.dump().find(marker) == std::string::npos);
  CHECK(theirs.dump().find(marker) == std::string::npos);
  const auto again = sentences(report_of(story.smw(), "smw-een-1"));
  CHECK(again.back() == "Privacyfunctionaris fg heeft dit overzicht voor u gemaakt.");
}

TEST_CASE("R8.3: an emergency stands in the report with its reason") {
  Story story(82);
  story.consent({Category::reason});
  const ExchangeId exchange = story.request();
  REQUIRE(story.until([&] { return story.release_state(exchange) == ReleaseState::asked; }));
  story.answer(exchange);
  REQUIRE(story.until([&] { return story.acquisition_state(exchange) == AcquisitionState::received; }));
  story.region.network.cut(story.smw().member(), story.bjz().member());
  story.region.run_for(24h * 8);
  REQUIRE(story.bjz()
              .command<std::vector<storage::ReceivedFragment>>(
                  [&](Context& context) {
                    return story.bjz().node().service<ExchangeService>().received_in_emergency(
                        context, "bjz-twee-1", "kind is vermist");
                  },
                  worker)
              .has_value());
  const Json report = report_of(story.bjz(), "bjz-twee-1");
  // What was read, and after it that somebody else looks at it.
  REQUIRE(report["lines"].size() >= 2);
  const Json& read = report["lines"][report["lines"].size() - 2];
  CHECK(read["event"] == "fragment.read");
  CHECK(read["emergency"] == true);
  CHECK(read["why"].get<std::string>().find("kind is vermist") != std::string::npos);
  CHECK(read["about"] == "Aanleiding en hulpvraag");
  CHECK(report["lines"].back()["event"] == "fragment.emergency-read");
  CHECK(report["lines"].back()["emergency"] == true);
  CHECK(report["lines"].back()["why"] == "spoed: kind is vermist");
  check_plain(report);
  CHECK(subject_report_html(report.dump()).find("Met spoed gelezen") != std::string::npos);
}

TEST_CASE("R8.3: a long story comes in slices, each entry once") {
  Region region(83, {{"smw-een", "smw"}});
  SimNode& node = region[0];
  constexpr std::uint64_t reads = 2 * report_slice + 7;
  REQUIRE(node.command<int>(
                  [&](Context& context) -> Result<int> {
                    for (std::uint64_t i = 0; i < reads; ++i)
                      KNOOP_TRY(context.audit({.event = audit::Event::client_read,
                                               .action = audit::Action::read,
                                               .user = fmt::format("gebruiker {}", i),
                                               .client = "SMW-1"}));
                    return 0;
                  },
                  worker)
              .has_value());
  std::set<std::string> seen;
  std::optional<storage::AuditPlace> from = storage::AuditPlace{1, 0};
  for (int slices = 0; from; ++slices) {
    REQUIRE(slices < 4);
    const auto slice = node.command<SubjectReport>(
        [&](Context& context) {
          return slices == 0 ? subject_report(context, "SMW-1")
                             : subject_report_lines(context, "SMW-1", *from);
        },
        officer);
    REQUIRE(slice.has_value());
    for (const SubjectReport::Line& line : slice->lines)
      if (line.event == "client.read") CHECK(seen.insert(line.who).second);
    from = slice->next;
  }
  CHECK(seen.size() == reads);
  const auto nobody =
      node.command<SubjectReport>([](Context& context) { return subject_report(context, "SMW-2"); }, officer);
  REQUIRE_FALSE(nobody.has_value());
  CHECK(nobody.error().code == ErrorCode::not_found);
}

TEST_CASE("hostile: markup in any text of a report stays text on the page") {
  Story story(84);
  story.consent({Category::reason});
  const ExchangeId exchange = story.request();
  REQUIRE(story.until([&] { return story.release_state(exchange) == ReleaseState::asked; }));
  story.answer(exchange);
  REQUIRE(story.until([&] { return story.release_state(exchange) == ReleaseState::disclosed; }));
  Json report = report_of(story.smw(), "smw-een-1");
  report["grounds"] = report["consents"];
  report["received"] = report["given"];
  report["lines"][0]["emergency"] = true;
  for (const std::string& attack :
       {std::string("<script>alert(1)</script>"), std::string("\"><img src=x onerror=alert(1)>"),
        std::string("'-alert(1)-'</style><style>@import 'https://example.org'"),
        std::string("&lt;b&gt;\x01")}) {
    for (const bool keep_kinds : {true, false}) {
      Json poisoned = report;
      for (auto& [key, part] : poisoned.items()) {
        if (key != "lines" || !keep_kinds) {
          poison(part, attack);
          continue;
        }
        for (Json& line : part)
          for (auto& [field, words] : line.items())
            if (field != "matter") poison(words, attack);
      }
      const std::string page = subject_report_html(poisoned.dump());
      CHECK(page.find("<script") == std::string::npos);
      CHECK(page.find("<img") == std::string::npos);
      CHECK(page.find("&lt;b&gt;") == std::string::npos);
      CHECK(page.find("'-alert") == std::string::npos);
      CHECK(page.find("</style><style>") == std::string::npos);
      CHECK(page.find("http-equiv=\"Content-Security-Policy\"") != std::string::npos);
    }
  }
}
