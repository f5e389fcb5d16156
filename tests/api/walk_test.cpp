// One test, because what was driven is known only where it was driven.
#include "tests/api/walk.h"

namespace knoop::api {
namespace {

/// Signing in happens before there is somebody who could be driven here: tests/unit/node/http/sign_in_described_test.cpp drives these, and
/// checks that it drove all of them.
const std::set<std::string> driven_elsewhere{"listenToEvents",  // tests/unit/node/http/events_test.cpp
                                             "beginOpenIdConnect", "finishOpenIdConnect",
                                             "checkSecondFactor",  // tests/oidc
                                             "listSignInWays",     "signIn",
                                             "showSession",        "signOut",
                                             "offerSecondFactor",  "confirmSecondFactor",
                                             "listAccounts",       "createAccount",
                                             "changeRole",         "setPassword",
                                             "disableAccount",     "enableAccount",
                                             "removeSecondFactor", "listApiKeys",
                                             "createApiKey",       "endApiKey",
                                             "listColleagues"};

}  // namespace

TEST_CASE("every operation that is described succeeds, and every request and answer is as described") {
  Walk walk;
  join_the_network(walk);
  feed_records_in(walk);
  write_records(walk);
  match_children(walk);
  follow_a_match_up(walk);
  ask_consent(walk);
  exchange_fragments(walk);
  exchange_files(walk);
  hand_over(walk);
  fill_forms(walk);
  share_without_consent(walk);
  plan_aftercare(walk);
  leave_and_come_back(walk);
  look_after_rights(walk);
  read_the_log(walk);
  settle_troubles(walk);
  start_an_epoch(walk);
  read_what_is_locked(walk);
  restore_a_copy(walk);

  const auto& driven = test::described_api().driven();
  for (const std::string& id : test::described_api().all()) {
    INFO(id << " was never driven with success: give it a place in a chapter of tests/api");
    CHECK((driven.contains(id) || driven_elsewhere.contains(id)));
  }
}

}  // namespace knoop::api
