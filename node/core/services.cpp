#include "node/core/services.h"

namespace knoop {

std::vector<std::unique_ptr<Service>> make_services() {
  std::vector<std::unique_ptr<Service>> services;
  return services;
}

}  // namespace knoop
