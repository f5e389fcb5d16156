// Plans of aftercare (nazorgplan, R5.5): whoever knows when a client's indicated care ends says so once; half a year before, the plan is
// a task on the work list, with a term, a reminder, a day after which it is late and one after which others are told
// (protocol/aftercare/plan.h, the convenant's `aftercare_days`). It ends with the plan, or with the reason why there is none.
//
// A hand-over of the kind nazorg about the same client is taken for the plan's: it is named there when it is asked, and when it was
// transferred, and the other organisation coordinates the aftercare, the plan is made.
//
// Called by the API for professionals and team leads; everything is logged, what is shown too. Errors: not_found, wrong_state (there
// is an open plan, or it is closed), bad_value (a day that is past, no words, another client's hand-over).
#pragma once

#include "node/core/service.h"
#include "storage/aftercare_repository.h"
#include "storage/handover_repository.h"

namespace knoop {

class AftercareService final : public Service {
 public:
  void register_handlers(Dispatcher&) override {}

  /// The indicated care of this client ends on that day. `who`: the professional that answers for the plan.
  Result<storage::StoredAftercare> watch(Context& context, const std::string& client_ref, Date ends,
                                         const std::string& who);
  /// It ends on another day: the term begins anew.
  Result<storage::StoredAftercare> move_end(Context& context, const storage::AftercareId& id, Date ends);
  /// The plan is there; `words` say where, or a hand-over of the kind nazorg of this client carries it.
  Result<storage::StoredAftercare> made(Context& context, const storage::AftercareId& id,
                                        const std::string& words, const std::optional<HandoverId>& handover);
  Result<storage::StoredAftercare> not_needed(Context& context, const storage::AftercareId& id,
                                              const std::string& why);

  Result<std::vector<storage::StoredAftercare>> list(Context& context,
                                                     const storage::AftercareFilter& filter);

  /// Those whose day came, and whose term came further: each is logged once.
  Result<std::optional<Timestamp>> on_tick(Context& context) override;

 private:
  Result<storage::StoredAftercare> close(Context& context, storage::StoredAftercare plan,
                                         aftercare::State state, const std::string& words);
};

/// A hand-over of ours moved: one of the kind nazorg belongs to the open plan of its client. For HandoverService.
Result<void> aftercare_followed(Context& context, const storage::StoredHandover& handover);

}  // namespace knoop
