// A youth as this organisation's own dossier system knows them (R1.1): never sent to a peer as it stands.
//
// Texts are UTF-8, trimmed, without control characters, as the source spelled them: matching normalises its own copy.
// An absent text is empty, so that "no addition" is one thing and not two.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "crypto/base/time.h"
#include "protocol/records/bsn.h"

namespace knoop::records {

/// Our own number of a client, meaningless outside this database.
enum class ClientId : std::int64_t {};

enum class Gender : std::uint8_t { unknown = 0, male = 1, female = 2, other = 3 };

/// "O", "M", "V", "X": as files and the basisregistratie personen have it (onbekend, man, vrouw; X of the passport).
[[nodiscard]] char to_letter(Gender gender);
[[nodiscard]] std::optional<Gender> gender_from(std::string_view letter);

struct Address {
  std::string postcode;  ///< "1234AB" or "1234 AB"; may be old, foreign or missing.
  std::string house_number;
  std::string addition;  ///< "bis", "2-hoog", "A".

  friend bool operator==(const Address&, const Address&) = default;
};

struct Client {
  std::string ref;          ///< The dossier system's own key, unique in this organisation; not a BSN.
  std::optional<Bsn> bsn;   ///< R1.3: may be missing, and for school social work usually is.
  std::string given_names;  ///< May be empty (not yet born), initials, or a call name.
  std::string prefix;       ///< Tussenvoegsel, when the source keeps it apart.
  std::string surname;
  Date birth_date;  ///< Expected date when not yet born.
  Gender gender = Gender::unknown;
  Address address;
  std::string municipality;  ///< Gemeentecode of four digits, or empty.
  std::optional<Bsn> parent1_bsn;
  std::optional<Bsn> parent2_bsn;

  friend bool operator==(const Client&, const Client&) = default;
};

/// Marks that the organisation sets by hand; a re-import never touches them.
struct ClientMarks {
  bool secret = false;  ///< geheim: no match keys at all (R2.5), the address is shown to nobody outside.
  bool institutional = false;  ///< Lives at an institution's address: no address key.

  friend bool operator==(const ClientMarks&, const ClientMarks&) = default;
};

}  // namespace knoop::records
