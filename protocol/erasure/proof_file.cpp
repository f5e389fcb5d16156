#include "protocol/erasure/proof_file.h"

#include <algorithm>
#include <charconv>

namespace knoop::erasure {
namespace {

constexpr std::string_view first_line = "knoop/destruction-proof/v1";

tl::unexpected<Error> malformed(std::string_view why) {
  return fail(ErrorCode::bad_format, Side::user, "not the proof of a destruction: {}", why);
}

/// Words of lines, one after the other. What is read wrongly shows when the whole is written again.
class Lines {
 public:
  explicit Lines(std::string_view text) : rest_(text) {}

  [[nodiscard]] bool begins(std::string_view word) const { return rest_.starts_with(word); }
  [[nodiscard]] bool empty() const { return rest_.empty(); }
  bool skip(std::string_view literal) {
    if (!rest_.starts_with(literal)) return false;
    rest_.remove_prefix(literal.size());
    return true;
  }
  /// Up to the next blank or newline, which goes too.
  std::string_view word() {
    const std::size_t end = std::min(rest_.find_first_of(" \n"), rest_.size());
    const std::string_view out = rest_.substr(0, end);
    rest_.remove_prefix(std::min(end + 1, rest_.size()));
    return out;
  }
  template <typename Number>
  Result<Number> number() {
    const std::string_view digits = word();
    Number out = 0;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), out);
    if (error != std::errc{} || end != digits.data() + digits.size())
      return malformed("a number is wanted where there is none");
    return out;
  }

 private:
  std::string_view rest_;
};

Result<DestructionRecipient> recipient_of(Lines& lines) {
  DestructionRecipient out;
  KNOOP_LET(member, MemberId::from_hex(lines.word()));
  out.member = member;
  KNOOP_LET(exchange, ExchangeId::from_hex(lines.word()));
  out.exchange = exchange;
  if (!lines.skip("given ")) return malformed("how much a receiver was given is missing");
  KNOOP_LET(given, lines.number<std::uint16_t>());
  out.given = given;
  if (lines.skip("unanswered\n")) return out;
  DestructionRecipient::Answer answer;
  if (!lines.skip("destroyed ")) return malformed("a receiver neither answered nor failed to");
  KNOOP_LET(destroyed, lines.number<std::uint16_t>());
  if (!lines.skip("kept ")) return malformed("a receiver's answer is incomplete");
  KNOOP_LET(kept, lines.number<std::uint16_t>());
  if (!lines.skip("statement ")) return malformed("a receiver's answer lacks its statement");
  KNOOP_LET(statement, from_base64(lines.word()));
  KNOOP_LET(bytes, from_base64(lines.word()));
  KNOOP_LET(signature, Signature::from(bytes));
  answer = {destroyed, kept, {std::move(statement), signature}};
  out.answer = std::move(answer);
  return out;
}

}  // namespace

std::string DestructionRecord::text() const {
  std::string out =
      fmt::format("{}\ndestruction {}\nof {}\nground {}\ndone {}\nlog {}\nentry {} {}\nfields-erased {}\n",
                  first_line, destruction.hex(), fragment ? "fragment" : "client", ground, done.iso(),
                  log.text(), entry, leaf.hex(), fields_erased);
  for (const DestructionRecipient& one : recipients) {
    out += fmt::format("recipient {} {} given {} ", one.member.hex(), one.exchange.hex(), one.given);
    if (one.answer)
      out +=
          fmt::format("destroyed {} kept {}\nstatement {} {}\n", one.answer->destroyed, one.answer->kept,
                      to_base64(one.answer->proof.statement), to_base64(one.answer->proof.signature.view()));
    else
      out += "unanswered\n";
  }
  return out;
}

