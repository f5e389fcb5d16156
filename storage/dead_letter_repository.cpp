#include "storage/dead_letter_repository.h"

namespace knoop::storage {
namespace {

constexpr std::string_view columns = "id, peer, type, subject, sent_at, received_at, code, sentence";

DeadLetter letter_from(const Row& row) {
  return {row.get<std::int64_t>(0),
          row.get<MemberId>(1),
          static_cast<MessageType>(row.get<std::uint16_t>(2)),
          row.get<std::optional<SubjectId>>(3),
          row.get<Timestamp>(4),
          row.get<Timestamp>(5),
          row.get<std::string>(6),
          row.get<std::string>(7)};
}

template <typename... Args>
Result<std::vector<DeadLetter>> letters_where(Transaction& tx, std::string_view condition, std::int64_t limit,
                                              const Args&... args) {
  std::vector<DeadLetter> out;
  KNOOP_TRY(tx.each(fmt::format("SELECT {} FROM dead_letter WHERE handled_at IS NULL{} ORDER BY id LIMIT ?",
                                columns, condition),
                    args..., limit, [&](const Row& row) -> Result<void> {
                      out.push_back(letter_from(row));
                      return {};
                    }));
  return out;
}

}  // namespace

Result<std::vector<DeadLetter>> open_dead_letters(Transaction& tx, const DeadLettersAfter& page) {
  return letters_where(tx, " AND id > ?", page.limit, std::get<0>(page.keys()));
}

Result<std::vector<DeadLetter>> open_dead_letters_about_cases(Transaction& tx) {
  return letters_where(tx, " AND stream IN (?, ?)", no_limit, StreamKind::protective, StreamKind::case_work);
}

Result<std::optional<DeadLetter>> find_open_dead_letter(Transaction& tx, std::int64_t id) {
  KNOOP_LET(found, letters_where(tx, " AND id = ?", 1, id));
  return found.empty() ? std::nullopt : std::optional(std::move(found.front()));
}

Result<void> handle_dead_letter(Transaction& tx, std::int64_t id, Timestamp now) {
  return tx.exec("UPDATE dead_letter SET handled_at = ?, body = x'' WHERE id = ?", now, id);
}

}  // namespace knoop::storage
