// Whether heads were witnessed (docs/spec/audit.md, "Witnesses"), judged off line: the convenant names who may cosign and how
// many must, their cards bear the keys.
//
// Cards come from whoever hands them over; each must be signed by the member that it is of. A witness may have had several
// keys: each of its cards that is given counts, and the witness once. Of several versions of a convenant each may
// have been in force when a head was cosigned: one whose number is reached is enough.
#pragma once

#include <filesystem>
#include <vector>

#include "config/witnesses.h"
#include "crypto/note.h"

namespace knoop::verifier {

[[nodiscard]] Result<std::vector<Card>> read_witness_cards(const std::vector<std::filesystem::path>& paths);

/// Who watches this member's log under one version, with every key that a given card bears.
[[nodiscard]] audit::WitnessRule rule_for(const Convenant& convenant, const MemberId& member,
                                          const std::vector<Card>& cards);

/// A head that too few witnesses cosigned, of the notes that were given.
struct UnwitnessedHead {
  std::uint64_t size = 0;
  std::size_t by = 0;
};

/// What the heads of one log say about its witnesses.
struct Witnesses {
  std::size_t named = 0;   ///< By the newest version that names any; 0: nobody watches this log.
  std::size_t quorum = 0;  ///< The least number that is more than (w + f) / 2.
  std::size_t known = 0;   ///< Of the named ones: those whose card is here.
  Milliseconds bound{};    ///< How long an entry may wait for a witnessed head.
  std::uint64_t size = 0;  ///< Of the newest witnessed head; 0: none is.
  Timestamp at;            ///< When that one was witnessed.
  std::size_t by = 0;      ///< How many cosigned it.
  std::vector<UnwitnessedHead> too_few;  ///< By size.
  std::uint64_t waiting = 0;             ///< Disclosures behind the newest witnessed head.

  bool asked = false;  ///< A convenant was given.
  [[nodiscard]] bool can_be_judged() const { return named > 0 && known >= quorum; }
};

/// `heads`: notes of one log that its member signed; cosignatures of one head may stand on several of them.
[[nodiscard]] Witnesses judge_heads(const std::vector<Convenant>& convenants, const MemberId& member,
                                    const std::vector<Card>& cards, const std::vector<Note>& heads);

/// What to say of it on a terminal, a sentence each; nothing when no convenant was given.
[[nodiscard]] std::vector<std::string> sentences(const Witnesses& witnesses);

/// The same for one head under any of the versions; the one of the newest when none is enough.
[[nodiscard]] audit::Witnessed judge_head(const std::vector<Convenant>& convenants, const MemberId& member,
                                          const std::vector<Card>& cards, const Note& head);

}  // namespace knoop::verifier
