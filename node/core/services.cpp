#include "node/core/services.h"

#include "node/core/consent_service.h"
#include "node/core/import_service.h"
#include "node/core/matching_service.h"
#include "node/core/records.h"

namespace knoop {

std::vector<std::unique_ptr<Service>> make_services() {
  std::vector<std::unique_ptr<Service>> services;
  services.push_back(std::make_unique<RecordsService>());
  services.push_back(std::make_unique<ImportService>());
  auto exchange = std::make_unique<ExchangeService>();
  auto consents = std::make_unique<ConsentService>(*exchange);
  services.push_back(std::move(exchange));
  services.push_back(std::move(consents));
  services.push_back(std::make_unique<MatchingService>());
  return services;
}

}  // namespace knoop
