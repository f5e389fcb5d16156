#include "protocol/records/rows.h"

#include <algorithm>

#include "crypto/base/assert.h"
#include "protocol/fragments/schema.h"

namespace knoop::records {
namespace {

constexpr std::array<std::string_view, 16> client_fields{
    "client_ref", "bsn",      "voornamen",  "voorvoegsel", "achternaam",   "geboortedatum",
    "geslacht",   "postcode", "huisnummer", "toevoeging",  "gemeentecode", "ouder1_bsn",
    "ouder2_bsn", "geheim",   "instelling", "overleden"};
constexpr std::array<std::string_view, 11> involvement_fields{
    "client_ref", "soort", "vanaf", "tot",      "professional", "functie",
    "telefoon",   "email", "reden", "gesloten", "reden_einde"};
constexpr std::array<std::string_view, 6> lacking{"geheim", "instelling", "overleden",
                                                  "reden",  "gesloten",   "reden_einde"};
constexpr std::array<std::string_view, 13> fragment_fields{
    "client_ref", "category", "title",  "nature",    "author", "date",     "text",
    "persons",    "source",   "schema", "sensitive", "fields", "retention"};

constexpr std::array<std::string_view, 3> required_of_client{"client_ref", "achternaam", "geboortedatum"};
constexpr std::array<std::string_view, 5> required_of_involvement{"client_ref", "soort", "vanaf", "tot",
                                                                  "professional"};
constexpr std::array<std::string_view, 7> required_of_fragment{"client_ref", "category", "title",  "nature",
                                                               "author",     "date",     "persons"};

std::string trimmed(std::string_view text) {
  constexpr std::string_view no_break_space = "\xC2\xA0";
  for (;;) {
    if (text.starts_with(' ')) {
      text.remove_prefix(1);
    } else if (text.ends_with(' ')) {
      text.remove_suffix(1);
    } else if (text.starts_with(no_break_space)) {
      text.remove_prefix(no_break_space.size());
    } else if (text.ends_with(no_break_space)) {
      text.remove_suffix(no_break_space.size());
    } else {
      return std::string(text);
    }
  }
}

/// Reads values by field name and keeps the first problem.
class RowReader {
 public:
  RowReader(std::span<const std::string_view> names, Fields values) : names_(names), values_(values) {
    KNOOP_ASSERT(names.size() == values.size(), "a value for every field");
  }

  [[nodiscard]] std::string text(std::string_view name) const { return trimmed(value(name)); }

  [[nodiscard]] Date date(std::string_view name) {
    const std::string text_value = text(name);
    if (text_value.empty()) return complain(name, "is empty and must not be"), Date{};
    const auto date = Date::parse(text_value);
    if (!date)
      return complain(name, "is not a day of the calendar in the form YYYY-MM-DD, 1900 to 2199"), Date{};
    return *date;
  }

  /// Empty, or a day that is not ahead.
  [[nodiscard]] std::optional<Date> day_so_far(std::string_view name, Date today) {
    if (text(name).empty()) return std::nullopt;
    const Date day = date(name);
    if (day > today) complain(name, "is in the future");
    return day;
  }

  [[nodiscard]] bool yes(std::string_view name) {
    const std::string word = text(name);
    if (!word.empty() && word != "ja" && word != "nee") complain(name, "is neither ja nor nee");
    return word == "ja";
  }

  [[nodiscard]] std::optional<Bsn> bsn(std::string_view name) {
    const std::string digits = text(name);
    if (digits.empty()) return std::nullopt;
    auto bsn = Bsn::parse(digits);
    if (!bsn) return complain(name, std::move(bsn.error().sentence)), std::nullopt;
    return *bsn;
  }

  template <typename Value>
  [[nodiscard]] Value word(std::string_view name, std::optional<Value> value, std::string_view allowed) {
    if (!value) complain(name, fmt::format("is none of {}", allowed));
    return value.value_or(Value{});
  }

  /// A version of a schema; not given, the first.
  [[nodiscard]] std::uint16_t version(std::string_view name) {
    const std::string digits = text(name);
    if (digits.empty()) return 1;
    const bool number =
        digits.size() <= 4 && std::ranges::all_of(digits, [](char c) { return c >= '0' && c <= '9'; });
    if (!number) complain(name, "is no version number");
    return number ? static_cast<std::uint16_t>(std::stoul(digits)) : std::uint16_t{1};
  }

  void complain(std::string_view name, std::string reason) {
    if (!problem_) problem_ = Problem{name, std::move(reason)};
  }

  template <typename Record>
  [[nodiscard]] Parsed<Record> given(Record record) {
    if (problem_) return tl::unexpected(std::move(*problem_));
    return record;
  }
  template <typename Record>
  [[nodiscard]] Parsed<Record> finish(Record record, Date today) {
    if (!problem_) problem_ = check(record, today);
    if (problem_) return tl::unexpected(std::move(*problem_));
    return record;
  }

  [[nodiscard]] std::string_view value(std::string_view name) const {
    const auto found = std::ranges::find(names_, name);
    KNOOP_ASSERT(found != names_.end(), "a field of this file");
    return values_[static_cast<std::size_t>(found - names_.begin())];
  }

