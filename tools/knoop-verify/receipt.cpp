#include "tools/knoop-verify/receipt.h"

#include "tools/knoop-verify/convenants.h"
#include "tools/knoop-verify/export_file.h"

namespace knoop::verifier {
namespace {

/// The cards of one member: the file's own and those given beside it. A card is of whoever signed it.
Result<std::vector<Card>> cards_of(const MemberId& member, const std::string& own,
                                   const std::vector<std::string>& others, std::string_view field) {
  std::vector<Card> out;
  auto card = check_card(own, member);
  if (!card)
    return fail(ErrorCode::bad_signature, Side::user,
                "the receipt is refused: {} is not one of this member: {}", field, card.error().sentence);
  out.push_back(std::move(*card));
  for (const std::string& note : others)
    if (auto other = check_card(note, member)) out.push_back(std::move(*other));
  return out;
}

}  // namespace

Result<ReceiptReport> verify_receipt_text(std::string_view text, const std::vector<std::string>& cards) {
  KNOOP_LET(file, exchange::read_receipt(text));
  KNOOP_LET(body, decode<exchange::ReceiptBody>(file.proof.receipt.body));
  KNOOP_LET(senders, cards_of(body.sender, file.sender_card, cards, "card of the sender"));
  KNOOP_LET(receivers, cards_of(body.receiver, file.receiver_card, cards, "card of the receiver"));
  std::optional<Error> first;
  for (const Card& sender : senders)
    for (const Card& receiver : receivers) {
      auto checked = exchange::check_receipt_file(file, sender.signing_key, receiver.signing_key);
      if (checked) return ReceiptReport{std::move(*checked), sender, receiver, false};
      if (!first) first = std::move(checked.error());
    }
  return tl::unexpected(std::move(*first));
}

Result<ReceiptReport> verify_receipt(const ReceiptRequest& request) {
  KNOOP_LET(text, read_text(request.file, max_receipt_bytes));
  std::vector<std::string> cards;
  for (const auto& path : request.cards) {
    KNOOP_LET(note, read_text(path, max_card_bytes));
    cards.push_back(std::move(note));
  }
  KNOOP_LET(report, verify_receipt_text(text, cards));
  if (request.convenants.empty()) return report;
  NetworkId network;
  KNOOP_LET(convenant, read_convenants(request.convenants, network));
  const exchange::ReceiptBody& body = report.receipt.body;
  if (network != body.network)
    return fail(ErrorCode::wrong_network, Side::user,
                "the receipt is refused: network is not that of this convenant");
  for (const auto& [member, field] : {std::pair(body.sender, "sender"), std::pair(body.receiver, "receiver")})
    if (convenant.find(member) == nullptr)
      return fail(
          ErrorCode::not_a_member, Side::user,
          "the receipt is refused: {} is no member in the last version of the convenant that was given",
          field);
  report.members_confirmed = true;
  return report;
}

}  // namespace knoop::verifier
