// The three views of an own client (R2.8): where known, who signalled, who coordinates. Made anew each time from what this node may
// know, and from nothing else:
//   where known       matches that were proven and last (R2.3), as a match or only as a possible or family one; hand-overs. Whether
//                     something of ours may go there now: a consent or ground in force. What the two recorded: somebody else is nobody
//   who signalled     own involvements; of the peers what their notices tell, which is who and since when, once contact data crossed.
//                     Whether a peer's is a signaal or a ketenregistratie no message tells
//   who coordinates   who bears the responsibility by the newest hand-over that moves it; until there was one nobody was appointed
//                     (coordination by the convenant's rules is R6.1)
//
// No organisation is asked anything for it, so nobody hears that somebody looked; the own log does. Of a dossier nothing is shown.
//
// Called by the API for professionals and team leads. A monitor sees statuses of tasks without clients (work_list.h), never this.
// Errors: not_found.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "node/core/context.h"
#include "protocol/ids.h"
#include "protocol/matching/messages.h"
#include "protocol/records/involvement.h"

namespace knoop {

struct KnownWhere {
  MemberId peer;
  std::string how;  ///< "match", "mogelijke match", "gezinsmatch", or the kind of a hand-over.
  std::string id;   ///< Of the match or hand-over.
  Date since;
  bool contact = false;  ///< Contact data crossed.
  bool may_share =
      false;  ///< A consent or ground towards it is in force today; what of it, is decided at each release.
  std::string state;  ///< Of a hand-over; else empty.
};
struct Signalled {
  std::optional<MemberId> peer;  ///< None: ourselves.
  std::optional<records::InvolvementKind> kind;
  records::Professional professional;
  Date since;
  std::optional<Date> until;
};
struct Coordinates {
  std::optional<MemberId> peer;  ///< None: ourselves.
  std::string professional;      ///< As far as told; may be empty.
  HandoverId handover;
  std::string state;
};
struct ClientViews {
  std::vector<KnownWhere> where;
  std::vector<Signalled> signalled;
  std::optional<Coordinates> coordinates;
};

[[nodiscard]] Result<ClientViews> client_views(Context& context, const std::string& ref,
                                               std::string_view purpose = "");

}  // namespace knoop
