#include "node/core/clock_watch.h"

#include <algorithm>

namespace knoop {
std::string_view to_string(ClockStep step) {
  return step == ClockStep::back ? "back" : "forward";
}

Result<void> ClockWatch::load(storage::Transaction& tx) {
  KNOOP_LET(row, tx.one("SELECT latest, step, before, after, counted FROM clock"));
  if (!row) return {};
  latest_ = stored_ = row->get<Timestamp>(0);
  if (!row->is_null(1))
    doubt_ = ClockDoubt{row->get<ClockStep>(1), row->get<Timestamp>(2), row->get<Timestamp>(3),
                        Milliseconds{row->get<std::int64_t>(4)}};
  return {};
}

std::optional<ClockStep> ClockWatch::step(Timestamp clock) const {
  if (!latest_) return std::nullopt;
  if (clock + most_back < *latest_) return ClockStep::back;
  if (*latest_ + most_forward < clock) return ClockStep::forward;
  return std::nullopt;
}

Result<void> ClockWatch::seen(storage::Transaction& tx, Timestamp clock) {
  if (doubt_) doubt_->counted += passed(clock);
  last_ = clock;
  if (!latest_ || *latest_ < clock) latest_ = clock;
  if (stored_ && *latest_ < *stored_ + store_every) return {};
  KNOOP_TRY(store(tx));
  stored_ = latest_;
  return {};
}

Result<void> ClockWatch::begin(storage::Transaction& tx, ClockStep step, Timestamp clock) {
  // A second step does not make the first one good. One back stays one back: only a person can judge it.
  const Timestamp before = doubt_ ? doubt_->before + doubt_->counted : *latest_;
  if (doubt_ && doubt_->step == ClockStep::back) step = ClockStep::back;
  doubt_ = ClockDoubt{step, before, clock, Milliseconds{0}};
  agreeing_.clear();
  latest_ = last_ = stored_ = clock;
  return store(tx);
}

Result<void> ClockWatch::end(storage::Transaction& tx, Timestamp clock) {
  doubt_.reset();
  agreeing_.clear();
  latest_ = last_ = stored_ = clock;
  return store(tx);
}

bool ClockWatch::agrees(const MemberId& member, Timestamp theirs, Timestamp clock) {
  if (!doubt_ || doubt_->step != ClockStep::forward) return false;
  const Milliseconds apart = theirs < clock ? clock - theirs : theirs - clock;
  if (apart <= most_between_members)
    agreeing_.insert(member);
  else
    agreeing_.erase(member);
  return agreeing_.size() >= members_needed;
}

Milliseconds ClockWatch::passed(Timestamp clock) const {
  if (!last_ || clock < *last_ || *last_ + most_back < clock) return Milliseconds{0};
  return clock - *last_;
}

Result<void> ClockWatch::store(storage::Transaction& tx) const {
  const auto step = doubt_ ? std::optional(doubt_->step) : std::nullopt;
  const auto before = doubt_ ? std::optional(doubt_->before) : std::nullopt;
  const auto after = doubt_ ? std::optional(doubt_->after) : std::nullopt;
  const std::int64_t counted = doubt_ ? doubt_->counted.count() : 0;
  return tx.exec(
      "INSERT OR REPLACE INTO clock(id, latest, step, before, after, counted) VALUES (1, ?, ?, ?, ?, ?)",
      *latest_, step, before, after, counted);
}

}  // namespace knoop
