#include "node/core/subject_reason.h"

#include "protocol/consent/text.h"
#include "storage/destruction_repository.h"
#include "storage/subject_request_repository.h"

namespace knoop {
namespace {

using audit::Event;

/// What an entry's authorisation is: told by its event.
enum class Authorisation { grounds, destruction, request, typed };

Authorisation kind_of(Event event) {
  switch (event) {
    case Event::destruction_asked:
    case Event::destruction_approved:
    case Event::destruction_cancelled:
    case Event::destruction_done:
    case Event::destruction_ordered:
    case Event::destruction_order_received:
    case Event::destruction_proven:
    case Event::destruction_overdue:
    case Event::destruction_read:
    case Event::fragment_deleted:
    case Event::field_erased:
    case Event::client_deleted:
      return Authorisation::destruction;
    case Event::subject_request_received:
    case Event::subject_request_changed:
    case Event::subject_request_closed:
    case Event::subject_request_read:
    case Event::subject_request_overdue:
      return Authorisation::request;
    case Event::fragment_changed:  // taken over into the own dossier
    case Event::fragment_read:     // in an emergency
    case Event::emergency_read:
      return Authorisation::typed;
    default:
      return Authorisation::grounds;
  }
}

bool shares(Event event) {
  return event == Event::release_decided || event == Event::release_offered ||
         event == Event::release_disclosed;
}

void add(std::string& to, std::string_view words) {
  if (words.empty()) return;
  if (!to.empty()) to += "; ";
  to += words;
}

std::string_view plain(storage::DestructionGround ground) {
  switch (ground) {
    case storage::DestructionGround::retention:
      return "de tijd dat wij dit moesten bewaren is voorbij";
    case storage::DestructionGround::request:
      return "u of uw ouders vroegen erom";
    case storage::DestructionGround::mistake:
      return "dit had niet opgeschreven mogen worden";
  }
  return "";
}

std::string_view plain(storage::SubjectRequestKind kind) {
  switch (kind) {
    case storage::SubjectRequestKind::access:
      return "u of uw ouders vroegen om inzage";
    case storage::SubjectRequestKind::correction:
      return "u of uw ouders vroegen om verbetering";
    case storage::SubjectRequestKind::destruction:
      return "u of uw ouders vroegen om vernietiging";
  }
  return "";
}

/// "verplichting ondertoezichtstelling, noodzaak noodsituatie": how many, and in plain words.
std::size_t add_grounds(std::string& to, std::string_view all) {
  std::size_t found = 0;
  while (!all.empty()) {
    const auto end = all.find(", ");
    const std::string_view one = all.substr(0, end);
    for (const auto& [kind, name] : consent::ground_kinds)
      if (one == fmt::format("{} {}", to_string(force_of(kind)), name)) {
        ++found;
        add(to, plain_ground(kind));
      }
    all = end == std::string_view::npos ? std::string_view() : all.substr(end + 2);
  }
  return found;
}

}  // namespace

std::string plain_purpose(std::string_view purpose) {
  for (const auto& [value, word] : consent::purposes)
    if (purpose.starts_with(word)) {
      const std::string_view rest = purpose.substr(word.size());
      if (!rest.empty() && !rest.starts_with(':')) continue;
      return std::string(consent::dutch(value)) + std::string(rest);
    }
  return std::string(purpose);
}

std::string_view plain_ground(consent::GroundKind kind) {
  switch (kind) {
    case consent::GroundKind::supervision_order:
      return "het moet van de wet, want er is een ondertoezichtstelling";
    case consent::GroundKind::veilig_thuis:
      return "het mag van de wet, om zorgen te melden bij Veilig Thuis";
    case consent::GroundKind::replacement:
      return "het mag van de wet, want iemand neemt de hulp over of helpt mee";
    case consent::GroundKind::legal_duty:
      return "het moet van de wet";
    case consent::GroundKind::conflict_of_duties:
      return "niets zeggen zou ernstige schade geven";
    case consent::GroundKind::emergency:
      return "er was spoed en geen tijd om eerst te overleggen";
  }
  return "";
}

std::string reason_of(const ReasonFields& fields) {
  std::string out = plain_purpose(fields.purpose);
  switch (kind_of(fields.event)) {
    case Authorisation::destruction:
      if (const auto ground = storage::destruction_ground_from(fields.authorisation))
        add(out, plain(*ground));
      break;
    case Authorisation::request:
      for (const auto& [kind, name] : storage::subject_request_kinds)
        if (fields.authorisation == name) add(out, plain(kind));
      break;
    case Authorisation::typed:
      if (!fields.authorisation.empty())
        add(out, fmt::format("{}{}", fields.emergency ? "spoed: " : "", fields.authorisation));
      break;
    case Authorisation::grounds: {
      const std::size_t grounds = add_grounds(out, fields.authorisation);
      if (shares(fields.event) && fields.outcome == audit::Outcome::success && fields.bases > grounds)
        add(out, "met toestemming");
      break;
    }
  }
  if (fields.event == Event::ground_reviewed || fields.event == Event::emergency_reviewed)
    for (const auto& [verdict, name] : consent::verdicts)
      if (fields.detail == name) add(out, fmt::format("het oordeel: {}", name));
  return out;
}

}  // namespace knoop
