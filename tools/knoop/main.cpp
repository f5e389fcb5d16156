// knoop: the daemon and the command line of a node, in one program (operations.md "Commands", docs/cli.md).
#include <sys/stat.h>

#include <iostream>

#include "tools/knoop/verbs_dossier.h"

int main(int argc, char** argv) {
  using namespace knoop::cli;
  ::umask(S_IRWXG | S_IRWXO);  // whatever this program writes is its user's alone

  Program program;
  CLI::App app{
      "Knoop: a node that exchanges with other organisations what consent or the law permits, and no more"};
  app.require_subcommand(1);
  app.fallthrough();
  app.set_version_flag("--version", "knoop " KNOOP_VERSION);
  app.add_option("--config", program.config_file,
                 "Settings file (default /etc/knoop/knoop.toml, or $KNOOP_CONFIG)");
  app.add_option("--set", program.set, "Override one setting, such as log.level=debug")
      ->allow_extra_args(false);
  app.add_flag("--json", program.json, "Print the answer as JSON");
  app.add_option(
      "--passphrase-fd", program.passphrase_fd,
      "Read passphrases from this open descriptor, one line each, in the order in which they are asked");
#ifdef KNOOP_TEST_CLOCK
  app.add_option("--as", program.as, "Demo and tests: speak as ROLE:USER (the daemon's own Unix user only)");
  app.add_option("--clock-offset", program.clock_offset, "Demo and tests: live this many seconds from now");
#endif
  app.footer(
      "Exit status: 0 done, 1 refused (one sentence on stderr), 2 wrong use, 3 no daemon answers, 4 a "
      "verification "
      "found something.");

  add_init(app, program);
  add_node_verbs(app, program);
  add_card_verbs(app, program);
  add_convenant_verbs(app, program);
  add_peer_verbs(app, program);
  add_client_verbs(app, program);
  add_match_verbs(app, program);
  add_consent_verbs(app, program);
  add_ground_verbs(app, program);
  add_handover_verbs(app, program);
  add_work_verbs(app, program);
  add_follow_up_verbs(app, program);
  add_request_verbs(app, program);
  add_form_verbs(app, program);
  add_audit_verbs(app, program);
  add_hint_verbs(app, program);
  add_user_verbs(app, program);
  add_subject_verbs(app, program);
  add_rights_verbs(app, program);

  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? ExitCode::done : ExitCode::wrong_use;
  }
  try {
    const auto result = program.chosen()();
    return result ? *result : program.report(result.error());
  } catch (const Json::exception&) {
    return program.report(
        {knoop::ErrorCode::bad_format, knoop::Side::ours,
         "the node's answer has another form than this program knows; are both of one version?"});
  }
}
