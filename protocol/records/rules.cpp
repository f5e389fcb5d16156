#include "protocol/records/rules.h"

#include <algorithm>

#include "crypto/base/utf8.h"
#include "protocol/fragments/schema.h"

namespace knoop::records {
namespace {

using Found = std::optional<Problem>;

Found check_text(std::string_view field, std::string_view text, std::size_t longest, bool required,
                 bool lines = false) {
  if (required && text.empty()) return Problem{field, "is empty and must not be"};
  if (text.size() > longest) return Problem{field, fmt::format("is longer than {} bytes", longest)};
  if (!is_utf8(text)) return Problem{field, "is not UTF-8"};
  const auto control = [lines](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return (byte < 0x20 && !(lines && (c == '\n' || c == '\t'))) || byte == 0x7f;
  };
  if (std::ranges::any_of(text, control)) return Problem{field, "holds a control character"};
  return std::nullopt;
}

bool is_municipality(std::string_view code) {
  return code.size() == 4 && std::ranges::all_of(code, [](char c) { return c >= '0' && c <= '9'; });
}

}  // namespace

#define KNOOP_CHECK(call) \
  if (Found problem = (call)) return problem

Found check(const Client& client, Date today) {
  KNOOP_CHECK(check_text("client_ref", client.ref, longest_ref, true));
  KNOOP_CHECK(check_text("voornamen", client.given_names, longest_name, false));
  KNOOP_CHECK(check_text("voorvoegsel", client.prefix, longest_short, false));
  KNOOP_CHECK(check_text("achternaam", client.surname, longest_name, true));
  KNOOP_CHECK(check_text("postcode", client.address.postcode, longest_short, false));
  KNOOP_CHECK(check_text("huisnummer", client.address.house_number, longest_short, false));
  KNOOP_CHECK(check_text("toevoeging", client.address.addition, longest_short, false));
  if (!client.municipality.empty() && !is_municipality(client.municipality))
    return Problem{"gemeentecode", "is not a gemeentecode of four digits"};
  if (!client.birth_date.exists()) return Problem{"geboortedatum", "is not a day of the calendar"};
  if (client.birth_date > today.plus_months(unborn_months))
    return Problem{"geboortedatum", "is more than nine months in the future"};
  if (client.birth_date.plus_months(12 * oldest_years) < today)
    return Problem{"geboortedatum",
                   "is that of someone past 23 years; their record belongs in no exchange any more"};
  if (client.bsn && (client.bsn == client.parent1_bsn || client.bsn == client.parent2_bsn))
    return Problem{"bsn", "is given as the youth's own and as a parent's"};
  if (client.parent1_bsn && client.parent1_bsn == client.parent2_bsn)
    return Problem{"ouder2_bsn", "is the same as ouder1_bsn"};
  return std::nullopt;
}

Found check(const Involvement& involvement, Date today) {
  if (!involvement.from.exists()) return Problem{"vanaf", "is not a day of the calendar"};
  if (!involvement.until.exists()) return Problem{"tot", "is not a day of the calendar"};
  if (involvement.from > today) return Problem{"vanaf", "is in the future"};
  if (involvement.until < involvement.from) return Problem{"tot", "is before vanaf"};
  if (involvement.until > involvement.from.plus_months(longest_involvement_months))
    return Problem{
        "tot", "is more than two years after vanaf; register two years and extend it when it is still so"};
  KNOOP_CHECK(check_text("professional", involvement.professional.name, longest_name, true));
  KNOOP_CHECK(check_text("functie", involvement.professional.function, longest_name, false));
  KNOOP_CHECK(check_text("telefoon", involvement.professional.phone, longest_short, false));
  KNOOP_CHECK(check_text("email", involvement.professional.email, longest_name, false));
  if (involvement.professional.phone.empty() && involvement.professional.email.empty())
    return Problem{"telefoon", "and email are both empty: a match needs a way to reach the professional"};
  KNOOP_CHECK(check_text("reden", involvement.reason, longest_text, false, true));
  KNOOP_CHECK(check_text("reden_einde", involvement.closed_why, longest_why, false, true));
  return std::nullopt;
}

namespace {

Problem problem_of(const fragments::Misfit& misfit, const Fragment& fragment) {
  return {"fields", fmt::format("do not fit version {} of {}: {} {}", fragment.schema,
                                to_string(fragment.category), misfit.path, misfit.reason)};
}

Found check_rest(const Fragment& fragment) {
  if (!is_valid(fragment.category)) return Problem{"category", "is not a category"};
  KNOOP_CHECK(check_text("title", fragment.title, longest_title, true));
  KNOOP_CHECK(check_text("author", fragment.author, longest_name, true));
  if (!fragment.date.exists()) return Problem{"date", "is not a day of the calendar"};
  KNOOP_CHECK(check_text("text", fragment.text, longest_text, false, true));
  KNOOP_CHECK(check_text("source", fragment.source, longest_name, false));
  if (fragment.persons.size() > most_persons)
    return Problem{"persons", fmt::format("names more than {} persons", most_persons)};
  for (const std::string& person : fragment.persons) {
    KNOOP_CHECK(check_text("persons", person, longest_short, true));
    if (person.find(',') != std::string::npos)
      return Problem{"persons", "holds a comma: name each person apart"};
  }
  if (fragment.schema == 0) return Problem{"schema", "is no version; the first is 1"};
  return std::nullopt;
}

}  // namespace

Found check(const Fragment& fragment, Date today) {
  KNOOP_CHECK(check_rest(fragment));
  if (fragment.date > today) return Problem{"date", "is in the future"};
  if (!fragments::knows(fragment.category, fragment.schema))
    return Problem{
        "schema", fmt::format("is version {} of {}, and this node knows up to {}; update it", fragment.schema,
                              to_string(fragment.category), fragments::newest_version(fragment.category))};
  if (const auto misfit = fragments::check(fragment.category, fragment.schema, fragment.content))
    return problem_of(*misfit, fragment);
  if (fragment.text.empty() && fragment.content == fragments::no_fields)
    return Problem{"text", "is empty and so are the fields: a fragment says something"};
  return std::nullopt;
}

Found check_received(const Fragment& fragment) {
  KNOOP_CHECK(check_rest(fragment));
  const auto misfit = fragments::knows(fragment.category, fragment.schema)
                          ? fragments::check(fragment.category, fragment.schema, fragment.content)
                          : fragments::check_form(fragment.content);
  if (misfit) return problem_of(*misfit, fragment);
  return std::nullopt;
}

#undef KNOOP_CHECK

}  // namespace knoop::records
