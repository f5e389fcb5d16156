// The API's own description as a judge: every request that a node took, and every answer that it gave, must be what the document says.
// A field that the document does not have, a required one that is missing, a value of another type, or a status that it does not name
// is a fault, whichever of the two is wrong.
#pragma once

#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

namespace knoop::test {

/// One request with its answer.
struct Said {
  std::string method;
  std::string target;
  std::string type;  ///< Of the request's body; empty for none.
  std::string body;
  unsigned status = 0;
  std::string answer_type;
  std::string answer;
};

class DescribedApi {
 public:
  explicit DescribedApi(std::string_view document);
  ~DescribedApi();
  DescribedApi(const DescribedApi&) = delete;
  DescribedApi& operator=(const DescribedApi&) = delete;

  [[nodiscard]] const nlohmann::json& document() const;
  /// What differs; nothing when all is as described. A path that the document does not have must have been refused.
  [[nodiscard]] std::vector<std::string> faults(const Said& said);
  /// operationIds of what succeeded at least once.
  [[nodiscard]] const std::set<std::string>& driven() const;
  [[nodiscard]] std::set<std::string> all() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// That of this program.
[[nodiscard]] DescribedApi& described_api();

}  // namespace knoop::test
