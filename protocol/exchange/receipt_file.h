// A double-signed receipt as a file that stands on its own (docs/spec/receipts.md): what was given, as commitments, to
// whom, for what, told of in which entry of the log, with both signatures, and with the cards that name the keys.
//
// Text, so that a lawyer can read it; the readable lines are derived from the signed bytes and held against them line by
// line, so that nobody can show one thing and have another signed. Openings may follow: a fragment and its salt, which
// show that this content was given. Without them the file says no word of the content, and it verifies as well when
// the content is destroyed.
//
// Pure: the signatures of the cards are for config/card.h, which knows them. Who calls: node/http (writes), knoop-verify.
// What a hostile file can do: be long (bounded by whoever reads it), or lie in any line: an Error that names the line.
#pragma once

#include "protocol/exchange/release.h"

namespace knoop::exchange {

struct ReceiptOpening {
  Bytes fragment;  ///< An encoded WireFragment: the commitment is over these bytes.
  Salt salt;
};

struct ReceiptFile {
  ReleaseProof proof;
  std::string sender_card;  ///< Signed notes.
  std::string receiver_card;
  std::vector<ReceiptOpening> openings;
};

/// The signed body must decode: it is our own, or was checked.
[[nodiscard]] Result<std::string> write_receipt(const ReceiptFile& file);

/// The parts, when every readable line says what the signed bytes say. An Error names the line that does not
/// ("until", "item 2", "proof"). Nothing is verified yet.
[[nodiscard]] Result<ReceiptFile> read_receipt(std::string_view text);

struct CheckedReceipt {
  ReceiptBody body;
  std::vector<WireFragment> opened;
};
/// Both signatures, and that each opening opens an item.
[[nodiscard]] Result<CheckedReceipt> check_receipt_file(const ReceiptFile& file,
                                                        const SigningPublicKey& sender,
                                                        const SigningPublicKey& receiver);

}  // namespace knoop::exchange
