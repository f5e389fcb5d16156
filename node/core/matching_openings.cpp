#include "node/core/matching_openings.h"

#include <algorithm>
#include <memory>

#include "node/core/keys.h"
#include "node/core/matching_epochs.h"
#include "node/core/matching_registration.h"
#include "node/core/membership.h"
#include "storage/audit_repository.h"

namespace knoop {

using matching::Handle;
using storage::MatchingPair;
using storage::OpeningAudit;

namespace {

constexpr std::int64_t sealed_at_once = 64;
constexpr Milliseconds lost_job{300'000};

std::string object_of(const OpeningAudit& audit) {
  return fmt::format("matching epoch {}", audit.epoch);
}

Result<void> log(Context& context, const OpeningAudit& audit, audit::Event event, audit::Outcome outcome,
                 std::string detail) {
  return context
      .audit({.event = event,
              .outcome = outcome,
              .peer = audit.peer,
              .action = audit::Action::execute,
              .object = object_of(audit),
              .detail = std::move(detail)})
      .map([](std::uint64_t) {});
}

const ConvenantAuditor* auditor_of(const Context& context) {
  const auto& convenant = context.membership().convenant();
  return convenant && convenant->auditor ? &*convenant->auditor : nullptr;
}

Result<MatchingPair> pair_of(Context& context, const OpeningAudit& audit) {
  KNOOP_LET(pair, storage::find_pair(context.tx, audit.pair));
  KNOOP_ASSERT(pair.has_value(), "an audit belongs to a pair, whose row stays");
  return std::move(*pair);
}

}  // namespace

bool MatchingOpenings::begin(storage::PairId pair, Timestamp now) {
  const auto [at, fresh] = running_.try_emplace(pair, now);
  if (!fresh && now - at->second < lost_job) return false;
  at->second = now;
  return true;
}

void MatchingOpenings::register_handlers(Dispatcher& dispatcher) {
  dispatcher.on(MessageType::epoch_statement, Audience::members,
                [this](Context& context, const Received& message) { return on_statement(context, message); });
}

Result<void> MatchingOpenings::on_epoch_ended(Context& context, const MatchingPair& pair) {
  const ConvenantAuditor* const auditor = auditor_of(context);
  if (auditor == nullptr) return MatchingEpochs::destroy(context, pair.id);
  OpeningAudit audit;
  audit.pair = pair.id;
  audit.started = context.now;
  audit.auditor = auditor->sealing_key;
  audit.sample = auditor->sample_size;
  audit.draw = pair.draw;
  KNOOP_TRY(storage::begin_audit(context.tx, audit));
  context.wake();
  return {};
}

Result<void> MatchingOpenings::on_statement(Context& context, const Received& message) {
  KNOOP_LET(statement, decode<matching::EpochStatement>(message.body));
  KNOOP_LET(pair, require_pair(context, message.from, statement.epoch));
  KNOOP_LET(card, storage::newest_card_note(context.tx, message.from));
  KNOOP_LET(fresh, storage::keep_peer_statement(context.tx, pair.id, message.body, card));
  if (fresh) context.wake();
  return {};
}

Result<void> MatchingOpenings::advance(Context& context) {
  KNOOP_TRY(seal_ended(context));
  KNOOP_LET(audits, storage::open_audits(context.tx));
  for (const OpeningAudit& audit : audits)
    KNOOP_TRY(one_of_many(context, [&](Context& part) { return advance_audit(part, audit); }));
  return {};
}

Result<void> MatchingOpenings::advance_audit(Context& context, const OpeningAudit& audit) {
  KNOOP_LET(pair, pair_of(context, audit));
  if (!pair.has_key) return finish(context, audit, "the peer stated nothing about the epoch in time");
  if (!audit.own) return start_statement(context, audit);
  if (!audit.peers) return take_statement(context, audit);
  return audit.drawn ? start_opening(context, audit) : start_draw(context, audit);
}

// ---- statements

Result<void> MatchingOpenings::start_statement(Context& context, const OpeningAudit& audit) {
  if (!begin(audit.pair, context.now)) return {};
  KNOOP_LET(points, storage::registered_points(context.tx, audit.pair));
  context.submit([this, id = audit.pair, points = std::move(points)]() -> Completion {
    return [this, id, tree = matching::tree_of(points)](Context& after) -> Result<void> {
      end(id);
      KNOOP_LET(now, storage::find_audit(after.tx, id));
      if (!now || now->own || now->done) return {};
      KNOOP_LET(pair, pair_of(after, *now));
      KNOOP_LET(secrets, secrets_of(after, pair));
      KNOOP_LET(received, storage::received_tree(after.tx, id));
      const auto view = matching_pair(after, pair);
      KNOOP_ASSERT(pair.commitment.has_value(), "an epoch that both opened");
      now->own =
          matching::make_statement(view, secrets, *pair.commitment, tree, {received.size(), received.root()},
                                   after.keys().signing.secret_key);
      KNOOP_LET(context_box, matching::seal_context(view, secrets, now->auditor, after.entropy));
      now->context = std::move(context_box);
      KNOOP_TRY(storage::put_audit(after.tx, *now));
      after.wake();
      if (after.membership().card(now->peer) == nullptr)
        return {};  // it left: nothing but what is protective goes there
      return after.send(now->peer, MessageType::epoch_statement, std::nullopt, encode(*now->own));
    };
  });
  return {};
}

Result<void> MatchingOpenings::take_statement(Context& context, OpeningAudit audit) {
  KNOOP_LET(stated, storage::peer_statement(context.tx, audit.pair));
  if (!stated) return {};
  const auto checked = [&]() -> Result<matching::EpochStatement> {
    KNOOP_LET(statement, decode<matching::EpochStatement>(stated->body));
    KNOOP_LET(card, check_card(stated->card, audit.peer));
    const MemberId self = context.membership().self();
    KNOOP_TRY(matching::check_statement(context.membership().network(), audit.peer, self, *audit.own,
                                        audit.draw.value_or(Hash256()), card.signing_key, statement));
    KNOOP_TRY(matching::check_agreement(
        {context.membership().network(), self, audit.peer, *audit.own, statement, audit.sample}));
    return statement;
  }();
  if (!checked) return finish(context, audit, checked.error().sentence);
  audit.peers = *checked;
  audit.peer_card = stated->card;
  KNOOP_TRY(storage::put_audit(context.tx, audit));
  context.wake();
  return {};
}

// ---- openings

Result<void> MatchingOpenings::start_draw(Context& context, const OpeningAudit& audit) {
  if (!begin(audit.pair, context.now)) return {};
  context.submit([this, id = audit.pair, statement = *audit.peers, sample = audit.sample]() -> Completion {
    return [this, id, handles = matching::challenged(statement.draw, statement.received.handles, sample)](
               Context& after) -> Result<void> {
      end(id);
      KNOOP_LET(now, storage::find_audit(after.tx, id));
      if (!now || now->drawn || now->done) return {};
      KNOOP_TRY(storage::draw_handles(after.tx, id, handles));
      now->drawn = true;
      KNOOP_TRY(storage::put_audit(after.tx, *now));
      after.wake();
      return {};
    };
  });
  return {};
}

Result<void> MatchingOpenings::start_opening(Context& context, const OpeningAudit& audit) {
  if (!begin(audit.pair, context.now)) return {};
  struct Parts {
    matching::OpenJob open;
    std::vector<PointBytes> points;
    std::vector<Handle> drawn;
  };
  KNOOP_LET(pair, pair_of(context, audit));
  KNOOP_LET(secrets, secrets_of(context, pair));
  KNOOP_LET(points, storage::registered_points(context.tx, audit.pair));
  KNOOP_LET(drawn, storage::drawn_handles(context.tx, audit.pair));
  KNOOP_LET(handles, storage::handles_to_open(context.tx, audit.pair));
  points.resize(
      static_cast<std::size_t>(audit.peers->received.handles));  // check_agreement: no more than ours
  for (matching::ToOpen& each : handles) each.point = points[static_cast<std::size_t>(each.handle - 1)];
  auto work = std::make_shared<Parts>(Parts{{matching_pair(context, pair), std::move(secrets), audit.auditor,
                                             std::move(handles), context.entropy.draw<SymmetricKey>()},
                                            std::move(points),
                                            std::move(drawn)});
  context.submit([this, id = audit.pair, work]() -> Completion {
    auto opened = matching::open_handles(work->open);
    auto paths = matching::paths_of(work->points, work->drawn);
    return [this, id, work, opened = std::move(opened),
            paths = std::move(paths)](Context& after) -> Result<void> {
      end(id);
      KNOOP_LET(now, storage::find_audit(after.tx, id));
      if (!now || now->done) return {};
      if (!opened) return finish(after, *now, opened.error().sentence);
      if (!paths) return finish(after, *now, paths.error().sentence);
      for (const auto& opening : *opened) KNOOP_TRY(storage::put_opening(after.tx, id, opening));
      for (std::size_t i = 0; i < work->drawn.size(); ++i)
        KNOOP_TRY(storage::put_path(after.tx, id, work->drawn[i], (*paths)[i]));
      return finish(after, *now, "");
    };
  });
  return {};
}

Result<void> MatchingOpenings::finish(Context& context, OpeningAudit audit, std::string trouble) {
  audit.done = context.now;
  audit.trouble = std::move(trouble);
  KNOOP_TRY(storage::put_audit(context.tx, audit));
  KNOOP_LET(openings, storage::openings_of(context.tx, audit.pair));
  KNOOP_TRY(storage::clear_audit_material(context.tx, audit.pair));
  KNOOP_LET(pair, pair_of(context, audit));
  if (pair.has_key) KNOOP_TRY(MatchingEpochs::destroy(context, audit.pair));
  // Destroying deletes the last handles; what the trigger kept of them goes as well.
  KNOOP_TRY(storage::clear_audit_material(context.tx, audit.pair));
  if (!audit.trouble.empty())
    return log(context, audit, audit::Event::match_anomaly, audit::Outcome::failed,
               "no opening audit: " + audit.trouble);
  return log(context, audit, audit::Event::match_opened, audit::Outcome::success,
             fmt::format("{} of {} handles sealed to the auditor", openings.size(),
                         audit.peers ? audit.peers->received.handles : 0));
}

Result<void> MatchingOpenings::seal_ended(Context& context) {
  KNOOP_LET(pairs, storage::pairs_to_seal(context.tx));
  if (pairs.empty()) return {};
  const ConvenantAuditor* const auditor = auditor_of(context);
  if (auditor == nullptr) return storage::forget_ended_handles(context.tx);
  for (const storage::PairId id : pairs) {
    KNOOP_LET(pair, storage::find_pair(context.tx, id));
    KNOOP_LET(handles, storage::unsealed_handles(context.tx, id, sealed_at_once));
    if (!pair || handles.empty() || !begin(id, context.now)) continue;
    KNOOP_LET(secrets, secrets_of(context, *pair));
    auto job = std::make_shared<matching::OpenJob>(
        matching::OpenJob{matching_pair(context, *pair), std::move(secrets), auditor->sealing_key,
                          std::move(handles), context.entropy.draw<SymmetricKey>()});
    context.submit([this, id, job]() -> Completion {
      return [this, id, job, opened = matching::open_handles(*job)](Context& after) -> Result<void> {
        end(id);
        if (!opened) return fail(opened.error());
        for (const auto& opening : *opened) KNOOP_TRY(storage::seal_handle(after.tx, id, opening));
        for (const matching::ToOpen& asked : job->handles) {
          if (std::ranges::find(*opened, asked.handle, &matching::SealedOpening::handle) != opened->end())
            continue;
          // Only a database that was tampered with holds such a point; the draw may find it.
          KNOOP_TRY(storage::forget_handle(after.tx, id, asked.handle));
          KNOOP_TRY(after.audit({.event = audit::Event::match_anomaly,
                                 .outcome = audit::Outcome::failed,
                                 .detail = fmt::format("handle {} of matching stands for a point that this "
                                                       "node did not compute",
                                                       asked.handle)}));
        }
        after.wake();
        return {};
      };
    });
  }
  return {};
}

// ---- for the privacy officer

Result<std::vector<OpeningAuditView>> MatchingOpenings::list(Context& context) {
  KNOOP_LET(audits, storage::list_audits(context.tx));
  std::vector<OpeningAuditView> out;
  for (const OpeningAudit& audit : audits) {
    KNOOP_LET(openings, storage::openings_of(context.tx, audit.pair));
    out.push_back({audit.peer, audit.epoch, audit.started, audit.peers.has_value(),
                   audit.peers ? audit.peers->received.handles : 0, openings.size(), audit.done,
                   audit.trouble});
  }
  return out;
}

Result<OpeningsExport> MatchingOpenings::export_openings(Context& context, const MemberId& peer,
                                                         matching::Epoch epoch) {
  KNOOP_LET(pair, storage::find_pair(context.tx, peer, epoch));
  std::optional<OpeningAudit> audit;
  if (pair) {
    KNOOP_LET(found, storage::find_audit(context.tx, pair->id));
    audit = std::move(found);
  }
  if (!audit)
    return fail(ErrorCode::not_found, Side::user, "there is no opening audit of this member and epoch");
  if (!audit->done || !audit->own || !audit->peers)
    return fail(ErrorCode::wrong_state, Side::user, "there are no openings of this epoch{}{}",
                audit->done ? ": " : " yet", audit->trouble);
  OpeningsExport out;
  out.network = context.membership().network();
  out.registrant = context.membership().self();
  out.peer = peer;
  out.sample = audit->sample;
  KNOOP_LET(card, storage::newest_card_note(context.tx, out.registrant));
  out.card = std::move(card);
  out.peer_card = audit->peer_card;
  out.statement = encode(*audit->own);
  out.peer_statement = encode(*audit->peers);
  out.context = audit->context;
  KNOOP_LET(openings, storage::openings_of(context.tx, audit->pair));
  out.openings = std::move(openings);
  KNOOP_TRY(log(context, *audit, audit::Event::match_openings_exported, audit::Outcome::success,
                fmt::format("{} openings, sealed to the auditor", out.openings.size())));
  return out;
}

}  // namespace knoop
