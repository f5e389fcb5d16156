// ExchangeService after a release: corrections that follow what was given.
#include <algorithm>
#include <set>

#include "node/core/exchange_parts.h"
#include "node/core/exchange_service.h"
#include "protocol/exchange/attachments.h"
#include "protocol/records/calendar.h"
#include "protocol/records/rules.h"
#include "storage/records_repository.h"

namespace knoop {
namespace {

using namespace exchange_parts;
using audit::Action;
using audit::Event;
using storage::ReleaseState;

/// Corrections in one turn: each may make an offer.
constexpr std::int64_t corrections_at_once = 16;

/// Whether the fragment was in what this release gave, as its receipt says.
bool gave(const storage::Release& release, const FragmentId& fragment) {
  if (release.state != ReleaseState::disclosed || !release.receipt) return false;
  const auto body = decode<exchange::ReceiptBody>(release.receipt->body);
  return body &&
         std::ranges::any_of(body->items, [&](const auto& item) { return item.fragment == fragment; });
}

}  // namespace

Result<void> ExchangeService::correct(Context& context, const FragmentId& fragment,
                                      const records::Fragment& content) {
  KNOOP_LET(stored, storage::find_fragment(context.tx, fragment));
  if (!stored) return fail(ErrorCode::not_found, Side::user, "there is no own fragment of this id");
  if (content.category != stored->fragment.category)
    return fail(ErrorCode::bad_value, Side::user, "category: a correction stays in its category");
  if (const auto problem = records::check(content, dutch_day(context.now)))
    return fail(problem->field == "fields" || problem->field == "schema" ? ErrorCode::bad_format
                                                                         : ErrorCode::bad_value,
                Side::user, "{} {}", problem->field, problem->reason);
  if (content == stored->fragment) return {};
  const auto file = [](const records::Fragment& of) {
    const auto facts = exchange::attachment_of(of);
    return facts ? std::optional(facts->root) : std::nullopt;
  };
  if (file(content) != file(stored->fragment))
    return fail(ErrorCode::bad_value, Side::user,
                "fields: a file is never changed in place; add another attachment");
  KNOOP_TRY(storage::update_fragment(context.tx, fragment, content, context.now));
  KNOOP_LET(client, storage::find_client(context.tx, stored->client));
  context.wake();
  return context
      .audit({.event = Event::fragment_changed,
              .action = Action::update,
              .client = client->client.ref,
              .object = "fragment " + fragment.hex()})
      .map([](std::uint64_t) {});
}

Result<void> ExchangeService::send_corrections(Context& context) {
  KNOOP_LET(due, storage::take_corrections_due(context.tx, corrections_at_once));
  for (const FragmentId& fragment : due) {
    KNOOP_LET(stored, storage::find_fragment(context.tx, fragment));
    if (!stored) continue;
    KNOOP_LET(client, storage::find_client(context.tx, stored->client));
    KNOOP_LET(releases, storage::releases_of(context.tx, client->client.ref));
    std::set<MemberId> offered;
    for (const storage::Release& release : releases)  // newest first: that one is corrected
      if (gave(release, fragment) && offered.insert(release.peer).second)
        KNOOP_TRY(send_correction(context, release, fragment, stored->fragment.category));
  }
  if (std::ssize(due) == corrections_at_once) context.wake();
  return {};
}

Result<void> ExchangeService::send_correction(Context& context, const storage::Release& release,
                                              const FragmentId& fragment, Category category) {
  const auto wrong = [&] {
    return tell_wrong(context, release.peer, release.client, release.request.exchange, {fragment});
  };
  if (context.membership().member(release.peer) == nullptr) return wrong();  // who left gets nothing new
  storage::Release next;
  next.peer = release.peer;
  next.state = ReleaseState::asked;
  next.client = release.client;
  next.request = release.request;
  next.request.exchange = context.entropy.draw<ExchangeId>();
  next.request.categories = {category};
  next.corrects = release.request.exchange;
  next.created = context.now;
  // That this one cannot have it now (an expired convenant) must not keep the correction from the others.
  std::optional<bool> offered;
  const auto tried = context.attempt([&](Context& inner) -> Result<void> {
    KNOOP_LET(answered, this->release(inner, next, {{}, release.without_third_persons, fragment}));
    offered = answered.offered;
    return {};
  });
  if (!tried && storage::is_about_the_disk(tried.error().code)) return fail(tried.error());
  return tried && offered == true ? Result<void>{} : wrong();
}

Result<void> ExchangeService::tell_wrong(Context& context, const MemberId& peer, const std::string& client,
                                         const ExchangeId& held, std::vector<FragmentId> fragments) {
  const auto entry = [&](std::string detail) {
    return audit::AuditEntry{.event = Event::correction_told,
                             .peer = peer,
                             .client = client,
                             .object = name_of(held),
                             .detail = std::move(detail)};
  };
  if (context.membership().card_of_former(peer) == nullptr) {
    audit::AuditEntry paper = entry("to be told on paper: this organisation cannot be reached any more");
    paper.outcome = audit::Outcome::failed;
    return context.audit(std::move(paper)).map([](std::uint64_t) {});
  }
  const exchange::FragmentCorrected message{held, std::move(fragments), context.now};
  KNOOP_LET(body, encode_checked(message));
  KNOOP_TRY(context.send(peer, MessageType::fragment_corrected, std::nullopt, std::move(body)));
  return context.audit(entry(fmt::format("{} fragments, without content", message.fragments.size())))
      .map([](std::uint64_t) {});
}

Result<void> ExchangeService::on_corrected(Context& context, const Received& message) {
  KNOOP_LET(corrected, decode<exchange::FragmentCorrected>(message.body));
  KNOOP_LET(held, storage::find_acquisition(context.tx, message.from, corrected.exchange));
  if (!held) return fail(ErrorCode::not_found, Side::peer, "a correction of what never came");
  std::int64_t marked = 0;
  for (const FragmentId& fragment : corrected.fragments) {
    KNOOP_LET(copies, storage::mark_wrong(context.tx, message.from, fragment, context.now));
    marked += copies;
    // The word may overtake the key. Remembered for what was offered and only then: a peer must not fill the table.
    if (held->state == storage::AcquisitionState::receipted && held->offer &&
        std::ranges::find(held->offer->items, fragment, &exchange::OfferedItem::fragment) !=
            held->offer->items.end())
      KNOOP_TRY(
          storage::remember_correction(context.tx, message.from, corrected.exchange, fragment, context.now));
  }
  return context
      .audit({.event = Event::fragment_corrected,
              .peer = message.from,
              .action = Action::update,
              .client = held->client,
              .object = name_of(corrected.exchange),
              .detail =
                  fmt::format("{} copies are wrong, their owner says; what is right may not come", marked)})
      .map([](std::uint64_t) {});
}

}  // namespace knoop
