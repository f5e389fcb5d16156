// Requests of data subjects on disk (R8.4). The rules are node/core/subject_requests.h's.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "protocol/codec/codec.h"
#include "protocol/ids.h"
#include "storage/client_vault.h"
#include "storage/rows_after.h"

namespace knoop::storage {

enum class SubjectRequestKind : std::uint8_t {
  access = 1,       ///< "inzage", with a copy.
  correction = 2,   ///< "correctie".
  destruction = 3,  ///< "vernietiging".
};
enum class SubjectRequestState : std::uint8_t {
  open = 1,
  granted = 2,
  partly = 3,
  refused = 4,
  withdrawn = 5,
};
inline constexpr std::array subject_request_kinds{
    std::pair{SubjectRequestKind::access, std::string_view("inzage")},
    std::pair{SubjectRequestKind::correction, std::string_view("correctie")},
    std::pair{SubjectRequestKind::destruction, std::string_view("vernietiging")}};
inline constexpr std::array subject_request_states{
    std::pair{SubjectRequestState::open, std::string_view("open")},
    std::pair{SubjectRequestState::granted, std::string_view("ingewilligd")},
    std::pair{SubjectRequestState::partly, std::string_view("deels-ingewilligd")},
    std::pair{SubjectRequestState::refused, std::string_view("geweigerd")},
    std::pair{SubjectRequestState::withdrawn, std::string_view("ingetrokken")}};
[[nodiscard]] std::string_view to_string(SubjectRequestKind kind);
[[nodiscard]] std::string_view to_string(SubjectRequestState state);

/// What somebody wrote down about a request: an extension, a statement, an answer.
struct SubjectRequestNote {
  Timestamp at;
  std::string by;
  std::string words;

  template <typename Archive, typename Self>
  static void fields(Archive& archive, Self& self) {
    archive(self.at, bounded(self.by, 200), bounded(self.words, 4000));
  }
  friend bool operator==(const SubjectRequestNote&, const SubjectRequestNote&) = default;
};

struct SubjectRequest {
  SubjectRequestId id;
  std::string client;  ///< Empty once the client is destroyed.
  SubjectRequestKind kind{};
  SubjectRequestState state = SubjectRequestState::open;
  Date received;
  Date due;  ///< The last day of its term.
  bool extended = false;
  std::optional<Date> closed{};
  std::string who{};                        ///< In which capacity it was asked.
  std::vector<SubjectRequestNote> notes{};  ///< The first one: what was asked.
};
inline constexpr std::size_t most_request_notes = 50;

/// Inserts or overwrites.
[[nodiscard]] Result<void> put_subject_request(Transaction& tx, const SubjectRequest& request);
[[nodiscard]] Result<std::optional<SubjectRequest>> find_subject_request(Transaction& tx,
                                                                         const SubjectRequestId& id);
using SubjectRequestsAfter = RowsAfter<bool, Date, SubjectRequestId>;
/// Of one client, or of all: those that are open, then the answered; what is due first in front.
[[nodiscard]] Result<std::vector<SubjectRequest>> subject_requests(Transaction& tx,
                                                                   const std::optional<std::string>& client,
                                                                   bool open_only,
                                                                   const SubjectRequestsAfter& page = {});
/// Past their term, open, and not told of yet; marks them as told.
[[nodiscard]] Result<std::vector<SubjectRequest>> take_overdue_requests(Transaction& tx, const Date& today);
/// The client is being destroyed: what was open about destroying is met, and nothing names the client any more.
[[nodiscard]] Result<void> forget_requests_of(Transaction& tx, std::string_view client, const Date& today);

struct SubjectRequestCounts {
  std::int64_t open = 0;
  std::int64_t soon = 0;  ///< Their term ends within a week.
  std::int64_t overdue = 0;
};
[[nodiscard]] Result<SubjectRequestCounts> count_subject_requests(Transaction& tx, const Date& today);

}  // namespace knoop::storage
