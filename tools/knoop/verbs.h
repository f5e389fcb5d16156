// Every verb of the command line, by noun; one function a file.
#pragma once

#include "tools/knoop/program.h"

namespace knoop::cli {

void add_init(CLI::App& app, Program& program);
void add_node_verbs(CLI::App& app, Program& program);  ///< serve, status, config
void add_card_verbs(CLI::App& app, Program& program);
void add_convenant_verbs(CLI::App& app, Program& program);
void add_peer_verbs(CLI::App& app, Program& program);
void add_client_verbs(CLI::App& app, Program& program);  ///< client, involvement, fragment, mapping
void add_match_verbs(CLI::App& app, Program& program);
void add_consent_verbs(CLI::App& app, Program& program);
void add_ground_verbs(CLI::App& app, Program& program);
void add_handover_verbs(CLI::App& app, Program& program);
void add_work_verbs(CLI::App& app, Program& program);
void add_follow_up_verbs(CLI::App& app, Program& program);        ///< professional, aftercare
void add_views_verb(CLI::App& client, Program& program);          ///< Below `knoop client`.
void add_received_verbs(CLI::App& fragment, Program& program);    ///< Below `knoop fragment`.
void add_attachment_verbs(CLI::App& fragment, Program& program);  ///< Below `knoop fragment`.
void add_audit_verbs(CLI::App& app, Program& program);
void add_hint_verbs(CLI::App& app, Program& program);
void add_user_verbs(CLI::App& app, Program& program);  ///< user, key
void add_subject_verbs(CLI::App& app, Program& program);
void add_rights_verbs(CLI::App& app, Program& program);  ///< Below `knoop subject`, and `knoop retention`.

/// The table of `knoop peer list`, also a part of `knoop status`.
[[nodiscard]] std::string peer_table(const Json& peers);

}  // namespace knoop::cli
