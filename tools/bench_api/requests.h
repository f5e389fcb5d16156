// What is asked of a filled node: the same requests for whoever measures the node and whoever measures its queries alone.
#pragma once

#include <string>
#include <vector>

#include "protocol/records/bsn.h"

namespace knoop::bench {

struct ApiRequest {
  std::string method;
  std::string target;
  std::string body;  ///< JSON; empty for a GET.
};

enum class RequestKind { look_up, work, decision };

struct RequestPlan {
  RequestKind kind = RequestKind::look_up;
  std::uint64_t clients = 0;          ///< How many the store was filled with.
  std::vector<std::string> prepared;  ///< References of clients with consent and fragments.
  std::string recipient;              ///< Who gets them.
  std::string owner;                  ///< Whose work list it is.
};

/// Whom the look-up with this number asks for.
[[nodiscard]] records::Bsn looked_up(const RequestPlan& plan, std::size_t at);
/// So many requests, spread over all clients; the same plan gives the same ones. A look-up names a BSN: it stays in here and in the
/// request.
[[nodiscard]] std::vector<ApiRequest> make_requests(const RequestPlan& plan, std::size_t count);

}  // namespace knoop::bench
