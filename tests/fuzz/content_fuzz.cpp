// Any bytes as the typed content of a fragment: refused with a place, or canonical; what fits a schema can be shown, redacted
// and used in forms, and fits still.
#include "crypto/base/assert.h"
#include "protocol/fragments/forms.h"
#include "protocol/fragments/schema.h"

using namespace knoop;
using namespace knoop::fragments;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const Category category = all_categories[data[0] % all_categories.size()].category;
  const auto text = canonical(text_view(ByteView(data + 1, size - 1)));
  if (!text) return 0;
  KNOOP_ASSERT(canonical(*text) == *text, "canonical form is final");
  KNOOP_ASSERT(!check_form(*text), "and accepted");
  static_cast<void>(plain_text(category, 99, *text));
  if (check(category, 1, *text)) return 0;
  static_cast<void>(plain_text(category, 1, *text));
  const Redacted redacted = without_third_persons(category, 1, *text);
  KNOOP_ASSERT(without_third_persons(category, 1, redacted.fields).withheld.empty(),
               "nothing is left to withhold");
  forms::Source source;
  source.content.category = category;
  source.content.content = *text;
  for (const forms::Form& form : forms::all())
    static_cast<void>(forms::fill(form, std::span<const forms::Source>(&source, 1)));
  return 0;
}
