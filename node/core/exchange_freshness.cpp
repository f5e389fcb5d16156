// ExchangeService: whether the records of consent are certain to be complete up to now (protocol.md section 4, "Fresh").
// When they are not, consent opens nothing: a withdrawal may stand in what we lack.
#include "node/core/exchange_parts.h"
#include "node/core/exchange_service.h"
#include "node/core/log_standing.h"
#include "storage/dead_letter_repository.h"
#include "storage/incarnation_repository.h"

namespace knoop {
namespace {

using storage::DeadLetter;

template <typename Id>
Id as(const SubjectId& subject) {
  Id id;
  std::ranges::copy(subject.view(), id.data());
  return id;
}

}  // namespace

Result<bool> ExchangeService::is_about(Context& context, const DeadLetter& letter,
                                       const std::string& client) {
  if (!letter.subject) {
    // A withdrawal that could not be applied: about whatever we exchanged with this peer, or know of consent from it.
    if (letter.type != MessageType::consent_withdrawn && letter.type != MessageType::destruction_order)
      return false;
    KNOOP_LET(recorded, storage::elsewhere_between(context.tx, client, letter.peer));
    if (recorded) return true;
    return storage::exchanged_with(context.tx, client, letter.peer);
  }
  const auto exchange = as<ExchangeId>(*letter.subject);
  KNOOP_LET(release, storage::find_release(context.tx, letter.peer, exchange));
  if (release) return release->client == client;
  KNOOP_LET(acquisition, storage::find_acquisition(context.tx, letter.peer, exchange));
  if (acquisition) return acquisition->client == client;
  for (const exchange::About& about : {exchange::About{as<matching::MatchId>(*letter.subject), std::nullopt},
                                       exchange::About{std::nullopt, as<HandoverId>(*letter.subject)}}) {
    KNOOP_LET(found, find_case(context, letter.peer, about));
    if (found) return found->client == client;
  }
  return false;
}

Result<std::optional<std::string>> ExchangeService::not_fresh_because(Context& context,
                                                                      const std::string& client) {
  if (!context.clock_sure()) return std::optional<std::string>("the clock is in doubt");
  KNOOP_LET(whole, own_log_is_fresh(context));
  if (!whole) return std::optional<std::string>("the witnesses of the own log were not heard");
  KNOOP_LET(doubted, storage::client_doubted(context.tx, client));
  if (doubted)
    return std::optional<std::string>(
        "this node was restored from a backup, and a withdrawal may be forgotten; look at the consents of "
        "this "
        "client, withdraw what does not hold, and confirm the rest");
  KNOOP_LET(letters, storage::open_dead_letters_about_cases(context.tx));
  for (const DeadLetter& letter : letters) {
    KNOOP_LET(ours, is_about(context, letter, client));
    if (ours)
      return std::optional(fmt::format("message {} of {} about this client could not be applied", letter.id,
                                       context.membership().slug(letter.peer)));
  }
  return std::optional<std::string>{};
}

Result<std::vector<DeadLetter>> ExchangeService::dead_letters(Context& context,
                                                              const storage::DeadLettersAfter& page) {
  return storage::open_dead_letters(context.tx, page);
}

Result<void> ExchangeService::handle_dead_letter(Context& context, std::int64_t id, const std::string& how) {
  if (how.empty()) return fail(ErrorCode::bad_value, Side::user, "say how the message was handled");
  KNOOP_LET(letter, storage::find_open_dead_letter(context.tx, id));
  if (!letter) return fail(ErrorCode::not_found, Side::user, "there is no such message that waits");
  KNOOP_TRY(storage::handle_dead_letter(context.tx, id, context.now));
  return context
      .audit({.event = audit::Event::dead_letter_handled,
              .peer = letter->peer,
              .action = audit::Action::update,
              .object = fmt::format("dead-letter {}", id),
              .detail = fmt::format("{}: {}", to_string(letter->type), how)})
      .map([](std::uint64_t) {});
}

}  // namespace knoop
