// What the files of ExchangeService share, and nobody else needs: names, and how its messages are sent.
#pragma once

#include <algorithm>
#include <set>

#include "node/core/keys.h"
#include "node/core/membership.h"
#include "node/core/service.h"
#include "protocol/consent/decide.h"
#include "protocol/exchange/release.h"
#include "storage/audit_repository.h"

namespace knoop::exchange_parts {

inline SubjectId subject_of(const ExchangeId& exchange) {
  SubjectId subject;
  std::ranges::copy(exchange.view(), subject.data());
  return subject;
}

inline std::string name_of(const ExchangeId& exchange) {
  return "exchange " + exchange.hex();
}

/// What decided for something, each record once.
inline std::vector<BasisId> bases_of(const std::vector<consent::FragmentDecision>& decisions) {
  std::set<BasisId> bases;
  for (const consent::FragmentDecision& decision : decisions)
    if (decision.permitted) bases.insert(*decision.basis);
  return {bases.begin(), bases.end()};
}

template <typename Message>
Result<void> send(Context& context, const MemberId& to, MessageType type, const Message& message) {
  KNOOP_LET(body, encode_checked(message));
  return context.send(to, type, subject_of(message.exchange), std::move(body));
}

inline exchange::Parties parties(Context& context, const MemberId& sender, const MemberId& receiver) {
  return {context.membership().network(), sender, receiver};
}

inline Result<SigningPublicKey> signing_key(Context& context, const MemberId& peer) {
  const Card* card = context.membership().card(peer);
  if (card == nullptr)
    return fail(ErrorCode::not_a_member, Side::peer, "the peer has no card here; install its newest card");
  return card->signing_key;
}

/// An entry of our log as others are told of it.
inline Result<exchange::LogReference> log_reference(Context& context, std::uint64_t index) {
  KNOOP_LET(state, storage::audit_state(context.tx));
  exchange::LogReference reference{state.incarnation, index, {}};
  KNOOP_TRY(storage::each_audit_entry(context.tx, state.incarnation, index, index + 1,
                                      [&](const audit::ExportedEntry& entry) -> Result<void> {
                                        reference.leaf = entry.leaf;
                                        return {};
                                      }));
  return reference;
}

}  // namespace knoop::exchange_parts
