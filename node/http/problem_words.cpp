#include "node/http/problem_words.h"

#include "crypto/base/assert.h"

namespace knoop::http {

// No default: a code without words does not compile.
ProblemWords words_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::bad_encoding:
      return {"De tekst is niet leesbaar; stuur hem als UTF-8.",
              "The text cannot be read; send it as UTF-8."};
    case ErrorCode::bad_format:
      return {"De vorm klopt niet; kijk na wat er is gestuurd.", "The form is wrong; look at what was sent."};
    case ErrorCode::bad_length:
      return {"De lengte klopt niet.", "The length is wrong."};
    case ErrorCode::bad_value:
      return {"Een gegeven ontbreekt of klopt niet.", "A value is missing or wrong."};
    case ErrorCode::conflict:
      return {"Dit botst met wat er al is; haal het opnieuw op en probeer het nog eens.",
              "This contradicts what is there already; fetch it again and try once more."};
    case ErrorCode::forbidden:
      return {"Uw rol of u zelf mag dit niet.", "Your role, or you, may not do this."};
    case ErrorCode::io_failed:
      return {"Het knooppunt kon niet lezen of schrijven; probeer het later.",
              "The node could not read or write; try later."};
    case ErrorCode::not_found:
      return {"Dit bestaat niet, of niet voor u.", "This does not exist, or not for you."};
    case ErrorCode::over_limit:
      return {"Dit is te veel in één keer.", "This is too much at once."};
    case ErrorCode::wrong_state:
      return {"Dit kan nu niet, zoals het er nu voor staat.", "This is not possible as things are now."};
    case ErrorCode::bad_key:
      return {"De sleutel klopt niet.", "The key is wrong."};
    case ErrorCode::bad_point:
      return {"Een bericht van een andere organisatie bevat een ongeldige waarde.",
              "A message of another organisation holds an invalid value."};
    case ErrorCode::bad_proof:
      return {"Het bewijs klopt niet.", "The proof is wrong."};
    case ErrorCode::bad_scalar:
      return {"Een bericht van een andere organisatie bevat een ongeldig getal.",
              "A message of another organisation holds an invalid number."};
    case ErrorCode::bad_signature:
      return {"De handtekening klopt niet.", "The signature is wrong."};
    case ErrorCode::cannot_open:
      return {"Dit kan niet worden ontsleuteld.", "This cannot be decrypted."};
    case ErrorCode::damaged_database:
      return {"De gegevens van het knooppunt zijn beschadigd; waarschuw de beheerder.",
              "The node's data are damaged; tell the administrator."};
    case ErrorCode::database_busy:
      return {"Het knooppunt is bezet; probeer het zo nog eens.", "The node is busy; try again in a moment."};
    case ErrorCode::disk_full:
      return {"De schijf van het knooppunt is vol; waarschuw de beheerder.",
              "The node's disk is full; tell the administrator."};
    case ErrorCode::newer_schema:
      return {"De gegevens zijn van een nieuwere versie van dit programma; waarschuw de beheerder.",
              "The data are of a newer version of this program; tell the administrator."};
    case ErrorCode::wrong_passphrase:
      return {"De wachtzin klopt niet.", "The passphrase is wrong."};
    case ErrorCode::bad_sequence:
      return {"De volgorde klopt niet; er ontbreekt een stuk.", "The order is wrong; a piece is missing."};
    case ErrorCode::clock_unsure:
      return {"De klok van het knooppunt is niet zeker; de beheerder moet haar bevestigen.",
              "The node's clock is in doubt; the administrator has to confirm it."};
    case ErrorCode::expired:
      return {"Dit is verlopen.", "This has expired."};
    case ErrorCode::not_a_member:
      return {"Deze organisatie is geen lid van het convenant.",
              "This organisation is no member of the convenant."};
    case ErrorCode::psk_differs:
      return {"Het afgesproken geheim met deze organisatie is niet gelijk.",
              "The secret that was agreed with this organisation differs."};
    case ErrorCode::unknown_version:
      return {"Deze versie is niet bekend.", "This version is not known."};
    case ErrorCode::unwitnessed:
      return {"Het logboek is te lang niet bevestigd; er wordt nu niets gedeeld.",
              "The log was not confirmed for too long; nothing is shared now."};
    case ErrorCode::wrong_network:
      return {"Dit hoort bij een ander netwerk.", "This belongs to another network."};
    case ErrorCode::wrong_recipient:
      return {"Dit is niet voor deze organisatie bestemd.", "This is not meant for this organisation."};
    case ErrorCode::quota:
      return {"Het aantal dat met deze organisatie mag, is bereikt.",
              "As many as are allowed with this organisation have been used."};
    case ErrorCode::no_consent:
      return {"Hiervoor is geen geldige toestemming.", "There is no valid consent for this."};
    case ErrorCode::not_fresh:
      return {"Dit is te oud om nog op te vertrouwen; probeer het opnieuw.",
              "This is too old to rely on; try again."};
    case ErrorCode::answer_gone:
      return {"Dit is al gedaan; het antwoord van toen wordt niet bewaard.",
              "This was done already; the answer of that time is not kept."};
    case ErrorCode::changed_meanwhile:
      return {"Iemand anders heeft dit intussen gewijzigd; haal het opnieuw op.",
              "Somebody else changed this meanwhile; fetch it again."};
    case ErrorCode::key_used_again:
      return {"Deze sleutel hoort bij een ander verzoek; neem een nieuwe.",
              "This key belongs to another request; take a new one."};
    case ErrorCode::not_signed_in:
      return {"U bent niet ingelogd.", "You are not signed in."};
    case ErrorCode::second_factor_needed:
      return {"Vul ook de code van uw app in.", "Enter the code of your app too."};
    case ErrorCode::sign_in_refused:
      return {"Inloggen is niet gelukt.", "Signing in did not succeed."};
    case ErrorCode::too_many_requests:
      return {"Te veel verzoeken; wacht even.", "Too many requests; wait a moment."};
  }
  KNOOP_ASSERT(false, "an error code outside its enumeration");
}

}  // namespace knoop::http
