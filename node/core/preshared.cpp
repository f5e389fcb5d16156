#include "node/core/preshared.h"

#include "node/core/channel.h"
#include "node/core/membership.h"
#include "protocol/channel/preshared_file.h"

namespace knoop {
namespace {

Result<void> log(Context& context, audit::Event event, audit::Action action, const MemberId& peer,
                 const PresharedKeyId& id) {
  return context
      .audit({.event = event, .peer = peer, .action = action, .object = "preshared key " + id.hex()})
      .map([](std::uint64_t) {});
}

}  // namespace

Result<PresharedKeyId> install_preshared(Context& context, const MemberId& peer, ByteView file) {
  const Membership& membership = context.membership();
  if (peer == membership.self() || membership.member(peer) == nullptr)
    return fail(ErrorCode::not_a_member, Side::user, "a preshared key is one with another member");
  KNOOP_LET(key, read_preshared_file(file, membership.network(), membership.self(), peer));
  const PresharedKeyId id = preshared_key_id(key, membership.network(), membership.self(), peer);
  if (context.preshared_id(peer) == id) return id;
  // The log first: the channel changes in memory too, so nothing may fail after it.
  KNOOP_TRY(log(context, audit::Event::preshared_installed, audit::Action::create, peer, id));
  KNOOP_TRY(context.set_preshared(peer, std::move(key)));
  return id;
}

Result<void> remove_preshared(Context& context, const MemberId& peer) {
  const auto id = context.preshared_id(peer);
  if (!id) return fail(ErrorCode::not_found, Side::user, "there is no preshared key with this member");
  KNOOP_TRY(log(context, audit::Event::preshared_removed, audit::Action::erase, peer, *id));
  return context.set_preshared(peer, std::nullopt);
}

}  // namespace knoop
