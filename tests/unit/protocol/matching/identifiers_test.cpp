#include "protocol/matching/identifiers.h"

#include <rapidcheck/catch.h>
#include <algorithm>
#include <catch2/catch.hpp>
#include <fstream>
#include <set>
#include <sstream>

#include "protocol/matching/evidence.h"
#include "protocol/matching/normalise.h"

namespace knoop::matching {
namespace {

KindSet shared_kinds(const Person& a, const Person& b) {
  const auto of_a = identifiers_of(a);
  const auto of_b = identifiers_of(b);
  KindSet out;
  for (const auto& identifier : of_a)
    if (std::ranges::binary_search(of_b, identifier)) out.add(identifier.kind);
  return out;
}

Verdict verdict(const Person& a, const Person& b) {
  const auto status = [](const Person& p) { return has_bsn(p) ? BsnStatus::registered : BsnStatus::none; };
  return verdict_of(shared_kinds(a, b), status(a), status(b));
}

Person someone() {
  Person out;
  out.first_names = "Marijke Anna";
  out.prefix = "van der";
  out.surname = "Heuvel";
  out.birth = Date{2014, 3, 9};
  out.postcode = "1234 AB";
  out.house_number = "12";
  out.addition = "bis";
  return out;
}

rc::Gen<Person> any_person() {
  return rc::gen::exec([] {
    Person out = someone();
    out.first_names =
        *rc::gen::element<std::string>("Noor", "Fatima", "Daniël", "Bram Jan", "Chloé", "Mohammed", "Sverre",
                                       "Zoë", "Thijs", "Ayşe", "Willemijn", "Ömer", "Jip", "Lotte");
    out.surname = *rc::gen::element<std::string>("Jansen", "Yılmaz", "Berg", "Hofman", "Kuijpers",
                                                 "El Amrani", "Łukaszewicz", "Bos", "Groothuizen", "Vries",
                                                 "Mol", "Çelik", "Sørensen");
    out.prefix = *rc::gen::element<std::string>("", "van", "van der", "de", "van 't");
    out.birth = Date{*rc::gen::inRange(2003, 2026), *rc::gen::inRange(1U, 13U), *rc::gen::inRange(1U, 29U)};
    return out;
  });
}

// One slip of the hand in a name: a letter dropped, doubled, replaced, or two neighbours swapped. The first
// letter stays: `initial` and `front` are about it, and first_letter_slips below says what then still holds.
std::string with_slip(const std::string& name) {
  auto letters = code_points(normalise(name));
  const auto at = *rc::gen::inRange<std::size_t>(1, letters.size() - 1);
  switch (*rc::gen::inRange(0, 3)) {
    case 0:
      letters.erase(at, 1);
      break;
    case 1:
      letters.insert(at, 1, letters[at]);
      break;
    default:
      std::swap(letters[at], letters[at + 1]);
      break;
  }
  return utf8(letters);
}

TEST_CASE("each listed variation of one youth stays a possible match (R2.4)") {
  rc::prop("diacritics kept, lost or upper case", [] {
    const auto a = *any_person();
    auto b = a;
    b.first_names = normalise(a.first_names);
    std::ranges::transform(b.first_names, b.first_names.begin(),
                           [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; });
    b.surname = normalise(a.surname);
    RC_ASSERT(identifiers_of(a) == identifiers_of(b));
  });
  rc::prop("tussenvoegsel in its own field, in the surname, or lost", [] {
    const auto a = *any_person();
    auto b = a;
    b.surname = a.prefix + " " + a.surname;
    b.prefix.clear();
    auto c = a;
    c.prefix.clear();
    RC_ASSERT(identifiers_of(a) == identifiers_of(b));
    RC_ASSERT(identifiers_of(a) == identifiers_of(c));
  });
  rc::prop("a double name and each of its halves, moved", [] {
    const auto a = *any_person();
    auto b = a;
    b.surname = *rc::gen::arbitrary<bool>() ? a.surname + "-de Wit" : "Wit-" + a.surname;
    b.postcode = "9999 ZZ";
    RC_ASSERT(verdict(a, b) == Verdict::possible);
  });
  rc::prop("initials, first of several names, shortened name", [] {
    const auto a = *any_person();
    auto b = a;
    const auto letters = code_points(normalise(a.first_names));
    switch (*rc::gen::inRange(0, 3)) {
      case 0:
        b.first_names = utf8(letters.substr(0, 1)) + ".";
        break;
      case 1:
        b.first_names = a.first_names + " Maria";
        break;
      default:
        b.first_names = utf8(letters.substr(0, std::max<std::size_t>(3, letters.size() / 2)));
    }
    b.postcode.clear();
    RC_ASSERT(verdict(a, b) == Verdict::possible);
  });
  rc::prop("one slip in the surname", [] {
    const auto a = *any_person();
    auto b = a;
    b.surname = with_slip(a.surname);
    RC_ASSERT(verdict(a, b) == Verdict::possible);
  });
  rc::prop("one slip in the first name", [] {
    auto a = *any_person();
    a.first_names = *rc::gen::element<std::string>("Daniel", "Fatima", "Mohammed", "Sverre", "Willemijn",
                                                   "Lotte", "Thijmen");
    auto b = a;
    b.first_names = with_slip(a.first_names);
    RC_ASSERT(verdict(a, b) == Verdict::possible);
  });
  rc::prop("day and month swapped, or the day one or ten off", [] {
    const auto a = *any_person();
    auto b = a;
    switch (*rc::gen::inRange(0, 3)) {
      case 0:
        b.birth = Date{a.birth->year, std::min(a.birth->day, 12U), a.birth->month};
        if (a.birth->day > 12) b.birth = a.birth;
        break;
      case 1:
        b.birth = Date::from_days(a.birth->days() + 1);
        break;
      default:
        b.birth =
            Date{a.birth->year, a.birth->month, a.birth->day > 10 ? a.birth->day - 10 : a.birth->day + 10};
    }
    RC_ASSERT(verdict(a, b) == Verdict::possible);
  });
}

// Every slip of one letter: lost, doubled, put in, mistaken for another, or two neighbours swapped.
std::vector<std::string> all_slips(const std::string& name, std::size_t first, std::size_t end) {
  const auto letters = code_points(name);
  std::vector<std::string> out;
  const auto add = [&](const std::u32string& wrong) {
    if (wrong != letters && !wrong.empty()) out.push_back(utf8(wrong));
  };
  for (std::size_t at = first; at < end; ++at) {
    add(std::u32string(letters).erase(at, 1));
    add(std::u32string(letters).insert(at, 1, letters[at]));
    for (char32_t other = U'a'; other <= U'z'; ++other) {
      add(std::u32string(letters).replace(at, 1, 1, other));
      if (at > first || first == 0) add(std::u32string(letters).insert(at, 1, other));
    }
    if (at + 1 < end) {
      auto wrong = letters;
      std::swap(wrong[at], wrong[at + 1]);
      add(wrong);
    }
  }
  return out;
}

const std::vector<std::string> some_first_names{
    "anna",     "daan",     "noah",      "levi",    "zoé",    "mila",  "emma",   "wout",
    "elif",     "sverre",   "thom",      "yara",    "fatima", "joris", "ömer",   "soufiane",
    "ijsbrand", "mohammed", "willemijn", "szymon",  "rishi",  "ayşe",  "hugo",   "nynke",
    "aaliyah",  "eymen",    "philou",    "khadija", "kiki",   "iris",  "mohamed"};
const std::vector<std::string> some_surnames{
    "jansen",    "bos",    "ali",   "yılmaz",      "kuijpers",  "el amrani", "mol",         "de wit",
    "ijsbrandy", "nguyen", "ouali", "van der ven", "szymański", "osman",     "op den akker"};

TEST_CASE(
    "one slip anywhere in a first name of four letters or more leaves a possible match, at whatever "
    "address") {
  auto a = someone();
  for (const auto& name : some_first_names) {
    if (code_points(normalise(name)).size() < 4) continue;
    a.first_names = name;
    auto b = a;
    b.postcode.clear();
    for (const auto& wrong : all_slips(name, 0, code_points(name).size())) {
      b.first_names = wrong;
      CAPTURE(name, wrong);
      REQUIRE(verdict(a, b) == Verdict::possible);
    }
  }
}

TEST_CASE("one slip between the first and last letter of any first name leaves a possible match") {
  auto a = someone();
  for (const std::string name : {"bo", "jip", "zoé", "mia", "gül", "sem", "tim", "noor"}) {
    a.first_names = name;
    auto b = a;
    b.postcode.clear();
    for (const auto& wrong : all_slips(name, 1, code_points(name).size() - 1)) {
      b.first_names = wrong;
      CAPTURE(name, wrong);
      REQUIRE(verdict(a, b) == Verdict::possible);
    }
  }
}

TEST_CASE("one slip anywhere in a surname leaves a possible match, at whatever address") {
  auto a = someone();
  for (const auto& name : some_surnames) {
    a.prefix.clear();
    a.surname = name;
    auto b = a;
    b.postcode.clear();
    const auto start =
        name.rfind(' ') == std::string::npos ? 0 : code_points(name.substr(0, name.rfind(' ') + 1)).size();
    for (const auto& wrong : all_slips(name, start, code_points(name).size())) {
      b.surname = wrong;
      CAPTURE(name, wrong);
      REQUIRE(verdict(a, b) == Verdict::possible);
    }
  }
}

TEST_CASE("one slip in a first name of three letters: the first or last may be too much") {
  auto a = someone();
  a.first_names = "Sem";
  auto b = a;
  b.first_names = "Sen";  // a consonant for another: the first letter and the vowels agree
  CHECK(verdict(a, b) == Verdict::possible);
  b.first_names = "Sea";  // documented: nothing tells it from a twin
  CHECK(verdict(a, b) == Verdict::family);
  b.first_names = "Lem";
  CHECK(verdict(a, b) == Verdict::possible);
  b.first_names = "Esm";  // the consonants agree
  CHECK(verdict(a, b) == Verdict::possible);
}

TEST_CASE("punctuation and spaces inside a name make no difference") {
  auto a = someone();
  a.prefix.clear();
  a.first_names = "Jean-Luc";
  a.surname = "O'Brien";
  for (const std::string surname :
       {"O\u2019Brien", "OBrien", "o brien", "O.Brien", " O`BRIEN ", "O\u00b4Brien"}) {
    auto b = a;
    b.surname = surname;
    b.first_names = "  JEAN  \u2013 Luc";
    CAPTURE(surname);
    CHECK(identifiers_of(a) == identifiers_of(b));
  }
}

TEST_CASE("day and month swapped leave every identifier but those of near dates") {
  rc::prop("any date whose day can be a month", [] {
    auto a = *any_person();
    a.birth = Date{2014, *rc::gen::inRange(1U, 13U), *rc::gen::inRange(1U, 13U)};
    auto b = a;
    b.birth = Date{2014, a.birth->day, a.birth->month};
    for (const auto& identifier : identifiers_of(a)) {
      const bool near = identifier.kind == Kind::exact || identifier.kind == Kind::home;
      const auto of_b = identifiers_of(b);
      RC_ASSERT(near || std::ranges::binary_search(of_b, identifier));
    }
    RC_ASSERT(shared_kinds(a, b).has(Kind::exact));
    RC_ASSERT(verdict(a, b) == Verdict::possible);
  });
}

TEST_CASE("a near date: at one address with an initial, elsewhere with both names") {
  const auto a = someone();
  auto b = a;
  b.birth = Date{2014, 3, 10};
  b.first_names = "M.";
  CHECK(verdict(a, b) == Verdict::possible);
  b.postcode.clear();
  CHECK(verdict(a, b) == Verdict::none);
  b.first_names = a.first_names;
  CHECK(verdict(a, b) == Verdict::possible);
  b.birth = Date{2013, 3, 9};
  CHECK(verdict(a, b) == Verdict::possible);
  b.birth = Date{2014, 4, 9};
  CHECK(verdict(a, b) == Verdict::none);
  b.birth = Date{2012, 3, 9};
  CHECK(verdict(a, b) == Verdict::none);
}

TEST_CASE("call names that share no letters with the given name") {
  auto a = someone();
  auto b = a;
  a.first_names = "Cornelis Johannes";
  b.first_names = "Kees";
  CHECK(verdict(a, b) == Verdict::possible);
}

TEST_CASE("twins and brothers are told apart (R2.5)") {
  const auto girl = someone();
  auto boy = girl;
  boy.first_names = "Joris";
  CHECK(verdict(girl, boy) == Verdict::family);
  boy.first_names = "Melle";  // the same first letter
  CHECK(verdict(girl, boy) == Verdict::family);
  boy.postcode.clear();
  CHECK(verdict(girl, boy) == Verdict::none);
  auto brother = girl;
  brother.birth = Date{2016, 3, 9};
  CHECK(verdict(girl, brother) == Verdict::family);
  brother.postcode = "9999 ZZ";
  CHECK(verdict(girl, brother) == Verdict::none);
  brother.parent_bsns = {"999999011"};
  auto sister = girl;
  sister.parent_bsns = {"", "999999011"};
  CHECK(verdict(sister, brother) == Verdict::family);
}

TEST_CASE("a BSN decides (R2.4)") {
  auto a = someone();
  auto b = a;
  a.bsn = "111222333";
  b.bsn = "111222333";
  b.surname = "Anders";
  b.birth = Date{2010, 1, 1};
  CHECK(verdict(a, b) == Verdict::certain);
  b = a;
  b.bsn = "123456782";
  CHECK(verdict(a, b) == Verdict::family);  // one name, one date, one address, two BSNs
  b.bsn = "123456789";                      // fails the elfproef: as good as none
  CHECK(verdict(a, b) == Verdict::possible);
}

TEST_CASE("nothing from a client marked geheim (R2.5)") {
  rc::prop("no identifier at all", [] {
    auto person = *any_person();
    person.bsn = "111222333";
    person.parent_bsns = {"999999011"};
    person.secret = true;
    RC_ASSERT(identifiers_of(person).empty());
    RC_ASSERT(!has_bsn(person));
  });
}

TEST_CASE("no address key from an institution or an address shared by many (R2.5)") {
  const auto has_address = [](const Person& person) {
    return std::ranges::any_of(identifiers_of(person), [](const auto& i) {
      return i.kind == Kind::address || i.kind == Kind::address_alone || i.kind == Kind::home;
    });
  };
  auto person = someone();
  CHECK(has_address(person));
  person.clients_at_address = 6;
  CHECK(has_address(person));
  person.clients_at_address = 7;
  CHECK_FALSE(has_address(person));
  person = someone();
  person.institutional = true;
  CHECK_FALSE(has_address(person));
  person = someone();
  person.secret_address = true;  // a sister there is marked geheim
  CHECK_FALSE(has_address(person));
}

TEST_CASE("the convenant says which family keys there are (R2.5)") {
  auto person = someone();
  person.parent_bsns = {"999999011"};
  const auto family = [&](const FamilyRules& rules) {
    std::multiset<Kind> out;
    for (const auto& identifier : identifiers_of(person, rules))
      if (identifier.kind >= Kind::parent_bsn) out.insert(identifier.kind);
    return out;
  };
  CHECK(family({}) == std::multiset{Kind::parent_bsn, Kind::address});
  CHECK(family({.matching = true, .address_alone = true}) ==
        std::multiset{Kind::parent_bsn, Kind::address, Kind::address_alone});
  CHECK(family({.matching = false, .address_alone = true}).empty());
  person.clients_at_address = 7;
  CHECK(family({.matching = true, .address_alone = true}) == std::multiset{Kind::parent_bsn});
}

TEST_CASE("spellings of one address") {
  const auto plain = *address_of(someone());
  const auto same = [&](std::string postcode, std::string number, std::string addition) {
    auto other = someone();
    other.postcode = std::move(postcode);
    other.house_number = std::move(number);
    other.addition = std::move(addition);
    const auto address = address_of(other);
    return address && *address == plain;
  };
  CHECK(same("1234AB", "12", "BIS"));
  CHECK(same("1234 ab", "12bis", ""));
  CHECK(same("1234 ab", "012 - bis", ""));
  CHECK_FALSE(same("1234AB", "12", "A"));
  CHECK_FALSE(same("1234", "12", "bis"));
  CHECK_FALSE(same("12345 AB", "12", "bis"));
  CHECK_FALSE(same("1234AB", "", "bis"));
  CHECK_FALSE(same("1234AB", "123456", "bis"));
}

TEST_CASE("a missing field takes only its own kinds away") {
  auto person = someone();
  person.birth.reset();
  CHECK(identifiers_of(person).size() == 1);  // the address
  person = someone();
  person.surname.clear();
  person.prefix.clear();
  CHECK(identifiers_of(person).size() == 3);  // three dates, first letter and address
  person = someone();
  person.first_names.clear();
  CHECK(identifiers_of(person).size() == 1);
}

TEST_CASE("every demographic identifier holds a full birth date and a part of a name") {
  rc::prop("four bytes of date and at least one letter", [] {
    for (const auto& identifier : identifiers_of(*any_person())) {
      if (identifier.kind == Kind::address) continue;
      RC_ASSERT(identifier.value.size() > 5U);
      RC_ASSERT(identifier.value[2] >= 1 && identifier.value[2] <= identifier.value[3] &&
                identifier.value[3] <= 31);
    }
  });
}

TEST_CASE("an initial and any error in the surname at one address") {
  auto a = someone();
  auto b = a;
  b.first_names = "M.";
  b.surname = "Hvl";
  CHECK(verdict(a, b) == Verdict::possible);
  b.postcode = "9999 ZZ";
  CHECK(verdict(a, b) == Verdict::none);
}

TEST_CASE("a hostile dossier system cannot blow identifiers up") {
  auto person = someone();
  person.surname.clear();
  for (int i = 0; i < 500; ++i) person.surname += "naam" + std::to_string(i) + "-";
  person.first_names.assign(100000, 'x');
  CHECK(identifiers_of(person).size() <= 50);
  for (const auto& identifier : identifiers_of(person)) CHECK(identifier.value.size() <= 160);
}

TEST_CASE("an ordinary client has few identifiers") {
  auto person = someone();
  person.bsn = "111222333";
  person.parent_bsns = {"999999011"};
  CHECK(identifiers_of(person).size() == 16);
}

TEST_CASE("the specification's lists of tussenvoegsels and call names are the code's") {
  std::ifstream file(std::string(KNOOP_TEST_DIR) + "/../docs/spec/identifiers.md");
  std::string quoted;
  for (std::string line; std::getline(file, line);)
    if (line.rfind("> ", 0) == 0) quoted += line.substr(2) + " ";
  const auto calls = quoted.find("ab → ");  // the list of tussenvoegsels stands before that of call names
  REQUIRE(calls != std::string::npos);

  auto person = someone();
  const auto plain = identifiers_of(person);
  std::istringstream prefixes(quoted.substr(0, calls));
  int count = 0;
  for (std::string prefix; prefixes >> prefix; ++count) {
    CAPTURE(prefix);
    person.prefix = prefix;
    CHECK(identifiers_of(person) == plain);
  }
  CHECK(count == 52);

  const auto exact = [&](const std::string& name) {
    person.first_names = name;
    auto out = identifiers_of(person);
    std::erase_if(out, [](const auto& identifier) { return identifier.kind != Kind::exact; });
    return out;
  };
  std::istringstream rows(quoted.substr(calls));
  count = 0;
  for (std::string call, arrow, given; rows >> call >> arrow >> given; ++count) {
    if (given.back() == ';') given.pop_back();
    CAPTURE(call, given);
    CHECK(arrow == "→");
    CHECK(exact(call) == exact(given));
  }
  CHECK(count == 155);
}

TEST_CASE(
    "twins whose BSNs are both proven are never one youth, without, only like-sounding names can be taken "
    "for it") {
  for (const auto& one : some_first_names)
    for (const auto& other : some_first_names) {
      if (one == other) continue;
      auto a = someone();
      auto b = a;
      a.first_names = one;
      b.first_names = other;
      a.bsn = "111222333";
      b.bsn = "123456782";
      CAPTURE(one, other);
      CHECK(verdict(a, b) == Verdict::family);
    }
  auto a = someone();
  auto b = a;
  a.first_names = "Willem";
  b.first_names = "Wouter";
  CHECK(verdict(a, b) == Verdict::family);
  b.first_names = "Sverre";
  CHECK(verdict(a, b) == Verdict::family);
}

TEST_CASE("any bytes in any field give identifiers or none, and the same ones again") {
  rc::prop("arbitrary bytes", [] {
    Person person;
    person.bsn = *rc::gen::arbitrary<std::string>();
    person.first_names = *rc::gen::arbitrary<std::string>();
    person.prefix = *rc::gen::arbitrary<std::string>();
    person.surname = *rc::gen::arbitrary<std::string>();
    person.postcode = *rc::gen::element<std::string>("1234ab", *rc::gen::arbitrary<std::string>());
    person.house_number = *rc::gen::element<std::string>("12", *rc::gen::arbitrary<std::string>());
    person.addition = *rc::gen::arbitrary<std::string>();
    person.birth = Date{*rc::gen::inRange(1, 9999), *rc::gen::inRange(1U, 13U), *rc::gen::inRange(1U, 29U)};
    const auto identifiers = identifiers_of(person);
    RC_ASSERT(identifiers == identifiers_of(person));
    RC_ASSERT(std::ranges::adjacent_find(identifiers, std::ranges::greater_equal{}) == identifiers.end());
    // What normalisation took away makes no difference.
    person.first_names = normalise(person.first_names);
    person.prefix = normalise(person.prefix);
    person.surname = normalise(person.surname);
    person.addition = normalise(person.addition);
    RC_ASSERT(identifiers == identifiers_of(person));
  });
}

// docs/spec/identifiers.md prints examples as "field=value" lines followed by "kind hex" lines.
TEST_CASE("the specification's examples are what the code does") {
  std::ifstream file(std::string(KNOOP_TEST_DIR) + "/../docs/spec/identifiers.md");
  REQUIRE(file);
  std::string line;
  bool inside = false;
  int examples = 0;
  Person person;
  std::vector<std::string> expected;
  const auto finish = [&] {
    std::vector<std::string> got;
    for (const auto& i : identifiers_of(person))
      got.push_back(std::string(to_string(i.kind)) + " " + to_hex(i.value));
    CHECK(got == expected);
    person = Person{};
    expected.clear();
    ++examples;
  };
  while (std::getline(file, line)) {
    if (line == "```example")
      inside = true;
    else if (line == "```" && inside) {
      finish();
      inside = false;
    } else if (inside) {
      const auto equals = line.find('=');
      if (equals == std::string::npos) {
        expected.push_back(line);
        continue;
      }
      const auto field = line.substr(0, equals);
      const auto value = line.substr(equals + 1);
      if (field == "bsn")
        person.bsn = value;
      else if (field == "first names")
        person.first_names = value;
      else if (field == "tussenvoegsel")
        person.prefix = value;
      else if (field == "surname")
        person.surname = value;
      else if (field == "birth date")
        person.birth = *Date::parse(value);
      else if (field == "postcode")
        person.postcode = value;
      else if (field == "number")
        person.house_number = value;
      else if (field == "addition")
        person.addition = value;
      else if (field == "parent")
        person.parent_bsns.push_back(value);
      else if (field == "geheim")
        person.secret = value == "yes";
      else
        FAIL("unknown field " << field);
    }
  }
  CHECK(examples >= 4);
}

}  // namespace
}  // namespace knoop::matching
