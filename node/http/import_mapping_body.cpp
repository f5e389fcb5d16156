#include "node/http/import_mapping_body.h"

#include <array>

namespace knoop::http {
namespace {

constexpr std::size_t most_fields = 40;  // more than any file has
constexpr std::size_t longest = ImportMapping::longest;
constexpr std::array<const char*, 3> files{"clients", "involvements", "fragments"};

/// Mistakes within a part of the body are told under the name of the file.
void tell(BodyReader& body, const std::string& file, const BodyReader& part) {
  for (const std::string& mistake : part.mistakes()) body.complain(file, "has one whose " + mistake);
}

FieldSource source_from(BodyReader& body, const std::string& file, const Json& value) {
  FieldSource source;
  if (!value.is_object()) {
    body.complain(file, "must be a list of objects");
    return source;
  }
  BodyReader part(value);
  source.field = part.text("field", 40);
  source.column = part.optional_text("column", longest);
  source.constant = part.optional_text("constant", longest);
  for (const Json& each : part.list("values", ImportMapping::most_values)) {
    if (!each.is_object()) {
      part.complain("values", "must be objects");
      continue;
    }
    BodyReader pair(each);
    std::string from = pair.text_or("from", "", longest);
    std::string to = pair.text_or("to", "", longest);
    (void)pair.finish();
    tell(part, "values", pair);
    source.values.emplace_back(std::move(from), std::move(to));
  }
  (void)part.finish();
  tell(body, file, part);
  return source;
}

}  // namespace

ImportMapping mapping_from(BodyReader& body) {
  ImportMapping out;
  const std::string others = body.text_or("otherColumns", "refuse", 20);
  if (others != "refuse" && others != "ignore") body.complain("otherColumns", "must be refuse or ignore");
  out.ignore_others = others == "ignore";
  bool any = false;
  for (std::size_t i = 0; i < files.size(); ++i)
    for (const Json& value : body.list(files.at(i), most_fields)) {
      out.files.at(i).push_back(source_from(body, files.at(i), value));
      any = true;
    }
  if (!any && !out.ignore_others) body.complain("clients", "and involvements and fragments say nothing");
  return out;
}

Json mapping_json(const ImportMapping& mapping) {
  Json out{{"otherColumns", mapping.ignore_others ? "ignore" : "refuse"}};
  for (std::size_t i = 0; i < files.size(); ++i) {
    out[files.at(i)] = Json::array();
    for (const FieldSource& source : mapping.files.at(i)) {
      Json one{{"field", source.field}};
      if (source.column) one["column"] = *source.column;
      if (source.constant) one["constant"] = *source.constant;
      for (const auto& [from, to] : source.values) {
        Json pair = Json::object();
        if (!from.empty()) pair["from"] = from;
        if (!to.empty()) pair["to"] = to;
        one["values"].push_back(std::move(pair));
      }
      out[files.at(i)].push_back(std::move(one));
    }
  }
  return out;
}

}  // namespace knoop::http
