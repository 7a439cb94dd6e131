// SPDX-License-Identifier: Apache-2.0
// One function a command group; each adds its subcommands to `modelward`. A subcommand's callback sets
// `exit_code`.
#pragma once

#include <CLI/CLI.hpp>

namespace modelward::cli {

// Of commands that look at files; the end of their help.
inline constexpr const char* kExitCodes =
    "Exit codes: 0 something was found, 1 nothing was, 2 an error, or not all of it could be looked at.";

struct Context {
    bool json = false;  // --json, valid before or after the subcommand
    int exit_code = 0;  // 0 done (match: found), 1 negative answer, 2 error
};

void add_fingerprint_commands(CLI::App& app, Context& context);  // fingerprint, match, compare
void add_index_commands(CLI::App& app, Context& context);        // index add, list, remove, verify
void add_scan_command(CLI::App& app, Context& context);          // scan
void add_rules_commands(CLI::App& app, Context& context);        // rules check
void add_agent_commands(CLI::App& app, Context& context);        // enroll, status
void add_notices_command(CLI::App& app, Context& context);       // notices
void add_console_commands(CLI::App& app, Context& context);      // login, artifact, incidents, rules publish

}  // namespace modelward::cli
