#include "protocol/fragments/forms.h"

#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>
#include <set>

#include "protocol/fragments/schema.h"

using namespace knoop;
using namespace knoop::forms;

namespace {

Source source(Category category, std::string text, std::string content, Date date, std::string owner = "") {
  Source out;
  out.id.data()[0] = static_cast<Byte>(date.day);
  out.content.category = category;
  out.content.text = std::move(text);
  out.content.content = std::move(content);
  out.content.author = "C. Jansen";
  out.content.date = date;
  out.owner = std::move(owner);
  return out;
}

std::set<std::string> codes(const Form& form) {
  std::set<std::string> out;
  for (const Category category : form.categories) out.emplace(to_string(category));
  return out;
}

}  // namespace

TEST_CASE("every form asks for fields that its categories' schemas have, and no others (R4.5)") {
  std::set<std::pair<std::string, std::uint16_t>> seen;
  for (const Form& form : all()) {
    INFO(form.id);
    CHECK(seen.emplace(form.id, form.version).second);
    CHECK_FALSE(form.title.empty());
    CHECK(form.from.empty() == form.to.empty());
    for (const Field& field : form.fields) {
      INFO(field.label);
      CHECK(std::ranges::find(form.categories, field.category) != form.categories.end());
      if (field.field == "text") continue;
      const auto schema = nlohmann::json::parse(
          fragments::schema_text(field.category, fragments::newest_version(field.category)));
      CHECK(schema.at("properties").contains(field.field));
    }
  }
  for (const char* id :
       {"aanlevering-bjz", "screening", "casusbeoordeling", "nazorgplan", "jgz-jgz", "school-cjg"})
    CHECK(newest(id) != nullptr);
}

TEST_CASE("the default selection of a hand-over is the one that was agreed for its kinds") {
  using Codes = std::set<std::string>;
  const auto selection = [](std::string_view from, std::string_view to) {
    const Form* form = for_handover(from, to);
    return form == nullptr ? Codes{} : codes(*form);
  };
  CHECK(selection("jgz", "jgz") == Codes{"F01", "F02", "F03", "F04", "F08", "F09", "F16", "F18"});
  CHECK(selection("jgz", "school") == Codes{"F01", "F04", "F05"});
  const Codes to_cjg{"F01", "F04", "F05", "F07", "F14", "F17"};
  CHECK(selection("school", "cjg") == to_cjg);
  CHECK(selection("smw", "cjg") == to_cjg);
  const Codes to_bjz{"F01", "F02", "F03", "F05", "F06", "F07", "F10", "F11", "F12", "F15", "F17"};
  CHECK(selection("cjg", "bjz") == to_bjz);
  CHECK(selection("smw", "bjz") == to_bjz);
  CHECK(selection("bjz", "cjg") == Codes{"F01", "F02", "F10", "F13", "F15", "F16"});
  CHECK(selection("veilig-thuis", "lokaal-team") == Codes{"F01", "F02", "F11", "F15"});
  CHECK(selection("bjz", "jgz").empty());
}

TEST_CASE("a form is filled from own and received fragments, and says what is missing (R4.4)") {
  const Form& form = *newest("aanlevering-bjz");
  const std::vector<Source> sources{
      source(Category::authority, "", R"({"gezag":"moeder"})", {2026, 1, 3}),
      source(Category::authority, "", R"({"gezag":"beide ouders"})", {2026, 1, 9}, "smw-een"),
      source(Category::reason, "Vraagt om hulp.", "{}", {2026, 1, 4}),
      source(Category::involved, "", R"({"betrokkenen":[{"naam":"A","rol":"mentor"}]})", {2026, 1, 5}),
      source(Category::health, "Hoort niet op dit formulier.", "{}", {2026, 1, 6})};
  const Filled filled = fill(form, sources);
  const auto field = [&](std::string_view label) {
    const auto found =
        std::ranges::find_if(filled.fields, [&](const FilledField& one) { return one.field.label == label; });
    REQUIRE(found != filled.fields.end());
    return *found;
  };
  // Two answers stand beside each other with their source: people choose, no program does.
  const auto authority = field("Gezag");
  REQUIRE(authority.values.size() == 2);
  CHECK(authority.values[0].value == "beide ouders");
  CHECK(authority.values[0].owner == "smw-een");
  CHECK(authority.values[1].value == "moeder");
  CHECK(authority.values[1].owner.empty());
  CHECK(field("Aanleiding").values.at(0).value == "Vraagt om hulp.");
  CHECK(field("Betrokkenen").values.at(0).value.find("Rol: mentor") != std::string::npos);
  for (const FilledField& one : filled.fields)
    for (const Value& value : one.values) CHECK(value.value.find("Hoort niet") == std::string::npos);

  const std::vector<std::string> missing{"Hoe is het gezag gecontroleerd", "Zorgen per leefgebied",
                                         "Ingezette hulp en resultaat", "Veiligheid",
                                         "Zienswijze van jeugdige en ouders"};
  CHECK(filled.missing == missing);
  CHECK(fill(form, {}).missing.size() > missing.size());
}

TEST_CASE("two nodes use the newest version of a form that both know") {
  CHECK(agree({"nazorgplan", 1}) == exchange::FormVersion{"nazorgplan", 1});
  CHECK(agree({"nazorgplan", 7}) == exchange::FormVersion{"nazorgplan", newest("nazorgplan")->version});
  CHECK_FALSE(agree({"nazorgplan", 0}));
  CHECK_FALSE(agree({"onbekend", 1}));
  CHECK(find("nazorgplan", 99) == nullptr);
}
