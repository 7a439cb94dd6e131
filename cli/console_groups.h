// SPDX-License-Identifier: Apache-2.0
// The groups of commands that talk to the console, one file each, and what they share.
#pragma once

#include <functional>

#include "base/error.h"
#include "cli/commands.h"

namespace modelward::cli {

void add_login_command(CLI::App& app, Context& context);
void add_artifact_commands(CLI::App& app, Context& context);
void add_incident_commands(CLI::App& app, Context& context);
void add_rules_publish_command(CLI::App& app, Context& context);
void add_enrollment_token_commands(CLI::App& app, Context& context);
void add_audit_command(CLI::App& app, Context& context);
void add_maintenance_token_command(CLI::App& app, Context& context);

// Runs a command; an error goes to standard error and sets the exit code to 2.
void run_command(Context& context, const std::function<Result<void>()>& command);

}  // namespace modelward::cli
