#include "tools/bench_scale/people.h"

#include "crypto/base/assert.h"

namespace knoop::bench {
namespace {

/// Spreads a running number: neighbours get unlike names. (A multiplication by an odd constant and a shift.)
std::uint64_t mixed(std::uint64_t number) {
  std::uint64_t x = number * 0x9E3779B97F4A7C15U;
  x ^= x >> 29U;
  x *= 0xBF58476D1CE4E5B9U;
  return x ^ (x >> 32U);
}

std::string word(std::uint64_t chance, unsigned syllables) {
  constexpr std::array<std::string_view, 16> all{"ba", "de", "fi", "go", "hu", "ja", "ke", "li",
                                                 "mo", "nu", "pa", "re", "si", "to", "vu", "wa"};
  std::string out;
  for (unsigned i = 0; i < syllables; ++i, chance >>= 4U) out += all[chance % all.size()];
  out.front() = static_cast<char>(out.front() - 'a' + 'A');
  return out;
}

}  // namespace

std::optional<records::Bsn> bsn_of(std::uint64_t number) {
  std::string digits = fmt::format("{:08}", number);
  KNOOP_ASSERT(number < most_people && digits.size() == 8, "two zeros stand in front");
  int sum = 0;
  for (std::size_t i = 0; i < digits.size(); ++i) sum += (digits[i] - '0') * static_cast<int>(9 - i);
  if (sum == 0 || sum % 11 == 10) return std::nullopt;
  digits += static_cast<char>('0' + sum % 11);
  auto bsn = records::Bsn::parse(digits);
  wipe(digits.data(), digits.size());
  KNOOP_ASSERT(bsn.has_value(), "the check digit was computed");
  return *bsn;
}

records::Client whole_client(std::uint64_t number) {
  const std::uint64_t chance = mixed(number);
  const std::uint64_t household = number % 3 == 0 ? number : number - number % 3;
  const std::uint64_t home = mixed(household + 7'000'000);
  records::Client out;
  out.ref = fmt::format("D{:07}", number);
  out.bsn = bsn_of(number);
  out.given_names = word(chance >> 8U, 2 + chance % 2);
  out.surname = word(chance >> 24U, 3);
  out.birth_date = Date::from_days(13'500 + static_cast<std::int64_t>(chance % 7'000));
  out.gender = chance % 2 == 0 ? records::Gender::male : records::Gender::female;
  out.address.postcode =
      fmt::format("{:04}{}{}", 1000 + home % 8'999, static_cast<char>('A' + home / 10'000 % 26),
                  static_cast<char>('A' + home / 300'000 % 26));
  out.address.house_number = std::to_string(1 + home / 9'000'000 % 250);
  out.municipality = "0392";
  out.parent1_bsn = bsn_of(mixed(household + 1) % most_people);
  if (household % 2 == 0) out.parent2_bsn = bsn_of(mixed(household + 2) % most_people);
  return out;
}

records::Client client_by_bsn(std::uint64_t number) {
  const records::Client whole = whole_client(number);
  records::Client out;
  out.ref = whole.ref;
  out.bsn = whole.bsn;
  KNOOP_ASSERT(out.bsn.has_value(), "the caller asked whether this one has a BSN");
  out.surname = whole.surname;
  out.birth_date = whole.birth_date;
  return out;
}

records::Involvement involvement(std::uint64_t number, Date today, int days) {
  records::Involvement out;
  out.kind = records::InvolvementKind::ketenregistratie;
  out.from = Date::from_days(today.days() - days);
  out.until = Date::from_days(today.days() + 365);
  out.professional = {word(mixed(number % 400), 3), "jeugdhulpverlener", "023-5550100",
                      fmt::format("medewerker{}@voorbeeld.example", number % 400)};
  return out;
}

}  // namespace knoop::bench
