// `knoop-verify receipt`: whether a double-signed receipt (docs/spec/receipts.md) holds, without a node or a network.
#pragma once

#include <filesystem>

#include "config/card.h"
#include "protocol/exchange/receipt_file.h"

namespace knoop::verifier {

inline constexpr std::size_t max_receipt_bytes = 128UL * 1024 * 1024;

struct ReceiptRequest {
  std::filesystem::path file;
  /// Every version of the convenant, the first one first. Without it the names are the file's own word.
  std::vector<std::filesystem::path> convenants;
  /// Cards of the time of the release, when those in the file are newer and bear other keys.
  std::vector<std::filesystem::path> cards;
};

struct ReceiptReport {
  exchange::CheckedReceipt receipt;
  Card sender;
  Card receiver;
  bool members_confirmed = false;  ///< The convenant names both, and the network is its own.
};

/// An Error names what does not hold.
[[nodiscard]] Result<ReceiptReport> verify_receipt(const ReceiptRequest& request);
/// Signatures and lines alone, over texts.
[[nodiscard]] Result<ReceiptReport> verify_receipt_text(std::string_view text,
                                                        const std::vector<std::string>& cards);

}  // namespace knoop::verifier
