// The administrator's commands about the preshared key of a pair (protocol.md sections 1 and 2).
//
// The key protects what two members exchange, and their matching, against whoever records the traffic today and breaks
// X25519 later. Both enter it out of band. While they differ nothing is exchanged and both say psk-differs; as soon as
// they are the same the nodes greet anew, without a restart.
//
// The matching tokens of an epoch depend on the key, so an epoch keeps the one it was opened with. Before anything was
// registered in it both sides open it anew under the other key; after that the next epoch opens by itself
// (matching_epochs.h), and the matches stay.
#pragma once

#include "node/core/context.h"
#include "protocol/channel/frame.h"

namespace knoop {

/// Installs the key of the pair with `peer` from the content of a key file (preshared_file.h), and logs it. Installing
/// the same key again changes nothing. Errors: not_a_member, those of read_preshared_file().
Result<PresharedKeyId> install_preshared(Context& context, const MemberId& peer, ByteView file);
/// not_found when there is none.
Result<void> remove_preshared(Context& context, const MemberId& peer);

}  // namespace knoop
