#include "protocol/consent/text.h"

#include <catch2/catch.hpp>
#include <fstream>
#include <sstream>

using namespace knoop;
using namespace knoop::consent;

namespace {

const std::string whole = "Aan {ontvanger}, voor {doel}: {rubrieken}, {periode}. U kunt altijd intrekken.";

bool accepted(std::string body, std::string version = "2027-1") {
  return check_text({std::move(version), std::move(body)}).has_value();
}

std::string without(std::string_view part) {
  std::string body = whole;
  return body.replace(body.find(part), part.size(), "");
}

}  // namespace

TEST_CASE(
    "R3.3: a version of the text that was shown keeps its words: the specification holds their hashes") {
  std::ifstream file(KNOOP_TEST_DIR "/../docs/spec/consent.md");
  REQUIRE(file);
  std::ostringstream page;
  page << file.rdbuf();
  for (const ConsentText& text : built_in_texts()) {
    CAPTURE(text.version, hash_of(text).hex());
    CHECK(check_text(text));
    CHECK(page.str().find(fmt::format("| `{}` | `{}` |", text.version, hash_of(text).hex())) !=
          std::string::npos);
  }
}

TEST_CASE("R3.3: the hash of a text is of its version and its words") {
  const ConsentText text{"2027-1", whole};
  CHECK(hash_of(text) != hash_of({"2027-2", whole}));
  CHECK(hash_of(text) != hash_of({"2027-1", whole + " "}));
}

TEST_CASE("R3.3: a text that leaves out to whom, what, why, how long or the way back is refused") {
  CHECK(accepted(whole));
  for (const std::string_view part : {"{ontvanger}", "{doel}", "{rubrieken}", "{periode}", "intrekken"})
    CHECK_FALSE(accepted(without(part)));
  CHECK_FALSE(accepted(whole + "{bsn}"));
  CHECK_FALSE(accepted(whole + std::string(1, '\x1b')));
  CHECK_FALSE(accepted(whole + "\xff"));
  CHECK_FALSE(accepted(whole + std::string(max_text_bytes, 'x')));
  CHECK(accepted(whole + " {"));  // a brace without its end is a brace
  CHECK_FALSE(accepted(whole, ""));
  CHECK_FALSE(accepted(whole, "2027/1"));
  CHECK_FALSE(accepted(whole, std::string(51, 'a')));
}

TEST_CASE("R3.3: printed, the text says what this consent is about, and has lines to sign on") {
  Consent consent;
  consent.purpose = Purpose::handover;
  consent.everything = true;
  consent.categories = {Category::safety};
  consent.exclusions = {Category::help};
  consent.from = Date{2027, 1, 15};
  consent.until = Date{2027, 6, 1};
  TextFacts facts = facts_of(consent);
  facts.organisation = "Schoolmaatschappelijk werk";
  facts.recipient = "Bureau Jeugdzorg";
  const std::string printed = print(built_in_texts()[0], facts);
  CAPTURE(printed);
  for (const std::string_view part :
       {"Bureau Jeugdzorg", "een warme overdracht", "F05 Aanleiding en hulpvraag", "F11 Veiligheid",
        "van 15 januari 2027 tot en met 1 juni 2027", "Handtekening", "Tekst 2026-1, controlegetal"})
    CHECK(printed.find(part) != std::string::npos);
  CHECK(printed.find("F06") == std::string::npos);  // "everything" covers no sensitive category
  CHECK(printed.find('{') == std::string::npos);
  const auto excluded = printed.find("Welke gegevens niet");
  CHECK(printed.find("F10") > excluded);

  SECTION("without facts there are lines to write on") {
    const std::string blank = print(built_in_texts()[1], {});
    CHECK(blank.find("..........") != std::string::npos);
    CHECK(blank.find('{') == std::string::npos);
  }
}
