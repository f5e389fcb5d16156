// May these fragments go to that organisation for this purpose, now? (R3.4 to R3.6, R4.2)
//
// Pure: the same facts give the same decision, in whatever order the records come. A release asks twice: before the
// offer, and again in the transaction that logs the disclosure, so that a withdrawal in between is seen.
//
// The rule, for one fragment. Every record of this client speaks or says nothing:
//   - a yes speaks for the one recipient, purpose and period it names, for the categories it names, and, when it says
//     "everything", for the others that are not sensitive; used once, it says nothing any more;
//   - an exclusion in it, a no and an objection speak against;
//   - a withdrawn yes speaks against, wherever it spoke for: who takes back a special consent does not want to fall
//     under a general one;
//   - outside its period, or replaced by a later record, a record says nothing;
//   - what is recorded here for another member to release on says nothing about our own fragments;
//   - what the givers may not decide (any more) at the age of today says nothing either (authority.h): a parent's word
//     from 16 on, for a yes also a word without the others who must speak.
// A record is more specific than another when it names something (recipient, category, purpose) that the other leaves
// open, and leaves nothing open that the other names. The fragment is permitted when one record speaks for it that is
// more specific than every record that speaks against it. Nothing said is no.
// A ground without consent (R3.6, ground.h) permits exactly the items it names, whatever the records say, until its last
// day, its rejection or its end. Which force it has (duty, right, necessity) shows in the reason; a duty goes before a right.
//
// The reason goes to the owner's own screens and log in full; the asking organisation learns only public_reason():
// that the family objected, or consented for somebody else, is no business of theirs.
#pragma once

#include <set>
#include <span>

#include "protocol/consent/authority.h"
#include "protocol/consent/ground.h"

namespace knoop::consent {

/// X(enumerator, number, "stable-name", public reason, "Dutch sentence")
#define KNOOP_REASONS(X)                                                                                     \
  X(consent, 1, "consent", consent, "Er is toestemming voor deze rubriek, deze organisatie en dit doel.")    \
  X(ground, 2, "ground", ground, "Er is een grondslag om dit zonder toestemming te delen.")                  \
  X(duty, 3, "ground-duty", ground, "U bent verplicht dit te delen, ook zonder toestemming.")                \
  X(right, 4, "ground-right", ground, "U mag dit delen zonder toestemming; u hebt dat zelf afgewogen.")      \
  X(necessity, 5, "ground-necessity", ground, "Zwijgen zou ernstig nadeel geven; delen is noodzakelijk.")    \
  X(no_consent, 10, "no-consent", no_consent, "Er is geen toestemming vastgelegd.")                          \
  X(refused, 11, "refused", no_consent, "De toestemming is geweigerd.")                                      \
  X(objection, 12, "objection", no_consent, "Er is bezwaar gemaakt tegen delen.")                            \
  X(excluded, 13, "excluded", no_consent, "Deze rubriek is in de toestemming uitgezonderd.")                 \
  X(withdrawn, 14, "withdrawn", no_consent, "De toestemming is ingetrokken.")                                \
  X(expired, 15, "expired", no_consent, "De toestemming is verlopen.")                                       \
  X(not_yet, 16, "not-yet", no_consent, "De toestemming gaat pas later in.")                                 \
  X(used, 17, "used", no_consent, "De toestemming gold voor een keer en is gebruikt.")                       \
  X(not_named, 18, "sensitive-not-named", no_consent,                                                        \
    "Deze gevoelige rubriek is in de toestemming niet genoemd.")                                             \
  X(other_recipient, 19, "other-recipient", no_consent, "De toestemming geldt voor een andere organisatie.") \
  X(other_purpose, 20, "other-purpose", no_consent, "De toestemming geldt voor een ander doel.")             \
  X(not_theirs, 21, "givers-not-enough", no_consent,                                                         \
    "Wie toestemming gaf, kan dat op deze leeftijd niet (alleen) beslissen; vraag opnieuw.")                 \
  X(not_requested, 30, "not-requested", not_requested, "Om deze rubriek is niet gevraagd.")                  \
  X(not_requestable, 31, "not-requestable", not_requestable, "Het convenant laat deze vraag niet toe.")      \
  X(withheld, 32, "withheld", withheld, "De professional deelt dit onderdeel niet.")                         \
  X(not_fresh, 33, "not-fresh", not_fresh,                                                                   \
    "Het is niet zeker dat de toestemming nog geldt; probeer het later.")                                    \
  X(nothing_held, 34, "nothing-held", nothing_held, "Over deze rubriek is niets vastgelegd.")                \
  X(unwitnessed, 40, "unwitnessed", not_fresh,                                                               \
    "Getuigen hebben het logboek te lang niet bevestigd; tot dat is gebeurd gaat er niets weg.")

enum class Reason : std::uint8_t {
#define KNOOP_ENUMERATOR(name, number, text, shown, dutch) name = number,
  KNOOP_REASONS(KNOOP_ENUMERATOR)
#undef KNOOP_ENUMERATOR
};
[[nodiscard]] bool is_valid(Reason reason);
[[nodiscard]] std::string_view to_string(Reason reason);
[[nodiscard]] std::optional<Reason> reason_from(std::string_view name);
[[nodiscard]] std::string_view dutch(Reason reason);
[[nodiscard]] Reason public_reason(Reason reason);

/// One fragment that the owner holds about the client, as far as the decision needs it.
struct Candidate {
  FragmentId id;
  Category category{};
  std::optional<Category> parent;  ///< Of an attachment: the category of the fragment it belongs to.
  bool withheld = false;           ///< The professional took it away in the preview (R4.2).
};

struct ReleaseRequest {
  std::string client;
  MemberId recipient;
  Purpose purpose{};
  std::vector<Category> categories;  ///< Asked for.
  std::vector<Candidate> candidates;
  std::optional<Date> birth{};  ///< Of the client: decides whose word counts today.
};

/// What is decided outside the family's word: the convenant's rules and the state of this node.
struct ReleasePolicy {
  /// Categories that the recipient may ask for under the convenant; none given: all.
  std::optional<std::vector<Category>> requestable{};
  /// Consent records are known to be complete up to now (protocol.md section 4, "Fresh").
  bool fresh = true;
  /// Records that may have been withdrawn without our knowing it yet (recorded elsewhere, and their recorder was not heard for
  /// this release). What they would permit is not-fresh, unless it is permitted without them too.
  std::set<BasisId> unsure{};
  /// Whose word counts at which age (R3.2).
  AuthorityPolicy authority{};
};

struct FragmentDecision {
  FragmentId fragment;
  Category category{};
  bool permitted = false;
  Reason reason{};
  std::optional<BasisId> basis;  ///< The record that decided, when one did.

  friend bool operator==(const FragmentDecision&, const FragmentDecision&) = default;
};

/// One decision a candidate, in the order of the candidates.
[[nodiscard]] std::vector<FragmentDecision> decide(const ReleaseRequest& request,
                                                   std::span<const Consent> consents,
                                                   std::span<const Ground> grounds,
                                                   const ReleasePolicy& policy, Timestamp now);

/// Needs the category named in a consent.
[[nodiscard]] bool is_sensitive(Category category, const std::optional<Category>& parent);

}  // namespace knoop::consent
