// The organisation's own records as people and programs work with them: clients, involvements, fragments (R1, R2.1,
// R2.2, R4.1). Whoever may call a function is decided where its command or route is registered.
//
// Every function that shows or changes a record writes the log entry of it in the same transaction (R8.1); the node lets
// the answer out after the commit. So there is no way through here to see a record unseen. What a rule of
// protocol/records/rules.h refuses is bad_value at the user, with the field; an unknown client_ref or id is not_found.
//
// Changes put the client in matching_dirty and wake the services, so that matching registers what changed.
#pragma once

#include "node/core/service.h"
#include "storage/records_repository.h"

namespace knoop {

/// One client as a professional opens it.
struct ClientFile {
  storage::StoredClient client;
  std::vector<storage::StoredInvolvement> involvements;  ///< Newest first.
  std::vector<storage::StoredFragment> fragments;  ///< Titles only: `text` is empty until read_fragment().
};

/// Opens a client; `purpose` is the reason of access, and may be empty where the role needs none.
[[nodiscard]] Result<ClientFile> read_client(Context& context, std::string_view ref,
                                             std::string_view purpose = "");
/// Searches own clients. The log names the criteria (not their values) and every client shown. At most 100 at once.
[[nodiscard]] Result<std::vector<storage::StoredClient>> search_clients(Context& context,
                                                                        storage::ClientFilter filter);
inline constexpr std::int64_t most_clients_shown = 100;
/// Sets or clears geheim and institutional (R2.5); what is not named stays as it is.
struct MarkChange {
  std::optional<bool> secret{};
  std::optional<bool> institutional{};
};
[[nodiscard]] Result<void> mark_client(Context& context, std::string_view ref, const MarkChange& change);

/// The day of death, or nothing when it was written down by mistake. From then on the client is offered for destruction.
[[nodiscard]] Result<void> set_deceased(Context& context, std::string_view ref,
                                        const std::optional<Date>& day);

[[nodiscard]] Result<storage::StoredInvolvement> add_involvement(Context& context, std::string_view ref,
                                                                 const records::Involvement& involvement);
/// Another last day: at most two years from today on (R2.2), so that somebody asks again at least so often. Not once it is closed.
[[nodiscard]] Result<storage::StoredInvolvement> extend_involvement(Context& context,
                                                                    records::InvolvementId id, Date until);
/// Ends it today, with the reason, which stays here. It disappears at every peer (R2.10).
[[nodiscard]] Result<storage::StoredInvolvement> close_involvement(Context& context,
                                                                   records::InvolvementId id,
                                                                   const std::string& why);
/// One involvement with the ref of its client.
struct ListedInvolvement {
  std::string client_ref;
  storage::StoredInvolvement stored;
};
[[nodiscard]] Result<std::vector<ListedInvolvement>> list_involvements(Context& context,
                                                                       storage::InvolvementFilter filter);

/// `parent`: of the same client, what a view (F17) answers or an attachment (F18) belongs to; others have none. Content
/// that does not fit its schema is bad_format with the path.
[[nodiscard]] Result<FragmentId> add_fragment(Context& context, std::string_view ref,
                                              const records::Fragment& fragment,
                                              const std::optional<FragmentId>& parent = std::nullopt);
/// The same under an id that was drawn before.
[[nodiscard]] Result<void> add_fragment_as(Context& context, const FragmentId& id, std::string_view ref,
                                           const records::Fragment& fragment,
                                           const std::optional<FragmentId>& parent);
[[nodiscard]] Result<storage::StoredFragment> read_fragment(Context& context, const FragmentId& id,
                                                            std::string_view purpose = "");

/// Keeps records in step with the calendar: an involvement begins and ends by itself when its day comes, and before it ends its
/// professional is reminded, once (R2.2): it stands on the work list until it is extended, closed or over.
class RecordsService final : public Service {
 public:
  void register_handlers(Dispatcher&) override {}
  Result<std::optional<Timestamp>> on_tick(Context& context) override;
};

}  // namespace knoop
