// Hints at what is odd (R8.5), for the privacy officer: one list of everything that somebody should look at. A hint proves
// nothing and stops nothing. It is explained in plain Dutch, raised once a cause, logged (hint.raised, where the log does not
// already tell it), and open until a privacy officer closes it with a reason (hint.closed).
//
// Who looks is watched where looking is logged (Context::audit()): whatever is not logged cannot be looked at (R8.1), so no
// way to look is forgotten, be it a verb, a list, a file or an export. Watched are people: professionals, team leads
// and privacy officers. Own family is what an account named as such itself, by BSN; we keep a keyed hash and never show it
// (docs/decisions/0014-own-family-is-named-by-oneself.md).
//
// A hint names an account or a member, at most our own reference of a client, and no person: a privacy officer sees no
// dossier. What peers can make us raise (matching, logs, proofs) is bounded by its cause: once a kind, member and day, head, or
// exchange.
//
// Errors: those of the database; what people give in gets bad_value, not_found, forbidden or over_limit (user).
#pragma once

#include "node/core/context.h"
#include "protocol/records/bsn.h"
#include "storage/hint_repository.h"

namespace knoop {

// X(enumerator, stored number, "stable-name", "what it means, in Dutch")
#define KNOOP_HINTS(X)                                                                                      \
  X(own_family, 1, "own-family",                                                                            \
    "Deze medewerker heeft gegevens gezien van een cliënt die hij of zij als eigen familie heeft "         \
    "opgegeven, of van een kind van eigen familie.")                                                        \
  X(out_of_hours, 2, "out-of-hours",                                                                        \
    "Deze medewerker heeft 's nachts (tussen 22 en 6 uur) gegevens bekeken of uitgevoerd.")                 \
  X(many_lookups, 3, "many-lookups",                                                                        \
    "Deze medewerker heeft op één dag veel meer cliënten bekeken of gezocht dan gewoon is.")                \
  X(quota_near, 4, "quota-near",                                                                            \
    "Wij hebben bijna alles aangemeld wat wij bij deze organisatie mogen aanmelden; straks wachten nieuwe " \
    "kinderen.")                                                                                            \
  X(matching, 5, "matching", "Bij het vergelijken met deze organisatie gebeurde iets ongewoons.")           \
  X(log_contradiction, 6, "log-contradiction",                                                              \
    "Het logboek van deze organisatie spreekt zichzelf tegen: er kan iets uit zijn gehaald of veranderd.")  \
  X(log_late, 7, "log-late",                                                                                \
    "Te weinig andere organisaties hebben ons logboek bevestigd; na de afgesproken tijd geven wij niets "   \
    "meer.")                                                                                                \
  X(proof_missing, 8, "proof-missing",                                                                      \
    "Deze organisatie heeft niet (goed) bewezen dat een levering aan ons in haar logboek staat.")

enum class HintKind : std::uint8_t {
#define KNOOP_ENUMERATOR(name, number, text, dutch) name = number,
  KNOOP_HINTS(KNOOP_ENUMERATOR)
#undef KNOOP_ENUMERATOR
};
[[nodiscard]] std::string_view to_string(HintKind kind);
[[nodiscard]] std::string_view dutch(HintKind kind);

/// From so many clients and searches a day on.
inline constexpr std::int64_t many_lookups_from = 60;
/// Night, in whole hours of the Netherlands: from this hour to the other.
inline constexpr int night_from = 22;
inline constexpr int night_until = 6;
/// People whom one account can name as family.
inline constexpr std::int64_t most_family = 50;

struct HintNews {
  HintKind kind{};
  std::string subject{};  ///< An account, or the short name of a member.
  std::string cause{};    ///< The same whenever the same thing is seen again: then nothing happens.
  std::string client{};   ///< Our reference; empty when it is about nobody.
  std::string detail{};   ///< A Dutch sentence: when, how many.
  bool logged = false;    ///< The log tells of it already.
};
Result<void> raise_hint(Context& context, const HintNews& news);

/// Whether this entry tells that somebody looked at something or took it out.
[[nodiscard]] bool is_look(const audit::AuditEntry& entry, const Actor& actor);
/// After such an entry was written, about a client or ('') none.
Result<void> watch_look(Context& context, audit::Event event, std::string_view client);
/// A list, whose entry names nobody by itself, showed these clients of ours.
Result<void> watch_shown(Context& context, const std::vector<std::string>& clients);

struct ShownHint {
  HintKind kind{};
  storage::StoredHint row;
};
Result<std::vector<ShownHint>> list_hints(Context& context, bool open_only,
                                          const storage::HintsAfter& page = {});
/// not_found unless it is open; bad_value without a reason; forbidden to whom it is about.
Result<void> close_hint(Context& context, std::int64_t id, std::string_view reason);

/// The acting account names somebody as its own family.
Result<void> name_own_family(Context& context, const records::Bsn& bsn);
/// And takes all of them back; how many they were. A hint that was raised stays.
Result<std::int64_t> take_back_own_family(Context& context);

}  // namespace knoop
