// What `knoop-verify` does, without its command line: takes exported logs, heads and cards, and says whether they
// hold together (docs/spec/audit.md, "Checking").
//
// Trust begins outside: with the member id (from the convenant, or given by hand). The card in an export is checked
// against that id; the signing key in the card checks the head; the head checks the entries. When no id and no
// convenant is given, the id that the export names itself is used and reported as not confirmed.
//
// With a convenant that names witnesses for the log, its heads are judged too: a disclosure that waits too long for a
// witnessed head is a finding, a head that too few cosigned is named. Without enough cards of witnesses nothing is found:
// the report says that they could not be judged.
#pragma once

#include <algorithm>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "crypto/note.h"
#include "protocol/audit/check.h"
#include "tools/knoop-verify/witnesses.h"

namespace knoop::verifier {

struct Request {
  std::vector<std::filesystem::path> exports;
  std::vector<std::filesystem::path> heads{};       ///< Further signed heads of these logs.
  std::vector<std::filesystem::path> cards{};       ///< Instead of the cards in the exports; older ones too.
  std::vector<std::filesystem::path> convenants{};  ///< Every version in order: the network and its members.
  std::vector<std::filesystem::path> witness_cards{};  ///< Besides the cards that the exports bring.
  std::optional<MemberId> member{};                    ///< Whose logs these must be.
  std::vector<NoteVerifier> keys{};                    ///< Verifier keys for heads, instead of any card.
};

/// What the log before a later one is known to have held, and what of it is there: between the two lies a restore.
struct Before {
  std::uint32_t incarnation = 1;
  std::uint64_t goes_on_from = 0;         ///< Entries, by the first entry of the later log.
  std::uint64_t known = 0;                ///< By the largest head of it that is known, that one included.
  std::optional<std::uint64_t> exported;  ///< Of it in the exports that were given; nothing when none was.

  /// Entries that the later log passes over although a head is known that covers them: nobody may do that.
  [[nodiscard]] std::uint64_t left_out() const { return known - goes_on_from; }
  /// Entries that were, and that no export shows.
  [[nodiscard]] std::optional<std::uint64_t> lost() const {
    return exported ? std::optional(known - std::min(known, *exported)) : std::nullopt;
  }
};
/// What to say of it, in English.
[[nodiscard]] std::string sentence(const Before& before);

/// What was found about one exported log.
struct Report {
  std::string file;
  std::optional<audit::LogOrigin> origin;
  std::uint64_t entries = 0;
  std::uint64_t disclosures = 0;
  std::uint64_t erasures = 0;
  std::string member_name;  ///< By the convenant, else by the card; a card of theirs was checked.
  bool redacted = true;
  Timestamp first;  ///< Of the first and the last entry.
  Timestamp last;
  Checkpoint head;               ///< At the end of the export.
  std::uint64_t heads = 0;       ///< Signed heads that the entries were compared with.
  Witnesses witnesses;           ///< By the convenant, when one was given.
  std::optional<Before> before;  ///< Of a later incarnation.
  bool member_confirmed =
      false;  ///< By a convenant, an id or a key that was given, not by the export itself.
  std::optional<Error> unreadable;  ///< Not an export, or cut short: nothing was judged.
  std::vector<audit::Finding> findings;

  [[nodiscard]] bool accepted() const { return !unreadable && findings.empty(); }
  /// The finding about the earliest entry; of several about it, the first.
  [[nodiscard]] const audit::Finding* first_bad() const;
};

/// One report an export. Fails only when the request itself cannot be used (an unreadable card, head or convenant).
[[nodiscard]] Result<std::vector<Report>> verify_exports(const Request& request);

}  // namespace knoop::verifier
