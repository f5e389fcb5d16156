#include "protocol/audit/incarnation.h"

#include "protocol/audit/entry.h"

namespace knoop::audit {

Result<std::optional<HeadBefore>> head_before(const LogOrigin& origin, std::string_view reference) {
  const auto broken = [](std::string_view why) {
    return fail(ErrorCode::bad_format, Side::peer, "the first entry {}", why);
  };
  if (origin.incarnation == 1) {
    if (!reference.empty()) return broken("of a first incarnation names an earlier log");
    return std::optional<HeadBefore>{};
  }
  const auto note = parse_note(reference, max_value);
  if (!note) return broken("of a later incarnation does not hold the last head of the log before");
  auto head = Checkpoint::parse(note->text);
  const LogOrigin before{origin.network, origin.member, origin.incarnation - 1};
  if (!head || head->origin != before.text())
    return broken("holds a head, but not one of the incarnation before");
  return HeadBefore{*note, std::move(*head)};
}

}  // namespace knoop::audit
