// Keys of requests that must not be done twice (storage/answer_repository.h has them): forgets those whose day is over, some at
// a time.
#pragma once

#include "node/core/service.h"
#include "storage/answer_repository.h"

namespace knoop {

class RequestKeyService final : public Service {
 public:
  void register_handlers(Dispatcher&) override {}
  Result<std::optional<Timestamp>> on_tick(Context& context) override;

 private:
  static constexpr std::int64_t slice = 500;
  static constexpr Milliseconds pause{60'000};  ///< So that many keys go together.
};

}  // namespace knoop
