// The organisation's own records: clients, involvements, fragments (R1, R2.1, R2.2, R4.1). Every read is logged by the
// functions of node/core/records.h, in the transaction whose commit the answer waits for. A BSN or a name never stands
// in an address: searching is a POST.
#include "node/core/records.h"
#include "node/http/api_routes.h"
#include "node/http/fields.h"
#include "node/http/fragment_views.h"
#include "node/http/page.h"
#include "node/http/roles.h"
#include "node/http/versions.h"
#include "protocol/fragments/schema.h"
#include "protocol/records/calendar.h"
#include "protocol/records/rules.h"

namespace knoop::http {
namespace {

Json optional_text(const std::string& text) {
  return text.empty() ? Json() : Json(text);
}

/// The BSN itself is shown where one client is opened, not in lists.
Json client_json(const storage::StoredClient& stored, bool opened) {
  const records::Client& client = stored.client;
  Json out{{"ref", client.ref},
           {"id", static_cast<std::int64_t>(stored.id)},
           {"hasBsn", client.bsn.has_value()},
           {"givenNames", optional_text(client.given_names)},
           {"prefix", optional_text(client.prefix)},
           {"surname", client.surname},
           {"birthDate", client.birth_date.iso()},
           {"gender", std::string(1, records::to_letter(client.gender))},
           {"postcode", optional_text(client.address.postcode)},
           {"houseNumber", optional_text(client.address.house_number)},
           {"addition", optional_text(client.address.addition)},
           {"municipality", optional_text(client.municipality)},
           {"hasParentBsn", client.parent1_bsn || client.parent2_bsn},
           {"secret", stored.marks.secret},
           {"institutional", stored.marks.institutional}};
  if (opened && client.bsn) out["bsn"] = client.bsn->expose();
  return out;
}

Json involvement_json(const storage::StoredInvolvement& stored, Date today) {
  const records::Involvement& involvement = stored.involvement;
  Json out{{"id", static_cast<std::int64_t>(stored.id)},
           {"kind", records::to_string(involvement.kind)},
           {"from", involvement.from.iso()},
           {"until", involvement.until.iso()},
           {"active", involvement.active(today)},
           {"professional",
            {{"name", involvement.professional.name},
             {"function", involvement.professional.function},
             {"phone", involvement.professional.phone},
             {"email", involvement.professional.email}}},
           {"reason", optional_text(involvement.reason)}};
  if (involvement.closed_on) {
    out["closedOn"] = involvement.closed_on->iso();
    out["closedWhy"] = optional_text(involvement.closed_why);
  }
  return out;
}

Json fragment_json(const storage::StoredFragment& stored, bool opened) {
  Json out = content_json(stored.fragment, opened);
  out["id"] = stored.id.hex();
  out["version"] = stored.version;
  out["provenance"] = records::to_string(stored.provenance);
  out["parent"] = stored.parent ? Json(stored.parent->hex()) : Json();
  return out;
}

Result<Reply> search(Node&, Context& context, const Request& request) {
  BodyReader body(request.body);
  storage::ClientFilter filter;
  filter.surname_prefix = body.text_or("surnamePrefix", "", 100);
  filter.birth_date = body.optional_date("birthDate");
  filter.involved_only = body.truth_or("involvedOnly", false);
  if (const auto bsn = body.optional_text("bsn", 9)) {
    const auto parsed = records::Bsn::parse(*bsn);
    if (parsed)
      filter.bsn = *parsed;
    else
      body.complain("bsn", "does not pass the elfproef");
  }
  KNOOP_LET(page, page_of(body, "clients", most_clients_shown));
  KNOOP_TRY(body.finish());
  if (!page.after.empty()) {
    KNOOP_LET(id, number_from<records::ClientId>(page.after));
    filter.after = id;
  }
  filter.today = dutch_day(context.now);
  filter.limit = std::min<std::int64_t>(page.limit, most_clients_shown);
  page.limit = filter.limit;
  KNOOP_LET(found, search_clients(context, std::move(filter)));
  Json clients = Json::array();
  for (const auto& client : found) clients.push_back(client_json(client, false));
  const Json next = next_page(page, "clients", found, [](const auto& client) {
    return std::to_string(static_cast<std::int64_t>(client.id));
  });
  return Reply{200, {{"clients", std::move(clients)}, {"next", next}}};
}

Result<Reply> show(Node&, Context& context, const Request& request) {
  KNOOP_LET(file, read_client(context, request.param("ref"), request.query_value("purpose").value_or("")));
  Json out = client_json(file.client, true);
  const Date today = dutch_day(context.now);
  out["involvements"] = Json::array();
  for (const auto& involvement : file.involvements) {
    Json one = involvement_json(involvement, today);
    KNOOP_TRY(show_etag(context, storage::Kind::involvement,
                        std::to_string(static_cast<std::int64_t>(involvement.id)), one));
    out["involvements"].push_back(std::move(one));
  }
  out["fragments"] = Json::array();
  for (const auto& fragment : file.fragments) out["fragments"].push_back(fragment_json(fragment, false));
  return Reply{200, std::move(out)};
}

Result<Reply> mark(Node&, Context& context, const Request& request) {
  BodyReader body(request.body);
  const auto named = [&](const std::string& name) {
    const bool value = body.truth_or(name, false);
    return request.body.contains(name) ? std::optional(value) : std::nullopt;
  };
  const MarkChange change{named("secret"), named("institutional")};
  KNOOP_TRY(body.finish());
  KNOOP_TRY(mark_client(context, request.param("ref"), change));
  return Reply{};
}

Result<Reply> add_one_involvement(Node&, Context& context, const Request& request) {
  BodyReader body(request.body);
  const std::string ref = body.text("clientRef", 100);
  records::Involvement involvement;
  if (const auto kind = records::involvement_kind_from(body.text("kind", 40)))
    involvement.kind = *kind;
  else
    body.complain("kind", "must be ketenregistratie or signaal");
  involvement.from = body.date("from");
  involvement.until = body.date("until");
  involvement.professional = {body.text("name", 200), body.text_or("function", "", 200),
                              body.text_or("phone", "", 200), body.text_or("email", "", 200)};
  involvement.reason = body.text_or("reason", "", 4000);
  KNOOP_TRY(body.finish());
  KNOOP_LET(stored, add_involvement(context, ref, involvement));
  return Reply{201, involvement_json(stored, dutch_day(context.now))};
}

Result<Reply> extend_one_involvement(Node&, Context& context, const Request& request) {
  BodyReader body(request.body);
  const Date until = body.date("until");
  KNOOP_TRY(body.finish());
  KNOOP_LET(id, number_from<records::InvolvementId>(request.param("id")));
  KNOOP_LET(stored, extend_involvement(context, id, until));
  return Reply{200, involvement_json(stored, dutch_day(context.now))};
}

Result<Reply> close_one_involvement(Node&, Context& context, const Request& request) {
  BodyReader body(request.body);
  const std::string why = body.text("reason", records::longest_why);
  KNOOP_TRY(body.finish());
  KNOOP_LET(id, number_from<records::InvolvementId>(request.param("id")));
  KNOOP_LET(stored, close_involvement(context, id, why));
  return Reply{200, involvement_json(stored, dutch_day(context.now))};
}

Result<Reply> involvements(Node&, Context& context, const Request& request) {
  storage::InvolvementFilter filter;
  filter.today = dutch_day(context.now);
  filter.active_only = request.query_value("all") != "true";
  KNOOP_LET(page, page_of(request, "involvements", filter.limit));
  filter.limit = page.limit;
  if (!page.after.empty()) {
    KNOOP_LET(id, number_from<records::InvolvementId>(page.after));
    filter.after = id;
  }
  const Date today = filter.today;
  KNOOP_LET(found, list_involvements(context, std::move(filter)));
  Json list = Json::array();
  for (const ListedInvolvement& each : found) {
    Json one = involvement_json(each.stored, today);
    one["clientRef"] = each.client_ref;
    KNOOP_TRY(show_etag(context, storage::Kind::involvement,
                        std::to_string(static_cast<std::int64_t>(each.stored.id)), one));
    list.push_back(std::move(one));
  }
  const Json next = next_page(page, "involvements", found, [](const auto& each) {
    return std::to_string(static_cast<std::int64_t>(each.stored.id));
  });
  return Reply{200, {{"involvements", std::move(list)}, {"next", next}}};
}

Result<Reply> add_one_fragment(Node&, Context& context, const Request& request) {
  Json rest = request.body;
  const TypedContent typed = take_typed_content(rest);
  BodyReader body(rest);
  const std::string ref = body.text("clientRef", 100);
  const records::Fragment fragment = read_fragment_body(body, typed);
  std::optional<FragmentId> parent;
  if (const auto hex = body.optional_text("parent", 32)) {
    parent = FragmentId::from_hex(*hex) ? std::optional(*FragmentId::from_hex(*hex)) : std::nullopt;
    if (!parent) body.complain("parent", "must be the id of a fragment");
  }
  KNOOP_TRY(body.finish());
  KNOOP_LET(id, add_fragment(context, ref, fragment, parent));
  return Reply{201, {{"id", id.hex()}}};
}

Result<Reply> show_schema(Node&, Context&, const Request& request) {
  const auto category = category_from(request.param("category"));
  KNOOP_LET(version, number_from<std::int64_t>(request.param("version")));
  const bool known = category && version >= 1 && version <= 9999 &&
                     fragments::knows(*category, static_cast<std::uint16_t>(version));
  if (!known)
    return fail(ErrorCode::not_found, Side::user, "there is no schema of this category and version");
  return Reply{200, Json::parse(fragments::schema_text(*category, static_cast<std::uint16_t>(version)))};
}

Result<Reply> list_schemas(Node&, Context&, const Request&) {
  Json list = Json::array();
  for (const CategoryFacts& category : all_categories)
    list.push_back({{"category", category.code},
                    {"label", category.label},
                    {"sensitive", category.sensitive},
                    {"retention", to_string(usual_retention(category.category))},
                    {"newest", fragments::newest_version(category.category)}});
  return Reply{200, {{"schemas", std::move(list)}}};
}

Result<Reply> show_fragment(Node&, Context& context, const Request& request) {
  KNOOP_LET(id, id_from<FragmentId>(request.param("id")));
  KNOOP_LET(fragment, read_fragment(context, id, request.query_value("purpose").value_or("")));
  return Reply{200, fragment_json(fragment, true)};
}

}  // namespace

void add_record_routes(Router& router) {
  router.post("/api/v1/clients/search", care(), search).repeats(Repeat::anew);
  router.get("/api/v1/clients/{ref}", care(), {"purpose"}, show)
      .versioned(version_of(storage::Kind::client, "ref"));
  router.post("/api/v1/clients/{ref}/marks", care(), mark)
      .versioned(version_of(storage::Kind::client, "ref"));
  router.get("/api/v1/involvements", care(), {"all", "cursor", "limit"}, involvements);
  router.post("/api/v1/involvements", care(), add_one_involvement);
  router.post("/api/v1/involvements/{id}/extend", care(), extend_one_involvement)
      .versioned(version_of(storage::Kind::involvement, "id"));
  router.post("/api/v1/involvements/{id}/close", care(), close_one_involvement)
      .versioned(version_of(storage::Kind::involvement, "id"));
  router.post("/api/v1/fragments", care(), add_one_fragment);
  router.get("/api/v1/fragments/{id}", care(), {"purpose"}, show_fragment)
      .versioned(version_of(storage::Kind::fragment, "id"));
  router.get("/api/v1/schemas", care_and_privacy(), {}, list_schemas);
  router.get("/api/v1/schemas/{category}/{version}", care(), {}, show_schema);
}

}  // namespace knoop::http
