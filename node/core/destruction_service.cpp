#include "node/core/destruction_service.h"

#include <algorithm>

#include "crypto/hash.h"
#include "crypto/note.h"
#include "node/core/audit_log.h"
#include "node/core/exchange_parts.h"
#include "node/core/heads.h"
#include "node/core/log_standing.h"
#include "node/core/membership.h"
#include "node/core/retention.h"
#include "protocol/erasure/proof_file.h"
#include "protocol/records/calendar.h"
#include "storage/audit_repository.h"
#include "storage/erasure_repository.h"
#include "storage/handover_repository.h"
#include "storage/head_repository.h"
#include "storage/records_repository.h"
#include "storage/subject_request_repository.h"
#include "storage/witness_repository.h"

namespace knoop {
namespace {

using audit::Action;
using audit::Event;
using storage::Destruction;
using storage::DestructionState;

/// Log entries that one event erases: each costs an entry of its own.
constexpr std::int64_t entries_at_once = 50;
constexpr Milliseconds look_again{5'000};
constexpr Milliseconds look_at_clock{60'000};

std::string name_of(const DestructionId& id) {
  return "destruction " + id.hex();
}

/// What an entry about a destruction says as its ground: an id, since structural fields hold nothing else.
BasisId basis_of(const DestructionId& id) {
  return BasisId::from(id.view()).value();
}

Result<Destruction> destruction_of(Context& context, const DestructionId& id) {
  KNOOP_LET(found, storage::find_destruction(context.tx, id));
  if (!found) return fail(ErrorCode::not_found, Side::user, "there is no such destruction");
  return std::move(*found);
}

Result<storage::StoredClient> client_of(Context& context, const std::string& ref) {
  KNOOP_LET(client, storage::find_client(context.tx, ref));
  if (!client) return fail(ErrorCode::not_found, Side::user, "there is no client with this reference");
  return std::move(*client);
}

DestructionService::Question question_of(const Destruction& d) {
  return {d.client, d.fragment, d.ground, d.reason};
}

std::string joined(const std::vector<std::string>& sentences) {
  std::string out;
  for (const std::string& one : sentences) out += (out.empty() ? "" : "; ") + one;
  return out;
}

/// How many fragments this release gave: all, or this one.
std::uint16_t given(const storage::Release& release, const std::optional<FragmentId>& only) {
  if (release.state != storage::ReleaseState::disclosed || !release.receipt) return 0;
  const auto body = decode<exchange::ReceiptBody>(release.receipt->body);
  if (!body) return 0;
  const auto count = only ? std::ranges::count(body->items, *only, &exchange::OfferedItem::fragment)
                          : std::ssize(body->items);
  return static_cast<std::uint16_t>(count);
}

audit::AuditEntry about(Event event, const Destruction& d) {
  return {.event = event,
          .bases = {basis_of(d.id)},
          .action = Action::update,
          .client = d.client,
          .object = d.fragment ? "fragment " + d.fragment->hex() : name_of(d.id),
          .authorisation = std::string(to_string(d.ground))};
}

Result<void> log(Context& context, audit::AuditEntry entry) {
  return context.audit(std::move(entry)).map([](std::uint64_t) {});
}

}  // namespace

void DestructionService::register_handlers(Dispatcher& dispatcher) {
  dispatcher.on(MessageType::destruction_order, Audience::members_and_former,
                [this](Context& context, const Received& message) { return on_order(context, message); });
  dispatcher.on(MessageType::destruction_proof, Audience::members_and_former,
                [this](Context& context, const Received& message) { return on_proof(context, message); });
}

Result<void> DestructionService::on_start(Context& context) {
  KNOOP_LET(swept, storage::sweep_erased(context.tx, context.now));
  if (swept == 0) return {};
  return log(context,
             {.event = Event::destruction_done,
              .action = Action::erase,
              .detail = fmt::format("{} clients that came back with an older copy of the records", swept)});
}

// ---- asking and approving

Result<std::vector<std::string>> DestructionService::obstacles(Context& context, const Question& question) {
  std::vector<std::string> out;
  const auto name = [&](const MemberId& peer) { return context.membership().slug(peer); };
  KNOOP_LET(handovers,
            storage::list_handovers(context.tx, {.client_ref = question.client, .open_only = true}));
  for (const auto& handover : handovers)
    out.push_back(fmt::format("a hand-over with {} is under way: end it first", name(handover.peer)));
  KNOOP_LET(releases, storage::releases_of(context.tx, question.client));
  for (const auto& release : releases)
    if (release.state == storage::ReleaseState::asked || release.state == storage::ReleaseState::offered)
      out.push_back(
          fmt::format("an exchange with {} is under way: answer or wait for it", name(release.peer)));
  KNOOP_LET(acquisitions, storage::acquisitions_of(context.tx, question.client));
  for (const auto& acquisition : acquisitions)
    if (acquisition.state == storage::AcquisitionState::asked ||
        acquisition.state == storage::AcquisitionState::receipted)
      out.push_back(
          fmt::format("an exchange with {} is under way: wait for its end", name(acquisition.peer)));
  if (question.ground == storage::DestructionGround::retention) {
    KNOOP_LET(client, client_of(context, question.client));
    KNOOP_LET(clock, retention_of_client(context, client));
    const Date today = dutch_day(context.now);
    if (question.fragment) {
      for (const FragmentClock& one : clock.fragments)
        if (one.id == *question.fragment && (!one.until || *one.until >= today))
          out.push_back(one.until ? fmt::format("the fragment must be kept until {}", one.until->iso())
                                  : std::string("the fragment must be kept while the case runs"));
    } else if (clock.runs) {
      out.emplace_back("an involvement is active: the case runs");
    } else if (clock.keep_until && *clock.keep_until >= today) {
      out.push_back(fmt::format("the dossier must be kept until {}", clock.keep_until->iso()));
    }
  }
  return out;
}

Result<Hash256> DestructionService::fingerprint(Context& context, const Question& question) {
  KNOOP_LET(client, client_of(context, question.client));
  Bytes all = to_bytes("knoop/v1/destruction-of");
  all.push_back(0);
  const auto add = [&](ByteView bytes) {
    append_u64(all, bytes.size());
    all.insert(all.end(), bytes.begin(), bytes.end());
  };
  add(view(question.client));
  add(view(question.reason));
  append_u64(all, static_cast<std::uint64_t>(question.ground));
  append_u64(all, static_cast<std::uint64_t>(client.changed.ms));
  if (question.fragment) add(question.fragment->view());
  KNOOP_LET(fragments, storage::fragments_of(context.tx, client.id));
  for (const storage::StoredFragment& one : fragments) {
    add(one.id.view());
    append_u64(all, static_cast<std::uint64_t>(one.version));
  }
  KNOOP_LET(received, storage::received_of(context.tx, question.client));
  for (const storage::ReceivedFragment& one : received) {
    add(one.exchange.view());
    add(one.fragment.id.view());
  }
  KNOOP_LET(involvements, storage::involvements_of(context.tx, client.id));
  for (const storage::StoredInvolvement& one : involvements)
    append_u64(all, static_cast<std::uint64_t>(one.changed.ms));
  return sha256(all);
}

Result<Destruction> DestructionService::ask(Context& context, const Question& question) {
  KNOOP_TRY(context.require_clock());
  KNOOP_LET(client, client_of(context, question.client));
  if (question.reason.empty())
    return fail(ErrorCode::bad_value, Side::user, "reason: a destruction needs a reason in words");
  if (question.fragment) {
    KNOOP_LET(fragment, storage::find_fragment(context.tx, *question.fragment));
    if (!fragment || fragment->client != client.id)
      return fail(ErrorCode::not_found, Side::user, "this client has no fragment of this id");
  }
  KNOOP_LET(open, storage::open_destructions_of(context.tx, question.client));
  for (const Destruction& one : open)
    if (!one.fragment || one.fragment == question.fragment)
      return fail(ErrorCode::wrong_state, Side::user, "{} of the same is open already", name_of(one.id));
  if (question.ground == storage::DestructionGround::request) {
    KNOOP_LET(requests, storage::subject_requests(context.tx, question.client, true));
    if (std::ranges::none_of(requests, [](const storage::SubjectRequest& one) {
          return one.kind == storage::SubjectRequestKind::destruction;
        }))
      return fail(ErrorCode::wrong_state, Side::user,
                  "no request for destruction is open: write down first who asked for it, and when");
  }
  KNOOP_LET(forbids, obstacles(context, question));
  if (!forbids.empty()) return fail(ErrorCode::wrong_state, Side::user, "{}", joined(forbids));
  Destruction made;
  made.id = context.entropy.draw<DestructionId>();
  made.client = question.client;
  made.fragment = question.fragment;
  made.ground = question.ground;
  made.reason = question.reason;
  KNOOP_LET(print, fingerprint(context, question));
  made.fingerprint = print;
  made.asked_by = context.actor.user;
  made.asked = context.now;
  KNOOP_TRY(storage::put_destruction(context.tx, made));
  KNOOP_TRY(log(context, about(Event::destruction_asked, made)));
  return made;
}

Result<Destruction> DestructionService::approve(Context& context, const DestructionId& id,
                                                const Hash256& seen) {
  KNOOP_TRY(context.require_clock());
  KNOOP_LET(d, destruction_of(context, id));
  if (d.state != DestructionState::asked)
    return fail(ErrorCode::wrong_state, Side::user, "this destruction is {}", to_string(d.state));
  if (d.asked_by == context.actor.user)
    return fail(ErrorCode::forbidden, Side::user,
                "you asked for this destruction yourself; somebody else approves it");
  KNOOP_LET(now, fingerprint(context, question_of(d)));
  if (seen != d.fingerprint || now != d.fingerprint)
    return fail(
        ErrorCode::conflict, Side::user,
        "what would be destroyed is not what was asked for: it changed since; take it back and ask anew");
  KNOOP_LET(forbids, obstacles(context, question_of(d)));
  if (!forbids.empty()) return fail(ErrorCode::wrong_state, Side::user, "{}", joined(forbids));
  d.state = DestructionState::approved;
  d.approved_by = context.actor.user;
  d.approved = context.now;
  KNOOP_TRY(storage::put_destruction(context.tx, d));
  audit::AuditEntry entry = about(Event::destruction_approved, d);
  entry.responsible = d.asked_by;
  KNOOP_TRY(log(context, std::move(entry)));
  if (!d.fragment) KNOOP_TRY(end_involvements(context, d.client));
  context.wake();
  return d;
}

Result<void> DestructionService::cancel(Context& context, const DestructionId& id, const std::string& why) {
  KNOOP_LET(d, destruction_of(context, id));
  if (d.state != DestructionState::asked)
    return fail(ErrorCode::wrong_state, Side::user,
                "this destruction is {}; only one that was asked can be taken back", to_string(d.state));
  d.state = DestructionState::cancelled;
  KNOOP_TRY(storage::put_destruction(context.tx, d));
  audit::AuditEntry entry = about(Event::destruction_cancelled, d);
  entry.detail = why;
  return log(context, std::move(entry));
}

Result<std::vector<DestructionService::Listed>> DestructionService::list(
    Context& context, const storage::DestructionsAfter& page) {
  KNOOP_LET(all, storage::list_destructions(context.tx, page));
  std::vector<Listed> out;
  for (Destruction& d : all) {
    KNOOP_LET(orders, storage::orders_of(context.tx, d.id));
    if (!d.client.empty()) {
      audit::AuditEntry entry = about(Event::destruction_read, d);
      entry.action = Action::read;
      KNOOP_TRY(log(context, std::move(entry)));
    }
    out.push_back({std::move(d), std::move(orders)});
  }
  return out;
}

Result<storage::DestructionCounts> DestructionService::counts(Context& context) {
  return storage::count_destructions(context.tx);
}

// ---- carrying out

Result<void> DestructionService::end_involvements(Context& context, const std::string& ref) {
  KNOOP_LET(client, client_of(context, ref));
  KNOOP_LET(involvements, storage::involvements_of(context.tx, client.id));
  for (storage::StoredInvolvement& one : involvements) {
    if (one.involvement.closed_on) continue;
    one.involvement.closed_on = dutch_day(context.now);
    KNOOP_TRY(storage::update_involvement(context.tx, one, context.now));
    KNOOP_TRY(log(context, {.event = Event::involvement_closed,
                            .action = Action::update,
                            .client = ref,
                            .object = fmt::format("involvement {}", static_cast<std::int64_t>(one.id)),
                            .detail = "the client is to be destroyed"}));
  }
  return {};
}

Result<void> DestructionService::send_orders(Context& context, Destruction& d) {
  KNOOP_LET(releases, storage::releases_of(context.tx, d.client));
  for (const storage::Release& release : releases) {
    const std::uint16_t count = given(release, d.fragment);
    if (count == 0) continue;
    erasure::DestructionOrder order{d.id, release.request.exchange, {}, context.now};
    if (d.fragment) order.fragments.push_back(*d.fragment);
    storage::DestructionOrderOut out{d.id, release.peer, release.request.exchange, count, context.now};
    KNOOP_TRY(storage::put_order(context.tx, out));
    // Who is out of reach for good is a task on paper: it stays without an answer and becomes overdue.
    const auto sent = context.send(release.peer, MessageType::destruction_order, std::nullopt, encode(order));
    if (!sent && sent.error().side == Side::ours && storage::is_about_the_disk(sent.error().code))
      return fail(sent.error());
    audit::AuditEntry entry = about(Event::destruction_ordered, d);
    entry.peer = release.peer;
    entry.outcome = sent ? audit::Outcome::success : audit::Outcome::failed;
    entry.detail =
        fmt::format("{} fragments of {}", count, exchange_parts::name_of(release.request.exchange));
    KNOOP_TRY(log(context, std::move(entry)));
  }
  d.ordered = context.now;
  return storage::put_destruction(context.tx, d);
}

Result<void> DestructionService::finish(Context& context, Destruction& d) {
  const bool of_client = !d.fragment;
  if (of_client) {
    KNOOP_TRY(storage::forget_requests_of(context.tx, d.client, dutch_day(context.now)));
    KNOOP_TRY(storage::forget_client_of_destructions(context.tx, d.client));
    KNOOP_TRY(storage::erase_client(context.tx, d.client, context.now));
  } else {
    KNOOP_TRY(storage::erase_fragment(context.tx, *d.fragment));
  }
  audit::AuditEntry entry = about(of_client ? Event::destruction_done : Event::fragment_deleted, d);
  if (of_client) entry.client.clear();  // nobody is a client under this reference any more
  entry.action = Action::erase;
  entry.user = d.asked_by;
  entry.responsible = d.approved_by;
  if (of_client) entry.detail = fmt::format("{} log entries lost their personal fields", d.fields);
  KNOOP_LET(index, context.audit(std::move(entry)));
  KNOOP_LET(reference, exchange_parts::log_reference(context, index));
  d.entry = reference;
  if (of_client) d.client.clear();
  d.state = DestructionState::done;
  d.done = context.now;
  d.waits_for.clear();
  return storage::put_destruction(context.tx, d);
}

Result<std::string> DestructionService::personal_fields_of(Context& context,
                                                           const storage::ErasedEntry& entry) {
  KNOOP_LET(current, storage::audit_state(context.tx));
  std::string reference = entry.incarnation == current.incarnation
                              ? std::to_string(entry.index)
                              : fmt::format("{}/{}", entry.incarnation, entry.index);
  char separator = ':';
  for (const audit::FieldName& field : audit::all_fields) {
    if (audit::is_structural(field.field)) continue;
    reference += fmt::format("{}{}", separator, audit::number(field.field));
    separator = ',';
  }
  return reference;
}

Result<bool> DestructionService::tell_swept(Context& context) {
  KNOOP_LET(standing, log_standing(context.tx, context.membership(), context.now));
  if (standing.lost) return false;  // this log ends
  KNOOP_LET(swept, storage::take_swept_entries(context.tx, entries_at_once));
  for (const storage::ErasedEntry& one : swept) {
    KNOOP_LET(reference, personal_fields_of(context, one));
    KNOOP_TRY(log(context, {.event = Event::field_erased,
                            .reference = std::move(reference),
                            .action = Action::erase,
                            .detail = "came back with an older copy of the records"}));
  }
  return !swept.empty();
}

Result<bool> DestructionService::advance(Context& context, Destruction& d) {
  const auto wait = [&](std::string why) -> Result<bool> {
    if (d.waits_for == why) return false;
    d.waits_for = std::move(why);
    KNOOP_TRY(storage::put_destruction(context.tx, d));
    return false;
  };
  KNOOP_LET(found, storage::find_client(context.tx, d.client));
  if (!found) {  // an older copy of the database, whose client was destroyed since
    d.client.clear();
    d.state = DestructionState::cancelled;
    KNOOP_TRY(storage::put_destruction(context.tx, d));
    return false;
  }
  const storage::StoredClient& client = *found;
  if (!d.ordered) {
    // Something may have begun between the approval and now; nothing has left yet.
    KNOOP_LET(forbids, obstacles(context, {d.client, d.fragment, storage::DestructionGround::mistake, ""}));
    if (!forbids.empty()) return wait(joined(forbids));
    if (!d.fragment) {
      KNOOP_LET(involvements, storage::involvements_of(context.tx, client.id));
      const Date today = dutch_day(context.now);
      if (std::ranges::any_of(involvements, [&](const auto& one) { return one.involvement.active(today); }))
        KNOOP_TRY(end_involvements(context, d.client));
    }
  }
  if (!d.fragment) {
    KNOOP_LET(matched, storage::still_matched(context.tx, client.id));
    if (matched) return wait("matching withdraws the client at the other organisations");
    KNOOP_LET(openings, storage::awaits_openings(context.tx, client.id));
    if (openings) return wait("the openings for the auditor are sealed");
  }
  if (!d.ordered) {
    KNOOP_TRY(send_orders(context, d));
    return true;
  }
  if (!d.fragment) {
    KNOOP_LET(erased, storage::erase_audit_entries(context.tx, d.client, entries_at_once));
    for (const storage::ErasedEntry& one : erased) {
      KNOOP_LET(reference, personal_fields_of(context, one));
      audit::AuditEntry entry = about(Event::field_erased, d);
      entry.client.clear();
      entry.reference = std::move(reference);
      entry.action = Action::erase;
      entry.user = d.asked_by;
      entry.responsible = d.approved_by;
      KNOOP_TRY(log(context, std::move(entry)));
    }
    d.fields += std::ssize(erased);
    if (!erased.empty()) {
      KNOOP_TRY(storage::put_destruction(context.tx, d));
      return true;
    }
  }
  KNOOP_TRY(finish(context, d));
  return false;
}

Result<std::optional<Timestamp>> DestructionService::on_tick(Context& context) {
  if (!context.clock_sure()) return std::optional(context.now + look_at_clock);
  KNOOP_LET(telling, tell_swept(context));
  if (telling) return std::optional(context.now);
  KNOOP_LET(late, storage::orders_overdue(context.tx, context.now - order_term));
  for (storage::DestructionOrderOut& order : late) {
    order.overdue = true;
    KNOOP_TRY(storage::put_order(context.tx, order));
    KNOOP_TRY(log(context, {.event = Event::destruction_overdue,
                            .outcome = audit::Outcome::failed,
                            .bases = {basis_of(order.destruction)},
                            .peer = order.peer,
                            .object = exchange_parts::name_of(order.exchange)}));
  }
  KNOOP_LET(running, storage::destructions_in(context.tx, DestructionState::approved));
  bool more = false;
  for (Destruction& d : running) {
    KNOOP_LET(next, advance(context, d));
    more = more || next;
    if (next) break;  // a slice an event
  }
  if (more) return std::optional(context.now);
  if (!running.empty()) return std::optional(context.now + look_again);
  return std::optional(context.now + order_term / 24);
}

// ---- the proof

namespace {

/// Under the newest witnessed head of its log; while none covers it, under the newest signed one.
Result<audit::LogProof> prove(Context& context, const exchange::LogReference& entry) {
  KNOOP_LET(witnessed, storage::newest_witnessed_head(context.tx, entry.incarnation));
  KNOOP_LET(newest, storage::newest_own_head(context.tx, entry.incarnation));
  std::uint64_t size = newest ? newest->size : 0;
  if (witnessed && witnessed->size > entry.index) size = witnessed->size;
  if (size <= entry.index)
    return fail(ErrorCode::wrong_state, Side::ours, "no signed head covers entry {} of log {}", entry.index,
                entry.incarnation);
  KNOOP_LET(path, inclusion_proof(entry.index, size, storage::audit_nodes(context.tx, entry.incarnation)));
  KNOOP_LET(head, own_cosigned_head(context.tx, context.membership(), entry.incarnation, size));
  if (!head) return fail(ErrorCode::not_found, Side::ours, "the head of size {} is not kept any more", size);
  return audit::LogProof{entry.leaf, entry.index, std::move(path), std::move(*head)};
}

}  // namespace

Result<std::string> DestructionService::proof(Context& context, const DestructionId& id) {
  KNOOP_LET(d, destruction_of(context, id));
  if (d.state != DestructionState::done || !d.entry)
    return fail(ErrorCode::wrong_state, Side::user, "there is a proof once it is destroyed; this one is {}",
                to_string(d.state));
  KNOOP_TRY(log(context, {.event = Event::destruction_read,
                          .bases = {basis_of(id)},
                          .action = Action::read,
                          .object = name_of(id),
                          .detail = "proof"}));
  KNOOP_LET(current, context.audit_log().origin(context.tx));
  KNOOP_TRY(
      context.audit_log().head(context.tx, context.now));  // covers the entry, if no witnessed one does yet
  erasure::DestructionRecord record;
  record.destruction = id;
  record.fragment = d.fragment.has_value();
  record.ground = to_string(d.ground);
  record.done = *d.done;
  record.log = {current.network, current.member, d.entry->incarnation};
  record.entry = d.entry->index;
  record.leaf = d.entry->leaf;
  record.fields_erased = static_cast<std::uint64_t>(d.fields);
  KNOOP_LET(orders, storage::orders_of(context.tx, id));
  for (const storage::DestructionOrderOut& order : orders) {
    erasure::DestructionRecipient one{order.peer, order.exchange, order.given, std::nullopt};
    if (order.answered && order.proof) one.answer = {order.destroyed, order.kept, *order.proof};
    record.recipients.push_back(std::move(one));
  }
  erasure::DestructionFile file{{record.text(), {}}, {}};
  KNOOP_TRY(sign_note(file.note, record.log.text(), context.keys().signing.secret_key));
  KNOOP_LET(proven, prove(context, *d.entry));
  file.proof = std::move(proven);
  return file.text();
}

// ---- between organisations

Result<void> DestructionService::on_order(Context& context, const Received& message) {
  KNOOP_LET(order, decode<erasure::DestructionOrder>(message.body));
  // By the name of who orders: nobody can destroy what another gave.
  KNOOP_LET(acquisition, storage::find_acquisition(context.tx, message.from, order.exchange));
  std::uint16_t destroyed = 0;
  std::uint16_t kept = 0;
  std::string client;
  if (acquisition) {
    client = acquisition->client;
    KNOOP_LET(all, storage::received_of(context.tx, client));
    for (const storage::ReceivedFragment& one : all) {
      if (one.peer != message.from || one.exchange != order.exchange) continue;
      if (!order.fragments.empty() &&
          std::ranges::find(order.fragments, one.fragment.id) == order.fragments.end())
        continue;
      const bool ours =
          one.status == storage::LoanStatus::taken_over || one.status == storage::LoanStatus::flagged;
      if (ours) {
        KNOOP_TRY(storage::set_loan_status(context.tx, one, storage::LoanStatus::flagged, context.now));
        ++kept;
      } else {
        KNOOP_TRY(storage::erase_received(context.tx, one));
        ++destroyed;
      }
      KNOOP_TRY(log(context, {.event = ours ? Event::fragment_flagged : Event::fragment_deleted,
                              .bases = {one.basis},
                              .peer = message.from,
                              .action = ours ? Action::update : Action::erase,
                              .client = client,
                              .object = "fragment " + one.fragment.id.hex(),
                              .detail = "its owner ordered its destruction"}));
    }
  }
  KNOOP_LET(index,
            context.audit({.event = Event::destruction_order_received,
                           .outcome = acquisition ? audit::Outcome::success : audit::Outcome::refused,
                           .bases = {basis_of(order.destruction)},
                           .action = Action::erase,
                           .client = client,
                           .object = exchange_parts::name_of(order.exchange),
                           .detail = acquisition ? fmt::format("{} destroyed, {} kept", destroyed, kept)
                                                 : "nothing of this exchange is here"}));
  KNOOP_LET(reference, exchange_parts::log_reference(context, index));
  const erasure::Statement statement{
      order.destruction, order.exchange, message.from, context.membership().self(),
      destroyed,         kept,           reference,    context.now};
  return context.send(message.from, MessageType::destruction_proof, std::nullopt,
                      encode(erasure::sign_statement(statement, context.keys().signing.secret_key)));
}

Result<void> DestructionService::on_proof(Context& context, const Received& message) {
  KNOOP_LET(proof, decode<erasure::DestructionProof>(message.body));
  const Card* card = context.membership().card(message.from);
  if (card == nullptr)
    return fail(ErrorCode::not_a_member, Side::peer, "the sender of a proof of destruction has no card");
  KNOOP_LET(statement,
            erasure::check_proof(proof, context.membership().self(), message.from, card->signing_key));
  KNOOP_LET(order, storage::find_order(context.tx, statement.destruction, message.from, statement.exchange));
  if (!order)
    return fail(ErrorCode::bad_value, Side::peer,
                "a proof of destruction came that nobody asked of this organisation");
  if (statement.destroyed + statement.kept > order->given)
    return fail(ErrorCode::bad_value, Side::peer,
                "a proof of destruction names {} fragments where {} were given",
                statement.destroyed + statement.kept, order->given);
  if (order->answered) {
    if (order->proof == proof) return {};
    return fail(ErrorCode::conflict, Side::peer, "a second and different proof of one destruction came");
  }
  order->answered = context.now;
  order->destroyed = statement.destroyed;
  order->kept = statement.kept;
  order->proof = proof;
  KNOOP_TRY(storage::put_order(context.tx, *order));
  return log(context, {.event = Event::destruction_proven,
                       .bases = {basis_of(statement.destruction)},
                       .action = Action::update,
                       .object = exchange_parts::name_of(statement.exchange),
                       .detail = fmt::format("{} destroyed, {} kept by the receiver as its own",
                                             statement.destroyed, statement.kept)});
}

}  // namespace knoop
