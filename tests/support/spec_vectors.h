// The files of docs/spec/vectors: the other implementation, in tests/interop, made them from the specification.
#pragma once

#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

#include "crypto/base/bytes.h"
#include "tests/support/must.h"

namespace knoop::test {

inline nlohmann::json spec_vectors(const std::string& name) {
  return nlohmann::json::parse(std::ifstream(KNOOP_TEST_DIR "/../docs/spec/vectors/" + name + ".json"));
}

inline Bytes bytes_of(const nlohmann::json& digits) {
  return must(from_hex(digits.get<std::string>()));
}

/// A key, an id, a hash.
template <typename Value>
Value value_of(const nlohmann::json& digits) {
  return must(Value::from(bytes_of(digits)));
}

}  // namespace knoop::test