 private:
  std::span<const std::string_view> names_;
  Fields values_;
  std::optional<Problem> problem_;
};

/// "363" for "0363": a spreadsheet takes leading zeros away.
std::string municipality_from(std::string code) {
  if (code.empty() || code.size() >= 4) return code;
  return std::string(4 - code.size(), '0') + code;
}

}  // namespace

std::string_view to_string(ImportFile file) {
  switch (file) {
    case ImportFile::clients:
      return "clients.csv";
    case ImportFile::involvements:
      return "involvements.csv";
    case ImportFile::fragments:
      return "fragments.jsonl";
  }
  KNOOP_ASSERT(false, "one of three files");
}

std::span<const std::string_view> fields_of(ImportFile file) {
  switch (file) {
    case ImportFile::clients:
      return client_fields;
    case ImportFile::involvements:
      return involvement_fields;
    case ImportFile::fragments:
      return fragment_fields;
  }
  KNOOP_ASSERT(false, "one of three files");
}

bool may_lack(ImportFile file, std::string_view field) {
  return file != ImportFile::fragments && std::ranges::find(lacking, field) != lacking.end();
}

std::span<const std::string_view> required_fields_of(ImportFile file) {
  switch (file) {
    case ImportFile::clients:
      return required_of_client;
    case ImportFile::involvements:
      return required_of_involvement;
    case ImportFile::fragments:
      return required_of_fragment;
  }
  KNOOP_ASSERT(false, "one of three files");
}

Parsed<Client> client_from(Fields fields, Date today) {
  RowReader row(client_fields, fields);
  Client client;
  client.ref = row.text("client_ref");
  client.bsn = row.bsn("bsn");
  client.given_names = row.text("voornamen");
  client.prefix = row.text("voorvoegsel");
  client.surname = row.text("achternaam");
  client.birth_date = row.date("geboortedatum");
  client.gender = row.word("geslacht", gender_from(row.text("geslacht")), "M, V, O, X or empty");
  client.address = {row.text("postcode"), row.text("huisnummer"), row.text("toevoeging")};
  client.municipality = municipality_from(row.text("gemeentecode"));
  client.parent1_bsn = row.bsn("ouder1_bsn");
  client.parent2_bsn = row.bsn("ouder2_bsn");
  // The key stands in the log and in what the command line prints: a BSN may not.
  if (const auto number = Bsn::parse(client.ref); number && client.bsn == *number)
    row.complain("client_ref", "is the client's BSN; use the dossier system's own key");
  return row.finish(std::move(client), today);
}

Parsed<ClientExtras> client_extras_from(Fields fields, Date today) {
  RowReader row(client_fields, fields);
  ClientExtras extras;
  extras.marks = {row.yes("geheim"), row.yes("instelling")};
  extras.deceased = row.day_so_far("overleden", today);
  return row.given(std::move(extras));
}

Parsed<Involvement> involvement_from(Fields fields, Date today) {
  RowReader row(involvement_fields, fields);
  Involvement involvement;
  involvement.kind =
      row.word("soort", involvement_kind_from(row.text("soort")), "ketenregistratie and signaal");
  involvement.from = row.date("vanaf");
  involvement.until = row.date("tot");
  involvement.professional = {row.text("professional"), row.text("functie"), row.text("telefoon"),
                              row.text("email")};
  involvement.reason = row.text("reden");
  involvement.closed_on = row.day_so_far("gesloten", today);
  involvement.closed_why = row.text("reden_einde");
  if (involvement.closed_on && *involvement.closed_on < involvement.from)
    row.complain("gesloten", "is before vanaf");
  if (involvement.closed_why.size() > longest_why)
    row.complain("reden_einde", fmt::format("is longer than {} bytes", longest_why));
  if (!involvement.closed_on && !involvement.closed_why.empty())
    row.complain("reden_einde", "tells why it was closed, and gesloten is empty");
  return row.finish(std::move(involvement), today);
}

Parsed<Fragment> fragment_from(Fields fields, Date today) {
  RowReader row(fragment_fields, fields);
  Fragment fragment;
  fragment.category = row.word("category", category_from(row.text("category")), "F01 to F18");
  fragment.title = row.text("title");
  fragment.nature = row.word("nature", nature_from(row.text("nature")), "feit and interpretatie");
  fragment.author = row.text("author");
  fragment.date = row.date("date");
  fragment.text = row.text("text");
  std::string_view persons = row.value("persons");
  while (!persons.empty()) {
    const std::size_t comma = persons.find(',');
    fragment.persons.push_back(trimmed(persons.substr(0, comma)));
    persons.remove_prefix(comma == std::string_view::npos ? persons.size() : comma + 1);
  }
  fragment.source = row.text("source");
  fragment.sensitive = row.value("sensitive") == "true";
  fragment.schema = row.version("schema");
  if (const std::string word = row.text("retention"); !word.empty()) {
    fragment.retention = retention_from(word);
    if (!fragment.retention) row.complain("retention", "is none of the periods that are known");
  }
  if (!row.value("fields").empty()) {
    auto content = fragments::canonical(row.value("fields"));
    if (content)
      fragment.content = std::move(*content);
    else
      row.complain("fields", fmt::format("are refused: {} {}", content.error().path, content.error().reason));
  }
  return row.finish(std::move(fragment), today);
}

std::string client_ref_of(Fields fields) {
  return trimmed(fields.front());
}

std::string key_of(ImportFile file, Fields fields) {
  const auto key = [fields](std::initializer_list<std::size_t> which) {
    std::string out;
    for (const std::size_t i : which) {
      if (!out.empty()) out += '\x1f';  // no field that passes its check holds one
      out += trimmed(fields[i]);
    }
    return out;
  };
  switch (file) {
    case ImportFile::clients:
      return key({0});
    case ImportFile::involvements:
      return key({0, 1, 2});
    case ImportFile::fragments:
      return key({0, 1, 2, 4, 5});
  }
  KNOOP_ASSERT(false, "one of three files");
}

}  // namespace knoop::records
