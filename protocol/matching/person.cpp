#include "protocol/matching/person.h"

namespace knoop::matching {

Person person_of(const records::Client& client) {
  Person out;
  if (client.bsn) out.bsn = client.bsn->expose();
  out.first_names = client.given_names;
  out.prefix = client.prefix;
  out.surname = client.surname;
  out.birth = client.birth_date;
  out.postcode = client.address.postcode;
  out.house_number = client.address.house_number;
  out.addition = client.address.addition;
  for (const auto& parent : {client.parent1_bsn, client.parent2_bsn})
    if (parent) out.parent_bsns.emplace_back(parent->expose());
  return out;
}

}  // namespace knoop::matching
