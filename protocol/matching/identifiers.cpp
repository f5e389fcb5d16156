#include "protocol/matching/identifiers.h"

#include <algorithm>
#include <array>
#include <set>

#include "crypto/base/assert.h"
#include "protocol/matching/normalise.h"

namespace knoop::matching {
namespace {

// Tussenvoegsels and their abbreviations, folded and sorted. They are left out at the front of a surname,
// because one system keeps them in a field of their own, another in the surname and a third drops them.
constexpr std::array<std::string_view, 52> prefixes{
    "a",   "aan", "af",  "al",   "auf", "aus", "ben", "bij", "bin",   "d",  "da",   "dal", "de",
    "del", "den", "der", "des",  "di",  "die", "do",  "dos", "du",    "el", "en",   "het", "im",
    "in",  "l",   "la",  "las",  "le",  "les", "lo",  "los", "onder", "op", "over", "s",   "t",
    "te",  "ten", "ter", "thoe", "to",  "tot", "uit", "v",   "van",   "vd", "vom",  "von", "voor",
};
static_assert(std::ranges::is_sorted(prefixes));

// Call names that no error rule could reach, and the given name they stand for, both with i for ij and y. Sorted. Only in the kind
// `exact`: a wrong pair here must not weaken the rules for typing errors.
constexpr std::array<std::pair<std::string_view, std::string_view>, 155> call_names{{
    {"ab", "abraham"},        {"ad", "adrianus"},        {"adriaan", "adrianus"},  {"adrie", "adrianus"},
    {"aga", "agnieszka"},     {"ania", "anna"},          {"ank", "anna"},          {"anneke", "anna"},
    {"ans", "johanna"},       {"antek", "antoni"},       {"anton", "antonius"},    {"antoon", "antonius"},
    {"asia", "joanna"},       {"bart", "bartholomeus"},  {"bartek", "bartlomiej"}, {"bas", "sebastiaan"},
    {"basia", "barbara"},     {"bep", "elisabeth"},      {"bert", "lambertus"},    {"bet", "elisabeth"},
    {"bob", "robert"},        {"bram", "abraham"},       {"cato", "catharina"},    {"cees", "cornelis"},
    {"cobi", "jacoba"},       {"cobie", "jacoba"},       {"cor", "cornelis"},      {"cornelius", "cornelis"},
    {"corrie", "cornelia"},   {"dirk", "diederik"},      {"driek", "hendrik"},     {"elli", "elisabeth"},
    {"els", "elisabeth"},     {"frans", "franciscus"},   {"freek", "frederik"},    {"frits", "frederik"},
    {"geert", "gerardus"},    {"gerard", "gerardus"},    {"gert", "gerardus"},     {"gis", "gisbertus"},
    {"gosia", "malgorzata"},  {"greet", "margaretha"},   {"griet", "margaretha"},  {"guus", "augustus"},
    {"guusje", "augusta"},    {"han", "johannes"},       {"hanneke", "johanna"},   {"hannes", "johannes"},
    {"hanni", "johanna"},     {"hannie", "johanna"},     {"hans", "johannes"},     {"harri", "hendrik"},
    {"hendrikus", "hendrik"}, {"henk", "hendrik"},       {"henri", "hendrik"},     {"henricus", "hendrik"},
    {"hub", "hubertus"},      {"huub", "hubertus"},      {"ina", "catharina"},     {"jaap", "jacobus"},
    {"jacob", "jacobus"},     {"jan", "johannes"},       {"janni", "johanna"},     {"jannie", "johanna"},
    {"jet", "henriette"},     {"jo", "johannes"},        {"joep", "jozef"},        {"johan", "johannes"},
    {"joke", "johanna"},      {"joop", "johannes"},      {"jopie", "johanna"},     {"jos", "jozef"},
    {"kaat", "catharina"},    {"karin", "catharina"},    {"kasia", "katarzina"},   {"katrien", "catharina"},
    {"kees", "cornelis"},     {"kitti", "catharina"},    {"klaas", "nicolaas"},    {"koos", "jacobus"},
    {"kuba", "jakub"},        {"lambert", "lambertus"},  {"leida", "aleida"},      {"lex", "alexander"},
    {"lies", "elisabeth"},    {"liesbeth", "elisabeth"}, {"lisa", "elisabeth"},    {"loek", "lucas"},
    {"loes", "louise"},       {"maaike", "maria"},       {"maarten", "martinus"},  {"magda", "magdalena"},
    {"marieke", "maria"},     {"marike", "maria"},       {"mathis", "matthis"},    {"mees", "bartholomeus"},
    {"mia", "maria"},         {"mie", "maria"},          {"mieke", "maria"},       {"mien", "wilhelmina"},
    {"miep", "maria"},        {"mina", "wilhelmina"},    {"nel", "petronella"},    {"nelis", "cornelis"},
    {"nelli", "petronella"},  {"nico", "nicolaas"},      {"nicolas", "nicolaas"},  {"niek", "nicolaas"},
    {"nikolaas", "nicolaas"}, {"nol", "arnoldus"},       {"noud", "arnoldus"},     {"ola", "aleksandra"},
    {"peter", "petrus"},      {"piet", "petrus"},        {"pieter", "petrus"},     {"pim", "wilhelmus"},
    {"ria", "maria"},         {"riet", "maria"},         {"rik", "hendrik"},       {"rika", "hendrika"},
    {"riki", "hendrika"},     {"rinus", "marinus"},      {"rita", "margaretha"},   {"rob", "robert"},
    {"sander", "alexander"},  {"sandra", "alexandra"},   {"sanne", "susanna"},     {"sanneke", "susanna"},
    {"sjaak", "jacobus"},     {"sjaan", "adriana"},      {"sjef", "jozef"},        {"sjors", "george"},
    {"stien", "christina"},   {"stin", "augustin"},      {"teun", "antonius"},     {"theo", "theodorus"},
    {"this", "matthis"},      {"tina", "christina"},     {"tineke", "martina"},    {"tinus", "martinus"},
    {"toine", "antonius"},    {"ton", "antonius"},       {"toon", "antonius"},     {"toos", "catharina"},
    {"trees", "theresia"},    {"trin", "catharina"},     {"trudi", "geertruida"},  {"truus", "geertruida"},
    {"willem", "wilhelmus"},  {"willi", "wilhelmina"},   {"wim", "wilhelmus"},     {"wojtek", "wojciech"},
    {"wout", "wouter"},       {"zosia", "zofia"},        {"zuzia", "zuzanna"},
}};
static_assert(std::ranges::is_sorted(call_names, {}, &std::pair<std::string_view, std::string_view>::first));

bool is_prefix(std::string_view word) {
  return std::ranges::binary_search(prefixes, word);
}

std::string_view given_name_of(std::string_view name) {
  const auto* const found =
      std::ranges::lower_bound(call_names, name, {}, [](const auto& row) { return row.first; });
  return found != call_names.end() && found->first == name ? found->second : name;
}

std::vector<std::string> split(std::string_view text, std::string_view separators) {
  std::vector<std::string> out;
  while (!text.empty()) {
    const auto end = text.find_first_of(separators);
    if (end != 0) out.emplace_back(text.substr(0, end));
    text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
  }
  return out;
}

// ij, y and i sound alike and are written for each other: Kuijpers, Kuypers, Kuipers; Thijs shortened to Thi.
std::string with_i(std::string name) {
  for (auto at = name.find("ij"); at != std::string::npos; at = name.find("ij", at)) name.replace(at, 2, "i");
  std::ranges::replace(name, 'y', 'i');
  return name;
}

// The longest name part that counts: lengths are one byte, and no register holds longer ones.
constexpr std::size_t longest_part = 64;

std::string limited(std::string_view name) {
  auto letters = code_points(name);
  if (letters.size() > longest_part / 4) letters.resize(longest_part / 4);
  return utf8(letters);
}

// The parts of a surname that may stand alone: the halves of a double name, without tussenvoegsels, words
// joined.
std::vector<std::string> surname_parts(const Person& person) {
  std::vector<std::string> out;
  for (const auto& half : split(normalise(person.prefix + " " + person.surname), "-,")) {
    auto words = split(half, " .'");
    // "Berg, van den": what follows the comma is all tussenvoegsel and leaves nothing.
    const bool only_prefixes = std::ranges::all_of(words, is_prefix);
    const auto first = only_prefixes ? words.end() : std::ranges::find_if_not(words, is_prefix);
    std::string part;
    for (auto word = first; word != words.end(); ++word) part += *word;
    part = limited(with_i(part));
    if (!part.empty() && std::ranges::find(out, part) == out.end()) out.push_back(part);
    if (out.size() == 3) break;  // Three halves of a name are beyond the law and every form.
  }
  // A surname that is itself a tussenvoegsel ("Op", "El") is still somebody's name.
  if (out.empty()) {
    std::string whole;
    for (const auto& word : split(normalise(person.surname), " .',-")) whole += word;
    if (!whole.empty()) out.push_back(limited(with_i(whole)));
  }
  return out;
}

struct FirstName {
  std::string letters;   // "joris", or "j" when only an initial is known
  bool initial = false;  // nothing but an initial is known
};

constexpr std::u32string_view vowels = U"aeiou";

bool is_vowel(char32_t letter) {
  return vowels.find(letter) != std::u32string_view::npos;
}

std::optional<FirstName> first_name(const Person& person) {
  std::string folded = normalise(person.first_names);
  std::erase(folded, '\'');
  const auto words = split(folded, " -,");
  if (words.empty()) return std::nullopt;
  const std::string& word = words.front();
  const auto pieces = split(word, ".");
  if (pieces.empty()) return std::nullopt;
  const std::string letters = limited(with_i(pieces.front()));
  const auto points = code_points(letters);
  // "L.", "Th.", "JP", "J": initials. A Dutch name of two letters or more has a vowel, in any other script we
  // cannot tell and take it for a name.
  const bool latin = std::ranges::all_of(points, [](char32_t c) { return c < 0x80; });
  const bool initial = word.find('.') != std::string::npos || points.size() == 1 ||
                       (latin && points.size() <= 3 && std::ranges::none_of(points, is_vowel));
  return FirstName{initial ? utf8(points.substr(0, 1)) : letters, initial};
}

// The consonants, equal neighbours once (Mohammed, Mohamed). A j counts in front only: elsewhere it is mostly half of an
// ij, and a slip would turn a vowel (Thijmen) into a consonant (Thjmen). One consonant says too little ("Anna", "Nina"):
// then the whole name stands for it.
std::string consonants_of(std::u32string_view letters) {
  std::u32string out;
  if (letters.front() == U'j') out += U'j';
  for (const char32_t letter : letters)
    if (!is_vowel(letter) && letter != U'j' && (out.empty() || out.back() != letter)) out += letter;
  return utf8(out.size() < 2 ? letters : out);
}

// The different vowels in alphabetical order (Levi, Lvei, Leevi), the whole name if it has none: then another
// name with the same first letter must not look like it.
std::string vowels_of(std::u32string_view letters) {
  std::u32string out;
  for (const char32_t vowel : vowels)
    if (letters.find(vowel) != std::u32string_view::npos) out += vowel;
  return utf8(out.empty() ? letters : out);
}

// In longer names what `front` and `tail` hold does not overlap: an error spares one of them.
constexpr std::size_t short_for_vowels = 5;
constexpr std::size_t short_for_ends = 4;

Bytes date_bytes(const Date& date) {
  Bytes out;
  append_u16(out, static_cast<std::uint16_t>(date.year));
  append_u8(out, static_cast<std::uint8_t>(std::min(date.day, date.month)));
  append_u8(out, static_cast<std::uint8_t>(std::max(date.day, date.month)));
  return out;
}

void append_text(Bytes& to, std::string_view text) {
  KNOOP_ASSERT(text.size() < 256, "name parts are limited before they are written");
  append_u8(to, static_cast<std::uint8_t>(text.size()));
  append(to, text);
}

Bytes with_texts(Bytes head, std::initializer_list<std::string_view> texts) {
  for (const auto text : texts) append_text(head, text);
  return head;
}

// The date, the next day, and ten days on in the same month: what one slip in the day most often gives. Both sides
// register the same set, so dates one, nine or ten days apart meet in one of them.
std::vector<Bytes> date_and_near_days(const Date& date) {
  std::vector<Bytes> out{date_bytes(date), date_bytes(Date::from_days(date.days() + 1))};
  const Date later{date.year, date.month, date.day + 10};
  if (later.exists()) out.push_back(date_bytes(later));
  return out;
}

// And the same day of the next year.
std::vector<Bytes> date_and_near_dates(const Date& date) {
  auto out = date_and_near_days(date);
  const Date next_year{date.year + 1, date.month, date.day};
  if (next_year.exists()) out.push_back(date_bytes(next_year));
  return out;
}

void add_demographic(std::set<Identifier>& out, const Person& person,
                     const std::vector<std::string>& surnames, const std::optional<Bytes>& home) {
  const auto given = first_name(person);
  if (!person.birth || !given) return;
  const Bytes date = date_bytes(*person.birth);
  const std::string& name = given->letters;
  const std::u32string letters = code_points(name);
  const std::string first = utf8(letters.substr(0, 1));

  if (home)
    for (const auto& day : date_and_near_days(*person.birth)) {
      Bytes value = with_texts(day, {first});
      append(value, *home);
      out.insert({Kind::home, std::move(value)});
    }
  for (const auto& surname : surnames) {
    out.insert({Kind::initial, with_texts(date, {surname, first})});
    if (given->initial) continue;

    const std::u32string surname_letters = code_points(surname);
    const std::string surname_first = utf8(surname_letters.substr(0, 1));
    const std::string surname_last = utf8(surname_letters.substr(surname_letters.size() - 1));
    const std::string last = utf8(letters.substr(letters.size() - 1));
    const std::string last_two =
        utf8(letters.substr(letters.size() - std::min<std::size_t>(letters.size(), 2)));

    for (const auto& day : date_and_near_dates(*person.birth))
      out.insert({Kind::exact, with_texts(day, {surname, given_name_of(name)})});
    out.insert({Kind::full_name, with_texts(date, {surname})});
    out.insert({Kind::front, with_texts(date, {surname_first, utf8(letters.substr(0, 3))})});
    out.insert({Kind::surname_end, with_texts(date, {surname_last, name})});
    out.insert({Kind::consonants, with_texts(date, {surname, consonants_of(letters)})});
    out.insert({Kind::tail, with_texts(date, {surname, last_two})});
    if (letters.size() <= short_for_vowels)
      out.insert({Kind::vowels, with_texts(date, {surname, first, vowels_of(letters)})});
    if (letters.size() <= short_for_ends) out.insert({Kind::ends, with_texts(date, {surname, first, last})});
  }
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// Nine digits that pass the elfproef (weights 9,8,7,6,5,4,3,2,-1), or nothing: placeholders such as 000000000
// would otherwise join every child without a BSN.
std::optional<std::string> canonical_bsn(std::string_view text) {
  std::string digits;
  for (const char c : text) {
    if (is_digit(c))
      digits += c;
    else if (c != ' ' && c != '.')
      return std::nullopt;
  }
  if (digits.size() == 8) digits.insert(digits.begin(), '0');
  if (digits.size() != 9) return std::nullopt;
  int sum = -(digits[8] - '0');
  for (std::size_t i = 0; i < 8; ++i) sum += static_cast<int>(9 - i) * (digits[i] - '0');
  if (sum % 11 != 0 || digits == "000000000") return std::nullopt;
  return digits;
}

void add_family(std::set<Identifier>& out, const Person& person, const std::vector<std::string>& surnames,
                const std::optional<Bytes>& home, bool address_alone) {
  for (const auto& parent : person.parent_bsns)
    if (const auto bsn = canonical_bsn(parent)) out.insert({Kind::parent_bsn, to_bytes(*bsn)});
  if (!home) return;
  if (address_alone) out.insert({Kind::address_alone, *home});
  for (const auto& surname : surnames) {
    Bytes value = *home;
    append_text(value, utf8(code_points(surname).substr(0, 1)));
    out.insert({Kind::address, std::move(value)});
  }
}

}  // namespace

const std::vector<Kind>& all_kinds() {
  static const std::vector<Kind> kinds{Kind::bsn,     Kind::exact,        Kind::initial,    Kind::full_name,
                                       Kind::front,   Kind::surname_end,  Kind::consonants, Kind::vowels,
                                       Kind::home,    Kind::tail,         Kind::ends,       Kind::parent_bsn,
                                       Kind::address, Kind::address_alone};
  return kinds;
}

std::string_view to_string(Kind kind) {
  switch (kind) {
    case Kind::dummy:
      return "dummy";
    case Kind::bsn:
      return "bsn";
    case Kind::exact:
      return "exact";
    case Kind::initial:
      return "initial";
    case Kind::full_name:
      return "full-name";
    case Kind::front:
      return "front";
    case Kind::surname_end:
      return "surname-end";
    case Kind::consonants:
      return "consonants";
    case Kind::vowels:
      return "vowels";
    case Kind::home:
      return "home";
    case Kind::tail:
      return "tail";
    case Kind::ends:
      return "ends";
    case Kind::parent_bsn:
      return "parent-bsn";
    case Kind::address:
      return "address";
    case Kind::address_alone:
      return "address-alone";
  }
  KNOOP_ASSERT(false, "a Kind is made by kind_of or a name in the enumeration only");
  return {};
}

std::optional<Kind> kind_of(std::uint8_t number) {
  const auto found = std::ranges::find(all_kinds(), static_cast<Kind>(number));
  if (found == all_kinds().end()) return std::nullopt;
  return *found;
}

std::optional<Bytes> address_of(const Person& person) {
  std::string postcode;
  for (const char c : normalise(person.postcode))
    if (c != ' ') postcode += c;
  const auto letter = [](char c) { return c >= 'a' && c <= 'z'; };
  if (postcode.size() != 6 || !std::all_of(postcode.begin(), postcode.begin() + 4, is_digit) ||
      !letter(postcode[4]) || !letter(postcode[5]))
    return std::nullopt;

  const std::string number_text = normalise(person.house_number);
  const auto digits_end = std::ranges::find_if_not(number_text, is_digit);
  std::string number(number_text.begin(), digits_end);
  number.erase(0, std::min(number.find_first_not_of('0'), number.size()));
  if (number.empty() || number.size() > 5) return std::nullopt;

  std::string addition;
  for (const auto& word :
       split(std::string(digits_end, number_text.end()) + " " + normalise(person.addition), " -.,'"))
    addition += word;
  return with_texts({}, {postcode, number, limited(addition)});
}

bool has_bsn(const Person& person) {
  return !person.secret && canonical_bsn(person.bsn).has_value();
}

std::vector<Identifier> identifiers_of(const Person& person, const FamilyRules& rules) {
  if (person.secret) return {};
  std::set<Identifier> out;
  if (const auto bsn = canonical_bsn(person.bsn)) out.insert({Kind::bsn, to_bytes(*bsn)});

  const auto surnames = surname_parts(person);
  std::optional<Bytes> home;
  if (!person.institutional && !person.secret_address && person.clients_at_address <= most_clients_at_address)
    home = address_of(person);
  add_demographic(out, person, surnames, home);
  if (rules.matching) add_family(out, person, surnames, home, rules.address_alone);
  return {out.begin(), out.end()};
}

}  // namespace knoop::matching
