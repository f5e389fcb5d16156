// Forms (R4.5): what there are, one filled from what is known about a client, and what users say of them.
#include "node/core/forms.h"
#include "node/http/case_views.h"
#include "node/http/fields.h"
#include "node/http/form_routes.h"
#include "node/http/fragment_views.h"

namespace knoop::http {
namespace {

const std::vector<Role> workers{Role::professional, Role::team_lead};

Result<std::uint16_t> version_from(std::string_view text) {
  KNOOP_LET(number, number_from<std::int64_t>(text));
  if (number < 1 || number > 9999)
    return fail(ErrorCode::bad_value, Side::user, "a version is from 1 to 9999");
  return static_cast<std::uint16_t>(number);
}

Json form_json(const forms::Form& form) {
  return {{"form", form.id},   {"version", form.version}, {"title", form.title},
          {"from", form.from}, {"to", form.to},           {"categories", codes_json(form.categories)}};
}

Result<Reply> list(Node&, Context&, const Request&) {
  Json out = Json::array();
  for (const forms::Form& form : forms::all()) out.push_back(form_json(form));
  return Reply{200, {{"forms", std::move(out)}}};
}

Result<Reply> fill(Node& node, Context& context, const Request& request) {
  KNOOP_LET(version, version_from(request.param("version")));
  BodyReader body(request.body);
  const std::string client = body.text("client", 100);
  KNOOP_TRY(body.finish());
  KNOOP_LET(filled,
            fill_form(context, node.service<ExchangeService>(), client, request.param("form"), version));
  Json fields = Json::array();
  for (const forms::FilledField& one : filled.filled.fields) {
    Json values = Json::array();
    for (const forms::Value& value : one.values)
      values.push_back({{"value", value.value},
                        {"from", value.owner.empty() ? Json() : Json(value.owner)},
                        {"fragment", value.fragment.hex()},
                        {"author", value.author},
                        {"date", value.date.iso()}});
    fields.push_back({{"label", one.field.label},
                      {"category", to_string(one.field.category)},
                      {"field", one.field.field},
                      {"required", one.field.required},
                      {"values", std::move(values)}});
  }
  Json out = form_json(*filled.form);
  out["fields"] = std::move(fields);
  out["missing"] = filled.filled.missing;
  return Reply{200, std::move(out)};
}

Result<Reply> give_feedback(Node&, Context& context, const Request& request) {
  KNOOP_LET(version, version_from(request.param("version")));
  Json rest = request.body;
  const Json score = taken(rest, "score");
  BodyReader body(rest);
  if (!score.is_number_integer() || score < 1 || score > 5) body.complain("score", "must be from 1 to 5");
  const std::string words = body.text_or("words", "", 2000);
  KNOOP_TRY(body.finish());
  KNOOP_TRY(give_form_feedback(context, request.param("form"), version, score.get<std::uint8_t>(), words));
  return Reply{};
}

Result<Reply> show_feedback(Node&, Context& context, const Request& request) {
  KNOOP_LET(all, form_feedback(context, request.param("form")));
  Json out = Json::array();
  for (const storage::FormFeedback& one : all)
    out.push_back(
        {{"version", one.version}, {"score", one.score}, {"words", one.words}, {"at", one.at.iso()}});
  return Reply{200, {{"feedback", std::move(out)}}};
}

}  // namespace

void add_form_routes(Router& router) {
  router.get("/api/v1/forms", workers, {}, list);
  router.post("/api/v1/forms/{form}/{version}/fill", workers, fill).repeats(Repeat::anew);
  router.post("/api/v1/forms/{form}/{version}/feedback", workers, give_feedback);
  router.get("/api/v1/forms/{form}/feedback", workers, {}, show_feedback);
}

}  // namespace knoop::http
