#include "crypto/base/error.h"

#include "crypto/base/assert.h"

namespace knoop {

std::string_view to_string(ErrorCode code) {
  switch (code) {
#define KNOOP_CASE(name, text) \
  case ErrorCode::name:        \
    return text;
    KNOOP_ERROR_CODES(KNOOP_CASE)
#undef KNOOP_CASE
  }
  KNOOP_ASSERT(false, "an error code outside its enumeration");
}

std::string_view to_string(Side side) {
  switch (side) {
    case Side::ours:
      return "ours";
    case Side::peer:
      return "peer";
    case Side::user:
      return "user";
  }
  KNOOP_ASSERT(false, "a side outside its enumeration");
}

}  // namespace knoop
