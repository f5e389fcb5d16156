#include "protocol/fragments/schema.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "protocol/records/fragment.h"

using namespace knoop;
using namespace knoop::fragments;
using Json = nlohmann::json;

namespace {

std::string path_of(Category category, std::string_view json) {
  const auto text = canonical(json);
  if (!text) return text.error().path + ": " + text.error().reason;
  const auto misfit = check(category, 1, *text);
  return misfit ? misfit->path + ": " + misfit->reason : "";
}

/// Some value that a schema allows.
Json example(const Json& schema) {
  if (schema.contains("enum")) return schema["enum"][0];
  const std::string type = schema["type"];
  if (type == "boolean") return true;
  if (type == "integer") return schema["minimum"];
  if (type == "array") return Json::array({example(schema["items"])});
  if (type == "object") {
    Json out = Json::object();
    for (const auto& [name, each] : schema["properties"].items()) out[name] = example(each);
    return out;
  }
  if (schema.value("x-date", false)) return "2026-11-22";
  return std::string(schema["minLength"].get<std::size_t>(), 'a');
}

void each_object(const Json& schema, const std::function<void(const Json&)>& visit) {
  visit(schema);
  const Json properties = schema.value("properties", Json::object());
  for (const auto& [name, each] : properties.items()) each_object(each, visit);
  if (schema.contains("items")) each_object(schema["items"], visit);
}

}  // namespace

TEST_CASE("every category has a schema that takes full, empty and no other content (R4.1)") {
  for (const CategoryFacts& category : all_categories) {
    INFO(category.code);
    CHECK(newest_version(category.category) >= 1);
    CHECK(knows(category.category, 1));
    CHECK_FALSE(knows(category.category, 0));
    CHECK_FALSE(knows(category.category, 99));
    CHECK(schema_text(category.category, 99).empty());
    const Json schema = Json::parse(schema_text(category.category, 1));
    CHECK(schema["title"] == category.label);

    const Json full = example(schema);
    CHECK(path_of(category.category, full.dump()).empty());
    CHECK(path_of(category.category, "{}").empty());
    Json more = full;
    more["kleur"] = "blauw";
    CHECK(path_of(category.category, more.dump()) == "fields: has a field that does not belong here");
    // Every single field: a value of another kind is refused, with its place.
    for (const auto& [name, value] : full.items()) {
      Json wrong{{name, Json::array({Json::object()})}};
      INFO(name);
      CHECK(path_of(category.category, wrong.dump()).starts_with("fields." + name));
    }
    CHECK_FALSE(plain_text(category.category, 1, full.dump()).empty());
  }
}

TEST_CASE("schemas keep to what the check can do safely") {
  for (const SchemaFile& file : schema_files()) {
    INFO(file.name);
    // The library runs both through std::regex, which recurses once a character.
    CHECK(file.text.find("\"pattern") == std::string_view::npos);
    CHECK(file.text.find("\"format\"") == std::string_view::npos);
    CHECK(file.text.find("$ref") == std::string_view::npos);
    each_object(Json::parse(file.text), [](const Json& schema) {
      if (schema.contains("enum")) return;
      const std::string type = schema.at("type");
      if (type == "string") CHECK(schema.at("maxLength") <= 4000);
      if (type == "array") CHECK(schema.at("maxItems") <= 30);
      if (type == "integer") CHECK(schema.contains("maximum"));
      if (type == "object") CHECK(schema.at("additionalProperties") == false);
    });
  }
}

TEST_CASE("a mistake in content is told with its place and without its value") {
  CHECK(path_of(Category::involved, R"({"betrokkenen":[{"naam":"A"},{"naam":""}]})") ==
        "fields.betrokkenen[1].naam: is too short");
  CHECK(path_of(Category::involved, R"({"betrokkenen":[{"rol":"oma"}]})") ==
        "fields.betrokkenen[0]: lacks a field that it must have");
  CHECK(path_of(Category::involved, R"({"betrokkenen":[{"naam":"A","sinds":"2026-02-30"}]})") ==
        "fields.betrokkenen[0].sinds: is not a day of the calendar in the form YYYY-MM-DD, 1900 to 2199");
  CHECK(path_of(Category::authority, R"({"gezag":"niemand"})") ==
        "fields.gezag: is none of the values that are allowed here");
  CHECK(path_of(Category::absence, R"({"te_laat":-1})") == "fields.te_laat: is too small");
  CHECK(path_of(Category::absence, R"({"te_laat":1.5})") == "fields.te_laat: is no whole number");
  CHECK(path_of(Category::person, R"({"roepnaam":"a\nb"})") == "fields.roepnaam: may not hold line breaks");
  CHECK(path_of(Category::person, R"({"roepnaam":")" + std::string(201, 'a') + "\"}") ==
        "fields.roepnaam: is too long");
  CHECK(path_of(Category::attachments,
                R"({"bestandsnaam":"a.pdf","soort":"application/pdf","bytes":52428801,"stukken_sha256":")" +
                    std::string(64, 'a') + "\"}") == "fields.bytes: is too large");
  CHECK(path_of(Category::attachments, R"({"soort":"application/x-msdownload"})") ==
        "fields.soort: is none of the values that are allowed here");
  // A name is somebody's word as well.
  CHECK(path_of(Category::person, R"({"jan de vries":1.5})") == "fields.?: is no whole number");
}

