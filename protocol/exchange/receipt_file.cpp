#include "protocol/exchange/receipt_file.h"

#include <algorithm>
#include <set>

namespace knoop::exchange {
namespace {

constexpr std::string_view first_line = "# knoop/receipt/v1";
constexpr std::string_view sender_mark = "--- card of the sender\n";
constexpr std::string_view receiver_mark = "--- card of the receiver\n";
constexpr std::string_view opening_mark = "--- opening\n";
constexpr std::string_view end_mark = "--- end\n";

/// Name and value of each readable line, in order.
std::vector<std::pair<std::string, std::string>> lines_of(const ReceiptBody& body) {
  std::vector<std::pair<std::string, std::string>> out{
      {"network", body.network.hex()},
      {"sender", body.sender.hex()},
      {"receiver", body.receiver.hex()},
      {"exchange", body.exchange.hex()},
      {"match", body.about.match ? body.about.match->hex() : "-"},
      {"handover", body.about.handover ? body.about.handover->hex() : "-"},
      {"decision", body.decision.hex()},
      {"purpose", std::string(consent::to_string(body.obligations.purpose))},
      {"until", body.obligations.until.iso()},
      {"onward", body.obligations.onward ? "yes" : "no"},
      {"log", fmt::format("{} {} {}", body.log.incarnation, body.log.index, body.log.leaf.hex())},
      {"ciphertext", body.ciphertext.hex()},
      {"at", body.at.iso()}};
  for (std::size_t i = 0; i < body.bases.size(); ++i)
    out.emplace_back(fmt::format("basis {}", i), body.bases[i].hex());
  for (std::size_t i = 0; i < body.items.size(); ++i) {
    const OfferedItem& item = body.items[i];
    out.emplace_back(fmt::format("item {}", i),
                     fmt::format("{} {} basis {} {}", item.fragment.hex(), to_string(item.category),
                                 item.basis, item.commitment.hex()));
  }
  return out;
}

tl::unexpected<Error> refused(std::string_view field, std::string_view why) {
  return fail(ErrorCode::bad_value, Side::user, "the receipt is refused: {} {}", field, why);
}

/// Takes a line from the front, without its end.
std::optional<std::string_view> take_line(std::string_view& text) {
  const std::size_t end = text.find('\n');
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end + 1);
  return line;
}

/// Takes the mark and everything up to the next one.
std::optional<std::string> take_block(std::string_view& text, std::string_view mark) {
  if (!text.starts_with(mark)) return std::nullopt;
  text.remove_prefix(mark.size());
  const std::size_t end = text.find("\n--- ");
  if (end == std::string_view::npos) return std::nullopt;
  std::string block(text.substr(0, end + 1));
  text.remove_prefix(end + 1);
  return block;
}

}  // namespace

Result<std::string> write_receipt(const ReceiptFile& file) {
  KNOOP_LET(body, decode<ReceiptBody>(file.proof.receipt.body));
  std::string out = fmt::format("{}\n", first_line);
  for (const auto& [name, value] : lines_of(body)) out += fmt::format("{}: {}\n", name, value);
  out += fmt::format("proof: {}\n", to_base64(encode(file.proof)));
  out += fmt::format("{}{}{}{}", sender_mark, file.sender_card, receiver_mark, file.receiver_card);
  for (const ReceiptOpening& opening : file.openings)
    out += fmt::format("{}salt: {}\nfragment: {}\n", opening_mark, opening.salt.hex(),
                       to_base64(opening.fragment));
  return out + std::string(end_mark);
}

Result<ReceiptFile> read_receipt(std::string_view text) {
  const std::string_view whole = text;
  if (take_line(text) != first_line)
    return refused("its first line", "is not \"# knoop/receipt/v1\": this is no receipt, or a later kind");
  std::vector<std::pair<std::string_view, std::string_view>> lines;
  ReceiptFile file;
  for (;;) {
    const auto line = take_line(text);
    const std::size_t colon = line ? line->find(": ") : std::string_view::npos;
    if (colon == std::string_view::npos) return refused("proof", "is missing");
    const std::string_view name = line->substr(0, colon);
    const std::string_view value = line->substr(colon + 2);
    if (name != "proof") {
      if (lines.size() > most_items + most_bases + 16) return refused("its lines", "are too many");
      lines.emplace_back(name, value);
      continue;
    }
    const auto bytes = from_base64(value);
    if (!bytes) return refused("proof", "is not base64");
    auto proof = decode<ReleaseProof>(*bytes);
    if (!proof) return refused("proof", "is not what a receipt holds");
    file.proof = std::move(*proof);
    break;
  }
  const auto body = decode<ReceiptBody>(file.proof.receipt.body);
  if (!body) return refused("proof", "holds no body of a receipt");
  const auto expected = lines_of(*body);
  for (std::size_t i = 0; i < expected.size(); ++i) {
    if (i >= lines.size() || lines[i].first != expected[i].first)
      return refused(expected[i].first, "is missing, or not in its place");
    if (lines[i].second != expected[i].second)
      return refused(expected[i].first,
                     fmt::format("does not say what was signed, which is {}", expected[i].second));
  }
  if (lines.size() > expected.size()) return refused("its lines", "are more than what was signed");

  auto sender = take_block(text, sender_mark);
  if (!sender) return refused("card of the sender", "is missing");
  file.sender_card = std::move(*sender);
  auto receiver = take_block(text, receiver_mark);
  if (!receiver) return refused("card of the receiver", "is missing");
  file.receiver_card = std::move(*receiver);
  while (text.starts_with(opening_mark)) {
    const std::string name = fmt::format("opening {}", file.openings.size());
    if (file.openings.size() == body->items.size()) return refused(name, "is one more than there are items");
    text.remove_prefix(opening_mark.size());
    const auto salt_line = take_line(text);
    const auto fragment_line = take_line(text);
    if (!salt_line || !fragment_line || !salt_line->starts_with("salt: ") ||
        !fragment_line->starts_with("fragment: "))
      return refused(name, "has no salt and fragment");
    const auto salt = Salt::from_hex(salt_line->substr(6));
    auto fragment = from_base64(fragment_line->substr(10));
    if (!salt || !fragment) return refused(name, "is not readable");
    file.openings.push_back({std::move(*fragment), *salt});
  }
  if (text != end_mark) return refused("its end", "is missing, or something stands behind it");
  // Upper-case digits would be another file of the same receipt.
  KNOOP_LET(again, write_receipt(file));
  if (again != whole) return refused("its form", "is not the one that is written");
  return file;
}

Result<CheckedReceipt> check_receipt_file(const ReceiptFile& file, const SigningPublicKey& sender,
                                          const SigningPublicKey& receiver) {
  CheckedReceipt out;
  KNOOP_LET(body, verify_proof(file.proof, sender, receiver));
  out.body = std::move(body);
  std::set<FragmentId> seen;
  for (std::size_t i = 0; i < file.openings.size(); ++i) {
    auto fragment = decode<WireFragment>(file.openings[i].fragment);
    if (!fragment) return refused(fmt::format("opening {}", i), "holds no fragment");
    const auto item = std::ranges::find(out.body.items, fragment->id, &OfferedItem::fragment);
    if (item == out.body.items.end() || !opens(*item, *fragment, file.openings[i].salt))
      return refused(fmt::format("opening {}", i), "is not what was committed to");
    if (!seen.insert(fragment->id).second) return refused(fmt::format("opening {}", i), "is there twice");
    out.opened.push_back(std::move(*fragment));
  }
  return out;
}

}  // namespace knoop::exchange
