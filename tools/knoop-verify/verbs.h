// The commands of knoop-verify beside exported logs: each prints what it found and gives the exit status.
#pragma once

#include <string>
#include <string_view>

#include "tools/knoop-verify/destruction.h"
#include "tools/knoop-verify/proof.h"
#include "tools/knoop-verify/receipt.h"

namespace knoop::verifier {

inline constexpr int exit_accepted = 0;
inline constexpr int exit_rejected = 1;
inline constexpr int exit_unreadable = 2;
inline constexpr int exit_usage = 3;

/// What another wrote, on a terminal: control characters may not reach it.
[[nodiscard]] std::string printable(std::string_view text);

int check_receipt(const ReceiptRequest& request, bool json);
int check_proof(const ProofRequest& request, bool json);
int check_destruction(const DestructionRequest& request, bool json);

}  // namespace knoop::verifier
