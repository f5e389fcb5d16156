#include "node/http/fragment_views.h"

#include "protocol/fragments/schema.h"

namespace knoop::http {

Json content_json(const records::Fragment& fragment, bool opened) {
  Json out{{"category", to_string(fragment.category)},
           {"label", facts(fragment.category).label},
           {"title", fragment.title},
           {"nature", records::to_string(fragment.nature)},
           {"author", fragment.author},
           {"source", fragment.source.empty() ? Json() : Json(fragment.source)},
           {"date", fragment.date.exists() ? Json(fragment.date.iso()) : Json()},
           {"schema", fragment.schema},
           {"sensitive", fragment.sensitive || facts(fragment.category).sensitive},
           {"retention", to_string(records::retention_of(fragment))},
           {"persons", fragment.persons}};
  if (!opened) return out;
  out["text"] = fragment.text;
  // Kept readable whatever version wrote it: who does not know its schema gets the lines, and is told so.
  if (!fragments::knows(fragment.category, fragment.schema))
    out["note"] =
        "Vastgelegd in een nieuwere vorm dan dit knooppunt kent; de gegevens staan er als platte tekst.";
  out["fields"] = Json::parse(fragment.content, nullptr, false);
  out["plain"] = fragments::plain_text(fragment.category, fragment.schema, fragment.content);
  return out;
}

Json wire_json(const exchange::WireFragment& fragment) {
  Json out = content_json(fragment.content, true);
  out["id"] = fragment.id.hex();
  out["version"] = fragment.version;
  out["provenance"] = records::to_string(fragment.provenance);
  out["parent"] = fragment.parent ? Json(fragment.parent->hex()) : Json();
  out["withheld"] = fragment.withheld;
  return out;
}

Json taken(Json& body, const std::string& name) {
  const auto found = body.find(name);
  if (found == body.end()) return {};
  Json out = std::move(*found);
  body.erase(found);
  return out;
}

TypedContent take_typed_content(Json& body) {
  Json fields = taken(body, "fields");
  return {std::move(fields), taken(body, "schema")};
}

records::Fragment read_fragment_body(BodyReader& body, const TypedContent& typed) {
  records::Fragment fragment;
  if (const auto category = category_from(body.text("category", 3)))
    fragment.category = *category;
  else
    body.complain("category", "must be a code F01 to F18");
  fragment.title = body.text("title", records::longest_title);
  if (const auto nature = records::nature_from(body.text("nature", 20)))
    fragment.nature = *nature;
  else
    body.complain("nature", "must be feit or interpretatie");
  fragment.author = body.text("author", records::longest_name);
  fragment.date = body.date("date");
  fragment.text = body.text_or("text", "", records::longest_text);
  fragment.persons = body.texts("persons", records::most_persons, records::longest_short);
  fragment.source = body.text_or("source", "", records::longest_name);
  fragment.schema = fragments::newest_version(fragment.category);
  if (typed.schema.is_number_integer() && typed.schema >= 1 && typed.schema <= 9999)
    fragment.schema = typed.schema.get<std::uint16_t>();
  else if (!typed.schema.is_null())
    body.complain("schema", "must be a version, from 1");
  fragment.sensitive = body.truth_or("sensitive", false);
  if (const auto word = body.optional_text("retention", 32)) {
    fragment.retention = retention_from(*word);
    if (!fragment.retention) body.complain("retention", "is none of the periods that are known");
  }
  if (typed.fields.is_null()) return fragment;
  auto content = fragments::canonical(typed.fields.dump());
  if (content)
    fragment.content = std::move(*content);
  else
    body.complain(content.error().path, content.error().reason);
  return fragment;
}

}  // namespace knoop::http
