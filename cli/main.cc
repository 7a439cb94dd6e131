// SPDX-License-Identifier: Apache-2.0
#include <cstdio>

#include "base/command_line/unknown_command.h"
#include "cli/commands.h"
#include "cli/output.h"

int main(int argc, char** argv) {
    CLI::App app{"Modelward: keeps classified ML models on the machines where they belong", "modelward"};
    app.set_version_flag("--version", MODELWARD_VERSION);
    app.require_subcommand(1);
    app.fallthrough();
    modelward::cli::Context context;
    app.add_flag("--json", context.json, "Print JSON instead of text");
    modelward::cli::add_fingerprint_commands(app, context);
    modelward::cli::add_index_commands(app, context);
    modelward::cli::add_scan_command(app, context);
    modelward::cli::add_rules_commands(app, context);
    modelward::cli::add_agent_commands(app, context);
    modelward::cli::add_notices_command(app, context);
    modelward::cli::add_console_commands(app, context);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        if (error.get_exit_code() != 0)
            if (const auto unknown = modelward::unknown_command(
                    app, std::span(argv + 1, static_cast<std::size_t>(std::max(argc - 1, 0))))) {
                modelward::cli::complain({modelward::ErrorCode::kInvalid, *unknown});
                return 2;
            }
        return app.exit(error) == 0 ? 0 : 2;
    }
    // A result that nobody can read is no result: a full disk must not look like success.
    if (std::fflush(stdout) != 0 || std::ferror(stdout) != 0) {
        modelward::cli::complain(
            {modelward::ErrorCode::kIo, "the result could not be written to standard output"});
        return 2;
    }
    return context.exit_code;
}
