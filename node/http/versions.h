// Two people at once: the state of an object has a name, its ETag, and a change may say which state it is meant for (If-Match, RFC 9110
// section 13). When somebody else changed the object in between, nothing is changed: changed-meanwhile (412). A GET may say which state
// it has (If-None-Match): it is answered 304 without the object when that is still so, and logged as every look is. A PUT may say that
// there must be none yet (If-None-Match: *), and one with If-Match makes none anew.
//
// An ETag is the start of a SHA-256 over what is stored (storage/object_state.h): it tells nothing to who has not seen the object.
#pragma once

#include "node/core/object_state.h"
#include "node/http/router.h"

namespace knoop::http {

/// Of the object that `{name}` of the route's address names.
[[nodiscard]] Version version_of(storage::Kind kind, std::string name);

/// Of the one object of an address without a name.
[[nodiscard]] Version version_of_current(storage::Kind kind);

/// Quoted, as it stands in a header.
[[nodiscard]] std::string etag_over(std::string_view state);
/// Nothing when there is no such object.
[[nodiscard]] Result<std::optional<std::string>> etag_of(Context& context, storage::Kind kind,
                                                         std::string_view id);

/// Adds it to an object that stands in a list, as "etag".
[[nodiscard]] Result<void> show_etag(Context& context, storage::Kind kind, std::string_view id, Json& object);

/// A list of ETags, or "*", names this one. Weak ones never do.
[[nodiscard]] bool names_etag(std::string_view list, std::string_view etag);

/// Runs `run` when the conditions of the request hold, and adds the ETag that the object has then.
[[nodiscard]] Result<Reply> with_conditions(Context& context, const Route& route, const Request& request,
                                            const std::function<Result<Reply>()>& run);

}  // namespace knoop::http
