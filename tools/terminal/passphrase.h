// Passphrases come from a person at a terminal, unseen, or from an open file descriptor (--passphrase-fd), one line
// each. Never from the command line or the environment, which other programs can read (operations.md "Unlocking").
#pragma once

#include <string>

#include "crypto/base/fixed.h"

namespace knoop::cli {

/// A passphrase in memory: wiped when it goes.
class Passphrase {
 public:
  Passphrase() { bytes_.reserve(longest + 1); }  // never grows, so no copy is left behind
  ~Passphrase() { forget(); }
  Passphrase(Passphrase&&) = default;
  Passphrase& operator=(Passphrase&& other) noexcept {
    forget();
    bytes_ = std::move(other.bytes_);
    return *this;
  }
  Passphrase(const Passphrase&) = delete;
  Passphrase& operator=(const Passphrase&) = delete;

  static constexpr std::size_t longest = 4096;

  [[nodiscard]] ByteView view() const { return bytes_; }
  /// False when it is too long.
  [[nodiscard]] bool push(Byte byte) {
    if (bytes_.size() == longest) return false;
    bytes_.push_back(byte);
    return true;
  }
  void pop() {
    if (!bytes_.empty()) bytes_.pop_back();
  }
  void clear() { bytes_.clear(); }

 private:
  void forget() {
    bytes_.resize(bytes_.capacity());  // what was typed and taken back lies there too
    wipe(bytes_.data(), bytes_.size());
  }

  Bytes bytes_;
};

class PassphraseSource {
 public:
  /// fd -1: ask at the terminal. Otherwise each question takes the next line of the descriptor.
  explicit PassphraseSource(int fd = -1) : fd_(fd) {}

  [[nodiscard]] Result<Passphrase> ask(const std::string& what);
  /// Any other secret; `prompt` as it stands.
  [[nodiscard]] Result<Passphrase> ask_secret(const std::string& prompt);
  /// For a new one: at the terminal it is asked twice.
  [[nodiscard]] Result<Passphrase> choose(const std::string& what);

 private:
  [[nodiscard]] Result<Passphrase> ask_terminal(const std::string& prompt);

  int fd_;
};

}  // namespace knoop::cli
