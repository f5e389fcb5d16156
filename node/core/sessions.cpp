#include "node/core/sessions.h"

#include <algorithm>

#include "crypto/hash.h"

namespace knoop {

Timestamp Session::ends() const {
  return std::min(used + Sessions::idle, began + Sessions::longest);
}

void Sessions::erase(Rows::iterator row) {
  row->second.life->end();
  sessions_.erase(row);
}

SessionToken Sessions::begin(Session session, Entropy& entropy) {
  const auto older = [](const auto& a, const auto& b) { return a.second.used < b.second.used; };
  const auto of_account = [&](const auto& row) { return row.second.account == session.account; };
  if (std::ranges::count_if(sessions_, of_account) >= std::ptrdiff_t{most_of_one}) {
    auto oldest = sessions_.end();
    for (auto at = sessions_.begin(); at != sessions_.end(); ++at)
      if (of_account(*at) && (oldest == sessions_.end() || older(*at, *oldest))) oldest = at;
    erase(oldest);
  }
  if (sessions_.size() >= most) erase(std::ranges::min_element(sessions_, older));
  auto token = entropy.draw<SessionToken>();
  session.csrf = entropy.draw<CsrfToken>();
  session.life->until(session.ends());
  sessions_.insert_or_assign(sha256(token.expose()), std::move(session));
  return token;
}

Session* Sessions::find(ByteView token, Timestamp now) {
  const auto found = sessions_.find(sha256(token));
  if (found == sessions_.end()) return nullptr;
  Session& session = found->second;
  if (now > session.ends()) {
    erase(found);
    return nullptr;
  }
  session.used = std::max(session.used, now);
  session.life->until(session.ends());
  return &session;
}

void Sessions::end(ByteView token) {
  if (const auto found = sessions_.find(sha256(token)); found != sessions_.end()) erase(found);
}

std::size_t Sessions::end_all(std::string_view account, ByteView but) {
  const Hash256 kept = sha256(but);
  return std::erase_if(sessions_, [&](auto& row) {
    const bool ends = row.second.account == account && (but.empty() || row.first != kept);
    if (ends) row.second.life->end();
    return ends;
  });
}

}  // namespace knoop
