// Requests of data subjects with their terms (R8.4, docs/spec/erasure.md): access and correction within a month, destruction
// within three, each counted from the day it was received; once extended by two months, with a reason (AVG 12.3).
//
// A request is written down by whoever hears it, and answered: met, met in part, refused (with a reason), or taken back. The
// statement of a data subject becomes a view (F17) in the dossier. A destruction on the ground of a request needs one that is
// open; carrying it out answers it.
//
// Each function logs what it changes or shows. Errors, all the user's: not_found, bad_value, wrong_state (it was answered
// already, its term is over, it was extended before).
#pragma once

#include "node/core/service.h"
#include "storage/subject_request_repository.h"

namespace knoop {

class SubjectRequestService final : public Service {
 public:
  void register_handlers(Dispatcher&) override {}
  /// Logs, once, each request whose term is over.
  Result<std::optional<Timestamp>> on_tick(Context& context) override;

  struct Draft {
    std::string client;
    storage::SubjectRequestKind kind{};
    std::string who;    ///< "moeder", "jeugdige": in which capacity.
    std::string words;  ///< What is asked.
    Date received;
  };
  Result<storage::SubjectRequest> receive(Context& context, const Draft& draft);
  /// Two more months; before the term is over, once.
  Result<storage::SubjectRequest> extend(Context& context, const SubjectRequestId& id,
                                         const std::string& why);
  /// The data subject's own words, as a view in the dossier.
  Result<FragmentId> add_statement(Context& context, const SubjectRequestId& id, const std::string& words);
  /// Any state but open; words are needed, and a refusal's are its reason.
  Result<storage::SubjectRequest> answer(Context& context, const SubjectRequestId& id,
                                         storage::SubjectRequestState state, const std::string& words);
  /// Each shown is a logged read.
  Result<std::vector<storage::SubjectRequest>> list(Context& context,
                                                    const std::optional<std::string>& client, bool open_only,
                                                    const storage::SubjectRequestsAfter& page = {});
  Result<storage::SubjectRequestCounts> counts(Context& context);

  [[nodiscard]] static Date term_of(storage::SubjectRequestKind kind, const Date& received);
};

}  // namespace knoop
