// How consents, hand-overs, fragments and log entries look in JSON, and the pieces of requests that they share.
#pragma once

#include "node/core/consent_service.h"
#include "node/core/exchange_service.h"
#include "node/core/handover_service.h"
#include "node/core/membership.h"
#include "node/http/body.h"
#include "protocol/audit/exported.h"
#include "protocol/consent/consent.h"

namespace knoop::http {

/// "yes, partly, no": for sentences about a value that must be one of a table's.
template <typename Table>
[[nodiscard]] std::string names_of(const Table& table) {
  std::string out;
  for (const auto& [value, name] : table) {
    if (!out.empty()) out += ", ";
    out += name;
  }
  return out;
}

/// `withheld` (ids) and `withoutThirdPersons` of a request that releases.
[[nodiscard]] ExchangeService::Selection read_selection(BodyReader& body);
/// A list of codes such as "F05"; what is none is complained of.
[[nodiscard]] std::vector<Category> read_categories(BodyReader& body, const std::string& field);

/// not_found unless a client here has this reference. For what is looked up by it and would find nothing: else any text that was typed
/// for a client, a BSN too, would stand in the log as one.
[[nodiscard]] Result<void> must_be_own_client(Context& context, const std::optional<std::string>& ref);

/// The short name of a member; nothing when absent, a mistake is noted.
[[nodiscard]] std::optional<MemberId> read_member(BodyReader& body, const std::string& field,
                                                  const Membership& membership);

[[nodiscard]] Json consent_json(const Membership& membership, const ConsentService::Listed& listed);
/// `today` decides what is overdue.
[[nodiscard]] Json ground_json(const Membership& membership, const consent::Ground& ground,
                               const Date& today);
[[nodiscard]] Json policy_json(const consent::ConsentPolicy& policy);
/// When something is due, and how far that has come.
[[nodiscard]] Json term_json(const terms::Span& span, terms::Stage stage);
[[nodiscard]] Json handover_json(const Membership& membership, const storage::StoredHandover& handover);
[[nodiscard]] Json happening_json(const storage::StoredHappening& happening);
/// What was decided: a row a category, permitted when any of its fragments is.
[[nodiscard]] Json answered_json(const ExchangeService::Answered& answered);
[[nodiscard]] Json received_json(const Membership& membership, const storage::ReceivedFragment& fragment);
[[nodiscard]] Json entry_json(const Membership& membership, const audit::ExportedEntry& entry);

}  // namespace knoop::http
