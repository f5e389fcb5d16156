// ExchangeService and the receipts that prove what was given: of clients that are here, and of those destroyed since.
#include "config/card.h"
#include "node/core/exchange_parts.h"
#include "node/core/exchange_service.h"

namespace knoop {

namespace {

using namespace exchange_parts;
using audit::Action;
using audit::Event;

/// The cards under whose keys the two signed: not always their newest. Those when none fits.
Result<void> add_cards(Context& context, const MemberId& sender, const MemberId& receiver,
                       exchange::ReceiptFile& file) {
  const Membership& membership = context.membership();
  KNOOP_LET(newest_of_sender, membership.card_note(context.tx, sender));
  KNOOP_LET(newest_of_receiver, membership.card_note(context.tx, receiver));
  file.sender_card = std::move(newest_of_sender);
  file.receiver_card = std::move(newest_of_receiver);
  KNOOP_LET(of_sender, membership.card_notes(context.tx, sender));
  KNOOP_LET(of_receiver, membership.card_notes(context.tx, receiver));
  for (const std::string& first : of_sender)
    for (const std::string& second : of_receiver) {
      const auto gave = check_card(first, sender);
      const auto got = check_card(second, receiver);
      if (!gave || !got || !exchange::verify_proof(file.proof, gave->signing_key, got->signing_key)) continue;
      file.sender_card = first;
      file.receiver_card = second;
      return {};
    }
  return {};
}

}  // namespace

Result<exchange::ReceiptFile> ExchangeService::receipt(Context& context, const MemberId& peer,
                                                       const ExchangeId& exchange, bool with_content) {
  exchange::ReceiptFile out;
  std::string client;
  const auto take = [&](const auto& found) {
    if (!found || !found->receipt || !found->countersignature) return false;
    out.proof = {*found->receipt, *found->countersignature};
    client = found->client;
    return true;
  };
  KNOOP_LET(given, storage::find_release(context.tx, peer, exchange));
  KNOOP_LET(got, storage::find_acquisition(context.tx, peer, exchange));
  KNOOP_LET(kept, storage::find_kept_receipt(context.tx, peer, exchange));
  bool ours = take(given);
  if (!ours && !take(got)) {
    if (!kept)
      return fail(ErrorCode::not_found, Side::user,
                  "there is no double-signed receipt of this exchange; it exists once the key has left");
    out.proof = kept->proof;
    ours = kept->given;
  }
  const MemberId self = context.membership().self();
  KNOOP_TRY(add_cards(context, ours ? self : peer, ours ? peer : self, out));
  if (with_content && !client.empty()) {
    KNOOP_LET(fragments, storage::received_of(context.tx, client));
    for (storage::ReceivedFragment& one : fragments) {
      if (one.peer != peer || one.exchange != exchange) continue;
      KNOOP_LET(reading, reading_of(context, one));
      if (reading != Reading::open) continue;
      KNOOP_TRY(context.audit({.event = Event::fragment_read,
                               .bases = {one.basis},
                               .peer = peer,
                               .action = Action::read,
                               .client = client,
                               .object = "fragment " + one.fragment.id.hex(),
                               .detail = "opened with a receipt"}));
      out.openings.push_back({encode(one.fragment), one.salt});
    }
  }
  KNOOP_TRY(context.audit({.event = Event::receipt_exported,
                           .receipt = exchange::receipt_hash(out.proof.receipt),
                           .peer = peer,
                           .action = Action::read,
                           .client = client,
                           .object = name_of(exchange),
                           .detail = fmt::format("{} fragments opened", out.openings.size())}));
  return out;
}

Result<std::vector<storage::KeptReceipt>> ExchangeService::kept_receipts(Context& context,
                                                                         const storage::ReceiptsAfter& page) {
  return storage::kept_receipts(context.tx, page);
}

}  // namespace knoop
