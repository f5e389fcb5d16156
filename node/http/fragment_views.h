// How a fragment looks in JSON, ours or a peer's, and how one is read from a request.
#pragma once

#include "node/http/body.h"
#include "protocol/exchange/messages.h"
#include "protocol/records/fragment.h"

namespace knoop::http {

/// All of it, or all but text, fields and persons.
[[nodiscard]] Json content_json(const records::Fragment& fragment, bool opened);
/// As it would travel or came: content, and what was withheld.
[[nodiscard]] Json wire_json(const exchange::WireFragment& fragment);
/// Takes a field out of a request's body, for a reader of its own; null when it is not there.
[[nodiscard]] Json taken(Json& body, const std::string& name);
/// What a request says of a fragment besides the plain texts.
struct TypedContent {
  Json fields;
  Json schema;
};
[[nodiscard]] TypedContent take_typed_content(Json& body);
/// Mistakes are complained of in `body`; whether it fits its schema is the service's to say.
[[nodiscard]] records::Fragment read_fragment_body(BodyReader& body, const TypedContent& typed);

}  // namespace knoop::http
