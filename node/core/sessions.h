// Who is signed in at the moment (console.md "API"). In memory only: a restart signs everybody out, and no copy of the
// database lets anybody in.
//
// A session is found by its token, 32 random bytes that only the person's browser has; here is the hash of it, so that
// not even a dump of this map lets anybody in. A new token is made at every sign-in, never taken from the caller (no fixation).
// It ends after 30 minutes without a request, after 10 hours, when its person signs out, and when the account is
// changed in any way. Each session has its own CSRF token: who can make a browser send a request cannot read that.
//
// Core thread only, but for SessionLife.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "crypto/base/entropy.h"
#include "crypto/base/time.h"
#include "crypto/keys.h"
#include "crypto/totp.h"
#include "node/core/actor.h"

namespace knoop {

using SessionToken = Secret<struct SessionTokenTag, 32>;
using CsrfToken = Fixed<struct CsrfTokenTag, 16>;

/// Until when a session lasts, for who serves it on another thread than the core's: a stream of events ends with it.
class SessionLife {
 public:
  [[nodiscard]] bool lasts(Timestamp now) const { return now.ms <= until_.load(); }
  void until(Timestamp when) { until_ = when.ms; }
  void end() { until_ = 0; }

 private:
  std::atomic<std::int64_t> until_{0};
};

struct Session {
  std::string account;
  std::string display;
  Role role = Role::monitor;
  CsrfToken csrf;
  Timestamp began;
  Timestamp used;
  /// False: the second factor is still to be set up, or `asked`, and nothing but that may be done.
  bool complete = false;
  /// The account has a second factor, and its code is still to come: who signed in elsewhere was not asked for it there.
  bool asked = false;
  std::optional<TotpSecret> offered;  ///< A second factor that waits for its first code.
  std::shared_ptr<SessionLife> life = std::make_shared<SessionLife>();

  [[nodiscard]] Timestamp ends() const;  ///< When nothing more is asked.
};

class Sessions {
 public:
  static constexpr Milliseconds idle{30 * 60'000};
  static constexpr Milliseconds longest{10 * 3'600'000};
  static constexpr std::size_t most_of_one = 8;  ///< Of one account; the one used longest ago ends.
  static constexpr std::size_t most = 4096;

  [[nodiscard]] SessionToken begin(Session session, Entropy& entropy);
  /// Null when there is none, or no longer. Counts as a use.
  [[nodiscard]] Session* find(ByteView token, Timestamp now);
  void end(ByteView token);
  /// All of this account, but not the one with `but` (may be empty). How many they were.
  std::size_t end_all(std::string_view account, ByteView but);
  [[nodiscard]] std::size_t size() const { return sessions_.size(); }

 private:
  using Rows = std::map<Hash256, Session>;
  void erase(Rows::iterator row);

  Rows sessions_;
};

}  // namespace knoop
