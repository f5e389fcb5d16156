// Any bytes as the fields of a client, one a line: normalising twice is normalising once, the result is UTF-8, identifiers
// ascend, each holds a bounded part of what came in, a person meets itself, and one marked geheim has none.
#include <algorithm>
#include <array>

#include "crypto/base/assert.h"
#include "crypto/base/utf8.h"
#include "protocol/matching/evidence.h"
#include "protocol/matching/normalise.h"

using namespace knoop;
using namespace knoop::matching;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 4) return 0;
  Person person;
  person.birth = Date{1900 + data[0], 1U + data[1] % 12U, 1U + data[2] % 28U};
  person.clients_at_address = data[3] % 9U;
  const std::array fields{&person.first_names, &person.prefix,       &person.surname, &person.bsn,
                          &person.postcode,    &person.house_number, &person.addition};
  std::size_t field = 0;
  for (const std::uint8_t byte : ByteView(data, size).subspan(4)) {
    if (byte == '\n' && field + 1 < fields.size())
      ++field;
    else
      *fields[field] += static_cast<char>(byte);
  }

  for (const std::string* text : fields) {
    const std::string once = normalise(*text);
    KNOOP_ASSERT(is_utf8(once), "a normalised text that is not UTF-8");
    KNOOP_ASSERT(normalise(once) == once, "a text that normalises further");
  }
  const auto identifiers = identifiers_of(person);
  KindSet kinds;
  for (const Identifier& identifier : identifiers) {
    KNOOP_ASSERT(identifier.value.size() <= 255, "an identifier without bounds");
    kinds.add(identifier.kind);
  }
  KNOOP_ASSERT(identifiers.size() <= 60, "more identifiers than three surnames can give");
  KNOOP_ASSERT(std::ranges::adjacent_find(identifiers, std::ranges::greater_equal{}) == identifiers.end(),
               "identifiers that do not ascend");
  const auto status = has_bsn(person) ? BsnStatus::registered : BsnStatus::none;
  KNOOP_ASSERT(kinds.has(Kind::bsn) == has_bsn(person), "a BSN without its identifier");
  KNOOP_ASSERT(identifiers.empty() || verdict_of(kinds, status, status) != Verdict::pending,
               "what is proven is never pending");
  if (person.clients_at_address > most_clients_at_address)
    KNOOP_ASSERT(!kinds.has(Kind::address) && !kinds.has(Kind::home), "a key of an address that many share");
  person.secret = true;
  KNOOP_ASSERT(identifiers_of(person).empty(), "a key of a client marked geheim");
  return 0;
}
