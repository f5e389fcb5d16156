// From a person to the identifiers that two organisations can compare: the rules of docs/spec/identifiers.md,
// version `rule_version`. Pure: the same person gives the same identifiers on every node, in every locale.
//
// Nodes compare identifiers for equality only, after masking each in a curve point (protocol.md section 3).
// Every tolerance for an error must therefore be an identifier of its own that survives that error. The kinds
// below are few on purpose: each costs about 0.2 ms of processor time a peer and direction, and each tells a
// peer one bit.
//
//   kind         made of                                     survives
//   bsn          the child's BSN                             everything else being wrong
//   exact        date*, surname, given name                  day and month swapped, day one or ten off
//   initial      date, surname, first letter of first name   initials, errors after the first letter
//   full_name    date, surname; only if a full first name    nothing: it says that both know the name
//   front        date, first of surname, three of first name errors in the surname, shortened names
//   surname_end  date, last of surname, first name           errors at the front of the surname
//   consonants   date, surname, consonants of first name     vowels written otherwise (Yusuf, Youssef)
//   vowels       date, surname, first letter and vowels      letters of a short name in another order
//   home         date*, first letter of first name, address  an initial with any error in the surname or the date's day
//   tail         date, surname, last two letters             errors at the front of the first name
//   ends         date, surname, first and last letter        an error inside a name of four letters or less
//   parent_bsn   a parent's BSN                              family: other children of the parent
//   address      address, first letter of surname            family: other children at home
//   address_alone  address                                   family: of whatever name, if the convenant says so
//
// A child's demographic kinds hold a full birth date and a part of a name, so that no peer can ask for
// "everybody of this street" or "everybody of this name". *: the date itself and two neighbours, each a full
// date. Every date is written as year, then day and month in ascending order, so that swapping them changes
// nothing. A double name ("Hazes-Martens") gives the kinds once for each half; a tussenvoegsel is left out
// wherever it stands.
//
// A hostile peer sees masked points only; what it can learn is which of ITS OWN identifiers are also ours. So
// nothing comes from a client marked geheim, and no address of such a client (whoever else lives there), of an
// institution, or shared by many: an address key could tell where a family in hiding lives (domain.md R2.5).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "crypto/base/bytes.h"
#include "crypto/base/time.h"

namespace knoop::matching {

/// Offered in Hello and bound into every pair's context: nodes with different rules must never compare.
inline constexpr std::uint16_t rule_version = 1;

/// Part of the hashed bytes: numbers are never reused.
enum class Kind : std::uint8_t {
  dummy = 0,  ///< Fills batches; never matches.
  bsn = 1,
  exact = 2,
  initial = 3,
  full_name = 4,
  front = 5,
  surname_end = 6,
  consonants = 7,
  vowels = 8,
  home = 9,
  tail = 10,
  ends = 11,
  parent_bsn = 16,
  address = 17,
  address_alone = 18,
};

/// Every kind that an identifier can have (not dummy), in order of its number.
[[nodiscard]] const std::vector<Kind>& all_kinds();
/// "bsn", "parent-bsn": for lists, logs and the database. Stable.
[[nodiscard]] std::string_view to_string(Kind kind);
[[nodiscard]] std::optional<Kind> kind_of(std::uint8_t number);

/// More own clients than this at one address: no address key (domain.md R2.5, protocol.md section 3).
inline constexpr unsigned most_clients_at_address = 6;

/// One client as the own dossier system holds it. Texts are UTF-8 in any spelling; absent is empty.
struct Person {
  std::string bsn;            ///< 8 or 9 digits; anything that fails the elfproef counts as absent.
  std::string first_names;    ///< "Lize Jazzlynn", "L.", "Lize": all first names, the first or initials.
  std::string prefix;         ///< The tussenvoegsel, here or in front of the surname.
  std::string surname;        ///< "Lange-de Groot".
  std::optional<Date> birth;  ///< Without it there are no demographic identifiers.
  std::string postcode;       ///< "1234 AB" or "1234ab"; other countries' codes give no address key.
  std::string house_number;   ///< "12", "12B", "12-2": what follows the digits joins the addition.
  std::string addition;       ///< "bis", "2-hoog", "A".
  std::vector<std::string> parent_bsns;
  bool secret = false;              ///< Marked geheim: no identifier at all.
  bool secret_address = false;      ///< Somebody else there is marked geheim: no address key.
  bool institutional = false;       ///< Lives at an institution's address: no address key.
  unsigned clients_at_address = 1;  ///< Own clients with the same address_of(): counted by the caller.
};

struct Identifier {
  Kind kind;
  Bytes value;  ///< The canonical bytes; personal data: hash or mask, never log or store in clear.
  friend auto operator<=>(const Identifier&, const Identifier&) = default;
};

/// What the convenant says of family keys (R2.5).
struct FamilyRules {
  bool matching = true;        ///< Parents' BSNs and addresses are keys.
  bool address_alone = false;  ///< So is an address without a letter of the name.
};

/// All identifiers of a person, sorted, each once.
[[nodiscard]] std::vector<Identifier> identifiers_of(const Person& person, const FamilyRules& rules = {});

/// The folded address ("1234ab" 12 "bis") as bytes, or nothing when it is not a full Dutch address. For
/// counting how many own clients share it.
[[nodiscard]] std::optional<Bytes> address_of(const Person& person);

/// What we have of this client's BSN: decides whether its absence among the matches counts against "same
/// youth".
[[nodiscard]] bool has_bsn(const Person& person);

}  // namespace knoop::matching
