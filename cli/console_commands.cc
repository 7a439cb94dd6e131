// SPDX-License-Identifier: Apache-2.0
#include "cli/commands.h"
#include "cli/console_groups.h"

namespace modelward::cli {

void add_console_commands(CLI::App& app, Context& context) {
    add_login_command(app, context);
    add_artifact_commands(app, context);
    add_incident_commands(app, context);
    add_rules_publish_command(app, context);
    add_enrollment_token_commands(app, context);
    add_maintenance_token_command(app, context);
    add_audit_command(app, context);
}

}  // namespace modelward::cli
