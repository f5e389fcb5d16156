// Requests of this node to the organisation's identity provider: HTTP/1.1 by Boost.Beast, TLS 1.2 or 1.3 by OpenSSL with the
// certificate and its host name checked against the system's authorities, or those of the setting openid.trust instead.
//
// The provider may be down, slow, huge or hostile: a whole request takes `time` at most (looking up the name has the system's own
// limit), an answer has `max_provider_bytes` at most, redirects are not followed, and nothing is kept open. Runs on the thread that
// calls; never on the core thread. Secrets in requests and answers are wiped as far as the libraries let go of them.
#pragma once

#include <chrono>

#include "node/http/openid_documents.h"

namespace knoop::http {

struct ProviderRequest {
  ProviderAddress to;
  std::string form;           ///< application/x-www-form-urlencoded; empty: a GET.
  std::string authorization;  ///< HTTP Basic, without the scheme; empty: none.
  ProviderRequest() = default;
  ProviderRequest(ProviderRequest&&) = default;
  ProviderRequest& operator=(ProviderRequest&&) = default;
  ProviderRequest(const ProviderRequest&) = delete;
  ProviderRequest& operator=(const ProviderRequest&) = delete;
  ~ProviderRequest();
};
struct ProviderAnswer {
  unsigned status = 0;
  std::string body;
};

class ProviderClient {
 public:
  /// `trust`: PEM certificates of the authorities that count; empty: those of the system.
  explicit ProviderClient(std::string trust, std::chrono::milliseconds time = std::chrono::seconds(10))
      : trust_(std::move(trust)), time_(time) {}

  /// io_failed (peer) when no answer came, whatever the reason; its sentence has it.
  [[nodiscard]] Result<ProviderAnswer> ask(const ProviderRequest& request) const;

 private:
  std::string trust_;
  std::chrono::milliseconds time_;
};

}  // namespace knoop::http
