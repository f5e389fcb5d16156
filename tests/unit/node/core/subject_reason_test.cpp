#include "node/core/subject_reason.h"

#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <set>
#include <vector>

#include "protocol/audit/sentences.h"
#include "tests/support/plain_dutch.h"

namespace knoop {
namespace {

using audit::Event;
using audit::Outcome;
using test::not_plain_dutch;

const std::vector<Event> all_events{
#define KNOOP_ONE(name, number, text) Event::name,
    KNOOP_AUDIT_EVENTS(KNOOP_ONE)
#undef KNOOP_ONE
};

/// What the services write there: for technicians.
const std::vector<std::string> details{
    "",
    "F05 after its lease",
    "F05",
    "3 fragments; review due 2026-11-24",
    "review by the privacy officer",
    "preview of a release",
    "a request that waits for an answer",
    "F05:no-consent F08:sensitive-not-named",
    "2 locked, 1 flagged",
    "opened with a receipt",
    "its owner ordered its destruction",
    "12 log entries lost their personal fields",
    "by surname birth date; shown: C-1, C-2",
    "list of 12",
    "FHIR: 2 consents, 1 releases",
    "not-fresh: its owner was not heard from within the lease",
    "own statement added",
    "due 2026-12-22",
    "redacted, with openings",
    "score 4",
    "taken over",
    "to 2026-12-01",
    "import 7, line 12",
};

std::vector<std::string> authorisations() {
  std::vector<std::string> out{"",
                               "bewaartermijn",
                               "verzoek",
                               "onterecht",
                               "inzage",
                               "correctie",
                               "vernietiging",
                               "a rule of another version",
                               "F05:no-consent"};
  for (const auto& [force, name] : consent::forces)
    for (const auto& [kind, code] : consent::ground_kinds) out.push_back(fmt::format("{} {}", name, code));
  out.push_back("verplichting ondertoezichtstelling, noodzaak noodsituatie");
  return out;
}

bool typed(Event event) {
  return event == Event::fragment_changed || event == Event::fragment_read || event == Event::emergency_read;
}

}  // namespace

TEST_CASE("R8.3: whatever stands in an entry, a client reads plain Dutch and no detail of a technician") {
  std::size_t looked = 0;
  std::set<std::string> fine;
  for (const Event event : all_events)
    for (const Outcome outcome : {Outcome::success, Outcome::refused, Outcome::failed}) {
      const std::string said = audit::sentence(event, outcome, "Medewerker jansen", "Bureau Twee");
      INFO(audit::to_string(event) << ": " << said);
      CHECK(not_plain_dutch(said) == std::nullopt);
      for (const std::string& detail : details)
        for (const std::string& authorisation : authorisations()) {
          // A person typed these, and they stand as they were typed.
          if (typed(event) && !authorisation.empty()) continue;
          for (const std::string_view purpose : {"", "warme-overdracht", "consult: aanmelding; overdracht"})
            for (const bool emergency : {false, true}) {
              const std::string why =
                  reason_of({event, outcome, purpose, authorisation, detail, 1, emergency});
              ++looked;
              INFO(detail << " / " << authorisation << " / " << why);
              if (!detail.empty() && why.find(detail) != std::string::npos) FAIL_CHECK("a detail is told");
              if (!fine.insert(why).second) continue;
              CHECK(not_plain_dutch(why) == std::nullopt);
            }
        }
    }
  CHECK(looked > 100'000);
}

TEST_CASE("R8.3: a reason says on what it rested") {
  const auto why = [](Event event, std::string_view purpose, std::string_view authorisation,
                      std::size_t bases, bool emergency = false, std::string_view detail = "") {
    return reason_of({event, Outcome::success, purpose, authorisation, detail, bases, emergency});
  };
  CHECK(why(Event::client_read, "", "", 0).empty());
  CHECK(why(Event::client_read, "huisbezoek voorbereiden", "", 0) == "huisbezoek voorbereiden");
  CHECK(why(Event::release_disclosed, "warme-overdracht: aanmelding; overdracht", "", 1) ==
        "een warme overdracht: aanmelding; overdracht; met toestemming");
  CHECK(why(Event::release_disclosed, "consult", "recht veilig-thuis", 1) ==
        "een vraag om advies (consult); het mag van de wet, om zorgen te melden bij Veilig Thuis");
  CHECK(why(Event::release_disclosed, "", "recht veilig-thuis", 2) ==
        "het mag van de wet, om zorgen te melden bij Veilig Thuis; met toestemming");
  CHECK(why(Event::release_decided, "", "verplichting ondertoezichtstelling, noodzaak noodsituatie", 2) ==
        "het moet van de wet, want er is een ondertoezichtstelling; er was spoed en geen tijd om eerst te "
        "overleggen");
  CHECK(why(Event::fragment_read, "", "kind is vermist", 1, true, "F05 after its lease") ==
        "spoed: kind is vermist");
  CHECK(why(Event::emergency_reviewed, "", "", 0, true, "terecht") == "het oordeel: terecht");
  CHECK(why(Event::emergency_reviewed, "", "", 0, true, "review by the privacy officer").empty());
  CHECK(why(Event::destruction_done, "", "bewaartermijn", 1) ==
        "de tijd dat wij dit moesten bewaren is voorbij");
  CHECK(why(Event::subject_request_received, "", "inzage", 0) == "u of uw ouders vroegen om inzage");
  // The same word elsewhere is none.
  CHECK(why(Event::client_read, "", "bewaartermijn", 0).empty());
  CHECK(why(Event::ground_recorded, "", "recht ondertoezichtstelling", 0).empty());
}

TEST_CASE("the test of plain Dutch finds what it is for") {
  for (const std::string& detail : details)
    if (!detail.empty()) {
      INFO(detail);
      CHECK(not_plain_dutch(detail));
    }
  CHECK(not_plain_dutch("verplichting ondertoezichtstelling"));
  CHECK(not_plain_dutch("een warme-overdracht"));
  CHECK_FALSE(not_plain_dutch("een vraag om advies (consult)"));
}

}  // namespace knoop
