#include "node/http/fields.h"

namespace knoop::http {

std::vector<Category> categories_from(BodyReader& body, const std::string& name) {
  std::vector<Category> out;
  for (const std::string& code : body.texts(name, all_categories.size(), 3)) {
    if (const auto category = category_from(code))
      out.push_back(*category);
    else
      body.complain(name, "must hold codes F01 to F18");
  }
  return out;
}

Result<MemberId> member_from(const Membership& membership, std::string_view slug) {
  if (const auto id = membership.by_slug(slug)) return *id;
  return fail(ErrorCode::not_found, Side::user,
              "the convenant has no member with that short name; `knoop convenant show` lists them");
}

Json codes_json(const std::vector<Category>& categories) {
  Json out = Json::array();
  for (const Category category : categories) out.push_back(to_string(category));
  return out;
}

}  // namespace knoop::http
