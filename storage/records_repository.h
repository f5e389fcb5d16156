// The organisation's own clients, involvements and fragments on disk (R1.1).
//
// The functions check no rule: whoever writes asks protocol/records/rules.h first, so that the answer names the field.
// What they do keep is `matching_dirty`: every change after which this client's identifiers, or whether they count at
// all, may differ, puts the client there, so that matching registers what changed and nothing else.
//
// What is personal is sealed under the client's erasure key (client_vault.h); a row whose key was destroyed is not there for
// any of these functions.
//
// Called by the services of node/core with the transaction of their event; logging the read or the change is theirs.
#pragma once

#include <array>

#include "protocol/records/client.h"
#include "protocol/records/fragment.h"
#include "protocol/records/involvement.h"
#include "protocol/records/rows.h"
#include "storage/database.h"

namespace knoop::storage {

/// What a write of a whole record came to.
enum class Outcome { added, changed, unchanged };

struct StoredClient {
  records::ClientId id;
  records::Client client;
  records::ClientMarks marks;
  Timestamp created;
  Timestamp changed;
  std::optional<Date> deceased{};  ///< Set by hand; an import leaves it.
};

template <typename Id>
struct Written {
  Id id;
  Outcome outcome;
};

/// Adds the client, or makes the one with this `ref` equal to it. Marks are left as they are.
[[nodiscard]] Result<Written<records::ClientId>> put_client(Transaction& tx, const records::Client& client,
                                                            Timestamp now);
[[nodiscard]] Result<void> set_marks(Transaction& tx, records::ClientId id, const records::ClientMarks& marks,
                                     Timestamp now);
/// Sets the marks that are set in `extras`, and the day of death when there was none; clears nothing. Whether anything changed.
[[nodiscard]] Result<bool> add_extras(Transaction& tx, records::ClientId id,
                                      const records::ClientExtras& extras, Timestamp now);
/// The day of death, or nothing when it was set by mistake.
[[nodiscard]] Result<void> set_deceased(Transaction& tx, records::ClientId id, const std::optional<Date>& day,
                                        Timestamp now);
[[nodiscard]] Result<std::optional<StoredClient>> find_client(Transaction& tx, records::ClientId id);
[[nodiscard]] Result<std::optional<StoredClient>> find_client(Transaction& tx, std::string_view ref);
[[nodiscard]] Result<std::int64_t> count_clients(Transaction& tx);
/// What the own records know of a client's full address, which decides whether it may be a key (R2.5).
struct AtAddress {
  std::int64_t clients = 1;  ///< Own clients there, the client included.
  records::ClientMarks
      marks{};  ///< That any of them bears: an address is secret, or an institution's, for all.
};
/// The client alone, without marks, when there is no full address.
[[nodiscard]] Result<AtAddress> address_of_client(Transaction& tx, records::ClientId id);

struct ClientFilter {
  std::string surname_prefix{};  ///< Of the folded surname (protocol/matching/normalise.h).
  std::optional<Date> birth_date{};
  std::optional<records::Bsn> bsn{};
  bool involved_only = false;  ///< With an involvement that is active on `today`.
  Date today{};
  records::ClientId after{0};  ///< For the next page: the last id of the one before.
  std::int64_t limit = 100;
};
/// In order of id. A search of own clients: the service logs it.
[[nodiscard]] Result<std::vector<StoredClient>> list_clients(Transaction& tx, const ClientFilter& filter);

struct StoredInvolvement {
  records::InvolvementId id;
  records::ClientId client;
  records::Involvement involvement;
  Timestamp created;
  Timestamp changed;
};

[[nodiscard]] Result<records::InvolvementId> add_involvement(Transaction& tx, records::ClientId client,
                                                             const records::Involvement& involvement,
                                                             Timestamp now);
/// Adds it, or brings the client's involvement of this kind and first day to it. A reason and a closing that it does not have
/// stay as they are.
[[nodiscard]] Result<Written<records::InvolvementId>> put_involvement(Transaction& tx,
                                                                      records::ClientId client,
                                                                      const records::Involvement& involvement,
                                                                      Timestamp now);
/// Overwrites all of it: extending, closing, another professional.
[[nodiscard]] Result<void> update_involvement(Transaction& tx, const StoredInvolvement& stored,
                                              Timestamp now);
[[nodiscard]] Result<std::optional<StoredInvolvement>> find_involvement(Transaction& tx,
                                                                        records::InvolvementId id);
/// All of one client, newest first.
[[nodiscard]] Result<std::vector<StoredInvolvement>> involvements_of(Transaction& tx,
                                                                     records::ClientId client);

struct InvolvementFilter {
  std::optional<records::InvolvementKind> kind{};
  bool active_only = true;
  Date today{};
  records::InvolvementId after{0};
  std::int64_t limit = 100;
  std::optional<records::ClientId> client{};
};
/// In order of id.
[[nodiscard]] Result<std::vector<StoredInvolvement>> list_involvements(Transaction& tx,
                                                                       const InvolvementFilter& filter);

// The end of an involvement is told once (R2.2): rows remember that, so a restart tells nothing twice and forgets nothing.

/// Running, not reminded of, and ending on one of the days from `today` to `last`; soonest first.
[[nodiscard]] Result<std::vector<StoredInvolvement>> involvements_to_remind(Transaction& tx, Date today,
                                                                            Date last, std::int64_t limit);
[[nodiscard]] Result<void> set_reminded(Transaction& tx, records::InvolvementId id);
/// Reminded of and still running; soonest to end first.
[[nodiscard]] Result<std::vector<StoredInvolvement>> reminded_involvements(Transaction& tx, Date today,
                                                                           std::int64_t limit);
/// Those of one professional, by name (responsible_repository.h), that run or are still to begin.
[[nodiscard]] Result<std::vector<StoredInvolvement>> involvements_by(Transaction& tx,
                                                                     std::string_view professional,
                                                                     Date today, std::int64_t limit);

struct StoredFragment {
  FragmentId id;
  records::ClientId client;
  records::Fragment fragment;
  std::int64_t version;  ///< Counts changes of content.
  Timestamp created;
  Timestamp changed;
  records::Provenance provenance;
  std::optional<FragmentId> parent;  ///< What a view (F17) answers, or an attachment (F18) belongs to.
};

[[nodiscard]] Result<void> add_fragment(Transaction& tx, const FragmentId& id, records::ClientId client,
                                        const records::Fragment& fragment, Timestamp now,
                                        const std::optional<FragmentId>& parent = std::nullopt);
/// Another content under the same id; category, client, provenance and parent stay.
[[nodiscard]] Result<void> update_fragment(Transaction& tx, const FragmentId& id,
                                           const records::Fragment& fragment, Timestamp now);
/// Adds it under `id_if_new`, or brings the client's fragment of equal category, title, author, date and occurrence to
/// it. `occurrence` counts from 1 and tells apart two entries that agree in all four.
[[nodiscard]] Result<Written<FragmentId>> put_fragment(Transaction& tx, const FragmentId& id_if_new,
                                                       records::ClientId client,
                                                       const records::Fragment& fragment,
                                                       std::int64_t occurrence, Timestamp now);
[[nodiscard]] Result<std::optional<StoredFragment>> find_fragment(Transaction& tx, const FragmentId& id);
/// In order of id, after `after`; of one client or of all. For exports.
[[nodiscard]] Result<std::vector<StoredFragment>> fragments_after(Transaction& tx,
                                                                  std::optional<records::ClientId> client,
                                                                  const std::optional<FragmentId>& after,
                                                                  std::int64_t limit);
/// How many there are, of one client or of all, in the order of records::ImportFile.
[[nodiscard]] Result<std::array<std::int64_t, 3>> count_records(Transaction& tx,
                                                                std::optional<records::ClientId> client);
/// In order of category and date.
[[nodiscard]] Result<std::vector<StoredFragment>> fragments_of(Transaction& tx, records::ClientId client);

// matching_dirty
[[nodiscard]] Result<void> mark_dirty(Transaction& tx, records::ClientId client);
[[nodiscard]] Result<void> mark_clean(Transaction& tx, records::ClientId client);
[[nodiscard]] Result<std::vector<records::ClientId>> dirty_clients(Transaction& tx, std::int64_t limit);
/// Marks who became active or ceased to be after `last` up to and including `today`: days pass without any event.
[[nodiscard]] Result<void> mark_dirty_by_date(Transaction& tx, Date last, Date today);

}  // namespace knoop::storage
