// The register of consents (toestemmingsregister, R3.3, R3.5) for the privacy officer: everything that was recorded here about sharing,
// help and processing, newest first, with how it stands today, what is weak about it, and which organisations acted on its withdrawal.
//
// It comes in pages, so that no event holds the thread: each looks at some records, gives those that belong to the part that was
// asked for, and says where the next begins. A page may be empty and still have a next one. Each client on it is a logged read.
#pragma once

#include <array>
#include <optional>
#include <vector>

#include "node/core/context.h"
#include "protocol/consent/record.h"
#include "storage/consent_repository.h"
#include "storage/exchange_repository.h"

namespace knoop {

/// Records that one event looks at; at most so many are on a page.
inline constexpr std::int64_t register_page = 25;
/// A consent that ends within so many days is about to.
inline constexpr int expiring_days = 28;

enum class RegisterPart : std::uint8_t { all = 1, in_force, expiring, weak, withdrawn, refused, ended };
inline constexpr std::array<Named<RegisterPart>, 7> register_parts{{{RegisterPart::all, "all"},
                                                                    {RegisterPart::in_force, "in-force"},
                                                                    {RegisterPart::expiring, "expiring"},
                                                                    {RegisterPart::weak, "incomplete"},
                                                                    {RegisterPart::withdrawn, "withdrawn"},
                                                                    {RegisterPart::refused, "refused"},
                                                                    {RegisterPart::ended, "ended"}}};

/// What somebody should look at in a consent that holds, or that would if its givers still decided.
enum class Weakness : std::uint8_t {
  outgrown = 1,    ///< Who gave it does not decide (alone) any more: ask anew.
  others = 2,      ///< Somebody else with authority has not spoken.
  reason = 3,      ///< Not everybody was asked whom the rule asks for; a reason is written down.
  no_evidence = 4  ///< Oral: there is no paper or digital record of it.
};
inline constexpr std::array<Named<Weakness>, 4> weaknesses{{{Weakness::outgrown, "outgrown"},
                                                            {Weakness::others, "others-not-asked"},
                                                            {Weakness::reason, "reason-given"},
                                                            {Weakness::no_evidence, "no-evidence"}}};
[[nodiscard]] constexpr std::string_view to_string(Weakness value) {
  return name_in(weaknesses, value);
}
[[nodiscard]] std::vector<Weakness> weaknesses_of(const consent::Consent& consent,
                                                  consent::Standing standing);

struct RegisteredConsent {
  consent::Consent consent;
  consent::Standing standing{};
  std::uint32_t version = 1;
  std::vector<Weakness> weak;
  std::vector<storage::WithdrawalOut> withdrawals;  ///< One for each organisation that must act on it.
};
struct RegisterPage {
  std::vector<RegisteredConsent> consents;
  std::optional<storage::ConsentPlace> next;
};
/// `recipient`: only what is about this organisation, or about everybody. `after`: as `next` of the page before said.
[[nodiscard]] Result<RegisterPage> consent_register(Context& context, RegisterPart part,
                                                    const std::optional<MemberId>& recipient,
                                                    const std::optional<storage::ConsentPlace>& after);

}  // namespace knoop
