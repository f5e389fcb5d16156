#include "protocol/records/bsn.h"

#include <algorithm>

namespace knoop::records {

Result<Bsn> Bsn::parse(std::string_view text) {
  if (!std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; }))
    return fail(ErrorCode::bad_format, Side::user, "a BSN has digits only");
  if (text.size() != 8 && text.size() != 9)
    return fail(ErrorCode::bad_length, Side::user,
                "a BSN has nine digits (or eight, without its leading zero), not {}", text.size());
  Bsn bsn;
  bsn.digits_.fill('0');
  std::ranges::copy(text, bsn.digits_.end() - static_cast<std::ptrdiff_t>(text.size()));

  constexpr std::array weights{9, 8, 7, 6, 5, 4, 3, 2, -1};
  int sum = 0;
  bool all_zero = true;
  for (std::size_t i = 0; i < weights.size(); ++i) {
    sum += (bsn.digits_[i] - '0') * weights[i];
    all_zero = all_zero && bsn.digits_[i] == '0';
  }
  if (all_zero || sum % 11 != 0)
    return fail(ErrorCode::bad_value, Side::user,
                "the number fails the elfproef: it is no BSN, look for a typing error");
  return bsn;
}

}  // namespace knoop::records
