// Files of fragments (F18): taken in piece by piece, and given back so (docs/spec/attachments.md). Pieces come as raw bytes
// and leave in base64, since an answer is JSON.
#include "node/core/attachment_service.h"
#include "node/http/api_routes.h"
#include "node/http/case_views.h"
#include "node/http/fields.h"

namespace knoop::http {
namespace {

const std::vector<Role> workers{Role::professional, Role::team_lead};

Result<std::uint32_t> piece_number(const Request& request) {
  KNOOP_LET(number, number_from<std::int64_t>(request.param("n")));
  if (number >= static_cast<std::int64_t>(exchange::most_pieces))
    return fail(ErrorCode::bad_value, Side::user, "a file has at most {} pieces", exchange::most_pieces);
  return static_cast<std::uint32_t>(number);
}

Json piece_json(const Bytes& bytes) {
  return {{"bytes", to_base64(bytes)}};
}

Result<Reply> begin(Node& node, Context& context, const Request& request) {
  BodyReader body(request.body);
  AttachmentService::File file;
  file.client = body.text("clientRef", 100);
  file.name = body.text("name", 200);
  file.media_type = body.text("mediaType", 40);
  file.bytes = body.number_or("bytes", 0, exchange::max_attachment);
  KNOOP_TRY(body.finish());
  KNOOP_LET(id, node.service<AttachmentService>().begin(context, file));
  return Reply{201, {{"id", id.hex()}, {"pieceSize", exchange::piece_size}}};
}

Result<Reply> put(Node& node, Context& context, const Request& request) {
  KNOOP_LET(id, id_from<FragmentId>(request.param("id")));
  KNOOP_LET(number, piece_number(request));
  KNOOP_TRY(node.service<AttachmentService>().put(context, id, number, request.raw));
  return Reply{};
}

Result<Reply> finish(Node& node, Context& context, const Request& request) {
  KNOOP_LET(id, id_from<FragmentId>(request.param("id")));
  BodyReader body(request.body);
  AttachmentService::Words words;
  words.title = body.text("title", records::longest_title);
  words.author = body.text("author", records::longest_name);
  words.date = body.date("date");
  words.persons = body.texts("persons", records::most_persons, records::longest_short);
  words.description = body.text_or("description", "", 500);
  if (const auto hex = body.optional_text("parent", 32)) {
    KNOOP_LET(parent, id_from<FragmentId>(*hex));
    words.parent = parent;
  }
  KNOOP_TRY(body.finish());
  KNOOP_TRY(node.service<AttachmentService>().finish(context, id, words));
  return Reply{201, {{"id", id.hex()}}};
}

Result<Reply> give_up(Node& node, Context& context, const Request& request) {
  KNOOP_LET(id, id_from<FragmentId>(request.param("id")));
  KNOOP_TRY(node.service<AttachmentService>().give_up(context, id));
  return Reply{};
}

Result<Reply> own_piece(Node& node, Context& context, const Request& request) {
  KNOOP_LET(id, id_from<FragmentId>(request.param("id")));
  KNOOP_LET(number, piece_number(request));
  KNOOP_LET(bytes, node.service<AttachmentService>().piece(context, id, number));
  return Reply{200, piece_json(bytes)};
}

Result<Reply> received_piece(Node& node, Context& context, const Request& request) {
  KNOOP_LET(peer, member_from(context.membership(), request.param("peer")));
  KNOOP_LET(exchange, id_from<ExchangeId>(request.param("exchange")));
  KNOOP_LET(fragment, id_from<FragmentId>(request.param("id")));
  KNOOP_LET(number, piece_number(request));
  KNOOP_LET(bytes,
            node.service<AttachmentService>().received_piece(context, peer, exchange, fragment, number));
  return Reply{200, piece_json(bytes)};
}

Result<Reply> received_piece_in_emergency(Node& node, Context& context, const Request& request) {
  KNOOP_LET(peer, member_from(context.membership(), request.param("peer")));
  KNOOP_LET(exchange, id_from<ExchangeId>(request.param("exchange")));
  KNOOP_LET(fragment, id_from<FragmentId>(request.param("id")));
  KNOOP_LET(number, piece_number(request));
  BodyReader body(request.body);
  const std::string reason = body.text("reason", 300);
  KNOOP_TRY(body.finish());
  KNOOP_LET(bytes, node.service<AttachmentService>().received_piece_in_emergency(context, peer, exchange,
                                                                                 fragment, number, reason));
  return Reply{200, piece_json(bytes)};
}

std::string_view name_of(storage::IncomingState state) {
  switch (state) {
    case storage::IncomingState::waiting:
      return "waiting";
    case storage::IncomingState::coming:
      return "coming";
    case storage::IncomingState::complete:
      return "complete";
    case storage::IncomingState::broken:
      return "broken";
    case storage::IncomingState::stopped:
      return "stopped";
  }
  KNOOP_ASSERT(false, "a state outside its enumeration");
}

Result<Reply> received_files(Node& node, Context& context, const Request& request) {
  const auto client = request.query_value("client");
  if (!client)
    return fail(ErrorCode::bad_value, Side::user, "received files are shown of one client: name it");
  KNOOP_TRY(must_be_own_client(context, client));
  KNOOP_LET(files, node.service<AttachmentService>().received_files(context, *client));
  Json out = Json::array();
  for (const auto& file : files)
    out.push_back({{"from", context.membership().slug(file.peer)},
                   {"exchange", file.exchange.hex()},
                   {"fragment", file.fragment.hex()},
                   {"name", file.readable ? Json(file.facts.name) : Json()},
                   {"mediaType", file.facts.media_type},
                   {"bytes", file.facts.bytes},
                   {"state", file.readable ? name_of(file.state) : "locked"},
                   {"have", file.have},
                   {"pieces", file.facts.pieces()},
                   {"why", file.why.empty() ? Json() : Json(file.why)}});
  return Reply{200, {{"files", std::move(out)}}};
}

}  // namespace

void add_attachment_routes(Router& router) {
  router.post("/api/v1/attachments", workers, begin);
  router.add({"PUT", "/api/v1/attachments/{id}/pieces/{n}", workers, {}, BodyKind::bytes, put});
  router.post("/api/v1/attachments/{id}/finish", workers, finish);
  router.add({"DELETE", "/api/v1/attachments/{id}", workers, {}, BodyKind::none, give_up});
  router.get("/api/v1/attachments/{id}/pieces/{n}", workers, {}, own_piece);
  router.get("/api/v1/received-attachments", workers, {"client"}, received_files);
  router.get("/api/v1/received-attachments/{peer}/{exchange}/{id}/pieces/{n}", workers, {}, received_piece);
  router
      .post("/api/v1/received-attachments/{peer}/{exchange}/{id}/pieces/{n}/emergency", workers,
            received_piece_in_emergency)
      .repeats(Repeat::refusal);
}

}  // namespace knoop::http
