// SPDX-License-Identifier: Apache-2.0
#include "cli/console_groups.h"

#include <iostream>

#include "base/printable.h"
#include "cli/console_client.h"
#include "cli/output.h"

namespace modelward::cli {

void run_command(Context& context, const std::function<Result<void>()>& command) {
    const auto done = command();
    if (done) return;
    complain(done.error());
    context.exit_code = 2;
}

void add_enrollment_token_commands(CLI::App& app, Context& context) {
    auto minutes = std::make_shared<int>(60);
    CLI::App* tokens =
        app.add_subcommand("enrollment-token", "Admit new hosts to the console")->require_subcommand(1);
    CLI::App* create = tokens->add_subcommand("create", "Print a token that admits one host, once");
    create->add_option("--valid-minutes", *minutes, "How long the token may be used")->capture_default_str();
    create->callback([minutes, &context] {
        run_command(context, [&]() -> Result<void> {
            auto client = ConsoleClient::open_saved();
            if (!client) return fail(client.error());
            const auto token =
                client->require("POST", "/api/v1/enrollment-tokens", {{"valid_minutes", *minutes}});
            if (!token) return fail(token.error());
            std::cout << (context.json ? json_text(*token) : as_printable(token->value("token", "")) + "\n");
            return {};
        });
    });
}

}  // namespace modelward::cli
