// "Who saw or received what of me, and why" (R8.3): for the client, or who may ask on the client's behalf. Put together from the log, the
// releases with their receipts, what came from others, consents and grounds.
//
// Making it is a read, and is logged in the same transaction: the report of tomorrow shows the report of today. It comes in
// slices, so that no event holds the thread: the first has everything but the log beyond report_slice entries, and each
// slice says where the next begins.
//
// Texts are in plain Dutch where a client reads them. Texts that people typed (purposes, reasons, names) are as they typed
// them: whoever shows them escapes them (node/files/subject_page.h). No content of a fragment stands in it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "node/core/context.h"
#include "protocol/audit/sentences.h"
#include "protocol/consent/consent.h"
#include "storage/audit_repository.h"

namespace knoop {

inline constexpr std::uint64_t report_slice = 500;  ///< Log entries an event reads: about 10 ms.

struct SubjectReport {
  /// A release that was readable for another organisation, or what came from one.
  struct Shared {
    std::string organisation;
    Timestamp at;
    std::vector<Category> categories;  ///< One for each fragment, in order, without repeats.
    std::size_t fragments = 0;
    std::string purpose;
    Date until;                         ///< Last day on which it may be used.
    std::vector<std::string> rests_on;  ///< A sentence for each consent or ground.
    std::vector<std::string> after;     ///< What became of it: withdrawn, acknowledged, locked, corrected.
    std::string receipt;                ///< Hash of the signed receipt, as the log has it.
  };
  struct Said {
    Timestamp at;
    std::string sentence;
  };
  /// An entry of the log.
  struct Line {
    storage::AuditPlace place;
    Timestamp at;
    std::string event;  ///< Its stable name.
    audit::Matter matter{};
    std::string sentence;
    std::string who;
    std::string about;  ///< Which kind of information, where the entry is about one fragment.
    std::string why;    ///< Purpose, ground, reason of an emergency; empty when none was needed.
    bool emergency = false;
  };

  std::string organisation;
  std::string client;  ///< Our own reference.
  std::string name;    ///< Of the client; empty when the record is gone.
  std::string made_by;
  Timestamp made;
  std::vector<Shared> given;
  std::vector<Shared> received;
  std::vector<Said> consents;
  std::vector<Said> grounds;
  std::vector<Said> restores;  ///< When this node was set back to a copy: what came before may be missing.
  std::vector<Line> lines;     ///< Oldest first.
  std::optional<storage::AuditPlace> next;
};

/// The name on the card of a member or former member, the short name where there is none.
[[nodiscard]] std::string organisation_name(const Membership& membership, const MemberId& member);

/// The first slice, and everything that is no log. not_found when nothing here was ever about this client.
[[nodiscard]] Result<SubjectReport> subject_report(Context& context, const std::string& client);
/// Lines from a place on, as `next` named it.
[[nodiscard]] Result<SubjectReport> subject_report_lines(Context& context, const std::string& client,
                                                         const storage::AuditPlace& from);

}  // namespace knoop