TEST_CASE("hostile content is refused before any library looks at it") {
  // A NUL would end the text for the library, and hide what stands behind it from the limit.
  CHECK(path_of(Category::person, R"({"roepnaam":"a\u0000)" + std::string(4000, 'b') + "\"}") ==
        "fields.roepnaam: holds a control character");
  CHECK(path_of(Category::person, "[]") == "fields: is not a JSON object");
  CHECK(path_of(Category::person, "") == "fields: is not a JSON object");
  CHECK(path_of(Category::person, R"({"roepnaam":"a"}x)") == "fields: is not a JSON object");
  CHECK(path_of(Category::person, R"({"roepnaam":"a","roepnaam":"b"})") ==
        "fields: names a field twice in one object");
  CHECK(path_of(Category::person, "{\"roepnaam\":\"\xC3\x28\"}") == "fields: is not UTF-8");
  CHECK(path_of(Category::person, "{\"a\":" + std::string(100'000, '[')) ==
        "fields: is longer than 65536 bytes");
  CHECK(path_of(Category::person, "{\"a\":" + std::string(60'000, '[')) ==
        "fields: nests deeper than 8 levels");
  CHECK(path_of(Category::person, R"({"roepnaam":")" + std::string(60'000, '9') + "\"}") ==
        "fields.roepnaam: is too long");
  CHECK(check_form(R"({"a": 1})")->reason == "is not written in canonical form");
  CHECK(check_form(R"({"b":1,"a":2})")->reason == "is not written in canonical form");
  CHECK_FALSE(check_form(R"({"a":2,"b":1})"));
}

TEST_CASE("content is readable by titles, and by names where the schema is not known") {
  const std::string content = R"({"gezag":"moeder","tolk":true})";
  CHECK(plain_text(Category::authority, 1, R"({"gezag":"moeder"})") == "Gezag: moeder\n");
  CHECK(plain_text(Category::authority, 99, content) == "gezag: moeder\ntolk: ja\n");
  CHECK(plain_text(Category::involved, 1, R"({"betrokkenen":[{"naam":"A","rol":"oma"}]})") ==
        "Betrokkenen:\n  -:\n    Naam: A\n    Rol: oma\n");
  CHECK(value_at(content, "gezag") == "moeder");
  CHECK_FALSE(value_at(content, "woonsituatie"));
  CHECK_FALSE(value_at(R"({"hulp":[]})", "hulp"));
}

TEST_CASE("what is about third persons can be taken out, and that it was is told (R4.2)") {
  records::Fragment fragment{Category::safety, "Veiligheid",     records::Nature::fact, "C. Jansen",
                             Date{2026, 1, 2}, "Oom was erbij.", {"jeugdige", "oom"}};
  fragment.content =
      R"({"acuut":false,"afspraken":[{"afspraak":"bellen","wie":"oom Jan"}],"betrokken_personen":[{"rol":"oom"}]})";
  REQUIRE_FALSE(check(Category::safety, 1, fragment.content));
  const records::Redacted redacted = records::without_third_persons(fragment);
  CHECK(redacted.fragment.content == R"({"acuut":false,"afspraken":[{"afspraak":"bellen"}]})");
  CHECK(redacted.fragment.text.empty());
  CHECK(redacted.fragment.persons == std::vector<std::string>{"jeugdige"});
  CHECK(redacted.withheld ==
        std::vector<std::string>{"fields.afspraken[0].wie", "fields.betrokken_personen", "persons", "text"});

  SECTION("text about the youth and the parents alone stays") {
    fragment.persons = {"jeugdige", "ouder"};
    CHECK(records::without_third_persons(fragment).fragment.text == fragment.text);
  }
  SECTION("what cannot be told apart goes as a whole") {
    fragment.schema = 99;
    const auto all = records::without_third_persons(fragment);
    CHECK(all.fragment.content == "{}");
    CHECK(all.withheld.front() == "fields");
  }
}
