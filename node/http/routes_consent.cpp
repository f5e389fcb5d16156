// Consents (R3): recorded, withdrawn, listed. Professionals record what the family said; the privacy officer looks.
#include "node/core/consent_register.h"
#include "node/core/consent_service.h"
#include "node/core/exchange_service.h"
#include "node/core/incarnations.h"
#include "node/http/api_routes.h"
#include "node/http/case_views.h"
#include "node/http/fields.h"
#include "node/http/page.h"
#include "node/http/roles.h"
#include "node/http/versions.h"
#include "protocol/records/calendar.h"

namespace knoop::http {
namespace {

/// "parent", or {"capacity": "parent", "who": "moeder", "identity": …, "authority": …, "checked": …}. What a giver does
/// not say for itself is said once for all.
std::vector<consent::Giver> read_givers(BodyReader& body, const Date& today) {
  const std::string identity = body.text_or("identity", "", 200);
  const std::string authority = body.text_or("authority", "", 200);
  const Date checked = body.optional_date("checked").value_or(today);
  std::vector<consent::Giver> givers;
  for (const Json& value : body.list("givers", 8)) {
    const Json object = value.is_string() ? Json{{"capacity", value}} : value;
    if (!object.is_object()) {
      body.complain("givers", "must hold capacities or objects");
      continue;
    }
    BodyReader one(object);
    consent::Giver giver;
    giver.capacity = word_from(one, "capacity", one.text_or("capacity", "", 60), consent::capacities);
    giver.who = one.text_or("who", std::string(consent::to_string(giver.capacity)), 100);
    giver.identity = one.text_or("identity", identity, 200);
    giver.authority =
        one.text_or("authority", giver.capacity == consent::Capacity::youth ? "" : authority, 200);
    giver.checked = one.optional_date("checked").value_or(checked);
    if (const auto read = one.finish(); !read) body.complain("givers", read.error().sentence);
    givers.push_back(std::move(giver));
  }
  return givers;
}

/// What a consent is about: to whom, for what, which categories, how long. For a record and for a printed text.
void read_scope(BodyReader& body, const Membership& membership, consent::Consent& about) {
  about.releaser = read_member(body, "releaser", membership);
  about.recipient = read_member(body, "recipient", membership);
  if (const auto purpose = body.optional_text("purpose", 60)) {
    about.purpose = value_in(consent::purposes, *purpose);
    if (!about.purpose)
      body.complain("purpose", fmt::format("must be one of {}", names_of(consent::purposes)));
  }
  about.everything = body.truth_or("everything", false);
  about.categories = read_categories(body, "categories");
  about.exclusions = read_categories(body, "exclusions");
  about.once = body.truth_or("once", false);
}

Result<Reply> record(Node& node, Context& context, const Request& request) {
  BodyReader body(request.body);
  consent::Consent draft;
  draft.client = body.text("client", 100);
  draft.kind = word_from(body, "kind", body.text_or("kind", "sharing", 60), consent::kinds);
  draft.answer = word_from(body, "answer", body.text_or("answer", "yes", 60), consent::answers);
  read_scope(body, context.membership(), draft);
  draft.from = body.optional_date("from").value_or(dutch_day(context.now));
  draft.until = body.optional_date("until");
  draft.way = word_from(body, "way", body.text_or("way", "oral", 60), consent::ways);
  draft.text_version = body.text_or("textVersion", "", 50);
  draft.told_withdrawable = body.truth_or("toldWithdrawable", false);
  draft.others_have_authority = body.truth_or("othersHaveAuthority", false);
  draft.exception = body.text_or("exception", "", 1000);
  draft.givers = read_givers(body, dutch_day(context.now));
  for (const std::string& text : body.texts("replaces", 16, 2 * BasisId::size)) {
    if (const auto id = BasisId::from_hex(text))
      draft.replaces.push_back(*id);
    else
      body.complain("replaces", "must hold ids of consents");
  }
  if (const auto evidence = body.optional_text("evidence", 2 * Hash256::size)) {
    const auto hash = Hash256::from_hex(*evidence);
    if (hash)
      draft.evidence = *hash;
    else
      body.complain("evidence", "must be a SHA-256 hash in hexadecimal");
  }
  exchange::About about;
  if (const auto match = body.optional_text("match", 2 * matching::MatchId::size)) {
    KNOOP_LET(id, id_from<matching::MatchId>(*match));
    about.match = id;
  }
  if (const auto handover = body.optional_text("handover", 2 * HandoverId::size)) {
    KNOOP_LET(id, id_from<HandoverId>(*handover));
    about.handover = id;
  }
  KNOOP_TRY(body.finish());
  KNOOP_LET(id, node.service<ConsentService>().record(context, std::move(draft), about));
  return Reply{201, {{"id", id.hex()}}};
}

Result<Reply> withdraw(Node& node, Context& context, const Request& request) {
  KNOOP_LET(id, id_from<BasisId>(request.param("id")));
  KNOOP_LET(effect, node.service<ConsentService>().withdraw(context, id));
  return Reply{200, {{"id", id.hex()}, {"cancelled", effect.cancelled}, {"followed", effect.followed}}};
}

Json withdrawal_json(const Membership& membership, const storage::WithdrawalOut& one) {
  return {{"consent", one.basis.hex()}, {"to", membership.slug(one.peer)},
          {"sent", one.sent.iso()},     {"applied", one.applied ? Json(one.applied->iso()) : Json()},
          {"locked", one.locked},       {"flagged", one.flagged},
          {"overdue", one.overdue}};
}

Result<Reply> withdrawals(Node& node, Context& context, const Request& request) {
  const auto open = request.query_value("open");
  if (open && *open != "true" && *open != "false")
    return fail(ErrorCode::bad_value, Side::user, "open must be true or false");
  KNOOP_LET(page, page_of(request, "withdrawals", usual_page));
  KNOOP_LET(wanted, rows_after<storage::WithdrawalsAfter>(page));
  KNOOP_LET(found, node.service<ExchangeService>().withdrawals(context, open == "true", wanted));
  Json out = Json::array();
  for (const storage::WithdrawalOut& one : found) out.push_back(withdrawal_json(context.membership(), one));
  const Json next = next_page(page, "withdrawals", found, [](const storage::WithdrawalOut& one) {
    return place_at(one.sent, one.basis, one.peer);
  });
  return Reply{200, {{"withdrawals", std::move(out)}, {"next", next}}};
}

Result<Reply> list(Node& node, Context& context, const Request& request) {
  const auto client = request.query_value("client");
  if (!client) return fail(ErrorCode::bad_value, Side::user, "consents are listed of one client: say which");
  KNOOP_LET(page, page_of(request, "consents", 200));
  KNOOP_LET(consents, node.service<ConsentService>().list(context, *client));
  Json out = Json::array();
  Json next;
  bool begun = page.after.empty();
  for (const ConsentService::Listed& each : consents) {
    const std::string id = each.consent.id.hex();
    if (!begun) {
      begun = id == page.after;
      continue;
    }
    if (std::ssize(out) == page.limit) {
      next = next_page("consents", out.back().at("id").get<std::string>());
      break;
    }
    Json one = consent_json(context.membership(), each);
    KNOOP_TRY(show_etag(context, storage::Kind::consent, one.at("id").get<std::string>(), one));
    out.push_back(std::move(one));
  }
  if (!begun) return fail(ErrorCode::bad_value, Side::user, "cursor names no consent of this client");
  KNOOP_LET(doubted, storage::client_doubted(context.tx, *client));
  return Reply{200,
               {{"consents", std::move(out)},
                {"doubtedSince", doubted ? Json(doubted->iso()) : Json()},
                {"next", next}}};
}

/// "1764100000000-<id>", as `next` said it.
Result<storage::ConsentPlace> register_place_from(std::string_view text) {
  const std::size_t dash = text.find('-');
  const auto recorded = number_from<std::int64_t>(text.substr(0, dash));
  const auto id = BasisId::from_hex(dash == std::string_view::npos ? "" : text.substr(dash + 1));
  if (!recorded || !id) return fail(ErrorCode::bad_value, Side::user, "cursor must be what \"next\" said");
  return storage::ConsentPlace{Timestamp{*recorded}, *id};
}

Result<Reply> show_register(Node&, Context& context, const Request& request) {
  const Membership& membership = context.membership();
  const auto part = value_in(register_parts, request.query_value("state").value_or("all"));
  if (!part)
    return fail(ErrorCode::bad_value, Side::user, "state must be one of {}", names_of(register_parts));
  std::optional<MemberId> recipient;
  if (const auto slug = request.query_value("recipient")) {
    recipient = membership.by_slug(*slug);
    if (!recipient) return fail(ErrorCode::bad_value, Side::user, "recipient must be a member");
  }
  std::optional<storage::ConsentPlace> after;
  if (const auto cursor = request.query_value("cursor")) {
    KNOOP_LET(place, register_place_from(*cursor));
    after = place;
  }
  KNOOP_LET(page, consent_register(context, *part, recipient, after));
  Json out = Json::array();
  for (const RegisteredConsent& one : page.consents) {
    Json row = consent_json(membership, {one.consent, one.standing, one.version});
    row["weaknesses"] = Json::array();
    for (const Weakness weakness : one.weak) row["weaknesses"].push_back(to_string(weakness));
    row["withdrawals"] = Json::array();
    for (const auto& withdrawal : one.withdrawals)
      row["withdrawals"].push_back(withdrawal_json(membership, withdrawal));
    out.push_back(std::move(row));
  }
  const auto next = [](const storage::ConsentPlace& place) {
    return Json(fmt::format("{}-{}", place.recorded.ms, place.id.hex()));
  };
  return Reply{200, {{"consents", std::move(out)}, {"next", page.next ? next(*page.next) : Json()}}};
}

Result<Reply> elsewhere(Node& node, Context& context, const Request& request) {
  const auto client = request.query_value("client");
  if (!client) return fail(ErrorCode::bad_value, Side::user, "consents are listed of one client: say which");
  KNOOP_LET(page, page_of(request, "consents-elsewhere", usual_page));
  KNOOP_LET(wanted, rows_after<storage::ElsewhereAfter>(page));
  KNOOP_LET(found, node.service<ExchangeService>().elsewhere(context, *client, wanted));
  const Membership& membership = context.membership();
  Json out = Json::array();
  for (const storage::ElsewhereConsent& one : found) {
    const exchange::StatementBody& said = one.said;
    Json capacities = Json::array();
    for (const consent::Capacity capacity : said.capacities)
      capacities.push_back(consent::to_string(capacity));
    out.push_back({{"id", said.consent.hex()},
                   {"recorder", membership.slug(one.recorder)},
                   {"answer", consent::to_string(said.answer)},
                   {"givers", std::move(capacities)},
                   {"recipient", said.recipient ? Json(membership.slug(*said.recipient)) : Json()},
                   {"purpose", said.purpose ? Json(consent::to_string(*said.purpose)) : Json()},
                   {"everything", said.everything},
                   {"categories", codes_json(said.categories)},
                   {"exclusions", codes_json(said.exclusions)},
                   {"once", said.once},
                   {"from", said.from.iso()},
                   {"until", said.until ? Json(said.until->iso()) : Json()},
                   {"received", one.received.iso()},
                   {"withdrawn", one.withdrawn ? Json(one.withdrawn->iso()) : Json()},
                   {"used", one.used && said.once ? Json(one.used->iso()) : Json()}});
  }
  const Json next = next_page(page, "consents-elsewhere", found, [](const storage::ElsewhereConsent& one) {
    return place_at(one.received, one.said.consent);
  });
  return Reply{200, {{"consents", std::move(out)}, {"next", next}}};
}

Result<Reply> print_consent(Node& node, Context& context, const Request& request) {
  KNOOP_LET(id, id_from<BasisId>(request.param("id")));
  KNOOP_LET(text, node.service<ConsentService>().print_consent(context, id));
  return Reply{200, {{"text", std::move(text)}}};
}

Result<Reply> list_texts(Node& node, Context& context, const Request&) {
  KNOOP_LET(texts, node.service<ConsentService>().texts(context));
  Json out = Json::array();
  for (const consent::ConsentText& text : texts)
    out.push_back({{"version", text.version}, {"hash", consent::hash_of(text).hex()}, {"body", text.body}});
  return Reply{200, {{"texts", std::move(out)}}};
}

Result<Reply> add_text(Node& node, Context& context, const Request& request) {
  BodyReader body(request.body);
  consent::ConsentText text{body.text("version", 50), body.text("body", consent::max_text_bytes)};
  KNOOP_TRY(body.finish());
  KNOOP_LET(hash, node.service<ConsentService>().add_text(context, std::move(text)));
  return Reply{201, {{"hash", hash.hex()}}};
}

Result<Reply> print_text(Node& node, Context& context, const Request& request) {
  BodyReader body(request.body);
  consent::Consent about;
  read_scope(body, context.membership(), about);
  about.from = body.optional_date("from").value_or(dutch_day(context.now));
  about.until = body.optional_date("until");
  KNOOP_TRY(body.finish());
  KNOOP_LET(text, node.service<ConsentService>().print_text(context, request.param("version"), about));
  return Reply{200, {{"text", std::move(text)}}};
}

Result<Reply> show_policy(Node& node, Context& context, const Request&) {
  KNOOP_LET(policy, node.service<ConsentService>().policy(context));
  return Reply{200, policy_json(policy)};
}

/// What is absent stays as it is.
Result<Reply> set_policy(Node& node, Context& context, const Request& request) {
  BodyReader body(request.body);
  KNOOP_LET(policy, node.service<ConsentService>().policy(context));
  auto& from_12 = policy.authority.ages.at(1);
  from_12.elders = word_from(
      body, "parentsFrom12To15",
      body.text_or("parentsFrom12To15", std::string(consent::to_string(from_12.elders)), 60), consent::says);
  from_12.exception = body.truth_or("exceptionsFrom12To15", from_12.exception);
  policy.authority.every_parent = body.truth_or("everyParent", policy.authority.every_parent);
  const auto days = [&](const std::string& field, std::uint16_t& value) {
    value = static_cast<std::uint16_t>(body.number_or(field, value, 366));
  };
  days("groundDays", policy.grounds.longest_days);
  days("emergencyDays", policy.grounds.emergency_days);
  days("reviewDays", policy.grounds.review_days);
  days("emergencyReviewDays", policy.grounds.emergency_review_days);
  days("tellingDays", policy.grounds.inform_days);
  KNOOP_TRY(body.finish());
  KNOOP_LET(number, node.service<ConsentService>().set_policy(context, policy));
  Json out = policy_json(policy);
  out["number"] = number;
  return Reply{201, std::move(out)};
}

}  // namespace

void add_consent_routes(Router& router) {
  router.post("/api/v1/consents", care(), record);
  router.post("/api/v1/consents/{id}/withdrawal", care(), withdraw)
      .versioned(version_of(storage::Kind::consent, "id"));
  router.get("/api/v1/withdrawals", care_and_privacy(), {"open", "cursor", "limit"}, withdrawals);
  router.get("/api/v1/consents", care_and_privacy(), {"client", "cursor", "limit"}, list);
  router.get("/api/v1/consent-register", {Role::privacy_officer}, {"state", "recipient", "cursor"},
             show_register);
  router.get("/api/v1/consents-elsewhere", care_and_privacy(), {"client", "cursor", "limit"}, elsewhere);
  router.get("/api/v1/consents/{id}/text", care_and_privacy(), {}, print_consent);
  router.get("/api/v1/consent-texts", care_and_privacy(), {}, list_texts);
  router.post("/api/v1/consent-texts", {Role::privacy_officer}, add_text);
  router.post("/api/v1/consent-texts/{version}/prints", care_and_privacy(), print_text).repeats(Repeat::anew);
  router.get("/api/v1/consent-policy", care_and_privacy(), {}, show_policy)
      .versioned(version_of_current(storage::Kind::consent_policy));
  router.post("/api/v1/consent-policy", {Role::privacy_officer}, set_policy)
      .versioned(version_of_current(storage::Kind::consent_policy));
}

}  // namespace knoop::http
