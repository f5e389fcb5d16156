// AttachmentService and who reads what came: under the rules of its fragment, also in an emergency.
#include "node/core/attachment_parts.h"
#include "node/core/attachment_service.h"
#include "storage/exchange_repository.h"

namespace knoop {
namespace {

using namespace attachment_parts;
using audit::Action;
using audit::Event;
using storage::IncomingState;
using Reading = ExchangeService::Reading;

}  // namespace

Result<Bytes> AttachmentService::received_piece(Context& context, const MemberId& peer,
                                                const ExchangeId& exchange, const FragmentId& fragment,
                                                std::uint32_t number) {
  return read_piece(context, peer, exchange, fragment, number, {});
}

Result<Bytes> AttachmentService::received_piece_in_emergency(Context& context, const MemberId& peer,
                                                             const ExchangeId& exchange,
                                                             const FragmentId& fragment, std::uint32_t number,
                                                             const std::string& reason) {
  KNOOP_TRY(ExchangeService::check_emergency_reason(reason));
  return read_piece(context, peer, exchange, fragment, number, reason);
}

Result<Bytes> AttachmentService::read_piece(Context& context, const MemberId& peer,
                                            const ExchangeId& exchange, const FragmentId& fragment,
                                            std::uint32_t number, const std::string& emergency) {
  const auto missing = [] {
    return fail(ErrorCode::not_found, Side::user,
                "there is no such received file, or its fragment may not be read");
  };
  KNOOP_LET(received, storage::find_received(context.tx, peer, exchange, fragment));
  if (!received) return missing();
  KNOOP_LET(reading, exchange_.reading_of(context, *received));
  const auto facts = exchange::attachment_of(received->fragment.content);
  if (reading == Reading::closed || !facts) return missing();
  const bool broken_open = reading == Reading::after_lease;
  if (broken_open && emergency.empty())
    return fail(ErrorCode::not_fresh, Side::peer,
                "its owner was not heard from within the lease, so this file is closed until it is; whoever "
                "cannot wait reads it in an emergency, with a reason");
  KNOOP_LET(incoming, storage::find_incoming(context.tx, peer, fragment, facts->root));
  if (!incoming || incoming->state != IncomingState::complete || incoming->bytes != facts->bytes)
    return fail(ErrorCode::wrong_state, Side::user, "{} of {} pieces of this file are here{}",
                incoming ? incoming->have : 0, facts->pieces(),
                incoming && !incoming->why.empty() ? ": " + incoming->why : "");
  KNOOP_LET(bytes, storage::find_piece(context.tx, *incoming->file, number));
  if (!bytes) return fail(ErrorCode::not_found, Side::user, "this file has no piece {}", number);
  KNOOP_LET(first, storage::note_read(context.tx, context.actor.user, fragment, broken_open,
                                      context.now - read_logged_each, context.now));
  if (!first) return std::move(*bytes);
  KNOOP_TRY(context.audit({.event = Event::fragment_read,
                           .bases = {received->basis},
                           .peer = peer,
                           .action = Action::read,
                           .client = received->client,
                           .object = name_of_fragment(fragment),
                           .purpose = std::string(to_string(received->purpose)),
                           .authorisation = broken_open ? emergency : "",
                           .emergency = broken_open,
                           .detail = broken_open ? "its file after its lease" : "its file"}));
  if (broken_open) KNOOP_TRY(exchange_.add_emergency(context, received->client, emergency, 1));
  return std::move(*bytes);
}

Result<std::vector<AttachmentService::Listed>> AttachmentService::received_files(Context& context,
                                                                                 const std::string& client) {
  std::vector<Listed> out;
  KNOOP_LET(all, storage::received_of(context.tx, client));
  for (const storage::ReceivedFragment& one : all) {
    const auto facts = exchange::attachment_of(one.fragment.content);
    if (!facts) continue;
    KNOOP_LET(incoming, storage::find_incoming(context.tx, one.peer, one.fragment.id, facts->root));
    KNOOP_LET(reading, exchange_.reading_of(context, one));
    Listed listed{one.peer, one.exchange, one.fragment.id, *facts, IncomingState::stopped, 0, "", false};
    listed.readable = reading == Reading::open;
    if (!listed.readable) listed.facts.name.clear();
    if (incoming) {
      listed.state = incoming->state;
      listed.have = incoming->have;
      listed.why = incoming->why;
    }
    out.push_back(std::move(listed));
  }
  KNOOP_TRY(context.audit({.event = Event::client_read,
                           .action = Action::read,
                           .client = client,
                           .detail = fmt::format("{} files of others listed", out.size())}));
  return out;
}

}  // namespace knoop
