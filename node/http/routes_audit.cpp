// The audit log (R8): read by the privacy officer, exported for anyone who checks it off line. Looking is logged too.
// An export is fetched in slices: POST fixes how far it reaches, logs it, and answers header and signed head; each GET
// gives the lines of a slice.
#include "node/core/audit_reader.h"
#include "node/core/subject_report.h"
#include "node/core/witnessing.h"
#include "node/files/audit_csv.h"
#include "node/files/audit_export.h"
#include "node/files/fhir_export.h"
#include "node/http/api_routes.h"
#include "node/http/case_views.h"
#include "node/http/fields.h"
#include "node/http/page.h"
#include "node/http/views.h"

namespace knoop::http {
namespace {

const std::vector<Role> officers{Role::privacy_officer};
const std::vector<Role> head_readers{Role::privacy_officer, Role::administrator, Role::monitor};

constexpr std::uint64_t most_incarnations = 1'000'000'000;
constexpr std::uint64_t most_entries = 999'999'999'999;

Result<std::uint64_t> whole_number(const Request& request, const std::string& name, std::uint64_t otherwise,
                                   std::uint64_t most) {
  const auto text = request.query_value(name);
  if (!text) return otherwise;
  std::uint64_t value = 0;
  if (text->empty() || text->size() > 12) value = most + 1;
  for (const char c : *text)
    value = c < '0' || c > '9' ? most + 1
            : value <= most    ? value * 10 + static_cast<unsigned>(c - '0')
                               : value;
  if (value > most)
    return fail(ErrorCode::bad_value, Side::user, "{} must be a whole number from 0 to {}", name, most);
  return value;
}

Result<Reply> show(Node&, Context& context, const Request& request) {
  const auto client = request.query_value("client");
  const std::string_view list = client ? "audit-entries-of-client" : "audit-entries";
  KNOOP_LET(page, page_of(request, list, client ? longest_page : 50));
  std::optional<storage::AuditPlace> place;
  if (!page.after.empty()) {
    KNOOP_LET(parts, place_from(page.after));
    KNOOP_LET(number, number_from<std::int64_t>(parts.second));
    if (parts.first < 1 || parts.first > UINT32_MAX)
      return fail(ErrorCode::bad_value, Side::user, "cursor names no log");
    place = storage::AuditPlace{static_cast<std::uint32_t>(parts.first), static_cast<std::uint64_t>(number)};
  }
  const auto limit = static_cast<std::uint64_t>(page.limit);
  KNOOP_LET(shown,
            client ? read_log_of_client(context, *client, place, limit) : read_log(context, place, limit));
  Json out = Json::array();
  for (const audit::ExportedEntry& entry : shown.entries)
    out.push_back(entry_json(context.membership(), entry));
  const Json next =
      shown.next ? next_page(list, place_of(shown.next->incarnation, std::to_string(shown.next->number)))
                 : Json();
  return Reply{200, {{"entries", std::move(out)}, {"next", next}}};
}

Result<Reply> head(Node& node, Context& context, const Request&) {
  KNOOP_LET(origin, node.audit_log().origin(context.tx));
  KNOOP_LET(note, node.audit_log().head(context.tx, context.now));
  return Reply{200, {{"origin", origin.text()}, {"note", note}}};
}

Json log_json(const Membership& membership, const storage::KnownLog& log) {
  const audit::WitnessRule rule = witnesses_of(membership, log.member);
  Json by = Json::array();
  if (const auto note = parse_note(log.witnessed_note, audit::max_head_bytes))
    for (const audit::WitnessedBy& one : audit::witnessed(*note, rule).by)
      by.push_back({{"id", membership.slug(one.member)}, {"at", one.at.iso()}});
  return {{"id", membership.slug(log.member)},
          {"own", false},
          {"incarnation", log.incarnation},
          {"size", log.size},
          {"heard", log.heard.iso()},
          {"watched", rule.exists()},
          {"quorum", rule.exists() ? rule.quorum() : 0},
          {"witnesses", rule.named},
          {"witnessedSize", log.witnessed_size},
          {"witnessedAt", log.witnessed ? Json(log.witnessed->iso()) : Json()},
          {"witnessedBy", std::move(by)},
          {"evidence", {{"forks", log.forks}, {"rollbacks", log.rollbacks}, {"unproven", log.unproven}}}};
}

Result<Json> own_log_json(Context& context) {
  const Membership& membership = context.membership();
  KNOOP_LET(standing, log_standing(context.tx, membership, context.now));
  Json by = Json::array();
  for (const audit::Witness& witness : standing.rule.witnesses) {
    KNOOP_LET(row, storage::own_witness(context.tx, witness.member, standing.incarnation));
    KNOOP_LET(cosigned, storage::last_own_cosignature(context.tx, witness.member));
    Json one{{"id", membership.slug(witness.member)}, {"size", row.held}};
    if (cosigned) one["at"] = Timestamp{static_cast<std::int64_t>(cosigned->cosignature.time) * 1000}.iso();
    by.push_back(std::move(one));
  }
  Json out{{"id", membership.slug(membership.self())},
           {"own", true},
           {"incarnation", standing.incarnation},
           {"size", standing.size},
           {"witnessedBy", std::move(by)}};
  out.update(standing_json(standing));
  return out;
}

Result<Reply> heads(Node&, Context& context, const Request&) {
  const Membership& membership = context.membership();
  Json logs = Json::array();
  if (membership.convenant() && membership.own_card()) {
    KNOOP_LET(own, own_log_json(context));
    logs.push_back(std::move(own));
  }
  KNOOP_LET(known, storage::known_logs(context.tx));
  for (const storage::KnownLog& log : known) logs.push_back(log_json(membership, log));
  constexpr std::size_t most = 200;
  KNOOP_LET(missing, storage::missing_proofs(context.tx, most));
  Json proofs = Json::array();
  for (const storage::AwaitedProof& one : missing)
    proofs.push_back({{"peer", membership.slug(one.peer)},
                      {"exchange", one.exchange.hex()},
                      {"index", one.number},
                      {"since", one.since.iso()},
                      {"state", one.state == storage::ProofState::wrong  ? "wrong"
                                : one.state == storage::ProofState::lost ? "lost"
                                                                         : "overdue"}});
  return Reply{200, {{"logs", std::move(logs)}, {"proofs", std::move(proofs)}}};
}

Result<Reply> evidence(Node&, Context& context, const Request& request) {
  const auto id = request.query_value("member");
  const auto member = id ? context.membership().by_slug(*id) : std::nullopt;
  if (!member) return fail(ErrorCode::not_found, Side::user, "name a member: ?member=<id>");
  KNOOP_LET(kept, storage::heads_of(context.tx, *member));
  Json out = Json::array();
  for (const storage::MemberHead& head : kept)
    out.push_back({{"incarnation", head.incarnation}, {"size", head.size}, {"note", head.note}});
  return Reply{200, {{"heads", std::move(out)}}};
}

Result<Reply> proof(Node&, Context& context, const Request& request) {
  KNOOP_LET(index, whole_number(request, "index", most_entries, most_entries));
  KNOOP_LET(incarnation, whole_number(request, "incarnation", 0, most_incarnations));
  KNOOP_LET(proven, prove_entry(context, index, static_cast<std::uint32_t>(incarnation)));
  return Reply{200, {{"index", index}, {"leaf", proven.leaf.hex()}, {"proof", proven.text()}}};
}

Result<std::string> form_from(std::string form) {
  for (const std::string_view known : export_forms)
    if (form == known) return form;
  return fail(ErrorCode::bad_value, Side::user, "format must be jsonl, csv or fhir");
}

Json export_json(const AuditExport& begun, std::string_view form) {
  const bool whole = form == "jsonl";  // the others have no place for card and head, and cannot be checked
  return {{"size", begun.size},
          {"incarnation", begun.origin.incarnation},
          {"redacted", begun.redacted},
          {"header", whole           ? export_header_line(begun)
                     : form == "csv" ? audit_csv_header()
                                     : ""},
          {"footer", whole ? export_head_line(begun) : ""}};
}

Result<Reply> begin(Node& node, Context& context, const Request& request) {
  BodyReader body(request.body);
  const bool open = body.truth_or("open", false);
  std::string wanted = body.text_or("format", "jsonl", 20);
  const auto incarnation = static_cast<std::uint32_t>(body.number_or("incarnation", 0, most_incarnations));
  const std::string reason = reason_of_export(body);
  KNOOP_TRY(body.finish());
  KNOOP_LET(form, form_from(std::move(wanted)));
  KNOOP_LET(begun, begin_export(context, node.audit_log(), !open, form, incarnation, reason));
  return Reply{201, export_json(begun, form)};
}

Result<Reply> lines(Node& node, Context& context, const Request& request) {
  constexpr std::uint64_t most = 1'000'000'000;
  KNOOP_LET(from, whole_number(request, "from", 0, most));
  KNOOP_LET(size, whole_number(request, "size", 0, most));
  KNOOP_LET(form, form_from(request.query_value("format").value_or("jsonl")));
  AuditExport slice;
  KNOOP_LET(origin, node.audit_log().origin(context.tx));
  slice.origin = origin;
  KNOOP_LET(incarnation, whole_number(request, "incarnation", origin.incarnation, most_incarnations));
  slice.origin.incarnation = static_cast<std::uint32_t>(incarnation);
  slice.redacted = request.query_value("open") != "true";
  slice.size = size;
  KNOOP_LET(entries, export_slice(context, slice, from));
  // Redacted lines name nobody. Open ones are personal data, and each answer that shows some logs it.
  if (!slice.redacted && !entries.empty())
    KNOOP_TRY(context.audit({.event = audit::Event::log_read,
                             .reference = fmt::format("{}-{}", entries.front().index, entries.back().index),
                             .action = audit::Action::read,
                             .detail = "lines of an export with openings"}));
  std::string text;
  const NameOf name_of = [&](const MemberId& member) {
    return organisation_name(context.membership(), member);
  };
  for (const audit::ExportedEntry& entry : entries)
    text += form == "csv"    ? audit_csv_line(entry)
            : form == "fhir" ? fhir_audit_event(slice.origin, entry, name_of)
                             : export_entry_line(entry);
  return Reply{200, {{"lines", std::move(text)}, {"count", entries.size()}}};
}

}  // namespace

void add_audit_routes(Router& router) {
  router.get("/api/v1/audit-entries", officers, {"client", "cursor", "limit"}, show);
  router.get("/api/v1/audit-head", head_readers, {}, head);
  router.get("/api/v1/audit-heads", head_readers, {}, heads);
  router.get("/api/v1/audit-head-evidence", head_readers, {"member"}, evidence);
  router.get("/api/v1/audit-proof", officers, {"index", "incarnation"}, proof);
  router.post("/api/v1/audit-exports", officers, begin).repeats(Repeat::anew);
  router.get("/api/v1/audit-export-lines", officers, {"from", "size", "open", "format", "incarnation"},
             lines);
}

}  // namespace knoop::http
