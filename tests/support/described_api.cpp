#include "tests/support/described_api.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validator.hpp>

#include "node/http/description.h"
#include "node/http/target.h"

namespace knoop::test {
namespace {

using Json = nlohmann::json;
constexpr std::string_view base = "/api/v1";

struct Operation {
  const Json* told = nullptr;
  std::vector<std::string> segments;
  std::map<std::string, std::string> params;
};

std::vector<std::string> split(std::string_view path) {
  std::vector<std::string> out;
  while (!path.empty()) {
    path.remove_prefix(1);
    const std::size_t slash = path.find('/');
    out.emplace_back(path.substr(0, slash));
    path = slash == std::string_view::npos ? std::string_view() : path.substr(slash);
  }
  return out;
}

bool is_name(const std::string& segment) {
  return segment.starts_with('{');
}

}  // namespace

struct DescribedApi::Impl {
  Json document;
  std::map<std::string, std::unique_ptr<valijson::Schema>> schemas;
  std::set<std::string> driven;

  const Json& resolved(const Json& value) const {
    return value.contains("$ref")
               ? document.at(Json::json_pointer(value.at("$ref").get<std::string>().substr(1)))
               : value;
  }

  const valijson::Schema& compiled(const Json& schema) {
    auto& known = schemas[schema.dump()];
    if (known) return *known;
    Json whole = schema;
    whole["components"] = document.at("components");
    known = std::make_unique<valijson::Schema>();
    valijson::SchemaParser parser;
    parser.populateSchema(valijson::adapters::NlohmannJsonAdapter(whole), *known);
    return *known;
  }

  void check(const Json& schema, const Json& value, const std::string& what,
             std::vector<std::string>& faults) {
    valijson::Validator validator;
    valijson::ValidationResults results;
    if (validator.validate(compiled(schema), valijson::adapters::NlohmannJsonAdapter(value), &results))
      return;
    valijson::ValidationResults::Error error;
    while (results.popError(error)) {
      std::string where;
      for (const std::string& step : error.context) where += step;
      faults.push_back(what + ": " + where + " " + error.description);
    }
  }

  /// A query value or a path segment, as the type that its schema asks.
  static Json typed(const Json& schema, const std::string& text) {
    const bool number = schema.value("type", "") == "integer" && !text.empty() && text.size() < 18 &&
                        text.find_first_not_of("0123456789") == std::string::npos;
    return number ? Json(std::stoll(text)) : Json(text);
  }

  Operation find(const std::string& method, const http::Target& target) const {
    std::vector<std::string> at = target.segments;
    if (at.size() < 2 || at[0] != "api" || at[1] != "v1") return {};
    at.erase(at.begin(), at.begin() + 2);
    Operation best;
    std::ptrdiff_t names = 1000;
    for (const auto& [path, methods] : document.at("paths").items()) {
      const auto told = methods.find(method);
      const auto segments = split(path);
      if (told == methods.end() || segments.size() != at.size()) continue;
      Operation one{&*told, segments, {}};
      bool fits = true;
      for (std::size_t i = 0; i < at.size(); ++i) {
        if (is_name(segments[i]))
          one.params[segments[i].substr(1, segments[i].size() - 2)] = at[i];
        else
          fits = fits && segments[i] == at[i];
      }
      const auto here = std::ranges::count_if(segments, is_name);
      if (!fits || here >= names) continue;
      names = here;
      best = std::move(one);
    }
    return best;
  }

  void check_request(const Operation& found, const http::Target& target, const Said& said,
                     std::vector<std::string>& faults) {
    std::set<std::string> query;
    for (const Json& parameter : found.told->value("parameters", Json::array())) {
      const Json& one = resolved(parameter);
      const std::string name = one.at("name");
      if (one.at("in") == "path")
        check(one.at("schema"), typed(one.at("schema"), found.params.at(name)), "path " + name, faults);
      if (one.at("in") != "query") continue;
      query.insert(name);
      const auto value = target.query.find(name);
      if (value != target.query.end())
        check(one.at("schema"), typed(one.at("schema"), value->second), "query " + name, faults);
      else if (one.at("required") == true)
        faults.push_back("query " + name + ": it was not sent, and is required");
    }
    for (const auto& [name, value] : target.query)
      if (!query.contains(name)) faults.push_back("query " + name + ": the description does not have it");
    const bool has_body = found.told->contains("requestBody");
    if (!has_body) {
      if (!said.body.empty()) faults.emplace_back("request: it has a body, and the description has none");
      return;
    }
    const Json& content = found.told->at("requestBody").at("content");
    const auto media = content.find(said.type);
    if (media == content.end())
      faults.push_back("request: the description does not take " + said.type);
    else if (said.type == "application/json")
      check(media->at("schema"), Json::parse(said.body), "request", faults);
  }
};

DescribedApi::DescribedApi(std::string_view document) : impl_(std::make_unique<Impl>()) {
  impl_->document = Json::parse(document);
}
DescribedApi::~DescribedApi() = default;

const Json& DescribedApi::document() const {
  return impl_->document;
}
const std::set<std::string>& DescribedApi::driven() const {
  return impl_->driven;
}
std::set<std::string> DescribedApi::all() const {
  std::set<std::string> out;
  for (const Json& methods : impl_->document.at("paths"))
    for (const Json& operation : methods) out.insert(operation.at("operationId"));
  return out;
}

std::vector<std::string> DescribedApi::faults(const Said& said) {
  std::vector<std::string> faults;
  std::string method = said.method;
  for (char& c : method) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  const auto target = http::parse_target(said.target);
  if (!target) {
    if (said.status < 400) faults.emplace_back("an address that cannot be read was answered");
    return faults;
  }
  const Operation found = impl_->find(method, *target);
  const bool success = said.status < 400;
  if (found.told == nullptr) {
    if (success && said.target.starts_with(base))
      faults.push_back(said.method + " " + said.target + ": the description does not have it");
    return faults;
  }
  const std::string id = found.told->at("operationId");
  const auto& responses = found.told->at("responses");
  const auto response = responses.find(std::to_string(said.status));
  if (response == responses.end()) {
    faults.push_back(fmt::format("{}: the description has no answer {}", id, said.status));
    return faults;
  }
  const Json& content = impl_->resolved(*response).at("content");
  const std::string type = said.answer_type.substr(0, said.answer_type.find(';'));
  const auto media = content.find(type);
  if (media == content.end())
    faults.push_back(
        fmt::format("{}: the description has no answer {} of {}", id, said.status, said.answer_type));
  else
    impl_->check(media->at("schema"), type.ends_with("json") ? Json::parse(said.answer) : Json(said.answer),
                 fmt::format("answer {}", said.status), faults);
  if (success) {
    impl_->check_request(found, *target, said, faults);
    if (faults.empty()) impl_->driven.insert(id);
  }
  for (std::string& fault : faults) fault = fmt::format("{}: {}", id, fault);
  return faults;
}

DescribedApi& described_api() {
  static DescribedApi api(http::openapi_document());
  return api;
}

}  // namespace knoop::test
