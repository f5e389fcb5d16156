#include "protocol/aftercare/plan.h"

namespace knoop::aftercare {

terms::Span span_of(Date ends, Date known, const terms::AgreedTerms& agreed) {
  const Date begins = std::max(ends.plus_months(-months_before), known);
  const terms::Span usual =
      terms::span_of(begins, agreed.aftercare_days, terms::Count::working_days, {}, agreed);
  if (usual.due <= ends) return usual;
  return terms::span_until(begins, std::max(ends, begins), agreed);
}

}  // namespace knoop::aftercare
