#include "node/core/services.h"

#include "node/core/aftercare_service.h"
#include "node/core/attachment_service.h"
#include "node/core/consent_service.h"
#include "node/core/destruction_service.h"
#include "node/core/exchange_service.h"
#include "node/core/handover_service.h"
#include "node/core/heads.h"
#include "node/core/import_service.h"
#include "node/core/match_directory.h"
#include "node/core/match_tasks.h"
#include "node/core/matching_service.h"
#include "node/core/membership_service.h"
#include "node/core/records.h"
#include "node/core/request_keys.h"
#include "node/core/sign_in.h"
#include "node/core/subject_requests.h"
#include "node/core/witnessing.h"

namespace knoop {

std::vector<std::unique_ptr<Service>> make_services() {
  auto exchange = std::make_unique<ExchangeService>();
  auto handover = std::make_unique<HandoverService>(*exchange);
  exchange->add_directory(*handover);
  auto matches = std::make_unique<MatchDirectory>();
  exchange->add_directory(*matches);
  exchange->add_observer(*handover);
  auto attachments = std::make_unique<AttachmentService>(*exchange);
  exchange->add_observer(*attachments);
  auto consent = std::make_unique<ConsentService>(*exchange);

  std::vector<std::unique_ptr<Service>> services;
  services.push_back(std::make_unique<MembershipService>());
  services.push_back(std::make_unique<RecordsService>());
  services.push_back(std::make_unique<ImportService>());
  services.push_back(std::make_unique<MatchingService>());
  services.push_back(std::make_unique<MatchTaskService>());
  services.push_back(std::move(matches));
  services.push_back(std::move(consent));
  services.push_back(std::move(handover));
  services.push_back(std::make_unique<AftercareService>());
  services.push_back(std::move(exchange));
  services.push_back(std::move(attachments));
  services.push_back(std::make_unique<DestructionService>());
  services.push_back(std::make_unique<SubjectRequestService>());
  services.push_back(std::make_unique<HeadService>());
  services.push_back(std::make_unique<WitnessService>());
  services.push_back(std::make_unique<SignInService>());
  services.push_back(std::make_unique<RequestKeyService>());
  return services;
}

}  // namespace knoop
