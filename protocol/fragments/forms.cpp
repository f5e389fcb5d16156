#include "protocol/fragments/forms.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "crypto/base/assert.h"
#include "protocol/fragments/schema.h"

namespace knoop::forms {
namespace {

using Json = nlohmann::json;

Category category_of(const Json& code) {
  const auto category = category_from(code.get<std::string>());
  KNOOP_ASSERT(category.has_value(), "our own forms name categories that exist");
  return *category;
}

/// Our own files: what does not parse is a bug, which the first unit test finds.
std::vector<Form> read_all() {
  std::vector<Form> out;
  for (const FormFile& file : form_files()) {
    const Json json = Json::parse(file.text);
    Form form;
    form.id = json.at("form");
    form.version = json.at("version");
    KNOOP_ASSERT(file.name == fmt::format("{}.v{}", form.id, form.version), "a form is named after its id");
    form.title = json.at("title");
    form.from = json.at("from").get<std::vector<std::string>>();
    form.to = json.at("to").get<std::vector<std::string>>();
    for (const Json& code : json.at("categories")) form.categories.push_back(category_of(code));
    for (const Json& field : json.at("fields"))
      form.fields.push_back({field.at("label"), category_of(field.at("category")), field.at("field"),
                             field.value("required", false)});
    out.push_back(std::move(form));
  }
  return out;
}

std::optional<std::string> value_of(const Field& field, const records::Fragment& fragment) {
  if (field.category != fragment.category) return std::nullopt;
  if (field.field == "text") return fragment.text.empty() ? std::nullopt : std::optional(fragment.text);
  const auto value = fragments::value_at(fragment.content, field.field);
  if (!value) return std::nullopt;
  // Lists and objects as people read them.
  if (!value->starts_with('[') && !value->starts_with('{')) return value;
  return fragments::plain_text(fragment.category, fragment.schema,
                               fmt::format("{{{}:{}}}", Json(field.field).dump(), *value));
}

}  // namespace

const std::vector<Form>& all() {
  static const std::vector<Form> forms = read_all();
  return forms;
}

const Form* find(std::string_view id, std::uint16_t version) {
  for (const Form& form : all())
    if (form.id == id && form.version == version) return &form;
  return nullptr;
}

const Form* newest(std::string_view id) {
  const Form* best = nullptr;
  for (const Form& form : all())
    if (form.id == id && (best == nullptr || form.version > best->version)) best = &form;
  return best;
}

const Form* for_handover(std::string_view from, std::string_view to) {
  for (const Form& form : all())
    if (std::ranges::find(form.from, from) != form.from.end() &&
        std::ranges::find(form.to, to) != form.to.end())
      return newest(form.id);
  return nullptr;
}

std::optional<exchange::FormVersion> agree(const exchange::FormVersion& theirs) {
  const Form* ours = newest(theirs.form);
  if (ours == nullptr) return std::nullopt;
  const std::uint16_t version = std::min(ours->version, theirs.version);
  if (find(theirs.form, version) == nullptr) return std::nullopt;
  return exchange::FormVersion{theirs.form, version};
}

Filled fill(const Form& form, std::span<const Source> sources) {
  Filled out;
  for (const Field& field : form.fields) {
    FilledField filled{field, {}};
    for (const Source& source : sources)
      if (auto value = value_of(field, source.content))
        filled.values.push_back(
            {std::move(*value), source.id, source.owner, source.content.author, source.content.date});
    std::ranges::sort(filled.values, [](const Value& a, const Value& b) {
      return a.date != b.date ? a.date > b.date : a.fragment < b.fragment;
    });
    if (field.required && filled.values.empty()) out.missing.push_back(field.label);
    out.fields.push_back(std::move(filled));
  }
  return out;
}

}  // namespace knoop::forms