Result<DestructionRecord> DestructionRecord::parse(std::string_view text) {
  if (text.size() > max_destruction_file_bytes)
    return fail(ErrorCode::over_limit, Side::user, "the proof of a destruction has at most {} bytes",
                max_destruction_file_bytes);
  DestructionRecord out;
  Lines lines(text);
  if (!lines.skip(first_line) || !lines.skip("\ndestruction ")) return malformed("another first line");
  KNOOP_LET(id, DestructionId::from_hex(lines.word()));
  out.destruction = id;
  if (!lines.skip("of ")) return malformed("what was destroyed is missing");
  out.fragment = lines.word() == "fragment";
  if (!lines.skip("ground ")) return malformed("the ground is missing");
  out.ground = lines.word();
  if (std::ranges::find(destruction_grounds, out.ground) == destruction_grounds.end())
    return malformed("the ground is none that there is");
  if (!lines.skip("done ")) return malformed("the moment is missing");
  KNOOP_LET(done, Timestamp::parse(lines.word()));
  out.done = done;
  if (!lines.skip("log ")) return malformed("the log is missing");
  KNOOP_LET(log, audit::LogOrigin::parse(lines.word()));
  out.log = log;
  if (!lines.skip("entry ")) return malformed("the log entry is missing");
  KNOOP_LET(entry, lines.number<std::uint64_t>());
  out.entry = entry;
  KNOOP_LET(leaf, Hash256::from_hex(lines.word()));
  out.leaf = leaf;
  if (!lines.skip("fields-erased ")) return malformed("the number of log entries is missing");
  KNOOP_LET(fields, lines.number<std::uint64_t>());
  out.fields_erased = fields;
  while (lines.skip("recipient ")) {
    if (out.recipients.size() == max_recipients) return malformed("it has too many receivers");
    KNOOP_LET(recipient, recipient_of(lines));
    out.recipients.push_back(std::move(recipient));
  }
  if (!lines.empty() || out.text() != text) return malformed("it is written otherwise than it must be");
  return out;
}

std::string DestructionFile::text() const {
  return note.encode() + "\n" + proof.text();
}

Result<DestructionFile> DestructionFile::parse(std::string_view text) {
  if (text.size() > max_destruction_file_bytes)
    return fail(ErrorCode::over_limit, Side::user, "the proof of a destruction has at most {} bytes",
                max_destruction_file_bytes);
  const std::string between = "\n\n" + std::string(audit::log_proof_first_line);
  const std::size_t at = text.find(between);
  if (at == std::string_view::npos) return malformed("the proof of its log entry is missing");
  DestructionFile out;
  KNOOP_LET(note, parse_note(text.substr(0, at + 1), max_destruction_file_bytes));
  out.note = std::move(note);
  KNOOP_LET(proof, audit::LogProof::parse(text.substr(at + 2)));
  out.proof = std::move(proof);
  return out;
}

Result<CheckedDestruction> check_destruction(const DestructionFile& file, const SigningPublicKey& owner,
                                             const audit::WitnessRule& rule) {
  KNOOP_LET(record, DestructionRecord::parse(file.note.text));
  KNOOP_TRY(verify_note(file.note, NoteVerifier{record.log.text(), owner}));
  KNOOP_LET(entry, audit::check_log_proof(file.proof, owner, rule));
  if (!(entry.head.origin == record.log) || file.proof.index != record.entry ||
      file.proof.leaf != record.leaf)
    return fail(ErrorCode::bad_proof, Side::peer,
                "the proof is of another log entry than the destruction names");
  return CheckedDestruction{std::move(record), std::move(entry)};
}

Result<Statement> check_answer(const DestructionRecord& record, const DestructionRecipient& recipient,
                               const SigningPublicKey& receiver) {
  if (!recipient.answer) return fail(ErrorCode::not_found, Side::peer, "the receiver did not answer");
  KNOOP_LET(statement, check_proof(recipient.answer->proof, record.log.member, recipient.member, receiver));
  if (statement.destruction != record.destruction || statement.exchange != recipient.exchange)
    return fail(ErrorCode::bad_value, Side::peer, "a receiver's statement is about another destruction");
  if (statement.destroyed != recipient.answer->destroyed || statement.kept != recipient.answer->kept)
    return fail(ErrorCode::bad_value, Side::peer, "a receiver signed other numbers than are told of it");
  if (statement.destroyed + statement.kept > recipient.given)
    return fail(ErrorCode::bad_value, Side::peer, "a receiver destroyed more than it was given");
  return statement;
}

}  // namespace knoop::erasure
