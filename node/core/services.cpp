#include "node/core/services.h"

#include "node/core/import_service.h"
#include "node/core/records.h"

namespace knoop {

std::vector<std::unique_ptr<Service>> make_services() {
  std::vector<std::unique_ptr<Service>> services;
  services.push_back(std::make_unique<RecordsService>());
  services.push_back(std::make_unique<ImportService>());
  return services;
}

}  // namespace knoop
