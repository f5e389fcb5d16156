#include "node/core/witnessing.h"

#include <algorithm>

#include "node/core/audit_log.h"
#include "node/core/hints.h"
#include "node/core/incarnations.h"
#include "node/core/keys.h"
#include "node/core/membership.h"
#include "storage/audit_repository.h"

namespace knoop {
namespace {

constexpr Milliseconds look_again{30'000};
/// So long all witnesses are asked for the same head, when it does not get enough cosignatures.
constexpr std::chrono::minutes target_for{5};
constexpr std::size_t proofs_at_once = 20;

std::uint64_t seconds_of(Timestamp now) {
  return static_cast<std::uint64_t>(std::max<std::int64_t>(1000, now.ms)) / 1000;
}

storage::MemberHead head_of(const storage::CosignedLog& held) {
  return {held.member, held.incarnation, held.size, held.root, held.note};
}

}  // namespace

void WitnessService::register_handlers(Dispatcher& dispatcher) {
  const auto on = [&](MessageType type, Result<void> (WitnessService::*handle)(Context&, const Received&)) {
    dispatcher.on(type, Audience::members_and_former,
                  [this, handle](Context& context, const Received& message) {
                    return (this->*handle)(context, message);
                  });
  };
  on(MessageType::log_head, &WitnessService::on_head);
  on(MessageType::cosignature, &WitnessService::on_answer);
  on(MessageType::log_proof, &WitnessService::on_proof);
}

Result<void> WitnessService::on_start(Context& context) {
  return storage::forget_answers(context.tx);
}

Result<void> WitnessService::on_peer_ready(Context& context, const MemberId& peer) {
  KNOOP_LET(standing, log_standing(context.tx, context.membership(), context.now));
  if (standing.rule.find(peer) == nullptr) return {};
  KNOOP_LET(row, storage::own_witness(context.tx, peer, standing.incarnation));
  if (!row.asked && !row.refused) return {};
  row.refused.reset();
  // What was asked may have come while it held another version of the convenant, by which it was no witness of ours.
  row.asked.reset();
  due_.reset();
  context.wake();
  return storage::put_own_witness(context.tx, row);
}

// ---- as witness

Result<void> WitnessService::on_head(Context& context, const Received& message) {
  KNOOP_LET(asked, decode<audit::LogHead>(message.body));
  if (!asked.answer) return take_head(context, message.from, asked.head, HeadSource::passed).map([](auto) {});
  return cosign_or_refuse(context, message.from, asked);
}

Result<void> WitnessService::cosign_or_refuse(Context& context, const MemberId& from,
                                              const audit::LogHead& asked) {
  const Membership& membership = context.membership();
  if (witnesses_of(membership, from).find(membership.self()) == nullptr) return {};
  const Card* const card = membership.card(from);
  if (card == nullptr) return {};
  KNOOP_LET(head, audit::read_head(asked.head, card->signing_key));
  if (head.origin.network != membership.network() || head.origin.member != from ||
      head.checkpoint.size > max_log_size)
    return fail(ErrorCode::bad_value, Side::peer, "a head of another log than its sender's is not cosigned");

  KNOOP_LET(held, storage::cosigned_log(context.tx, from));
  const auto answer = [&](std::optional<Cosignature> cosignature) -> Result<void> {
    audit::HeadAnswer out{head.origin.incarnation, std::nullopt, std::nullopt, std::nullopt};
    if (held) out.held = held->note;
    if (cosignature) {
      out.time = cosignature->time;
      out.signature = cosignature->signature;
    }
    return context.send(from, MessageType::cosignature, std::nullopt, encode(out));
  };

  storage::CosignedLog next{from,
                            head.origin.incarnation,
                            head.checkpoint.size,
                            head.checkpoint.root,
                            audit::cosigned_note(head, {}, {}).encode(),
                            seconds_of(context.now)};
  // A question may have waited while Hello told of a newer head. It is never older than the one that was asked before it.
  const bool set_back = held && held->incarnation == next.incarnation && next.size < held->size;
  KNOOP_TRY(take_head(context, from, next.note, set_back ? HeadSource::itself : HeadSource::told));
  KNOOP_LET(forked, storage::has_forked(context.tx, from, next.incarnation));
  KNOOP_LET(believed, is_believed(context, from, next.incarnation));
  if (set_back || forked || !believed) return answer(std::nullopt);
  if (held && held->incarnation > next.incarnation) return answer(std::nullopt);

  const bool anew = !held || held->incarnation < next.incarnation;
  const std::uint64_t old_size = anew ? 0 : held->size;
  const Hash256 old_root = anew ? empty_root() : held->root;
  if (!anew && old_size == next.size && old_root != next.root) {
    KNOOP_TRY(take_contradiction(context, from, head_of(*held), head_of(next)));
    return answer(std::nullopt);
  }
  if (asked.old_size != old_size || next.size < old_size) return answer(std::nullopt);
  if (!verify_consistency(old_size, old_root, next.size, next.root, asked.proof)) {
    if (!anew) KNOOP_TRY(take_contradiction(context, from, head_of(*held), head_of(next)));
    return answer(std::nullopt);
  }
  // Durable together with what says it: nothing is sent before the commit.
  if (!anew) next.time = std::max(next.time, held->time);
  KNOOP_TRY(storage::put_cosigned(context.tx, next));
  held = next;
  return answer(cosign(context.keys().witness.secret_key, head.note.text, next.time));
}

// ---- as owner

Result<void> WitnessService::on_answer(Context& context, const Received& message) {
  KNOOP_LET(answer, decode<audit::HeadAnswer>(message.body));
  KNOOP_LET(standing, log_standing(context.tx, context.membership(), context.now));
  const audit::Witness* const witness = standing.rule.find(message.from);
  if (witness == nullptr || answer.incarnation != standing.incarnation) return {};
  KNOOP_LET(row, storage::own_witness(context.tx, message.from, standing.incarnation));
  const auto asked = std::exchange(row.asked, std::nullopt);
  row.refused = asked;  // unless it turns out otherwise below
  if (!answer.held) return storage::put_own_witness(context.tx, row);

  // What a witness says that we signed, we must have signed; what we signed, our log must have.
  const Membership& membership = context.membership();
  KNOOP_LET(head, audit::read_head(*answer.held, membership.own_card()->signing_key));
  if (head.origin.network != membership.network() || head.origin.member != membership.self())
    return fail(ErrorCode::bad_value, Side::peer, "a witness answered with a head of another log");
  KNOOP_TRY(take_head(context, message.from, *answer.held, HeadSource::told));
  if (head.origin.incarnation != standing.incarnation || head.checkpoint.size > standing.size)
    return storage::put_own_witness(context.tx, row);
  KNOOP_LET(root, own_root(context.tx, standing.incarnation, head.checkpoint.size));
  if (root != head.checkpoint.root) return storage::put_own_witness(context.tx, row);
  const bool news = std::exchange(row.held, head.checkpoint.size) != head.checkpoint.size;
  if (news || answer.signature) {
    row.refused.reset();
    due_.reset();
    context.wake();
  }
  if (answer.time && answer.signature) {
    const Cosignature cosignature{*answer.time, *answer.signature};
    if (!verify_cosignature(witness->key, head.note.text, cosignature))
      return fail(ErrorCode::bad_signature, Side::peer, "the cosignature of a witness is false");
    row.answered = context.now;
    KNOOP_TRY(
        storage::put_own_cosignature(context.tx, standing.incarnation, row.held, message.from, cosignature));
    KNOOP_TRY(judge(context, standing, row.held));
  }
  return storage::put_own_witness(context.tx, row);
}

Result<void> WitnessService::judge(Context& context, const LogStanding& standing, std::uint64_t size) {
  KNOOP_LET(cosignatures, storage::own_cosignatures(context.tx, standing.incarnation, size));
  const auto counts = [&](const storage::OwnCosignature& one) {
    return standing.rule.find(one.witness) != nullptr;
  };
  if (static_cast<std::size_t>(std::ranges::count_if(cosignatures, counts)) < standing.rule.quorum())
    return {};
  KNOOP_TRY(storage::mark_witnessed(context.tx, standing.incarnation, size, context.now));
  return storage::forget_own_cosignatures(context.tx, standing.incarnation,
                                          std::max(size, standing.witnessed_size));
}

Result<void> WitnessService::ask_witnesses(Context& context, const LogStanding& standing) {
  KNOOP_LET(newest, storage::newest_own_head(context.tx, standing.incarnation));
  if (!newest) return {};
  KNOOP_LET(round, storage::witnessing(context.tx));
  const bool over = round.incarnation != standing.incarnation || round.target == 0 ||
                    standing.witnessed_size >= round.target || context.now - round.since >= target_for;
  if (over && (round.target != newest->size || round.incarnation != standing.incarnation)) {
    round.incarnation = standing.incarnation;
    round.target = newest->size;
    round.since = context.now;
    KNOOP_TRY(storage::put_witnessing(context.tx, round));
  }
  KNOOP_LET(kept, storage::own_head(context.tx, standing.incarnation, round.target));
  const std::string& note = kept ? *kept : newest->note;
  const std::uint64_t size = kept ? round.target : newest->size;
  for (const audit::Witness& witness : standing.rule.witnesses) {
    if (context.membership().card(witness.member) == nullptr) continue;
    KNOOP_LET(row, storage::own_witness(context.tx, witness.member, standing.incarnation));
    const bool again = !row.answered || context.now - *row.answered >= standing.bound / 3;
    if (row.asked || row.held > size || (row.held == size && !again)) continue;
    if (row.refused && size <= *row.refused) continue;
    KNOOP_LET(proof,
              consistency_proof(row.held, size, storage::audit_nodes(context.tx, standing.incarnation)));
    KNOOP_TRY(context.send(witness.member, MessageType::log_head, std::nullopt,
                           encode(audit::LogHead{note, row.held, std::move(proof), true})));
    row.asked = size;
    KNOOP_TRY(storage::put_own_witness(context.tx, row));
  }
  return {};
}

Result<void> WitnessService::tell_lateness(Context& context, const LogStanding& standing) {
  KNOOP_LET(round, storage::witnessing(context.tx));
  const auto late = static_cast<std::uint8_t>(standing.late);
  if (round.late == late) return {};
  const std::uint8_t before = std::exchange(round.late, late);
  KNOOP_TRY(storage::put_witnessing(context.tx, round));
  if (late > before) {
    KNOOP_TRY(raise_hint(
        context, {.kind = HintKind::log_late,
                  .subject = context.membership().slug(context.membership().self()),
                  .cause = standing.unwitnessed_since->iso(),
                  .detail = fmt::format("Niet bevestigd sinds {}.", standing.unwitnessed_since->iso()),
                  .logged = true}));
    return context
        .audit({.event = audit::Event::log_unwitnessed,
                .outcome = audit::Outcome::failed,
                .action = audit::Action::execute,
                .detail = fmt::format("{}: not witnessed since {}", to_string(standing.late),
                                      standing.unwitnessed_since->iso())})
        .map([](std::uint64_t) {});
  }
  // Back within the term.
  if (before != static_cast<std::uint8_t>(audit::Lateness::stopped)) return {};
  return context.audit({.event = audit::Event::log_witnessed_again, .action = audit::Action::execute})
      .map([](std::uint64_t) {});
}

Result<std::optional<Timestamp>> WitnessService::on_tick(Context& context) {
  if (due_ && context.now < *due_) return due_;
  due_ = context.now + look_again;
  if (!context.membership().convenant() || !context.membership().own_card()) return due_;
  KNOOP_LET(standing, log_standing(context.tx, context.membership(), context.now));
  // A clock that is doubted makes nobody late.
  if (context.clock_sure()) KNOOP_TRY(tell_lateness(context, standing));
  if (standing.watched && !standing.lost) KNOOP_TRY(ask_witnesses(context, standing));
  KNOOP_TRY(send_proofs(context, standing));
  KNOOP_TRY(watch_proofs(context));
  return due_;
}

// ---- proofs

Result<audit::LogProof> prove_entry(Context& context, std::uint64_t index, std::uint32_t incarnation) {
  KNOOP_LET(standing, log_standing(context.tx, context.membership(), context.now));
  std::uint64_t entries = standing.size;
  std::uint64_t size = standing.witnessed_size;
  if (incarnation != 0 && incarnation != standing.incarnation) {
    KNOOP_LET(last, last_certain_head(context.tx, incarnation));
    entries = size = last.value_or(0);
  } else {
    incarnation = standing.incarnation;
    if (!standing.watched) {
      KNOOP_LET(newest, storage::newest_own_head(context.tx, incarnation));
      size = newest ? newest->size : 0;
    }
  }
  if (index >= entries)
    return fail(ErrorCode::not_found, Side::user, "the log has {} entries, and none of number {}", entries,
                index);
  if (index >= size)
    return fail(ErrorCode::wrong_state, Side::ours,
                "no {} head covers entry {} yet; the next one does, in a minute",
                standing.watched ? "witnessed" : "signed", index);
  const NodeReader nodes = storage::audit_nodes(context.tx, incarnation);
  KNOOP_LET(leaf, nodes(0, index));
  KNOOP_LET(path, inclusion_proof(index, size, nodes));
  KNOOP_LET(note, own_cosigned_head(context.tx, context.membership(), incarnation, size));
  KNOOP_ASSERT(note.has_value(), "the newest head is kept, and the newest witnessed one");
  return audit::LogProof{leaf, index, std::move(path), std::move(*note)};
}

Result<void> owe_proof(Context& context, const MemberId& peer, const ExchangeId& exchange,
                       const exchange::LogReference& log) {
  if (!witnesses_of(context.membership(), context.membership().self()).exists()) return {};
  return storage::put_owed_proof(context.tx, {peer, exchange, log.incarnation, log.index});
}

Result<void> await_proof(Context& context, const MemberId& peer, const ExchangeId& exchange,
                         const exchange::LogReference& log) {
  if (!witnesses_of(context.membership(), peer).exists()) return {};
  KNOOP_LET(known, storage::awaited_proof(context.tx, peer, exchange));
  if (known) return {};
  return storage::put_awaited_proof(context.tx, {peer, exchange, log.incarnation, log.index, log.leaf,
                                                 context.now, storage::ProofState::waiting, std::nullopt});
}

/// Of a log before a restore nothing more gets witnessed: what is not proven now never will be, and its receiver hears that.
Result<void> WitnessService::send_earlier_proofs(Context& context, const LogStanding& standing) {
  KNOOP_LET(owed, storage::earlier_owed_proofs(context.tx, standing.incarnation, proofs_at_once));
  for (const storage::OwedProof& one : owed) {
    KNOOP_TRY(storage::delete_owed_proof(context.tx, one));
    if (context.membership().card_of_former(one.peer) == nullptr) continue;
    KNOOP_LET(witnessed, storage::newest_witnessed_head(context.tx, one.incarnation));
    std::string text;
    if (witnessed && one.number < witnessed->size) {
      KNOOP_LET(proof, prove_entry(context, one.number, one.incarnation));
      text = proof.text();
    }
    KNOOP_TRY(context.send(one.peer, MessageType::log_proof, std::nullopt,
                           encode(audit::LogProofMessage{one.exchange, std::move(text)})));
  }
  if (owed.size() == proofs_at_once) due_ = context.now;
  return {};
}

Result<void> WitnessService::send_proofs(Context& context, const LogStanding& standing) {
  KNOOP_TRY(send_earlier_proofs(context, standing));
  KNOOP_LET(owed,
            storage::owed_proofs(context.tx, standing.incarnation, standing.witnessed_size, proofs_at_once));
  for (const storage::OwedProof& one : owed) {
    KNOOP_TRY(storage::delete_owed_proof(context.tx, one));
    if (context.membership().card_of_former(one.peer) == nullptr) continue;
    KNOOP_LET(proof, prove_entry(context, one.number));
    KNOOP_TRY(context.send(one.peer, MessageType::log_proof, std::nullopt,
                           encode(audit::LogProofMessage{one.exchange, proof.text()})));
  }
  if (owed.size() == proofs_at_once) due_ = context.now;
  return {};
}

Result<void> WitnessService::on_proof(Context& context, const Received& message) {
  KNOOP_LET(told, decode<audit::LogProofMessage>(message.body));
  KNOOP_LET(awaited, storage::awaited_proof(context.tx, message.from, told.exchange));
  if (!awaited || awaited->state == storage::ProofState::good) return {};
  const bool cannot = told.proof.empty();
  if (cannot && awaited->state == storage::ProofState::lost) return {};
  const Membership& membership = context.membership();
  const Card* const card = membership.card_of_former(message.from);
  const audit::WitnessRule rule = witnesses_of(membership, message.from);
  const audit::LogOrigin origin{membership.network(), message.from, awaited->incarnation};
  std::string why = "no head that is witnessed";
  const bool good = !cannot && [&] {
    const auto proof = audit::LogProof::parse(told.proof);
    if (!proof || proof->index != awaited->number || proof->leaf != awaited->leaf) {
      why = "another entry than the offer named";
      return false;
    }
    const auto entry = audit::check_log_proof(*proof, card->signing_key, rule);
    if (!entry) why = to_string(entry.error().code);
    return entry && entry->head.origin == origin && entry->witnessed.enough;
  }();
  awaited->state = good     ? storage::ProofState::good
                   : cannot ? storage::ProofState::lost
                            : storage::ProofState::wrong;
  if (cannot) why = "its sender was restored, and cannot prove it any more";
  awaited->proof = cannot ? std::nullopt : std::optional(std::move(told.proof));
  KNOOP_TRY(storage::put_awaited_proof(context.tx, *awaited));
  if (good) {
    KNOOP_LET(proof, audit::LogProof::parse(*awaited->proof));
    return take_head(context, message.from, proof.head, HeadSource::told).map([](auto) {});
  }
  KNOOP_TRY(raise_hint(
      context, {.kind = HintKind::proof_missing,
                .subject = membership.slug(message.from),
                .cause = told.exchange.hex(),
                .detail = fmt::format("Levering {}: {}", told.exchange.hex(),
                                      cannot ? "na een herstel kan het bewijs niet meer worden gegeven."
                                             : "het bewijs klopt niet."),
                .logged = true}));
  return context
      .audit({.event = audit::Event::log_proof_wrong,
              .outcome = audit::Outcome::failed,
              .peer = message.from,
              .object = "exchange " + told.exchange.hex(),
              .detail = why})
      .map([](std::uint64_t) {});
}

Result<void> WitnessService::watch_proofs(Context& context) {
  const auto& terms = context.membership().convenant()->terms;
  const Milliseconds term = std::chrono::hours(terms.unwitnessed_hours);
  KNOOP_LET(late, storage::late_proofs(context.tx, context.now - term, proofs_at_once));
  if (!context.clock_sure()) return {};
  for (storage::AwaitedProof& one : late) {
    one.state = storage::ProofState::overdue;
    KNOOP_TRY(storage::put_awaited_proof(context.tx, one));
    KNOOP_TRY(
        raise_hint(context, {.kind = HintKind::proof_missing,
                             .subject = context.membership().slug(one.peer),
                             .cause = one.exchange.hex(),
                             .detail = fmt::format("Levering {}: er kwam geen bewijs.", one.exchange.hex()),
                             .logged = true}));
    KNOOP_TRY(context.audit({.event = audit::Event::log_proof_overdue,
                             .outcome = audit::Outcome::failed,
                             .peer = one.peer,
                             .object = "exchange " + one.exchange.hex(),
                             .detail = fmt::format("entry {} of its log", one.number)}));
  }
  if (late.size() == proofs_at_once) due_ = context.now;
  return {};
}

}  // namespace knoop
