// A password or another secret of a request: wiped when it goes, never printed.
#pragma once

#include <string>

#include "crypto/base/fixed.h"

namespace knoop::http {

class SecretText {
 public:
  SecretText() = default;
  /// Takes the text; what was in `text` is wiped.
  explicit SecretText(std::string& text) : bytes_(to_bytes(view(text))) { wipe(text.data(), text.size()); }
  SecretText(SecretText&&) noexcept = default;
  SecretText& operator=(SecretText&&) = delete;
  SecretText(const SecretText&) = delete;
  SecretText& operator=(const SecretText&) = delete;
  ~SecretText() { wipe(bytes_.data(), bytes_.size()); }

  [[nodiscard]] ByteView expose() const { return bytes_; }

 private:
  Bytes bytes_;
};

}  // namespace knoop::http
