#include "protocol/audit/log_proof.h"

#include <charconv>

namespace knoop::audit {
namespace {

constexpr std::size_t most_levels = 64;

tl::unexpected<Error> malformed(std::string_view why) {
  return fail(ErrorCode::bad_format, Side::user, "not the proof of a log entry: {}", why);
}

Result<Hash256> hash_of(std::string_view base64) {
  KNOOP_LET(bytes, from_base64(base64));
  return Hash256::from(bytes);
}

/// The first line, without its newline; nothing when there is no whole one.
std::optional<std::string_view> take_line(std::string_view& text) {
  const std::size_t end = text.find('\n');
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end + 1);
  return line;
}

}  // namespace

std::string LogProof::text() const {
  std::string out =
      fmt::format("{}extra {}\nindex {}\n", log_proof_first_line, to_base64(leaf.view()), index);
  for (const Hash256& hash : path) out += to_base64(hash.view()) + "\n";
  return out + "\n" + head;
}

Result<LogProof> LogProof::parse(std::string_view text) {
  if (text.size() > max_log_proof_bytes)
    return fail(ErrorCode::over_limit, Side::user, "the proof of a log entry has at most {} bytes",
                max_log_proof_bytes);
  const std::string_view whole = text;
  if (!text.starts_with(log_proof_first_line)) return malformed("another first line");
  text.remove_prefix(log_proof_first_line.size());
  LogProof out;
  auto line = take_line(text);
  constexpr std::string_view extra = "extra ";
  if (!line || !line->starts_with(extra)) return malformed("the second line names the leaf");
  KNOOP_LET(leaf, hash_of(line->substr(extra.size())));
  out.leaf = leaf;
  line = take_line(text);
  constexpr std::string_view index = "index ";
  if (!line || !line->starts_with(index)) return malformed("the third line names the index");
  const std::string_view digits = line->substr(index.size());
  std::from_chars(digits.data(), digits.data() + digits.size(), out.index);
  for (line = take_line(text); line && !line->empty(); line = take_line(text)) {
    if (out.path.size() == most_levels) return malformed("no log is so large");
    KNOOP_LET(hash, hash_of(*line));
    out.path.push_back(hash);
  }
  if (!line) return malformed("there is no head");
  out.head = std::string(text);
  if (out.text() != whole) return malformed("it is written otherwise than it must be");
  return out;
}

Result<ProvenEntry> check_log_proof(const LogProof& proof, const SigningPublicKey& owner,
                                    const WitnessRule& rule) {
  KNOOP_LET(head, read_head(proof.head, owner));
  KNOOP_TRY(
      verify_inclusion(proof.leaf, proof.index, head.checkpoint.size, proof.path, head.checkpoint.root));
  Witnessed by = witnessed(head.note, rule);
  return ProvenEntry{std::move(head), std::move(by)};
}

}  // namespace knoop::audit
