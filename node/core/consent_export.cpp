#include "node/core/consent_export.h"

#include "storage/consent_repository.h"
#include "storage/records_repository.h"

namespace knoop {

Result<ConsentExport> export_consents(Context& context, const std::string& client, std::string_view purpose) {
  KNOOP_LET(own, storage::find_client(context.tx, client));
  if (!own) return fail(ErrorCode::not_found, Side::user, "there is no client with this reference");
  ConsentExport out;
  KNOOP_LET(consents, storage::consents_of(context.tx, client));
  out.consents = std::move(consents);
  KNOOP_LET(releases, storage::releases_of(context.tx, client));
  for (storage::Release& release : releases) {
    if (release.state != storage::ReleaseState::disclosed) continue;
    KNOOP_LET(bases, storage::release_bases(context.tx, release.peer, release.request.exchange));
    out.given.push_back({std::move(release), std::move(bases)});
  }
  KNOOP_TRY(context.audit(
      {.event = audit::Event::records_exported,
       .action = audit::Action::read,
       .client = client,
       .purpose = std::string(purpose),
       .detail = fmt::format("FHIR: {} consents, {} releases", out.consents.size(), out.given.size())}));
  return out;
}

}  // namespace knoop
