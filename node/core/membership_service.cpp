#include "node/core/membership_service.h"

#include <algorithm>

#include "protocol/channel/messages.h"

namespace knoop {
namespace {

constexpr Milliseconds look_each{3'600'000};
constexpr std::chrono::days earliest{1};
constexpr int warn_daily_days = 14;
constexpr int warn_each_days = 7;
constexpr std::string_view warned_key = "membership.warned";

std::string name_of(const JudgedConvenant& judged) {
  return "convenant " + judged.hash.hex();
}

Result<void> log(Context& context, audit::Event event, audit::Outcome outcome, audit::Action action,
                 const std::optional<MemberId>& peer, std::string object, std::string detail) {
  audit::AuditEntry entry;
  entry.event = event;
  entry.outcome = outcome;
  entry.action = action;
  entry.peer = peer;
  entry.object = std::move(object);
  entry.detail = std::move(detail);
  return context.audit(std::move(entry)).map([](std::uint64_t) {});
}

Result<void> check_times(const Convenant& convenant, Timestamp now, Expired expired) {
  if (expired == Expired::refused && now >= convenant.expires)
    return fail(ErrorCode::expired, Side::user,
                "version {} of the convenant expired on {}; install the versions that follow it, in one go",
                convenant.number, convenant.expires.iso());
  if (convenant.valid_from > now + earliest)
    return fail(ErrorCode::wrong_state, Side::user,
                "version {} of the convenant holds from {} on; it is installed then, not before",
                convenant.number, convenant.valid_from.iso());
  return {};
}

Result<void> part_from(Context& context, const MemberId& member, std::uint32_t number) {
  const std::string id = context.membership().slug(member);
  KNOOP_TRY(log(context, audit::Event::member_left, audit::Outcome::success, audit::Action::erase, member, id,
                fmt::format("by version {} of the convenant", number)));
  KNOOP_LET(voided, context.member_left(member));
  if (voided == 0) return {};
  return log(context, audit::Event::message_void, audit::Outcome::refused, audit::Action::erase, member, id,
             fmt::format("{} messages that are not protective will not be sent", voided));
}

}  // namespace

std::optional<std::int64_t> days_to_expiry(const Membership& membership, Timestamp now) {
  const auto& convenant = membership.convenant();
  if (!convenant || convenant->expires - now > std::chrono::days{expiry_warning_days}) return std::nullopt;
  return std::max<std::int64_t>(0, (convenant->expires - now) / std::chrono::days{1});
}

Result<JudgedConvenant> take_convenant(Context& context, const std::string& note,
                                       const std::optional<MemberId>& source, Expired expired) {
  Membership& membership = context.membership();
  KNOOP_LET(judged, membership.judge(context.tx, note));
  switch (judged.news) {
    case ConvenantNews::known:
      return judged;
    case ConvenantNews::second_text: {
      KNOOP_LET(kept, context.tx.one("SELECT 1 FROM convenant_evidence WHERE hash = ?", judged.hash));
      if (kept) return judged;
      KNOOP_TRY(log(context, audit::Event::convenant_conflict, audit::Outcome::failed, audit::Action::create,
                    source, name_of(judged),
                    fmt::format("a second text of version {}, signed by the managers; kept, not followed",
                                judged.convenant.number)));
      break;
    }
    case ConvenantNews::next:
    case ConvenantNews::chosen:
      KNOOP_TRY(check_times(judged.convenant, context.now, expired));
      // Before a first version there is no network and so no log yet.
      if (membership.convenant()) {
        for (const MemberId& member : membership.left_out_by(judged.convenant))
          KNOOP_TRY(part_from(context, member, judged.convenant.number));
      }
      KNOOP_TRY(log(context, audit::Event::convenant_installed, audit::Outcome::success,
                    audit::Action::create, source, name_of(judged),
                    fmt::format("version {}", judged.convenant.number)));
      break;
  }
  context.wake();
  KNOOP_TRY(membership.install(context.tx, judged, source, context.now));
  return judged;
}

void MembershipService::register_handlers(Dispatcher& dispatcher) {
  dispatcher.on(MessageType::convenant_push, Audience::members_and_former,
                [this](Context& context, const Received& message) { return on_push(context, message); });
}

Result<void> MembershipService::on_push(Context& context, const Received& message) {
  KNOOP_LET(push, decode<ConvenantPush>(message.body));
  return take_convenant(context, push.note, message.from, Expired::taken).map([](const JudgedConvenant&) {});
}

Result<void> MembershipService::on_peer_heard(Context& context, const MemberId& peer) {
  const Membership& membership = context.membership();
  const auto theirs = context.convenant_of(peer);
  if (!theirs || !membership.convenant() || theirs->number > membership.convenant()->number) return {};
  KNOOP_LET(ours, membership.hash_of(context.tx, theirs->number));
  const bool same = ours && *ours == theirs->hash;
  if (same && theirs->number == membership.convenant()->number) return {};
  // What an earlier Hello called for may still wait; when it was taken the peer says Hello again.
  KNOOP_LET(waiting, context.tx.one("SELECT 1 FROM outbox WHERE peer = ? AND type = ? LIMIT 1", peer,
                                    MessageType::convenant_push));
  if (waiting) return {};
  // Where its text is another than ours, that number too: then both hold both.
  KNOOP_LET(notes, membership.notes_after(context.tx,
                                          same || theirs->number == 0 ? theirs->number : theirs->number - 1));
  for (std::string& note : notes)
    KNOOP_TRY(context.send(peer, MessageType::convenant_push, std::nullopt,
                           encode(ConvenantPush{std::move(note)})));
  return {};
}

Result<void> MembershipService::warn(Context& context) {
  const auto left = days_to_expiry(context.membership(), context.now);
  if (!left) return {};
  const Date today = Date::of(context.now);
  KNOOP_LET(row, context.tx.one("SELECT value FROM meta WHERE key = ?", warned_key));
  if (row) {
    const auto last = Date::parse(text_view(row->get<ByteView>(0)));
    const int each = *left <= warn_daily_days ? 1 : warn_each_days;
    if (last && today.days() - last->days() < each) return {};
  }
  KNOOP_TRY(context.tx.exec("INSERT OR REPLACE INTO meta(key, value) VALUES (?, ?)", warned_key,
                            view(today.iso())));
  const Convenant& convenant = *context.membership().convenant();
  const bool over = context.now >= convenant.expires;
  return log(context, audit::Event::convenant_expiring, audit::Outcome::failed, audit::Action::read,
             std::nullopt, fmt::format("convenant version {}", convenant.number),
             over
                 ? "it expired: only what is protective is sent and taken until the next version is installed"
                 : fmt::format("it expires in {} days: the managers must sign its next version", *left));
}

Result<void> MembershipService::forget(Context& context) {
  for (const FormerMember& former : context.membership().former()) {
    if (former.since > context.now - Membership::former_for) continue;
    KNOOP_LET(waiting, context.tx.one("SELECT count(*) FROM outbox WHERE peer = ?", former.member));
    const auto unsent = waiting->get<std::uint64_t>(0);
    if (unsent > 0)
      KNOOP_TRY(
          log(context, audit::Event::message_void, audit::Outcome::failed, audit::Action::erase,
              former.member, former.id,
              fmt::format("{} protective messages never reached it in two years: tell it on paper", unsent)));
    KNOOP_TRY(
        context.tx.exec("INSERT INTO void_messages(peer, type, subject, queued_at, voided_at) SELECT peer, "
                        "type, subject, queued_at, ? "
                        "FROM outbox WHERE peer = ? ORDER BY id",
                        context.now, former.member));
    KNOOP_TRY(context.tx.exec("DELETE FROM outbox WHERE peer = ?", former.member));
  }
  return context.membership().forget_former(context.tx, context.now).map([](bool) {});
}

Result<std::optional<Timestamp>> MembershipService::on_tick(Context& context) {
  if (context.membership().own_card() && context.membership().convenant() && context.clock_sure()) {
    KNOOP_TRY(warn(context));
    KNOOP_TRY(forget(context));
  }
  return std::optional(context.now + look_each);
}

}  // namespace knoop
